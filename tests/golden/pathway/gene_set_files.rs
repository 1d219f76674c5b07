//! Files of gene sets, and probes of several genes.

use dash_eval::{GmtOptions, RepeatedName, parse_gmt, split_symbols};
use dash_tests::golden;

use super::number;

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
