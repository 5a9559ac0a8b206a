//! One register of 8-bit integers beside one of floats: what the kernels of [`Precision::Bytes`] need more.
//!
//! Four bytes, one of each of four inputs, lie where one float would: a *quad*. A register holds a quad for each
//! of its lanes. Products are summed in 32-bit integers, which is exact: the largest sum of a network of this
//! family is some tens of millions.
//!
//! [`Precision::Bytes`]: crate::vision::engine::Precision

use super::vector::{Portable, Vector};

/// A register that also knows integers.
pub(super) trait Bytes: Vector {
    /// As many 32-bit integers, or quads, as there are lanes.
    type Ints: Copy;

    /// # Safety
    /// The processor has the instructions.
    unsafe fn zeros() -> Self::Ints;
    /// # Safety
    /// `from` points to [`Vector::LANES`] readable quads; the processor has the instructions.
    unsafe fn load_quads(from: *const f32) -> Self::Ints;
    /// The same quad in every lane.
    ///
    /// # Safety
    /// `from` points to a readable quad; the processor has the instructions.
    unsafe fn splat_quad(from: *const f32) -> Self::Ints;
    /// `sum` and the four products of the unsigned bytes of `values` with the signed bytes of `weights`.
    ///
    /// # Safety
    /// The processor has the instructions.
    unsafe fn dot(sum: Self::Ints, values: Self::Ints, weights: Self::Ints) -> Self::Ints;
    /// # Safety
    /// The processor has the instructions.
    unsafe fn of_ints(ints: Self::Ints) -> Self;
    /// Rounds numbers from 0 to 255, halves to even, and stores a byte for each.
    ///
    /// # Safety
    /// `to` points to [`Vector::LANES`] writable bytes; the processor has the instructions.
    unsafe fn store_bytes(self, to: *mut u8);
    /// The lane's numbers one by one.
    ///
    /// # Safety
    /// The processor has the instructions.
    #[inline(always)]
    unsafe fn fold(self, start: f32, with: fn(f32, f32) -> f32) -> f32 {
        const MOST: usize = 16;
        let mut numbers = [0.0; MOST];
        // SAFETY: no register has more lanes; the rest is the caller's promise.
        unsafe { self.store(numbers.as_mut_ptr()) }
        numbers.into_iter().take(Self::LANES).fold(start, with)
    }
}

/// The quad at an address.
#[inline(always)]
unsafe fn quad(from: *const f32) -> i32 {
    // SAFETY: the caller's promise.
    unsafe { from.cast::<i32>().read_unaligned() }
}

impl Bytes for Portable {
    type Ints = [i32; 4];

    #[inline(always)]
    unsafe fn zeros() -> [i32; 4] {
        [0; 4]
    }
    #[inline(always)]
    unsafe fn load_quads(from: *const f32) -> [i32; 4] {
        // SAFETY: the caller's promise.
        unsafe { from.cast::<[i32; 4]>().read_unaligned() }
    }
    #[inline(always)]
    unsafe fn splat_quad(from: *const f32) -> [i32; 4] {
        // SAFETY: the caller's promise.
        [unsafe { quad(from) }; 4]
    }
    #[inline(always)]
    unsafe fn dot(sum: [i32; 4], values: [i32; 4], weights: [i32; 4]) -> [i32; 4] {
        std::array::from_fn(|lane| dot_quad(sum[lane], values[lane], weights[lane]))
    }
    #[inline(always)]
    #[expect(
        clippy::cast_precision_loss,
        reason = "rounded like every processor's conversion"
    )]
    unsafe fn of_ints(ints: [i32; 4]) -> Self {
        Self::new(ints.map(|value| value as f32))
    }
    #[inline(always)]
    unsafe fn store_bytes(self, to: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe {
            to.cast::<[u8; 4]>()
                .write_unaligned(self.numbers().map(round_byte));
        }
    }
}

#[inline(always)]
fn dot_quad(sum: i32, values: i32, weights: i32) -> i32 {
    let products = values.to_ne_bytes().into_iter().zip(weights.to_ne_bytes());
    products.fold(sum, |sum, (value, weight)| {
        sum + i32::from(value) * i32::from(weight.cast_signed())
    })
}

/// A number from 0 to 255 as a byte, halves to even.
#[inline(always)]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the number is rounded, and `as` keeps to the range of a byte"
)]
fn round_byte(value: f32) -> u8 {
    value.round_ties_even() as u8
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256i, __m512i, _mm_packus_epi16, _mm_storel_epi64, _mm_storeu_si128, _mm256_add_epi32,
        _mm256_and_si256, _mm256_castsi256_si128, _mm256_cvtepi32_ps, _mm256_cvtps_epi32,
        _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_packs_epi32,
        _mm256_permute4x64_epi64, _mm256_set1_epi16, _mm256_set1_epi32, _mm256_setzero_si256,
        _mm256_slli_epi16, _mm256_srai_epi16, _mm256_srli_epi16, _mm512_cvtepi32_epi8, _mm512_cvtepi32_ps,
        _mm512_cvtps_epi32, _mm512_dpbusd_epi32, _mm512_loadu_si512, _mm512_set1_epi32, _mm512_setzero_si512,
    };

    use super::{
        super::vector::{Avx2, Avx512},
        Bytes, quad,
    };

    // SAFETY of each function: the caller's promise is that of the intrinsic.
    impl Bytes for Avx2 {
        type Ints = __m256i;

        #[inline(always)]
        unsafe fn zeros() -> __m256i {
            unsafe { _mm256_setzero_si256() }
        }
        #[inline(always)]
        unsafe fn load_quads(from: *const f32) -> __m256i {
            unsafe { _mm256_loadu_si256(from.cast()) }
        }
        #[inline(always)]
        unsafe fn splat_quad(from: *const f32) -> __m256i {
            unsafe { _mm256_set1_epi32(quad(from)) }
        }
        #[inline(always)]
        unsafe fn dot(sum: __m256i, values: __m256i, weights: __m256i) -> __m256i {
            // The one instruction that multiplies bytes cuts off sums of two products; words do not overflow.
            unsafe {
                let even = _mm256_and_si256(values, _mm256_set1_epi16(0xFF));
                let odd = _mm256_srli_epi16::<8>(values);
                let even_weights = _mm256_srai_epi16::<8>(_mm256_slli_epi16::<8>(weights));
                let odd_weights = _mm256_srai_epi16::<8>(weights);
                let products = _mm256_add_epi32(
                    _mm256_madd_epi16(even, even_weights),
                    _mm256_madd_epi16(odd, odd_weights),
                );
                _mm256_add_epi32(sum, products)
            }
        }
        #[inline(always)]
        unsafe fn of_ints(ints: __m256i) -> Self {
            Self(unsafe { _mm256_cvtepi32_ps(ints) })
        }
        #[inline(always)]
        unsafe fn store_bytes(self, to: *mut u8) {
            unsafe {
                let ints = _mm256_cvtps_epi32(self.0);
                let words = _mm256_permute4x64_epi64::<0b1000>(_mm256_packs_epi32(ints, ints));
                let low = _mm256_castsi256_si128(words);
                let bytes = _mm_packus_epi16(low, _mm256_extracti128_si256::<1>(words));
                _mm_storel_epi64(to.cast(), bytes);
            }
        }
    }

    // SAFETY of each function: the caller's promise is that of the intrinsic.
    impl Bytes for Avx512 {
        type Ints = __m512i;

        #[inline(always)]
        unsafe fn zeros() -> __m512i {
            unsafe { _mm512_setzero_si512() }
        }
        #[inline(always)]
        unsafe fn load_quads(from: *const f32) -> __m512i {
            unsafe { _mm512_loadu_si512(from.cast()) }
        }
        #[inline(always)]
        unsafe fn splat_quad(from: *const f32) -> __m512i {
            unsafe { _mm512_set1_epi32(quad(from)) }
        }
        #[inline(always)]
        unsafe fn dot(sum: __m512i, values: __m512i, weights: __m512i) -> __m512i {
            unsafe { _mm512_dpbusd_epi32(sum, values, weights) }
        }
        #[inline(always)]
        unsafe fn of_ints(ints: __m512i) -> Self {
            Self(unsafe { _mm512_cvtepi32_ps(ints) })
        }
        #[inline(always)]
        unsafe fn store_bytes(self, to: *mut u8) {
            unsafe { _mm_storeu_si128(to.cast(), _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(self.0))) }
        }
    }
}

#[cfg(target_arch = "aarch64")]
mod arm {
    use super::{
        super::vector::{Neon, Portable, Vector as _},
        Bytes,
    };

    // The integers are those of plain Rust, which the compiler puts into registers.
    // SAFETY of each function: the caller's promise is that of the function called.
    impl Bytes for Neon {
        type Ints = <Portable as Bytes>::Ints;

        #[inline(always)]
        unsafe fn zeros() -> Self::Ints {
            unsafe { Portable::zeros() }
        }
        #[inline(always)]
        unsafe fn load_quads(from: *const f32) -> Self::Ints {
            unsafe { Portable::load_quads(from) }
        }
        #[inline(always)]
        unsafe fn splat_quad(from: *const f32) -> Self::Ints {
            unsafe { Portable::splat_quad(from) }
        }
        #[inline(always)]
        unsafe fn dot(sum: Self::Ints, values: Self::Ints, weights: Self::Ints) -> Self::Ints {
            unsafe { Portable::dot(sum, values, weights) }
        }
        #[inline(always)]
        unsafe fn of_ints(ints: Self::Ints) -> Self {
            unsafe { Self::load(Portable::of_ints(ints).numbers().as_ptr()) }
        }
        #[inline(always)]
        unsafe fn store_bytes(self, to: *mut u8) {
            let mut numbers = [0.0; 4];
            unsafe {
                self.store(numbers.as_mut_ptr());
                Portable::new(numbers).store_bytes(to);
            }
        }
    }
}
