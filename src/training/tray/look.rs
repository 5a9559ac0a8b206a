//! What a photo is compared by: 64 signs that stay when it is made smaller, brighter or saved anew.

use crate::frame::{RgbImage, imageops};

/// Photos that differ in at most so many of the 64 signs look alike.
pub const ALIKE_BITS: u32 = 5;

/// The difference hash: whether each cell of a 9 x 8 copy is brighter than its right neighbour.
///
/// # Source
/// Krawetz, "Kind of Like That" (2013).
#[must_use]
pub fn look_hash(picture: &RgbImage) -> u64 {
    // Twice, because one step from a large photo to nine columns would look at few of its pixels.
    let middle = imageops::thumbnail(picture, 72, 64);
    let small = imageops::resize(&middle, 9, 8, imageops::FilterType::Triangle);
    let grey = |x: u32, y: u32| super::plane::luma(small.get_pixel(x, y).0);
    let mut hash = 0;
    for y in 0..8 {
        for x in 0..8 {
            hash = hash << 1 | u64::from(grey(x, y) > grey(x + 1, y));
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Rgb;

    #[test]
    fn darker_to_the_right_is_all_ones() {
        let slope = RgbImage::from_fn(90, 80, |x, _| Rgb([u8::try_from(200 - 2 * x).unwrap(); 3]));
        assert_eq!(look_hash(&slope), u64::MAX);
        assert_eq!(look_hash(&imageops::flip_horizontal(&slope)), 0);
        let small = imageops::thumbnail(&slope, 45, 40);
        assert_eq!(look_hash(&small), u64::MAX);
    }
}
