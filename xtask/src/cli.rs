//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::experiment::Profile;
use crate::runner::Shard;

/// The commands of the dash workspace.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Train, prune and evaluate what the paper's tables and figures need, and render them
    ///
    /// Finished jobs are never repeated: stop it at any moment and call it again.
    /// Tables go to standard output, progress to standard error.
    Reproduce(Reproduce),
    /// Fit a network and a model to your own data
    ///
    /// `--init FILES…` writes a configuration first. Finished fits are never repeated: stop it at any moment and call it
    /// again. A summary goes to standard output, progress to standard error.
    Fit(Fit),
    /// Render tables, figures and report again from finished jobs
    Report(Report),
    /// Judge inferred networks, as edge lists of any tool, by the true one
    ///
    /// A table goes to standard output. Baselines that need no data are rows of it.
    Evaluate(Evaluate),
    /// Simulate a network and its expression, with the truth beside the data
    ///
    /// The files go to standard output, progress to standard error. `--init FILE` writes a commented configuration.
    Simulate(Simulate),
    /// The published data sets: what is there, what is missing, and how to get it
    Data(Data),
    /// Run the whole test suite
    Test(Test),
    /// Measure the hot paths, and compare them with another version
    ///
    /// Versions are measured side by side, in turns. Exit code 1: something became slower.
    /// The table goes to standard output, progress to standard error.
    Bench(Bench),
}

#[derive(Debug, Args)]
pub(crate) struct Reproduce {
    /// Ids of tables or figures, separated by commas [default: all]
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// An experiment file of your own, in place of the built-in ones
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// How much of the paper's protocol is run
    #[arg(long, value_enum, default_value = "quick")]
    pub(crate) profile: Profile,
    /// Jobs run side by side [default: number of cores]
    #[arg(long, value_name = "N", value_parser = parse_jobs)]
    pub(crate) jobs: Option<usize>,
    /// Repetitions of every row, in place of the profile's
    #[arg(long, value_name = "N")]
    pub(crate) seeds: Option<u64>,
    /// Folder of the published data [default: embedded data]
    // Not a path, which could not be empty: an empty variable is as good as none.
    #[arg(long, value_name = "DIR", env = "DASH_DATA")]
    pub(crate) data: Option<OsString>,
    #[command(flatten)]
    pub(crate) out: Out,
    /// Run only part I of N of the jobs, to share them among machines
    #[arg(long, value_name = "I/N")]
    pub(crate) shard: Option<Shard>,
    /// List the jobs and what they are expected to cost; run nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Say of every job why it runs
    #[arg(long)]
    pub(crate) explain: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Fit {
    /// The configuration
    #[arg(value_name = "CONFIG.toml", required_unless_present = "init")]
    pub(crate) config: Option<PathBuf>,
    /// Write a configuration for these files: expression, prior, interactions, in any order
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["config", "predict", "knockout"])]
    pub(crate) init: Vec<PathBuf>,
    /// The column of obs with the pseudotime, of a .h5ad file given to `--init` [default: one that is called so]
    #[arg(long, value_name = "COLUMN", requires = "init")]
    pub(crate) pseudotime: Option<String>,
    /// Where `--init` writes the configuration
    #[arg(short, value_name = "FILE", default_value = "fit.toml")]
    pub(crate) output: PathBuf,
    /// Folder of results [default: out/NAME of CONFIG.toml]
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Fits run side by side [default: number of cores]
    #[arg(long, value_name = "N", value_parser = parse_jobs)]
    pub(crate) jobs: Option<usize>,
    /// Only check the files and say what was found
    #[arg(long, conflicts_with_all = ["predict", "knockout"])]
    pub(crate) check: bool,
    /// Run only part I of N of the fits, to share them among machines; the same call without it writes network and report
    #[arg(long, value_name = "I/N", conflicts_with_all = ["init", "check", "predict", "knockout"])]
    pub(crate) shard: Option<Shard>,
    /// Simulate all trajectories from their first states with the fitted model
    #[arg(long)]
    pub(crate) predict: bool,
    /// Simulate them without this gene too; several genes at once are joined by commas, and the option can be repeated
    #[arg(long, value_name = "GENE")]
    pub(crate) knockout: Vec<String>,
}

#[derive(Debug, Args)]
pub(crate) struct Report {
    #[command(flatten)]
    pub(crate) out: Out,
}

#[derive(Debug, Args)]
pub(crate) struct Out {
    /// Folder of runs, tables, figures and report
    #[arg(long = "out", value_name = "DIR", default_value = "out")]
    pub(crate) folder: PathBuf,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Evaluate {
    #[command(subcommand)]
    pub(crate) of: Option<EvaluateOf>,
    #[command(flatten)]
    pub(crate) networks: Option<Networks>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum EvaluateOf {
    /// Test gene sets by scores of genes, such as influence, of one or more methods
    ///
    /// A table goes to standard output. p is that of the exact null: no number of permutations bounds it.
    Pathways(Pathways),
}

#[derive(Debug, Args)]
pub(crate) struct Networks {
    /// Edge lists of inferred networks, with a weight per edge (BEELINE's rankedEdges.csv, DREAM, TF-target-importance)
    #[arg(long = "pred", value_name = "EDGES", required = true, num_args = 1..)]
    pub(crate) predictions: Vec<PathBuf>,
    /// Edge list of the true network
    #[arg(long, value_name = "EDGES")]
    pub(crate) truth: PathBuf,
    /// Gene list, one a line: the genes of the universe [default: those that any of the files names]
    #[arg(long, value_name = "FILE")]
    pub(crate) genes: Option<PathBuf>,
    /// Edge list of a prior network, scored as a baseline
    #[arg(long, value_name = "EDGES")]
    pub(crate) prior: Option<PathBuf>,
    /// Gene list of known regulators: "each regulates all" is scored as a baseline
    #[arg(long, value_name = "FILE")]
    pub(crate) regulators: Option<PathBuf>,
    /// Over which pairs to judge, separated by commas
    #[arg(
        long,
        value_name = "NAME",
        value_delimiter = ',',
        default_value = "all_pairs,reference_regulators"
    )]
    pub(crate) universes: Vec<String>,
    /// Predict the N edges of largest weight [default: those whose weight is not 0]
    #[arg(long, value_name = "N")]
    pub(crate) top: Option<usize>,
    /// Draws of a bootstrap over targets, for 95% intervals of AP and AUROC
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) bootstrap: u64,
    /// Seed of the bootstrap
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Also write all numbers as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Pathways {
    /// Scores of genes, a file per method: gene, tab, score (RNK)
    #[arg(long, value_name = "RNK", required = true, num_args = 1..)]
    pub(crate) scores: Vec<PathBuf>,
    /// Gene sets
    #[arg(long, value_name = "GMT")]
    pub(crate) sets: PathBuf,
    /// Draw random sets from all genes that have a score [default: from those that are in a set, too]
    #[arg(long)]
    pub(crate) all_scored: bool,
    /// Fewest scored genes of a set
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) least: usize,
    /// Most scored genes of a set
    #[arg(long, value_name = "N", default_value_t = 500)]
    pub(crate) most: usize,
    /// Permutations in addition, for p as in the paper and for max-T
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) permutations: u64,
    /// Seed of the permutations
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Also write all numbers as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Draw the best pathways of every method as a heat map
    #[arg(long, value_name = "FILE.svg|png")]
    pub(crate) figure: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// Configuration: network, simulator, changes, outputs
    #[arg(value_name = "CONFIG.toml", required_unless_present = "init")]
    pub(crate) config: Option<PathBuf>,
    /// Folder to write, which must be new or hold this very simulation
    #[arg(long, value_name = "DIR", default_value = "simulated")]
    pub(crate) out: PathBuf,
    /// Write an example configuration, and nothing else
    #[arg(long, value_name = "FILE", conflicts_with = "config")]
    pub(crate) init: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Data {
    #[command(subcommand)]
    pub(crate) command: DataCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DataCommand {
    /// Show what is present, absent and changed, with size, layout, tables that need it, and licence
    List(Files),
    /// Download what is absent, and check it
    ///
    /// Stop it at any moment: the same call goes on where it stopped. Exit code 1: a file could not be fetched.
    Fetch(Fetch),
    /// Hash what is there, and say what differs from the published bytes; exit code 1 if something does
    Verify(Files),
    /// Print where files are, or would be
    Path(Files),
}

#[derive(Debug, Args)]
pub(crate) struct Files {
    /// `all`, data sets, folders or files below the data folder, tables or figures [default: all]
    #[arg(value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// Folder of the data [default: data]
    // Not a path, which could not be empty: an empty variable is as good as none.
    #[arg(long, value_name = "DIR", env = "DASH_DATA")]
    data: Option<OsString>,
}

impl Files {
    /// The data folder.
    pub(crate) fn folder(&self) -> PathBuf {
        let named = self.data.as_ref().filter(|path| !path.is_empty());
        named.map_or_else(|| PathBuf::from("data"), PathBuf::from)
    }
}

#[derive(Debug, Args)]
pub(crate) struct Fetch {
    #[command(flatten)]
    pub(crate) files: Files,
    /// Address of a mirror that is laid out like the data folder; or a pattern with {repository}, {commit}, {upstream} or {path}
    #[arg(long, value_name = "URL", env = "DASH_MIRROR")]
    pub(crate) mirror: Option<String>,
    /// Replace files that are not the published ones
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Unit tests only: no tests across crates, no examples of the documentation
    #[arg(long)]
    pub(crate) fast: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Bench {
    /// Parts of names, separated by commas: measure the workloads whose names hold one of them [default: all]
    #[arg(long, value_name = "PART", value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Measure the slow workloads too, and every one for longer
    #[arg(long)]
    pub(crate) full: bool,
    /// Count instructions under valgrind, in place of timing: the same on a noisy machine
    #[arg(long)]
    pub(crate) instructions: bool,
    /// Keep this version and its numbers as a baseline
    #[arg(long, value_name = "NAME", value_parser = parse_name)]
    pub(crate) save: Option<String>,
    /// Compare with a baseline
    #[arg(long, value_name = "NAME", value_parser = parse_name)]
    pub(crate) against: Option<String>,
    /// Compare with a commit, which is built first
    #[arg(long, value_name = "REV", conflicts_with = "against")]
    pub(crate) against_commit: Option<String>,
}

/// A name that is a file name too.
fn parse_name(text: &str) -> Result<String, String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if text.starts_with('.') || text.is_empty() || !text.chars().all(is_plain) {
        return Err("must be letters, digits, `-`, `_` and `.`, and not start with `.`".to_owned());
    }
    Ok(text.to_owned())
}

fn parse_jobs(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) | Err(_) => Err("must be a number of at least 1".to_owned()),
        Ok(jobs) => Ok(jobs),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        super::Cli::command().debug_assert();
    }

    #[test]
    fn names_stay_in_their_folder() {
        assert!(super::parse_name("main-2026.1").is_ok());
        for name in ["", ".", "..", "a/b", "a b", "-/x"] {
            assert!(super::parse_name(name).is_err(), "{name}");
        }
    }
}
