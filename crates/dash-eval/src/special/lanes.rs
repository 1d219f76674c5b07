//! Functions of many numbers at a time: without a branch or call, so that loops over them become vectors.

use std::f64::consts::{LN_2, LOG2_E, SQRT_2};

/// ln 2, the first part short enough that its products with exponents are exact.
const LN_2_PARTS: [f64; 2] = [6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10];

/// Added to a number it rounds it to an integer, which the last bits then hold.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// Below it eˣ is no normal number.
const LOWEST: f64 = -708.0;

/// eˣ for x ≤ 0, to a relative error of 4e−16; e⁻⁷⁰⁸ below −708.
#[inline(always)]
pub(crate) fn exp_of_negative(x: f64) -> f64 {
    let x = x.max(LOWEST);
    let shifted = x * LOG2_E + ROUND;
    let power = shifted - ROUND;
    let rest = (x - power * LN_2_PARTS[0]) - power * LN_2_PARTS[1];
    // Taylor: |rest| ≤ ln 2/2, whose 14th term is below the rounding.
    let mut sum = 1.0 / 6_227_020_800.0;
    for coefficient in [
        1.0 / 479_001_600.0,
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ] {
        sum = sum * rest + coefficient;
    }
    // 2^power: the low bits of `shifted` hold it as an integer.
    sum * f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52)
}

/// ln(1 + x) for 0 ≤ x ≤ 1, to a relative error of 4e−16.
#[inline(always)]
pub(crate) fn ln_1p_of_share(x: f64) -> f64 {
    // ln(1 + x), or ln((1 + x)/2) + ln 2, by 2 artanh(y), whose argument is below 0.172 either way.
    let is_large = x > SQRT_2 - 1.0;
    let (above, below, ln) = if is_large {
        (x - 1.0, x + 3.0, LN_2)
    } else {
        (x, x + 2.0, 0.0)
    };
    let y = above / below;
    let square = y * y;
    let mut sum = 1.0 / 23.0;
    for odd in [21.0, 19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0] {
        sum = sum * square + 1.0 / odd;
    }
    ln + (2.0 * y + 2.0 * y * (square * sum))
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn it_is_the_logarithm() {
        for step in 0..=10_000 {
            let x = f64::from(step) / 10_000.0;
            for x in [x, x * 1e-9] {
                assert_relative_eq!(ln_1p_of_share(x), libm::log1p(x), max_relative = 4e-16);
            }
        }
        let edge = SQRT_2 - 1.0;
        for x in [edge, edge.next_up(), f64::MIN_POSITIVE] {
            assert_relative_eq!(ln_1p_of_share(x), libm::log1p(x), max_relative = 4e-16);
        }
    }

    #[test]
    fn it_is_the_exponential_function() {
        for step in 0..70_000 {
            let x = -f64::from(step) * 0.010_1;
            assert_relative_eq!(exp_of_negative(x), libm::exp(x), max_relative = 4e-16);
        }
        assert_relative_eq!(
            exp_of_negative(-1e9),
            libm::exp(-708.0),
            max_relative = 4e-16
        );
        assert_relative_eq!(exp_of_negative(-1e-20), 1.0);
    }
}
