//! Over-representation.

use dash_eval::{Alternative, Hypergeometric, over_representation};
use dash_tests::golden;

use super::{close, gene_sets, list, number, strings};

#[test]
fn over_representation_tails_and_pipeline() {
    let Some(file) = golden("eval_ora.json") else {
        return;
    };
    let within = number(&file["tolerance"]["relative"]);
    let ln_within = number(&file["tolerance"]["ln"]);
    for case in list(&file, "cases") {
        let of = |key: &str| case[key].as_u64().unwrap();
        let counts =
            Hypergeometric::new(of("universe"), of("set_size"), of("query"), of("overlap"))
                .unwrap();
        let expect = &case["expect"];
        let what = format!("{counts:?}");
        close(
            &what,
            counts.p(Alternative::More),
            &expect["p_upper"],
            within,
        );
        let (ln_p, expected) = (
            counts.ln_p(Alternative::More),
            number(&expect["ln_p_upper"]),
        );
        // Absolute below 1: there the file's own values are rounded (its p and ln p differ by 1e-14).
        assert!(
            (ln_p - expected).abs() <= ln_within * expected.abs().max(1.0),
            "{what}: {ln_p}"
        );
        close(
            &what,
            counts.expected_overlap(),
            &expect["expected_overlap"],
            within,
        );
        close(
            &what,
            counts.odds_ratio_haldane(),
            &expect["odds_ratio_haldane"],
            within,
        );
        for (key, found) in [
            ("fold_enrichment", counts.fold_enrichment()),
            ("odds_ratio", counts.odds_ratio()),
        ] {
            match found {
                Ok(found) => close(&what, found, &expect[key], within),
                Err(_) => assert!(expect[key].is_null(), "{what} {key}"),
            }
        }
    }
    let pipeline = &file["pipeline"];
    let sets = gene_sets(&pipeline["sets"]);
    let found = over_representation(
        &strings(&pipeline["universe"]),
        &strings(&pipeline["query"]),
        &sets,
        Alternative::More,
        0,
    );
    for expect in list(pipeline, "expect") {
        let set = found
            .iter()
            .find(|found| Some(found.set.as_str()) == expect["set"].as_str())
            .unwrap();
        assert_eq!(
            Some(set.counts.set_size),
            expect["size_in_universe"].as_u64(),
            "{set:?}"
        );
        assert_eq!(
            Some(set.counts.overlap),
            expect["overlap"].as_u64(),
            "{set:?}"
        );
        match set.p {
            Ok(p) => close(&set.set, p, &expect["p"], within),
            Err(_) => assert!(expect["p"].is_null(), "{set:?}"),
        }
    }
}
