//! The cut-outs of a run, in memory: our classes and the distractors, read from `index.csv` lists.

use std::path::Path;

use rayon::prelude::*;
use serde::Deserialize;

use super::cutout::Cutout;
use crate::{
    frame::{RgbaImage, picture},
    geom::ClassId,
    training::dataset::{ClassNames, DatasetError},
};

/// The class name in an index that means "none of ours": shown, and boxed only where it is labelled as a
/// distractor, see [`CutoutLibrary::label_distractors`].
const DISTRACTOR: &str = "other";

/// One row of `index.csv`.
#[derive(Debug, Deserialize)]
struct Row {
    file: String,
    class: String,
    split: String,
}

/// Cut-outs with alpha, ready to be drawn.
#[derive(Debug, Clone)]
pub struct CutoutLibrary {
    classes: ClassNames,
    max_side: u32,
    cutouts: Vec<Cutout>,
    /// Names of the distractors that are labelled, each with the parts of file names that make one.
    kinds: Vec<(String, Vec<String>)>,
}

impl CutoutLibrary {
    /// A library without cut-outs; larger pictures are made to fit `max_side` pixels.
    #[must_use]
    pub const fn empty(classes: ClassNames, max_side: u32) -> Self {
        Self {
            classes,
            max_side,
            cutouts: Vec::new(),
            kinds: Vec::new(),
        }
    }

    /// Reads the cut-outs of one split (for instance `train`) of an `index.csv` with the columns `file`
    /// (relative to the index), `class` and `split`. Classes that are not in `classes` become distractors.
    ///
    /// # Errors
    /// [`DatasetError`] if the index or a picture cannot be read, or if the split is empty.
    pub fn load(
        index: &Path,
        split: &str,
        classes: &ClassNames,
        max_side: u32,
    ) -> Result<Self, DatasetError> {
        let mut library = Self::empty(classes.clone(), max_side);
        library.extend_from(index, split)?;
        Ok(library)
    }

    /// Adds the cut-outs of one split of another index, and says how many.
    ///
    /// # Errors
    /// As [`CutoutLibrary::load`].
    pub fn extend_from(&mut self, index: &Path, split: &str) -> Result<usize, DatasetError> {
        let labels = |reason: String| DatasetError::Labels {
            path: index.to_owned(),
            reason,
        };
        let mut reader = csv::Reader::from_path(index).map_err(|error| labels(error.to_string()))?;
        let mut rows = Vec::new();
        for row in reader.deserialize::<Row>() {
            let row = row.map_err(|error| labels(error.to_string()))?;
            if row.split == split {
                rows.push(row);
            }
        }
        let folder = index.parent().unwrap_or_else(|| Path::new("."));
        // Order is kept by rayon's indexed collect, so the same files give the same scenes everywhere.
        let read: Vec<Option<Cutout>> = rows
            .par_iter()
            .map(|row| {
                let class = (row.class != DISTRACTOR)
                    .then(|| self.classes.id(&row.class))
                    .flatten();
                let pixels = picture::read_rgba(&folder.join(&row.file))?;
                Ok(Cutout::new(class, &row.file, &pixels, self.max_side))
            })
            .collect::<Result<_, DatasetError>>()?;
        let before = self.cutouts.len();
        self.cutouts.extend(read.into_iter().flatten());
        let added = self.cutouts.len() - before;
        if added == 0 {
            return Err(DatasetError::Nothing {
                path: index.to_owned(),
                what: format!("no cut-outs of the split \"{split}\""),
            });
        }
        Ok(added)
    }

    /// Adds one cut-out; without a class it is a distractor. False if nothing of it is opaque.
    pub fn push(&mut self, class: Option<ClassId>, pixels: &RgbaImage, name: &str) -> bool {
        let cutout = Cutout::new(class, name, pixels, self.max_side);
        let usable = cutout.is_some();
        self.cutouts.extend(cutout);
        usable
    }

    /// Labels the distractors whose file name contains one of the parts: the first kind of `kinds` as the
    /// number after the last class, and so on. Says how many cut-outs each kind got. What is drawn
    /// (`drawn/citrus-slice`, `drawn/tomato` ...) and rendered (`rendered/orange` ...) is labelled by the
    /// same parts when it is shown.
    pub fn label_distractors(&mut self, kinds: &[(String, Vec<String>)]) -> Vec<usize> {
        kinds.clone_into(&mut self.kinds);
        let mut counts = vec![0; kinds.len()];
        let mut cutouts = std::mem::take(&mut self.cutouts);
        for cutout in cutouts.iter_mut().filter(|cutout| cutout.class.is_none()) {
            let Some(kind) = self.kind_of(&cutout.name) else {
                continue;
            };
            cutout.distractor = self.number_of(kind);
            counts[kind] += 1;
        }
        self.cutouts = cutouts;
        counts
    }

    /// What a distractor of this name is labelled as.
    pub(super) fn distractor_of(&self, name: &str) -> Option<ClassId> {
        self.number_of(self.kind_of(name)?)
    }

    fn kind_of(&self, name: &str) -> Option<usize> {
        self.kinds
            .iter()
            .position(|(_, parts)| parts.iter().any(|part| name.contains(part.as_str())))
    }

    fn number_of(&self, kind: usize) -> Option<ClassId> {
        u16::try_from(self.classes.len() + 1 + kind).ok().map(ClassId)
    }

    /// The class list.
    #[must_use]
    pub const fn classes(&self) -> &ClassNames {
        &self.classes
    }

    /// How many cut-outs there are, distractors included.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.cutouts.len()
    }

    /// Whether there are no cut-outs at all.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.cutouts.is_empty()
    }

    /// How many cut-outs a class has, or how many distractors there are.
    #[must_use]
    pub fn count(&self, class: Option<ClassId>) -> usize {
        self.cutouts.iter().filter(|cutout| cutout.class == class).count()
    }

    pub(super) fn cutouts(&self) -> &[Cutout] {
        &self.cutouts
    }
}
