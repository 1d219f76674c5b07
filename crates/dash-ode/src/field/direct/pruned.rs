//! The direct field after pruning.

use std::ops::Range;

use super::{PROD, SUM, Vectors};
use crate::Real;
use crate::field::Layout;
use crate::field::grouped::{Buffers, Grouped, Kept, SUMS, Sums, sizes};
use crate::field::phoenix::{activate, activate_back};
use crate::field::surviving::Surviving;
use crate::linalg::Sparse;
use crate::linalg::sums::{add_lanes, add_products, total};

/// The surviving weights, target by target.
///
/// A record holds `φ_Σ` and `φ_Π` of the inputs, the exponential and joint − x; a sensitivity the upstream derivative,
/// and those with respect to the sum and to the exponent.
#[derive(Clone, Debug, Default)]
pub(in crate::field) struct Pruned<T> {
    genes: usize,
    /// Genes that any surviving weight looks at.
    inputs: Vec<u32>,
    /// A and B.
    weights: [Sparse<T>; 2],
    vectors: Vectors<T>,
    /// Where a, b, β and v lie among the survivors.
    vectors_at: [Range<usize>; 4],
}

impl<T: Real> Grouped<T> for Pruned<T> {
    fn dim(&self) -> usize {
        self.genes
    }

    fn keep(&mut self, layout: &Layout, surviving: &Surviving) {
        let k = layout.genes();
        self.genes = k;
        for (sparse, block) in self.weights.iter_mut().zip([SUM, PROD]) {
            let start = layout.blocks()[block].range.start;
            sparse.clear();
            for target in 0..k {
                let places = start + target * k..;
                let regulators = (0..k).zip(places);
                sparse.add_line(
                    regulators.filter_map(|(gene, place)| Some((gene, surviving.rank(place)?))),
                );
            }
        }
        self.inputs = Sparse::number(&mut self.weights, k);
        let places = Vectors::<T>::places(layout);
        self.vectors_at = places.map(|range| surviving.range(&range));
    }

    fn load(&mut self, values: &[T]) {
        for sparse in &mut self.weights {
            sparse.load(values);
        }
        self.vectors = Vectors::of(self.vectors_at.clone(), values);
    }

    fn features(&self) -> (usize, usize) {
        let k = self.dim();
        (2 * self.inputs.len() + 2 * k, 3 * k)
    }

    #[inline(always)]
    fn eval<const L: usize>(
        &self,
        buffers: &mut Buffers<T>,
        y: &[[T; L]],
        dydt: &mut [[T; L]],
        record: &mut [[T; L]],
    ) {
        let (k, n) = (self.dim(), self.inputs.len());
        let Vectors {
            a, b, beta, relu_v, ..
        } = &self.vectors;
        let [inputs, ..] = buffers.take([n, 0, 0]);
        for (input, &gene) in inputs.iter_mut().zip(&self.inputs) {
            *input = y[gene as usize];
        }
        let (sum, rest) = record.split_at_mut(n);
        let (prod, rest) = rest.split_at_mut(n);
        let (powers, drift) = rest.split_at_mut(k);
        activate(
            inputs.as_flattened(),
            sum.as_flattened_mut(),
            prod.as_flattened_mut(),
        );
        self.weights[0].gather(sum, |gene, sum| drift[gene] = sum.map(|sum| a[gene] + sum));
        self.weights[1].gather(prod, |gene, sum| {
            powers[gene] = sum.map(|sum| b[gene] + sum);
        });
        for power in powers.as_flattened_mut() {
            *power = power.exp_fast();
        }
        let parts = dydt.iter_mut().zip(drift).zip(powers.iter().zip(y));
        for (((dydt, drift), (power, y)), (&beta, &relu_v)) in parts.zip(beta.iter().zip(relu_v)) {
            for l in 0..L {
                drift[l] = beta.fma(power[l], drift[l]) - y[l];
                dydt[l] = relu_v * drift[l];
            }
        }
    }

    #[inline(always)]
    fn pull_back<const L: usize>(
        &self,
        buffers: &mut Buffers<T>,
        record: &[[T; L]],
        sensitivity: &mut [[T; L]],
        y_bar: &mut [[T; L]],
    ) {
        let (k, n) = (self.dim(), self.inputs.len());
        let Vectors { beta, relu_v, .. } = &self.vectors;
        let [sum, prod, _] = buffers.take([n, n, 0]);
        let (phi, powers) = (&record[..n], &record[2 * n..][..k]);
        let (upstream, signals) = sensitivity.split_at_mut(k);
        let (delta, scaled) = signals.split_at_mut(k);
        let outs = delta.iter_mut().zip(&mut *scaled).zip(&mut *y_bar);
        let known = upstream.iter().zip(powers).zip(relu_v.iter().zip(beta));
        for (((delta, scaled), y_bar), ((upstream, power), (&relu_v, &beta))) in outs.zip(known) {
            for l in 0..L {
                delta[l] = relu_v * upstream[l];
                scaled[l] = delta[l] * beta * power[l];
                y_bar[l] = -delta[l];
            }
        }
        self.weights[0].scatter(delta, |input, total| sum[input] = total);
        self.weights[1].scatter(scaled, |input, total| prod[input] = total);
        let derivatives = prod.as_flattened().iter().zip(phi.as_flattened());
        for (sum, (&prod, &phi)) in sum.as_flattened_mut().iter_mut().zip(derivatives) {
            *sum = activate_back(phi, *sum, prod);
        }
        for (through, &gene) in sum.iter().zip(&self.inputs) {
            let y_bar = &mut y_bar[gene as usize];
            let mut total = *y_bar;
            for l in 0..L {
                total[l] += through[l];
            }
            *y_bar = total;
        }
    }

    /// A, B, a, b, β, v.
    fn sizes(&self) -> [usize; SUMS] {
        let ([sum, prod], k) = (self.weights.each_ref().map(Sparse::len), self.dim());
        sizes([sum, prod, k, k, k, k])
    }

    #[inline(always)]
    fn add_to_sums<const L: usize, const G: usize>(
        &self,
        groups: [Kept<'_, T, L>; G],
        sums: &mut Sums<T>,
    ) {
        let (k, n) = (self.dim(), self.inputs.len());
        for branch in 0..2 {
            let phi = groups.map(|(record, _)| &record[branch * n..][..n]);
            let signal = groups.map(|(_, s)| &s[(1 + branch) * k..][..k]);
            self.weights[branch].add_outer(signal, phi, &mut sums[branch]);
        }
        let [_, _, a, b, beta, v, ..] = sums.each_mut().map(|sums| &mut sums[..]);
        for (record, sensitivity) in groups {
            let [upstream, delta, scaled] = [0, k, 2 * k].map(|at| &sensitivity[at..][..k]);
            let [powers, drift] = [2 * n, 2 * n + k].map(|at| &record[at..][..k]);
            for i in 0..k {
                add_lanes(&delta[i], &mut a[i]);
                add_lanes(&scaled[i], &mut b[i]);
                add_products([&delta[i]], [&powers[i]], &mut beta[i]);
                add_products([&upstream[i]], [&drift[i]], &mut v[i]);
            }
        }
    }

    fn finish(&self, sums: &Sums<T>, gradient: &mut [T]) {
        for (sparse, sums) in self.weights.iter().zip(sums) {
            sparse.add_totals(sums, |_| T::one(), gradient);
        }
        let [vectors @ .., v_at] = self.vectors_at.clone();
        for (range, sums) in vectors.into_iter().zip(&sums[2..5]) {
            for (gradient, sum) in gradient[range].iter_mut().zip(sums.iter()) {
                *gradient += total(sum);
            }
        }
        let terms = sums[5].iter().zip(&self.vectors.v);
        for (gradient, (sum, &v)) in gradient[v_at].iter_mut().zip(terms) {
            if v > T::zero() {
                *gradient += total(sum);
            }
        }
    }
}
