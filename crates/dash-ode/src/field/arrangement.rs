//! The two ways in which a field holds its parameters: all of them, or those that survive pruning.

use std::fmt::Debug;

use super::grouped::InGroups;
use super::{Layout, SideBySide, direct, mlp, phoenix};
use crate::Real;

/// One way to hold the parameters of a field, with the work done in that way.
///
/// The methods are those of [`super::Recorded`] and [`super::Differentiable`], for at least one row.
pub trait Arrangement<T>: Debug + Send + Sync {
    fn boxed(&self) -> Box<dyn Arrangement<T>>;
    fn load(&mut self, layout: &Layout, parameters: &[T]);
    fn record_len(&self, rows: usize) -> usize;
    fn sensitivity_len(&self, rows: usize) -> usize;
    fn eval(&mut self, y: &[T], dydt: &mut [T], record: &mut [T]);
    fn pull_back(&mut self, record: &[T], upstream: &[T], y_bar: &mut [T], sensitivity: &mut [T]);
    /// `kept`: records and sensitivities.
    fn add_gradient(
        &mut self,
        layout: &Layout,
        evaluations: &[usize],
        kept: (&[T], &[T]),
        gradient: &mut [T],
    );
}

/// The way that leaves out what is pruned. Its rows may lie side by side.
pub trait Survivors<T>: Arrangement<T> + SideBySide<T> {
    fn boxed_survivors(&self) -> Box<dyn Survivors<T>>;
    /// Whether these are the surviving weights that it is arranged for.
    fn keeps(&self, kept: &[bool]) -> bool;
    /// Arranges the surviving weights.
    fn keep(&mut self, layout: &Layout, kept: &[bool]);
    /// Places of the surviving parameters.
    fn places(&self) -> &[u32];
    /// Takes their values.
    fn load_values(&mut self, values: &[T]);
}

/// What there are fields of.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Phoenix,
    Mlp,
    Direct,
}

type Arrangements<T> = (Box<dyn Arrangement<T>>, Box<dyn Survivors<T>>);

/// Both ways of every kind of field, for one floating-point type.
///
/// They are compiled here, once: left generic, all kernels would be compiled again in every crate that uses a field.
pub trait Arranged: Sized {
    fn arrangements(kind: Kind) -> Arrangements<Self>;
}

impl Arranged for f32 {
    #[inline(never)]
    fn arrangements(kind: Kind) -> Arrangements<Self> {
        arrangements(kind)
    }
}

impl Arranged for f64 {
    #[inline(never)]
    fn arrangements(kind: Kind) -> Arrangements<Self> {
        arrangements(kind)
    }
}

fn arrangements<T: Real>(kind: Kind) -> Arrangements<T> {
    match kind {
        Kind::Phoenix => (
            Box::<phoenix::Dense<T>>::default(),
            Box::<InGroups<phoenix::Pruned<T>, T>>::default(),
        ),
        Kind::Mlp => (
            Box::<mlp::Dense<T>>::default(),
            Box::<InGroups<mlp::Pruned<T>, T>>::default(),
        ),
        Kind::Direct => (
            Box::<direct::Dense<T>>::default(),
            Box::<InGroups<direct::Pruned<T>, T>>::default(),
        ),
    }
}
