//! What a run measured, with what it takes to judge the numbers later.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Quantity;
use super::date::today;
use super::program::commit;
use super::verdict::{median, relative_spread};
use crate::store::atomic;
use crate::store::machine::Machine;

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) schema: u32,
    pub(crate) date: String,
    pub(crate) command: String,
    /// The commit of the working copy; `+` where files differed from it.
    pub(crate) commit: String,
    pub(crate) toolchain: String,
    pub(crate) machine: Machine,
    pub(crate) quantity: Quantity,
    pub(crate) workloads: Vec<Measured>,
}

/// One workload of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub(crate) name: String,
    /// Median over the rounds.
    pub(crate) median: f64,
    /// Standard deviation over the rounds in units of the median, from the median absolute deviation.
    pub(crate) spread: f64,
    /// One a round.
    pub(crate) values: Vec<f64>,
}

impl Measured {
    pub(crate) fn new(name: &str, values: &[f64]) -> Self {
        Self {
            name: name.to_owned(),
            median: median(&mut values.to_vec()),
            spread: relative_spread(values),
            values: values.to_vec(),
        }
    }
}

impl Record {
    /// A record of this call, here and now.
    pub(crate) fn new(quantity: Quantity, workloads: Vec<Measured>) -> Self {
        let arguments = std::env::args().skip(1).collect::<Vec<_>>().join(" ");
        Self {
            schema: 1,
            date: today(),
            command: format!("cargo xtask {arguments}"),
            commit: commit(),
            toolchain: env!("DASH_TOOLCHAIN").to_owned(),
            machine: Machine::here(),
            quantity,
            workloads,
        }
    }

    /// Writes it as JSON.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(crate) fn save(&self, path: &Path) -> anyhow::Result<()> {
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        atomic::write(path, text.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seconds.json");
        let measured = Measured::new("ode/eval/phoenix", &[2e-6, 1e-6, 3e-6]);
        assert!((measured.median - 2e-6).abs() < 1e-20);
        let record = Record::new(Quantity::Seconds, vec![measured]);
        record.save(&path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), record);
        assert!(text.contains("\"quantity\": \"seconds\""));
    }
}
