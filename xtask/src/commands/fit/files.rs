//! What a fit writes.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use dash_ode::io::write_tidy;
use dash_prior::{EdgeAttribute, GeneIndex, Network, write_graphml, write_sif};
use serde_json::json;

use super::{Call, Done};
use crate::commands::list_files;
use crate::render::own::{Shown, figures, report, undecided};
use crate::science::own::Model;
use crate::science::own::consensus::{AgainstPrior, ConsensusEdge, Fitted, consensus, network};
use crate::science::own::errors::{TestError, test_error};
use crate::science::own::simulate::{courses, one_interval_ahead};
use crate::store::record::CodeVersion;
use crate::store::{Runs, atomic};

/// Points of a drawn course.
const STEPS: usize = 60;

/// Writes everything that follows from the finished fits, and returns what is to be said of it.
pub(super) fn write_all(call: &Call, done: &Done) -> anyhow::Result<String> {
    let genes = call.genes()?;
    let runs = Runs::new(&call.out);
    let mut fits = Vec::new();
    for record in &done.records {
        let model = read(runs.model_path(&record.key))?;
        let evidence = fs::read_to_string(runs.evidence_path(&record.key)).ok();
        let fit = Fitted::read(&model, evidence.as_deref(), &genes).with_context(|| {
            let damaged = runs.model_path(&record.key);
            format!(
                "{}, or the evidence beside it, is damaged; delete the record of that name (.json) to fit again",
                damaged.display()
            )
        })?;
        fits.push(fit);
    }
    let edges = consensus(&fits, call.data.prior.as_ref(), call.config.stability.least);
    let bytes = read(runs.model_path(&done.records[0].key))?;
    let model = Model::from_bytes(&bytes)?;
    let errors = test_error(&model, &call.parts)?;
    let observed = call.parts.scale.series_out(&call.parts.test)?;
    let drawn = courses(&model, &observed, &[], Some(STEPS))
        .context("the model cannot be simulated on the test data")?;
    let against = AgainstPrior::of(&edges);
    let preparation = call.preparation();
    let shown = Shown {
        title: &call.title,
        config: &call.config,
        findings: &call.data.findings,
        preparation: &preparation,
        genes: &genes,
        edges: &edges,
        against_prior: against,
        test_error: &errors,
        observed: &observed,
        courses: &drawn,
        records: &done.records,
        lambda: done.lambda.as_ref(),
        failed: &done.failed,
    };
    super::previous::replace(call)?;
    let mut files = Files {
        call,
        written: Vec::new(),
    };
    files.network(&edges, &genes)?;
    files.write("model.safetensors", &bytes)?;
    files.write("predictions.csv", predictions(call, &model)?.as_bytes())?;
    let figures = figures(&shown)?;
    for (id, figure) in &figures {
        files.write(&format!("figures/{id}.svg"), figure.svg.as_bytes())?;
        files.write(&format!("figures/{id}.png"), &figure.png)?;
    }
    files.write("report.html", report(&shown, &figures)?.as_bytes())?;
    let kept = edges.iter().filter(|e| e.kept).count();
    let summary = json!({
        "schema": 1,
        "title": call.title,
        "config": call.config,
        "code": CodeVersion::here(),
        "inputs": call.data.hashes,
        "found": call.data.findings,
        "held_out": call.parts.how,
        "scale": call.parts.scale,
        "edges": kept,
        "against_prior": against,
        "test_error": errors,
        "fits": done.records.iter().map(|record| &record.key).collect::<Vec<_>>(),
        "failed": done.failed,
        "lambda": done.lambda,
    });
    files.write("fit.json", format!("{summary:#}\n").as_bytes())?;
    files.written.sort();
    Ok(said(call, done, &edges, &errors, &files.written))
}

fn read(path: PathBuf) -> anyhow::Result<Vec<u8>> {
    fs::read(&path).with_context(|| {
        format!(
            "cannot read {}; delete the record beside it to fit again",
            path.display()
        )
    })
}

struct Files<'a> {
    call: &'a Call,
    written: Vec<PathBuf>,
}

impl Files<'_> {
    fn write(&mut self, name: &str, content: &[u8]) -> anyhow::Result<()> {
        atomic::write(&self.call.out.join(name), content)?;
        self.written.push(PathBuf::from(name));
        Ok(())
    }

    /// The consensus network in four formats, and all that is known about edges.
    fn network(&mut self, edges: &[ConsensusEdge], genes: &GeneIndex) -> anyhow::Result<()> {
        self.write("network.csv", network_csv(edges, genes)?.as_bytes())?;
        self.write("edges.csv", edges_csv(edges, genes)?.as_bytes())?;
        let network: Network = network(edges, genes)?;
        // A network has its edges in another order.
        let known: HashMap<(usize, usize), &ConsensusEdge> =
            edges.iter().map(|e| ((e.from, e.to), e)).collect();
        let attribute = |name: &str, of: &dyn Fn(&ConsensusEdge) -> f64| EdgeAttribute {
            name: name.to_owned(),
            values: network
                .edges()
                .iter()
                .map(|edge| known.get(&(edge.from, edge.to)).map_or(f64::NAN, |e| of(e)))
                .collect(),
        };
        let attributes = [
            attribute("stability", &|e| e.stability),
            attribute("in_prior", &|e| f64::from(u8::from(e.in_prior))),
            attribute("evidence", &|e| e.evidence.unwrap_or(f64::NAN)),
            attribute("probability", &|e| e.probability.unwrap_or(f64::NAN)),
        ];
        write_graphml(self.call.out.join("network.graphml"), &network, &attributes)?;
        write_sif(self.call.out.join("network.sif"), &network)?;
        self.written
            .extend(["network.graphml", "network.sif"].map(PathBuf::from));
        Ok(())
    }
}

/// `from,to,weight,rank`, the strongest first; edges of equal magnitude share a rank.
fn network_csv(edges: &[ConsensusEdge], genes: &GeneIndex) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["from", "to", "weight", "rank"])?;
    let (mut rank, mut last) = (0, f64::INFINITY);
    for (position, edge) in edges.iter().filter(|e| e.kept).enumerate() {
        if edge.weight.abs() < last {
            (rank, last) = (position + 1, edge.weight.abs());
        }
        let weight = (edge.weight as f32).to_string();
        writer.write_record([
            genes.name(edge.from),
            genes.name(edge.to),
            &weight,
            &rank.to_string(),
        ])?;
    }
    text(writer)
}

/// Every edge of the prior, of any fit, and every new one that a fit has weighed.
fn edges_csv(edges: &[ConsensusEdge], genes: &GeneIndex) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "from",
        "to",
        "weight",
        "in_network",
        "stability",
        "in_prior",
        "evidence",
        "probability",
    ])?;
    let number = |value: Option<f64>| value.map(|v| format!("{v:.4}")).unwrap_or_default();
    for edge in edges {
        writer.write_record([
            genes.name(edge.from),
            genes.name(edge.to),
            &(edge.weight as f32).to_string(),
            &edge.kept.to_string(),
            &format!("{:.4}", edge.stability),
            &edge.in_prior.to_string(),
            &number(edge.evidence),
            &number(edge.probability),
        ])?;
    }
    text(writer)
}

/// Test data beside what is predicted of them, in the units of the file.
fn predictions(call: &Call, model: &Model) -> anyhow::Result<String> {
    let (test, scale) = (&call.parts.test, &call.parts.scale);
    let observed = scale.series_out(test)?;
    let simulated = courses(model, &observed, &[], None)?;
    let ahead = one_interval_ahead(model, test)?;
    let ahead_of: std::collections::BTreeMap<(usize, usize), usize> = test
        .intervals()
        .iter()
        .map(|i| (i.trajectory, i.step + 1))
        .zip(0..)
        .collect();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record([
        "trajectory",
        "time",
        "gene",
        "observed",
        "one_interval_ahead",
        "from_first_state",
    ])?;
    let number = |value: f64| {
        if value.is_nan() {
            String::new()
        } else {
            value.to_string()
        }
    };
    for (t, trajectory) in observed.trajectories().iter().enumerate() {
        let course = &simulated.trajectories()[t];
        let skipped = trajectory.times.len() - course.times.len();
        for (point, time) in trajectory.times.iter().enumerate() {
            for (gene, name) in observed.genes().iter().enumerate() {
                let row = ahead_of.get(&(t, point));
                let ahead = row.map_or(f64::NAN, |&row| scale.value_out(gene, ahead[[row, gene]]));
                let from_first = point
                    .checked_sub(skipped)
                    .map_or(f64::NAN, |p| course.values[[p, gene]]);
                writer.write_record([
                    trajectory.name.as_str(),
                    &time.to_string(),
                    name,
                    &number(trajectory.values[[point, gene]]),
                    &number(ahead),
                    &number(from_first),
                ])?;
            }
        }
    }
    text(writer)
}

fn text(writer: csv::Writer<Vec<u8>>) -> anyhow::Result<String> {
    let bytes = writer.into_inner().context("cannot finish a table")?;
    Ok(String::from_utf8(bytes)?)
}

/// The summary on standard output.
fn said(
    call: &Call,
    done: &Done,
    edges: &[ConsensusEdge],
    errors: &TestError,
    files: &[PathBuf],
) -> String {
    let kept = edges.iter().filter(|e| e.kept).count();
    let against = AgainstPrior::of(edges);
    let mut said = list_files(files.iter().map(PathBuf::as_path), &call.out);
    let _ = writeln!(
        said,
        "\nnetwork: {kept} edges, kept by at least {:.0}% of {} fits",
        100.0 * call.config.stability.least,
        done.records.len()
    );
    if call.data.prior.is_some() {
        let _ = writeln!(
            said,
            "prior: {} of {} edges kept, {} dropped, {} new ones added",
            against.kept, against.prior, against.dropped, against.added
        );
    }
    for row in &errors.rows {
        let _ = writeln!(
            said,
            "test MSE, {}: {:.3e} (95%: {:.3e} to {:.3e})",
            row.name, row.mse, row.low, row.high
        );
    }
    if let Some(note) = undecided(edges, call.config.stability.least) {
        let _ = writeln!(said, "note: {note}");
    }
    for warning in errors.warnings() {
        let _ = writeln!(said, "note: {warning}");
    }
    for (fit, reason) in &done.failed {
        let _ = writeln!(said, "failed: {fit}: {reason}");
    }
    let _ = writeln!(said, "report: {}", call.out.join("report.html").display());
    said
}

/// A tidy table of simulated courses.
pub(super) fn write_series(
    call: &Call,
    name: &str,
    series: &dash_ode::TimeSeries,
) -> anyhow::Result<PathBuf> {
    let path = call.out.join(name);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    write_tidy(&path, series)?;
    Ok(PathBuf::from(name))
}
