//! Training on the survivors alone, and on all parameters with the pruned ones at zero.

use super::tests::{config, run};
use super::{Change, Strategy, StrategyError};
use crate::{Layout, Parameters, Role};

/// Prunes all weights but every `gap`-th before epoch 1, and half of those before epoch 3; likewise the first of every bias.
struct Gaps {
    gap: usize,
    kept: Vec<bool>,
    /// Whether it says that it acts between epochs alone.
    says_so: bool,
}

impl Strategy<f64> for Gaps {
    fn acts_between_epochs(&self) -> bool {
        self.says_so
    }

    fn kept(&self) -> Option<&[bool]> {
        (!self.kept.is_empty()).then_some(&self.kept)
    }

    fn before_epoch(
        &mut self,
        epoch: usize,
        raw: &mut Parameters<f64>,
    ) -> Result<Change, StrategyError> {
        let gap = match epoch {
            1 => self.gap,
            3 => 2 * self.gap,
            _ => return Ok(Change::default()),
        };
        self.kept = vec![true; raw.values().len()];
        for block in raw.layout().prunable() {
            let range = raw.layout().blocks()[block].range.clone();
            for (at, kept) in self.kept[range].iter_mut().enumerate() {
                *kept = at.is_multiple_of(gap);
            }
        }
        for bias in first_biases(raw.layout()) {
            self.kept[bias] = false;
        }
        Ok(Change {
            pruned: true,
            moved: false,
        })
    }
}

fn first_biases(layout: &Layout) -> impl Iterator<Item = usize> + '_ {
    let biases = layout.blocks().iter().filter(|b| b.role == Role::Bias);
    biases.map(|block| block.range.start)
}

#[test]
fn passing_over_survivors_alone_changes_no_bit() {
    // With gaps of 2 the field is held dense, with gaps of 9 sparse.
    for gap in [2, 9] {
        let fit = |says_so: bool| {
            let kept = Vec::new();
            let mut strategy = Gaps { gap, kept, says_so };
            run(&mut strategy, &config(6), 1).unwrap()
        };
        let (short, long) = (fit(true), fit(false));
        assert_eq!(short.best, long.best);
        assert_eq!(short.history, long.history);
        let values = short.best.parameters.values();
        let held: Vec<f64> = first_biases(short.best.parameters.layout())
            .map(|at| values[at])
            .collect();
        assert!(
            !held.is_empty() && held.iter().all(|bias| *bias == 0.0),
            "{held:?}"
        );
        let sparsity = long.history.iter().map(|r| r.sparsity).collect::<Vec<_>>();
        assert!(
            sparsity[2] > sparsity[0] && sparsity[4] > sparsity[2],
            "{sparsity:?}"
        );
    }
}
