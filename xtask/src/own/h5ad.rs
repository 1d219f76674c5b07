//! Single cells of an `AnnData` file (.h5ad).

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
    read_file(&file, settings).with_context(place)
}

/// The column of `obs` that holds a pseudotime, by its name.
pub(super) fn pseudotime_column(path: &Path) -> anyhow::Result<String> {
    let place = || format!("{}", path.display());
    let obs = Hdf5File::open(path)?.group("obs").with_context(place)?;
    let (_, mut names) = obs.member_names()?;
    names.sort();
    let found = names.iter().find(|name| {
        let name = name.to_ascii_lowercase();
        name.contains("pseudotime") || name == "latent_time"
    });
    found.cloned().with_context(|| {
        format!(
            "{}: no column of obs is called pseudotime; it has {}",
            place(),
            names.join(", ")
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
    let cells = index(&obs)?.len();
    let column = settings.pseudotime_column.as_deref().unwrap_or_default();
    let pseudotime = numbers(&obs.dataset(column).map_err(|_| no_column(&obs, column))?)?;
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
        Some(name) => lineages(&labels(&obs, name)?, &pseudotime),
    };
    Ok(Cells {
        genes,
        values,
        lineages,
    })
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
        return Ok(column.read_strings()?);
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
    let group = parent
        .group(name)
        .with_context(|| format!("no matrix {name}"))?;
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
