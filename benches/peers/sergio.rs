//! Stationary single cells beside sergio-rs, in turns, CPU seconds:
//! `cargo bench -p dash-benches --bench sergio`, with `DASH_DATA` a folder that holds `sergio/DS1` and `sergio/DS3`, and
//! `PEER_PYTHON` a Python that can import `sergio_rs`. sergio-rs is published as a Python module alone, so that it runs in a
//! process of its own and tells its seconds itself.

#![expect(clippy::print_stdout, reason = "a bench says what it skips")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use criterion::Criterion;
use dash_benches::cpu_seconds;
use dash_synth::sergio::{SteadyConfig, System, read_system, simulate_steady};

const CELLS: usize = 300;
const SPACING: usize = 15;
/// Fewest that criterion allows.
const SAMPLES: usize = 10;

/// Data sets of SERGIO, with the number in the names of their files.
const SETS: [(&str, u8); 2] = [("DS1", 4), ("DS3", 6)];

fn main() -> anyhow::Result<()> {
    let (Some(data), Some(python)) = (
        std::env::var_os("DASH_DATA"),
        std::env::var_os("PEER_PYTHON"),
    ) else {
        println!("skipped: DASH_DATA and PEER_PYTHON are not both set");
        return Ok(());
    };
    let mut criterion = Criterion::default().configure_from_args();
    for (set, number) in SETS {
        let folder = PathBuf::from(&data).join("sergio").join(set);
        let file = |kind: &str| folder.join(format!("{kind}_cID_{number}.txt"));
        let (targets, masters) = (file("Interaction"), file("Regs"));
        let system = read_system(&targets, &masters, Some(2.0))?;
        // Once outside criterion, which could not report an error.
        peer(Path::new(&python), &targets, &masters, 1)?;
        let mut group = criterion.benchmark_group(set);
        group
            .sample_size(SAMPLES)
            .sampling_mode(criterion::SamplingMode::Flat)
            .measurement_time(Duration::from_secs(1))
            .warm_up_time(Duration::from_millis(1));
        for (version, config) in [("v1", SteadyConfig::v1()), ("v2", SteadyConfig::v2())] {
            group.bench_function(version, |bencher| {
                bencher.iter_custom(|runs| ours(&system, &config, runs));
            });
        }
        group.bench_function("sergio-rs", |bencher| {
            bencher.iter_custom(|runs| {
                peer(Path::new(&python), &targets, &masters, runs).expect("it ran before")
            });
        });
        group.finish();
    }
    criterion.final_summary();
    Ok(())
}

fn ours(system: &System, config: &SteadyConfig, runs: u64) -> Duration {
    let start = cpu_seconds();
    for seed in 0..runs {
        let config = SteadyConfig {
            cells: CELLS,
            spacing: SPACING,
            seed,
            ..config.clone()
        };
        simulate_steady(system, &config).expect("the files of SERGIO can be simulated");
    }
    Duration::from_secs_f64(cpu_seconds() - start)
}

/// CPU time of so many simulations by sergio-rs.
fn peer(python: &Path, targets: &Path, masters: &Path, runs: u64) -> anyhow::Result<Duration> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/with_sergio_rs.py");
    let output = Command::new(python)
        .arg(script)
        .args([targets, masters])
        .args([CELLS.to_string(), runs.to_string()])
        .output()
        .with_context(|| format!("cannot run {}", python.display()))?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "with_sergio_rs.py: {errors}");
    let text = String::from_utf8(output.stdout)?;
    let seconds = text.lines().map(|line| {
        let figure = line
            .rsplit(": ")
            .next()
            .and_then(|end| end.split(' ').next());
        figure
            .context("a line without seconds")?
            .parse::<f64>()
            .context("no number of seconds")
    });
    Ok(Duration::from_secs_f64(
        seconds.sum::<anyhow::Result<f64>>()?,
    ))
}
