//! The discrete Fourier transform of 2^q values.

use std::f64::consts::PI;

/// A complex number.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Complex {
    pub(crate) re: f64,
    pub(crate) im: f64,
}

/// The transform `z_f = Σ_u z_u e^{2πi·uf/G}` of G = 2^q values; the same bits on every platform.
pub(crate) struct Fft {
    /// e^{2πi·f/G} for f below G/2.
    roots: Vec<Complex>,
}

impl Fft {
    /// The transform of `len` values, a power of two of at least 2.
    pub(crate) fn new(len: usize) -> Self {
        assert!(
            len.is_power_of_two() && len >= 2,
            "the length is a power of two"
        );
        let root = |f: usize| {
            let (im, re) = libm::sincos(2.0 * PI * f as f64 / len as f64);
            Complex { re, im }
        };
        Self {
            roots: (0..len / 2).map(root).collect(),
        }
    }

    /// Transforms in place.
    pub(crate) fn transform(&self, values: &mut [Complex]) {
        let len = 2 * self.roots.len();
        assert_eq!(
            values.len(),
            len,
            "the length is the one that was asked for"
        );
        let shift = len.leading_zeros() + 1;
        for i in 0..len {
            let j = i.reverse_bits() >> shift;
            if i < j {
                values.swap(i, j);
            }
        }
        let mut half = 1;
        while half < len {
            let step = len / (2 * half);
            for block in values.chunks_exact_mut(2 * half) {
                let (low, high) = block.split_at_mut(half);
                let roots = self.roots.iter().step_by(step);
                for ((a, b), root) in low.iter_mut().zip(high).zip(roots) {
                    let turned = Complex {
                        re: b.re * root.re - b.im * root.im,
                        im: b.re * root.im + b.im * root.re,
                    };
                    *b = Complex {
                        re: a.re - turned.re,
                        im: a.im - turned.im,
                    };
                    a.re += turned.re;
                    a.im += turned.im;
                }
            }
            half *= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn it_is_the_sum_that_defines_it() {
        let values: Vec<Complex> = (0..16)
            .map(|u| Complex {
                re: f64::from(u * u % 7),
                im: f64::from(u % 5) - 1.5,
            })
            .collect();
        let mut transformed = values.clone();
        Fft::new(16).transform(&mut transformed);
        for (f, found) in transformed.iter().enumerate() {
            let (mut re, mut im) = (0.0, 0.0);
            for (u, value) in values.iter().enumerate() {
                let (s, c) = (2.0 * PI * (u * f) as f64 / 16.0).sin_cos();
                re += value.re * c - value.im * s;
                im += value.re * s + value.im * c;
            }
            assert_relative_eq!(found.re, re, epsilon = 1e-12);
            assert_relative_eq!(found.im, im, epsilon = 1e-12);
        }
    }
}
