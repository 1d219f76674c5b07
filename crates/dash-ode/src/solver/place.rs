//! Where a way back has come to.

use super::tape::Tape;
use crate::Real;
use crate::linalg::lanes;

/// Derivatives with respect to the state and to the slope at that state, side by side as in the step that comes next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place<T> {
    pub(crate) y: Vec<T>,
    pub(crate) slope: Vec<T>,
    /// Values of a row.
    k: usize,
    lanes: usize,
    slots: Vec<Option<usize>>,
    /// The same of all rows that move, one after the other, as they were when they were last put aside.
    y_aside: Vec<T>,
    slope_aside: Vec<T>,
}

impl<T: Real> Place<T> {
    /// Takes the derivatives with respect to the end states; `moving` are the rows that move.
    pub(crate) fn enter(&mut self, k: usize, moving: &[usize], y_bar: &[T]) {
        self.k = k;
        self.slots.clear();
        self.y_aside.clear();
        for &row in moving {
            self.y_aside.extend_from_slice(&y_bar[row * k..][..k]);
        }
        self.slope_aside.clear();
        self.slope_aside.resize(self.y_aside.len(), T::zero());
    }

    /// Hands out those with respect to the initial states.
    pub(crate) fn leave(&mut self, moving: &[usize], y_bar: &mut [T]) {
        self.put_aside();
        let k = self.k;
        for (&row, bar) in moving.iter().zip(self.y_aside.chunks_exact(k)) {
            y_bar[row * k..][..k].copy_from_slice(bar);
        }
    }

    /// Puts the rows in the given lanes.
    pub(crate) fn arrange(&mut self, lanes: usize, slots: &[Option<usize>]) {
        if (self.lanes, &*self.slots) != (lanes, slots) {
            self.put_aside();
            self.slots.extend_from_slice(slots);
            self.take_up(lanes);
        }
    }

    /// Puts all rows in the lanes that they had at the start.
    pub(crate) fn arrange_start(&mut self, tape: &Tape<T>) {
        let (lanes, rows) = (tape.lanes, tape.moving.len());
        let lacking = rows.next_multiple_of(lanes) - rows;
        let slots = (0..rows)
            .map(Some)
            .chain(std::iter::repeat_n(None, lacking));
        if self.lanes != lanes || !slots.clone().eq(self.slots.iter().copied()) {
            self.put_aside();
            self.slots.extend(slots);
            self.take_up(lanes);
        }
    }

    fn take_up(&mut self, lanes: usize) {
        let (k, width) = (self.k, self.k * lanes);
        self.lanes = lanes;
        for (groups, rows) in [
            (&mut self.y, &self.y_aside),
            (&mut self.slope, &self.slope_aside),
        ] {
            groups.clear();
            // Zero in lanes without a row, so that they add nothing to a gradient.
            groups.resize(self.slots.len() * k, T::zero());
            for (slot, row) in (0..).zip(&self.slots) {
                if let Some(row) = row {
                    let group = &mut groups[slot / lanes * width..][..width];
                    lanes::copy_in(&rows[row * k..][..k], group, lanes, slot % lanes);
                }
            }
        }
    }

    fn put_aside(&mut self) {
        let (k, lanes, width) = (self.k, self.lanes, self.k * self.lanes);
        for (groups, rows) in [
            (&self.y, &mut self.y_aside),
            (&self.slope, &mut self.slope_aside),
        ] {
            for (slot, row) in (0..).zip(&self.slots) {
                if let Some(row) = row {
                    let group = &groups[slot / lanes * width..][..width];
                    lanes::copy_out(group, lanes, slot % lanes, &mut rows[row * k..][..k]);
                }
            }
        }
        self.slots.clear();
    }
}
