//! From any data set to a folder of one format: pictures copied or turned upright, labels mended, splits
//! kept or drawn anew, all in a new folder that appears when it is complete.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use rayon::prelude::*;
use serde_json::Value;

use super::{
    ClassNames, DatasetError, ExportFormat, ExportPage, Exporter, LabelSet,
    export::{make_folder, write_text},
    manifest::{self, Manifest, SplitFile},
    survey::Survey,
    text::read_bytes,
};
use crate::{frame::picture, vision::bundle::sha256_hex};

/// Name of the split of pictures that belong to none.
const ALL: &str = "all";

/// What becomes of picture files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureCopy {
    /// Byte by byte, but pictures that are stored turned are written upright as PNG, without loss.
    Upright,
    /// All byte by byte, with their EXIF tags.
    AsTheyAre,
}

/// How a data set is written.
#[derive(Debug, Clone, Copy)]
pub struct WriteOptions {
    /// The format.
    pub format: ExportFormat,
    /// What becomes of picture files.
    pub pictures: PictureCopy,
    /// Whether a table may have more than eight columns.
    pub has_more_columns: bool,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Written {
    /// Pictures and boxes of each split.
    pub splits: BTreeMap<String, (usize, usize)>,
    /// Pictures that were turned upright.
    pub turned: usize,
    /// Pictures without boxes that the format cannot name.
    pub unnamed: usize,
    /// Boxes whose `difficult` or `truncated` the format cannot say.
    pub flags_lost: usize,
}

/// A folder beside the target that takes its place when all is written, and goes away otherwise.
struct Staging {
    folder: PathBuf,
    target: PathBuf,
    is_done: bool,
}

impl Staging {
    fn new(target: &Path) -> Result<Self, DatasetError> {
        let io = |source| DatasetError::Io {
            path: target.to_owned(),
            source,
        };
        let is_taken = match std::fs::read_dir(target) {
            Ok(mut entries) => entries.next().is_some(),
            Err(_) => target.exists(),
        };
        let Some(name) = target.file_name().filter(|_| !is_taken) else {
            return Err(DatasetError::Request {
                reason: format!("{} is not empty; choose a new folder", target.display()),
            });
        };
        let parent = target.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or_else(|| Path::new("."));
        make_folder(parent)?;
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(".unfinished");
        let folder = parent.join(hidden);
        if folder.exists() {
            // Left by a run that was cut off.
            std::fs::remove_dir_all(&folder).map_err(io)?;
        }
        make_folder(&folder)?;
        Ok(Self {
            folder,
            target: target.to_owned(),
            is_done: false,
        })
    }

    fn finish(mut self) -> Result<(), DatasetError> {
        let io = |source| DatasetError::Io {
            path: self.target.clone(),
            source,
        };
        if self.target.is_dir() {
            std::fs::remove_dir(&self.target).map_err(io)?;
        }
        std::fs::rename(&self.folder, &self.target).map_err(io)?;
        self.is_done = true;
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        if !self.is_done
            && let Err(error) = std::fs::remove_dir_all(&self.folder)
        {
            tracing::warn!("cannot remove {}: {error}", self.folder.display());
        }
    }
}

/// Writes a set in another format into a new folder.
///
/// # Errors
/// [`DatasetError`] if the folder is not empty or a file cannot be read or written; then nothing is left.
pub fn export_set(
    set: &LabelSet,
    survey: &Survey,
    target: &Path,
    options: WriteOptions,
) -> Result<Written, DatasetError> {
    export_set_with(set, survey, target, options, &|_| Vec::new())
}

/// Text files, by name, that belong beside pictures of these file names; none stands for a picture that
/// cannot be used.
pub type Beside<'a> = &'a dyn Fn(&[Option<String>]) -> Vec<(String, String)>;

/// As [`export_set`], with further text files in the folder.
///
/// # Errors
/// As [`export_set`].
pub fn export_set_with(
    set: &LabelSet,
    survey: &Survey,
    target: &Path,
    options: WriteOptions,
    beside: Beside<'_>,
) -> Result<Written, DatasetError> {
    let staging = Staging::new(target)?;
    let written = write(set, survey, &staging.folder, options)?;
    for (name, text) in beside(&file_names(set, survey, options.pictures)) {
        write_text(&staging.folder.join(name), &text)?;
    }
    staging.finish()?;
    Ok(written)
}

/// Writes a set as a data set of ours into a new folder; `source` and `report` are noted in its manifest.
///
/// # Errors
/// [`DatasetError`] if the folder is not empty or a file cannot be read or written; then nothing is left.
pub fn import_set(
    set: &LabelSet,
    survey: &Survey,
    target: &Path,
    pictures: PictureCopy,
    (source, report): (&str, Value),
) -> Result<Written, DatasetError> {
    let staging = Staging::new(target)?;
    let options = WriteOptions {
        format: ExportFormat::Coco,
        pictures,
        has_more_columns: true,
    };
    let written = write(set, survey, &staging.folder, options)?;
    let mut manifest = Manifest::new(source.to_owned(), set.classes.clone(), report);
    for (name, (pictures, boxes)) in &written.splits {
        let annotations = labels_file(options.format, name, written.splits.len());
        let bytes = read_bytes(&staging.folder.join(&annotations), 1 << 30)?;
        let file = SplitFile {
            annotations,
            pictures: *pictures,
            boxes: *boxes,
            sha256: sha256_hex(&bytes),
        };
        manifest.splits.insert(name.clone(), file);
    }
    let text = serde_json::to_string_pretty(&manifest).map_err(|error| DatasetError::Request {
        reason: error.to_string(),
    })?;
    write_text(&staging.folder.join(manifest::FILE), &text)?;
    staging.finish()?;
    Ok(written)
}

fn labels_file(format: ExportFormat, split: &str, splits: usize) -> String {
    match format {
        ExportFormat::Coco if splits > 1 => format!("annotations/{split}.json"),
        ExportFormat::Csv if splits > 1 => format!("labels-{split}.csv"),
        ExportFormat::Coco => "annotations.json".to_owned(),
        ExportFormat::Csv => "labels.csv".to_owned(),
        ExportFormat::Voc => String::new(),
    }
}

fn write(
    set: &LabelSet,
    survey: &Survey,
    folder: &Path,
    options: WriteOptions,
) -> Result<Written, DatasetError> {
    let names = file_names(set, survey, options.pictures);
    let pictures = folder.join(options.format.pictures());
    make_folder(&pictures)?;
    let turned: Vec<bool> = (0..set.pictures.len())
        .into_par_iter()
        .map(|at| {
            let (Some(labels), Some(Some(name)), Some(Some(seen))) =
                (set.pictures.get(at), names.get(at), survey.pictures.get(at))
            else {
                return Ok(false);
            };
            let to = pictures.join(name);
            let is_turned = options.pictures == PictureCopy::Upright && seen.header.orientation.is_turned();
            if is_turned {
                picture::write(&picture::read(&labels.file)?, &to)?;
            } else {
                std::fs::copy(&labels.file, &to).map_err(|source| DatasetError::Io { path: to, source })?;
            }
            Ok(is_turned)
        })
        .collect::<Result<_, DatasetError>>()?;
    let mut written = Written {
        turned: turned.iter().filter(|is_turned| **is_turned).count(),
        ..Written::default()
    };
    let classes = ClassNames::new(set.classes.iter().cloned());
    let splits = set.splits();
    for split in &splits {
        let shown = if split.is_empty() { ALL } else { split };
        let file = labels_file(options.format, shown, splits.len());
        let mut exporter = Exporter::new(folder, options.format, shown, &classes)?.with_labels_file(&file);
        if options.has_more_columns {
            exporter = exporter.with_more_columns();
        }
        let (mut count, mut boxes) = (0, 0);
        for (at, labels) in set.pictures.iter().enumerate() {
            let (Some(Some(name)), Some(Some(seen))) = (names.get(at), survey.pictures.get(at)) else {
                continue;
            };
            if labels.split != *split {
                continue;
            }
            exporter.add_page(&ExportPage {
                name,
                size: seen.header.seen(),
                objects: &seen.objects,
                group: labels.group.as_deref(),
            })?;
            count += 1;
            boxes += seen.objects.len();
            if options.format == ExportFormat::Csv && !options.has_more_columns {
                let flagged = seen
                    .objects
                    .iter()
                    .filter(|o| o.flags.difficult || o.flags.truncated);
                written.flags_lost += flagged.count();
                written.unnamed += usize::from(seen.objects.is_empty());
            }
        }
        exporter.finish()?;
        written.splits.insert(shown.to_owned(), (count, boxes));
    }
    Ok(written)
}

/// A file name for every picture that can be used, no two with the same stem, whatever the case.
fn file_names(set: &LabelSet, survey: &Survey, copy: PictureCopy) -> Vec<Option<String>> {
    let mut taken: BTreeSet<String> = BTreeSet::new();
    let name = |at: usize, labels: &super::PictureLabels| {
        let seen = survey.pictures.get(at)?.as_ref()?;
        let plain = |part: Option<&std::ffi::OsStr>| -> String {
            let text = part.unwrap_or_default().to_string_lossy();
            text.chars()
                .map(|c| {
                    if c.is_control() || "<>:\"|?*".contains(c) {
                        '_'
                    } else {
                        c
                    }
                })
                .collect()
        };
        let stem = plain(labels.file.file_stem());
        let parent = plain(labels.file.parent().and_then(Path::file_name));
        let ending = if copy == PictureCopy::Upright && seen.header.orientation.is_turned() {
            "png".to_owned()
        } else {
            plain(labels.file.extension()).to_lowercase()
        };
        let candidates = [stem.clone(), format!("{parent}-{stem}")]
            .into_iter()
            .chain((2..).map(|number| format!("{stem}-{number}")));
        let mut candidates = candidates.filter(|candidate| taken.insert(candidate.to_lowercase()));
        Some(format!("{}.{ending}", candidates.next()?))
    };
    set.pictures
        .iter()
        .enumerate()
        .map({
            let mut name = name;
            move |(at, labels)| name(at, labels)
        })
        .collect()
}

/// Draws a split anew: `train_share` of the pictures become `train`, the rest `val`.
///
/// Pictures of one family stay together, and rare classes are spread over both; the same seed gives the same
/// split, whatever the order of the files.
///
/// # Errors
/// [`DatasetError::Request`] if the share is not between 0 and 1.
pub fn split_anew(
    set: &mut LabelSet,
    families: &[usize],
    train_share: f64,
    seed: u64,
) -> Result<(), DatasetError> {
    if !(train_share > 0.0 && train_share < 1.0) {
        return Err(DatasetError::Request {
            reason: format!("the train share {train_share} is not between 0 and 1; 0.8 is usual"),
        });
    }
    let mut boxes = vec![0usize; set.classes.len()];
    let classes_of = |picture: &super::PictureLabels| {
        let boxed = picture.objects.iter().map(|object| object.class);
        boxed.chain(picture.class).collect::<Vec<_>>()
    };
    for class in set.pictures.iter().flat_map(classes_of) {
        if let Some(count) = boxes.get_mut(class) {
            *count += 1;
        }
    }
    let mut members: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, family) in families.iter().enumerate() {
        members.entry(*family).or_default().push(at);
    }
    // Families by their rarest class, in an order that looks random but hangs on the names alone.
    let mut strata: BTreeMap<Option<usize>, Vec<(String, Vec<usize>)>> = BTreeMap::new();
    for places in members.into_values() {
        let pictures = places.iter().filter_map(|at| set.pictures.get(*at));
        let rarest = pictures
            .clone()
            .flat_map(classes_of)
            .min_by_key(|class| boxes.get(*class).copied());
        let name = pictures
            .filter_map(|picture| picture.file.file_name())
            .min()
            .unwrap_or_default();
        let key = sha256_hex(format!("{seed} {}", name.to_string_lossy()).as_bytes());
        strata.entry(rarest).or_default().push((key, places));
    }
    let (train, val): (Arc<str>, Arc<str>) = ("train".into(), "val".into());
    // What one stratum rounds up, the next rounds down.
    let mut owed = 0.0;
    for mut families in strata.into_values() {
        families.sort();
        let total: usize = families.iter().map(|(_, places)| places.len()).sum();
        let wanted = total as f64 * train_share + owed;
        let (mut taken, mut trained) = (0, 0);
        for (_, places) in families {
            let is_train = taken as f64 + places.len() as f64 / 2.0 <= wanted;
            taken += places.len();
            trained += if is_train { places.len() } else { 0 };
            for at in places {
                if let Some(picture) = set.pictures.get_mut(at) {
                    picture.split = Arc::clone(if is_train { &train } else { &val });
                }
            }
        }
        owed = wanted - trained as f64;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
