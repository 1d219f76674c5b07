//! `cargo xtask data`: the published data sets, where they are and whether they are whole.

mod check;
mod download;
mod progress;
mod registry;
mod source;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::cli::{Data, DataCommand, Fetch, Files};
use crate::commands::{BadInput, message, print};

use check::{State, state};
use download::{Downloader, Patience};
use progress::Progress;
use registry::{File, Registry};
use source::Source;

/// Runs the command.
///
/// # Errors
/// [`BadInput`] for a name or mirror that means nothing; others when the output cannot be written.
pub(crate) fn run(arguments: &Data) -> anyhow::Result<ExitCode> {
    let registry = Registry::load()?;
    match &arguments.command {
        DataCommand::List(files) => list(&registry, files),
        DataCommand::Verify(files) => verify(&registry, files),
        DataCommand::Path(files) => path(&registry, files),
        DataCommand::Fetch(arguments) => fetch(&registry, arguments),
    }
}

/// The files that a call is about, each with its place on disk.
fn selected<'a>(
    registry: &'a Registry,
    files: &Files,
) -> Result<Vec<(&'a File, PathBuf)>, BadInput> {
    let folder = files.folder();
    let chosen = registry.select(&files.names)?;
    let place = |file: &'a File| (file, folder.join(&file.path));
    Ok(chosen.into_iter().map(place).collect())
}

/// A line per file: what is there, how large it is, what needs it.
fn list(registry: &Registry, files: &Files) -> anyhow::Result<ExitCode> {
    let selected = selected(registry, files)?;
    let mut text = String::new();
    let mut set = "";
    for (file, path) in &selected {
        if set != file.set() {
            set = file.set();
            let about = registry.sets.iter().find(|known| known.name == set);
            let _ = writeln!(text, "# {set}: {}", about.map_or("", |known| &known.about));
        }
        let size = file.size.map_or("-".to_owned(), |size| size.to_string());
        let needed_by = registry.needed_by(file).join(",");
        let _ = writeln!(
            text,
            "{:9} {size:>9}  {:48} {:17} {:28} {}{}",
            name(&state(file, path)),
            file.path,
            file.read_as,
            if needed_by.is_empty() {
                "-"
            } else {
                &needed_by
            },
            file.licence,
            remark(file),
        );
    }
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// What a user should know of a file before using it, with a separator in front.
fn remark(file: &File) -> String {
    let origin = match (&file.derived, &file.unavailable) {
        (Some(step), _) => Some(format!("derived: {step}")),
        (None, Some(reason)) => Some(format!("not fetched: {reason}")),
        (None, None) => None,
    };
    [Some(file.about.clone()), file.note.clone(), origin]
        .into_iter()
        .flatten()
        .fold(String::new(), |text, remark| format!("{text}; {remark}"))
}

fn name(state: &State) -> &'static str {
    match state {
        State::Present => "present",
        State::StandIn => "stand-in",
        State::Absent => "absent",
        State::Changed(_) => "changed",
        State::Unknown => "unknown",
        State::Unreadable(_) => "unreadable",
    }
}

/// Hashes every file that is there; exit code 1 if one is not what it should be.
fn verify(registry: &Registry, files: &Files) -> anyhow::Result<ExitCode> {
    let mut text = String::new();
    let mut counts = [0; 4];
    for (file, path) in selected(registry, files)? {
        let (count, problem) = match state(file, &path) {
            State::Present => (0, None),
            State::Absent => (1, None),
            State::StandIn => (2, file.stand_in.clone()),
            State::Unknown => (2, Some("no hash of it is known".to_owned())),
            State::Changed(difference) => (3, Some(format!("changed: {difference}"))),
            State::Unreadable(error) => (3, Some(format!("cannot be read: {error}"))),
        };
        counts[count] += 1;
        if let Some(problem) = problem {
            let _ = writeln!(text, "{}: {problem}", path.display());
        }
    }
    let [good, absent, other, bad] = counts;
    let _ = writeln!(
        text,
        "{good} as published or derived, {other} stand-ins or unknown, {bad} changed, {absent} absent"
    );
    print(&text)?;
    Ok(ExitCode::from(u8::from(bad > 0)))
}

/// Where files are, or would be.
fn path(registry: &Registry, files: &Files) -> anyhow::Result<ExitCode> {
    let mut text = String::new();
    for (_, path) in selected(registry, files)? {
        let _ = writeln!(text, "{}", path.display());
    }
    print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// What became of a file that was to be fetched.
enum Fetched {
    New(u64),
    Present,
    Skipped(String),
    Failed(String),
}

fn fetch(registry: &Registry, arguments: &Fetch) -> anyhow::Result<ExitCode> {
    let selected = selected(registry, &arguments.files)?;
    if arguments.files.names.is_empty() {
        let error = anyhow::anyhow!(
            "name what to fetch: `all`, a data set, a folder, a file, or a table that needs it; \
             `cargo xtask data list` shows them"
        );
        return Err(BadInput::from(error).into());
    }
    let mirror = arguments.mirror.as_deref().filter(|text| !text.is_empty());
    let source = Source::new(mirror).map_err(BadInput::from)?;
    let downloader = Downloader::new(Patience::default());
    let [mut new, mut present, mut skipped, mut failed] = [0; 4];
    for (number, (file, path)) in selected.iter().enumerate() {
        let (count, said) = match fetch_one(&downloader, &source, file, path, arguments.force) {
            Fetched::New(bytes) => (&mut new, format!("fetched, {bytes} bytes")),
            Fetched::Present => (&mut present, "there already".to_owned()),
            Fetched::Skipped(reason) => (&mut skipped, reason),
            Fetched::Failed(error) => (&mut failed, format!("failed: {error}")),
        };
        *count += 1;
        eprintln!("[{}/{}] {}: {said}", number + 1, selected.len(), file.path);
    }
    print(&format!(
        "{new} fetched, {present} there already, {skipped} not fetched, {failed} failed; in {}\n",
        arguments.files.folder().display()
    ))?;
    Ok(ExitCode::from(u8::from(failed > 0)))
}

fn fetch_one(
    downloader: &Downloader,
    source: &Source,
    file: &File,
    path: &Path,
    force: bool,
) -> Fetched {
    let replaces = match state(file, path) {
        State::Present => return Fetched::Present,
        State::Absent => None,
        State::StandIn => file.stand_in.clone(),
        State::Changed(difference) => Some(format!("something else ({difference})")),
        State::Unknown => Some("something that no hash identifies".to_owned()),
        State::Unreadable(error) => return Fetched::Failed(error),
    };
    if let Some(reason) = &file.unavailable {
        return Fetched::Skipped(format!("not fetched: {reason}"));
    }
    let Some(url) = source.url(file) else {
        let step = file.derived.as_deref().unwrap_or("nobody publishes it");
        return Fetched::Skipped(format!("derived, not fetched: {step}"));
    };
    if let Some(what) = replaces.filter(|_| !force) {
        return Fetched::Failed(format!(
            "{} is {what}; move it away, or replace it with --force",
            path.display()
        ));
    }
    let mut progress = Progress::of(&file.path);
    let mut bytes = 0;
    let fetched = downloader.fetch(file, &url, path, &mut |have, total| {
        bytes = have;
        progress.at(have, total);
    });
    match fetched {
        Ok(()) => Fetched::New(bytes),
        Err(error) => Fetched::Failed(message(&error)),
    }
}
