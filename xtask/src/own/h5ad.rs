//! Single cells of an `AnnData` file (.h5ad).

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Context as _, bail};
use dash_ode::{Cells, Lineage};
use hdf5_reader::group::Group;
use hdf5_reader::{Dataset, Hdf5File};
use ndarray::Array2;

use super::config::Expression;

/// Reads X (or a layer, dense or sparse) with the pseudotime of a column of `obs`, and lineages by another.
pub(super) fn read(path: &Path, settings: &Expression) -> anyhow::Result<Cells> {
    let place = || format!("{}", path.display());
    let file = Hdf5File::open(path).with_context(|| {
        format!(
            "{}: not an HDF5 file that can be read; write it again with adata.write_h5ad",
            place()
        )
    })?;
    read_file(&file, settings)
        .map_err(|error| {
            if format!("{error:#}").contains("unexpected end of data") {
                error.context("the file is cut short; copy or write it again")
            } else {
                error
            }
        })
        .with_context(place)
}

/// Columns of `obs` by what they can be used for.
#[derive(Clone, Debug, Default)]
pub(super) struct Obs {
    /// Columns of numbers.
    pub(super) numbers: Vec<String>,
    /// Columns of a few categories, with their names.
    pub(super) categories: Vec<(String, Vec<String>)>,
}

/// Most categories of a column that is proposed to tell lineages apart.
const LINEAGES: usize = 20;

/// The columns of `obs`.
pub(super) fn obs(path: &Path) -> anyhow::Result<Obs> {
    let place = || format!("{}", path.display());
    let obs = Hdf5File::open(path)?.group("obs").with_context(place)?;
    let (groups, datasets) = obs.member_names()?;
    let of_numbers = |name: &String| {
        !name.starts_with('_') && obs.dataset(name).is_ok_and(|d| numbers(&d).is_ok())
    };
    let few = |name: String| {
        let categories = obs.group(&name).ok()?.dataset("categories").ok()?;
        let categories = categories.read_strings().ok()?;
        (2..=LINEAGES)
            .contains(&categories.len())
            .then_some((name, categories))
    };
    let mut found = Obs {
        numbers: datasets.into_iter().filter(of_numbers).collect(),
        categories: groups.into_iter().filter_map(few).collect(),
    };
    found.numbers.sort();
    found.categories.sort();
    Ok(found)
}

/// The column that holds a pseudotime: the one that the caller names, or one that is called so.
///
/// # Errors
/// Where no column is, with those that could be.
pub(super) fn pseudotime_column(
    path: &Path,
    obs: &Obs,
    named: Option<&str>,
) -> anyhow::Result<String> {
    let is_called_so = |name: &str| {
        let name = name.to_ascii_lowercase();
        name.contains("pseudotime") || name == "latent_time"
    };
    let is_meant = |name: &&String| named.map_or_else(|| is_called_so(name), |n| *name == n);
    obs.numbers.iter().find(is_meant).cloned().with_context(|| {
        format!(
            "{}: no column of obs holds numbers and is called {}; name it with --pseudotime COLUMN, one of: {}",
            path.display(),
            named.unwrap_or("pseudotime"),
            obs.numbers.join(", ")
        )
    })
}

fn read_file(file: &Hdf5File, settings: &Expression) -> anyhow::Result<Cells> {
    let root = file.root_group()?;
    let genes = index(
        &root
            .group("var")
            .context("no table `var`: is it an AnnData file?")?,
    )?;
    let obs = root
        .group("obs")
        .context("no table `obs`: is it an AnnData file?")?;
    let names = index(&obs)?;
    if let Some(twice) = twice(&names) {
        bail!(
            "obs has two cells called {twice}; call adata.obs_names_make_unique(), or leave one out"
        );
    }
    let cells = names.len();
    let column = settings.pseudotime_column.as_deref().unwrap_or_default();
    if obs.group(column).is_ok() {
        bail!("pseudotime_column = {column:?}: the column holds categories, not numbers");
    }
    let pseudotime = numbers(&obs.dataset(column).map_err(|_| no_column(&obs, column))?)
        .with_context(|| format!("pseudotime_column = {column:?}"))?;
    if let Some(twice) = twice(&genes) {
        bail!(
            "var has two genes called {twice}; call adata.var_names_make_unique(), or leave one out"
        );
    }
    let values = match &settings.layer {
        None => matrix(&root, "X", (cells, genes.len()))?,
        Some(layer) => {
            let layers = root.group("layers").context("no layers in it")?;
            matrix(&layers, layer, (cells, genes.len()))?
        }
    };
    if pseudotime.len() != cells {
        bail!(
            "column {column} of obs has {} values for {cells} cells",
            pseudotime.len()
        );
    }
    // Pseudotimes that were not computed are infinite in scanpy.
    let pseudotime: Vec<f64> = pseudotime
        .iter()
        .map(|t| if t.is_finite() { *t } else { f64::NAN })
        .collect();
    let lineages = match &settings.lineage_column {
        None => vec![Lineage {
            name: column.to_owned(),
            pseudotime,
        }],
        Some(name) => lineages(
            &labels(&obs, name).with_context(|| format!("lineage_column = {name:?}"))?,
            &pseudotime,
        ),
    };
    Ok(Cells {
        genes,
        values,
        lineages,
    })
}

fn twice(names: &[String]) -> Option<&String> {
    let mut seen = HashSet::new();
    names.iter().find(|name| !seen.insert(*name))
}

fn lineages(labels: &[String], pseudotime: &[f64]) -> Vec<Lineage> {
    let mut names: Vec<&String> = labels.iter().filter(|label| !label.is_empty()).collect();
    names.sort();
    names.dedup();
    let of = |name: &String| {
        let cells = labels.iter().zip(pseudotime);
        cells
            .map(|(label, time)| if label == name { *time } else { f64::NAN })
            .collect()
    };
    let lineages = names.into_iter().map(|name| Lineage {
        name: name.clone(),
        pseudotime: of(name),
    });
    lineages.collect()
}

/// The columns of a table that could be meant.
fn no_column(table: &Group, name: &str) -> anyhow::Error {
    let (groups, datasets) = table.member_names().unwrap_or_default();
    let mut names: Vec<String> = groups
        .into_iter()
        .chain(datasets)
        .filter(|n| !n.starts_with('_'))
        .collect();
    names.sort();
    anyhow::anyhow!("obs has no column {name}; it has {}", names.join(", "))
}

/// The names of the rows of `obs` or `var`.
fn index(table: &Group) -> anyhow::Result<Vec<String>> {
    let name = table.attribute("_index").and_then(|a| a.read_string());
    let name = name.unwrap_or_else(|_| "_index".to_owned());
    let names = table
        .dataset(&name)
        .with_context(|| format!("no index {name} in {}", table.name()))?;
    Ok(names.read_strings()?)
}

/// A column of text or of categories.
fn labels(table: &Group, name: &str) -> anyhow::Result<Vec<String>> {
    if let Ok(column) = table.dataset(name) {
        return column
            .read_strings()
            .context("the column holds no text and no categories; write it with .astype(str)");
    }
    let group = table.group(name).map_err(|_| no_column(table, name))?;
    let categories = group.dataset("categories")?.read_strings()?;
    let codes = numbers(&group.dataset("codes")?)?;
    // −1 is a missing category.
    let label = |code: &f64| {
        categories
            .get(*code as usize)
            .filter(|_| *code >= 0.0)
            .cloned()
    };
    Ok(codes
        .iter()
        .map(|code| label(code).unwrap_or_default())
        .collect())
}

/// A matrix of cells × genes: dense, CSR or CSC.
fn matrix(
    parent: &Group,
    name: &str,
    (rows, columns): (usize, usize),
) -> anyhow::Result<Array2<f64>> {
    if let Ok(dense) = parent.dataset(name) {
        if dense.shape() != [rows as u64, columns as u64] {
            bail!(
                "{name} has shape {:?}, obs and var have {rows} x {columns} rows",
                dense.shape()
            );
        }
        return Ok(Array2::from_shape_vec((rows, columns), numbers(&dense)?)?);
    }
    let group = parent.group(name).map_err(|_| {
        let (groups, datasets) = parent.member_names().unwrap_or_default();
        let names: Vec<String> = groups.into_iter().chain(datasets).collect();
        anyhow::anyhow!("no matrix {name}; there is {}", names.join(", "))
    })?;
    let kind = group
        .attribute("encoding-type")
        .and_then(|a| a.read_string())
        .unwrap_or_default();
    let by_rows = match kind.as_str() {
        "csr_matrix" => true,
        "csc_matrix" => false,
        other => {
            bail!("{name} is stored as {other:?}; write it dense, as csr_matrix or as csc_matrix")
        }
    };
    let [data, indices, indptr] =
        ["data", "indices", "indptr"].map(|part| numbers(&group.dataset(part)?));
    let (data, indices, indptr) = (data?, indices?, indptr?);
    let mut values = Array2::zeros((rows, columns));
    for (major, bounds) in indptr.windows(2).enumerate() {
        for at in bounds[0] as usize..bounds[1] as usize {
            let (Some(&value), Some(&minor)) = (data.get(at), indices.get(at)) else {
                bail!("{name} is cut short");
            };
            let place = if by_rows {
                [major, minor as usize]
            } else {
                [minor as usize, major]
            };
            *values
                .get_mut(place)
                .with_context(|| format!("{name} has an entry outside of its shape"))? = value;
        }
    }
    Ok(values)
}

/// Numbers of any type.
fn numbers(dataset: &Dataset) -> anyhow::Result<Vec<f64>> {
    macro_rules! read_as {
        ($($kind:ty),*) => {
            $(if let Ok(values) = dataset.read_array::<$kind>() {
                #[allow(clippy::cast_lossless, reason = "not of all kinds")]
                return Ok(values.iter().map(|v| *v as f64).collect());
            })*
        };
    }
    read_as!(f64, f32, i64, i32, i16, i8, u64, u32, u16, u8);
    bail!("{} does not hold numbers", dataset.name())
}
