//! From a fitted field to pathways: the influence of every gene, and the gene sets that influential genes lie in.

use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use dash_eval::{
    GeneSet, GmtOptions, InfluenceDraws, PathwayOptions, PathwayScore, Perturbed, gene_influence,
    parse_gmt, pathway_test,
};
use dash_ode::{Differentiable, Initialise, Parameters, solve_at, targets};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::data::Data;
use super::fit::{Task, Value, with_field};
use crate::job::config::{InfluenceConfig, JobConfig};

/// What `runs/KEY.pathways.json` holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Pathways {
    /// The genes, the most influential first.
    pub(crate) genes: Vec<GeneInfluence>,
    /// The sets that were tested.
    pub(crate) sets: Vec<PathwayScore>,
}

/// How much a gene moves the others.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct GeneInfluence {
    pub(crate) gene: String,
    /// Mean change of the other genes when this one starts elsewhere.
    pub(crate) influence: f64,
    /// Over starting states.
    pub(crate) standard_error: f64,
}

/// Tests the gene sets by the influence of genes in a fitted model; `None` without gene sets.
pub(super) fn find(
    parameters: &Parameters<Value>,
    config: &JobConfig,
    influence: &InfluenceConfig,
    data: &Data,
) -> anyhow::Result<Option<Pathways>> {
    let Some(gene_sets) = &data.gene_sets else {
        return Ok(None);
    };
    let search = Search {
        parameters,
        config,
        influence,
        data,
        gene_sets,
    };
    with_field(&config.model, data.train.genes().len(), search).map(Some)
}

struct Search<'a> {
    parameters: &'a Parameters<Value>,
    config: &'a JobConfig,
    influence: &'a InfluenceConfig,
    data: &'a Data,
    gene_sets: &'a str,
}

impl Task for Search<'_> {
    type Output = Pathways;

    fn run<F: Differentiable<Value> + Initialise + Clone + Send + Sync>(
        self,
        mut field: F,
    ) -> anyhow::Result<Pathways> {
        field.load_pruned(self.parameters.values(), &self.parameters.nonzero());
        find_with(field, self)
    }
}

fn find_with<F: Differentiable<Value> + Send>(
    field: F,
    search: Search<'_>,
) -> anyhow::Result<Pathways> {
    let Search {
        parameters,
        config,
        influence,
        data,
        gene_sets: text,
    } = search;
    let sets: Vec<GeneSet> = parse_gmt(text, GmtOptions::default())
        .context("the gene sets")?
        .sets;
    let targets = targets(parameters);
    let genes = data.train.genes();
    let draws = InfluenceDraws {
        count: influence.draws,
        ..InfluenceDraws::paper(config.data.seed)
    };
    let field = Mutex::new(field);
    let times = times(data, influence.times);
    let found = gene_influence(
        genes.len(),
        draws,
        Perturbed::WithTargets(&targets),
        |states| -> anyhow::Result<Vec<Array2<f64>>> {
            let mut field = field.lock().unwrap_or_else(PoisonError::into_inner);
            let states = states.mapv(|x| x as Value);
            let found = solve_at(&mut *field, states.view(), &times, &config.training.solver)?;
            // The first time is that of the starting states.
            let later = found.outer_iter().skip(1);
            Ok(later.map(|states| states.mapv(f64::from)).collect())
        },
    )?;
    let scores = genes
        .iter()
        .map(String::as_str)
        .zip(found.scores.iter().copied());
    let tested = pathway_test(scores, &sets, &PathwayOptions::default())?;
    let scores = found.scores.iter().zip(&found.standard_errors);
    let mut ranked: Vec<GeneInfluence> = genes
        .iter()
        .zip(scores)
        .map(|(gene, (&influence, &standard_error))| GeneInfluence {
            gene: gene.clone(),
            influence,
            standard_error,
        })
        .collect();
    ranked.sort_by(|a, b| {
        b.influence
            .total_cmp(&a.influence)
            .then(a.gene.cmp(&b.gene))
    });
    Ok(Pathways {
        genes: ranked,
        sets: tested.sets,
    })
}

/// The start of the training data and so many times after it, evenly spaced up to their end.
fn times(data: &Data, count: usize) -> Vec<f64> {
    let trajectory = &data.train.trajectories()[0].times;
    let (first, last) = (trajectory[0], trajectory[trajectory.len() - 1]);
    let step = (last - first) / count as f64;
    (0..=count).map(|i| first + step * i as f64).collect()
}
