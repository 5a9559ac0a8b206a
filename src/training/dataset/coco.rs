//! COCO annotations, and their kin COCO Camera Traps.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use super::{
    ClassNames, DatasetError, Issue, LabelSet, ObjectLabel, PictureLabels, ReadReport,
    coco_json::{Annotation, Document, Place},
    files::PictureFinder,
    label_dataset::dataset_of,
    labels::ordered,
    text::{decode, read_bytes},
    voc::nothing,
};

/// The labels of COCO's 118 000 training pictures take 450 MB.
const MAX_JSON_BYTES: u64 = 1 << 30;
/// Category of camera traps for pictures without an animal.
const EMPTY: &str = "empty";

dataset_of! {
    /// Pictures with COCO labels. Annotations with `iscrowd` or `ignore` become `difficult`.
    CocoDataset
}

impl CocoDataset {
    /// Opens an annotations file; picture names in it are relative to `images`. Categories that are not in
    /// `classes` are left out, their pictures stay.
    ///
    /// # Errors
    /// [`DatasetError`] if the file cannot be read or understood, or none of its pictures is there.
    pub fn open(annotations: &Path, images: &Path, classes: &ClassNames) -> Result<Self, DatasetError> {
        Ok(Self::new(LabelSet::coco(annotations, images, "")?, classes))
    }
}

/// The categories of a file: id, and place in the list of classes.
struct Categories {
    places: BTreeMap<String, usize>,
    empty: BTreeSet<String>,
}

impl LabelSet {
    /// Reads a COCO annotations file as the split of this name; picture names in it are relative to
    /// `images`.
    ///
    /// # Errors
    /// [`DatasetError`] if the file cannot be read or understood, or none of its pictures is there.
    pub fn coco(annotations: &Path, images: &Path, split: &str) -> Result<Self, DatasetError> {
        let wrong = |reason: String| DatasetError::Labels {
            path: annotations.to_owned(),
            reason,
        };
        let text = decode(read_bytes(annotations, MAX_JSON_BYTES)?, None);
        let (document, had_nan) = parse(&text.text).map_err(wrong)?;
        let mut set = Self::default();
        let source: Arc<str> = annotations.display().to_string().into();
        if text.was_other {
            set.report.note(Issue::OtherEncoding, || source.to_string());
        }
        if had_nan {
            set.report.note(Issue::NotANumber, || source.to_string());
        }
        let categories = set.take_categories(&document, &source);
        let places = set.take_images(&document, images, &source, &Arc::from(split));
        let mut seen = BTreeSet::new();
        for (index, annotation) in document.annotations.0.iter().enumerate() {
            let Some(annotation) = annotation else {
                set.report
                    .note(Issue::BadEntry, || format!("{source}: annotation {index}"));
                continue;
            };
            let place = || {
                let id = annotation.id.as_deref().unwrap_or("without id");
                format!("{source}: annotation {id} of image {}", annotation.image)
            };
            if annotation.id.as_ref().is_some_and(|id| !seen.insert(id.clone())) {
                set.report.note(Issue::DuplicateId, place);
            }
            match places.get(&annotation.image) {
                Some(&Some(at)) => {
                    let Some(picture) = set.pictures.get_mut(at) else {
                        continue;
                    };
                    let says_empty = annotation
                        .category
                        .as_ref()
                        .is_some_and(|id| categories.empty.contains(id));
                    match object_of(annotation, &categories, &mut set.report, &place) {
                        Some(object) => picture.objects.push(object),
                        None => picture.is_incomplete |= !says_empty,
                    }
                }
                // Its picture was refused, which is noted already.
                Some(None) => {}
                None => set.report.note(Issue::UnknownPicture, place),
            }
        }
        if set.pictures.is_empty() {
            return Err(nothing(annotations, &set.report));
        }
        set.count();
        Ok(set)
    }

    fn take_categories(&mut self, document: &Document, source: &str) -> Categories {
        let mut categories = Categories {
            places: BTreeMap::new(),
            empty: BTreeSet::new(),
        };
        for (index, category) in document.categories.0.iter().enumerate() {
            let Some(category) = category else {
                self.report
                    .note(Issue::BadEntry, || format!("{source}: category {index}"));
                continue;
            };
            if category.name.eq_ignore_ascii_case(EMPTY) {
                categories.empty.insert(category.id.clone());
                continue;
            }
            if categories.places.contains_key(&category.id) {
                self.report.note(Issue::DuplicateId, || {
                    format!("{source}: category {}", category.id)
                });
                continue;
            }
            categories
                .places
                .insert(category.id.clone(), self.class(&category.name));
        }
        categories
    }

    /// Adds the pictures; says for each id where it went, none if the picture cannot be used.
    fn take_images(
        &mut self,
        document: &Document,
        images: &Path,
        source: &Arc<str>,
        split: &Arc<str>,
    ) -> BTreeMap<String, Option<usize>> {
        let finder = PictureFinder::new(images);
        let mut places: BTreeMap<String, Option<usize>> = BTreeMap::new();
        let mut by_file = BTreeMap::new();
        for (index, image) in document.images.0.iter().enumerate() {
            let Some(image) = image else {
                self.report
                    .note(Issue::BadEntry, || format!("{source}: image {index}"));
                continue;
            };
            let Some((file, by_other_name)) = finder.find(&image.file_name) else {
                self.report.note(Issue::PictureMissing, || {
                    format!("{} (of {source}, in {})", image.file_name, images.display())
                });
                places.entry(image.id.clone()).or_insert(None);
                continue;
            };
            if by_other_name {
                self.report.note(Issue::NameMended, || image.file_name.clone());
            }
            if let Some(&at) = by_file.get(&file) {
                self.report
                    .note(Issue::PictureListedTwice, || image.file_name.clone());
                places.entry(image.id.clone()).or_insert(Some(at));
                continue;
            }
            if places.contains_key(&image.id) {
                self.report.note(Issue::AmbiguousPicture, || {
                    format!("{} (id {})", image.file_name, image.id)
                });
                continue;
            }
            by_file.insert(file.clone(), self.pictures.len());
            places.insert(image.id.clone(), Some(self.pictures.len()));
            self.pictures.push(PictureLabels {
                file,
                source: Arc::clone(source),
                size: image.size,
                split: Arc::clone(split),
                group: image.group.clone(),
                class: None,
                objects: Vec::new(),
                is_incomplete: false,
            });
        }
        places
    }
}

/// The document, and whether `NaN` or `Infinity` had to be taken out, which Python writes and JSON forbids.
fn parse(text: &str) -> Result<(Document, bool), String> {
    let first = match serde_json::from_str(text) {
        Ok(document) => return Ok((document, false)),
        Err(error) => error,
    };
    if text.trim_start().starts_with('[') {
        return Err(
            "it is a list, perhaps of results; labels have \"images\" and \"annotations\"".to_owned(),
        );
    }
    let mended = without_nan(text).ok_or_else(|| first.to_string())?;
    let document = serde_json::from_str(&mended).map_err(|error| error.to_string())?;
    Ok((document, true))
}

/// `NaN`, `Infinity` and `-Infinity` outside of strings become `null`; none if there is none of them.
fn without_nan(text: &str) -> Option<String> {
    let mut mended = String::with_capacity(text.len());
    let mut quoted = false;
    let mut escaped = false;
    let mut rest = text;
    let mut found = false;
    while let Some(letter) = rest.chars().next() {
        let word = ["NaN", "-Infinity", "Infinity"]
            .into_iter()
            .find(|word| !quoted && rest.starts_with(word));
        if let Some(word) = word {
            mended.push_str("null");
            found = true;
            rest = rest.get(word.len()..).unwrap_or_default();
            continue;
        }
        quoted ^= letter == '"' && !escaped;
        escaped = quoted && letter == '\\' && !escaped;
        mended.push(letter);
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
    }
    found.then_some(mended)
}

/// The object of an annotation; none, with a note, if it has no class or no box.
fn object_of(
    annotation: &Annotation,
    categories: &Categories,
    report: &mut ReadReport,
    place: &dyn Fn() -> String,
) -> Option<ObjectLabel> {
    let category = annotation.category.as_ref();
    if category.is_some_and(|id| categories.empty.contains(id)) {
        return None;
    }
    let Some(&class) = category.and_then(|id| categories.places.get(id)) else {
        let issue = if category.is_some() {
            Issue::UnknownCategory
        } else {
            Issue::NoClass
        };
        report.note(issue, place);
        return None;
    };
    let corners = match annotation.place {
        Place::Box(corners) => corners,
        Place::Outline(corners) => {
            report.note(Issue::BoxFromOutline, place);
            corners
        }
        Place::Mask(corners) => {
            report.note(Issue::BoxFromMask, place);
            corners
        }
        Place::Nowhere => {
            report.note(Issue::NoBox, place);
            return None;
        }
        Place::Unclear => {
            report.note(Issue::NoCorners, place);
            return None;
        }
    };
    let (bbox, was_exchanged) = ordered(corners);
    if was_exchanged {
        report.note(Issue::CornersExchanged, place);
    }
    Some(ObjectLabel {
        class,
        bbox,
        flags: annotation.flags,
    })
}

#[cfg(test)]
mod tests;
