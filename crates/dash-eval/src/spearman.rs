//! Rank correlation.

use crate::metric::{Metric, Undefined};
use crate::order::key;
use crate::sum::compensated_sum;

/// Spearman's correlation of two lists of equal length without NaN; ties have their mean rank.
pub(crate) fn spearman(x: &[f64], y: &[f64]) -> Metric {
    let centre = f64::midpoint(x.len() as f64, 1.0);
    let centred = |values| {
        midranks(values)
            .into_iter()
            .map(|rank| rank - centre)
            .collect::<Vec<_>>()
    };
    let (x, y) = (centred(x), centred(y));
    let dot = |a: &[f64], b: &[f64]| compensated_sum(a.iter().zip(b).map(|(a, b)| a * b));
    let (xx, yy) = (dot(&x, &x), dot(&y, &y));
    if xx == 0.0 || yy == 0.0 {
        return Err(Undefined::ZeroVariance);
    }
    Ok(dot(&x, &y) / (xx * yy).sqrt())
}

/// Ranks from 1; ties have their mean rank.
fn midranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut below = 0;
    for tied in order.chunk_by(|&a, &b| key(values[a]) == key(values[b])) {
        for &index in tied {
            ranks[index] = below as f64 + f64::midpoint(tied.len() as f64, 1.0);
        }
        below += tied.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_have_their_mean_rank() {
        assert_eq!(
            midranks(&[3.0, -0.0, 0.0, 3.0, 1.0]),
            [4.5, 1.5, 1.5, 4.5, 3.0]
        );
    }

    #[test]
    fn monotone_lists_correlate_fully() {
        assert_eq!(spearman(&[1.0, 2.0, 9.0], &[0.1, 0.2, 0.3]), Ok(1.0));
        assert_eq!(spearman(&[1.0, 2.0, 9.0], &[3.0, 2.0, 1.0]), Ok(-1.0));
        assert_eq!(spearman(&[], &[]), Err(Undefined::ZeroVariance));
        assert_eq!(
            spearman(&[1.0, 1.0], &[3.0, 2.0]),
            Err(Undefined::ZeroVariance)
        );
    }
}
