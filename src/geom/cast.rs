//! Conversions from `f32` and between integers that saturate on purpose, in one place.
//!
//! Geometry moves between pixels (integers) and normalised coordinates (floats) all the time; each of
//! these says in its name what happens to values that do not fit, so that no `as` is needed elsewhere.

/// Rounds to the nearest byte; below 0 becomes 0, above 255 becomes 255, NaN becomes 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to the range of u8 first"
)]
#[must_use]
pub fn round_u8(value: f32) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

/// Rounds down to an index; negative values and NaN become 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped below; `as` saturates above"
)]
#[must_use]
pub fn floor_index(value: f32) -> usize {
    value.max(0.0).floor() as usize
}

/// Rounds to the nearest pixel coordinate or length; negative values and NaN become 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped below; `as` saturates above"
)]
#[must_use]
pub fn round_u32(value: f32) -> u32 {
    value.max(0.0).round() as u32
}

/// Rounds to the nearest signed integer, saturating; NaN becomes 0.
#[expect(
    clippy::cast_possible_truncation,
    reason = "`as` saturates, which is what the name promises"
)]
#[must_use]
pub fn round_i32(value: f32) -> i32 {
    value.round() as i32
}

/// Narrows a float, losing precision but never range that pictures have.
#[expect(clippy::cast_possible_truncation, reason = "narrowing is the purpose")]
#[must_use]
pub fn narrow_f32(value: f64) -> f32 {
    value as f32
}

/// Converts a count to `u32`, saturating at `u32::MAX`.
#[must_use]
pub fn saturating_u32(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn out_of_range_values_saturate() {
        assert_eq!(round_u8(-3.0), 0);
        assert_eq!(round_u8(254.5), 255);
        assert_eq!(round_u8(900.0), 255);
        assert_eq!(round_u8(f32::NAN), 0);
        assert_eq!(floor_index(-0.1), 0);
        assert_eq!(floor_index(2.99), 2);
        assert_eq!(round_u32(2.5), 3);
        assert_eq!(round_i32(-2.5), -3);
    }
}
