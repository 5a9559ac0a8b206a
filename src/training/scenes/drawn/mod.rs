//! Things that are drawn, not photographed: what passes for our products in a detector that never saw it.
//!
//! Citrus slices and leaves pass for bananas, red balls for apples, white bottles for milk; hands cover
//! items at any till. None of these is one of our classes; as the library says, some are boxed as distractors,
//! which a detector learns and never reports. Nothing here decides where a thing goes in a scene.

mod brush;
mod citrus;
mod hands;
mod leaves;
mod produce;
mod things;

pub(super) use hands::{Grip, grips, hands};
pub(super) use leaves::{foliage, green_leaves};

use super::cutout::Cutout;
use crate::{frame::RgbaImage, training::dataset::Dice};

/// Draws one thing.
type Drawing = fn(&mut Dice) -> RgbaImage;

/// The name by which weights are looked up, and how it is drawn.
const DRAWINGS: [(&str, Drawing); 24] = [
    ("drawn/citrus-slice", citrus::slice),
    ("drawn/citrus-half", citrus::half),
    ("drawn/citrus-wedge", citrus::wedge),
    ("drawn/melon-wedge", citrus::melon),
    ("drawn/leaf", leaves::leaf),
    ("drawn/long-leaf", leaves::long_leaf),
    ("drawn/round-leaf", leaves::round_leaf),
    ("drawn/pepper", produce::pepper),
    ("drawn/chilli", produce::chilli),
    ("drawn/corn", produce::corn),
    ("drawn/squash", produce::squash),
    ("drawn/carrot", produce::carrot),
    ("drawn/tomato", produce::tomato),
    ("drawn/berry", produce::berry),
    ("drawn/flower", produce::flower),
    ("drawn/ball", things::ball),
    ("drawn/crescent", things::crescent),
    ("drawn/pencil", things::pencil),
    ("drawn/box", things::carton),
    ("drawn/bottle", things::bottle),
    ("drawn/cup", things::cup),
    ("drawn/plate", things::plate),
    ("drawn/card", things::card),
    ("drawn/head", hands::head),
];

/// `count` drawings of each kind, one kind after the other.
pub(super) fn all(count: usize, dice: &mut Dice) -> Vec<Cutout> {
    let mut drawn = Vec::new();
    for (name, draw) in DRAWINGS {
        for _ in 0..count {
            drawn.extend(Cutout::new(None, name, &draw(dice), 512));
        }
    }
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_drawing_shows_something_within_its_picture() {
        for (name, draw) in DRAWINGS {
            for index in 0..6 {
                let picture = draw(&mut Dice::new(1, index));
                let solid = picture.pixels().filter(|pixel| pixel.0[3] > 128).count();
                assert!(
                    solid * 40 > picture.pixels().count(),
                    "{name} {index}: {solid} solid pixels"
                );
                let (width, height) = picture.dimensions();
                for corner in [(0, 0), (width - 1, 0), (0, height - 1), (width - 1, height - 1)] {
                    assert_eq!(picture.get_pixel(corner.0, corner.1).0[3], 0, "{name} {index}");
                }
            }
        }
    }

    #[test]
    fn so_many_of_each() {
        assert_eq!(all(2, &mut Dice::new(1, 1)).len(), 2 * DRAWINGS.len());
    }
}
