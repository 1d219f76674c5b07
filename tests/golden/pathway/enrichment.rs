//! Enrichment of sets in a ranking.

use dash_eval::{
    GseaOptions, Membership, NullConvention, RankedList, Side, TieOrder, enrichment, preranked,
    significance,
};
use dash_tests::golden;

use super::{close, count, counts, list, number, numbers, strings};

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
