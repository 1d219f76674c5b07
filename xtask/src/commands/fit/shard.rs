//! `--shard`: a part of the fits, for machines that share a folder.

use std::process::ExitCode;

use super::Call;
use crate::commands::print;
use crate::job::Work as _;
use crate::own::job::Step;
use crate::runner::{End, Observer, Shard};
use crate::store::Runs;

impl Call {
    /// Runs the fits of one shard, and says what is left to do. λ is chosen by the shard that its choice belongs to; until
    /// then the others have nothing to do.
    pub(super) fn fit_shard(
        &self,
        shard: Shard,
        workers: usize,
        observer: &dyn Observer,
    ) -> anyhow::Result<ExitCode> {
        let runs = Runs::new(&self.out);
        if self.chooses_lambda() {
            let choice = self.job(Step::ChooseLambda, 1)?;
            if !shard.has(&choice.key) && runs.found(&choice.key).is_none() {
                print("another shard chooses λ: when that is done, call this again\n")?;
                return Ok(ExitCode::SUCCESS);
            }
        }
        let curve = self.choose_lambda(&runs, workers, observer)?;
        let jobs = self.fits(curve.as_ref())?;
        let mine: Vec<_> = jobs.iter().filter(|job| shard.has(&job.key)).collect();
        let ends = self.run(&mine, &runs, workers, observer);
        let mut failed = 0;
        for job in &mine {
            if let Some(End::Failed(reason)) = ends.get(&job.key) {
                failed += 1;
                eprintln!("failed: {}: {reason}", job.label());
            }
        }
        let done = jobs.iter().filter(|job| runs.found(&job.key).is_some());
        print(&format!(
            "{} of {} fits are done; when all are, the same call without --shard writes network and report\n",
            done.count(),
            jobs.len()
        ))?;
        Ok(ExitCode::from(u8::from(failed > 0)))
    }
}
