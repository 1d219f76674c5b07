//! Writes everything that follows from finished runs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::experiment::plan::TablePlan;
use crate::render::claims::{self, Claim};
use crate::render::figure::{Figure, draw};
use crate::render::report::report;
use crate::render::{RenderedTable, csv, json, markdown};
use crate::store::{Runs, atomic};

/// What was written.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// Files, relative to the folder, sorted.
    pub(crate) files: Vec<PathBuf>,
    /// The tables as Markdown, by id.
    pub(crate) markdown: BTreeMap<String, String>,
    /// Figures that have no points, with the reason.
    pub(crate) skipped: BTreeMap<String, String>,
    /// Verdict on every claim, by its id.
    pub(crate) verdicts: BTreeMap<String, String>,
}

/// Renders all planned tables, their figures and the report into `out`. `missing` says why a run is missing, by
/// key.
///
/// # Errors
/// When a file cannot be written.
pub(crate) fn write_all(
    plans: &[TablePlan],
    out: &Path,
    missing: &BTreeMap<String, String>,
) -> anyhow::Result<Written> {
    let runs = Runs::new(out);
    let claims = claims::load()?;
    let mut written = Written::default();
    let mut figures = BTreeMap::new();
    let mut tables = Vec::new();
    for plan in plans {
        let rendered = RenderedTable::new(plan, &runs, missing, &claims)?;
        written.table(&rendered, out)?;
        for figure in &plan.experiment.file.figures {
            let id = figure.id().to_owned();
            if let Some(drawn) = draw(figure, &rendered, &runs)? {
                written.figure(&id, &drawn, out)?;
                figures.insert(id, drawn);
            } else {
                let reason = "no finished run has what it shows".to_owned();
                written.skipped.insert(id, reason);
            }
        }
        tables.push((plan, rendered));
    }
    let rendered: Vec<&RenderedTable> = tables.iter().map(|(_, rendered)| rendered).collect();
    let judged: Vec<(&Claim, claims::Judgement)> = claims
        .iter()
        .map(|claim| (claim, claim.judge(&rendered)))
        .collect();
    for (claim, judgement) in &judged {
        written
            .verdicts
            .insert(claim.id.clone(), judgement.verdict.name().to_owned());
    }
    let html = report(&tables, &figures, &judged)?;
    written.file("report.html", html.as_bytes(), out)?;
    written.files.sort();
    Ok(written)
}

impl Written {
    fn table(&mut self, rendered: &RenderedTable, out: &Path) -> anyhow::Result<()> {
        let id = &rendered.table.id;
        let text = markdown::markdown(rendered);
        self.file(
            &format!("tables/{id}.json"),
            json::json(rendered)?.as_bytes(),
            out,
        )?;
        self.file(
            &format!("tables/{id}.csv"),
            csv::csv(rendered)?.as_bytes(),
            out,
        )?;
        self.file(&format!("tables/{id}.md"), text.as_bytes(), out)?;
        self.markdown.insert(id.clone(), text);
        Ok(())
    }

    fn figure(&mut self, id: &str, figure: &Figure, out: &Path) -> anyhow::Result<()> {
        self.file(&format!("figures/{id}.svg"), figure.svg.as_bytes(), out)?;
        self.file(&format!("figures/{id}.png"), &figure.png, out)
    }

    fn file(&mut self, name: &str, content: &[u8], out: &Path) -> anyhow::Result<()> {
        atomic::write(&out.join(name), content)?;
        self.files.push(PathBuf::from(name));
        Ok(())
    }
}
