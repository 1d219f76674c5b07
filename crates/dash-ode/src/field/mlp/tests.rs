//! The field against its formula.

use super::*;
use crate::{Error, VectorField as _, effects};

#[test]
fn a_deep_field_is_the_formula() {
    let (genes, hidden) = (5, [4, 9, 3]);
    let field = Mlp::<f64>::deep(genes, &hidden).unwrap();
    let parameters = field.initialise(3);
    let names: Vec<&str> = parameters
        .layout()
        .blocks()
        .iter()
        .map(|b| b.name)
        .collect();
    let expected = NAMES[..4].iter().flat_map(|&(a, b)| [a, b]);
    assert!(names.into_iter().eq(expected));

    let x = Array2::from_shape_fn((genes, 2), |(i, row)| (i as f64 - 2.0 * row as f64).sin());
    let mut h = x.clone();
    for (l, (weights, bias)) in NAMES[..4].iter().enumerate() {
        h = parameters.matrix(weights).unwrap().dot(&h) + parameters.matrix(bias).unwrap();
        if l < 3 {
            h.mapv_inplace(|v| if v > 0.0 { v } else { v.exp_m1() });
        }
    }
    let wanted = (h - &x).reversed_axes();

    let mut field = Mlp::with_parameters(&parameters).unwrap();
    assert_eq!(field.hidden(), hidden);
    let rows: Vec<f64> = x.t().iter().copied().collect();
    let mut found = vec![0.0; rows.len()];
    field.eval(&rows, &mut found);
    for (f, w) in found.iter().zip(&wanted) {
        assert!((f - w).abs() < 1e-14, "{f} for {w}");
    }
    let [a1, a2, a3, a4] = ["a1", "a2", "a3", "a4"].map(|a| parameters.matrix(a).unwrap());
    let product = a4.dot(&a3).dot(&a2).dot(&a1);
    let difference = effects(&parameters) - product;
    assert!(difference.iter().all(|d| d.abs() < 1e-15));
}

#[test]
fn sizes_out_of_range_are_refused() {
    for (genes, hidden) in [
        (0, vec![3]),
        (4, vec![]),
        (4, vec![3, 0]),
        (4, vec![3, 3, 3, 3, 3]),
    ] {
        let error = Mlp::<f32>::deep(genes, &hidden).unwrap_err();
        assert!(matches!(error, Error::Setting { .. }), "{error}");
    }
    let phoenix = crate::Phoenix::<f64>::new(4, 2).unwrap().initialise(1);
    assert!(Mlp::with_parameters(&phoenix).is_err());
}
