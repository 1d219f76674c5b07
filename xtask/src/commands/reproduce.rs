//! `cargo xtask reproduce`: runs the jobs that tables and figures need, and renders them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, stderr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::cli::Reproduce;
use crate::commands::{BadInput, list_files, listing, print};
use crate::experiment::Plan;
use crate::experiment::plan::Request;
use crate::experiment::tuned::Settled;
use crate::job::config::JobConfig;
use crate::job::inputs::Inputs;
use crate::job::{Job, Work as _};
use crate::manifest::Manifest;
use crate::render::output::{Written, write_all};
use crate::runner::{Bars, End, Lines, Observer, Shard, run as run_jobs};
use crate::science::{self, Observe, Outcome};
use crate::store::{Runs, machine};

/// Runs the command.
///
/// # Errors
/// [`BadInput`] before anything is written; another error when a file cannot be written.
pub(crate) fn run(arguments: Reproduce) -> anyhow::Result<ExitCode> {
    let workers = arguments.jobs.unwrap_or_else(machine::cores);
    let request = Request {
        only: arguments.only,
        config: arguments.config,
        profile: arguments.profile,
        seeds: arguments.seeds,
        data: arguments
            .data
            .filter(|path| !path.is_empty())
            .map(PathBuf::from),
    };
    let call = Call {
        request,
        out: arguments.out.folder,
        workers,
        shard: arguments.shard,
        explain: arguments.explain,
        execute: &science::execute,
    };
    let plan = call.plan(&BTreeMap::new()).map_err(BadInput::from)?;
    science::check_inputs(&plan.jobs).map_err(BadInput::from)?;
    if arguments.dry_run {
        return call.list(&plan);
    }
    eprintln!(
        "{} jobs on {workers} workers{}; stop at any moment, the same call goes on where it stopped",
        call.mine(&plan).len(),
        listing::then(&plan.waiting),
    );
    let done = if stderr().is_terminal() {
        call.run(&Bars::new(workers))?
    } else {
        call.run(&Lines::default())?
    };
    call.conclude(&done)
}

/// What a call has done.
pub(crate) struct Done {
    /// As it was planned in the end, with the settings chosen.
    pub(crate) plan: Plan,
    pub(crate) ends: BTreeMap<String, End>,
    pub(crate) written: Written,
}

/// Computes the result of one configuration.
type Execute<'a> = dyn Fn(&JobConfig, &Inputs, &Observe<'_>) -> anyhow::Result<Outcome> + Sync + 'a;

/// A call with everything that it depends on.
pub(crate) struct Call<'a> {
    pub(crate) request: Request,
    pub(crate) out: PathBuf,
    pub(crate) workers: usize,
    pub(crate) shard: Option<Shard>,
    /// Whether to say of every job why it runs.
    pub(crate) explain: bool,
    pub(crate) execute: &'a Execute<'a>,
}

impl Call<'_> {
    /// The plan, given how jobs have ended in this call.
    fn plan(&self, ends: &BTreeMap<String, End>) -> anyhow::Result<Plan> {
        let failed = ends.iter().filter_map(|(key, end)| match end {
            End::Failed(reason) => Some((key.clone(), reason.clone())),
            End::Present | End::Ran(_) => None,
        });
        let settled = Settled {
            runs: &Runs::new(&self.out),
            failed: &failed.collect(),
        };
        Plan::new(&self.request, &settled)
    }

    /// Runs the jobs of the plan, plans again with the settings that they choose until nothing is left to run, and
    /// renders what has finished.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(crate) fn run(&self, observer: &dyn Observer) -> anyhow::Result<Done> {
        let mut manifest = match Manifest::load(&self.out) {
            Ok(earlier) => earlier.unwrap_or_else(Manifest::empty),
            Err(error) => {
                observer.note(&format!("{error:#}; a new one is begun"));
                Manifest::empty()
            }
        };
        let runs = Runs::new(&self.out);
        let mut ends = BTreeMap::new();
        let plan = loop {
            let plan = self.plan(&ends)?;
            manifest.plan(&plan.tables);
            manifest.save(&self.out)?;
            let mut jobs = self.mine(&plan);
            jobs.retain(|job| !ends.contains_key(&job.key));
            if jobs.is_empty() {
                break plan;
            }
            if self.explain {
                self.say_why(&jobs, observer)?;
            }
            observer.expect(jobs.len());
            let execute = |job: &Job, progress: &Observe<'_>| {
                (self.execute)(&job.config, &job.inputs, progress)
            };
            ends.extend(run_jobs(&jobs, &runs, self.workers, &execute, observer));
        };
        let mut missing = manifest.missing();
        missing.extend(self::missing(&plan, &ends));
        let written = write_all(&manifest.planned()?, &self.out, &missing)?;
        manifest.conclude(&self.out, &ends, &missing, &written)?;
        manifest.save(&self.out)?;
        Ok(Done {
            plan,
            ends,
            written,
        })
    }

    fn say_why(&self, jobs: &[&Job], observer: &dyn Observer) -> anyhow::Result<()> {
        let runs = Runs::new(&self.out);
        let mut pending = jobs.to_vec();
        pending.retain(|job| runs.found(&job.key).is_none());
        let reasons = listing::reasons(&pending, &runs.all())?;
        for job in pending {
            observer.note(&format!("{}: {}", job.label(), reasons[&job.key]));
        }
        Ok(())
    }

    /// The jobs of this shard.
    fn mine<'a>(&self, plan: &'a Plan) -> Vec<&'a Job> {
        let mine = |job: &&Job| self.shard.is_none_or(|shard| shard.has(&job.key));
        plan.jobs.iter().filter(mine).collect()
    }

    /// Those of them that have no result yet.
    fn pending<'a>(&self, plan: &'a Plan) -> Vec<&'a Job> {
        let runs = Runs::new(&self.out);
        let mut jobs = self.mine(plan);
        jobs.retain(|job| runs.found(&job.key).is_none());
        jobs
    }

    fn list(&self, plan: &Plan) -> anyhow::Result<ExitCode> {
        let finished = Runs::new(&self.out).all();
        let pending = self.pending(plan);
        let present = self.mine(plan).len() - pending.len();
        let reasons = if self.explain {
            listing::reasons(&pending, &finished)?
        } else {
            BTreeMap::new()
        };
        let text = listing::dry_run(
            &pending,
            present,
            self.workers,
            &finished,
            &reasons,
            &plan.waiting,
        );
        print(&text)?;
        warn_of_absent_data(plan);
        Ok(ExitCode::SUCCESS)
    }

    /// Prints files and tables, then says how it went.
    fn conclude(&self, done: &Done) -> anyhow::Result<ExitCode> {
        let Done {
            plan,
            ends,
            written,
        } = done;
        let mut text = list_files(written.files.iter().map(PathBuf::as_path), &self.out);
        for table in &plan.tables {
            if let Some(markdown) = written.markdown.get(&table.experiment.file.id) {
                text.push('\n');
                text.push_str(markdown);
            }
        }
        print(&text)?;
        warn_of_absent_data(plan);
        let count = |wanted: fn(&End) -> bool| ends.values().filter(|end| wanted(end)).count();
        let failed = count(|end| matches!(end, End::Failed(_)));
        eprintln!(
            "{} ran, {} were done already, {failed} failed; report: {}",
            count(|end| matches!(end, End::Ran(_))),
            count(|end| matches!(end, End::Present)),
            self.out.join("report.html").display()
        );
        for job in &plan.jobs {
            if let Some(End::Failed(reason)) = ends.get(&job.key) {
                eprintln!("failed: {}: {reason}", job.label());
            }
        }
        if !plan.waiting.is_empty() {
            eprintln!(
                "{} rows wait for jobs of other shards that choose their settings: when those are done, call this again",
                plan.waiting.len()
            );
        }
        Ok(exit_code(ends))
    }
}

/// Why jobs of the plan have no result.
fn missing(plan: &Plan, ends: &BTreeMap<String, End>) -> BTreeMap<String, String> {
    plan.jobs
        .iter()
        .filter_map(|job| {
            let reason = match ends.get(&job.key) {
                Some(End::Failed(reason)) => format!("failed: {reason}"),
                Some(End::Present | End::Ran(_)) => return None,
                None => "not run: belongs to another shard".to_owned(),
            };
            Some((job.key.clone(), reason))
        })
        .collect()
}

/// 1 if a job failed, 0 otherwise.
fn exit_code(ends: &BTreeMap<String, End>) -> ExitCode {
    let failed = ends.values().any(|end| matches!(end, End::Failed(_)));
    ExitCode::from(u8::from(failed))
}

/// One line per table, data set and reason.
fn warn_of_absent_data(plan: &Plan) {
    let mut said = BTreeSet::new();
    for table in &plan.tables {
        for row in &table.rows {
            if let Some(absent) = &row.absent {
                let data = row.config.data.dataset.name();
                let id = &table.experiment.file.id;
                if said.insert((id, data, absent)) {
                    eprintln!("{id} on {data}: {absent}");
                }
            }
        }
    }
}

/// Renders again what finished jobs allow.
///
/// # Errors
/// [`BadInput`] when `out` holds nothing; another error when a file cannot be written.
pub(crate) fn render_again(out: &Path) -> anyhow::Result<Written> {
    let Some(mut manifest) = Manifest::load(out).map_err(BadInput::from)? else {
        let nothing = anyhow::anyhow!(
            "{} holds no results; run `cargo xtask reproduce --out {}` first",
            out.display(),
            out.display()
        );
        return Err(BadInput::from(nothing).into());
    };
    let missing = manifest.missing();
    let written = write_all(&manifest.planned()?, out, &missing)?;
    manifest.conclude(out, &BTreeMap::new(), &missing, &written)?;
    manifest.save(out)?;
    Ok(written)
}

#[cfg(test)]
mod tests;
