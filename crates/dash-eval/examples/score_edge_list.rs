//! Scores a ranked edge list against a reference, with what is reached without any data beside it.
//!
//! `cargo run --release -p dash-eval --example score_edge_list [REFERENCE.csv PREDICTED.csv]`; without files, with small ones.

#![expect(clippy::print_stdout, reason = "a program that shows its result")]

use std::fs;

use dash_eval::{Comparison, Exists, GeneNames, PriorKnowledge, Universe, parse_edges};

const REFERENCE: &str = "from,to\nSWI4,CLN2\nSWI4,PCL1\nSWI4,CLN1\nMBP1,CLB5\nMBP1,RNR1\n";
const PREDICTED: &str = "from,to,weight\n\
    SWI4,CLN2,0.9\nMBP1,CLB5,-0.8\nSWI4,RNR1,0.5\nCLN2,SWI4,0.4\nSWI4,PCL1,0.3\nMBP1,CLN1,0.1\n";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files: Vec<_> = std::env::args_os().skip(1).collect();
    let (reference, predicted) = if let [reference, predicted] = &files[..] {
        (
            fs::read_to_string(reference)?,
            fs::read_to_string(predicted)?,
        )
    } else {
        (REFERENCE.to_owned(), PREDICTED.to_owned())
    };
    let (reference, predicted) = (parse_edges(&reference)?, parse_edges(&predicted)?);
    let genes = GeneNames::of([&reference, &predicted]);
    let (truth, _) = genes.reference(&reference)?;
    let (estimate, _) = genes.estimate(&predicted)?;
    println!(
        "{} genes, {} edges in the reference",
        genes.names().len(),
        truth.edges().len()
    );

    // A metric that the data do not define is an error with its reason, never 0.
    let shown = |metric: &dash_eval::Metric| match metric {
        Ok(value) => format!("{value:.3}"),
        Err(reason) => format!("undefined ({reason})"),
    };
    for name in ["all_pairs", "reference_regulators"] {
        let universe: Universe = name.parse()?;
        let comparison = Comparison::new(&estimate, &truth, &universe)?;
        let report = comparison.report(Exists::nonzero(), PriorKnowledge::default())?;
        println!(
            "\n{name}: {} pairs, {} positives",
            report.pairs, report.positives
        );
        println!("{:28} balanced accuracy  average precision  AUROC", "");
        let row = |name: &str, values: [&dash_eval::Metric; 3]| {
            let [accuracy, precision, auroc] = values.map(shown);
            println!("{name:28} {accuracy:17}  {precision:17}  {auroc}");
        };
        let auroc = comparison.ranking().auroc();
        row(
            "predicted",
            [&report.balanced_accuracy, &report.average_precision, &auroc],
        );
        for baseline in &report.baselines {
            let values = [
                &baseline.balanced_accuracy,
                &baseline.average_precision,
                &baseline.auroc,
            ];
            row(baseline.name, values);
        }
    }
    Ok(())
}
