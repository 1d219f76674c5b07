//! Reading arithmetic with `fAct(gene, EC50, n)`.

use std::collections::HashMap;

use super::tokens::{Fault, Token, tokens};

/// Deeper nesting is refused, for the reader is recursive.
const DEEPEST: usize = 500;

/// Number of a node. Equal parts of an expression are one node.
pub(super) type Id = usize;

/// Part of an expression. Floats are kept as bits, so that nodes can be compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Node {
    Number(u64),
    Gene(usize),
    Activation {
        gene: usize,
        ec50: u64,
        exponent: u64,
    },
    /// Terms, with whether they are subtracted.
    Sum(Vec<(bool, Id)>),
    /// Factors, with whether they divide.
    Product(Vec<(bool, Id)>),
}

/// An arithmetic expression as a graph.
///
/// The published equations write a OR b as `a + b - a * b` with a and b in full, so that text doubles with every term; the
/// graph does not.
#[derive(Debug)]
pub(super) struct Arithmetic {
    nodes: Vec<Node>,
    columns: Vec<usize>,
    pub(super) root: Id,
}

impl Arithmetic {
    pub(super) fn node(&self, id: Id) -> &Node {
        &self.nodes[id]
    }

    /// A fault at the column where a part stands first.
    pub(super) fn fault(&self, id: Id, problem: impl Into<String>) -> Fault {
        Fault {
            column: self.columns[id],
            problem: problem.into(),
        }
    }

    /// Reads sums, differences, products and quotients of numbers, genes, `fAct(gene, EC50, n)` and parentheses. Names that are
    /// not letters, digits, `_` and `.` stand in backquotes.
    pub(super) fn parse(
        text: &str,
        position: &dyn Fn(&str) -> Option<usize>,
    ) -> Result<Self, Fault> {
        let mut reader = Reader {
            tokens: tokens(text)?,
            next: 0,
            end: text.chars().count() + 1,
            depth: 0,
            position,
            known: HashMap::new(),
            nodes: Vec::new(),
            columns: Vec::new(),
        };
        let root = reader.sum()?;
        if reader.peek().is_some() {
            return Err(reader.expected("an operator or the end"));
        }
        Ok(Self {
            nodes: reader.nodes,
            columns: reader.columns,
            root,
        })
    }
}

struct Reader<'a> {
    tokens: Vec<(usize, Token)>,
    next: usize,
    end: usize,
    depth: usize,
    position: &'a dyn Fn(&str) -> Option<usize>,
    known: HashMap<Node, Id>,
    nodes: Vec<Node>,
    columns: Vec<usize>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn column(&self) -> usize {
        self.tokens
            .get(self.next)
            .map_or(self.end, |(column, _)| *column)
    }

    fn expected(&self, what: &str) -> Fault {
        let found = match self.peek() {
            None => "the end".to_string(),
            Some(Token::Number(x)) => x.to_string(),
            Some(Token::Name(name)) => name.clone(),
            Some(Token::Symbol(c)) => c.to_string(),
        };
        Fault {
            column: self.column(),
            problem: format!("expected {what}, found {found}"),
        }
    }

    /// Passes by one of two symbols; says whether it was the second.
    fn take_either(&mut self, first: char, second: char) -> Option<bool> {
        match self.peek() {
            Some(Token::Symbol(c)) if *c == first || *c == second => {
                let is_second = *c == second;
                self.next += 1;
                Some(is_second)
            }
            _ => None,
        }
    }

    fn symbol(&mut self, symbol: char) -> Result<(), Fault> {
        match self.take_either(symbol, symbol) {
            Some(_) => Ok(()),
            None => Err(self.expected(&format!("'{symbol}'"))),
        }
    }

    fn intern(&mut self, node: Node, column: usize) -> Id {
        if let Some(&id) = self.known.get(&node) {
            return id;
        }
        let id = self.nodes.len();
        self.known.insert(node.clone(), id);
        self.nodes.push(node);
        self.columns.push(column);
        id
    }

    fn sum(&mut self) -> Result<Id, Fault> {
        let column = self.column();
        let mut sign = self.take_either('+', '-').unwrap_or(false);
        let mut terms = Vec::new();
        loop {
            terms.push((sign, self.product()?));
            match self.take_either('+', '-') {
                Some(next) => sign = next,
                None => break,
            }
        }
        Ok(match terms[..] {
            [(false, only)] => only,
            _ => self.intern(Node::Sum(terms), column),
        })
    }

    fn product(&mut self) -> Result<Id, Fault> {
        let column = self.column();
        let mut factors = vec![(false, self.factor()?)];
        while let Some(divides) = self.take_either('*', '/') {
            factors.push((divides, self.factor()?));
        }
        Ok(match factors[..] {
            [(_, only)] => only,
            _ => self.intern(Node::Product(factors), column),
        })
    }

    fn factor(&mut self) -> Result<Id, Fault> {
        let column = self.column();
        let node = match self.peek() {
            Some(Token::Symbol('(')) => return self.parentheses(),
            Some(Token::Name(name)) if name == "fAct" => self.activation()?,
            Some(Token::Name(_)) => Node::Gene(self.gene()?),
            Some(Token::Number(_)) => Node::Number(self.number()?.to_bits()),
            _ => return Err(self.expected("a number, a gene, fAct or '('")),
        };
        Ok(self.intern(node, column))
    }

    fn parentheses(&mut self) -> Result<Id, Fault> {
        if self.depth == DEEPEST {
            return Err(Fault {
                column: self.column(),
                problem: format!("parentheses nested deeper than {DEEPEST} levels"),
            });
        }
        self.depth += 1;
        self.next += 1;
        let inner = self.sum()?;
        self.symbol(')')?;
        self.depth -= 1;
        Ok(inner)
    }

    fn activation(&mut self) -> Result<Node, Fault> {
        self.next += 1;
        self.symbol('(')?;
        let gene = self.gene()?;
        self.symbol(',')?;
        let ec50 = self.number()?.to_bits();
        self.symbol(',')?;
        let exponent = self.number()?.to_bits();
        self.symbol(')')?;
        Ok(Node::Activation {
            gene,
            ec50,
            exponent,
        })
    }

    fn gene(&mut self) -> Result<usize, Fault> {
        let Some(Token::Name(name)) = self.peek() else {
            return Err(self.expected("the name of a gene"));
        };
        let Some(gene) = (self.position)(name) else {
            return Err(Fault {
                column: self.column(),
                problem: format!("gene {name:?} has no row in this file"),
            });
        };
        self.next += 1;
        Ok(gene)
    }

    fn number(&mut self) -> Result<f64, Fault> {
        let Some(&Token::Number(x)) = self.peek() else {
            return Err(self.expected("a number"));
        };
        self.next += 1;
        Ok(x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Arithmetic, Fault> {
        let genes = ["A", "B", "HLA-A"];
        Arithmetic::parse(text, &|name| genes.iter().position(|g| *g == name))
    }

    fn fault(text: &str) -> (usize, String) {
        let fault = parse(text).unwrap_err();
        (fault.column, fault.problem)
    }

    #[test]
    fn structure() {
        let a = parse("2 * A - `HLA-A` / (1e-1 + .5)").unwrap();
        let Node::Sum(terms) = a.node(a.root) else {
            panic!()
        };
        assert_eq!([terms[0].0, terms[1].0], [false, true]);
        let Node::Product(factors) = a.node(terms[1].1) else {
            panic!()
        };
        assert_eq!(*a.node(factors[0].1), Node::Gene(2));
        assert!(factors[1].0);
        let Node::Sum(inner) = a.node(factors[1].1) else {
            panic!()
        };
        let numbers: Vec<_> = inner.iter().map(|t| a.node(t.1).clone()).collect();
        assert_eq!(numbers, [0.1f64, 0.5].map(|x| Node::Number(x.to_bits())));
    }

    #[test]
    fn equal_parts_are_one_node() {
        let a = parse("(1 - fAct(A, 0.5, 1.2)) + (1 - fAct( A,0.50,1.2))").unwrap();
        let Node::Sum(terms) = a.node(a.root) else {
            panic!()
        };
        assert_eq!(terms[0].1, terms[1].1);
    }

    #[test]
    fn faults_name_the_column() {
        let cases = [
            (
                "",
                1,
                "expected a number, a gene, fAct or '(', found the end",
            ),
            ("A +", 4, "found the end"),
            ("(A + B", 7, "expected ')', found the end"),
            ("A B", 3, "expected an operator or the end, found B"),
            ("fAct(A, 0.5)", 12, "expected ',', found )"),
            ("fAct(A, -1, 2)", 9, "expected a number, found -"),
            ("fAct(C, 1, 2)", 6, "gene \"C\" has no row"),
            ("A ^ 2", 3, "'^' has no meaning"),
            ("1.2.3", 1, "not a number"),
            ("2 * `A", 5, "closing backquote"),
            ("1e", 1, "not a number"),
        ];
        for (text, column, problem) in cases {
            let (at, says) = fault(text);
            assert_eq!(at, column, "{text}: {says}");
            assert!(says.contains(problem), "{text}: {says}");
        }
        let deep = format!("{}A{}", "(".repeat(100_000), ")".repeat(100_000));
        assert!(fault(&deep).1.contains("deeper than"));
    }
}
