//! Labels as one CSV table: `filename,width,height,class,xmin,ymin,xmax,ymax`, one row a box.
//!
//! Corners are counted as in Pascal VOC: from 1, the last pixel included. The table cannot say that a
//! picture has no boxes, so pictures without a row are not part of the data set.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{ClassNames, Dataset, DatasetError, LabelledBox, LabelledPicture, voc::normalised};
use crate::{frame::picture, geom::ClassId};

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Row {
    pub(super) filename: String,
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) class: String,
    pub(super) xmin: f64,
    pub(super) ymin: f64,
    pub(super) xmax: f64,
    pub(super) ymax: f64,
}

/// Picture size as labelled, and the objects in pixel borders from 0.
type Labels = ((f64, f64), Vec<(ClassId, [f64; 4])>);

/// Pictures with labels in one CSV table.
#[derive(Debug, Clone)]
pub struct CsvDataset {
    entries: Vec<(PathBuf, Labels)>,
}

impl CsvDataset {
    /// Opens a table; file names in it are relative to `pictures`. Rows of classes that are not in `classes`
    /// are left out, their pictures stay.
    ///
    /// # Errors
    /// [`DatasetError`] if the table cannot be read or has no rows.
    pub fn open(table: &Path, pictures: &Path, classes: &ClassNames) -> Result<Self, DatasetError> {
        let wrong = |error: csv::Error| DatasetError::Labels {
            path: table.to_owned(),
            reason: error.to_string(),
        };
        let mut files: BTreeMap<String, Labels> = BTreeMap::new();
        for row in csv::Reader::from_path(table).map_err(wrong)?.deserialize::<Row>() {
            let row = row.map_err(wrong)?;
            let entry = files
                .entry(row.filename)
                .or_insert(((row.width, row.height), Vec::new()));
            if let Some(class) = classes.id(&row.class) {
                let (left, right) = (row.xmin.min(row.xmax), row.xmin.max(row.xmax));
                let (top, bottom) = (row.ymin.min(row.ymax), row.ymin.max(row.ymax));
                entry.1.push((class, [left - 1.0, top - 1.0, right, bottom]));
            }
        }
        if files.is_empty() {
            return Err(DatasetError::Nothing {
                path: table.to_owned(),
                what: "no rows".to_owned(),
            });
        }
        let entries = files
            .into_iter()
            .map(|(file, labels)| (pictures.join(file), labels));
        Ok(Self {
            entries: entries.collect(),
        })
    }
}

impl Dataset for CsvDataset {
    fn len(&self) -> usize {
        self.entries.len()
    }

    fn get(&self, index: usize) -> Result<LabelledPicture, DatasetError> {
        let (path, (size, objects)) = self.entries.get(index).ok_or(DatasetError::NoSuchPicture {
            index,
            count: self.entries.len(),
        })?;
        let picture = picture::read(path)?;
        let seen = (f64::from(picture.width()), f64::from(picture.height()));
        let size = if size.0 > 0.0 && size.1 > 0.0 { *size } else { seen };
        let boxes = objects.iter().filter_map(|(class, bbox)| {
            normalised(*bbox, size).map(|bbox| LabelledBox {
                class: *class,
                bbox,
                difficult: false,
            })
        });
        Ok(LabelledPicture {
            boxes: boxes.collect(),
            picture,
        })
    }
}
