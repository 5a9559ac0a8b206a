//! Labels as read from files, before any picture is opened: the one form behind every reader.
//!
//! Boxes are kept as the file gives them, on pixel borders from 0, corners in order, not yet clipped; they
//! meet the picture in [`PictureLabels::place`]. Pictures stay on the disk.

use std::{path::PathBuf, sync::Arc};

use super::{Issue, PictureHeader, ReadReport};

/// Smallest overhang that is called one: VOC's whole pixels are off by up to one.
const OVERHANG: f64 = 1.0;
/// Proportions that differ by less than this are the same, rounding aside.
const SAME_PROPORTIONS: f64 = 0.02;

/// One object as labelled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ObjectLabel {
    /// Place of its class in [`LabelSet::classes`].
    pub class: usize,
    /// Left, top, right, bottom on pixel borders of the labelled picture.
    pub bbox: [f64; 4],
    /// What else is said of it.
    pub flags: ObjectFlags,
}

/// Marks of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ObjectFlags {
    /// Hard to see: counts neither for nor against a detector.
    pub difficult: bool,
    /// Partly outside the picture or hidden.
    pub truncated: bool,
    /// A crowd under one box (COCO's `iscrowd`).
    pub crowd: bool,
}

/// One picture with its labels.
#[derive(Debug, Clone, PartialEq)]
pub struct PictureLabels {
    /// The picture file.
    pub file: PathBuf,
    /// The file that holds its labels.
    pub source: Arc<str>,
    /// Width and height on which the boxes were drawn, if given.
    pub size: Option<(f64, f64)>,
    /// Split that it belongs to, e.g. `train`; empty if the files do not say.
    pub split: Arc<str>,
    /// Pictures of one group (a camera trap's sequence, a capture session) must not be torn apart by a split.
    pub group: Option<String>,
    /// Class of the whole picture, in folders of one class each.
    pub class: Option<usize>,
    /// The objects.
    pub objects: Vec<ObjectLabel>,
    /// Whether the labels name objects that could not be read: then what is here is not all.
    pub is_incomplete: bool,
}

/// Pictures with labels, and the account of how they were read.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LabelSet {
    /// Class names as they occur, in the order of the files or in alphabetical order.
    pub classes: Vec<String>,
    /// The pictures.
    pub pictures: Vec<PictureLabels>,
    /// Whether it is a folder of pictures that nobody meant to box: negatives, or one folder a class.
    pub is_pictures_only: bool,
    /// What was mended, skipped and refused.
    pub report: ReadReport,
}

impl LabelSet {
    /// The place of a class name, added at the end if it is new.
    pub fn class(&mut self, name: &str) -> usize {
        let known = self.classes.iter().position(|class| class == name);
        known.unwrap_or_else(|| {
            self.classes.push(name.to_owned());
            self.classes.len() - 1
        })
    }

    /// Takes over the pictures of another set; classes of the same name are one.
    pub fn append(&mut self, other: Self) {
        self.is_pictures_only = other.is_pictures_only && (self.is_pictures_only || self.pictures.is_empty());
        let places: Vec<usize> = other.classes.iter().map(|name| self.class(name)).collect();
        let place = |class: usize| places.get(class).copied().unwrap_or(class);
        for mut picture in other.pictures {
            picture.class = picture.class.map(place);
            for object in &mut picture.objects {
                object.class = place(object.class);
            }
            self.pictures.push(picture);
        }
        self.report.absorb(other.report);
        self.count();
    }

    /// Names of the splits in order; one empty name if the files know of none.
    #[must_use]
    pub fn splits(&self) -> Vec<Arc<str>> {
        let mut names: Vec<Arc<str>> = Vec::new();
        for picture in &self.pictures {
            if !names.contains(&picture.split) {
                names.push(Arc::clone(&picture.split));
            }
        }
        names.sort();
        names
    }

    /// Sorts the class names, so that their order does not hang on the order of files.
    pub fn sort_classes(&mut self) {
        let mut order: Vec<usize> = (0..self.classes.len()).collect();
        order.sort_by(|a, b| self.classes.get(*a).cmp(&self.classes.get(*b)));
        let mut place = vec![0; order.len()];
        for (new, old) in order.iter().enumerate() {
            if let Some(slot) = place.get_mut(*old) {
                *slot = new;
            }
        }
        self.move_classes(&place.iter().map(|new| Some(*new)).collect::<Vec<_>>());
        self.classes.sort();
    }

    /// Renames classes, joins those that get the same name, and keeps only `wanted` in its order (all in
    /// their own order if it is empty). Objects of other classes are left out and counted.
    pub fn choose_classes(&mut self, renames: &[(String, String)], wanted: &[String]) {
        let renamed: Vec<String> = self
            .classes
            .iter()
            .map(|name| {
                let rename = renames.iter().find(|(old, _)| old == name);
                rename.map_or_else(|| name.clone(), |(_, new)| new.clone())
            })
            .collect();
        let mut chosen: Vec<String> = wanted.to_vec();
        if wanted.is_empty() {
            for name in &renamed {
                if !chosen.contains(name) {
                    chosen.push(name.clone());
                }
            }
        }
        let places: Vec<Option<usize>> = renamed
            .iter()
            .map(|name| chosen.iter().position(|chosen| chosen == name))
            .collect();
        let known = &renamed;
        for picture in &self.pictures {
            for object in &picture.objects {
                if places.get(object.class).copied().flatten().is_none() {
                    let name = known.get(object.class).map_or("?", String::as_str);
                    self.report.note(Issue::UnknownClass, || {
                        format!("{}: \"{name}\"", picture.file.display())
                    });
                }
            }
        }
        self.move_classes(&places);
        self.classes = chosen;
        self.report.boxes = self.pictures.iter().map(|picture| picture.objects.len()).sum();
    }

    fn move_classes(&mut self, places: &[Option<usize>]) {
        let place = |class: usize| places.get(class).copied().flatten();
        for picture in &mut self.pictures {
            picture.class = picture.class.and_then(place);
            picture.objects.retain_mut(|object| match place(object.class) {
                Some(new) => {
                    object.class = new;
                    true
                }
                None => false,
            });
        }
    }

    /// Sets the counts of the report by what is there now.
    pub(super) fn count(&mut self) {
        self.report.pictures = self.pictures.len();
        self.report.boxes = self.pictures.iter().map(|picture| picture.objects.len()).sum();
    }
}

/// A picture's objects on the picture as a person sees it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Placed {
    /// Objects with boxes in pixels of the upright picture, inside it.
    pub objects: Vec<ObjectLabel>,
    /// What was mended or left out, with the class of the object where it was one object's fault.
    pub issues: Vec<(Issue, Option<usize>)>,
}

impl PictureLabels {
    /// Puts the boxes onto the picture as a person sees it: turns and scales them if they were drawn on an
    /// unturned or smaller copy, and clips them.
    ///
    /// # Errors
    /// [`Issue::OnItsSide`] if the boxes were drawn on the picture lying on its side and no EXIF tag says on
    /// which.
    pub fn place(&self, header: &PictureHeader) -> Result<Placed, Issue> {
        let seen = float(header.seen());
        let stored = float(header.stored);
        let mut placed = Placed::default();
        let labelled = self.size.unwrap_or_else(|| {
            if !self.objects.is_empty() {
                placed.issues.push((Issue::SizeMissing, None));
            }
            seen
        });
        let is_turned = header.orientation.exchanges_sides()
            && proportional(labelled, stored)
            && !proportional(labelled, seen);
        let (drawn_on, is_whole) = if is_turned {
            placed.issues.push((Issue::TurnedWithPicture, None));
            (header.orientation.upright_size(labelled), true)
        } else {
            (labelled, proportional(labelled, seen))
        };
        if !same_size(drawn_on, seen) && !self.objects.is_empty() {
            if !is_whole && same_size((labelled.1, labelled.0), seen) {
                return Err(Issue::OnItsSide);
            }
            let kind = if is_whole {
                Issue::ScaledToPicture
            } else {
                Issue::WrongProportions
            };
            placed.issues.push((kind, None));
        }
        let scale = (seen.0 / drawn_on.0, seen.1 / drawn_on.1);
        for object in &self.objects {
            let upright = if is_turned {
                header.orientation.upright_box(object.bbox, labelled)
            } else {
                object.bbox
            };
            let [x0, y0, x1, y1] = upright;
            let on_picture = [x0 * scale.0, y0 * scale.1, x1 * scale.0, y1 * scale.1];
            match clip(on_picture, seen) {
                Ok((bbox, overhang)) => {
                    if overhang > OVERHANG * scale.0.max(scale.1).max(1.0) + 1e-6 {
                        placed.issues.push((Issue::Clipped, Some(object.class)));
                    }
                    placed.objects.push(ObjectLabel { bbox, ..*object });
                }
                Err(issue) => placed.issues.push((issue, Some(object.class))),
            }
        }
        Ok(placed)
    }
}

fn float((width, height): (u32, u32)) -> (f64, f64) {
    (f64::from(width), f64::from(height))
}

fn same_size(a: (f64, f64), b: (f64, f64)) -> bool {
    (a.0 - b.0).abs() < 0.5 && (a.1 - b.1).abs() < 0.5
}

fn proportional(a: (f64, f64), b: (f64, f64)) -> bool {
    // Small pictures may differ by a pixel of rounding.
    let ratio = (a.0 * b.1) / (a.1 * b.0);
    (ratio - 1.0).abs() < SAME_PROPORTIONS || same_size(a, b)
}

/// The part of a box inside the picture and how far it reached beyond, or why nothing is left.
fn clip([x0, y0, x1, y1]: [f64; 4], (width, height): (f64, f64)) -> Result<([f64; 4], f64), Issue> {
    if !(x1 > x0 && y1 > y0) || [x0, y0, x1, y1].iter().any(|edge| !edge.is_finite()) {
        return Err(Issue::EmptyBox);
    }
    let inside = [
        x0.clamp(0.0, width),
        y0.clamp(0.0, height),
        x1.clamp(0.0, width),
        y1.clamp(0.0, height),
    ];
    let [left, top, right, bottom] = inside;
    // Thinner than a hundredth of a pixel is nothing, and would be lost on the way to f32 anyway.
    if right - left < 0.01 || bottom - top < 0.01 {
        let was_thin = x1 - x0 < 0.01 || y1 - y0 < 0.01;
        return Err(if was_thin {
            Issue::EmptyBox
        } else {
            Issue::OutsidePicture
        });
    }
    let overhang = (-x0).max(-y0).max(x1 - width).max(y1 - height);
    Ok((inside, overhang))
}

/// Corners in order, and whether they were not.
pub(super) fn ordered([x0, y0, x1, y1]: [f64; 4]) -> ([f64; 4], bool) {
    let sorted = [x0.min(x1), y0.min(y1), x0.max(x1), y0.max(y1)];
    (sorted, x0 > x1 || y0 > y1)
}

#[cfg(test)]
mod tests;
