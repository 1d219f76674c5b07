//! Special functions of distributions. They use `libm` alone, so that a p-value has the same bits on every platform.

mod beta;
mod choose;
mod gamma;
mod lanes;
mod normal;

pub(crate) use beta::clopper_pearson;
pub(crate) use choose::{choose, ln_choose};
pub(crate) use gamma::{ln_lower_gamma, ln_upper_gamma, lower_gamma, minus_ln_1p, upper_gamma};
pub(crate) use lanes::{exp_of_negative, ln_1p_of_share};
pub(crate) use normal::{LN_SQRT_2PI, density, ln_upper_tail, mills_ratio, upper_tail};
