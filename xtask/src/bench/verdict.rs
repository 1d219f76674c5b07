//! When a difference between two versions is one.

use super::Quantity;

/// A regression takes at least this much more time.
pub(crate) const MORE_TIME: f64 = 0.05;
/// A regression takes at least this many more instructions. Their count varies by far less, through addresses alone.
pub(crate) const MORE_INSTRUCTIONS: f64 = 0.01;
/// How often a change must exceed the standard error of its estimate.
const ERRORS: f64 = 3.0;
/// Standard deviation of a normal variable in units of its median absolute deviation.
const DEVIATIONS: f64 = 1.4826;
/// Standard error of the median of a normal sample in units of that of its mean, √(π/2).
const MEDIAN: f64 = 1.2533;

/// What measuring two versions in the same rounds says about one workload.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Comparison {
    /// Median over the rounds of new / old, less 1.
    pub(crate) change: f64,
    /// Standard error of `change`, from the spread of the rounds.
    pub(crate) error: f64,
}

/// What a comparison comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Same,
    Faster,
    Slower,
}

impl Comparison {
    /// Compares the values of the same rounds, (old, new).
    pub(crate) fn new(rounds: &[(f64, f64)]) -> Self {
        let mut ratios: Vec<f64> = rounds.iter().map(|(old, new)| (new / old).ln()).collect();
        let middle = median(&mut ratios);
        let mut deviations: Vec<f64> = ratios.iter().map(|r| (r - middle).abs()).collect();
        let spread = DEVIATIONS * median(&mut deviations);
        Self {
            change: middle.exp_m1(),
            error: MEDIAN * spread / (rounds.len() as f64).sqrt(),
        }
    }

    /// Slower or faster where the change exceeds both the threshold of its kind and three standard errors.
    pub(crate) fn verdict(&self, quantity: Quantity) -> Verdict {
        let threshold = match quantity {
            Quantity::Seconds => MORE_TIME,
            Quantity::Instructions => MORE_INSTRUCTIONS,
        };
        // A change to 1 + t and one back to 1/(1 + t) are equally large.
        let size = self.change.ln_1p();
        if size.abs() < threshold.ln_1p() || size.abs() < ERRORS * self.error {
            Verdict::Same
        } else if size > 0.0 {
            Verdict::Slower
        } else {
            Verdict::Faster
        }
    }
}

/// The median, 0 of nothing; sorts.
pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => 0.0,
        n if n % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

/// Standard deviation in units of the median, from the median absolute deviation.
pub(crate) fn relative_spread(values: &[f64]) -> f64 {
    let middle = median(&mut values.to_vec());
    let mut deviations: Vec<f64> = values.iter().map(|v| (v - middle).abs()).collect();
    DEVIATIONS * median(&mut deviations) / middle
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(rounds: &[(f64, f64)]) -> Verdict {
        Comparison::new(rounds).verdict(Quantity::Seconds)
    }

    /// Five rounds of a machine that is up to 40% slower in some of them, and half a percent off in each.
    fn drifting(factor: f64) -> Vec<(f64, f64)> {
        [
            (1.0, 1.003),
            (1.4, 0.995),
            (1.1, 1.0),
            (1.3, 1.005),
            (1.05, 0.998),
        ]
        .map(|(drift, jitter)| (drift, drift * jitter * factor))
        .to_vec()
    }

    #[test]
    fn drift_that_both_share_is_no_difference() {
        assert_eq!(verdict(&drifting(1.0)), Verdict::Same);
        assert_eq!(verdict(&drifting(1.03)), Verdict::Same);
        assert_eq!(verdict(&drifting(1.08)), Verdict::Slower);
        assert_eq!(verdict(&drifting(1.0 / 1.08)), Verdict::Faster);
        assert!((Comparison::new(&drifting(1.08)).change - 0.08).abs() < 1e-9);
    }

    #[test]
    fn a_change_within_the_noise_is_no_difference() {
        let noisy = [(1.0, 0.8), (1.0, 1.4), (1.0, 1.1), (1.0, 0.9), (1.0, 1.3)];
        let comparison = Comparison::new(&noisy);
        assert!(comparison.change > MORE_TIME);
        assert!(comparison.error > 0.05);
        assert_eq!(verdict(&noisy), Verdict::Same);
    }

    #[test]
    fn one_disturbed_round_does_not_matter() {
        let mut rounds = drifting(1.0);
        rounds[2].1 *= 5.0;
        assert_eq!(verdict(&rounds), Verdict::Same);
        let mut rounds = drifting(1.2);
        rounds[2].0 *= 5.0;
        assert_eq!(verdict(&rounds), Verdict::Slower);
    }

    #[test]
    fn instructions_have_a_threshold_of_their_own() {
        let counted = |new| Comparison::new(&[(1000.0, new)]).verdict(Quantity::Instructions);
        assert_eq!(counted(1005.0), Verdict::Same);
        assert_eq!(counted(1011.0), Verdict::Slower);
        assert_eq!(counted(900.0), Verdict::Faster);
    }

    #[test]
    fn medians_and_spreads() {
        assert!((median(&mut [3.0, 1.0, 2.0]) - 2.0).abs() < 1e-15);
        assert!((median(&mut [4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-15);
        assert!(median(&mut []).abs() < 1e-15);
        assert!((relative_spread(&[1.0, 2.0, 3.0]) - 1.4826 / 2.0).abs() < 1e-15);
    }
}
