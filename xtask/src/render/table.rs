//! A table: metrics of finished runs, mean and standard deviation over seeds.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::experiment::plan::{RowPlan, TablePlan};
use crate::job::config::JobConfig;
use crate::render::claims::Claim;
use crate::render::columns::{self, Column, TIMING};
use crate::render::tuned::Tuned;
use crate::store::{Record, Runs};

/// A table with the runs it is made from.
#[derive(Debug)]
pub(crate) struct RenderedTable {
    pub(crate) table: Table,
    pub(crate) columns: Vec<&'static Column>,
    /// The runs of every row, by seed.
    pub(crate) records: Vec<Vec<Record>>,
}

/// What `tables/ID.json` holds.
#[derive(Debug, Serialize)]
pub(crate) struct Table {
    pub(crate) schema: u32,
    pub(crate) id: String,
    pub(crate) title: String,
    /// Where in the paper.
    pub(crate) reference: String,
    pub(crate) profile: &'static str,
    pub(crate) data_source: &'static str,
    pub(crate) columns: Vec<String>,
    /// Metrics that measure the machine and differ from run to run.
    pub(crate) timing_metrics: [&'static str; 2],
    /// What a reader should know about the data, by data set, as the first seed has them.
    pub(crate) data_notes: BTreeMap<&'static str, Vec<String>>,
    pub(crate) rows: Vec<Row>,
}

/// One row.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) strategy: String,
    pub(crate) label: String,
    pub(crate) dataset: &'static str,
    pub(crate) noise: f64,
    pub(crate) prior_corruption: f64,
    pub(crate) model: &'static str,
    /// Hidden layers, where a model may have several.
    pub(crate) layers: Option<usize>,
    pub(crate) uses_prior: bool,
    /// False for a baseline that trains nothing.
    pub(crate) trained: bool,
    /// Parameters of the strategy.
    pub(crate) parameters: Value,
    /// How they were chosen; `null` for what is stated in the experiment.
    pub(crate) tuned: Option<Tuned>,
    /// Number of finished runs.
    pub(crate) n: usize,
    /// Number of runs the profile asks for.
    pub(crate) planned: usize,
    pub(crate) metrics: BTreeMap<String, Summary>,
    /// What the paper's text says about a metric of this row, by column.
    pub(crate) paper: BTreeMap<String, Option<String>>,
    /// Keys of the finished runs.
    pub(crate) runs: Vec<String>,
    /// Why runs are missing.
    pub(crate) note: Option<String>,
}

/// A metric over the seeds for which it is defined.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(crate) struct Summary {
    pub(crate) mean: f64,
    /// Sample standard deviation (n − 1); `null` for a single seed.
    pub(crate) sd: Option<f64>,
    pub(crate) n: usize,
}

impl Summary {
    /// Summary of these values; `None` if there are none.
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
        let n = values.len();
        if n == 0 {
            return None;
        }
        let mean = values.iter().sum::<f64>() / n as f64;
        let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Some(Self {
            mean,
            sd: (n > 1).then(|| (squares / (n - 1) as f64).sqrt()),
            n,
        })
    }
}

impl RenderedTable {
    /// The planned table, from what has finished. `missing` says why a run is missing, by key.
    ///
    /// # Errors
    /// When a column is not known.
    pub(crate) fn new(
        table: &TablePlan,
        runs: &Runs,
        missing: &BTreeMap<String, String>,
        claims: &[Claim],
    ) -> anyhow::Result<Self> {
        let file = &table.experiment.file;
        let mut records = Vec::new();
        let mut rows = Vec::new();
        for row in &table.rows {
            let finished: Vec<Record> = row.keys.iter().filter_map(|key| runs.found(key)).collect();
            let tuned = row.tuned.as_ref().map(|plan| Tuned::new(plan, runs));
            let mut rendered = row_of(row, table.seeds, &finished, missing, tuned);
            rendered.paper = stated(&file.id, &file.columns, &rendered, claims);
            rows.push(rendered);
            records.push(finished);
        }
        Ok(Self {
            columns: file
                .columns
                .iter()
                .map(|name| columns::known(name))
                .collect::<anyhow::Result<_>>()?,
            table: Table {
                schema: 1,
                id: file.id.clone(),
                title: file.title.clone(),
                reference: file.paper.clone(),
                profile: table.profile.name(),
                data_source: table.source.name(),
                columns: file.columns.clone(),
                timing_metrics: TIMING,
                data_notes: data_notes(&rows, &records),
                rows,
            },
            records,
        })
    }
}

fn data_notes(rows: &[Row], records: &[Vec<Record>]) -> BTreeMap<&'static str, Vec<String>> {
    let mut notes = BTreeMap::new();
    for (row, records) in rows.iter().zip(records) {
        let first = records.iter().find(|record| record.seed_number == 1);
        if let Some(first) = first.filter(|first| !first.data_notes.is_empty()) {
            notes
                .entry(row.dataset)
                .or_insert_with(|| first.data_notes.clone());
        }
    }
    notes
}

fn row_of(
    row: &RowPlan,
    seeds: u64,
    finished: &[Record],
    missing: &BTreeMap<String, String>,
    tuned: Option<Tuned>,
) -> Row {
    let JobConfig {
        data,
        model,
        strategy,
        ..
    } = &row.config;
    let done: BTreeSet<&str> = finished.iter().map(|record| record.key.as_str()).collect();
    let why = row
        .keys
        .iter()
        .filter(|key| !done.contains(key.as_str()))
        .find_map(|key| missing.get(key));
    let unchosen = tuned.as_ref().and_then(|tuned| tuned.note.as_ref());
    let note = row.absent.as_ref().or(unchosen).or(why).cloned();
    let mut parameters = serde_json::to_value(strategy).unwrap_or_default();
    if let Some(fields) = parameters.as_object_mut() {
        fields.remove("name");
    }
    Row {
        strategy: strategy.name().to_owned(),
        label: row.label.clone(),
        dataset: data.dataset.name(),
        noise: data.noise,
        prior_corruption: data.prior_corruption,
        model: model.kind.name(),
        layers: model.layers,
        uses_prior: strategy.uses_prior(),
        trained: strategy.is_trained(),
        parameters,
        tuned,
        n: finished.len(),
        planned: usize::try_from(seeds).unwrap_or(usize::MAX),
        metrics: summaries(finished),
        paper: BTreeMap::new(),
        runs: finished.iter().map(|record| record.key.clone()).collect(),
        note,
    }
}

/// Every metric, and those timings that are columns.
fn summaries(records: &[Record]) -> BTreeMap<String, Summary> {
    let names: BTreeSet<&str> = records
        .iter()
        .flat_map(|record| record.metrics.keys().map(String::as_str))
        .chain(TIMING)
        .collect();
    names
        .into_iter()
        .filter_map(|name| {
            let values: Vec<f64> = records
                .iter()
                .filter_map(|record| record.value(name))
                .collect();
            Some((name.to_owned(), Summary::of(&values)?))
        })
        .collect()
}

/// The paper's own words about each column of a row, where it has any.
fn stated(
    id: &str,
    columns: &[String],
    row: &Row,
    claims: &[Claim],
) -> BTreeMap<String, Option<String>> {
    columns
        .iter()
        .map(|column| {
            let claim = claims.iter().find(|claim| claim.is_about(id, row, column));
            (column.clone(), claim.map(|claim| claim.text.clone()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_and_deviation() {
        let summary = Summary::of(&[1.0, 2.0, 4.0]).unwrap();
        assert!((summary.mean - 7.0 / 3.0).abs() < 1e-15);
        assert!((summary.sd.unwrap() - (7.0_f64 / 3.0).sqrt()).abs() < 1e-15);
        assert_eq!(Summary::of(&[3.0]).unwrap().sd, None);
        assert_eq!(Summary::of(&[]), None);
    }
}
