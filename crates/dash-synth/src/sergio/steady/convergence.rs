//! How the scheme converges as the step shrinks.

use ndarray::{Array4, Axis};

use super::*;
use crate::random::{Purpose, standard_normal, stream};
use crate::sergio::testing::chain;

/// Paths, as cell types with the same rates.
const PATHS: usize = 200;
const FINEST: f64 = 0.16 / 64.0;
const STEPS: usize = 64 * 25;

/// The state of all genes at the time 4 on every path, with steps of `FINEST · coarser` that share the Brownian motion.
fn ends(system: &System, normals: &Array4<f64>, coarser: usize) -> Vec<f64> {
    let chunks = normals.axis_chunks_iter(Axis(1), coarser);
    let sums: Vec<_> = chunks
        .map(|chunk| chunk.sum_axis(Axis(1)) / (coarser as f64).sqrt())
        .collect();
    let views: Vec<_> = sums.iter().map(|sum| sum.view()).collect();
    let config = SteadyConfig {
        noise: PerGene::All(0.2),
        dt: FINEST * coarser as f64,
        ..SteadyConfig::default()
    };
    let draws = SteadyDraws {
        normals: ndarray::stack(Axis(1), &views).unwrap(),
        points: vec![vec![STEPS / coarser]; PATHS],
    };
    let trace = trace_steady(system, &config, &draws).unwrap();
    trace.steady.expression.into_raw_vec_and_offset().0
}

#[test]
fn halving_the_step_divides_the_strong_error_by_at_least_root_two() {
    let chain = chain();
    let mut basal = vec![None; 4];
    basal[0] = Some(vec![2.0; PATHS]);
    let system = System::new(chain.genes().clone(), basal, chain.interactions().to_vec()).unwrap();
    let mut rng = stream(1, Purpose::LangevinNoise, 0);
    let normals = Array4::from_shape_simple_fn((4, STEPS, 2, PATHS), || standard_normal(&mut rng));
    let exact = ends(&system, &normals, 1);
    assert!(exact.iter().all(|x| *x > 0.0), "no path was clamped");
    let error = |coarser| {
        let found = ends(&system, &normals, coarser);
        let squares = found.iter().zip(&exact).map(|(a, b)| (a - b).powi(2));
        (squares.sum::<f64>() / found.len() as f64).sqrt()
    };
    let errors = [64, 32, 16, 8].map(error);
    println!("root mean square errors for dt 0.16, 0.08, 0.04, 0.02: {errors:?}");
    for pair in errors.windows(2) {
        let ratio = pair[0] / pair[1];
        // √2 of order ½, 2 of order 1 where the drift dominates; finer reference steps add to both.
        assert!((1.35..2.4).contains(&ratio), "{errors:?}");
    }
}
