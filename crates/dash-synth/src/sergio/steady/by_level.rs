//! Level after level, where half responses are means of sampled cells.

use super::Steady;
use super::run::Run;
use crate::error::Result;
use crate::sergio::draws::Noise;
use crate::sergio::order::levels;
use crate::sergio::rates::padded;
use crate::sergio::steady_state::production;

/// Bytes of trajectories that are kept at most.
const MOST_KEPT: usize = 1 << 28;

/// How the levels above are seen by a level: simulated again, with the same random numbers, or by their trajectories.
///
/// Simulating again is quicker than memory where few genes regulate, but for a long cascade it would grow with the square
/// of the number of levels.
pub(super) fn is_kept(members: &[Vec<usize>], bytes: usize) -> bool {
    let genes: usize = members.iter().map(Vec::len).sum();
    let above = |group: usize| members[group + 1..].iter().map(Vec::len).sum::<usize>();
    let again: usize = (0..members.len()).map(above).sum();
    3 * again > genes && bytes <= MOST_KEPT
}

/// What is known of the levels above.
struct Known {
    half_response: Vec<f64>,
    /// Of the cells, `genes × types`.
    means: Vec<f64>,
    /// Start values, `genes × padded types`.
    start: Vec<f64>,
}

impl Run<'_> {
    pub(super) fn by_level(
        mut self,
        is_kept: impl Fn(&[Vec<usize>], usize) -> bool,
        noise: &mut impl Noise,
        mut watch: impl FnMut(usize, &[usize], &[f64]),
    ) -> Result<Steady> {
        let setup = self.setup;
        let (genes, types) = (setup.system.genes().len(), setup.system.types());
        let level = levels(setup.system)?;
        let members: Vec<Vec<usize>> = (0..=level.iter().copied().max().unwrap_or(0))
            .map(|group| (0..genes).filter(|&gene| level[gene] == group).collect())
            .collect();
        let width = padded(types);
        let row = self.rates.slots.len() * width;
        let kept = is_kept(
            &members,
            setup.points.saturating_mul(row * size_of::<f64>()),
        );
        let mut rows = vec![0.0; if kept { setup.points * row } else { row }];
        let mut x = vec![0.0; genes * width];
        let mut known = Known {
            half_response: vec![f64::NAN; genes],
            means: vec![f64::NAN; genes * types],
            start: vec![0.0; genes * width],
        };
        for group in (0..members.len()).rev() {
            let own = &members[group];
            let regulators = self.regulators(own);
            let above = if kept { members.len() } else { group + 1 };
            self.start(own, &mut known);
            x.copy_from_slice(&known.start);
            noise.restart();
            for point in 0..setup.points {
                let activities = &mut rows[if kept { point * row } else { 0 }..][..row];
                watch(point, own, &x);
                self.cells.collect(point, own, &x, width);
                self.keep(&regulators, &x, activities);
                if point + 1 < setup.points {
                    for genes in &members[above..] {
                        self.keep(genes, &x, activities);
                        self.respond(genes, activities);
                    }
                    for (group, genes) in members.iter().enumerate().skip(above) {
                        self.advance(point, group, genes, activities, &mut x, noise);
                    }
                    self.advance(point, group, own, activities, &mut x, noise);
                }
            }
            self.learn(&regulators, &mut known);
            if kept {
                self.respond(&regulators, &mut rows);
            }
        }
        Ok(self.finish(known.half_response))
    }

    /// Start of a level: P/λ at the sampled means of the regulators.
    fn start(&self, members: &[usize], known: &mut Known) {
        let setup = self.setup;
        let types = setup.system.types();
        let width = padded(types);
        for &gene in members {
            for cell_type in 0..types {
                let mean = |regulator| known.means[regulator * types + cell_type];
                let p = production(setup.system, gene, cell_type, &known.half_response, &mean);
                known.start[gene * width + cell_type] = setup.factors[gene] * p / setup.decay[gene];
            }
        }
    }

    /// Means and half responses of the regulators of a level.
    fn learn(&mut self, regulators: &[usize], known: &mut Known) {
        let types = self.setup.system.types();
        for &gene in regulators {
            let own = &mut known.means[gene * types..(gene + 1) * types];
            for (mean, found) in own.iter_mut().zip(self.cells.means(gene)) {
                *mean = found;
            }
            let half_response = own.iter().sum::<f64>() / types as f64;
            known.half_response[gene] = half_response;
            self.rates.set_half_response(gene, half_response);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{SteadyConfig, setup};
    use super::*;
    use crate::sergio::draws::Random;
    use crate::sergio::testing::chain;

    #[test]
    fn trajectories_are_kept_for_long_cascades_that_fit() {
        let levels = |sizes: &[usize]| -> Vec<Vec<usize>> {
            sizes.iter().map(|&genes| (0..genes).collect()).collect()
        };
        assert!(!is_kept(&levels(&[90, 6, 4]), 1000));
        assert!(is_kept(&levels(&[1; 50]), 1000));
        assert!(!is_kept(&levels(&[1; 50]), MOST_KEPT + 1));
    }

    #[test]
    fn trajectories_need_not_be_kept() {
        let config = SteadyConfig {
            cells: 30,
            seed: 7,
            ..SteadyConfig::v1()
        };
        let system = chain();
        let points = config.sampling.points(2, 30, 0, config.spacing, 7);
        let with = |kept| {
            let setup = setup(&system, &config, &[]).unwrap();
            let run = Run::new(&setup, &points);
            let mut noise = Random::new(7, 0);
            run.by_level(|_, _| kept, &mut noise, |_, _, _| {}).unwrap()
        };
        let (kept, again) = (with(true), with(false));
        assert_eq!(kept.expression, again.expression);
        assert_eq!(kept.half_response[..3], again.half_response[..3]);
    }
}
