//! Products with the weights that survive pruning, for rows side by side.

use std::ops::Range;

use super::across::Across;
use super::lookup::Indices;
use super::sums::{PARTS, add_products, total};
use crate::Real;

/// Sums that a line is split into, since each addition waits for the one before.
const CHAINS: usize = 4;

/// `sum += weight · x`.
#[inline(always)]
pub(super) fn add<T: Real, const L: usize>(weight: T, x: &[T; L], sum: &mut [T; L]) {
    for l in 0..L {
        sum[l] = weight.fma(x[l], sum[l]);
    }
}

/// The surviving entries of a weight matrix, line by line.
///
/// A line is whatever there is less of, rows or columns, so that lines are long: in PHOENIX it is the hidden unit,
/// a row of W and a column of U. `other` is the index across the line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sparse<T> {
    /// Where the entries of each line end.
    ends: Vec<u32>,
    others: Indices,
    /// Where each entry lies among the parameters that survive.
    places: Vec<u32>,
    values: Vec<T>,
    across: Across<T>,
}

impl<T: Real> Sparse<T> {
    /// Forgets all lines.
    pub(crate) fn clear(&mut self) {
        self.ends.clear();
        self.others.clear();
        self.places.clear();
    }

    /// Adds a line with its surviving entries: (index across the line, place among the parameters that survive).
    pub(crate) fn add_line(&mut self, entries: impl Iterator<Item = (usize, usize)>) {
        for (other, place) in entries {
            self.others.push(other as u32);
            self.places.push(place as u32);
        }
        self.ends.push(self.len() as u32);
    }

    /// Takes the entries' values from those of all that survive.
    pub(crate) fn load(&mut self, parameters: &[T]) {
        self.values.clear();
        let values = self.places.iter().map(|&place| parameters[place as usize]);
        self.values.extend(values);
        self.across.load(&self.values);
    }

    /// Arranges the entries across the lines, after the last line; there are `width` indices.
    pub(crate) fn arrange(&mut self, width: usize) {
        let mut across = std::mem::take(&mut self.across);
        across.arrange(width, self.others.values(), self.lines());
        self.across = across;
    }

    /// Multiplies the entries of [`Sparse::gather`] by a factor of their index across the lines.
    pub(crate) fn scale_lines(&mut self, factors: &[T]) {
        for (value, &other) in self.values.iter_mut().zip(self.others.values()) {
            *value *= factors[other as usize];
        }
    }

    /// Number of surviving entries.
    pub(crate) fn len(&self) -> usize {
        self.others.values().len()
    }

    /// Finds which of `count` indices across the lines occur in any of the matrices, and numbers the entries by them.
    pub(crate) fn number(matrices: &mut [Self], count: usize) -> Vec<u32> {
        let mut occurs = vec![false; count];
        let others = matrices.iter().flat_map(|sparse| sparse.others.values());
        others.for_each(|&other| occurs[other as usize] = true);
        let occurring: Vec<u32> = (0..count as u32).filter(|&o| occurs[o as usize]).collect();
        let mut numbers = vec![0; count];
        for (number, &other) in (0..).zip(&occurring) {
            numbers[other as usize] = number;
        }
        for sparse in matrices {
            sparse.others.renumber(|other| numbers[other as usize]);
            sparse.arrange(occurring.len());
        }
        occurring
    }

    fn lines(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts
            .zip(&self.ends)
            .map(|(start, &end)| start as usize..end as usize)
    }

    /// Tells `emit` Σ weight · x[other] of every line, in order.
    #[inline(always)]
    pub(crate) fn gather<const L: usize>(&self, x: &[[T; L]], mut emit: impl FnMut(usize, [T; L])) {
        let x = self.others.look_up([x]);
        for (index, line) in self.lines().enumerate() {
            let (x, last) = x.slice(line.clone()).chunks::<CHAINS>();
            let values = self.values[line].as_chunks::<CHAINS>();
            let mut sums = [[T::zero(); L]; CHAINS];
            for (x, values) in x.zip(values.0) {
                for c in 0..CHAINS {
                    add(values[c], x[c][0], &mut sums[c]);
                }
            }
            for ([x], &value) in last.iter().zip(values.1) {
                add(value, x, &mut sums[0]);
            }
            let total = |l: usize| (sums[0][l] + sums[1][l]) + (sums[2][l] + sums[3][l]);
            emit(index, std::array::from_fn(total));
        }
    }

    /// Tells `emit` Σ weight · x[line] of every index across the lines, in no particular order.
    #[inline(always)]
    pub(crate) fn scatter<const L: usize>(&self, x: &[[T; L]], emit: impl FnMut(usize, [T; L])) {
        self.across.product(x, emit);
    }

    /// `sums[entry] += Σ_g lines[g][line] · others[g][other]`, over all lanes.
    #[inline(always)]
    pub(crate) fn add_outer<const L: usize, const G: usize>(
        &self,
        lines: [&[[T; L]]; G],
        others: [&[[T; L]]; G],
        sums: &mut [[T; PARTS]],
    ) {
        let others = self.others.look_up(others);
        for (index, line) in self.lines().enumerate() {
            let factors: [[T; L]; G] = std::array::from_fn(|g| lines[g][index]);
            let entries = others.slice(line.clone()).iter().zip(&mut sums[line]);
            for (x, sum) in entries {
                add_products(factors.each_ref(), x, sum);
            }
        }
    }

    /// `gradient[place] += scale(other) · sum` for every entry.
    pub(crate) fn add_totals(
        &self,
        sums: &[[T; PARTS]],
        scale: impl Fn(usize) -> T,
        gradient: &mut [T],
    ) {
        let places = self.places.iter().zip(self.others.values());
        for (sum, (&place, &other)) in sums.iter().zip(places) {
            gradient[place as usize] += scale(other as usize) * total(sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(n: usize, seed: usize) -> Vec<[f64; 4]> {
        let value = |i: usize| ((i * 37 + seed * 101) % 61) as f64 / 61.0 - 0.4;
        (0..n)
            .map(|i| std::array::from_fn(|l| value(4 * i + l)))
            .collect()
    }

    proptest! {
        #[test]
        fn products_and_gradient_equal_the_definition(lines in 1_usize..9, others in 1_usize..12, gap in 1_usize..5) {
            let parameters: Vec<f64> = (0..lines * others).map(|i| (i as f64).sin()).collect();
            let kept = |place: usize| place.is_multiple_of(gap);
            let mut sparse = Sparse::default();
            for line in 0..lines {
                let entries = (0..others).map(|o| (o, line * others + o));
                sparse.add_line(entries.filter(|&(_, place)| kept(place)));
            }
            sparse.arrange(others);
            sparse.load(&parameters);
            let weight = |line: usize, o: usize| {
                let place = line * others + o;
                if kept(place) { parameters[place] } else { 0.0 }
            };
            let (x, d) = (values(others, 1), values(lines, 2));
            let (mut down, mut up) = (vec![[f64::NAN; 4]; lines], vec![[f64::NAN; 4]; others]);
            sparse.gather(&x, |line, sum| down[line] = sum);
            sparse.scatter(&d, |other, sum| up[other] = sum);
            let mut sums = vec![[0.0; PARTS]; sparse.len()];
            sparse.add_outer([&d[..], &d[..]], [&x[..], &x[..]], &mut sums);
            let mut gradient = vec![0.5; parameters.len()];
            sparse.add_totals(&sums, |o| o as f64, &mut gradient);
            for l in 0..4 {
                for (line, down) in down.iter().enumerate() {
                    let terms = x.iter().enumerate().map(|(o, x)| weight(line, o) * x[l]);
                    prop_assert!((down[l] - terms.sum::<f64>()).abs() < 1e-12);
                }
                for (o, up) in up.iter().enumerate() {
                    let terms = d.iter().enumerate().map(|(line, d)| weight(line, o) * d[l]);
                    prop_assert!((up[l] - terms.sum::<f64>()).abs() < 1e-12);
                }
            }
            for (line, d) in d.iter().enumerate() {
                for (o, x) in x.iter().enumerate() {
                    let outer: f64 = d.iter().zip(x).map(|(d, x)| 2.0 * d * x).sum();
                    let place = line * others + o;
                    let want = if kept(place) { 0.5 + o as f64 * outer } else { 0.5 };
                    prop_assert!((gradient[place] - want).abs() < 1e-12);
                }
            }
        }
    }
}
