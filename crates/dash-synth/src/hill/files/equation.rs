//! One equation: from arithmetic to kinetics and logic, and back to text.

use std::collections::BTreeMap;

use super::arithmetic::{Arithmetic, Id, Node};
use super::tokens::Fault;
use crate::hill::logic::Logic;
use crate::hill::parameters::{Kinetics, Regulation};

/// What an equation says: dx/dt = (Φ m − d x) / τ.
#[derive(Debug)]
pub(super) struct Equation {
    pub(super) kinetics: Kinetics,
    pub(super) logic: Logic,
    /// The edges into the gene, by regulator.
    pub(super) regulations: Vec<Regulation>,
}

impl Equation {
    /// Recognises kinetics and logic in arithmetic.
    ///
    /// NOT is `1 - a`, AND `a * b`, OR `a + b - a * b`, ADD `(a + b + …) / count`, an activation `w * fAct(…)`.
    pub(super) fn recognise(arithmetic: &Arithmetic, target: usize) -> Result<Self, Fault> {
        let mut recognition = Recognition {
            arithmetic,
            target,
            regulations: BTreeMap::new(),
        };
        let (kinetics, logic) = recognition.equation()?;
        let mut regulations = recognition.regulations;
        for (gene, activates) in logic.genes() {
            let (regulation, seen, id) = regulations.get_mut(&gene).expect("seen in the logic");
            if *seen && regulation.activates != activates {
                let problem = "this gene both activates and represses; an edge has one sign";
                return Err(arithmetic.fault(*id, problem));
            }
            (regulation.activates, *seen) = (activates, true);
        }
        Ok(Self {
            kinetics,
            logic,
            regulations: regulations
                .into_values()
                .map(|(regulation, ..)| regulation)
                .collect(),
        })
    }
}

struct Recognition<'a> {
    arithmetic: &'a Arithmetic,
    target: usize,
    /// By regulator: its edge, whether its sign is known yet, and where it stands.
    regulations: BTreeMap<usize, (Regulation, bool, Id)>,
}

const FORM: &str = "an equation has the form (logic * maximum - degradation * gene) / time constant, \
                    where gene is the one of this row";

impl Recognition<'_> {
    fn number(&self, id: Id) -> Option<f64> {
        match self.arithmetic.node(id) {
            Node::Number(bits) => Some(f64::from_bits(*bits)),
            _ => None,
        }
    }

    fn is_target(&self, id: Id) -> bool {
        *self.arithmetic.node(id) == Node::Gene(self.target)
    }

    fn equation(&mut self) -> Result<(Kinetics, Logic), Fault> {
        let arithmetic = self.arithmetic;
        let mut kinetics = Kinetics::default();
        let mut balance = arithmetic.root;
        if let Node::Product(factors) = arithmetic.node(balance)
            && let [(false, inner), (true, divisor)] = factors[..]
            && let Some(time_constant) = self.number(divisor)
        {
            (balance, kinetics.time_constant) = (inner, time_constant);
        }
        let Node::Sum(terms) = arithmetic.node(balance) else {
            return Err(arithmetic.fault(balance, FORM));
        };
        let [(false, production), (true, decay)] = terms[..] else {
            return Err(arithmetic.fault(balance, FORM));
        };
        kinetics.degradation = self.degradation(decay)?;
        let logic = match arithmetic.node(production) {
            Node::Product(factors) => match factors[..] {
                [ref phi @ .., (false, last)] if self.number(last).is_some() => {
                    kinetics.maximum = self.number(last).unwrap_or(1.0);
                    self.conjunction(production, phi)?
                }
                _ => self.conjunction(production, factors)?,
            },
            _ => self.logic(production)?,
        };
        match kinetics.fault() {
            None => Ok((kinetics, logic)),
            Some((name, value, range)) => {
                Err(arithmetic.fault(balance, format!("{name} = {value}, must be {range}")))
            }
        }
    }

    fn degradation(&self, decay: Id) -> Result<f64, Fault> {
        let degradation = match self.arithmetic.node(decay) {
            Node::Product(factors) => match factors[..] {
                [(false, d), (false, gene)] if self.is_target(gene) => self.number(d),
                [(false, gene), (false, d)] if self.is_target(gene) => self.number(d),
                _ => None,
            },
            _ if self.is_target(decay) => Some(1.0),
            _ => None,
        };
        degradation.ok_or_else(|| self.arithmetic.fault(decay, FORM))
    }

    fn logic(&mut self, id: Id) -> Result<Logic, Fault> {
        let arithmetic = self.arithmetic;
        match arithmetic.node(id) {
            Node::Activation { .. } => self.activation(1.0, id),
            Node::Product(factors) => self.conjunction(id, factors),
            Node::Sum(terms) => match terms[..] {
                [(false, one), (true, inner)] if self.number(one) == Some(1.0) => Ok(!self.logic(inner)?),
                [(false, a), (false, b), (true, both)] if self.is_product_of(both, a, b) => {
                    Ok(self.logic(a)?.or(self.logic(b)?))
                }
                _ => Err(arithmetic.fault(
                    id,
                    "this sum is neither NOT (1 - a), nor OR (a + b - a * b), nor ADD ((a + b) / 2)",
                )),
            },
            Node::Number(_) => Err(arithmetic.fault(id, "a number stands where an activation is expected")),
            Node::Gene(_) => Err(arithmetic.fault(id, "a gene stands outside fAct where an activation is expected")),
        }
    }

    /// AND of factors; a number weighs the activation behind it. A sum over its count is a mean.
    fn conjunction(&mut self, whole: Id, factors: &[(bool, Id)]) -> Result<Logic, Fault> {
        let arithmetic = self.arithmetic;
        if let [(false, sum), (true, count)] = *factors
            && let Node::Sum(terms) = arithmetic.node(sum)
            && self.number(count) == Some(terms.len() as f64)
            && terms.iter().all(|(subtracted, _)| !subtracted)
        {
            let members = terms.iter().map(|&(_, term)| self.logic(term));
            return Ok(Logic::Add(members.collect::<Result<_, _>>()?));
        }
        let mut joined: Option<Logic> = None;
        let mut factors = factors.iter().peekable();
        while let Some(&(divides, factor)) = factors.next() {
            if divides {
                let problem = "a division is only known in ADD ((a + b) / 2) and by the time constant at the end";
                return Err(arithmetic.fault(factor, problem));
            }
            let next = match (self.number(factor), factors.peek()) {
                (Some(weight), Some(&&(false, activation))) => {
                    factors.next();
                    self.activation(weight, activation)?
                }
                _ => self.logic(factor)?,
            };
            joined = Some(match joined {
                None => next,
                Some(before) => before.and(next),
            });
        }
        joined.ok_or_else(|| arithmetic.fault(whole, FORM))
    }

    fn activation(&mut self, weight: f64, id: Id) -> Result<Logic, Fault> {
        let Node::Activation {
            gene,
            ec50,
            exponent,
        } = *self.arithmetic.node(id)
        else {
            return Err(self.arithmetic.fault(id, "a number can only weigh fAct"));
        };
        let regulation = Regulation {
            from: gene,
            to: self.target,
            activates: true,
            weight,
            ec50: f64::from_bits(ec50),
            exponent: f64::from_bits(exponent),
        };
        if let Some((name, value, range)) = regulation.fault() {
            return Err(self
                .arithmetic
                .fault(id, format!("{name} = {value}, must be {range}")));
        }
        let (known, ..) = self
            .regulations
            .entry(gene)
            .or_insert((regulation, false, id));
        if *known == regulation {
            Ok(Logic::Gene(gene))
        } else {
            let problem =
                "this gene stands with other parameters before; an edge has one weight, EC50 and n";
            Err(self.arithmetic.fault(id, problem))
        }
    }

    /// Whether `product` is `a * b`, however its factors are grouped.
    fn is_product_of(&self, product: Id, a: Id, b: Id) -> bool {
        let mut expected = Vec::new();
        self.factors(a, &mut expected);
        self.factors(b, &mut expected);
        let mut found = Vec::new();
        self.factors(product, &mut found);
        expected.sort_unstable();
        found.sort_unstable();
        expected == found
    }

    fn factors(&self, id: Id, found: &mut Vec<Id>) {
        match self.arithmetic.node(id) {
            Node::Product(factors) if factors.iter().all(|(divides, _)| !divides) => {
                for &(_, factor) in factors {
                    self.factors(factor, found);
                }
            }
            _ => found.push(id),
        }
    }
}

/// Most members of a group that are written in the published form; its length doubles with every member of an OR.
const LONGEST_GROUP: usize = 12;

/// An equation in the published form. `activation(gene)` is the text of that gene's term, `name` that of the target.
///
/// Groups of more than 12 members are written flat: AND as `(a * b * c)`, OR as `(1 - (1 - a) * (1 - b) * (1 - c))`.
pub(super) fn equation_text(
    logic: &Logic,
    kinetics: &Kinetics,
    name: &str,
    activation: &impl Fn(usize) -> String,
) -> String {
    let Kinetics {
        maximum,
        degradation,
        time_constant,
    } = kinetics;
    let logic = logic_text(logic, activation);
    format!("(({logic}) * {maximum} - {degradation} * {name}) / {time_constant}")
}

fn logic_text(logic: &Logic, activation: &impl Fn(usize) -> String) -> String {
    let texts = |group: &[Logic]| {
        group
            .iter()
            .map(|a| logic_text(a, activation))
            .collect::<Vec<_>>()
    };
    let folded = |group: &[Logic], join: fn(String, String) -> String| {
        texts(group).into_iter().reduce(join).unwrap_or_default()
    };
    match logic {
        Logic::Gene(gene) => activation(*gene),
        Logic::Not(inner) => format!("(1 - {})", logic_text(inner, activation)),
        Logic::And(group) if group.len() > LONGEST_GROUP => {
            format!("({})", texts(group).join(" * "))
        }
        Logic::Or(group) if group.len() > LONGEST_GROUP => {
            format!("(1 - (1 - {}))", texts(group).join(") * (1 - "))
        }
        Logic::And(group) => folded(group, |a, b| format!("({a} * {b})")),
        Logic::Or(group) => folded(group, |a, b| format!("({a} + {b} - {a} * {b})")),
        Logic::Add(group) => format!("(({}) / {})", texts(group).join(" + "), group.len()),
    }
}
