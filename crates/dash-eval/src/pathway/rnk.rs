//! Scores of genes from an RNK file.

use std::collections::HashMap;

use crate::error::Error;

/// What is done with a gene that has several scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DuplicateGene {
    /// It is an error.
    #[default]
    Refuse,
    /// Its score is their mean.
    Average,
}

/// The scores of an RNK file.
#[derive(Debug, Clone, PartialEq)]
pub struct RnkFile {
    /// Genes and scores, in the order of the file.
    pub scores: Vec<(String, f64)>,
    /// The first line that is not blank, where it was taken as a heading because its second field is no number.
    pub heading: Option<String>,
    /// Lines that repeated a gene.
    pub duplicates: usize,
}

/// Whether a field stands for a score that is not there.
fn is_missing(field: &str) -> bool {
    ["", "na", "n/a", "nan", "null"].contains(&field.to_lowercase().as_str())
}

/// Reads scores: a line per gene, with name and score separated by a tab.
///
/// # Errors
/// [`Error::Format`] for a line of other than two fields, a score that is no number, a repeated gene where that is
/// refused, or an infinite score among those to be averaged.
pub fn parse_rnk(text: &str, duplicates: DuplicateGene) -> Result<RnkFile, Error> {
    let mut scores: Vec<(String, f64)> = Vec::new();
    let mut seen: HashMap<String, (usize, f64)> = HashMap::new();
    let (mut heading, mut repeated) = (None, 0);
    let rows = (1..).zip(text.trim_start_matches('\u{feff}').lines());
    let rows = rows.filter(|(_, row)| !row.trim().is_empty());
    for (place, (line, row)) in rows.enumerate() {
        let wrong = |column, value: &str, expected: &str| Error::Format {
            line,
            column,
            value: value.to_owned(),
            expected: expected.to_owned(),
        };
        let fields: Vec<&str> = row.split('\t').map(str::trim).collect();
        let [gene, score] = fields[..] else {
            return Err(wrong(1, row, "a gene and a score, separated by a tab"));
        };
        let score = match score.parse::<f64>() {
            Ok(score) if !score.is_nan() => score,
            // A gene without a score is no heading.
            Err(_) if place == 0 && !is_missing(score) => {
                heading = Some(row.to_owned());
                continue;
            }
            _ => return Err(wrong(2, score, "a number")),
        };
        let Some((place, count)) = seen.get_mut(gene) else {
            seen.insert(gene.to_owned(), (scores.len(), 1.0));
            scores.push((gene.to_owned(), score));
            continue;
        };
        if duplicates == DuplicateGene::Refuse {
            return Err(wrong(
                1,
                gene,
                "every gene once (or ask for the mean of repeated ones)",
            ));
        }
        let mean = &mut scores[*place].1;
        if !(score.is_finite() && mean.is_finite()) {
            return Err(wrong(
                2,
                fields[1],
                "a finite score where a gene has several",
            ));
        }
        repeated += 1;
        *count += 1.0;
        *mean += (score - *mean) / *count;
    }
    Ok(RnkFile {
        scores,
        heading,
        duplicates: repeated,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_and_repeated_genes_are_recognised() {
        let text = "gene\tscore\r\nA\t1\nB\t-2.5\n\nA\t4";
        let read = parse_rnk(text, DuplicateGene::Average).unwrap();
        assert_eq!(read.heading.as_deref(), Some("gene\tscore"));
        assert_eq!(read.scores, [("A".to_owned(), 2.5), ("B".to_owned(), -2.5)]);
        assert_eq!(read.duplicates, 1);
        let refused = parse_rnk(text, DuplicateGene::Refuse).unwrap_err();
        assert!(matches!(
            refused,
            Error::Format {
                line: 5,
                column: 1,
                ..
            }
        ));
        let wrong = parse_rnk("A\t1\nB\tx", DuplicateGene::Refuse).unwrap_err();
        assert!(matches!(
            wrong,
            Error::Format {
                line: 2,
                column: 2,
                ..
            }
        ));
        assert!(parse_rnk("A 1", DuplicateGene::Refuse).is_err());
    }

    #[test]
    fn a_missing_score_is_no_heading() {
        for missing in ["NA", "nan", "NaN", ""] {
            let found = parse_rnk(&format!("A\t{missing}\nB\t1"), DuplicateGene::Refuse);
            assert!(
                matches!(
                    found,
                    Err(Error::Format {
                        line: 1,
                        column: 2,
                        ..
                    })
                ),
                "{missing}: {found:?}"
            );
        }
        let read = parse_rnk("\n\ngene\tscore\nA\t1", DuplicateGene::Refuse).unwrap();
        assert_eq!(read.heading.as_deref(), Some("gene\tscore"));
    }

    #[test]
    fn infinite_scores_have_no_mean() {
        let text = "A\tinf\nB\t1\nA\t-inf";
        let found = parse_rnk(text, DuplicateGene::Average);
        assert!(
            matches!(
                found,
                Err(Error::Format {
                    line: 3,
                    column: 2,
                    ..
                })
            ),
            "{found:?}"
        );
        assert!(parse_rnk("A\tinf\nB\t1", DuplicateGene::Average).is_ok());
    }
}
