//! The gradient with respect to the surviving weights: sums over the rows of many evaluations.

use super::{Grouped, Sums};
use crate::Real;
use crate::linalg::lanes::OnLanes;

/// Groups whose share is added at once: those of one step, where it has one group.
const GROUPS: usize = 6;

/// Adds what groups of rows contribute to the sums.
pub(super) struct AddToSums<'a, F, T> {
    pub(super) field: &'a F,
    pub(super) records: &'a [T],
    pub(super) sensitivities: &'a [T],
    pub(super) sums: &'a mut Sums<T>,
}

impl<T: Real, F: Grouped<T>> OnLanes for AddToSums<'_, F, T> {
    #[inline(always)]
    fn run<const L: usize>(self) {
        let (field, (record, width)) = (self.field, self.field.features());
        let records = self.records.as_chunks::<L>().0;
        let sensitivities = self.sensitivities.as_chunks::<L>().0;
        let group = |g: usize| {
            (
                &records[g * record..][..record],
                &sensitivities[g * width..][..width],
            )
        };
        let count = records.len() / record;
        let together = count - count % GROUPS;
        for first in (0..together).step_by(GROUPS) {
            let groups: [_; GROUPS] = std::array::from_fn(|g| group(first + g));
            field.add_to_sums(groups, self.sums);
        }
        for g in together..count {
            field.add_to_sums([group(g)], self.sums);
        }
    }
}
