//! One place that turns on the machine's vector instructions.

/// No vector instructions beyond those that every machine has.
pub(crate) const PLAIN: u8 = 0;
/// AVX2 and FMA.
pub(crate) const AVX2: u8 = 1;
/// AVX-512 (F, VL, BW, DQ).
pub(crate) const AVX512: u8 = 2;

/// A piece of hot code. `run` must be `#[inline(always)]`, so that it is compiled once for every level of vector
/// instructions. All versions give the same bits, since fused multiply–add rounds once in each.
pub trait Kernel {
    /// Whether AVX-512 makes it faster. What the compiler turns into vectors by itself it makes no faster, often slower.
    const GAINS_BY_AVX512: bool = false;

    /// Does the work. `LEVEL` tells which instructions are there: 0 none beyond every machine's, 1 AVX2, 2 AVX-512.
    fn run<const LEVEL: u8>(self);
}

/// Runs a kernel with the best instructions that the machine has.
#[inline]
pub fn vectorised<K: Kernel>(kernel: K) {
    #[cfg(target_arch = "x86_64")]
    {
        let level = level();
        #[expect(
            unsafe_code,
            reason = "calling code compiled for instructions that were detected"
        )]
        // SAFETY: the features that the functions are compiled for are present.
        unsafe {
            match level {
                AVX512 if K::GAINS_BY_AVX512 => return run_avx512(kernel),
                AVX2.. => return run_avx2(kernel),
                _ => {}
            }
        }
    }
    kernel.run::<PLAIN>();
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn level() -> u8 {
    use std::arch::is_x86_feature_detected as has;
    if !(has!("avx2") && has!("fma")) {
        PLAIN
    } else if has!("avx512f") && has!("avx512vl") && has!("avx512bw") && has!("avx512dq") {
        AVX512
    } else {
        AVX2
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_avx2<K: Kernel>(kernel: K) {
    kernel.run::<AVX2>();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma,avx512f,avx512vl,avx512bw,avx512dq")]
fn run_avx512<K: Kernel>(kernel: K) {
    kernel.run::<AVX512>();
}
