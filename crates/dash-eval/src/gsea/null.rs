//! What a sample of the null distribution says of an enrichment score.

use serde::Serialize;

use crate::gsea::Side;
use crate::metric::{Metric, Undefined, null_when_undefined};

/// How p and NES are found from a null sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NullConvention {
    /// fgsea: p = min((1 + #≤ES)/(1 + #≤0), (1 + #≥ES)/(1 + #≥0)), never 0.
    #[default]
    Fgsea,
    /// The GSEA of the Broad Institute and gseapy: the share of null scores of the same sign that are as extreme, which
    /// may be 0.
    Broad,
}

/// How rare an enrichment score is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Significance {
    /// The normalised score: ES over the mean null score of the same sign.
    #[serde(serialize_with = "null_when_undefined")]
    pub nes: Metric,
    /// p.
    #[serde(serialize_with = "null_when_undefined")]
    pub p: Metric,
    /// Null scores of the same sign.
    pub same_sign: usize,
}

/// Fewest null scores of the same sign.
const FEWEST: usize = 10;

/// Share by which rounding may set two scores apart that are equal.
const ROUNDING: f64 = 1e-12;

/// Compares an enrichment score with a null sample in ascending order. With fewer than ten null scores of its sign
/// nothing is said.
pub fn significance(
    es: f64,
    sorted_null: &[f64],
    side: Side,
    convention: NullConvention,
) -> Significance {
    let count = sorted_null.len();
    let below = |bound: f64| sorted_null.partition_point(|null| *null < bound);
    let at_most = |bound: f64| sorted_null.partition_point(|null| *null <= bound);
    let (up, down) = (count - below(es - ROUNDING), at_most(es + ROUNDING));
    let (not_negative, not_positive, negative) = (count - below(0.0), at_most(0.0), below(0.0));
    let is_up = match side {
        Side::Both => es > 0.0 || (es == 0.0 && not_negative >= not_positive),
        Side::Top => true,
        Side::Bottom => false,
    };
    // A score of 0 is counted with the negative ones by fgsea alone.
    let (same_sign, range) = match (is_up, convention) {
        (true, _) => (not_negative, count - not_negative..count),
        (false, NullConvention::Fgsea) => (not_positive, 0..not_positive),
        (false, NullConvention::Broad) => (negative, 0..negative),
    };
    if same_sign < FEWEST {
        let too_few = Err(Undefined::TooFewNullScores);
        return Significance {
            nes: too_few,
            p: too_few,
            same_sign,
        };
    }
    let mean = sorted_null[range].iter().sum::<f64>() / same_sign as f64;
    let nes = if mean == 0.0 {
        Err(Undefined::ZeroVariance)
    } else {
        Ok(es / mean.abs())
    };
    let share = |extreme: usize, all: usize| (1 + extreme) as f64 / (1 + all) as f64;
    let p = match (convention, side) {
        (NullConvention::Broad, _) => (if is_up { up } else { down }) as f64 / same_sign as f64,
        (NullConvention::Fgsea, Side::Both) => {
            share(up, not_negative).min(share(down, not_positive))
        }
        (NullConvention::Fgsea, Side::Top) => share(up, not_negative),
        (NullConvention::Fgsea, Side::Bottom) => share(down, not_positive),
    };
    Significance {
        nes,
        p: Ok(p),
        same_sign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_is_never_zero_and_needs_ten_scores_of_the_sign() {
        let null: Vec<f64> = (-5..20).map(|i| f64::from(i) / 20.0).collect();
        let top = significance(2.0, &null, Side::Both, NullConvention::Fgsea);
        assert_eq!((top.p, top.same_sign), (Ok(1.0 / 21.0), 20));
        let broad = significance(2.0, &null, Side::Both, NullConvention::Broad);
        assert_eq!(broad.p, Ok(0.0));
        let bottom = significance(-2.0, &null, Side::Both, NullConvention::Fgsea);
        assert_eq!(bottom.p, Err(Undefined::TooFewNullScores));
        assert_eq!(bottom.nes, Err(Undefined::TooFewNullScores));
    }
}
