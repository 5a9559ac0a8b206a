//! Pictures as JPEG in memory: for what is kept in the database.

use std::path::Path;

use image::{RgbImage, codecs::jpeg::JpegEncoder};

use super::picture::PictureError;

/// A picture as a JPEG of this quality (1 to 100); `name` is used in errors only.
///
/// # Errors
/// [`PictureError::Format`] for a picture without pixels or one that is too large for a JPEG.
pub fn encode(picture: &RgbImage, quality: u8, name: &str) -> Result<Vec<u8>, PictureError> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode_image(picture)
        .map_err(|source| PictureError::Format {
            path: Path::new(name).to_owned(),
            source,
        })?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::picture;

    #[test]
    fn what_is_written_can_be_read() {
        let grey = RgbImage::from_pixel(40, 30, image::Rgb([120, 120, 120]));
        let bytes = encode(&grey, 90, "grey").unwrap();
        let back = picture::decode(&bytes, "grey").unwrap();
        assert_eq!(back.dimensions(), (40, 30));
        assert!(
            back.pixels()
                .all(|pixel| pixel.0.iter().all(|c| c.abs_diff(120) <= 3))
        );
    }
}
