//! `tillsight bench --metrics PICTURES`: how long the COCO figures take, without any network.

use std::{io::Write, time::Instant};

use serde_json::json;

use crate::{
    geom::{ClassId, CornerBox, Detection},
    training::{
        dataset::{Dice, LabelledBox},
        metrics::{Tally, evaluate},
    },
};

/// Classes, as many as COCO has.
const CLASSES: u16 = 80;
/// Objects in a picture, as in COCO about.
const OBJECTS: usize = 7;
/// Detections in a picture: as many as count.
const FOUND: usize = 100;
/// Pixels of a picture.
const SIZE: (u32, u32) = (640, 480);

/// Times the figures of `pictures` pictures with everything that COCO counts.
pub(super) fn run(pictures: u16, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut tally = Tally::new();
    for picture in 0..pictures {
        let (truth, found) = made_up(u64::from(picture));
        tally.add(SIZE, &truth, &found);
    }
    let classes: Vec<ClassId> = (1..=CLASSES).map(ClassId).collect();
    let start = Instant::now();
    let figures = evaluate(tally.truth(), tally.found(), &classes);
    let seconds = start.elapsed().as_secs_f64();
    let (objects, detections) = (tally.truth().len(), tally.found().len());
    if json {
        let report = json!({
            "pictures": pictures, "classes": CLASSES, "objects": objects, "detections": detections,
            "seconds": seconds, "ap": figures.ap,
        });
        writeln!(out, "{report}")?;
    } else {
        writeln!(
            out,
            "COCO figures of {pictures} pictures, {CLASSES} classes, {objects} objects and {detections} detections: {seconds:.2} s"
        )?;
    }
    Ok(())
}

/// What is in a picture and what is found there: each object about where it is, the rest anywhere.
fn made_up(picture: u64) -> (Vec<LabelledBox>, Vec<Detection>) {
    let mut dice = Dice::new(17, picture);
    let any_class = |dice: &mut Dice| ClassId(1 + u16::try_from(dice.below(CLASSES.into())).unwrap_or(0));
    let any_box = |dice: &mut Dice| {
        let (x, y) = (dice.range(0.0, 0.8), dice.range(0.0, 0.8));
        CornerBox::new(x, y, x + dice.range(0.02, 0.2), y + dice.range(0.02, 0.2))
    };
    let truth: Vec<LabelledBox> = (0..OBJECTS)
        .map(|_| LabelledBox {
            class: any_class(&mut dice),
            bbox: any_box(&mut dice),
            difficult: false,
        })
        .collect();
    let found = (0..FOUND)
        .map(|number| {
            let (class, bbox) = match truth.get(number) {
                Some(object) => {
                    let (dx, dy) = (dice.around(0.01), dice.around(0.01));
                    let b = object.bbox;
                    (
                        object.class,
                        CornerBox::new(b.x0 + dx, b.y0 + dy, b.x1 + dx, b.y1 + dy),
                    )
                }
                None => (any_class(&mut dice), any_box(&mut dice)),
            };
            let score = dice.unit();
            Detection { class, score, bbox }
        })
        .collect();
    (truth, found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_was_made_up_is_measured() {
        let mut printed = Vec::new();
        run(40, true, &mut printed).unwrap();
        let report: serde_json::Value = serde_json::from_slice(&printed).unwrap();
        assert_eq!(
            (&report["objects"], &report["detections"]),
            (&json!(40 * OBJECTS), &json!(40 * FOUND))
        );
        let ap = report["ap"].as_f64().unwrap();
        assert!(ap > 0.02 && ap < 0.9, "found, but not without mistakes: {ap}");
    }
}
