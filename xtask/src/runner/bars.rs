//! Progress on a terminal: a bar for all jobs, and one for each worker.

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::job::Work;
use crate::runner::lines::sentence;
use crate::runner::{End, Observer};
use crate::science::Progress;

/// Bars on standard error.
#[derive(Debug)]
pub(crate) struct Bars {
    all: MultiProgress,
    overall: ProgressBar,
    workers: Vec<ProgressBar>,
}

impl Bars {
    pub(crate) fn new(workers: usize) -> Self {
        let all = MultiProgress::new();
        let overall = all.add(ProgressBar::new(0));
        overall.set_style(style(
            "{bar:30} {pos}/{len} jobs, {elapsed} gone, {eta} left",
        ));
        let workers = (0..workers)
            .map(|_| {
                let bar = all.add(ProgressBar::new(0));
                bar.set_style(style("{bar:30} {prefix:38} epoch {pos:>3}/{len} {msg}"));
                bar
            })
            .collect();
        Self {
            all,
            overall,
            workers,
        }
    }

    fn print(&self, text: &str) {
        // A terminal that cannot be written to loses a line of progress, nothing else.
        let _ = self.all.println(text);
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Observer for Bars {
    fn expect(&self, jobs: usize) {
        self.overall.inc_length(jobs as u64);
    }

    fn started(&self, worker: usize, job: &dyn Work) {
        let bar = &self.workers[worker];
        bar.set_length(job.epochs() as u64);
        bar.set_position(0);
        bar.set_message("");
        bar.set_prefix(job.label());
    }

    fn progressed(&self, worker: usize, progress: Progress) {
        let bar = &self.workers[worker];
        bar.set_length(progress.epochs as u64);
        bar.set_position(progress.epoch as u64);
        bar.set_message(format!(
            "validation {:.2e}, sparsity {:.3}",
            progress.validation, progress.sparsity
        ));
    }

    fn ended(&self, _worker: usize, job: &dyn Work, end: &End) {
        self.overall.inc(1);
        if !matches!(end, End::Present) {
            self.print(&sentence(job, end));
        }
    }

    fn note(&self, text: &str) {
        self.print(&format!("note: {text}"));
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        for bar in &self.workers {
            bar.finish_and_clear();
        }
        self.overall.finish_and_clear();
    }
}
