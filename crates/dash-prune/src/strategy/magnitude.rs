//! MP: one-shot magnitude pruning, then fine-tuning. The schedule's target is reached in one round, at its first epoch.

use dash_ode::Real;

use super::pruning::{Pruning, Survivors};
use super::scorer::Magnitude;
use super::{Entry, Setting, target};
use crate::PruneSchedule;

pub(super) fn entry<T: Real>() -> Entry<T> {
    Entry {
        name: "MP",
        uses_prior: false,
        prunes: true,
        takes: &[Setting::Conventions],
        build: |settings, problem| {
            let schedule = &settings.schedule;
            let schedule = PruneSchedule::one_shot(schedule.first_epoch, target(schedule));
            let scorer = Magnitude {
                conventions: settings.conventions,
            };
            Ok(Box::new(Pruning::new(
                schedule,
                Box::new(scorer),
                Survivors::Continue,
                problem,
            )))
        },
    }
}
