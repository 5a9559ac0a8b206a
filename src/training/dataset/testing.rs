//! Small data sets for the tests of this room.

/// Puts an EXIF segment with this orientation right after the start of a JPEG (Exif 2.32, 4.5.4).
pub(super) fn with_orientation(jpeg: &[u8], tag: u8) -> Vec<u8> {
    // Little endian, the first directory at byte 8, one entry: tag 0x0112, one SHORT; no further directory.
    let mut tiff = b"II\x2a\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    tiff.extend([tag, 0, 0, 0, 0, 0, 0, 0]);
    let mut segment = vec![0xff, 0xe1, 0, u8::try_from(2 + 6 + tiff.len()).unwrap()];
    segment.extend(b"Exif\0\0");
    segment.extend(tiff);
    [&jpeg[..2], &segment, &jpeg[2..]].concat()
}

/// Boxes are equal but for rounding.
pub(super) fn assert_box(found: [f64; 4], expected: [f64; 4], what: &str) {
    let is_same = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-9);
    assert!(is_same, "{what}: {found:?} is not {expected:?}");
}
