//! Rounds: every workload of every version once, the versions side by side.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::Quantity;
use super::callgrind;
use super::criterion::{self, Pace};
use super::program::Program;
use super::verdict::{Comparison, Verdict};
use crate::store::machine::cores;

/// How often and how long is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Effort {
    pub(crate) quantity: Quantity,
    pub(crate) rounds: usize,
    pace: Pace,
}

impl Effort {
    /// `thorough` takes ten times as long.
    pub(crate) fn new(quantity: Quantity, thorough: bool) -> Self {
        let (rounds, warm_up, measurement) = match (quantity, thorough) {
            // A count is what it is.
            (Quantity::Instructions, _) => (1, 0.0, 0.0),
            (Quantity::Seconds, false) => (6, 0.05, 0.15),
            (Quantity::Seconds, true) => (10, 0.3, 1.0),
        };
        let pace = Pace {
            warm_up,
            measurement,
        };
        Self {
            quantity,
            rounds,
            pace,
        }
    }

    /// The same with twice the rounds, for a second opinion.
    fn doubled(self) -> Self {
        Self {
            rounds: 2 * self.rounds,
            ..self
        }
    }
}

/// The values of one workload: of every version, one a round.
pub(crate) type Values<const VERSIONS: usize> = [Vec<f64>; VERSIONS];

/// Measures workloads; `folder` is for what the tools write.
///
/// The order of the versions is turned round from one round to the next, so that neither profits from coming second.
///
/// # Errors
/// When a program fails.
pub(crate) fn measure<const VERSIONS: usize>(
    versions: &[Program; VERSIONS],
    workloads: &[String],
    effort: Effort,
    folder: &Path,
) -> anyhow::Result<Vec<Values<VERSIONS>>> {
    if effort.quantity == Quantity::Instructions {
        return count(versions, workloads, folder);
    }
    let folder = folder.join("criterion");
    let mut values = vec![[const { Vec::new() }; VERSIONS]; workloads.len()];
    for round in 0..effort.rounds {
        eprintln!(
            "round {} of {}: {} workloads",
            round + 1,
            effort.rounds,
            workloads.len()
        );
        for (workload, values) in workloads.iter().zip(&mut values) {
            for place in 0..VERSIONS {
                let version = if round % 2 == 0 {
                    place
                } else {
                    VERSIONS - 1 - place
                };
                let seconds = criterion::time(&versions[version], workload, effort.pace, &folder)?;
                values[version].push(seconds);
            }
        }
    }
    Ok(values)
}

/// Counts side by side on all cores, which takes nothing from a count.
fn count<const VERSIONS: usize>(
    versions: &[Program; VERSIONS],
    workloads: &[String],
    folder: &Path,
) -> anyhow::Result<Vec<Values<VERSIONS>>> {
    eprintln!("{} workloads", workloads.len());
    let next = AtomicUsize::new(0);
    let work = || -> anyhow::Result<Vec<(usize, f64)>> {
        let mut counts = Vec::new();
        loop {
            let task = next.fetch_add(1, Ordering::Relaxed);
            let Some(workload) = workloads.get(task / VERSIONS) else {
                return Ok(counts);
            };
            let file = folder.join(format!("callgrind.{task}.out"));
            let count = callgrind::count(&versions[task % VERSIONS], workload, &file)?;
            counts.push((task, count as f64));
        }
    };
    let done: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..cores()).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .map(|w| w.join().expect("counting does not panic"))
            .collect()
    });
    let mut values = vec![[const { Vec::new() }; VERSIONS]; workloads.len()];
    for counts in done {
        for (task, count) in counts? {
            values[task / VERSIONS][task % VERSIONS] = vec![count];
        }
    }
    Ok(values)
}

/// Two versions of a workload, side by side.
#[derive(Clone, Debug)]
pub(crate) struct Compared {
    /// Values of the old and of the new version.
    pub(crate) values: Values<2>,
    pub(crate) comparison: Comparison,
    pub(crate) verdict: Verdict,
}

impl Compared {
    fn new(values: Values<2>, quantity: Quantity) -> Self {
        let [old, new] = &values;
        let rounds: Vec<(f64, f64)> = old.iter().copied().zip(new.iter().copied()).collect();
        let comparison = Comparison::new(&rounds);
        Self {
            verdict: comparison.verdict(quantity),
            comparison,
            values,
        }
    }
}

/// Compares two versions, old and new. What seems to differ in time is measured a second time with twice the rounds;
/// that alone then counts, and a difference is one only if both say so.
///
/// # Errors
/// When a program fails.
pub(crate) fn compare(
    versions: &[Program; 2],
    workloads: &[String],
    effort: Effort,
    folder: &Path,
) -> anyhow::Result<Vec<Compared>> {
    let of = |values| Compared::new(values, effort.quantity);
    let first = measure(versions, workloads, effort, folder)?;
    let mut compared: Vec<Compared> = first.into_iter().map(of).collect();
    if effort.quantity == Quantity::Instructions {
        return Ok(compared);
    }
    let doubtful: Vec<usize> = (0..workloads.len())
        .filter(|&i| compared[i].verdict != Verdict::Same)
        .collect();
    if doubtful.is_empty() {
        return Ok(compared);
    }
    eprintln!("measuring again what seems to differ");
    let names: Vec<String> = doubtful.iter().map(|&i| workloads[i].clone()).collect();
    let second = measure(versions, &names, effort.doubled(), folder)?;
    for (i, values) in doubtful.into_iter().zip(second) {
        let suspected = compared[i].verdict;
        compared[i] = of(values);
        if compared[i].verdict != suspected {
            compared[i].verdict = Verdict::Same;
        }
    }
    Ok(compared)
}
