//! Effects of genes on genes: extracted from a fitted model, and normalised per target.

use ndarray::{Array2, ArrayRef1, ArrayRef2, Axis, NdFloat};

use crate::error::Error;
use crate::sum::compensated_sum;

/// `D = U_Σ·W_Σ + U_Π·W_Π` (k × k, \[target, regulator\]), the effects of a PHOENIX model.
///
/// `u_sum`, `u_prod`: k × m; `w_sum`, `w_prod`: m × k. Pruned weights are exact zeros, and so is every effect that
/// no path of surviving weights carries.
///
/// # Errors
/// [`Error::ShapeMismatch`].
///
/// # Reference
/// The DASH paper, extraction of the network.
pub fn phoenix_effects<F: NdFloat>(
    u_sum: &ArrayRef2<F>,
    w_sum: &ArrayRef2<F>,
    u_prod: &ArrayRef2<F>,
    w_prod: &ArrayRef2<F>,
) -> Result<Array2<F>, Error> {
    same_shape("U_prod", u_prod.dim(), "U_sum", u_sum.dim())?;
    same_shape("W_prod", w_prod.dim(), "W_sum", w_sum.dim())?;
    let (hidden, genes) = w_sum.dim();
    same_shape("U_sum", u_sum.dim(), "W_sum transposed", (genes, hidden))?;
    Ok(u_sum.dot(w_sum) + u_prod.dot(w_prod))
}

/// D̃ (k × k): `D̃_ij = e_ij/Σ_j' |e_ij'|` with `e_ij = ReLU(v_i)·D_ij`, and 0 in a row that is 0.
///
/// `effects` is D (k × k, \[target, regulator\]), `multipliers` is v (length k). The edge j → i exists where
/// `D̃_ij ≠ 0`, and `|D̃_ij|` ranks it. `ReLU(v_i)` cancels unless it is 0.
///
/// # Errors
/// [`Error::NotSquare`], [`Error::LengthMismatch`]; [`Error::NotFinite`] if an entry is infinite or NaN.
///
/// # Reference
/// The DASH paper, extraction of the network.
pub fn normalised_effects<F: NdFloat + Into<f64>>(
    effects: &ArrayRef2<F>,
    multipliers: &ArrayRef1<F>,
) -> Result<Array2<F>, Error> {
    let genes = effects.nrows();
    if multipliers.len() != genes {
        return Err(Error::LengthMismatch {
            left: "the list of gene multipliers",
            left_len: multipliers.len(),
            right: "the list of genes in the effect matrix",
            right_len: genes,
        });
    }
    check_finite(
        "the list of gene multipliers",
        &multipliers.view().insert_axis(Axis(0)),
    )?;
    let mut normalised = normalised_rows(effects)?;
    for (mut row, &multiplier) in normalised.outer_iter_mut().zip(multipliers) {
        if multiplier <= F::zero() {
            row.fill(F::zero());
        }
    }
    Ok(normalised)
}

/// The matrix with every row divided by the sum of its magnitudes; a row that is 0 stays 0.
///
/// With a k × k matrix of true effects it gives T̃, which D̃ is compared with; for a reference without strengths that
/// is ±1 over the number of regulators.
///
/// # Errors
/// [`Error::NotSquare`]; [`Error::NotFinite`] if an entry is infinite or NaN.
pub fn normalised_rows<F: NdFloat + Into<f64>>(effects: &ArrayRef2<F>) -> Result<Array2<F>, Error> {
    let (rows, columns) = effects.dim();
    if rows != columns {
        return Err(Error::NotSquare { rows, columns });
    }
    check_finite("the matrix of effects", effects)?;
    let mut normalised = effects.to_owned();
    for mut row in normalised.outer_iter_mut() {
        let total = compensated_sum(row.iter().map(|effect| effect.abs()));
        if total > F::zero() {
            row.mapv_inplace(|effect| effect / total);
        }
    }
    Ok(normalised)
}

/// ReLU(v)⊙U (k × m): the output weights as the model uses them, every row times its gene multiplier.
///
/// # Errors
/// [`Error::LengthMismatch`].
pub fn relu_scaled<F: NdFloat>(
    multipliers: &ArrayRef1<F>,
    weights: &ArrayRef2<F>,
) -> Result<Array2<F>, Error> {
    if multipliers.len() != weights.nrows() {
        return Err(Error::LengthMismatch {
            left: "the list of gene multipliers",
            left_len: multipliers.len(),
            right: "the list of rows of the weights",
            right_len: weights.nrows(),
        });
    }
    let relu = multipliers.mapv(|multiplier| multiplier.max(F::zero()));
    Ok(weights.to_owned() * relu.insert_axis(Axis(1)))
}

pub(crate) fn same_shape(
    left: &'static str,
    left_shape: (usize, usize),
    right: &'static str,
    right_shape: (usize, usize),
) -> Result<(), Error> {
    if left_shape == right_shape {
        return Ok(());
    }
    Err(Error::ShapeMismatch {
        left,
        left_shape,
        right,
        right_shape,
    })
}

pub(crate) fn check_finite<F: NdFloat + Into<f64>>(
    name: &'static str,
    matrix: &ArrayRef2<F>,
) -> Result<(), Error> {
    match matrix.indexed_iter().find(|(_, value)| !value.is_finite()) {
        None => Ok(()),
        Some(((row, column), &value)) => Err(Error::NotFinite {
            name,
            row,
            column,
            value: value.into(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn a_gene_that_does_not_move_has_no_regulators() {
        let effects = array![[1.0_f32, -3.0, 0.0], [2.0, 2.0, 2.0], [0.0, 0.0, 0.0]];
        let normalised = normalised_effects(&effects, &array![0.1, -1.0, 1.0]).unwrap();
        assert_eq!(
            normalised,
            array![[0.25, -0.75, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
        );
    }

    #[test]
    fn effects_of_two_layers() {
        let (u_sum, u_prod) = (array![[1.0], [0.0]], array![[0.0], [2.0]]);
        let (w_sum, w_prod) = (array![[3.0, 0.0]], array![[-1.0, 5.0]]);
        let effects = phoenix_effects(&u_sum, &w_sum, &u_prod, &w_prod).unwrap();
        assert_eq!(effects, array![[3.0, 0.0], [-2.0, 10.0]]);
        assert!(phoenix_effects(&u_sum, &u_sum, &u_prod, &w_prod).is_err());
    }

    #[test]
    fn bad_input_is_an_error() {
        let effects = array![[0.0, f64::INFINITY], [0.0, 0.0]];
        let error = normalised_effects(&effects, &array![1.0, 1.0]).unwrap_err();
        assert!(matches!(
            error,
            Error::NotFinite {
                row: 0,
                column: 1,
                ..
            }
        ));
        let square = array![[0.0, 1.0], [0.0, 0.0]];
        assert!(normalised_effects(&square, &array![1.0]).is_err());
        assert!(normalised_effects(&square, &array![1.0, f64::NAN]).is_err());
        assert!(normalised_rows(&array![[1.0, 2.0]]).is_err());
        assert!(relu_scaled(&array![1.0], &square).is_err());
    }
}
