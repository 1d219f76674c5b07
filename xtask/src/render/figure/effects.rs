//! Networks as heat maps, regulators × targets, beside the true one.

use std::collections::BTreeMap;

use kuva::render::color::Color;
use kuva::render::render::{Primitive, Scene, TextAnchor};

use crate::job::percent;
use crate::render::RenderedTable;
use crate::render::table::Row;
use crate::store::Runs;

pub(super) const CAPTION: &str = "Effects D̃ of the first seed: columns are the true regulators, those of most targets first; rows are the true targets, ordered by their first regulator. Red activates, blue represses; the shade is the square root of the magnitude. Where a panel has more genes than pixels, a cell shows the largest effect of its genes. MSE: over all pairs of genes, against the true effects, both with rows of unit sum.";

/// Width and height of the cells of a panel.
const PANEL: (f64, f64) = (194.0, 278.0);

/// Most cells across and down: at least two units a cell.
const CELLS: (usize, usize) = (97, 139);

/// Room around panels: left for the level, above for the heading.
const LEFT: f64 = 86.0;
const TOP: f64 = 64.0;
const GAP: (f64, f64) = (18.0, 30.0);

/// Shade below which a cell looks white.
const FAINT: f64 = 0.06;

/// An effect by (regulator, target).
type Effects = BTreeMap<(String, String), f64>;

/// A panel for every level and every one of `rows`, the true network before them; `None` if there is no reference or
/// nothing to compare with it.
pub(super) fn scene(
    title: &str,
    reference: &str,
    rows: &[String],
    table: &RenderedTable,
    runs: &Runs,
) -> anyhow::Result<Option<Scene>> {
    let mut levels: Vec<(f64, f64)> = Vec::new();
    for row in &table.table.rows {
        let level = (row.noise, row.prior_corruption);
        if !levels.contains(&level) {
            levels.push(level);
        }
    }
    let columns: Vec<&str> = std::iter::once(reference)
        .chain(rows.iter().map(String::as_str))
        .collect();
    let mut scene = Scene::new(
        LEFT + columns.len() as f64 * (PANEL.0 + GAP.0),
        TOP + levels.len() as f64 * (PANEL.1 + GAP.1),
    );
    let middle = scene.width / 2.0;
    text(&mut scene, (middle, 24.0), 16, title, TextAnchor::Middle);
    let mut compared = 0;
    for (down, level) in levels.iter().enumerate() {
        let top = TOP + down as f64 * (PANEL.1 + GAP.1);
        let name = format!("{} noise", percent(level.0));
        text(&mut scene, (8.0, top + 12.0), 12, &name, TextAnchor::Start);
        let found = |label: &str| find(table, label, *level, runs);
        let Some((_, truth)) = found(reference)? else {
            continue;
        };
        let order = Order::of(&truth);
        for (right, label) in columns.iter().enumerate() {
            let left = LEFT + right as f64 * (PANEL.0 + GAP.0);
            let panel = found(label)?;
            heading(
                &mut scene,
                (left, top),
                label,
                panel.as_ref().map(|(row, _)| *row),
            );
            if let Some((_, effects)) = &panel {
                compared += usize::from(right > 0);
                cells(&mut scene, (left, top), &order, effects);
            }
            frame(&mut scene, (left, top));
        }
    }
    Ok((compared > 0).then_some(scene))
}

/// The row of this label at this level, and the network of its first finished seed.
fn find<'a>(
    table: &'a RenderedTable,
    label: &str,
    level: (f64, f64),
    runs: &Runs,
) -> anyhow::Result<Option<(&'a Row, Effects)>> {
    let rows = table.table.rows.iter().zip(&table.records);
    for (row, records) in rows {
        if row.label != label || (row.noise, row.prior_corruption) != level {
            continue;
        }
        if let Some(text) = records.first().and_then(|record| runs.network(record)) {
            return Ok(Some((row, read(&text)?)));
        }
    }
    Ok(None)
}

fn read(text: &str) -> anyhow::Result<Effects> {
    let mut effects = Effects::new();
    for edge in csv::Reader::from_reader(text.as_bytes()).deserialize() {
        let (from, to, weight, _): (String, String, f64, usize) = edge?;
        effects.insert((from, to), weight);
    }
    Ok(effects)
}

/// Places of genes in a panel.
struct Order {
    regulators: BTreeMap<String, usize>,
    targets: BTreeMap<String, usize>,
}

impl Order {
    /// Regulators by number of targets; targets by their regulators in that order, so that the true edges form steps.
    fn of(truth: &Effects) -> Self {
        let mut degrees: BTreeMap<&String, usize> = BTreeMap::new();
        for (from, _) in truth.keys() {
            *degrees.entry(from).or_default() += 1;
        }
        let mut regulators: Vec<(&String, usize)> = degrees.into_iter().collect();
        regulators.sort_by(|(a, x), (b, y)| y.cmp(x).then(a.cmp(b)));
        let regulators: BTreeMap<String, usize> = (0..)
            .zip(regulators)
            .map(|(place, (name, _))| (name.clone(), place))
            .collect();
        let mut inputs: BTreeMap<&String, Vec<usize>> = BTreeMap::new();
        for (from, to) in truth.keys() {
            inputs.entry(to).or_default().push(regulators[from]);
        }
        let mut targets: Vec<(Vec<usize>, &String)> = inputs
            .into_iter()
            .map(|(name, mut inputs)| {
                inputs.sort_unstable();
                (inputs, name)
            })
            .collect();
        targets.sort();
        let targets = (0..)
            .zip(targets)
            .map(|(place, (_, name))| (name.clone(), place))
            .collect();
        Self {
            regulators,
            targets,
        }
    }

    /// The cell of an effect, and of how many cells across and down; `None` for genes outside of the panel.
    fn cell(&self, from: &String, to: &String) -> Option<(usize, usize)> {
        let (across, down) = self.cells();
        let (x, y) = (self.regulators.get(from)?, self.targets.get(to)?);
        Some((
            x * across / self.regulators.len(),
            y * down / self.targets.len(),
        ))
    }

    fn cells(&self) -> (usize, usize) {
        let across = self.regulators.len().clamp(1, CELLS.0);
        (across, self.targets.len().clamp(1, CELLS.1))
    }
}

fn cells(scene: &mut Scene, (left, top): (f64, f64), order: &Order, effects: &Effects) {
    let mut strongest: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for ((from, to), effect) in effects {
        if let Some(cell) = order.cell(from, to) {
            let shown = strongest.entry(cell).or_default();
            if effect.abs() > shown.abs() {
                *shown = *effect;
            }
        }
    }
    let (across, down) = order.cells();
    let (width, height) = (PANEL.0 / across as f64, PANEL.1 / down as f64);
    let (mut x, mut y, mut fills) = (Vec::new(), Vec::new(), Vec::new());
    for ((column, row), effect) in strongest {
        let shade = effect.abs().min(1.0).sqrt();
        if shade > FAINT {
            x.push(left + column as f64 * width);
            y.push(top + row as f64 * height);
            fills.push(colour(effect > 0.0, shade));
        }
    }
    let (w, h) = (vec![width; x.len()], vec![height; x.len()]);
    scene.add(Primitive::RectBatch { x, y, w, h, fills });
}

/// From white at 0 to vermilion or blue at 1 (Okabe and Ito 2008).
fn colour(activates: bool, shade: f64) -> Color {
    let full = if activates {
        (213.0, 94.0, 0.0)
    } else {
        (0.0, 114.0, 178.0)
    };
    let mix = |full: f64| (255.0 + (full - 255.0) * shade).round() as u8;
    Color::Rgb(mix(full.0), mix(full.1), mix(full.2))
}

fn heading(scene: &mut Scene, (left, top): (f64, f64), label: &str, row: Option<&Row>) {
    let error = row.and_then(|row| row.metrics.get("effect_mse"));
    let heading = match (row, error) {
        (Some(row), Some(error)) if row.strategy != "Truth" => {
            format!("{label}: MSE {:.2}e-4", error.mean * 1e4)
        }
        (None, _) => format!("{label}: not run"),
        _ => label.to_owned(),
    };
    let at = (left + PANEL.0 / 2.0, top - 6.0);
    text(scene, at, 12, &heading, TextAnchor::Middle);
}

fn frame(scene: &mut Scene, (x, y): (f64, f64)) {
    scene.add(Primitive::Rect {
        x,
        y,
        width: PANEL.0,
        height: PANEL.1,
        fill: Color::None,
        stroke: Some(Color::Rgb(90, 90, 90)),
        stroke_width: Some(0.8),
        opacity: None,
    });
}

fn text(scene: &mut Scene, (x, y): (f64, f64), size: u32, content: &str, anchor: TextAnchor) {
    scene.add(Primitive::Text {
        x,
        y,
        content: content.to_owned(),
        size,
        anchor,
        rotate: None,
        bold: false,
        color: None,
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn true_edges_form_steps() {
        let truth: Effects = [("A", "X"), ("B", "X"), ("B", "Y"), ("B", "Z"), ("A", "Z")]
            .iter()
            .chain(&[("C", "W")])
            .map(|(from, to)| (((*from).to_owned(), (*to).to_owned()), 1.0))
            .collect();
        let order = Order::of(&truth);
        let place = |names: &BTreeMap<String, usize>, name: &str| names[name];
        let regulators = ["B", "A", "C"].map(|name| place(&order.regulators, name));
        assert_eq!(regulators, [0, 1, 2]);
        // Y is under B alone, X and Z under B and A, W under C.
        let targets = ["Y", "X", "Z", "W"].map(|name| place(&order.targets, name));
        assert_eq!(targets, [0, 1, 2, 3]);
        assert_eq!(order.cell(&"B".into(), &"W".into()), Some((0, 3)));
        assert_eq!(order.cell(&"W".into(), &"B".into()), None);
    }

    #[test]
    fn shades_go_from_white_to_full() {
        assert_eq!(colour(true, 0.0), Color::Rgb(255, 255, 255));
        assert_eq!(colour(true, 1.0), Color::Rgb(213, 94, 0));
        assert_eq!(colour(false, 1.0), Color::Rgb(0, 114, 178));
    }
}
