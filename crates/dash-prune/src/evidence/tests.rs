//! A small system whose edges are known, given with a prior that lacks some and has some too many.

use dash_ode::{
    Direct, Initialise, Intervals, Normal, SolverOptions, TimeSeries, Trajectory, stream,
};
use dash_ode::{Parameters, solve_at};
use dash_prior::PriorMatrix;
use ndarray::{Array2, s};
use ndarray_rand::rand_distr::Distribution as _;
use rand::Rng as _;

use super::courses::Courses;
use super::still::still_genes;
use super::target::{Inputs, OWN, Target};
use super::{EdgeEvidence, EvidenceOptions, Findings, weigh_edges};
use crate::{Error, StrategySettings, build_strategy};

/// Genes 0 to 5 are inputs; each of the others has two of them as regulators.
const INPUTS: usize = 6;
const GENES: usize = 36;
const NOISE: f64 = 0.02;

fn regulators(target: usize) -> [usize; 2] {
    [target % INPUTS, (target + 1 + target / INPUTS % 3) % INPUTS]
}

/// Edges that the prior lacks.
const MISSING: [(usize, usize); 3] = [(8, 2), (15, 3), (22, 4)];

/// Edges of the prior that are not real: of genes that regulate nothing, two of them to inputs.
fn mistaken() -> Vec<(usize, usize)> {
    let targets = (7..GENES).step_by(3).chain([3, 5]);
    targets
        .map(|t| (t, INPUTS + (t + 11) % (GENES - INPUTS)))
        .collect()
}

fn truth() -> Vec<(usize, usize)> {
    let edges = (INPUTS..GENES).flat_map(|t| regulators(t).map(|r| (t, r)));
    edges.collect()
}

fn prior() -> PriorMatrix {
    let mut dense = Array2::zeros((GENES, GENES));
    for (target, regulator) in truth().into_iter().chain(mistaken()) {
        dense[[target, regulator]] = 1.0;
    }
    for (target, regulator) in MISSING {
        dense[[target, regulator]] = 0.0;
    }
    PriorMatrix::from_dense(dense.view()).unwrap()
}

fn system() -> Parameters<f64> {
    let mut parameters = Direct::<f64>::new(GENES).unwrap().initialise(1);
    for name in ["w_sum", "w_prod"] {
        parameters.matrix_mut(name).unwrap().fill(0.0);
    }
    for (target, regulator) in truth() {
        let sign = if (target + regulator) % 3 == 0 {
            -1.0
        } else {
            1.0
        };
        parameters.matrix_mut("w_sum").unwrap()[[target, regulator]] = 0.7 * sign;
        parameters.matrix_mut("w_prod").unwrap()[[target, regulator]] = sign;
    }
    let mut v = parameters.matrix_mut("v").unwrap();
    v.slice_mut(s![..INPUTS, 0]).fill(0.0);
    parameters
}

fn data() -> Intervals<f64> {
    data_where(|_| ())
}

/// The data where every trajectory was changed.
fn data_where(change: impl Fn(&mut Array2<f64>)) -> Intervals<f64> {
    let mut field = Direct::with_parameters(&system()).unwrap();
    let times = vec![0.0, 1.0, 2.5, 4.0];
    let (mut rng, noise) = (
        stream(7, 0),
        Normal {
            mean: 0.0,
            sd: NOISE,
        },
    );
    let trajectory = |n: usize| {
        let start = Array2::from_shape_simple_fn((1, GENES), || rng.random::<f64>());
        let states = solve_at(&mut field, start.view(), &times, &SolverOptions::default()).unwrap();
        let clean = states.slice(s![.., 0, ..]).to_owned();
        let mut values = clean.mapv(|x| x + noise.sample(&mut rng));
        change(&mut values);
        Trajectory {
            name: format!("t{n}"),
            times: times.clone(),
            values,
        }
    };
    let names = (0..GENES).map(|g| format!("g{g}")).collect();
    let series = TimeSeries::new(names, (0..60).map(trajectory).collect()).unwrap();
    Intervals::of(&series, "training").unwrap()
}

fn findings() -> Findings {
    weigh_edges(&data(), &prior(), &EvidenceOptions::default()).unwrap()
}

fn edge(findings: &Findings, (target, regulator): (usize, usize)) -> Option<&EdgeEvidence> {
    let mut edges = findings.edges.iter();
    edges.find(|e| (e.target, e.regulator) == (target, regulator))
}

#[test]
fn missing_edges_are_found_and_mistaken_ones_dropped() {
    let findings = findings();
    for place in MISSING {
        let edge = edge(&findings, place).unwrap();
        assert!(edge.kept && !edge.in_prior, "{edge:?}");
    }
    let dropped = mistaken().into_iter().filter(|&place| {
        let edge = edge(&findings, place).unwrap();
        assert!(edge.in_prior && (edge.target >= INPUTS || !edge.kept));
        !edge.kept
    });
    // By chance an idle edge may look as if it did a little.
    assert!(dropped.count() + 1 >= mistaken().len());
    let kept: Vec<_> = findings.edges.iter().filter(|e| e.kept).collect();
    let right = kept
        .iter()
        .filter(|e| truth().contains(&(e.target, e.regulator)));
    assert_eq!(right.count(), truth().len());
    assert!(kept.len() <= truth().len() + 2, "{} edges", kept.len());
}

#[test]
fn of_two_regulators_with_one_course_not_both_are_dropped() {
    const TWIN: usize = GENES - 1;
    let data = data_where(|values| {
        let regulator = values.column(0).to_owned();
        values.column_mut(TWIN).assign(&regulator);
    });
    let mut dense = prior().to_dense();
    let targets: Vec<usize> = (INPUTS..TWIN).filter(|&t| dense[[t, 0]] != 0.0).collect();
    assert!(targets.len() > 5);
    for &target in &targets {
        dense[[target, TWIN]] = 1.0;
    }
    let prior = PriorMatrix::from_dense(dense.view()).unwrap();
    let found = weigh_edges(&data, &prior, &EvidenceOptions::default()).unwrap();
    for target in targets {
        let kept = |regulator| edge(&found, (target, regulator)).is_some_and(|e| e.kept);
        assert!(kept(0) || kept(TWIN), "{target}");
    }
}

#[test]
fn the_models_left_are_those_of_the_edges_kept_and_near_the_truth() {
    let findings = findings();
    for (gene, target) in findings.targets.iter().enumerate() {
        let kept = findings.edges.iter().filter(|e| e.kept && e.target == gene);
        let Some(target) = target else {
            assert!(gene < INPUTS && kept.count() == 0);
            continue;
        };
        assert_eq!(target.regulators.len(), kept.count());
        assert!(
            (target.rate - 1.0).abs() < 0.15,
            "gene {gene}: {}",
            target.rate
        );
        assert!(target.error / 180.0 < 2.0 * NOISE * NOISE);
    }
}

#[test]
fn inputs_are_still_and_all_else_moves() {
    let still = still_genes(&data());
    assert!((0..GENES).all(|gene| still[gene] == (gene < INPUTS)));
}

#[test]
fn slopes_are_the_derivatives_of_the_residuals() {
    let data = data();
    let courses = Courses::new(&data, &still_genes(&data));
    let mut target = Target::new(0.8, 0.5, [1, 4].into_iter());
    target.regulators[0].1 = 0.4;
    let inputs = Inputs::new(&courses, 9, &target);
    let mut slopes = Array2::default((0, 0));
    let residuals = target.residuals(&courses, &inputs, Some(&mut slopes));
    assert_eq!(slopes.dim(), (data.len(), OWN + 4));
    let step = 1e-6;
    for (at, slope) in slopes.columns().into_iter().enumerate() {
        let mut moved = target.clone();
        let value = match at {
            0 => &mut moved.rate,
            1 => &mut moved.offset,
            2 => &mut moved.gain,
            _ if at % 2 == 1 => &mut moved.regulators[(at - OWN) / 2].1,
            _ => &mut moved.regulators[(at - OWN) / 2].2,
        };
        *value += step;
        let there = moved.residuals(&courses, &inputs, None);
        for ((a, b), slope) in residuals.iter().zip(&there).zip(slope) {
            // Residuals are observed minus predicted.
            assert!(((a - b) / step - slope).abs() < 1e-5, "parameter {at}");
        }
    }
}

#[test]
fn three_points_do_not_tell_that_a_gene_is_still() {
    // Noise alone: all genes would be as still as the quietest.
    let mut rng = stream(8, 0);
    let mut series = |points: usize| {
        let trajectory = |n: usize| Trajectory {
            name: format!("t{n}"),
            times: (0..points).map(|t| t as f64).collect(),
            values: Array2::from_shape_simple_fn((points, 6), || 0.5 + 0.01 * rng.random::<f64>()),
        };
        let names = (0..6).map(|g| format!("g{g}")).collect();
        let series = TimeSeries::new(names, (0..30).map(trajectory).collect()).unwrap();
        still_genes::<f64>(&Intervals::of(&series, "training").unwrap())
    };
    assert!(series(3).iter().all(|still| !still));
    assert!(series(4).iter().all(|still| *still));
}

#[test]
fn a_fit_that_leaves_no_noise_is_no_evidence() {
    let values = Array2::from_shape_fn((2, GENES), |(t, gene)| {
        0.2 + 0.6 * ((t * 7 + gene * 3) % 11) as f64 / 11.0
    });
    let names = (0..GENES).map(|g| format!("g{g}")).collect();
    let one = Trajectory {
        name: "t".into(),
        times: vec![0.0, 1.0],
        values,
    };
    let series = TimeSeries::new(names, vec![one]).unwrap();
    let one: Intervals<f64> = Intervals::of(&series, "training").unwrap();
    let found = weigh_edges(&one, &prior(), &EvidenceOptions::default()).unwrap();
    assert!(found.edges.iter().all(|e| e.evidence == 0.0 && !e.kept));
}

#[test]
fn what_cannot_be_weighed_is_refused() {
    let small = PriorMatrix::from_dense(Array2::eye(3).view()).unwrap();
    let options = EvidenceOptions::default();
    let wrong = weigh_edges(&data(), &small, &options).unwrap_err();
    assert!(matches!(wrong, Error::Shape { .. }));
    let options = EvidenceOptions {
        weight_sd: (0.0, 1.0),
        ..options
    };
    let wrong = weigh_edges(&data(), &prior(), &options).unwrap_err();
    assert!(matches!(
        wrong,
        Error::OutOfRange {
            name: "weight_sd of A",
            ..
        }
    ));
}

#[test]
fn the_strategy_starts_training_from_the_fits_and_keeps_their_edges_alone() {
    let (p, data) = (prior(), data());
    let prior = crate::Prior {
        c: dash_prior::co_regulation(&p),
        p,
    };
    let field = Direct::<f64>::new(GENES).unwrap();
    let initial = field.initialise(1);
    let settings = StrategySettings {
        evidence: Some(EvidenceOptions::default()),
        ..StrategySettings::default()
    };
    let problem = crate::Problem {
        prior: Some(&prior),
        data: Some(&data),
        ..crate::Problem::new(&field, &initial, 1)
    };
    let mut strategy = build_strategy("DASH", &settings, &problem).unwrap();
    let mut raw = initial.clone();
    let change = strategy.before_epoch(0, &mut raw).unwrap();
    assert!(change.pruned && change.moved);
    assert!(strategy.before_epoch(1, &mut raw).is_ok_and(|c| !c.pruned));
    let kept = strategy.kept().unwrap();
    let weights = raw.layout().block("w_sum").unwrap().range.clone();
    let edges = findings().edges.iter().filter(|e| e.kept).count();
    let learning = kept[weights].iter().filter(|&&kept| kept).count();
    assert_eq!(learning, edges);

    let without_data = crate::Problem {
        data: None,
        ..problem
    };
    let refused = build_strategy("DASH", &settings, &without_data).err();
    assert!(matches!(refused, Some(Error::NoData { .. })));
    let phoenix = dash_ode::Phoenix::<f64>::new(GENES, 3).unwrap();
    let initial = phoenix.initialise(1);
    let problem = crate::Problem {
        field: &phoenix,
        initial: &initial,
        ..problem
    };
    let refused = build_strategy("DASH", &settings, &problem).err();
    assert!(matches!(refused, Some(Error::NotOneLayer)));
}
