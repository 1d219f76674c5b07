//! Cutting arithmetic into numbers, names and symbols.

/// What is wrong at a column (from 1) of an expression.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) column: usize,
    pub(super) problem: String,
}

/// Smallest part of an expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Name(String),
    Symbol(char),
}

/// The parts of an expression, each with its column.
pub(super) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Fault> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let start = at;
        let token = match chars[at] {
            c if c.is_whitespace() => {
                at += 1;
                continue;
            }
            c @ ('(' | ')' | ',' | '+' | '-' | '*' | '/') => {
                at += 1;
                Token::Symbol(c)
            }
            '`' => {
                let length = chars[at + 1..]
                    .iter()
                    .position(|&c| c == '`')
                    .ok_or_else(|| Fault {
                        column: start + 1,
                        problem: "the closing backquote is missing".into(),
                    })?;
                at += length + 2;
                Token::Name(chars[start + 1..at - 1].iter().collect())
            }
            c if c.is_ascii_digit() || c == '.' => {
                at = end_of_number(&chars, at);
                let number: String = chars[start..at].iter().collect();
                Token::Number(number.parse().map_err(|_| Fault {
                    column: start + 1,
                    problem: format!("{number:?} is not a number"),
                })?)
            }
            c if is_name_start(c) => {
                at += chars[at..].iter().take_while(|&&c| is_name_part(c)).count();
                Token::Name(chars[start..at].iter().collect())
            }
            c => {
                return Err(Fault {
                    column: start + 1,
                    problem: format!("{c:?} has no meaning here"),
                });
            }
        };
        tokens.push((start + 1, token));
    }
    Ok(tokens)
}

fn end_of_number(chars: &[char], mut at: usize) -> usize {
    let digits = |at: usize| {
        chars[at..]
            .iter()
            .take_while(|c| c.is_ascii_digit() || **c == '.')
            .count()
    };
    at += digits(at);
    if matches!(chars.get(at), Some('e' | 'E')) {
        let sign = usize::from(matches!(chars.get(at + 1), Some('+' | '-')));
        at += 1 + sign;
        at += digits(at.min(chars.len()));
    }
    at
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.')
}

/// A gene's name as it stands in an expression; `None` if it holds a backquote.
pub(super) fn written_name(name: &str) -> Option<String> {
    let plain = name.starts_with(is_name_start) && name.chars().all(is_name_part);
    if plain {
        Some(name.to_string())
    } else if name.contains('`') {
        None
    } else {
        Some(format!("`{name}`"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_needed() {
        assert_eq!(written_name("YAL001.C_2").unwrap(), "YAL001.C_2");
        assert_eq!(written_name("HLA-A").unwrap(), "`HLA-A`");
        assert_eq!(written_name("2A").unwrap(), "`2A`");
        assert_eq!(written_name("a`b"), None);
    }
}
