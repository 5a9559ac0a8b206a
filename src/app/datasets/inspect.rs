//! What is wrong with the shop's photos before a training, each with what mends it.
//!
//! The photos are looked at as freezing would divide them now, so that duplicates on both sides of the split
//! are found before they flatter a model. Nothing is changed here.

use std::path::Path;

use super::{
    Progress,
    mend::{BoxPlace, Mend},
    stored::{StoredPhoto, StoredSet},
    survey_steps::survey_in_steps,
};
use crate::{
    geom::ClassId,
    training::dataset::{
        Depth, Finding, Issue, LabelSet, PictureHeader, SetStats, Severity, Survey, findings, stats,
    },
};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// What is wrong.
    pub issue: Issue,
    /// The photos that it concerns; none where the whole set is meant.
    pub photos: Vec<i64>,
    /// The class that it concerns.
    pub class: Option<ClassId>,
    /// Where and how much, as the check says it.
    pub words: String,
    /// What mends it, where one press can.
    pub mend: Option<Mend>,
}

impl Fault {
    /// How bad it is for training.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.issue.severity()
    }
}

/// What was found and counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    /// What is wrong, the worst first.
    pub faults: Vec<Fault>,
    /// Everything counted.
    pub stats: SetStats,
    /// Photos that can be used.
    pub photos: usize,
}

impl Inspection {
    /// How many faults of this severity there are.
    #[must_use]
    pub fn total(&self, severity: Severity) -> usize {
        self.faults
            .iter()
            .filter(|fault| fault.severity() == severity)
            .count()
    }
}

/// Looks photos over, with all their pixels.
///
/// # Errors
/// If it was stopped.
pub fn inspect(stored: &StoredSet, folder: &Path, progress: Progress<'_>) -> anyhow::Result<Inspection> {
    let set = stored.label_set(folder);
    let survey = survey_in_steps(&set, Depth::Pixels, progress)?;
    let view = View {
        stored,
        set: &set,
        survey: &survey,
        photos: stored.present().collect(),
    };
    let mut faults = view.of_pictures();
    faults.extend(view.judged());
    if !stored.unlabelled.is_empty() {
        faults.push(Fault {
            issue: Issue::Unlabelled,
            photos: stored.unlabelled.clone(),
            class: None,
            words: format!("{} photos", stored.unlabelled.len()),
            mend: None,
        });
    }
    faults.sort_by_key(|fault| (fault.severity(), fault.issue));
    Ok(Inspection {
        faults,
        stats: stats(&set, &survey),
        photos: survey.report.pictures,
    })
}

/// Counts photos without looking at their pixels.
///
/// # Errors
/// If it was stopped.
pub fn count(stored: &StoredSet, folder: &Path, progress: Progress<'_>) -> anyhow::Result<SetStats> {
    let set = stored.label_set(folder);
    let survey = survey_in_steps(&set, Depth::Headers, progress)?;
    Ok(stats(&set, &survey))
}

struct View<'a> {
    stored: &'a StoredSet,
    set: &'a LabelSet,
    survey: &'a Survey,
    photos: Vec<&'a StoredPhoto>,
}

impl View<'_> {
    fn id(&self, place: usize) -> Option<i64> {
        self.photos.get(place).map(|photo| photo.of.id)
    }

    fn class(&self, place: Option<usize>) -> Option<ClassId> {
        let name = self.set.classes.get(place?)?;
        let found = self.stored.classes.iter().find(|link| link.name == *name);
        found.map(|link| link.class)
    }

    /// Faults of pictures and of boxes that do not fit them.
    fn of_pictures(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for fault in &self.survey.faults {
            let Some(photo) = self.photos.get(fault.picture) else {
                continue;
            };
            let id = photo.of.id;
            let is_of_size = [
                Issue::ScaledToPicture,
                Issue::TurnedWithPicture,
                Issue::WrongProportions,
            ];
            let mend = if is_of_size.contains(&fault.issue) {
                self.real_size(fault.picture)
                    .map(|size| Mend::TakeSize { photo: id, size })
            } else {
                Some(Mend::LeaveOut { photo: id })
            };
            faults.push(Fault {
                issue: fault.issue,
                photos: vec![id],
                class: self.class(fault.class),
                words: photo.of.file_name.clone(),
                mend,
            });
        }
        faults
    }

    fn real_size(&self, place: usize) -> Option<(u32, u32)> {
        let seen = self.survey.pictures.get(place)?.as_ref()?;
        Some(PictureHeader::seen(&seen.header))
    }

    /// Faults that the check judges.
    fn judged(&self) -> Vec<Fault> {
        findings(self.set, self.survey)
            .into_iter()
            .filter(|finding| {
                // A photo with an EXIF tag is shown and trained upright here; one product is how a shop begins.
                ![Issue::TurnedPicture, Issue::OneClass].contains(&finding.issue)
            })
            .map(|finding| Fault {
                issue: finding.issue,
                photos: finding.pictures.iter().filter_map(|at| self.id(*at)).collect(),
                class: self.class(finding.class),
                mend: self.mend(&finding),
                words: finding.words,
            })
            .collect()
    }

    fn mend(&self, finding: &Finding) -> Option<Mend> {
        let first = *finding.pictures.first()?;
        let issue = finding.issue;
        if [Issue::TinyBox, Issue::SameBoxTwice].contains(&issue) {
            let photo = self.photos.get(first)?;
            let seen = self.survey.pictures.get(first)?.as_ref()?;
            let object = seen.objects.get(finding.object?)?;
            let (width, height) = seen.header.seen();
            let [x0, y0, x1, y1] = object.bbox;
            let (width, height) = (f64::from(width), f64::from(height));
            return Some(Mend::RemoveBox(BoxPlace {
                photo: photo.of.id,
                class: self.class(Some(object.class))?,
                corners: [x0 / width, y0 / height, x1 / width, y1 / height],
            }));
        }
        let other = self.id(*finding.pictures.get(1)?)?;
        if [Issue::ExactDuplicate, Issue::NearDuplicate].contains(&issue) {
            return Some(Mend::LeaveOut { photo: other });
        }
        let keep = self.photos.get(first)?;
        Some(Mend::KeepTogether {
            photo: other,
            session: keep.of.session.clone(),
        })
    }
}
