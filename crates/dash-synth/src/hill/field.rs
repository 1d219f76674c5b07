//! The right-hand side of a system, compiled.

use dash_ode::{Real, VectorField};

use super::activation::Hill;
use super::logic::Logic;
use super::parameters::{Kinetics, Regulation};
use super::system::System;

/// The right-hand side of a [`System`]. Inputs have derivative 0. A state below 0 activates as 0 does.
///
/// One logarithm per regulator and one exponential per edge give the activations w f(x); then the logic of every gene runs
/// as a flat list of instructions over a small stack. Where a regulator has the very value of the evaluation before, as
/// inputs have along a trajectory, what follows from it is kept: results are the same to the bit, only sooner.
#[derive(Clone, Debug)]
pub struct HillField<T> {
    dim: usize,
    regulators: Vec<CompiledRegulator<T>>,
    /// Edges, those of one regulator together.
    edges: Vec<CompiledEdge<T>>,
    targets: Vec<CompiledTarget<T>>,
    program: Vec<Instruction>,
    /// w f(x) of every edge at the evaluation before.
    activations: Vec<T>,
    stack: Vec<T>,
}

#[derive(Clone, Copy, Debug)]
struct CompiledRegulator<T> {
    gene: usize,
    /// End of this regulator's edges; they start at the end of the regulator before.
    end: usize,
    /// Its expression at the evaluation before; at first not a number.
    last: T,
}

#[derive(Clone, Copy, Debug)]
struct CompiledEdge<T> {
    /// Place among the targets.
    target: usize,
    exponent: T,
    /// w (1 − E), E and 1 − 2E.
    numerator: T,
    power: T,
    rest: T,
}

#[derive(Clone, Copy, Debug)]
struct CompiledTarget<T> {
    gene: usize,
    /// End of this gene's instructions; they start at the end of the gene before.
    end: usize,
    maximum: T,
    degradation: T,
    rate: T,
    /// Φ at the evaluation before, and whether some activation has changed since.
    phi: T,
    stale: bool,
}

/// What happens to the stack; `usize` numbers edges.
#[derive(Clone, Copy, Debug)]
enum Instruction {
    Push(usize),
    PushComplement(usize),
    Complement,
    And,
    Or,
    /// Mean of that many values.
    Mean(usize),
}

impl System {
    /// The right-hand side, ready to be integrated.
    ///
    /// # Panics
    /// Never: the logic was checked against the edges when the system was built.
    pub fn field<T: Real>(&self) -> HillField<T> {
        let mut order: Vec<&Regulation> = self.regulations().iter().collect();
        order.sort_by_key(|edge| (edge.from, edge.to));
        let mut target_of = vec![None; self.genes().len()];
        let mut targets = Vec::new();
        let mut program = Vec::new();
        for (gene, logic) in self.logic().iter().enumerate() {
            let Some(logic) = logic else { continue };
            let edge_from = |from: usize| {
                let found = order.binary_search_by_key(&(from, gene), |edge| (edge.from, edge.to));
                found.expect("the logic was checked")
            };
            compile(logic, &edge_from, &mut program);
            target_of[gene] = Some(targets.len());
            targets.push(CompiledTarget::new(
                gene,
                program.len(),
                &self.kinetics()[gene],
            ));
        }
        let compiled = |edge: &&Regulation| {
            let target = target_of[edge.to].expect("a gene with an edge has logic");
            CompiledEdge::new(target, edge)
        };
        HillField {
            dim: self.genes().len(),
            regulators: compile_regulators(&order),
            edges: order.iter().map(compiled).collect(),
            targets,
            program,
            activations: vec![T::zero(); order.len()],
            stack: Vec::new(),
        }
    }
}

impl<T: Real> CompiledEdge<T> {
    fn new(target: usize, edge: &Regulation) -> Self {
        let e = Hill::unchecked(edge.ec50, edge.exponent).power();
        Self {
            target,
            exponent: T::of(edge.exponent),
            numerator: T::of(edge.weight * (1.0 - e)),
            power: T::of(e),
            rest: T::of(1.0 - 2.0 * e),
        }
    }
}

impl<T: Real> CompiledTarget<T> {
    fn new(gene: usize, end: usize, kinetics: &Kinetics) -> Self {
        Self {
            gene,
            end,
            maximum: T::of(kinetics.maximum),
            degradation: T::of(kinetics.degradation),
            rate: T::of(1.0 / kinetics.time_constant),
            phi: T::zero(),
            stale: true,
        }
    }
}

/// The regulators of edges that are sorted by regulator.
fn compile_regulators<T: Real>(edges: &[&Regulation]) -> Vec<CompiledRegulator<T>> {
    let mut regulators: Vec<CompiledRegulator<T>> = Vec::new();
    for (i, edge) in edges.iter().enumerate() {
        match regulators.last_mut() {
            Some(last) if last.gene == edge.from => last.end = i + 1,
            _ => regulators.push(CompiledRegulator {
                gene: edge.from,
                end: i + 1,
                last: T::nan(),
            }),
        }
    }
    regulators
}

fn compile(logic: &Logic, edge_from: &impl Fn(usize) -> usize, program: &mut Vec<Instruction>) {
    let group = |members: &[Logic], join: Instruction, program: &mut Vec<Instruction>| {
        for (i, member) in members.iter().enumerate() {
            compile(member, edge_from, program);
            if i > 0 {
                program.push(join);
            }
        }
    };
    match logic {
        Logic::Gene(gene) => program.push(Instruction::Push(edge_from(*gene))),
        Logic::Not(inner) => {
            if let Logic::Gene(gene) = **inner {
                program.push(Instruction::PushComplement(edge_from(gene)));
            } else {
                compile(inner, edge_from, program);
                program.push(Instruction::Complement);
            }
        }
        Logic::And(members) => group(members, Instruction::And, program),
        Logic::Or(members) => group(members, Instruction::Or, program),
        Logic::Add(members) => {
            for member in members {
                compile(member, edge_from, program);
            }
            program.push(Instruction::Mean(members.len()));
        }
    }
}

impl<T: Real> HillField<T> {
    fn activate(&mut self, x: &[T]) {
        let mut start = 0;
        for regulator in &mut self.regulators {
            let edges = start..regulator.end;
            start = regulator.end;
            if x[regulator.gene] == regulator.last {
                continue;
            }
            regulator.last = x[regulator.gene];
            let ln = regulator.last.max(T::zero()).ln_fast();
            for (edge, activation) in self.edges[edges.clone()]
                .iter()
                .zip(&mut self.activations[edges])
            {
                let xn = (edge.exponent * ln).exp_fast();
                *activation = edge.numerator * xn / (edge.power + edge.rest * xn);
                self.targets[edge.target].stale = true;
            }
        }
    }

    fn eval_row(&mut self, x: &[T], dxdt: &mut [T]) {
        self.activate(x);
        dxdt.fill(T::zero());
        let mut start = 0;
        for target in &mut self.targets {
            if target.stale {
                let program = &self.program[start..target.end];
                target.phi = run(program, &self.activations, &mut self.stack);
                target.stale = false;
            }
            let decay = target.degradation * x[target.gene];
            dxdt[target.gene] = (target.maximum * target.phi - decay) * target.rate;
            start = target.end;
        }
    }
}

/// Value that the instructions leave; the last one is held apart from the stack.
#[inline]
fn run<T: Real>(program: &[Instruction], activations: &[T], stack: &mut Vec<T>) -> T {
    stack.clear();
    let mut top = T::zero();
    for &instruction in program {
        match instruction {
            Instruction::Push(edge) => {
                stack.push(top);
                top = activations[edge];
            }
            Instruction::PushComplement(edge) => {
                stack.push(top);
                top = T::one() - activations[edge];
            }
            Instruction::Complement => top = T::one() - top,
            Instruction::And => top = pop(stack) * top,
            Instruction::Or => {
                let left = pop(stack);
                top = left + top - left * top;
            }
            Instruction::Mean(count) => {
                let first = stack.len() + 1 - count;
                let sum = stack.drain(first..).fold(T::zero(), |a, b| a + b);
                top = (sum + top) / T::of(count as f64);
            }
        }
    }
    top
}

#[inline]
fn pop<T: Real>(stack: &mut Vec<T>) -> T {
    stack.pop().unwrap_or(T::zero())
}

impl<T: Real> VectorField<T> for HillField<T> {
    fn dim(&self) -> usize {
        self.dim
    }

    fn eval(&mut self, y: &[T], dydt: &mut [T]) {
        let rows = y
            .chunks_exact(self.dim)
            .zip(dydt.chunks_exact_mut(self.dim));
        for (y, dydt) in rows {
            self.eval_row(y, dydt);
        }
    }
}

#[cfg(test)]
mod tests {
    use dash_prior::GeneIndex;
    use proptest::prelude::*;

    use super::*;
    use crate::{NetworkConfig, SystemConfig, generate_network};

    /// dx/dt as it is defined, without compilation.
    fn definition(system: &System, x: &[f64]) -> Vec<f64> {
        let slope = |gene: usize| {
            let Some(logic) = &system.logic()[gene] else {
                return 0.0;
            };
            let activation = |from: usize| {
                let mut edges = system.regulations().iter();
                let edge = edges.find(|e| (e.from, e.to) == (from, gene)).unwrap();
                edge.weight * Hill::new(edge.ec50, edge.exponent).unwrap().value(x[from])
            };
            let k = system.kinetics()[gene];
            (k.maximum * logic.evaluate(&activation) - k.degradation * x[gene]) / k.time_constant
        };
        (0..x.len()).map(slope).collect()
    }

    fn evaluate<T: Real>(system: &System, x: &[T]) -> Vec<T> {
        let mut slopes = vec![T::one(); x.len()];
        system.field().eval(x, &mut slopes);
        slopes
    }

    fn with_every_operator() -> System {
        let genes = GeneIndex::new("ABCDEF".chars().map(String::from).collect()).unwrap();
        let logic = Logic::parse(
            "(NOT A AND B OR NOT (C AND D)) ADD NOT E ADD F OR B",
            &genes,
        )
        .unwrap();
        let regulations = logic
            .genes()
            .into_iter()
            .collect::<std::collections::BTreeSet<_>>();
        let regulations = regulations.into_iter().map(|(from, activates)| Regulation {
            from,
            to: 5,
            activates,
            weight: 1.0 - 0.1 * from as f64,
            ec50: 0.3 + 0.05 * from as f64,
            exponent: 1.2 + 0.3 * from as f64,
        });
        let kinetics = Kinetics {
            maximum: 0.9,
            degradation: 0.7,
            time_constant: 2.5,
        };
        let mut all = vec![None; 5];
        all.push(Some(logic));
        System::new(genes, vec![kinetics; 6], regulations.collect(), all).unwrap()
    }

    proptest! {
        #[test]
        fn the_compiled_field_is_the_definition(x in prop::array::uniform6(0.0..=1.0f64)) {
            let system = with_every_operator();
            for (a, b) in evaluate(&system, &x).iter().zip(definition(&system, &x)) {
                prop_assert!((a - b).abs() < 1e-14);
            }
        }

        #[test]
        fn composed_systems_keep_their_states_in_the_unit_interval(seed: u64, swap in 0.0..=1.0f64, level: u64) {
            let network = generate_network(&NetworkConfig { seed, ..NetworkConfig::yeast_like(80) }).unwrap();
            let config = SystemConfig { swap_probability: swap, seed, ..SystemConfig::default() };
            let system = System::random(&network, &config).unwrap();
            // At the faces of the cube the field does not point outwards.
            let x: Vec<f64> = (0..80).map(|i| f64::from((level >> (i % 64) & 1) as u8)).collect();
            for (i, (slope, exact)) in evaluate(&system, &x).into_iter().zip(definition(&system, &x)).enumerate() {
                prop_assert!((slope - exact).abs() < 1e-14);
                let outwards = if x[i] > 0.5 { slope } else { -slope };
                prop_assert!(outwards <= 1e-14);
            }
        }
    }

    #[test]
    fn rows_are_independent_and_single_precision_works() {
        let system = with_every_operator();
        let x = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4];
        let both = evaluate(&system, &x[..6])
            .into_iter()
            .chain(evaluate(&system, &x[6..]));
        let mut batch = [0.0; 12];
        system.field().eval(&x, &mut batch);
        assert!(both.eq(batch));
        let single = evaluate(
            &system,
            &x[..6].iter().map(|&x| x as f32).collect::<Vec<f32>>(),
        );
        assert!((f64::from(single[5]) - batch[5]).abs() < 1e-6);
    }

    #[test]
    fn what_is_kept_between_evaluations_does_not_show() {
        let system = with_every_operator();
        let mut field = system.field();
        let mut x = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6];
        for change in [0, 3, 3, 4, 5, 0, 1] {
            x[change] = 1.0 - x[change] * x[change];
            let mut slopes = [0.0; 6];
            field.eval(&x, &mut slopes);
            assert_eq!(slopes.to_vec(), evaluate(&system, &x));
        }
    }

    #[test]
    fn a_state_below_zero_activates_as_zero() {
        let system = with_every_operator();
        let zero = evaluate(&system, &[0.0, 0.2, 0.3, 0.4, 0.5, 0.6]);
        assert_eq!(evaluate(&system, &[-1e-9, 0.2, 0.3, 0.4, 0.5, 0.6]), zero);
    }
}
