//! The gene–gene prior that follows from P alone.

use crate::prior_matrix::PriorMatrix;

/// Co-regulation, C = |P|ᵀ|P| (k × k, symmetric): `C_ij` weighs the targets that regulators i and j share.
///
/// For a P of entries ±1, `C_ij` counts these targets, and `C_ii` is the out-degree of gene i.
///
/// # Reference
/// Hossain et al. 2024, experiments on simulated data: C = A Aᵀ, with A indexed [regulator, target] as in the files.
pub fn co_regulation(p: &PriorMatrix) -> PriorMatrix {
    let k = p.dim();
    let by_regulator = p.transpose();
    let mut shared = vec![0.0; k];
    let mut seen = vec![false; k];
    let mut entries = Vec::new();
    for regulator in 0..k {
        let mut partners = Vec::new();
        let (targets, values) = by_regulator.row(regulator);
        for (&target, &value) in targets.iter().zip(values) {
            let (others, other_values) = p.row(target);
            for (&other, &other_value) in others.iter().zip(other_values) {
                if !seen[other] {
                    seen[other] = true;
                    partners.push(other);
                }
                shared[other] += (value * other_value).abs();
            }
        }
        partners.sort_unstable();
        for &other in &partners {
            entries.push((regulator, other, shared[other]));
            shared[other] = 0.0;
            seen[other] = false;
        }
    }
    PriorMatrix::by_counting(k, entries.into_iter())
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn it_counts_shared_targets() {
        // Regulators 0 and 1 share target 2; regulator 0 has target 3 alone.
        let p = PriorMatrix::from_triplets(4, [(2, 0, 1.0), (2, 1, -1.0), (3, 0, -1.0)]).unwrap();
        let mut expected = Array2::zeros((4, 4));
        expected
            .slice_mut(ndarray::s![..2, ..2])
            .assign(&array![[2.0, 1.0], [1.0, 1.0]]);
        assert_eq!(co_regulation(&p).to_dense(), expected);
    }

    proptest! {
        #[test]
        fn it_equals_the_dense_product(flat in prop::collection::vec(prop_oneof![Just(0.0), -2.0..2.0f64], 36)) {
            let dense = Array2::from_shape_vec((6, 6), flat).unwrap();
            let c = co_regulation(&PriorMatrix::from_dense(dense.view()).unwrap());
            let positive = dense.mapv(f64::abs);
            let expected = positive.t().dot(&positive);
            prop_assert!(c.to_dense().iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-12));
            prop_assert_eq!(&c, &c.transpose());
        }
    }
}
