//! Simulates stationary single cells in one thread; prints CPU seconds, peak memory, and nanoseconds per gene, type and step.
//!
//! `single_cells TARGETS MASTERS [VERSION] [CELLS] [RUNS]` takes SERGIO's input files (Hill exponent 2);
//! `single_cells GENES TYPES [VERSION] [CELLS] [RUNS]` makes a network: 1 gene of 10 regulates, 3 regulators a target.
//! VERSION is `v1`, `v2` or `default`, each with 15 points a cell; CELLS are 300 per type, RUNS 1.

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use std::error::Error;
use std::path::Path;
use std::time::Instant;

use dash_prior::GeneIndex;
use dash_synth::sergio::{Interaction, SteadyConfig, System, read_system, simulate_steady};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument = |place: usize, default| arguments.get(place).map_or(default, String::as_str);
    let [first, second] = [argument(0, ""), argument(1, "")];
    let system = match (first.parse(), second.parse()) {
        (Ok(genes), Ok(types)) => random_system(genes, types)?,
        _ => read_system(Path::new(first), Path::new(second), Some(2.0))?,
    };
    let config = match argument(2, "v1") {
        "v1" => SteadyConfig::v1(),
        "v2" => SteadyConfig::v2(),
        "default" => SteadyConfig::default(),
        other => return Err(format!("no version {other:?}; there are v1, v2, default").into()),
    };
    let cells = argument(3, "300").parse()?;
    for seed in 0..argument(4, "1").parse()? {
        let config = SteadyConfig {
            cells,
            spacing: 15,
            seed,
            ..config.clone()
        };
        let start = Clock::start();
        let steady = simulate_steady(&system, &config)?;
        let seconds = start.seconds();
        let (types, genes, _) = steady.expression.dim();
        let steps = config.burn_in + cells * config.spacing;
        let updates = (types * genes * steps) as f64;
        let mean = steady.expression.mean().ok_or("no cells")?;
        println!(
            "{genes} genes, {} edges, {types} types, {cells} cells: {seconds:.4} s, {:.2} ns per gene, type and step, {} MB \
             at most, mean {mean:.4}",
            system.interactions().len(),
            seconds / updates * 1e9,
            peak_memory().map_or("?".to_string(), |kilobytes| (kilobytes / 1000).to_string()),
        );
    }
    Ok(())
}

/// Regulators come first and act on later genes, so that there is no circle.
fn random_system(genes: usize, types: usize) -> Result<System, Box<dyn Error>> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let regulators = (genes / 10).max(2);
    let masters = (regulators / 2).max(1);
    let mut basal = vec![None; genes];
    for rates in &mut basal[..masters] {
        *rates = Some((0..types).map(|_| rng.random_range(0.2..4.0)).collect());
    }
    let mut interactions = Vec::new();
    for target in masters..genes {
        for _ in 0..3 {
            let sign = if rng.random_bool(0.6) { 1.0 } else { -1.0 };
            interactions.push(Interaction {
                regulator: rng.random_range(0..regulators.min(target)),
                target,
                strength: sign * rng.random_range(1.0..5.0),
                exponent: 2.0,
            });
        }
    }
    let names = (0..genes).map(|gene| gene.to_string()).collect();
    Ok(System::new(GeneIndex::new(names)?, basal, interactions)?)
}

/// Time on the processor where the system tells, else on the wall.
struct Clock {
    wall: Instant,
    processor: Option<f64>,
}

impl Clock {
    fn start() -> Self {
        Self {
            wall: Instant::now(),
            processor: Self::processor(),
        }
    }

    fn seconds(&self) -> f64 {
        match (self.processor, Self::processor()) {
            (Some(start), Some(end)) => end - start,
            _ => self.wall.elapsed().as_secs_f64(),
        }
    }

    fn processor() -> Option<f64> {
        let times = std::fs::read_to_string("/proc/self/schedstat").ok()?;
        let nanoseconds: f64 = times.split_whitespace().next()?.parse().ok()?;
        Some(nanoseconds * 1e-9)
    }
}

/// Kilobytes, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
