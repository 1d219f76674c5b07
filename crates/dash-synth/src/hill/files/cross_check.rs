//! Equations and edge properties of one system, read together.

use std::collections::BTreeMap;
use std::path::Path;

use super::edge_properties::read_edge_properties;
use super::equations::read_equations;
use crate::error::{Differences, Error, Result};
use crate::hill::parameters::Regulation;
use crate::hill::system::System;

/// Parameters further apart, relatively, are different: re-rendered decimals differ in the last bits.
const PARAMETER_TOLERANCE: f64 = 1e-12;

/// Reads a system from its equations, and checks that the edge properties are those of the same system.
///
/// The equations decide; the edge file gives the order of the edges.
///
/// # Errors
/// As [`read_equations`] and [`read_edge_properties`](crate::read_edge_properties); [`Error::Mismatch`] with the edges that
/// differ in presence, sign, weight, EC50 or n.
pub fn read_system(equations: &Path, edge_properties: &Path) -> Result<System> {
    let system = read_equations(equations)?;
    let listed = read_edge_properties(edge_properties, system.genes())?;
    let key = |edge: &Regulation| (edge.from, edge.to);
    let mut own: BTreeMap<_, _> = system
        .regulations()
        .iter()
        .map(|edge| (key(edge), *edge))
        .collect();
    let name = |(from, to)| {
        format!(
            "{} -> {}",
            system.genes().name(from),
            system.genes().name(to)
        )
    };
    let mut differences = Differences::default();
    let mut regulations = Vec::with_capacity(listed.len());
    for edge in &listed {
        match own.remove(&key(edge)) {
            None => differences.missing_in_equations.push(name(key(edge))),
            Some(found) if same(&found, edge) => regulations.push(found),
            Some(_) => differences.different.push(name(key(edge))),
        }
    }
    differences.missing_in_edges = own.into_keys().map(name).collect();
    if !differences.is_empty() {
        return Err(Error::Mismatch {
            equations: equations.to_owned(),
            edges: edge_properties.to_owned(),
            differences,
        });
    }
    let (kinetics, logic) = (system.kinetics().to_vec(), system.logic().to_vec());
    System::new(system.genes().clone(), kinetics, regulations, logic)
}

fn same(a: &Regulation, b: &Regulation) -> bool {
    let close = |x: f64, y: f64| (x - y).abs() <= PARAMETER_TOLERANCE * x.abs();
    a.activates == b.activates
        && close(a.weight, b.weight)
        && close(a.ec50, b.ec50)
        && close(a.exponent, b.exponent)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::{
        NetworkConfig, SystemConfig, generate_network, write_edge_properties, write_equations,
    };

    fn random_system(swap_probability: f64) -> System {
        let network = NetworkConfig {
            in_degree_p: 0.2,
            max_in_degree: 9,
            ..NetworkConfig::yeast_like(90)
        };
        let config = SystemConfig {
            swap_probability,
            ..SystemConfig::default()
        };
        System::random(&generate_network(&network).unwrap(), &config).unwrap()
    }

    fn written(system: &System, folder: &Path) -> [PathBuf; 2] {
        let paths = [folder.join("equations.csv.gz"), folder.join("edges.csv")];
        write_equations(&paths[0], system).unwrap();
        write_edge_properties(&paths[1], system).unwrap();
        paths
    }

    #[test]
    fn a_system_comes_back_from_its_files() {
        for swap in [0.0, 0.4] {
            let system = random_system(swap);
            let folder = tempfile::tempdir().unwrap();
            let [equations, edges] = written(&system, folder.path());
            assert_eq!(read_system(&equations, &edges).unwrap(), system);
        }
    }

    #[test]
    fn files_of_two_systems_are_told_apart() {
        let system = random_system(0.0);
        let folder = tempfile::tempdir().unwrap();
        let [equations, edges] = written(&system, folder.path());
        let mut changed = system.regulations().to_vec();
        let name = |e: &Regulation| {
            format!(
                "{} -> {}",
                system.genes().name(e.from),
                system.genes().name(e.to)
            )
        };
        changed[3].ec50 += 1e-9;
        let dropped = name(&changed.remove(7));
        let different = name(&changed[3]);
        let other = System::compose(system.genes().clone(), changed, 0.0, 0).unwrap();
        write_edge_properties(&edges, &other).unwrap();
        let error = read_system(&equations, &edges).unwrap_err();
        let expected = format!(
            "only in the equations: {dropped}; with other parameters: {different}; use files"
        );
        assert!(error.to_string().contains(&expected), "{error}");
    }
}
