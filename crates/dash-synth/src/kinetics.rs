//! Random kinetics for a bare network, for simulation of single cells.

use dash_prior::Network;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::error::{Result, check_setting};
use crate::random::{Purpose, chance, shuffle, stream, uniform};
use crate::sergio::{Interaction, System};

/// How a bare network becomes a system of cell types.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KineticsConfig {
    /// Number of cell types, at least 1 (3).
    pub types: usize,
    /// Bounds of |K|, above 0 (1 to 5).
    pub strength: (f64, f64),
    /// Probability that an interaction activates, in 0..=1 (0.75 is SERGIO's); without, the signs of the network's weights.
    pub activating: Option<f64>,
    /// Hill exponent of all interactions, above 0 (2).
    pub exponent: f64,
    /// Basal rates of the master regulators (low or high in every type).
    pub masters: MasterProfile,
    /// Seed (0).
    pub seed: u64,
}

impl Default for KineticsConfig {
    fn default() -> Self {
        Self {
            types: 3,
            strength: (1.0, 5.0),
            activating: None,
            exponent: 2.0,
            masters: MasterProfile::default(),
            seed: 0,
        }
    }
}

/// From where the basal rates of master regulators are drawn. Rates are uniform between the bounds of their level.
///
/// # Reference
/// The two schemes of SERGIO's second version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum MasterProfile {
    /// Low or high with equal probability, for every master regulator in every type.
    LowOrHigh {
        /// Bounds of a low rate (1 to 2.5).
        #[serde(default = "low")]
        low: (f64, f64),
        /// Bounds of a high rate (3.5 to 5).
        #[serde(default = "high")]
        high: (f64, f64),
    },
    /// Every type has master regulators of its own, high there and low elsewhere; half of the rest is low in all types, half high.
    Markers {
        /// Marker regulators of each type, at least 1.
        per_type: usize,
        /// Bounds of a low rate (1 to 2.5).
        #[serde(default = "low")]
        low: (f64, f64),
        /// Bounds of a high rate (3.5 to 5).
        #[serde(default = "high")]
        high: (f64, f64),
    },
}

impl Default for MasterProfile {
    fn default() -> Self {
        Self::LowOrHigh {
            low: low(),
            high: high(),
        }
    }
}

fn low() -> (f64, f64) {
    (1.0, 2.5)
}

fn high() -> (f64, f64) {
    (3.5, 5.0)
}

/// A system on a network: genes without regulators are master regulators.
///
/// ```
/// use dash_synth::{KineticsConfig, ScaleFreeConfig, random_kinetics, scale_free_network};
///
/// let network = scale_free_network(&ScaleFreeConfig::default())?;
/// let system = random_kinetics(&network, &KineticsConfig { types: 4, ..KineticsConfig::default() })?;
/// assert_eq!((system.types(), system.genes().len()), (4, 100));
/// # Ok::<(), dash_synth::Error>(())
/// ```
///
/// # Errors
/// [`Error::Setting`](crate::Error::Setting) for a setting out of range; [`Error::NoMasters`](crate::Error::NoMasters) where every gene is regulated.
pub fn random_kinetics(network: &Network, config: &KineticsConfig) -> Result<System> {
    config.check()?;
    let mut rng = stream(config.seed, Purpose::Strengths, 0);
    let interactions = network
        .edges()
        .iter()
        .map(|edge| {
            let size = uniform(config.strength.0, config.strength.1, &mut rng);
            // Drawn in any case, so that strengths do not depend on where signs come from.
            let drawn = chance(config.activating.unwrap_or(0.0), &mut rng);
            let activates = config.activating.map_or(edge.weight > 0.0, |_| drawn);
            Interaction {
                regulator: edge.from,
                target: edge.to,
                strength: if activates { size } else { -size },
                exponent: config.exponent,
            }
        })
        .collect();
    let regulated = network.in_degrees();
    let masters: Vec<usize> = (0..regulated.len())
        .filter(|&g| regulated[g] == 0)
        .collect();
    let mut basal = vec![None; regulated.len()];
    for (gene, rates) in masters.iter().zip(config.basal_rates(masters.len())?) {
        basal[*gene] = Some(rates);
    }
    System::new(network.genes().clone(), basal, interactions)
}

impl KineticsConfig {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`Error::Setting`](crate::Error::Setting) that names the setting and its range.
    pub fn check(&self) -> Result<()> {
        check_setting("types", self.types as f64, self.types > 0, "at least 1")?;
        let least = self.strength.0;
        check_setting(
            "strength.0",
            least,
            least > 0.0 && least.is_finite(),
            "above 0",
        )?;
        check_bounds("strength.1", self.strength)?;
        let share = self.activating.unwrap_or(0.0);
        check_setting(
            "activating",
            share,
            (0.0..=1.0).contains(&share),
            "in 0..=1",
        )?;
        let exponent = self.exponent;
        check_setting(
            "exponent",
            exponent,
            exponent > 0.0 && exponent.is_finite(),
            "above 0 and finite",
        )?;
        let (MasterProfile::LowOrHigh { low, high } | MasterProfile::Markers { low, high, .. }) =
            self.masters;
        for (names, bounds) in [(("low.0", "low.1"), low), (("high.0", "high.1"), high)] {
            let least = bounds.0;
            check_setting(
                names.0,
                least,
                least >= 0.0 && least.is_finite(),
                "at least 0",
            )?;
            check_bounds(names.1, bounds)?;
        }
        Ok(())
    }

    /// The rates of so many master regulators, `masters × types`.
    fn basal_rates(&self, masters: usize) -> Result<Vec<Vec<f64>>> {
        let mut rng = stream(self.seed, Purpose::MasterProfiles, 0);
        match self.masters {
            MasterProfile::LowOrHigh { low, high } => {
                let mut rate = || {
                    let is_high = chance(0.5, &mut rng);
                    uniform_within(if is_high { high } else { low }, &mut rng)
                };
                let mut profile = || (0..self.types).map(|_| rate()).collect();
                Ok((0..masters).map(|_| profile()).collect())
            }
            MasterProfile::Markers {
                per_type,
                low,
                high,
            } => {
                check_setting(
                    "per_type",
                    per_type as f64,
                    per_type > 0 && per_type.saturating_mul(self.types) <= masters,
                    "at least 1, and times the cell types at most the number of master regulators",
                )?;
                let levels = marker_levels(masters, self.types, per_type, &mut rng);
                let rates = |levels: Vec<bool>| {
                    let level = |is_high| if is_high { high } else { low };
                    let rates = levels.into_iter().map(level);
                    rates
                        .map(|bounds| uniform_within(bounds, &mut rng))
                        .collect()
                };
                Ok(levels.into_iter().map(rates).collect())
            }
        }
    }
}

/// Where master regulators are high, `masters × types`, in random order.
fn marker_levels(
    masters: usize,
    types: usize,
    per_type: usize,
    rng: &mut ChaCha8Rng,
) -> Vec<Vec<bool>> {
    let profile = |place: usize| {
        let marked = place / per_type;
        if marked < types {
            (0..types).map(|t| t == marked).collect()
        } else {
            vec![place.is_multiple_of(2); types]
        }
    };
    let mut levels: Vec<Vec<bool>> = (0..masters).map(profile).collect();
    shuffle(&mut levels, rng);
    levels
}

fn uniform_within(bounds: (f64, f64), rng: &mut ChaCha8Rng) -> f64 {
    uniform(bounds.0, bounds.1, rng)
}

fn check_bounds(name: &'static str, (low, high): (f64, f64)) -> Result<()> {
    check_setting(
        name,
        high,
        high >= low && high.is_finite(),
        "at least the lower bound, and finite",
    )
}

#[cfg(test)]
#[expect(
    clippy::float_cmp,
    reason = "what is copied or exact in binary has the same bits"
)]
mod tests {
    use super::*;
    use crate::error::Error;
    use crate::{ScaleFreeConfig, scale_free_network};

    fn network() -> Network {
        scale_free_network(&ScaleFreeConfig {
            genes: 400,
            ..ScaleFreeConfig::default()
        })
        .unwrap()
    }

    fn masters(system: &System) -> Vec<&[f64]> {
        (0..system.genes().len())
            .filter_map(|g| system.basal(g))
            .collect()
    }

    #[test]
    fn strengths_are_uniform_and_signs_those_of_the_network() {
        let system = random_kinetics(&network(), &KineticsConfig::default()).unwrap();
        let sizes: Vec<f64> = system
            .interactions()
            .iter()
            .map(|i| i.strength.abs())
            .collect();
        let mean = sizes.iter().sum::<f64>() / sizes.len() as f64;
        assert!(sizes.iter().all(|k| (1.0..5.0).contains(k)));
        assert!((mean - 3.0).abs() < 0.15, "{mean}");
        for edge in network().edges() {
            let there = system.network().weight(edge.from, edge.to).unwrap();
            assert_eq!(there > 0.0, edge.weight > 0.0);
        }
        let drawn = KineticsConfig {
            activating: Some(0.2),
            ..KineticsConfig::default()
        };
        let other = random_kinetics(&network(), &drawn).unwrap();
        let positive = other
            .interactions()
            .iter()
            .filter(|i| i.strength > 0.0)
            .count();
        let share = positive as f64 / sizes.len() as f64;
        assert!((share - 0.2).abs() < 0.05, "{share}");
        let same = other.interactions().iter().zip(system.interactions());
        assert!(
            same.into_iter()
                .all(|(a, b)| a.strength.abs() == b.strength.abs())
        );
    }

    #[test]
    fn masters_are_low_or_high() {
        let config = KineticsConfig {
            types: 40,
            ..KineticsConfig::default()
        };
        let system = random_kinetics(&network(), &config).unwrap();
        let rates: Vec<f64> = masters(&system).concat();
        let is_low = |rate: &&f64| (1.0..2.5).contains(*rate);
        let low = rates.iter().filter(is_low).count() as f64 / rates.len() as f64;
        assert!((low - 0.5).abs() < 0.1, "{low}");
        assert!(rates.iter().all(|r| is_low(&r) || (3.5..5.0).contains(r)));
    }

    #[test]
    fn markers_are_high_in_their_type_alone() {
        let with = |per_type| KineticsConfig {
            types: 4,
            masters: MasterProfile::Markers {
                per_type,
                low: low(),
                high: high(),
            },
            ..KineticsConfig::default()
        };
        let system = random_kinetics(&network(), &with(2)).unwrap();
        for cell_type in 0..4 {
            let is_marker = |rates: &&&[f64]| {
                let high: Vec<usize> = (0..4).filter(|&t| rates[t] >= 3.5).collect();
                high == [cell_type]
            };
            assert_eq!(masters(&system).iter().filter(is_marker).count(), 2);
        }
        for per_type in [1000, usize::MAX] {
            let message = random_kinetics(&network(), &with(per_type))
                .unwrap_err()
                .to_string();
            let says = format!("per_type = {}: must be", per_type as f64);
            assert!(message.contains(&says), "{message}");
        }
    }

    #[test]
    fn bad_settings_and_circles_are_named() {
        let refused = |config: KineticsConfig| {
            random_kinetics(&network(), &config)
                .unwrap_err()
                .to_string()
        };
        let base = KineticsConfig::default();
        let message = refused(KineticsConfig {
            strength: (5.0, 1.0),
            ..base.clone()
        });
        assert!(
            message.contains("strength.1 = 1: must be at least the lower"),
            "{message}"
        );
        let masters = MasterProfile::LowOrHigh {
            low: (-1.0, 1.0),
            high: high(),
        };
        let message = refused(KineticsConfig {
            masters,
            ..base.clone()
        });
        assert!(
            message.contains("low.0 = -1: must be at least 0"),
            "{message}"
        );
        let genes = dash_prior::GeneIndex::new(vec!["A".into(), "B".into()]).unwrap();
        let edges = [(0, 1), (1, 0)].map(|(from, to)| dash_prior::Edge {
            from,
            to,
            weight: 1.0,
        });
        let circle = Network::new(genes, edges.to_vec()).unwrap();
        assert!(matches!(
            random_kinetics(&circle, &base),
            Err(Error::NoMasters)
        ));
    }
}
