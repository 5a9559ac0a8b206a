//! Pascal VOC folders and LabelImg's folders as data sets.
//!
//! Files in the wild miss sizes, swap corners and reach beyond the picture; all that is
//! mended and reported by [`VocDataset::issues`]. What cannot be mended is an error that names the file.

use std::path::{Path, PathBuf};

use super::{
    ClassNames, Dataset, DatasetError, LabelledBox, LabelledPicture,
    files::{picture_of_stem, pictures_below, read_text},
    voc_xml::VocAnnotation,
};
use crate::{
    frame::picture,
    geom::{ClassId, PixelBox, cast::narrow_f32},
};

/// One picture of a VOC data set.
#[derive(Debug, Clone)]
struct Entry {
    picture: PathBuf,
    labels: PathBuf,
    size: Option<(f64, f64)>,
    objects: Vec<(ClassId, [f64; 4], bool)>,
}

/// Pictures with Pascal VOC labels.
#[derive(Debug, Clone)]
pub struct VocDataset {
    entries: Vec<Entry>,
    issues: Vec<String>,
}

impl VocDataset {
    /// Opens `root/{JPEGImages,Annotations}` with the pictures named in `root/ImageSets/Main/LIST.txt`.
    /// Objects of classes that are not in `classes` are left out.
    ///
    /// # Errors
    /// [`DatasetError`] if the list or a label file cannot be read, or a picture is missing.
    pub fn open(root: &Path, list: &str, classes: &ClassNames) -> Result<Self, DatasetError> {
        let list = root.join("ImageSets").join("Main").join(format!("{list}.txt"));
        let names = read_text(&list)?;
        let (labels, pictures) = (root.join("Annotations"), root.join("JPEGImages"));
        // Lists of one class have a second column of -1, 0 or 1.
        let stems = names.lines().filter_map(|line| line.split_whitespace().next());
        let files: Vec<PathBuf> = stems.map(|stem| labels.join(format!("{stem}.xml"))).collect();
        Self::from_files(&files, &pictures, &list, classes)
    }

    /// Opens a folder as LabelImg leaves it: every picture with an XML file of the same name beside it;
    /// pictures without one are left out, because nobody looked at them.
    ///
    /// # Errors
    /// [`DatasetError`] if the folder or a label file cannot be read, or nothing is labelled.
    pub fn open_folder(folder: &Path, classes: &ClassNames) -> Result<Self, DatasetError> {
        let labels = pictures_below(folder)?
            .into_iter()
            .map(|picture| picture.with_extension("xml"));
        let mut files: Vec<PathBuf> = labels.filter(|file| file.is_file()).collect();
        files.dedup();
        let mut all = Self {
            entries: Vec::new(),
            issues: Vec::new(),
        };
        for file in &files {
            let beside = file.parent().unwrap_or(folder);
            all.add(file, beside, classes)?;
        }
        all.not_empty(folder)
    }

    fn from_files(
        files: &[PathBuf],
        pictures: &Path,
        list: &Path,
        classes: &ClassNames,
    ) -> Result<Self, DatasetError> {
        let mut all = Self {
            entries: Vec::new(),
            issues: Vec::new(),
        };
        for file in files {
            all.add(file, pictures, classes)?;
        }
        all.not_empty(list)
    }

    fn not_empty(self, source: &Path) -> Result<Self, DatasetError> {
        if self.entries.is_empty() {
            return Err(DatasetError::Nothing {
                path: source.to_owned(),
                what: "no labelled pictures".to_owned(),
            });
        }
        Ok(self)
    }

    fn add(&mut self, labels: &Path, pictures: &Path, classes: &ClassNames) -> Result<(), DatasetError> {
        let wrong = |reason| DatasetError::Labels {
            path: labels.to_owned(),
            reason,
        };
        let annotation = VocAnnotation::parse(&read_text(labels)?).map_err(wrong)?;
        // The name of the label file is safer than what is written in it: files get renamed together.
        let picture = picture_of_stem(pictures, labels)
            .or_else(|| {
                let named = pictures.join(Path::new(&annotation.filename).file_name()?);
                named.is_file().then_some(named)
            })
            .ok_or_else(|| wrong(format!("its picture is not in {}", pictures.display())))?;
        let mut note = |text: String| self.issues.push(format!("{}: {text}", labels.display()));
        if annotation.unreadable > 0 {
            note(format!(
                "{} objects without four corners, left out",
                annotation.unreadable
            ));
        }
        let mut objects = Vec::new();
        for object in annotation.objects {
            match classes.id(&object.name) {
                Some(class) => objects.push((class, object.bbox, object.difficult)),
                None => note(format!("class \"{}\" is not on the list, left out", object.name)),
            }
        }
        self.entries.push(Entry {
            picture,
            labels: labels.to_owned(),
            size: annotation.size,
            objects,
        });
        Ok(())
    }

    /// What was mended or left out while reading labels, one sentence each.
    #[must_use]
    pub fn issues(&self) -> &[String] {
        &self.issues
    }

    /// The file of picture `index`.
    #[must_use]
    pub fn path(&self, index: usize) -> Option<&Path> {
        self.entries.get(index).map(|entry| entry.picture.as_path())
    }
}

impl Dataset for VocDataset {
    fn len(&self) -> usize {
        self.entries.len()
    }

    fn get(&self, index: usize) -> Result<LabelledPicture, DatasetError> {
        let entry = self.entries.get(index).ok_or(DatasetError::NoSuchPicture {
            index,
            count: self.entries.len(),
        })?;
        let picture = picture::read(&entry.picture)?;
        let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
        let (labelled_width, labelled_height) = entry.size.unwrap_or((width, height));
        if is_turned((labelled_width, labelled_height), (width, height)) {
            return Err(DatasetError::Labels {
                path: entry.labels.clone(),
                reason: format!(
                    "the boxes were drawn on {labelled_width} x {labelled_height} pixels, but upright the \
                     picture has {width} x {height}; it was labelled lying on its side"
                ),
            });
        }
        let boxes = entry.objects.iter().filter_map(|(class, bbox, difficult)| {
            normalised(*bbox, (labelled_width, labelled_height)).map(|bbox| LabelledBox {
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

/// Whether the labelled size is the picture's with width and height exchanged.
fn is_turned(labelled: (f64, f64), seen: (f64, f64)) -> bool {
    let same = |a: f64, b: f64| (a - b).abs() < 0.5;
    same(labelled.0, seen.1) && same(labelled.1, seen.0) && !same(seen.0, seen.1)
}

/// The part inside the picture, normalised; none if nothing is inside.
pub(super) fn normalised(bbox: [f64; 4], (width, height): (f64, f64)) -> Option<crate::geom::CornerBox> {
    let [x0, y0, x1, y1] = bbox;
    let clip = |value: f64, length: f64| narrow_f32((value / length).clamp(0.0, 1.0));
    let bbox = PixelBox::new(
        clip(x0, width),
        clip(y0, height),
        clip(x1, width),
        clip(y1, height),
    );
    let bbox = bbox.to_normalized(1, 1);
    (bbox.area() > 0.0).then_some(bbox)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::dataset::voc_xml::EXAMPLE;

    fn write_set(folder: &Path, width: u32, height: u32) {
        for sub in ["JPEGImages", "Annotations", "ImageSets/Main"] {
            std::fs::create_dir_all(folder.join(sub)).unwrap();
        }
        let pixels = crate::frame::RgbImage::new(width, height);
        picture::write(&pixels, &folder.join("JPEGImages/one.png")).unwrap();
        std::fs::write(folder.join("Annotations/one.xml"), EXAMPLE).unwrap();
        std::fs::write(folder.join("ImageSets/Main/val.txt"), "one 1\n\n").unwrap();
    }

    #[test]
    fn a_folder_opens_and_boxes_are_normalised_by_the_labelled_size() {
        let folder = tempfile::tempdir().unwrap();
        // The picture was made half as large after labelling.
        write_set(folder.path(), 100, 50);
        let classes = ClassNames::new(["milk"]);
        let set = VocDataset::open(folder.path(), "val", &classes).unwrap();
        assert_eq!(set.len(), 1);
        assert_eq!(set.issues().len(), 2, "{:?}", set.issues());
        let one = set.get(0).unwrap();
        assert_eq!(one.boxes.len(), 1);
        let bbox = one.boxes[0].bbox;
        assert!(
            (bbox.x0 - 0.05).abs() < 1e-6 && (bbox.y1 - 0.7).abs() < 1e-6,
            "{bbox:?}"
        );
        assert!(matches!(
            set.get(1),
            Err(DatasetError::NoSuchPicture { index: 1, count: 1 })
        ));
    }

    #[test]
    fn labels_of_a_picture_on_its_side_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        write_set(folder.path(), 100, 200);
        let set = VocDataset::open(folder.path(), "val", &ClassNames::new(["milk"])).unwrap();
        let error = set.get(0).unwrap_err().to_string();
        assert!(error.contains("one.xml") && error.contains("side"), "{error}");
    }

    #[test]
    fn boxes_beyond_the_picture_are_clipped_or_dropped() {
        let clipped = normalised([-10.0, 50.0, 50.0, 300.0], (100.0, 200.0)).unwrap();
        assert_eq!(clipped, crate::geom::CornerBox::new(0.0, 0.25, 0.5, 1.0));
        assert_eq!(normalised([120.0, 0.0, 150.0, 50.0], (100.0, 200.0)), None);
    }
}
