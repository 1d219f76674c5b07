//! Pseudo-inverses of wide matrices by their Gram matrix where that is accurate, by singular values elsewhere.
//!
//! `faer` does the dense algebra, always on one thread.
#![expect(
    clippy::needless_pass_by_value,
    reason = "array views are two words and pass by value everywhere"
)]

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::linalg::{matmul, svd};
use faer::{Accum, Mat, MatMut, MatRef, Par, Spec};
use ndarray::{Array2, ArrayView2, Axis};

use crate::{Error, Result, check};

/// Largest condition number (1-norm) of X Xᵀ for which its Cholesky factor is used.
///
/// The error of that route grows with this condition, about 2·10⁻¹⁶ times it: 2·10⁻¹¹ here, which leaves
/// scores good to 10⁻⁹. The route by singular values grows with the condition of X, its square root.
const GRAM_CONDITION: f64 = 1e5;

/// Largest entry below which a matrix counts as zero, since its inverse could overflow.
const ZERO: f64 = 1e-280;

/// `PInv_L`(Xᵀ) = (XXᵀ)⁻¹X, `m × k`, of the matrix `x` = X, `m × k`: the transpose of [`pinv_right`].
///
/// Where X Xᵀ is singular this is the Moore–Penrose pseudo-inverse of Xᵀ. Zero rows of X (dead hidden units)
/// give zero rows. Singular values below max(m, k)·ε times the largest count as zero: that is how far
/// rounding moves them, so smaller ones cannot be told from zero.
///
/// Where X has full row rank the relative error is about 10⁻¹⁶ times the condition number of X, or times
/// its square while that is below 10⁵.
///
/// # Errors
/// If a value is not finite, or the singular value decomposition does not converge.
///
/// # Reference
/// Hossain et al. 2024, Algorithm 1.
pub fn pinv_left(x: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
    by_alive_rows(x, invert)
}

/// The damped pseudo-inverse (XXᵀ + τ²σ₁²)⁻¹X, `m × k`, of the matrix `x` = X, `m × k`, with largest singular value σ₁:
/// [`pinv_left`] with 1/σ replaced by σ/(σ² + τ²σ₁²) for each singular value σ.
///
/// What has singular values below τσ₁ is faded out, so nothing is amplified more than 1/(2τσ₁) times. `tau` = τ > 0.
///
/// # Errors
/// If a value is not finite, or the singular value decomposition does not converge.
///
/// # Reference
/// A. N. Tikhonov, *Solution of incorrectly formulated problems and the regularization method*, 1963.
pub(crate) fn pinv_damped(x: ArrayView2<'_, f64>, tau: f64) -> Result<Array2<f64>> {
    by_alive_rows(x, |rows| {
        let mut inverse = Array2::zeros(rows.dim());
        let (a, out) = (columns(rows), columns_mut(&mut inverse));
        invert_by_singular_values(a, out, |value, largest| {
            value / (value * value + (tau * largest) * (tau * largest))
        })?;
        Ok(inverse)
    })
}

/// Inverts what `x` holds besides zero rows, at a scale near 1; zero rows stay zero.
fn by_alive_rows(
    x: ArrayView2<'_, f64>,
    invert: impl FnOnce(&Array2<f64>) -> Result<Array2<f64>>,
) -> Result<Array2<f64>> {
    check::finite("the matrix to invert", x)?;
    let largest = x.iter().fold(0.0_f64, |largest, v| largest.max(v.abs()));
    let mut inverse = Array2::zeros(x.dim());
    if largest < ZERO {
        return Ok(inverse);
    }
    // A power of two, so that scaling costs no accuracy; it keeps the Gram matrix from over- and underflow.
    let scale = libm::scalbn(1.0, -libm::frexp(largest).1);
    let alive: Vec<usize> = (0..x.nrows())
        .filter(|&i| x.row(i).iter().any(|&v| v != 0.0))
        .collect();
    let rows: Array2<f64> = x
        .select(Axis(0), &alive)
        .as_standard_layout()
        .mapv(|v| v * scale);
    let inverted = invert(&rows)?;
    for (row, &i) in inverted.rows().into_iter().zip(&alive) {
        inverse.row_mut(i).assign(&(&row * scale));
    }
    Ok(inverse)
}

/// `PInv_R`(X) = Xᵀ(XXᵀ)⁻¹, `k × m`, of the matrix `x` = X, `m × k`: its Moore–Penrose pseudo-inverse.
///
/// Tolerance, accuracy and errors are those of [`pinv_left`].
///
/// # Errors
/// If a value is not finite, or the singular value decomposition does not converge.
///
/// # Reference
/// Hossain et al. 2024, Algorithm 1.
pub fn pinv_right(x: ArrayView2<'_, f64>) -> Result<Array2<f64>> {
    Ok(pinv_left(x)?.t().as_standard_layout().into_owned())
}

fn invert(x: &Array2<f64>) -> Result<Array2<f64>> {
    let mut inverse = Array2::zeros(x.dim());
    let (a, out) = (columns(x), columns_mut(&mut inverse));
    if let Some(gram) = gram_inverse(a) {
        matmul::matmul(out, Accum::Replace, a, gram.as_ref(), 1.0, Par::Seq);
    } else {
        let tolerance = a.nrows().max(a.ncols()) as f64 * f64::EPSILON;
        invert_by_singular_values(a, out, |value, largest| {
            if value > tolerance * largest {
                value.recip()
            } else {
                0.0
            }
        })?;
    }
    Ok(inverse)
}

/// Row-major m × k is column-major k × m: A = Xᵀ without a copy.
fn columns(x: &Array2<f64>) -> MatRef<'_, f64> {
    let flat = x.as_slice().expect("standard layout, made by the caller");
    MatRef::from_column_major_slice(flat, x.ncols(), x.nrows())
}

fn columns_mut(x: &mut Array2<f64>) -> MatMut<'_, f64> {
    let (m, k) = x.dim();
    let flat = x.as_slice_mut().expect("new arrays are contiguous");
    MatMut::from_column_major_slice_mut(flat, k, m)
}

/// (AᵀA)⁻¹, or `None` where it is too ill-conditioned to use.
fn gram_inverse(a: MatRef<'_, f64>) -> Option<Mat<f64>> {
    let (k, m) = a.shape();
    if m > k {
        return None;
    }
    let mut gram = Mat::zeros(m, m);
    triangular::matmul(
        gram.as_mut(),
        BlockStructure::TriangularLower,
        Accum::Replace,
        a.transpose(),
        BlockStructure::Rectangular,
        a,
        BlockStructure::Rectangular,
        1.0,
        Par::Seq,
    );
    mirror_lower(&mut gram);
    let mut factor = gram.clone();
    let scratch = llt::factor::cholesky_in_place_scratch::<f64>(m, Par::Seq, Spec::default())
        .or(llt::inverse::inverse_scratch::<f64>(m, Par::Seq));
    let mut memory = MemBuffer::new(scratch);
    llt::factor::cholesky_in_place(
        factor.as_mut(),
        llt::factor::LltRegularization::default(),
        Par::Seq,
        MemStack::new(&mut memory),
        Spec::default(),
    )
    .ok()?;
    let mut inverse = Mat::zeros(m, m);
    llt::inverse::inverse(
        inverse.as_mut(),
        factor.as_ref(),
        Par::Seq,
        MemStack::new(&mut memory),
    );
    mirror_lower(&mut inverse);
    (one_norm(&gram) * one_norm(&inverse) <= GRAM_CONDITION).then_some(inverse)
}

/// With A = U S Vᵀ: out = U S⁺ Vᵀ, where S⁺ holds `reciprocal(σ, σ₁)` for each singular value σ, the largest being σ₁.
fn invert_by_singular_values(
    a: MatRef<'_, f64>,
    out: MatMut<'_, f64>,
    reciprocal: impl Fn(f64, f64) -> f64,
) -> Result<()> {
    let (k, m) = a.shape();
    let rank = k.min(m);
    let (mut u, mut v) = (Mat::zeros(k, rank), Mat::zeros(m, rank));
    let mut singular = Diag::zeros(rank);
    let thin = svd::ComputeSvdVectors::Thin;
    let scratch = svd::svd_scratch::<f64>(k, m, thin, thin, Par::Seq, Spec::default());
    svd::svd(
        a,
        singular.as_mut(),
        Some(u.as_mut()),
        Some(v.as_mut()),
        Par::Seq,
        MemStack::new(&mut MemBuffer::new(scratch)),
        Spec::default(),
    )
    .map_err(|_| Error::NoConvergence {
        rows: m,
        columns: k,
    })?;
    for j in 0..rank {
        let inverse = reciprocal(singular[j], singular[0]);
        for i in 0..k {
            u[(i, j)] *= inverse;
        }
    }
    matmul::matmul(
        out,
        Accum::Replace,
        u.as_ref(),
        v.transpose(),
        1.0,
        Par::Seq,
    );
    Ok(())
}

fn mirror_lower(matrix: &mut Mat<f64>) {
    for j in 0..matrix.ncols() {
        for i in 0..j {
            matrix[(i, j)] = matrix[(j, i)];
        }
    }
}

fn one_norm(matrix: &Mat<f64>) -> f64 {
    (0..matrix.ncols())
        .map(|j| (0..matrix.nrows()).map(|i| matrix[(i, j)].abs()).sum())
        .fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use ndarray::{array, s};
    use proptest::prelude::*;

    use super::*;
    use crate::random;

    fn norm(x: &Array2<f64>) -> f64 {
        x.iter().fold(0.0, |sum, v| sum + v * v).sqrt()
    }

    /// An orthogonal matrix: a Householder reflection.
    fn reflection(size: usize, seed: u64) -> Array2<f64> {
        let v = random(size, 1, seed) - 0.3;
        Array2::eye(size) - v.dot(&v.t()) * (2.0 / norm(&v).powi(2))
    }

    /// A matrix whose singular values are graded down to 1 / `condition`, with its exact left inverse.
    fn graded(m: usize, k: usize, condition: f64) -> (Array2<f64>, Array2<f64>) {
        let u = reflection(m, 1);
        let v = reflection(k, 2).slice_move(s![..m, ..]);
        let values = Array2::from_shape_fn((m, 1), |(i, _)| {
            condition.powf(-(i as f64) / (m - 1) as f64)
        });
        (u.dot(&(&v * &values)), u.dot(&(&v / &values)))
    }

    fn relative_error(found: &Array2<f64>, expected: &Array2<f64>) -> f64 {
        norm(&(found - expected)) / norm(expected)
    }

    #[test]
    fn a_condition_of_twenty_keeps_twelve_digits() {
        let (x, expected) = graded(5, 12, 20.0);
        let rows = MatRef::from_column_major_slice(x.as_slice().unwrap(), 12, 5);
        assert!(gram_inverse(rows).is_some(), "this is the fast route");
        assert!(relative_error(&pinv_left(x.view()).unwrap(), &expected) < 1e-12);
    }

    #[test]
    fn accuracy_falls_with_the_condition_not_its_square() {
        for condition in [1e3, 1e5, 1e7] {
            let (x, expected) = graded(20, 90, condition);
            let error = relative_error(&pinv_left(x.view()).unwrap(), &expected);
            assert!(error < 1e-15 * condition, "{error} at {condition}");
        }
    }

    #[test]
    fn dead_and_doubled_rows_stay_finite() {
        let x = array![
            [0.0, 0.0, 0.0, 0.0],
            [1.0, 2.0, 0.0, 1.0],
            [1.0, 2.0, 0.0, 1.0]
        ];
        let left = pinv_left(x.view()).unwrap();
        let expected = &x / 12.0;
        assert!(norm(&(&left - &expected)) < 1e-15);
        assert!(left.row(0).iter().all(|&v| v == 0.0));
        assert_eq!(pinv_right(x.view()).unwrap(), left.t());
        let zeros = Array2::<f64>::zeros((2, 3));
        assert_eq!(pinv_left(zeros.view()).unwrap(), zeros);
        assert_eq!(
            pinv_left(Array2::zeros((0, 3)).view()).unwrap().dim(),
            (0, 3)
        );
    }

    #[test]
    fn damping_fades_out_small_singular_values_and_leaves_large_ones() {
        let tau = 0.1;
        let (x, _) = graded(6, 15, 1e6);
        let damped = pinv_damped(x.view(), tau).unwrap();
        // By the definition, with σ₁ = 1.
        let gram = x.dot(&x.t()) + Array2::<f64>::eye(6) * (tau * tau);
        assert!(relative_error(&gram.dot(&damped), &x) < 1e-12);
        assert!(norm(&damped) < 6.0_f64.sqrt() / (2.0 * tau));
        let exact = pinv_left(x.view()).unwrap();
        let tiny = pinv_damped(x.view(), 1e-11).unwrap();
        assert!(relative_error(&tiny, &exact) < 1e-8);
        let zeros = Array2::<f64>::zeros((2, 3));
        assert_eq!(pinv_damped(zeros.view(), tau).unwrap(), zeros);
    }

    #[test]
    fn scale_does_not_overflow() {
        let (x, expected) = graded(4, 9, 50.0);
        for power in [-900, 900] {
            let scale = libm::scalbn(1.0, power);
            let found = pinv_left((&x * scale).view()).unwrap() * scale;
            assert!(relative_error(&found, &expected) < 1e-12);
        }
        let tiny = pinv_left((&x * 1e-300).view()).unwrap();
        assert!(tiny.iter().all(|&v| v == 0.0));
    }

    #[test]
    fn refuses_what_is_not_finite() {
        for bad in [f64::NAN, f64::INFINITY] {
            let error = pinv_right(array![[1.0, 2.0], [bad, 0.0]].view()).unwrap_err();
            assert!(matches!(
                error,
                Error::NonFinite {
                    row: 1,
                    column: 0,
                    ..
                }
            ));
        }
    }

    #[test]
    fn same_bits_wherever_memory_lies() {
        for (m, k, condition) in [(40, 350, 20.0), (40, 350, 1e6), (7, 33, 3.0)] {
            let (x, _) = graded(m, k, condition);
            let expected = pinv_left(x.view()).unwrap();
            let mut holes = Vec::new();
            for i in 0..40 {
                holes.push(vec![0.0; 2 * i + 3]);
                assert_eq!(pinv_left(x.view()).unwrap(), expected);
            }
        }
    }

    proptest! {
        #[test]
        fn is_the_moore_penrose_inverse(
            (x, zero) in (1usize..7, 1usize..10).prop_flat_map(|(m, k)| (
                prop::collection::vec(-2i8..3, m * k)
                    .prop_map(move |v| Array2::from_shape_vec((m, k), v).unwrap().mapv(f64::from)),
                prop::option::of(0..m),
            ))
        ) {
            let mut x = x;
            if let Some(row) = zero {
                x.row_mut(row).fill(0.0);
            }
            let inverse = pinv_right(x.view()).unwrap();
            let (range, corange) = (x.dot(&inverse), inverse.dot(&x));
            prop_assert!(norm(&(range.dot(&x) - &x)) < 1e-11 * (1.0 + norm(&x)));
            prop_assert!(norm(&(corange.dot(&inverse) - &inverse)) < 1e-11 * (1.0 + norm(&inverse)));
            prop_assert!(norm(&(&range - &range.t())) < 1e-11);
            prop_assert!(norm(&(&corange - &corange.t())) < 1e-11);
            if let Some(row) = zero {
                prop_assert!(inverse.column(row).iter().all(|&v| v == 0.0));
            }
        }
    }
}
