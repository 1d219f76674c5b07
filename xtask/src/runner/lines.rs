//! Progress in a pipe or a log: one line per job.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::job::Work;
use crate::runner::{End, Observer};
use crate::science::Progress;

/// Writes a line to standard error for every job that ends.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    total: AtomicUsize,
    ended: AtomicUsize,
}

impl Observer for Lines {
    fn expect(&self, jobs: usize) {
        self.total.fetch_add(jobs, Ordering::Relaxed);
    }

    fn started(&self, _worker: usize, _job: &dyn Work) {}

    fn progressed(&self, _worker: usize, _progress: Progress) {}

    fn ended(&self, _worker: usize, job: &dyn Work, end: &End) {
        let number = self.ended.fetch_add(1, Ordering::Relaxed) + 1;
        let total = self.total.load(Ordering::Relaxed);
        eprintln!("[{number}/{total}] {}", sentence(job, end));
    }

    fn note(&self, text: &str) {
        eprintln!("note: {text}");
    }
}

/// `DASH phoenix sim350 5% seed 1: done in 3.2 s`.
pub(crate) fn sentence(job: &dyn Work, end: &End) -> String {
    let label = job.label();
    match end {
        End::Present => format!("{label}: already done"),
        End::Ran(seconds) => format!("{label}: done in {seconds:.1} s"),
        End::Failed(reason) => format!("{label}: failed: {reason}"),
    }
}
