//! Strategies: each a choice of what is pruned and when, what the loss holds beside the data, and what weights train
//! behind.
//!
//! A new strategy is one file here and one line in [`registry`].

mod bio_prune;
mod c_node;
mod dash;
mod dst;
mod evident;
mod gated;
mod imp;
mod l0;
mod magnitude;
mod path_reg;
mod phoenix;
mod pinn;
mod pinn_dash;
mod pinn_mp;
mod prior_informed;
mod pruning;
mod random;
mod regularised;
mod scorer;
mod silenced;
mod sparse_flow;
mod syn_flow;
#[cfg(test)]
mod tests;

use dash_ode::{Differentiable, Intervals, Parameters, Real, Strategy};
use dash_prior::PriorMatrix;
use serde::{Deserialize, Serialize};

use crate::{Conventions, Error, EvidenceOptions, Findings, PruneSchedule, Result, check};

/// Prior knowledge on k genes.
#[derive(Clone, Debug)]
pub struct Prior {
    /// P, k × k, [target, regulator]: how strongly the regulator is believed to act on the target.
    pub p: PriorMatrix,
    /// C, k × k: interaction or co-regulation of the inputs.
    pub c: PriorMatrix,
}

/// Settings of a strategy; each takes those that concern it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct StrategySettings {
    /// When to prune, and how much.
    pub schedule: PruneSchedule,
    /// (λ₁, λ₂) of DASH, each in [0, 1]; its default is (0, 0), pruning by magnitude alone.
    pub lambda: (f64, f64),
    /// How the terms of a score are scaled.
    pub conventions: Conventions,
    /// Strength of the strategy's penalty, ≥ 0; absent: the strategy's own default.
    pub strength: Option<f64>,
    /// Weigh edges by their evidence in place of their magnitude; for one-layer fields.
    pub evidence: Option<EvidenceOptions>,
    /// τ in (0, 1]: weight of the data in a loss that has a prior part too; absent: the strategy's own default.
    pub tau: Option<f64>,
}

/// What a strategy is built for.
#[derive(Clone, Copy)]
pub struct Problem<'a, T> {
    /// The vector field that is trained; a strategy that computes with the model takes a copy.
    pub field: &'a dyn Differentiable<T>,
    /// The parameters that training starts from.
    pub initial: &'a Parameters<T>,
    /// Prior knowledge, if there is any.
    pub prior: Option<&'a Prior>,
    /// The training intervals, for strategies that weigh their evidence.
    pub data: Option<&'a Intervals<T>>,
    /// The evidence of edges, if it has been weighed already (by [`crate::weigh_edges`]).
    pub findings: Option<&'a Findings>,
    /// Seed of whatever the strategy draws.
    pub seed: u64,
}

impl<'a, T> Problem<'a, T> {
    /// A problem without prior knowledge and without data.
    pub fn new(field: &'a dyn Differentiable<T>, initial: &'a Parameters<T>, seed: u64) -> Self {
        Self {
            field,
            initial,
            prior: None,
            data: None,
            findings: None,
            seed,
        }
    }
}

/// A setting that concerns some strategies only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// [`StrategySettings::lambda`].
    Lambda,
    /// [`StrategySettings::conventions`].
    Conventions,
    /// [`StrategySettings::strength`].
    Strength,
    /// [`StrategySettings::tau`].
    Tau,
    /// [`StrategySettings::evidence`].
    Evidence,
}

/// A strategy's way into the tables.
#[derive(Clone, Copy, Debug)]
pub struct Entry<T: 'static> {
    /// Name, as in the paper's tables.
    pub name: &'static str,
    /// Whether it looks at the prior.
    pub uses_prior: bool,
    /// Whether it prunes, by the schedule of its settings.
    pub prunes: bool,
    /// The other settings that it takes.
    pub takes: &'static [Setting],
    build: Build<T>,
}

/// Builds a strategy from its settings.
type Build<T> = fn(&StrategySettings, &Problem<'_, T>) -> Result<Box<dyn Strategy<T>>>;

/// All strategies, in the order of the paper's tables.
pub fn registry<T: Real>() -> Vec<Entry<T>> {
    vec![
        phoenix::entry(),
        pinn::entry(),
        l0::entry(),
        c_node::entry(),
        path_reg::entry(),
        dst::entry(),
        magnitude::entry(),
        imp::entry(),
        sparse_flow::entry(),
        syn_flow::entry(),
        random::entry(),
        pinn_mp::entry(),
        bio_prune::entry(),
        dash::entry(),
        pinn_dash::entry(),
    ]
}

/// Builds the strategy of that name.
///
/// # Examples
/// ```
/// use dash_ode::{Initialise, Parameters, Phoenix};
/// use dash_prune::{Problem, StrategySettings, build_strategy};
///
/// let field = Phoenix::<f32>::new(20, 5)?;
/// let initial: Parameters<f32> = field.initialise(1).cast();
/// let problem = Problem::new(&field, &initial, 1);
/// assert!(build_strategy("SparseFlow", &StrategySettings::default(), &problem).is_ok());
/// let error = build_strategy("DASH", &StrategySettings::default(), &problem).err();
/// assert!(error.is_some_and(|e| e.to_string().contains("prior")));
/// # Ok::<(), dash_ode::Error>(())
/// ```
///
/// # Errors
/// [`Error::UnknownStrategy`]; a schedule, λ, τ or strength out of range; a missing prior; a prior of another size.
pub fn build_strategy<T: Real>(
    name: &str,
    settings: &StrategySettings,
    problem: &Problem<'_, T>,
) -> Result<Box<dyn Strategy<T>>> {
    let entries = registry();
    let Some(entry) = entries.iter().find(|e: &&Entry<T>| e.name == name) else {
        let known = entries
            .iter()
            .map(|e| e.name)
            .collect::<Vec<_>>()
            .join(", ");
        return Err(Error::UnknownStrategy {
            name: name.into(),
            known,
        });
    };
    settings.schedule.check()?;
    (entry.build)(settings, problem)
}

/// The prior, or an error that names who needs it.
fn required<'a, T>(problem: &Problem<'a, T>, strategy: &'static str) -> Result<&'a Prior> {
    problem.prior.ok_or(Error::NoPrior { strategy })
}

/// The strength of the settings, or the strategy's own.
fn strength(settings: &StrategySettings, default: f64) -> Result<f64> {
    let strength = settings.strength.unwrap_or(default);
    check::non_negative("strength", strength)?;
    Ok(strength)
}

/// The sparsity that a strategy with no rounds of its own is to reach.
fn target(schedule: &PruneSchedule) -> f64 {
    schedule.target_sparsity.unwrap_or(schedule.first_fraction)
}
