//! `cargo xtask simulate`: data of a simulated network, with the truth beside them.

use std::io::{IsTerminal, stderr};
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use indicatif::ProgressBar;

use crate::cli::Simulate;
use crate::commands::{BadInput, list_files, print};
use crate::simulate::{Config, EXAMPLE, Observe, Place, Simulation, holds, key, simulate, write};
use crate::store;

/// Runs the command.
///
/// # Errors
/// [`BadInput`] for a configuration that cannot be simulated, or a folder that holds something else or is being written; others
/// when a file cannot be written.
pub(crate) fn run(arguments: &Simulate) -> anyhow::Result<ExitCode> {
    if let Some(path) = &arguments.init {
        return init(path);
    }
    let out = std::path::absolute(&arguments.out).context("cannot write")?;
    let Some((simulation, config, key, place)) = prepare(arguments, &out)? else {
        eprintln!("{}: already simulated", arguments.out.display());
        return Ok(ExitCode::SUCCESS);
    };
    let files = write(&simulation, &config, &key, place)?;
    eprintln!("{}", simulation.summary());
    print(&list_files(files.iter().map(Path::new), &arguments.out))?;
    Ok(ExitCode::SUCCESS)
}

/// Writes the example, never over a file.
fn init(path: &Path) -> anyhow::Result<ExitCode> {
    let refused = || anyhow::anyhow!("{} is there already; name another file", path.display());
    if path.exists() {
        return Err(BadInput::from(refused()).into());
    }
    let path = std::path::absolute(path).context("cannot write")?;
    store::atomic::write(&path, EXAMPLE.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}

/// What is to be written, and where; nothing if it is there already.
fn prepare(
    arguments: &Simulate,
    out: &Path,
) -> anyhow::Result<Option<(Simulation, Config, String, Place)>> {
    let path = arguments.config.as_deref().context("no configuration")?;
    let (config, text) = Config::read(path).map_err(BadInput::from)?;
    let place = || path.display().to_string();
    let key = key(&config, &text)
        .with_context(place)
        .map_err(BadInput::from)?;
    let is_there = || holds(out, &key).map_err(BadInput::from);
    if is_there()? {
        return Ok(None);
    }
    // Before the work: it would be lost if it could not be written.
    let Some(claimed) = Place::claim(out)? else {
        return Err(BadInput::from(taken(arguments)).into());
    };
    // It may have been finished between the look and the claim.
    if is_there()? {
        return Ok(None);
    }
    let simulation = simulate(&config, &mut Progress::default())
        .with_context(place)
        .map_err(BadInput::from)?;
    Ok(Some((simulation, config, key, claimed)))
}

fn taken(arguments: &Simulate) -> anyhow::Error {
    anyhow::anyhow!(
        "another process is writing {}; wait for it, or name another --out",
        arguments.out.display()
    )
}

/// A bar on a terminal, else a line per condition.
#[derive(Default)]
struct Progress {
    bar: Option<ProgressBar>,
    conditions: usize,
    done: usize,
}

impl Observe for Progress {
    fn expect(&mut self, conditions: usize) {
        self.conditions = conditions;
        self.bar = stderr()
            .is_terminal()
            .then(|| ProgressBar::new(conditions as u64));
    }

    fn simulated(&mut self, condition: &str) {
        self.done += 1;
        match &self.bar {
            Some(bar) => bar.inc(1),
            None => eprintln!("[{}/{}] {condition}: simulated", self.done, self.conditions),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
