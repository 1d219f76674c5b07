//! One place that turns on the machine's vector instructions.

/// A piece of hot code. `run` must be `#[inline(always)]`, so that it is compiled once with and once without
/// vector instructions. Both versions give the same bits, since fused multiply–add rounds once in either.
pub(crate) trait Kernel {
    /// `AVX2` tells whether AVX2 and FMA instructions are there.
    fn run<const AVX2: bool>(self);
}

/// Runs a kernel with AVX2 and FMA where the machine has them.
#[inline]
pub(crate) fn vectorised<K: Kernel>(kernel: K) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
        #[expect(
            unsafe_code,
            reason = "calling code compiled for instructions that were just detected"
        )]
        // SAFETY: the features that the function is compiled for are present.
        unsafe {
            run_avx2(kernel);
        }
        return;
    }
    kernel.run::<false>();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_avx2<K: Kernel>(kernel: K) {
    kernel.run::<true>();
}
