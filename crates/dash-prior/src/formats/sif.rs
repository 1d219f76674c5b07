//! SIF, the simplest format of Cytoscape: one line an edge, `regulator<TAB>relation<TAB>target`.

use std::path::Path;

use super::atomic;
use crate::error::Result;
use crate::network::Network;

/// Writes the edges of a network, `activates` or `represses` by the sign of the weight; genes without edges are left
/// out; gzipped where the name ends in `.gz`.
///
/// # Errors
/// [`crate::Error::Write`]; the file then is what it was before.
pub fn write_sif(path: impl AsRef<Path>, network: &Network) -> Result<()> {
    let genes = network.genes();
    atomic::write(path.as_ref(), |out| {
        for edge in network.edges() {
            let relation = if edge.weight > 0.0 {
                "activates"
            } else {
                "represses"
            };
            let (from, to) = (genes.name(edge.from), genes.name(edge.to));
            writeln!(out, "{from}\t{relation}\t{to}")?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Edge, GeneIndex};

    #[test]
    fn the_sign_gives_the_relation() {
        let genes = GeneIndex::new(["A", "B c", "D"].map(String::from).to_vec()).unwrap();
        let edge = |from, to, weight| Edge { from, to, weight };
        let network = Network::new(genes, vec![edge(1, 0, -0.5), edge(0, 1, 2.0)]).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("network.sif");
        write_sif(&path, &network).unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        assert_eq!(text, "A\tactivates\tB c\nB c\trepresses\tA\n");
    }
}
