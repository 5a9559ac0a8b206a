//! From the bytes of a camera to RGB.
//!
//! # Source
//! YUV to RGB by ITU-R BT.601 with limited range (Y 16 to 235, U and V 16 to 240), which USB cameras send,
//! in 8-bit fixed point: 298 = 256 * 255/219, 409, 100, 208 and 516 likewise.

use crate::frame::{RgbImage, picture};

use super::{CaptureError, Encoding};

/// Decodes one picture of a camera. Bytes after the picture, which drivers leave there, are ignored.
///
/// # Errors
/// [`CaptureError::BadFrame`] if the bytes are no whole picture.
pub fn decode(encoding: Encoding, width: u32, height: u32, bytes: &[u8]) -> Result<RgbImage, CaptureError> {
    let pixels = match encoding {
        Encoding::Mjpeg => return decode_mjpeg(bytes),
        Encoding::Yuyv => from_yuyv(whole(bytes, width, height, 4, 2)?),
        Encoding::Nv12 => from_nv12(whole(bytes, width, height, 3, 2)?, width, height),
        Encoding::Rgb => whole(bytes, width, height, 3, 1)?.to_vec(),
        Encoding::Bgr => from_bgr(whole(bytes, width, height, 3, 1)?),
        Encoding::Gray => whole(bytes, width, height, 1, 1)?
            .iter()
            .flat_map(|light| [*light; 3])
            .collect(),
    };
    RgbImage::from_raw(width, height, pixels).ok_or_else(|| CaptureError::BadFrame {
        reason: format!("its size {width} x {height} is odd"),
    })
}

/// The first `width * height * bytes_per / pixels_per` bytes.
fn whole(
    bytes: &[u8],
    width: u32,
    height: u32,
    bytes_per: u64,
    pixels_per: u64,
) -> Result<&[u8], CaptureError> {
    let needed = u64::from(width) * u64::from(height) * bytes_per / pixels_per;
    let part = usize::try_from(needed)
        .ok()
        .and_then(|needed| bytes.get(..needed));
    part.ok_or_else(|| CaptureError::BadFrame {
        reason: format!("{} bytes instead of {needed}", bytes.len()),
    })
}

fn decode_mjpeg(bytes: &[u8]) -> Result<RgbImage, CaptureError> {
    let with_tables = if has_huffman_table(bytes) {
        None
    } else {
        Some(mark_as_mjpeg(bytes))
    };
    let decoded = picture::decode(with_tables.as_deref().unwrap_or(bytes), "of the camera");
    decoded.map_err(|error| CaptureError::BadFrame {
        reason: error.to_string(),
    })
}

/// Whether a JPEG brings a Huffman table before its data. Many cameras leave out the standard ones.
fn has_huffman_table(bytes: &[u8]) -> bool {
    let mut at = 2;
    while let Some(&[0xff, marker, high, low]) = bytes.get(at..at + 4) {
        match marker {
            0xc4 => return true,
            0xda => return false,
            _ => at += 2 + usize::from(u16::from_be_bytes([high, low])),
        }
    }
    // Not a JPEG that can be followed; the decoder will say what is wrong.
    true
}

/// Adds the application segment by which decoders know that the standard Huffman tables are meant.
fn mark_as_mjpeg(bytes: &[u8]) -> Vec<u8> {
    let (start, rest) = bytes.split_at(bytes.len().min(2));
    [start, b"\xff\xe0\x00\x07AVI1\x00", rest].concat()
}

fn from_yuyv(bytes: &[u8]) -> Vec<u8> {
    let (pairs, _) = bytes.as_chunks::<4>();
    let mut rgb = Vec::with_capacity(pairs.len() * 6);
    for &[first, u, second, v] in pairs {
        rgb.extend_from_slice(&yuv_to_rgb(first, u, v));
        rgb.extend_from_slice(&yuv_to_rgb(second, u, v));
    }
    rgb
}

fn from_nv12(bytes: &[u8], width: u32, height: u32) -> Vec<u8> {
    let (columns, rows) = (width as usize, height as usize);
    let (light, colour) = bytes.split_at(columns * rows);
    let mut rgb = Vec::with_capacity(light.len() * 3);
    for (row, line) in light.chunks_exact(columns.max(1)).enumerate() {
        let (pairs, _) = colour[row / 2 * columns..].as_chunks::<2>();
        for (two, &[u, v]) in line.chunks(2).zip(pairs) {
            for &y in two {
                rgb.extend_from_slice(&yuv_to_rgb(y, u, v));
            }
        }
    }
    rgb
}

fn from_bgr(bytes: &[u8]) -> Vec<u8> {
    let (pixels, _) = bytes.as_chunks::<3>();
    pixels
        .iter()
        .flat_map(|&[blue, green, red]| [red, green, blue])
        .collect()
}

fn yuv_to_rgb(y: u8, u: u8, v: u8) -> [u8; 3] {
    let light = 298 * (i32::from(y) - 16) + 128;
    let (u, v) = (i32::from(u) - 128, i32::from(v) - 128);
    let channel = |value: i32| u8::try_from((value >> 8).clamp(0, 255)).unwrap_or(u8::MAX);
    [
        channel(light + 409 * v),
        channel(light - 100 * u - 208 * v),
        channel(light + 516 * u),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    use crate::frame::Rgb;

    #[test]
    fn colours_by_hand() {
        // BT.601 limited range: black, white, and the primaries as the standard gives them.
        assert_eq!(yuv_to_rgb(16, 128, 128), [0, 0, 0]);
        assert_eq!(yuv_to_rgb(235, 128, 128), [255, 255, 255]);
        assert_eq!(yuv_to_rgb(126, 128, 128), [128, 128, 128]);
        let close = |a: [u8; 3], b: [u8; 3]| a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= 2);
        assert!(
            close(yuv_to_rgb(81, 90, 240), [255, 0, 0]),
            "{:?}",
            yuv_to_rgb(81, 90, 240)
        );
        assert!(
            close(yuv_to_rgb(145, 54, 34), [0, 255, 0]),
            "{:?}",
            yuv_to_rgb(145, 54, 34)
        );
        assert!(
            close(yuv_to_rgb(41, 240, 110), [0, 0, 255]),
            "{:?}",
            yuv_to_rgb(41, 240, 110)
        );
    }

    #[test]
    fn yuyv_shares_colour_between_two_pixels() {
        // White and black beside each other, then trailing bytes of the driver.
        let picture = decode(Encoding::Yuyv, 2, 1, &[235, 128, 16, 128, 9, 9]).unwrap();
        assert_eq!(picture.as_raw(), &[255, 255, 255, 0, 0, 0]);
    }

    #[test]
    fn nv12_shares_colour_between_four_pixels() {
        // 4 x 2: the left block red by U and V, the right block grey.
        let bytes = [81, 81, 126, 126, 81, 81, 16, 235, 90, 240, 128, 128];
        let picture = decode(Encoding::Nv12, 4, 2, &bytes).unwrap();
        for (x, y) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let Rgb([red, green, blue]) = *picture.get_pixel(x, y);
            assert!(red > 250 && green < 5 && blue < 5);
        }
        assert_eq!(picture.get_pixel(2, 0).0, [128; 3]);
        assert_eq!(picture.get_pixel(2, 1).0, [0; 3]);
        assert_eq!(picture.get_pixel(3, 1).0, [255; 3]);
    }

    #[test]
    fn plain_bytes_keep_their_order() {
        assert_eq!(
            decode(Encoding::Rgb, 1, 1, &[1, 2, 3]).unwrap().as_raw(),
            &[1, 2, 3]
        );
        assert_eq!(
            decode(Encoding::Bgr, 1, 1, &[1, 2, 3]).unwrap().as_raw(),
            &[3, 2, 1]
        );
        assert_eq!(decode(Encoding::Gray, 1, 1, &[7]).unwrap().as_raw(), &[7, 7, 7]);
    }

    #[test]
    fn mjpeg_with_and_without_tables() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.jpg");
        picture::write(&RgbImage::from_pixel(16, 8, Rgb([200, 30, 60])), &path).unwrap();
        let jpeg = std::fs::read(&path).unwrap();
        let mut stripped = jpeg[..2].to_vec();
        let mut at = 2;
        loop {
            let length = 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
            match jpeg[at + 1] {
                0xda => break,
                // The camera sends neither the tables nor the JFIF header.
                0xc4 | 0xe0 => {}
                _ => stripped.extend_from_slice(&jpeg[at..at + length]),
            }
            at += length;
        }
        stripped.extend_from_slice(&jpeg[at..]);
        stripped.extend_from_slice(&[0; 100]);
        assert!(stripped.len() < jpeg.len());
        let whole = decode(Encoding::Mjpeg, 16, 8, &jpeg).unwrap();
        assert_eq!(decode(Encoding::Mjpeg, 16, 8, &stripped).unwrap(), whole);
        assert!(whole.get_pixel(3, 3).0[0].abs_diff(200) < 6);
    }

    #[test]
    fn damaged_pictures_are_passing_errors() {
        for encoding in [
            Encoding::Mjpeg,
            Encoding::Yuyv,
            Encoding::Nv12,
            Encoding::Rgb,
            Encoding::Gray,
        ] {
            let error = decode(encoding, 64, 64, &[0xff, 0xd8, 0xff]).unwrap_err();
            assert!(error.is_passing(), "{error}");
            assert!(decode(encoding, 64, 64, &[]).is_err());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..200), width in 0u32..12, height in 0u32..12,
        ) {
            let all =
                [Encoding::Mjpeg, Encoding::Yuyv, Encoding::Nv12, Encoding::Rgb, Encoding::Bgr, Encoding::Gray];
            for encoding in all {
                if let Ok(picture) = decode(encoding, width, height, &bytes) {
                    prop_assert!(encoding == Encoding::Mjpeg || picture.dimensions() == (width, height));
                }
            }
        }
    }
}
