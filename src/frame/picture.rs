//! The one reader of picture files: bounded in size, EXIF orientation applied once, always 8-bit RGB out.

use std::{
    fs::File,
    io::{BufRead, BufReader, Cursor, ErrorKind, Seek},
    path::{Path, PathBuf},
};

use image::{DynamicImage, ImageDecoder as _, ImageError, ImageReader, Limits, RgbImage, RgbaImage};

/// Pictures with more pixels than this are refused: a phone makes 50 megapixels at most, and a decoder
/// must not be talked into allocating gigabytes.
pub const MAX_PIXELS: u64 = 100_000_000;

/// Why a picture could not be read.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The file could not be opened or read.
    #[error("cannot read the picture {path}: {}", advice(source))]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file has no bytes.
    #[error("the picture {path} is empty (0 bytes); take it again or choose another")]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The content is no picture of a kind that is read here.
    #[error("{path} is not a picture that can be read (JPEG, PNG, WebP, GIF and BMP can): {source}")]
    Format {
        /// The file.
        path: PathBuf,
        /// What the decoder said.
        source: ImageError,
    },
    /// A photo in the format of some telephones, for which there is no free decoder.
    #[error(
        "{path} is a HEIC photo, which cannot be read here; set the telephone to \"most compatible\" or save the photo as JPEG"
    )]
    Heic {
        /// The file.
        path: PathBuf,
    },
    /// The picture has too many pixels.
    #[error(
        "the picture {path} is too large ({width} x {height} pixels, at most 100 million); make it smaller"
    )]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
}

/// What kept a file from being read, and what to do about it.
fn advice(source: &std::io::Error) -> String {
    let kind = source.kind();
    if kind == ErrorKind::NotFound {
        "there is no such file; check its name and folder".to_owned()
    } else if kind == ErrorKind::PermissionDenied {
        "this program may not read it; change its permissions or copy it to another folder".to_owned()
    } else {
        format!("{source}; copy it to a folder of this machine")
    }
}

/// Reads a picture as a person sees it: EXIF orientation applied, 8-bit RGB. Transparent parts become
/// white; of an animation the first picture is taken.
///
/// # Errors
/// [`PictureError`], naming the file and what to do.
pub fn read(path: &Path) -> Result<RgbImage, PictureError> {
    let decoded = read_dynamic(path)?;
    if decoded.color().has_alpha() {
        return Ok(flatten_on_white(&decoded.to_rgba8()));
    }
    Ok(decoded.to_rgb8())
}

/// Reads a picture with its alpha channel, EXIF orientation applied: for cut-outs.
///
/// # Errors
/// [`PictureError`], naming the file and what to do.
pub fn read_rgba(path: &Path) -> Result<RgbaImage, PictureError> {
    Ok(read_dynamic(path)?.to_rgba8())
}

/// Decodes one JPEG, PNG, WebP, GIF or BMP from memory as [`read`] does; `name` is used in errors only.
///
/// # Errors
/// [`PictureError`], with `name` in the place of the path.
pub fn decode(bytes: &[u8], name: &str) -> Result<RgbImage, PictureError> {
    let path = Path::new(name);
    if bytes.is_empty() {
        return Err(PictureError::Empty {
            path: path.to_owned(),
        });
    }
    let decoded = decode_from(Cursor::new(bytes), path)?;
    if decoded.color().has_alpha() {
        return Ok(flatten_on_white(&decoded.to_rgba8()));
    }
    Ok(decoded.to_rgb8())
}

/// Writes a picture; the format follows the file name's extension (png, jpg, webp, bmp).
///
/// # Errors
/// [`PictureError::Format`] if the extension is unknown or the file cannot be written.
pub fn write(picture: &RgbImage, path: &Path) -> Result<(), PictureError> {
    picture.save(path).map_err(|source| PictureError::Format {
        path: path.to_owned(),
        source,
    })
}

/// A picture as the bytes of a JPEG, as cameras send it; quality goes from 1 to 100.
///
/// # Errors
/// [`PictureError::Format`] if the picture is too large for a JPEG.
pub fn to_jpeg(picture: &RgbImage, quality: u8) -> Result<Vec<u8>, PictureError> {
    let mut bytes = Vec::new();
    picture
        .write_with_encoder(image::codecs::jpeg::JpegEncoder::new_with_quality(
            &mut bytes, quality,
        ))
        .map_err(|source| PictureError::Format {
            path: "a JPEG in memory".into(),
            source,
        })?;
    Ok(bytes)
}

fn read_dynamic(path: &Path) -> Result<DynamicImage, PictureError> {
    let io = |source| PictureError::Io {
        path: path.to_owned(),
        source,
    };
    let file = File::open(path).map_err(io)?;
    if file.metadata().map_err(io)?.len() == 0 {
        return Err(PictureError::Empty {
            path: path.to_owned(),
        });
    }
    decode_from(BufReader::new(file), path)
}

fn decode_from(mut reader: impl BufRead + Seek, path: &Path) -> Result<DynamicImage, PictureError> {
    let format = |source| PictureError::Format {
        path: path.to_owned(),
        source,
    };
    let io = |source| PictureError::Io {
        path: path.to_owned(),
        source,
    };
    if reader.fill_buf().is_ok_and(is_heic) {
        return Err(PictureError::Heic {
            path: path.to_owned(),
        });
    }
    let mut reader = ImageReader::new(reader).with_guessed_format().map_err(io)?;
    let mut limits = Limits::default();
    // 16-bit RGBA takes 8 bytes a pixel; the pixel count itself is checked below, before decoding.
    limits.max_alloc = Some(MAX_PIXELS * 8);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(format)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(PictureError::TooLarge {
            path: path.to_owned(),
            width,
            height,
        });
    }
    let orientation = decoder.orientation().map_err(format)?;
    let mut decoded = DynamicImage::from_decoder(decoder).map_err(format)?;
    decoded.apply_orientation(orientation);
    Ok(decoded)
}

/// Whether a file begins as HEIF does: a box "ftyp" whose brand is one of those for HEVC pictures.
fn is_heic(start: &[u8]) -> bool {
    let brands: [&[u8]; 8] = [
        b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1",
    ];
    start.get(4..8) == Some(b"ftyp") && start.get(8..12).is_some_and(|brand| brands.contains(&brand))
}

fn flatten_on_white(picture: &RgbaImage) -> RgbImage {
    let mut flat = RgbImage::new(picture.width(), picture.height());
    for (out, pixel) in flat.pixels_mut().zip(picture.pixels()) {
        let [r, g, b, a] = pixel.0.map(u32::from);
        // Integer "over" on white, rounded to nearest.
        let over = |c: u32| u8::try_from((c * a + 255 * (255 - a) + 127) / 255).unwrap_or(u8::MAX);
        out.0 = [over(r), over(g), over(b)];
    }
    flat
}

#[cfg(test)]
mod tests;
