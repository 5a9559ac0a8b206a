//! Pictures as the bytes of a file, for those who name the file by what is in it.

use image::{
    ExtendedColorType, ImageEncoder as _, RgbImage, RgbaImage,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
};

/// The picture as a JPEG file; `quality` from 1 to 100. None if it is wider or higher than 65 535 pixels.
#[must_use]
pub fn jpeg(picture: &RgbImage, quality: u8) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality.clamp(1, 100))
        .encode(
            picture.as_raw(),
            picture.width(),
            picture.height(),
            ExtendedColorType::Rgb8,
        )
        .ok()?;
    Some(bytes)
}

/// The picture with its transparency as a PNG file; none if it has no pixels.
#[must_use]
pub fn png_with_alpha(picture: &RgbaImage) -> Option<Vec<u8>> {
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
    use crate::frame::{Rgb, Rgba, picture};

    #[test]
    fn what_is_written_is_read_again() {
        let plain = RgbImage::from_pixel(9, 5, Rgb([200, 100, 50]));
        let again = picture::decode(&jpeg(&plain, 95).unwrap(), "x").unwrap();
        assert_eq!(again.dimensions(), (9, 5));
        assert!(
            again
                .get_pixel(4, 2)
                .0
                .iter()
                .zip([200, 100, 50])
                .all(|(a, b)| a.abs_diff(b) < 4)
        );
        let glass = RgbaImage::from_pixel(3, 2, Rgba([1, 2, 3, 0]));
        let bytes = png_with_alpha(&glass).unwrap();
        assert_eq!(
            picture::decode(&bytes, "x").unwrap().get_pixel(0, 0).0,
            [255; 3],
            "transparent is white for those who want no transparency"
        );
    }
}
