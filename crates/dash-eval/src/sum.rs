//! Sums of many terms.

use ndarray::NdFloat;

/// Sum with a running compensation for what rounding loses, so that millions of terms cost no digits.
///
/// # Reference
/// Neumaier, *Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen*, ZAMM 54 (1974).
pub(crate) fn compensated_sum<F: NdFloat>(terms: impl IntoIterator<Item = F>) -> F {
    let (mut sum, mut lost) = (F::zero(), F::zero());
    for term in terms {
        let next = sum + term;
        lost += if sum.abs() >= term.abs() {
            (sum - next) + term
        } else {
            (term - next) + sum
        };
        sum = next;
    }
    sum + lost
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "the sum of integers is exact")]
mod tests {
    use super::*;

    #[test]
    fn small_terms_survive_a_large_one() {
        let terms = std::iter::once(1e16)
            .chain(std::iter::repeat_n(1.0, 1000))
            .chain([-1e16]);
        assert_eq!(compensated_sum(terms), 1000.0);
    }
}
