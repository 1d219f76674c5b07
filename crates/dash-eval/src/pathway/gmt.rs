//! Gene sets from a GMT file.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use crate::error::Error;
use crate::pathway::GeneSet;

/// What is done with a set whose name was used before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RepeatedName {
    /// The first one is kept, with a warning.
    #[default]
    KeepFirst,
    /// It is an error.
    Refuse,
}

/// How a GMT file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct GmtOptions {
    /// What is done with a set whose name was used before.
    pub repeated_name: RepeatedName,
    /// Whether genes end at a comma, behind which some files have a weight ("TP53,1.0").
    pub cut_at_comma: bool,
}

/// What a file says that is not taken over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GmtWarning {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong: "duplicate gene", "set without genes" or "duplicate set name".
    pub kind: &'static str,
    /// The gene or set.
    pub value: String,
}

/// The sets of a GMT file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GmtFile {
    /// The sets, in the order of the file.
    pub sets: Vec<GeneSet>,
    /// What was not taken over.
    pub warnings: Vec<GmtWarning>,
    /// Lines that are blank.
    pub blank_lines: Vec<usize>,
}

const DUPLICATE_NAME: &str = "duplicate set name";

/// Reads gene sets: a line per set, with name, description and genes separated by tabs.
///
/// Accepted are `\r\n`, a byte order mark, blank lines, empty fields and spaces around fields. Names stay in the case
/// they are written in; "A /// B" is one gene here (see [`split_symbols`](crate::split_symbols)).
///
/// # Errors
/// [`Error::Format`] for a line of fewer than two fields, and for a repeated name where that is refused.
pub fn parse_gmt(text: &str, options: GmtOptions) -> Result<GmtFile, Error> {
    let mut file = GmtFile {
        sets: Vec::new(),
        warnings: Vec::new(),
        blank_lines: Vec::new(),
    };
    let mut names: HashMap<String, usize> = HashMap::new();
    for (line, row) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        if row.trim().is_empty() {
            file.blank_lines.push(line);
            continue;
        }
        let mut fields = row.split('\t').map(str::trim);
        let (Some(name), Some(description)) = (fields.next(), fields.next()) else {
            return Err(Error::Format {
                line,
                column: 1,
                value: row.to_owned(),
                expected:
                    "fewer than two tab-separated fields: a set has name, description and genes"
                        .to_owned(),
            });
        };
        let (genes, duplicates) = distinct(fields, options.cut_at_comma);
        let mut warn = |kind, value: &str| {
            file.warnings.push(GmtWarning {
                line,
                kind,
                value: value.to_owned(),
            });
        };
        for gene in duplicates {
            warn("duplicate gene", gene);
        }
        if genes.is_empty() {
            warn("set without genes", name);
            continue;
        }
        if let Some(first) = names.get(name) {
            if options.repeated_name == RepeatedName::Refuse {
                return Err(Error::Format {
                    line,
                    column: 1,
                    value: name.to_owned(),
                    expected: format!(
                        "{DUPLICATE_NAME}, first used in line {first}: give every set its own name"
                    ),
                });
            }
            warn(DUPLICATE_NAME, name);
            continue;
        }
        names.insert(name.to_owned(), line);
        file.sets.push(GeneSet {
            name: name.to_owned(),
            description: description.to_owned(),
            genes: genes.into_iter().map(str::to_owned).collect(),
        });
    }
    Ok(file)
}

/// Genes in their order, each once, and those that were repeated.
fn distinct<'a>(
    fields: impl Iterator<Item = &'a str>,
    cut_at_comma: bool,
) -> (Vec<&'a str>, Vec<&'a str>) {
    let (mut genes, mut duplicates) = (Vec::new(), Vec::new());
    let mut seen = HashSet::new();
    for field in fields {
        let gene = if cut_at_comma {
            field.split(',').next().map_or(field, str::trim)
        } else {
            field
        };
        if gene.is_empty() {
            continue;
        }
        if seen.insert(gene) {
            genes.push(gene);
        } else {
            duplicates.push(gene);
        }
    }
    (genes, duplicates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_behind_a_comma_can_be_cut() {
        let text = "\u{feff}A\tb\tTP53,1.0\tMYC,0.3\r\n";
        let cut = GmtOptions {
            cut_at_comma: true,
            ..GmtOptions::default()
        };
        assert_eq!(parse_gmt(text, cut).unwrap().sets[0].genes, ["TP53", "MYC"]);
        let kept = parse_gmt(text, GmtOptions::default()).unwrap();
        assert_eq!(kept.sets[0].genes, ["TP53,1.0", "MYC,0.3"]);
        assert_eq!(kept.sets[0].name, "A");
    }
}
