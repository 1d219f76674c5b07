//! Which setting of a grid is taken: a matter of validation error and sparsity alone.

use crate::experiment::tune::Rule;

/// What the runs of one setting measured, by repeat.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Measured {
    pub(crate) validation: Vec<f64>,
    pub(crate) sparsity: Vec<f64>,
}

/// Position of the chosen setting. A setting of which a run is missing, failed or has no finite error (`None`, NaN) is
/// out; `None` if all are. Ties go to the lower error, then to the earlier setting.
pub(crate) fn choose(rule: Rule, grid: &[Option<Measured>]) -> Option<usize> {
    let scored: Vec<Scored> = grid
        .iter()
        .enumerate()
        .filter_map(|(position, measured)| Scored::of(position, measured.as_ref()?))
        .collect();
    let best = scored.iter().min_by(|a, b| {
        a.error
            .total_cmp(&b.error)
            .then(a.position.cmp(&b.position))
    })?;
    let limit = best.error + best.standard_error;
    let chosen =
        match rule {
            Rule::Best => best,
            Rule::SparsestWithinOneSe => scored
                .iter()
                .filter(|point| point.error <= limit)
                .min_by(|a, b| {
                    let sparser = b.sparsity.total_cmp(&a.sparsity);
                    let better = a.error.total_cmp(&b.error);
                    sparser.then(better).then(a.position.cmp(&b.position))
                })?,
        };
    Some(chosen.position)
}

struct Scored {
    position: usize,
    error: f64,
    /// 0 for a single run.
    standard_error: f64,
    sparsity: f64,
}

impl Scored {
    fn of(position: usize, measured: &Measured) -> Option<Self> {
        let n = measured.validation.len() as f64;
        let error = mean(&measured.validation)?;
        let squares: f64 = measured
            .validation
            .iter()
            .map(|value| (value - error).powi(2))
            .sum();
        Some(Self {
            position,
            error,
            standard_error: if n > 1.0 {
                (squares / (n - 1.0) / n).sqrt()
            } else {
                0.0
            },
            sparsity: mean(&measured.sparsity)?,
        })
    }
}

/// The mean of some values, all finite.
fn mean(values: &[f64]) -> Option<f64> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    mean.is_finite().then_some(mean)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(validation: &[f64], sparsity: f64) -> Measured {
        Measured {
            validation: validation.to_vec(),
            sparsity: vec![sparsity; validation.len()],
        }
    }

    #[test]
    fn the_lowest_error_is_best_and_ties_go_to_the_first() {
        let grid = [
            Some(measured(&[2.0], 0.9)),
            Some(measured(&[1.0], 0.1)),
            Some(measured(&[1.0], 0.8)),
            Some(measured(&[f64::NAN], 0.99)),
            None,
        ];
        assert_eq!(choose(Rule::Best, &grid), Some(1));
        assert_eq!(choose(Rule::Best, &grid[3..]), None);
        assert_eq!(choose(Rule::Best, &[]), None);
    }

    #[test]
    fn one_standard_error_buys_sparsity() {
        // The best has mean 2 and standard error 1/√3 = 0.577.
        let best = Some(measured(&[1.0, 2.0, 3.0], 0.5));
        let grid = [
            best.clone(),
            Some(measured(&[2.57; 3], 0.9)),
            Some(measured(&[2.58; 3], 0.99)),
            Some(measured(&[2.1, 2.2, f64::INFINITY], 0.999)),
        ];
        assert_eq!(choose(Rule::SparsestWithinOneSe, &grid), Some(1));
        assert_eq!(choose(Rule::Best, &grid), Some(0));
        // Of equally sparse ones the better.
        let tied = [
            best,
            Some(measured(&[2.5; 3], 0.9)),
            Some(measured(&[2.4; 3], 0.9)),
        ];
        assert_eq!(choose(Rule::SparsestWithinOneSe, &tied), Some(2));
        // A single run has no standard error: the best.
        let single = [Some(measured(&[1.0], 0.5)), Some(measured(&[1.1], 0.9))];
        assert_eq!(choose(Rule::SparsestWithinOneSe, &single), Some(0));
    }
}
