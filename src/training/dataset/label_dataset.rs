//! Label files as a data set: boxes in memory, pictures read when they are asked for.

use super::{
    ClassNames, Dataset, DatasetError, Issue, LabelSet, LabelledBox, LabelledPicture, PictureHeader,
    PictureLabels, ReadReport,
};
use crate::{
    frame::picture,
    geom::{ClassId, CornerBox, cast::narrow_f32},
};

/// Pictures with labels of any format.
#[derive(Debug, Clone)]
pub struct LabelDataset {
    pictures: Vec<PictureLabels>,
    /// The class of each place in the set's own list; none if it is not wanted.
    ids: Vec<Option<ClassId>>,
    report: ReadReport,
}

impl LabelDataset {
    /// The pictures of `set` with the objects whose class is in `classes`.
    #[must_use]
    pub fn new(set: LabelSet, classes: &ClassNames) -> Self {
        let ids: Vec<Option<ClassId>> = set.classes.iter().map(|name| classes.id(name)).collect();
        let mut report = set.report;
        for picture in &set.pictures {
            for object in &picture.objects {
                if ids.get(object.class).copied().flatten().is_none() {
                    let name = set.classes.get(object.class).map_or("?", String::as_str);
                    report.note(Issue::UnknownClass, || format!("{}: \"{name}\"", picture.source));
                }
            }
        }
        Self {
            pictures: set.pictures,
            ids,
            report,
        }
    }

    /// What was mended, skipped and refused while the labels were read.
    #[must_use]
    pub const fn report(&self) -> &ReadReport {
        &self.report
    }

    /// The file of picture `index`.
    #[must_use]
    pub fn path(&self, index: usize) -> Option<&std::path::Path> {
        self.pictures.get(index).map(|picture| picture.file.as_path())
    }
}

impl Dataset for LabelDataset {
    fn len(&self) -> usize {
        self.pictures.len()
    }

    fn get(&self, index: usize) -> Result<LabelledPicture, DatasetError> {
        let labels = self.pictures.get(index).ok_or(DatasetError::NoSuchPicture {
            index,
            count: self.pictures.len(),
        })?;
        let header = PictureHeader::read(&labels.file)?;
        let picture = picture::read(&labels.file)?;
        let placed = labels.place(&header).map_err(|issue| DatasetError::Labels {
            path: labels.file.clone(),
            reason: format!("{}; {}", issue.words(), issue.hint()),
        })?;
        let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
        let boxes = placed.objects.iter().filter_map(|object| {
            let class = self.ids.get(object.class).copied().flatten()?;
            let [x0, y0, x1, y1] = object.bbox;
            let share = |value: f64, length: f64| narrow_f32((value / length).clamp(0.0, 1.0));
            Some(LabelledBox {
                class,
                bbox: CornerBox::new(
                    share(x0, width),
                    share(y0, height),
                    share(x1, width),
                    share(y1, height),
                ),
                difficult: object.flags.difficult || object.flags.crowd,
            })
        });
        Ok(LabelledPicture {
            boxes: boxes.collect(),
            picture,
        })
    }
}

/// A named data set over [`LabelDataset`].
macro_rules! dataset_of {
    ($(#[doc = $doc:literal])* $name:ident) => {
        $(#[doc = $doc])*
        #[derive(Debug, Clone)]
        pub struct $name(super::label_dataset::LabelDataset);

        impl $name {
            fn new(set: super::LabelSet, classes: &super::ClassNames) -> Self {
                Self(super::label_dataset::LabelDataset::new(set, classes))
            }

            /// What was mended, skipped and refused while the labels were read.
            #[must_use]
            pub const fn report(&self) -> &super::ReadReport {
                self.0.report()
            }

            /// The file of picture `index`.
            #[must_use]
            pub fn path(&self, index: usize) -> Option<&std::path::Path> {
                self.0.path(index)
            }
        }

        impl super::Dataset for $name {
            fn len(&self) -> usize {
                super::Dataset::len(&self.0)
            }

            fn get(&self, index: usize) -> Result<super::LabelledPicture, super::DatasetError> {
                super::Dataset::get(&self.0, index)
            }
        }
    };
}
pub(super) use dataset_of;
