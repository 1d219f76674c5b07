//! Pathways as a heat map: which of them the influential genes of every method lie in.

mod rows;

use anyhow::ensure;
use kuva::render::color::Color;
use kuva::render::render::{Primitive, Scene, TextAnchor};

pub(crate) use rows::MethodPathways;
use rows::{LEVEL, Row, is_significant, rows};

/// How to read the figure, beside it.
pub(crate) const CAPTION: &str = "Rows: the best pathways of every method by z, of those that are significant (where none is for any method, its five best); first those significant for most methods. z: how many standard deviations the summed influence of a pathway's genes lies above that of as many genes drawn at random. Star: significant after Bonferroni, by the exact null, so that small pathways need a larger z. Dash: not tested.";

const CELL_WIDTH: f64 = 58.0;
const CELL_HEIGHT: f64 = 19.0;
/// Of a name in two lines.
const TALL_CELL: f64 = 28.0;
/// Pixels of a character of 11 pixels, on the safe side.
const CHARACTER: f64 = 6.9;
/// Room for the title.
const TOP: f64 = 44.0;
const MARGIN: f64 = 14.0;
const LEGEND: f64 = 76.0;
/// The bar of colours.
const BAR: (f64, f64) = (240.0, 12.0);
/// Where the words beside the bar start, and room for them.
const WORDS: (f64, f64) = (MARGIN + 8.0 + BAR.0 + 34.0, 22.0 * CHARACTER);

/// The heat map; `None` if no pathway was tested.
///
/// # Errors
/// When two methods have one name.
pub(super) fn scene(title: &str, methods: &[MethodPathways]) -> anyhow::Result<Option<Scene>> {
    for (place, method) in methods.iter().enumerate() {
        let is_new = methods[..place]
            .iter()
            .all(|other| other.name != method.name);
        ensure!(is_new, "two methods are called `{}`", method.name);
    }
    let rows = rows(methods);
    if rows.is_empty() {
        return Ok(None);
    }
    let map = Map::new(methods, rows);
    Ok(Some(map.draw(title)))
}

/// Where everything lies.
struct Map<'a> {
    methods: &'a [MethodPathways],
    rows: Vec<Row<'a>>,
    /// Left and top end of the cells.
    corner: (f64, f64),
    /// z of the full shades.
    limit: f64,
    is_capped: bool,
}

impl<'a> Map<'a> {
    fn new(methods: &'a [MethodPathways], rows: Vec<Row<'a>>) -> Self {
        let longest = |names: &mut dyn Iterator<Item = &String>| {
            names.map(|name| name.chars().count()).max().unwrap_or(0) as f64 * CHARACTER
        };
        let left = longest(&mut rows.iter().flat_map(|row| &row.name)) + MARGIN + 8.0;
        // Headings stand at 45 degrees.
        let heading = longest(&mut methods.iter().map(|method| &method.name)) * 0.72 + 12.0;
        let mut sizes: Vec<f64> = rows
            .iter()
            .flat_map(|row| row.cells.iter().flatten().filter_map(|cell| cell.z))
            .map(f64::abs)
            .collect();
        sizes.sort_by(f64::total_cmp);
        let largest = sizes.last().copied().unwrap_or(1.0);
        // A single pathway far beyond the others must not make them all pale.
        let usual = sizes[(sizes.len() * 95 / 100).min(sizes.len() - 1)];
        let limit = if largest > 1.3 * usual {
            usual
        } else {
            largest
        };
        Self {
            methods,
            rows,
            corner: (left, TOP + heading),
            limit: limit.ceil().max(1.0),
            is_capped: largest > limit.ceil(),
        }
    }

    fn draw(&self, title: &str) -> Scene {
        let (left, top) = self.corner;
        let right = left + self.methods.len() as f64 * CELL_WIDTH;
        let bottom = top + self.rows.iter().map(Row::height).sum::<f64>();
        // The last heading leans out to the right.
        let lean = self
            .methods
            .last()
            .map_or(0, |method| method.name.chars().count()) as f64
            * CHARACTER
            * 0.72;
        let width = (right + lean.max(MARGIN) + MARGIN)
            .max(title.chars().count() as f64 * 9.5 + 2.0 * MARGIN)
            .max(WORDS.0 + WORDS.1 + MARGIN);
        let mut scene = Scene::new(width, bottom + LEGEND);
        text(
            &mut scene,
            (width / 2.0, 26.0),
            16,
            title,
            TextAnchor::Middle,
            None,
        );
        for (place, method) in self.methods.iter().enumerate() {
            let middle = left + (place as f64 + 0.5) * CELL_WIDTH;
            scene.add(Primitive::Text {
                x: middle,
                y: top - 7.0,
                content: method.name.clone(),
                size: 12,
                anchor: TextAnchor::Start,
                rotate: Some(-45.0),
                bold: false,
                color: None,
            });
        }
        let mut y = top;
        for row in &self.rows {
            self.row(&mut scene, row, y);
            y += row.height();
        }
        self.legend(&mut scene, bottom + 20.0);
        scene
    }

    fn row(&self, scene: &mut Scene, row: &Row<'_>, top: f64) {
        let (left, height) = (self.corner.0, row.height());
        let middle = top + height / 2.0;
        let first = middle + 4.0 - 6.0 * (row.name.len() - 1) as f64;
        for (line, name) in row.name.iter().enumerate() {
            let at = (left - 8.0, first + 12.0 * line as f64);
            text(scene, at, 11, name, TextAnchor::End, None);
        }
        for (place, cell) in row.cells.iter().enumerate() {
            let x = left + place as f64 * CELL_WIDTH;
            let z = cell.and_then(|cell| cell.z);
            let fill = z.map_or(Color::Rgb(236, 236, 236), |z| self.colour(z));
            rectangle(scene, (x, top), (CELL_WIDTH - 1.5, height - 1.5), fill);
            let star = if cell.is_some_and(is_significant) {
                "*"
            } else {
                ""
            };
            let value = z.map_or("–".to_owned(), |z| {
                format!("{:.1}{star}", (z * 10.0).round() / 10.0 + 0.0)
            });
            let ink = z
                .filter(|z| self.share(*z).abs() > 0.62)
                .map(|_| Color::Rgb(255, 255, 255));
            text(
                scene,
                (x + CELL_WIDTH / 2.0, middle + 3.5),
                10,
                &value,
                TextAnchor::Middle,
                ink,
            );
        }
    }

    /// z as a share of the scale, −1..1.
    fn share(&self, z: f64) -> f64 {
        (z / self.limit).clamp(-1.0, 1.0)
    }

    /// From blue over white to dark vermilion, which differ in lightness and for any kind of colour vision.
    fn colour(&self, z: f64) -> Color {
        const LOW: [f64; 3] = [0.0, 90.0, 160.0];
        const HIGH: [f64; 3] = [166.0, 54.0, 3.0];
        let share = self.share(z);
        let full = if share < 0.0 { LOW } else { HIGH };
        let mix = |full: f64| (255.0 + (full - 255.0) * share.abs()).round() as u8;
        Color::Rgb(mix(full[0]), mix(full[1]), mix(full[2]))
    }

    fn legend(&self, scene: &mut Scene, top: f64) {
        const STEPS: usize = 120;
        let lowest = self.rows.iter().flat_map(|row| row.cells.iter().flatten());
        let lowest = lowest.filter_map(|cell| cell.z).fold(0.0, f64::min);
        let from = lowest.floor().max(-self.limit);
        let left = MARGIN + 8.0;
        let place = |z: f64| left + BAR.0 * (z - from) / (self.limit - from);
        for step in 0..STEPS {
            let at = |step: usize| from + (self.limit - from) * step as f64 / STEPS as f64;
            let x = place(at(step));
            // Slightly wider than a step, so that no white shows between.
            let width = place(at(step + 1)) - x + 0.4;
            rectangle(
                scene,
                (x, top),
                (width, BAR.1),
                self.colour(f64::midpoint(at(step), at(step + 1))),
            );
        }
        let above = if self.is_capped { "≥ " } else { "" };
        let mut ticks = vec![
            (0.0, "0".to_owned()),
            (self.limit, format!("{above}{}", self.limit)),
        ];
        if place(0.0) - left > 24.0 {
            ticks.push((from, format!("{from}")));
        }
        for (z, label) in ticks {
            text(
                scene,
                (place(z), top + BAR.1 + 13.0),
                11,
                &label,
                TextAnchor::Middle,
                None,
            );
        }
        text(
            scene,
            (WORDS.0, top + 10.0),
            11,
            "z against random sets",
            TextAnchor::Start,
            None,
        );
        let star = format!("* adjusted p < {LEVEL}");
        text(
            scene,
            (WORDS.0, top + 25.0),
            11,
            &star,
            TextAnchor::Start,
            None,
        );
    }
}

impl Row<'_> {
    fn height(&self) -> f64 {
        if self.name.len() > 1 {
            TALL_CELL
        } else {
            CELL_HEIGHT
        }
    }
}

fn rectangle(scene: &mut Scene, (x, y): (f64, f64), (width, height): (f64, f64), fill: Color) {
    scene.add(Primitive::Rect {
        x,
        y,
        width,
        height,
        fill,
        stroke: None,
        stroke_width: None,
        opacity: None,
    });
}

fn text(
    scene: &mut Scene,
    (x, y): (f64, f64),
    size: u32,
    content: &str,
    anchor: TextAnchor,
    color: Option<Color>,
) {
    scene.add(Primitive::Text {
        x,
        y,
        content: content.to_owned(),
        size,
        anchor,
        rotate: None,
        bold: false,
        color,
    });
}

#[cfg(test)]
mod tests {
    use dash_eval::{PathwayScore, TailMethod};

    use super::rows::BEST;
    use super::*;

    fn score(set: &str, z: f64, adjusted_p: f64) -> PathwayScore {
        PathwayScore {
            set: set.to_owned(),
            genes: 10,
            sum: 1.0,
            z: Some(z),
            p: adjusted_p / 10.0,
            ln_p: (adjusted_p / 10.0).ln(),
            method: TailMethod::Auto,
            adjusted_p,
            q: adjusted_p,
            permutation_p: None,
            max_t_p: None,
        }
    }

    fn method(name: &str, sets: &[(&str, f64, f64)]) -> MethodPathways {
        MethodPathways {
            name: name.to_owned(),
            sets: sets.iter().map(|(set, z, p)| score(set, *z, *p)).collect(),
        }
    }

    #[test]
    fn rows_are_the_best_of_every_method_shared_ones_first() {
        let methods = [
            method(
                "DASH",
                &[("A", 9.0, 1e-9), ("B", 5.0, 1e-3), ("C", 2.0, 0.9)],
            ),
            method(
                "IMP",
                &[("A", 1.0, 1.0), ("B", 4.0, 0.01), ("D", 4.5, 0.04)],
            ),
        ];
        let rows = rows(&methods);
        let names: Vec<&str> = rows.iter().map(|row| row.name[0].as_str()).collect();
        assert_eq!(names, ["B", "A", "D"]);
        assert!(rows[2].cells[0].is_none());
        assert!(scene("t", &[method("DASH", &[])]).unwrap().is_none());
        assert!(scene("t", &[methods[0].clone(), methods[0].clone()]).is_err());
    }

    #[test]
    fn where_nothing_is_significant_the_best_are_shown_all_the_same() {
        let sets = [("A", 1.0, 1.0), ("B", 3.0, 0.2), ("C", 2.0, 0.5)];
        let more = [("D", 0.5, 1.0), ("E", 0.4, 1.0), ("F", 0.3, 1.0)];
        let methods = [
            method("DASH", &sets),
            method("IMP", &[&sets[..], &more[..]].concat()),
        ];
        let rows = rows(&methods);
        let names: Vec<&str> = rows.iter().map(|row| row.name[0].as_str()).collect();
        assert_eq!(names, ["B", "C", "A", "D", "E"]);
        assert!(
            !rows
                .iter()
                .flat_map(|row| &row.cells)
                .flatten()
                .any(|cell| is_significant(cell))
        );
    }

    #[test]
    fn no_more_than_the_best_are_shown() {
        let names: Vec<String> = (0..30).map(|i| format!("S{i:02}")).collect();
        let sets: Vec<(&str, f64, f64)> = (0_u8..)
            .zip(&names)
            .map(|(i, name)| (name.as_str(), f64::from(i), 0.01))
            .collect();
        let methods = [method("DASH", &sets)];
        let rows = rows(&methods);
        assert_eq!(rows.len(), BEST);
        assert_eq!(
            (rows[0].name[0].as_str(), rows[19].name[0].as_str()),
            ("S29", "S10")
        );
    }
}
