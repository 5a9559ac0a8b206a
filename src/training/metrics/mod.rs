//! How good a detector is: COCO and VOC average precision, curves, F1, confusion, counting of baskets.
//!
//! Boxes here are in pixels of the picture, as x, y, width, height in `f64`, because the published figures
//! are defined so (area ranges in pixels) and ours must equal them. Nothing here runs a network or reads a
//! file; what there is to measure comes as [`GroundTruth`] and [`Found`].

mod baskets;
pub mod chart;
pub mod coco;
mod curve;
mod per_box;
pub mod plots;
mod voc;

pub use baskets::{BasketScore, BasketTally, score_baskets};
pub use coco::{ClassAp, CocoFigures, evaluate};
pub use curve::{Confusion, Counts, CurvePoint, best_f1, confusion, precision_recall};
pub use per_box::{BoxFigures, BoxTally};
pub use voc::{VocAp, voc_ap};

use std::collections::BTreeMap;

use crate::{
    geom::{ClassId, CornerBox, Detection},
    training::dataset::LabelledBox,
};

/// What finding or missing an object means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It must be found, once.
    Counted,
    /// Found or missed, it changes nothing; any number of detections may lie on it.
    Difficult,
    /// A region with many of the class: as difficult, and overlap is measured on the detection alone.
    Crowd,
}

/// An object that is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroundTruth {
    /// Number of the picture.
    pub image: usize,
    /// What it is.
    pub class: ClassId,
    /// Left, top, width and height in pixels.
    pub bbox: [f64; 4],
    /// Its area in pixels, for the area ranges; of a mask, if there is one, else of the box.
    pub area: f64,
    /// Whether it counts.
    pub standing: Standing,
}

/// An object that a detector says is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Number of the picture.
    pub image: usize,
    /// What it is said to be.
    pub class: ClassId,
    /// Left, top, width and height in pixels.
    pub bbox: [f64; 4],
    /// How sure the detector is.
    pub score: f64,
}

/// Everything to be measured, gathered picture by picture.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    truth: Vec<GroundTruth>,
    found: Vec<Found>,
    images: usize,
}

impl Tally {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next picture, of `size` pixels: what is there and what was found.
    pub fn add(&mut self, size: (u32, u32), truth: &[LabelledBox], found: &[Detection]) {
        let image = self.images;
        self.images += 1;
        for labelled in truth {
            let bbox = pixels(labelled.bbox, size);
            self.truth.push(GroundTruth {
                image,
                class: labelled.class,
                bbox,
                area: bbox[2] * bbox[3],
                standing: if labelled.difficult {
                    Standing::Difficult
                } else {
                    Standing::Counted
                },
            });
        }
        for detection in found {
            self.found.push(Found {
                image,
                class: detection.class,
                bbox: pixels(detection.bbox, size),
                score: f64::from(detection.score),
            });
        }
    }

    /// All objects that are there.
    #[must_use]
    pub fn truth(&self) -> &[GroundTruth] {
        &self.truth
    }

    /// All objects that were found.
    #[must_use]
    pub fn found(&self) -> &[Found] {
        &self.found
    }

    /// How many pictures were added.
    #[must_use]
    pub const fn images(&self) -> usize {
        self.images
    }
}

/// Left, top, width and height in pixels of a picture of `size`.
fn pixels(bbox: CornerBox, size: (u32, u32)) -> [f64; 4] {
    let (width, height) = (f64::from(size.0), f64::from(size.1));
    let (x0, y0) = (f64::from(bbox.x0) * width, f64::from(bbox.y0) * height);
    let (x1, y1) = (f64::from(bbox.x1) * width, f64::from(bbox.y1) * height);
    [x0, y0, x1 - x0, y1 - y0]
}

/// Area that two boxes share.
fn shared_area(a: &[f64; 4], b: &[f64; 4]) -> f64 {
    let width = (a[0] + a[2]).min(b[0] + b[2]) - a[0].max(b[0]);
    let height = (a[1] + a[3]).min(b[1] + b[3]) - a[1].max(b[1]);
    if width <= 0.0 || height <= 0.0 {
        0.0
    } else {
        width * height
    }
}

/// Overlap of a detection with an object, as its standing wants it: over the union, or over the detection.
fn overlap(found: &[f64; 4], truth: &GroundTruth) -> f64 {
    let shared = shared_area(found, &truth.bbox);
    if shared <= 0.0 {
        return 0.0;
    }
    let area = found[2] * found[3];
    match truth.standing {
        Standing::Crowd => shared / area,
        Standing::Counted | Standing::Difficult => shared / (area + truth.bbox[2] * truth.bbox[3] - shared),
    }
}

/// Positions of the objects of each picture, in order; without it every detection would be compared with the
/// objects of all pictures.
fn by_image<'a>(objects: impl Iterator<Item = &'a GroundTruth>) -> BTreeMap<usize, Vec<usize>> {
    let mut places: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, object) in objects.enumerate() {
        places.entry(object.image).or_default().push(at);
    }
    places
}

/// Positions of detections, best score first; equal scores stay in their order.
fn by_score(found: &[&Found]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..found.len()).collect();
    order.sort_by(|a, b| found[*b].score.total_cmp(&found[*a].score));
    order
}

/// A share of `whole`, or none if there is nothing to share.
fn ratio(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_gathered_in_pixels() {
        let mut tally = Tally::new();
        tally.add((200, 100), &[], &[]);
        let labelled = LabelledBox {
            class: ClassId(2),
            bbox: CornerBox::new(0.25, 0.5, 0.75, 1.0),
            difficult: true,
        };
        let detection = Detection {
            class: ClassId(2),
            score: 0.5,
            bbox: CornerBox::new(0.0, 0.0, 0.5, 0.5),
        };
        tally.add((200, 100), &[labelled], &[detection]);
        assert_eq!(tally.images(), 2);
        let truth = tally.truth()[0];
        assert_eq!(truth.image, 1);
        for (ours, expected) in truth.bbox.iter().zip([50.0, 50.0, 100.0, 50.0]) {
            assert!((ours - expected).abs() < 1e-9, "{:?}", truth.bbox);
        }
        assert_eq!(truth.standing, Standing::Difficult);
        assert!((truth.area - 5000.0).abs() < 1e-9);
        assert!((tally.found()[0].bbox[2] - 100.0).abs() < 1e-9);
    }

    #[test]
    fn overlap_by_hand() {
        let truth = |standing| GroundTruth {
            image: 0,
            class: ClassId(1),
            bbox: [0.0, 0.0, 2.0, 2.0],
            area: 4.0,
            standing,
        };
        let found = [1.0, 1.0, 2.0, 2.0];
        assert!((overlap(&found, &truth(Standing::Counted)) - 1.0 / 7.0).abs() < 1e-12);
        assert!((overlap(&found, &truth(Standing::Crowd)) - 0.25).abs() < 1e-12);
        assert!(
            overlap(&[2.0, 0.0, 1.0, 1.0], &truth(Standing::Counted)).abs() < 1e-12,
            "touching"
        );
    }
}
