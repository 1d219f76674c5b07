//! GraphML, which Cytoscape, Gephi, igraph and `NetworkX` read.

use std::io::{self, Write};
use std::path::Path;

use super::atomic;
use crate::error::{Error, Result};
use crate::network::Network;

/// A number beside every edge of a network.
#[derive(Clone, Debug, PartialEq)]
pub struct EdgeAttribute {
    /// Its name.
    pub name: String,
    /// A value per edge, in the order of [`Network::edges`]; NaN where it is not known.
    pub values: Vec<f64>,
}

/// Writes a network as directed GraphML: every gene a node, edges with `weight`, `sign` (1 or -1) and the given
/// attributes; gzipped where the name ends in `.gz`.
///
/// # Errors
/// [`Error::AttributeLength`] if an attribute has not one value per edge; [`Error::Write`], the file then is what it
/// was before.
pub fn write_graphml(
    path: impl AsRef<Path>,
    network: &Network,
    attributes: &[EdgeAttribute],
) -> Result<()> {
    let edges = network.edges().len();
    if let Some(wrong) = attributes.iter().find(|a| a.values.len() != edges) {
        return Err(Error::AttributeLength {
            attribute: wrong.name.clone(),
            values: wrong.values.len(),
            edges,
        });
    }
    atomic::write(path.as_ref(), |out| write(out, network, attributes))
}

fn write(out: &mut dyn Write, network: &Network, attributes: &[EdgeAttribute]) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">"
    )?;
    let own = [("weight", "double"), ("sign", "int")];
    let given = attributes.iter().map(|a| (a.name.as_str(), "double"));
    writeln!(
        out,
        "  <key id=\"name\" for=\"node\" attr.name=\"name\" attr.type=\"string\"/>"
    )?;
    for (number, (name, kind)) in own.into_iter().chain(given).enumerate() {
        let name = escape(name);
        writeln!(
            out,
            "  <key id=\"e{number}\" for=\"edge\" attr.name=\"{name}\" attr.type=\"{kind}\"/>"
        )?;
    }
    writeln!(out, "  <graph id=\"network\" edgedefault=\"directed\">")?;
    for name in network.genes().names() {
        let name = escape(name);
        writeln!(
            out,
            "    <node id=\"{name}\"><data key=\"name\">{name}</data></node>"
        )?;
    }
    for (number, edge) in network.edges().iter().enumerate() {
        let [from, to] = [edge.from, edge.to].map(|gene| escape(network.genes().name(gene)));
        write!(out, "    <edge source=\"{from}\" target=\"{to}\">")?;
        write!(out, "<data key=\"e0\">{}</data>", edge.weight)?;
        write!(out, "<data key=\"e1\">{}</data>", edge.weight.signum())?;
        for (at, attribute) in attributes.iter().enumerate() {
            let value = attribute.values[number];
            if !value.is_nan() {
                write!(out, "<data key=\"e{}\">{value}</data>", at + own.len())?;
            }
        }
        writeln!(out, "</edge>")?;
    }
    writeln!(out, "  </graph>\n</graphml>")
}

/// Text with the characters that mean something to XML replaced.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Edge, GeneIndex};

    fn network() -> Network {
        let genes = GeneIndex::new(["A", "B<1>\"&"].map(String::from).to_vec()).unwrap();
        let edge = |from, to, weight| Edge { from, to, weight };
        Network::new(genes, vec![edge(0, 1, -0.5), edge(1, 0, 2.0)]).unwrap()
    }

    #[test]
    fn nodes_edges_and_attributes_are_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("network.graphml");
        let attribute = |values: Vec<f64>| EdgeAttribute {
            name: "stability".into(),
            values,
        };
        write_graphml(&path, &network(), &[attribute(vec![0.9, f64::NAN])]).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        for part in [
            "<node id=\"B&lt;1&gt;&quot;&amp;\">",
            "attr.name=\"stability\"",
            "<data key=\"e0\">-0.5</data><data key=\"e1\">-1</data><data key=\"e2\">0.9</data></edge>",
            "<data key=\"e1\">1</data></edge>",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        let error = write_graphml(&path, &network(), &[attribute(vec![1.0])]).unwrap_err();
        assert!(
            matches!(error, Error::AttributeLength { edges: 2, .. }),
            "{error}"
        );
    }
}
