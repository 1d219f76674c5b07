//! Figures: the one place that knows the plotting library.

mod effects;
mod pathways;
mod scatter;

use std::fmt::Write;

use anyhow::{Context, anyhow};
use kuva::backend::raster::RasterBackend;
use kuva::backend::svg::SvgBackend;
use kuva::render::render::Scene;

use crate::experiment::file::FigureEntry;
use crate::job::dataset::Dataset;
use crate::render::RenderedTable;
use crate::store::Runs;

/// A drawn figure.
#[derive(Debug)]
pub(crate) struct Figure {
    pub(crate) svg: String,
    pub(crate) png: Vec<u8>,
}

/// Pixels of the PNG per unit of the SVG.
const SCALE: f32 = 2.0;

/// Draws a figure of a table; `None` if no finished run has what it shows.
///
/// # Errors
/// When a metric is not known or the picture cannot be made.
pub(crate) fn draw(
    entry: &FigureEntry,
    table: &RenderedTable,
    runs: &Runs,
) -> anyhow::Result<Option<Figure>> {
    let scene = match entry {
        FigureEntry::Scatter { title, x, y, .. } => scatter::scene(title, x, y, &table.table)?,
        FigureEntry::Effects {
            title,
            reference,
            rows,
            ..
        } => effects::scene(title, reference, rows, table, runs)?,
        FigureEntry::Pathways {
            title,
            dataset,
            rows,
            ..
        } => pathways::scene(title, &of_first_seed(*dataset, rows, table, runs))?,
    };
    scene
        .map(|scene| Figure::of(&scene, entry.id()))
        .transpose()
}

pub(crate) use pathways::{CAPTION as PATHWAYS_CAPTION, MethodPathways};

/// Draws the best pathways of every method as a heat map; `None` if none was tested.
///
/// # Errors
/// When two methods have one name or the picture cannot be made.
pub(crate) fn pathways(
    id: &str,
    title: &str,
    methods: &[MethodPathways],
) -> anyhow::Result<Option<Figure>> {
    let scene = pathways::scene(title, methods)?;
    scene.map(|scene| Figure::of(&scene, id)).transpose()
}

/// The pathways that the first seed of every one of these rows has tested.
fn of_first_seed(
    dataset: Dataset,
    rows: &[String],
    table: &RenderedTable,
    runs: &Runs,
) -> Vec<MethodPathways> {
    let all = || table.table.rows.iter().zip(&table.records);
    let tested = rows.iter().filter_map(|label| {
        let (_, records) =
            all().find(|(row, _)| row.label == *label && row.dataset == dataset.name())?;
        let first = records.iter().find(|record| record.seed_number == 1)?;
        Some(MethodPathways {
            name: label.clone(),
            sets: runs.pathways(&first.key)?.sets,
        })
    });
    tested.collect()
}

/// How to read a figure, beside it.
pub(crate) fn caption(entry: &FigureEntry) -> &'static str {
    match entry {
        FigureEntry::Scatter { .. } => "Error bars: ± one standard deviation over seeds.",
        FigureEntry::Effects { .. } => effects::CAPTION,
        FigureEntry::Pathways { .. } => pathways::CAPTION,
    }
}

impl Figure {
    /// Both forms of a scene.
    ///
    /// # Errors
    /// When the picture cannot be made.
    pub(crate) fn of(scene: &Scene, id: &str) -> anyhow::Result<Self> {
        let svg = rename_clips(&SvgBackend::default().render_scene(scene), id);
        let svg = scalable(&svg, (scene.width, scene.height));
        let png = RasterBackend::new()
            .with_scale(SCALE)
            .render_scene(scene)
            .map_err(|error| anyhow!(error))
            .with_context(|| format!("cannot draw {id}"))?;
        Ok(Self { svg, png })
    }
}

/// With what a picture needs to look the same everywhere: a font like that of the raster picture, and the view box; without
/// it a narrow page would cut the picture off.
fn scalable(svg: &str, (width, height): (f64, f64)) -> String {
    let head = svg.split('>').next().unwrap_or_default();
    let mut attributes = String::new();
    if !head.contains("viewBox=") {
        let _ = write!(attributes, "viewBox=\"0 0 {width} {height}\" ");
    }
    if !head.contains("font-family=") {
        attributes.push_str("font-family=\"DejaVu Sans, Verdana, Arial, sans-serif\" ");
    }
    svg.replacen("<svg ", &format!("<svg {attributes}"), 1)
}

/// Names clip paths after the figure: the library counts them over the life of the process, so that its own names would
/// differ from call to call and clash where figures share a page.
fn rename_clips(svg: &str, id: &str) -> String {
    const NAME: &str = "kuva-clip-";
    let mut parts = svg.split(NAME);
    let mut text = parts.next().unwrap_or_default().to_owned();
    let mut known: Vec<&str> = Vec::new();
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = part.split_at(digits);
        let position = known
            .iter()
            .position(|other| *other == number)
            .unwrap_or_else(|| {
                known.push(number);
                known.len() - 1
            });
        let _ = write!(text, "{id}-clip-{position}{rest}");
    }
    text
}
