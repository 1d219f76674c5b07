//! Figures: the one place that knows the plotting library.

use anyhow::{Context, anyhow};
use kuva::backend::raster::RasterBackend;
use kuva::backend::svg::SvgBackend;
use kuva::prelude::{LegendPosition, MarkerShape, Plot, ReferenceLine, ScatterPlot, TickFormat};
use kuva::render::layout::Layout;
use kuva::render::render::render_multiple;

use crate::experiment::file::FigureEntry;
use crate::render::columns;
use crate::render::table::{Row, Summary, Table};

/// A drawn figure.
#[derive(Debug)]
pub(crate) struct Figure {
    pub(crate) svg: String,
    pub(crate) png: Vec<u8>,
}

/// Colours that people with any kind of colour vision tell apart (Okabe and Ito 2008), the yellow left out for its weak
/// contrast on white.
const COLOURS: [&str; 7] = [
    "#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00",
];

const MARKERS: [MarkerShape; 6] = [
    MarkerShape::Circle,
    MarkerShape::Square,
    MarkerShape::Triangle,
    MarkerShape::Diamond,
    MarkerShape::Cross,
    MarkerShape::Plus,
];

/// Pixels of the PNG per unit of the SVG.
const SCALE: f32 = 2.0;

/// Draws one metric over another with a point and error bars (± one standard deviation) per row; `None` if no row has
/// both metrics.
///
/// # Errors
/// When a metric is not known or the picture cannot be made.
pub(crate) fn scatter(figure: &FigureEntry, table: &Table) -> anyhow::Result<Option<Figure>> {
    let plots: Vec<Plot> = table
        .rows
        .iter()
        .enumerate()
        .filter_map(|(position, row)| series(position, row, figure))
        .collect();
    if plots.is_empty() {
        return Ok(None);
    }
    let (x, y) = (columns::known(&figure.x)?, columns::known(&figure.y)?);
    let mut layout = Layout::auto_from_plots(&plots)
        .with_width(760.0)
        .with_height(480.0)
        .with_title(figure.title.as_str())
        .with_x_label(x.header)
        .with_y_label(y.header)
        .with_legend_position(LegendPosition::OutsideRightTop)
        .with_x_tick_format(TickFormat::Fixed(2))
        .with_y_tick_format(TickFormat::Fixed(2));
    if figure.y.starts_with("balanced_accuracy") {
        layout = layout.with_reference_line(
            ReferenceLine::horizontal(0.5)
                .with_color("#777777")
                .with_label("chance"),
        );
    }
    let scene = render_multiple(plots, layout);
    let svg = SvgBackend::default().render_scene(&scene);
    let png = RasterBackend::new()
        .with_scale(SCALE)
        .render_scene(&scene)
        .map_err(|error| anyhow!(error))
        .with_context(|| format!("cannot draw {}", figure.id))?;
    Ok(Some(Figure { svg, png }))
}

fn series(position: usize, row: &Row, figure: &FigureEntry) -> Option<Plot> {
    let (x, y) = (row.metrics.get(&figure.x)?, row.metrics.get(&figure.y)?);
    let deviation = |summary: &Summary| summary.sd.unwrap_or(0.0);
    let untrained = if row.trained { "" } else { " (untrained)" };
    let plot = ScatterPlot::new()
        .with_data([(x.mean, y.mean)])
        .with_x_err([deviation(x)])
        .with_y_err([deviation(y)])
        .with_color(COLOURS[position % COLOURS.len()])
        .with_marker(MARKERS[position % MARKERS.len()])
        .with_size(6.0)
        .with_legend(format!("{}{untrained}", row.label));
    Some(plot.into())
}
