//! What a call has to compute: tables, their rows, and the jobs that rows share.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use crate::experiment::builtin::EXPERIMENTS;
use crate::experiment::file::{Experiment, Profile};
use crate::experiment::rows::{rows, unknown_id};
use crate::job::Job;
use crate::job::config::{JobConfig, Source};
use crate::job::inputs::Resolver;
use crate::job::key::{CODE, key};

/// What the caller asks for.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Ids of tables or figures; empty: all.
    pub(crate) only: Vec<String>,
    /// An experiment file of the user's own, in place of the built-in ones.
    pub(crate) config: Option<PathBuf>,
    pub(crate) profile: Profile,
    /// Number of repetitions in place of the profile's.
    pub(crate) seeds: Option<u64>,
    /// Folder of the published data.
    pub(crate) data: Option<PathBuf>,
}

/// Tables and the jobs they need, each job once.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) tables: Vec<TablePlan>,
    /// In the order in which they are best run: one seed of everything before the next.
    pub(crate) jobs: Vec<Job>,
}

/// One table.
#[derive(Debug)]
pub(crate) struct TablePlan {
    pub(crate) experiment: Experiment,
    pub(crate) profile: Profile,
    pub(crate) source: Source,
    /// Number of repetitions.
    pub(crate) seeds: u64,
    pub(crate) rows: Vec<RowPlan>,
}

/// One row of a table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RowPlan {
    pub(crate) label: String,
    /// The configuration of the first seed, for what all seeds share.
    pub(crate) config: JobConfig,
    /// Keys of the jobs by seed.
    pub(crate) keys: Vec<String>,
    /// Why it cannot be run.
    pub(crate) absent: Option<String>,
}

impl Plan {
    /// Reads, checks and expands what is asked for. Nothing is written.
    ///
    /// # Errors
    /// When an experiment is wrong, an id is unknown, or no data are there for anything.
    pub(crate) fn new(request: &Request) -> anyhow::Result<Self> {
        if request.seeds == Some(0) {
            bail!("--seeds 0: nothing would run");
        }
        let mut resolver = Resolver::new(request.data.clone())?;
        let mut plan = Self::default();
        let mut known = BTreeSet::new();
        for experiment in select(request)? {
            let table = plan.table(experiment, request, &mut resolver, &mut known)?;
            plan.tables.push(table);
        }
        let rows = || plan.tables.iter().flat_map(|table| &table.rows);
        if let Some(absent) = rows().find_map(|row| row.absent.as_ref())
            && plan.jobs.is_empty()
        {
            bail!("{absent}");
        }
        plan.jobs.sort_by_key(|job| job.seed_number);
        Ok(plan)
    }

    fn table(
        &mut self,
        experiment: Experiment,
        request: &Request,
        resolver: &mut Resolver,
        known: &mut BTreeSet<String>,
    ) -> anyhow::Result<TablePlan> {
        let file = &experiment.file;
        let source = resolver.source();
        // All profiles are expanded, so that a mistake in one is found whichever is run.
        let mut expanded = BTreeMap::new();
        for profile in Profile::ALL {
            let rows = rows(file, profile, source, request.seeds)
                .with_context(|| experiment.origin.clone())?;
            expanded.insert(profile, rows);
        }
        let mut planned = Vec::new();
        for row in expanded.remove(&request.profile).unwrap_or_default() {
            let mut plan = RowPlan {
                label: row.label,
                config: row.configs[0].clone(),
                keys: Vec::new(),
                absent: None,
            };
            for (config, seed_number) in row.configs.into_iter().zip(1..) {
                let inputs = match resolver.resolve(&config.data) {
                    Ok(inputs) => inputs,
                    Err(absent) => {
                        plan.absent = Some(absent.to_string());
                        break;
                    }
                };
                let key = key(&config, inputs.hashes(), CODE)?;
                plan.keys.push(key.clone());
                if known.insert(key.clone()) {
                    self.jobs.push(Job {
                        key,
                        config,
                        seed_number,
                        inputs,
                    });
                }
            }
            planned.push(plan);
        }
        Ok(TablePlan {
            seeds: request
                .seeds
                .unwrap_or(file.profiles[&request.profile].seeds),
            profile: request.profile,
            source,
            experiment,
            rows: planned,
        })
    }
}

/// The experiments asked for, by the id of a table or of one of its figures.
fn select(request: &Request) -> anyhow::Result<Vec<Experiment>> {
    let experiments = match &request.config {
        Some(path) => {
            let origin = path.display().to_string();
            let text =
                std::fs::read_to_string(path).with_context(|| format!("cannot read {origin}"))?;
            vec![Experiment::parse(&origin, &text)?]
        }
        None => EXPERIMENTS
            .iter()
            .map(|(origin, text)| Experiment::parse(origin, text))
            .collect::<anyhow::Result<_>>()?,
    };
    let ids = |experiment: &Experiment| -> Vec<String> {
        let figures = experiment.file.figures.iter().map(|figure| &figure.id);
        figures.chain([&experiment.file.id]).cloned().collect()
    };
    let known: Vec<String> = experiments.iter().flat_map(&ids).collect();
    for id in &request.only {
        if !known.contains(id) {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            return Err(unknown_id(id, &known));
        }
    }
    Ok(experiments
        .into_iter()
        .filter(|experiment| {
            request.only.is_empty() || ids(experiment).iter().any(|id| request.only.contains(id))
        })
        .collect())
}
