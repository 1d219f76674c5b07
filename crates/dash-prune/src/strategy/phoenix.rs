//! PHOENIX as it is: dense, no pruning.

use dash_ode::{NoStrategy, Real};

use super::Entry;

pub(super) fn entry<T: Real>() -> Entry<T> {
    Entry {
        name: "PHOENIX",
        uses_prior: false,
        prunes: false,
        takes: &[],
        build: |_, _| Ok(Box::new(NoStrategy)),
    }
}
