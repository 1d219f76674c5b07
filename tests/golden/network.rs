//! Network scores, file formats and gene influence of dash-eval against the golden numbers of `../shared/golden`.

use dash_eval::{
    BeelineEdges, Comparison, DreamList, EarlyPrecision, EarlyPredictions, EarlyTies, EdgeList,
    Error, GeneNames, Sign, Universe, beeline_2020_early_precision, influence_from_states,
    parse_edges, parse_sergio_regulators, parse_sergio_targets, parse_sergio_truth,
};
use dash_tests::{golden, matrix, vector};
use ndarray::{Array2, ArrayView2};
use serde_json::{Value, json};

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key]
        .as_array()
        .unwrap_or_else(|| panic!("a list `{key}`"))
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("a number, not {value}"))
}

#[track_caller]
fn close(what: &str, found: f64, expected: &Value, tolerance: f64) {
    let expected = number(expected);
    assert!(
        (found - expected).abs() <= tolerance * expected.abs(),
        "{what}: {found}, expected {expected}"
    );
}

/// Rows of a JSON table as the text of a file.
fn text(heading: &str, delimiter: &str, rows: &[Value]) -> String {
    let row = |row: &Value| {
        let fields = row.as_array().unwrap().iter();
        let field = |field: &Value| {
            field
                .as_str()
                .map_or_else(|| field.to_string(), str::to_owned)
        };
        fields.map(field).collect::<Vec<_>>().join(delimiter)
    };
    let rows: Vec<String> = rows.iter().map(row).collect();
    format!("{heading}\n{}\n", rows.join("\n"))
}

#[test]
fn beeline() {
    let Some(file) = golden("eval_beeline.json") else {
        return;
    };
    let within = number(&file["tolerance"]["relative"]);
    for case in list(&file, "cases") {
        let what = case["name"].as_str().unwrap();
        let reference = text("Gene1,Gene2,Type", ",", list(case, "reference"));
        let predicted = text("Gene1\tGene2\tEdgeWeight", "\t", list(case, "predicted"));
        let (listed_reference, listed) = (
            parse_edges(&reference).unwrap(),
            parse_edges(&predicted).unwrap(),
        );
        let genes = GeneNames::of([&listed_reference, &listed]);
        let (reference, _) = genes.reference(&listed_reference).unwrap();
        let (estimate, unplaced) = genes.estimate(&listed).unwrap();
        assert_eq!(unplaced.edges, 0);
        let (new, old, universe) = (
            &case["expect"]["v1_1"],
            &case["expect"]["v1_0"],
            &case["expect"]["universe"],
        );

        let all = Comparison::new(&estimate, &reference, &Universe::ReferenceGenes).unwrap();
        let ranking = all.ranking();
        close(
            what,
            ranking.auprc_trapezoid_biased().unwrap(),
            &new["auprc"],
            within,
        );
        close(what, ranking.auroc().unwrap(), &new["auroc"], within);
        close(what, ranking.auroc().unwrap(), &old["auroc"], within);
        let davis_goadrich = ranking.auprc_davis_goadrich().unwrap();
        close(what, davis_goadrich, &old["auprc_davis_goadrich"], within);
        let precision = ranking.average_precision().unwrap();
        close(what, precision, &universe["average_precision"], within);
        let ratio = ranking.auprc_trapezoid_biased().unwrap() / ranking.prevalence().unwrap();
        close(what, ratio, &universe["auprc_ratio_v1_1"], within);
        assert_eq!(
            Some(all.pairs().len()),
            universe["pairs"].as_u64(),
            "{what}"
        );
        assert_eq!(
            Some(all.positives()),
            universe["true_edges"].as_u64(),
            "{what}"
        );

        let early = all.early_precision(EarlyTies::AllIn, EarlyPredictions::All);
        check_early(what, &early, new, "all", within);
        let by_regulator =
            Comparison::new(&estimate, &reference, &Universe::ReferenceRegulatorsGenes).unwrap();
        let early =
            by_regulator.early_precision(EarlyTies::AllIn, EarlyPredictions::WithinUniverse);
        check_early(what, &early, new, "tf", within);
        for (edges, key) in [
            (BeelineEdges::All, "epr_all_edges"),
            (BeelineEdges::OfRegulators, "epr_tf_edges"),
        ] {
            let early = beeline_2020_early_precision(&listed_reference, &listed, edges);
            close(
                &format!("{what} 2020 {key}"),
                early.ratio.unwrap(),
                &old[key],
                within,
            );
        }
        for (sign, key) in [
            (Sign::Activation, "signed_epr_activation"),
            (Sign::Repression, "signed_epr_inhibition"),
        ] {
            let early = all.signed_early_precision(sign, EarlyTies::AllIn).unwrap();
            close(
                &format!("{what} {key}"),
                early.ratio.unwrap(),
                &new[key],
                within,
            );
        }
    }
}

fn check_early(what: &str, early: &EarlyPrecision, expect: &Value, kind: &str, within: f64) {
    let key = |name: &str| expect[format!("{name}_{kind}")].as_u64();
    assert_eq!(Some(early.pairs), key("n_possible"), "{what} {kind}");
    assert_eq!(Some(early.true_edges), key("n_true"), "{what} {kind}");
    close(
        what,
        early.ratio.unwrap(),
        &expect[format!("epr_{kind}_edges")],
        within,
    );
}

#[test]
fn dream() {
    let Some(file) = golden("eval_dream.json") else {
        return;
    };
    let within = number(&file["tolerance"]["relative"]);
    for case in list(&file, "cases") {
        let what = case["name"].as_str().unwrap();
        let labels: Vec<bool> = list(case, "ranked_labels")
            .iter()
            .map(|label| label.as_u64() == Some(1))
            .collect();
        let count = |key: &str| case[key].as_u64().unwrap();
        let ranked = DreamList::new(&labels, count("positives"), count("pairs")).unwrap();
        let expect = &case["expect"];
        for (scores, aupr, auroc) in [
            (ranked.dream5(), "dream5_aupr", "dream5_auroc"),
            (ranked.dream4(), "dream4_aupr", "dream4_auroc"),
        ] {
            close(
                &format!("{what} {aupr}"),
                scores.aupr.unwrap(),
                &expect[aupr],
                within,
            );
            close(
                &format!("{what} {auroc}"),
                scores.auroc.unwrap(),
                &expect[auroc],
                within,
            );
        }
    }
}

/// The edges of a list, with what `third` makes of weight and sign.
fn rows(list: &EdgeList, third: impl Fn(Option<f64>, Option<Sign>) -> Option<Value>) -> Value {
    let row = |edge: &dash_eval::NamedEdge| {
        let names = [json!(edge.regulator), json!(edge.target)];
        names
            .into_iter()
            .chain(third(edge.weight, edge.sign))
            .collect::<Value>()
    };
    list.edges.iter().map(row).collect()
}

/// Equal, whole numbers being equal to floats.
#[track_caller]
fn same_rows(what: &str, found: &Value, expected: &Value) {
    let (found, expected) = (found.as_array().unwrap(), expected.as_array().unwrap());
    assert_eq!(found.len(), expected.len(), "{what}");
    for (found, expected) in found.iter().zip(expected) {
        for (a, b) in found
            .as_array()
            .unwrap()
            .iter()
            .zip(expected.as_array().unwrap())
        {
            assert!(
                a == b || (a.is_number() && a.as_f64() == b.as_f64()),
                "{what}: {found} {expected}"
            );
        }
    }
}

/// What the third column of a file should be.
type Third<'a> = &'a dyn Fn(Option<f64>, Option<Sign>) -> Option<Value>;

#[test]
fn edge_list_files() {
    let Some(file) = golden("eval_formats.json") else {
        return;
    };
    let cases = &file["cases"];
    let symbol = |sign: Option<Sign>| match sign {
        Some(Sign::Activation) => json!("+"),
        Some(Sign::Repression) => json!("-"),
        None => Value::Null,
    };
    let unit = |sign: Option<Sign>| {
        json!(if sign == Some(Sign::Repression) {
            -1
        } else {
            1
        })
    };
    let checks: [(&str, &str, Third<'_>); 7] = [
        ("beeline_ref", "expect_edges", &|_, sign| Some(symbol(sign))),
        ("beeline_ref_no_type", "expect_edges", &|_, sign| {
            Some(symbol(sign))
        }),
        ("beeline_ranked", "expect_edges", &|weight, _| {
            weight.map(Value::from)
        }),
        ("dream_gold", "expect", &|weight, _| weight.map(Value::from)),
        ("dream_prediction", "expect", &|weight, _| {
            weight.map(Value::from)
        }),
        ("published_code_truth", "expect_edges", &|_, sign| {
            Some(unit(sign))
        }),
        ("chip_edges", "expect_edges", &|_, _| None),
    ];
    for (name, key, third) in checks {
        let case = &cases[name];
        let found = parse_edges(case["text"].as_str().unwrap()).unwrap();
        same_rows(name, &rows(&found, third), &case[key]);
        if let Some(expected) = case.get("expect_duplicates") {
            assert_eq!(Some(found.duplicates as u64), expected.as_u64(), "{name}");
        }
    }
}

#[test]
fn sergio_files() {
    let Some(file) = golden("eval_formats.json") else {
        return;
    };
    let cases = &file["cases"];
    let text = |name: &str| cases[name]["text"].as_str().unwrap();
    for name in ["sergio_targets", "sergio_targets_shared_hill"] {
        let shared = cases[name]["shared_hill"].as_f64();
        let found: Vec<Value> = parse_sergio_targets(text(name), shared)
            .unwrap()
            .iter()
            .map(|edge| {
                json!({"target": edge.pair.target, "regulator": edge.pair.regulator,
                       "k": edge.strength, "hill": edge.hill})
            })
            .collect();
        assert_eq!(json!(found), cases[name]["expect_edges"], "{name}");
    }
    let expect = &cases["sergio_targets_bad"]["expect_error"];
    let error = parse_sergio_targets(text("sergio_targets_bad"), None).unwrap_err();
    assert!(matches!(&error, Error::Format { line: 1, .. }), "{error}");
    for part in [
        expect["kind"].as_str().unwrap().to_owned(),
        format!("expected {}", expect["expected"]),
        format!("found {}", expect["found"]),
    ] {
        assert!(error.to_string().contains(&part), "{error}");
    }
    let regulators: Vec<Value> = parse_sergio_regulators(text("sergio_regulators"))
        .unwrap()
        .iter()
        .map(|regulator| json!({"gene": regulator.gene, "rates": regulator.rates}))
        .collect();
    assert_eq!(json!(regulators), cases["sergio_regulators"]["expect"]);
    let truth: Vec<[usize; 2]> = parse_sergio_truth(text("sergio_truth"))
        .unwrap()
        .iter()
        .map(|pair| [pair.regulator, pair.target])
        .collect();
    assert_eq!(json!(truth), cases["sergio_truth"]["expect_edges"]);
}

/// States of dx/dt = Ax at the times after the first, by Runge and Kutta's method in small steps.
fn linear(a: &Array2<f64>, times: &[f64], states: ArrayView2<'_, f64>) -> Vec<Array2<f64>> {
    const STEPS: usize = 50;
    let slope = |x: &Array2<f64>| x.dot(&a.t());
    let mut x = states.to_owned();
    let mut found = Vec::new();
    for pair in times.windows(2) {
        let h = (pair[1] - pair[0]) / STEPS as f64;
        for _ in 0..STEPS {
            let one = slope(&x);
            let two = slope(&(&x + &(&one * (0.5 * h))));
            let three = slope(&(&x + &(&two * (0.5 * h))));
            let four = slope(&(&x + &(&three * h)));
            x = x + (one + two * 2.0 + three * 2.0 + four) * (h / 6.0);
        }
        found.push(x.clone());
    }
    found
}

#[test]
fn influence_of_a_linear_system() {
    let Some(file) = golden("eval_effects.json") else {
        return;
    };
    let case = &file["influence"];
    let (a, times) = (matrix(&case["A"]), vector(&case["times"]).to_vec());
    for (gene, (draws, expected)) in list(case, "draws")
        .iter()
        .zip(list(case, "expect"))
        .enumerate()
    {
        let draws = list(draws, "draws");
        let states: Value = draws.iter().map(|draw| draw["x0"].clone()).collect();
        let renewed: Vec<f64> = draws
            .iter()
            .map(|draw| number(&draw["new_value"]))
            .collect();
        let (influence, error) =
            influence_from_states(gene, &matrix(&states), &renewed, |states| {
                Ok::<_, Error>(linear(&a, &times, states))
            })
            .unwrap();
        close(&format!("gene {gene}"), influence, expected, 1e-6);
        assert!(error > 0.0);
    }
}
