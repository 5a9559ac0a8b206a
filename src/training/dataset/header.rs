//! Size and orientation of a picture from the first bytes of its file, without decoding it.
//!
//! Reads what [`crate::frame::picture`] applies (tests hold the two against each other), so that thousands
//! of pictures can be looked over in seconds. What this reader does not understand is decoded instead.

use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
    path::Path,
};

use super::{DatasetError, orientation::Orientation};
use crate::frame::picture::{self, PictureError};

/// What the first bytes of a picture file say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureHeader {
    /// Width and height as stored, in pixels.
    pub stored: (u32, u32),
    /// How it has to be turned to be seen upright.
    pub orientation: Orientation,
}

impl PictureHeader {
    /// Width and height as a person sees it.
    #[must_use]
    pub const fn seen(&self) -> (u32, u32) {
        self.orientation.upright_size(self.stored)
    }

    /// The header of a picture that lies in memory; none if it is not understood.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        parse(&mut std::io::Cursor::new(bytes))
    }

    /// Reads the header of a picture file; a kind that is not known here is decoded.
    ///
    /// # Errors
    /// [`DatasetError::Picture`] if the file is missing, empty, too large or no picture.
    pub fn read(path: &Path) -> Result<Self, DatasetError> {
        let io = |source| PictureError::Io {
            path: path.to_owned(),
            source,
        };
        let mut file = BufReader::new(File::open(path).map_err(io)?);
        let header = parse(&mut file).filter(|header| header.stored.0 > 0 && header.stored.1 > 0);
        let Some(header) = header else {
            let (width, height) = picture::read(path)?.dimensions();
            return Ok(Self {
                stored: (width, height),
                orientation: Orientation::UPRIGHT,
            });
        };
        let (width, height) = header.stored;
        if u64::from(width) * u64::from(height) > picture::MAX_PIXELS {
            return Err(PictureError::TooLarge {
                path: path.to_owned(),
                width,
                height,
            }
            .into());
        }
        Ok(header)
    }
}

/// The header of a picture; none if it is not understood.
fn parse(file: &mut (impl Read + Seek)) -> Option<PictureHeader> {
    let magic: [u8; 12] = take(file)?;
    match magic {
        [0xff, 0xd8, 0xff, ..] => jpeg(file),
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => png(file),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P'] => webp(file),
        [b'G', b'I', b'F', b'8', _, b'a', w0, w1, h0, h1, _, _] => Some(upright(
            u32::from(u16::from_le_bytes([w0, w1])),
            u32::from(u16::from_le_bytes([h0, h1])),
        )),
        // BMP comes in many headers and is rare.
        _ => None,
    }
}

const fn upright(width: u32, height: u32) -> PictureHeader {
    PictureHeader {
        stored: (width, height),
        orientation: Orientation::UPRIGHT,
    }
}

fn take<const N: usize>(file: &mut impl Read) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

fn take_vec(file: &mut impl Read, length: u32) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(u64::from(length)).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 == u64::from(length)).then_some(bytes)
}

/// Segments up to the start of the scan (ITU T.81, B.1.1.4).
fn jpeg(file: &mut (impl Read + Seek)) -> Option<PictureHeader> {
    file.seek(SeekFrom::Start(2)).ok()?;
    let mut size = None;
    let mut orientation = None;
    // No camera writes this many segments; a file that does is not to be trusted.
    for _ in 0..10_000 {
        let [first, mut marker] = take(file)?;
        if first != 0xff {
            return None;
        }
        while marker == 0xff {
            [marker] = take(file)?;
        }
        match marker {
            0x01 | 0xd0..=0xd8 => continue,
            // Start of scan or end of image: all headers are behind.
            0xd9 | 0xda => break,
            _ => {}
        }
        let length = u32::from(u16::from_be_bytes(take(file)?)).checked_sub(2)?;
        match marker {
            // Start of frame, all kinds but the three numbers that mean tables.
            0xc0..=0xcf if ![0xc4, 0xc8, 0xcc].contains(&marker) => {
                let [_, h0, h1, w0, w1] = take(file)?;
                let (width, height) = (u16::from_be_bytes([w0, w1]), u16::from_be_bytes([h0, h1]));
                size = Some((u32::from(width), u32::from(height)));
                file.seek_relative(i64::from(length) - 5).ok()?;
            }
            0xe1 => {
                let segment = take_vec(file, length)?;
                if let Some(tiff) = segment.strip_prefix(b"Exif\0\0") {
                    orientation = tiff_orientation(tiff);
                }
            }
            _ => file.seek_relative(i64::from(length)).ok()?,
        }
    }
    Some(PictureHeader {
        stored: size?,
        orientation: orientation.unwrap_or_default(),
    })
}

/// Whether a JPEG ends before its end-of-image marker; other kinds never do, their decoders notice. A decoder
/// of JPEG fills the rest with grey instead.
pub(super) fn is_cut_off(bytes: &[u8]) -> bool {
    if !bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        return false;
    }
    // From segment to segment, because the thumbnail in EXIF has an end of its own.
    let mut at = 2;
    loop {
        let Some(&[0xff, marker, high, low]) = bytes.get(at..at + 4) else {
            return true;
        };
        if marker == 0xda {
            break;
        }
        at += match marker {
            0xff => 1,
            0x01 | 0xd0..=0xd8 => 2,
            _ => 2 + usize::from(u16::from_be_bytes([high, low])),
        };
    }
    let scan = bytes.get(at..).unwrap_or_default();
    !scan.windows(2).any(|pair| pair == [0xff, 0xd9])
}

/// `IHDR`, and `eXIf` if it comes before the pixels (PNG third edition, 5.3).
fn png(file: &mut (impl Read + Seek)) -> Option<PictureHeader> {
    file.seek(SeekFrom::Start(8)).ok()?;
    let mut header = None;
    for _ in 0..10_000 {
        let length = u32::from_be_bytes(take(file)?);
        let kind: [u8; 4] = take(file)?;
        match &kind {
            b"IHDR" => {
                let [w0, w1, w2, w3, h0, h1, h2, h3] = take(file)?;
                let (width, height) = ([w0, w1, w2, w3], [h0, h1, h2, h3]);
                header = Some(upright(u32::from_be_bytes(width), u32::from_be_bytes(height)));
                file.seek_relative(i64::from(length) - 8 + 4).ok()?;
            }
            b"eXIf" if length < 1 << 20 => {
                let orientation = tiff_orientation(&take_vec(file, length)?);
                if let (Some(header), Some(orientation)) = (header.as_mut(), orientation) {
                    header.orientation = orientation;
                }
                file.seek_relative(4).ok()?;
            }
            b"IDAT" | b"IEND" => break,
            _ => file.seek_relative(i64::from(length) + 4).ok()?,
        }
    }
    header
}

/// `VP8X` with an `EXIF` chunk, or one of the two simple forms (RFC 9649, 2.4 to 2.7).
fn webp(file: &mut (impl Read + Seek)) -> Option<PictureHeader> {
    let mut header = None;
    for _ in 0..10_000 {
        // The end of the file ends the search for EXIF.
        let Some(kind) = take::<4>(file) else { break };
        let length = u32::from_le_bytes(take(file)?);
        let padded = i64::from(length) + i64::from(length % 2);
        match &kind {
            b"VP8X" => {
                let [flags, _, _, _, w0, w1, w2, h0, h1, h2] = take(file)?;
                let (width, height) = ([w0, w1, w2, 0], [h0, h1, h2, 0]);
                header = Some(upright(
                    u32::from_le_bytes(width) + 1,
                    u32::from_le_bytes(height) + 1,
                ));
                if flags & 0b1000 == 0 {
                    return header;
                }
                file.seek_relative(padded - 10).ok()?;
            }
            b"VP8 " if header.is_none() => {
                let [_, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1] = take(file)? else {
                    return None;
                };
                // The upper two bits ask for scaling.
                let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
                return Some(upright(side(w0, w1), side(h0, h1)));
            }
            b"VP8L" if header.is_none() => {
                let [0x2f, b0, b1, b2, b3] = take(file)? else {
                    return None;
                };
                let bits = u32::from_le_bytes([b0, b1, b2, b3]);
                return Some(upright((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1));
            }
            b"EXIF" if length < 1 << 20 => {
                let chunk = take_vec(file, length)?;
                if let (Some(header), Some(orientation)) = (header.as_mut(), tiff_orientation(&chunk)) {
                    header.orientation = orientation;
                }
                break;
            }
            _ => file.seek_relative(padded).ok()?,
        }
    }
    header
}

/// The orientation tag of the first directory (TIFF 6.0, section 2).
fn tiff_orientation(tiff: &[u8]) -> Option<Orientation> {
    let little = match tiff.get(..4)? {
        [b'I', b'I', 42, 0] => true,
        [b'M', b'M', 0, 42] => false,
        _ => return None,
    };
    let short = |at: usize| -> Option<u16> {
        let bytes = [*tiff.get(at)?, *tiff.get(at + 1)?];
        Some(if little {
            u16::from_le_bytes(bytes)
        } else {
            u16::from_be_bytes(bytes)
        })
    };
    let long = |at: usize| -> Option<u32> {
        let (first, second) = (u32::from(short(at)?), u32::from(short(at + 2)?));
        Some(if little {
            first | second << 16
        } else {
            first << 16 | second
        })
    };
    let directory = usize::try_from(long(4)?).ok()?;
    let entries = usize::from(short(directory)?);
    for entry in 0..entries {
        let at = directory.saturating_add(2 + entry * 12);
        if short(at)? == 0x0112 && short(at + 2)? == 3 && long(at + 4)? == 1 {
            return Orientation::from_exif(short(at + 8)?);
        }
    }
    None
}

#[cfg(test)]
mod tests;
