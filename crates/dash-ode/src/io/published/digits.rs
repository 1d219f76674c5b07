//! Numbers as the published files have them: 15 significant digits, as R writes them.

use std::io::{self, Write};

/// Writes a number with at most 15 significant digits, plain or with an exponent, whichever is shorter (plain where both
/// are as long), and nothing for NaN (a missing value).
pub(super) fn write_fifteen(out: &mut dyn Write, value: f64) -> io::Result<()> {
    if value.is_nan() {
        return Ok(());
    }
    if value == 0.0 {
        return out.write_all(b"0");
    }
    let text = format!("{:.14e}", value.abs());
    let Some((digits, Ok(exponent))) = text
        .split_once('e')
        .map(|(digits, exponent)| (digits, exponent.parse::<i32>()))
    else {
        return write!(out, "{value}");
    };
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_end_matches('0');
    if value < 0.0 {
        out.write_all(b"-")?;
    }
    let (plain, scientific) = (plain(digits, exponent), scientific(digits, exponent));
    let shorter = if plain.len() <= scientific.len() {
        plain
    } else {
        scientific
    };
    out.write_all(shorter.as_bytes())
}

/// `0.00123` for the digits 123 and the exponent −3.
fn plain(digits: &str, exponent: i32) -> String {
    let Ok(whole) = usize::try_from(exponent + 1) else {
        let zeros = usize::try_from(-exponent - 1).unwrap_or(0);
        return format!("0.{}{digits}", "0".repeat(zeros));
    };
    if whole == 0 {
        format!("0.{digits}")
    } else if digits.len() <= whole {
        format!("{digits}{}", "0".repeat(whole - digits.len()))
    } else {
        format!("{}.{}", &digits[..whole], &digits[whole..])
    }
}

/// `1.23e-03` for the same.
fn scientific(digits: &str, exponent: i32) -> String {
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{first}{point}{rest}e{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_r() {
        for (value, expected) in [
            (0.0, "0"),
            (1.0, "1"),
            (-0.5, "-0.5"),
            (0.1 + 0.2, "0.3"),
            (1.0 / 3.0, "0.333333333333333"),
            (2.0 / 3.0 * 1e-3, "0.000666666666666667"),
            (1e-5, "1e-05"),
            (1.234e-5, "1.234e-05"),
            (0.000_123, "0.000123"),
            (1e5, "1e+05"),
            (123_456.0, "123456"),
            (1234.5, "1234.5"),
            (1e-100, "1e-100"),
            (0.999_999_999_999_999_9, "1"),
        ] {
            let mut out = Vec::new();
            write_fifteen(&mut out, value).unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
    }
}
