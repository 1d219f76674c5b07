//! An evaluation as text: per universe a table with the networks first and the baselines below them.

use std::fmt::Write;

use dash_eval::{Interval, Metric};

use super::networks::{Evaluation, Scores};
use super::read::Source;

const HEADINGS: [&str; 10] = [
    "network",
    "edges",
    "TPR",
    "TNR",
    "bal. acc.",
    "F1",
    "AP",
    "AUPRC (DG)",
    "AUROC",
    "EPR",
];

const NOTES: &str = "\
bal. acc.: (TPR + TNR)/2, 0.5 by chance. AP: average precision, the default AUPRC; DG: Davis and Goadrich's
interpolation. EPR: early precision over that of chance. A dash is a number that the data do not define. Numbers over
different pairs must not be compared: over all pairs, knowing which genes are regulators is most of the score.
";

/// The evaluation as text.
pub(super) fn text(evaluation: &Evaluation) -> String {
    let mut text = format!("{} genes\n", evaluation.genes);
    describe(&mut text, "reference", &evaluation.reference);
    if let Some(prior) = &evaluation.prior {
        describe(&mut text, "prior", prior);
    }
    for network in &evaluation.networks {
        describe(&mut text, "network", &network.source);
    }
    let universes = evaluation
        .networks
        .first()
        .map_or(0, |network| network.scores.len());
    for universe in 0..universes {
        let judged: Vec<(&str, &Scores)> = evaluation
            .networks
            .iter()
            .map(|network| (network.source.file.as_str(), &network.scores[universe]))
            .collect();
        text.push('\n');
        table(&mut text, &judged);
    }
    text.push('\n');
    text.push_str(NOTES);
    text
}

fn describe(text: &mut String, what: &str, source: &Source) {
    let _ = write!(text, "{what} {}: {} edges", source.file, source.edges);
    if source.duplicates > 0 {
        let _ = write!(text, ", {} repeated lines", source.duplicates);
    }
    let lost = &source.unplaced;
    if lost.edges > 0 {
        let named = lost
            .genes
            .iter()
            .take(3)
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        let _ = write!(
            text,
            ", {} left out because {} genes are not in the gene list ({named}{})",
            lost.edges,
            lost.genes.len(),
            if lost.genes.len() > 3 { ", …" } else { "" }
        );
    }
    text.push('\n');
}

fn table(text: &mut String, judged: &[(&str, &Scores)]) {
    let Some((_, first)) = judged.first() else {
        return;
    };
    let report = &first.report;
    let _ = writeln!(
        text,
        "Over {}: {} pairs, {} of them true ({})",
        report.universe,
        report.pairs,
        report.positives,
        report
            .prevalence
            .map_or("–".to_owned(), |share| format!("{:.3}%", 100.0 * share))
    );
    let mut rows = vec![HEADINGS.map(str::to_owned)];
    rows.extend(judged.iter().map(|(name, scores)| network(name, scores)));
    rows.push(random(first));
    rows.extend(report.baselines.iter().map(|baseline| {
        let counts = &baseline.confusion;
        [
            baseline.name.replace('_', " "),
            (counts.true_positives + counts.false_positives).to_string(),
            number(counts.true_positive_rate()),
            number(counts.true_negative_rate()),
            number(baseline.balanced_accuracy),
            number(counts.f1()),
            number(baseline.average_precision),
            String::new(),
            number(baseline.auroc),
            String::new(),
        ]
    }));
    align(text, &rows, judged.len());
}

fn network(name: &str, scores: &Scores) -> [String; HEADINGS.len()] {
    let report = &scores.report;
    let counts = &report.confusion;
    [
        name.to_owned(),
        (counts.true_positives + counts.false_positives).to_string(),
        number(report.true_positive_rate),
        number(report.true_negative_rate),
        number(report.balanced_accuracy),
        number(report.f1),
        with_interval(report.average_precision, scores.average_precision_interval),
        scores
            .auprc_davis_goadrich
            .map_or("–".to_owned(), |area| format!("{area:.4}")),
        with_interval(report.auroc, scores.auroc_interval),
        number(scores.early_precision.ratio),
    ]
}

/// A random order of the pairs.
fn random(scores: &Scores) -> [String; HEADINGS.len()] {
    let by_chance = scores
        .random_average_precision
        .map_or("–".to_owned(), |ap| format!("{ap:.4}"));
    [
        "random order",
        "",
        "",
        "",
        "0.5000",
        "",
        &by_chance,
        "",
        "0.5000",
        "1.0000",
    ]
    .map(str::to_owned)
}

fn number(metric: Metric) -> String {
    metric.map_or("–".to_owned(), |value| format!("{value:.4}"))
}

fn with_interval(metric: Metric, interval: Option<Interval>) -> String {
    match interval {
        Some(Interval { low, high, .. }) => format!("{} [{low:.4}, {high:.4}]", number(metric)),
        None => number(metric),
    }
}

/// Columns as wide as their widest entry, names to the left; a line between the networks and the baselines.
fn align(text: &mut String, rows: &[[String; HEADINGS.len()]], networks: usize) {
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..HEADINGS.len()).map(width).collect();
    let rule = "-".repeat(widths.iter().sum::<usize>() + 2 * (widths.len() - 1));
    for (index, row) in rows.iter().enumerate() {
        let mut line = format!("{:<width$}", row[0], width = widths[0]);
        for (entry, width) in row.iter().zip(&widths).skip(1) {
            let _ = write!(line, "  {entry:>width$}");
        }
        let _ = writeln!(text, "{}", line.trim_end());
        if index == 0 || index == networks {
            let _ = writeln!(text, "{rule}");
        }
    }
}
