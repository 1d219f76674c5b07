//! `--init`: a commented configuration for files of any known kind.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::findings::{Findings, examples};
use super::recognise::{Kind, detect};
use super::{folder_of, h5ad, load};
use crate::store::atomic;

/// Columns of the cells of a .h5ad file.
struct Columns {
    pseudotime: String,
    obs: h5ad::Obs,
}

/// Writes a configuration for these files, checks them with it, and returns what is to be said. `pseudotime` names the
/// column of a .h5ad file.
///
/// # Errors
/// Files that cannot be read or told; no expression among them; two of one kind; an output that is there already.
pub(crate) fn write(
    files: &[PathBuf],
    output: &Path,
    pseudotime: Option<&str>,
) -> anyhow::Result<String> {
    if output.exists() {
        bail!(
            "{} is there already; name another file with -o",
            output.display()
        );
    }
    let mut known: Vec<(Kind, &PathBuf)> = Vec::new();
    for file in files {
        let kind = detect(file)?;
        if let Some((_, other)) = known.iter().find(|(k, _)| k.role() == kind.role()) {
            let interactions = if kind == Kind::Edges {
                "; if one of them lists interactions, name the other, and add to the configuration: [interactions] with `file = …` and `format = \"pairs\"`"
            } else {
                ""
            };
            bail!(
                "{} and {} both look like {}; name one of them{interactions}",
                other.display(),
                file.display(),
                kind.role()
            );
        }
        known.push((kind, file));
    }
    let folder = std::path::absolute(folder_of(output))?;
    let columns = match known.iter().find(|(kind, _)| *kind == Kind::H5ad) {
        Some((_, path)) => {
            let obs = h5ad::obs(path)?;
            let pseudotime = h5ad::pseudotime_column(path, &obs, pseudotime)?;
            Some(Columns { pseudotime, obs })
        }
        None => None,
    };
    let (text, found) = checked(text(&known, &folder, columns.as_ref())?, &folder)?;
    atomic::write(&std::path::absolute(output)?, text.as_bytes())?;
    let mut said: String = found.lines().into_iter().map(|line| line + "\n").collect();
    for (name, labels) in columns.iter().flat_map(|columns| &columns.obs.categories) {
        let _ = writeln!(
            said,
            "expression: obs has a column {name} ({}); if it tells lineages apart, set lineage_column = {name:?}",
            examples(labels)
        );
    }
    let _ = writeln!(
        said,
        "wrote {0}; look at it, then: cargo xtask fit {0}",
        output.display()
    );
    Ok(said)
}

/// The configuration with what was found by it; names that differ by case alone are matched, if nothing matches otherwise.
fn checked(text: String, folder: &Path) -> anyhow::Result<(String, Findings)> {
    const EXACT: &str = "# ignore_case = false   # true:";
    let load = |text: &str| -> anyhow::Result<Findings> {
        Ok(load(&toml::from_str(text)?, folder)?.findings)
    };
    match load(&text) {
        Ok(found) => Ok((text, found)),
        Err(error) => {
            let loose = text.replace(EXACT, "ignore_case = true   # by default false; true:");
            match load(&loose) {
                Ok(found) if loose != text => Ok((loose, found)),
                _ => Err(error),
            }
        }
    }
}

/// The configuration as text.
fn text(
    known: &[(Kind, &PathBuf)],
    folder: &Path,
    columns: Option<&Columns>,
) -> anyhow::Result<String> {
    let path = |kind: Kind| -> anyhow::Result<Option<String>> {
        let found = known.iter().find(|(k, _)| *k == kind);
        found.map(|(_, path)| quoted(path, folder)).transpose()
    };
    let mut text = String::from(
        "# A fit of a network and a model to your own data: cargo xtask fit THIS-FILE\n# Paths are relative to this file. Every line that is commented out shows a default.\n\n# title = \"\"\n# How often the network is fitted, each time to another part of the training data.\n# seeds = 10\n\n[expression]\n",
    );
    if let Some(file) = path(Kind::Tidy)? {
        let _ = writeln!(
            text,
            "file = {file}\nformat = \"tidy\"   # trajectory,time,gene,value"
        );
    } else if let Some(file) = path(Kind::BeelineExpression)? {
        let times = path(Kind::BeelinePseudotime)?
            .context("genes × cells without their pseudotime: name PseudoTime.csv too")?;
        let _ = writeln!(
            text,
            "file = {file}\nformat = \"beeline\"   # genes × cells\npseudotime = {times}\n{POINTS}"
        );
    } else if let Some(file) = path(Kind::Published)? {
        let names = path(Kind::GeneNames)?
            .context("expression in the published format without gene names: name that file too (a header, `x` or `gene`, and one name a row, in the order of the genes)")?;
        let _ = writeln!(
            text,
            "file = {file}\nformat = \"published\"\ngene_names = {names}"
        );
    } else if let (Some(file), Some(columns)) = (path(Kind::H5ad)?, columns) {
        let lineage = columns.obs.categories.first();
        let lineage = lineage.map_or("lineage", |(name, _)| name);
        let column = &columns.pseudotime;
        let _ = writeln!(
            text,
            "file = {file}\nformat = \"h5ad\"\npseudotime_column = {column:?}   # a column of obs\n# lineage_column = {lineage:?}   # a column of obs that tells lineages apart; default: all cells are one\n# layer = \"logcounts\"   # default: X\n{POINTS}"
        );
    } else {
        bail!(
            "no expression data among the files: a tidy table (trajectory,time,gene,value), BEELINE's ExpressionData.csv and PseudoTime.csv, the published format with gene names, or .h5ad"
        );
    }
    text.push_str("# scale = \"auto\"   # every gene to 0..1, unless all values lie near there (-0.25 to 1.25) already; \"unit\": always; \"none\": never\n");
    match (path(Kind::Edges)?, path(Kind::Panda)?) {
        (Some(file), _) => {
            let _ = writeln!(text, "\n[prior]\nfile = {file}\nformat = \"edges\"   # from,to with a sign or weight or none\n# ignore_case = false   # true: Sox2 and SOX2 are one gene");
        }
        (None, Some(file)) => {
            let _ = writeln!(text, "\n[prior]\nfile = {file}\nformat = \"panda\"   # transcription factor, gene, value; no header\n# ignore_case = false   # true: Sox2 and SOX2 are one gene");
        }
        (None, None) => text.push_str("\n# No prior: edges rest on the data alone. To add one:\n# [prior]\n# file = \"prior.csv\"\n# format = \"edges\"   # or \"panda\"\n"),
    }
    if let Some(file) = path(Kind::StringLinks)? {
        let names = match path(Kind::StringNames)? {
            Some(names) => format!("names = {names}"),
            None => "# names = \"protein.info.txt.gz\"   # STRING's file of gene names".to_owned(),
        };
        let _ = writeln!(
            text,
            "\n# Only the factorised model uses interactions.\n[interactions]\nfile = {file}\nformat = \"string\"\nmin_score = 400   # least combined score, 0 to 1000\n{names}"
        );
    }
    text.push_str(REST);
    Ok(text)
}

const POINTS: &str = "# points = 50   # cells are sorted by pseudotime and averaged into so many points; default: a point for 5 cells, 4 to 50";

const REST: &str = r#"
# [hold_out]
# test = 0.2         # share of the trajectories (of the last points, if there are fewer than 5) to test on
# validation = 0.1   # share that ends training
# test_trajectories = ["name", "name"]   # these in place of a share
# seed = 1

# [stability]
# share = 0.8   # share of the training data that every fit but the first sees
# least = 0.5   # share of the fits that must keep an edge

# [model]
# kind = "direct"   # one layer, edges by evidence; "phoenix": two layers pruned by magnitude and prior (DASH of the paper)
# hidden = 40       # of phoenix

# [evidence]                # of direct
# drop_below = 0.05         # an edge of the prior is dropped below this probability
# false_discoveries = 0.3   # estimated share of false ones among new edges

# [lambda]             # of phoenix: chosen by cross-validation from a grid, or stated
# fixed = [0.5, 0.5]
# grid = { lambda1 = [0.2, 0.5, 0.8], lambda2 = [0.2, 0.5, 0.8], folds = 3 }

# [schedule]               # of phoenix
# target_sparsity = 0.95

# [training]
# epochs = 60   # 300 for phoenix
# patience = 40
# learning_rate = 1e-3
"#;

/// The path as TOML text, relative to the folder where that is possible.
fn quoted(path: &Path, folder: &Path) -> anyhow::Result<String> {
    let whole = std::path::absolute(path)?;
    let path = whole.strip_prefix(folder).unwrap_or(&whole);
    Ok(toml::Value::from(path.to_string_lossy().into_owned()).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::own::config::FitConfig;

    #[test]
    fn all_that_the_text_shows_as_default_is_the_default() {
        let path = PathBuf::from("e.csv");
        let text = text(&[(Kind::Tidy, &path)], Path::new("/nowhere"), None).unwrap();
        let plain: FitConfig = toml::from_str(&text).unwrap();
        // Uncomment every setting; alternatives, and what depends on the model, stay out.
        let left_out = [
            "fixed =",
            "test_trajectories",
            "epochs",
            "patience",
            "learning_rate",
            "file = \"prior",
            "format = \"edges",
            "[prior]",
            "No prior",
            "Paths",
            "A fit",
            "How often",
        ];
        let shown = text.lines().map(|line| match line.strip_prefix("# ") {
            Some(rest) if !left_out.iter().any(|out| rest.contains(out)) => rest,
            _ => line,
        });
        let shown: Vec<&str> = shown.collect();
        let shown: FitConfig = toml::from_str(&shown.join("\n")).unwrap();
        assert_eq!(shown, plain);
    }
}
