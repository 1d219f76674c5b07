//! The plain multilayer perceptron that PHOENIX is compared with.

use ndarray::Array2;
use rand::Rng;

use super::phoenix::uniform;
use super::{Branch, Differentiable, Initialise, Layout, Parameters, Recorded, Role, VectorField};
use crate::error::{check_setting, check_size};
use crate::linalg::{Kernel, Panels, add_transposed_product, vectorised};
use crate::random::stream;
use crate::{Real, Result};

/// dx/dt = `A₂ ELU(A₁ x + a₁) + a₂ − x` for k genes and m hidden units.
///
/// # Shapes
/// `a1`: m × k; `a1_bias`: m; `a2`: k × m; `a2_bias`: k.
///
/// # Reference
/// The MLP ablation of the DASH paper (Tables 7 and 10).
#[derive(Clone, Debug)]
pub struct Mlp<T> {
    layout: Layout,
    genes: usize,
    hidden: usize,
    first: Panels<T>,
    first_back: Panels<T>,
    second: Panels<T>,
    second_back: Panels<T>,
    biases: [Vec<T>; 2],
    record: Vec<T>,
    through: Vec<T>,
    panel: Vec<[T; 8]>,
}

impl<T: Real> Mlp<T> {
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
                ("a1", hidden, genes, Role::Weights),
                ("a1_bias", hidden, 1, Role::Bias),
                ("a2", genes, hidden, Role::Weights),
                ("a2_bias", genes, 1, Role::Bias),
            ],
            vec![Branch {
                layers: vec![0, 2],
                log_space: false,
                gain: None,
            }],
        );
        let zeros = vec![T::zero(); layout.len()];
        let mut field = Self {
            layout,
            genes,
            hidden,
            first: Panels::default(),
            first_back: Panels::default(),
            second: Panels::default(),
            second_back: Panels::default(),
            biases: [Vec::new(), Vec::new()],
            record: Vec::new(),
            through: Vec::new(),
            panel: Vec::new(),
        };
        field.load(&zeros);
        Ok(field)
    }

    /// A field with given parameters.
    ///
    /// # Errors
    /// [`crate::Error::Shape`] if the parameters are not those of such a field.
    pub fn with_parameters(parameters: &Parameters<T>) -> Result<Self> {
        let block = parameters.layout().block("a1");
        let (hidden, genes) = block.map_or((0, 0), |b| (b.rows, b.columns));
        let mut field = Self::new(genes, hidden)?;
        check_size(
            "number of MLP parameters",
            field.layout.len(),
            parameters.values().len(),
        )?;
        field.load(parameters.values());
        Ok(field)
    }

    /// Number of hidden units m.
    pub fn hidden(&self) -> usize {
        self.hidden
    }

    /// The hidden size whose parameter count comes closest to that of PHOENIX with `phoenix_hidden` units.
    ///
    /// PHOENIX: 4km + 2m + k; this field: 2km' + m' + k.
    pub fn comparable_hidden(phoenix_hidden: usize) -> usize {
        2 * phoenix_hidden
    }
}

impl<T: Real> VectorField<T> for Mlp<T> {
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

/// A record is the state x followed by the hidden activations.
impl<T: Real> Recorded<T> for Mlp<T> {
    fn record_len(&self) -> usize {
        self.genes + self.hidden
    }

    fn eval_recorded(&mut self, y: &[T], dydt: &mut [T], record: &mut [T]) {
        let (k, m, stride) = (self.genes, self.hidden, self.record_len());
        let rows = y.len() / k;
        if rows == 0 {
            return;
        }
        self.through.clear();
        self.through.resize(rows * m, T::zero());
        self.first.add_product(rows, y, k, &mut self.through, m);
        vectorised(Elu {
            genes: k,
            y,
            through: &self.through,
            bias: &self.biases[0],
            record,
        });
        for (dydt, y) in dydt.chunks_exact_mut(k).zip(y.chunks_exact(k)) {
            for i in 0..k {
                dydt[i] = self.biases[1][i] - y[i];
            }
        }
        self.second.add_product(rows, &record[k..], stride, dydt, k);
    }
}

impl<T: Real> Differentiable<T> for Mlp<T> {
    fn layout(&self) -> &Layout {
        &self.layout
    }

    fn load(&mut self, parameters: &[T]) {
        let (k, m) = (self.genes, self.hidden);
        let values = |block: usize| &parameters[self.layout.blocks()[block].range.clone()];
        self.first.pack(k, m, values(0), (1, k));
        self.first_back.pack(m, k, values(0), (k, 1));
        self.second.pack(m, k, values(2), (1, m));
        self.second_back.pack(k, m, values(2), (m, 1));
        self.biases = [values(1).to_vec(), values(3).to_vec()];
    }

    fn boxed(&self) -> Box<dyn Differentiable<T>> {
        Box::new(self.clone())
    }

    fn sensitivity_len(&self) -> usize {
        self.genes + self.hidden
    }

    fn pull_back(&mut self, record: &[T], upstream: &[T], y_bar: &mut [T], sensitivity: &mut [T]) {
        let (k, m, stride) = (self.genes, self.hidden, self.record_len());
        let rows = upstream.len() / k;
        for (sensitivity, upstream) in sensitivity
            .chunks_exact_mut(stride)
            .zip(upstream.chunks_exact(k))
        {
            let (kept, hidden) = sensitivity.split_at_mut(k);
            kept.copy_from_slice(upstream);
            hidden.fill(T::zero());
        }
        if rows == 0 {
            return;
        }
        self.second_back
            .add_product(rows, upstream, k, &mut sensitivity[k..], stride);
        for (sensitivity, record) in sensitivity
            .chunks_exact_mut(stride)
            .zip(record.chunks_exact(stride))
        {
            for (s, &c) in sensitivity[k..].iter_mut().zip(&record[k..][..m]) {
                // ELU′ is 1 above zero and ELU + 1 below.
                *s *= T::one() + c.min(T::zero());
            }
        }
        for (y_bar, &upstream) in y_bar.iter_mut().zip(upstream) {
            *y_bar = -upstream;
        }
        self.first_back
            .add_product(rows, &sensitivity[k..], stride, y_bar, k);
    }

    fn add_gradient(&mut self, records: &[T], sensitivities: &[T], gradient: &mut [T]) {
        let (k, m, stride) = (self.genes, self.hidden, self.record_len());
        let rows = records.len() / stride;
        if rows == 0 {
            return;
        }
        let range = |block: usize| self.layout.blocks()[block].range.clone();
        let (upstream, inner) = ((sensitivities, stride, k), (&sensitivities[k..], stride, m));
        add_transposed_product(
            rows,
            inner,
            (records, stride, k),
            &mut gradient[range(0)],
            &mut self.panel,
        );
        add_transposed_product(
            rows,
            upstream,
            (&records[k..], stride, m),
            &mut gradient[range(2)],
            &mut self.panel,
        );
        for sensitivity in sensitivities.chunks_exact(stride) {
            for (db, s) in gradient[range(1)].iter_mut().zip(&sensitivity[k..]) {
                *db += *s;
            }
            for (db, s) in gradient[range(3)].iter_mut().zip(&sensitivity[..k]) {
                *db += *s;
            }
        }
    }
}

impl<T: Real> Initialise for Mlp<T> {
    /// Every weight and bias of a layer with n inputs U(−1/√n, 1/√n), as PyTorch's linear layer does.
    fn initialise(&self, seed: u64) -> Parameters<f64> {
        let (k, m) = (self.genes, self.hidden);
        let mut rng = stream(seed, 0);
        let mut parameters = Parameters::zeros(self.layout.clone());
        for (name, rows, columns, inputs) in [
            ("a1", m, k, k),
            ("a1_bias", m, 1, k),
            ("a2", k, m, m),
            ("a2_bias", k, 1, m),
        ] {
            let values = layer(rows, columns, inputs, &mut rng);
            if let Some(mut block) = parameters.matrix_mut(name) {
                block.assign(&values);
            }
        }
        parameters
    }
}

fn layer(rows: usize, columns: usize, inputs: usize, rng: &mut impl Rng) -> Array2<f64> {
    let bound = 1.0 / (inputs as f64).sqrt();
    uniform(rows * columns, bound, rng)
        .into_shape_with_order((rows, columns))
        .expect("as many values as the shape has entries")
}

/// Keeps x and ELU(`A₁ x` + a₁) in the record.
struct Elu<'a, T> {
    genes: usize,
    y: &'a [T],
    through: &'a [T],
    bias: &'a [T],
    record: &'a mut [T],
}

impl<T: Real> Kernel for Elu<'_, T> {
    #[inline(always)]
    fn run<const AVX2: bool>(self) {
        let (k, m) = (self.genes, self.bias.len());
        let rows = self.y.chunks_exact(k).zip(self.through.chunks_exact(m));
        for ((y, through), record) in rows.zip(self.record.chunks_exact_mut(k + m)) {
            let (state, hidden) = record.split_at_mut(k);
            state.copy_from_slice(y);
            for i in 0..m {
                let x = through[i] + self.bias[i];
                hidden[i] = if x > T::zero() {
                    x
                } else {
                    x.exp_fast() - T::one()
                };
            }
        }
    }
}
