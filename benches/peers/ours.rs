//! The job of `job.py` with dash-ode: a step size per row, gradient through the accepted steps.
//!
//! `peers DATA BATCH RTOL`, with the file that `job.py` writes; prints one line of JSON.

#![expect(clippy::print_stdout, reason = "an example shows its result")]

use std::fs;
use std::ops::Range;

use anyhow::Context as _;
use dash_benches::cpu_seconds;
use dash_ode::{
    Adam, Differentiable as _, Initialise as _, Integrator, Parameters, Phoenix, SolverOptions,
    Span,
};
use ndarray::{ArrayView2, s};

const GENES: usize = 350;
const HIDDEN: usize = 40;
const INTERVALS: usize = 560;
const RATE: f64 = 1e-3;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [data, batch, rtol] = &arguments[..] else {
        anyhow::bail!("usage: peers DATA BATCH RTOL");
    };
    let (batch, rtol): (usize, f64) = (batch.parse()?, rtol.parse()?);
    let mut job = Job::read(data, rtol)?;
    let loss = job.graded(0, batch)?;
    let squares = job.gradient.iter().map(|&g| f64::from(g).powi(2));
    let gradient_norm = squares.sum::<f64>().sqrt();
    job.step(0, batch)?;
    let epochs = if batch == INTERVALS { 3 } else { 1 };
    let start = cpu_seconds();
    for _ in 0..epochs {
        for first in (0..INTERVALS).step_by(batch) {
            job.step(first, batch)?;
        }
    }
    let seconds = (cpu_seconds() - start) / f64::from(epochs);
    let result = serde_json::json!({
        "name": "dash-ode",
        "version": env!("CARGO_PKG_VERSION"),
        "loss": loss,
        "gradient_norm": gradient_norm,
        "cpu_seconds": seconds,
    });
    println!("{result}");
    Ok(())
}

struct Job {
    field: Phoenix<f32>,
    parameters: Parameters<f32>,
    adam: Adam<f32>,
    integrator: Integrator<f32>,
    starts: Vec<f32>,
    targets: Vec<f32>,
    spans: Vec<Span>,
    ends: Vec<f32>,
    gradient: Vec<f32>,
}

impl Job {
    fn read(path: &str, rtol: f64) -> anyhow::Result<Self> {
        let bytes = fs::read(path).with_context(|| format!("cannot read {path}"))?;
        let floats: Vec<f32> = bytes
            .chunks_exact(4)
            .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
            .collect();
        let mut rest = floats.as_slice();
        let mut take = |count: usize| {
            let (taken, left) = rest.split_at(count);
            rest = left;
            taken
        };
        let field = Phoenix::new(GENES, HIDDEN)?;
        let mut parameters = field.initialise(0).cast::<f32>();
        parameters.values_mut().fill(0.0);
        let mut set = |name: &str, values: ArrayView2<'_, f32>| {
            let block = parameters.matrix_mut(name);
            block.map(|mut block| block.assign(&values))
        };
        let mut named = || -> anyhow::Result<Option<()>> {
            set(
                "w_sum",
                ArrayView2::from_shape((HIDDEN, GENES), take(HIDDEN * GENES))?,
            );
            set(
                "w_prod",
                ArrayView2::from_shape((HIDDEN, GENES), take(HIDDEN * GENES))?,
            );
            let stacked = take(GENES * 2 * HIDDEN);
            let stacked = ArrayView2::from_shape((GENES, 2 * HIDDEN), stacked)?;
            set("u_sum", stacked.slice(s![.., ..HIDDEN]));
            set("u_prod", stacked.slice(s![.., HIDDEN..]));
            Ok(set("v", ArrayView2::from_shape((GENES, 1), take(GENES))?))
        };
        named()?.context("PHOENIX has these blocks")?;
        let starts = take(INTERVALS * GENES).to_vec();
        let targets = take(INTERVALS * GENES).to_vec();
        let span = |&length: &f32| Span {
            start: 0.0,
            end: f64::from(length),
        };
        Ok(Self {
            adam: Adam::new(parameters.values().len()),
            integrator: Integrator::new(SolverOptions {
                rtol,
                atol: 1e-2 * rtol,
                ..SolverOptions::default()
            })?,
            gradient: vec![0.0; parameters.values().len()],
            ends: Vec::new(),
            spans: take(INTERVALS).iter().map(span).collect(),
            field,
            parameters,
            starts,
            targets,
        })
    }

    /// The loss; its gradient is kept.
    fn graded(&mut self, first: usize, batch: usize) -> anyhow::Result<f64> {
        let rows = first * GENES..(first + batch) * GENES;
        self.field.load(self.parameters.values());
        self.ends.resize(batch * GENES, 0.0);
        self.gradient.fill(0.0);
        let (starts, targets) = (&self.starts[rows.clone()], &self.targets[rows.clone()]);
        let scale = 2.0 / rows.len() as f32;
        let mut loss = 0.0;
        let mut derivative = |part: Range<usize>, ends: &[f32], bars: &mut [f32]| {
            let targets = &targets[part.start * GENES..part.end * GENES];
            for (bar, (end, target)) in bars.iter_mut().zip(ends.iter().zip(targets)) {
                let error = end - target;
                loss += f64::from(error * error);
                *bar = scale * error;
            }
        };
        self.integrator.gradient(
            &mut self.field,
            starts,
            &self.spans[first..first + batch],
            &mut self.ends,
            &mut derivative,
            &mut self.gradient,
        )?;
        Ok(loss / rows.len() as f64)
    }

    fn step(&mut self, first: usize, batch: usize) -> anyhow::Result<()> {
        self.graded(first, batch)?;
        let rates = [(self.gradient.len(), RATE)];
        self.adam
            .step(self.parameters.values_mut(), &self.gradient, &rates);
        Ok(())
    }
}
