//! Pathway tests of dash-eval against the golden numbers of `../shared/golden`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashMap;

use dash_eval::{
    Alternative, GeneSet, GmtOptions, GseaOptions, Hypergeometric, Membership, NullConvention,
    Population, RankedList, RepeatedName, Saddlepoint, SetScore, Side, SizeLimits, TailMethod,
    TieOrder, enrichment, over_representation, parse_gmt, preranked, score_sets, significance,
    split_symbols, sum_tails, summarise_null,
};
use dash_tests::{golden, vector};
use serde_json::Value;

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key]
        .as_array()
        .unwrap_or_else(|| panic!("a list `{key}`"))
}

fn numbers(value: &Value, key: &str) -> Vec<f64> {
    vector(&value[key]).to_vec()
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("a number, not {value}"))
}

fn count(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

fn strings(value: &Value) -> Vec<String> {
    let items = value.as_array().expect("a list of strings");
    items
        .iter()
        .map(|item| item.as_str().unwrap().to_owned())
        .collect()
}

#[track_caller]
fn close(what: &str, found: f64, expected: &Value, tolerance: f64) {
    let expected = number(expected);
    assert!(
        (found - expected).abs() <= tolerance * expected.abs(),
        "{what}: {found}, expected {expected}"
    );
}

fn tail(scores: &[f64], k: usize, x: f64, method: TailMethod) -> f64 {
    sum_tails(scores, &[(k, x)], method).unwrap()[0].p
}

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

fn gene_sets(sets: &Value) -> Vec<GeneSet> {
    let sets = sets.as_object().unwrap();
    sets.iter()
        .map(|(name, genes)| GeneSet {
            name: name.clone(),
            description: String::new(),
            genes: strings(genes),
        })
        .collect()
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

fn counts(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(count).collect()
}

#[test]
fn enrichment_scores() {
    let Some(file) = golden("eval_gsea.json") else {
        return;
    };
    let within = number(&file["tolerance"]["es"]);
    let (genes, stats) = (
        strings(&file["ranking"]["genes"]),
        numbers(&file["ranking"], "stats"),
    );
    let sets = list(&file, "sets");
    for case in sets {
        let what = case["set"].as_str().unwrap();
        let members = strings(&case["members"]);
        let is_member = |gene: &String| members.contains(gene);
        let positions: Vec<usize> = (0..genes.len()).filter(|&i| is_member(&genes[i])).collect();
        assert_eq!(positions, counts(&case["positions"]), "{what}");
        for (weight, expect) in case["expect"].as_object().unwrap() {
            let weight: f64 = weight.strip_prefix("weight_").unwrap().parse().unwrap();
            let found = enrichment(&stats, &positions, weight, Side::Both).unwrap();
            close(what, found.es, &expect["es"], within);
            close(what, found.highest, &expect["max"], within);
            assert!(
                (found.lowest - number(&expect["min"])).abs() < 1e-12,
                "{what}"
            );
            assert_eq!(
                found.leading_edge,
                counts(&expect["leading_edge_positions"]),
                "{what}"
            );
        }
    }
    let random = sets.iter().find(|case| case["set"] == "random_a").unwrap();
    for case in list(&file, "special") {
        let what = case["name"].as_str().unwrap();
        let expect = &case["expect"];
        let es = |stats: &[f64], positions: &[usize], weight| {
            enrichment(stats, positions, weight, Side::Both)
        };
        match what {
            "antisymmetry" => {
                let mirrored: Vec<f64> = stats.iter().rev().map(|stat| -stat).collect();
                let positions: Vec<usize> = counts(&random["positions"])
                    .iter()
                    .rev()
                    .map(|p| stats.len() - 1 - p)
                    .collect();
                close(
                    what,
                    es(&mirrored, &positions, 1.0).unwrap().es,
                    &expect["es"],
                    within,
                );
            }
            "tied_stats" => {
                let scores: Vec<(String, f64)> = strings(&case["genes"])
                    .into_iter()
                    .zip(numbers(case, "stats"))
                    .collect();
                let set = strings(&case["set"]);
                for (ties, key) in [
                    (TieOrder::Input, "es_input_order"),
                    (TieOrder::Name, "es_name_order"),
                ] {
                    let list = RankedList::new(scores.clone(), ties).unwrap();
                    let positions: Vec<usize> = (0..scores.len())
                        .filter(|&i| set.contains(&list.genes()[i]))
                        .collect();
                    close(
                        what,
                        es(list.stats(), &positions, 1.0).unwrap().es,
                        &expect[key],
                        within,
                    );
                }
            }
            _ => {
                let found = es(
                    &numbers(case, "stats"),
                    &counts(&case["positions"]),
                    number(&case["weight"]),
                );
                if let Some(expected) = case["expect_error"].as_str() {
                    let message = found.unwrap_err().to_string();
                    assert!(message.contains(expected), "{what}: {message}");
                    continue;
                }
                let found = found.unwrap();
                for (key, value) in [
                    ("max", found.highest),
                    ("min", found.lowest),
                    ("es", found.es),
                    ("es_fgsea", found.es),
                ] {
                    if let Some(expected) = expect.get(key) {
                        close(what, value, expected, within);
                    }
                }
            }
        }
    }
}

/// Visits every subset of `size` positions below `end`, ascending.
fn subsets(end: usize, size: usize, chosen: &mut Vec<usize>, visit: &mut impl FnMut(&[usize])) {
    if size == 0 {
        return visit(chosen);
    }
    for position in chosen.last().map_or(0, |last| last + 1)..=end - size {
        chosen.push(position);
        subsets(end, size - 1, chosen, visit);
        chosen.pop();
    }
}

#[test]
fn enrichment_among_all_subsets() {
    let Some(file) = golden("eval_gsea.json") else {
        return;
    };
    let exact = &file["exact_null"];
    let within = number(&file["tolerance"]["exact_null"]);
    let (stats, k) = (numbers(exact, "stats"), count(&exact["k"]));
    let es = |positions: &[usize]| enrichment(&stats, positions, 1.0, Side::Both).unwrap().es;
    let mut null = Vec::new();
    subsets(stats.len(), k, &mut Vec::new(), &mut |positions| {
        null.push(es(positions));
    });
    assert_eq!(null.len(), count(&exact["subsets"]));
    null.sort_by(f64::total_cmp);
    for case in list(exact, "cases") {
        let es = es(&counts(&case["positions"]));
        close("es", es, &case["es"], within);
        for (convention, nes, p) in [
            (NullConvention::Broad, "nes_broad", "p_broad"),
            (NullConvention::Fgsea, "nes_fgsea", "p_fgsea"),
        ] {
            let found = significance(es, &null, Side::Both, convention);
            close(nes, found.nes.unwrap(), &case[nes], within);
            close(p, found.p.unwrap(), &case[p], within);
        }
    }
}

#[test]
fn enrichment_by_random_sets_agrees_with_gseapy() {
    let Some(file) = golden("eval_gsea.json") else {
        return;
    };
    let stats = numbers(&file["ranking"], "stats");
    let cases = list(&file, "sets");
    let lists = cases.iter().map(|case| counts(&case["positions"]));
    let sets = Membership::new(stats.len(), lists).unwrap();
    let options = GseaOptions {
        permutations: 4000,
        convention: NullConvention::Broad,
        ..GseaOptions::default()
    };
    for (case, found) in cases
        .iter()
        .zip(preranked(&stats, &sets, &options).unwrap())
    {
        let expect = &case["expect"]["weight_1.0"];
        let (nes, p) = (
            number(&expect["gseapy_nes_1000"]),
            number(&expect["gseapy_p_1000"]),
        );
        if nes.abs() > 0.5 {
            close(
                "nes",
                found.significance.nes.unwrap(),
                &expect["gseapy_nes_1000"],
                0.15,
            );
        }
        // Four standard errors of the difference; of a p of 0, those of one hit.
        let spread = (p.max(1e-3) * (1.0 - p) * (1.0 / 300.0 + 1.0 / 1500.0)).sqrt();
        let found = found.significance.p.unwrap();
        assert!((found - p).abs() < 4.0 * spread, "{case}: {found}");
    }
}

#[test]
fn gene_set_files() {
    let Some(file) = golden("eval_formats.json") else {
        return;
    };
    let case = &file["cases"]["gmt"];
    let text = case["text"].as_str().unwrap();
    let read = parse_gmt(text, GmtOptions::default()).unwrap();
    let expect = &case["expect_lenient"];
    let found = serde_json::to_value(&read).unwrap();
    assert_eq!(found["sets"], expect["sets"]);
    assert_eq!(found["warnings"], expect["warnings"]);
    assert_eq!(found["blank_lines"], expect["blank_lines"]);
    let strict = GmtOptions {
        repeated_name: RepeatedName::Refuse,
        ..GmtOptions::default()
    };
    for (text, options, expect) in [
        (text, strict, &case["expect_strict_error"]),
        (
            file["cases"]["gmt_no_tab"]["text"].as_str().unwrap(),
            GmtOptions::default(),
            &file["cases"]["gmt_no_tab"]["expect_error"],
        ),
    ] {
        let message = parse_gmt(text, options).unwrap_err().to_string();
        let line = format!("line {},", expect["line"]);
        assert!(message.starts_with(&line), "{message}");
        assert!(
            message.contains(expect["kind"].as_str().unwrap()),
            "{message}"
        );
    }
}

#[test]
fn several_symbols_of_a_probe() {
    let Some(file) = golden("eval_formats.json") else {
        return;
    };
    let case = &file["cases"]["multi_symbol"];
    let scores = case["scores"].as_object().unwrap();
    let found = split_symbols(
        scores
            .iter()
            .map(|(probe, score)| (probe.as_str(), number(score))),
    );
    let expected: Vec<(String, f64)> = case["expect"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(gene, score)| (gene.clone(), number(score)))
        .collect();
    assert_eq!(found, expected);
}
