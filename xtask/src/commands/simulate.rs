//! `cargo xtask simulate`: data of a simulated network, with the truth beside them.

use std::fs;
use std::io::{IsTerminal, stderr};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use indicatif::ProgressBar;

use crate::cli::Simulate;
use crate::commands::{BadInput, list_files, print};
use crate::simulate::{Config, EXAMPLE, Observe, Simulation, key, simulate, write};
use crate::store;

/// Runs the command.
///
/// # Errors
/// [`BadInput`] for a configuration that cannot be simulated, or a folder that holds something else; others when a file
/// cannot be written.
pub(crate) fn run(arguments: &Simulate) -> anyhow::Result<ExitCode> {
    if let Some(path) = &arguments.init {
        return init(path);
    }
    let out = std::path::absolute(&arguments.out).context("cannot write")?;
    let Some((simulation, config, key)) = prepare(arguments, &out).map_err(BadInput::from)? else {
        eprintln!("{}: already simulated", arguments.out.display());
        return Ok(ExitCode::SUCCESS);
    };
    let files = write(&simulation, &config, &key, &out)?;
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

/// What is to be written, or nothing if it is there already.
fn prepare(
    arguments: &Simulate,
    out: &Path,
) -> anyhow::Result<Option<(Simulation, Config, String)>> {
    let path = arguments.config.as_deref().context("no configuration")?;
    let (config, text) = Config::read(path)?;
    let place = || path.display().to_string();
    let key = key(&config, &text).with_context(place)?;
    if is_there(out, &key)? {
        return Ok(None);
    }
    let simulation = simulate(&config, &mut Progress::default()).with_context(place)?;
    Ok(Some((simulation, config, key)))
}

/// Whether the folder holds this simulation.
fn is_there(out: &Path, key: &str) -> anyhow::Result<bool> {
    let Ok(mut entries) = fs::read_dir(out) else {
        if out.exists() {
            bail!("{} is a file; name another --out", out.display());
        }
        return Ok(false);
    };
    if entries.next().is_none() {
        return Ok(false);
    }
    let metadata = fs::read(out.join("metadata.json")).unwrap_or_default();
    let metadata: serde_json::Value = serde_json::from_slice(&metadata).unwrap_or_default();
    if metadata["key"] == key {
        return Ok(true);
    }
    bail!(
        "{} holds something else; name another --out, or remove it",
        out.display()
    );
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
