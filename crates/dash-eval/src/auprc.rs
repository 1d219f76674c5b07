//! Areas under the precision–recall curve.

use crate::metric::{Metric, Undefined};
use crate::ranking::{Ranking, TieGroup};
use crate::special::minus_ln_1p;
use crate::sum::compensated_sum;

impl Ranking {
    /// Average precision, Σ (tp − tp before)/P · tp/(tp + fp) over the tie groups: the default AUPRC.
    ///
    /// Without a negative it is 1.
    ///
    /// # Errors
    /// [`Undefined`] without a positive.
    ///
    /// # Reference
    /// `average_precision_score` of scikit-learn.
    pub fn average_precision(&self) -> Metric {
        self.area(|group| {
            let steps = (group.through.tp - group.before.tp) as f64;
            steps * group.through.tp as f64 / group.through.total() as f64
        })
    }

    /// AUPRC with the interpolation of Davis and Goadrich: between two thresholds false positives grow in proportion
    /// to true ones, in unit steps of the latter, and the steps are joined by straight lines.
    ///
    /// # Errors
    /// [`Undefined`] without a positive.
    ///
    /// # Reference
    /// Davis & Goadrich, *The relationship between precision-recall and ROC curves*, ICML 2006; `auc.davis.goadrich`
    /// of PRROC.
    pub fn auprc_davis_goadrich(&self) -> Metric {
        self.area(davis_goadrich)
    }

    /// AUPRC with the interpolation of Davis and Goadrich, integrated instead of summed over unit steps.
    ///
    /// # Errors
    /// [`Undefined`] without a positive.
    ///
    /// # Reference
    /// Keilwagen, Grosse & Grau, *Area under precision-recall curves for weighted and unweighted data*, `PLoS` ONE
    /// 9:e92209 (2014); `auc.integral` of PRROC.
    pub fn auprc_continuous(&self) -> Metric {
        self.area(continuous)
    }

    /// Area under straight lines between the thresholds in the precision–recall plane, from recall 0 and precision 1.
    ///
    /// BIASED: with ties it rewards knowing nothing. An estimate without edges has (1 + π)/2 for the prevalence π. Here
    /// only to reproduce published numbers that were made this way (BEELINE 2026).
    ///
    /// # Errors
    /// [`Undefined`] without a positive.
    pub fn auprc_trapezoid_biased(&self) -> Metric {
        self.area(trapezoid)
    }

    /// Sum over the tie groups of an area in units of 1/P.
    fn area(&self, of_group: impl Fn(&TieGroup) -> f64) -> Metric {
        if self.positives() == 0 {
            return Err(Undefined::NoPositives);
        }
        Ok(compensated_sum(self.groups().iter().map(of_group)) / self.positives() as f64)
    }
}

fn davis_goadrich(group: &TieGroup) -> f64 {
    let (before, through) = (group.before, group.through);
    let steps = through.tp - before.tp;
    let slope = (through.fp - before.fp) as f64 / steps as f64;
    let precision = |step: u64| {
        let tp = (before.tp + step) as f64;
        tp / (tp + before.fp as f64 + slope * step as f64)
    };
    if before.total() == 0 {
        // The curve starts at 0/0; its precision is the same from the first step on.
        return steps as f64 * precision(steps);
    }
    let ends = f64::midpoint(precision(0), precision(steps));
    ends + compensated_sum((1..steps).map(precision))
}

/// ∫ (tp₀ + x)/(n₀ + a·x) dx from 0 to Δtp, with n₀ = tp₀ + fp₀ and a = 1 + Δfp/Δtp.
///
/// Written as n₀/a² · \[(u − ln(1 + u)) + a·tp₀/n₀ · ln(1 + u)\], u = a·Δtp/n₀: no term cancels another.
fn continuous(group: &TieGroup) -> f64 {
    let (before, through) = (group.before, group.through);
    let steps = (through.tp - before.tp) as f64;
    let slope = (through.total() - before.total()) as f64 / steps;
    if before.total() == 0 {
        return steps / slope;
    }
    let n = before.total() as f64;
    let u = slope * steps / n;
    n / (slope * slope) * (minus_ln_1p(u) + slope * before.tp as f64 / n * u.ln_1p())
}

fn trapezoid(group: &TieGroup) -> f64 {
    let (before, through) = (group.before, group.through);
    let start = if before.total() == 0 {
        1.0
    } else {
        before.tp as f64 / before.total() as f64
    };
    let end = through.tp as f64 / through.total() as f64;
    (through.tp - before.tp) as f64 * f64::midpoint(start, end)
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    fn ranking(groups: &[(u64, u64)]) -> Ranking {
        Ranking::from_groups(
            groups
                .iter()
                .rev()
                .enumerate()
                .map(|(i, &(p, n))| (-(i as f64), p, n)),
        )
    }

    #[test]
    fn an_empty_network_has_the_prevalence_but_for_the_trapezoid() {
        let empty = ranking(&[(3, 97)]);
        for area in [
            empty.average_precision(),
            empty.auprc_davis_goadrich(),
            empty.auprc_continuous(),
        ] {
            assert_relative_eq!(area.unwrap(), 0.03, max_relative = 1e-15);
        }
        assert_relative_eq!(
            empty.auprc_trapezoid_biased().unwrap(),
            0.515,
            max_relative = 1e-15
        );
    }

    #[test]
    fn the_continuous_area_keeps_its_digits_far_down_the_list() {
        // One positive below a hundred million negatives: ∫ x/(n + x) dx = 1 − n·ln(1 + 1/n) ≈ 1/(2n) − 1/(3n²).
        let n = 1e8;
        let last = ranking(&[(1, 0), (0, 100_000_000)]);
        assert_relative_eq!(
            last.auprc_continuous().unwrap(),
            1.0 / (2.0 * n) - 1.0 / (3.0 * n * n),
            max_relative = 1e-14
        );
    }

    #[test]
    fn without_a_positive_there_is_no_area() {
        let none = ranking(&[(0, 5)]);
        assert_eq!(none.average_precision(), Err(Undefined::NoPositives));
        assert_eq!(none.auprc_davis_goadrich(), Err(Undefined::NoPositives));
        assert_eq!(none.auprc_continuous(), Err(Undefined::NoPositives));
        assert_eq!(none.auprc_trapezoid_biased(), Err(Undefined::NoPositives));
    }
}
