//! Writes a small simulated data set into a folder: `expression.csv` (tidy, with noise), `truth.csv` and `prior.csv`, the
//! truth with a tenth of its edges moved. `cargo run --release -p dash-synth --example time_series -- FOLDER` made
//! `examples/own-data`.

use std::error::Error;
use std::path::PathBuf;

use dash_ode::io::write_tidy;
use dash_ode::{TimeSeries, Trajectory};
use dash_prior::{relocate_edges, write_edge_list};
use dash_synth::{
    NetworkConfig, SimulationConfig, System, SystemConfig, add_noise, generate_network, simulate,
};

const SEED: u64 = 7;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).map(PathBuf::from);
    let folder = folder.ok_or("name the folder to write to")?;
    let network = generate_network(&NetworkConfig {
        seed: SEED,
        ..NetworkConfig::g350_like(48)
    })?;
    let system = SystemConfig {
        seed: SEED,
        ..SystemConfig::default()
    };
    let system = System::random(&network, &system)?;
    let simulated = simulate(
        &system,
        &SimulationConfig {
            samples: 10,
            times: vec![0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 9.0, 12.0],
            seed: SEED,
            ..SimulationConfig::default()
        },
    )?;
    let measured = rounded(&add_noise(&simulated.series, 0.01, SEED)?)?;
    write_tidy(&folder.join("expression.csv"), &measured)?;
    write_edge_list(folder.join("truth.csv"), &simulated.network)?;
    let prior = relocate_edges(&simulated.network, 0.1, SEED)?;
    write_edge_list(folder.join("prior.csv"), &prior)?;
    Ok(())
}

/// Four decimals: more would be noise.
fn rounded(series: &TimeSeries) -> Result<TimeSeries, dash_ode::io::DataError> {
    let trajectories = series.trajectories().iter().map(|t| Trajectory {
        values: t.values.mapv(|v| (v * 1e4).round() / 1e4),
        ..t.clone()
    });
    TimeSeries::new(series.genes().to_vec(), trajectories.collect())
}
