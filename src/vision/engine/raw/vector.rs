//! One register of `f32` numbers: the few operations that the kernels need, for each instruction set.
//!
//! The kernels are written once over [`Vector`] and compiled once an instruction set, inside functions that
//! switch its instructions on (see `kernels`). Everything here is inlined into those; calling it from
//! elsewhere on a machine without the instructions is undefined behaviour.

/// A register.
pub(super) trait Vector: Copy {
    /// Numbers in a register.
    const LANES: usize;
    /// Most rows of a tile that is 1, 2, 3 or 4 registers wide: what the register file holds.
    const MAX_ROWS: [usize; 4];

    /// # Safety
    /// `from` points to [`Vector::LANES`] readable numbers; the processor has the instructions.
    unsafe fn load(from: *const f32) -> Self;
    /// # Safety
    /// `to` points to [`Vector::LANES`] writable numbers; the processor has the instructions.
    unsafe fn store(self, to: *mut f32);
    /// # Safety
    /// The processor has the instructions.
    unsafe fn splat(value: f32) -> Self;
    /// `self * factor + sum`.
    ///
    /// # Safety
    /// The processor has the instructions.
    unsafe fn mul_add(self, factor: Self, sum: Self) -> Self;
    /// # Safety
    /// The processor has the instructions.
    unsafe fn add(self, other: Self) -> Self;
    /// The numbers, none below `low` or above `high`; what is no number stays so.
    ///
    /// # Safety
    /// The processor has the instructions.
    unsafe fn clamp(self, low: Self, high: Self) -> Self;
}

/// Four numbers in plain Rust, which the compiler turns into whatever the target always has.
#[derive(Clone, Copy)]
pub(super) struct Portable([f32; 4]);

impl Portable {
    pub(super) const fn new(numbers: [f32; 4]) -> Self {
        Self(numbers)
    }

    pub(super) const fn numbers(self) -> [f32; 4] {
        self.0
    }
}

impl Vector for Portable {
    const LANES: usize = 4;
    const MAX_ROWS: [usize; 4] = [6, 4, 3, 0];

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: the caller's promise.
        Self(unsafe { from.cast::<[f32; 4]>().read_unaligned() })
    }
    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: the caller's promise.
        unsafe { to.cast::<[f32; 4]>().write_unaligned(self.0) }
    }
    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Self([value; 4])
    }
    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, sum: Self) -> Self {
        // Not `f32::mul_add`: without the instruction that is a slow function call for each number.
        let (a, b, c) = (self.0, factor.0, sum.0);
        Self([
            a[0] * b[0] + c[0],
            a[1] * b[1] + c[1],
            a[2] * b[2] + c[2],
            a[3] * b[3] + c[3],
        ])
    }
    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        let (a, b) = (self.0, other.0);
        Self([a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3]])
    }
    #[inline(always)]
    unsafe fn clamp(self, low: Self, high: Self) -> Self {
        let one = |i: usize| {
            let raised = if low.0[i] > self.0[i] { low.0[i] } else { self.0[i] };
            if high.0[i] < raised { high.0[i] } else { raised }
        };
        Self([one(0), one(1), one(2), one(3)])
    }
}

#[cfg(target_arch = "x86_64")]
pub(super) use x86::{Avx2, Avx512};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256, __m512, _mm256_add_ps, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_max_ps, _mm256_min_ps,
        _mm256_set1_ps, _mm256_storeu_ps, _mm512_add_ps, _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_max_ps,
        _mm512_min_ps, _mm512_set1_ps, _mm512_storeu_ps,
    };

    use super::Vector;

    /// Eight numbers.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Avx2(pub(in super::super) __m256);

    // SAFETY of each function: the caller's promise is that of the intrinsic.
    impl Vector for Avx2 {
        const LANES: usize = 8;
        const MAX_ROWS: [usize; 4] = [12, 6, 3, 2];

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            Self(unsafe { _mm256_loadu_ps(from) })
        }
        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            unsafe { _mm256_storeu_ps(to, self.0) }
        }
        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            Self(unsafe { _mm256_set1_ps(value) })
        }
        #[inline(always)]
        unsafe fn mul_add(self, factor: Self, sum: Self) -> Self {
            Self(unsafe { _mm256_fmadd_ps(self.0, factor.0, sum.0) })
        }
        #[inline(always)]
        unsafe fn add(self, other: Self) -> Self {
            Self(unsafe { _mm256_add_ps(self.0, other.0) })
        }
        #[inline(always)]
        unsafe fn clamp(self, low: Self, high: Self) -> Self {
            Self(unsafe { _mm256_min_ps(high.0, _mm256_max_ps(low.0, self.0)) })
        }
    }

    /// Sixteen numbers.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Avx512(pub(in super::super) __m512);

    // SAFETY of each function: the caller's promise is that of the intrinsic.
    impl Vector for Avx512 {
        const LANES: usize = 16;
        const MAX_ROWS: [usize; 4] = [14, 12, 9, 6];

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            Self(unsafe { _mm512_loadu_ps(from) })
        }
        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            unsafe { _mm512_storeu_ps(to, self.0) }
        }
        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            Self(unsafe { _mm512_set1_ps(value) })
        }
        #[inline(always)]
        unsafe fn mul_add(self, factor: Self, sum: Self) -> Self {
            Self(unsafe { _mm512_fmadd_ps(self.0, factor.0, sum.0) })
        }
        #[inline(always)]
        unsafe fn add(self, other: Self) -> Self {
            Self(unsafe { _mm512_add_ps(self.0, other.0) })
        }
        #[inline(always)]
        unsafe fn clamp(self, low: Self, high: Self) -> Self {
            Self(unsafe { _mm512_min_ps(high.0, _mm512_max_ps(low.0, self.0)) })
        }
    }
}

#[cfg(target_arch = "aarch64")]
pub(super) use arm::Neon;

#[cfg(target_arch = "aarch64")]
mod arm {
    use std::arch::aarch64::{
        float32x4_t, vaddq_f32, vdupq_n_f32, vfmaq_f32, vld1q_f32, vmaxq_f32, vminq_f32, vst1q_f32,
    };

    use super::Vector;

    /// Four numbers. Tested under emulation, not yet run on such a machine by us.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Neon(pub(in super::super) float32x4_t);

    // SAFETY of each function: the caller's promise is that of the intrinsic.
    impl Vector for Neon {
        const LANES: usize = 4;
        const MAX_ROWS: [usize; 4] = [14, 12, 8, 6];

        #[inline(always)]
        unsafe fn load(from: *const f32) -> Self {
            Self(unsafe { vld1q_f32(from) })
        }
        #[inline(always)]
        unsafe fn store(self, to: *mut f32) {
            unsafe { vst1q_f32(to, self.0) }
        }
        #[inline(always)]
        unsafe fn splat(value: f32) -> Self {
            Self(unsafe { vdupq_n_f32(value) })
        }
        #[inline(always)]
        unsafe fn mul_add(self, factor: Self, sum: Self) -> Self {
            Self(unsafe { vfmaq_f32(sum.0, self.0, factor.0) })
        }
        #[inline(always)]
        unsafe fn add(self, other: Self) -> Self {
            Self(unsafe { vaddq_f32(self.0, other.0) })
        }
        #[inline(always)]
        unsafe fn clamp(self, low: Self, high: Self) -> Self {
            Self(unsafe { vminq_f32(vmaxq_f32(self.0, low.0), high.0) })
        }
    }
}
