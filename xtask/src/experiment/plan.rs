//! What a call has to compute: tables, their rows, and the jobs that rows share.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use crate::experiment::builtin::EXPERIMENTS;
use crate::experiment::file::{Experiment, FigureEntry, Profile, SEEDS};
use crate::experiment::hint::unknown_id;
use crate::experiment::rows::{GridPoint, Row, RowTuning, rows, with_choice};
use crate::experiment::tune::Rule;
use crate::experiment::tuned::{PointPlan, Settled, TunePlan};
use crate::job::config::{InfluenceConfig, JobConfig, Source};
use crate::job::inputs::Resolver;
use crate::job::key::{CODE, key};
use crate::job::{Job, label};

/// What the caller asks for.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Ids of tables or figures; empty: all.
    pub(crate) only: Vec<String>,
    /// An experiment file of the user's own, in place of the built-in ones.
    pub(crate) config: Option<PathBuf>,
    pub(crate) profile: Profile,
    /// Number of repetitions in place of the profile's.
    pub(crate) seeds: Option<u64>,
    /// Folder of the published data.
    pub(crate) data: Option<PathBuf>,
}

/// Tables and the jobs they need, each job once.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) tables: Vec<TablePlan>,
    /// In the order in which they are best run: those that others wait for, then one seed of everything before the next.
    pub(crate) jobs: Vec<Job>,
    /// Rows whose jobs are not known before their settings are chosen, each once.
    pub(crate) waiting: Vec<Waiting>,
}

/// Jobs of a row that will run with a setting still to be chosen.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    /// With the setting that the row states.
    pub(crate) config: JobConfig,
    /// Number of jobs, those that choose the setting aside.
    pub(crate) jobs: usize,
}

/// One table.
#[derive(Debug)]
pub(crate) struct TablePlan {
    pub(crate) experiment: Experiment,
    pub(crate) profile: Profile,
    pub(crate) source: Source,
    /// Number of repetitions.
    pub(crate) seeds: u64,
    pub(crate) rows: Vec<RowPlan>,
}

/// One row of a table.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct RowPlan {
    pub(crate) label: String,
    /// The configuration of the first seed, for what all seeds share; with the setting chosen, once it is.
    pub(crate) config: JobConfig,
    /// Keys of the jobs by seed; none before the setting is chosen.
    pub(crate) keys: Vec<String>,
    /// Why it cannot be run.
    pub(crate) absent: Option<String>,
    /// How its setting is chosen.
    pub(crate) tuned: Option<TunePlan>,
}

impl RowPlan {
    /// Key and label of every job: those that choose the setting, then those of the row.
    pub(crate) fn jobs(&self) -> Vec<(String, String)> {
        let mut jobs = Vec::new();
        for point in self.tuned.iter().flat_map(|tuned| &tuned.points) {
            for (key, number) in point.keys.iter().zip(1..) {
                let label = format!("{}, {}", label(&self.config, number), point.name());
                jobs.push((key.clone(), label));
            }
        }
        if let Some(key) = self
            .tuned
            .as_ref()
            .and_then(|tuned| tuned.selection.as_ref())
        {
            let label = format!("choice of λ for {}", label(&self.config, 1));
            jobs.push((key.clone(), label));
        }
        for (key, number) in self.keys.iter().zip(1..) {
            jobs.push((key.clone(), label(&self.config, number)));
        }
        jobs
    }
}

impl Plan {
    /// Reads, checks and expands what is asked for, as far as the settled jobs tell which settings are chosen. Nothing
    /// is written.
    ///
    /// # Errors
    /// When an experiment is wrong, an id is unknown, or no data are there for anything.
    pub(crate) fn new(request: &Request, settled: &Settled<'_>) -> anyhow::Result<Self> {
        if let Some(seeds) = request.seeds
            && !(1..=SEEDS).contains(&seeds)
        {
            bail!("--seeds {seeds}: from 1 to {SEEDS}");
        }
        let mut builder = Builder {
            resolver: Resolver::new(request.data.clone())?,
            settled,
            jobs: BTreeMap::new(),
            first: BTreeSet::new(),
            waiting: BTreeMap::new(),
        };
        let tables = select(request)?
            .into_iter()
            .map(|experiment| builder.table(experiment, request))
            .collect::<anyhow::Result<Vec<_>>>()?;
        let mut rows = tables.iter().flat_map(|table| &table.rows);
        if let Some(absent) = rows.find_map(|row| row.absent.as_ref())
            && builder.jobs.is_empty()
        {
            bail!("{absent}");
        }
        let first = builder.first;
        let mut jobs: Vec<(usize, Job)> = builder.jobs.into_values().collect();
        jobs.sort_by_key(|(position, job)| (!first.contains(&job.key), job.seed_number, *position));
        Ok(Self {
            tables,
            jobs: jobs.into_iter().map(|(_, job)| job).collect(),
            waiting: builder.waiting.into_values().collect(),
        })
    }
}

/// Collects the jobs of all tables.
struct Builder<'a> {
    resolver: Resolver,
    settled: &'a Settled<'a>,
    /// By key, with their order.
    jobs: BTreeMap<String, (usize, Job)>,
    /// Keys of the jobs that others wait for.
    first: BTreeSet<String>,
    /// By the key of the first job that they wait for.
    waiting: BTreeMap<String, Waiting>,
}

impl Builder<'_> {
    fn table(&mut self, experiment: Experiment, request: &Request) -> anyhow::Result<TablePlan> {
        let file = &experiment.file;
        let source = self.resolver.source();
        // All profiles are expanded, so that a mistake in one is found whichever is run.
        let mut expanded = BTreeMap::new();
        for profile in Profile::ALL {
            let rows = rows(file, profile, source, request.seeds)
                .with_context(|| experiment.origin.clone())?;
            expanded.insert(profile, rows);
        }
        let seeds = request
            .seeds
            .unwrap_or(file.profiles[&request.profile].seeds);
        let rows = expanded.remove(&request.profile).unwrap_or_default();
        Ok(TablePlan {
            rows: rows
                .into_iter()
                .map(|row| self.row(row))
                .collect::<anyhow::Result<_>>()?,
            seeds,
            profile: request.profile,
            source,
            experiment,
        })
    }

    fn row(&mut self, row: Row) -> anyhow::Result<RowPlan> {
        let mut plan = RowPlan {
            label: row.label,
            config: row.configs[0].clone(),
            keys: Vec::new(),
            absent: None,
            tuned: None,
        };
        // All jobs of a row read the same files.
        if let Err(absent) = self.resolver.resolve(&plan.config.data) {
            plan.absent = Some(absent.to_string());
            return Ok(plan);
        }
        let seeds = row.configs.len();
        let configs = match row.tuning {
            None => Some(row.configs),
            Some(RowTuning::Grid { rule, points }) => {
                let tested = plan.config.pathways.clone();
                let (tuned, configs) = self.grid(rule, points, seeds, tested)?;
                plan.tuned = Some(tuned);
                configs
            }
            Some(RowTuning::CrossValidation(selection)) => {
                let (tuned, configs) = self.cross_validation(*selection, row.configs)?;
                plan.tuned = Some(tuned);
                configs
            }
        };
        let Some(configs) = configs else {
            if let Some(tuned) = plan.tuned.as_ref().filter(|tuned| tuned.failure.is_none()) {
                let shared = tuned.points.first().map_or(0, |point| point.keys.len());
                let again = shared > 0 && plan.config.pathways.is_some();
                let key = tuned.keys().next().unwrap_or_default().to_owned();
                let waiting = Waiting {
                    config: plan.config.clone(),
                    jobs: seeds.saturating_sub(shared) + usize::from(again),
                };
                self.waiting.insert(key, waiting);
            }
            return Ok(plan);
        };
        plan.config = configs[0].clone();
        for (config, number) in configs.into_iter().zip(1..) {
            plan.keys.push(self.job(config, number)?);
        }
        Ok(plan)
    }

    /// Plans the jobs of a grid; the configurations of the row once its setting is chosen.
    fn grid(
        &mut self,
        rule: Rule,
        points: Vec<GridPoint>,
        seeds: usize,
        tested: Option<InfluenceConfig>,
    ) -> anyhow::Result<(TunePlan, Option<Vec<JobConfig>>)> {
        let mut plans = Vec::new();
        for point in &points {
            let mut keys = Vec::new();
            for (config, number) in point.configs[..point.repeats].iter().zip(1..) {
                keys.push(self.job(config.clone(), number)?);
            }
            self.first.extend(keys.iter().cloned());
            plans.push(PointPlan {
                setting: point.setting.clone(),
                keys,
            });
        }
        let tuned = TunePlan::of_grid(rule, plans, self.settled);
        let chosen = tuned.chosen.map(|chosen| {
            let mut configs = points[chosen].configs.clone();
            configs.truncate(seeds);
            // Settings are compared without what is asked of the chosen one alone.
            configs[0].pathways = tested;
            configs
        });
        Ok((tuned, chosen))
    }

    /// Plans the job that chooses λ; the configurations of the row once it has.
    fn cross_validation(
        &mut self,
        selection: JobConfig,
        configs: Vec<JobConfig>,
    ) -> anyhow::Result<(TunePlan, Option<Vec<JobConfig>>)> {
        let key = self.job(selection, 1)?;
        self.first.insert(key.clone());
        let (tuned, choice) = TunePlan::of_cross_validation(key, self.settled);
        let chosen = choice.map(|choice| {
            let chosen = configs.iter().zip(1..);
            chosen
                .map(|(config, number)| with_choice(config, number, &choice))
                .collect::<anyhow::Result<Vec<_>>>()
        });
        Ok((tuned, chosen.transpose()?))
    }

    /// Takes in a job and returns its key.
    fn job(&mut self, config: JobConfig, seed_number: u64) -> anyhow::Result<String> {
        let inputs = self.resolver.resolve(&config.data)?;
        let key = key(&config, inputs.hashes(), CODE)?;
        let position = self.jobs.len();
        self.jobs.entry(key.clone()).or_insert_with(|| {
            let key = key.clone();
            let job = Job {
                key,
                config,
                seed_number,
                inputs,
            };
            (position, job)
        });
        Ok(key)
    }
}

/// The experiments asked for, by the id of a table or of one of its figures.
fn select(request: &Request) -> anyhow::Result<Vec<Experiment>> {
    let experiments = match &request.config {
        Some(path) => {
            let origin = path.display().to_string();
            let text =
                std::fs::read_to_string(path).with_context(|| format!("cannot read {origin}"))?;
            vec![Experiment::parse(&origin, &text)?]
        }
        None => EXPERIMENTS
            .iter()
            .map(|(origin, text)| Experiment::parse(origin, text))
            .collect::<anyhow::Result<_>>()?,
    };
    let ids = |experiment: &Experiment| -> Vec<String> {
        let figures = experiment.file.figures.iter().map(FigureEntry::id);
        let ids: BTreeSet<&str> = figures.chain([experiment.file.id.as_str()]).collect();
        ids.into_iter().map(str::to_owned).collect()
    };
    let known: Vec<String> = experiments.iter().flat_map(&ids).collect();
    for id in &request.only {
        if !known.contains(id) {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            return Err(unknown_id(id, &known));
        }
    }
    Ok(experiments
        .into_iter()
        .filter(|experiment| {
            request.only.is_empty() || ids(experiment).iter().any(|id| request.only.contains(id))
        })
        .collect())
}
