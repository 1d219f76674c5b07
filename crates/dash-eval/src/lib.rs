#![doc = include_str!("../README.md")]

mod auprc;
mod auroc;
mod baselines;
mod beeline_2020;
mod beyond_prior;
mod bootstrap;
mod chance;
mod comparison;
mod confusion;
mod curve;
mod degree;
mod dream;
mod early_precision;
mod edge;
mod edge_set;
mod effect_error;
mod effects;
mod error;
mod estimate;
mod exists;
mod formats;
mod gsea;
mod indirect;
mod influence;
mod metric;
mod multiple_testing;
mod order;
mod pairs;
mod partial_auroc;
mod pathway;
mod per_regulator;
mod ranking;
mod report;
mod rows;
mod signed;
mod sparsity;
mod spearman;
mod special;
mod sum;
mod test_mse;
mod universe;
mod youden;

pub use baselines::{Baseline, PriorKnowledge};
pub use beeline_2020::{BeelineEdges, beeline_2020_early_precision};
pub use beyond_prior::BeyondPrior;
pub use bootstrap::{Bootstrap, Interval};
pub use comparison::Comparison;
pub use confusion::Confusion;
pub use curve::{Curve, CurvePoint};
pub use degree::{OutDegree, out_degree};
pub use dream::{DreamList, DreamScores};
pub use early_precision::{EarlyPrecision, EarlyPredictions, EarlyTies};
pub use edge::{Edge, Pair, Sign};
pub use edge_set::EdgeSet;
pub use effect_error::{EffectError, effect_error};
pub use effects::{normalised_effects, normalised_rows, phoenix_effects, relu_scaled};
pub use error::Error;
pub use estimate::Estimate;
pub use exists::{Exists, TopN};
pub use formats::{
    EdgeList, GeneNames, NamedEdge, Orientation, SergioEdge, SergioRegulator, Unplaced,
    check_sergio_genes, parse_coordinates, parse_edges, parse_effects, parse_genes,
    parse_sergio_regulators, parse_sergio_targets, parse_sergio_truth,
};
pub use gsea::{
    EnrichedSet, Enrichment, GseaOptions, NullConvention, RankedList, Side, Significance, TieOrder,
    enrichment, preranked, significance,
};
pub use indirect::undirected;
pub use influence::{Influence, InfluenceDraws, Perturbed, gene_influence, influence_from_states};
pub use metric::{Metric, Undefined};
pub use multiple_testing::{Adjustment, adjust, fewest_permutations};
pub use pairs::Pairs;
pub use pathway::{
    Alternative, DuplicateGene, GeneSet, GeneUniverse, GmtFile, GmtOptions, GmtWarning,
    Hypergeometric, Membership, NullCounts, NullSummary, OverRepresentation, Overlap,
    PathwayOptions, PathwayScore, PathwayTest, PermutationTest, Permutations, PermutedSet,
    Population, RepeatedName, RnkFile, Saddlepoint, SetScore, SizeLimits, SumMoments, Tail,
    TailMethod, over_representation, parse_gmt, parse_rnk, pathway_test, pearson3_tail, score_sets,
    split_symbols, sum_tails, summarise_null,
};
pub use per_regulator::{PerRegulator, RegulatorScore};
pub use ranking::{Hits, Ranking, TieGroup};
pub use report::Report;
pub use signed::{SignAgreement, SignedRanking};
pub use sparsity::{Sparsity, sparsity};
pub use test_mse::{TestMse, test_mse};
pub use universe::Universe;
pub use youden::Youden;
