//! `BioPrune`: the prior alone decides, which is DASH with λ = (1, 1).

use dash_ode::Real;

use super::pruning::{Pruning, Survivors};
use super::scorer::Informed;
use super::{Entry, Setting, required};

pub(super) fn entry<T: Real>() -> Entry<T> {
    Entry {
        name: "BioPrune",
        uses_prior: true,
        prunes: true,
        takes: &[Setting::Conventions],
        build: |settings, problem| {
            let prior = required(problem, "BioPrune")?;
            let scorer = Informed::new(prior, (1.0, 1.0), settings.conventions, problem)?;
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
