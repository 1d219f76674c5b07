//! The direct field: every gene has its own weights over the regulators.

use ndarray::Array2;
use ndarray_rand::rand_distr::Distribution as _;

use super::phoenix::{Activate, ActivateBack};
use super::{Branch, Differentiable, Initialise, Layout, Parameters, Recorded, Role, VectorField};
use crate::error::{check_setting, check_size};
use crate::linalg::{Kernel, Matrix, vectorised};
use crate::random::{Normal, stream};
use crate::{Real, Result};

/// The one-layer field of k genes: no hidden units, so that a weight is an edge.
///
/// With `φ_Σ` and `φ_Π` of [`crate::Phoenix`]:
///
/// ```text
/// dx/dt = ReLU(v) ⊙ (A φ_Σ(x) + a + β ⊙ exp(B φ_Π(x) + b) − x)
/// ```
///
/// A and B are held sparse as soon as few of their entries are left; entries that are exactly zero then count as
/// pruned and get no gradient.
///
/// # Shapes
/// `w_sum` (A), `w_prod` (B): k × k, \[target, regulator\]; `b_sum` (a), `b_prod` (b), `gain` (β), `v`: k.
///
/// # Reference
/// `docs/method.md`, "The direct field"; the one-layer case of Hossain et al. 2024, Section 3.
#[derive(Clone, Debug)]
pub struct Direct<T> {
    layout: Layout,
    genes: usize,
    sum: Matrix<T>,
    prod: Matrix<T>,
    vectors: Vectors<T>,
    record: Vec<T>,
    delta: Vec<T>,
    scaled: Vec<T>,
    through: [Vec<T>; 2],
}

#[derive(Clone, Debug, Default)]
struct Vectors<T> {
    a: Vec<T>,
    b: Vec<T>,
    beta: Vec<T>,
    v: Vec<T>,
    relu_v: Vec<T>,
}

/// Order of the blocks in the parameter vector.
const SUM: usize = 0;
const A: usize = 1;
const PROD: usize = 2;
const B: usize = 3;
const BETA: usize = 4;
const V: usize = 5;

impl<T: Real> Direct<T> {
    /// A field of `genes` genes (at least one) with all parameters zero.
    ///
    /// # Errors
    /// [`crate::Error::Setting`] if there is no gene.
    pub fn new(genes: usize) -> Result<Self> {
        check_setting("genes", genes as f64, genes > 0, "at least 1")?;
        let branch = |layer, log_space, gain| Branch {
            layers: vec![layer],
            log_space,
            gain,
        };
        let layout = Layout::new(
            genes,
            &[
                ("w_sum", genes, genes, Role::Weights),
                ("b_sum", genes, 1, Role::Bias),
                ("w_prod", genes, genes, Role::Weights),
                ("b_prod", genes, 1, Role::Bias),
                ("gain", genes, 1, Role::Bias),
                ("v", genes, 1, Role::Multiplier),
            ],
            vec![
                branch(SUM, false, None),
                branch(PROD, true, Some((BETA, B))),
            ],
        );
        let zeros = vec![T::zero(); layout.len()];
        let mut field = Self {
            layout,
            genes,
            sum: Matrix::default(),
            prod: Matrix::default(),
            vectors: Vectors::default(),
            record: Vec::new(),
            delta: Vec::new(),
            scaled: Vec::new(),
            through: [Vec::new(), Vec::new()],
        };
        field.load(&zeros);
        Ok(field)
    }

    /// A field with given parameters.
    ///
    /// # Errors
    /// [`crate::Error::Shape`] if the parameters are not those of such a field.
    pub fn with_parameters(parameters: &Parameters<T>) -> Result<Self> {
        let mut field = Self::new(parameters.layout().genes())?;
        let found = parameters.values().len();
        check_size("number of direct parameters", field.layout.len(), found)?;
        field.load(parameters.values());
        Ok(field)
    }
}

impl<T: Real> VectorField<T> for Direct<T> {
    fn dim(&self) -> usize {
        self.genes
    }

    fn eval(&mut self, y: &[T], dydt: &mut [T]) {
        let mut record = std::mem::take(&mut self.record);
        record.resize(y.len() / self.genes * self.record_len(), T::zero());
        self.eval_recorded(y, dydt, &mut record);
        self.record = record;
    }
}

/// A record is `φ_Σ`, `φ_Π`, the exponential and (joint − x), k values each.
impl<T: Real> Recorded<T> for Direct<T> {
    fn record_len(&self) -> usize {
        4 * self.genes
    }

    fn eval_recorded(&mut self, y: &[T], dydt: &mut [T], record: &mut [T]) {
        let (k, stride) = (self.genes, self.record_len());
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
        let exponents = &mut self.scaled;
        exponents.resize(rows * k, T::zero());
        for (dydt, exponents) in dydt.chunks_exact_mut(k).zip(exponents.chunks_exact_mut(k)) {
            dydt.copy_from_slice(&self.vectors.a);
            exponents.copy_from_slice(&self.vectors.b);
        }
        self.sum.add_product(rows, record, stride, dydt, k);
        self.prod
            .add_product(rows, &record[k..], stride, exponents, k);
        vectorised(Join {
            vectors: &self.vectors,
            exponents,
            y,
            dydt,
            record,
        });
    }
}

impl<T: Real> Differentiable<T> for Direct<T> {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn boxed(&self) -> Box<dyn Differentiable<T>> {
        Box::new(self.clone())
    }

    fn load(&mut self, parameters: &[T]) {
        let k = self.genes;
        let values = |block: usize| &parameters[self.layout.blocks()[block].range.clone()];
        self.sum.pack(k, k, values(SUM));
        self.prod.pack(k, k, values(PROD));
        self.vectors = Vectors {
            a: values(A).to_vec(),
            b: values(B).to_vec(),
            beta: values(BETA).to_vec(),
            v: values(V).to_vec(),
            relu_v: values(V).iter().map(|v| v.max(T::zero())).collect(),
        };
    }

    fn sensitivity_len(&self) -> usize {
        3 * self.genes
    }

    fn pull_back(&mut self, record: &[T], upstream: &[T], y_bar: &mut [T], sensitivity: &mut [T]) {
        let (k, width) = (self.genes, self.sensitivity_len());
        let rows = upstream.len() / k;
        if rows == 0 {
            return;
        }
        self.delta.resize(rows * k, T::zero());
        self.scaled.resize(rows * k, T::zero());
        vectorised(Part {
            vectors: &self.vectors,
            record,
            upstream,
            delta: &mut self.delta,
            scaled: &mut self.scaled,
            sensitivity,
            width,
        });
        let signals = [&self.delta, &self.scaled];
        for ((through, signal), matrix) in self
            .through
            .iter_mut()
            .zip(signals)
            .zip([&self.sum, &self.prod])
        {
            through.clear();
            through.resize(rows * k, T::zero());
            matrix.add_back_product(rows, signal, k, through, k);
        }
        vectorised(ActivateBack {
            genes: k,
            record,
            stride: 4 * k,
            delta: &self.delta,
            through: [&self.through[0], &self.through[1]],
            y_bar,
        });
    }

    fn add_gradient(&mut self, records: &[T], sensitivities: &[T], gradient: &mut [T]) {
        let (k, stride, width) = (self.genes, self.record_len(), self.sensitivity_len());
        let rows = records.len() / stride;
        if rows == 0 {
            return;
        }
        let range = |block: usize| self.layout.blocks()[block].range.clone();
        let delta = (&sensitivities[k..], width);
        self.sum
            .add_gradient(rows, delta, (records, stride), &mut gradient[range(SUM)]);
        let scaled = (&sensitivities[2 * k..], width);
        let log_inputs = (&records[k..], stride);
        self.prod
            .add_gradient(rows, scaled, log_inputs, &mut gradient[range(PROD)]);
        for (record, sensitivity) in records
            .chunks_exact(stride)
            .zip(sensitivities.chunks_exact(width))
        {
            let (upstream, delta, scaled) = (
                &sensitivity[..k],
                &sensitivity[k..2 * k],
                &sensitivity[2 * k..],
            );
            add(&mut gradient[range(A)], delta);
            add(&mut gradient[range(B)], scaled);
            for (i, beta) in gradient[range(BETA)].iter_mut().enumerate() {
                *beta = delta[i].fma(record[2 * k + i], *beta);
            }
            for (i, v) in gradient[range(V)].iter_mut().enumerate() {
                if self.vectors.v[i] > T::zero() {
                    *v = upstream[i].fma(record[3 * k + i], *v);
                }
            }
        }
    }
}

fn add<T: Real>(sum: &mut [T], terms: &[T]) {
    for (sum, &term) in sum.iter_mut().zip(terms) {
        *sum += term;
    }
}

/// Standard deviation of the initial weights: small, so that every gene starts near a constant drive.
const INITIAL_SD: f64 = 0.01;
/// Initial a and β: together the middle of an expression range of \[0, 1\].
const INITIAL_DRIVE: f64 = 0.25;

impl<T: Real> Initialise for Direct<T> {
    /// Weights N(0, 0.01²), none exactly zero; a = β = ¼, b = 0; multipliers 1.
    fn initialise(&self, seed: u64) -> Parameters<f64> {
        let mut parameters = Parameters::zeros(self.layout.clone());
        let mut rng = stream(seed, 0);
        let law = Normal {
            mean: 0.0,
            sd: INITIAL_SD,
        };
        let mut set = |name: &str, value: &mut dyn FnMut() -> f64| {
            if let Some(mut block) = parameters.matrix_mut(name) {
                let filled = Array2::from_shape_simple_fn(block.dim(), value);
                block.assign(&filled);
            }
        };
        set("w_sum", &mut || law.sample(&mut rng));
        set("w_prod", &mut || law.sample(&mut rng));
        set("b_sum", &mut || INITIAL_DRIVE);
        set("gain", &mut || INITIAL_DRIVE);
        set("v", &mut || 1.0);
        parameters
    }
}

/// dy/dt from the sums (in `dydt`) and the exponents of the product branch; keeps the exponentials and joint − y.
struct Join<'a, T> {
    vectors: &'a Vectors<T>,
    exponents: &'a [T],
    y: &'a [T],
    dydt: &'a mut [T],
    record: &'a mut [T],
}

impl<T: Real> Kernel for Join<'_, T> {
    #[inline(always)]
    fn run<const AVX2: bool>(self) {
        let Vectors { beta, relu_v, .. } = self.vectors;
        let k = beta.len();
        let rows = self.y.chunks_exact(k).zip(self.dydt.chunks_exact_mut(k));
        let rows = rows.zip(self.exponents.chunks_exact(k));
        for (((y, dydt), exponents), record) in rows.zip(self.record.chunks_exact_mut(4 * k)) {
            let (powers, drift) = record[2 * k..].split_at_mut(k);
            for (power, &exponent) in powers.iter_mut().zip(exponents) {
                *power = exponent.exp_fast();
            }
            for i in 0..k {
                drift[i] = beta[i].fma(powers[i], dydt[i]) - y[i];
                dydt[i] = relu_v[i] * drift[i];
            }
        }
    }
}

/// δ = ReLU(v) ⊙ upstream and δ ⊙ β ⊙ exp, both kept for the gradient together with the upstream.
struct Part<'a, T> {
    vectors: &'a Vectors<T>,
    record: &'a [T],
    upstream: &'a [T],
    delta: &'a mut [T],
    scaled: &'a mut [T],
    sensitivity: &'a mut [T],
    width: usize,
}

impl<T: Real> Kernel for Part<'_, T> {
    #[inline(always)]
    fn run<const AVX2: bool>(self) {
        let Vectors { beta, relu_v, .. } = self.vectors;
        let k = beta.len();
        let rows = self.upstream.chunks_exact(k);
        let rows = rows.zip(self.record.chunks_exact(4 * k));
        let outs = self.delta.chunks_exact_mut(k);
        let outs = outs.zip(self.scaled.chunks_exact_mut(k));
        let outs = outs.zip(self.sensitivity.chunks_exact_mut(self.width));
        for ((upstream, record), ((delta, scaled), kept)) in rows.zip(outs) {
            let powers = &record[2 * k..][..k];
            for i in 0..k {
                delta[i] = relu_v[i] * upstream[i];
                scaled[i] = delta[i] * beta[i] * powers[i];
            }
            kept[..k].copy_from_slice(upstream);
            kept[k..2 * k].copy_from_slice(delta);
            kept[2 * k..].copy_from_slice(scaled);
        }
    }
}
