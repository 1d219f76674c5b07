//! The hot paths of the five crates as named workloads: one list for timing (criterion) and for counting instructions.
//!
//! A workload is here because users wait for it. Sizes are those of SIM350 (350 genes, 40 hidden units, 4 intervals an
//! optimiser step) unless the name says another.

mod data;
mod epoch;
mod eval;
mod machine;
mod ode;
mod prior;
mod prune;
mod synth;

pub use epoch::epoch;
pub use machine::{cpu_seconds, peak_bytes};

/// One unit of work, to be done again and again. Every call does the same.
pub type Work = Box<dyn FnMut()>;

/// A named piece of work.
#[derive(Clone, Copy, Debug)]
pub struct Workload {
    /// `crate/what/which`; a saved baseline knows it by this name.
    pub name: &'static str,
    /// Whether it is measured only where time does not matter.
    pub slow: bool,
    /// Sets the work up.
    pub prepare: fn() -> Work,
}

impl Workload {
    const fn new(name: &'static str, prepare: fn() -> Work) -> Self {
        Self {
            name,
            slow: false,
            prepare,
        }
    }

    const fn slow(name: &'static str, prepare: fn() -> Work) -> Self {
        Self {
            name,
            slow: true,
            prepare,
        }
    }
}

/// All workloads, crate by crate.
pub fn workloads() -> impl Iterator<Item = Workload> {
    [
        ode::WORKLOADS,
        prior::WORKLOADS,
        prune::WORKLOADS,
        synth::WORKLOADS,
        eval::WORKLOADS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// Does the work once. Instructions are counted from the entry of this function to its return.
#[inline(never)]
pub fn counted(work: &mut Work) {
    work();
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::workloads;

    #[test]
    fn names_are_unique_and_start_with_a_crate() {
        let names: BTreeSet<&str> = workloads().map(|w| w.name).collect();
        assert_eq!(names.len(), workloads().count());
        let crates = ["ode/", "prior/", "prune/", "synth/", "eval/"];
        for name in names {
            assert!(crates.iter().any(|of| name.starts_with(of)), "{name}");
            assert!(!name.contains(char::is_whitespace), "{name}");
        }
    }

    #[test]
    fn quick_workloads_can_be_done_again_and_again() {
        for workload in workloads().filter(|w| !w.slow) {
            let mut work = (workload.prepare)();
            work();
            work();
        }
    }
}
