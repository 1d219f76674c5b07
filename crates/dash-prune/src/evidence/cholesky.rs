//! Small symmetric systems.

use dash_ode::{Kernel, vectorised};
use ndarray::Array2;

/// Solves M x = b for a symmetric positive definite M (`n × n`, of which only the lower half counts).
///
/// A pivot that rounding has made too small is lifted, so that there is always a finite answer.
pub(super) fn solve(m: Array2<f64>, b: &[f64]) -> Vec<f64> {
    let n = b.len();
    let mut m: Vec<f64> = m.into_iter().collect();
    vectorised(Factor { m: &mut m, n });
    let mut x = b.to_vec();
    for i in 0..n {
        let dot: f64 = (0..i).map(|t| m[i * n + t] * x[t]).sum();
        x[i] = (x[i] - dot) / m[i * n + i];
    }
    for i in (0..n).rev() {
        x[i] /= m[i * n + i];
        let (before, rest) = x.split_at_mut(i);
        for (x, &factor) in before.iter_mut().zip(&m[i * n..]) {
            *x -= factor * rest[0];
        }
    }
    x
}

/// Turns the lower half of M into its Cholesky factor, column by column: what remains below is updated row by row, in
/// loops without sums that would have to be taken in order.
struct Factor<'a> {
    m: &'a mut [f64],
    n: usize,
}

impl Kernel for Factor<'_> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        let Self { m, n } = self;
        let largest = (0..n).map(|i| m[i * n + i]).fold(0.0, f64::max);
        let floor = (largest * 1e-14).max(f64::MIN_POSITIVE);
        let mut column = vec![0.0; n];
        for c in 0..n {
            let pivot = m[c * n + c].max(floor).sqrt();
            m[c * n + c] = pivot;
            for i in c + 1..n {
                column[i] = m[i * n + c] / pivot;
                m[i * n + c] = column[i];
                let factor = column[i];
                let rest = m[i * n + c + 1..=i * n + i].iter_mut();
                for (m, l) in rest.zip(&column[c + 1..=i]) {
                    *m -= factor * l;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array1, array};

    use super::*;

    #[test]
    fn solves_a_system_and_survives_a_singular_one() {
        let x = solve(array![[4.0, 2.0], [2.0, 3.0]], &[10.0, 8.0]);
        assert!((x[0] - 1.75).abs() < 1e-12 && (x[1] - 1.5).abs() < 1e-12);
        let x = solve(array![[1.0, 1.0], [1.0, 1.0]], &[1.0, 1.0]);
        assert!(x.iter().all(|v| v.is_finite()));
    }

    #[test]
    fn solves_larger_systems() {
        for n in [1, 5, 40] {
            let a = Array2::from_shape_fn((n + 3, n), |(i, j)| ((i * 7 + j * j) as f64).sin());
            let m = a.t().dot(&a) + Array2::<f64>::eye(n);
            let want = Array1::from_shape_fn(n, |i| (i as f64).cos());
            let b = m.dot(&want);
            let x = solve(m, &b.to_vec());
            for (x, want) in x.iter().zip(&want) {
                assert!((x - want).abs() < 1e-10, "{n}: {x} {want}");
            }
        }
    }
}
