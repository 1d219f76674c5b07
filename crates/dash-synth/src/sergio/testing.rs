//! Small systems for tests.

use dash_prior::GeneIndex;

use super::system::{Interaction, System};

pub(super) fn interaction(regulator: usize, target: usize, strength: f64) -> Interaction {
    Interaction {
        regulator,
        target,
        strength,
        exponent: 2.0,
    }
}

/// A system whose genes are named 0, 1, ….
pub(super) fn system(basal: &[Option<Vec<f64>>], interactions: &[Interaction]) -> System {
    let names = (0..basal.len()).map(|g| g.to_string()).collect();
    let genes = GeneIndex::new(names).unwrap();
    System::new(genes, basal.to_vec(), interactions.to_vec()).unwrap()
}

/// A master regulator, a chain below it and a repressor, in two cell types.
pub(crate) fn chain() -> System {
    let interactions = [
        interaction(0, 1, 3.0),
        interaction(1, 2, 2.0),
        interaction(0, 2, -1.5),
        interaction(2, 3, 4.0),
    ];
    system(&[Some(vec![0.5, 2.0]), None, None, None], &interactions)
}

/// [`chain`] closed to a circle: 3 represses 1.
pub(super) fn circle() -> System {
    let mut interactions = chain().interactions().to_vec();
    interactions.push(interaction(3, 1, -2.0));
    system(&[Some(vec![0.5, 2.0]), None, None, None], &interactions)
}
