//! Labels and pictures together: every box put on its picture, on all cores, without keeping any picture.

use std::path::Path;

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::{
    DatasetError, Issue, LabelSet, ObjectLabel, PictureHeader, PictureLabels, ReadReport, header::is_cut_off,
};
use crate::frame::{RgbImage, imageops, picture};

/// Picture files larger than this are not photos of a till.
const MAX_PICTURE_BYTES: u64 = 256 << 20;
/// Pictures with less contrast than this between their parts have no look to compare.
const LEAST_CONTRAST: u8 = 12;
/// Sides of the grid that is compared.
const GRID: u32 = 9;

/// How closely pictures are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Size and orientation.
    Headers,
    /// All bytes, to find equal files.
    Bytes,
    /// All pixels, to find damage and pictures that look the same.
    Pixels,
}

/// What pictures are compared by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint {
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
    /// The difference hash; none if the pixels were not looked at, or show nothing.
    pub look: Option<u128>,
}

/// One picture that can be used.
#[derive(Debug, Clone, PartialEq)]
pub struct SurveyedPicture {
    /// Size and orientation.
    pub header: PictureHeader,
    /// Objects in pixels of the upright picture.
    pub objects: Vec<ObjectLabel>,
    /// For comparing, if bytes or pixels were looked at.
    pub fingerprint: Option<Fingerprint>,
}

/// The pictures of a set, each with its boxes in place.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Survey {
    /// In the order of the set; none for pictures that cannot be used.
    pub pictures: Vec<Option<SurveyedPicture>>,
    /// What was mended and left out when the boxes met their pictures; not what readers noted before.
    pub report: ReadReport,
    /// The same, by the picture's place and the class of the box where it was one box's fault.
    pub faults: Vec<PictureFault>,
}

/// One fault of one picture of a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureFault {
    /// The picture's place in the set.
    pub picture: usize,
    /// What is wrong.
    pub issue: Issue,
    /// The class of the box, where it is one box's fault.
    pub class: Option<usize>,
}

/// Looks at every picture of `set` and puts its boxes in place. The report keeps `kept` names of each kind.
#[must_use]
pub fn survey(set: &LabelSet, depth: Depth, kept: usize) -> Survey {
    let looked: Vec<(Option<SurveyedPicture>, Notes)> = set
        .pictures
        .par_iter()
        .map(|labels| {
            let mut notes = Notes {
                report: ReadReport::keeping(kept),
                faults: Vec::new(),
            };
            let picture = look(labels, &set.classes, depth, &mut notes);
            (picture, notes)
        })
        .collect();
    let mut survey = Survey {
        report: ReadReport::keeping(kept),
        ..Survey::default()
    };
    for (place, (picture, notes)) in looked.into_iter().enumerate() {
        survey.report.absorb(notes.report);
        survey.report.pictures += usize::from(picture.is_some());
        survey.report.boxes += picture.as_ref().map_or(0, |picture| picture.objects.len());
        survey.pictures.push(picture);
        let faults = notes.faults.into_iter().map(|(issue, class)| PictureFault {
            picture: place,
            issue,
            class,
        });
        survey.faults.extend(faults);
    }
    survey
}

/// What was found on one picture, in words and as it is.
struct Notes {
    report: ReadReport,
    faults: Vec<(Issue, Option<usize>)>,
}

impl Notes {
    fn note(&mut self, (issue, class): (Issue, Option<usize>), place: impl FnOnce() -> String) {
        self.report.note(issue, place);
        self.faults.push((issue, class));
    }
}

fn look(
    labels: &PictureLabels,
    classes: &[String],
    depth: Depth,
    notes: &mut Notes,
) -> Option<SurveyedPicture> {
    let shown = labels.file.display();
    let read = match depth {
        Depth::Headers => PictureHeader::read(&labels.file).map(|header| Looked::Whole(header, None)),
        Depth::Bytes | Depth::Pixels => fingerprint(&labels.file, depth),
    };
    let (header, fingerprint) = match read {
        Ok(Looked::Whole(header, fingerprint)) => (header, fingerprint),
        Ok(Looked::CutOff) => {
            notes.note((Issue::PictureCutOff, None), || shown.to_string());
            return None;
        }
        Err(error) => {
            notes.note((Issue::PictureUnreadable, None), || error.to_string());
            return None;
        }
    };
    let placed = match labels.place(&header) {
        Ok(placed) => placed,
        Err(issue) => {
            notes.note((issue, None), || shown.to_string());
            return None;
        }
    };
    for (issue, class) in placed.issues {
        let name = class.and_then(|class| classes.get(class));
        notes.note((issue, class), || match name {
            Some(name) => format!("{shown}: \"{name}\""),
            None => shown.to_string(),
        });
    }
    Some(SurveyedPicture {
        header,
        objects: placed.objects,
        fingerprint,
    })
}

/// A picture file that was looked at.
enum Looked {
    Whole(PictureHeader, Option<Fingerprint>),
    CutOff,
}

fn fingerprint(path: &Path, depth: Depth) -> Result<Looked, DatasetError> {
    let header = PictureHeader::read(path)?;
    let bytes = super::text::read_bytes(path, MAX_PICTURE_BYTES)?;
    if is_cut_off(&bytes) {
        return Ok(Looked::CutOff);
    }
    let look = match depth {
        Depth::Headers | Depth::Bytes => None,
        Depth::Pixels => difference_hash(&picture::decode(&bytes, &path.to_string_lossy())?),
    };
    let fingerprint = Fingerprint {
        sha256: Sha256::digest(&bytes).into(),
        look,
    };
    Ok(Looked::Whole(header, Some(fingerprint)))
}

/// 128 signs of brightness differences between neighbours of a 9 x 9 copy, across and down; none if the
/// picture is almost of one colour. Pictures that look the same differ in few of them.
///
/// # Source
/// Krawetz, "Kind of Like That" (2013), dHash, here in both directions.
#[must_use]
pub fn difference_hash(picture: &RgbImage) -> Option<u128> {
    let small = imageops::thumbnail(picture, GRID, GRID);
    let grey = |x: u32, y: u32| {
        let [r, g, b] = small.get_pixel(x, y).0.map(u32::from);
        // Rec. 601 in 1/256.
        u8::try_from((77 * r + 150 * g + 29 * b) >> 8).unwrap_or(u8::MAX)
    };
    let all = (0..GRID).flat_map(|y| (0..GRID).map(move |x| (x, y)));
    let (darkest, lightest) = all.fold((u8::MAX, u8::MIN), |(low, high), (x, y)| {
        (low.min(grey(x, y)), high.max(grey(x, y)))
    });
    if lightest - darkest < LEAST_CONTRAST {
        return None;
    }
    let mut hash = 0u128;
    for a in 0..GRID - 1 {
        for b in 0..GRID - 1 {
            hash = hash << 1 | u128::from(grey(b, a) > grey(b + 1, a));
            hash = hash << 1 | u128::from(grey(a, b) > grey(a, b + 1));
        }
    }
    Some(hash)
}

/// The first half of a [`difference_hash`], for lists that keep 64 signs. A picture of almost one colour has
/// no look; it gets signs of its file's SHA-256 instead, so that it is like no other.
#[must_use]
pub fn short_look(look: Option<u128>, sha256: &[u8; 32]) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *sha256;
    let own = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
    look.map_or(own, |look| u64::try_from(look >> 64).unwrap_or(own))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Rgb;

    fn scene(shift: u32) -> RgbImage {
        RgbImage::from_fn(120, 80, |x, y| {
            let wave = ((x + shift) / 13 * 71 + y / 9 * 37) % 201;
            Rgb([u8::try_from(wave).unwrap(), 40, 90])
        })
    }

    #[test]
    fn lighter_and_smaller_copies_look_the_same_and_others_do_not() {
        let hash = difference_hash(&scene(0)).unwrap();
        let mut lighter = scene(0);
        for pixel in lighter.pixels_mut() {
            pixel.0 = pixel.0.map(|value| value.saturating_add(20));
        }
        let smaller = imageops::thumbnail(&scene(0), 60, 40);
        let distance = |picture: &RgbImage| (difference_hash(picture).unwrap() ^ hash).count_ones();
        assert!(distance(&lighter) <= 2, "{}", distance(&lighter));
        assert!(distance(&smaller) <= 16, "{}", distance(&smaller));
        let other = imageops::flip_horizontal(&scene(31));
        assert!(distance(&other) > 24, "{}", distance(&other));
        assert_eq!(difference_hash(&RgbImage::new(50, 50)), None);
        assert_eq!(difference_hash(&RgbImage::new(1, 1)), None);
    }
}
