//! Expression of input genes.

use rand::Rng;
use serde::{Deserialize, Serialize};

use super::correlation::correlated_normals;
use crate::error::{Result, check_setting};
use crate::random::{Purpose, beta, chance, standard_normal, stream, uniform};

/// How the constant expression of input genes is drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct InputConfig {
    /// Probability that an input has two components, low and medium, in 0..=1 (0).
    pub bimodal_probability: f64,
    /// Factor on the standard deviation of every component, in 0..=100 (1).
    pub variance_factor: f64,
    /// Correlation of the unimodal inputs: β in 0.001..=1000, *smaller is stronger* (none: independent inputs).
    ///
    /// Values are then rearranged among the samples: a sample depends on all others, hence on how many there are.
    pub correlation: Option<f64>,
}

impl Default for InputConfig {
    fn default() -> Self {
        Self {
            bimodal_probability: 0.0,
            variance_factor: 1.0,
            correlation: None,
        }
    }
}

impl InputConfig {
    pub(super) fn check(&self) -> Result<()> {
        let p = self.bimodal_probability;
        let factor = self.variance_factor;
        let beta = self.correlation.unwrap_or(1.0);
        check_setting(
            "inputs.bimodal_probability",
            p,
            (0.0..=1.0).contains(&p),
            "in 0..=1",
        )?;
        check_setting(
            "inputs.variance_factor",
            factor,
            (0.0..=100.0).contains(&factor),
            "in 0..=100",
        )?;
        let within = (1e-3..=1e3).contains(&beta);
        check_setting("inputs.correlation", beta, within, "in 0.001..=1000")
    }
}

/// Law of an input gene's expression over samples: one or two normal components, cut to \[0, 1\].
#[derive(Clone, Debug, PartialEq)]
pub(super) struct InputModel {
    /// Share, mean and standard deviation of each component.
    components: Vec<Component>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Component {
    share: f64,
    mean: f64,
    sd: f64,
}

impl Component {
    fn draw(share: f64, (a, b): (f64, f64), rng: &mut impl Rng) -> Self {
        let mean = beta(a, b, rng);
        let sd = (beta(15.0, 15.0, rng) * mean.min(1.0 - mean) / 3.0).max(0.01);
        Self { share, mean, sd }
    }
}

const LOW: (f64, f64) = (10.0, 100.0);
const MEDIUM: (f64, f64) = (10.0, 10.0);

impl InputModel {
    pub(super) fn draw(bimodal_probability: f64, rng: &mut impl Rng) -> Self {
        let components = if chance(bimodal_probability, rng) {
            let share = uniform(0.2, 0.8, rng);
            vec![
                Component::draw(share, LOW, rng),
                Component::draw(1.0 - share, MEDIUM, rng),
            ]
        } else {
            vec![Component::draw(1.0, MEDIUM, rng)]
        };
        Self { components }
    }

    fn is_unimodal(&self) -> bool {
        self.components.len() == 1
    }

    fn value(&self, variance_factor: f64, rng: &mut impl Rng) -> f64 {
        let component = match self.components[..] {
            [first, second] if !chance(first.share, rng) => second,
            [first, ..] => first,
            [] => unreachable!("a model has one or two components"),
        };
        loop {
            let x = component.mean + component.sd * variance_factor * standard_normal(rng);
            if (0.0..=1.0).contains(&x) {
                return x;
            }
        }
    }
}

/// Values of `inputs` input genes in every sample: one list per sample.
pub(super) fn input_values(
    inputs: usize,
    samples: usize,
    config: &InputConfig,
    seed: u64,
) -> Vec<Vec<f64>> {
    let mut rng = stream(seed, Purpose::InputModels, 0);
    let models: Vec<_> = (0..inputs)
        .map(|_| InputModel::draw(config.bimodal_probability, &mut rng))
        .collect();
    let sample = |number| {
        let mut rng = stream(seed, Purpose::InputValues, number);
        models
            .iter()
            .map(|m| m.value(config.variance_factor, &mut rng))
            .collect()
    };
    let mut values: Vec<Vec<f64>> = (0..samples).map(sample).collect();
    if let Some(beta) = config.correlation {
        let unimodal: Vec<usize> = (0..inputs).filter(|&i| models[i].is_unimodal()).collect();
        let normals = correlated_normals(unimodal.len(), samples, beta, seed);
        for (column, &input) in unimodal.iter().enumerate() {
            rearrange(&mut values, input, |sample| normals[sample][column]);
        }
    }
    values
}

/// Puts the values of one input into the rank order of `guide`.
fn rearrange(values: &mut [Vec<f64>], input: usize, guide: impl Fn(usize) -> f64) {
    let mut sorted: Vec<f64> = values.iter().map(|sample| sample[input]).collect();
    sorted.sort_by(f64::total_cmp);
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| guide(a).total_cmp(&guide(b)));
    for (sample, value) in order.into_iter().zip(sorted) {
        values[sample][input] = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean_and_sd(x: &[f64]) -> (f64, f64) {
        let mean = x.iter().sum::<f64>() / x.len() as f64;
        let variance = x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / x.len() as f64;
        (mean, variance.sqrt())
    }

    fn models(p: f64) -> Vec<InputModel> {
        let mut rng = stream(1, Purpose::InputModels, 0);
        (0..20_000).map(|_| InputModel::draw(p, &mut rng)).collect()
    }

    #[test]
    fn unimodal_models_have_the_published_moments() {
        let components: Vec<Component> = models(0.0).iter().map(|m| m.components[0]).collect();
        let (mean, sd) = mean_and_sd(&components.iter().map(|c| c.mean).collect::<Vec<_>>());
        assert!(
            (mean - 0.5).abs() < 0.003 && (sd - 0.109).abs() < 0.002,
            "{mean} {sd}"
        );
        let (s, _) = mean_and_sd(&components.iter().map(|c| c.sd).collect::<Vec<_>>());
        assert!((s - 0.069).abs() < 0.001, "{s}");
        assert!(components.iter().all(|c| c.sd >= 0.01));
    }

    #[test]
    fn bimodal_models_have_a_low_component() {
        let models = models(0.25);
        let bimodal: Vec<_> = models.iter().filter(|m| !m.is_unimodal()).collect();
        assert!((bimodal.len() as f64 / models.len() as f64 - 0.25).abs() < 0.01);
        let (low, _) = mean_and_sd(
            &bimodal
                .iter()
                .map(|m| m.components[0].mean)
                .collect::<Vec<_>>(),
        );
        assert!((low - 1.0 / 11.0).abs() < 0.002, "{low}");
        let shares = bimodal
            .iter()
            .map(|m| m.components[0].share + m.components[1].share);
        assert!(shares.into_iter().all(|sum| (sum - 1.0).abs() < 1e-15));
    }

    #[test]
    fn two_components_are_met_by_their_share() {
        let component = |share, mean| Component {
            share,
            mean,
            sd: 0.01,
        };
        let model = InputModel {
            components: vec![component(0.3, 0.1), component(0.7, 0.6)],
        };
        let mut rng = stream(2, Purpose::InputValues, 0);
        let low = (0..10_000)
            .filter(|_| model.value(1.0, &mut rng) < 0.35)
            .count();
        assert!((low as f64 / 1e4 - 0.3).abs() < 0.02, "{low}");
    }

    #[test]
    fn values_follow_their_model() {
        let values = input_values(50, 4000, &InputConfig::default(), 3);
        let mut rng = stream(3, Purpose::InputModels, 0);
        for input in 0..50 {
            let component = InputModel::draw(0.0, &mut rng).components[0];
            let column: Vec<f64> = values.iter().map(|sample| sample[input]).collect();
            let (mean, sd) = mean_and_sd(&column);
            assert!((mean - component.mean).abs() < 0.1 * component.sd);
            assert!((sd / component.sd - 1.0).abs() < 0.06);
        }
        let constant = InputConfig {
            variance_factor: 0.0,
            ..InputConfig::default()
        };
        let values = input_values(3, 2, &constant, 3);
        assert_eq!(values[0], values[1]);
        let wide = InputConfig {
            variance_factor: 100.0,
            ..InputConfig::default()
        };
        let values = input_values(3, 100, &wide, 3);
        assert!(values.iter().flatten().all(|x| (0.0..=1.0).contains(x)));
    }

    #[test]
    fn correlation_keeps_the_marginals() {
        let plain = InputConfig::default();
        let strong = InputConfig {
            correlation: Some(0.2),
            ..plain.clone()
        };
        let sorted = |values: &[Vec<f64>], input: usize| {
            let mut column: Vec<f64> = values.iter().map(|s| s[input]).collect();
            column.sort_by(f64::total_cmp);
            column
        };
        let (before, after) = (
            input_values(6, 200, &plain, 4),
            input_values(6, 200, &strong, 4),
        );
        assert_ne!(before, after);
        for input in 0..6 {
            assert_eq!(sorted(&before, input), sorted(&after, input));
        }
        let strength = |values: &[Vec<f64>]| {
            let column = |i: usize| values.iter().map(|s| s[i]).collect::<Vec<_>>();
            let mut sum = 0.0;
            for i in 0..6 {
                for j in 0..i {
                    let ((mi, si), (mj, sj)) = (mean_and_sd(&column(i)), mean_and_sd(&column(j)));
                    let products = values.iter().map(|s| (s[i] - mi) * (s[j] - mj));
                    sum += (products.sum::<f64>() / 200.0 / si / sj).abs() / 15.0;
                }
            }
            sum
        };
        assert!(strength(&before) < 0.12 && strength(&after) > 0.25);
    }
}
