//! Random pruning: what any score must beat.

use dash_ode::Real;

use super::Entry;
use super::pruning::{Pruning, Survivors};
use super::scorer::Random;

pub(super) fn entry<T: Real>() -> Entry<T> {
    Entry {
        name: "Random",
        uses_prior: false,
        prunes: true,
        takes: &[],
        build: |settings, problem| {
            let scorer = Random {
                seed: problem.seed,
                drawn: 0,
            };
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
