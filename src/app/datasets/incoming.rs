//! Labelled pictures from elsewhere: looked over first, then taken in some at a time.
//!
//! A picture whose boxes could not all be used comes in as new, so that somebody looks at it; it never
//! becomes a picture on which nothing is. Files are copied byte by byte under the name of their content, so a
//! second import of the same files changes nothing, and one that was cut off is simply made again.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use sha2::{Digest as _, Sha256};

use super::{
    Progress,
    sidecar::{Remark, Sidecar},
    survey_steps::survey_in_steps,
};
use crate::{
    domain::time::Timestamp,
    geom::{CornerBox, cast::narrow_f32},
    store::{
        imports::{ImportBatch, ImportedBox, ImportedPhoto},
        photos::{NewPhoto, PhotoSource, ReviewState},
    },
    training::dataset::{
        Depth, LabelFormat, LabelSet, PictureLabels, ReadReport, SetSpec, SurveyedPicture, families, pairs,
        short_look,
    },
};

/// Photos that lie side by side and show the same products were taken together, this many at most.
const TOGETHER: usize = 10;
/// Photos of one transaction: the lane waits for it some hundredths of a second.
pub const BATCH: usize = 100;

/// What is to be known besides the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// What the labels are; found out if none.
    pub format: Option<LabelFormat>,
    /// Whether pictures without labels show none of the products: else somebody has to look at them.
    pub is_empty_place: bool,
    /// Now.
    pub now: Timestamp,
}

/// A picture that can be taken in.
#[derive(Debug, Clone, PartialEq)]
pub struct IncomingPhoto {
    /// The file.
    pub file: PathBuf,
    sha256: [u8; 32],
    /// What is taken in; its file name is that in the photo folder.
    pub row: ImportedPhoto,
}

/// Pictures that can be taken in.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    /// Where they come from, in words.
    pub source: String,
    /// Their classes.
    pub classes: Vec<String>,
    /// The pictures.
    pub photos: Vec<IncomingPhoto>,
    /// What was mended, skipped and refused.
    pub report: ReadReport,
}

impl Incoming {
    /// How many boxes come in.
    #[must_use]
    pub fn boxes(&self) -> usize {
        self.photos.iter().map(|photo| photo.row.boxes.len()).sum()
    }

    /// How many pictures show nothing, as the labels say.
    #[must_use]
    pub fn negatives(&self) -> usize {
        self.photos.iter().filter(|photo| photo.row.nothing_here).count()
    }

    /// How many pictures somebody has to look at.
    #[must_use]
    pub fn unlabelled(&self) -> usize {
        let is_new = |photo: &&IncomingPhoto| photo.row.state == ReviewState::New;
        self.photos.iter().filter(is_new).count()
    }

    /// The names under which the files of a batch will lie in the photo folder.
    #[must_use]
    pub fn names(&self, batch: usize) -> Vec<String> {
        let photos = self.batch(batch).iter();
        photos.map(|photo| photo.row.photo.file_name.clone()).collect()
    }

    /// How many batches there are.
    #[must_use]
    pub fn batches(&self) -> usize {
        self.photos.len().div_ceil(BATCH)
    }

    fn batch(&self, batch: usize) -> &[IncomingPhoto] {
        self.photos.chunks(BATCH).nth(batch).unwrap_or_default()
    }

    /// Copies the files of a batch into the photo folder and gives what the store is to take in then.
    ///
    /// # Errors
    /// One sentence, if a file changed since it was looked at or cannot be copied.
    pub fn copy(&self, batch: usize, folder: &Path) -> anyhow::Result<ImportBatch> {
        fs::create_dir_all(folder)
            .with_context(|| format!("The photo folder {} cannot be made; check it.", folder.display()))?;
        let photos = self.batch(batch);
        for photo in photos {
            copy_file(photo, folder)?;
        }
        Ok(ImportBatch {
            classes: self.classes.clone(),
            photos: photos.iter().map(|photo| photo.row.clone()).collect(),
        })
    }
}

fn copy_file(photo: &IncomingPhoto, folder: &Path) -> anyhow::Result<()> {
    let name = &photo.row.photo.file_name;
    let target = folder.join(name);
    let bytes = fs::read(&photo.file)
        .with_context(|| format!("{} cannot be read any more.", photo.file.display()))?;
    let digest: [u8; 32] = Sha256::digest(&bytes).into();
    if digest != photo.sha256 {
        bail!(
            "{} changed while it was imported; import it again.",
            photo.file.display()
        );
    }
    if fs::metadata(&target).is_ok_and(|found| found.len() == bytes.len() as u64) {
        return Ok(());
    }
    let full = || format!("The photo {name} cannot be saved; see whether the disk is full.");
    let part = folder.join(format!(".{name}.part"));
    let mut file = fs::File::create(&part).with_context(full)?;
    file.write_all(&bytes).with_context(full)?;
    file.sync_all().with_context(full)?;
    fs::rename(&part, &target).with_context(full)
}

/// Reads a folder or label file and looks every picture over. Nothing is changed.
///
/// # Errors
/// One sentence saying what cannot be used, or that it was stopped.
pub fn look_over(path: &Path, reading: Reading, progress: Progress<'_>) -> anyhow::Result<Incoming> {
    let spec = SetSpec::of_path(path, reading.format)?;
    let mut set = spec.read()?;
    group(&mut set);
    let survey = survey_in_steps(&set, Depth::Pixels, progress)?;
    let families = families(&set, &pairs(&set, &survey));
    let sidecar = Sidecar::beside(path);
    let mut report = set.report.clone();
    report.absorb(survey.report.clone());
    let mut photos = Vec::new();
    for (place, (labels, seen)) in set.pictures.iter().zip(&survey.pictures).enumerate() {
        let Some(seen) = seen else { continue };
        let session = format!(
            "import-{}-{}",
            reading.now.0,
            families.get(place).copied().unwrap_or(place)
        );
        let remark = sidecar.as_ref().and_then(|sidecar| sidecar.of(&labels.file));
        let from = Page {
            labels,
            seen,
            remark,
            session,
        };
        photos.extend(from.photo(&set, reading));
    }
    report.pictures = photos.len();
    report.boxes = photos.iter().map(|photo| photo.row.boxes.len()).sum();
    if photos.is_empty() {
        let first = report.notes().find_map(|(_, note)| note.examples.first());
        bail!(
            "No picture of {} can be used: {}",
            path.display(),
            first.map_or("it is empty.", String::as_str)
        );
    }
    Ok(Incoming {
        source: spec.to_string(),
        classes: set.classes,
        photos,
        report,
    })
}

/// Gives pictures without a group one with their neighbours: a product turned before the camera must not be
/// in two parts of a split.
fn group(set: &mut LabelSet) {
    let mut order: Vec<usize> = (0..set.pictures.len()).collect();
    order.sort_by(|a, b| {
        let file = |at: &usize| set.pictures.get(*at).map(|picture| &picture.file);
        file(a).cmp(&file(b))
    });
    let mut last: Option<(Option<PathBuf>, BTreeSet<usize>)> = None;
    let (mut run, mut length) = (0_usize, 0_usize);
    for at in order {
        let Some(picture) = set.pictures.get_mut(at) else {
            continue;
        };
        let shows = picture.objects.iter().map(|object| object.class);
        let own = (
            picture.file.parent().map(Path::to_owned),
            shows.chain(picture.class).collect(),
        );
        if last.as_ref() != Some(&own) || length == TOGETHER {
            (run, length) = (run + 1, 0);
        }
        last = Some(own);
        length += 1;
        if picture.group.is_none() {
            picture.group = Some(format!("run {run}"));
        }
    }
}

/// One picture with all that is known of it.
struct Page<'a> {
    labels: &'a PictureLabels,
    seen: &'a SurveyedPicture,
    remark: Option<&'a Remark>,
    session: String,
}

impl Page<'_> {
    fn photo(&self, set: &LabelSet, reading: Reading) -> Option<IncomingPhoto> {
        let fingerprint = self.seen.fingerprint?;
        let (width, height) = self.seen.header.seen();
        let sha256: String = fingerprint
            .sha256
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let ending = self.labels.file.extension().unwrap_or_default();
        let ending = ending.to_string_lossy().to_lowercase();
        let ending = if ending == "jpeg" {
            "jpg".to_owned()
        } else {
            ending
        };
        let file_name = format!("{sha256}.{ending}");
        let boxes = self.boxes((f64::from(width), f64::from(height)));
        let (state, nothing_here) = self.state(set, reading, &boxes);
        let remark = self.remark;
        let hinted = remark.and_then(|remark| remark.class_hint.as_ref());
        let hint = hinted.and_then(|name| set.classes.iter().position(|class| class == name));
        let photo = NewPhoto {
            file_name,
            sha256,
            dhash: short_look(fingerprint.look, &fingerprint.sha256),
            width,
            height,
            taken_at: remark.map_or(reading.now, Remark::taken_at),
            source: remark.and_then(Remark::source).unwrap_or(PhotoSource::Import),
            session: remark.map_or_else(|| self.session.clone(), |remark| remark.session.clone()),
            class_hint: None,
        };
        Some(IncomingPhoto {
            file: self.labels.file.clone(),
            sha256: fingerprint.sha256,
            row: ImportedPhoto {
                photo,
                hint: hint.or(self.labels.class),
                boxes,
                state,
                nothing_here,
            },
        })
    }

    /// The boxes as shares of the picture; one that is too thin to be told from nothing is left out.
    fn boxes(&self, (width, height): (f64, f64)) -> Vec<ImportedBox> {
        let share = |value: f64, length: f64| narrow_f32((value / length).clamp(0.0, 1.0));
        let objects = self.seen.objects.iter().filter_map(|object| {
            let [x0, y0, x1, y1] = object.bbox;
            let bbox = CornerBox {
                x0: share(x0, width),
                y0: share(y0, height),
                x1: share(x1, width),
                y1: share(y1, height),
            };
            (bbox.x0 < bbox.x1 && bbox.y0 < bbox.y1).then_some(ImportedBox {
                class: object.class,
                bbox,
                difficult: object.flags.difficult || object.flags.crowd,
            })
        });
        objects.collect()
    }

    fn state(&self, set: &LabelSet, reading: Reading, boxes: &[ImportedBox]) -> (ReviewState, bool) {
        let is_whole = !self.labels.is_incomplete && boxes.len() == self.labels.objects.len();
        let is_empty = boxes.is_empty() && self.labels.objects.is_empty();
        if !is_whole {
            return (ReviewState::New, false);
        }
        if let Some(remark) = self.remark {
            let nothing_here = remark.nothing_here && is_empty;
            return (remark.state().unwrap_or(ReviewState::Labelled), nothing_here);
        }
        if !is_empty {
            return (ReviewState::Labelled, false);
        }
        // A list that names a picture and no object of it says that there is none; a plain folder says
        // nothing, unless a person does.
        let says_nothing_here = !set.is_pictures_only || reading.is_empty_place;
        if says_nothing_here && self.labels.class.is_none() {
            (ReviewState::Labelled, true)
        } else {
            (ReviewState::New, false)
        }
    }
}
