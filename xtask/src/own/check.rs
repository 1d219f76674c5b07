//! What a configuration of a fit must not say, and what it says in vain.

use anyhow::{Context as _, bail};

use super::config::{Expression, ExpressionFormat, FitConfig, Lambda, Model, default_schedule};
use crate::job::config::ModelKind;

/// Fits at most: the fits of one network, which a machine takes a day for.
const SEEDS: u64 = 10_000;
/// Hidden units at most.
const HIDDEN: usize = 10_000;

impl FitConfig {
    /// Checks all values that need no data.
    ///
    /// # Errors
    /// What is out of range, by its key.
    pub(super) fn check(&self) -> anyhow::Result<()> {
        if !(1..=SEEDS).contains(&self.seeds) {
            bail!("seeds = {}: from 1 to {SEEDS}", self.seeds);
        }
        self.check_shares()?;
        self.check_model()?;
        self.expression.check()?;
        if let Some(score) = self.interactions.as_ref().map(|i| i.min_score)
            && score > 1000
        {
            bail!("interactions.min_score = {score}: STRING's scores go from 0 to 1000");
        }
        self.evidence.check().context("evidence")?;
        self.schedule.check().context("schedule")?;
        self.train_config(0).check().context("training")?;
        Ok(())
    }

    fn check_shares(&self) -> anyhow::Result<()> {
        let shares = [
            ("hold_out.test", self.hold_out.test),
            ("hold_out.validation", self.hold_out.validation),
            ("stability.share", self.stability.share),
            ("stability.least", self.stability.least),
        ];
        for (name, share) in shares {
            if !(share > 0.0 && share <= 1.0) {
                bail!("{name} = {share}: a share above 0 and at most 1");
            }
        }
        if self.hold_out.test + self.hold_out.validation > 0.8 {
            bail!("hold_out.test and hold_out.validation leave less than a fifth to train on");
        }
        Ok(())
    }

    fn check_model(&self) -> anyhow::Result<()> {
        if self.model.kind == ModelKind::Mlp {
            bail!("model.kind = \"mlp\": a fit is `direct` or `phoenix`");
        }
        if !(1..=HIDDEN).contains(&self.model.hidden) {
            bail!("model.hidden = {}: from 1 to {HIDDEN}", self.model.hidden);
        }
        if let Some((first, second)) = self.lambda.fixed {
            for value in [first, second] {
                if !(0.0..=1.0).contains(&value) {
                    bail!("lambda.fixed: {value} is not in 0 to 1");
                }
            }
        }
        self.lambda.grid.check().context("lambda.grid")?;
        Ok(())
    }

    /// Settings that this fit does not look at, a sentence each.
    pub(crate) fn unused(&self) -> Vec<String> {
        let direct = self.is_direct();
        let of_factorised = [
            ("interactions", self.interactions.is_some()),
            ("lambda", self.lambda != Lambda::default()),
            ("schedule", self.schedule != default_schedule()),
            ("model.hidden", self.model.hidden != Model::default().hidden),
        ];
        let mut said = Vec::new();
        for (key, is_set) in of_factorised {
            if direct && is_set {
                said.push(format!(
                    "{key}: the direct model has no use for it; set model.kind = \"phoenix\", or leave it out"
                ));
            }
        }
        if !direct && self.evidence != dash_prune::EvidenceOptions::default() {
            said.push("evidence: only the direct model weighs it; set model.kind = \"direct\", or leave it out".to_owned());
        }
        if self.expression.points.is_some() && !self.expression.format.has_cells() {
            said.push("expression.points: only cells are averaged into points (`beeline`, `h5ad`); leave it out".to_owned());
        }
        said
    }
}

impl ExpressionFormat {
    /// Whether a file of this format holds single cells.
    fn has_cells(self) -> bool {
        matches!(self, Self::Beeline | Self::H5ad)
    }
}

impl Expression {
    fn check(&self) -> anyhow::Result<()> {
        match self.format {
            ExpressionFormat::Beeline if self.pseudotime.is_none() => {
                bail!(
                    "expression.format = \"beeline\" needs expression.pseudotime, the file of pseudotimes"
                )
            }
            ExpressionFormat::Published if self.gene_names.is_none() => {
                bail!(
                    "expression.format = \"published\" needs expression.gene_names, the file of gene names"
                )
            }
            ExpressionFormat::H5ad if self.pseudotime_column.is_none() => {
                bail!(
                    "expression.format = \"h5ad\" needs expression.pseudotime_column, a column of obs"
                )
            }
            _ => {}
        }
        if self.points.is_some_and(|points| points < 4) {
            bail!("expression.points: at least 4");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(rest: &str) -> FitConfig {
        let (before, tables) = rest.split_once('[').unwrap_or((rest, ""));
        let tables = if tables.is_empty() {
            String::new()
        } else {
            format!("[{tables}")
        };
        let text =
            format!("{before}\nexpression = {{ file = \"e.csv\", format = \"tidy\" }}\n{tables}");
        toml::from_str(&text).expect(&text)
    }

    #[test]
    fn what_is_out_of_range_is_named() {
        for (wrong, key) in [
            ("seeds = 0", "seeds = 0"),
            ("seeds = 100000000000", "10000"),
            ("[model]\nkind = \"phoenix\"\nhidden = 0", "model.hidden"),
            ("[lambda]\nfixed = [2, 0.5]", "lambda.fixed"),
            (
                "[lambda]\ngrid = { lambda1 = [], lambda2 = [0.5], folds = 3 }",
                "lambda.grid",
            ),
            (
                "[lambda]\ngrid = { lambda1 = [0.5], lambda2 = [5.0], folds = 3 }",
                "lambda.grid",
            ),
            (
                "[lambda]\ngrid = { lambda1 = [0.5], lambda2 = [0.5], folds = 1 }",
                "lambda.grid",
            ),
            ("[hold_out]\ntest = 1.5", "hold_out.test"),
        ] {
            let error = format!("{:#}", config(wrong).check().unwrap_err());
            assert!(error.contains(key), "{wrong}: {error}");
        }
        config("[model]\nkind = \"phoenix\"").check().unwrap();
    }

    #[test]
    fn what_is_said_in_vain_is_noted() {
        for (vain, key) in [
            ("[schedule]\ntarget_sparsity = 0.99", "schedule:"),
            ("[lambda]\nfixed = [0.1, 0.9]", "lambda:"),
            ("[model]\nhidden = 7", "model.hidden:"),
            (
                "[model]\nkind = \"phoenix\"\n[evidence]\ndrop_below = 0.2",
                "evidence:",
            ),
        ] {
            let unused = config(vain).unused();
            assert!(
                unused.len() == 1 && unused[0].starts_with(key),
                "{vain}: {unused:?}"
            );
        }
        assert!(config("").unused().is_empty());
        let mut cells = config("");
        cells.expression.points = Some(6);
        assert!(cells.unused()[0].starts_with("expression.points"));
    }
}
