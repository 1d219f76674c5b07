//! From cells with a time to expression over time.

use dash_ode::{TimeSeries, Trajectory};
use ndarray::{Array2, Axis};

use crate::cells::Cells;
use crate::error::{Error, Result};
use crate::sergio::Lineage;

/// Cells that were taken at about the same time.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Mean time of the cells.
    pub time: f64,
    /// Numbers of the cells, by time.
    pub cells: Vec<usize>,
}

/// The ways through a lineage, one per type without descendants: its types from the root on.
pub fn lineage_paths(lineage: &Lineage) -> Vec<Vec<usize>> {
    let parent = |cell_type: usize| lineage.parent(cell_type).map(|(parent, _)| parent);
    let is_parent: Vec<usize> = (0..lineage.types()).filter_map(parent).collect();
    let leaves = (0..lineage.types()).filter(|t| !is_parent.contains(t));
    let path = |leaf| {
        let mut path: Vec<usize> = std::iter::successors(Some(leaf), |&t| parent(t)).collect();
        path.reverse();
        path
    };
    leaves.map(path).collect()
}

/// Cuts cells by time into so many snapshots of equal size (to one cell). A time of NaN leaves the cell out.
///
/// # Errors
/// [`Error::Snapshots`] for none, for fewer cells than snapshots, or where cells have so few different times that snapshots do
/// not follow each other.
pub fn snapshots(times: &[f64], count: usize) -> Result<Vec<Snapshot>> {
    let refuse = |problem| Err(Error::Snapshots { problem });
    let mut cells: Vec<usize> = (0..times.len()).filter(|&c| !times[c].is_nan()).collect();
    if count == 0 || cells.len() < count {
        return refuse(format!(
            "{count} of {} cells; ask for at least 1 and at most one per cell",
            cells.len()
        ));
    }
    cells.sort_by(|&a, &b| times[a].total_cmp(&times[b]));
    let snapshot = |number: usize| {
        let part = number * cells.len() / count..(number + 1) * cells.len() / count;
        let cells = cells[part].to_vec();
        Snapshot {
            time: cells.iter().map(|&c| times[c]).sum::<f64>() / cells.len() as f64,
            cells,
        }
    };
    let snapshots: Vec<Snapshot> = (0..count).map(snapshot).collect();
    if snapshots
        .windows(2)
        .any(|pair| pair[0].time >= pair[1].time)
    {
        return refuse(format!(
            "cells have too few different times for {count}; ask for fewer"
        ));
    }
    Ok(snapshots)
}

/// The mean expression of the cells of every snapshot: one trajectory per replicate, named `NAME.1`, `NAME.2`, …. Every cell
/// belongs to one replicate; they are dealt out in order of time.
///
/// # Errors
/// [`Error::Snapshots`] for a snapshot of fewer cells than replicates, and for no replicate.
pub fn mean_trajectories(
    cells: &Cells,
    name: &str,
    snapshots: &[Snapshot],
    replicates: usize,
) -> Result<Vec<Trajectory>> {
    let fewest = snapshots.iter().map(|s| s.cells.len()).min().unwrap_or(0);
    if replicates == 0 || fewest < replicates {
        let problem = format!(
            "{replicates} replicates of snapshots of {fewest} cells; ask for fewer of either, or more cells"
        );
        return Err(Error::Snapshots { problem });
    }
    let times: Vec<f64> = snapshots.iter().map(|s| s.time).collect();
    let trajectory = |replicate: usize| {
        let mut values = Array2::zeros((snapshots.len(), cells.genes().len()));
        for (snapshot, mut mean) in snapshots.iter().zip(values.outer_iter_mut()) {
            let dealt: Vec<usize> = snapshot
                .cells
                .iter()
                .copied()
                .skip(replicate)
                .step_by(replicates)
                .collect();
            for &cell in &dealt {
                mean += &cells.values().index_axis(Axis(1), cell);
            }
            mean /= dealt.len() as f64;
        }
        Trajectory {
            name: format!("{name}.{}", replicate + 1),
            times: times.clone(),
            values,
        }
    };
    Ok((0..replicates).map(trajectory).collect())
}

/// A time series of trajectories of these cells' genes.
///
/// # Errors
/// [`Error::Ode`] for trajectories of other genes, or names given twice.
pub fn series_of(cells: &Cells, trajectories: Vec<Trajectory>) -> Result<TimeSeries> {
    let series = TimeSeries::new(cells.genes().to_vec(), trajectories);
    Ok(series.map_err(dash_ode::Error::from)?)
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, arr2};

    use super::*;

    #[test]
    fn paths_lead_from_the_root_to_every_leaf() {
        let mut transitions = Array2::zeros((5, 5));
        for (from, to) in [(1, 0), (0, 2), (0, 3)] {
            transitions[[from, to]] = 0.5;
        }
        let lineage = Lineage::new(&transitions).unwrap();
        let paths = lineage_paths(&lineage);
        assert_eq!(paths, [vec![1, 0, 2], vec![1, 0, 3], vec![4]]);
    }

    #[test]
    fn cells_are_cut_by_time() {
        let times = [5.0, 1.0, f64::NAN, 2.0, 4.0, 3.0];
        let cut = snapshots(&times, 2).unwrap();
        assert_eq!((cut[0].time, cut[0].cells.as_slice()), (1.5, &[1, 3][..]));
        assert_eq!(
            (cut[1].time, cut[1].cells.as_slice()),
            (4.0, &[5, 4, 0][..])
        );
        assert!(
            snapshots(&times, 6)
                .unwrap_err()
                .to_string()
                .contains("6 of 5 cells")
        );
        let message = snapshots(&[1.0; 4], 2).unwrap_err().to_string();
        assert!(
            message.contains("too few different times for 2"),
            "{message}"
        );
    }

    #[test]
    fn replicates_share_the_cells_out() {
        let names = |prefix: &str, n: usize| (0..n).map(|i| format!("{prefix}{i}")).collect();
        let values = arr2(&[[1.0, 2.0, 3.0, 4.0], [10.0, 20.0, 30.0, 40.0]]);
        let cells = Cells::new(names("G", 2), names("c", 4), values).unwrap();
        let cut = snapshots(&[0.0, 1.0, 2.0, 3.0], 2).unwrap();
        let mean = mean_trajectories(&cells, "a", &cut, 1).unwrap();
        assert_eq!(mean[0].values, arr2(&[[1.5, 15.0], [3.5, 35.0]]));
        assert_eq!(
            (mean[0].name.as_str(), &mean[0].times[..]),
            ("a.1", &[0.5, 2.5][..])
        );
        let two = mean_trajectories(&cells, "a", &cut, 2).unwrap();
        assert_eq!(two[1].values, arr2(&[[2.0, 20.0], [4.0, 40.0]]));
        assert_eq!(series_of(&cells, two).unwrap().intervals().len(), 2);
        assert!(mean_trajectories(&cells, "a", &cut, 3).is_err());
    }
}
