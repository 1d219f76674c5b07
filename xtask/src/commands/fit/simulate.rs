//! `--predict` and `--knockout`: courses of a fitted model.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use dash_ode::TimeSeries;

use super::{Call, files, previous};
use crate::commands::{BadInput, list_files, print};
use crate::experiment::hint::nearest;
use crate::own::findings::examples;
use crate::render::own::{Drawn, courses_figure, most_changing};
use crate::science::own::Model;
use crate::science::own::simulate::{courses, with_a_start};
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
        check_names(knockouts)?;
        Ok((model, genes))
    };
    let (model, genes) = prepare().map_err(BadInput::from)?;
    if let Some(what) = previous::change(call) {
        eprintln!(
            "note: {what} changed since the fit of {}; the model is that of then, the data are those of now",
            path.display()
        );
    }
    let (series, left_out) = with_a_start(&call.data.series)?;
    let series = &series;
    if !left_out.is_empty() {
        eprintln!(
            "note: not simulated: {}; no point before the last is without missing values, so there is no state to start from",
            examples(&left_out)
        );
    }
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
        let stem = format!("predict/knockout_{}", file_name(names));
        let knocked = courses(&model, series, without, Some(STEPS))
            .with_context(|| format!("without {names}"))?;
        written.push(files::write_series(call, &format!("{stem}.csv"), &knocked)?);
        let changes = changes(&whole, &knocked, &model);
        for note in notes(&model, series, &knocked, &changes, without) {
            eprintln!("note: without {names}, {note}");
        }
        let name = format!("{stem}.changes.csv");
        let table = changes_csv(&changes, &model)?;
        atomic::write(&call.out.join(&name), table.as_bytes())?;
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
        BTreeSet::from([names])
    } else {
        names.split(',').map(str::trim).collect()
    };
    if names.contains("") {
        bail!("--knockout: a name is empty; give genes as GENE or GENE1,GENE2");
    }
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

/// `gene,mean_change,mean_absolute_change`.
fn changes_csv(changes: &[(usize, f64, f64)], model: &Model) -> anyhow::Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["gene", "mean_change", "mean_absolute_change"])?;
    for (gene, mean, absolute) in changes {
        let name = model.genes.name(*gene);
        writer.write_record([name, &mean.to_string(), &absolute.to_string()])?;
    }
    let bytes = writer.into_inner().context("cannot finish a table")?;
    Ok(String::from_utf8(bytes)?)
}

/// What a knockout should be read with.
fn notes(
    model: &Model,
    series: &TimeSeries,
    knocked: &TimeSeries,
    changes: &[(usize, f64, f64)],
    without: &[usize],
) -> Vec<String> {
    let is_far = |gene: &&usize| model.scale.value_in(**gene, 0.0) < FAR;
    let mut notes: Vec<String> = without
        .iter()
        .filter(is_far)
        .map(|&gene| {
            format!(
                "the model extrapolates: {} never comes near 0 in the training data",
                model.genes.name(gene)
            )
        })
        .collect();
    if let Some(gene) = below_zero(series, knocked) {
        notes.push(format!(
            "{gene} falls below 0, where no data were; read its course as low"
        ));
    }
    let is_still =
        |(gene, _, absolute): &(usize, f64, f64)| *absolute == 0.0 || without.contains(gene);
    if changes.iter().all(is_still) {
        notes.push("nothing else changes: the model has no edge that leaves it".to_owned());
    }
    notes
}

/// The genes left out, and those that change more than the solver's tolerance lets them, the most first.
fn visible(changes: &[(usize, f64, f64)], without: &[usize]) -> Vec<usize> {
    let largest = changes.first().map_or(0.0, |change| change.2);
    let shown = changes
        .iter()
        .filter(|(gene, _, absolute)| without.contains(gene) || *absolute > VISIBLE * largest);
    shown.map(|(gene, ..)| *gene).collect()
}

/// The gene that falls furthest below 0, where the data never do.
fn below_zero<'a>(series: &'a TimeSeries, knocked: &TimeSeries) -> Option<&'a str> {
    let least = |series: &TimeSeries, gene: usize| {
        let columns = series.trajectories().iter().map(|t| t.values.column(gene));
        columns
            .flat_map(|column| column.to_vec())
            .fold(f64::INFINITY, f64::min)
    };
    let genes = (0..series.genes().len()).filter(|&gene| least(series, gene) >= 0.0);
    let (below, gene) = genes
        .map(|gene| (least(knocked, gene), gene))
        .min_by(|a, b| a.0.total_cmp(&b.0))?;
    (below < 0.0).then(|| series.genes()[gene].as_str())
}

/// Every knockout needs files of its own.
fn check_names(knockouts: &[String]) -> anyhow::Result<()> {
    for (place, names) in knockouts.iter().enumerate() {
        let file = file_name(names);
        if let Some(other) = knockouts[..place].iter().find(|o| file_name(o) == file) {
            bail!(
                "--knockout: {other:?} and {names:?} would both be written to knockout_{file}; give one of them a call of its own, with another --out"
            );
        }
    }
    Ok(())
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
    fn knockouts_of_one_file_name_are_refused() {
        let knockouts = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let error = check_names(&knockouts(&["a/b", "c", "a_b"])).unwrap_err();
        assert!(error.to_string().contains("knockout_a_b"), "{error}");
        check_names(&knockouts(&["a/b", "ab", "a-b"])).unwrap();
    }

    #[test]
    fn a_figure_shows_what_changes_and_what_was_left_out() {
        let changes = [(4, -0.4, 0.4), (2, 0.1, 0.1), (0, 1e-9, 1e-9)];
        assert_eq!(visible(&changes, &[4]), [4, 2]);
        let nothing = [(0, 0.0, 0.0), (1, 0.0, 0.0)];
        assert_eq!(visible(&nothing, &[1]), [1]);
    }
}
