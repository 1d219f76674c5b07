//! DASH: magnitude and prior knowledge, mixed by λ.
//!
//! # Reference
//! Hossain et al. 2024, Algorithm 1.

use dash_ode::Real;

use super::evident::Evident;
use super::pruning::{Pruning, Survivors};
use super::scorer::Informed;
use super::{Entry, Setting, required};

pub(super) fn entry<T: Real>() -> Entry<T> {
    Entry {
        name: "DASH",
        uses_prior: true,
        prunes: true,
        takes: &[Setting::Lambda, Setting::Conventions, Setting::Evidence],
        build: |settings, problem| {
            let prior = required(problem, "DASH")?;
            if let Some(options) = &settings.evidence {
                return Ok(Box::new(Evident::new(prior, options, problem)?));
            }
            let scorer = Informed::new(prior, settings.lambda, settings.conventions, problem)?;
            let schedule = settings.schedule.clone();
            Ok(Box::new(Pruning::new(
                schedule,
                Box::new(scorer),
                Survivors::Continue,
                problem,
            )))
        },
    }
}
