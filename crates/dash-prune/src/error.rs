/// What can go wrong while scoring and pruning.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting lies outside its range, or is not a number.
    #[error("{name} is {value}, it must lie in {range}")]
    OutOfRange {
        /// Name of the setting.
        name: &'static str,
        /// What was given.
        value: f64,
        /// The range in interval notation.
        range: &'static str,
    },
    /// A schedule with a period of zero epochs.
    #[error("the schedule prunes every 0 epochs, `every` must be 1 or more")]
    ZeroPeriod,
    /// A schedule whose rounds do not reach its target.
    #[error(
        "{rounds} rounds reach a sparsity of {reached}, below the target of {target}: \
         raise the fractions or the rounds, or drop one of `rounds` and `target_sparsity`"
    )]
    TargetOutOfReach {
        /// Number of rounds of the schedule.
        rounds: usize,
        /// Sparsity after the last of them.
        reached: f64,
        /// Target sparsity of the schedule.
        target: f64,
    },
    /// An array has another shape than the rest asks for.
    #[error("{array} is {} × {}, expected {} × {}", found.0, found.1, expected.0, expected.1)]
    Shape {
        /// What the array holds.
        array: &'static str,
        /// Rows and columns it must have.
        expected: (usize, usize),
        /// Rows and columns it has.
        found: (usize, usize),
    },
    /// A flat array has another length than the rest asks for.
    #[error("{array} has {found} values, expected {expected}")]
    Length {
        /// What the array holds.
        array: &'static str,
        /// Length it must have.
        expected: usize,
        /// Length it has.
        found: usize,
    },
    /// A value that has to be finite is not.
    #[error("{array} holds {value} at row {row}, column {column}: did training diverge?")]
    NonFinite {
        /// What the array holds.
        array: &'static str,
        /// Row, counted from 0.
        row: usize,
        /// Column, counted from 0.
        column: usize,
        /// The value.
        value: f64,
    },
    /// The score of a surviving weight is not a number.
    #[error("the score at row {row}, column {column} is NaN and cannot be ranked")]
    NanScore {
        /// Row, counted from 0.
        row: usize,
        /// Column, counted from 0.
        column: usize,
    },
    /// A pruning step would leave nothing of a matrix.
    #[error(
        "pruning {fraction} of the {kept} weights left in a {rows} × {columns} matrix leaves none: \
         lower the fraction or stop earlier"
    )]
    PrunesEverything {
        /// Fraction asked for.
        fraction: f64,
        /// Weights kept before the step.
        kept: usize,
        /// Rows of the matrix.
        rows: usize,
        /// Columns of the matrix.
        columns: usize,
    },
    /// A prior that is to count has no weight.
    #[error(
        "the prior {prior} is empty or sums to zero but {lambda} is {value}: \
         give a prior with edges or set {lambda} to 0"
    )]
    EmptyPrior {
        /// `P` or `C`.
        prior: &'static str,
        /// The setting that makes it count.
        lambda: &'static str,
        /// Its value.
        value: f64,
    },
    /// The singular value decomposition did not converge.
    #[error("the singular value decomposition of a {rows} × {columns} matrix did not converge")]
    NoConvergence {
        /// Rows of the matrix.
        rows: usize,
        /// Columns of the matrix.
        columns: usize,
    },
    /// A grid of λ without values.
    #[error("the grid has no value of {name}: give at least one, such as 0.5")]
    EmptyGrid {
        /// `lambda1` or `lambda2`.
        name: &'static str,
    },
    /// A number of folds that the data cannot be cut into.
    #[error(
        "cannot cut {available} {unit} into {folds} folds: choose at least 2 and at most {available}, or give more data"
    )]
    Folds {
        /// Folds asked for.
        folds: usize,
        /// How many there can be at most.
        available: usize,
        /// What is cut: `trajectories`, or `intervals` of a single one.
        unit: &'static str,
    },
    /// Curves of so few folds have no standard error.
    #[error(
        "{folds} folds: the error of a λ has a standard error from 2 folds on; choose at least 2"
    )]
    TooFewFolds {
        /// Number of folds.
        folds: usize,
    },
    /// Cross-validation ended without a pruning level to choose from.
    #[error(
        "no pruning level was reached on all {folds} folds: did training diverge? Lower the learning rate"
    )]
    NoLevel {
        /// Number of folds.
        folds: usize,
    },
    /// Training failed.
    #[error(transparent)]
    Training(#[from] dash_ode::Error),
    /// Threads could not be started.
    #[error("cannot start threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// An operation on a prior matrix failed.
    #[error(transparent)]
    Prior(#[from] dash_prior::Error),
    /// No strategy has that name.
    #[error("unknown strategy `{name}`: choose one of {known}")]
    UnknownStrategy {
        /// The name given.
        name: String,
        /// The names there are.
        known: String,
    },
    /// Evidence of edges was asked for on a field whose weights are no edges.
    #[error(
        "evidence can replace magnitude on the direct field alone: set the model to `direct`, or leave `evidence` out"
    )]
    NotOneLayer,
    /// λ was to be chosen where evidence takes its place.
    #[error(
        "λ cannot be chosen for edges weighed by `evidence`, which does not depend on it: leave `evidence` out, or the choice of λ"
    )]
    EvidenceHasNoLambda,
    /// A strategy that looks at the training data was given none.
    #[error("{strategy} weighs edges on the training data: give the problem its intervals")]
    NoData {
        /// The strategy.
        strategy: &'static str,
    },
    /// A strategy that needs prior knowledge was given none.
    #[error(
        "{strategy} needs a prior: give a network of likely regulations, or choose a strategy without one"
    )]
    NoPrior {
        /// The strategy.
        strategy: &'static str,
    },
}

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;
