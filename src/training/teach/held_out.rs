//! How good the student is on the pictures that it does not learn from.

use std::collections::BTreeMap;

use burn::tensor::Device;

use super::{cache::FeatureCache, error::TeachError, student::maps_of};
use crate::{
    geom::{ClassId, Detection},
    training::{
        dataset::ClassNames,
        metrics::{Found, GroundTruth, Tally, best_f1, evaluate, precision_recall},
    },
    vision::{Architecture, DefaultBoxes, Ssd, decode::decode},
};

/// Pictures looked at together.
const BATCH: usize = 8;
/// Thresholds of a lane lie between these.
const THRESHOLDS: (f32, f32) = (0.35, 0.65);

/// What was measured.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct HeldOut {
    /// AP50 of each class that shows on the pictures.
    pub ap50: BTreeMap<String, f64>,
    /// The score from which a class is best counted.
    pub thresholds: BTreeMap<String, f32>,
}

/// Measures `network` on the records of these numbers.
///
/// # Errors
/// [`TeachError::File`].
pub(super) fn measure(
    network: &Ssd,
    architecture: &Architecture,
    cache: &mut FeatureCache,
    records: &[usize],
) -> Result<HeldOut, TeachError> {
    let device = Device::flex();
    let defaults = DefaultBoxes::new(architecture);
    let classes = ClassNames::new(architecture.classes.iter().cloned());
    let side = u32::try_from(architecture.input[0]).unwrap_or(224);
    let mut tally = Tally::new();
    for some in records.chunks(BATCH) {
        let read = cache.read_many(some)?;
        let output = network.predict(&maps_of(&read, cache.shapes(), &device));
        let data = |tensor: burn::tensor::Tensor<3>| {
            let data = tensor.into_data().try_to_vec::<f32>();
            data.expect("the network computes in f32")
        };
        let (logits, offsets) = (data(output.logits), data(output.offsets));
        let (rows, places) = (logits.len() / read.len(), offsets.len() / read.len());
        for (at, record) in read.iter().enumerate() {
            let found: Vec<Detection> = decode(
                &logits[at * rows..(at + 1) * rows],
                &offsets[at * places..(at + 1) * places],
                &defaults,
                classes.len(),
                &architecture.decode,
            );
            tally.add((side, side), &record.boxes, &found);
        }
    }
    let ids: Vec<ClassId> = classes.ids().collect();
    let figures = evaluate(tally.truth(), tally.found(), &ids);
    let mut measured = HeldOut::default();
    for class in &figures.per_class {
        let (Some(name), Some(ap50)) = (classes.name(class.class), class.ap50) else {
            continue;
        };
        measured.ap50.insert(name.to_owned(), ap50);
        if let Some(threshold) = threshold(tally.truth(), tally.found(), class.class) {
            measured.thresholds.insert(name.to_owned(), threshold);
        }
    }
    Ok(measured)
}

/// The score at which precision and recall together are best, within what a lane can live with.
fn threshold(truth: &[GroundTruth], found: &[Found], class: ClassId) -> Option<f32> {
    let points = precision_recall(truth, found, class, 0.5);
    let best = best_f1(&points)?;
    let score = crate::geom::cast::narrow_f32(best.score);
    Some((score.clamp(THRESHOLDS.0, THRESHOLDS.1) * 100.0).round() / 100.0)
}
