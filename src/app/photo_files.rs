//! The folder of photos: files named by what is in them, upright, and the cut-outs that belong to them.
//!
//! A photo that its camera stored turned is written anew upright before its name is made, so that nobody
//! has to turn it again. Nothing is ever written over: the same content has the same name.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use crate::{
    frame::{
        RgbImage, RgbaImage, jpeg,
        picture::{self, PictureError},
        png,
    },
    training::dataset::{PictureHeader, difference_hash},
};

/// The folder of photos within the data folder.
const PHOTOS: &str = "photos";
/// The folder of cut-outs within it.
const CUTOUTS: &str = "cutouts";
/// Quality of what is written anew; of a camera's picture a little less, which nobody sees.
const QUALITY: (u8, u8) = (95, 92);
/// Files larger than this are no photos.
const MOST_BYTES: u64 = 100 << 20;
/// Photos whose looks differ in at most so many of 64 signs are pointed out as nearly the same.
pub const ALIKE_BITS: u32 = 5;

/// Why a photo was not taken in; one sentence.
#[derive(Debug, thiserror::Error)]
pub enum PhotoFileError {
    /// It cannot be read.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// It is of another kind than photos are.
    #[error("{name} is not a JPEG, PNG or WebP photo: save it as one of these and import it again")]
    Kind {
        /// The file.
        name: String,
    },
    /// It is too large to be a photo.
    #[error("{name} is larger than 100 MB: make the photo smaller and import it again")]
    Large {
        /// The file.
        name: String,
    },
    /// It cannot be written.
    #[error("the photo {path} cannot be saved: make room on the disk and check the folder ({source})")]
    Write {
        /// Where to.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It cannot be packed into a file.
    #[error(
        "a picture of {width} x {height} pixels cannot be saved as a photo: choose a smaller camera picture"
    )]
    Size {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
}

/// A photo that lies in the folder.
#[derive(Debug, Clone)]
pub struct KeptPhoto {
    /// Its name in the folder.
    pub file_name: String,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
    /// The difference hash, by which near duplicates are found.
    pub dhash: u64,
    /// The pixels, upright.
    pub picture: RgbImage,
    /// Whether the file was there already.
    pub was_there: bool,
}

/// The folder of photos.
#[derive(Debug, Clone)]
pub struct PhotoFolder {
    root: PathBuf,
}

impl PhotoFolder {
    /// The folder of photos in a data folder; made when something is first kept.
    #[must_use]
    pub fn new(data: &Path) -> Self {
        Self {
            root: data.to_owned(),
        }
    }

    /// Where a photo lies.
    #[must_use]
    pub fn path(&self, file_name: &str) -> PathBuf {
        self.root.join(PHOTOS).join(file_name)
    }

    /// Keeps a photo from a file of another place.
    ///
    /// # Errors
    /// [`PhotoFileError`], naming the file and what to do.
    pub fn keep_file(&self, path: &Path) -> Result<KeptPhoto, PhotoFileError> {
        let name = path.display().to_string();
        let size = fs::metadata(path).map(|found| found.len());
        if size.is_ok_and(|size| size > MOST_BYTES) {
            return Err(PhotoFileError::Large { name });
        }
        let bytes = fs::read(path).map_err(|source| PictureError::Io {
            path: path.to_owned(),
            source,
        })?;
        self.keep(&bytes, &name)
    }

    /// Keeps a photo from the bytes of a file; `name` is used in errors only.
    ///
    /// # Errors
    /// [`PhotoFileError`], naming the file and what to do.
    pub fn keep(&self, bytes: &[u8], name: &str) -> Result<KeptPhoto, PhotoFileError> {
        // Decoding first: its sentences are the clearer ones.
        let picture = picture::decode(bytes, name)?;
        let Some(extension) = kind_of(bytes) else {
            return Err(PhotoFileError::Kind {
                name: name.to_owned(),
            });
        };
        let is_turned = PictureHeader::of_bytes(bytes).is_some_and(|header| header.orientation.is_turned());
        if is_turned {
            return self.keep_as_jpeg(picture, QUALITY.0);
        }
        self.write(bytes, extension, picture)
    }

    /// Keeps a picture of the camera.
    ///
    /// # Errors
    /// [`PhotoFileError`], if the disk is full or the folder cannot be written to.
    pub fn keep_picture(&self, picture: &RgbImage) -> Result<KeptPhoto, PhotoFileError> {
        self.keep_as_jpeg(picture.clone(), QUALITY.1)
    }

    fn keep_as_jpeg(&self, picture: RgbImage, quality: u8) -> Result<KeptPhoto, PhotoFileError> {
        let bytes = jpeg::encode(&picture, quality, "the photo")?;
        self.write(&bytes, "jpg", picture)
    }

    fn write(&self, bytes: &[u8], extension: &str, picture: RgbImage) -> Result<KeptPhoto, PhotoFileError> {
        let digest: [u8; 32] = Sha256::digest(bytes).into();
        let sha256 = digits(&digest);
        let file_name = format!("{sha256}.{extension}");
        let path = self.path(&file_name);
        let was_there = path.exists();
        if !was_there {
            write_whole(&path, bytes)?;
        }
        Ok(KeptPhoto {
            dhash: look(&picture, &digest),
            file_name,
            sha256,
            picture,
            was_there,
        })
    }

    /// Where the cut-out of part `number` (from 1) of a photo lies, or would.
    #[must_use]
    pub fn cutout(&self, sha256: &str, number: usize) -> PathBuf {
        self.root.join(CUTOUTS).join(format!("{sha256}-{number}.png"))
    }

    /// The cut-outs of a photo, in the order of its boxes.
    #[must_use]
    pub fn cutouts_of(&self, sha256: &str) -> Vec<PathBuf> {
        (1..)
            .map(|number| self.cutout(sha256, number))
            .take_while(|path| path.exists())
            .collect()
    }

    /// Keeps the cut-out of part `number` (from 1) of a photo, in place of an earlier one.
    ///
    /// # Errors
    /// [`PhotoFileError`], if the disk is full or the folder cannot be written to.
    pub fn keep_cutout(
        &self,
        sha256: &str,
        number: usize,
        cut: &RgbaImage,
    ) -> Result<PathBuf, PhotoFileError> {
        let (width, height) = cut.dimensions();
        let bytes = png::with_alpha(cut).ok_or(PhotoFileError::Size { width, height })?;
        let path = self.cutout(sha256, number);
        write_whole(&path, &bytes)?;
        Ok(path)
    }

    /// Takes photos and their cut-outs away for good; gives those that are gone, also if they were before.
    #[must_use]
    pub fn remove(&self, file_names: &[String]) -> Vec<String> {
        let gone = |path: &Path| !path.exists() || fs::remove_file(path).is_ok();
        file_names
            .iter()
            .filter(|file_name| {
                let sha256 = file_name.split('.').next().unwrap_or(file_name);
                let cutouts_gone = self.cutouts_of(sha256).iter().all(|path| gone(path));
                gone(&self.path(file_name)) && cutouts_gone
            })
            .cloned()
            .collect()
    }
}

/// The extension of the three kinds of photos.
fn kind_of(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        Some("jpg")
    } else if bytes.starts_with(b"\x89PNG") {
        Some("png")
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some("webp")
    } else {
        None
    }
}

/// Half of the data sets' difference hash; pictures of one colour get bits that are near nothing.
fn look(picture: &RgbImage, digest: &[u8; 32]) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *digest;
    let own = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
    difference_hash(picture).map_or(own, |look| u64::try_from(look >> 64).unwrap_or(own))
}

fn digits(digest: &[u8]) -> String {
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a text cannot fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

/// Writes a file so that it is there whole or not at all.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), PhotoFileError> {
    let failed = |source| PhotoFileError::Write {
        path: path.to_owned(),
        source,
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let beside = path.with_extension("part");
    fs::write(&beside, bytes)
        .and_then(|()| fs::rename(&beside, path))
        .map_err(|source| {
            let _left_over = fs::remove_file(&beside);
            failed(source)
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::{Rgb, Rgba};

    fn photo() -> RgbImage {
        RgbImage::from_fn(60, 40, |x, y| {
            Rgb([u8::try_from(x * 4).unwrap(), u8::try_from(y * 5).unwrap(), 90])
        })
    }

    /// A JPEG with an EXIF segment that says how it is turned.
    fn turned(orientation: u8) -> Vec<u8> {
        let mut bytes = jpeg::encode(&photo(), 95, "x").unwrap();
        let mut segment = vec![0xff, 0xe1, 0, 34];
        segment.extend_from_slice(b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0");
        segment.extend_from_slice(&[orientation, 0, 0, 0, 0, 0, 0, 0]);
        bytes.splice(2..2, segment);
        bytes
    }

    #[test]
    fn the_same_content_is_the_same_file() {
        let data = tempfile::tempdir().unwrap();
        let folder = PhotoFolder::new(data.path());
        let bytes = jpeg::encode(&photo(), 90, "x").unwrap();
        let first = folder.keep(&bytes, "a.jpg").unwrap();
        let second = folder.keep(&bytes, "b.jpg").unwrap();
        assert!(!first.was_there && second.was_there);
        assert_eq!(
            (first.file_name.as_str(), first.dhash),
            (second.file_name.as_str(), second.dhash)
        );
        assert_eq!(first.sha256.len(), 64);
        assert_eq!(
            fs::read(folder.path(&first.file_name)).unwrap(),
            bytes,
            "as it was"
        );
        // Saved anew it is another file that looks the same.
        let again = folder
            .keep(&jpeg::encode(&photo(), 70, "x").unwrap(), "c.jpg")
            .unwrap();
        assert_ne!(again.sha256, first.sha256);
        assert!((again.dhash ^ first.dhash).count_ones() <= ALIKE_BITS);
    }

    #[test]
    fn a_turned_photo_is_kept_upright() {
        let data = tempfile::tempdir().unwrap();
        let folder = PhotoFolder::new(data.path());
        let kept = folder.keep(&turned(6), "a.jpg").unwrap();
        assert_eq!(kept.picture.dimensions(), (40, 60));
        let bytes = fs::read(folder.path(&kept.file_name)).unwrap();
        assert!(
            !bytes.windows(4).any(|part| part == b"Exif"),
            "nobody turns it again"
        );
        assert_eq!(picture::decode(&bytes, "x").unwrap().dimensions(), (40, 60));
        assert_eq!(
            folder.keep(&turned(6), "b.jpg").unwrap().sha256,
            kept.sha256,
            "still known again"
        );
    }

    #[test]
    fn what_is_no_photo_is_refused_in_a_sentence() {
        let data = tempfile::tempdir().unwrap();
        let folder = PhotoFolder::new(data.path());
        let heic = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic";
        let said = |bytes: &[u8]| folder.keep(bytes, "x").unwrap_err().to_string();
        assert!(said(heic).contains("HEIC"), "{}", said(heic));
        assert!(said(b"hello").contains("not a picture"), "{}", said(b"hello"));
        assert!(said(b"").contains("empty"), "{}", said(b""));
        assert!(!data.path().join(PHOTOS).exists(), "nothing is left behind");
    }

    #[test]
    fn cutouts_go_with_their_photo() {
        let data = tempfile::tempdir().unwrap();
        let folder = PhotoFolder::new(data.path());
        let kept = folder.keep_picture(&photo()).unwrap();
        let cut = RgbaImage::from_pixel(8, 8, Rgba([1, 2, 3, 128]));
        folder.keep_cutout(&kept.sha256, 1, &cut).unwrap();
        folder.keep_cutout(&kept.sha256, 2, &cut).unwrap();
        let found = folder.cutouts_of(&kept.sha256);
        assert_eq!(found.len(), 2);
        assert_eq!(picture::read_rgba(&found[1]).unwrap(), cut);
        let names = [kept.file_name.clone(), "gone.jpg".to_owned()];
        assert_eq!(folder.remove(&names), names, "also what was gone before");
        assert!(folder.cutouts_of(&kept.sha256).is_empty() && !folder.path(&kept.file_name).exists());
    }
}
