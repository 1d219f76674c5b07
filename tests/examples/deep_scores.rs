//! How well pruned perceptrons of several depths follow their prior, with pseudo-inverses as they are and damped.
//!
//! Weights are those of a dense model after 5 epochs on the published SIM350; they are not trained between the rounds
//! of pruning. Printed is the AUROC of the number of surviving paths from gene to gene, against the prior, for two
//! starts of Ω.
//!
//! `cargo run --release -p dash-tests --example deep_scores`
#![expect(clippy::print_stdout, reason = "an example shows its result")]

use std::error::Error;
use std::path::Path;

use dash_eval::Ranking;
use dash_ode::io::{Genes, Ties, read_gene_names, read_published};
use dash_ode::{Initialise as _, Intervals, Mlp, NoStrategy, Parameters, TrainConfig, train};
use dash_prior::{GeneIndex, InputSuffix, PriorMatrix, TableFormat, UnknownGenes, co_regulation};
use dash_prune::{
    Branch, BranchWeights, Conventions, Dash, DashState, DeepState, DeepWeights, Mask,
};
use dash_tests::shared;
use ndarray::{Array1, Array2};

const ROUNDS: usize = 16;

fn main() -> Result<(), Box<dyn Error>> {
    let Some(data) = shared("data/sim350") else {
        return Ok(());
    };
    let prior = prior(&data)?;
    let literal = Conventions {
        damped: false,
        ..Conventions::balanced()
    };
    println!("| hidden | λ | as they are | damped |\n| --- | --- | --- | --- |");
    for hidden in [&[80][..], &[80, 80], &[100, 30], &[60, 60, 60]] {
        let weights = trained(&data, hidden)?;
        for lambda in [0.5, 1.0] {
            let follow = |conventions, start| -> Result<f64, Box<dyn Error>> {
                let dash = Dash::new(
                    &prior,
                    &co_regulation(&prior),
                    (lambda, lambda),
                    conventions,
                )?;
                let masks = pruned(&dash, &weights, start)?;
                paths_against(&prior, &masks)
            };
            let cell = |conventions| -> Result<String, Box<dyn Error>> {
                let (one, two) = (follow(conventions, 1)?, follow(conventions, 2)?);
                Ok(format!("{one:.2}, {two:.2}"))
            };
            let plain = cell(literal)?;
            // Two layers are never damped.
            let damped = match hidden.len() {
                1 => "–".into(),
                _ => cell(Conventions::balanced())?,
            };
            println!("| {hidden:?} | {lambda} | {plain} | {damped} |");
        }
    }
    Ok(())
}

fn prior(data: &Path) -> Result<PriorMatrix, Box<dyn Error>> {
    let names = dash_prior::read_gene_names(data.join("gene_names.csv"), InputSuffix::Strip, None)?;
    let genes: GeneIndex = names.genes;
    let path = data.join("prior_noise_0.025.edges.csv");
    let format = TableFormat::default();
    let (network, _) = dash_prior::read_edge_list(&path, &genes, UnknownGenes::Error, &format)?;
    Ok(PriorMatrix::from_network(&network).abs())
}

/// Weight matrices of a dense perceptron, from the input side to the output side.
fn trained(data: &Path, hidden: &[usize]) -> Result<Vec<Array2<f64>>, Box<dyn Error>> {
    let names = read_gene_names(&data.join("gene_names.csv"))?;
    let path = data.join("train_val_150.csv");
    let series = read_published(&path, Genes::Named(&names.names), Ties::default())?;
    let (training, validation) = series.split(&[3, 23, 25, 61, 74, 90, 103, 128, 139, 146])?;
    let mut field = Mlp::<f32>::deep(names.names.len(), hidden)?;
    let initial = field.initialise(1).cast();
    let fit = train(
        &mut field,
        &initial,
        &mut NoStrategy,
        &Intervals::of(&training, "training")?,
        &Intervals::of(&validation, "validation")?,
        &TrainConfig {
            epochs: 5,
            ..TrainConfig::default()
        },
        1,
        &mut |_| {},
    )?;
    let parameters: Parameters<f64> = fit.best.parameters.cast();
    let layers = parameters.layout().prunable();
    Ok(layers.map(|l| parameters.block_at(l).to_owned()).collect())
}

/// What survives of weights that stay as they are: 70% pruned at once, then 10% of the rest per round.
fn pruned(dash: &Dash, weights: &[Array2<f64>], start: u64) -> dash_prune::Result<Vec<Mask>> {
    let full = |w: &Array2<f64>| Mask::full(w.nrows(), w.ncols());
    let mut masks: Vec<Mask> = weights.iter().map(full).collect();
    let shapes: Vec<(usize, usize)> = weights.iter().map(Array2::dim).collect();
    let mut deep = DeepState::random(&shapes, start);
    let mut two = DashState::random(shapes[0].0, shapes[0].1, start);
    let multipliers = Array1::ones(shapes[0].1);
    for round in 0..ROUNDS {
        let scores = if weights.len() == 2 {
            let weights = BranchWeights {
                branch: Branch::Sum,
                first: weights[0].view(),
                first_mask: &masks[0],
                second: weights[1].view(),
                second_mask: &masks[1],
                multipliers: multipliers.view(),
            };
            let scores = dash.score(&weights, &mut two)?;
            vec![scores.first, scores.second]
        } else {
            let layers: Vec<_> = weights.iter().map(|w| w.view()).zip(&masks).collect();
            let weights = DeepWeights {
                branch: Branch::Sum,
                layers: &layers,
                multipliers: multipliers.view(),
            };
            dash.score_deep(&weights, &mut deep)?
        };
        for (mask, score) in masks.iter_mut().zip(&scores) {
            mask.prune_lowest(score.view(), if round == 0 { 0.7 } else { 0.1 })?;
        }
    }
    Ok(masks)
}

/// AUROC, against the prior, of the number of surviving paths from regulator to target.
fn paths_against(prior: &PriorMatrix, masks: &[Mask]) -> Result<f64, Box<dyn Error>> {
    let kept = masks.iter().rev().map(|mask| -> Array2<f64> {
        let mut layer = Array2::zeros(mask.dim());
        let flags = layer.iter_mut().zip(mask.as_slice());
        flags.for_each(|(entry, &keep)| *entry = f64::from(u8::from(keep)));
        layer
    });
    let paths = kept.reduce(|product, layer| product.dot(&layer));
    let paths: Vec<f64> = paths.into_iter().flatten().collect();
    let labels: Vec<bool> = prior.to_dense().iter().map(|&p| p != 0.0).collect();
    Ok(Ranking::from_labels(&labels, &paths)?.auroc()?)
}
