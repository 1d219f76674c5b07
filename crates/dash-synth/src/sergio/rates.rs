//! Production rates, laid out for vectors: a sparse product of strengths and activities.

use std::ops::Range;

use super::system::System;

/// Values that are worked on together. Lanes (cell types, or paths of one type) are padded to a multiple of it.
pub(super) const WIDTH: usize = 4;

/// Values side by side, one vector.
pub(super) type Block = [f64; WIDTH];

/// `lanes` with its padding.
pub(super) fn padded(lanes: usize) -> usize {
    lanes.next_multiple_of(WIDTH)
}

/// What one regulator does to all its targets with one Hill exponent.
///
/// The half response belongs to the regulator, so its activity is computed once, however many targets it has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    exponent: f64,
    half_response: f64,
}

impl Slot {
    /// Turns concentrations, whole blocks, into activities a(x), a(0) = 0.
    #[inline(always)]
    fn respond(&self, values: &mut [f64]) {
        let h = self.half_response;
        if matches!(self.exponent, 2.0) {
            // The usual exponent, without a power.
            let h = h * h;
            for x in values {
                let square = *x * *x;
                *x = if square > 0.0 {
                    square / (h + square)
                } else {
                    0.0
                };
            }
        } else {
            for x in values {
                *x = self.activity_by_power(*x);
            }
        }
    }

    fn activity_by_power(&self, x: f64) -> f64 {
        if x > 0.0 {
            1.0 / (1.0 + libm::pow(self.half_response / x, self.exponent))
        } else {
            0.0
        }
    }
}

/// Production rates of all genes in `lanes` lanes: base rate plus strengths times activities.
///
/// |K| (1 − a) of a repressor is |K| in the base rate and K a in the product.
#[derive(Clone, Debug)]
pub(super) struct Rates {
    pub(super) lanes: usize,
    /// `genes × padded lanes`.
    base: Vec<f64>,
    first_term: Vec<usize>,
    terms: Vec<(usize, f64)>,
    pub(super) slots: Vec<Slot>,
    first_slot: Vec<usize>,
}

impl Rates {
    /// Rates in lanes that are cell types as `type_of` says. Production of gene g is multiplied by `factors[g]`; half
    /// responses are given later, by [`Rates::set_half_response`].
    pub(super) fn new(system: &System, type_of: &[usize], factors: &[f64]) -> Self {
        let genes = system.genes().len();
        let lanes = type_of.len();
        let (slots, first_slot) = slots(system);
        let mut rates = Self {
            lanes,
            base: Vec::with_capacity(genes * padded(lanes)),
            first_term: vec![0],
            terms: Vec::with_capacity(system.interactions().len()),
            slots,
            first_slot,
        };
        for (gene, &factor) in factors.iter().enumerate() {
            rates.push_base(system, gene, type_of, factor);
            for i in system.regulators(gene) {
                let own = rates.slots_of(i.regulator);
                let place =
                    rates.slots[own.clone()].partition_point(|slot| slot.exponent < i.exponent);
                rates.terms.push((own.start + place, factor * i.strength));
            }
            rates.first_term.push(rates.terms.len());
        }
        rates
    }

    fn push_base(&mut self, system: &System, gene: usize, type_of: &[usize], factor: f64) {
        let repressed: f64 = system
            .regulators(gene)
            .iter()
            .map(|i| (-i.strength).max(0.0))
            .sum();
        let rate = |&b: &usize| factor * system.basal(gene).map_or(repressed, |rates| rates[b]);
        self.base.extend(type_of.iter().map(rate));
        let padding = padded(type_of.len()) - type_of.len();
        self.base.extend(std::iter::repeat_n(0.0, padding));
    }

    /// Slots of a gene; none for genes without targets.
    pub(super) fn slots_of(&self, gene: usize) -> Range<usize> {
        self.first_slot[gene]..self.first_slot[gene + 1]
    }

    pub(super) fn set_half_response(&mut self, gene: usize, half_response: f64) {
        for slot in self.slots_of(gene) {
            self.slots[slot].half_response = half_response;
        }
    }

    /// P of a gene in N blocks of lanes from `lane` on, given the activities (`slots × padded lanes`). Never negative: a
    /// fully active repressor may leave −ε.
    #[inline(always)]
    pub(super) fn production<const N: usize>(
        &self,
        gene: usize,
        lane: usize,
        activities: &[f64],
    ) -> [Block; N] {
        let width = padded(self.lanes);
        let mut sums = *blocks::<N>(&self.base, gene * width + lane);
        for &(slot, strength) in &self.terms[self.first_term[gene]..self.first_term[gene + 1]] {
            let activity = blocks::<N>(activities, slot * width + lane);
            for (sum, a) in sums
                .as_flattened_mut()
                .iter_mut()
                .zip(activity.as_flattened())
            {
                *sum = strength.mul_add(*a, *sum);
            }
        }
        // Loops, for `map` of arrays is not always inlined, and then has no vectors.
        for p in sums.as_flattened_mut() {
            *p = p.max(0.0);
        }
        sums
    }

    /// Activities of the slots of a gene (`slots × padded lanes`) from its concentrations (`padded lanes`).
    #[inline(always)]
    pub(super) fn refresh(&self, gene: usize, x: &[f64], activities: &mut [f64]) {
        let width = padded(self.lanes);
        for slot in self.slots_of(gene) {
            let own = &mut activities[slot * width..(slot + 1) * width];
            own.copy_from_slice(x);
            self.slots[slot].respond(own);
        }
    }

    /// Turns concentrations that stand where the activities of these genes belong (`slots × padded lanes`) into them.
    #[inline(always)]
    pub(super) fn respond(&self, genes: &[usize], activities: &mut [f64]) {
        let width = padded(self.lanes);
        for slot in genes.iter().flat_map(|&gene| self.slots_of(gene)) {
            self.slots[slot].respond(&mut activities[slot * width..(slot + 1) * width]);
        }
    }
}

/// Pairs of regulator and exponent that occur, in order, and where those of a gene start.
fn slots(system: &System) -> (Vec<Slot>, Vec<usize>) {
    let pair = |i: &super::system::Interaction| (i.regulator, i.exponent);
    let mut pairs: Vec<_> = system.interactions().iter().map(pair).collect();
    pairs.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    pairs.dedup();
    let slots = pairs.iter().map(|&(_, exponent)| Slot {
        exponent,
        half_response: f64::NAN,
    });
    let first = |gene| pairs.partition_point(|pair| pair.0 < gene);
    (
        slots.collect(),
        (0..=system.genes().len()).map(first).collect(),
    )
}

#[inline(always)]
pub(super) fn blocks<const N: usize>(values: &[f64], at: usize) -> &[Block; N] {
    let (blocks, _) = values[at..at + N * WIDTH].as_chunks();
    blocks.try_into().expect("a slice of this length")
}

#[inline(always)]
pub(super) fn blocks_mut<const N: usize>(values: &mut [f64], at: usize) -> &mut [Block; N] {
    let (blocks, _) = values[at..at + N * WIDTH].as_chunks_mut();
    blocks.try_into().expect("a slice of this length")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{chain, interaction, system};
    use super::*;

    #[test]
    fn production_is_the_sum_of_hill_functions() {
        let system = chain();
        let mut rates = Rates::new(&system, &[0, 1], &[1.0, 1.0, 0.5, 1.0]);
        rates.set_half_response(0, 1.5);
        rates.set_half_response(1, 0.7);
        let mut activities = vec![0.0; rates.slots.len() * WIDTH];
        rates.refresh(0, &[1.0, 2.0, 0.0, 0.0], &mut activities);
        rates.refresh(1, &[3.0, 0.0, 0.0, 0.0], &mut activities);
        let hill = |x: f64, h: f64| x * x / (h * h + x * x);
        let [found] = rates.production(2, 0, &activities);
        let expected = |x0, x1| 0.5 * (2.0 * hill(x1, 0.7) + 1.5 * (1.0 - hill(x0, 1.5)));
        assert!((found[0] - expected(1.0, 3.0)).abs() < 1e-15);
        assert!((found[1] - expected(2.0, 0.0)).abs() < 1e-15);
        let [found] = rates.production(0, 0, &activities);
        assert_eq!(found[..2], [0.5, 2.0]);
    }

    #[test]
    fn any_exponent_has_its_own_activity() {
        let mut second = interaction(0, 2, -3.0);
        second.exponent = 2.5;
        let mut third = interaction(0, 1, 1.0);
        third.exponent = 2.5;
        let interactions = [interaction(0, 1, 1.0), second, third];
        let system = system(&[Some(vec![1.0]), None, None], &interactions);
        let mut rates = Rates::new(&system, &[0], &[1.0; 3]);
        assert_eq!(rates.slots.len(), 2);
        rates.set_half_response(0, 1.3);
        let mut activities = vec![0.0; 2 * WIDTH];
        rates.refresh(0, &[0.4, 0.0, 0.0, 0.0], &mut activities);
        let hill = |n: f64| 0.4f64.powf(n) / (1.3f64.powf(n) + 0.4f64.powf(n));
        let found = [1, 2].map(|gene| {
            let [block] = rates.production(gene, 0, &activities);
            block[0]
        });
        assert!((found[0] - hill(2.0) - hill(2.5)).abs() < 1e-15);
        assert!((found[1] - 3.0 * (1.0 - hill(2.5))).abs() < 1e-14);
    }

    #[test]
    fn nothing_at_zero_even_where_half_is_zero() {
        for exponent in [2.0, 1.7] {
            let slot = Slot {
                exponent,
                half_response: 0.0,
            };
            let mut values = [0.0, 1.0, 0.0, 0.0];
            slot.respond(&mut values);
            assert_eq!(values[..2], [0.0, 1.0]);
        }
    }
}
