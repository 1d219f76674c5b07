//! The order of scores, as integers.

const SIGN: u64 = 1 << 63;

/// An integer that orders as the score does; −0 and 0 have the same. The score is not NaN.
pub(crate) fn key(score: f64) -> u64 {
    let bits = (score + 0.0).to_bits();
    if bits & SIGN == 0 { bits | SIGN } else { !bits }
}

/// The score of a key.
pub(crate) fn value(key: u64) -> f64 {
    f64::from_bits(if key & SIGN == 0 { !key } else { key & !SIGN })
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "a key loses nothing")]
mod tests {
    use super::*;

    #[test]
    fn keys_order_as_scores_do() {
        let ordered = [
            f64::NEG_INFINITY,
            -2.0,
            -1e-310,
            0.0,
            1e-310,
            1.0,
            1.0 + f64::EPSILON,
            f64::INFINITY,
        ];
        for pair in ordered.windows(2) {
            assert!(key(pair[0]) < key(pair[1]));
        }
        for score in ordered {
            assert_eq!(value(key(score)), score);
        }
        assert_eq!(key(-0.0), key(0.0));
    }
}
