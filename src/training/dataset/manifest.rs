//! Our own data set folder: pictures upright in `images`, one COCO file a split in `annotations`, and
//! `dataset.json`, which is written last and says what belongs together.

use std::{collections::BTreeMap, path::Path};

use serde::{Deserialize, Serialize};

use super::{DatasetError, Issue, LabelSet, text::read_bytes};
use crate::vision::bundle::sha256_hex;

/// Name of the manifest.
pub(super) const FILE: &str = "dataset.json";
/// What the manifest calls itself.
const FORMAT: &str = "tillsight-dataset";
/// Newest version that is read and written.
const VERSION: u32 = 1;

/// What a data set of ours says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    format: String,
    version: u32,
    /// Where it was imported from.
    pub source: String,
    /// Class names in order.
    pub classes: Vec<String>,
    /// Each split by its name.
    pub splits: BTreeMap<String, SplitFile>,
    /// The account of the import.
    pub report: serde_json::Value,
}

/// One split of a data set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitFile {
    /// The COCO file, relative to the manifest.
    pub annotations: String,
    /// Pictures in it.
    pub pictures: usize,
    /// Boxes in it.
    pub boxes: usize,
    /// SHA-256 of the COCO file.
    pub sha256: String,
}

impl Manifest {
    /// A manifest of this version.
    #[must_use]
    pub fn new(source: String, classes: Vec<String>, report: serde_json::Value) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            source,
            classes,
            splits: BTreeMap::new(),
            report,
        }
    }

    /// Reads the manifest of a folder.
    ///
    /// # Errors
    /// [`DatasetError`] if it cannot be read or is of another program or a newer version.
    pub fn read(folder: &Path) -> Result<Self, DatasetError> {
        let path = folder.join(FILE);
        let wrong = |reason: String| DatasetError::Labels {
            path: path.clone(),
            reason,
        };
        let bytes = read_bytes(&path, 64 << 20)?;
        let manifest: Self = serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
        if manifest.format != FORMAT {
            return Err(wrong(format!("it is a {}, not a {FORMAT}", manifest.format)));
        }
        if manifest.version > VERSION {
            return Err(wrong(format!(
                "it has version {}, and this program reads up to {VERSION}",
                manifest.version
            )));
        }
        Ok(manifest)
    }
}

/// Reads a data set of ours, or one of its splits.
pub(super) fn read_set(folder: &Path, split: Option<&str>) -> Result<LabelSet, DatasetError> {
    let manifest = Manifest::read(folder)?;
    if let Some(split) = split.filter(|split| !manifest.splits.contains_key(*split)) {
        let names: Vec<&str> = manifest.splits.keys().map(String::as_str).collect();
        return Err(DatasetError::Request {
            reason: format!(
                "{} has no split \"{split}\"; it has {}",
                folder.display(),
                names.join(", ")
            ),
        });
    }
    let mut set = LabelSet::default();
    for name in &manifest.classes {
        set.class(name);
    }
    for (name, file) in &manifest.splits {
        if split.is_some_and(|split| split != name) {
            continue;
        }
        // A manifest must not lead out of its folder.
        let inside = Path::new(&file.annotations)
            .components()
            .all(|part| matches!(part, std::path::Component::Normal(_)));
        if !inside {
            return Err(DatasetError::Labels {
                path: folder.join(FILE),
                reason: format!("the split {name} names a file outside of the folder"),
            });
        }
        let path = folder.join(&file.annotations);
        set.append(LabelSet::coco(&path, &folder.join("images"), name)?);
        if sha256_hex(&read_bytes(&path, 1 << 30)?) != file.sha256 {
            set.report
                .note(Issue::ChangedSinceImport, || path.display().to_string());
        }
    }
    if set.pictures.is_empty() {
        return Err(DatasetError::Nothing {
            path: folder.to_owned(),
            what: "no pictures".to_owned(),
        });
    }
    Ok(set)
}
