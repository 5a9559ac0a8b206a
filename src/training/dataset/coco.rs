//! COCO JSON annotations, and their kin COCO Camera Traps, whose ids are texts and whose boxes may be
//! missing.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::{
    ClassNames, Dataset, DatasetError, LabelledBox, LabelledPicture, files::read_text, voc::normalised,
};
use crate::{frame::picture, geom::ClassId};

/// An id: a number in COCO, often a text in camera trap files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(untagged)]
enum Id {
    Number(i64),
    Text(String),
}

#[derive(Debug, Deserialize)]
struct Document {
    images: Vec<Image>,
    #[serde(default)]
    annotations: Vec<Annotation>,
    #[serde(default)]
    categories: Vec<Category>,
}

#[derive(Debug, Deserialize)]
struct Image {
    id: Id,
    file_name: String,
    width: Option<f64>,
    height: Option<f64>,
}

#[derive(Debug, Deserialize)]
struct Annotation {
    image_id: Id,
    category_id: Id,
    bbox: Option<[f64; 4]>,
    #[serde(default)]
    iscrowd: u8,
    #[serde(default)]
    ignore: u8,
}

#[derive(Debug, Deserialize)]
struct Category {
    id: Id,
    name: String,
}

#[derive(Debug, Clone)]
struct Entry {
    picture: PathBuf,
    size: Option<(f64, f64)>,
    objects: Vec<(ClassId, [f64; 4], bool)>,
}

/// Pictures with COCO labels. Annotations with `iscrowd` or `ignore` become `difficult`.
#[derive(Debug, Clone)]
pub struct CocoDataset {
    entries: Vec<Entry>,
}

impl CocoDataset {
    /// Opens an annotations file; picture names in it are relative to `images`. Categories that are not in
    /// `classes` are left out, their pictures stay.
    ///
    /// # Errors
    /// [`DatasetError`] if the file cannot be read or understood, or lists no picture.
    pub fn open(annotations: &Path, images: &Path, classes: &ClassNames) -> Result<Self, DatasetError> {
        let wrong = |reason: String| DatasetError::Labels {
            path: annotations.to_owned(),
            reason,
        };
        let document: Document =
            serde_json::from_str(&read_text(annotations)?).map_err(|error| wrong(error.to_string()))?;
        let names = document.categories.iter();
        let known: BTreeMap<&Id, ClassId> = names
            .filter_map(|category| Some((&category.id, classes.id(&category.name)?)))
            .collect();
        let mut places = BTreeMap::new();
        let mut entries = Vec::new();
        for image in &document.images {
            places.insert(&image.id, entries.len());
            let size = image.width.zip(image.height);
            entries.push(Entry {
                picture: images.join(&image.file_name),
                size: size.filter(|(width, height)| *width > 0.0 && *height > 0.0),
                objects: Vec::new(),
            });
        }
        for annotation in &document.annotations {
            let place = places.get(&annotation.image_id).copied();
            let Some(entry) = place.and_then(|place| entries.get_mut(place)) else {
                return Err(wrong(format!(
                    "an annotation names the image {:?}, not listed",
                    annotation.image_id
                )));
            };
            let (Some(class), Some([x, y, width, height])) =
                (known.get(&annotation.category_id), annotation.bbox)
            else {
                continue;
            };
            let difficult = annotation.iscrowd != 0 || annotation.ignore != 0;
            entry
                .objects
                .push((*class, [x, y, x + width, y + height], difficult));
        }
        if entries.is_empty() {
            return Err(DatasetError::Nothing {
                path: annotations.to_owned(),
                what: "no pictures".to_owned(),
            });
        }
        Ok(Self { entries })
    }

    /// The file of picture `index`.
    #[must_use]
    pub fn path(&self, index: usize) -> Option<&Path> {
        self.entries.get(index).map(|entry| entry.picture.as_path())
    }
}

impl Dataset for CocoDataset {
    fn len(&self) -> usize {
        self.entries.len()
    }

    fn get(&self, index: usize) -> Result<LabelledPicture, DatasetError> {
        let entry = self.entries.get(index).ok_or(DatasetError::NoSuchPicture {
            index,
            count: self.entries.len(),
        })?;
        let picture = picture::read(&entry.picture)?;
        let size = entry
            .size
            .unwrap_or((f64::from(picture.width()), f64::from(picture.height())));
        let boxes = entry.objects.iter().filter_map(|(class, bbox, difficult)| {
            normalised(*bbox, size).map(|bbox| LabelledBox {
                class: *class,
                bbox,
                difficult: *difficult,
            })
        });
        Ok(LabelledPicture {
            boxes: boxes.collect(),
            picture,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{frame::RgbImage, geom::CornerBox};

    fn open(text: &str) -> (tempfile::TempDir, Result<CocoDataset, DatasetError>) {
        let folder = tempfile::tempdir().unwrap();
        picture::write(&RgbImage::new(40, 20), &folder.path().join("a.png")).unwrap();
        let file = folder.path().join("labels.json");
        std::fs::write(&file, text).unwrap();
        let set = CocoDataset::open(&file, folder.path(), &ClassNames::new(["apple", "milk"]));
        (folder, set)
    }

    #[test]
    fn boxes_crowds_and_unknown_categories() {
        let (_folder, set) = open(
            r#"{"images": [{"id": 7, "file_name": "a.png", "width": 40, "height": 20}],
                "categories": [{"id": 3, "name": "milk"}, {"id": 4, "name": "shelf"}],
                "annotations": [
                  {"image_id": 7, "category_id": 3, "bbox": [10, 5, 20, 10], "iscrowd": 0},
                  {"image_id": 7, "category_id": 3, "bbox": [0, 0, 4, 4], "iscrowd": 1},
                  {"image_id": 7, "category_id": 4, "bbox": [0, 0, 4, 4]}]}"#,
        );
        let one = set.unwrap().get(0).unwrap();
        let milk = |bbox, difficult| LabelledBox {
            class: ClassId(2),
            bbox,
            difficult,
        };
        let expected = [
            milk(CornerBox::new(0.25, 0.25, 0.75, 0.75), false),
            milk(CornerBox::new(0.0, 0.0, 0.1, 0.2), true),
        ];
        assert_eq!(one.boxes, expected);
    }

    #[test]
    fn camera_trap_files_have_text_ids_and_missing_boxes() {
        let (_folder, set) = open(
            r#"{"images": [{"id": "x-1", "file_name": "a.png"}],
                "categories": [{"id": 0, "name": "apple"}],
                "annotations": [{"id": "y", "image_id": "x-1", "category_id": 0},
                  {"image_id": "x-1", "category_id": 0, "bbox": [0.0, 0.0, 20.0, 10.0]}]}"#,
        );
        let boxes = set.unwrap().get(0).unwrap().boxes;
        assert_eq!(boxes.len(), 1);
        assert_eq!(boxes[0].bbox, CornerBox::new(0.0, 0.0, 0.5, 0.5));
    }

    #[test]
    fn an_annotation_without_image_is_an_error() {
        let (_folder, set) = open(
            r#"{"images": [{"id": 1, "file_name": "a.png"}],
                "annotations": [{"image_id": 2, "category_id": 0, "bbox": [0, 0, 1, 1]}]}"#,
        );
        assert!(matches!(set, Err(DatasetError::Labels { .. })));
        let (_folder, set) = open("[]");
        assert!(matches!(set, Err(DatasetError::Labels { .. })));
    }
}
