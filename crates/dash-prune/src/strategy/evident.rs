//! DASH on a one-layer field, with the evidence of every edge in place of its magnitude.
//!
//! Every edge is weighed and the network decided on before the first epoch; the weights start from the fits that the
//! decision rests on, and training refines them.

use dash_ode::{Change, Parameters, Real, Strategy, StrategyError};

use super::silenced::Silenced;
use super::{Prior, Problem};
use crate::evidence::Target;
use crate::{Error, EvidenceOptions, Findings, Result, weigh_edges};

pub(super) struct Evident {
    findings: Findings,
    pruned: Silenced,
}

impl Evident {
    pub(super) fn new<T: Real>(
        prior: &Prior,
        options: &EvidenceOptions,
        problem: &Problem<'_, T>,
    ) -> Result<Self> {
        let layout = problem.initial.layout();
        if layout.block("gain").is_none() || layout.branches().iter().any(|b| b.layers.len() != 1) {
            return Err(Error::NotOneLayer);
        }
        let findings = match (problem.findings, problem.data) {
            (Some(findings), _) => findings.clone(),
            (None, Some(data)) => weigh_edges(data, &prior.p, options)?,
            (None, None) => return Err(Error::NoData { strategy: "DASH" }),
        };
        Ok(Self {
            findings,
            pruned: Silenced::none(layout.len()),
        })
    }
}

impl<T: Real> Strategy<T> for Evident {
    fn acts_between_epochs(&self) -> bool {
        true
    }

    fn kept(&self) -> Option<&[bool]> {
        self.pruned.kept()
    }

    fn before_epoch(
        &mut self,
        epoch: usize,
        raw: &mut Parameters<T>,
    ) -> Result<Change, StrategyError> {
        if epoch > 0 {
            return Ok(Change::default());
        }
        start_from(&self.findings.targets, raw);
        let layout = raw.layout();
        for index in layout.prunable() {
            let range = layout.blocks()[index].range.clone();
            let weights = raw.values()[range.clone()].iter();
            self.pruned.set(range, weights.map(|w| *w != T::zero()));
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
