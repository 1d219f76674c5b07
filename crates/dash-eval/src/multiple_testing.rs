//! p-values adjusted for the number of tests.

use serde::{Deserialize, Serialize};

use crate::error::Error;

/// How p-values are adjusted for the number of tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Adjustment {
    /// min(1, m·p): bounds the chance of any false discovery.
    Bonferroni,
    /// Holm's step-down method: the same bound, never less powerful.
    Holm,
    /// Benjamini and Hochberg: bounds the false discovery rate of independent tests.
    BenjaminiHochberg,
    /// Benjamini and Yekutieli: bounds the false discovery rate under any dependence.
    BenjaminiYekutieli,
}

/// The p-values adjusted for the number of tests m, in the order given.
///
/// A NaN is not a test: it does not count in m and stays NaN.
///
/// # Errors
/// [`Error::PValue`] if a value lies outside of \[0, 1\].
///
/// # Reference
/// Holm, Scand. J. Stat. 6 (1979); Benjamini & Hochberg, J. R. Stat. Soc. B 57 (1995); Benjamini & Yekutieli, Ann.
/// Stat. 29 (2001).
pub fn adjust(p_values: &[f64], method: Adjustment) -> Result<Vec<f64>, Error> {
    if let Some(index) = p_values
        .iter()
        .position(|p| !p.is_nan() && !(0.0..=1.0).contains(p))
    {
        return Err(Error::PValue {
            index,
            value: p_values[index],
        });
    }
    let mut tests: Vec<usize> = (0..p_values.len())
        .filter(|&index| !p_values[index].is_nan())
        .collect();
    tests.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let sorted: Vec<f64> = tests.iter().map(|&index| p_values[index]).collect();
    let m = sorted.len() as f64;
    let values: Vec<f64> = match method {
        Adjustment::Bonferroni => sorted.iter().map(|p| m * p).collect(),
        Adjustment::Holm => step_down(&sorted),
        Adjustment::BenjaminiHochberg => step_up(&sorted, 1.0),
        Adjustment::BenjaminiYekutieli => step_up(
            &sorted,
            (1..=sorted.len()).rev().map(|i| 1.0 / i as f64).sum(),
        ),
    };
    let mut adjusted = vec![f64::NAN; p_values.len()];
    for (index, value) in tests.into_iter().zip(values) {
        adjusted[index] = value.min(1.0);
    }
    Ok(adjusted)
}

/// The smallest number of permutations B with which one of `tests` sets can pass Bonferroni at level `alpha`, given
/// p = (b + 1)/(B + 1).
///
/// # Errors
/// [`Error::SignificanceLevel`] if `alpha` is not in (0, 1\].
pub fn fewest_permutations(tests: u64, alpha: f64) -> Result<u64, Error> {
    if !(alpha > 0.0 && alpha <= 1.0) {
        return Err(Error::SignificanceLevel { value: alpha });
    }
    Ok(((tests as f64 / alpha).ceil() as u64).saturating_sub(1))
}

/// Running maximum of (m − i)·p₍ᵢ₎ over ascending p-values, i from 0.
fn step_down(sorted: &[f64]) -> Vec<f64> {
    let mut largest = 0.0_f64;
    let scaled = sorted
        .iter()
        .enumerate()
        .map(|(i, p)| (sorted.len() - i) as f64 * p);
    scaled
        .map(|value| {
            largest = largest.max(value);
            largest
        })
        .collect()
}

/// Running minimum of factor·m·p₍ᵢ₎/(i + 1) over ascending p-values, from the last one.
fn step_up(sorted: &[f64], factor: f64) -> Vec<f64> {
    let m = sorted.len() as f64;
    let mut values: Vec<f64> = sorted
        .iter()
        .enumerate()
        .map(|(i, p)| factor * m / (i + 1) as f64 * p)
        .collect();
    for i in (1..values.len()).rev() {
        values[i - 1] = values[i - 1].min(values[i]);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_permutations_cannot_pass_sixteen_hundred_tests() {
        assert_eq!(fewest_permutations(1600, 0.05), Ok(31_999));
        assert_eq!(fewest_permutations(0, 0.05), Ok(0));
        assert!(fewest_permutations(10, 0.0).is_err());
        assert!(fewest_permutations(10, f64::NAN).is_err());
    }

    #[test]
    fn methods_order_as_their_strictness() {
        let p = [0.001, 0.02, 0.02, 0.3, 0.9];
        let adjusted = |method| adjust(&p, method).unwrap();
        let (bonferroni, holm) = (adjusted(Adjustment::Bonferroni), adjusted(Adjustment::Holm));
        let (bh, by) = (
            adjusted(Adjustment::BenjaminiHochberg),
            adjusted(Adjustment::BenjaminiYekutieli),
        );
        for i in 0..p.len() {
            assert!(
                p[i] <= bh[i] && bh[i] <= holm[i] && holm[i] <= bonferroni[i] && bh[i] <= by[i]
            );
        }
    }
}
