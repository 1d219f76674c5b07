//! `cargo xtask bench`: measures the hot paths, and compares them with another version.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::anyhow;

use crate::bench::measure::{Effort, compare, measure};
use crate::bench::program::{Listed, Program, target_folder};
use crate::bench::record::{Measured, Record};
use crate::bench::verdict::Verdict;
use crate::bench::{Quantity, page};
use crate::cli::Bench;
use crate::commands::{BadInput, print};

/// Runs the command; exit code 1 if something became slower.
///
/// # Errors
/// [`BadInput`] for a baseline, a commit or workloads that are not there; another error when a program fails.
pub(crate) fn run(arguments: &Bench) -> anyhow::Result<ExitCode> {
    let folder = target_folder()?.join("bench");
    let quantity = if arguments.instructions {
        Quantity::Instructions
    } else {
        Quantity::Seconds
    };
    let old = old(arguments, &folder).map_err(BadInput::from)?;
    let new = Program::of_working_copy()?.keep(&folder.join("working_copy"))?;
    let chosen = chosen(&new.list()?, arguments).map_err(BadInput::from)?;
    let call = Call {
        effort: Effort::new(quantity, arguments.full),
        folder,
    };
    let (record, code) = match old {
        None => call.measure(&new, &chosen)?,
        Some(old) => call.compare(&old, &new, &chosen)?,
    };
    if let Some(name) = &arguments.save {
        let baseline = baseline(&call.folder, name);
        new.keep(&baseline)?;
        let numbers = if arguments.instructions {
            "instructions.json"
        } else {
            "seconds.json"
        };
        record.save(&baseline.with_file_name(numbers))?;
        eprintln!("saved; compare with it by `cargo xtask bench --against {name}`");
    }
    Ok(code)
}

/// How is measured, and where files are kept.
struct Call {
    effort: Effort,
    folder: PathBuf,
}

impl Call {
    fn measure(&self, new: &Program, chosen: &[String]) -> anyhow::Result<(Record, ExitCode)> {
        let versions = [new.clone()];
        let values = measure(&versions, chosen, self.effort, &self.folder)?;
        let workloads = chosen
            .iter()
            .zip(&values)
            .map(|(name, [values])| Measured::new(name, values));
        let record = Record::new(self.effort.quantity, workloads.collect());
        print(&(page::heading(&record) + &page::measured(&record)))?;
        Ok((record, ExitCode::SUCCESS))
    }

    fn compare(
        &self,
        old: &Program,
        new: &Program,
        chosen: &[String],
    ) -> anyhow::Result<(Record, ExitCode)> {
        let known: Vec<String> = old.list()?.into_iter().map(|w| w.name).collect();
        let (both, only_new): (Vec<String>, Vec<String>) = chosen
            .iter()
            .cloned()
            .partition(|name| known.contains(name));
        let versions = [old.clone(), new.clone()];
        let compared = compare(&versions, &both, self.effort, &self.folder)?;
        let rows = || both.iter().zip(&compared);
        let workloads = rows().map(|(name, row)| Measured::new(name, &row.values[1]));
        let record = Record::new(self.effort.quantity, workloads.collect());
        print(&(page::heading(&record) + &page::compared(rows(), self.effort.quantity)))?;
        if !only_new.is_empty() {
            eprintln!("not in the old version: {}", only_new.join(", "));
        }
        let slower: Vec<&str> = rows()
            .filter(|(_, row)| row.verdict == Verdict::Slower)
            .map(|(name, _)| name.as_str())
            .collect();
        if slower.is_empty() {
            eprintln!("{} workloads, none slower", both.len());
            return Ok((record, ExitCode::SUCCESS));
        }
        eprintln!("slower: {}", slower.join(", "));
        Ok((record, ExitCode::from(1)))
    }
}

/// The version to compare with, if there is to be one.
fn old(arguments: &Bench, folder: &Path) -> anyhow::Result<Option<Program>> {
    if let Some(revision) = &arguments.against_commit {
        return Program::of_commit(revision, &folder.join("commits")).map(Some);
    }
    let Some(name) = &arguments.against else {
        return Ok(None);
    };
    let path = baseline(folder, name);
    if path.is_file() {
        return Ok(Some(Program { path }));
    }
    Err(anyhow!(
        "there is no baseline `{name}` here (a baseline is the program itself, so it does not move between machines): \
         save one by `cargo xtask bench --save {name}`, or compare with a commit by --against-commit"
    ))
}

/// The program of a saved baseline; its numbers are beside it.
fn baseline(folder: &Path, name: &str) -> PathBuf {
    folder.join("baselines").join(name).join("hot_paths")
}

/// The names of the workloads to measure.
fn chosen(listed: &[Listed], arguments: &Bench) -> anyhow::Result<Vec<String>> {
    let is_wanted = |name: &str| {
        arguments.only.is_empty() || arguments.only.iter().any(|part| name.contains(part))
    };
    let names: Vec<String> = listed
        .iter()
        .filter(|workload| arguments.full || !workload.slow)
        .filter(|workload| is_wanted(&workload.name))
        .map(|workload| workload.name.clone())
        .collect();
    if !names.is_empty() {
        return Ok(names);
    }
    let known: Vec<&str> = listed.iter().map(|w| w.name.as_str()).collect();
    Err(anyhow!(
        "no workload is called like {} (slow ones need --full); there are {}",
        arguments.only.join(" or "),
        known.join(", ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed() -> Vec<Listed> {
        [
            ("ode/eval/mlp", false),
            ("ode/epoch/mlp", true),
            ("prune/mask", false),
        ]
        .map(|(name, slow)| Listed {
            name: name.to_owned(),
            slow,
        })
        .to_vec()
    }

    fn arguments(only: &[&str], full: bool) -> Bench {
        Bench {
            only: only.iter().map(|&part| part.to_owned()).collect(),
            full,
            instructions: false,
            save: None,
            against: None,
            against_commit: None,
        }
    }

    #[test]
    fn slow_workloads_need_full() {
        let names = |only: &[&str], full| chosen(&listed(), &arguments(only, full)).unwrap();
        assert_eq!(names(&[], false), ["ode/eval/mlp", "prune/mask"]);
        assert_eq!(names(&[], true).len(), 3);
        assert_eq!(
            names(&["ode/", "mask"], false),
            ["ode/eval/mlp", "prune/mask"]
        );
        let error = chosen(&listed(), &arguments(&["epoch"], false)).unwrap_err();
        assert!(error.to_string().contains("--full"), "{error}");
    }

    #[test]
    fn a_baseline_that_is_not_there_is_bad_input() {
        let folder = tempfile::tempdir().unwrap();
        let mut call = arguments(&[], false);
        assert_eq!(old(&call, folder.path()).unwrap(), None);
        call.against = Some("main".to_owned());
        let error = old(&call, folder.path()).unwrap_err();
        assert!(error.to_string().contains("--save main"), "{error}");
        let path = baseline(folder.path(), "main");
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "program").unwrap();
        assert_eq!(old(&call, folder.path()).unwrap(), Some(Program { path }));
    }
}
