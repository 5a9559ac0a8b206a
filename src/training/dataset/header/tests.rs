//! The header reader against the decoder.

use std::fs;

use proptest::prelude::*;

use super::*;
use crate::{
    frame::{Rgb, RgbImage},
    training::dataset::testing::with_orientation,
};

#[test]
fn says_what_the_decoder_says_for_every_kind_and_orientation() {
    let folder = tempfile::tempdir().unwrap();
    let pixels = RgbImage::from_pixel(23, 11, Rgb([9, 99, 199]));
    for ending in ["jpg", "png", "webp", "gif", "bmp"] {
        let path = folder.path().join(format!("a.{ending}"));
        picture::write(&pixels, &path).unwrap();
        let header = PictureHeader::read(&path).unwrap();
        assert_eq!(header, upright(23, 11), "{ending}");
    }
    let plain = fs::read(folder.path().join("a.jpg")).unwrap();
    for tag in 1..=8 {
        let path = folder.path().join(format!("{tag}.jpg"));
        fs::write(&path, with_orientation(&plain, tag)).unwrap();
        let header = PictureHeader::read(&path).unwrap();
        assert_eq!(header.orientation.tag(), tag);
        assert_eq!(header.stored, (23, 11));
        assert_eq!(
            header.seen(),
            picture::read(&path).unwrap().dimensions(),
            "tag {tag}"
        );
    }
    for tag in [0, 9] {
        let path = folder.path().join("odd.jpg");
        fs::write(&path, with_orientation(&plain, tag)).unwrap();
        assert_eq!(PictureHeader::read(&path).unwrap(), upright(23, 11));
    }
}

#[test]
fn big_endian_exif_in_a_png_chunk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.png");
    picture::write(&RgbImage::new(7, 5), &path).unwrap();
    let plain = fs::read(&path).unwrap();
    let mut tiff = b"MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    tiff.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0");
    let mut chunk = u32::try_from(tiff.len()).unwrap().to_be_bytes().to_vec();
    let mut body = b"eXIf".to_vec();
    body.extend(&tiff);
    chunk.extend(&body);
    chunk.extend(crc32(&body).to_be_bytes());
    // After the signature (8 bytes) and IHDR (25).
    fs::write(&path, [&plain[..33], &chunk, &plain[33..]].concat()).unwrap();
    assert_eq!(PictureHeader::read(&path).unwrap().seen(), (5, 7));
    assert_eq!(picture::read(&path).unwrap().dimensions(), (5, 7));
}

/// The checksum of PNG chunks, bit by bit (PNG third edition, 5.5).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                crc >> 1 ^ 0xedb8_8320
            } else {
                crc >> 1
            }
        })
    })
}

#[test]
fn a_missing_an_empty_and_a_false_picture_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("empty.jpg", "".as_bytes()),
        ("text.png", b"not a picture at all"),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, bytes).unwrap();
        let error = PictureHeader::read(&path).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
    assert!(PictureHeader::read(&folder.path().join("missing.jpg")).is_err());
}

#[test]
fn a_jpeg_without_its_end_is_cut_off() {
    let jpeg = sample(0);
    assert!(!is_cut_off(&jpeg));
    assert!(!is_cut_off(&[jpeg.as_slice(), b"trailer of a phone"].concat()));
    for length in 3..jpeg.len() {
        assert!(is_cut_off(&jpeg[..length]), "{length} of {}", jpeg.len());
    }
    assert!(!is_cut_off(&sample(1)) && !is_cut_off(b""));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(
        kind in 0usize..3,
        cut in 0usize..400,
        changes in prop::collection::vec((0usize..400, any::<u8>()), 0..6),
    ) {
        let mut bytes = sample(kind);
        bytes.truncate(cut.max(12));
        for (at, value) in changes {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
        }
        let _cut = is_cut_off(&bytes);
        let _parsed = parse(&mut std::io::Cursor::new(bytes));
    }
}

fn sample(kind: usize) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(["a.jpg", "a.png", "a.webp"][kind]);
    picture::write(&RgbImage::new(9, 6), &path).unwrap();
    let bytes = fs::read(path).unwrap();
    if kind == 0 {
        with_orientation(&bytes, 6)
    } else {
        bytes
    }
}
