//! Progress in a pipe or a log: one line per job.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::job::Job;
use crate::runner::{End, Observer};
use crate::science::Progress;

/// Writes a line to standard error for every job that ends.
#[derive(Debug)]
pub(crate) struct Lines {
    total: usize,
    ended: AtomicUsize,
}

impl Lines {
    pub(crate) fn new(total: usize) -> Self {
        Self {
            total,
            ended: AtomicUsize::new(0),
        }
    }
}

impl Observer for Lines {
    fn started(&self, _worker: usize, _job: &Job) {}

    fn progressed(&self, _worker: usize, _progress: Progress) {}

    fn ended(&self, _worker: usize, job: &Job, end: &End) {
        let number = self.ended.fetch_add(1, Ordering::Relaxed) + 1;
        eprintln!("[{number}/{}] {}", self.total, sentence(job, end));
    }

    fn note(&self, text: &str) {
        eprintln!("note: {text}");
    }
}

/// `DASH phoenix sim350 5% seed 1: done in 3.2 s`.
pub(crate) fn sentence(job: &Job, end: &End) -> String {
    let label = job.label();
    match end {
        End::Present => format!("{label}: already done"),
        End::Ran(seconds) => format!("{label}: done in {seconds:.1} s"),
        End::Failed(reason) => format!("{label}: failed: {reason}"),
    }
}
