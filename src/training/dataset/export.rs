//! Writes labelled pictures for other programs: Pascal VOC, COCO, or one CSV table.
//!
//! Pictures are written anew, upright, without the metadata of the camera. Corners are rounded to whole
//! pixels in VOC and CSV, because the formats count pixels; COCO keeps two digits.

use std::path::{Path, PathBuf};

use quick_xml::escape::escape;
use serde_json::json;

use super::{ClassNames, DatasetError, LabelledBox, LabelledPicture, table::Row};
use crate::frame::picture;

/// A format to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// `JPEGImages`, `Annotations` and `ImageSets/Main`, one XML file a picture.
    Voc,
    /// `images` and one `annotations.json`.
    Coco,
    /// `images` and one `labels.csv`.
    Csv,
}

/// Writes pictures one after the other, and the lists when it is finished.
#[derive(Debug)]
pub struct Exporter {
    folder: PathBuf,
    format: ExportFormat,
    classes: ClassNames,
    list: String,
    stems: Vec<String>,
    images: Vec<serde_json::Value>,
    annotations: Vec<serde_json::Value>,
    rows: Vec<Row>,
}

impl Exporter {
    /// Starts a data set in `folder`, which is made if it is missing; `list` names it in a VOC folder, for
    /// instance `train`.
    ///
    /// # Errors
    /// [`DatasetError::Io`] if the folder cannot be made.
    pub fn new(
        folder: &Path,
        format: ExportFormat,
        list: &str,
        classes: &ClassNames,
    ) -> Result<Self, DatasetError> {
        let parts: &[&str] = match format {
            ExportFormat::Voc => &["JPEGImages", "Annotations", "ImageSets/Main"],
            ExportFormat::Coco | ExportFormat::Csv => &["images"],
        };
        for part in parts {
            let path = folder.join(part);
            std::fs::create_dir_all(&path).map_err(|source| DatasetError::Io { path, source })?;
        }
        Ok(Self {
            folder: folder.to_owned(),
            format,
            classes: classes.clone(),
            list: list.to_owned(),
            stems: Vec::new(),
            images: Vec::new(),
            annotations: Vec::new(),
            rows: Vec::new(),
        })
    }

    /// Writes one picture as `stem.EXTENSION` (jpg or png) with its labels.
    ///
    /// # Errors
    /// [`DatasetError`] if a file cannot be written.
    pub fn add(
        &mut self,
        stem: &str,
        extension: &str,
        labelled: &LabelledPicture,
    ) -> Result<(), DatasetError> {
        let name = format!("{stem}.{extension}");
        let pictures = match self.format {
            ExportFormat::Voc => "JPEGImages",
            ExportFormat::Coco | ExportFormat::Csv => "images",
        };
        picture::write(&labelled.picture, &self.folder.join(pictures).join(&name))?;
        match self.format {
            ExportFormat::Voc => {
                let text = self.voc(&name, labelled);
                write_text(
                    &self.folder.join("Annotations").join(format!("{stem}.xml")),
                    &text,
                )?;
                self.stems.push(stem.to_owned());
            }
            ExportFormat::Coco => self.add_coco(&name, labelled),
            ExportFormat::Csv => self.add_rows(&name, labelled),
        }
        Ok(())
    }

    /// Writes the lists that name all pictures.
    ///
    /// # Errors
    /// [`DatasetError`] if a file cannot be written.
    pub fn finish(self) -> Result<(), DatasetError> {
        match self.format {
            ExportFormat::Voc => {
                let list = self
                    .folder
                    .join("ImageSets/Main")
                    .join(format!("{}.txt", self.list));
                let lines: String = self.stems.iter().map(|stem| format!("{stem}\n")).collect();
                write_text(&list, &lines)
            }
            ExportFormat::Coco => {
                let categories: Vec<serde_json::Value> = self
                    .classes
                    .ids()
                    .map(|id| json!({"id": id.0, "name": self.classes.name(id)}))
                    .collect();
                let document = json!({
                    "images": self.images,
                    "annotations": self.annotations,
                    "categories": categories,
                });
                write_text(&self.folder.join("annotations.json"), &document.to_string())
            }
            ExportFormat::Csv => {
                let path = self.folder.join("labels.csv");
                let wrong = |error: csv::Error| DatasetError::Labels {
                    path: path.clone(),
                    reason: error.to_string(),
                };
                let mut writer = csv::Writer::from_path(&path).map_err(wrong)?;
                for row in &self.rows {
                    writer.serialize(row).map_err(wrong)?;
                }
                writer.flush().map_err(|source| DatasetError::Io { path, source })
            }
        }
    }

    fn voc(&self, name: &str, labelled: &LabelledPicture) -> String {
        let (width, height) = labelled.picture.dimensions();
        let objects: String = labelled
            .boxes
            .iter()
            .map(|found| {
                let [x0, y0, x1, y1] = pixel_numbers(found, (width, height));
                let class = self.classes.name(found.class).unwrap_or_default();
                format!(
                    "  <object>\n    <name>{}</name>\n    <pose>Unspecified</pose>\n    \
                     <truncated>0</truncated>\n    <difficult>{}</difficult>\n    <bndbox><xmin>{x0}</xmin>\
                     <ymin>{y0}</ymin><xmax>{x1}</xmax><ymax>{y1}</ymax></bndbox>\n  </object>\n",
                    escape(class),
                    u8::from(found.difficult),
                )
            })
            .collect();
        format!(
            "<annotation>\n  <folder>JPEGImages</folder>\n  <filename>{}</filename>\n  <size>\
             <width>{width}</width><height>{height}</height><depth>3</depth></size>\n  \
             <segmented>0</segmented>\n{objects}</annotation>\n",
            escape(name),
        )
    }

    fn add_coco(&mut self, name: &str, labelled: &LabelledPicture) {
        let (width, height) = labelled.picture.dimensions();
        let image = self.images.len() + 1;
        self.images
            .push(json!({"id": image, "file_name": name, "width": width, "height": height}));
        for found in &labelled.boxes {
            let bbox = found.bbox.to_pixels(width, height);
            let cents = |value: f32| (f64::from(value) * 100.0).round() / 100.0;
            let (x, y) = (cents(bbox.x0), cents(bbox.y0));
            let (w, h) = (cents(bbox.x1 - bbox.x0), cents(bbox.y1 - bbox.y0));
            let id = self.annotations.len() + 1;
            self.annotations.push(json!({
                "id": id, "image_id": image, "category_id": found.class.0,
                "bbox": [x, y, w, h], "area": w * h, "iscrowd": 0, "ignore": u8::from(found.difficult),
            }));
        }
    }

    fn add_rows(&mut self, name: &str, labelled: &LabelledPicture) {
        let size = labelled.picture.dimensions();
        for found in &labelled.boxes {
            let [xmin, ymin, xmax, ymax] = pixel_numbers(found, size).map(f64::from);
            self.rows.push(Row {
                filename: name.to_owned(),
                width: f64::from(size.0),
                height: f64::from(size.1),
                class: self.classes.name(found.class).unwrap_or_default().to_owned(),
                xmin,
                ymin,
                xmax,
                ymax,
            });
        }
    }
}

/// First and last pixel of the box, counted from 1, inside the picture.
fn pixel_numbers(found: &LabelledBox, (width, height): (u32, u32)) -> [u32; 4] {
    let bbox = found.bbox.to_pixels(width, height);
    let first = |value: f32, length: u32| (crate::geom::cast::round_u32(value) + 1).min(length);
    let last = |value: f32, length: u32| crate::geom::cast::round_u32(value).clamp(1, length);
    let (x0, y0) = (first(bbox.x0, width), first(bbox.y0, height));
    [
        x0,
        y0,
        last(bbox.x1, width).max(x0),
        last(bbox.y1, height).max(y0),
    ]
}

fn write_text(path: &Path, text: &str) -> Result<(), DatasetError> {
    std::fs::write(path, text).map_err(|source| DatasetError::Io {
        path: path.to_owned(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        frame::{Rgb, RgbImage},
        geom::{ClassId, CornerBox},
        training::dataset::{CocoDataset, CsvDataset, Dataset as _, VocDataset},
    };

    fn example() -> LabelledPicture {
        let labelled = |class, x0, y0, x1, y1, difficult| LabelledBox {
            class: ClassId(class),
            bbox: CornerBox::new(x0, y0, x1, y1),
            difficult,
        };
        LabelledPicture {
            picture: RgbImage::from_pixel(40, 20, Rgb([9, 99, 199])),
            boxes: vec![
                labelled(1, 0.1, 0.2, 0.5, 1.0, false),
                labelled(2, 0.0, 0.0, 1.0, 0.5, true),
            ],
        }
    }

    fn export(format: ExportFormat) -> (tempfile::TempDir, ClassNames) {
        let folder = tempfile::tempdir().unwrap();
        let classes = ClassNames::new(["apple", "tea & milk"]);
        let mut exporter = Exporter::new(folder.path(), format, "train", &classes).unwrap();
        exporter.add("a.1", "png", &example()).unwrap();
        exporter.finish().unwrap();
        (folder, classes)
    }

    fn assert_same(read: &LabelledPicture, difficult_kept: bool) {
        let expected = example();
        assert_eq!(read.picture, expected.picture);
        assert_eq!(read.boxes.len(), 2);
        for (read, expected) in read.boxes.iter().zip(expected.boxes) {
            assert_eq!(read.class, expected.class);
            assert_eq!(read.difficult, expected.difficult && difficult_kept);
            assert!(read.bbox.iou(expected.bbox) > 0.999, "{read:?}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let (folder, classes) = export(ExportFormat::Voc);
        let voc = VocDataset::open(folder.path(), "train", &classes).unwrap();
        assert_same(&voc.get(0).unwrap(), true);
        assert!(voc.issues().is_empty(), "{:?}", voc.issues());

        let (folder, classes) = export(ExportFormat::Coco);
        let path = folder.path();
        let coco = CocoDataset::open(&path.join("annotations.json"), &path.join("images"), &classes).unwrap();
        assert_same(&coco.get(0).unwrap(), true);

        let (folder, classes) = export(ExportFormat::Csv);
        let path = folder.path();
        let table = CsvDataset::open(&path.join("labels.csv"), &path.join("images"), &classes).unwrap();
        assert_same(&table.get(0).unwrap(), false);
        let text = std::fs::read_to_string(path.join("labels.csv")).unwrap();
        assert!(
            text.starts_with("filename,width,height,class,xmin,ymin,xmax,ymax\n"),
            "{text}"
        );
    }
}
