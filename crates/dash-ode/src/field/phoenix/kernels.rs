//! The elementwise parts of the PHOENIX field and of its gradient.

use crate::Real;
use crate::linalg::Kernel;

/// `φ_Σ` and `φ_Π` of values that lie in any order.
#[inline(always)]
pub(in crate::field) fn activate<T: Real>(y: &[T], sum: &mut [T], prod: &mut [T]) {
    let half = T::of(0.5);
    for (phi, &x) in sum.iter_mut().zip(y) {
        let u = x - half;
        *phi = u / (T::one() + u.abs());
    }
    for (log, &phi) in prod.iter_mut().zip(&*sum) {
        // 1 + φ lies between 2⁻²⁴ and 2. Not so if y is not a number: then dy/dt is none either, by the decay. Nor if y is below
        // −2²⁴: then 1 + φ is 0, and its logarithm in f32 −88 in place of −∞.
        *log = (T::one() + phi).ln_normal();
    }
}

/// Derivative with respect to a state, from those with respect to its `φ_Σ` and `φ_Π`.
#[inline(always)]
pub(in crate::field) fn activate_back<T: Real>(phi: T, sum: T, prod: T) -> T {
    let slope = T::one() - phi.abs();
    slope * slope * (prod / (T::one() + phi) + sum)
}

/// `φ_Σ` and `φ_Π` of every state.
pub(in crate::field) struct Activate<'a, T> {
    pub(in crate::field) genes: usize,
    pub(in crate::field) y: &'a [T],
    pub(in crate::field) record: &'a mut [T],
    pub(in crate::field) stride: usize,
}

impl<T: Real> Kernel for Activate<'_, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        for (y, record) in self
            .y
            .chunks_exact(self.genes)
            .zip(self.record.chunks_exact_mut(self.stride))
        {
            let (sum, rest) = record.split_at_mut(self.genes);
            activate(y, sum, &mut rest[..self.genes]);
        }
    }
}

/// c = (`W_Σ φ_Σ + b_Σ`, exp(`W_Π φ_Π + b_Π`)) from the products in `through`.
pub(super) struct Hidden<'a, T> {
    pub(super) biases: &'a [T],
    pub(super) through: &'a [T],
    pub(super) record: &'a mut [T],
    pub(super) stride: usize,
    pub(super) offset: usize,
}

impl<T: Real> Kernel for Hidden<'_, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        let units = self.biases.len();
        for (through, record) in self
            .through
            .chunks_exact(units)
            .zip(self.record.chunks_exact_mut(self.stride))
        {
            let c = &mut record[self.offset..][..units];
            for i in 0..units {
                c[i] = through[i] + self.biases[i];
            }
            for c in &mut c[units / 2..] {
                *c = c.exp_fast();
            }
        }
    }
}

/// dy/dt = ReLU(v)·(joint − y), where `dydt` holds the joint output on entry; keeps joint − y.
pub(super) struct Drift<'a, T> {
    pub(super) genes: usize,
    pub(super) relu_v: &'a [T],
    pub(super) y: &'a [T],
    pub(super) dydt: &'a mut [T],
    pub(super) record: &'a mut [T],
    pub(super) stride: usize,
    pub(super) offset: usize,
}

impl<T: Real> Kernel for Drift<'_, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        let k = self.genes;
        let rows = self.y.chunks_exact(k).zip(self.dydt.chunks_exact_mut(k));
        for ((y, dydt), record) in rows.zip(self.record.chunks_exact_mut(self.stride)) {
            let drift = &mut record[self.offset..][..k];
            for i in 0..k {
                drift[i] = dydt[i] - y[i];
                dydt[i] = self.relu_v[i] * drift[i];
            }
        }
    }
}

/// δ = ReLU(v) ⊙ upstream; keeps the upstream for the gradient.
pub(super) struct Scale<'a, T> {
    pub(super) genes: usize,
    pub(super) relu_v: &'a [T],
    pub(super) upstream: &'a [T],
    pub(super) delta: &'a mut [T],
    pub(super) sensitivity: &'a mut [T],
    pub(super) width: usize,
}

impl<T: Real> Kernel for Scale<'_, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        let k = self.genes;
        let rows = self
            .upstream
            .chunks_exact(k)
            .zip(self.delta.chunks_exact_mut(k));
        for ((upstream, delta), sensitivity) in
            rows.zip(self.sensitivity.chunks_exact_mut(self.width))
        {
            let kept = &mut sensitivity[..k];
            for i in 0..k {
                kept[i] = upstream[i];
                delta[i] = self.relu_v[i] * upstream[i];
            }
        }
    }
}

/// Through the hidden units: the product branch multiplies by its own output (derivative of exp).
pub(super) struct HiddenBack<'a, T> {
    pub(super) genes: usize,
    pub(super) hidden: usize,
    pub(super) record: &'a [T],
    pub(super) stride: usize,
    pub(super) sensitivity: &'a mut [T],
    pub(super) width: usize,
}

impl<T: Real> Kernel for HiddenBack<'_, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        let (k, m) = (self.genes, self.hidden);
        for (record, sensitivity) in self
            .record
            .chunks_exact(self.stride)
            .zip(self.sensitivity.chunks_exact_mut(self.width))
        {
            let c_prod = &record[2 * k + m..][..m];
            for (s, &c) in sensitivity[k + m..][..m].iter_mut().zip(c_prod) {
                *s *= c;
            }
        }
    }
}

/// Through the activations: `φ_Σ′ = (1−|φ_Σ|)²` and `φ_Π′ = φ_Σ′/(1+φ_Σ)`, and −δ from the decay.
pub(in crate::field) struct ActivateBack<'a, T> {
    pub(in crate::field) genes: usize,
    pub(in crate::field) record: &'a [T],
    pub(in crate::field) stride: usize,
    pub(in crate::field) delta: &'a [T],
    pub(in crate::field) through: [&'a [T]; 2],
    pub(in crate::field) y_bar: &'a mut [T],
}

impl<T: Real> Kernel for ActivateBack<'_, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        let k = self.genes;
        for (r, (record, y_bar)) in self
            .record
            .chunks_exact(self.stride)
            .zip(self.y_bar.chunks_exact_mut(k))
            .enumerate()
        {
            let phi = &record[..k];
            let delta = &self.delta[r * k..][..k];
            let [sum, prod] = self.through.map(|t| &t[r * k..][..k]);
            for i in 0..k {
                y_bar[i] = activate_back(phi[i], sum[i], prod[i]) - delta[i];
            }
        }
    }
}

/// Sums over rows: the derivatives with respect to the biases, and upstream·(joint − x) for those with respect to v.
pub(super) struct VectorSums<'a, T> {
    pub(super) records: &'a [T],
    pub(super) stride: usize,
    /// Where joint − x starts in a record.
    pub(super) offset: usize,
    pub(super) sensitivities: &'a [T],
    pub(super) width: usize,
    pub(super) bias: &'a mut [T],
    pub(super) v: &'a mut [T],
}

impl<T: Real> Kernel for VectorSums<'_, T> {
    #[inline(always)]
    fn run<const LEVEL: u8>(self) {
        let k = self.v.len();
        for (record, sensitivity) in self
            .records
            .chunks_exact(self.stride)
            .zip(self.sensitivities.chunks_exact(self.width))
        {
            for (sum, &signal) in self.bias.iter_mut().zip(&sensitivity[k..]) {
                *sum += signal;
            }
            let terms = sensitivity[..k].iter().zip(&record[self.offset..][..k]);
            for (sum, (&upstream, &drift)) in self.v.iter_mut().zip(terms) {
                *sum = upstream.fma(drift, *sum);
            }
        }
    }
}
