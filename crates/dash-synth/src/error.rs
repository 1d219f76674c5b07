//! What can be wrong with settings, systems and their files.

use std::path::PathBuf;

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What is wrong, where, and how to mend it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A setting outside its range.
    #[error("{name} = {value}: must be {range}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The values allowed.
        range: &'static str,
    },
    /// A parameter of an edge outside its range.
    #[error("edge {from} -> {to}: {name} = {value}, must be {range}")]
    EdgeParameter {
        /// Regulator.
        from: String,
        /// Target.
        to: String,
        /// The parameter.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The values allowed.
        range: &'static str,
    },
    /// A kinetic parameter of a gene outside its range.
    #[error("gene {gene}: {name} = {value}, must be {range}")]
    GeneParameter {
        /// The gene.
        gene: String,
        /// The parameter.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The values allowed.
        range: &'static str,
    },
    /// A list that must hold one entry per gene does not.
    #[error("{what}: {found} entries for {genes} genes; give one per gene, in gene order")]
    Length {
        /// The list.
        what: &'static str,
        /// Its entries.
        found: usize,
        /// Number of genes.
        genes: usize,
    },
    /// A gene that the system or network does not have.
    #[error("gene {gene} is unknown here; compare its spelling with the gene list")]
    UnknownGene {
        /// Name, or number where only that is known.
        gene: String,
    },
    /// The logic of a gene and its edges do not fit each other.
    #[error("gene {gene}: {problem}")]
    LogicOfGene {
        /// The target.
        gene: String,
        /// What does not fit.
        problem: String,
    },
    /// A logic expression that cannot be read.
    #[error("logic expression, column {column}: {problem}")]
    LogicText {
        /// Character of the expression, from 1.
        column: usize,
        /// What is wrong there.
        problem: String,
    },
    /// An equation that cannot be read.
    #[error("{}, row {row}, column {column} of the equation of {gene}: {problem}", path.display())]
    Equation {
        /// The file.
        path: PathBuf,
        /// Row of the file, from 1 with the header.
        row: u64,
        /// Character of the equation, from 1.
        column: usize,
        /// The gene that the equation is for.
        gene: String,
        /// What is wrong there.
        problem: String,
    },
    /// A row of a file that cannot be used.
    #[error("{}, row {row}: {problem}", path.display())]
    Row {
        /// The file.
        path: PathBuf,
        /// Row of the file, from 1 with the header.
        row: u64,
        /// What is wrong there.
        problem: String,
    },
    /// A field of a file that cannot be used.
    #[error("{}, row {row}, column {column}: {problem}", path.display())]
    Field {
        /// The file.
        path: PathBuf,
        /// Row of the file, from 1.
        row: usize,
        /// Field of the row, from 1.
        column: usize,
        /// What is wrong there.
        problem: String,
    },
    /// Lists over cell types that do not fit each other.
    #[error("{what}: {found} cell types where there are {expected}")]
    CellTypes {
        /// The list.
        what: String,
        /// Its entries.
        found: usize,
        /// Number of cell types.
        expected: usize,
    },
    /// A system without any basal production.
    #[error("no master regulator, hence nothing is produced; give at least one gene basal rates")]
    NoMasters,
    /// A master regulator that has regulators.
    #[error(
        "gene {gene} has basal rates and regulators; take it out of the master regulators or of the targets"
    )]
    RegulatedMaster {
        /// The gene.
        gene: String,
    },
    /// A gene that nothing produces.
    #[error(
        "gene {gene} has neither basal rates nor regulators; make it a master regulator or a target"
    )]
    NoProduction {
        /// The gene.
        gene: String,
    },
    /// Regulation in a circle where there must be none.
    #[error(
        "regulation runs in a circle: {} -> {}; cut an edge of it, or take deterministic half responses",
        genes.join(" -> "), genes[0]
    )]
    Circle {
        /// Genes along the circle, at least one.
        genes: Vec<String>,
    },
    /// Genes in a circle without a noise-free steady state that could be found.
    #[error(
        "genes {} regulate each other and do not come to rest without noise; weaken a repression or lower a Hill exponent",
        genes.join(", ")
    )]
    NoSteadyState {
        /// The genes.
        genes: Vec<String>,
    },
    /// A matrix of transitions between cell types that cannot be.
    #[error("transitions between cell types: {problem}")]
    Transitions {
        /// What is wrong.
        problem: String,
    },
    /// A population that does not come near its steady state.
    #[error("a cell type does not rest after {points} points; allow more, or less noise")]
    NeverRests {
        /// Points simulated.
        points: usize,
    },
    /// Random numbers that were given and do not fit the simulation.
    #[error("given draws: {problem}")]
    Draws {
        /// What does not fit.
        problem: String,
    },
    /// Expression that technical noise cannot be put on.
    #[error("expression: {problem}")]
    Expression {
        /// What does not fit, and where.
        problem: String,
    },
    /// Technical noise of a name that is not known.
    #[error("technical noise {name:?} is unknown; there are {}", known.join(", "))]
    UnknownPreset {
        /// The name.
        name: String,
        /// The names that there are.
        known: Vec<&'static str>,
    },
    /// Cells and genes that are no table.
    #[error("cells: {problem}")]
    Cells {
        /// What is wrong.
        problem: String,
    },
    /// Cells that cannot be cut into snapshots.
    #[error("snapshots: {problem}")]
    Snapshots {
        /// What is wrong, and what to ask for.
        problem: String,
    },
    /// The equations and the edge file describe different systems.
    #[error(
        "{} and {} do not belong together: {differences}; use files of one and the same simulation",
        equations.display(), edges.display()
    )]
    Mismatch {
        /// The file of equations.
        equations: PathBuf,
        /// The file of edge properties.
        edges: PathBuf,
        /// The edges that differ.
        differences: Differences,
    },
    /// A file that cannot be opened, read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// A network that cannot be.
    #[error(transparent)]
    Network(#[from] dash_prior::Error),
    /// An integration that failed, or a time series that cannot be.
    #[error(transparent)]
    Ode(#[from] dash_ode::Error),
    /// A table that cannot be read, or a file that cannot be written.
    #[error(transparent)]
    Data(#[from] dash_ode::io::DataError),
}

/// Edges in which two descriptions of a system differ, each as `from -> to`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Edges of the edge file that no equation has.
    pub missing_in_equations: Vec<String>,
    /// Edges of the equations that the edge file lacks.
    pub missing_in_edges: Vec<String>,
    /// Edges of both whose sign, weight, EC50 or exponent differ.
    pub different: Vec<String>,
}

impl Differences {
    /// Whether the two agree.
    pub fn is_empty(&self) -> bool {
        self.missing_in_equations.is_empty()
            && self.missing_in_edges.is_empty()
            && self.different.is_empty()
    }
}

impl std::fmt::Display for Differences {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const SHOWN: usize = 10;
        let kinds = [
            ("only in the edge file", &self.missing_in_equations),
            ("only in the equations", &self.missing_in_edges),
            ("with other parameters", &self.different),
        ];
        let mut separator = "";
        for (kind, edges) in kinds.into_iter().filter(|(_, edges)| !edges.is_empty()) {
            let shown = edges.len().min(SHOWN);
            write!(f, "{separator}{kind}: {}", edges[..shown].join(", "))?;
            if edges.len() > shown {
                write!(f, " and {} more", edges.len() - shown)?;
            }
            separator = "; ";
        }
        Ok(())
    }
}

/// `Ok` if a setting is in its range.
pub(crate) fn check_setting(
    name: &'static str,
    value: f64,
    within: bool,
    range: &'static str,
) -> Result<()> {
    if within {
        Ok(())
    } else {
        Err(Error::Setting { name, value, range })
    }
}
