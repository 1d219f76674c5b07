//! Sums that none, one or some of the subsets reach, and far tails.

use approx::assert_relative_eq;

use super::*;
use crate::pathway::{Alternative, Hypergeometric};

const AUTO: TailMethod = TailMethod::Auto;
const BY_MOMENTS: [TailMethod; 3] = [
    TailMethod::Normal,
    TailMethod::PearsonIii,
    TailMethod::Edgeworth,
];

fn tail(scores: &[f64], size: usize, sum: f64, method: TailMethod) -> Tail {
    sum_tails(scores, &[(size, sum)], method).unwrap()[0]
}

#[test]
fn what_no_subset_reaches_is_impossible() {
    for method in [
        AUTO,
        TailMethod::Enumeration,
        TailMethod::ExactNull,
        TailMethod::Saddlepoint,
    ] {
        for (size, sum) in [(2, 100.0), (2, 5.001), (1, 3.5), (3, 6.1)] {
            let found = tail(&[1.0, 2.0, 3.0], size, sum, method);
            assert_eq!((found.p, found.ln_p), (0.0, f64::NEG_INFINITY));
        }
        assert_relative_eq!(tail(&[1.0, 2.0, 3.0], 2, 5.0, method).p, 1.0 / 3.0);
    }
    for method in BY_MOMENTS.into_iter().chain([AUTO]) {
        for (sum, p) in [(1.0, 1.0), (2.0, 1.0), (2.0 + 1e-15, 1.0), (5.0, 0.0)] {
            assert_relative_eq!(tail(&[1.0; 3], 2, sum, method).p, p);
        }
    }
}

#[test]
fn the_largest_sum_is_possible_in_any_order_of_its_scores() {
    // Added to a thousand, each of the small ones is lost; first of all, none is.
    let of_gene = |gene| match gene {
        0..1000 => 0.0,
        1000..60_000 => 5e-14,
        _ => 1.0,
    };
    let scores: Vec<f64> = (0..61_000).map(of_gene).collect();
    let sets = Membership::new(61_000, [(1000..61_000).collect()]).unwrap();
    let found = score_sets(&scores, &sets, AUTO).unwrap()[0];
    let one = Tail::of_ln(-ln_choose(61_000, 1000), TailMethod::Boundary);
    assert_eq!(found.tail, one);
}

#[test]
fn sets_of_more_than_a_quarter_of_all_genes_are_exact() {
    // One score outweighs all others: the sum is this large if its gene is in the set.
    let other = |i: u32| f64::from(i * 7919 % 1009) / 1009.0;
    let scores: Vec<f64> = (0..399).map(other).chain([100.3]).collect();
    let mean = scores[..399].iter().sum::<f64>() / 399.0;
    for size in [100, 101, 130, 200, 270, 300] {
        for more in [20.0, 40.0, 60.0, 80.0] {
            let found = tail(&scores, size, size as f64 * mean + more, AUTO);
            assert_eq!(found.method, TailMethod::ExactNull);
            assert_relative_eq!(found.p, size as f64 / 400.0, max_relative = 1e-7);
        }
    }
}

#[test]
fn a_sum_that_is_no_number_is_an_error() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        for method in BY_MOMENTS.into_iter().chain([AUTO]) {
            let error = sum_tails(&[1.0, 2.0, 3.0], &[(2, 4.0), (2, value)], method);
            let message = error.unwrap_err().to_string();
            assert!(message.starts_with(&format!("the sum at index 1 is {value}")));
        }
    }
}

#[test]
fn a_sum_between_two_points_of_a_lattice_is_the_next_one() {
    let ones: Vec<f64> = (0..2000).map(|i| f64::from(i % 2)).collect();
    let shifted: Vec<f64> = ones.iter().map(|score| score + 0.1).collect();
    let counted = |least| {
        let overlap = Hypergeometric::new(2000, 1000, 500, least).unwrap();
        overlap.p(Alternative::More)
    };
    for (sum, least) in [
        (273.0, 273),
        (273.0 + 1e-13, 273),
        (273.4, 274),
        (273.6, 274),
    ] {
        assert_relative_eq!(
            tail(&ones, 500, sum, AUTO).p,
            counted(least),
            max_relative = 1e-9
        );
        let found = tail(&shifted, 500, sum + 50.0, AUTO);
        assert_eq!(found.method, TailMethod::ExactNull);
        assert_relative_eq!(found.p, counted(least), max_relative = 1e-9);
    }
    // Sets that are small enough to count their subsets.
    for sum in [14.2, 15.0 - 1e-3, 15.0 + 1e-13] {
        assert_eq!(tail(&ones, 20, sum, AUTO), tail(&ones, 20, 15.0, AUTO));
    }
    // The far tail, by a saddlepoint.
    assert_eq!(tail(&ones, 500, 349.2, AUTO), tail(&ones, 500, 350.0, AUTO));
    assert_relative_eq!(
        tail(&ones, 500, 349.2, AUTO).p,
        counted(350),
        max_relative = 0.02
    );
}

#[test]
fn laws_by_moments_keep_their_logarithm() {
    let scores: Vec<f64> = (0..3000)
        .map(|i| f64::from(u8::from(i % 10 == 0)))
        .collect();
    let negated: Vec<f64> = scores.iter().map(|score| -score).collect();
    for scores in [&scores, &negated] {
        let moments = Population::new(scores).unwrap().sum_moments(400).unwrap();
        let at = |z: f64, method| {
            tail(
                scores,
                400,
                moments.mean + z * moments.variance.sqrt(),
                method,
            )
        };
        // mpmath: log(erfc(z/sqrt(2))/2).
        for (z, expected) in [
            (39.0, -765.083_156_564_377_5),
            (40.0, -804.608_442_013_753_8),
            (1000.0, -500_007.826_694_812_2),
        ] {
            let found = at(z, TailMethod::Normal).ln_p;
            assert_relative_eq!(found, expected, max_relative = 1e-12);
        }
        assert!(at(1e200, TailMethod::Normal).ln_p.is_finite());
        let least = -ln_choose(3000, 400);
        for method in BY_MOMENTS {
            let ln_p = |z| at(z, method).ln_p;
            let found = [0.0, 3.0, 6.0, 9.0, 20.0, 38.0, 60.0, 1e4].map(ln_p);
            assert!(found.windows(2).all(|pair| pair[1] <= pair[0]), "{found:?}");
            assert!(found.iter().all(|ln_p| ln_p.is_finite()));
            assert!(method == TailMethod::Normal || found[7] >= least);
        }
    }
}
