//! Technical noise of simulated cells against the statistics of SERGIO's own.

use dash_synth::sergio::{
    Dropout, LibrarySize, Outliers, SteadyConfig, System, TechnicalNoise, count_molecules,
    read_system, simulate_steady,
};
use dash_tests::{golden, shared};
use ndarray::{Array2, Array3, Axis};
use serde_json::Value;

const RUNS: u64 = 20;
/// Quantiles of shares of 100 genes move in steps of 0.01, and in some profiles not at all from run to run.
const RESOLUTION: f64 = 0.01 / 20.0;

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn system() -> Option<System> {
    let inputs = shared("golden/inputs")?;
    let file = |what| inputs.join(format!("DS1_{what}.csv"));
    Some(read_system(&file("targets"), &file("regs"), Some(2.0)).unwrap())
}

/// The noise of a profile, as the file has it.
fn noise(profile: &Value) -> TechnicalNoise {
    let of = |step: &str, setting: &str| number(&profile[step][setting]);
    TechnicalNoise {
        outliers: Some(Outliers {
            probability: of("outlier", "prob"),
            mean: of("outlier", "mean"),
            sd: of("outlier", "scale"),
        }),
        library_size: Some(LibrarySize {
            mean: of("library", "mean"),
            sd: of("library", "scale"),
        }),
        dropout: Some(Dropout {
            shape: of("dropout", "shape"),
            percentile: of("dropout", "percentile"),
        }),
        counts: true,
    }
}

/// Genes × cells of all types.
fn table(cells: &Array3<f64>) -> Array2<f64> {
    let (types, genes, count) = cells.dim();
    Array2::from_shape_fn((genes, types * count), |(gene, place)| {
        cells[[place / count, gene, place % count]]
    })
}

fn mean_sd(values: &[f64]) -> [f64; 2] {
    let values = ndarray::ArrayView1::from(values);
    [values.mean().expect("values"), values.std(0.0)]
}

/// The 10, 50 and 90 per cent quantiles.
fn quantiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [0.1, 0.5, 0.9].map(|q| {
        let place = q * (values.len() - 1) as f64;
        let low = place as usize;
        let high = (low + 1).min(values.len() - 1);
        values[low] + (place - low as f64) * (values[high] - values[low])
    })
}

/// The statistics of one run, in the order of the file.
fn statistics(clean: &Array3<f64>, noise: &TechnicalNoise, seed: u64) -> Vec<f64> {
    let mut cells = clean.clone();
    noise
        .outliers
        .unwrap()
        .apply(&mut [&mut cells], seed)
        .unwrap();
    noise
        .library_size
        .unwrap()
        .apply(&mut [&mut cells], seed)
        .unwrap();
    let totals = table(&cells).sum_axis(Axis(0));
    let libraries: Vec<f64> = totals.iter().map(|total| total.ln()).collect();
    let dropped = noise
        .dropout
        .unwrap()
        .apply(&mut [&mut cells], seed)
        .unwrap();
    count_molecules(&mut [&mut cells], seed).unwrap();
    if seed == 1 {
        let mut at_once = clean.clone();
        noise.apply(&mut [&mut at_once], seed).unwrap();
        assert_eq!(at_once, cells);
    }

    let counts = table(&cells);
    let zeros = counts.mapv(|x| f64::from(u8::from(x <= 0.0)));
    let totals = counts.sum_axis(Axis(0));
    let totals = totals.iter().filter(|total| **total > 0.0);
    let totals: Vec<f64> = totals.map(|total| total.ln()).collect();
    let means = counts.mean_axis(Axis(1)).unwrap();
    let fano = (counts.var_axis(Axis(1), 0.0) / &means).to_vec();
    let fano = fano.into_iter().filter(|fano| fano.is_finite()).collect();
    let mut found = vec![dropped, zeros.mean().unwrap()];
    found.extend(mean_sd(&libraries));
    found.extend(mean_sd(&totals));
    found.extend(quantiles(zeros.mean_axis(Axis(1)).unwrap().to_vec()));
    found.extend(quantiles(zeros.mean_axis(Axis(0)).unwrap().to_vec()));
    found.extend(quantiles(means.to_vec()));
    found.extend(quantiles(fano));
    found
}

#[test]
fn every_profile_has_the_statistics_of_the_original() {
    let Some(file) = golden("sergio_technical_noise.json") else {
        return;
    };
    let system = system().expect("inputs");
    let clean = |seed| {
        let config = SteadyConfig {
            seed,
            ..SteadyConfig::v1()
        };
        simulate_steady(&system, &config).unwrap().expression
    };
    let clean: Vec<_> = (1..=RUNS).map(clean).collect();
    let keys = file["keys"].as_array().expect("a list");
    let profiles = file["profiles"].as_object().expect("profiles");
    let spread = (1.0 / RUNS as f64 + 1.0 / number(&file["n_runs"])).sqrt();
    let mut wrong = Vec::new();
    for (name, profile) in profiles {
        let noise = noise(profile);
        assert_eq!(TechnicalNoise::preset(name).unwrap(), noise);
        let mut sums = vec![0.0; keys.len()];
        for (seed, clean) in (1..).zip(&clean) {
            let found = statistics(clean, &noise, seed);
            assert!(found.iter().all(|x| x.is_finite()), "{name}: {found:?}");
            for (sum, found) in sums.iter_mut().zip(found) {
                *sum += found;
            }
        }
        let mut worst = 0.0_f64;
        for (place, key) in keys.iter().enumerate() {
            let found = sums[place] / RUNS as f64;
            let (mean, sd) = (
                number(&profile["mean"][place]),
                number(&profile["sd"][place]),
            );
            let z = (found - mean).abs() / (sd * spread + RESOLUTION / 4.0);
            worst = worst.max(z);
            if z > 4.0 {
                wrong.push(format!(
                    "{name} {key}: {found} against {mean}, sd {sd}: z {z:.1}"
                ));
            }
        }
        println!("{name}: largest z of {} statistics {worst:.2}", keys.len());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
