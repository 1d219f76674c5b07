//! The parameters that survive pruning, as a vector of their own.

use std::ops::Range;

use super::{Layout, Role};

/// Which parameters survive, and where each lies among the survivors: all that are not weights, and the weights that are kept.
pub(super) struct Surviving {
    /// Places in the parameter vector, in order.
    places: Vec<u32>,
    survives: Vec<bool>,
    /// Survivors before each place, and in all.
    before: Vec<u32>,
}

impl Surviving {
    pub(super) fn of(layout: &Layout, kept: &[bool]) -> Self {
        let mut survives = kept.to_vec();
        for block in layout.blocks().iter().filter(|b| b.role != Role::Weights) {
            survives[block.range.clone()].fill(true);
        }
        let (mut places, mut before) = (Vec::new(), Vec::with_capacity(survives.len() + 1));
        for (place, &survives) in (0..).zip(&survives) {
            before.push(places.len() as u32);
            if survives {
                places.push(place);
            }
        }
        before.push(places.len() as u32);
        Self {
            places,
            survives,
            before,
        }
    }

    /// Where a parameter lies among the survivors, if it is one.
    pub(super) fn rank(&self, place: usize) -> Option<usize> {
        self.survives[place].then_some(self.before[place] as usize)
    }

    /// Where those of a range of parameters lie.
    pub(super) fn range(&self, range: &Range<usize>) -> Range<usize> {
        self.before[range.start] as usize..self.before[range.end] as usize
    }

    /// Places in the parameter vector, in order.
    pub(super) fn into_places(self) -> Vec<u32> {
        self.places
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Initialise as _, Phoenix};

    #[test]
    fn what_is_not_a_weight_survives_whatever_the_flags() {
        let layout = Phoenix::<f64>::new(3, 2)
            .unwrap()
            .initialise(1)
            .layout()
            .clone();
        let kept: Vec<bool> = (0..layout.len()).map(|place| place % 5 == 1).collect();
        let surviving = Surviving::of(&layout, &kept);
        let mut rank = 0;
        for block in layout.blocks() {
            let range = surviving.range(&block.range);
            assert_eq!(range.start, rank);
            for place in block.range.clone() {
                let survives = kept[place] || block.role != Role::Weights;
                assert_eq!(surviving.rank(place), survives.then_some(rank));
                rank += usize::from(survives);
            }
            assert_eq!(range.end, rank);
        }
        let places = surviving.into_places();
        assert_eq!(places.len(), rank);
        assert!(places.is_sorted());
    }
}
