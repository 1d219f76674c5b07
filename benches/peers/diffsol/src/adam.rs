//! Adam with the customary constants.

const RATE: f32 = 1e-3;

pub(crate) struct Adam {
    mean: Vec<f32>,
    square: Vec<f32>,
    steps: i32,
}

impl Adam {
    pub(crate) fn new(n: usize) -> Self {
        Self {
            mean: vec![0.0; n],
            square: vec![0.0; n],
            steps: 0,
        }
    }

    pub(crate) fn step(&mut self, parameters: &mut [f32], gradient: &[f32]) {
        self.steps += 1;
        let (mean_bias, square_bias) = (
            1.0 - 0.9_f32.powi(self.steps),
            1.0 - 0.999_f32.powi(self.steps),
        );
        let moments = self.mean.iter_mut().zip(&mut self.square);
        for ((parameter, &gradient), (mean, square)) in
            parameters.iter_mut().zip(gradient).zip(moments)
        {
            *mean = 0.9 * *mean + 0.1 * gradient;
            *square = 0.999 * *square + 0.001 * gradient * gradient;
            *parameter -= RATE * (*mean / mean_bias) / ((*square / square_bias).sqrt() + 1e-8);
        }
    }
}
