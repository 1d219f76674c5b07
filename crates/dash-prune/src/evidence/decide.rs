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
const STRONG: f64 = 16.0;
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

impl Trust {
    /// Real edges are shown by those of corroborated regulators. A few of these are idle: mistaken edges come from any
    /// gene, so that there are as many as a share `spread` of the genes, the corroborated ones, gets by chance; the
    /// weakest are taken to be they. How many mistaken edges come from the other genes is counted among the weak ones.
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
        for _ in 0..ROUNDS {
            let strong = trust.share_from(STRONG);
            let real_but_weak = (plain.len() as f64 - weak(&plain)) * (1.0 - strong) / strong;
            let idle = (weak(&plain) - real_but_weak).max(0.0);
            let idle_by_chance = (idle * spread / (1.0 - spread).max(0.01)).min(weak(&all));
            // One edge of each kind more: no group is ever certain.
            let share = |idle: f64, n: usize| (n as f64 - idle + 1.0) / (n as f64 + 2.0);
            trust.shares = [share(idle, plain.len()), share(idle_by_chance, all.len())];
            trust.shown = all[idle_by_chance.round() as usize..].to_vec();
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
        let by_count = |(&e, n): (&f64, u32)| missing * self.share_from(e) / f64::from(n);
        let shares = evidence.iter().zip(1..).map(by_count);
        shares.map(|share| share.min(1.0)).collect()
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
mod tests {
    use dash_ode::stream;
    use rand::Rng as _;

    use super::*;

    const GENES: usize = 400;

    fn edge(n: usize, regulator: usize, in_prior: bool, evidence: f64) -> Candidate {
        Candidate {
            target: n % GENES,
            regulator,
            in_prior,
            evidence: Some(evidence),
        }
    }

    /// Evidence of real edges: from 3 to 3000, evenly in its logarithm.
    fn real(rng: &mut impl rand::Rng) -> f64 {
        3.0 * libm::pow(1000.0, rng.random::<f64>())
    }

    /// Evidence of idle edges: χ² of two degrees of freedom, above a least value.
    fn idle(rng: &mut impl rand::Rng, least: f64) -> f64 {
        least - 2.0 * libm::log(1.0 - rng.random::<f64>())
    }

    /// 400 real edges of 40 regulators in the prior, `mistaken` idle ones of any gene, and outside it 40 real ones and 200
    /// that were the best of many idle ones. Real edges have even numbers.
    fn candidates(mistaken: usize) -> Vec<Candidate> {
        let mut rng = stream(5, 0);
        let mut all = Vec::new();
        for n in 0..400 {
            all.push(edge(n, n % 40, true, real(&mut rng)));
        }
        for n in 0..mistaken {
            let regulator = rng.random_range(0..GENES);
            all.push(edge(n, regulator, true, idle(&mut rng, 0.0)));
        }
        for n in 0..40 {
            all.push(edge(2 * n, n, false, real(&mut rng).max(14.0)));
        }
        for n in 0..200 {
            all.push(edge(
                2 * n + 1,
                50 + n,
                false,
                14.0 + 4.0 * idle(&mut rng, 0.0),
            ));
        }
        all
    }

    #[test]
    fn keeps_what_is_real_and_estimates_how_much_is_not() {
        let edges = decide(&candidates(100), GENES, &EvidenceOptions::default());
        let new: Vec<_> = edges.iter().filter(|e| !e.in_prior && e.kept).collect();
        let found = new.iter().filter(|e| e.target % 2 == 0).count();
        let false_share = 1.0 - found as f64 / new.len() as f64;
        assert!(found >= 24, "{found} of 40");
        assert!(false_share < 0.4, "{false_share}");
        let said = new.iter().filter_map(|e| e.probability).fold(1.0, f64::min);
        assert!(
            (1.0 - said - false_share).abs() < 0.2,
            "{said} {false_share}"
        );
        let prior = |kept: bool| edges.iter().filter(move |e| e.in_prior && e.kept == kept);
        assert!(prior(false).count() > 30 && prior(false).count() < 110);
        // No strong edge is dropped.
        assert!(prior(false).all(|e| e.evidence < STRONG));
    }

    #[test]
    fn a_prior_that_is_all_wrong_is_dropped_and_leaves_the_rest_to_the_data() {
        let mut rng = stream(6, 0);
        let wrong = (0..300).map(|n| edge(n, n, true, idle(&mut rng, 0.0)));
        let all: Vec<Candidate> = wrong
            .chain(candidates(0).into_iter().filter(|c| !c.in_prior))
            .collect();
        let edges = decide(&all, GENES, &EvidenceOptions::default());
        assert!(edges.iter().filter(|e| e.in_prior && e.kept).count() <= 2);
        let new: Vec<_> = edges.iter().filter(|e| !e.in_prior && e.kept).collect();
        let found = new.iter().filter(|e| e.target % 2 == 0).count();
        assert!(
            found >= 15 && found * 2 > new.len(),
            "{found} of {}",
            new.len()
        );
    }

    #[test]
    fn a_gene_that_does_not_move_has_no_regulators() {
        let mut all = candidates(20);
        all.push(Candidate {
            evidence: None,
            ..edge(399, 3, true, 0.0)
        });
        let edges = decide(&all, GENES, &EvidenceOptions::default());
        let still = edges
            .iter()
            .find(|e| e.target == 399 && e.probability == Some(0.0));
        assert!(still.is_some_and(|e| !e.kept && e.regulator == 3));
    }

    #[test]
    fn stronger_evidence_never_counts_less() {
        let edges = decide(&candidates(100), GENES, &EvidenceOptions::default());
        for in_prior in [true, false] {
            for corroborated in [true, false] {
                let group = |e: &&EdgeEvidence| {
                    e.in_prior == in_prior && (!in_prior || e.corroborated == corroborated)
                };
                let mut group: Vec<_> = edges.iter().filter(group).collect();
                group.sort_by(|a, b| a.evidence.total_cmp(&b.evidence));
                assert!(group.windows(2).all(|pair| pair[0].kept <= pair[1].kept));
            }
        }
    }

    #[test]
    fn nothing_to_decide_on_is_no_error() {
        assert!(decide(&[], GENES, &EvidenceOptions::default()).is_empty());
        let one = decide(
            &[edge(1, 2, true, 500.0)],
            GENES,
            &EvidenceOptions::default(),
        );
        assert!(one[0].kept && one[0].probability.is_none());
    }
}
