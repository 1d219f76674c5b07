//! `OUT/report.html` of a fit: one self-contained page.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Shown;
use super::network::by_certainty;
use crate::render::figure::Figure;
use crate::render::report::{escape, page};
use crate::science::own::consensus::ConsensusEdge;
use crate::store::record::CodeVersion;

/// Rows of the table of edges.
const EDGES: usize = 100;

/// The text of the page.
///
/// # Errors
/// When the configuration cannot be written.
pub(crate) fn report(
    shown: &Shown<'_>,
    figures: &BTreeMap<&'static str, Figure>,
) -> anyhow::Result<String> {
    let mut body = String::new();
    summary(&mut body, shown);
    found(&mut body, shown);
    let figure = |heading: &str, id: &'static str, caption: &str, body: &mut String| {
        let _ = writeln!(body, "<h2 id=\"{id}\">{heading}</h2>");
        match figures.get(id) {
            Some(figure) => {
                let start = figure.svg.find("<svg").unwrap_or(0);
                let _ = writeln!(
                    body,
                    "<div class=\"figure\">{}</div>\n<p class=\"note\">{caption} As files: <a href=\"figures/{id}.svg\">SVG</a>, <a href=\"figures/{id}.png\">PNG</a>.</p>",
                    figure.svg[start..].trim_end()
                );
            }
            None if id == "network" => body.push_str("<p class=\"note\">No edge is kept by enough of the fits. What they weighed is in <a href=\"edges.csv\">edges.csv</a>; <code>stability.least</code> and <code>[evidence]</code> of the configuration decide what is kept, and a prior or more data give edges more to rest on.</p>\n"),
            None => body.push_str("<p class=\"note\">Nothing to draw.</p>\n"),
        }
    };
    figure(
        "The network",
        "network",
        "Edges that at least the stated share of the fits keep. Genes regulate along the arrows; self-loops are not drawn.",
        &mut body,
    );
    figure(
        "Predicted against observed",
        "trajectories",
        "Held-out data: points are observed; lines are simulated by the model from the first state alone. The genes that change most.",
        &mut body,
    );
    figure(
        "Error on held-out data",
        "errors",
        &errors_caption(shown),
        &mut body,
    );
    errors_table(&mut body, shown);
    if shown.lambda.is_some() {
        figure(
            "Choice of λ",
            "lambda",
            "Cross-validation on the training data; of all levels within one standard error of the best the sparsest is chosen.",
            &mut body,
        );
    }
    figure(
        "Learning",
        "learning",
        "Reported: the best epoch since the last pruning step.",
        &mut body,
    );
    edges(&mut body, shown);
    provenance(&mut body, shown)?;
    Ok(page(shown.title, shown.title, &body))
}

fn summary(body: &mut String, shown: &Shown<'_>) {
    let kept = shown.edges.iter().filter(|e| e.kept).count();
    let against = shown.against_prior;
    let prior = if shown.findings.prior.is_some() {
        format!(
            "Of {} edges of the prior it keeps {} and drops {}; {} are new.",
            against.prior, against.kept, against.dropped, against.added
        )
    } else {
        "There is no prior: all edges rest on the data.".to_owned()
    };
    let _ = writeln!(
        body,
        "<p>The consensus of {} fits has <strong>{kept} edges</strong> in data of {} genes. {prior}</p>",
        shown.records.len(),
        shown.genes.len()
    );
    let rows = &shown.test_error.rows;
    if let (Some(model), Some(last)) = (rows.first(), rows.get(1)) {
        let _ = writeln!(
            body,
            "<p>On held-out data its mean squared error one interval ahead is <strong>{:.3e}</strong> (95%: {:.3e} to {:.3e}); {:.3e} if the last value is taken as the prediction.</p>",
            model.mse, model.low, model.high, last.mse
        );
    }
    let undecided = undecided(shown.edges, shown.config.stability.least);
    for warning in undecided.into_iter().chain(shown.test_error.warnings()) {
        let _ = writeln!(body, "<p class=\"left-out\">{}</p>", escape(&warning));
    }
    for (fit, reason) in shown.failed {
        let _ = writeln!(
            body,
            "<p class=\"left-out\">{} failed: {}</p>",
            escape(fit),
            escape(reason)
        );
    }
}

/// Shares of the fits that are close to one another.
const CLOSE: f64 = 0.2;

/// Says so where many edges are kept by almost as many fits as are asked for: the size of the network is then a matter of
/// that share, and of how many fits there are.
pub(crate) fn undecided(edges: &[ConsensusEdge], least: f64) -> Option<String> {
    let kept = edges.iter().filter(|e| e.kept).count();
    let is_close =
        |e: &&ConsensusEdge| !e.kept && e.stability > 0.0 && e.stability >= least - CLOSE;
    let close = edges.iter().filter(is_close).count();
    (close > kept / 2 && close > 2).then(|| {
        format!(
            "Kept by almost enough fits, {:.0}% to {:.0}% of them, are {close} more edges: how many edges the network has depends on stability.least and on the number of fits; their order says more.",
            100.0 * (least - CLOSE).max(0.0),
            100.0 * least
        )
    })
}

fn found(body: &mut String, shown: &Shown<'_>) {
    body.push_str("<h2 id=\"data\">What was found in the data</h2>\n<ul>\n");
    for line in shown.findings.lines().iter().chain(shown.preparation) {
        let _ = writeln!(body, "<li>{}</li>", escape(line));
    }
    body.push_str("</ul>\n");
}

fn errors_caption(shown: &Shown<'_>) -> String {
    let errors = shown.test_error;
    let correlated = if errors.drawn == "trajectories" {
        ""
    } else {
        " Genes of one trajectory are not independent, so that the intervals shown are somewhat too narrow."
    };
    format!(
        "One interval ahead, {} intervals, in the model's units (expression scaled as said above). Bootstrap over {}.{correlated}",
        errors.intervals, errors.drawn
    )
}

fn errors_table(body: &mut String, shown: &Shown<'_>) {
    body.push_str("<div class=\"wide\"><table class=\"results\">\n<thead><tr><th>Prediction</th><th>MSE</th><th>95%</th><th>MSE minus that of the model, 95%</th></tr></thead>\n<tbody>\n");
    for row in &shown.test_error.rows {
        let difference = row.minus_model.map_or_else(String::new, |(low, high)| {
            format!("{low:.3e} to {high:.3e}")
        });
        let _ = writeln!(
            body,
            "<tr><td>{}</td><td>{:.3e}</td><td>{:.3e} to {:.3e}</td><td>{difference}</td></tr>",
            row.name, row.mse, row.low, row.high
        );
    }
    body.push_str("</tbody></table></div>\n");
    let tests: Vec<f64> = shown
        .records
        .iter()
        .filter_map(|r| r.value("test_mse"))
        .collect();
    let (mean, sd) = mean_and_sd(&tests);
    let _ = writeln!(
        body,
        "<p class=\"note\">The {} fits, each to another part of the training data: {mean:.3e} ± {sd:.1e} (standard deviation).</p>",
        tests.len()
    );
}

fn mean_and_sd(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    (mean, (squares / (n - 1.0).max(1.0)).sqrt())
}

fn edges(body: &mut String, shown: &Shown<'_>) {
    let listed = by_certainty(shown.edges.iter().filter(|e| e.kept));
    let _ = writeln!(
        body,
        "<h2 id=\"edges\">Edges, and how each is known</h2>\n<p class=\"note\">The most certain {} of {}; all, with those that were dropped, in <a href=\"edges.csv\">edges.csv</a>. Weight: share of the target's regulation, negative for repression, mean over all fits. Stability: share of the fits that keep the edge. Evidence: by how many residual variances the target's squared error grows without it. Probability: of being real, as the fits estimate it; of a new edge, the share of real ones among all with at least its evidence.</p>",
        listed.len().min(EDGES),
        listed.len()
    );
    body.push_str("<div class=\"wide\"><table class=\"results edges\">\n<thead><tr><th>Regulator</th><th>Target</th><th>Weight</th><th>Stability</th><th>In prior</th><th>Evidence</th><th>Probability</th></tr></thead>\n<tbody>\n");
    for edge in listed.iter().take(EDGES) {
        row(body, edge, shown);
    }
    body.push_str("</tbody></table></div>\n");
    let dropped: Vec<&ConsensusEdge> = shown
        .edges
        .iter()
        .filter(|e| e.in_prior && !e.kept)
        .collect();
    if !dropped.is_empty() {
        let _ = writeln!(
            body,
            "<details><summary>The {} edges of the prior that were dropped</summary>\n<div class=\"wide\"><table class=\"results edges\">\n<thead><tr><th>Regulator</th><th>Target</th><th>Weight</th><th>Stability</th><th>In prior</th><th>Evidence</th><th>Probability</th></tr></thead>\n<tbody>",
            dropped.len()
        );
        for edge in dropped.iter().take(EDGES) {
            row(body, edge, shown);
        }
        body.push_str("</tbody></table></div></details>\n");
    }
}

fn row(body: &mut String, edge: &ConsensusEdge, shown: &Shown<'_>) {
    let number = |value: Option<f64>, digits: usize| {
        value.map_or_else(|| "–".to_owned(), |v| format!("{v:.digits$}"))
    };
    let _ = writeln!(
        body,
        "<tr><td>{}</td><td>{}</td><td>{:.3}</td><td>{:.2}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
        escape(shown.genes.name(edge.from)),
        escape(shown.genes.name(edge.to)),
        edge.weight,
        edge.stability,
        if edge.in_prior { "yes" } else { "new" },
        number(edge.evidence, 1),
        number(edge.probability, 3)
    );
}

fn provenance(body: &mut String, shown: &Shown<'_>) -> anyhow::Result<()> {
    let code = CodeVersion::here();
    let config = toml::to_string(&shown.config.stated())?;
    let _ = writeln!(
        body,
        "<h2 id=\"provenance\">How this was made</h2>\n<details class=\"printed\"><summary>Configuration, version, inputs and fits</summary>\n<p>dash {}, commit {}, code {}, {}.</p>\n<pre>{}</pre>",
        escape(&code.version),
        escape(code.commit.as_deref().unwrap_or("unknown")),
        escape(&code.fingerprint),
        escape(&code.toolchain),
        escape(&config)
    );
    if let Some(first) = shown.records.first() {
        body.push_str("<ul>\n");
        for (role, hash) in &first.inputs {
            let _ = writeln!(
                body,
                "<li>{}: BLAKE3 <code>{hash}</code></li>",
                escape(role)
            );
        }
        body.push_str("</ul>\n");
    }
    body.push_str("<div class=\"wide\"><table class=\"results\">\n<thead><tr><th>Fit</th><th>Edges</th><th>Validation MSE</th><th>Test MSE</th><th>Epochs</th><th>CPU s</th><th>Key</th></tr></thead>\n<tbody>\n");
    for record in shown.records {
        let value = |name: &str| record.value(name).unwrap_or(f64::NAN);
        let _ = writeln!(
            body,
            "<tr><td>{}</td><td>{}</td><td>{:.3e}</td><td>{:.3e}</td><td>{}</td><td>{:.1}</td><td><code>{}</code></td></tr>",
            record.seed_number,
            value("edges"),
            value("validation_mse"),
            value("test_mse"),
            value("epochs"),
            value("cpu_seconds"),
            record.key
        );
    }
    body.push_str("</tbody></table></div>\n</details>\n");
    Ok(())
}
