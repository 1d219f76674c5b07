//! What a new network shall look like.

use serde::{Deserialize, Serialize};

use crate::error::{Result, check_setting};

/// Shape of a generated network. The default is [`NetworkConfig::yeast_like`] with 690 genes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NetworkConfig {
    /// Number of genes N ≥ 1 (690). A single gene stays without an edge.
    pub genes: usize,
    /// Share of the genes that regulate others, in 0..=1 (0.193). At least one gene does, and at least one does not.
    pub regulator_share: f64,
    /// Share of the regulators that no gene regulates, in 0..=1 (0.73). At least one regulator is such an input.
    pub input_share: f64,
    /// Parameter p of the in-degree d ≥ 1 of regulated genes, P(d) = p (1 − p)^(d−1), in (0, 1] (0.548).
    pub in_degree_p: f64,
    /// Largest in-degree ≥ 1 (13). Gives way only where a regulator would be left without a target.
    pub max_in_degree: usize,
    /// Exponent α ≥ 0 of the attractiveness k of regulators, P(k) ∝ k^(−α) e^(−k/c), k ≥ 1 (0.95).
    pub out_degree_exponent: f64,
    /// Cut-off c of the attractiveness, in 0.1..=10000 (22).
    pub out_degree_cutoff: f64,
    /// Probability that a regulator is chosen within the target's module, in 0..=1 (0.75).
    pub within_module: f64,
    /// Probability that a regulated regulator takes an earlier regulated one, in 0..=1 (0.5). This gives depth.
    pub deepening: f64,
    /// Genes per module, at least 1 (26.5).
    pub module_size: f64,
    /// Each regulator activates a share π ~ Beta(a, b) of its targets; a and b in 0.001..=1000 (0.32, 0.083).
    pub activation_beta: (f64, f64),
    /// Whether one cycle of three regulated regulators is closed, as the published networks have (false: no cycle at all).
    /// There is none where no path of three of them is without a detour, as in small networks.
    pub three_cycle: bool,
    /// Seed (0).
    pub seed: u64,
}

impl Default for NetworkConfig {
    fn default() -> Self {
        Self::yeast_like(690)
    }
}

impl NetworkConfig {
    /// Shape of the regulatory network of yeast that the published 690-gene data come from.
    ///
    /// With 20 to 30 genes per module at any size; for thousands of genes a `within_module` of 0.65 keeps the modularity.
    pub fn yeast_like(genes: usize) -> Self {
        Self {
            genes,
            regulator_share: 0.193,
            input_share: 0.73,
            in_degree_p: 0.548,
            max_in_degree: 13,
            out_degree_exponent: 0.95,
            out_degree_cutoff: 22.0,
            within_module: 0.75,
            deepening: 0.5,
            module_size: 26.5,
            activation_beta: (0.32, 0.083),
            three_cycle: false,
            seed: 0,
        }
    }

    /// Shape of the published 350-gene network: denser in regulators, with more repression.
    pub fn g350_like(genes: usize) -> Self {
        Self {
            regulator_share: 0.277,
            input_share: 0.753,
            in_degree_p: 0.504,
            out_degree_exponent: 0.6,
            out_degree_cutoff: 9.0,
            activation_beta: (0.378, 0.178),
            ..Self::yeast_like(genes)
        }
    }

    /// Checks the ranges.
    ///
    /// # Errors
    /// [`Error::Setting`](crate::Error::Setting) that names the setting and its range.
    pub fn check(&self) -> Result<()> {
        let unit =
            |name, value: f64| check_setting(name, value, (0.0..=1.0).contains(&value), "in 0..=1");
        let from = |name, value, least: f64, range| {
            check_setting(name, value, value >= least && value.is_finite(), range)
        };
        let between = |name, value, (low, high): (f64, f64), range| {
            check_setting(name, value, (low..=high).contains(&value), range)
        };
        from("genes", self.genes as f64, 1.0, "at least 1")?;
        unit("regulator_share", self.regulator_share)?;
        unit("input_share", self.input_share)?;
        let p = self.in_degree_p;
        check_setting(
            "in_degree_p",
            p,
            p > 0.0 && p <= 1.0,
            "above 0 and at most 1",
        )?;
        from(
            "max_in_degree",
            self.max_in_degree as f64,
            1.0,
            "at least 1",
        )?;
        let exponent = self.out_degree_exponent;
        between("out_degree_exponent", exponent, (0.0, 20.0), "in 0..=20")?;
        let cutoff = self.out_degree_cutoff;
        between("out_degree_cutoff", cutoff, (0.1, 1e4), "in 0.1..=10000")?;
        unit("within_module", self.within_module)?;
        unit("deepening", self.deepening)?;
        from(
            "module_size",
            self.module_size,
            1.0,
            "at least 1 and finite",
        )?;
        let (a, b) = self.activation_beta;
        between("activation_beta.0", a, (1e-3, 1e3), "in 0.001..=1000")?;
        between("activation_beta.1", b, (1e-3, 1e3), "in 0.001..=1000")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_out_of_range_name_the_range() {
        let base = NetworkConfig::default();
        let cases: [(NetworkConfig, &str); 5] = [
            (
                NetworkConfig {
                    genes: 0,
                    ..base.clone()
                },
                "genes = 0: must be at least 1",
            ),
            (
                NetworkConfig {
                    within_module: 1.5,
                    ..base.clone()
                },
                "within_module = 1.5: must be in 0..=1",
            ),
            (
                NetworkConfig {
                    in_degree_p: 0.0,
                    ..base.clone()
                },
                "in_degree_p = 0: must be above 0 and at most 1",
            ),
            (
                NetworkConfig {
                    module_size: f64::NAN,
                    ..base.clone()
                },
                "module_size = NaN: must be at least 1 and finite",
            ),
            (
                NetworkConfig {
                    activation_beta: (1.0, 0.0),
                    ..base
                },
                "activation_beta.1 = 0: must be in 0.001..=1000",
            ),
        ];
        for (config, message) in cases {
            assert_eq!(config.check().unwrap_err().to_string(), message);
        }
        assert!(NetworkConfig::yeast_like(1).check().is_ok());
        assert!(NetworkConfig::g350_like(350).check().is_ok());
    }
}
