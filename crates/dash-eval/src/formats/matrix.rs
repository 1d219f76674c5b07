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
/// heading, `%%MatrixMarket …` and the shape, may be missing, each by itself, so `genes` says k.
///
/// # Shapes
/// k × k, \[target, regulator\].
///
/// # Errors
/// [`Error::Format`] for a heading of another kind of matrix, a field that is no number, a shape that is not k × k, or a
/// place outside of the matrix.
pub fn parse_coordinates(
    text: &str,
    genes: usize,
    orientation: Orientation,
) -> Result<Array2<f64>, Error> {
    let text = text.trim_start_matches('\u{feff}');
    let banner = text.lines().next().filter(|row| row.starts_with("%%"));
    banner.map_or(Ok(()), check_banner)?;
    let rows = (1..).zip(text.lines());
    let rows: Vec<Row<'_>> = rows
        .filter(|(_, row)| !row.trim().is_empty() && !row.starts_with('%'))
        .map(|(line, row)| Row {
            line,
            fields: row.split_whitespace().collect(),
        })
        .collect();
    let mut entries = &rows[..];
    if let Some((first, rest)) = rows.split_first()
        && (banner.is_some() || first.is_shape_of(genes, rest.len()))
    {
        if first.place(0, genes)?.min(first.place(1, genes)?) != genes {
            return Err(first.wrong(0, format!("a matrix of {genes} × {genes}")));
        }
        entries = rest;
    }
    let mut effects = Array2::zeros((genes, genes));
    for entry in entries {
        let (row, column) = (entry.place(0, genes)?, entry.place(1, genes)?);
        effects[[row - 1, column - 1]] = entry.value()?;
    }
    Ok(orientation.orient(effects))
}

/// Refuses matrices whose lines mean something else than an entry each.
fn check_banner(banner: &str) -> Result<(), Error> {
    let words = banner.split_whitespace().skip(1).map(str::to_lowercase);
    let words: Vec<String> = words.collect();
    let expected = ["matrix", "coordinate", "real or integer", "general"];
    for (column, expected) in expected.into_iter().enumerate() {
        let word = words.get(column).map_or("", String::as_str);
        if word.is_empty() || !expected.split(" or ").any(|known| known == word) {
            return Err(Error::Format {
                line: 1,
                column: column + 2,
                value: word.to_owned(),
                expected: expected.to_owned(),
            });
        }
    }
    Ok(())
}

/// The fields of a line.
struct Row<'a> {
    line: usize,
    fields: Vec<&'a str>,
}

impl Row<'_> {
    /// Whether the line is the shape of a matrix with so many entries rather than an entry.
    fn is_shape_of(&self, genes: usize, entries: usize) -> bool {
        let number = |column: usize| self.fields.get(column)?.parse::<usize>().ok();
        [0, 1, 2].map(number) == [Some(genes), Some(genes), Some(entries)]
    }

    fn wrong(&self, column: usize, expected: String) -> Error {
        Error::Format {
            line: self.line,
            column: column + 1,
            value: self.fields.get(column).copied().unwrap_or("").to_owned(),
            expected,
        }
    }

    fn place(&self, column: usize, genes: usize) -> Result<usize, Error> {
        let number = self.fields.get(column).and_then(|field| field.parse().ok());
        let number = number.filter(|number| (1..=genes).contains(number));
        number.ok_or_else(|| self.wrong(column, format!("a gene from 1 to {genes}")))
    }

    fn value(&self) -> Result<f64, Error> {
        let value = self.fields.get(2).and_then(|field| field.parse().ok());
        let value = value.filter(|value: &f64| !value.is_nan());
        value.ok_or_else(|| self.wrong(2, "a number".to_owned()))
    }
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
        let shaped = format!("2 2 2\n{bare}");
        let titled =
            format!("%%MatrixMarket matrix coordinate real general\n% by hand\n2 2 2\n{bare}");
        for text in [bare, &headed, &shaped, &titled] {
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
        // As many entries as the value says would follow a shape.
        let entry = parse_coordinates("2 2 3\n1 1 1\n", 2, Orientation::RowsAreTargets);
        assert_eq!(entry.unwrap(), array![[1.0, 0.0], [0.0, 3.0]]);
        for (banner, column) in [
            ("%%MatrixMarket matrix coordinate real symmetric", 5),
            ("%%MatrixMarket matrix coordinate pattern general", 4),
            ("%%MatrixMarket matrix array real general", 3),
        ] {
            assert_eq!(place(&format!("{banner}\n2 2 0\n")), (1, column));
        }
        let headed = "%%MatrixMarket matrix coordinate real general\n3 2 0\n";
        assert_eq!(place(headed), (2, 1));
    }
}
