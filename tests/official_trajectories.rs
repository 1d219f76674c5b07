//! The published simulated data, from the published systems: files read, logic composed, trajectories integrated again.

use std::path::PathBuf;

use dash_ode::io::{Genes, Ties, read_gene_names, read_published};
use dash_ode::{SolverOptions, TimeSeries};
use dash_synth::{
    ActivationLaw, Error, Output, Regulation, System, integrate, read_edge_properties, read_equations, read_system,
    write_edge_properties, write_equations,
};
use dash_tests::shared;
use ndarray::Array2;

/// A file of a published set, or `None` without the data.
fn file(set: &str, name: &str) -> Option<PathBuf> {
    Some(shared("data")?.join(set).join(name))
}

/// The published system, genes in the order of the trajectory files.
fn published(set: &str) -> Option<System> {
    let equations = file(set, "ode_system_functions.csv")?;
    let system = read_system(&equations, &file(set, "edge_properties.csv")?).unwrap();
    let names = read_gene_names(&file(set, "gene_names.csv")?).unwrap();
    let system = system.select(&names.names).unwrap();
    for (gene, &is_input) in names.is_input.iter().enumerate() {
        assert_eq!(system.is_input(gene), is_input);
    }
    Some(system)
}

fn series(set: &str, name: &str, system: &System) -> Option<TimeSeries> {
    let path = file(set, name)?;
    Some(read_published(&path, Genes::Named(system.genes().names()), Ties::default()).unwrap())
}

/// Initial states, samples × genes.
fn starts(series: &TimeSeries) -> Array2<f64> {
    let rows: Vec<f64> = series.trajectories().iter().flat_map(|t| t.values.row(0).to_vec()).collect();
    Array2::from_shape_vec((series.trajectories().len(), series.genes().len()), rows).unwrap()
}

/// Largest difference between the published trajectories and those integrated from their first points.
fn largest_difference(set: &str, name: &str) -> Option<f64> {
    let system = published(set)?;
    let official = series(set, name, &system)?;
    let times = &official.trajectories()[0].times;
    assert_eq!(*times, [0.0, 2.0, 3.0, 7.0, 9.0]);
    let again = integrate(&system, starts(&official).view(), times, Output::Expression, &SolverOptions::tight()).unwrap();
    let mut largest: f64 = 0.0;
    for (a, b) in official.trajectories().iter().zip(again.trajectories()) {
        let differences = a.values.iter().zip(&b.values).map(|(a, b)| (a - b).abs());
        largest = differences.fold(largest, f64::max);
    }
    println!("{set}/{name}: {largest:e}");
    Some(largest)
}

#[test]
fn measure() {
    largest_difference("sim350", "test_10.csv");
    largest_difference("sim350", "train_val_150.csv");
    largest_difference("sim690", "train_val_150.csv");
    let s690 = published("sim690").unwrap();
    let s350 = published("sim350").unwrap();
    let c350 = System::compose(s350.genes().clone(), s350.regulations().to_vec(), 0.0, 0).unwrap();
    let cut = s690.select(s350.genes().names()).unwrap();
    let names = |v: Vec<usize>| v.iter().map(|&g| s350.genes().name(g).to_string()).collect::<Vec<_>>();
    let d: Vec<_> = (0..350).filter(|&g| c350.logic()[g] != s350.logic()[g]).collect();
    println!("350 composed: {:?}", names(d));
    let d: Vec<_> = (0..350).filter(|&g| cut.logic()[g] != s350.logic()[g]).collect();
    println!("350 cut: {:?}", names(d.clone()));
    for g in d {
        println!("{}: {} | {}", s350.genes().name(g), s350.logic()[g].as_ref().unwrap().display(s350.genes()), cut.logic()[g].as_ref().unwrap().display(s350.genes()));
    }
    let old = read_equations(&file("sim690", "upstream_mismatched/ode_system_functions_690.csv").unwrap()).unwrap().select(s690.genes().names()).unwrap();
    let d: Vec<_> = (0..690).filter(|&g| old.logic()[g] != s690.logic()[g]).map(|g| s690.genes().name(g)).collect();
    println!("690 upstream {d:?}");
    for (set, e, p) in [("sim350", "upstream_mismatched/ode_system_functions_350.csv", "edge_properties.csv"),
      ("sim350", "upstream_mismatched/ode_system_functions_350.csv", "upstream_mismatched/edge_properties_G350.csv"),
      ("sim350", "ode_system_functions.csv", "upstream_mismatched/edge_properties_G350.csv"),
      ("sim690", "upstream_mismatched/ode_system_functions_690.csv", "edge_properties.csv")] {
        println!("{}", read_system(&file(set, e).unwrap(), &file(set, p).unwrap()).unwrap_err());
    }
    let _ = (ActivationLaw::LinearLike, read_edge_properties, write_edge_properties, write_equations);
    let _: Option<(Error, Regulation)> = None;
    let t = std::time::Instant::now();
    let config = dash_synth::SimulationConfig::default();
    dash_synth::simulate(&s350, &config).unwrap();
    println!("350: {:?}", t.elapsed());
    let t = std::time::Instant::now();
    dash_synth::simulate(&s690, &config).unwrap();
    println!("690: {:?}", t.elapsed());
}
