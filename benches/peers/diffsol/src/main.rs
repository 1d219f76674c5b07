//! The job of `job.py` with diffsol: all rows of a batch are one system, time rescaled to [0, 1], Tsitouras 5(4), gradient
//! through the accepted steps.
//!
//! `peer-diffsol DATA BATCH RTOL`, with the file that `job.py` writes; prints one line of JSON.

mod adam;
mod field;

use std::cell::RefCell;
use std::fs;
use std::rc::Rc;

use anyhow::Context as _;
use diffsol::{
    MatrixCommon, NalgebraMat, OdeBuilder, OdeEquations, OdeEquationsImplicitAdjoint,
    OdeSolverMethod, OdeSolverProblem, OdeSolverState, OdeSolverStopReason, StepVjp, Vector,
};

use adam::Adam;
use field::{Field, GENES, PARAMETERS};

type M = NalgebraMat<f32>;
type V = <M as MatrixCommon>::V;

const INTERVALS: usize = 560;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [data, batch, rtol] = &arguments[..] else {
        anyhow::bail!("usage: peer-diffsol DATA BATCH RTOL");
    };
    let (batch, rtol): (usize, f64) = (batch.parse()?, rtol.parse()?);
    let data = Data::read(data)?;
    let field = Rc::new(RefCell::new(Field::new(batch)));
    let start = Rc::new(RefCell::new(vec![0.0_f32; batch * GENES]));
    let (f, g, h, y0) = (field.clone(), field.clone(), field.clone(), start.clone());
    let problem = OdeBuilder::<M>::new()
        .rtol(rtol)
        .atol([1e-2 * rtol])
        .p(vec![0.0; PARAMETERS])
        .rhs_adjoint_implicit(
            move |y: &[f32], p: &[f32], _t, dy: &mut [f32]| f.borrow_mut().eval(y, p, dy),
            |_y: &[f32], _p: &[f32], _t, _v: &[f32], _out: &mut [f32]| {
                unreachable!("an explicit method needs no Jacobian")
            },
            move |y: &[f32], p: &[f32], _t, v: &[f32], out: &mut [f32]| {
                g.borrow_mut().minus_adjoint(y, p, v, out);
            },
            move |y: &[f32], p: &[f32], _t, v: &[f32], out: &mut [f32]| {
                h.borrow_mut().minus_gradient(y, p, v, out);
            },
        )
        .init_adjoint(
            move |_p: &[f32], _t, y: &mut [f32]| y.copy_from_slice(&y0.borrow()),
            |_p: &[f32], _t, _v: &[f32], out: &mut [f32]| out.fill(0.0),
            batch * GENES,
        )
        .build()?;
    let mut job = Job {
        problem,
        parameters: data.parameters(),
        adam: Adam::new(PARAMETERS),
        data,
        field,
        start,
        batch,
    };
    let (loss, gradient) = job.graded(0)?;
    let norm = gradient.iter().map(|&g| f64::from(g).powi(2)).sum::<f64>();
    job.step(0)?;
    let epochs = if batch == INTERVALS { 3 } else { 1 };
    let before = cpu_seconds()?;
    for _ in 0..epochs {
        for first in (0..INTERVALS).step_by(batch) {
            job.step(first)?;
        }
    }
    let seconds = (cpu_seconds()? - before) / f64::from(epochs);
    let result = serde_json::json!({
        "name": "diffsol",
        "version": "0.18.0",
        "loss": loss,
        "gradient_norm": norm.sqrt(),
        "cpu_seconds": seconds,
    });
    println!("{result}");
    Ok(())
}

/// The floats of `job.py`, in its order.
struct Data(Vec<f32>);

impl Data {
    fn read(path: &str) -> anyhow::Result<Self> {
        let bytes = fs::read(path).with_context(|| format!("cannot read {path}"))?;
        let floats = bytes.chunks_exact(4);
        Ok(Self(
            floats
                .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
                .collect(),
        ))
    }

    /// Weights and multipliers as they come, biases 0 behind them.
    fn parameters(&self) -> V {
        let mut p = vec![0.0; PARAMETERS];
        p[..field::BIASES].copy_from_slice(&self.0[..field::BIASES]);
        V::from_vec(p, Default::default())
    }

    fn states(&self, block: usize, first: usize, batch: usize) -> &[f32] {
        let start = field::BIASES + (block * INTERVALS + first) * GENES;
        &self.0[start..start + batch * GENES]
    }

    fn starts(&self, first: usize, batch: usize) -> &[f32] {
        self.states(0, first, batch)
    }

    fn targets(&self, first: usize, batch: usize) -> &[f32] {
        self.states(1, first, batch)
    }

    fn lengths(&self, first: usize, batch: usize) -> &[f32] {
        let start = field::BIASES + 2 * INTERVALS * GENES + first;
        &self.0[start..start + batch]
    }
}

struct Job<E: OdeEquations> {
    problem: OdeSolverProblem<E>,
    parameters: V,
    adam: Adam,
    data: Data,
    field: Rc<RefCell<Field>>,
    start: Rc<RefCell<Vec<f32>>>,
    batch: usize,
}

impl<E: OdeEquationsImplicitAdjoint<M = M, V = V, T = f32, C = <M as MatrixCommon>::C>> Job<E> {
    /// Loss and gradient of the batch that starts at an interval.
    fn graded(&mut self, first: usize) -> anyhow::Result<(f64, Vec<f32>)> {
        let n = self.batch * GENES;
        let lengths = self.data.lengths(first, self.batch);
        self.field.borrow_mut().start(lengths);
        let starts = self.data.starts(first, self.batch);
        self.start.borrow_mut().copy_from_slice(starts);
        self.problem.eqn.set_params(&self.parameters);
        let mut solver = self.problem.tsit45()?;
        solver.set_stop_time(1.0)?;
        let mut steps = Vec::new();
        loop {
            let reason = solver.step()?;
            steps.push(solver.state_clone());
            if let OdeSolverStopReason::TstopReached = reason {
                break;
            }
        }
        let last = steps.last().context("time 1 is behind time 0")?;
        let mut cotangent = last.zeros_like();
        let mut loss = 0.0;
        let targets = self.data.targets(first, self.batch);
        let ends = last.as_ref().y.batch_as_slice(0).iter();
        let bars = cotangent.as_mut().y.batch_as_mut_slice(0);
        for ((end, target), bar) in ends.zip(targets).zip(bars) {
            let error = end - target;
            loss += f64::from(error * error);
            *bar = 2.0 * error / n as f32;
        }
        let mut gradient = V::zeros(PARAMETERS, Default::default());
        for end in steps.iter().rev() {
            solver.step_vjp(end, &mut cotangent, &mut gradient)?;
        }
        // The slope at the start is a state of its own, and depends on the parameters too.
        let mut gradient = gradient.batch_as_slice(0).to_vec();
        let mut of_start = vec![0.0; PARAMETERS];
        let slope_bar = cotangent.as_ref().dy.batch_as_slice(0);
        let parameters = self.parameters.batch_as_slice(0);
        let mut field = self.field.borrow_mut();
        field.minus_gradient(starts, parameters, slope_bar, &mut of_start);
        for (gradient, minus) in gradient.iter_mut().zip(&of_start) {
            *gradient -= minus;
        }
        Ok((loss / n as f64, gradient))
    }

    fn step(&mut self, first: usize) -> anyhow::Result<()> {
        let (_, gradient) = self.graded(first)?;
        self.adam
            .step(self.parameters.batch_as_mut_slice(0), &gradient);
        Ok(())
    }
}

/// CPU seconds of this process, which has one thread.
fn cpu_seconds() -> anyhow::Result<f64> {
    let text = fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds = text.split_whitespace().next();
    let nanoseconds: u64 = nanoseconds.context("schedstat is empty")?.parse()?;
    Ok(nanoseconds as f64 * 1e-9)
}
