//! `--predict` and `--knockout`: courses of a fitted model.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use dash_ode::TimeSeries;

use super::{Call, files};
use crate::commands::{BadInput, list_files, print};
use crate::experiment::hint::nearest;
use crate::render::own::{Drawn, courses_figure, most_changing};
use crate::science::own::Model;
use crate::science::own::simulate::courses;
use crate::store::atomic;

/// Points of a simulated course.
const STEPS: usize = 50;
/// Below this, in the model's units, an absent gene is far from all that was seen.
const FAR: f64 = -0.5;
/// Changes below this share of the largest are not drawn.
const VISIBLE: f64 = 1e-4;

/// Simulates all trajectories from their first states, whole and without the genes of every knockout.
pub(super) fn run(call: &Call, knockouts: &[String]) -> anyhow::Result<ExitCode> {
    let path = call.out.join("model.safetensors");
    let prepare = || -> anyhow::Result<(Model, Vec<Vec<usize>>)> {
        let bytes = fs::read(&path).with_context(|| {
            format!(
                "cannot read {}; fit first: the same call without --predict and --knockout",
                path.display()
            )
        })?;
        let model = Model::from_bytes(&bytes).with_context(|| format!("{}", path.display()))?;
        if model.genes.names() != call.data.series.genes() {
            bail!(
                "{} was fitted to other genes than the data have now; fit again",
                path.display()
            );
        }
        let genes = knockouts.iter().map(|names| find(&model, names));
        let genes = genes.collect::<anyhow::Result<_>>()?;
        Ok((model, genes))
    };
    let (model, genes) = prepare().map_err(BadInput::from)?;
    let series = &call.data.series;
    let whole = courses(&model, series, &[], Some(STEPS))?;
    let mut written = vec![files::write_series(call, "predict/wild_type.csv", &whole)?];
    let drawn = [
        Drawn {
            series,
            name: "observed",
            is_line: false,
            is_dashed: false,
        },
        Drawn {
            series: &whole,
            name: "simulated from the first state",
            is_line: true,
            is_dashed: false,
        },
    ];
    written.extend(draw(
        call,
        "predict/wild_type",
        &drawn,
        &most_changing(series),
    )?);
    for (names, without) in knockouts.iter().zip(&genes) {
        for &gene in without {
            if model.scale.value_in(gene, 0.0) < FAR {
                eprintln!(
                    "note: {} never comes near 0 in the training data; without it the model extrapolates",
                    model.genes.name(gene)
                );
            }
        }
        let stem = format!("predict/knockout_{}", file_name(names));
        let knocked = courses(&model, series, without, Some(STEPS))
            .with_context(|| format!("without {names}"))?;
        written.push(files::write_series(call, &format!("{stem}.csv"), &knocked)?);
        let changes = changes(&whole, &knocked, &model);
        let mut text = String::from("gene,mean_change,mean_absolute_change\n");
        for (gene, mean, absolute) in &changes {
            let mut line = csv::Writer::from_writer(Vec::new());
            line.write_record([
                model.genes.name(*gene),
                &mean.to_string(),
                &absolute.to_string(),
            ])?;
            text.push_str(&String::from_utf8(
                line.into_inner().context("cannot finish a table")?,
            )?);
        }
        let name = format!("{stem}.changes.csv");
        atomic::write(&call.out.join(&name), text.as_bytes())?;
        written.push(PathBuf::from(name));
        let drawn = [
            Drawn {
                series: &whole,
                name: "wild type",
                is_line: true,
                is_dashed: false,
            },
            Drawn {
                series: &knocked,
                name: &format!("without {names}"),
                is_line: true,
                is_dashed: true,
            },
        ];
        written.extend(draw(call, &stem, &drawn, &visible(&changes, without))?);
    }
    print(&list_files(written.iter().map(PathBuf::as_path), &call.out))?;
    Ok(ExitCode::SUCCESS)
}

fn draw(
    call: &Call,
    stem: &str,
    drawn: &[Drawn<'_>],
    genes: &[usize],
) -> anyhow::Result<Vec<PathBuf>> {
    let figure = courses_figure(drawn, genes, "courses")?;
    let names = [format!("{stem}.svg"), format!("{stem}.png")];
    atomic::write(&call.out.join(&names[0]), figure.svg.as_bytes())?;
    atomic::write(&call.out.join(&names[1]), &figure.png)?;
    Ok(names.map(PathBuf::from).to_vec())
}

/// The genes of one knockout.
fn find(model: &Model, names: &str) -> anyhow::Result<Vec<usize>> {
    // A name may hold a comma itself.
    let names = if model.genes.position(names).is_some() {
        vec![names]
    } else {
        names.split(',').map(str::trim).collect()
    };
    let gene = |name: &str| {
        model.genes.position(name).with_context(|| {
            let known = model.genes.names().iter().map(String::as_str);
            let hint = nearest(name, known).map(|near| format!("; did you mean {near}?"));
            format!(
                "--knockout: the model has no gene {name:?}{}",
                hint.unwrap_or_default()
            )
        })
    };
    names.into_iter().map(gene).collect()
}

/// Mean change and mean absolute change of every gene over all trajectories and times, the largest first.
fn changes(whole: &TimeSeries, knocked: &TimeSeries, model: &Model) -> Vec<(usize, f64, f64)> {
    let change = |gene: usize| {
        let pairs = whole.trajectories().iter().zip(knocked.trajectories());
        let differences: Vec<f64> = pairs
            .flat_map(|(a, b)| (&b.values.column(gene) - &a.values.column(gene)).to_vec())
            .collect();
        let n = differences.len().max(1) as f64;
        let absolute = differences.iter().map(|d| d.abs()).sum::<f64>() / n;
        (gene, differences.iter().sum::<f64>() / n, absolute)
    };
    let mut changes: Vec<_> = (0..model.genes.len()).map(change).collect();
    changes.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
    changes
}

/// The genes left out, and those that change more than the solver's tolerance lets them, the most first.
fn visible(changes: &[(usize, f64, f64)], without: &[usize]) -> Vec<usize> {
    let largest = changes.first().map_or(0.0, |change| change.2);
    let shown = changes
        .iter()
        .filter(|(gene, _, absolute)| without.contains(gene) || *absolute > VISIBLE * largest);
    shown.map(|(gene, ..)| *gene).collect()
}

/// A name that is a file name everywhere.
fn file_name(names: &str) -> String {
    let plain = |c: char| {
        if c.is_alphanumeric() || "-_.".contains(c) {
            c
        } else {
            '_'
        }
    };
    names.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_shows_what_changes_and_what_was_left_out() {
        let changes = [(4, -0.4, 0.4), (2, 0.1, 0.1), (0, 1e-9, 1e-9)];
        assert_eq!(visible(&changes, &[4]), [4, 2]);
        let nothing = [(0, 0.0, 0.0), (1, 0.0, 0.0)];
        assert_eq!(visible(&nothing, &[1]), [1]);
    }
}
