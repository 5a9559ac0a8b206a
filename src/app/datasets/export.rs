//! The shop's photos as files for other programs, in a new folder that appears when it is whole.

use std::{collections::BTreeMap, path::Path};

use super::{
    Progress,
    sidecar::{self, Remark, Sidecar},
    stored::StoredSet,
    survey_steps::survey_in_steps,
};
use crate::training::dataset::{
    Depth, ExportFormat, PictureCopy, ReadReport, WriteOptions, Written, export_set_with,
};

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Writing {
    /// The format.
    pub format: ExportFormat,
    /// Of a table only the eight columns that every program knows: pictures without boxes and the word
    /// "difficult" are lost then.
    pub is_plain: bool,
    /// Whether the parts of the split are written, or all photos as one.
    pub has_splits: bool,
}

/// What was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    /// Pictures and boxes.
    pub written: Written,
    /// Photos that could not be written, and why.
    pub report: ReadReport,
}

/// Writes photos into a new folder, byte by byte as they were taken.
///
/// # Errors
/// One sentence, if the folder is not empty or cannot be written, or it was stopped; nothing is left then.
pub fn export(
    stored: &StoredSet,
    folder: &Path,
    target: &Path,
    writing: Writing,
    progress: Progress<'_>,
) -> anyhow::Result<Exported> {
    let mut set = stored.label_set(folder);
    if !writing.has_splits {
        for picture in &mut set.pictures {
            picture.split = "".into();
        }
    }
    let survey = survey_in_steps(&set, Depth::Headers, progress)?;
    let options = WriteOptions {
        format: writing.format,
        pictures: PictureCopy::AsTheyAre,
        has_more_columns: !writing.is_plain,
    };
    let beside = |names: &[Option<String>]| {
        let remarks: BTreeMap<String, Remark> = names
            .iter()
            .zip(stored.present())
            .filter_map(|(name, photo)| {
                let said = (photo.state, photo.of.nothing_here);
                let taken = (photo.of.session.as_str(), photo.taken_at);
                let remark = Remark::new(said, taken, photo.source, photo.hint.clone());
                Some((name.clone()?, remark))
            })
            .collect();
        let text = Sidecar::new(remarks).text().unwrap_or_default();
        vec![(sidecar::FILE.to_owned(), text)]
    };
    let written = export_set_with(&set, &survey, target, options, &beside)?;
    Ok(Exported {
        written,
        report: survey.report,
    })
}
