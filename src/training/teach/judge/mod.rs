//! Candidate against live model, on the same frozen photos and on the same rendered trays.
//!
//! The photos are the shop's, kept out of training. Since a shop may have none of the products that the model
//! came with, trays with rendered apples, bananas and milk show whether those were forgotten. Nothing is
//! promoted here: the verdict says what a manager should know.

mod figures;
mod mistakes;
mod verdict;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use figures::{ClassFigures, Confused, CurveDot, ModelFigures};
pub use mistakes::{Fault, Mistake};
pub use verdict::{Reason, Verdict};

use super::{
    error::TeachError,
    job::{TeachJob, TeachPhoto, TeachSplit},
};
use crate::{
    frame::picture,
    geom::CornerBox,
    training::{
        dataset::{ClassNames, Dataset as _, DatasetError, LabelledBox, LabelledPicture, RenderedDataset},
        render::ItemKind,
    },
    vision::{Detector, Engine, ModelBundle},
};

/// Seed of the trays; always the same, so that figures of different days can be compared.
const TRAY_SEED: u64 = 0x7472_6179;

/// What models are judged on.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgeSettings {
    /// Price of each class by its name, in minor units; what has none costs nothing.
    pub prices_minor: BTreeMap<String, u32>,
    /// How many rendered trays.
    pub trays: u32,
    /// How many of the worst mistakes are kept.
    pub mistakes: usize,
}

impl Default for JudgeSettings {
    fn default() -> Self {
        Self {
            prices_minor: BTreeMap::new(),
            trays: 48,
            mistakes: 24,
        }
    }
}

/// What came of judging.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Judgement {
    /// Photos judged on.
    pub photos: usize,
    /// Whether the photos were learned from, because none were kept out.
    pub on_learned_photos: bool,
    /// The live model on the photos.
    pub live: ModelFigures,
    /// The candidate on the photos.
    pub candidate: ModelFigures,
    /// The live model on rendered trays with the products that it came with.
    pub live_trays: ModelFigures,
    /// The candidate on the same trays.
    pub candidate_trays: ModelFigures,
    /// The candidate's worst mistakes on the photos, the dearest first.
    pub worst: Vec<Mistake>,
    /// What follows.
    pub verdict: Verdict,
}

/// A photo that is judged on, by its number.
pub struct JudgePhoto {
    /// Number of the photo in the shop's database.
    pub id: i64,
    /// Its pixels, and what is on it; classes are numbered as in `names`.
    pub labelled: LabelledPicture,
}

/// Judges a candidate. `watch` is told how much is done, 0 to 1, and says whether to go on.
///
/// # Errors
/// [`TeachError`] if a model or a photo cannot be read; [`TeachError::NotReady`] if `watch` said to stop.
pub fn judge(
    job: &TeachJob,
    live: &ModelBundle,
    candidate: &ModelBundle,
    settings: &JudgeSettings,
    watch: &mut dyn FnMut(f32) -> bool,
) -> Result<Judgement, TeachError> {
    // The candidate knows all classes of the live model under the same numbers, and more.
    let mut all = candidate.architecture.classes.clone();
    all.extend(
        live.architecture
            .classes
            .iter()
            .filter(|name| !candidate.architecture.classes.contains(name))
            .cloned(),
    );
    let names = ClassNames::new(all);
    let (photos, on_learned_photos) = photos_of(job, &names)?;
    let trays = trays_of(live, candidate, settings.trays)?;
    let total = 2 * (photos.len() + trays.len());
    let mut done = 0;
    let mut step = || {
        done += 1;
        if watch(done as f32 / total.max(1) as f32) {
            Ok(())
        } else {
            Err(TeachError::NotReady("the comparison was stopped".to_owned()))
        }
    };
    let detector = |bundle: &ModelBundle| Detector::new(bundle.clone(), Engine::Cpu);
    let (old, new) = (detector(live)?, detector(candidate)?);
    let mut figures = |detector: &Detector, pictures: &[JudgePhoto]| {
        figures::measure(detector, pictures, &names, &settings.prices_minor, &mut step)
    };
    let live_photos = figures(&old, &photos)?;
    let candidate_photos = figures(&new, &photos)?;
    let live_trays = figures(&old, &trays)?;
    let candidate_trays = figures(&new, &trays)?;
    let worst = mistakes::worst(&candidate_photos, &photos, &names, settings);
    let taught = job.new_classes(&live.architecture);
    let verdict = verdict::of(
        (&live_photos.figures, &candidate_photos.figures),
        (&live_trays.figures, &candidate_trays.figures),
        &taught,
        photos.len(),
    );
    Ok(Judgement {
        photos: photos.len(),
        on_learned_photos,
        live: live_photos.figures,
        candidate: candidate_photos.figures,
        live_trays: live_trays.figures,
        candidate_trays: candidate_trays.figures,
        worst,
        verdict,
    })
}

/// The photos that were kept out of training; all of them where none were.
fn photos_of(job: &TeachJob, names: &ClassNames) -> Result<(Vec<JudgePhoto>, bool), TeachError> {
    let kept_out = |photo: &&TeachPhoto| photo.split != TeachSplit::Train;
    let mut chosen: Vec<&TeachPhoto> = job.photos.iter().filter(kept_out).collect();
    let on_learned = chosen.is_empty();
    if on_learned {
        chosen = job.photos.iter().collect();
    }
    let read = |photo: &&TeachPhoto| -> Result<JudgePhoto, TeachError> {
        let boxes = photo.boxes.iter().filter_map(|labelled| {
            Some(LabelledBox {
                class: names.id(&labelled.class)?,
                bbox: labelled.corners(),
                difficult: labelled.difficult,
            })
        });
        let boxes = boxes.collect();
        let picture = picture::read(&photo.file).map_err(DatasetError::from)?;
        Ok(JudgePhoto {
            id: photo.id,
            labelled: LabelledPicture { picture, boxes },
        })
    };
    let photos = chosen.iter().map(read).collect::<Result<_, _>>()?;
    Ok((photos, on_learned))
}

/// Rendered trays of the products that can be rendered; none where the live model knows none of them.
fn trays_of(live: &ModelBundle, candidate: &ModelBundle, count: u32) -> Result<Vec<JudgePhoto>, TeachError> {
    let classes = ClassNames::new(candidate.architecture.classes.iter().cloned());
    let renders = |name: &String| {
        ItemKind::ALL
            .iter()
            .any(|kind| kind.class_name() == Some(name.as_str()))
    };
    if !live.architecture.classes.iter().any(renders) {
        return Ok(Vec::new());
    }
    let count = count as usize;
    let trays = RenderedDataset::new(TRAY_SEED, 288, count, classes);
    let made: Result<Vec<JudgePhoto>, DatasetError> = (0..count)
        .map(|index| {
            Ok(JudgePhoto {
                id: i64::try_from(index).unwrap_or(0),
                labelled: trays.get(index)?,
            })
        })
        .collect();
    Ok(made?)
}

/// A box as parts of the picture's sides, for reports.
fn corners(bbox: CornerBox) -> [f32; 4] {
    [bbox.x0, bbox.y0, bbox.x1, bbox.y1]
}
