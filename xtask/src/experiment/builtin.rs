//! The experiments that come with the program, so that it works from any folder.

/// Origin and text of every built-in experiment.
pub(crate) const EXPERIMENTS: [(&str, &str); 1] = [(
    "xtask/experiments/table1.toml",
    include_str!("../../experiments/table1.toml"),
)];
