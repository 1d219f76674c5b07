//! PHOENIX after pruning.

use std::array::from_fn;
use std::ops::Range;

use super::kernels::{activate, activate_back};
use super::{B, U, V, W};
use crate::Real;
use crate::field::Layout;
use crate::field::grouped::{Buffers, Grouped, Kept, SUMS, Sums, sizes};
use crate::field::surviving::Surviving;
use crate::linalg::Sparse;
use crate::linalg::sums::{add_lanes, add_products, total};

/// The surviving weights.
///
/// A record holds `φ_Σ` and `φ_Π` of the inputs, c, and joint − x; a sensitivity the upstream derivative and those with
/// respect to what enters the hidden units.
#[derive(Clone, Debug, Default)]
pub(in crate::field) struct Pruned<T> {
    genes: usize,
    hidden: usize,
    /// Genes that any surviving weight looks at, and the others.
    inputs: Vec<u32>,
    unseen: Vec<u32>,
    /// W of both branches, hidden unit by hidden unit.
    first: [Sparse<T>; 2],
    /// [`U_Σ` | `U_Π`], hidden unit by hidden unit.
    second: Sparse<T>,
    biases: Vec<T>,
    v: Vec<T>,
    relu_v: Vec<T>,
    /// Where biases and v lie among the survivors.
    biases_at: [Range<usize>; 2],
    v_at: Range<usize>,
}

impl<T: Real> Grouped<T> for Pruned<T> {
    fn dim(&self) -> usize {
        self.genes
    }

    fn keep(&mut self, layout: &Layout, surviving: &Surviving) {
        let blocks = layout.blocks();
        let (k, m) = (layout.genes(), blocks[W[0]].rows);
        (self.genes, self.hidden) = (k, m);
        self.second.clear();
        for branch in 0..2 {
            let (w, u) = (blocks[W[branch]].range.start, blocks[U[branch]].range.start);
            self.first[branch].clear();
            for unit in 0..m {
                let at = |gene: usize, place: usize| Some((gene, surviving.rank(place)?));
                let incoming = (0..k).filter_map(|gene| at(gene, w + unit * k + gene));
                self.first[branch].add_line(incoming);
                let outgoing = (0..k).filter_map(|gene| at(gene, u + gene * m + unit));
                self.second.add_line(outgoing);
            }
        }
        self.inputs = Sparse::number(&mut self.first, k);
        let seen = |gene: &u32| self.inputs.binary_search(gene).is_ok();
        self.unseen = (0..k as u32).filter(|gene| !seen(gene)).collect();
        self.second.arrange(k);
        self.biases_at = B.map(|block| surviving.range(&blocks[block].range));
        self.v_at = surviving.range(&blocks[V].range);
    }

    fn load(&mut self, values: &[T]) {
        for sparse in self.first.iter_mut().chain([&mut self.second]) {
            sparse.load(values);
        }
        self.biases.clear();
        for range in self.biases_at.clone() {
            self.biases.extend_from_slice(&values[range]);
        }
        self.v.clear();
        self.v.extend_from_slice(&values[self.v_at.clone()]);
        self.relu_v.clear();
        self.relu_v.extend(self.v.iter().map(|v| v.max(T::zero())));
        // The way back goes by ReLU(v) ⊙ U.
        self.second.scale_lines(&self.relu_v);
    }

    fn features(&self) -> (usize, usize) {
        let (k, units) = (self.genes, 2 * self.hidden);
        (2 * self.inputs.len() + units + k, k + units)
    }

    #[inline(always)]
    fn eval<const L: usize>(
        &self,
        buffers: &mut Buffers<T>,
        y: &[[T; L]],
        dydt: &mut [[T; L]],
        record: &mut [[T; L]],
    ) {
        let (m, n) = (self.hidden, self.inputs.len());
        let [inputs, ..] = buffers.take([n, 0, 0]);
        let inputs = if self.unseen.is_empty() {
            y
        } else {
            for (input, &gene) in inputs.iter_mut().zip(&self.inputs) {
                *input = y[gene as usize];
            }
            inputs
        };
        let (sum, rest) = record.split_at_mut(n);
        let (prod, rest) = rest.split_at_mut(n);
        let (c, drift) = rest.split_at_mut(2 * m);
        activate(
            inputs.as_flattened(),
            sum.as_flattened_mut(),
            prod.as_flattened_mut(),
        );
        for ((c, x), (first, biases)) in c
            .chunks_exact_mut(m)
            .zip([&*sum, &*prod])
            .zip(self.first.iter().zip(self.biases.chunks_exact(m)))
        {
            first.gather(x, |unit, sum| c[unit] = sum.map(|sum| biases[unit] + sum));
        }
        for c in c[m..].as_flattened_mut() {
            *c = c.exp_fast();
        }
        // Of one length, so that one check does for all of them.
        let k = self.genes;
        let (y, relu_v) = (&y[..k], &self.relu_v[..k]);
        let (drift, dydt) = (&mut drift[..k], &mut dydt[..k]);
        self.second.scatter(c, |gene, joint| {
            let off: [T; L] = from_fn(|l| joint[l] - y[gene][l]);
            drift[gene] = off;
            dydt[gene] = off.map(|off| relu_v[gene] * off);
        });
    }

    #[inline(always)]
    fn pull_back<const L: usize>(
        &self,
        buffers: &mut Buffers<T>,
        record: &[[T; L]],
        sensitivity: &mut [[T; L]],
        y_bar: &mut [[T; L]],
    ) {
        let (k, m, n) = (self.genes, self.hidden, self.inputs.len());
        let [sum, prod, _] = buffers.take([n, n, 0]);
        let (upstream, signals) = sensitivity.split_at_mut(k);
        self.second
            .gather(upstream, |unit, sum| signals[unit] = sum);
        let (phi, c) = (&record[..n], &record[2 * n..][..2 * m]);
        let through_exp = signals[m..].as_flattened_mut().iter_mut();
        for (signal, &c) in through_exp.zip(c[m..].as_flattened()) {
            *signal *= c;
        }
        let (signals, exponents) = signals.split_at(m);
        self.first[0].scatter(signals, |input, total| sum[input] = total);
        self.first[1].scatter(exponents, |input, total| prod[input] = total);
        let (upstream, relu_v, y_bar) = (&upstream[..k], &self.relu_v[..k], &mut y_bar[..k]);
        let decay = |gene: usize| upstream[gene].map(|upstream| relu_v[gene] * upstream);
        let through = sum.iter().zip(&*prod).zip(phi);
        for (((&sum, &prod), &phi), &gene) in through.zip(&self.inputs) {
            let mut bar = decay(gene as usize);
            for l in 0..L {
                bar[l] = activate_back(phi[l], sum[l], prod[l]) - bar[l];
            }
            y_bar[gene as usize] = bar;
        }
        for &gene in &self.unseen {
            y_bar[gene as usize] = decay(gene as usize).map(|decay| -decay);
        }
    }

    /// W of both branches, U, biases, v.
    fn sizes(&self) -> [usize; SUMS] {
        let [sum, prod] = self.first.each_ref().map(Sparse::len);
        let second = self.second.len();
        sizes([sum, prod, second, 2 * self.hidden, self.genes])
    }

    #[inline(always)]
    fn add_to_sums<const L: usize, const G: usize>(
        &self,
        groups: [Kept<'_, T, L>; G],
        sums: &mut Sums<T>,
    ) {
        let (k, m, n) = (self.genes, self.hidden, self.inputs.len());
        let phi = |branch: usize| groups.map(|(record, _)| &record[branch * n..][..n]);
        let signal = |branch: usize| groups.map(|(_, s)| &s[k + branch * m..][..m]);
        let c = groups.map(|(record, _)| &record[2 * n..][..2 * m]);
        let upstream = groups.map(|(_, sensitivity)| &sensitivity[..k]);
        let [first_sum, first_prod, second, biases, v, ..] = sums;
        self.first[0].add_outer(signal(0), phi(0), first_sum);
        self.first[1].add_outer(signal(1), phi(1), first_prod);
        self.second.add_outer(c, upstream, second);
        for (record, sensitivity) in groups {
            let (upstream, signals) = sensitivity.split_at(k);
            for (sum, signal) in biases.iter_mut().zip(signals) {
                add_lanes(signal, sum);
            }
            let terms = upstream.iter().zip(&record[2 * n + 2 * m..]);
            for (sum, (upstream, drift)) in v.iter_mut().zip(terms) {
                add_products([upstream], [drift], sum);
            }
        }
    }

    fn finish(&self, sums: &Sums<T>, gradient: &mut [T]) {
        self.first[0].add_totals(&sums[0], |_| T::one(), gradient);
        self.first[1].add_totals(&sums[1], |_| T::one(), gradient);
        self.second
            .add_totals(&sums[2], |gene| self.relu_v[gene], gradient);
        let biases = self.biases_at.iter().zip(sums[3].chunks_exact(self.hidden));
        for (range, sums) in biases {
            for (gradient, sum) in gradient[range.clone()].iter_mut().zip(sums) {
                *gradient += total(sum);
            }
        }
        let terms = sums[4].iter().zip(&self.v);
        for (gradient, (sum, &v)) in gradient[self.v_at.clone()].iter_mut().zip(terms) {
            if v > T::zero() {
                *gradient += total(sum);
            }
        }
    }
}
