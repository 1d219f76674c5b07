//! From the scores of genes to the significance of pathways.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::multiple_testing::{Adjustment, adjust};
use crate::pathway::{
    GeneSet, Overlap, Permutations, SizeLimits, TailMethod, score_sets, split_symbols,
};

/// How a collection of pathways is tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathwayOptions {
    /// Which sets are tested, by the number of their genes that have a score.
    pub limits: SizeLimits,
    /// From which genes random sets are drawn.
    pub universe: GeneUniverse,
    /// How p is found.
    pub method: TailMethod,
    /// How p is adjusted for the number of sets.
    pub adjustment: Adjustment,
    /// Permutations in addition, for p as in the paper and for max-T.
    pub permutations: Option<Permutations>,
}

impl Default for PathwayOptions {
    /// The paper's, Bonferroni over the sets, with the exact null in place of 1000 permutations.
    fn default() -> Self {
        Self {
            limits: SizeLimits::default(),
            universe: GeneUniverse::default(),
            method: TailMethod::default(),
            adjustment: Adjustment::Bonferroni,
            permutations: None,
        }
    }
}

/// From which genes random sets are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GeneUniverse {
    /// Those that have a score and are in at least one set of the collection, as in the published code.
    #[default]
    Covered,
    /// Those that have a score.
    Scored,
}

/// Pathways tested by the scores of their genes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PathwayTest {
    /// The sets that were tested, in the order of the collection.
    pub sets: Vec<PathwayScore>,
    /// Genes that random sets are drawn from, N.
    pub universe: usize,
    /// What was lost between the collection and the scored genes.
    pub overlap: Overlap,
    /// Why no set can pass by permutations, where there are too few for it.
    pub cannot_resolve: Option<String>,
}

/// A pathway and how much its genes score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PathwayScore {
    /// Name of the set.
    pub set: String,
    /// Number of its genes that have a score.
    pub genes: usize,
    /// Their summed score.
    pub sum: f64,
    /// How many standard deviations the sum lies above that of random sets; none where these are all equal.
    pub z: Option<f64>,
    /// P(X ≥ sum) for as many random genes.
    pub p: f64,
    /// Its natural logarithm, finite where p is too small for a float.
    pub ln_p: f64,
    /// How p was found.
    pub method: TailMethod,
    /// p adjusted for the number of sets.
    pub adjusted_p: f64,
    /// p adjusted by Benjamini and Hochberg.
    pub q: f64,
    /// (b + 1)/(B + 1), if permutations were asked for.
    pub permutation_p: Option<f64>,
    /// p adjusted by the largest z of every permutation, if permutations were asked for.
    pub max_t_p: Option<f64>,
}

/// Tests every set of a collection: do its genes score more, summed, than as many genes drawn at random?
///
/// `scores` has the score of every gene, such as its [influence](crate::gene_influence). Probes that name several genes
/// ("A /// B") are split, and scores of a gene that several probes name are averaged.
///
/// p comes from the exact null, whose digits no number of permutations bounds; see [`score_sets`] for what this null
/// does and does not say.
///
/// # Errors
/// Those of [`score_sets`]; [`Error::NoOverlap`] if no set is left to test, with what to look at;
/// [`Error::NoPermutation`].
pub fn pathway_test<'a>(
    scores: impl IntoIterator<Item = (&'a str, f64)>,
    sets: &[GeneSet],
    options: &PathwayOptions,
) -> Result<PathwayTest, Error> {
    let (genes, mut scores): (Vec<String>, Vec<f64>) = split_symbols(scores).into_iter().unzip();
    let (mut members, kept, overlap) = GeneSet::members(sets, &genes, options.limits)?;
    if members.is_empty() {
        return Err(Error::NoOverlap {
            sets: sets.len(),
            genes: overlap.genes,
            scored: overlap.scored_genes,
            suggestion: overlap
                .suggestion
                .unwrap_or_else(|| "allow smaller or larger sets".to_owned()),
        });
    }
    if options.universe == GeneUniverse::Covered {
        let named: HashSet<&String> = sets.iter().flat_map(|set| &set.genes).collect();
        let covered: Vec<usize> = (0..genes.len())
            .filter(|&gene| named.contains(&genes[gene]))
            .collect();
        scores = covered.iter().map(|&gene| scores[gene]).collect();
        members = members.renumbered(&covered);
    }
    let found = score_sets(&scores, &members, options.method)?;
    let p_values: Vec<f64> = found.iter().map(|set| set.tail.p).collect();
    let adjusted = adjust(&p_values, options.adjustment)?;
    let q = adjust(&p_values, Adjustment::BenjaminiHochberg)?;
    let permuted = options
        .permutations
        .map(|permutations| permutations.test(&scores, &members))
        .transpose()?;
    let permuted_set = |index: usize| permuted.as_ref().map(|test| test.sets[index]);
    let judged = found.iter().zip(kept).enumerate();
    Ok(PathwayTest {
        sets: judged
            .map(|(index, (found, place))| PathwayScore {
                set: sets[place].name.clone(),
                genes: found.genes,
                sum: found.sum,
                z: found.z.ok(),
                p: found.tail.p,
                ln_p: found.tail.ln_p,
                method: found.tail.method,
                adjusted_p: adjusted[index],
                q: q[index],
                permutation_p: permuted_set(index).map(|set| set.p),
                max_t_p: permuted_set(index).map(|set| set.p_max_t),
            })
            .collect(),
        universe: scores.len(),
        overlap,
        cannot_resolve: permuted.and_then(|test| test.cannot_resolve),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collection() -> Vec<GeneSet> {
        [("low", 0..8), ("high", 40..48), ("tiny", 20..22)]
            .map(|(name, genes)| GeneSet {
                name: name.to_owned(),
                description: String::new(),
                genes: genes.map(|gene| format!("G{gene}")).collect(),
            })
            .to_vec()
    }

    fn scores() -> Vec<(String, f64)> {
        (0..50)
            .map(|gene| (format!("G{gene}"), f64::from(gene * gene)))
            .collect()
    }

    fn test(options: &PathwayOptions) -> Result<PathwayTest, Error> {
        let scores = scores();
        let scores = scores.iter().map(|(gene, score)| (gene.as_str(), *score));
        pathway_test(scores, &collection(), options)
    }

    #[test]
    fn the_set_of_high_genes_is_found() {
        let scored = PathwayOptions {
            universe: GeneUniverse::Scored,
            permutations: Some(Permutations { count: 99, seed: 1 }),
            ..PathwayOptions::default()
        };
        let found = test(&scored).unwrap();
        assert_eq!((found.universe, found.sets.len()), (50, 2));
        assert_eq!(found.overlap.too_small, ["tiny"]);
        let [low, high] = &found.sets[..] else {
            panic!("two sets");
        };
        assert!(high.adjusted_p < 1e-4 && high.z.unwrap() > 3.0, "{high:?}");
        assert!((high.adjusted_p / high.p - 2.0).abs() < 1e-12 && low.p > 0.99);
        assert!(high.permutation_p.unwrap() <= 0.02 && high.max_t_p.unwrap() <= 0.02);
        // 99 permutations resolve a level of 0.05 over two sets.
        assert_eq!(found.cannot_resolve, None);
        let covered = test(&PathwayOptions::default()).unwrap();
        assert_eq!(
            (covered.universe, covered.sets[1].permutation_p),
            (18, None)
        );
    }

    #[test]
    fn sets_of_other_genes_are_an_error_that_says_what_to_do() {
        let scores = [("YAL001C", 1.0), ("YAL002W", 2.0)];
        let error = pathway_test(scores, &collection(), &PathwayOptions::default()).unwrap_err();
        assert!(error.to_string().contains("YAL001C"), "{error}");
    }
}
