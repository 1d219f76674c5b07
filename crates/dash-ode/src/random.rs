//! Random numbers whose bits do not depend on the platform.

use ndarray::{Array2, ShapeBuilder as _};
use ndarray_rand::RandomExt as _;
use ndarray_rand::rand_distr::Distribution;
use rand::{Rng, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// Generator number `stream` of a seed. Streams of one seed are independent of each other.
pub fn stream(seed: u64, stream: u64) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(stream);
    rng
}

/// The normal law N(mean, sd²), sampled by the polar method through `libm`.
///
/// The usual samplers call the C library, whose last bits differ between platforms.
///
/// # Reference
/// G. Marsaglia & T. A. Bray, SIAM Review 6 (1964) 260–264.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normal {
    /// Mean.
    pub mean: f64,
    /// Standard deviation, ≥ 0.
    pub sd: f64,
}

impl Distribution<f64> for Normal {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        loop {
            let x = 2.0 * rng.random::<f64>() - 1.0;
            let y = 2.0 * rng.random::<f64>() - 1.0;
            let s = x * x + y * y;
            if s > 0.0 && s < 1.0 {
                return self.mean + self.sd * x * (-2.0 * libm::log(s) / s).sqrt();
            }
        }
    }
}

/// A matrix with orthonormal columns if it is tall, orthonormal rows if it is wide: QR of a normal matrix with a
/// positive diagonal of R, hence uniform over such matrices.
pub(crate) fn orthogonal(rows: usize, columns: usize, rng: &mut impl Rng) -> Array2<f64> {
    if rows < columns {
        return orthogonal(columns, rows, rng).reversed_axes();
    }
    let mut q = Array2::random_using((rows, columns).f(), Normal { mean: 0.0, sd: 1.0 }, rng);
    for j in 0..columns {
        // Twice is enough for orthogonality to rounding.
        for _ in 0..2 {
            for i in 0..j {
                let (left, mut right) = q.view_mut().split_at(ndarray::Axis(1), j);
                let (base, mut column) = (left.column(i), right.column_mut(0));
                let overlap = base.dot(&column);
                column.scaled_add(-overlap, &base);
            }
        }
        let norm = q.column(j).dot(&q.column(j)).sqrt();
        q.column_mut(j).mapv_inplace(|x| x / norm);
    }
    q
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normals_have_their_moments() {
        let mut rng = stream(1, 0);
        let x: Vec<f64> = (0..200_000)
            .map(|_| Normal { mean: 2.0, sd: 3.0 }.sample(&mut rng))
            .collect();
        let n = x.len() as f64;
        let mean = x.iter().sum::<f64>() / n;
        let moment = |p: i32| x.iter().map(|v| ((v - mean) / 3.0).powi(p)).sum::<f64>() / n;
        assert!((mean - 2.0).abs() < 0.03);
        assert!(
            (moment(2) - 1.0).abs() < 0.02
                && moment(3).abs() < 0.03
                && (moment(4) - 3.0).abs() < 0.1
        );
    }

    #[test]
    fn orthogonal_matrices_are_orthogonal() {
        for (rows, columns) in [(30, 7), (7, 30), (5, 5)] {
            let q = orthogonal(rows, columns, &mut stream(2, 0));
            let gram = if rows < columns {
                q.dot(&q.t())
            } else {
                q.t().dot(&q)
            };
            let identity = Array2::<f64>::eye(rows.min(columns));
            assert!((gram - identity).iter().all(|d| d.abs() < 1e-13));
        }
    }

    #[test]
    fn streams_of_one_seed_differ() {
        assert_ne!(stream(1, 0).random::<u64>(), stream(1, 1).random::<u64>());
    }
}
