//! The hard-concrete law: a number in [0, 1] that is exactly 0 or exactly 1 with positive probability.
//!
//! With logit ln α, temperature β and stretch (γ, ζ) = (−0.1, 1.1).
//!
//! # Reference
//! C. Louizos, M. Welling & D. P. Kingma, *Learning sparse neural networks through L0 regularization*, ICLR 2018.

/// Lower end γ of the stretched interval.
const LOW: f64 = -0.1;
/// Upper end ζ of the stretched interval.
const HIGH: f64 = 1.1;
/// The temperature β that strategies train with.
pub const TEMPERATURE: f64 = 2.0 / 3.0;

/// A gate and its derivative with respect to ln α.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gate {
    /// z in [0, 1].
    pub value: f64,
    /// dz/d ln α, 0 where z is clamped.
    pub slope: f64,
}

/// The gate of a training step: z = clamp(s(ζ−γ)+γ, 0, 1) with s = σ((ln u − ln(1−u) + ln α)/β), for `uniform` u in
/// (0, 1).
///
/// # Reference
/// Louizos et al. 2018, equations 10 and 11.
pub fn sample(log_alpha: f64, uniform: f64, temperature: f64) -> Gate {
    let noise = libm::log(uniform) - libm::log(1.0 - uniform);
    let s = logistic((noise + log_alpha) / temperature);
    stretch(s, 1.0 / temperature)
}

/// The gate at test time, without chance: z = clamp(σ(ln α)(ζ−γ)+γ, 0, 1). Exactly 0 from ln α = −ln 11 ≈ −2.4 down.
///
/// # Reference
/// Louizos et al. 2018, equation 13.
pub fn deterministic(log_alpha: f64) -> Gate {
    stretch(logistic(log_alpha), 1.0)
}

/// The probability that the gate of a training step is not 0, σ(ln α − β ln(−γ/ζ)), and its derivative.
///
/// # Reference
/// Louizos et al. 2018, equation 12.
pub fn open_probability(log_alpha: f64, temperature: f64) -> Gate {
    let value = logistic(log_alpha - temperature * libm::log(-LOW / HIGH));
    let slope = value * (1.0 - value);
    Gate { value, slope }
}

/// `rate`: derivative of the logit of s with respect to ln α.
fn stretch(s: f64, rate: f64) -> Gate {
    let stretched = s * (HIGH - LOW) + LOW;
    let inside = stretched > 0.0 && stretched < 1.0;
    Gate {
        value: stretched.clamp(0.0, 1.0),
        slope: if inside {
            (HIGH - LOW) * rate * s * (1.0 - s)
        } else {
            0.0
        },
    }
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-x))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_are_those_of_the_values() {
        let h = 1e-6;
        let checks: [fn(f64) -> Gate; 4] = [
            |x| sample(x, 0.3, TEMPERATURE),
            |x| sample(x, 0.62, 0.5),
            deterministic,
            |x| open_probability(x, TEMPERATURE),
        ];
        for gate in checks {
            for log_alpha in [-4.0, -1.3, -0.2, 0.4, 1.1, 5.0] {
                let numeric = (gate(log_alpha + h).value - gate(log_alpha - h).value) / (2.0 * h);
                assert!((gate(log_alpha).slope - numeric).abs() < 1e-8);
            }
        }
    }

    #[test]
    fn closed_gates_are_exactly_zero_and_as_frequent_as_their_probability_says() {
        let ends = [-2.5, 2.5].map(|x| deterministic(x).value.to_bits());
        assert_eq!(ends, [0.0, 1.0].map(f64::to_bits));
        let n = 20_000;
        let open = (0..n)
            .filter(|&i| sample(-1.0, (f64::from(i) + 0.5) / f64::from(n), TEMPERATURE).value > 0.0)
            .count();
        let share = open as f64 / f64::from(n);
        assert!((share - open_probability(-1.0, TEMPERATURE).value).abs() < 1e-4);
    }
}
