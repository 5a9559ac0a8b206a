//! Pictures as the wild holds them.

use std::{fs, io::Cursor};

use image::{ImageBuffer, ImageFormat, Luma, Rgb, Rgba};

use super::*;

/// A 40 x 20 picture, red on its left half, blue on its right.
fn two_halves() -> RgbImage {
    RgbImage::from_fn(40, 20, |x, _| {
        if x < 20 {
            Rgb([250, 0, 0])
        } else {
            Rgb([0, 0, 250])
        }
    })
}

fn jpeg_of(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

/// Puts an EXIF segment with this orientation right after the start-of-image marker (Exif 2.3, 4.5.4).
fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let tiff: [u8; 26] = [
        b'I',
        b'I',
        42,
        0,
        8,
        0,
        0,
        0, // little endian, first directory at byte 8
        1,
        0, // one entry
        0x12,
        0x01,
        3,
        0,
        1,
        0,
        0,
        0,
        orientation,
        0,
        0,
        0, // tag 0x0112, one SHORT
        0,
        0,
        0,
        0, // no further directory
    ];
    let mut segment = vec![0xff, 0xe1, 0, u8::try_from(2 + 6 + tiff.len()).unwrap()];
    segment.extend(b"Exif\0\0");
    segment.extend(tiff);
    [&jpeg[..2], &segment, &jpeg[2..]].concat()
}

fn is_red(picture: &RgbImage, x: u32, y: u32) -> bool {
    let [r, _, b] = picture.get_pixel(x, y).0;
    r > 150 && b < 100
}

#[test]
fn exif_orientation_is_applied_once() {
    let jpeg = jpeg_of(&two_halves());
    let upright = decode(&with_orientation(&jpeg, 1), "1.jpg").unwrap();
    assert_eq!(upright.dimensions(), (40, 20));
    assert!(is_red(&upright, 5, 10));
    // 3: half a turn; red is on the right.
    let turned = decode(&with_orientation(&jpeg, 3), "3.jpg").unwrap();
    assert!(is_red(&turned, 35, 10) && !is_red(&turned, 5, 10));
    // 6: a quarter turn clockwise to be seen upright; the left half becomes the top.
    let portrait = decode(&with_orientation(&jpeg, 6), "6.jpg").unwrap();
    assert_eq!(portrait.dimensions(), (20, 40));
    assert!(is_red(&portrait, 10, 5) && !is_red(&portrait, 10, 35));
    // 8: the other way round.
    let portrait = decode(&with_orientation(&jpeg, 8), "8.jpg").unwrap();
    assert!(is_red(&portrait, 10, 35) && !is_red(&portrait, 10, 5));
}

#[test]
fn the_same_orientation_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("photo.jpg");
    fs::write(&path, with_orientation(&jpeg_of(&two_halves()), 6)).unwrap();
    assert_eq!(read(&path).unwrap().dimensions(), (20, 40));
    assert_eq!(read_rgba(&path).unwrap().dimensions(), (20, 40));
}

#[test]
fn a_picture_under_the_name_of_another_format_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("really-a.png");
    fs::write(&path, jpeg_of(&two_halves())).unwrap();
    assert_eq!(read(&path).unwrap().dimensions(), (40, 20));
}

#[test]
fn sixteen_bits_and_grey_become_eight_bit_rgb() {
    let mut bytes = Cursor::new(Vec::new());
    let deep: ImageBuffer<Luma<u16>, Vec<u16>> = ImageBuffer::from_pixel(3, 2, Luma([0x8000]));
    deep.write_to(&mut bytes, ImageFormat::Png).unwrap();
    let picture = decode(bytes.get_ref(), "deep.png").unwrap();
    assert_eq!(picture.get_pixel(1, 1).0, [128, 128, 128]);
}

#[test]
fn transparent_parts_become_white() {
    let mut bytes = Cursor::new(Vec::new());
    let glass = RgbaImage::from_fn(2, 1, |x, _| Rgba([0, 0, 0, if x == 0 { 0 } else { 255 }]));
    glass.write_to(&mut bytes, ImageFormat::Png).unwrap();
    let picture = decode(bytes.get_ref(), "glass.png").unwrap();
    assert_eq!(
        (picture.get_pixel(0, 0).0, picture.get_pixel(1, 0).0),
        ([255; 3], [0; 3])
    );
}

#[test]
fn of_an_animation_the_first_picture_is_taken() {
    let mut bytes = Vec::new();
    {
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
        for colour in [[255, 0, 0, 255], [0, 0, 255, 255]] {
            let frame = image::Frame::new(RgbaImage::from_pixel(8, 8, Rgba(colour)));
            encoder.encode_frame(frame).unwrap();
        }
    }
    assert!(is_red(&decode(&bytes, "moving.gif").unwrap(), 4, 4));
}

/// The header of a PNG, without any pixels behind it (PNG specification, section 11.2.2).
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(width.to_be_bytes());
    chunk.extend(height.to_be_bytes());
    chunk.extend([8, 2, 0, 0, 0]);
    let mut crc = u32::MAX;
    for byte in &chunk {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            };
        }
    }
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    png.extend(13u32.to_be_bytes());
    png.extend(&chunk);
    png.extend((!crc).to_be_bytes());
    png.extend([0, 0, 0, 0, b'I', b'D', b'A', b'T', 0x35, 0xaf, 0x06, 0x1e]);
    png
}

#[test]
fn a_gigantic_picture_is_refused_before_it_is_decoded() {
    let error = decode(&png_header(20_000, 20_000), "huge.png").unwrap_err();
    assert!(
        matches!(
            error,
            PictureError::TooLarge {
                width: 20_000,
                height: 20_000,
                ..
            }
        ),
        "{error}"
    );
    assert!(error.to_string().contains("20000 x 20000"));
}

#[test]
fn nothing_text_and_half_a_picture_are_refused() {
    assert!(matches!(decode(b"", "none.jpg"), Err(PictureError::Empty { .. })));
    assert!(matches!(
        decode(b"hello, this is a letter", "letter.jpg"),
        Err(PictureError::Format { .. })
    ));
    let jpeg = jpeg_of(&two_halves());
    assert!(decode(&jpeg[..jpeg.len() / 4], "half.jpg").is_err());
    let error = read(Path::new("/nowhere/at/all.png")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot read the picture /nowhere/at/all.png: there is no such file; check its name and folder"
    );
}

#[test]
fn a_telephone_s_heic_is_refused_in_a_sentence() {
    let mut bytes = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec();
    bytes.resize(64, 0);
    let error = decode(&bytes, "IMG_1.HEIC").unwrap_err();
    assert!(matches!(error, PictureError::Heic { .. }), "{error}");
    assert!(error.to_string().contains("save the photo as JPEG"), "{error}");
}
