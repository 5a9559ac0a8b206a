//! Pascal VOC folders and LabelImg's folders.
//!
//! One label file that cannot be used does not spoil the set: it is refused, counted and named in the
//! report. Only a set in which nothing can be used is an error.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
};

use rayon::prelude::*;

use super::{
    ClassNames, DatasetError, Issue, LabelSet, ObjectLabel, PictureLabels, ReadReport,
    files::{PictureFinder, picture_of_stem, pictures_below, without_ending},
    label_dataset::dataset_of,
    source_spec::with_ending,
    text::{decode, read_bytes, xml_encoding},
    voc_xml::{VocAnnotation, VocFault},
};

/// Label files of one picture are some kilobytes; this is thousands of boxes.
const MAX_XML_BYTES: u64 = 8 << 20;
/// A list of file names.
const MAX_LIST_BYTES: u64 = 64 << 20;

dataset_of! {
    /// Pictures with Pascal VOC labels.
    VocDataset
}

impl VocDataset {
    /// Opens `root/{JPEGImages,Annotations}` with the pictures named in `root/ImageSets/Main/LIST.txt`.
    /// Objects of classes that are not in `classes` are left out.
    ///
    /// # Errors
    /// [`DatasetError`] if the list cannot be read or nothing in it can be used.
    pub fn open(root: &Path, list: &str, classes: &ClassNames) -> Result<Self, DatasetError> {
        Ok(Self::new(LabelSet::voc(root, Some(list))?, classes))
    }

    /// Opens a folder as LabelImg leaves it; see [`LabelSet::voc`].
    ///
    /// # Errors
    /// [`DatasetError`] if the folder cannot be read, or nothing is labelled.
    pub fn open_folder(folder: &Path, classes: &ClassNames) -> Result<Self, DatasetError> {
        Ok(Self::new(LabelSet::voc(folder, None)?, classes))
    }
}

/// One label file to read.
struct Job {
    labels: PathBuf,
    split: Arc<str>,
}

/// What one label file gave.
struct Read {
    picture: Option<PictureLabels>,
    names: Vec<String>,
    report: ReadReport,
}

impl LabelSet {
    /// Reads a VOC folder: with a list the pictures in it; without one every file in `Annotations`, each in
    /// the split (`train`, `val`, `test`) whose list names it. A folder without `Annotations` is read as
    /// LabelImg leaves it: every picture with an XML file of the same name beside it; pictures without one
    /// are left out, because nobody looked at them.
    ///
    /// # Errors
    /// [`DatasetError`] if the folder or list cannot be read, or nothing in it can be used.
    pub fn voc(root: &Path, list: Option<&str>) -> Result<Self, DatasetError> {
        let annotations = label_folder(root);
        let mut report = ReadReport::default();
        let jobs = match (list, &annotations) {
            (Some(list), folder) => {
                let usual = root.join("Annotations");
                listed(root, list, folder.as_deref().unwrap_or(&usual))?
            }
            (None, Some(folder)) => all_of(root, folder)?,
            (None, None) => beside_pictures(root, &mut report)?,
        };
        // Beside their labels, or all in one folder.
        let in_one_folder = list.is_some() || annotations.is_some();
        let pictures = ["JPEGImages", "images", "Images"]
            .into_iter()
            .map(|name| root.join(name))
            .find(|folder| in_one_folder && folder.is_dir())
            .unwrap_or_else(|| root.to_owned());
        let finder = PictureFinder::new(&pictures);
        let read: Vec<Read> = jobs
            .into_par_iter()
            .map(|job| read_job(&job, &finder, in_one_folder.then_some(pictures.as_path())))
            .collect();
        let mut set = Self::default();
        for one in read {
            report.absorb(one.report);
            let Some(mut picture) = one.picture else { continue };
            for (object, name) in picture.objects.iter_mut().zip(&one.names) {
                object.class = set.class(name);
            }
            set.pictures.push(picture);
        }
        if set.pictures.is_empty() {
            return Err(nothing(root, &report));
        }
        set.report = report;
        set.count();
        set.sort_classes();
        Ok(set)
    }
}

/// Why nothing was left, with the first file that was refused.
pub(super) fn nothing(path: &Path, report: &ReadReport) -> DatasetError {
    let first = report.notes().find_map(|(issue, note)| {
        let place = note.examples.first()?;
        Some(format!(
            "no labelled pictures that can be used ({}: {place})",
            issue.words()
        ))
    });
    DatasetError::Nothing {
        path: path.to_owned(),
        what: first.unwrap_or_else(|| "no labelled pictures".to_owned()),
    }
}

/// The folder of the XML files in a VOC folder, under the names that it has in the wild.
pub(super) fn label_folder(root: &Path) -> Option<PathBuf> {
    let usual = root.join("Annotations");
    if usual.is_dir() {
        return Some(usual);
    }
    let others = ["annotations", "labels", "xml"].map(|name| root.join(name));
    others
        .into_iter()
        .find(|folder| with_ending(folder, "xml").is_ok_and(|files| !files.is_empty()))
}

/// XML files beside pictures, as LabelImg leaves them.
fn beside_pictures(root: &Path, report: &mut ReadReport) -> Result<Vec<Job>, DatasetError> {
    let mut files = Vec::new();
    for picture in pictures_below(root)? {
        let labels = picture.with_extension("xml");
        if labels.is_file() {
            files.push(labels);
        } else {
            report.note(Issue::Unlabelled, || picture.display().to_string());
        }
    }
    files.dedup();
    let split = Arc::from("");
    let jobs = files.into_iter().map(|labels| Job {
        labels,
        split: Arc::clone(&split),
    });
    Ok(jobs.collect())
}

/// The stems in one list, each once. Lists of one class have a second column of -1, 0 or 1; lists of other
/// programs have paths or endings. `labels` is the folder that decides where a name can be read in two ways.
fn stems(root: &Path, list: &str, labels: &Path) -> Result<Vec<String>, DatasetError> {
    let file = root.join("ImageSets").join("Main").join(format!("{list}.txt"));
    let text = decode(read_bytes(&file, MAX_LIST_BYTES)?, None).text;
    let mut seen = BTreeSet::new();
    let names = text.lines().filter_map(|line| {
        let line = line.trim().replace('\\', "/");
        // A list must not lead out of its folder.
        let name = line.rsplit('/').next().filter(|name| !name.is_empty())?;
        let mut readings = vec![name];
        if let Some((first, last)) = name.rsplit_once(char::is_whitespace)
            && ["-1", "0", "1"].contains(&last)
        {
            readings.push(first.trim_end());
        }
        let shorter: Vec<&str> = readings.iter().filter_map(|name| without_ending(name)).collect();
        readings.extend(shorter);
        let found = readings
            .iter()
            .find(|name| labels.join(format!("{name}.xml")).is_file());
        // Missing labels are named by the shortest reading.
        let stem = (*found.or(readings.last())?).to_owned();
        seen.insert(stem.clone()).then_some(stem)
    });
    Ok(names.collect())
}

fn listed(root: &Path, list: &str, folder: &Path) -> Result<Vec<Job>, DatasetError> {
    let split: Arc<str> = Arc::from(list);
    let jobs = stems(root, list, folder)?.into_iter().map(|stem| Job {
        labels: folder.join(format!("{stem}.xml")),
        split: Arc::clone(&split),
    });
    Ok(jobs.collect())
}

fn all_of(root: &Path, folder: &Path) -> Result<Vec<Job>, DatasetError> {
    let mut splits: BTreeMap<String, Arc<str>> = BTreeMap::new();
    for list in ["train", "val", "test"] {
        let name: Arc<str> = Arc::from(list);
        for stem in stems(root, list, folder).unwrap_or_default() {
            splits.entry(stem).or_insert_with(|| Arc::clone(&name));
        }
    }
    let files = with_ending(folder, "xml")?;
    let jobs = files.into_iter().map(|labels| {
        let stem = labels.file_stem().unwrap_or_default().to_string_lossy();
        let split = splits
            .get(stem.as_ref())
            .map_or_else(|| Arc::from(""), Arc::clone);
        Job { labels, split }
    });
    Ok(jobs.collect())
}

/// Reads one label file; `pictures` is the folder of all pictures, none if they lie beside their labels.
fn read_job(job: &Job, finder: &PictureFinder, pictures: Option<&Path>) -> Read {
    let mut report = ReadReport::default();
    let shown = job.labels.display();
    let refused = |mut report: ReadReport, issue, reason: &str| {
        report.note(issue, || format!("{shown} ({reason})"));
        Read {
            picture: None,
            names: Vec::new(),
            report,
        }
    };
    let bytes = match read_bytes(&job.labels, MAX_XML_BYTES) {
        Ok(bytes) => bytes,
        Err(error @ DatasetError::TooLarge { .. }) => {
            return refused(report, Issue::LabelsTooLarge, &error.to_string());
        }
        Err(error) => return refused(report, Issue::LabelsUnreadable, &error.to_string()),
    };
    let declared = xml_encoding(&bytes).map(<[u8]>::to_vec);
    let text = decode(bytes, declared.as_deref());
    if text.was_other {
        report.note(Issue::OtherEncoding, || shown.to_string());
    }
    let annotation = match VocAnnotation::parse(&text.text) {
        Ok(annotation) => annotation,
        Err(fault @ VocFault::DocumentType) => return refused(report, Issue::Entities, &fault.to_string()),
        Err(fault @ VocFault::Xml(_)) => {
            return refused(report, Issue::LabelsUnreadable, &fault.to_string());
        }
    };
    let beside = pictures
        .or_else(|| job.labels.parent())
        .unwrap_or_else(|| Path::new(""));
    let Some((file, by_other_name)) = find_picture(beside, &job.labels, &annotation, finder) else {
        return refused(report, Issue::PictureMissing, &annotation.filename);
    };
    if by_other_name {
        report.note(Issue::NameMended, || {
            format!("{shown} (\"{}\")", annotation.filename)
        });
    }
    for _ in 0..annotation.unreadable {
        report.note(Issue::NoCorners, || shown.to_string());
    }
    let mut objects = Vec::new();
    let mut names = Vec::new();
    let mut is_incomplete = annotation.unreadable > 0;
    for object in annotation.objects {
        if object.name.is_empty() {
            is_incomplete = true;
            report.note(Issue::NoClass, || shown.to_string());
            continue;
        }
        if object.was_exchanged {
            report.note(Issue::CornersExchanged, || {
                format!("{shown}: \"{}\"", object.name)
            });
        }
        objects.push(ObjectLabel {
            class: 0,
            bbox: object.bbox,
            flags: object.flags,
        });
        names.push(object.name);
    }
    Read {
        picture: Some(PictureLabels {
            file,
            source: shown.to_string().into(),
            size: annotation.size,
            split: Arc::clone(&job.split),
            group: None,
            class: None,
            objects,
            is_incomplete,
        }),
        names,
        report,
    }
}

/// The picture of a label file. The name of the label file is safer than what is written in it: files get
/// renamed together.
fn find_picture(
    beside: &Path,
    labels: &Path,
    annotation: &VocAnnotation,
    finder: &PictureFinder,
) -> Option<(PathBuf, bool)> {
    if let Some(file) = picture_of_stem(beside, labels) {
        let written = annotation.filename.as_str();
        let is_same = file
            .file_name()
            .is_some_and(|name| name.to_string_lossy() == written);
        return Some((file, !is_same && !written.is_empty()));
    }
    let plain = Path::new(&annotation.filename).file_name();
    if let Some(file) = plain.map(|name| beside.join(name)).filter(|file| file.is_file()) {
        return Some((file, false));
    }
    [&annotation.filename, &annotation.path]
        .into_iter()
        .find_map(|name| finder.find(name))
}

#[cfg(test)]
mod tests;
