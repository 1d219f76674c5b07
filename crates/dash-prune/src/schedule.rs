use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// Sparsities closer than this are the same: a tenth of a weight among 10^8, and far above rounding.
const SAME_SPARSITY: f64 = 1e-9;

/// When to prune, and which share of the weights that remain.
///
/// The first round is at `first_epoch`, the others follow every `every` epochs. Without a target and with
/// enough weights, the sparsity after r rounds is `1 − (1 − first_fraction)(1 − fraction)^(r−1)`.
///
/// # Examples
/// ```
/// use dash_prune::PruneSchedule;
///
/// let schedule = PruneSchedule::default();
/// schedule.check()?;
/// assert_eq!(schedule.fraction_at(3, 0.0), Some(0.7));
/// assert_eq!(schedule.fraction_at(4, 0.7), None);
/// assert_eq!(schedule.fraction_at(13, 0.7), Some(0.1));
/// assert!((schedule.sparsity_after(3) - 0.757).abs() < 1e-12);
/// # Ok::<(), dash_prune::Error>(())
/// ```
///
/// # Reference
/// Hossain et al. 2024, Algorithm 1 and the experiments' schedules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PruneSchedule {
    /// Epoch of the first round. Default 3.
    pub first_epoch: usize,
    /// Share of the weights that the first round prunes, in [0, 1). Default 0.7.
    pub first_fraction: f64,
    /// Epochs from one round to the next, 1 or more. Default 10.
    pub every: usize,
    /// Share of the REMAINING weights that every later round prunes, in [0, 1). Default 0.1.
    pub fraction: f64,
    /// Sparsity in (0, 1) at which pruning stops; the round that would pass it prunes just enough to reach
    /// it, to the nearest whole weight. Default none.
    pub target_sparsity: Option<f64>,
    /// Number of rounds after which pruning stops. Where there is a target too, the rounds must suffice to
    /// reach it, and the last one ends on it exactly. Default none.
    pub rounds: Option<usize>,
}

impl Default for PruneSchedule {
    /// 70% at epoch 3, then 10% every 10 epochs, without end.
    fn default() -> Self {
        Self {
            first_epoch: 3,
            first_fraction: 0.7,
            every: 10,
            fraction: 0.1,
            target_sparsity: None,
            rounds: None,
        }
    }
}

impl PruneSchedule {
    /// A single round that prunes `fraction` at `epoch` (MP).
    pub fn one_shot(epoch: usize, fraction: f64) -> Self {
        Self {
            first_epoch: epoch,
            first_fraction: fraction,
            every: 1,
            fraction: 0.0,
            target_sparsity: None,
            rounds: Some(1),
        }
    }

    /// `rounds` rounds which each prune the same share of what remains, so that the last ends at `target`:
    /// the sparsity after r of n rounds is 1 − (1 − target)^(r/n).
    ///
    /// Rounds that are no epochs (`SynFlow`, before training) are those of `first_epoch` 0 and `every` 1.
    ///
    /// # Reference
    /// Tanaka et al. 2020 (`SynFlow`), Algorithm 1: the exponential schedule.
    pub fn exponential(first_epoch: usize, every: usize, rounds: usize, target: f64) -> Self {
        let fraction = 1.0 - libm::pow(1.0 - target, 1.0 / rounds as f64);
        Self {
            first_epoch,
            first_fraction: fraction,
            every,
            fraction,
            target_sparsity: Some(target),
            rounds: Some(rounds),
        }
    }

    /// Checks the schedule.
    ///
    /// # Errors
    /// If the period is zero, a fraction lies outside [0, 1) (1 would prune everything), the target lies
    /// outside (0, 1), or the rounds do not reach it.
    pub fn check(&self) -> Result<()> {
        if self.every == 0 {
            return Err(Error::ZeroPeriod);
        }
        for (name, value) in [
            ("first_fraction", self.first_fraction),
            ("fraction", self.fraction),
        ] {
            if !(0.0..1.0).contains(&value) {
                let range =
                    "[0, 1): a fraction of the weights that remain, 1 would prune everything";
                return Err(Error::OutOfRange { name, value, range });
            }
        }
        let Some(target) = self.target_sparsity else {
            return Ok(());
        };
        if !(target > 0.0 && target < 1.0) {
            return Err(Error::OutOfRange {
                name: "target_sparsity",
                value: target,
                range: "(0, 1): at 1 nothing is left",
            });
        }
        let Some(rounds) = self.rounds else {
            return Ok(());
        };
        let reached = (0..rounds).fold(0.0, |s, round| s + (1.0 - s) * self.planned(round));
        if reached < target - SAME_SPARSITY {
            return Err(Error::TargetOutOfReach {
                rounds,
                reached,
                target,
            });
        }
        Ok(())
    }

    /// The share of the remaining weights to prune at `epoch`, or `None` where nothing is to be pruned.
    ///
    /// `sparsity` is the share pruned so far, in the matrix that the fraction will be applied to.
    pub fn fraction_at(&self, epoch: usize, sparsity: f64) -> Option<f64> {
        self.fraction_of_round(self.round_at(epoch)?, sparsity)
    }

    /// The round at `epoch`, from 0, if one is due.
    pub(crate) fn round_at(&self, epoch: usize) -> Option<usize> {
        let since_first = epoch.checked_sub(self.first_epoch)?;
        let is_due = since_first.checked_rem(self.every)? == 0;
        is_due.then(|| since_first / self.every)
    }

    /// Of the rounds at `epoch` and later, those that tell whether any prunes the weights that there are now: the next; the
    /// one after it, for only the first round has a share of its own; and the last, which ends on the target.
    pub(crate) fn telling_rounds(&self, epoch: usize) -> impl Iterator<Item = usize> {
        let since_first = epoch.saturating_sub(self.first_epoch);
        let next = (self.every > 0).then(|| since_first.div_ceil(self.every));
        let last = self.rounds.and_then(|rounds| rounds.checked_sub(1));
        let last = last.filter(|&last| next.is_some_and(|next| last > next + 1));
        [next, next.map(|next| next + 1), last]
            .into_iter()
            .flatten()
    }

    /// Number of rounds that prune something in a training of epochs 0, 1, …, `epochs` − 1.
    pub fn steps_until(&self, epochs: usize) -> usize {
        let Some(last) = epochs.checked_sub(self.first_epoch + 1) else {
            return 0;
        };
        let offered = last.checked_div(self.every).map_or(0, |n| n + 1);
        self.path(offered).count()
    }

    /// Sparsity after `rounds` rounds, were the weights infinitely many.
    pub fn sparsity_after(&self, rounds: usize) -> f64 {
        self.path(rounds).last().unwrap_or(0.0)
    }

    /// Sparsity after each of the first `rounds` rounds that prunes something.
    fn path(&self, rounds: usize) -> impl Iterator<Item = f64> + '_ {
        (0..rounds)
            .scan(0.0, |sparsity, round| {
                let fraction = self.fraction_of_round(round, *sparsity);
                *sparsity += (1.0 - *sparsity) * fraction.unwrap_or(0.0);
                Some(fraction.map(|_| *sparsity))
            })
            .flatten()
    }

    /// The share of the remaining weights to prune in a round, or `None` where nothing is to be pruned.
    pub(crate) fn fraction_of_round(&self, round: usize, sparsity: f64) -> Option<f64> {
        if self.rounds.is_some_and(|rounds| round >= rounds) {
            return None;
        }
        let planned = self.planned(round);
        let fraction = match self.target_sparsity {
            None => planned,
            Some(target) if sparsity >= target - SAME_SPARSITY => return None,
            Some(target) => {
                let missing = (target - sparsity) / (1.0 - sparsity);
                let is_last = self.rounds == Some(round + 1);
                if is_last {
                    missing
                } else {
                    planned.min(missing)
                }
            }
        };
        (fraction > 0.0).then_some(fraction)
    }

    fn planned(&self, round: usize) -> f64 {
        if round == 0 {
            self.first_fraction
        } else {
            self.fraction
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Mask;

    #[test]
    fn default_is_seventy_then_ten_percent() {
        let schedule = PruneSchedule::default();
        schedule.check().unwrap();
        let at: Vec<usize> = (0..40)
            .filter(|&e| schedule.fraction_at(e, 0.0).is_some())
            .collect();
        assert_eq!(at, [3, 13, 23, 33]);
        assert_eq!(schedule.fraction_at(3, 0.0), Some(0.7));
        assert_eq!(schedule.fraction_at(33, 0.7), Some(0.1));
        assert_eq!(schedule.steps_until(3), 0);
        assert_eq!(schedule.steps_until(4), 1);
        assert_eq!(schedule.steps_until(13), 1);
        assert_eq!(schedule.steps_until(500), 50);
        assert!(schedule.sparsity_after(0).abs() < 1e-15);
        assert!((schedule.sparsity_after(1) - 0.7).abs() < 1e-12);
        assert!((schedule.sparsity_after(20) - 0.959_474).abs() < 1e-6);
    }

    #[test]
    fn stops_at_the_target() {
        let schedule = PruneSchedule {
            target_sparsity: Some(0.75),
            ..PruneSchedule::default()
        };
        schedule.check().unwrap();
        assert_eq!(schedule.fraction_at(13, 0.7), Some(0.1));
        let last = schedule.fraction_at(23, 0.73).unwrap();
        assert!((0.73 + 0.27 * last - 0.75).abs() < 1e-12);
        assert_eq!(schedule.fraction_at(33, 0.75), None);
        assert_eq!(schedule.fraction_at(33, 0.76), None);
        assert_eq!(schedule.steps_until(500), 3);
        assert!((schedule.sparsity_after(9) - 0.75).abs() < 1e-12);
    }

    #[test]
    fn one_shot_prunes_once() {
        let schedule = PruneSchedule::one_shot(50, 0.9);
        schedule.check().unwrap();
        assert_eq!(schedule.fraction_at(50, 0.0), Some(0.9));
        assert_eq!(schedule.fraction_at(51, 0.9), None);
        assert_eq!(schedule.steps_until(1000), 1);
    }

    #[test]
    fn exponential_follows_its_path() {
        let schedule = PruneSchedule::exponential(0, 1, 100, 0.99);
        schedule.check().unwrap();
        for r in [1, 10, 50, 99, 100, 200] {
            let expected = 1.0 - 0.01_f64.powf(f64::from(r.min(100)) / 100.0);
            assert!((schedule.sparsity_after(r as usize) - expected).abs() < 1e-9);
        }
        assert_eq!(schedule.steps_until(1000), 100);
    }

    #[test]
    fn says_what_is_wrong() {
        let with = |change: fn(&mut PruneSchedule)| {
            let mut schedule = PruneSchedule::default();
            change(&mut schedule);
            schedule.check().unwrap_err()
        };
        assert!(matches!(with(|s| s.every = 0), Error::ZeroPeriod));
        let out =
            |e: Error, field: &str| matches!(e, Error::OutOfRange { name, .. } if name == field);
        assert!(out(with(|s| s.first_fraction = 1.0), "first_fraction"));
        assert!(out(with(|s| s.fraction = -0.1), "fraction"));
        assert!(out(with(|s| s.fraction = f64::NAN), "fraction"));
        assert!(out(
            with(|s| s.target_sparsity = Some(1.0)),
            "target_sparsity"
        ));
        assert!(out(
            with(|s| s.target_sparsity = Some(f64::NAN)),
            "target_sparsity"
        ));
        let short = with(|s| {
            s.target_sparsity = Some(0.9);
            s.rounds = Some(2);
        });
        assert!(matches!(short, Error::TargetOutOfReach { rounds: 2, .. }));
        assert!(PruneSchedule::one_shot(0, 1.0).check().is_err());
        for (rounds, target) in [(0, 0.9), (10, 1.0), (10, f64::NAN)] {
            assert!(
                PruneSchedule::exponential(0, 1, rounds, target)
                    .check()
                    .is_err()
            );
        }
    }

    #[test]
    fn a_zero_period_prunes_nothing_instead_of_panicking() {
        let schedule = PruneSchedule {
            every: 0,
            ..PruneSchedule::default()
        };
        assert_eq!(schedule.fraction_at(3, 0.0), None);
        assert_eq!(schedule.steps_until(100), 0);
    }

    #[test]
    fn reads_and_refuses_configuration() {
        let schedule: PruneSchedule =
            serde_json::from_str(r#"{"first_epoch": 10, "every": 20}"#).unwrap();
        assert_eq!((schedule.first_epoch, schedule.every), (10, 20));
        assert!((schedule.fraction - 0.1).abs() < 1e-15);
        assert!(serde_json::from_str::<PruneSchedule>(r#"{"frist_epoch": 10}"#).is_err());
        let written = serde_json::to_string(&schedule).unwrap();
        let read: PruneSchedule = serde_json::from_str(&written).unwrap();
        assert_eq!(read, schedule);
    }

    proptest! {
        #[test]
        fn a_mask_ends_within_half_a_weight_of_the_target(
            target in 0.3..0.95f64, rounds in 1usize..20, entries in 50usize..400,
        ) {
            let schedule = PruneSchedule::exponential(0, 1, rounds, target);
            schedule.check().unwrap();
            let scores = ndarray::Array2::from_shape_fn((1, entries), |(_, j)| j as f64);
            let mut mask = Mask::full(1, entries);
            for epoch in 0..rounds + 5 {
                if let Some(fraction) = schedule.fraction_at(epoch, mask.sparsity()) {
                    mask.prune_lowest(scores.view(), fraction).unwrap();
                }
            }
            let error = (mask.sparsity() - target).abs() * entries as f64;
            prop_assert!(error <= 0.5 + 1e-6, "{error} weights off");
        }

        #[test]
        fn never_passes_the_target(
            target in 0.05..0.95f64, first in 0.0..0.99f64, fraction in 0.0..0.99f64, rounds in 0usize..60,
        ) {
            let schedule = PruneSchedule {
                first_fraction: first, fraction, target_sparsity: Some(target), ..PruneSchedule::default()
            };
            schedule.check().unwrap();
            prop_assert!(schedule.sparsity_after(rounds) <= target + 1e-12);
        }
    }
}
