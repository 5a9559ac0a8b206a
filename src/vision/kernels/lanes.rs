//! Reading and writing whole and ragged vector registers, and the pass over one row of channels.

use pulp::Simd;

/// The first register's worth of `values`, with zeros behind a shorter slice.
#[inline(always)]
pub(super) fn load<S: Simd>(simd: S, values: &[f32]) -> S::f32s {
    match S::as_simd_f32s(values).0.first() {
        Some(&whole) => whole,
        None => simd.partial_load_f32s(values),
    }
}

/// Writes `value` to the start of `out`, as much of it as there is room for.
#[inline(always)]
pub(super) fn store<S: Simd>(simd: S, out: &mut [f32], value: S::f32s) {
    if out.len() >= S::F32_LANES {
        if let Some(whole) = S::as_mut_simd_f32s(out).0.first_mut() {
            *whole = value;
        }
    } else {
        simd.partial_store_f32s(out, value);
    }
}

/// `value` clamped; a NaN stays NaN.
#[inline(always)]
pub(super) fn clamp<S: Simd>(simd: S, value: S::f32s, [low, high]: [S::f32s; 2]) -> S::f32s {
    simd.min_f32s(high, simd.max_f32s(low, value))
}

/// `grad` where `low < value < high`, zero elsewhere.
#[inline(always)]
pub(super) fn inside<S: Simd>(simd: S, grad: S::f32s, value: S::f32s, [low, high]: [S::f32s; 2]) -> S::f32s {
    let above = simd.less_than_f32s(low, value);
    let below = simd.less_than_f32s(value, high);
    simd.select_f32s(simd.and_m32s(above, below), grad, simd.splat_f32s(0.0))
}

/// No clamping at all.
pub(super) const UNCLAMPED: [f32; 2] = [f32::NEG_INFINITY, f32::INFINITY];

/// Adds `values` to `sums`, element by element.
pub(super) fn add_to(sums: &mut [f32], values: &[f32]) {
    for (sum, &value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}
