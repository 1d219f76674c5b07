//! Parameters that are pruned: zero in the model, and without gradient.

/// Of every parameter, whether it is pruned.
pub(super) struct Silenced(pub(super) Vec<bool>);

impl Silenced {
    /// Nothing is pruned of `n` parameters.
    pub(super) fn none(n: usize) -> Self {
        Self(vec![false; n])
    }

    /// Sets the pruned ones of some values, or of their derivatives, to zero; what follows the parameters stays.
    pub(super) fn apply<T: dash_ode::Real>(&self, values: &mut [T]) {
        for (value, &pruned) in values.iter_mut().zip(&self.0) {
            *value = if pruned { T::zero() } else { *value };
        }
    }

    /// The model's parameters from raw ones.
    pub(super) fn effective<T: dash_ode::Real>(&self, raw: &[T], effective: &mut [T]) {
        effective.copy_from_slice(&raw[..effective.len()]);
        self.apply(effective);
    }
}
