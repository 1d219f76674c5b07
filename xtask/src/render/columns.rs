//! The metrics that tables can show, and how each is written.

use anyhow::bail;

use crate::experiment::hint;

/// How a metric is shown.
#[derive(Debug)]
pub(crate) struct Column {
    /// Name in results and files.
    pub(crate) name: &'static str,
    pub(crate) header: &'static str,
    /// Factor by which the shown number is larger than the stored one.
    pub(crate) scale: f64,
    pub(crate) decimals: usize,
    pub(crate) better: Better,
    /// Metric shown in brackets beside it: what chance gives.
    pub(crate) chance: Option<&'static str>,
}

/// Which values of a metric are better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Better {
    Higher,
    Lower,
    Neither,
}

/// Metrics that measure this machine rather than the method. They differ from run to run; everything else in a table
/// is the same bit for bit.
pub(crate) const TIMING: [&str; 2] = ["cpu_seconds", "score_seconds"];

const COLUMNS: [Column; 21] = [
    column("sparsity", "Sparsity", 3, Better::Higher),
    column(
        "balanced_accuracy",
        "Balanced accuracy, all pairs",
        3,
        Better::Higher,
    ),
    column(
        "balanced_accuracy_regulators",
        "Balanced accuracy, validated regulators",
        3,
        Better::Higher,
    ),
    Column {
        chance: Some("auprc_chance"),
        ..column("auprc", "AUPRC (chance)", 3, Better::Higher)
    },
    Column {
        chance: Some("auprc_regulators_chance"),
        ..column(
            "auprc_regulators",
            "AUPRC, validated regulators (chance)",
            3,
            Better::Higher,
        )
    },
    column(
        "auroc_regulators",
        "AUROC, validated regulators",
        3,
        Better::Higher,
    ),
    column(
        "balanced_accuracy_perturbation",
        "Balanced accuracy, tested pairs (perturbation)",
        3,
        Better::Higher,
    ),
    Column {
        chance: Some("auprc_perturbation_chance"),
        ..column(
            "auprc_perturbation",
            "AUPRC, tested pairs (perturbation; chance)",
            3,
            Better::Higher,
        )
    },
    column("auprc_chance", "AUPRC of chance", 4, Better::Neither),
    column("auroc", "AUROC", 3, Better::Higher),
    Column {
        scale: 1e4,
        ..column("test_mse", "Test MSE ×1e-4", 2, Better::Lower)
    },
    Column {
        scale: 1e4,
        ..column("validation_mse", "Validation MSE ×1e-4", 2, Better::Lower)
    },
    column("epochs", "Epochs", 1, Better::Neither),
    column("out_degree", "Out-degree", 1, Better::Neither),
    Column {
        scale: 1e4,
        chance: Some("effect_mse_of_zeros"),
        ..column(
            "effect_mse",
            "MSE of effects ×1e-4 (of zeros)",
            2,
            Better::Lower,
        )
    },
    Column {
        scale: 1e4,
        ..column(
            "effect_mse_of_zeros",
            "MSE of zeros in place of effects ×1e-4",
            2,
            Better::Neither,
        )
    },
    column(
        "missing_found",
        "Beyond prior: missing edges found",
        3,
        Better::Higher,
    ),
    column(
        "precision_outside_prior",
        "Beyond prior: precision",
        4,
        Better::Higher,
    ),
    column(
        "false_dropped",
        "Beyond prior: false edges dropped",
        3,
        Better::Higher,
    ),
    column("cpu_seconds", "CPU seconds", 1, Better::Lower),
    column("score_seconds", "Score seconds", 2, Better::Lower),
];

const fn column(
    name: &'static str,
    header: &'static str,
    decimals: usize,
    better: Better,
) -> Column {
    Column {
        name,
        header,
        scale: 1.0,
        decimals,
        better,
        chance: None,
    }
}

/// The column of this name.
///
/// # Errors
/// When there is none.
pub(crate) fn known(name: &str) -> anyhow::Result<&'static Column> {
    if let Some(column) = COLUMNS.iter().find(|column| column.name == name) {
        return Ok(column);
    }
    let names = COLUMNS.iter().map(|column| column.name);
    match hint::nearest(name, names) {
        Some(meant) => bail!("no metric is called `{name}`; did you mean `{meant}`?"),
        None => bail!("no metric is called `{name}`"),
    }
}
