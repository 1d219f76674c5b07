//! The Dormand–Prince 5(4) pair.
//!
//! ```text
//!  0   |
//!  1/5 | 1/5
//! 3/10 | 3/40         9/40
//!  4/5 | 44/45       −56/15       32/9
//!  8/9 | 19372/6561  −25360/2187  64448/6561  −212/729
//!   1  | 9017/3168   −355/33      46732/5247   49/176   −5103/18656
//!   1  | 35/384       0           500/1113     125/192  −2187/6784    11/84
//! ```
//! The last row is also the fifth-order result, so its slope is the first one of the next step.
//!
//! # Reference
//! J. R. Dormand & P. J. Prince, J. Comput. Appl. Math. 6 (1980) 19–26.

/// Stages, the one shared with the next step included.
pub(crate) const STAGES: usize = 7;

/// Row s holds the coefficients of stage s + 1 on the slopes before it.
pub(crate) const A: [[f64; STAGES - 1]; STAGES] = [
    [0.0; 6],
    [1.0 / 5.0, 0.0, 0.0, 0.0, 0.0, 0.0],
    [3.0 / 40.0, 9.0 / 40.0, 0.0, 0.0, 0.0, 0.0],
    [44.0 / 45.0, -56.0 / 15.0, 32.0 / 9.0, 0.0, 0.0, 0.0],
    [
        19372.0 / 6561.0,
        -25360.0 / 2187.0,
        64448.0 / 6561.0,
        -212.0 / 729.0,
        0.0,
        0.0,
    ],
    [
        9017.0 / 3168.0,
        -355.0 / 33.0,
        46732.0 / 5247.0,
        49.0 / 176.0,
        -5103.0 / 18656.0,
        0.0,
    ],
    B,
];

/// Weights of the fifth-order result; the seventh is zero.
pub(crate) const B: [f64; STAGES - 1] = [
    35.0 / 384.0,
    0.0,
    500.0 / 1113.0,
    125.0 / 192.0,
    -2187.0 / 6784.0,
    11.0 / 84.0,
];

/// Fifth-order minus fourth-order weights.
pub(crate) const ERROR: [f64; STAGES] = [
    71.0 / 57600.0,
    0.0,
    -71.0 / 16695.0,
    71.0 / 1920.0,
    -17253.0 / 339_200.0,
    22.0 / 525.0,
    -1.0 / 40.0,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_conditions_hold_up_to_three() {
        let c: Vec<f64> = A.iter().map(|row| row.iter().sum()).collect();
        let moment = |p: i32| B.iter().zip(&c).map(|(b, c)| b * c.powi(p)).sum::<f64>();
        for p in 0..5 {
            assert!(
                (moment(p) - 1.0 / f64::from(p + 1)).abs() < 1e-14,
                "order {p}"
            );
        }
        let chained: f64 = (0..6)
            .map(|i| B[i] * (0..6).map(|j| A[i][j] * c[j]).sum::<f64>())
            .sum();
        assert!((chained - 1.0 / 6.0).abs() < 1e-14);
        assert!(ERROR.iter().sum::<f64>().abs() < 1e-15);
    }
}
