//! PHOENIX with all its weights: one row after the other.

use super::kernels::{Activate, ActivateBack, Drift, Hidden, HiddenBack, Scale, VectorSums};
use super::{B, U, V, W};
use crate::Real;
use crate::field::Layout;
use crate::field::arrangement::Arrangement;
use crate::linalg::{Aligned, Panels, add_transposed_product, vectorised};

/// The parameters, arranged for the products of the forward and the backward pass.
///
/// A record holds, row by row, `φ_Σ`, `φ_Π`, c and joint − x; a sensitivity the upstream derivative and those with
/// respect to what enters the hidden units.
#[derive(Clone, Debug, Default)]
pub(in crate::field) struct Dense<T> {
    genes: usize,
    hidden: usize,
    first: [Panels<T>; 2],
    first_back: [Panels<T>; 2],
    biases: Vec<T>,
    /// U as [`U_Σ` | `U_Π`], k × 2m.
    second: Panels<T>,
    second_back: Panels<T>,
    stacked: Vec<T>,
    v: Vec<T>,
    relu_v: Vec<T>,
    work: Work<T>,
}

#[derive(Clone, Debug, Default)]
struct Work<T> {
    delta: Vec<T>,
    through: [Vec<T>; 2],
    outer: Vec<T>,
    sums: [Vec<T>; 2],
    panel: Aligned<T>,
}

impl<T: Real> Dense<T> {
    /// Where `φ_Σ`, `φ_Π`, c and joint − x start in a record.
    fn offsets(&self) -> [usize; 4] {
        let k = self.genes;
        [0, k, 2 * k, 2 * k + 2 * self.hidden]
    }
}

impl<T: Real> Arrangement<T> for Dense<T> {
    fn boxed(&self) -> Box<dyn Arrangement<T>> {
        Box::new(self.clone())
    }

    fn load(&mut self, layout: &Layout, parameters: &[T]) {
        let blocks = layout.blocks();
        let values = |block: usize| &parameters[blocks[block].range.clone()];
        let (k, m) = (layout.genes(), blocks[W[0]].rows);
        (self.genes, self.hidden) = (k, m);
        self.biases.clear();
        self.stacked.resize(k * 2 * m, T::zero());
        for branch in 0..2 {
            self.first[branch].pack_transposed(k, m, values(W[branch]));
            self.first_back[branch].pack(m, k, values(W[branch]));
            self.biases.extend_from_slice(values(B[branch]));
            let stacked = self.stacked.chunks_exact_mut(2 * m);
            for (stacked, u) in stacked.zip(values(U[branch]).chunks_exact(m)) {
                stacked[branch * m..][..m].copy_from_slice(u);
            }
        }
        self.second.pack_transposed(2 * m, k, &self.stacked);
        self.second_back.pack(k, 2 * m, &self.stacked);
        self.v.clear();
        self.v.extend_from_slice(values(V));
        self.relu_v.clear();
        self.relu_v.extend(self.v.iter().map(|v| v.max(T::zero())));
    }

    fn record_len(&self, rows: usize) -> usize {
        rows * (3 * self.genes + 2 * self.hidden)
    }

    fn sensitivity_len(&self, rows: usize) -> usize {
        rows * (self.genes + 2 * self.hidden)
    }

    fn eval(&mut self, y: &[T], dydt: &mut [T], record: &mut [T]) {
        let (k, m, stride) = (self.genes, self.hidden, self.record_len(1));
        let [sum, prod, hidden, drift] = self.offsets();
        let rows = y.len() / k;
        vectorised(Activate {
            genes: k,
            y,
            record,
            stride,
        });
        let through = &mut self.work.through[0];
        through.resize(rows * 2 * m, T::zero());
        self.first[0].product(rows, &record[sum..], stride, through, 2 * m);
        self.first[1].product(rows, &record[prod..], stride, &mut through[m..], 2 * m);
        vectorised(Hidden {
            biases: &self.biases,
            through,
            record,
            stride,
            offset: hidden,
        });
        self.second
            .product(rows, &record[hidden..], stride, dydt, k);
        vectorised(Drift {
            genes: k,
            relu_v: &self.relu_v,
            y,
            dydt,
            record,
            stride,
            offset: drift,
        });
    }

    fn pull_back(&mut self, record: &[T], upstream: &[T], y_bar: &mut [T], sensitivity: &mut [T]) {
        let (k, m) = (self.genes, self.hidden);
        let (stride, width) = (self.record_len(1), self.sensitivity_len(1));
        let rows = upstream.len() / k;
        let Work { delta, through, .. } = &mut self.work;
        delta.resize(rows * k, T::zero());
        vectorised(Scale {
            genes: k,
            relu_v: &self.relu_v,
            upstream,
            delta,
            sensitivity,
            width,
        });
        self.second_back
            .product(rows, delta, k, &mut sensitivity[k..], width);
        vectorised(HiddenBack {
            genes: k,
            hidden: m,
            record,
            stride,
            sensitivity,
            width,
        });
        for (branch, through) in through.iter_mut().enumerate() {
            through.resize(rows * k, T::zero());
            let inputs = &sensitivity[k + branch * m..];
            self.first_back[branch].product(rows, inputs, width, through, k);
        }
        vectorised(ActivateBack {
            genes: k,
            record,
            stride,
            delta,
            through: [&through[0], &through[1]],
            y_bar,
        });
    }

    fn add_gradient(
        &mut self,
        layout: &Layout,
        _evaluations: &[usize],
        (records, sensitivities): (&[T], &[T]),
        gradient: &mut [T],
    ) {
        let (k, m) = (self.genes, self.hidden);
        let (stride, width) = (self.record_len(1), self.sensitivity_len(1));
        let rows = records.len() / stride;
        let offsets = self.offsets();
        let range = |block: usize| layout.blocks()[block].range.clone();
        let Work {
            outer, panel, sums, ..
        } = &mut self.work;

        // G = upstreamᵀ·c; then dU = ReLU(v) ⊙ G, and dv needs upstream·(joint − x) alone.
        outer.clear();
        outer.resize(k * 2 * m, T::zero());
        let c = (&records[offsets[2]..], stride, 2 * m);
        add_transposed_product(rows, (sensitivities, width, k), c, outer, panel);
        for branch in 0..2 {
            let du = gradient[range(U[branch])].chunks_exact_mut(m);
            let outer = outer.chunks_exact(2 * m);
            for ((du, outer), &relu_v) in du.zip(outer).zip(&self.relu_v) {
                for (du, &g) in du.iter_mut().zip(&outer[branch * m..][..m]) {
                    *du += g * relu_v;
                }
            }
            let inner = (&sensitivities[k + branch * m..], width, m);
            let activation = (&records[offsets[branch]..], stride, k);
            let dw = &mut gradient[range(W[branch])];
            add_transposed_product(rows, inner, activation, dw, panel);
        }
        let [bias, v] = sums;
        vectorised(VectorSums {
            records,
            stride,
            offset: offsets[3],
            sensitivities,
            width,
            bias: zeros(bias, 2 * m),
            v: zeros(v, k),
        });
        for (block, bias) in B.into_iter().zip(bias.chunks_exact(m)) {
            for (gradient, &bias) in gradient[range(block)].iter_mut().zip(bias) {
                *gradient += bias;
            }
        }
        let open = self.v.iter().zip(&*v);
        for (gradient, (&v, &sum)) in gradient[range(V)].iter_mut().zip(open) {
            if v > T::zero() {
                *gradient += sum;
            }
        }
    }
}

fn zeros<T: Real>(buffer: &mut Vec<T>, n: usize) -> &mut [T] {
    buffer.clear();
    buffer.resize(n, T::zero());
    buffer
}
