//! Fields of a line.

use crate::error::Error;

/// A line of a file: its number from 1 and its fields, without quotes and surrounding spaces.
pub(super) struct Line<'a> {
    pub(super) number: usize,
    pub(super) fields: Vec<&'a str>,
}

impl Line<'_> {
    /// Field `index`, from 0; "" if the line is shorter.
    pub(super) fn field(&self, index: usize) -> &str {
        self.fields.get(index).copied().unwrap_or("")
    }

    pub(super) fn wrong(&self, index: usize, expected: &str) -> Error {
        Error::Format {
            line: self.number,
            column: index + 1,
            value: self.field(index).to_owned(),
            expected: expected.to_owned(),
        }
    }

    pub(super) fn number(&self, index: usize) -> Result<f64, Error> {
        let number = self
            .field(index)
            .parse::<f64>()
            .ok()
            .filter(|number| !number.is_nan());
        number.ok_or_else(|| self.wrong(index, "a number"))
    }
}

/// The lines that are not blank, split at a tab if the first of them has one, at commas if not.
pub(super) fn lines(text: &str) -> Vec<Line<'_>> {
    let rows = (1..).zip(text.trim_start_matches('\u{feff}').lines());
    let rows: Vec<(usize, &str)> = rows.filter(|(_, row)| !row.trim().is_empty()).collect();
    let delimiter = match rows.first() {
        Some((_, row)) if row.contains('\t') => '\t',
        _ => ',',
    };
    rows.into_iter()
        .map(|(number, row)| Line {
            number,
            fields: split(row, delimiter),
        })
        .collect()
}

/// The fields of a row; a delimiter between quotes is a character like any other.
fn split(row: &str, delimiter: char) -> Vec<&str> {
    let mut is_quoted = false;
    row.split(|c| {
        is_quoted ^= c == '"';
        c == delimiter && !is_quoted
    })
    .map(|field| field.trim().trim_matches('"'))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_and_spaces_are_no_part_of_a_field() {
        assert_eq!(split("\"a,b\", c ,\"\",1", ','), ["a,b", "c", "", "1"]);
        let lines = lines("\u{feff}a,b\r\n\n c\t,d");
        assert_eq!(
            (lines[1].number, lines[1].field(1), lines[1].field(7)),
            (3, "d", "")
        );
    }
}
