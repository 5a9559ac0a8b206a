//! Cut-outs as PNG files in memory, transparency and all.

use image::{ExtendedColorType, ImageEncoder as _, RgbaImage, codecs::png::PngEncoder};

/// The picture with its transparency as a PNG file; none if it has no pixels.
#[must_use]
pub fn with_alpha(picture: &RgbaImage) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes)
        .write_image(
            picture.as_raw(),
            picture.width(),
            picture.height(),
            ExtendedColorType::Rgba8,
        )
        .ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Rgba, picture};

    #[test]
    fn what_is_transparent_is_white_for_those_who_want_none() {
        let glass = RgbaImage::from_pixel(3, 2, Rgba([1, 2, 3, 0]));
        let bytes = with_alpha(&glass).unwrap();
        let read = picture::decode(&bytes, "x").unwrap();
        assert_eq!(read.dimensions(), (3, 2));
        assert_eq!(read.get_pixel(0, 0).0, [255; 3]);
    }
}
