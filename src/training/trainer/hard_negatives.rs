//! Rounds of hard negatives: pictures without any of the classes on which something is found are shown more
//! often.
//!
//! A round judges the averaged model on the folders of negatives and on pictures of the training stream that
//! show none of them. What it finds is kept in the run's state, so that a resumed run draws the same pictures.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    error::TrainError,
    loader::SampleFn,
    settings::{HardNegativeSettings, TrainSettings},
};
use crate::{
    frame::RgbImage,
    training::{
        augment::Augment,
        dataset::{Dataset, DatasetError, Dice, LabelledPicture},
        evaluate::EvaluateError,
    },
    vision::Detector,
};

/// Stream indices from here on are for judging; a run never gets as far.
const JUDGED_FROM: u64 = 1 << 40;
/// A hard negative is drawn at most about this often an epoch, so that a few do not crowd out the rest.
const MOST_REPEATS: f32 = 4.0;
/// Keeps the draws apart from those of the pictures themselves.
const SALT: u64 = 0x4841_5244;

/// Photographs that show none of the classes.
#[derive(Clone)]
pub struct NegativePool {
    /// The photographs; boxes of theirs are not looked at.
    pub dataset: Arc<dyn Dataset>,
    /// How they are changed each time.
    pub augment: Option<Augment>,
}

impl Dataset for Arc<dyn Dataset> {
    fn len(&self) -> usize {
        self.as_ref().len()
    }

    fn get(&self, index: usize) -> Result<LabelledPicture, DatasetError> {
        self.as_ref().get(index)
    }
}

/// Where a hard negative comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HardSource {
    /// A photograph of the pool.
    Photo(usize),
    /// A picture of the training stream.
    Stream(u64),
}

/// A negative on which something was found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct HardNegative {
    /// Where it comes from.
    pub source: HardSource,
    /// Highest score found on it.
    pub score: f32,
}

/// What a round found.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Round {
    /// Photographs judged.
    pub photos: usize,
    /// Stream pictures without objects judged.
    pub scenes: usize,
    /// Those on which something was found.
    pub hard: Vec<HardNegative>,
}

impl Round {
    /// How many of photographs and of scenes alarm.
    #[must_use]
    pub(super) fn alarms(&self) -> (usize, usize) {
        let photos = self
            .hard
            .iter()
            .filter(|negative| matches!(negative.source, HardSource::Photo(_)))
            .count();
        (photos, self.hard.len() - photos)
    }
}

/// Whether a picture shows none of the first `classes` classes; the classes after them are distractors, which
/// are learned and never reported.
pub(super) fn is_negative(labelled: &LabelledPicture, classes: usize) -> bool {
    labelled.boxes.iter().all(|b| usize::from(b.class.0) > classes)
}

/// Judges negatives; each round others where there are more than `candidates`.
///
/// # Errors
/// If a picture cannot be read or the detector fails.
pub(super) fn judge(
    detector: &Detector,
    pool: Option<&NegativePool>,
    sample: &SampleFn,
    settings: HardNegativeSettings,
    number: u64,
) -> Result<Round, TrainError> {
    let decode = detector.bundle().architecture.decode.from_score(settings.score);
    let score = |picture: &RgbImage| -> Result<Option<f32>, TrainError> {
        let found = detector
            .detect_with(picture, &decode)
            .map_err(EvaluateError::from)?;
        Ok(found.iter().map(|d| d.score).max_by(f32::total_cmp))
    };
    let mut round = Round::default();
    let candidates = u64::from(settings.candidates);
    let photos = pool.map_or(0, |pool| pool.dataset.len());
    let photos_now = photos.min(usize::try_from(candidates * 3 / 4).unwrap_or(usize::MAX).max(1));
    if let Some(pool) = pool {
        let first = usize::try_from(number).unwrap_or(0).wrapping_mul(photos_now);
        for offset in 0..photos_now {
            let index = first.wrapping_add(offset) % photos;
            round.photos += 1;
            if let Some(score) = score(&pool.dataset.get(index)?.picture)? {
                let source = HardSource::Photo(index);
                round.hard.push(HardNegative { source, score });
            }
        }
    }
    let scenes_now = candidates.saturating_sub(photos_now as u64);
    for offset in 0..scenes_now {
        let index = JUDGED_FROM + number * candidates + offset;
        let labelled = sample(index)?;
        if !is_negative(&labelled, detector.bundle().architecture.classes.len()) {
            continue;
        }
        round.scenes += 1;
        if let Some(score) = score(&labelled.picture)? {
            let source = HardSource::Stream(index);
            round.hard.push(HardNegative { source, score });
        }
    }
    Ok(round)
}

/// Draws hard negatives in place of some pictures of the stream.
pub(super) struct HardDraw {
    seed: u64,
    share: f32,
    hard: Vec<HardNegative>,
    weights: Vec<f32>,
    pool: Option<NegativePool>,
    sample: SampleFn,
}

impl HardDraw {
    /// None if there is nothing to draw.
    pub(super) fn new(
        settings: &TrainSettings,
        hard: &[HardNegative],
        pool: Option<&NegativePool>,
        sample: &SampleFn,
    ) -> Option<Self> {
        let most = settings.hard_negatives?.share;
        if hard.is_empty() {
            return None;
        }
        let repeats = MOST_REPEATS * hard.len() as f32 / settings.pictures_per_epoch.max(1) as f32;
        Some(Self {
            seed: settings.seed ^ SALT,
            share: most.min(repeats),
            weights: hard.iter().map(|negative| negative.score).collect(),
            hard: hard.to_vec(),
            pool: pool.cloned(),
            sample: Arc::clone(sample),
        })
    }

    /// The hard negative that takes the place of picture `index`, if one does.
    pub(super) fn draw(&self, index: u64) -> Option<Result<LabelledPicture, DatasetError>> {
        let mut dice = Dice::new(self.seed, index);
        if !dice.chance(self.share) {
            return None;
        }
        match self.hard.get(dice.weighted(&self.weights))?.source {
            HardSource::Stream(index) => Some((self.sample)(index)),
            HardSource::Photo(number) => {
                let pool = self.pool.as_ref()?;
                Some(pool.dataset.get(number).map(|drawn| {
                    let bare = LabelledPicture {
                        boxes: Vec::new(),
                        ..drawn
                    };
                    match &pool.augment {
                        Some(augment) => augment.apply(&bare, &mut dice),
                        None => bare,
                    }
                }))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        frame::Rgb,
        geom::{ClassId, CornerBox},
        training::dataset::{LabelledBox, MemoryDataset},
    };

    fn plain(colour: u8) -> LabelledPicture {
        LabelledPicture {
            picture: RgbImage::from_pixel(2, 2, Rgb([colour; 3])),
            boxes: Vec::new(),
        }
    }

    fn settings(share: f32, pictures_per_epoch: u32) -> TrainSettings {
        TrainSettings {
            pictures_per_epoch,
            hard_negatives: Some(HardNegativeSettings {
                share,
                ..HardNegativeSettings::default()
            }),
            ..TrainSettings::default()
        }
    }

    fn draw(settings: &TrainSettings, hard: &[HardNegative]) -> HardDraw {
        let pool = NegativePool {
            dataset: Arc::new(MemoryDataset::new((0..4).map(plain).collect())),
            augment: None,
        };
        let sample: SampleFn = Arc::new(|index| Ok(plain(if index >= JUDGED_FROM { 200 } else { 100 })));
        HardDraw::new(settings, hard, Some(&pool), &sample).unwrap()
    }

    fn hard(source: HardSource, score: f32) -> HardNegative {
        HardNegative { source, score }
    }

    #[test]
    fn draws_by_score_and_no_more_than_its_share() {
        let found = [
            hard(HardSource::Photo(1), 0.9),
            hard(HardSource::Photo(3), 0.3),
            hard(HardSource::Stream(JUDGED_FROM + 5), 0.6),
        ];
        let draw = draw(&settings(0.2, 10), &found);
        let colours: Vec<u8> = (0..6000)
            .filter_map(|index| draw.draw(index))
            .map(|drawn| drawn.unwrap().picture.get_pixel(0, 0).0[0])
            .collect();
        assert!(
            (1050..1350).contains(&colours.len()),
            "a fifth of 6000: {}",
            colours.len()
        );
        let count = |colour: u8| colours.iter().filter(|c| **c == colour).count();
        assert_eq!(count(1) + count(3) + count(200), colours.len());
        assert!((500..700).contains(&count(1)), "half of them: {}", count(1));
        assert!((120..280).contains(&count(3)), "a sixth: {}", count(3));
        let again = |index| draw.draw(index).map(Result::unwrap);
        assert!(
            (0..50).all(|index| again(index) == again(index)),
            "fixed by seed and index"
        );
    }

    #[test]
    fn distractors_alone_make_a_negative() {
        let boxes = |classes: &[u16]| {
            let labelled = |class: &u16| LabelledBox {
                class: ClassId(*class),
                bbox: CornerBox::new(0.0, 0.0, 1.0, 1.0),
                difficult: false,
            };
            LabelledPicture {
                boxes: classes.iter().map(labelled).collect(),
                ..plain(0)
            }
        };
        assert!(is_negative(&boxes(&[]), 3) && is_negative(&boxes(&[4, 5]), 3));
        assert!(!is_negative(&boxes(&[4, 3]), 3));
    }

    #[test]
    fn a_single_one_is_not_shown_over_and_over() {
        let draw = draw(&settings(0.5, 1000), &[hard(HardSource::Photo(0), 0.9)]);
        let drawn = (0..10_000).filter(|index| draw.draw(*index).is_some()).count();
        assert!((20..70).contains(&drawn), "about four an epoch: {drawn}");
        let sample: SampleFn = Arc::new(|_| Ok(plain(0)));
        assert!(HardDraw::new(&settings(0.5, 1000), &[], None, &sample).is_none());
    }
}
