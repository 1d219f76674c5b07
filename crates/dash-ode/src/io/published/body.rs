//! The rows below the first, turned into trajectories.

use csv::StringRecord;
use ndarray::Array2;

use super::super::error::DataError;
use super::super::text::{Text, number};
use super::super::ties::{Ties, merge, repeat_times, rising_pairs};
use crate::series::{Trajectory, check_trajectory};

/// What is read, and what has been read so far.
pub(super) struct Body<'a> {
    text: &'a Text,
    genes: &'a [String],
    ties: Ties,
    width: Option<usize>,
    block: Block,
    trajectories: Vec<Trajectory>,
}

/// The gene rows of the trajectory being read.
#[derive(Default)]
struct Block {
    /// Genes × width; NaN where a field is empty.
    values: Vec<f64>,
    /// Fields of every gene row up to the last that is not empty.
    lengths: Vec<usize>,
    /// Where every gene row starts in the text.
    starts: Vec<u64>,
}

impl<'a> Body<'a> {
    pub(super) fn new(text: &'a Text, genes: &'a [String], ties: Ties) -> Self {
        Self {
            text,
            genes,
            ties,
            width: None,
            block: Block::default(),
            trajectories: Vec::new(),
        }
    }

    /// All trajectories.
    pub(super) fn read(mut self) -> Result<Vec<Trajectory>, DataError> {
        let mut rows = self.text.rows();
        rows.next()?;
        while let Some((byte, record)) = rows.next()? {
            self.check_width(byte, record)?;
            if self.block.lengths.len() < self.genes.len() {
                self.take_gene_row(byte, record)?;
            } else {
                let trajectory = self.trajectory(byte, record)?;
                self.trajectories.push(trajectory);
                self.block = Block::default();
            }
        }
        Ok(self.trajectories)
    }

    fn check_width(&mut self, byte: u64, record: &StringRecord) -> Result<(), DataError> {
        let (found, expected) = (record.len(), *self.width.get_or_insert(record.len()));
        if found == expected {
            return Ok(());
        }
        let (path, row) = (self.text.path().to_owned(), self.text.line(byte));
        Err(DataError::Ragged {
            path,
            row,
            found,
            expected,
        })
    }

    fn take_gene_row(&mut self, byte: u64, record: &StringRecord) -> Result<(), DataError> {
        let gene = &self.genes[self.block.lengths.len()];
        let mut length = 0;
        for (column, field) in record.iter().enumerate() {
            let value = number(field, || self.text.place(byte, column, Some(gene)))?;
            self.block.values.push(value.unwrap_or(f64::NAN));
            if value.is_some() {
                length = column + 1;
            }
        }
        self.block.lengths.push(length);
        self.block.starts.push(byte);
        Ok(())
    }

    /// The gene rows read so far and their time row, as a trajectory.
    fn trajectory(&self, byte: u64, time_row: &StringRecord) -> Result<Trajectory, DataError> {
        let times = self.times(byte, time_row)?;
        let points = self
            .block
            .lengths
            .iter()
            .copied()
            .fold(times.len(), usize::max);
        let at = |(point, gene)| self.block.values[gene * time_row.len() + point];
        let values = Array2::from_shape_fn((points, self.genes.len()), at);
        let short = times.len() < points;
        let times = if short {
            self.tied_times(byte, &times, &values)?
        } else {
            times
        };
        let name = format!("trajectory_{}", self.trajectories.len() + 1);
        let mut trajectory = Trajectory {
            name,
            times,
            values,
        };
        if self.ties == Ties::Mean {
            trajectory = self.merged(&trajectory);
        }
        match check_trajectory(&trajectory, self.genes) {
            Ok(()) => Ok(trajectory),
            Err(cause) => {
                let (path, row) = (self.text.path().to_owned(), self.text.line(byte));
                Err(DataError::InFile {
                    path,
                    row,
                    cause: Box::new(cause),
                })
            }
        }
    }

    /// The time row up to its last entry.
    fn times(&self, byte: u64, record: &StringRecord) -> Result<Vec<f64>, DataError> {
        let last = (0..record.len()).rfind(|&column| !record[column].trim().is_empty());
        let time = |column| {
            let place = || self.text.place(byte, column, None);
            number(&record[column], place)?.ok_or_else(|| DataError::TimeMissing { place: place() })
        };
        (0..=last.unwrap_or(0)).map(time).collect()
    }

    /// The time of every point where the gene rows are longer than the time row: each tied time, written once, as often as
    /// there are points that share it.
    fn tied_times(
        &self,
        byte: u64,
        times: &[f64],
        values: &Array2<f64>,
    ) -> Result<Vec<f64>, DataError> {
        let genes = 0..self.genes.len();
        let longer: Vec<_> = genes
            .filter(|&g| self.block.lengths[g] > times.len())
            .collect();
        // Ties lengthen every gene row (but for missing values at the end); a slip lengthens few.
        if 2 * longer.len() <= self.genes.len() {
            let (gene, times) = (longer[0], times.len());
            let (start, column) = (self.block.starts[gene], self.block.lengths[gene] - 1);
            let place = self.text.place(start, column, Some(&self.genes[gene]));
            return Err(DataError::BeyondTimes { place, times });
        }
        let (path, row) = (self.text.path().to_owned(), self.text.line(byte));
        let (trajectory, points) = (self.trajectories.len() + 1, values.nrows());
        if self.ties == Ties::Error {
            let (times, values) = (times.len(), points);
            return Err(DataError::TimeRowShort {
                path,
                row,
                trajectory,
                times,
                values,
            });
        }
        // Every tied pair rises in all genes: if no more pairs do than times are missing, they are the tied ones.
        let pairs = rising_pairs(values);
        let (ties, candidates) = (points - times.len(), pairs.len());
        if candidates == ties {
            Ok(repeat_times(times, &pairs))
        } else {
            Err(DataError::TieNotLocated {
                path,
                row,
                trajectory,
                ties,
                candidates,
            })
        }
    }

    fn merged(&self, trajectory: &Trajectory) -> Trajectory {
        let merged = merge(trajectory);
        let (before, after) = (trajectory.times.len(), merged.times.len());
        if after < before {
            let file = self.text.path().display();
            let name = &trajectory.name;
            tracing::warn!(%file, trajectory = name, before, after, "tied points became their mean");
        }
        merged
    }
}
