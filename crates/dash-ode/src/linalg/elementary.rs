//! exp and ln for `f32` without branches, so that loops over slices become vector code.
//!
//! Range reduction and minimax polynomials as in W. J. Cody & W. Waite, *Software Manual for the Elementary
//! Functions* (1980), in the single-precision form of S. L. Moshier's Cephes library.

const LN2_HIGH: f32 = 0.693_359_4;
const LN2_LOW: f32 = -2.121_944_4e-4;
/// Adding and subtracting 1.5·2²³ rounds to the nearest integer.
const ROUNDER: f32 = 12_582_912.0;
const EXP_OVERFLOW: f32 = 88.722_83;
const EXP_UNDERFLOW: f32 = -87.336_54;

/// e^x: 1 ULP between −87.3 and 88.7, ∞ above, 0 below, NaN for NaN.
#[inline(always)]
pub(crate) fn exp(x: f32) -> f32 {
    let clamped = x.clamp(EXP_UNDERFLOW, EXP_OVERFLOW);
    // 2^127·2 is not a float: the last step up is taken as 2^126·4.
    let n = (clamped * std::f32::consts::LOG2_E + ROUNDER) - ROUNDER;
    let r = n.mul_add(-LN2_LOW, n.mul_add(-LN2_HIGH, clamped));
    let mut p = 1.987_569_1e-4_f32;
    for c in [
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        0.166_666_65,
        0.5,
    ] {
        p = p.mul_add(r, c);
    }
    let mantissa = p.mul_add(r * r, r) + 1.0;
    let half = (n * 0.5 + ROUNDER) - ROUNDER;
    let value = mantissa * power_of_two(half) * power_of_two(n - half);
    let value = if x > EXP_OVERFLOW {
        f32::INFINITY
    } else {
        value
    };
    let value = if x < EXP_UNDERFLOW { 0.0 } else { value };
    if x.is_nan() { x } else { value }
}

/// 2^n for an integer −126 ≤ n ≤ 127.
#[inline(always)]
fn power_of_two(n: f32) -> f32 {
    // n + ROUNDER holds n in its low bits, so no float-to-integer conversion is needed.
    let bits = (n + ROUNDER).to_bits().wrapping_sub(ROUNDER.to_bits());
    f32::from_bits(bits.wrapping_add(127) << 23)
}

/// ln x: 1 ULP for finite normal x > 0 (1e-7 absolute near 1), anything for other x.
#[inline(always)]
pub(crate) fn ln_normal(x: f32) -> f32 {
    // Split x = m·2^e with m in [√½, √2).
    let bits = x.to_bits();
    let shifted = bits.wrapping_sub(std::f32::consts::FRAC_1_SQRT_2.to_bits());
    let e = shifted.cast_signed() >> 23;
    let m = f32::from_bits(bits.wrapping_sub((e as u32) << 23));
    let e = e as f32;
    let f = m - 1.0;
    let z = f * f;
    let mut p = 7.037_683_6e-2_f32;
    for c in [
        -0.115_146_1,
        0.116_769_98,
        -0.124_201_41,
        0.142_493_23,
        -0.166_680_57,
        0.200_007_15,
        -0.249_999_94,
        0.333_333_3,
    ] {
        p = p.mul_add(f, c);
    }
    let tail = e.mul_add(LN2_LOW, p * f * z);
    e.mul_add(LN2_HIGH, (tail - 0.5 * z) + f)
}

/// ln x: 1 ULP for normal x > 0 (1e-7 absolute near 1), −∞ at 0, NaN below 0, ∞ at ∞. Subnormal x count as 0.
#[inline(always)]
pub(crate) fn ln(x: f32) -> f32 {
    let value = ln_normal(x);
    let value = if x < f32::MIN_POSITIVE {
        f32::NEG_INFINITY
    } else {
        value
    };
    let value = if x < 0.0 { f32::NAN } else { value };
    let value = if x == f32::INFINITY { x } else { value };
    if x.is_nan() { x } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ulps(got: f32, want: f64) -> f64 {
        let nearest = want as f32;
        let spacing = f64::from(nearest.abs().next_up() - nearest.abs());
        (f64::from(got) - want).abs() / spacing
    }

    #[test]
    fn exp_is_within_two_ulps_over_its_range() {
        let mut worst = 0.0_f64;
        for i in -870_000..=887_000 {
            let x = i as f32 * 1e-4;
            worst = worst.max(ulps(exp(x), f64::from(x).exp()));
        }
        assert!(worst <= 2.0, "{worst} ULP");
    }

    #[test]
    fn ln_is_within_two_ulps_or_1e7_over_its_range() {
        for i in 1..2_000_000_u32 {
            for x in [i as f32 * 1e-6, i as f32 * 3.7] {
                let want = f64::from(x).ln();
                let off = (f64::from(ln(x)) - want).abs();
                assert!(
                    off <= 1e-7 || ulps(ln(x), want) <= 2.0,
                    "ln {x}: {} for {want}",
                    ln(x)
                );
            }
        }
    }

    #[test]
    fn the_edges_are_those_of_the_standard_library() {
        assert_eq!(exp(0.0).to_bits(), 1.0_f32.to_bits());
        assert_eq!(exp(100.0).to_bits(), f32::INFINITY.to_bits());
        assert_eq!(exp(-100.0).to_bits(), 0);
        assert!(exp(f32::NAN).is_nan());
        assert_eq!(ln(1.0).to_bits(), 0);
        assert_eq!(ln(0.0).to_bits(), f32::NEG_INFINITY.to_bits());
        assert_eq!(ln(f32::INFINITY).to_bits(), f32::INFINITY.to_bits());
        assert!(ln(-1.0).is_nan() && ln(f32::NAN).is_nan());
    }
}
