//! One model on one set of pictures, in the figures that people compare.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::JudgePhoto;
use crate::{
    geom::{ClassId, Detection},
    training::{
        dataset::ClassNames,
        metrics::{BasketTally, CurvePoint, Tally, confusion, evaluate, precision_recall, score_baskets},
        teach::error::TeachError,
    },
    vision::{Detector, decode::drop_contained},
};

/// Overlap from which something found is on an object.
const OVERLAP: f64 = 0.5;
/// A curve is thinned out to so many points.
const DOTS: usize = 60;

/// A model on a set of pictures.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ModelFigures {
    /// The model.
    pub model: String,
    /// AP over `IoU` 0.50 to 0.95, mean of the classes that show; none without pictures.
    pub ap: Option<f64>,
    /// AP at `IoU` 0.50, mean of the classes that show.
    pub ap50: Option<f64>,
    /// Each class that shows.
    pub classes: BTreeMap<String, ClassFigures>,
    /// What was taken for what at the lane's thresholds; what is right is in it too.
    pub confusion: Vec<Confused>,
    /// Share of pictures whose whole basket is right (cAcc).
    pub baskets_right: Option<f64>,
    /// Items too many or too few, a picture.
    pub items_off: Option<f64>,
    /// Money wrongly asked for or not asked for, in minor units, a picture.
    pub wrong_charge_minor: Option<f64>,
    /// Pictures without any product, and those of them on which something is found.
    pub empty: (usize, usize),
}

/// One class.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ClassFigures {
    /// How many there are that count.
    pub objects: usize,
    /// AP over `IoU` 0.50 to 0.95.
    pub ap: Option<f64>,
    /// AP at `IoU` 0.50.
    pub ap50: Option<f64>,
    /// Precision and recall from the surest detection on.
    pub curve: Vec<CurveDot>,
}

/// A point of a precision-recall curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CurveDot {
    /// Detections of at least this score count.
    pub score: f64,
    /// Share of the objects that are found.
    pub recall: f64,
    /// Share of the detections that are right.
    pub precision: f64,
}

/// How often one thing was taken for another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confused {
    /// What is there; nothing for a false alarm.
    pub there: Option<String>,
    /// What was said; nothing for a miss.
    pub said: Option<String>,
    /// How often.
    pub count: usize,
}

/// The figures, and what was found on each picture at the lane's thresholds.
pub(super) struct Measured {
    pub(super) figures: ModelFigures,
    pub(super) found: Vec<Vec<Detection>>,
}

pub(super) fn measure(
    detector: &Detector,
    pictures: &[JudgePhoto],
    names: &ClassNames,
    prices_minor: &BTreeMap<String, u32>,
    step: &mut dyn FnMut() -> Result<(), TeachError>,
) -> Result<Measured, TeachError> {
    let bundle = detector.bundle();
    let mut figures = ModelFigures {
        model: bundle.name.clone(),
        ..ModelFigures::default()
    };
    let (mut tally, mut on_lane) = (Tally::new(), Tally::new());
    let (mut baskets, mut found_each) = (Vec::new(), Vec::new());
    // The live model may number what it knows otherwise than `names` does.
    let renumber = |detection: Detection| {
        let class = detector
            .class_name(detection.class)
            .and_then(|name| names.id(name))?;
        Some(Detection { class, ..detection })
    };
    for photo in pictures {
        let labelled = &photo.labelled;
        let found = detector.detect_with(&labelled.picture, &bundle.architecture.decode)?;
        let found: Vec<Detection> = found.into_iter().filter_map(renumber).collect();
        tally.add(labelled.picture.dimensions(), &labelled.boxes, &found);
        let mut counted: Vec<Detection> = found
            .into_iter()
            .filter(|d| {
                names
                    .name(d.class)
                    .is_some_and(|name| d.score >= bundle.threshold_of(name))
            })
            .collect();
        drop_contained(&mut counted);
        on_lane.add(labelled.picture.dimensions(), &labelled.boxes, &counted);
        let there = basket(labelled.boxes.iter().filter(|b| !b.difficult).map(|b| b.class));
        if labelled.boxes.is_empty() {
            figures.empty.0 += 1;
            figures.empty.1 += usize::from(!counted.is_empty());
        }
        baskets.push((there, basket(counted.iter().map(|d| d.class))));
        found_each.push(counted);
        step()?;
    }
    let ids: Vec<ClassId> = names.ids().collect();
    let coco = evaluate(tally.truth(), tally.found(), &ids);
    (figures.ap, figures.ap50) = (coco.ap, coco.ap50);
    for class in &coco.per_class {
        let objects = tally
            .truth()
            .iter()
            .filter(|truth| truth.class == class.class)
            .count();
        let Some(name) = names.name(class.class).filter(|_| objects > 0) else {
            continue;
        };
        let curve = precision_recall(tally.truth(), tally.found(), class.class, OVERLAP);
        let class = ClassFigures {
            objects,
            ap: class.ap,
            ap50: class.ap50,
            curve: thinned(&curve),
        };
        figures.classes.insert(name.to_owned(), class);
    }
    figures.confusion = confused(&on_lane, &ids, names);
    let prices = prices_minor
        .iter()
        .filter_map(|(name, price)| Some((names.id(name)?, *price)))
        .collect();
    if let Some(score) = score_baskets(&baskets, &prices) {
        figures.baskets_right = Some(score.accuracy);
        figures.items_off = Some(score.counting_distance);
        figures.wrong_charge_minor = Some(score.wrong_charge_minor);
    }
    Ok(Measured {
        figures,
        found: found_each,
    })
}

fn basket(classes: impl Iterator<Item = ClassId>) -> BasketTally {
    let mut tally = BasketTally::new();
    for class in classes {
        *tally.entry(class).or_default() += 1;
    }
    tally
}

fn thinned(curve: &[CurvePoint]) -> Vec<CurveDot> {
    let every = curve.len().div_ceil(DOTS).max(1);
    let last = curve.len().saturating_sub(1);
    curve
        .iter()
        .enumerate()
        .filter(|(at, _)| at % every == 0 || *at == last)
        .map(|(_, point)| CurveDot {
            score: point.score,
            recall: point.counts.recall().unwrap_or(0.0),
            precision: point.counts.precision().unwrap_or(1.0),
        })
        .collect()
}

fn confused(tally: &Tally, ids: &[ClassId], names: &ClassNames) -> Vec<Confused> {
    // What is below its threshold was left out before.
    let pairs = confusion(tally.truth(), tally.found(), ids, (0.0, OVERLAP));
    let each = || ids.iter().copied().map(Some).chain([None]);
    let name = |class: Option<ClassId>| class.and_then(|class| names.name(class)).map(str::to_owned);
    each()
        .flat_map(|there| each().map(move |said| (there, said)))
        .filter_map(|(there, said)| {
            let count = pairs.count(there, said);
            (count > 0).then(|| Confused {
                there: name(there),
                said: name(said),
                count,
            })
        })
        .collect()
}
