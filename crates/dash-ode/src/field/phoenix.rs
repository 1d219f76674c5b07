//! PHOENIX: a neural ODE whose units add (Σ) or multiply (Π) the inputs' Hill-like activations.

mod initial;
mod kernels;

pub(super) use initial::uniform;
pub(super) use kernels::{Activate, ActivateBack};
use kernels::{Drift, Hidden, HiddenBack, Scale};

use super::{Branch, Differentiable, Layout, Parameters, Recorded, Role, VectorField};
use crate::error::{check_setting, check_size};
use crate::linalg::{Panels, add_transposed_product, vectorised};
use crate::{Real, Result};

/// The PHOENIX vector field for k genes and m hidden units.
///
/// With `φ_Σ(x) = (x−½)/(1+|x−½|)` and `φ_Π(x) = ln(1+φ_Σ(x))`:
///
/// ```text
/// c_Σ = W_Σ φ_Σ(x) + b_Σ        c_Π = exp(W_Π φ_Π(x) + b_Π)
/// dx/dt = ReLU(v) ⊙ (U_Σ c_Σ + U_Π c_Π − x)
/// ```
///
/// # Shapes
/// `w_sum`, `w_prod`: m × k; `b_sum`, `b_prod`: m; `u_sum`, `u_prod`: k × m; `v`: k.
///
/// # Reference
/// Hossain et al., *PHOENIX*, Genome Biology 25:127 (2024).
#[derive(Clone, Debug)]
pub struct Phoenix<T> {
    layout: Layout,
    genes: usize,
    hidden: usize,
    weights: Weights<T>,
    scratch: Scratch<T>,
}

/// The parameters, arranged for the products of the forward and the backward pass.
#[derive(Clone, Debug, Default)]
struct Weights<T> {
    first: [Panels<T>; 2],
    first_back: [Panels<T>; 2],
    biases: Vec<T>,
    second: Panels<T>,
    second_back: Panels<T>,
    /// U as [`U_Σ` | `U_Π`], k × 2m.
    stacked: Vec<T>,
    v: Vec<T>,
    relu_v: Vec<T>,
}

#[derive(Clone, Debug, Default)]
struct Scratch<T> {
    record: Vec<T>,
    delta: Vec<T>,
    through: [Vec<T>; 2],
    outer: Vec<T>,
    panel: Vec<[T; 8]>,
}

/// Order of the blocks in the parameter vector.
const W: [usize; 2] = [0, 2];
const B: [usize; 2] = [1, 3];
const U: [usize; 2] = [4, 5];
const V: usize = 6;

impl<T: Real> Phoenix<T> {
    /// A field of `genes` genes and `hidden` hidden units (at least one of each) with all parameters zero.
    ///
    /// # Errors
    /// [`crate::Error::Setting`] if there is no gene or no hidden unit.
    pub fn new(genes: usize, hidden: usize) -> Result<Self> {
        check_setting("genes", genes as f64, genes > 0, "at least 1")?;
        check_setting("hidden", hidden as f64, hidden > 0, "at least 1")?;
        let layout = Layout::new(
            genes,
            &[
                ("w_sum", hidden, genes, Role::Weights),
                ("b_sum", hidden, 1, Role::Bias),
                ("w_prod", hidden, genes, Role::Weights),
                ("b_prod", hidden, 1, Role::Bias),
                ("u_sum", genes, hidden, Role::Weights),
                ("u_prod", genes, hidden, Role::Weights),
                ("v", genes, 1, Role::Multiplier),
            ],
            vec![
                Branch {
                    layers: vec![W[0], U[0]],
                    log_space: false,
                    gain: None,
                },
                Branch {
                    layers: vec![W[1], U[1]],
                    log_space: true,
                    gain: None,
                },
            ],
        );
        let mut field = Self {
            layout,
            genes,
            hidden,
            weights: Weights::default(),
            scratch: Scratch::default(),
        };
        field.load(&vec![T::zero(); field.layout.len()]);
        Ok(field)
    }

    /// A field with given parameters.
    ///
    /// # Errors
    /// [`crate::Error::Shape`] if the parameters are not those of a PHOENIX field.
    pub fn with_parameters(parameters: &Parameters<T>) -> Result<Self> {
        let block = parameters.layout().block("w_sum");
        let (hidden, genes) = block.map_or((0, 0), |b| (b.rows, b.columns));
        let mut field = Self::new(genes, hidden)?;
        check_size(
            "number of PHOENIX parameters",
            field.layout.len(),
            parameters.values().len(),
        )?;
        field.load(parameters.values());
        Ok(field)
    }

    /// Number of hidden units m of each branch.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    fn values<'a>(&self, parameters: &'a [T], block: usize) -> &'a [T] {
        &parameters[self.layout.blocks()[block].range.clone()]
    }

    /// Where `φ_Σ`, `φ_Π`, c and (joint − x) start in a record.
    fn offsets(&self) -> [usize; 4] {
        [
            0,
            self.genes,
            2 * self.genes,
            2 * self.genes + 2 * self.hidden,
        ]
    }
}

impl<T: Real> VectorField<T> for Phoenix<T> {
    fn dim(&self) -> usize {
        self.genes
    }

    fn eval(&mut self, y: &[T], dydt: &mut [T]) {
        let mut record = std::mem::take(&mut self.scratch.record);
        record.resize(y.len() / self.genes * self.record_len(), T::zero());
        self.eval_recorded(y, dydt, &mut record);
        self.scratch.record = record;
    }
}

impl<T: Real> Recorded<T> for Phoenix<T> {
    fn record_len(&self) -> usize {
        3 * self.genes + 2 * self.hidden
    }

    fn eval_recorded(&mut self, y: &[T], dydt: &mut [T], record: &mut [T]) {
        let (k, m, stride) = (self.genes, self.hidden, self.record_len());
        let [sum, prod, hidden, drift] = self.offsets();
        let rows = y.len() / k;
        if rows == 0 {
            return;
        }
        vectorised(Activate {
            genes: k,
            y,
            record,
            stride,
        });
        let through = &mut self.scratch.through[0];
        through.clear();
        through.resize(rows * 2 * m, T::zero());
        self.weights.first[0].add_product(rows, &record[sum..], stride, through, 2 * m);
        self.weights.first[1].add_product(rows, &record[prod..], stride, &mut through[m..], 2 * m);
        vectorised(Hidden {
            biases: &self.weights.biases,
            through,
            record,
            stride,
            offset: hidden,
        });
        dydt.fill(T::zero());
        self.weights
            .second
            .add_product(rows, &record[hidden..], stride, dydt, k);
        vectorised(Drift {
            genes: k,
            relu_v: &self.weights.relu_v,
            y,
            dydt,
            record,
            stride,
            offset: drift,
        });
    }
}

impl<T: Real> Differentiable<T> for Phoenix<T> {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn load(&mut self, parameters: &[T]) {
        let (k, m) = (self.genes, self.hidden);
        let mut weights = std::mem::take(&mut self.weights);
        weights.biases.clear();
        weights.stacked.resize(k * 2 * m, T::zero());
        for branch in 0..2 {
            let w = self.values(parameters, W[branch]);
            weights.first[branch].pack(k, m, w, (1, k));
            weights.first_back[branch].pack(m, k, w, (k, 1));
            weights
                .biases
                .extend_from_slice(self.values(parameters, B[branch]));
            let u = self.values(parameters, U[branch]);
            for (stacked, u) in weights
                .stacked
                .chunks_exact_mut(2 * m)
                .zip(u.chunks_exact(m))
            {
                stacked[branch * m..][..m].copy_from_slice(u);
            }
        }
        weights.second.pack(2 * m, k, &weights.stacked, (1, 2 * m));
        weights
            .second_back
            .pack(k, 2 * m, &weights.stacked, (2 * m, 1));
        weights.v.clear();
        weights.v.extend_from_slice(self.values(parameters, V));
        weights.relu_v.clear();
        weights
            .relu_v
            .extend(weights.v.iter().map(|v| v.max(T::zero())));
        self.weights = weights;
    }

    fn boxed(&self) -> Box<dyn Differentiable<T>> {
        Box::new(self.clone())
    }

    fn sensitivity_len(&self) -> usize {
        self.genes + 2 * self.hidden
    }

    fn pull_back(&mut self, record: &[T], upstream: &[T], y_bar: &mut [T], sensitivity: &mut [T]) {
        let (k, m, stride, width) = (
            self.genes,
            self.hidden,
            self.record_len(),
            self.sensitivity_len(),
        );
        let rows = upstream.len() / k;
        if rows == 0 {
            return;
        }
        let Scratch { delta, through, .. } = &mut self.scratch;
        delta.resize(rows * k, T::zero());
        vectorised(Scale {
            genes: k,
            relu_v: &self.weights.relu_v,
            upstream,
            delta,
            sensitivity,
            width,
        });
        self.weights
            .second_back
            .add_product(rows, delta, k, &mut sensitivity[k..], width);
        vectorised(HiddenBack {
            genes: k,
            hidden: m,
            record,
            stride,
            sensitivity,
            width,
        });
        for (branch, through) in through.iter_mut().enumerate() {
            through.clear();
            through.resize(rows * k, T::zero());
            let inputs = &sensitivity[k + branch * m..];
            self.weights.first_back[branch].add_product(rows, inputs, width, through, k);
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

    fn add_gradient(&mut self, records: &[T], sensitivities: &[T], gradient: &mut [T]) {
        let (k, m, stride, width) = (
            self.genes,
            self.hidden,
            self.record_len(),
            self.sensitivity_len(),
        );
        let rows = records.len() / stride;
        if rows == 0 {
            return;
        }
        let offsets = self.offsets();
        let blocks = self.layout.blocks();
        let Scratch { outer, panel, .. } = &mut self.scratch;

        // G = upstreamᵀ·c; then dU = ReLU(v) ⊙ G, and dv needs upstream·(joint − x) alone.
        outer.clear();
        outer.resize(k * 2 * m, T::zero());
        let c = &records[offsets[2]..];
        add_transposed_product(
            rows,
            (sensitivities, width, k),
            (c, stride, 2 * m),
            outer,
            panel,
        );
        for branch in 0..2 {
            let du = &mut gradient[blocks[U[branch]].range.clone()];
            for i in 0..k {
                for (du, g) in du[i * m..][..m]
                    .iter_mut()
                    .zip(&outer[i * 2 * m + branch * m..][..m])
                {
                    *du += *g * self.weights.relu_v[i];
                }
            }
            let inner = &sensitivities[k + branch * m..];
            let activation = &records[offsets[branch]..];
            let dw = &mut gradient[blocks[W[branch]].range.clone()];
            add_transposed_product(rows, (inner, width, m), (activation, stride, k), dw, panel);
            let db = &mut gradient[blocks[B[branch]].range.clone()];
            for row in sensitivities.chunks_exact(width) {
                for (db, s) in db.iter_mut().zip(&row[k + branch * m..][..m]) {
                    *db += *s;
                }
            }
        }
        let dv = &mut gradient[blocks[V].range.clone()];
        for (record, sensitivity) in records
            .chunks_exact(stride)
            .zip(sensitivities.chunks_exact(width))
        {
            let drift = &record[offsets[3]..][..k];
            for (i, dv) in dv.iter_mut().enumerate() {
                let open = if self.weights.v[i] > T::zero() {
                    sensitivity[i]
                } else {
                    T::zero()
                };
                *dv = open.fma(drift[i], *dv);
            }
        }
    }
}
