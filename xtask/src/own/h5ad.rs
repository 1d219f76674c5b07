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
    let stored = Compressed {
        data: data?,
        indices: indices?,
        indptr: indptr?,
    };
    let values = if by_rows {
        stored.rows(rows, columns)
    } else {
        stored.rows(columns, rows).map(Array2::reversed_axes)
    };
    values.with_context(|| {
        format!(
            "{name} is damaged; make the matrix anew and write the file again with adata.write_h5ad"
        )
    })
}

/// A sparse matrix, compressed along its rows.
struct Compressed {
    data: Vec<f64>,
    /// Column of every entry.
    indices: Vec<f64>,
    /// Where the entries of every row begin, and where those of the last end.
    indptr: Vec<f64>,
}

impl Compressed {
    /// The whole matrix. Entries of one place are added up, as scipy does.
    fn rows(&self, rows: usize, columns: usize) -> anyhow::Result<Array2<f64>> {
        if self.indptr.len() != rows + 1 {
            bail!(
                "indptr has {} entries, {} are needed",
                self.indptr.len(),
                rows + 1
            );
        }
        let mut values = Array2::zeros((rows, columns));
        for (row, bounds) in self.indptr.windows(2).enumerate() {
            let from = place("indptr", row, bounds[0], self.data.len() + 1)?;
            let to = place("indptr", row + 1, bounds[1], self.data.len() + 1)?;
            for at in from..to {
                let (Some(value), Some(&column)) = (self.data.get(at), self.indices.get(at)) else {
                    bail!("indices end at entry {at}, indptr goes on to {to}");
                };
                let column = place("indices", at, column, columns)?;
                values[[row, column]] += value;
            }
        }
        Ok(values)
    }
}

/// A number as a place below `end`; a cast alone would make 0 of a negative one.
fn place(part: &str, at: usize, number: f64, end: usize) -> anyhow::Result<usize> {
    if number < 0.0 || number.fract() != 0.0 || number >= end as f64 {
        bail!("entry {at} of {part} is {number}; whole numbers from 0 to below {end} are expected");
    }
    Ok(number as usize)
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

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    fn stored(indices: &[f64], indptr: &[f64]) -> Compressed {
        Compressed {
            data: vec![1.0, 2.0, 4.0],
            indices: indices.to_vec(),
            indptr: indptr.to_vec(),
        }
    }

    #[test]
    fn entries_of_one_place_are_added_up() {
        let twice = stored(&[1.0, 1.0, 0.0], &[0.0, 2.0, 3.0]);
        assert_eq!(
            twice.rows(2, 3).unwrap(),
            array![[0.0, 3.0, 0.0], [4.0, 0.0, 0.0]]
        );
    }

    #[test]
    fn places_that_are_none_are_refused() {
        let whole = [0.0, 2.0, 3.0];
        for (indices, indptr, part) in [
            ([1.0, -1.0, 0.0], &whole[..], "entry 1 of indices is -1;"),
            ([1.0, 3.0, 0.0], &whole, "entry 1 of indices is 3;"),
            ([1.0, 0.5, 0.0], &whole, "entry 1 of indices is 0.5;"),
            ([0.0; 3], &[-1.0, 2.0, 3.0], "entry 0 of indptr is -1;"),
            ([0.0; 3], &[0.0, 2.0, 5.0], "entry 2 of indptr is 5;"),
            ([0.0; 3], &[0.0, 3.0], "indptr has 2 entries, 3 are needed"),
        ] {
            let error = stored(&indices, indptr).rows(2, 3).unwrap_err().to_string();
            assert!(error.contains(part), "{part:?} is not in {error:?}");
        }
        let short = stored(&[0.0], &whole).rows(2, 3).unwrap_err().to_string();
        assert!(short.contains("indices end at entry 1"), "{short}");
    }
}
