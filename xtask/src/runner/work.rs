//! The workers.

use std::any::Any;
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::job::Work;
use crate::runner::{End, Observer};
use crate::science::{Observe, Outcome};
use crate::store::claim::{Attempt, Claim, HEARTBEAT, refresh};
use crate::store::record::Cost;
use crate::store::{Record, Runs, Stored, machine};

/// Computes the result of one job.
type Compute<'a, J> = dyn Fn(&J, &Observe<'_>) -> anyhow::Result<Outcome> + Sync + 'a;

/// How long to wait before asking again for a job that another process is computing.
const WAIT: Duration = Duration::from_millis(200);

/// Brings every job to its end on `workers` threads, and returns the ends by key. Which worker takes which job changes
/// no result.
pub(crate) fn run<J: Work>(
    jobs: &[&J],
    runs: &Runs,
    workers: usize,
    compute: &Compute<'_, J>,
    observer: &dyn Observer,
) -> BTreeMap<String, End> {
    let floor = Floor {
        runs,
        compute,
        observer,
        queue: Mutex::new(
            jobs.iter()
                .map(|&job| Waiting { job, asked: false })
                .collect(),
        ),
        claims: Mutex::new(Vec::new()),
        ends: Mutex::new(BTreeMap::new()),
        closed: AtomicBool::new(false),
    };
    thread::scope(|scope| {
        let heart = scope.spawn(|| floor.beat());
        let crew: Vec<_> = (0..workers.min(jobs.len()))
            .map(|worker| {
                let floor = &floor;
                scope.spawn(move || floor.work(worker))
            })
            .collect();
        for worker in crew {
            // A worker catches the panics of its jobs; one of its own leaves its job without an end.
            let _ = worker.join();
        }
        floor.closed.store(true, Ordering::Relaxed);
        heart.thread().unpark();
    });
    floor
        .ends
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
}

/// What the workers share.
struct Floor<'a, J> {
    runs: &'a Runs,
    compute: &'a Compute<'a, J>,
    observer: &'a dyn Observer,
    queue: Mutex<VecDeque<Waiting<'a, J>>>,
    /// Claims held now, to be refreshed.
    claims: Mutex<Vec<PathBuf>>,
    ends: Mutex<BTreeMap<String, End>>,
    closed: AtomicBool,
}

/// A job in the queue.
struct Waiting<'a, J> {
    job: &'a J,
    /// Whether it was found in the hands of another process before.
    asked: bool,
}

impl<J: Work> Floor<'_, J> {
    fn work(&self, worker: usize) {
        loop {
            let next = lock(&self.queue).pop_front();
            let Some(waiting) = next else { break };
            let job = waiting.job;
            if let Some(end) = self.attend(worker, job) {
                self.observer.ended(worker, job, &end);
                lock(&self.ends).insert(job.key().to_owned(), end);
                continue;
            }
            if waiting.asked {
                thread::sleep(WAIT);
            } else {
                self.observer.note(&format!(
                    "{}: another process is computing it, waiting ({})",
                    job.label(),
                    self.runs.lock_path(job.key()).display()
                ));
            }
            lock(&self.queue).push_back(Waiting { job, asked: true });
        }
    }

    /// The end of a job, or `None` while another process is computing it.
    fn attend(&self, worker: usize, job: &J) -> Option<End> {
        if let Stored::Found(_) = self.runs.read(job.key()) {
            return Some(End::Present);
        }
        let claim = match Claim::attempt(&self.runs.lock_path(job.key())) {
            Ok(Attempt::Claimed(claim)) => claim,
            Ok(Attempt::Held) => return None,
            Err(error) => return Some(End::Failed(format!("{error:#}"))),
        };
        // It may have been finished between the look and the claim.
        match self.runs.read(job.key()) {
            Stored::Found(_) => return Some(End::Present),
            Stored::Corrupt(reason) => self.observer.note(&format!(
                "{}: {} {reason}; it runs again",
                job.label(),
                self.runs.path(job.key()).display()
            )),
            Stored::Missing => {}
        }
        lock(&self.claims).push(claim.path().to_owned());
        self.observer.started(worker, job);
        let end = match self.compute(worker, job) {
            Ok(seconds) => End::Ran(seconds),
            Err(error) => End::Failed(format!("{error:#}")),
        };
        lock(&self.claims).retain(|path| path != claim.path());
        Some(end)
    }

    fn compute(&self, worker: usize, job: &J) -> anyhow::Result<f64> {
        let begin = Instant::now();
        let cpu = machine::thread_cpu_seconds();
        let progress = |progress| self.observer.progressed(worker, progress);
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.compute)(job, &progress)))
            .unwrap_or_else(|panic| Err(anyhow::anyhow!("panicked: {}", message(&*panic))))?;
        let wall_seconds = begin.elapsed().as_secs_f64();
        let cost = Cost {
            wall_seconds,
            cpu_seconds: cpu
                .zip(machine::thread_cpu_seconds())
                .map(|(before, after)| after - before),
            peak_memory_bytes: machine::peak_memory_bytes(),
        };
        // The network first: a record stands for everything that belongs to it.
        if let Some(network) = &outcome.network {
            self.runs.write_network(job.key(), network)?;
        }
        if let Some(evidence) = &outcome.evidence {
            self.runs.write_evidence(job.key(), evidence)?;
        }
        if let Some(model) = &outcome.model {
            self.runs.write_model(job.key(), model)?;
        }
        if let Some(pathways) = &outcome.pathways {
            self.runs.write_pathways(job.key(), pathways)?;
        }
        self.runs.write(&Record::new(job, outcome, cost)?)?;
        Ok(wall_seconds)
    }

    /// Shows other machines that the claims held here are alive.
    fn beat(&self) {
        while !self.closed.load(Ordering::Relaxed) {
            for path in lock(&self.claims).iter() {
                refresh(path);
            }
            thread::park_timeout(HEARTBEAT);
        }
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("without a message")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // No panic happens while one of these is held half changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
