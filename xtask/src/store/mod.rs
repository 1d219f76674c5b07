//! The folder of finished runs: results written atomically and checked when read, claims so that processes can share
//! it, and the facts about the machine that go with a result.

pub(crate) mod atomic;
pub(crate) mod claim;
pub(crate) mod finite;
pub(crate) mod machine;
pub(crate) mod record;
pub(crate) mod runs;

pub(crate) use record::Record;
pub(crate) use runs::{Runs, Stored};
