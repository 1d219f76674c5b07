//! Expression data of any format.

use std::path::Path;

use anyhow::{Context as _, bail};
use dash_ode::io::{Genes, Ties, read_beeline, read_gene_names, read_published, read_tidy};
use dash_ode::{Cells, TimeSeries};
use ndarray::Axis;

use super::config::{Expression, ExpressionFormat};
use super::findings::{ExpressionFound, examples};

/// Points that cells are averaged into unless stated: at most these, and at least so many cells a point.
const POINTS: usize = 50;
const CELLS_PER_POINT: usize = 5;

pub(super) fn read(
    settings: &Expression,
    folder: &Path,
) -> anyhow::Result<(TimeSeries, ExpressionFound)> {
    let path = folder.join(&settings.file);
    let place = || format!("{}", path.display());
    let mut notes = Vec::new();
    let series = match settings.format {
        ExpressionFormat::Tidy => read_tidy(&path, None)?,
        ExpressionFormat::Published => {
            let names = settings
                .gene_names
                .as_ref()
                .context("no file of gene names")?;
            let names = read_gene_names(&folder.join(names))?;
            read_published(&path, Genes::Named(&names.names), Ties::Mean)?
        }
        ExpressionFormat::Beeline => {
            let times = settings
                .pseudotime
                .as_ref()
                .context("no file of pseudotimes")?;
            let cells = read_beeline(&path, &folder.join(times))?;
            averaged(&cells, settings, &mut notes).with_context(place)?
        }
        ExpressionFormat::H5ad => {
            let cells = super::h5ad::read(&path, settings)?;
            averaged(&cells, settings, &mut notes).with_context(place)?
        }
    };
    let found = find(&series, notes);
    if found.points.1 < 2 {
        bail!(
            "{}: every trajectory has one time point; at least two are needed, so that something can change (is `time` the right column?)",
            place()
        );
    }
    if found.constant.len() == found.genes {
        bail!(
            "{}: no gene ever changes; there is nothing to learn from",
            place()
        );
    }
    if found.intervals == 0 {
        bail!(
            "{}: missing values leave no two consecutive points that are complete ({}); fill them in, or leave such genes out",
            place(),
            worst(&series)
        );
    }
    Ok((series, found))
}

/// Cells as trajectories.
fn averaged(
    cells: &Cells,
    settings: &Expression,
    notes: &mut Vec<String>,
) -> anyhow::Result<TimeSeries> {
    let fewest = cells
        .lineages
        .iter()
        .map(|l| l.pseudotime.iter().filter(|t| !t.is_nan()).count());
    let fewest = fewest.min().unwrap_or_default();
    let points = settings
        .points
        .unwrap_or((fewest / CELLS_PER_POINT).clamp(4, POINTS));
    let (series, counts) = cells.trajectories(Some(points))?;
    notes.extend(left_out(cells));
    let stated = if settings.points.is_some() {
        ""
    } else {
        " (set `points` to change that)"
    };
    let said = counts.into_iter().map(|lineage| {
        let what = format!(
            "{} cells sorted by pseudotime ({} share theirs with another) and averaged into {} points of equally many cells{stated}; no other smoothing",
            lineage.cells, lineage.ties, lineage.points
        );
        (lineage.name, what)
    });
    notes.extend(together(said));
    Ok(series)
}

/// Cells without pseudotime, and values that are missing: neither is an error, and neither goes unsaid.
fn left_out(cells: &Cells) -> Vec<String> {
    let mut notes = Vec::new();
    let all = cells.values.nrows();
    let has_no_time = |cell: &usize| cells.lineages.iter().all(|l| l.pseudotime[*cell].is_nan());
    let without = (0..all).filter(has_no_time).count();
    if without > 0 {
        notes.push(format!(
            "{without} of {all} cells are left out: they have no finite pseudotime"
        ));
    }
    let missing_of = |gene: usize| {
        let column = cells.values.index_axis(Axis(1), gene);
        column.iter().filter(|v| v.is_nan()).count()
    };
    let missing: Vec<usize> = (0..cells.genes.len()).map(missing_of).collect();
    let sum: usize = missing.iter().sum();
    if let Some((most, gene)) = missing.iter().zip(&cells.genes).max_by_key(|(n, _)| **n)
        && sum > 0
    {
        notes.push(format!(
            "{sum} of {} values of cells are missing, most of gene {gene} ({most} of {all} cells); a point is the mean of those that are there",
            cells.values.len()
        ));
    }
    notes
}

/// A line for all lineages that were treated alike.
fn together(said: impl Iterator<Item = (String, String)>) -> Vec<String> {
    let mut alike: Vec<(String, Vec<String>)> = Vec::new();
    for (name, what) in said {
        match alike.iter_mut().find(|(known, _)| *known == what) {
            Some((_, names)) => names.push(name),
            None => alike.push((what, vec![name])),
        }
    }
    let line = |(what, names): (String, Vec<String>)| {
        let each = if names.len() > 1 { " each" } else { "" };
        format!("{}:{each} {what}", examples(&names))
    };
    alike.into_iter().map(line).collect()
}

fn find(series: &TimeSeries, notes: Vec<String>) -> ExpressionFound {
    let trajectories = series.trajectories();
    let points = trajectories.iter().map(|t| t.times.len());
    let times = trajectories.iter().flat_map(|t| t.times.iter().copied());
    let values = || trajectories.iter().flat_map(|t| t.values.iter().copied());
    let all: usize = points.clone().map(|n| n - 1).sum();
    let constant = series.genes().iter().enumerate().filter(|(gene, _)| {
        // Within a trajectory: between trajectories an input may differ.
        trajectories.iter().all(|t| {
            let column = t.values.column(*gene);
            let mut present = column.iter().filter(|v| !v.is_nan());
            let first = present.next();
            present.all(|v| first.is_some_and(|first| v.total_cmp(first).is_eq()))
        })
    });
    ExpressionFound {
        genes: series.genes().len(),
        trajectories: trajectories.len(),
        points: (points.clone().min().unwrap_or(0), points.max().unwrap_or(0)),
        times: (
            times.clone().fold(f64::INFINITY, f64::min),
            times.fold(f64::NEG_INFINITY, f64::max),
        ),
        intervals: series.intervals().len(),
        intervals_lost: all - series.intervals().len(),
        missing: values().filter(|v| v.is_nan()).count(),
        range: (
            values().fold(f64::INFINITY, f64::min),
            values().fold(f64::NEG_INFINITY, f64::max),
        ),
        constant: constant.map(|(_, name)| name.clone()).collect(),
        notes,
    }
}

/// The gene with most missing values.
fn worst(series: &TimeSeries) -> String {
    let missing = |gene: usize| -> usize {
        let columns = series.trajectories().iter().map(|t| t.values.column(gene));
        columns
            .map(|c| c.iter().filter(|v| v.is_nan()).count())
            .sum()
    };
    let worst = (0..series.genes().len())
        .max_by_key(|&gene| missing(gene))
        .unwrap_or(0);
    format!("most in gene {}: {}", series.genes()[worst], missing(worst))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_said() {
        let cells = Cells {
            genes: vec!["A".into(), "B".into()],
            values: ndarray::array![[1.0, 2.0], [3.0, f64::NAN], [5.0, 6.0]],
            lineages: [[0.0, 1.0, f64::NAN], [f64::NAN, 2.0, f64::NAN]]
                .map(|pseudotime| dash_ode::Lineage {
                    name: "l".into(),
                    pseudotime: pseudotime.to_vec(),
                })
                .to_vec(),
        };
        let notes = left_out(&cells);
        assert!(notes[0].starts_with("1 of 3 cells"), "{notes:?}");
        assert!(notes[1].starts_with("1 of 6 values") && notes[1].contains("gene B (1 of 3"));
    }

    #[test]
    fn lineages_treated_alike_share_a_line() {
        let said = [("a", "9 cells"), ("b", "8 cells"), ("c", "9 cells")];
        let said = said.map(|(name, what)| (name.to_owned(), what.to_owned()));
        assert_eq!(
            together(said.into_iter()),
            ["a, c: each 9 cells", "b: 8 cells"]
        );
    }
}
