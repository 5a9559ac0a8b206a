//! Small pictures on black canvases: a detection task made from folders of single objects, one folder a
//! class, such as the pictures of CIFAR-10.
//!
//! Each picture is enlarged to 64 x 64 and lies at a random place on a black canvas of 224 x 224. Canvas
//! `index` of a set is always the same; a training stream can place and mirror its pictures anew each time.

use std::path::{Path, PathBuf};

use super::{ClassNames, Dataset, DatasetError, Dice, LabelledBox, LabelledPicture, files::pictures_below};
use crate::{
    frame::{
        RgbImage,
        imageops::{self, FilterType},
        picture,
    },
    geom::{ClassId, CornerBox},
};

/// Side of a canvas in pixels.
const CANVAS: u32 = 224;
/// Side of the enlarged picture in pixels.
const OBJECT: u32 = 64;
/// Keeps the draws of a training stream apart from those of the fixed places.
const STREAM_SALT: u64 = 0x4349_4641;

/// A set of canvases.
#[derive(Debug, Clone)]
pub struct CanvasDataset {
    files: Vec<(PathBuf, ClassId)>,
    classes: ClassNames,
    seed: u64,
}

impl CanvasDataset {
    /// Opens a folder with one folder of pictures for each class. Classes take turns, so that the first
    /// `count` canvases hold about as many of each; all are taken without `count`.
    ///
    /// # Errors
    /// [`DatasetError`] if a folder cannot be read, or there are no classes or no pictures.
    pub fn open(folder: &Path, count: Option<usize>, seed: u64) -> Result<Self, DatasetError> {
        let io = |source| DatasetError::Io {
            path: folder.to_owned(),
            source,
        };
        let mut folders = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(io)? {
            let path = entry.map_err(io)?.path();
            if path.is_dir() {
                folders.push(path);
            }
        }
        folders.sort();
        let mut piles = Vec::new();
        for (number, path) in (1u16..).zip(&folders) {
            piles.push((ClassId(number), pictures_below(path)?.into_iter()));
        }
        let mut files = Vec::new();
        loop {
            let before = files.len();
            for (class, pile) in &mut piles {
                files.extend(pile.next().map(|file| (file, *class)));
            }
            if files.len() == before {
                break;
            }
        }
        files.truncate(count.unwrap_or(usize::MAX));
        if files.is_empty() {
            return Err(DatasetError::Nothing {
                path: folder.to_owned(),
                what: "no folders of pictures, one for each class".to_owned(),
            });
        }
        let names = folders.iter().map(|path| {
            path.file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned()
        });
        Ok(Self {
            files,
            classes: ClassNames::new(names),
            seed,
        })
    }

    /// The classes, by the names of their folders.
    #[must_use]
    pub const fn classes(&self) -> &ClassNames {
        &self.classes
    }

    fn canvas(
        &self,
        index: usize,
        dice: &mut Dice,
        is_mirrored: bool,
    ) -> Result<LabelledPicture, DatasetError> {
        let (file, class) = self.files.get(index).ok_or(DatasetError::NoSuchPicture {
            index,
            count: self.files.len(),
        })?;
        let mut object = picture::read(file)?;
        if is_mirrored {
            imageops::flip_horizontal_in_place(&mut object);
        }
        // The triangle filter is bilinear interpolation where a picture grows.
        let object = imageops::resize(&object, OBJECT, OBJECT, FilterType::Triangle);
        let places = usize::try_from(CANVAS - OBJECT + 1).unwrap_or(1);
        let mut place = || crate::geom::cast::saturating_u32(dice.below(places));
        let (x, y) = (place(), place());
        let mut canvas = RgbImage::new(CANVAS, CANVAS);
        imageops::replace(&mut canvas, &object, i64::from(x), i64::from(y));
        let part = |pixels: u32| crate::geom::cast::narrow_f32(f64::from(pixels) / f64::from(CANVAS));
        Ok(LabelledPicture {
            picture: canvas,
            boxes: vec![LabelledBox {
                class: *class,
                bbox: CornerBox::new(part(x), part(y), part(x + OBJECT), part(y + OBJECT)),
                difficult: false,
            }],
        })
    }
}

impl Dataset for CanvasDataset {
    fn len(&self) -> usize {
        self.files.len()
    }

    fn get(&self, index: usize) -> Result<LabelledPicture, DatasetError> {
        self.canvas(index, &mut Dice::new(self.seed, index as u64), false)
    }
}

/// What a training stream changes each time that it shows a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CanvasChanges {
    /// Whether half of the pictures are mirrored; the canvas is not.
    pub mirror: bool,
    /// Whether the place is drawn anew.
    pub place: bool,
}

/// An endless stream of canvases that shows each picture once a round, in another order each round.
#[derive(Debug, Clone)]
pub struct CanvasStream {
    dataset: CanvasDataset,
    changes: CanvasChanges,
    seed: u64,
}

impl CanvasStream {
    /// A stream over a set.
    #[must_use]
    pub const fn new(dataset: CanvasDataset, changes: CanvasChanges, seed: u64) -> Self {
        Self {
            dataset,
            changes,
            seed,
        }
    }

    /// Picture `index` of the stream: the same for the same seed, whoever asks.
    ///
    /// # Errors
    /// [`DatasetError`] if its file cannot be read.
    pub fn sample(&self, index: u64) -> Result<LabelledPicture, DatasetError> {
        let count = self.dataset.len() as u64;
        let (round, position) = (index / count, index % count);
        let at = shuffled(
            position,
            count,
            self.seed ^ round.wrapping_mul(0x9E37_79B9_7F4A_7C15),
        );
        let at = usize::try_from(at).unwrap_or(0);
        let mut fresh = Dice::new(self.seed ^ STREAM_SALT, index);
        let is_mirrored = self.changes.mirror && fresh.chance(0.5);
        if self.changes.place {
            self.dataset.canvas(at, &mut fresh, is_mirrored)
        } else {
            let mut fixed = Dice::new(self.dataset.seed, at as u64);
            self.dataset.canvas(at, &mut fixed, is_mirrored)
        }
    }
}

/// The place of `position` in a random order of `0..count`, without keeping the order: a Feistel network on
/// the next even number of bits, walked until it lands below `count`.
///
/// # Source
/// Black and Rogaway 2002, "Ciphers with Arbitrary Finite Domains", section 4 (cycle walking).
fn shuffled(position: u64, count: u64, key: u64) -> u64 {
    let bits = 64 - count.saturating_sub(1).leading_zeros();
    let half = bits.div_ceil(2).max(1);
    let mask = (1u64 << half) - 1;
    let mut value = position;
    loop {
        let (mut left, mut right) = (value >> half, value & mask);
        for round in 0..4u64 {
            let mixed = mix(right ^ mix(key.wrapping_add(round)));
            (left, right) = (right, left ^ (mixed & mask));
        }
        value = left << half | right;
        if value < count {
            return value;
        }
    }
}

/// The finaliser of `SplitMix64` (Steele et al. 2014).
fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Rgb;

    /// Two classes of three and one pictures: red left half, blue right half.
    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (class, count) in [("bird", 3), ("cat", 1)] {
            let path = folder.path().join(class);
            std::fs::create_dir(&path).unwrap();
            for number in 0..count {
                let halves = |x, _| {
                    if x < 16 {
                        Rgb([250, 0, 0])
                    } else {
                        Rgb([0, 0, 250])
                    }
                };
                let small = RgbImage::from_fn(32, 32, halves);
                picture::write(&small, &path.join(format!("{number}.png"))).unwrap();
            }
        }
        folder
    }

    #[test]
    fn a_canvas_holds_its_picture_where_its_box_says() {
        let folder = folder();
        let set = CanvasDataset::open(folder.path(), None, 7).unwrap();
        assert_eq!(set.classes().names(), ["bird", "cat"]);
        let classes: Vec<u16> = (0..4).map(|i| set.get(i).unwrap().boxes[0].class.0).collect();
        assert_eq!(classes, [1, 2, 1, 1], "classes take turns");
        for index in 0..4 {
            let canvas = set.get(index).unwrap();
            assert_eq!(canvas, set.get(index).unwrap(), "always the same");
            assert_eq!(canvas.picture.dimensions(), (224, 224));
            let area = canvas.boxes[0].bbox.to_pixels(224, 224);
            assert!((area.x1 - area.x0 - 64.0).abs() < 1e-3 && (area.y1 - area.y0 - 64.0).abs() < 1e-3);
            for (x, y, pixel) in canvas.picture.enumerate_pixels() {
                let (x, y) = (x as f32 + 0.5, y as f32 + 0.5);
                let inside = x > area.x0 && x < area.x1 && y > area.y0 && y < area.y1;
                assert_eq!(pixel.0 != [0, 0, 0], inside, "at {x}, {y}");
            }
        }
        assert_eq!(CanvasDataset::open(folder.path(), Some(2), 7).unwrap().len(), 2);
        assert!(set.get(4).is_err());
    }

    #[test]
    fn a_stream_shows_each_once_a_round_and_mirrors_half() {
        let folder = folder();
        let set = CanvasDataset::open(folder.path(), None, 7).unwrap();
        let changes = CanvasChanges {
            mirror: true,
            place: true,
        };
        let stream = CanvasStream::new(set.clone(), changes, 3);
        let mut mirrored = 0;
        for index in 0..80 {
            let canvas = stream.sample(index).unwrap();
            assert_eq!(canvas, stream.sample(index).unwrap());
            let area = canvas.boxes[0].bbox.to_pixels(224, 224);
            let (x, y) = (
                crate::geom::cast::floor_index(area.x0 + 4.0),
                crate::geom::cast::floor_index(area.y0 + 32.0),
            );
            let pixel = canvas
                .picture
                .get_pixel(x.try_into().unwrap(), y.try_into().unwrap());
            mirrored += u32::from(pixel.0[2] > 128);
        }
        assert!((25..55).contains(&mirrored), "about half of 80: {mirrored}");
        let plain = CanvasStream::new(set.clone(), CanvasChanges::default(), 3);
        let round: Vec<LabelledPicture> = (0..4).map(|i| plain.sample(i).unwrap()).collect();
        assert!(
            (0..4).all(|i| round.contains(&set.get(i).unwrap())),
            "the fixed canvases, each once"
        );
    }

    #[test]
    fn an_order_is_a_permutation_and_changes() {
        for count in [1u64, 2, 3, 10, 1000] {
            let mut order: Vec<u64> = (0..count).map(|i| shuffled(i, count, 99)).collect();
            let other: Vec<u64> = (0..count).map(|i| shuffled(i, count, 100)).collect();
            assert!(count < 10 || order != other);
            order.sort_unstable();
            assert!(order.iter().copied().eq(0..count), "{count}");
        }
    }

    #[test]
    fn a_folder_without_classes_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let error = CanvasDataset::open(folder.path(), None, 1).unwrap_err();
        assert!(error.to_string().contains("one for each class"), "{error}");
        std::fs::create_dir(folder.path().join("empty")).unwrap();
        assert!(CanvasDataset::open(folder.path(), None, 1).is_err());
    }
}
