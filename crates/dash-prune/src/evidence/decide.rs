//! Which edges to keep: what the data say against what the prior says.
//!
//! The prior's own edges tell what the evidence of a real edge looks like, and how far the prior can be trusted.

use super::mixture::Mixture;
use super::{EdgeEvidence, EvidenceOptions};

/// An edge that was weighed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) target: usize,
    pub(super) regulator: usize,
    pub(super) in_prior: bool,
    /// `None` if the target does not move at all.
    pub(super) evidence: Option<f64>,
}

impl Candidate {
    fn is_strong(&self) -> bool {
        self.in_prior && self.evidence.is_some_and(|e| e >= STRONG)
    }

    fn judged(&self, corroborated: bool, probability: Option<f64>, kept: bool) -> EdgeEvidence {
        EdgeEvidence {
            target: self.target,
            regulator: self.regulator,
            in_prior: self.in_prior,
            corroborated,
            evidence: self.evidence.unwrap_or(0.0),
            probability,
            kept,
        }
    }
}

/// Evidence that an idle edge of the prior practically never has (χ² of two degrees of freedom: once in 3000).
pub(super) const STRONG: f64 = 16.0;
/// Fewest edges that can show what the evidence of real ones looks like.
const ENOUGH: usize = 20;

/// Decides on every candidate among `genes` genes; the answer is sorted by target and regulator.
pub(super) fn decide(
    candidates: &[Candidate],
    genes: usize,
    options: &EvidenceOptions,
) -> Vec<EdgeEvidence> {
    let mut strong = vec![0_usize; genes];
    for candidate in candidates.iter().filter(|c| c.is_strong()) {
        strong[candidate.regulator] += 1;
    }
    let corroborated = |c: &Candidate| strong[c.regulator] > usize::from(c.is_strong());
    let moving = |in_prior: bool| -> Vec<Weighed> {
        let wanted = candidates.iter().filter(|c| c.in_prior == in_prior);
        wanted
            .filter_map(|c| Weighed::new(c, corroborated(c)))
            .collect()
    };
    let spread = strong.iter().filter(|&&n| n > 0).count() as f64 / genes as f64;
    let (inside, outside) = (moving(true), moving(false));
    let trust = Trust::new(&inside, spread);
    let still = candidates.iter().filter(|c| c.evidence.is_none());
    let mut edges: Vec<EdgeEvidence> = still.map(|c| c.judged(false, Some(0.0), false)).collect();
    edges.extend(inside.iter().map(|edge| trust.of_prior(edge, options)));
    edges.extend(trust.outside_prior(outside, options));
    edges.sort_by_key(|e| (e.target, e.regulator));
    edges
}

/// A candidate whose target moves.
#[derive(Clone, Copy, Debug)]
struct Weighed {
    edge: Candidate,
    evidence: f64,
    corroborated: bool,
}

impl Weighed {
    fn new(edge: &Candidate, corroborated: bool) -> Option<Self> {
        edge.evidence.map(|evidence| Self {
            edge: *edge,
            evidence,
            corroborated,
        })
    }

    fn judged(&self, probability: Option<f64>, kept: bool) -> EdgeEvidence {
        self.edge.judged(self.corroborated, probability, kept)
    }
}

/// What the prior's edges teach: the evidence of real ones, and the share of real ones among them.
struct Trust {
    /// Evidence of real edges, ascending.
    shown: Vec<f64>,
    /// Share of real ones among the prior's edges of uncorroborated and of corroborated regulators.
    shares: [f64; 2],
}

/// Rounds in which the two, which depend on each other, settle.
const ROUNDS: usize = 4;
/// Shares of the real edges that show more evidence than the places where missing ones are counted: far enough up that
/// idle edges do not reach there.
const UPPER: [f64; 4] = [0.3, 0.4, 0.5, 0.6];

/// Standard deviations, and the share of all edges, by which idle edges must be more than by chance before they are counted: real
/// ones that are weak look like them.
const CLEARLY: f64 = 4.0;
const MANY: f64 = 0.2;
/// Evidence below which most idle edges have theirs, and a range above it where hardly any has.
const LITTLE: f64 = 3.0;
const BETWEEN: (f64, f64) = (6.0, STRONG);

/// The number of idle edges by how many have little evidence. Real ones with so little are taken to be as many, for the length of the
/// range, as in between.
fn idle_seen(evidence: &[f64]) -> f64 {
    let within = |(low, high): (f64, f64)| {
        let count = |e: f64| evidence.partition_point(|&other| other < e);
        (count(high) - count(low)) as f64
    };
    let chance = |(low, high): (f64, f64)| libm::exp(-low / 2.0) - libm::exp(-high / 2.0);
    let little = (0.0, LITTLE);
    let real = LITTLE / (BETWEEN.1 - BETWEEN.0);
    let idle = within(little) - real * within(BETWEEN);
    (idle / (chance(little) - real * chance(BETWEEN))).max(0.0)
}

impl Trust {
    /// Real edges are shown by those of corroborated regulators. A few of these are idle: if mistaken edges come from any
    /// gene, there are as many as a share `spread` of the genes, the corroborated ones, gets by chance. If clearly more
    /// have little evidence, mistaken edges come from these regulators, as where binding motifs are mistaken, and are counted. The
    /// weakest are taken to be the idle ones. How many mistaken edges come from the other genes is counted among the weak ones.
    fn new(inside: &[Weighed], spread: f64) -> Self {
        let [plain, all] = [false, true].map(|corroborated| {
            let of = inside.iter().filter(|e| e.corroborated == corroborated);
            let mut evidence: Vec<f64> = of.map(|e| e.evidence).collect();
            evidence.sort_by(f64::total_cmp);
            evidence
        });
        let weak = |evidence: &[f64]| evidence.partition_point(|&e| e < STRONG) as f64;
        // It starts from the worst: that no weak edge is real.
        let mut trust = Self {
            shown: all[weak(&all) as usize..].to_vec(),
            shares: [0.5, 0.5],
        };
        let seen = idle_seen(&all).min(weak(&all));
        for _ in 0..ROUNDS {
            let strong = trust.share_from(STRONG);
            let real_but_weak = (plain.len() as f64 - weak(&plain)) * (1.0 - strong) / strong;
            let idle = (weak(&plain) - real_but_weak).max(0.0);
            let by_chance = (idle * spread / (1.0 - spread).max(0.01)).min(weak(&all));
            let clearly = (CLEARLY * seen.sqrt()).max(MANY * all.len() as f64);
            let among_shown = if seen - by_chance > clearly {
                seen
            } else {
                by_chance
            };
            // One edge of each kind more: no group is ever certain.
            let share = |idle: f64, n: usize| (n as f64 - idle + 1.0) / (n as f64 + 2.0);
            trust.shares = [share(idle, plain.len()), share(among_shown, all.len())];
            trust.shown = all[among_shown.round() as usize..].to_vec();
        }
        trust
    }

    /// Share of real edges with at least this evidence; never quite zero.
    fn share_from(&self, evidence: f64) -> f64 {
        let below = self.shown.partition_point(|&e| e < evidence);
        let n = self.shown.len();
        ((n - below) as f64 + 0.5) / (n as f64 + 1.0)
    }

    /// The evidence that this share of the real edges exceeds.
    fn evidence_of(&self, share: f64) -> f64 {
        let at = (self.shown.len() as f64 * (1.0 - share)) as usize;
        self.shown.get(at).copied().unwrap_or(f64::INFINITY)
    }

    fn is_enough(&self) -> bool {
        self.shown.len() >= ENOUGH
    }

    /// The two-groups model: an idle edge has evidence by χ² of two degrees of freedom (density ½ exp(−e/2)), a real
    /// one that of the edges shown, which is flat where that of idle ones lies.
    fn of_prior(&self, edge: &Weighed, options: &EvidenceOptions) -> EdgeEvidence {
        if !self.is_enough() {
            return edge.judged(None, edge.evidence >= STRONG);
        }
        let share = self.shares[usize::from(edge.corroborated)];
        let density = (1.0 - self.share_from(STRONG)) / STRONG;
        let idle = (1.0 - share) * 0.5 * libm::exp(-edge.evidence / 2.0);
        let probability = share * density / (share * density + idle);
        edge.judged(Some(probability), probability >= options.drop_below)
    }

    /// Keeps as many of the strongest candidates outside the prior as hold the estimated share of false ones.
    fn outside_prior(
        &self,
        mut outside: Vec<Weighed>,
        options: &EvidenceOptions,
    ) -> Vec<EdgeEvidence> {
        let place = |e: &Weighed| (e.edge.target, e.edge.regulator);
        outside.sort_by(|a, b| {
            let strongest = b.evidence.total_cmp(&a.evidence);
            strongest.then(place(a).cmp(&place(b)))
        });
        let shares = self.shares_real(&outside);
        let last = shares
            .iter()
            .rposition(|share| 1.0 - share <= options.false_discoveries);
        let kept = last.map_or(0, |last| last + 1);
        let edges = outside.iter().zip(shares).enumerate();
        edges
            .map(|(n, (edge, share))| edge.judged(Some(share), n < kept))
            .collect()
    }

    /// For candidates by falling evidence, the share of real ones among each and all before it.
    ///
    /// Of the N(t) candidates with evidence t or more, M·S(t) are real, where S is the share of real edges that show so
    /// much evidence and M the number of real edges that the prior lacks. M is estimated where the evidence is so strong
    /// that nearly all candidates are real, as the mean of N(t)/S(t) there; if that is more, by the mixture, which alone
    /// speaks where the prior has too few real edges to show S.
    fn shares_real(&self, outside: &[Weighed]) -> Vec<f64> {
        let evidence: Vec<f64> = outside.iter().map(|e| e.evidence).collect();
        let probabilities = if self.is_enough() {
            Mixture::of(&self.shown).probabilities(&evidence)
        } else {
            Mixture::open().probabilities(&evidence)
        };
        let mut real = 0.0;
        let by_mixture = probabilities.iter().zip(1..).map(|(p, n)| {
            real += p;
            real / f64::from(n)
        });
        if !self.is_enough() {
            return by_mixture.collect();
        }
        let missing = self.missing(&evidence).max(probabilities.iter().sum());
        // Beyond the strongest edge shown there is nothing to count by, and no idle edge either.
        let strongest = self.shown.last().copied().unwrap_or(f64::INFINITY);
        let by_count = |&e: &f64| {
            let n = evidence.partition_point(|&other| other >= e);
            if e >= strongest {
                1.0
            } else {
                (missing * self.share_from(e) / n as f64).min(1.0)
            }
        };
        let mut shares: Vec<f64> = evidence.iter().map(by_count).collect();
        // Stronger evidence never speaks against an edge: the share among fewer of the strongest is no smaller.
        for n in (1..shares.len()).rev() {
            shares[n - 1] = shares[n - 1].max(shares[n]);
        }
        shares
    }

    /// The number of real edges that the prior lacks, from falling evidence of candidates.
    fn missing(&self, evidence: &[f64]) -> f64 {
        let counts = UPPER.map(|share| {
            let least = self.evidence_of(share);
            evidence.partition_point(|&e| e >= least) as f64 / share
        });
        counts.iter().sum::<f64>() / counts.len() as f64
    }
}

#[cfg(test)]
mod tests;
