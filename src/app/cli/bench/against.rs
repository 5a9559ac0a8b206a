//! `tillsight bench --against ENGINE`: how much two engines differ on a picture.

use std::io::Write;

use anyhow::ensure;
use serde_json::json;

use crate::{
    frame::RgbImage,
    geom::Detection,
    vision::{DefaultBoxes, Detector, box_coder, decode::softmax},
};

/// Overlap from which two detections of a class are the same one.
const SAME: f32 = 0.9;

/// What differs at most.
struct Differences {
    /// Between two probabilities of a default box.
    probability: f32,
    /// Between two corners of a default box, in parts of the picture; only of boxes that may be something.
    corner: f32,
    /// Between the scores of a detection; none if other things were found.
    score: Option<f32>,
    /// How many were found.
    found: [usize; 2],
}

/// Compares the detector with another of the same model and prints the differences.
///
/// # Errors
/// One sentence if an engine stops.
pub(super) fn run(
    [one, other]: [&Detector; 2],
    picture: &RgbImage,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let names = [one, other].map(|detector| detector.engine().name());
    let differences = compare(one, other, picture)?;
    let Differences {
        probability,
        corner,
        score,
        found,
    } = differences;
    if json {
        let both = json!({
            "engines": names, "probability": probability, "corner": corner, "score": score, "found": found,
        });
        writeln!(out, "{both}")?;
        return Ok(());
    }
    let [first, second] = names;
    writeln!(
        out,
        "{first} against {second}: probabilities differ by at most {probability:.1e}, corners of boxes by {corner:.1e} of the picture."
    )?;
    match score {
        Some(score) => writeln!(
            out,
            "Both find the same {} items, with scores within {score:.1e}.",
            found[0]
        )?,
        None => writeln!(out, "They find other items: {} and {}.", found[0], found[1])?,
    }
    Ok(())
}

fn compare(one: &Detector, other: &Detector, picture: &RgbImage) -> anyhow::Result<Differences> {
    let architecture = &one.bundle().architecture;
    let defaults = DefaultBoxes::new(architecture);
    let outputs = architecture.class_outputs();
    let (logits, offsets) = one.raw_outputs(picture)?;
    let (other_logits, other_offsets) = other.raw_outputs(picture)?;
    ensure!(
        logits.len() == other_logits.len() && offsets.len() == other_offsets.len(),
        "the engines give outputs of different sizes; load the model again"
    );
    let (mut probability, mut corner) = (0.0f32, 0.0f32);
    let rows = logits
        .chunks_exact(outputs)
        .zip(other_logits.chunks_exact(outputs));
    let boxes = offsets.chunks_exact(4).zip(other_offsets.chunks_exact(4));
    for (((a, b), (p, q)), &default) in rows.zip(boxes).zip(defaults.centers()) {
        let (a, b) = (softmax(a), softmax(b));
        probability = largest(&a, &b).max(probability);
        if a.first().is_some_and(|background| *background < 0.99) {
            let corners = |o: &[f32]| {
                let decoded = box_coder::decode([o[0], o[1], o[2], o[3]], default, defaults.variances());
                let corners = decoded.to_corners();
                [corners.x0, corners.y0, corners.x1, corners.y1]
            };
            corner = largest(&corners(p), &corners(q)).max(corner);
        }
    }
    let (found, others) = (one.detect(picture)?, other.detect(picture)?);
    Ok(Differences {
        probability,
        corner,
        score: same_items(&found, &others),
        found: [found.len(), others.len()],
    })
}

/// The largest difference of the scores, if each item of one list is in the other.
fn same_items(found: &[Detection], others: &[Detection]) -> Option<f32> {
    if found.len() != others.len() {
        return None;
    }
    found.iter().try_fold(0.0f32, |most, item| {
        let is_it = |other: &&Detection| other.class == item.class && other.bbox.iou(item.bbox) > SAME;
        let same = others.iter().find(is_it)?;
        Some(most.max((same.score - item.score).abs()))
    })
}

/// A difference that is no number counts as endless.
fn largest(one: &[f32], other: &[f32]) -> f32 {
    let differences = one.iter().zip(other).map(|(a, b)| (a - b).abs());
    differences.fold(0.0, |most, difference| {
        if difference.is_finite() {
            most.max(difference)
        } else {
            f32::INFINITY
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::{ClassId, CornerBox};

    fn item(class: u16, x0: f32, score: f32) -> Detection {
        Detection {
            class: ClassId(class),
            bbox: CornerBox::new(x0, 0.1, x0 + 0.3, 0.5),
            score,
        }
    }

    #[test]
    fn the_same_items_in_another_order_differ_by_their_scores() {
        let found = [item(1, 0.1, 0.9), item(2, 0.5, 0.75)];
        let others = [item(2, 0.5, 0.5), item(1, 0.101, 0.875)];
        assert_eq!(same_items(&found, &others), Some(0.25));
        assert_eq!(same_items(&found, &others[..1]), None, "one is missing");
        let moved = [item(2, 0.5, 0.5), item(1, 0.3, 0.875)];
        assert_eq!(same_items(&found, &moved), None, "one is elsewhere");
    }

    #[test]
    fn garbage_differs_endlessly() {
        assert!(largest(&[1.0, f32::NAN], &[1.0, 1.0]).is_infinite());
        assert!(largest(&[f32::INFINITY], &[1.0]).is_infinite());
        assert!((largest(&[1.0, 2.0], &[1.5, 2.0]) - 0.5).abs() < 1e-6);
    }
}
