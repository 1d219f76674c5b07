//! PHOENIX after pruning.

use super::kernels::{activate, activate_back};
use super::{B, U, V, W};
use crate::Real;
use crate::field::Layout;
use crate::field::grouped::{Buffers, Grouped, Kept, SUMS, sizes, total};
use crate::linalg::Sparse;

/// The surviving weights.
///
/// A record holds `φ_Σ` and `φ_Π` of the inputs, c, and joint − x; a sensitivity the upstream derivative and those with
/// respect to what enters the hidden units.
#[derive(Clone, Debug, Default)]
pub(super) struct Pruned<T> {
    genes: usize,
    hidden: usize,
    kept: Vec<bool>,
    /// Genes that any surviving weight looks at.
    inputs: Vec<u32>,
    /// W of both branches, hidden unit by hidden unit.
    first: [Sparse<T>; 2],
    /// [`U_Σ` | `U_Π`], hidden unit by hidden unit.
    second: Sparse<T>,
    biases: Vec<T>,
    v: Vec<T>,
    relu_v: Vec<T>,
}

impl<T: Real> Grouped<T> for Pruned<T> {
    fn dim(&self) -> usize {
        self.genes
    }

    fn keeps(&self, kept: &[bool]) -> bool {
        self.kept == kept
    }

    fn keep(&mut self, layout: &Layout, kept: &[bool]) {
        let blocks = layout.blocks();
        let (k, m) = (layout.genes(), blocks[W[0]].rows);
        (self.genes, self.hidden) = (k, m);
        self.kept = kept.to_vec();
        self.second.clear();
        for branch in 0..2 {
            let (w, u) = (blocks[W[branch]].range.start, blocks[U[branch]].range.start);
            self.first[branch].clear();
            for unit in 0..m {
                let incoming = (0..k).map(|gene| (gene, w + unit * k + gene));
                self.first[branch].add_line(incoming.filter(|&(_, place)| kept[place]));
                let outgoing = (0..k).map(|gene| (gene, u + gene * m + unit));
                self.second
                    .add_line(outgoing.filter(|&(_, place)| kept[place]));
            }
        }
        self.inputs = Sparse::number(&mut self.first, k);
        self.second.arrange();
    }

    fn load(&mut self, layout: &Layout, parameters: &[T]) {
        let values = |block: usize| &parameters[layout.blocks()[block].range.clone()];
        for sparse in self.first.iter_mut().chain([&mut self.second]) {
            sparse.load(parameters);
        }
        self.biases.clear();
        for block in B {
            self.biases.extend_from_slice(values(block));
        }
        self.v.clear();
        self.v.extend_from_slice(values(V));
        self.relu_v.clear();
        self.relu_v.extend(self.v.iter().map(|v| v.max(T::zero())));
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
        for (input, &gene) in inputs.iter_mut().zip(&self.inputs) {
            *input = y[gene as usize];
        }
        let (sum, rest) = record.split_at_mut(n);
        let (prod, rest) = rest.split_at_mut(n);
        let (c, drift) = rest.split_at_mut(2 * m);
        activate(
            inputs.as_flattened(),
            sum.as_flattened_mut(),
            prod.as_flattened_mut(),
        );
        for (c, &bias) in c.iter_mut().zip(&self.biases) {
            *c = [bias; L];
        }
        self.first[0].gather(sum, &mut c[..m]);
        self.first[1].gather(prod, &mut c[m..]);
        for c in c[m..].as_flattened_mut() {
            *c = c.exp_fast();
        }
        drift.fill([T::zero(); L]);
        self.second.scatter(c, drift);
        let states = y.iter().zip(&self.relu_v);
        for ((dydt, drift), (y, &relu_v)) in dydt.iter_mut().zip(drift).zip(states) {
            for l in 0..L {
                drift[l] -= y[l];
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
        let (k, m, n) = (self.genes, self.hidden, self.inputs.len());
        let [delta, sum, prod] = buffers.take([k, n, n]);
        let (upstream, signals) = sensitivity.split_at_mut(k);
        let scaled = upstream.iter().zip(&self.relu_v);
        for ((delta, y_bar), (upstream, &relu_v)) in delta.iter_mut().zip(&mut *y_bar).zip(scaled) {
            for l in 0..L {
                delta[l] = relu_v * upstream[l];
                y_bar[l] = -delta[l];
            }
        }
        signals.fill([T::zero(); L]);
        self.second.gather(delta, signals);
        let (phi, c) = (&record[..n], &record[2 * n..][..2 * m]);
        let through_exp = signals[m..].as_flattened_mut().iter_mut();
        for (signal, &c) in through_exp.zip(c[m..].as_flattened()) {
            *signal *= c;
        }
        sum.fill([T::zero(); L]);
        prod.fill([T::zero(); L]);
        self.first[0].scatter(&signals[..m], sum);
        self.first[1].scatter(&signals[m..], prod);
        let derivatives = prod.as_flattened().iter().zip(phi.as_flattened());
        for (sum, (&prod, &phi)) in sum.as_flattened_mut().iter_mut().zip(derivatives) {
            *sum = activate_back(phi, *sum, prod);
        }
        for (through, &gene) in sum.iter().zip(&self.inputs) {
            let y_bar = &mut y_bar[gene as usize];
            for l in 0..L {
                y_bar[l] += through[l];
            }
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
        sums: &mut [&mut [[T; L]]; SUMS],
    ) {
        let (k, m, n) = (self.genes, self.hidden, self.inputs.len());
        let phi = |branch: usize| groups.map(|(record, _)| &record[branch * n..][..n]);
        let signal = |branch: usize| groups.map(|(_, s)| &s[k + branch * m..][..m]);
        let c = groups.map(|(record, _)| &record[2 * n..][..2 * m]);
        let upstream = groups.map(|(_, sensitivity)| &sensitivity[..k]);
        self.first[0].add_outer(signal(0), phi(0), sums[0]);
        self.first[1].add_outer(signal(1), phi(1), sums[1]);
        self.second.add_outer(c, upstream, sums[2]);
        for (record, sensitivity) in groups {
            let (upstream, signals) = sensitivity.split_at(k);
            for (sum, &s) in sums[3]
                .as_flattened_mut()
                .iter_mut()
                .zip(signals.as_flattened())
            {
                *sum += s;
            }
            let drift = record[2 * n + 2 * m..].as_flattened().iter();
            let terms = upstream.as_flattened().iter().zip(drift);
            for (sum, (&upstream, &drift)) in sums[4].as_flattened_mut().iter_mut().zip(terms) {
                *sum = upstream.fma(drift, *sum);
            }
        }
    }

    #[inline(always)]
    fn finish<const L: usize>(
        &self,
        layout: &Layout,
        sums: &[&mut [[T; L]]; SUMS],
        gradient: &mut [T],
    ) {
        self.first[0].add_totals(sums[0], |_| T::one(), gradient);
        self.first[1].add_totals(sums[1], |_| T::one(), gradient);
        self.second
            .add_totals(sums[2], |gene| self.relu_v[gene], gradient);
        let range = |block: usize| layout.blocks()[block].range.clone();
        for (block, sums) in B.into_iter().zip(sums[3].chunks_exact(self.hidden)) {
            for (gradient, sum) in gradient[range(block)].iter_mut().zip(sums) {
                *gradient += total(sum);
            }
        }
        let terms = sums[4].iter().zip(&self.v);
        for (gradient, (sum, &v)) in gradient[range(V)].iter_mut().zip(terms) {
            if v > T::zero() {
                *gradient += total(sum);
            }
        }
    }
}
