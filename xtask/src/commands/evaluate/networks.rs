//! Inferred networks, as edge lists of any tool, beside the true one.

use std::process::ExitCode;

use anyhow::Context;
use dash_eval::{
    Bootstrap, Comparison, EarlyPrecision, EarlyPredictions, EarlyTies, EdgeSet, Estimate, Exists,
    GeneNames, Interval, PriorKnowledge, Ranking, Report, SignAgreement, Universe,
};
use serde::Serialize;

use super::read::{Inputs, Source};
use super::{table, write_json};
use crate::cli::Networks;
use crate::commands::{BadInput, print};

/// All that is said of the networks.
#[derive(Debug, Serialize)]
pub(super) struct Evaluation {
    pub(super) schema: u32,
    /// Genes of the universe, k.
    pub(super) genes: usize,
    pub(super) reference: Source,
    pub(super) prior: Option<Source>,
    /// Known regulators that are among the genes.
    pub(super) regulators: Option<usize>,
    pub(super) networks: Vec<Network>,
}

/// All that is said of one network.
#[derive(Debug, Serialize)]
pub(super) struct Network {
    pub(super) source: Source,
    /// By universe.
    pub(super) scores: Vec<Scores>,
}

/// All that is said of one network over one universe.
#[derive(Debug, Serialize)]
pub(super) struct Scores {
    #[serde(flatten)]
    pub(super) report: Report,
    /// The mean of average precision over random orders.
    pub(super) random_average_precision: Option<f64>,
    pub(super) auprc_davis_goadrich: Option<f64>,
    /// AUROC up to a false positive rate of 0.1, on the scale of the AUROC.
    pub(super) partial_auroc: Option<f64>,
    /// Mean over regulators of their own average precision and AUROC.
    pub(super) macro_average_precision: Option<f64>,
    pub(super) macro_auroc: Option<f64>,
    pub(super) early_precision: EarlyPrecision,
    pub(super) signs: SignAgreement,
    pub(super) average_precision_interval: Option<Interval>,
    pub(super) auroc_interval: Option<Interval>,
}

/// False positive rate up to which the partial AUROC goes.
const PARTIAL: f64 = 0.1;

/// Judges the networks.
///
/// # Errors
/// [`BadInput`] for a file that cannot be read or makes no sense; others when the JSON cannot be written.
pub(super) fn run(arguments: &Networks) -> anyhow::Result<ExitCode> {
    let evaluation = evaluate(arguments).map_err(BadInput::from)?;
    write_json(arguments.json.as_deref(), &evaluation)?;
    print(&table::text(&evaluation))?;
    Ok(ExitCode::SUCCESS)
}

fn evaluate(arguments: &Networks) -> anyhow::Result<Evaluation> {
    let universes: Vec<Universe> = arguments
        .universes
        .iter()
        .map(|name| name.parse())
        .collect::<Result<_, _>>()?;
    let inputs = Inputs::read(arguments)?;
    let genes = inputs.genes();
    let (reference, reference_source) = inputs.reference(&genes)?;
    let (prior, prior_source) = inputs.prior(&genes)?.unzip();
    let regulators = inputs.regulators(&genes);
    let knowledge = PriorKnowledge {
        prior: prior.as_ref(),
        regulators: regulators.as_deref(),
    };
    let judge = Judge {
        arguments,
        genes: &genes,
        reference: &reference,
        knowledge,
        universes: &universes,
    };
    let networks: anyhow::Result<Vec<Network>> = inputs
        .networks(&genes)?
        .into_iter()
        .map(|(estimate, source)| judge.network(&estimate, source))
        .collect();
    Ok(Evaluation {
        schema: 1,
        genes: genes.names().len(),
        reference: reference_source,
        prior: prior_source,
        regulators: regulators.as_ref().map(Vec::len),
        networks: networks?,
    })
}

/// What all networks are judged by.
struct Judge<'a> {
    arguments: &'a Networks,
    genes: &'a GeneNames,
    reference: &'a EdgeSet,
    knowledge: PriorKnowledge<'a>,
    universes: &'a [Universe],
}

impl Judge<'_> {
    fn network(&self, estimate: &Estimate<'_, f64>, source: Source) -> anyhow::Result<Network> {
        let scores: anyhow::Result<Vec<Scores>> = self
            .universes
            .iter()
            .map(|universe| self.scores(estimate, universe))
            .collect();
        Ok(Network {
            scores: scores.with_context(|| {
                format!("{} over {} genes", source.file, self.genes.names().len())
            })?,
            source,
        })
    }

    fn scores(&self, estimate: &Estimate<'_, f64>, universe: &Universe) -> anyhow::Result<Scores> {
        let comparison = Comparison::new(estimate, self.reference, universe)?;
        let exists = match self.arguments.top {
            Some(n) => comparison.top_n(n).exists,
            None => Exists::nonzero(),
        };
        let ranking = comparison.ranking();
        let by_regulator = comparison.per_regulator();
        let interval = |metric: fn(&Ranking) -> dash_eval::Metric| {
            let options = Bootstrap {
                replicates: self.arguments.bootstrap,
                seed: self.arguments.seed,
                ..Bootstrap::default()
            };
            (options.replicates > 0)
                .then(|| comparison.bootstrap(options, metric).ok())
                .flatten()
        };
        Ok(Scores {
            report: comparison.report(exists, self.knowledge)?,
            random_average_precision: ranking.expected_random_ap().ok(),
            auprc_davis_goadrich: ranking.auprc_davis_goadrich().ok(),
            partial_auroc: ranking.standardised_partial_auroc(PARTIAL).ok(),
            macro_average_precision: by_regulator.mean_average_precision.ok(),
            macro_auroc: by_regulator.mean_auroc.ok(),
            early_precision: comparison
                .early_precision(EarlyTies::Expected, EarlyPredictions::WithinUniverse),
            signs: comparison.sign_agreement(exists),
            average_precision_interval: interval(Ranking::average_precision),
            auroc_interval: interval(Ranking::auroc),
        })
    }
}
