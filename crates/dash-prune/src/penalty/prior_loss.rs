//! How far a model is from its prior (PINN).

use dash_ode::{Differentiable, Real};
use dash_prior::PriorMatrix;

use crate::{Result, check};

/// Mean squared difference, over random states γ, between a model's joint output (its derivative before multipliers
/// and decay; for PHOENIX `U_Σ c_Σ + U_Π c_Π`) and the prior's Aγ.
///
/// A copy of the field with all multipliers at 1 gives joint − γ, for any model; so it is compared with Aγ − γ, the
/// prior model's derivative.
///
/// # Reference
/// Hossain et al., *Biologically informed `NeuralODEs` for genome-wide regulatory dynamics*, Genome Biology 25:127
/// (2024).
pub struct PriorLoss<T: Real> {
    field: Box<dyn Differentiable<T>>,
    prior: PriorMatrix,
    parameters: Vec<T>,
    difference: Vec<T>,
    record: Vec<T>,
    state_bar: Vec<T>,
    sensitivity: Vec<T>,
    own: Vec<T>,
}

impl<T: Real> PriorLoss<T> {
    /// For a model and its prior A (k × k, [target, regulator], signed).
    ///
    /// # Errors
    /// If the prior has another number of genes than the model.
    pub fn new(field: &dyn Differentiable<T>, prior: &PriorMatrix) -> Result<Self> {
        let genes = field.dim();
        check::shape("the prior P", (prior.dim(), prior.dim()), (genes, genes))?;
        Ok(Self {
            field: field.boxed(),
            prior: prior.clone(),
            parameters: Vec::new(),
            difference: Vec::new(),
            record: Vec::new(),
            state_bar: Vec::new(),
            sensitivity: Vec::new(),
            own: Vec::new(),
        })
    }

    /// `weight` × the loss at `states` (rows × k); *adds* `weight` × its derivative with respect to the model's
    /// `parameters` to `gradient`. That with respect to the multipliers is 0, and may be 0 for parameters that are not
    /// `kept`.
    ///
    /// # Panics
    /// If `parameters`, `kept` or `gradient` have another length than the model's layout.
    pub fn add(
        &mut self,
        weight: f64,
        states: &[T],
        parameters: &[T],
        kept: Option<&[bool]>,
        gradient: &mut [T],
    ) -> f64 {
        let multiplier = self.field.layout().multiplier().map(|v| v.range.clone());
        self.parameters.clear();
        self.parameters.extend_from_slice(parameters);
        if let Some(v) = &multiplier {
            self.parameters[v.clone()].fill(T::one());
        }
        match kept {
            Some(kept) => self.field.load_pruned(&self.parameters, kept),
            None => self.field.load(&self.parameters),
        }
        let loss = self.compare(states);
        let scale = T::of(2.0 * weight / states.len() as f64);
        self.difference.iter_mut().for_each(|d| *d *= scale);
        let rows = states.len() / self.field.dim();
        self.state_bar.resize(states.len(), T::zero());
        self.sensitivity
            .resize(self.field.sensitivity_len(rows), T::zero());
        self.field.pull_back(
            &self.record,
            &self.difference,
            &mut self.state_bar,
            &mut self.sensitivity,
        );
        self.own.clear();
        self.own.resize(parameters.len(), T::zero());
        self.field
            .add_gradient(&[rows], &self.record, &self.sensitivity, &mut self.own);
        if let Some(v) = multiplier {
            self.own[v].fill(T::zero());
        }
        gradient
            .iter_mut()
            .zip(&self.own)
            .for_each(|(g, o)| *g += *o);
        weight * loss
    }

    /// Mean squared difference; leaves the differences themselves and what the field recorded.
    fn compare(&mut self, states: &[T]) -> f64 {
        let genes = self.field.dim();
        let rows = states.len() / genes;
        self.difference.resize(states.len(), T::zero());
        self.record.resize(self.field.record_len(rows), T::zero());
        self.field
            .eval_recorded(states, &mut self.difference, &mut self.record);
        let mut squares = 0.0;
        let rows = states.chunks_exact(genes);
        for (state, row) in rows.zip(self.difference.chunks_exact_mut(genes)) {
            for (target, difference) in row.iter_mut().enumerate() {
                let (regulators, values) = self.prior.row(target);
                let terms = regulators.iter().zip(values);
                let prior: f64 = terms.map(|(&j, a)| a * state[j].f64()).sum();
                *difference += state[target] - T::of(prior);
                squares += difference.f64() * difference.f64();
            }
        }
        squares / states.len() as f64
    }
}
