//! Reading logic expressions.

use dash_prior::GeneIndex;

use super::logic::Logic;
use crate::error::{Error, Result};

/// Deeper nesting is refused, for the reader is recursive.
const DEEPEST: usize = 500;

impl Logic {
    /// Reads an expression such as `NOT A AND (B OR C)`.
    ///
    /// NOT binds strongest, then AND, OR, ADD; `A ADD B ADD C` is one mean of three. Operators are upper case; anything
    /// else between blanks and parentheses is the name of a gene.
    ///
    /// ```
    /// use dash_prior::GeneIndex;
    /// use dash_synth::Logic;
    ///
    /// let genes = GeneIndex::new(["A", "B", "C"].map(String::from).to_vec())?;
    /// let logic = Logic::parse("NOT A AND (B OR C)", &genes)?;
    /// assert_eq!(logic, (!Logic::Gene(0)).and(Logic::Gene(1).or(Logic::Gene(2))));
    /// assert_eq!(logic.display(&genes).to_string(), "NOT A AND (B OR C)");
    /// # Ok::<(), dash_synth::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::LogicText`] names the column of what cannot be read.
    pub fn parse(text: &str, genes: &GeneIndex) -> Result<Self> {
        let mut reader = Reader {
            tokens: tokens(text),
            next: 0,
            end: text.chars().count() + 1,
            depth: 0,
            genes,
        };
        let logic = reader.means()?;
        match reader.peek() {
            None => Ok(logic),
            Some(token) => {
                let problem = format!("{token:?} cannot follow here; an operator is missing");
                Err(reader.error(problem))
            }
        }
    }
}

/// Parentheses and words, each with its column.
fn tokens(text: &str) -> Vec<(usize, String)> {
    let mut tokens: Vec<(usize, String)> = Vec::new();
    let mut in_word = false;
    for (position, c) in text.chars().enumerate() {
        let single = matches!(c, '(' | ')');
        match tokens.last_mut() {
            _ if c.is_whitespace() => {}
            Some((_, word)) if in_word && !single => word.push(c),
            _ => tokens.push((position + 1, c.to_string())),
        }
        in_word = !single && !c.is_whitespace();
    }
    tokens
}

struct Reader<'a> {
    tokens: Vec<(usize, String)>,
    next: usize,
    end: usize,
    depth: usize,
    genes: &'a GeneIndex,
}

impl Reader<'_> {
    fn peek(&self) -> Option<&str> {
        self.tokens.get(self.next).map(|(_, token)| token.as_str())
    }

    fn take(&mut self, token: &str) -> bool {
        let found = self.peek() == Some(token);
        self.next += usize::from(found);
        found
    }

    /// The error at the token that comes next.
    fn error(&self, problem: String) -> Error {
        let column = self
            .tokens
            .get(self.next)
            .map_or(self.end, |(column, _)| *column);
        Error::LogicText { column, problem }
    }

    fn means(&mut self) -> Result<Logic> {
        let mut group = vec![self.alternatives()?];
        while self.take("ADD") {
            group.push(self.alternatives()?);
        }
        Ok(match group.pop() {
            Some(only) if group.is_empty() => only,
            last => {
                group.extend(last);
                Logic::Add(group)
            }
        })
    }

    fn alternatives(&mut self) -> Result<Logic> {
        let mut logic = self.conjunction()?;
        while self.take("OR") {
            logic = logic.or(self.conjunction()?);
        }
        Ok(logic)
    }

    fn conjunction(&mut self) -> Result<Logic> {
        let mut logic = self.term()?;
        while self.take("AND") {
            logic = logic.and(self.term()?);
        }
        Ok(logic)
    }

    fn term(&mut self) -> Result<Logic> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.error(format!("nested deeper than {DEEPEST} levels")));
        }
        let logic = if self.take("NOT") {
            !self.term()?
        } else if self.take("(") {
            let inner = self.means()?;
            if !self.take(")") {
                return Err(self.error("a closing parenthesis is missing".into()));
            }
            inner
        } else {
            Logic::Gene(self.gene()?)
        };
        self.depth -= 1;
        Ok(logic)
    }

    fn gene(&mut self) -> Result<usize> {
        let problem = match self.peek() {
            None => "the expression ends where a gene is expected".to_string(),
            Some(word @ (")" | "AND" | "OR" | "ADD")) => {
                format!("{word:?} where a gene is expected")
            }
            Some(name) => {
                if let Some(gene) = self.genes.position(name) {
                    self.next += 1;
                    return Ok(gene);
                }
                format!("gene {name:?} is not in the gene list")
            }
        };
        Err(self.error(problem))
    }
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "0 and 1 are exact in Boolean logic")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn genes() -> GeneIndex {
        GeneIndex::new((0..5).map(|i| format!("G-{i}")).collect()).unwrap()
    }

    fn parse(text: &str) -> Result<Logic> {
        Logic::parse(text, &genes())
    }

    #[test]
    fn precedence() {
        let g = Logic::Gene;
        let text = "NOT G-0 AND G-1 OR G-2 ADD G-3 OR G-4 AND NOT G-0";
        let expected = Logic::Add(vec![(!g(0)).and(g(1)).or(g(2)), g(3).or(g(4).and(!g(0)))]);
        assert_eq!(parse(text).unwrap(), expected);
        assert_eq!(parse("NOT(G-0 OR(G-1))").unwrap(), !(g(0).or(g(1))),);
        assert_eq!(
            parse("G-0 AND (G-1 AND G-2)").unwrap(),
            g(0).and(g(1).and(g(2)))
        );
    }

    #[test]
    fn corners_are_boolean_logic() {
        let logic = parse("NOT G-0 AND (G-1 OR G-2) OR G-3 AND G-4").unwrap();
        for corner in 0..32u32 {
            let bit = |g: usize| corner >> g & 1 == 1;
            let expected = !bit(0) && (bit(1) || bit(2)) || bit(3) && bit(4);
            let value = logic.evaluate(&|g| f64::from(u8::from(bit(g))));
            assert_eq!(value, f64::from(u8::from(expected)));
        }
    }

    #[test]
    fn errors_name_the_column() {
        let cases = [
            ("", 1, "ends where a gene"),
            ("G-0 AND", 8, "ends where a gene"),
            ("G-0 AND OR G-1", 9, "where a gene is expected"),
            ("(G-0 OR G-1", 12, "closing parenthesis"),
            ("G-0 G-1", 5, "operator is missing"),
            ("G-0 OR G-9", 8, "not in the gene list"),
            ("G-0)", 4, "operator is missing"),
        ];
        for (text, at, says) in cases {
            match parse(text) {
                Err(Error::LogicText { column, problem }) => {
                    assert_eq!(column, at, "{text}");
                    assert!(problem.contains(says), "{problem}");
                }
                other => panic!("{text}: {other:?}"),
            }
        }
        let deep = format!("{}G-0{}", "(".repeat(10_000), ")".repeat(10_000));
        assert!(parse(&deep).unwrap_err().to_string().contains("deeper"));
    }

    fn any_logic() -> impl Strategy<Value = Logic> {
        (0..5usize)
            .prop_map(Logic::Gene)
            .prop_recursive(4, 24, 4, |inner| {
                let group = prop::collection::vec(inner.clone(), 2..4);
                prop_oneof![
                    inner.prop_map(|a| !a),
                    group
                        .clone()
                        .prop_map(|g| g.into_iter().reduce(Logic::and).unwrap()),
                    group
                        .clone()
                        .prop_map(|g| g.into_iter().reduce(Logic::or).unwrap()),
                    group.prop_map(Logic::Add),
                ]
            })
    }

    proptest! {
        #[test]
        fn text_is_read_back(logic in any_logic()) {
            let text = logic.display(&genes()).to_string();
            prop_assert_eq!(parse(&text).unwrap(), logic, "{}", text);
        }

        #[test]
        fn values_stay_in_the_unit_interval(logic in any_logic(), a in prop::array::uniform5(0.0..=1.0f64)) {
            let value = logic.evaluate(&|g| a[g]);
            prop_assert!((-1e-15..=1.0 + 1e-15).contains(&value));
        }
    }
}
