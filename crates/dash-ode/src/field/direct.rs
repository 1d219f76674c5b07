//! The direct field: every gene has its own weights over the regulators.

mod dense;
mod initial;
mod pruned;

use dense::Dense;
use pruned::Pruned;

use super::arrangement::Arrangement;
use super::grouped::InGroups;
use super::{Branch, Differentiable, Layout, Parameters, Recorded, Role, VectorField};
use crate::error::{check_setting, check_size};
use crate::{Real, Result};

/// Share of surviving weights below which a pruned field is held sparse: where both take the same time
/// (`cargo bench -p dash-benches -- crossover`).
const SPARSE_BELOW: f64 = 0.2;

/// The one-layer field of k genes: no hidden units, so that a weight is an edge.
///
/// With `φ_Σ` and `φ_Π` of [`crate::Phoenix`]:
///
/// ```text
/// dx/dt = ReLU(v) ⊙ (A φ_Σ(x) + a + β ⊙ exp(B φ_Π(x) + b) − x)
/// ```
///
/// # Shapes
/// `w_sum` (A), `w_prod` (B): k × k, \[target, regulator\]; `b_sum` (a), `b_prod` (b), `gain` (β), `v`: k.
///
/// # Reference
/// `docs/method.md`, "The direct field"; the one-layer case of Hossain et al. 2024, Section 3.
#[derive(Clone, Debug)]
pub struct Direct<T> {
    layout: Layout,
    genes: usize,
    dense: Dense<T>,
    pruned: InGroups<Pruned<T>, T>,
    /// Which of the two was loaded last.
    is_pruned: bool,
    record: Vec<T>,
}

/// All parameters but the weights.
#[derive(Clone, Debug, Default)]
struct Vectors<T> {
    a: Vec<T>,
    b: Vec<T>,
    beta: Vec<T>,
    v: Vec<T>,
    relu_v: Vec<T>,
}

impl<T: Real> Vectors<T> {
    fn of(layout: &Layout, parameters: &[T]) -> Self {
        let values = |block: usize| &parameters[layout.blocks()[block].range.clone()];
        Self {
            a: values(A).to_vec(),
            b: values(B).to_vec(),
            beta: values(BETA).to_vec(),
            v: values(V).to_vec(),
            relu_v: values(V).iter().map(|v| v.max(T::zero())).collect(),
        }
    }
}

/// Order of the blocks in the parameter vector.
const SUM: usize = 0;
const A: usize = 1;
const PROD: usize = 2;
const B: usize = 3;
const BETA: usize = 4;
const V: usize = 5;

impl<T: Real> Direct<T> {
    /// A field of `genes` genes (at least one) with all parameters zero.
    ///
    /// # Errors
    /// [`crate::Error::Setting`] if there is no gene.
    pub fn new(genes: usize) -> Result<Self> {
        check_setting("genes", genes as f64, genes > 0, "at least 1")?;
        let branch = |layer, log_space, gain| Branch {
            layers: vec![layer],
            log_space,
            gain,
        };
        let layout = Layout::new(
            genes,
            &[
                ("w_sum", genes, genes, Role::Weights),
                ("b_sum", genes, 1, Role::Bias),
                ("w_prod", genes, genes, Role::Weights),
                ("b_prod", genes, 1, Role::Bias),
                ("gain", genes, 1, Role::Bias),
                ("v", genes, 1, Role::Multiplier),
            ],
            vec![
                branch(SUM, false, None),
                branch(PROD, true, Some((BETA, B))),
            ],
        );
        let zeros = vec![T::zero(); layout.len()];
        let mut field = Self {
            layout,
            genes,
            dense: Dense::default(),
            pruned: InGroups::default(),
            is_pruned: false,
            record: Vec::new(),
        };
        field.load(&zeros);
        Ok(field)
    }

    /// A field with given parameters.
    ///
    /// # Errors
    /// [`crate::Error::Shape`] if the parameters are not those of such a field.
    pub fn with_parameters(parameters: &Parameters<T>) -> Result<Self> {
        let mut field = Self::new(parameters.layout().genes())?;
        let found = parameters.values().len();
        check_size("number of direct parameters", field.layout.len(), found)?;
        field.load(parameters.values());
        Ok(field)
    }

    fn held(&self) -> &dyn Arrangement<T> {
        if self.is_pruned {
            &self.pruned
        } else {
            &self.dense
        }
    }

    fn held_mut(&mut self) -> (&mut dyn Arrangement<T>, &Layout) {
        if self.is_pruned {
            (&mut self.pruned, &self.layout)
        } else {
            (&mut self.dense, &self.layout)
        }
    }
}

impl<T: Real> VectorField<T> for Direct<T> {
    fn dim(&self) -> usize {
        self.genes
    }

    fn eval(&mut self, y: &[T], dydt: &mut [T]) {
        let mut record = std::mem::take(&mut self.record);
        record.resize(self.record_len(y.len() / self.genes), T::zero());
        self.eval_recorded(y, dydt, &mut record);
        self.record = record;
    }
}

impl<T: Real> Recorded<T> for Direct<T> {
    fn record_len(&self, rows: usize) -> usize {
        self.held().record_len(rows)
    }

    fn eval_recorded(&mut self, y: &[T], dydt: &mut [T], record: &mut [T]) {
        if !y.is_empty() {
            self.held_mut().0.eval(y, dydt, record);
        }
    }
}

impl<T: Real> Differentiable<T> for Direct<T> {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn load(&mut self, parameters: &[T]) {
        self.is_pruned = false;
        self.dense.load(&self.layout, parameters);
    }

    fn load_pruned(&mut self, parameters: &[T], kept: &[bool]) {
        if !self.pruned.field.keeps(kept) {
            if self.layout.density(kept) >= SPARSE_BELOW {
                return self.load(parameters);
            }
            self.pruned.field.keep(&self.layout, kept);
        }
        self.is_pruned = true;
        self.pruned.field.load(&self.layout, parameters);
    }

    fn boxed(&self) -> Box<dyn Differentiable<T>> {
        Box::new(self.clone())
    }

    fn sensitivity_len(&self, rows: usize) -> usize {
        self.held().sensitivity_len(rows)
    }

    fn pull_back(&mut self, record: &[T], upstream: &[T], y_bar: &mut [T], sensitivity: &mut [T]) {
        if !upstream.is_empty() {
            let held = self.held_mut().0;
            held.pull_back(record, upstream, y_bar, sensitivity);
        }
    }

    fn add_gradient(
        &mut self,
        evaluations: &[usize],
        records: &[T],
        sensitivities: &[T],
        gradient: &mut [T],
    ) {
        if !records.is_empty() {
            let (held, layout) = self.held_mut();
            held.add_gradient(layout, evaluations, (records, sensitivities), gradient);
        }
    }
}
