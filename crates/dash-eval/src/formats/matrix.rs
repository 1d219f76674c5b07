//! Effect matrices of the published code: dense, or as coordinates.

use ndarray::Array2;

use crate::error::Error;
use crate::formats::fields::lines;

/// What the rows of a file are; never guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Orientation {
    /// Rows are targets, columns regulators, as everywhere in this crate.
    RowsAreTargets,
    /// Rows are regulators, columns targets, as in the published code's files.
    RowsAreRegulators,
}

impl Orientation {
    fn orient(self, matrix: Array2<f64>) -> Array2<f64> {
        match self {
            Self::RowsAreTargets => matrix,
            Self::RowsAreRegulators => matrix.reversed_axes(),
        }
    }
}

/// Reads a k × k matrix of effects, separated by commas or tabs, without a heading.
///
/// # Shapes
/// k × k, \[target, regulator\].
///
/// # Errors
/// [`Error::Format`] for an entry that is no number, or a row that is not as long as there are rows; [`Error::Empty`].
pub fn parse_effects(text: &str, orientation: Orientation) -> Result<Array2<f64>, Error> {
    let rows = lines(text);
    let genes = rows.len();
    if genes == 0 {
        return Err(Error::Empty {
            name: "the matrix of effects",
        });
    }
    let mut effects = Array2::zeros((genes, genes));
    for (row, mut entries) in rows.iter().zip(effects.rows_mut()) {
        if row.fields.len() != genes {
            return Err(Error::Format {
                line: row.number,
                column: row.fields.len(),
                value: row.field(row.fields.len() - 1).to_owned(),
                expected: format!("{genes} entries in a row, as many as there are rows"),
            });
        }
        for (column, entry) in entries.iter_mut().enumerate() {
            *entry = row.number(column)?;
        }
    }
    Ok(orientation.orient(effects))
}

/// Reads a k × k matrix of effects as written by R's `writeMM`: row, column (from 1) and value per line. The lines of the
/// heading, `%%MatrixMarket …` and the shape, may be missing, so `genes` says k.
///
/// # Shapes
/// k × k, \[target, regulator\].
///
/// # Errors
/// [`Error::Format`] for a field that is no number, a shape that is not k × k, or a place outside of the matrix.
pub fn parse_coordinates(
    text: &str,
    genes: usize,
    orientation: Orientation,
) -> Result<Array2<f64>, Error> {
    let mut effects = Array2::zeros((genes, genes));
    let has_heading = text
        .trim_start_matches('\u{feff}')
        .starts_with("%%MatrixMarket");
    let mut shape_follows = has_heading;
    for (line, row) in (1..).zip(text.trim_start_matches('\u{feff}').lines()) {
        if row.trim().is_empty() || row.starts_with('%') {
            continue;
        }
        let fields: Vec<&str> = row.split_whitespace().collect();
        let wrong = |column: usize, expected: String| Error::Format {
            line,
            column: column + 1,
            value: fields.get(column).copied().unwrap_or("").to_owned(),
            expected,
        };
        let place = |column: usize| {
            let number = fields
                .get(column)
                .and_then(|field| field.parse::<usize>().ok());
            let number = number.filter(|number| (1..=genes).contains(number));
            number.ok_or_else(|| wrong(column, format!("a gene from 1 to {genes}")))
        };
        let (row, column) = (place(0)?, place(1)?);
        if shape_follows {
            shape_follows = false;
            if (row, column) != (genes, genes) {
                return Err(wrong(0, format!("a matrix of {genes} × {genes}")));
            }
            continue;
        }
        let value = fields.get(2).and_then(|field| field.parse::<f64>().ok());
        let value = value.filter(|value| !value.is_nan());
        effects[[row - 1, column - 1]] = value.ok_or_else(|| wrong(2, "a number".to_owned()))?;
    }
    Ok(orientation.orient(effects))
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn orientation_is_what_the_caller_says() {
        let expected = array![[0.0, 2.0], [-1.5, 0.0]];
        let text = "0,2\n-1.5,0\n";
        assert_eq!(
            parse_effects(text, Orientation::RowsAreTargets).unwrap(),
            expected
        );
        let transposed = parse_effects(text, Orientation::RowsAreRegulators).unwrap();
        assert_eq!(transposed, expected.t());
        let wrong = parse_effects("0,2\n1\n", Orientation::RowsAreTargets).unwrap_err();
        assert!(matches!(wrong, Error::Format { line: 2, .. }));
        assert!(parse_effects("", Orientation::RowsAreTargets).is_err());
    }

    #[test]
    fn coordinates_may_lack_their_heading() {
        let expected = array![[0.0, 2.0], [-1.5, 0.0]];
        let bare = "1 2 2\n2 1 -1.5\n";
        let headed = format!("%%MatrixMarket matrix coordinate real general\n2 2 2\n{bare}");
        for text in [bare, headed.as_str()] {
            let found = parse_coordinates(text, 2, Orientation::RowsAreTargets).unwrap();
            assert_eq!(found, expected);
        }
        let place = |text: &str| match parse_coordinates(text, 2, Orientation::RowsAreRegulators) {
            Err(Error::Format { line, column, .. }) => (line, column),
            other => panic!("{other:?}"),
        };
        assert_eq!(place("1 3 2\n"), (1, 2));
        assert_eq!(place("1 1 2\n0 1 1\n"), (2, 1));
        assert_eq!(place("1 1 x\n"), (1, 3));
    }
}
