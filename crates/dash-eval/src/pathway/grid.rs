//! Scores on a grid: its step and window, and the transforms of the scores' histogram.

use crate::pathway::Population;
use crate::pathway::fft::{Complex, Fft};
use crate::pathway::pearson3::pearson3_tail;

/// Fewest and most points of a grid.
const POINTS: (f64, f64) = (8192.0, 1_048_576.0);

/// Step in units of the scores' standard deviation.
const STEP: f64 = 0.05;

/// Chance of a sum beyond the window.
const BEYOND: f64 = 1e-13;

/// Step and number of points of a grid for the sums of at most k scores, none of which is negative.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    step: f64,
    /// G = 2^q.
    pub(crate) points: usize,
    is_lattice: bool,
}

impl Shape {
    /// For sums of at most `largest` of the scores; `None` if it would have too many points.
    pub(crate) fn new(scores: &[f64], population: &Population, largest: usize) -> Option<Self> {
        let window = window(scores, population, largest);
        match lattice(scores).map(|unit| (unit, window / unit + 2.0)) {
            Some((unit, points)) if points <= POINTS.1 => Some(Self {
                step: unit,
                points: (points as usize).next_power_of_two(),
                is_lattice: true,
            }),
            _ => {
                let points = window / (STEP * population.spread()) + 2.0;
                if points > POINTS.1 {
                    return None;
                }
                let points = (points.max(POINTS.0) as usize).next_power_of_two();
                Some(Self {
                    step: window / (points - 2) as f64,
                    points,
                    is_lattice: false,
                })
            }
        }
    }
}

/// A grid with the scores' power sums.
pub(crate) struct Grid {
    /// Distance of two points.
    pub(crate) step: f64,
    /// Whether every score is on a point, so that no sum is blurred.
    pub(crate) is_lattice: bool,
    pub(crate) fft: Fft,
    /// `P_m(f)` for m = 1, 2, ….
    power_sums: Vec<Vec<Complex>>,
}

impl Grid {
    /// The grid with `powers` power sums.
    pub(crate) fn new(scores: &[f64], shape: Shape, powers: usize) -> Self {
        let Shape {
            step,
            points,
            is_lattice,
        } = shape;
        let fft = Fft::new(points);
        let places: Vec<f64> = scores.iter().map(|score| score / step).collect();
        Self {
            step,
            is_lattice,
            power_sums: power_sums(&places, points, powers, &fft),
            fft,
        }
    }

    /// Number of points, G.
    pub(crate) fn points(&self) -> usize {
        self.power_sums[0].len()
    }

    /// `P_m(f) = Σ_j e^{2πi·m·f·u_j/G}` of scores at `u_j`, for all frequencies f below G.
    pub(crate) fn power_sum(&self, m: usize) -> &[Complex] {
        &self.power_sums[m - 1]
    }
}

/// Sums that the grid holds: all, or those below a bound that is hardly ever exceeded.
fn window(scores: &[f64], population: &Population, largest: usize) -> f64 {
    let mut sorted = scores.to_vec();
    sorted.sort_unstable_by(|a, b| b.total_cmp(a));
    let most: f64 = sorted[..largest].iter().sum();
    let size = largest as f64;
    let typical = size * population.mean + 12.0 * size.sqrt() * population.spread();
    let mut window = typical + 3.0 * sorted[0];
    let moments = population.sum_moments(largest).ok();
    let beyond = |window: f64| {
        let moments = moments?;
        Some(pearson3_tail(
            moments.z(window).ok()?,
            moments.skewness.ok()?,
        ))
    };
    while window < most && beyond(window).is_some_and(|p| p > BEYOND) {
        window *= 2.0;
    }
    window.min(most)
}

/// The largest unit of which all scores are multiples, if they are integers.
fn lattice(scores: &[f64]) -> Option<f64> {
    const LARGEST: f64 = 9e15;
    let divisor = scores.iter().try_fold(0_u64, |divisor, &score| {
        (score.fract() == 0.0 && score < LARGEST).then(|| greatest_divisor(divisor, score as u64))
    })?;
    (divisor > 0).then_some(divisor as f64)
}

fn greatest_divisor(a: u64, b: u64) -> u64 {
    if b == 0 {
        a
    } else {
        greatest_divisor(b, a % b)
    }
}

/// `P_m` of scores at the given places for m up to `powers`, two of them with one transform.
///
/// The places `m·u_j` are divided over points by themselves, for every m: as multiples of rounded places they would be m
/// times as coarse.
fn power_sums(places: &[f64], points: usize, powers: usize, fft: &Fft) -> Vec<Vec<Complex>> {
    let mut sums = Vec::with_capacity(powers + 1);
    for m in (1..=powers).step_by(2) {
        let mut both = vec![Complex::default(); points];
        for place in places {
            divide(m as f64 * place, points, |point, share| {
                both[point].re += share;
            });
            divide((m + 1) as f64 * place, points, |point, share| {
                both[point].im += share;
            });
        }
        fft.transform(&mut both);
        let halves = |f: usize| {
            let (a, b) = (both[f], both[(points - f) & (points - 1)]);
            let real = Complex {
                re: 0.5 * (a.re + b.re),
                im: 0.5 * (a.im - b.im),
            };
            let imaginary = Complex {
                re: 0.5 * (a.im + b.im),
                im: 0.5 * (b.re - a.re),
            };
            (real, imaginary)
        };
        let (odd, even) = (0..points).map(halves).unzip();
        sums.extend([odd, even]);
    }
    sums
}

/// Divides a place over the nearest point and its neighbours so that mean and mean square are kept; beyond the last
/// point comes the first.
fn divide(place: f64, points: usize, mut add: impl FnMut(usize, f64)) {
    let nearest = place.round();
    let off = place - nearest;
    let point = nearest as usize & (points - 1);
    add(point, 1.0 - off * off);
    add((point + 1) & (points - 1), 0.5 * (off * off + off));
    add((point + points - 1) & (points - 1), 0.5 * (off * off - off));
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn integers_lie_on_points() {
        let scores = [0.0, 6.0, 9.0, 3.0, 30.0];
        assert_eq!(lattice(&scores), Some(3.0));
        assert_eq!(lattice(&[0.0, 0.5]), None);
        assert_eq!(lattice(&[0.0, 0.0]), None);
        let shape = Shape::new(&scores, &Population::new(&scores).unwrap(), 2).unwrap();
        let grid = Grid::new(&scores, shape, 3);
        assert!(grid.is_lattice);
        for (m, f) in [(1, 3), (2, 5), (3, 7)] {
            let angle = |score: &f64| {
                std::f64::consts::TAU * (m * f) as f64 * score / 3.0 / grid.points() as f64
            };
            let found = grid.power_sum(m)[f];
            assert_relative_eq!(
                found.re,
                scores.iter().map(|score| angle(score).cos()).sum::<f64>(),
                epsilon = 1e-12
            );
            assert_relative_eq!(
                found.im,
                scores.iter().map(|score| angle(score).sin()).sum::<f64>(),
                epsilon = 1e-12
            );
        }
    }

    #[test]
    fn mean_and_mean_square_of_other_places_are_kept() {
        for place in [3.0, 3.2, 3.5, 3.9] {
            let mut moments = [0.0; 3];
            divide(place, 8, |point, share| {
                for (power, moment) in (0..).zip(&mut moments) {
                    *moment += share * (point as f64).powi(power);
                }
            });
            for (power, moment) in (0..).zip(moments) {
                assert_relative_eq!(moment, place.powi(power), max_relative = 1e-14);
            }
        }
        // Around the end.
        let mut points = Vec::new();
        divide(7.7, 8, |point, _| points.push(point));
        assert_eq!(points, [0, 1, 7]);
    }
}
