//! Edges of the prior that look idle beside each other alone: regulators with one course.

use rayon::prelude::*;

use super::EdgeEvidence;
use super::decide::{Candidate, STRONG};
use super::search::Search;
use super::target::Target;

/// Evidence of an edge of one target: regulator and value.
type Weight = (usize, f64);

impl Search<'_> {
    /// Weighs edges that were dropped together anew, one target at a time: where all of them explain what none does beside the
    /// others, the weakest goes first, and the rest is weighed without it. Tells whether the evidence of any changed.
    pub(super) fn weigh_apart(
        &self,
        targets: &[Option<Target>],
        edges: &[EdgeEvidence],
        candidates: &mut [Candidate],
    ) -> bool {
        let mut dropped = vec![Vec::new(); targets.len()];
        for edge in edges.iter().filter(|e| e.in_prior && !e.kept) {
            dropped[edge.target].push((edge.regulator, edge.evidence));
        }
        let weights: Vec<Vec<Weight>> = targets
            .par_iter()
            .zip(dropped)
            .enumerate()
            .map(|(gene, (target, dropped))| match target {
                Some(target) if dropped.len() > 1 => self.apart(gene, target, dropped),
                _ => Vec::new(),
            })
            .collect();
        let mut changed = false;
        for candidate in candidates {
            let mut weights = weights[candidate.target].iter();
            if let Some(&(_, evidence)) = weights.find(|(j, _)| *j == candidate.regulator) {
                candidate.evidence = Some(evidence);
                changed = true;
            }
        }
        changed
    }

    /// New evidence of edges that were dropped from a target; none if they explain nothing together either.
    fn apart(&self, gene: usize, target: &Target, mut dropped: Vec<Weight>) -> Vec<Weight> {
        let mut without = target.clone();
        for &(regulator, _) in &dropped {
            without.remove(regulator);
        }
        self.refit(gene, &mut without);
        // Idle edges explain two residual variances each, and seldom twice as much.
        let least = STRONG + 4.0 * (dropped.len() - 1) as f64;
        if without.error - target.error < least * self.variance(target) {
            return Vec::new();
        }
        let mut rest = target.clone();
        while dropped.iter().any(|&(_, evidence)| evidence < STRONG) && dropped.len() > 1 {
            dropped.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            let Some((weakest, _)) = dropped.pop() else {
                break;
            };
            rest.remove(weakest);
            self.refit(gene, &mut rest);
            let anew = self.evidence(gene, &rest);
            for (regulator, evidence) in &mut dropped {
                let mut now = rest.regulators.iter().zip(&anew);
                if let Some((_, &now)) = now.find(|((j, ..), _)| j == regulator) {
                    *evidence = now;
                }
            }
        }
        dropped
    }
}
