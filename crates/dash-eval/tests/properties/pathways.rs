//! Laws of pathway tests that hold for every input.

use approx::assert_relative_eq;
use dash_eval::{
    Adjustment, Alternative, Hypergeometric, Membership, Permutations, Side, TailMethod, adjust,
    enrichment, score_sets, sum_tails,
};
use proptest::prelude::*;

/// Scores with ties and zeros, and a set of some of them.
fn scored_set() -> impl Strategy<Value = (Vec<f64>, Vec<usize>)> {
    let scores = proptest::collection::vec(prop_oneof![1 => Just(0_i16), 2 => -40_i16..=40], 8..24);
    scores.prop_flat_map(|scores| {
        let places: Vec<usize> = (0..scores.len()).collect();
        let scores: Vec<f64> = scores
            .into_iter()
            .map(|score| f64::from(score) / 8.0)
            .collect();
        (Just(scores), proptest::sample::subsequence(places, 2..6))
    })
}

fn p(scores: &[f64], set: &[usize]) -> f64 {
    let sets = Membership::new(scores.len(), [set.to_vec()]).unwrap();
    score_sets(scores, &sets, TailMethod::Auto).unwrap()[0]
        .tail
        .p
}

proptest! {
    #[test]
    fn neither_the_order_of_genes_nor_a_scale_matters((scores, set) in scored_set(), factor in 1_u8..9) {
        let last = scores.len() - 1;
        let reversed: Vec<f64> = scores.iter().rev().copied().collect();
        let mirrored: Vec<usize> = set.iter().map(|place| last - place).collect();
        let scaled: Vec<f64> = scores.iter().map(|score| score * f64::from(factor) + 4.0).collect();
        let expected = p(&scores, &set);
        assert_relative_eq!(p(&reversed, &mirrored), expected, max_relative = 1e-9);
        assert_relative_eq!(p(&scaled, &set), expected, max_relative = 1e-9);
    }

    /// P(X ≥ x) and P(X ≤ x) share P(X = x), and the genes outside of a set score low where those inside score high.
    #[test]
    fn both_tails_and_the_complement_fit_together((scores, set) in scored_set()) {
        let negated: Vec<f64> = scores.iter().map(|score| -score).collect();
        let (up, down) = (p(&scores, &set), p(&negated, &set));
        prop_assert!(up + down >= 1.0 - 1e-9 && up > 0.0 && down > 0.0);
        let outside: Vec<usize> = (0..scores.len()).filter(|place| !set.contains(place)).collect();
        assert_relative_eq!(p(&negated, &outside), up, max_relative = 1e-9);
    }

    #[test]
    fn a_larger_sum_is_never_likelier((scores, set) in scored_set()) {
        let size = set.len();
        let sums: Vec<(usize, f64)> = (-60..=60).map(|sum| (size, f64::from(sum) / 4.0)).collect();
        let tails = sum_tails(&scores, &sums, TailMethod::Auto).unwrap();
        prop_assert!(tails.windows(2).all(|pair| pair[1].p <= pair[0].p * (1.0 + 1e-9)));
    }

    #[test]
    fn permutations_tend_to_the_exact_null((scores, set) in scored_set(), seed in any::<u64>()) {
        let sets = Membership::new(scores.len(), [set.clone()]).unwrap();
        let exact = p(&scores, &set);
        for count in [200, 5000_u64] {
            let found = Permutations { count, seed }.test(&scores, &sets).unwrap().sets[0].p;
            // Five standard errors, and the one that is added to both counts.
            let error = 5.0 * (exact * (1.0 - exact) / count as f64).sqrt() + 1.5 / count as f64;
            prop_assert!((found - exact).abs() < error, "{count}: {found}, exact {exact}");
            prop_assert!(found >= 1.0 / (count as f64 + 1.0));
        }
    }

    #[test]
    fn adjusting_by_the_best_set_never_lowers_p((scores, set) in scored_set(), seed in any::<u64>()) {
        let rest = (0..scores.len()).filter(|place| !set.contains(place)).collect();
        let lists = [set.clone(), set[1..].to_vec(), rest];
        for lists in [&lists[..1], &lists] {
            let sets = Membership::new(scores.len(), lists.to_vec()).unwrap();
            for found in (Permutations { count: 99, seed }).test(&scores, &sets).unwrap().sets {
                prop_assert!(found.p_max_t >= found.p && found.p_min_p >= found.p, "{found:?}");
            }
        }
    }

    #[test]
    fn set_and_query_are_alike(universe in 1_u64..60, set in 0_u64..60, query in 0_u64..60, overlap in 0_u64..60) {
        let (Ok(one), Ok(other)) = (
            Hypergeometric::new(universe, set, query, overlap),
            Hypergeometric::new(universe, query, set, overlap),
        ) else {
            return Ok(());
        };
        for alternative in [Alternative::More, Alternative::MoreMidP, Alternative::Less, Alternative::TwoSided] {
            assert_relative_eq!(one.p(alternative), other.p(alternative), max_relative = 1e-9);
            prop_assert!(one.p(alternative) > 0.0 && one.p(alternative) <= 1.0 + 1e-12);
        }
        // Of the genes outside of the query, the set has the others.
        let rest = Hypergeometric::new(universe, set, universe - query, set - overlap).unwrap();
        assert_relative_eq!(rest.p(Alternative::Less), one.p(Alternative::More), max_relative = 1e-9);
        let mass = one.p(Alternative::More) + one.p(Alternative::Less) - 1.0;
        let half = one.p(Alternative::More) - one.p(Alternative::MoreMidP);
        assert_relative_eq!(mass, 2.0 * half, max_relative = 1e-6, epsilon = 1e-12);
    }

    #[test]
    fn a_mirrored_ranking_negates_enrichment((scores, set) in scored_set(), weight in 0_u8..3) {
        let mut stats = scores;
        stats.sort_by(|a, b| b.total_cmp(a));
        let last = stats.len() - 1;
        let mirrored: Vec<f64> = stats.iter().rev().map(|stat| -stat).collect();
        let mut places: Vec<usize> = set.iter().map(|place| last - place).collect();
        places.sort_unstable();
        let run = |stats: &[f64], set: &[usize]| enrichment(stats, set, f64::from(weight), Side::Both).unwrap();
        let (here, there) = (run(&stats, &set), run(&mirrored, &places));
        assert_relative_eq!(here.highest, -there.lowest, epsilon = 1e-12);
        // Equal ends score 0, and rounding may set them apart.
        prop_assume!((here.highest + here.lowest).abs() > 1e-9);
        assert_relative_eq!(here.es, -there.es, epsilon = 1e-12);
    }

    #[test]
    fn adjusting_keeps_the_order(p in proptest::collection::vec(0.0..=1.0_f64, 0..20)) {
        for method in [Adjustment::Bonferroni, Adjustment::Holm, Adjustment::BenjaminiHochberg, Adjustment::BenjaminiYekutieli] {
            let adjusted = adjust(&p, method).unwrap();
            for (a, x) in p.iter().zip(&adjusted) {
                prop_assert!(x >= a && *x <= 1.0);
                for (b, y) in p.iter().zip(&adjusted) {
                    prop_assert!(a > b || x <= y);
                }
            }
        }
    }
}
