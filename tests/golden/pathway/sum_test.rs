//! Sums of scores: moments, tails, nulls.

use std::collections::HashMap;

use dash_eval::{
    GeneSet, Membership, Population, Saddlepoint, SetScore, SizeLimits, TailMethod, score_sets,
    sum_tails, summarise_null,
};
use dash_tests::golden;

use super::{close, count, gene_sets, list, number, numbers, strings, tail};

#[test]
fn moments_and_approximations() {
    let Some(file) = golden("eval_permutation.json") else {
        return;
    };
    let tolerance = &file["tolerance"];
    let (moments_within, p_within) = (
        number(&tolerance["moments_relative"]),
        number(&tolerance["p_relative"]),
    );
    let near_mean_within = number(&tolerance["p_relative_when_near_mean"]);
    for kind in ["enumerated", "integer_exact", "analytic"] {
        for case in list(&file, kind) {
            let what = case["name"].as_str().unwrap();
            let (scores, k) = (numbers(case, "scores"), count(&case["k"]));
            let moments = Population::new(&scores).unwrap().sum_moments(k).unwrap();
            let expected = &case["moments"];
            close(what, moments.mean, &expected["mean"], moments_within);
            close(
                what,
                moments.variance,
                &expected["variance"],
                moments_within,
            );
            close(
                what,
                moments.third_central,
                &expected["third_central"],
                moments_within,
            );
            close(
                what,
                moments.fourth_central,
                &expected["fourth_central"],
                moments_within,
            );
            close(
                what,
                moments.skewness.unwrap(),
                &expected["skewness"],
                moments_within,
            );
            for observed in list(case, "observed") {
                let x = number(&observed["x"]);
                let what = format!("{what} at {x}");
                let p = |method| tail(&scores, k, x, method);
                if let Some(z) = observed.get("z") {
                    assert!((moments.z(x).unwrap() - number(z)).abs() < 1e-9, "{what}");
                }
                for (key, method) in [
                    ("p_normal", TailMethod::Normal),
                    ("p_edgeworth", TailMethod::Edgeworth),
                    ("p_pearson3", TailMethod::PearsonIii),
                ] {
                    if let Some(expected) = observed.get(key) {
                        close(&format!("{what} {key}"), p(method), expected, p_within);
                    }
                }
                let (saddlepoint, at) = match observed.get("saddlepoint") {
                    Some(saddlepoint) => (saddlepoint, x),
                    None => (&observed["saddlepoint_continuity"], x - 0.5),
                };
                if saddlepoint.is_null() {
                    assert!(Saddlepoint::new(&scores, k, at).is_err(), "{what}");
                    continue;
                }
                let found = Saddlepoint::new(&scores, k, at).unwrap();
                let near = saddlepoint["near_mean"].as_bool().unwrap();
                assert_eq!(found.is_near_mean(), near, "{what}");
                let within = if near { near_mean_within } else { p_within };
                close(
                    &format!("{what} saddlepoint"),
                    found.tail().p,
                    &saddlepoint["p"],
                    within,
                );
                if !near {
                    close(&format!("{what} w"), found.w, &saddlepoint["w"], p_within);
                    close(&format!("{what} u"), found.u, &saddlepoint["u"], p_within);
                    close(
                        &format!("{what} t"),
                        found.t,
                        &saddlepoint["t_standardised"],
                        p_within,
                    );
                    let r_star = found.r_star().unwrap().p;
                    close(
                        &format!("{what} r*"),
                        r_star,
                        &saddlepoint["p_rstar"],
                        p_within,
                    );
                }
            }
        }
    }
}

#[test]
fn exact_tails() {
    let Some(file) = golden("eval_permutation.json") else {
        return;
    };
    let grid_within = number(&file["tolerance"]["p_grid_relative"]);
    for (kind, key, method, within) in [
        ("enumerated", "p_exact_ge", TailMethod::Enumeration, 1e-12),
        ("enumerated", "p_exact_ge", TailMethod::Auto, 1e-12),
        ("integer_exact", "p_exact_ge", TailMethod::ExactNull, 1e-7),
        ("integer_exact", "p_exact_ge", TailMethod::Auto, 1e-7),
        ("analytic", "p_grid", TailMethod::ExactNull, grid_within),
        ("analytic", "p_grid", TailMethod::Auto, grid_within),
    ] {
        for case in list(&file, kind) {
            let (scores, k) = (numbers(case, "scores"), count(&case["k"]));
            for observed in list(case, "observed") {
                let x = number(&observed["x"]);
                let what = format!("{} at {x} {method:?}", case["name"]);
                close(&what, tail(&scores, k, x, method), &observed[key], within);
            }
        }
    }
}

#[test]
fn boundaries() {
    let Some(file) = golden("eval_permutation.json") else {
        return;
    };
    for case in list(&file, "edge_cases") {
        let what = case["name"].as_str().unwrap();
        let (scores, k) = (numbers(case, "scores"), count(&case["k"]));
        if let Some(expected) = case["expect_error"].as_str() {
            let sets = Membership::new(scores.len(), [vec![]]);
            assert!(sets.unwrap_err().to_string().contains(expected), "{what}");
            let moments = Population::new(&scores).unwrap().sum_moments(k);
            assert!(
                moments.unwrap_err().to_string().contains(expected),
                "{what}"
            );
            continue;
        }
        let expect = &case["expect"];
        if let Some(x) = case["x"].as_f64() {
            let found = sum_tails(&scores, &[(k, x)], TailMethod::Auto).unwrap()[0];
            close(what, found.p, &expect["p_exact_ge"], 1e-12);
            if let Some(ln_p) = expect.get("ln_p") {
                close(what, found.ln_p, ln_p, 1e-12);
            }
            if let Some(p) = expect.get("p_at_4") {
                close(what, tail(&scores, k, 4.0, TailMethod::Auto), p, 1e-12);
            }
            continue;
        }
        let sets = Membership::new(scores.len(), [(0..k).collect()]).unwrap();
        let found = score_sets(&scores, &sets, TailMethod::Auto).unwrap()[0];
        close(what, found.mean, &expect["mean"], 1e-12);
        assert!(
            found.sd.abs() < 1e-300 && found.z.is_err() && expect["z"].is_null(),
            "{what}"
        );
        close(what, found.tail.p, &expect["p"], 1e-12);
    }
}

#[test]
fn null_sample() {
    let Some(file) = golden("eval_permutation.json") else {
        return;
    };
    let case = &file["aggregation"];
    let found = summarise_null(&numbers(case, "null"), number(&case["observed"])).unwrap();
    let expect = &case["expect"];
    close("mean", found.mean, &expect["mean"], 1e-12);
    close("sd", found.sd, &expect["sd_ddof1"], 1e-12);
    close("z", found.z.unwrap(), &expect["z"], 1e-10);
    assert_eq!(Some(found.counts.at_least), expect["b_ge"].as_u64());
    assert_eq!(Some(found.counts.above), expect["b_gt"].as_u64());
    close("p", found.counts.p(), &expect["p_plus_one"], 1e-12);
    close("p biased", found.counts.p_biased(), &expect["p_ge"], 1e-12);
    close(
        "p published",
        found.counts.p_published_code(),
        &expect["p_gt_published_code"],
        1e-12,
    );
}

#[test]
fn small_pathway_job() {
    let Some(file) = golden("eval_permutation.json") else {
        return;
    };
    let job = &file["pathway_job"];
    let (genes, scores) = (strings(&job["genes"]), numbers(job, "scores"));
    let sets = gene_sets(&job["pathways"]);
    let limits = SizeLimits {
        least: 1,
        most: 500,
    };
    let (members, kept, overlap) = GeneSet::members(&sets, &genes, limits).unwrap();
    assert!(overlap.scored_genes < overlap.genes && overlap.too_small.is_empty());
    let (members, universe) = members.covered();
    let named: Vec<&str> = universe.iter().map(|&gene| genes[gene].as_str()).collect();
    let mut expected_universe = strings(&job["universe"]);
    expected_universe.sort_by_key(|gene| genes.iter().position(|other| other == gene));
    assert_eq!(named, expected_universe);
    let scores: Vec<f64> = universe.iter().map(|&gene| scores[gene]).collect();
    let found = score_sets(&scores, &members, TailMethod::Normal).unwrap();
    let by_name: HashMap<&str, &SetScore> = kept
        .iter()
        .zip(&found)
        .map(|(&set, score)| (sets[set].name.as_str(), score))
        .collect();
    for expect in list(job, "expect") {
        let name = expect["pathway"].as_str().unwrap();
        let found = by_name[name];
        assert_eq!(found.genes, count(&expect["k"]), "{name}");
        close(name, found.sum, &expect["score"], 1e-10);
        close(name, found.mean, &expect["mean"], 1e-10);
        close(name, found.sd, &expect["sd"], 1e-10);
        close(name, found.z.unwrap(), &expect["z_exact"], 1e-10);
        close(name, found.tail.p, &expect["p_normal"], 1e-7);
    }
}
