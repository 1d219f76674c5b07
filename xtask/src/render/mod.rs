//! Turns finished runs into tables, figures and the report. The same runs give the same bytes.

pub(crate) mod claims;
pub(crate) mod columns;
pub(crate) mod csv;
pub(crate) mod figure;
pub(crate) mod json;
mod judge;
mod labels;
pub(crate) mod markdown;
pub(crate) mod output;
pub(crate) mod own;
pub(crate) mod report;
mod set_names;
pub(crate) mod table;
pub(crate) mod tuned;

pub(crate) use table::RenderedTable;

#[cfg(test)]
mod tests;
