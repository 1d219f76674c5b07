//! Parameters of edges and genes, and how they are drawn.

use rand::Rng;
use serde::{Deserialize, Serialize};

use super::activation::{EC50_RANGE, EXPONENT_RANGE, is_ec50, is_exponent};
use crate::random::uniform;

/// An edge of a system: one gene regulates another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Regulation {
    /// Number of the regulator.
    pub from: usize,
    /// Number of the target.
    pub to: usize,
    /// Activation or repression.
    pub activates: bool,
    /// Largest activation w, in (0, 1]. (An edge of weight 0 is left out.)
    pub weight: f64,
    /// Expression of the regulator at which half of the activation is reached, in (0, 1).
    pub ec50: f64,
    /// Hill exponent n > 0.
    pub exponent: f64,
}

impl Regulation {
    /// The first parameter outside its range: name, value, range.
    pub(super) fn fault(&self) -> Option<(&'static str, f64, &'static str)> {
        if !(self.weight > 0.0 && self.weight <= 1.0) {
            Some(("weight", self.weight, "above 0 and at most 1"))
        } else if !is_ec50(self.ec50) {
            Some(("EC50", self.ec50, EC50_RANGE))
        } else if !is_exponent(self.exponent) {
            Some(("n", self.exponent, EXPONENT_RANGE))
        } else {
            None
        }
    }
}

/// Kinetics of one gene: τ dx/dt = m Φ − d x.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kinetics {
    /// Production m at full activation, in \[0, 1\].
    pub maximum: f64,
    /// Degradation d, in \[0, 1\].
    pub degradation: f64,
    /// Time constant τ > 0.
    pub time_constant: f64,
}

impl Default for Kinetics {
    /// All three are 1, as in the published systems.
    fn default() -> Self {
        Self {
            maximum: 1.0,
            degradation: 1.0,
            time_constant: 1.0,
        }
    }
}

impl Kinetics {
    /// The first parameter outside its range: name, value, range.
    pub(super) fn fault(&self) -> Option<(&'static str, f64, &'static str)> {
        let share = |x: f64| (0.0..=1.0).contains(&x);
        if !share(self.maximum) {
            Some(("maximum", self.maximum, "in 0..=1"))
        } else if !share(self.degradation) {
            Some(("degradation", self.degradation, "in 0..=1"))
        } else if !(self.time_constant > 0.0 && self.time_constant.is_finite()) {
            Some(("time constant", self.time_constant, "above 0 and finite"))
        } else {
            None
        }
    }
}

/// From where EC50 and the Hill exponent n of an edge are drawn.
///
/// # Reference
/// Bhuva et al., Genome Biology 20:236 (2019).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActivationLaw {
    /// EC50 = 0.5, n = 1.01.
    Linear,
    /// EC50 ~ U(0.4, 0.6), n ~ U(1.39, 1.8): the variant for time series, as in the published 690-gene system.
    #[default]
    LinearLike,
    /// EC50 ~ U(0.4, 0.6), n ~ U(1.01, 1.7): the original of 2019, as in the published 350-gene data.
    LinearLike2019,
    /// EC50 ~ U(0.2, 0.8), n ~ U(1.01, 1.7).
    Exponential,
    /// EC50 ~ U(0.4, 0.6), n ~ U(2, 6).
    Sigmoidal,
    /// EC50 ~ U(0.2, 0.8), n ~ U(1.01, 6).
    Mixed,
}

impl ActivationLaw {
    /// Bounds of EC50, then of n.
    pub fn bounds(self) -> [(f64, f64); 2] {
        match self {
            Self::Linear => [(0.5, 0.5), (1.01, 1.01)],
            Self::LinearLike => [(0.4, 0.6), (1.39, 1.8)],
            Self::LinearLike2019 => [(0.4, 0.6), (1.01, 1.7)],
            Self::Exponential => [(0.2, 0.8), (1.01, 1.7)],
            Self::Sigmoidal => [(0.4, 0.6), (2.0, 6.0)],
            Self::Mixed => [(0.2, 0.8), (1.01, 6.0)],
        }
    }

    /// EC50, then n.
    pub(crate) fn draw(self, rng: &mut impl Rng) -> (f64, f64) {
        let [ec50, exponent] = self.bounds();
        let ec50 = uniform(ec50.0, ec50.1, rng);
        (ec50, uniform(exponent.0, exponent.1, rng))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, stream};

    #[test]
    fn draws_are_uniform_within_their_bounds() {
        let laws = [
            ActivationLaw::Linear,
            ActivationLaw::LinearLike,
            ActivationLaw::LinearLike2019,
            ActivationLaw::Exponential,
            ActivationLaw::Sigmoidal,
            ActivationLaw::Mixed,
        ];
        let mut rng = stream(1, Purpose::EdgeParameters, 0);
        for law in laws {
            let draws: Vec<_> = (0..20_000).map(|_| law.draw(&mut rng)).collect();
            let columns = [
                draws.iter().map(|d| d.0).collect::<Vec<_>>(),
                draws.iter().map(|d| d.1).collect(),
            ];
            for (column, (low, high)) in columns.iter().zip(law.bounds()) {
                let mean = column.iter().sum::<f64>() / column.len() as f64;
                assert!(column.iter().all(|x| (low..=high).contains(x)));
                assert!((mean - f64::midpoint(low, high)).abs() <= 0.01 * (high - low) + 1e-12);
            }
        }
    }
}
