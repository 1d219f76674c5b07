//! The learning rate over time.

use super::Plateau;

/// A learning rate that falls by a factor after some epochs without improvement, and can start anew.
#[derive(Clone, Debug)]
pub(crate) struct Rate {
    rule: Plateau,
    start: f64,
    pub(crate) current: f64,
    best: f64,
    waited: usize,
}

impl Rate {
    pub(crate) fn new(rule: Plateau, start: f64) -> Self {
        Self {
            rule,
            start,
            current: start,
            best: f64::INFINITY,
            waited: 0,
        }
    }

    /// Takes in the validation error of an epoch.
    pub(crate) fn observe(&mut self, validation: f64) {
        if validation < self.best - self.rule.threshold {
            self.best = validation;
            self.waited = 0;
            return;
        }
        self.waited += 1;
        if self.waited >= self.rule.patience {
            self.current = (self.current * self.rule.factor).max(self.rule.floor.min(self.current));
            self.waited = 0;
        }
    }

    /// Back to the start, as after a pruning step.
    pub(crate) fn reset(&mut self) {
        *self = Self::new(self.rule, self.start);
    }

    /// Half the rate from here on, resets included, as after a divergence.
    pub(crate) fn halve(&mut self) {
        self.start /= 2.0;
        self.current /= 2.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_falls_after_the_patience_down_to_the_floor_and_starts_anew() {
        let mut rate = Rate::new(
            Plateau {
                factor: 0.5,
                patience: 3,
                threshold: 0.1,
                floor: 0.3,
            },
            1.0,
        );
        rate.observe(5.0);
        for (validation, expected) in [
            (4.95, 1.0),
            (4.92, 1.0),
            (4.93, 0.5),
            (4.0, 0.5),
            (4.0, 0.5),
            (4.0, 0.5),
            (4.0, 0.3),
        ] {
            rate.observe(validation);
            assert!(
                (rate.current - expected).abs() < 1e-15,
                "{validation}: {}",
                rate.current
            );
        }
        rate.reset();
        assert!((rate.current - 1.0).abs() < 1e-15);
        rate.halve();
        rate.reset();
        assert!((rate.current - 0.5).abs() < 1e-15);
    }
}
