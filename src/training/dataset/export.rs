//! Writes labelled pictures for other programs: Pascal VOC, COCO, or one CSV table.
//!
//! VOC counts whole pixels, so corners are rounded there to the nearest; COCO and CSV keep three digits. VOC
//! keeps `difficult` and `truncated`; COCO keeps them as `ignore` and `truncated`; the table keeps them, and
//! pictures without boxes, only if it may have more than its eight columns.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use quick_xml::escape::escape;
use serde_json::json;

use super::{ClassNames, DatasetError, LabelledPicture, ObjectFlags, ObjectLabel};
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

impl ExportFormat {
    /// Name of the folder of the pictures.
    #[must_use]
    pub const fn pictures(self) -> &'static str {
        match self {
            Self::Voc => "JPEGImages",
            Self::Coco | Self::Csv => "images",
        }
    }
}

/// One picture to be written, by its labels.
#[derive(Debug, Clone, Copy)]
pub struct ExportPage<'a> {
    /// File name of the picture in the folder of the pictures.
    pub name: &'a str,
    /// Width and height as a person sees it.
    pub size: (u32, u32),
    /// Objects in pixels, with places in the exporter's class list.
    pub objects: &'a [ObjectLabel],
    /// What a split must not tear apart.
    pub group: Option<&'a str>,
}

/// Writes pictures one after the other, and the lists when it is finished.
#[derive(Debug)]
pub struct Exporter {
    folder: PathBuf,
    format: ExportFormat,
    classes: ClassNames,
    list: String,
    labels_file: Option<String>,
    has_more_columns: bool,
    stems: Vec<String>,
    images: Vec<serde_json::Value>,
    annotations: Vec<serde_json::Value>,
    rows: Vec<Vec<String>>,
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
            make_folder(&folder.join(part))?;
        }
        Ok(Self {
            folder: folder.to_owned(),
            format,
            classes: classes.clone(),
            list: list.to_owned(),
            labels_file: None,
            has_more_columns: false,
            stems: Vec::new(),
            images: Vec::new(),
            annotations: Vec::new(),
            rows: Vec::new(),
        })
    }

    /// Writes the COCO file or the table under this name, relative to the folder.
    #[must_use]
    pub fn with_labels_file(mut self, name: &str) -> Self {
        self.labels_file = Some(name.to_owned());
        self
    }

    /// Adds the columns `difficult` and `truncated` to the table, and rows for pictures without boxes.
    #[must_use]
    pub const fn with_more_columns(mut self) -> Self {
        self.has_more_columns = true;
        self
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
        picture::write(
            &labelled.picture,
            &self.folder.join(self.format.pictures()).join(&name),
        )?;
        let size = labelled.picture.dimensions();
        let (width, height) = (f64::from(size.0), f64::from(size.1));
        let objects: Vec<ObjectLabel> = labelled
            .boxes
            .iter()
            .filter_map(|found| {
                let [x0, y0, x1, y1] =
                    [found.bbox.x0, found.bbox.y0, found.bbox.x1, found.bbox.y1].map(f64::from);
                Some(ObjectLabel {
                    class: usize::from(found.class.0).checked_sub(1)?,
                    bbox: [x0 * width, y0 * height, x1 * width, y1 * height],
                    flags: ObjectFlags {
                        difficult: found.difficult,
                        ..ObjectFlags::default()
                    },
                })
            })
            .collect();
        self.add_page(&ExportPage {
            name: &name,
            size,
            objects: &objects,
            group: None,
        })
    }

    /// Writes the labels of a picture that lies, or will lie, in the folder of the pictures.
    ///
    /// # Errors
    /// [`DatasetError`] if a file cannot be written.
    pub fn add_page(&mut self, page: &ExportPage<'_>) -> Result<(), DatasetError> {
        match self.format {
            ExportFormat::Voc => {
                let stem = page.name.rsplit_once('.').map_or(page.name, |(stem, _)| stem);
                let text = self.voc(page);
                write_text(
                    &self.folder.join("Annotations").join(format!("{stem}.xml")),
                    &text,
                )?;
                self.stems.push(stem.to_owned());
            }
            ExportFormat::Coco => self.add_coco(page),
            ExportFormat::Csv => self.add_rows(page),
        }
        Ok(())
    }

    /// Writes the lists that name all pictures.
    ///
    /// # Errors
    /// [`DatasetError`] if a file cannot be written.
    pub fn finish(self) -> Result<(), DatasetError> {
        let usual = |name: &str| self.labels_file.clone().unwrap_or_else(|| name.to_owned());
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
                    .map(|id| json!({"id": id.0, "name": self.classes.name(id), "supercategory": "product"}))
                    .collect();
                let path = self.folder.join(usual("annotations.json"));
                if let Some(folder) = path.parent() {
                    make_folder(folder)?;
                }
                let document = json!({
                    "info": {"description": "Tillsight data set", "version": "1.0"},
                    "licenses": [],
                    "images": self.images,
                    "annotations": self.annotations,
                    "categories": categories,
                });
                write_text(&path, &document.to_string())
            }
            ExportFormat::Csv => {
                let path = self.folder.join(usual("labels.csv"));
                let wrong = |error: csv::Error| DatasetError::Labels {
                    path: path.clone(),
                    reason: error.to_string(),
                };
                let mut writer = csv::Writer::from_writer(Vec::new());
                let more = self.has_more_columns;
                writer.write_record(columns(more)).map_err(wrong)?;
                for row in &self.rows {
                    writer.write_record(row).map_err(wrong)?;
                }
                let bytes = writer
                    .into_inner()
                    .map_err(|error| wrong(csv::Error::from(error.into_error())))?;
                write_text(&path, &String::from_utf8_lossy(&bytes))
            }
        }
    }

    fn class(&self, object: &ObjectLabel) -> &str {
        self.classes.names().get(object.class).map_or("", String::as_str)
    }

    /// As LabelImg writes it, but without the path of this machine.
    fn voc(&self, page: &ExportPage<'_>) -> String {
        let (width, height) = page.size;
        let objects: String = page
            .objects
            .iter()
            .map(|object| {
                let [x0, y0, x1, y1] = pixel_numbers(object.bbox, page.size);
                format!(
                    "\t<object>\n\t\t<name>{}</name>\n\t\t<pose>Unspecified</pose>\n\t\t\
                     <truncated>{}</truncated>\n\t\t<difficult>{}</difficult>\n\t\t<bndbox>\n\t\t\t\
                     <xmin>{x0}</xmin>\n\t\t\t<ymin>{y0}</ymin>\n\t\t\t<xmax>{x1}</xmax>\n\t\t\t\
                     <ymax>{y1}</ymax>\n\t\t</bndbox>\n\t</object>\n",
                    escape(self.class(object)),
                    u8::from(object.flags.truncated),
                    u8::from(object.flags.difficult || object.flags.crowd),
                )
            })
            .collect();
        format!(
            "<annotation>\n\t<folder>JPEGImages</folder>\n\t<filename>{}</filename>\n\t<source>\n\t\t\
             <database>Unknown</database>\n\t</source>\n\t<size>\n\t\t<width>{width}</width>\n\t\t\
             <height>{height}</height>\n\t\t<depth>3</depth>\n\t</size>\n\t<segmented>0</segmented>\n\
             {objects}</annotation>\n",
            escape(page.name),
        )
    }

    fn add_coco(&mut self, page: &ExportPage<'_>) {
        let (width, height) = page.size;
        let image = self.images.len() + 1;
        let mut entry = json!({"id": image, "file_name": page.name, "width": width, "height": height});
        if let Some(group) = page.group {
            entry["seq_id"] = json!(group);
        }
        self.images.push(entry);
        for object in page.objects {
            let [x0, y0, x1, y1] = object.bbox;
            let (x, y, w, h) = (
                thousandths(x0),
                thousandths(y0),
                thousandths(x1 - x0),
                thousandths(y1 - y0),
            );
            let id = self.annotations.len() + 1;
            let mut entry = json!({
                "id": id, "image_id": image, "category_id": object.class + 1,
                "bbox": [x, y, w, h], "area": thousandths(w * h), "segmentation": [],
                "iscrowd": u8::from(object.flags.crowd), "ignore": u8::from(object.flags.difficult),
            });
            if object.flags.truncated {
                entry["truncated"] = json!(1);
            }
            self.annotations.push(entry);
        }
    }

    fn add_rows(&mut self, page: &ExportPage<'_>) {
        let start = || {
            vec![
                page.name.to_owned(),
                page.size.0.to_string(),
                page.size.1.to_string(),
            ]
        };
        if page.objects.is_empty() && self.has_more_columns {
            let mut row = start();
            row.resize(columns(true).len(), String::new());
            self.rows.push(row);
        }
        for object in page.objects {
            let [x0, y0, x1, y1] = object.bbox;
            let mut row = start();
            row.push(self.class(object).to_owned());
            // Counted from 1, the last pixel included.
            row.extend([x0 + 1.0, y0 + 1.0, x1, y1].map(|edge| thousandths(edge).to_string()));
            if self.has_more_columns {
                let flags = object.flags;
                row.extend(
                    [flags.difficult || flags.crowd, flags.truncated].map(|flag| u8::from(flag).to_string()),
                );
            }
            self.rows.push(row);
        }
    }
}

/// The columns of the table: the eight, or with two more.
fn columns(has_more: bool) -> &'static [&'static str] {
    const ALL: [&str; 10] = [
        "filename",
        "width",
        "height",
        "class",
        "xmin",
        "ymin",
        "xmax",
        "ymax",
        "difficult",
        "truncated",
    ];
    if has_more { &ALL } else { ALL.split_at(8).0 }
}

fn thousandths(value: f64) -> f64 {
    (value * 1000.0).round() / 1000.0
}

/// First and last pixel of the box, counted from 1, inside the picture.
fn pixel_numbers([x0, y0, x1, y1]: [f64; 4], (width, height): (u32, u32)) -> [u32; 4] {
    let round = |value: f64| crate::geom::cast::round_u32(crate::geom::cast::narrow_f32(value));
    let first = |value: f64, length: u32| (round(value) + 1).min(length);
    let last = |value: f64, length: u32| round(value).clamp(1, length);
    let (left, top) = (first(x0, width), first(y0, height));
    [left, top, last(x1, width).max(left), last(y1, height).max(top)]
}

pub(super) fn make_folder(path: &Path) -> Result<(), DatasetError> {
    std::fs::create_dir_all(path).map_err(|source| DatasetError::Io {
        path: path.to_owned(),
        source,
    })
}

/// Writes a file whole or not at all.
pub(super) fn write_text(path: &Path, text: &str) -> Result<(), DatasetError> {
    let io = |source| DatasetError::Io {
        path: path.to_owned(),
        source,
    };
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let mut file = std::fs::File::create(&part).map_err(io)?;
    file.write_all(text.as_bytes()).map_err(io)?;
    file.sync_all().map_err(io)?;
    std::fs::rename(&part, path).map_err(io)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        frame::{Rgb, RgbImage},
        geom::{ClassId, CornerBox},
        training::dataset::{CocoDataset, CsvDataset, Dataset as _, LabelledBox, VocDataset},
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
        assert_eq!(voc.report().notes().count(), 0, "{:?}", voc.report());

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
