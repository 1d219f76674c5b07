//! Readers and writers of expression over time.
//!
//! Three formats: the *published* one of the DASH and PHOENIX data ([`read_published`]), whose gene names stand in a file of
//! their own ([`read_gene_names`]), a *tidy* table, one value a row ([`read_tidy`]), a table of single *cells* in
//! pseudotime, one row a cell ([`read_cells`]), and BEELINE's single cells with a pseudotime ([`read_beeline`]); below them
//! any table with names along both sides ([`read_table`]). Every
//! reader takes plain and gzip files, commas and tabs, LF and CR LF, quoted fields and a byte order mark; every writer
//! replaces a file as a whole or not at all, packs it if its name ends in `.gz`, and writes numbers that read back to the
//! same bits.

mod beeline;
mod cells;
mod error;
mod names;
mod output;
mod place;
mod published;
mod table;
mod text;
mod tidy;
mod ties;

pub use beeline::{read_beeline, read_pseudotime};
pub use cells::{Cells, read_cells};
pub use error::DataError;
pub use names::{GeneNames, read_gene_names, write_gene_names};
pub use output::{write_atomically, write_number};
pub use place::Place;
pub use published::{Digits, Genes, read_published, write_published, write_published_with};
pub use table::{Table, read_table};
pub use tidy::{read_tidy, write_tidy};
pub use ties::Ties;
