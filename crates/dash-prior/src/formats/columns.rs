//! Which column of a list holds what.

use serde::{Deserialize, Serialize};

use super::table::Delimiter;

const FROM: [&str; 6] = ["from", "regulator", "reg", "tf", "source", "gene1"];
const TO: [&str; 4] = ["to", "target", "aff", "gene2"];
const WEIGHT: [&str; 4] = ["sign", "weight", "prior_weight", "type"];
/// Columns of weights that hold signs alone.
const SIGN: [&str; 2] = ["sign", "type"];
const ACTIVATION: [&str; 1] = ["activation"];

/// How to find the columns of an edge or pair list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Columns {
    /// By the names of the header, in any order and case: `from`, `regulator`, `reg`, `tf`, `source` or `Gene1`; `to`,
    /// `target`, `aff` or `Gene2`; at most one of `sign` and BEELINE's `Type` (1, -1, 0, `+` or `-`), `weight`,
    /// `prior_weight`; `activation` (`TRUE` or `FALSE`), which gives the sign to a positive weight. A file with only the
    /// first two has weights of 1. A file with other columns, but none that tells the weight, is an error.
    #[default]
    Recognised,
    /// By these names of the header.
    Named {
        /// Column of regulators (pairs: first genes).
        from: String,
        /// Column of targets (pairs: second genes).
        to: String,
        /// Column of weights; all are 1 without.
        weight: Option<String>,
    },
    /// No header: column 1 is `from`, 2 is `to`, 3 (where there is one) is the weight.
    Positional,
}

/// How a list is laid out. The default fits most files: delimiter and columns are told from the header.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TableFormat {
    /// How to find the columns.
    pub columns: Columns,
    /// The delimiter; without, the first line decides.
    pub delimiter: Option<Delimiter>,
}

/// Where the columns are, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) weight: Option<usize>,
    pub(super) activation: Option<usize>,
    /// Whether the weight must be 1, -1, 0, `+` or `-`.
    pub(super) weight_is_sign: bool,
}

impl Plan {
    /// The columns of a file with this header, or what is wrong with it.
    pub(super) fn of_header(columns: &Columns, header: &[String]) -> Result<Self, String> {
        match columns {
            Columns::Recognised => Self::recognise(header),
            Columns::Named { from, to, weight } => {
                let weight = weight
                    .as_ref()
                    .map(|name| required(header, &[name]))
                    .transpose()?;
                let (from, to) = (required(header, &[from])?, required(header, &[to])?);
                Ok(Self {
                    from,
                    to,
                    weight,
                    activation: None,
                    weight_is_sign: false,
                })
            }
            Columns::Positional => Self::of_width(header.len()),
        }
    }

    fn recognise(header: &[String]) -> Result<Self, String> {
        let (from, to) = (required(header, &FROM)?, required(header, &TO)?);
        let (weight, activation) = (find(header, &WEIGHT)?, find(header, &ACTIVATION)?);
        if weight.is_none() && activation.is_none() && header.len() > 2 {
            let known = [&WEIGHT[..], &ACTIVATION].concat().join("\", \"");
            return Err(format!(
                "none of them is known as a weight (\"{known}\"); call the one with weights \"weight\", leave only the first two, or name the columns"
            ));
        }
        let weight_is_sign = weight.is_some_and(|column| {
            SIGN.iter()
                .any(|name| header[column].eq_ignore_ascii_case(name))
        });
        Ok(Self {
            from,
            to,
            weight,
            activation,
            weight_is_sign,
        })
    }

    fn of_width(width: usize) -> Result<Self, String> {
        match width {
            2 | 3 => {
                let weight = (width == 3).then_some(2);
                Ok(Self {
                    from: 0,
                    to: 1,
                    weight,
                    activation: None,
                    weight_is_sign: false,
                })
            }
            _ => Err(
                "a file without header has the columns from, to and perhaps weight; add a header"
                    .into(),
            ),
        }
    }

    /// The columns that are not used, of this many.
    pub(super) fn unused(&self, width: usize) -> Vec<usize> {
        let used = [Some(self.from), Some(self.to), self.weight, self.activation];
        (0..width)
            .filter(|column| !used.contains(&Some(*column)))
            .collect()
    }
}

fn required(header: &[String], names: &[&str]) -> Result<usize, String> {
    let missing = || {
        let wanted = names.join("\", \"");
        format!("none is called \"{wanted}\"; name the columns, or say that the file has no header")
    };
    find(header, names)?.ok_or_else(missing)
}

fn find(header: &[String], names: &[&str]) -> Result<Option<usize>, String> {
    let mut found = (0..header.len()).filter(|&i| {
        names
            .iter()
            .any(|name| header[i].eq_ignore_ascii_case(name))
    });
    let first = found.next();
    match (first, found.next()) {
        (Some(one), Some(two)) => Err(format!(
            "both {:?} and {:?} could be meant; name the columns",
            header[one], header[two]
        )),
        _ => Ok(first),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(columns: &Columns, header: &[&str]) -> Result<Plan, String> {
        Plan::of_header(
            columns,
            &header.iter().map(ToString::to_string).collect::<Vec<_>>(),
        )
    }

    #[test]
    fn headers_of_published_files_are_recognised() {
        let columns = Columns::Recognised;
        let yeast = plan(&columns, &["reg", "aff", "prior_weight"]).unwrap();
        assert_eq!(
            (yeast.from, yeast.to, yeast.weight, yeast.weight_is_sign),
            (0, 1, Some(2), false)
        );
        let swapped = plan(&columns, &["Sign", "To", "From"]).unwrap();
        assert_eq!(
            (
                swapped.from,
                swapped.to,
                swapped.weight,
                swapped.weight_is_sign
            ),
            (2, 1, Some(0), true)
        );
        let properties = plan(
            &columns,
            &["from", "to", "weight", "activation", "EC50", "n"],
        )
        .unwrap();
        assert_eq!(
            (properties.weight, properties.activation),
            (Some(2), Some(3))
        );
        assert_eq!(properties.unused(6), [4, 5]);
        assert_eq!(plan(&columns, &["from", "to"]).unwrap().weight, None);
        assert_eq!(plan(&columns, &["source", "target"]).unwrap().weight, None);
        let beeline = plan(&columns, &["Gene1", "Gene2", "Type"]).unwrap();
        assert_eq!((beeline.weight, beeline.weight_is_sign), (Some(2), true));
    }

    #[test]
    fn what_cannot_be_told_is_an_error() {
        let columns = Columns::Recognised;
        for (header, word) in [
            (&["MATA1", "YBL018C"][..], "no header"),
            (&["from", "weight"], "aff"),
            (&["from", "to", "score"], "weight"),
            (&["from", "to", "sign", "weight"], "both"),
            (&["from", "to", "from"], "both"),
        ] {
            let problem = plan(&columns, header).unwrap_err();
            assert!(problem.contains(word), "{header:?}: {problem}");
        }
    }

    #[test]
    fn columns_can_be_named_or_counted() {
        let named = Columns::Named {
            from: "a".into(),
            to: "b".into(),
            weight: Some("log2fc".into()),
        };
        assert_eq!(plan(&named, &["log2fc", "b", "a"]).unwrap().weight, Some(0));
        assert!(plan(&named, &["a", "b"]).unwrap_err().contains("log2fc"));
        assert_eq!(
            plan(&Columns::Positional, &["x", "y"]).unwrap().weight,
            None
        );
        assert_eq!(
            plan(&Columns::Positional, &["x", "y", "1"]).unwrap().weight,
            Some(2)
        );
        assert!(plan(&Columns::Positional, &["x"]).is_err());
    }
}
