//! The experiments that come with the program, so that it works from any folder.

macro_rules! experiments {
    ($($id:literal),*) => {
        /// Origin and text of every built-in experiment.
        pub(crate) const EXPERIMENTS: &[(&str, &str)] = &[$((
            concat!("xtask/experiments/", $id, ".toml"),
            include_str!(concat!("../../experiments/", $id, ".toml")),
        )),*];
    };
}

experiments!(
    "table1", "table2", "table3", "table4", "table5", "table6", "table7", "table8", "table9",
    "table10", "genome", "fig3"
);
