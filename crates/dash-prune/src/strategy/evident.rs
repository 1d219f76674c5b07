//! DASH on a one-layer field, with the evidence of every edge in place of its magnitude.
//!
//! Before the first epoch every edge is weighed, the network is decided on, and the weights start from the fits that
//! the decision rests on; training then refines them.

use dash_ode::{Change, Intervals, Layout, Parameters, Real, Strategy, StrategyError};

use super::{Prior, Problem};
use crate::evidence::Target;
use crate::{Error, EvidenceOptions, Result, weigh_edges};

pub(super) struct Evident<T> {
    prior: dash_prior::PriorMatrix,
    options: EvidenceOptions,
    data: Intervals<T>,
    pruned: Vec<bool>,
}

impl<T: Real> Evident<T> {
    pub(super) fn new(
        prior: &Prior,
        options: &EvidenceOptions,
        problem: &Problem<'_, T>,
    ) -> Result<Self> {
        options.check()?;
        let layout = problem.initial.layout();
        if layout.block("gain").is_none() || layout.branches().iter().any(|b| b.layers.len() != 1) {
            return Err(Error::NotOneLayer);
        }
        let data = problem.data.ok_or(Error::NoData { strategy: "DASH" })?;
        Ok(Self {
            prior: prior.p.clone(),
            options: options.clone(),
            data: data.clone(),
            pruned: vec![false; layout.len()],
        })
    }

    fn silence(&self, values: &mut [T]) {
        for (value, &pruned) in values.iter_mut().zip(&self.pruned) {
            *value = if pruned { T::zero() } else { *value };
        }
    }
}

impl<T: Real> Strategy<T> for Evident<T> {
    fn reparameterise(&mut self, raw: &[T], effective: &mut [T]) {
        effective.copy_from_slice(&raw[..effective.len()]);
        self.silence(effective);
    }

    fn pull_back(&mut self, _raw: &[T], gradient: &mut [T]) {
        self.silence(gradient);
    }

    fn before_epoch(
        &mut self,
        epoch: usize,
        raw: &mut Parameters<T>,
    ) -> Result<Change, StrategyError> {
        if epoch > 0 {
            return Ok(Change::default());
        }
        let findings = weigh_edges(&self.data, &self.prior, &self.options)?;
        start_from(&findings.targets, raw);
        let layout: &Layout = raw.layout();
        for index in layout.prunable() {
            let range = layout.blocks()[index].range.clone();
            for (pruned, weight) in self.pruned[range.clone()]
                .iter_mut()
                .zip(&raw.values()[range])
            {
                *pruned = *weight == T::zero();
            }
        }
        Ok(Change {
            pruned: true,
            moved: true,
        })
    }
}

/// Sets the parameters to the fitted targets; a gene that does not move gets v = 0 and no weights.
fn start_from<T: Real>(targets: &[Option<Target>], raw: &mut Parameters<T>) {
    raw.values_mut().fill(T::zero());
    let mut set = |name: &str, row: usize, column: usize, value: f64| {
        if let Some(mut block) = raw.matrix_mut(name) {
            block[[row, column]] = T::of(value);
        }
    };
    for (gene, target) in targets.iter().enumerate() {
        let Some(target) = target else { continue };
        set("v", gene, 0, target.rate);
        set("b_sum", gene, 0, target.offset);
        set("gain", gene, 0, target.gain);
        for &(regulator, a, b) in &target.regulators {
            set("w_sum", gene, regulator, a);
            set("w_prod", gene, regulator, b);
        }
    }
}
