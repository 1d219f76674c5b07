//! What can be wrong with genes, networks, prior matrices and their files.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1; the header, where there is one, is a line.
    pub row: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}, row {}", self.file.display(), self.row)
    }
}

/// What is wrong, where, and how to mend it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A gene name that no file could hold.
    #[error(
        "gene {position} (counted from 0) is named {gene:?}: a name is not empty, \
         has no blanks around it and no control characters; trim it"
    )]
    GeneName {
        /// Position in the list, from 0.
        position: usize,
        /// The name.
        gene: String,
    },
    /// Two genes of one name.
    #[error(
        "gene {gene:?} stands at positions {first} and {second} (counted from 0): name every gene once"
    )]
    DuplicateGene {
        /// The name.
        gene: String,
        /// Where it stands first.
        first: usize,
        /// Where it stands again.
        second: usize,
    },
    /// A gene number that the gene list does not have.
    #[error(
        "gene number {gene} is out of range: there are {genes} genes, numbered from 0; \
         was the number made with another gene list?"
    )]
    GeneOutOfRange {
        /// The number asked for.
        gene: usize,
        /// How many genes there are.
        genes: usize,
    },
    /// An edge whose weight is zero, NaN or infinite.
    #[error(
        "edge {from} -> {to} has weight {weight}: a weight is finite and not zero (leave an absent edge out)"
    )]
    EdgeWeight {
        /// Regulator.
        from: String,
        /// Target.
        to: String,
        /// The weight.
        weight: f64,
    },
    /// One ordered pair of genes with two edges.
    #[error("edge {from} -> {to} is there twice: merge the two into one")]
    DuplicateEdge {
        /// Regulator.
        from: String,
        /// Target.
        to: String,
    },
    /// An array whose shape does not fit.
    #[error("{what} has shape {found_rows} x {found_columns}, expected {expected}")]
    Shape {
        /// The array in question.
        what: &'static str,
        /// Rows found.
        found_rows: usize,
        /// Columns found.
        found_columns: usize,
        /// The shape needed.
        expected: String,
    },
    /// A matrix entry that is NaN or infinite.
    #[error(
        "entry [target {target}, regulator {regulator}] is {value}: every entry must be finite"
    )]
    NotFinite {
        /// Row of the matrix.
        target: usize,
        /// Column of the matrix.
        regulator: usize,
        /// The entry.
        value: f64,
    },
    /// A matrix entry that is given twice.
    #[error("entry [target {target}, regulator {regulator}] is given twice: add or merge the two")]
    DuplicateEntry {
        /// Row of the matrix.
        target: usize,
        /// Column of the matrix.
        regulator: usize,
    },
    /// A share outside 0..=1.
    #[error(
        "the share of edges to move is {fraction}: it must lie in 0..=1 (0.05 moves one edge in twenty)"
    )]
    Fraction {
        /// The share asked for.
        fraction: f64,
    },
    /// Too few pairs of genes are free to take the moved edges.
    #[error(
        "cannot move {wanted} edges: only {free} ordered pairs of different genes carry no edge \
         ({genes} genes, {edges} edges); move a smaller share"
    )]
    NoRoom {
        /// Edges to move.
        wanted: usize,
        /// Free ordered pairs.
        free: usize,
        /// Genes of the network.
        genes: usize,
        /// Edges of the network.
        edges: usize,
    },
    /// Genes that are said to be inputs, but are regulated in the network.
    #[error(
        "{} of {inputs} input genes have regulators in the network ({}): an input is constant and has none; \
         take the gene-name file that belongs to this network",
        genes.len(),
        first_few(genes)
    )]
    RegulatedInputs {
        /// Names of the offending genes.
        genes: Vec<String>,
        /// How many inputs were checked.
        inputs: usize,
    },

    /// An attribute that has not one value per edge.
    #[error(
        "attribute {attribute:?} has {values} values for {edges} edges: give one per edge, in their order"
    )]
    AttributeLength {
        /// Its name.
        attribute: String,
        /// Values given.
        values: usize,
        /// Edges of the network.
        edges: usize,
    },
    /// A file that cannot be opened or read.
    #[error("cannot read {}: {source}; check the path, the permissions and that a .gz file is complete", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file that cannot be written.
    #[error("cannot write {}: {source}; check that the folder exists, is writable and has space", file.display())]
    Write {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Bytes that are not UTF-8.
    #[error("{at}, column {column}: not UTF-8 text; save the file as UTF-8")]
    Encoding {
        /// Where.
        at: Place,
        /// Column, from 1.
        column: usize,
    },
    /// A file without content.
    #[error("{} is empty: expected {expected}", file.display())]
    EmptyFile {
        /// The file.
        file: PathBuf,
        /// What should be there.
        expected: &'static str,
    },
    /// A header and nothing below it.
    #[error("{} has a header and no rows below it: is it cut off?", file.display())]
    NoRows {
        /// The file.
        file: PathBuf,
    },
    /// A first line with both commas and tabs.
    #[error("{at}: both commas and tabs could separate the columns; state the delimiter")]
    Delimiter {
        /// Where.
        at: Place,
    },
    /// A quotation mark that is not closed, or is followed by text.
    #[error(
        "{at}, column {column}: a quoted field must end with a quotation mark before the next delimiter"
    )]
    Quote {
        /// Where.
        at: Place,
        /// Column, from 1.
        column: usize,
    },
    /// A row of the wrong length.
    #[error("{at}: {found} columns where row one has {expected}; fill up or shorten this row")]
    Ragged {
        /// Where.
        at: Place,
        /// Columns found.
        found: usize,
        /// Columns of the first row.
        expected: usize,
    },
    /// A header from which the columns cannot be told.
    #[error("{at}: the columns are {found:?}: {problem}")]
    Columns {
        /// Where.
        at: Place,
        /// Names found.
        found: Vec<String>,
        /// What is wrong and how to mend it.
        problem: String,
    },
    /// A field that is not the value it should be.
    #[error("{at}, column {column}: {text:?} is not {expected}")]
    Value {
        /// Where.
        at: Place,
        /// The column by number (from 1) and name.
        column: String,
        /// The text found.
        text: String,
        /// What is needed.
        expected: &'static str,
    },
    /// A field that holds no name, or no printable one, where a gene should be named.
    #[error(
        "{at}, column {column}: no gene name here, or one with control characters; mend it or delete the row"
    )]
    NoGene {
        /// Where.
        at: Place,
        /// Column, from 1.
        column: usize,
    },
    /// A gene that the gene list does not have.
    #[error(
        "{at}, column {column}: gene {gene:?} is not among the {genes} known genes; \
         check the spelling and the kind of name, or ask for rows of unknown genes to be dropped"
    )]
    UnknownGene {
        /// Where.
        at: Place,
        /// Column, from 1.
        column: usize,
        /// The name.
        gene: String,
        /// How many genes are known.
        genes: usize,
    },
    /// Not one row names two known genes.
    #[error(
        "{}: none of {rows} rows names two of the {genes} known genes (the first names {gene:?}); \
         are the names of one kind (symbols, systematic names)?",
        file.display()
    )]
    AllGenesUnknown {
        /// The file.
        file: PathBuf,
        /// Rows read.
        rows: usize,
        /// How many genes are known.
        genes: usize,
        /// The first unknown name.
        gene: String,
    },
    /// One pair of genes with two weights.
    #[error(
        "{at}: {from} -> {to} has weight {weight}, but row {first_row} gives {first_weight}; delete one of the two"
    )]
    ConflictingWeights {
        /// Where the second one stands.
        at: Place,
        /// Regulator, or first gene of the pair.
        from: String,
        /// Target, or second gene of the pair.
        to: String,
        /// The second weight.
        weight: f64,
        /// Where the first one stands.
        first_row: usize,
        /// The first weight.
        first_weight: f64,
    },
    /// A gene-name file with one name twice.
    #[error("{at}: gene {gene:?} stands in row {first_row} already; name every gene once")]
    GeneListedTwice {
        /// Where it stands again.
        at: Place,
        /// The name.
        gene: String,
        /// Where it stands first.
        first_row: usize,
    },
    /// A dense file whose shape is not k × k.
    #[error(
        "{}: {rows} x {columns} values, expected {genes} x {genes}, one row and one column per gene, \
         without header and row names",
        file.display()
    )]
    DenseShape {
        /// The file.
        file: PathBuf,
        /// Rows found.
        rows: usize,
        /// Columns found.
        columns: usize,
        /// How many genes are known.
        genes: usize,
    },
}

fn first_few(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let shown = names[..names.len().min(SHOWN)].join(", ");
    if names.len() > SHOWN {
        format!("{shown}, …")
    } else {
        shown
    }
}
