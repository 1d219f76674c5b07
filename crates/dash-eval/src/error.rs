//! What can be wrong with the input of a metric.

/// What can be wrong with the input of a metric.
///
/// A value that the input does not define (a division by zero) is no error: see [`Undefined`](crate::Undefined).
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Two lists that belong together differ in length.
    #[error(
        "{left} has length {left_len} but {right} has length {right_len}: give one entry per item in both"
    )]
    LengthMismatch {
        /// What the first list holds.
        left: &'static str,
        /// Its length.
        left_len: usize,
        /// What the second list holds.
        right: &'static str,
        /// Its length.
        right_len: usize,
    },
    /// There is nothing to rank.
    #[error("the list of scores is empty: a ranking needs at least one item")]
    EmptyRanking,
    /// A score of a list is not a number.
    #[error("score at index {index} is NaN: remove the item or give it a score")]
    NanScore {
        /// Position in the list, from 0.
        index: usize,
    },
    /// An effect of an estimate is not a number.
    #[error(
        "the effect of regulator {regulator} on target {target} is NaN: remove the pair or give it a score"
    )]
    NanEffect {
        /// Row of the effect matrix.
        target: usize,
        /// Column of the effect matrix.
        regulator: usize,
    },
    /// An entry of a matrix is infinite or not a number where only finite values have a meaning.
    #[error(
        "{name} has the entry {value} at row {row}, column {column}: only finite values can be used here"
    )]
    NotFinite {
        /// What the matrix holds.
        name: &'static str,
        /// Row, from 0.
        row: usize,
        /// Column, from 0.
        column: usize,
        /// The entry.
        value: f64,
    },
    /// A matrix of effects between k genes is not square.
    #[error(
        "the matrix of effects is {rows} × {columns}: it must be square, one row and one column per gene"
    )]
    NotSquare {
        /// Number of rows.
        rows: usize,
        /// Number of columns.
        columns: usize,
    },
    /// Two matrices that belong together differ in shape.
    #[error(
        "{left} is {} × {} but {right} is {} × {}: give both over the same genes",
        left_shape.0, left_shape.1, right_shape.0, right_shape.1
    )]
    ShapeMismatch {
        /// What the first matrix holds.
        left: &'static str,
        /// Its rows and columns.
        left_shape: (usize, usize),
        /// What the second matrix holds.
        right: &'static str,
        /// Its rows and columns.
        right_shape: (usize, usize),
    },
    /// Two networks that are compared are over different numbers of genes.
    #[error(
        "{left} is over {left_genes} genes but {right} is over {right_genes}: index both by the same gene list"
    )]
    GeneCount {
        /// The first network.
        left: &'static str,
        /// Its number of genes.
        left_genes: usize,
        /// The second network.
        right: &'static str,
        /// Its number of genes.
        right_genes: usize,
    },
    /// A pair names a gene that does not exist.
    #[error(
        "the pair (target {target}, regulator {regulator}) is outside of the {genes} genes (numbered from 0)"
    )]
    GeneOutOfRange {
        /// The pair's target.
        target: usize,
        /// The pair's regulator.
        regulator: usize,
        /// Number of genes.
        genes: usize,
    },
    /// A universe holds no pair.
    #[error(
        "the universe `{universe}` holds no pair: the reference or the list that defines it is empty"
    )]
    EmptyUniverse {
        /// Name of the universe.
        universe: String,
    },
    /// A universe is asked for by a name that is not known.
    #[error("unknown universe `{name}`: use one of {known}")]
    UnknownUniverse {
        /// The name.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// A threshold is negative or not a number.
    #[error("the threshold {value} cannot cut scores: it must be 0 or more")]
    Threshold {
        /// The threshold.
        value: f64,
    },
    /// A mean is asked for over nothing.
    #[error("{name} is empty: there is nothing to average over")]
    Empty {
        /// What is empty.
        name: &'static str,
    },
    /// A p-value is no probability.
    #[error("p at index {index} is not in [0,1]: it is {value}")]
    PValue {
        /// Position in the list, from 0.
        index: usize,
        /// The value.
        value: f64,
    },
    /// A significance level is no probability above zero.
    #[error("the significance level {value} is not in (0,1]: it must be above 0 and at most 1")]
    SignificanceLevel {
        /// The level.
        value: f64,
    },
    /// A confidence level is 0 or less, or 1 or more.
    #[error(
        "the confidence level {value} is not in (0,1): it must be above 0 and below 1, such as 0.95"
    )]
    ConfidenceLevel {
        /// The level.
        value: f64,
    },
    /// A score is infinite where sums of scores are compared.
    #[error("score at index {index} is infinite: sums need finite scores")]
    InfiniteScore {
        /// Position in the list, from 0.
        index: usize,
    },
    /// A sum of scores is infinite or not a number.
    #[error(
        "the sum at index {index} is {value}: give a finite one, and scale scores down whose sum overflows"
    )]
    SumNotFinite {
        /// Position in the list of sums or sets, from 0.
        index: usize,
        /// The sum.
        value: f64,
    },
    /// A gene is listed twice where every gene has one place.
    #[error("gene `{gene}` is listed twice: average its scores or remove one")]
    RepeatedGene {
        /// The gene.
        gene: String,
    },
    /// A set has no gene.
    #[error("empty set: set has no gene in the ranking (set {set}, from 0)")]
    EmptySet {
        /// Position of the set, from 0.
        set: usize,
    },
    /// A set names a gene that does not exist.
    #[error("set {set} has the gene {gene}, outside of the {genes} genes (numbered from 0)")]
    MemberOutOfRange {
        /// Position of the set, from 0.
        set: usize,
        /// The gene.
        gene: usize,
        /// Number of genes.
        genes: usize,
    },
    /// A set has no gene, or more genes than there are.
    #[error("{} of {size} of {genes} genes: a set has at least one gene and at most all", if *size == 0 { "empty set" } else { "a set" })]
    SetSize {
        /// Genes of the set.
        size: usize,
        /// Genes in all.
        genes: usize,
    },
    /// No set has enough genes with a score, or all have too many.
    #[error(
        "none of {sets} sets can be tested: {scored} of their {genes} genes have a score; {suggestion}"
    )]
    NoOverlap {
        /// Sets of the collection.
        sets: usize,
        /// Their distinct genes.
        genes: usize,
        /// Those that have a score.
        scored: usize,
        /// What to look at.
        suggestion: String,
    },
    /// A permutation test is asked for without permutations.
    #[error("a permutation test needs at least one permutation")]
    NoPermutation,
    /// There are too many subsets to go through all.
    #[error(
        "{genes} genes have more than a million subsets of {size}: use another method than enumeration"
    )]
    TooManySubsets {
        /// Genes of the set.
        size: usize,
        /// Genes in all.
        genes: usize,
    },
    /// The null distribution on a grid does not say how rare a sum is.
    #[error(
        "the null distribution on a grid does not resolve the sum {sum} of {size} scores, or takes too long for so many: use \
         the saddlepoint"
    )]
    GridTooSmall {
        /// Genes of the set.
        size: usize,
        /// Their sum.
        sum: f64,
    },
    /// A sum has no saddlepoint.
    #[error("the sum {sum} of {size} scores has no saddlepoint: it is at an end of its range")]
    NoSaddlepoint {
        /// Genes of the set.
        size: usize,
        /// Their sum.
        sum: f64,
    },
    /// An overlap that set, query and universe do not allow.
    #[error(
        "a set of {set_size} and a query of {query} of {universe} genes cannot share {overlap}"
    )]
    Overlap {
        /// Genes in all.
        universe: u64,
        /// Genes of the set.
        set_size: u64,
        /// Genes of the query.
        query: u64,
        /// Genes of both.
        overlap: u64,
    },
    /// A line of a file is not what its format asks for.
    #[error("line {line}, column {column}: `{value}`; expected {expected}")]
    Format {
        /// Line, from 1.
        line: usize,
        /// Field of the line, from 1.
        column: usize,
        /// What stands there.
        value: String,
        /// What should.
        expected: String,
    },
    /// A gene of SERGIO that nothing makes.
    #[error(
        "gene {gene} is neither a target nor a master regulator: give it regulators or production rates"
    )]
    NeitherTargetNorMaster {
        /// The gene, from 0.
        gene: usize,
    },
    /// A set holds every gene of a ranking.
    #[error("set covers every gene: set {set} (from 0) leaves none to compare with")]
    SetCoversAll {
        /// Position of the set, from 0.
        set: usize,
    },
    /// Positions of a set in a ranking do not ascend.
    #[error(
        "position {position}, at index {index} of a set, comes after {before}: list positions in ascending order, each \
         once"
    )]
    PositionOrder {
        /// Place in the list of positions, from 0.
        index: usize,
        /// The position.
        position: usize,
        /// The one before it.
        before: usize,
    },
    /// Statistics of a ranking do not descend.
    #[error(
        "the statistic at index {index} is {value}, above the {before} before it: sort genes by statistic, the largest \
         first, as `RankedList` does"
    )]
    StatisticOrder {
        /// Position in the list, from 0.
        index: usize,
        /// The statistic.
        value: f64,
        /// The one before it.
        before: f64,
    },
    /// The power of a statistic is negative or not finite.
    #[error("the weight {value} is no power of a statistic: it must be 0 or more")]
    Weight {
        /// The power.
        value: f64,
    },
    /// A ranked list does not fit the universe that it is said to be over.
    #[error(
        "{listed} listed pairs with {found} true ones do not fit {pairs} pairs with {positives} true ones"
    )]
    DreamCounts {
        /// Pairs of the list.
        listed: u64,
        /// True ones among them.
        found: u64,
        /// True pairs of the universe.
        positives: u64,
        /// Pairs of the universe.
        pairs: u64,
    },
}
