//! The vector field and its pull-backs for a batch, dense products by faer.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

pub(crate) const GENES: usize = 350;
const HIDDEN: usize = 40;
const W: usize = HIDDEN * GENES;

/// Order of the parameters: Ws, Wp (hidden × genes), Wa (genes × 2 hidden), m, bs, bp; all row-major.
const WS: usize = 0;
const WP: usize = W;
const WA: usize = 2 * W;
const MULTIPLIERS: usize = 4 * W;
/// Where the biases start.
pub(crate) const BIASES: usize = 4 * W + GENES;
/// The number of parameters.
pub(crate) const PARAMETERS: usize = BIASES + 2 * HIDDEN;

/// Work space; what is kept per row is a column.
pub(crate) struct Field {
    /// Length of the interval of every row.
    lengths: Vec<f32>,
    /// State and cotangent of the last pull-back: diffsol asks for both of its products, one after the other.
    last: Option<(Vec<f32>, Vec<f32>)>,
    sum: Vec<f32>,
    prod: Vec<f32>,
    joint: Vec<f32>,
    drift: Vec<f32>,
    outer: Vec<f32>,
    inner: Vec<f32>,
    through: [Vec<f32>; 2],
}

fn columns(values: &[f32], rows: usize) -> MatRef<'_, f32> {
    MatRef::from_column_major_slice(values, rows, values.len() / rows)
}

fn columns_mut(values: &mut [f32], rows: usize) -> MatMut<'_, f32> {
    let columns = values.len() / rows;
    MatMut::from_column_major_slice_mut(values, rows, columns)
}

fn row_major(values: &[f32], columns: usize) -> MatRef<'_, f32> {
    MatRef::from_row_major_slice(values, values.len() / columns, columns)
}

fn product(out: MatMut<'_, f32>, a: MatRef<'_, f32>, b: MatRef<'_, f32>, alpha: f32) {
    matmul(out, Accum::Replace, a, b, alpha, Par::Seq);
}

impl Field {
    pub(crate) fn new(rows: usize) -> Self {
        let genes = || vec![0.0; rows * GENES];
        let hidden = || vec![0.0; rows * 2 * HIDDEN];
        Self {
            lengths: vec![0.0; rows],
            last: None,
            sum: genes(),
            prod: genes(),
            joint: hidden(),
            drift: genes(),
            outer: genes(),
            inner: hidden(),
            through: [genes(), genes()],
        }
    }

    /// Starts a batch, for which the parameters stay the same.
    pub(crate) fn start(&mut self, lengths: &[f32]) {
        self.lengths.copy_from_slice(lengths);
        self.last = None;
    }

    /// s, ln(1 + s), the joint layer, and Wa·joint − y.
    fn forward(&mut self, y: &[f32], p: &[f32]) {
        for ((&y, s), q) in y.iter().zip(&mut self.sum).zip(&mut self.prod) {
            let z = y - 0.5;
            *s = z / (1.0 + z.abs());
            *q = (1.0 + *s).ln();
        }
        let joint = columns_mut(&mut self.joint, 2 * HIDDEN);
        let (ws, wp) = (&p[WS..][..W], &p[WP..][..W]);
        let (top, bottom) = joint.split_at_row_mut(HIDDEN);
        product(top, row_major(ws, GENES), columns(&self.sum, GENES), 1.0);
        product(
            bottom,
            row_major(wp, GENES),
            columns(&self.prod, GENES),
            1.0,
        );
        for joint in self.joint.chunks_exact_mut(2 * HIDDEN) {
            for (joint, bias) in joint.iter_mut().zip(&p[BIASES..]) {
                *joint += bias;
            }
            joint[HIDDEN..].iter_mut().for_each(|c| *c = c.exp());
        }
        let wa = row_major(&p[WA..][..2 * W], 2 * HIDDEN);
        let drift = columns_mut(&mut self.drift, GENES);
        product(drift, wa, columns(&self.joint, 2 * HIDDEN), 1.0);
        for (drift, y) in self.drift.iter_mut().zip(y) {
            *drift -= y;
        }
    }

    pub(crate) fn eval(&mut self, y: &[f32], p: &[f32], dy: &mut [f32]) {
        self.last = None;
        self.forward(y, p);
        let rows = self.drift.chunks_exact(GENES).zip(&self.lengths);
        for (dy, (drift, length)) in dy.chunks_exact_mut(GENES).zip(rows) {
            for ((dy, drift), m) in dy.iter_mut().zip(drift).zip(&p[MULTIPLIERS..]) {
                *dy = length * m.max(0.0) * drift;
            }
        }
    }

    /// Forward, then what `v` is to Wa·joint and to the hidden sums.
    fn backward(&mut self, y: &[f32], p: &[f32], v: &[f32]) {
        if self
            .last
            .as_ref()
            .is_some_and(|last| last.0 == y && last.1 == v)
        {
            return;
        }
        self.forward(y, p);
        let rows = v.chunks_exact(GENES).zip(&self.lengths);
        for (outer, (v, length)) in self.outer.chunks_exact_mut(GENES).zip(rows) {
            for ((outer, v), m) in outer.iter_mut().zip(v).zip(&p[MULTIPLIERS..]) {
                *outer = length * m.max(0.0) * v;
            }
        }
        let wa = row_major(&p[WA..][..2 * W], 2 * HIDDEN);
        let inner = columns_mut(&mut self.inner, 2 * HIDDEN);
        product(inner, wa.transpose(), columns(&self.outer, GENES), 1.0);
        let joint = self.joint.chunks_exact(2 * HIDDEN);
        for (inner, joint) in self.inner.chunks_exact_mut(2 * HIDDEN).zip(joint) {
            for (inner, joint) in inner[HIDDEN..].iter_mut().zip(&joint[HIDDEN..]) {
                *inner *= joint;
            }
        }
        let (last_y, last_v) = self.last.get_or_insert_default();
        y.clone_into(last_y);
        v.clone_into(last_v);
    }

    /// −Jᵀv, as diffsol wants it.
    pub(crate) fn minus_adjoint(&mut self, y: &[f32], p: &[f32], v: &[f32], out: &mut [f32]) {
        self.backward(y, p, v);
        let (top, bottom) = columns(&self.inner, 2 * HIDDEN).split_at_row(HIDDEN);
        let [sum, prod] = &mut self.through;
        let (ws, wp) = (&p[WS..][..W], &p[WP..][..W]);
        product(
            columns_mut(sum, GENES),
            row_major(ws, GENES).transpose(),
            top,
            1.0,
        );
        product(
            columns_mut(prod, GENES),
            row_major(wp, GENES).transpose(),
            bottom,
            1.0,
        );
        for (i, out) in out.iter_mut().enumerate() {
            let reach = 1.0 + (y[i] - 0.5).abs();
            let slope = 1.0 / (reach * reach);
            *out = self.outer[i] - slope * (sum[i] + prod[i] / (1.0 + self.sum[i]));
        }
    }

    /// −(∂f/∂p)ᵀv, as diffsol wants it.
    pub(crate) fn minus_gradient(&mut self, y: &[f32], p: &[f32], v: &[f32], out: &mut [f32]) {
        self.backward(y, p, v);
        let (top, bottom) = columns(&self.inner, 2 * HIDDEN).split_at_row(HIDDEN);
        // A row-major matrix is the transpose of a column-major one.
        let sum = columns(&self.sum, GENES);
        product(
            columns_mut(&mut out[WS..][..W], GENES),
            sum,
            top.transpose(),
            -1.0,
        );
        let prod = columns(&self.prod, GENES);
        product(
            columns_mut(&mut out[WP..][..W], GENES),
            prod,
            bottom.transpose(),
            -1.0,
        );
        let joint = columns(&self.joint, 2 * HIDDEN);
        let outer = columns(&self.outer, GENES).transpose();
        product(
            columns_mut(&mut out[WA..][..2 * W], 2 * HIDDEN),
            joint,
            outer,
            -1.0,
        );
        out[MULTIPLIERS..].fill(0.0);
        let rows = self.drift.chunks_exact(GENES).zip(v.chunks_exact(GENES));
        for ((drift, v), length) in rows.zip(&self.lengths) {
            for i in (0..GENES).filter(|i| p[MULTIPLIERS + i] > 0.0) {
                out[MULTIPLIERS + i] -= length * drift[i] * v[i];
            }
        }
        for inner in self.inner.chunks_exact(2 * HIDDEN) {
            for (out, inner) in out[BIASES..].iter_mut().zip(inner) {
                *out -= inner;
            }
        }
    }
}
