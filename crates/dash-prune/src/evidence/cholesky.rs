//! Small symmetric systems.

/// Solves M x = b for a symmetric positive definite M (`n × n`, row-major), which is overwritten by its factor.
///
/// A pivot that rounding has made too small is lifted, so that there is always a finite answer.
pub(super) fn solve(m: &mut [f64], b: &[f64]) -> Vec<f64> {
    let n = b.len();
    let largest = (0..n).map(|i| m[i * n + i]).fold(0.0, f64::max);
    let floor = (largest * 1e-14).max(f64::MIN_POSITIVE);
    for i in 0..n {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|t| m[i * n + t] * m[j * n + t]).sum();
            let rest = m[i * n + j] - dot;
            m[i * n + j] = if i == j {
                rest.max(floor).sqrt()
            } else {
                rest / m[j * n + j]
            };
        }
    }
    let mut x = b.to_vec();
    for i in 0..n {
        let dot: f64 = (0..i).map(|t| m[i * n + t] * x[t]).sum();
        x[i] = (x[i] - dot) / m[i * n + i];
    }
    for i in (0..n).rev() {
        let dot: f64 = (i + 1..n).map(|t| m[t * n + i] * x[t]).sum();
        x[i] = (x[i] - dot) / m[i * n + i];
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_a_system_and_survives_a_singular_one() {
        let x = solve(&mut [4.0, 2.0, 2.0, 3.0], &[10.0, 8.0]);
        assert!((x[0] - 1.75).abs() < 1e-12 && (x[1] - 1.5).abs() < 1e-12);
        assert!(
            solve(&mut [1.0, 1.0, 1.0, 1.0], &[1.0, 1.0])
                .iter()
                .all(|v| v.is_finite())
        );
    }
}
