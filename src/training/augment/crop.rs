//! The patch sampler of SSD: a random part of the photo that overlaps some object by a chosen amount.

use crate::{
    geom::CornerBox,
    training::dataset::{Dice, LabelledBox},
};

/// The overlaps (intersection over union of patch and object) one of which a patch must reach with some object;
/// 0 is a patch anywhere.
const OVERLAPS: [f32; 6] = [0.0, 0.1, 0.3, 0.5, 0.7, 0.9];

/// How often a patch is thrown for one overlap before another overlap is chosen.
const TRIES: usize = 50;

/// A random part of the picture, normalised, in which the middle of an object lies.
///
/// It has 0.3 to 1 of each side and an aspect ratio of 0.5 to 2; difficult objects do not count. The whole
/// picture if no such part is found soon; any part if there are no objects.
///
/// # Source
/// Liu et al. 2016, section 2.2, "Data augmentation".
#[must_use]
pub fn patch_around(boxes: &[LabelledBox], dice: &mut Dice) -> CornerBox {
    let objects: Vec<CornerBox> = boxes
        .iter()
        .filter(|labelled| !labelled.difficult)
        .map(|labelled| labelled.bbox)
        .collect();
    if objects.is_empty() {
        return throw(dice);
    }
    for _ in 0..OVERLAPS.len() {
        let wanted = OVERLAPS[dice.below(OVERLAPS.len())];
        for _ in 0..TRIES {
            let patch = throw(dice);
            let best = objects
                .iter()
                .map(|object| patch.iou(*object))
                .fold(0.0, f32::max);
            let inside = objects.iter().any(|object| {
                let (x, y) = object.center();
                x > patch.x0 && x < patch.x1 && y > patch.y0 && y < patch.y1
            });
            if best >= wanted && inside {
                return patch;
            }
        }
    }
    CornerBox::new(0.0, 0.0, 1.0, 1.0)
}

fn throw(dice: &mut Dice) -> CornerBox {
    let width = dice.range(0.3, 1.0);
    let ratio = dice.log_range(0.5, 2.0);
    let height = (width / ratio).clamp(0.3, 1.0);
    let (x0, y0) = (dice.range(0.0, 1.0 - width), dice.range(0.0, 1.0 - height));
    CornerBox::new(x0, y0, x0 + width, y0 + height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::ClassId;

    #[test]
    fn a_patch_holds_the_middle_of_an_object_that_counts() {
        let labelled = |bbox, difficult| LabelledBox {
            class: ClassId(1),
            bbox,
            difficult,
        };
        let object = CornerBox::new(0.1, 0.6, 0.3, 0.9);
        let boxes = [
            labelled(object, false),
            labelled(CornerBox::new(0.7, 0.1, 0.9, 0.2), true),
        ];
        let mut small = 0;
        for index in 0..300 {
            let patch = patch_around(&boxes, &mut Dice::new(1, index));
            assert!(
                patch.x0 < 0.2 && patch.x1 > 0.2 && patch.y0 < 0.75 && patch.y1 > 0.75,
                "{patch:?}"
            );
            assert!(patch.x0 >= 0.0 && patch.y1 <= 1.0 + 1e-6);
            small += usize::from(patch.area() < 0.5);
        }
        assert!(small > 100, "{small} of 300 are real crops");
    }
}
