//! Laws of scores, rankings and tests of networks.

use approx::assert_relative_eq;
use dash_eval::{
    Comparison, Confusion, Curve, Edge, EdgeSet, Error, Estimate, Exists, Metric, Pair,
    PriorKnowledge, Ranking, Undefined, Universe,
};
use ndarray::Array2;
use proptest::prelude::*;

/// Labels and scores with ties, zeros and both signs.
fn items() -> impl Strategy<Value = Vec<(bool, i8)>> {
    proptest::collection::vec((any::<bool>(), -6_i8..=6), 1..60)
}

fn ranking(items: &[(bool, i8)], score: impl Fn(f64) -> f64) -> Ranking {
    let labels: Vec<bool> = items.iter().map(|item| item.0).collect();
    let scores: Vec<f64> = items.iter().map(|item| score(f64::from(item.1))).collect();
    Ranking::from_labels(&labels, &scores).unwrap()
}

fn metrics(ranking: &Ranking) -> [Metric; 6] {
    [
        ranking.average_precision(),
        ranking.auprc_davis_goadrich(),
        ranking.auprc_continuous(),
        ranking.auprc_trapezoid_biased(),
        ranking.auroc(),
        ranking.chance_corrected_ap(),
    ]
}

/// Both undefined, or nearly equal.
fn same(a: Metric, b: Metric) {
    match (a, b) {
        (Ok(a), Ok(b)) => assert_relative_eq!(a, b, max_relative = 1e-12, epsilon = 1e-15),
        (a, b) => assert_eq!(a, b),
    }
}

const GENES: usize = 6;

/// A reference, and scores with many zeros, over a few genes.
fn network() -> impl Strategy<Value = (EdgeSet, Array2<f64>)> {
    let sign = prop_oneof![4 => Just(0_i8), 1 => Just(1), 1 => Just(-1)];
    let score = prop_oneof![2 => Just(0_i8), 1 => -3_i8..=3];
    let entries = GENES * GENES;
    let (signs, scores) = (
        proptest::collection::vec(sign, entries),
        proptest::collection::vec(score, entries),
    );
    (signs, scores).prop_map(|(signs, scores)| {
        let square = |entries: Vec<i8>| {
            Array2::from_shape_vec((GENES, GENES), entries.into_iter().map(f64::from).collect())
                .unwrap()
        };
        (
            EdgeSet::from_matrix(&square(signs)).unwrap(),
            square(scores),
        )
    })
}

fn universes() -> impl Strategy<Value = Universe> {
    let pairs = proptest::collection::vec((0..GENES, 0..GENES), 1..20);
    let explicit = pairs.prop_map(|pairs| {
        Universe::Explicit(
            pairs
                .into_iter()
                .map(|(target, regulator)| Pair::new(target, regulator))
                .collect(),
        )
    });
    let named = prop_oneof![
        Just("all_pairs"),
        Just("all_pairs_no_self"),
        Just("reference_regulators"),
        Just("reference_block"),
        Just("reference_block_no_self"),
        Just("reference_genes"),
        Just("reference_regulators_genes"),
    ];
    prop_oneof![4 => named.prop_map(|name| name.parse().unwrap()), 1 => explicit]
}

/// Every pair of the universe with its label and score.
fn listed(universe: &Universe, reference: &EdgeSet, scores: &Array2<f64>) -> (Vec<bool>, Vec<f64>) {
    let pairs = universe.pairs(reference).unwrap();
    let all =
        (0..GENES).flat_map(|target| (0..GENES).map(move |regulator| Pair::new(target, regulator)));
    all.filter(|pair| pairs.contains(*pair))
        .map(|pair| {
            (
                reference.get(pair).is_some(),
                scores[(pair.target, pair.regulator)],
            )
        })
        .unzip()
}

proptest! {
    #[test]
    fn a_monotone_transform_changes_nothing(items in items()) {
        let plain = metrics(&ranking(&items, |score| score));
        prop_assert_eq!(metrics(&ranking(&items, f64::exp)), plain);
        prop_assert_eq!(metrics(&ranking(&items, |score| score.powi(3) - 7.0)), plain);
    }

    #[test]
    fn the_order_of_the_items_changes_nothing(items in items(), seed in any::<u64>()) {
        let mut shuffled = items.clone();
        shuffled.sort_by_key(|item| (seed ^ u64::from(item.0) ^ i64::from(item.1).cast_unsigned()).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        shuffled.reverse();
        let ranked = ranking(&items, |score| score);
        prop_assert_eq!(&ranking(&shuffled, |score| score), &ranked);
        let (labels, scores): (Vec<bool>, Vec<f64>) =
            items.iter().map(|item| (item.0, f64::from(item.1))).unzip();
        prop_assert_eq!(&Curve::from_labels(&labels, &scores).unwrap().ranking(), &ranked);
    }

    #[test]
    fn auroc_is_the_share_of_pairs_in_the_right_order(items in items()) {
        let (mut wins, mut pairs) = (0.0, 0.0);
        for positive in items.iter().filter(|item| item.0) {
            for negative in items.iter().filter(|item| !item.0) {
                pairs += 1.0;
                wins += match positive.1.cmp(&negative.1) {
                    std::cmp::Ordering::Greater => 1.0,
                    std::cmp::Ordering::Equal => 0.5,
                    std::cmp::Ordering::Less => 0.0,
                };
            }
        }
        let found = ranking(&items, |score| score).auroc();
        if pairs == 0.0 { prop_assert!(found.is_err()) } else { prop_assert_eq!(found, Ok(wins / pairs)) }
    }

    #[test]
    fn average_precision_is_the_mean_precision_at_the_positives(items in items()) {
        let positives: Vec<i8> = items.iter().filter(|item| item.0).map(|item| item.1).collect();
        let precision = |threshold: i8| {
            let selected: Vec<_> = items.iter().filter(|item| item.1 >= threshold).collect();
            selected.iter().filter(|item| item.0).count() as f64 / selected.len() as f64
        };
        let mean = positives.iter().map(|&score| precision(score)).sum::<f64>() / positives.len() as f64;
        let expected = if positives.is_empty() { Err(Undefined::NoPositives) } else { Ok(mean) };
        same(ranking(&items, |score| score).average_precision(), expected);
    }

    #[test]
    fn reversing_the_ranking_or_the_labels_complements_auroc(items in items()) {
        let auroc = ranking(&items, |score| score).auroc();
        same(ranking(&items, |score| -score).auroc(), auroc.map(|auroc| 1.0 - auroc));
        let swapped: Vec<(bool, i8)> = items.iter().map(|item| (!item.0, item.1)).collect();
        let complement = ranking(&swapped, |score| score).auroc();
        prop_assert_eq!(complement.is_ok(), auroc.is_ok());
        if let (Ok(complement), Ok(auroc)) = (complement, auroc) {
            assert_relative_eq!(complement, 1.0 - auroc, epsilon = 1e-15);
        }
    }

    #[test]
    fn one_tie_is_chance(labels in proptest::collection::vec(any::<bool>(), 1..40), score in -2_i8..=2) {
        let items: Vec<(bool, i8)> = labels.into_iter().map(|label| (label, score)).collect();
        let ranking = ranking(&items, |score| score);
        prop_assert!(matches!(ranking.auroc(), Ok(0.5) | Err(_)));
        for area in [ranking.average_precision(), ranking.auprc_davis_goadrich(), ranking.auprc_continuous()] {
            match area {
                Ok(area) => assert_relative_eq!(area, ranking.prevalence().unwrap(), max_relative = 1e-14),
                Err(why) => prop_assert_eq!((why, ranking.positives()), (Undefined::NoPositives, 0)),
            }
        }
    }

    #[test]
    fn the_oracle_threshold_is_the_best_of_all_cuts(items in items()) {
        let ranking = ranking(&items, |score| score);
        let Ok(best) = ranking.youden() else { return Ok(()) };
        let (labels, scores): (Vec<bool>, Vec<f64>) =
            items.iter().map(|item| (item.0, f64::from(item.1))).unzip();
        let at = |threshold: f64| {
            let predicted: Vec<bool> = scores.iter().map(|&score| score >= threshold).collect();
            Confusion::from_labels(&labels, &predicted).unwrap().balanced_accuracy().unwrap()
        };
        assert_relative_eq!(at(best.threshold), best.balanced_accuracy, max_relative = 1e-14);
        for &score in &scores {
            prop_assert!(at(score) <= best.balanced_accuracy + 1e-14);
            if score > best.threshold {
                prop_assert!(at(score) < best.balanced_accuracy - 1e-14);
            }
        }
    }

    #[test]
    fn a_nan_is_an_error_with_its_place(items in items(), at in any::<prop::sample::Index>()) {
        let labels: Vec<bool> = items.iter().map(|item| item.0).collect();
        let mut scores: Vec<f64> = items.iter().map(|item| f64::from(item.1)).collect();
        let index = at.index(scores.len());
        scores[index] = f64::NAN;
        prop_assert_eq!(Ranking::from_labels(&labels, &scores), Err(Error::NanScore { index }));
        prop_assert_eq!(Curve::from_labels(&labels, &scores), Err(Error::NanScore { index }));
        let mut kept = items;
        kept.remove(index);
        if !kept.is_empty() {
            let found = Ranking::without_nan(&labels, &scores);
            prop_assert_eq!(found, Ok((ranking(&kept, |score| score), 1)));
        }
    }

    #[test]
    fn confusion_metrics_mirror_each_other(cells in proptest::array::uniform4(0_u64..9)) {
        let [true_positives, false_positives, false_negatives, true_negatives] = cells;
        let counts = Confusion { true_positives, false_positives, false_negatives, true_negatives };
        let swapped = Confusion { false_positives: false_negatives, false_negatives: false_positives, ..counts };
        let complement = Confusion {
            true_positives: true_negatives,
            true_negatives: true_positives,
            false_positives: false_negatives,
            false_negatives: false_positives,
        };
        prop_assert_eq!(counts.f1(), swapped.f1());
        prop_assert_eq!(counts.jaccard(), swapped.jaccard());
        prop_assert_eq!(counts.precision().ok(), swapped.true_positive_rate().ok());
        prop_assert_eq!(counts.true_positive_rate().ok(), complement.true_negative_rate().ok());
        prop_assert_eq!(counts.balanced_accuracy().ok(), complement.balanced_accuracy().ok());
        prop_assert_eq!(counts.accuracy(), complement.accuracy());
        for mirrored in [swapped, complement] {
            match (counts.mcc(), mirrored.mcc()) {
                (Ok(a), Ok(b)) => assert_relative_eq!(a, b, max_relative = 1e-14, epsilon = 1e-15),
                (a, b) => prop_assert!(a.is_err() && b.is_err()),
            }
        }
        match (counts.ranking().auroc(), counts.balanced_accuracy()) {
            (Ok(auroc), Ok(accuracy)) => assert_relative_eq!(auroc, accuracy, max_relative = 1e-14),
            (auroc, accuracy) => prop_assert!(auroc.is_err() && accuracy.is_err()),
        }
    }

    #[test]
    fn a_network_is_scored_as_the_list_of_its_pairs((reference, scores) in network(), universe in universes()) {
        prop_assume!(universe.pairs(&reference).is_ok());
        let (labels, listed_scores) = listed(&universe, &reference, &scores);
        let magnitudes: Vec<f64> = listed_scores.iter().map(|score| score.abs()).collect();
        let predicted: Vec<bool> = listed_scores.iter().map(|&score| score != 0.0).collect();
        let entries: Vec<_> = scores.indexed_iter().map(|((i, j), &score)| (i, j, score)).collect();
        for estimate in [Estimate::dense(&scores).unwrap(), Estimate::sparse(GENES, entries).unwrap()] {
            let comparison = Comparison::new(&estimate, &reference, &universe).unwrap();
            prop_assert_eq!(comparison.pairs().len(), labels.len() as u64);
            prop_assert_eq!(comparison.ranking(), Ranking::from_labels(&labels, &magnitudes).unwrap());
            prop_assert_eq!(comparison.curve(), Curve::from_labels(&labels, &magnitudes).unwrap());
            let counts = Confusion::from_labels(&labels, &predicted).unwrap();
            prop_assert_eq!(comparison.confusion(Exists::nonzero()), counts);
            let all = comparison.confusion(Exists::at_least(0.0).unwrap());
            prop_assert_eq!(all.predicted(), labels.len() as u64);
            let signs = comparison.sign_agreement(Exists::nonzero());
            prop_assert_eq!(signs.right + signs.wrong, counts.true_positives);
            prop_assert_eq!(signs.activation.positives + signs.repression.positives, counts.positives());
        }
    }

    #[test]
    fn the_top_n_are_the_largest((reference, scores) in network(), n in 0_usize..40) {
        let estimate = Estimate::dense(&scores).unwrap();
        let comparison = Comparison::new(&estimate, &reference, &Universe::AllPairs { self_pairs: true }).unwrap();
        let top = comparison.top_n(n);
        let mut magnitudes: Vec<f64> = scores.iter().map(|score| score.abs()).filter(|&score| score > 0.0).collect();
        magnitudes.sort_by(|a, b| b.total_cmp(a));
        let expected = match n.min(magnitudes.len()) {
            0 => 0,
            last => magnitudes.iter().filter(|&&score| score >= magnitudes[last - 1]).count(),
        };
        prop_assert_eq!(top.selected, expected as u64);
        prop_assert_eq!(comparison.confusion(top.exists).predicted(), top.selected);
    }

    #[test]
    fn what_a_model_adds_to_its_prior_sums_up((truth, scores) in network(), (prior, _) in network()) {
        let estimate = Estimate::dense(&scores).unwrap();
        let comparison = Comparison::new(&estimate, &truth, &Universe::AllPairs { self_pairs: true }).unwrap();
        let counts = comparison.confusion(Exists::nonzero());
        let beyond = comparison.beyond_prior(&prior, Exists::nonzero()).unwrap();
        let kept = beyond.true_in_prior - beyond.true_dropped;
        prop_assert_eq!(kept + beyond.missing_found, counts.true_positives);
        prop_assert_eq!(beyond.true_in_prior + beyond.missing, counts.positives());
        let false_kept = beyond.false_in_prior - beyond.false_dropped;
        prop_assert_eq!(kept + false_kept + beyond.predicted_outside, counts.predicted());
    }
}

#[test]
fn an_undefined_metric_is_written_as_null() {
    let estimate = Estimate::sparse(3, [(0, 1, 1.0)]).unwrap();
    let reference = EdgeSet::new(3, [Edge::unsigned(0, 1)]).unwrap();
    let universe = Universe::Explicit(vec![Pair::new(0, 1)]);
    let comparison = Comparison::new(&estimate, &reference, &universe).unwrap();
    let report = comparison
        .report(Exists::nonzero(), PriorKnowledge::default())
        .unwrap();
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["universe"], "explicit");
    assert_eq!(json["average_precision"], 1.0);
    assert!(json["auroc"].is_null());
    assert!(json["baselines"][0]["balanced_accuracy"].is_null());
}

#[test]
fn more_negatives_than_are_sorted_at_once() {
    let scores: Vec<f64> = (0..2_500_000_u64)
        .map(|i| (i * 7919 % 1_000_003) as f64 - 1000.0)
        .collect();
    let labels: Vec<bool> = (0..scores.len()).map(|i| i % 17 == 0).collect();
    let ranking = Ranking::from_labels(&labels, &scores).unwrap();
    assert_eq!(
        ranking,
        Curve::from_labels(&labels, &scores).unwrap().ranking()
    );
}
