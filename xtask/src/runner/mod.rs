//! Runs jobs on worker threads, each at most once, and tells an observer how they fare.

mod bars;
mod lines;
mod shard;
mod work;

pub(crate) use bars::Bars;
pub(crate) use lines::Lines;
pub(crate) use shard::Shard;
pub(crate) use work::run;

use crate::job::Work;
use crate::science::Progress;

/// How a job ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum End {
    /// Its result was there, from an earlier call or another process.
    Present,
    /// It ran, for so many seconds.
    Ran(f64),
    /// It failed, for this reason.
    Failed(String),
}

/// Hears how jobs fare, from several threads.
pub(crate) trait Observer: Sync {
    /// More jobs are about to begin.
    fn expect(&self, jobs: usize);
    /// A worker begins a job.
    fn started(&self, worker: usize, job: &dyn Work);
    /// A running job has come further.
    fn progressed(&self, worker: usize, progress: Progress);
    /// A job has ended.
    fn ended(&self, worker: usize, job: &dyn Work, end: &End);
    /// Something the user should know.
    fn note(&self, text: &str);
}
