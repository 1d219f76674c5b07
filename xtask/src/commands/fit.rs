//! `cargo xtask fit`: a network and a model for a user's own data.

mod files;
mod previous;
mod shard;
mod simulate;

use std::collections::BTreeMap;
use std::fs;
use std::io::{IsTerminal, stderr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use dash_prior::GeneIndex;
use dash_prune::{LambdaCurve, PruneSchedule, StrategySettings};

use crate::cli::Fit;
use crate::commands::{BadInput, print};
use crate::job::Work as _;
use crate::own::config::FitConfig;
use crate::own::findings::{examples, rounded};
use crate::own::job::{OwnJob, Step};
use crate::own::{OwnData, folder_of, init, load};
use crate::runner::{Bars, End, Lines, Observer, run as run_jobs};
use crate::science::Observe;
use crate::science::own::execute;
use crate::science::own::parts::Parts;
use crate::store::{Record, Runs, machine};

/// Runs the command.
///
/// # Errors
/// [`BadInput`] before anything is trained; another error when the fit fails or a file cannot be written.
pub(crate) fn run(arguments: Fit) -> anyhow::Result<ExitCode> {
    if !arguments.init.is_empty() {
        let pseudotime = arguments.pseudotime.as_deref();
        let said =
            init::write(&arguments.init, &arguments.output, pseudotime).map_err(BadInput::from)?;
        print(&said)?;
        return Ok(ExitCode::SUCCESS);
    }
    let path = arguments.config.unwrap_or_default();
    let call = Call::new(&path, arguments.out).map_err(BadInput::from)?;
    if arguments.predict || !arguments.knockout.is_empty() {
        return simulate::run(&call, &arguments.knockout);
    }
    let said = call.said();
    if arguments.check {
        print(&said)?;
        return Ok(ExitCode::SUCCESS);
    }
    call.make_room().map_err(BadInput::from)?;
    eprint!("{said}");
    let workers = arguments.jobs.unwrap_or_else(machine::cores);
    eprintln!(
        "{} fits on {workers} workers; stop at any moment, the same call goes on where it stopped",
        call.config.seeds
    );
    let observer: &dyn Observer = if stderr().is_terminal() {
        &Bars::new(workers)
    } else {
        &Lines::default()
    };
    if let Some(shard) = arguments.shard {
        return call.fit_shard(shard, workers, observer);
    }
    let done = call.fit(workers, observer)?;
    let summary = files::write_all(&call, &done)?;
    print(&summary)?;
    Ok(ExitCode::from(u8::from(!done.failed.is_empty())))
}

/// A configuration with everything that it names, read and checked.
struct Call {
    config: FitConfig,
    title: String,
    data: OwnData,
    parts: Parts,
    out: PathBuf,
}

/// What the fits have led to.
struct Done {
    /// The finished fits; the first is that to all training data.
    records: Vec<Record>,
    lambda: Option<LambdaCurve>,
    /// Fits that failed, with the reason.
    failed: Vec<(String, String)>,
}

impl Call {
    fn new(path: &Path, out: Option<PathBuf>) -> anyhow::Result<Self> {
        let config = FitConfig::read(path)?;
        let data = load(&config, &folder_of(path))?;
        let parts = Parts::new(&data.series, &config.hold_out, config.expression.scale)
            .with_context(|| {
                format!(
                    "{}",
                    folder_of(path).join(&config.expression.file).display()
                )
            })?;
        let name = path
            .file_stem()
            .map_or_else(|| "fit".into(), |stem| stem.to_string_lossy().into_owned());
        let title = if config.title.is_empty() {
            name.clone()
        } else {
            config.title.clone()
        };
        Ok(Self {
            title,
            out: out.unwrap_or_else(|| Path::new("out").join(&name)),
            config,
            data,
            parts,
        })
    }

    /// How data are held out and scaled, and what the fits differ in.
    fn preparation(&self) -> Vec<String> {
        let scale = &self.parts.scale;
        let expression = if scale.keeps_expression() {
            "expression is used as it is".to_owned()
        } else {
            "every gene is scaled to 0..1 by its smallest and largest training value".to_owned()
        };
        let time = if (scale.time_unit - 1.0).abs() > 0.0 {
            format!(
                "; time is counted in median intervals of {}",
                rounded(scale.time_unit)
            )
        } else {
            String::new()
        };
        let share = 100.0 * self.config.stability.share;
        let drawn = if self.parts.train.trajectories().len() >= crate::own::config::FEW_TRAJECTORIES
        {
            "trajectories"
        } else {
            "blocks of consecutive intervals"
        };
        let weights = if self.config.is_direct() {
            ""
        } else {
            " and start from other initial weights"
        };
        let mut lines = vec![
            self.parts.how.sentence(),
            format!("scale: {expression}{time}"),
            format!(
                "fits: fit 1 sees all training data; the others see {share:.0}% of the {drawn} each, drawn without replacement{weights}"
            ),
        ];
        let still = scale.hardly_changing();
        if !still.is_empty() {
            let names = still
                .iter()
                .map(|&gene| self.data.series.genes()[gene].clone());
            lines.push(format!(
                "scale: hardly changing in the training data, so that scaled values and errors of other data can be huge: {}; leave out what is constant but for rounding",
                examples(&names.collect::<Vec<_>>())
            ));
        }
        lines.extend(self.config.unused());
        lines
    }

    /// Makes the folder of results: what cannot be written is found out before anything is trained.
    fn make_room(&self) -> anyhow::Result<()> {
        let runs = self.out.join("runs");
        fs::create_dir_all(&runs).with_context(|| {
            format!(
                "cannot write to {}, the folder of results; name another with --out",
                self.out.display()
            )
        })
    }

    fn said(&self) -> String {
        let lines = self
            .data
            .findings
            .lines()
            .into_iter()
            .chain(self.preparation());
        lines.map(|line| line + "\n").collect()
    }

    fn genes(&self) -> anyhow::Result<GeneIndex> {
        Ok(GeneIndex::new(self.data.series.genes().to_vec())?)
    }

    fn job(&self, step: Step, number: u64) -> anyhow::Result<OwnJob> {
        OwnJob::new(&self.config, step, number, &self.data.hashes)
    }

    /// Chooses λ where it must be chosen, then fits.
    fn fit(&self, workers: usize, observer: &dyn Observer) -> anyhow::Result<Done> {
        let runs = Runs::new(&self.out);
        let curve = self.choose_lambda(&runs, workers, observer)?;
        let jobs = self.fits(curve.as_ref())?;
        let ends = self.run(&jobs.iter().collect::<Vec<_>>(), &runs, workers, observer);
        let failed = jobs.iter().filter_map(|job| match ends.get(&job.key) {
            Some(End::Failed(reason)) => Some((job.label(), reason.clone())),
            _ => None,
        });
        let failed: Vec<(String, String)> = failed.collect();
        let records: Vec<Record> = jobs.iter().filter_map(|job| runs.found(&job.key)).collect();
        if records.first().is_none_or(|record| record.seed_number != 1) {
            let reason = failed
                .first()
                .map_or("it left no result", |(_, reason)| reason);
            anyhow::bail!("the fit to all training data failed: {reason}");
        }
        Ok(Done {
            records,
            lambda: curve,
            failed,
        })
    }

    /// The curve that λ is chosen by, where it must be chosen.
    fn choose_lambda(
        &self,
        runs: &Runs,
        workers: usize,
        observer: &dyn Observer,
    ) -> anyhow::Result<Option<LambdaCurve>> {
        if !self.chooses_lambda() {
            return Ok(None);
        }
        let job = self.job(Step::ChooseLambda, 1)?;
        let ends = self.run(&[&job], runs, workers, observer);
        if let Some(End::Failed(reason)) = ends.get(&job.key) {
            anyhow::bail!("the choice of λ failed: {reason}");
        }
        let record = runs
            .found(&job.key)
            .context("the choice of λ left no result")?;
        let curve = record.curve.context("the choice of λ left no curve")?;
        Ok(Some(curve))
    }

    /// All fits, the one to all training data first.
    fn fits(&self, curve: Option<&LambdaCurve>) -> anyhow::Result<Vec<OwnJob>> {
        let (lambda, schedule) = self.chosen(curve);
        let step = Step::Fit { lambda, schedule };
        (1..=self.config.seeds)
            .map(|number| self.job(step.clone(), number))
            .collect()
    }

    fn run(
        &self,
        jobs: &[&OwnJob],
        runs: &Runs,
        workers: usize,
        observer: &dyn Observer,
    ) -> BTreeMap<String, End> {
        observer.expect(jobs.len());
        let compute = |job: &OwnJob, progress: &Observe<'_>| {
            execute(&job.config, &self.data, &self.parts, progress)
        };
        run_jobs(jobs, runs, workers, &compute, observer)
    }

    /// Only factorised DASH weighs magnitude against a prior.
    fn chooses_lambda(&self) -> bool {
        !self.config.is_direct() && self.data.prior.is_some() && self.config.lambda.fixed.is_none()
    }

    fn chosen(&self, curve: Option<&LambdaCurve>) -> (Option<(f64, f64)>, PruneSchedule) {
        let settings = StrategySettings {
            schedule: self.config.schedule.clone(),
            ..StrategySettings::default()
        };
        if let Some(curve) = curve {
            let chosen = curve.chosen.settings(&settings);
            (Some(chosen.lambda), chosen.schedule)
        } else {
            let uses = !self.config.is_direct() && self.data.prior.is_some();
            (self.config.lambda.fixed.filter(|_| uses), settings.schedule)
        }
    }
}
