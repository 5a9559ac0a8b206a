//! Pastes cut-outs onto photographs that are labelled already: real light and clutter, more of our items.

use super::{
    canvas::Canvas,
    composer::Composer,
    item::{Item, Lamp, cast_shadow, finish},
    places,
    visible::remove_half_hidden,
    warp::SOLID,
};
use crate::{
    frame::RgbImage,
    geom::{
        CornerBox, PixelBox,
        cast::{floor_index, saturating_u32},
    },
    training::{
        augment::{Affine, warp},
        dataset::{Dice, LabelledBox, LabelledPicture},
    },
};

/// How much of a labelled box a pasted item's square may cover where it is put.
const OVERLAP: f32 = 0.12;

/// Covered by more than the first share, a box of the photo becomes difficult; by more than the second, it
/// goes.
const COVERED: (f32, f32) = (0.15, 0.75);

/// Places that are tried for one item.
const TRIES: usize = 12;

/// Keeps the decisions of pasting apart from those of composing: any odd number.
const STREAM: u64 = 0x9e37_79b9;

impl Composer {
    /// The photo as a square of the composer's size, with up to `most` items pasted where they leave what
    /// is labelled there visible. Depends on the seed, the photo and `index` alone.
    ///
    /// New boxes lie around what shows of their items. A box of the photo that comes to be covered by more
    /// than 15 % becomes difficult, by more than three quarters it goes.
    #[must_use]
    pub fn paste(&self, photo: &LabelledPicture, most: usize, index: u64) -> LabelledPicture {
        let mut dice = Dice::new(self.settings().seed ^ STREAM, index);
        let side = self.settings().size as usize;
        let edge = saturating_u32(side);
        let (width, height) = (photo.picture.width().max(1), photo.picture.height().max(1));
        let map = Affine::scaling(side as f32 / width as f32, side as f32 / height as f32);
        let mut canvas = to_canvas(&warp(&photo.picture, &map, (edge, edge), [0; 3]));
        let squash = (width as f32 / height as f32).clamp(0.4, 2.5);
        let mut items = self.pasted(photo, most, squash, &mut dice);
        let min_side = floor_index(self.settings().min_side * side as f32).max(2);
        let seen = remove_half_hidden(&mut items, side, self.settings().min_visible, min_side);
        match_light(&mut items, &canvas);
        for item in &items {
            if let Some(shadow) = item.shadow {
                cast_shadow(&mut canvas, &item.patch, shadow);
            }
            canvas.lay(&item.patch);
        }
        let mut boxes = uncovered(&photo.boxes, &items, side);
        boxes.extend(items.iter().zip(&seen).filter_map(|(item, seen)| {
            Some(LabelledBox {
                class: item.class?,
                bbox: seen
                    .as_ref()?
                    .bbox(self.settings().covered_share)
                    .to_normalized(edge, edge),
                difficult: false,
            })
        }));
        LabelledPicture {
            picture: canvas.to_picture(),
            boxes,
        }
    }

    fn pasted(&self, photo: &LabelledPicture, most: usize, squash: f32, dice: &mut Dice) -> Vec<Item> {
        let side = self.settings().size as usize;
        let edge = side as f32;
        let lamp = Lamp::random(dice.chance(0.4), dice);
        let mut kept: Vec<CornerBox> = photo.boxes.iter().map(|labelled| labelled.bbox).collect();
        let mut items = Vec::new();
        for _ in 0..dice.whole(1, most.max(1)) {
            let ours = dice.chance(0.6);
            let class = dice.below(self.stock().classes());
            let picked = if ours {
                self.stock().product(class, false, dice)
            } else {
                self.stock().other(dice)
            };
            let Some(picked) = picked else { continue };
            let share = dice.log_range(0.15, 0.5);
            let (mut pose, radius) = places::pose(picked.cutout, edge, share, picked.upright, dice);
            let place = (0..TRIES).find_map(|_| {
                let (x, y) = (dice.unit(), dice.unit());
                let reach = radius / edge;
                let square = CornerBox::new(x - reach, y - reach, x + reach, y + reach);
                let free = kept
                    .iter()
                    .all(|bbox| bbox.intersection(square) <= OVERLAP * bbox.area());
                free.then_some(((x * edge, y * edge), square))
            });
            let Some((center, square)) = place else { continue };
            pose.center = center;
            pose.squash = squash;
            kept.push(square);
            items.extend(finish(picked.cutout, &pose, side, Some(lamp), dice));
        }
        items
    }
}

/// Boxes of the photo, judged by how much of them the items cover.
fn uncovered(boxes: &[LabelledBox], items: &[Item], side: usize) -> Vec<LabelledBox> {
    let mut covered = vec![false; side * side];
    for item in items {
        item.patch.inside(side, |at, pixel| {
            if pixel[3] >= SOLID {
                covered[at] = true;
            }
        });
    }
    let edge = saturating_u32(side);
    let mut left = Vec::new();
    for labelled in boxes {
        let PixelBox { x0, y0, x1, y1 } = labelled.bbox.clipped().to_pixels(edge, edge);
        let (mut hidden, mut all) = (0usize, 0usize);
        for y in floor_index(y0)..floor_index(y1.ceil()).min(side) {
            for x in floor_index(x0)..floor_index(x1.ceil()).min(side) {
                all += 1;
                hidden += usize::from(covered[y * side + x]);
            }
        }
        let share = hidden as f32 / all.max(1) as f32;
        if share <= COVERED.1 {
            left.push(LabelledBox {
                difficult: labelled.difficult || share > COVERED.0,
                ..*labelled
            });
        }
    }
    left
}

/// Makes items darker on dark photos and brighter on bright ones, by half of the difference.
fn match_light(items: &mut [Item], canvas: &Canvas) {
    let count = canvas.pixels.len().max(1) as f32;
    let mean = canvas.pixels.iter().map(|pixel| pixel[1]).sum::<f32>() / count;
    let gain = (mean / 125.0).max(0.01).sqrt().clamp(0.55, 1.25);
    for item in items {
        for [r, g, b, alpha] in &mut item.patch.pixels {
            let most = 255.0 * *alpha;
            for value in [r, g, b] {
                *value = (*value * gain).min(most);
            }
        }
    }
}

fn to_canvas(picture: &RgbImage) -> Canvas {
    Canvas {
        side: picture.width() as usize,
        pixels: picture.pixels().map(|pixel| pixel.0.map(f32::from)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        frame::{Rgb, Rgba, RgbaImage},
        geom::ClassId,
        training::{
            dataset::ClassNames,
            scenes::{Backgrounds, ComposerSettings, CutoutLibrary, item::square},
        },
    };

    fn composer() -> Composer {
        let mut library = CutoutLibrary::empty(ClassNames::new(["tea"]), 64);
        library.push(
            Some(ClassId(1)),
            &RgbaImage::from_pixel(30, 40, Rgba([0, 0, 255, 255])),
            "tea/1",
        );
        let settings = ComposerSettings {
            size: 128,
            renders: 0,
            drawn_share: 1.0,
            ..ComposerSettings::default()
        };
        Composer::new(library, Backgrounds::procedural(), settings).unwrap()
    }

    #[test]
    fn what_was_labelled_stays_and_what_is_pasted_is_labelled() {
        let composer = composer();
        let old = LabelledBox {
            class: ClassId(1),
            bbox: CornerBox::new(0.4, 0.1, 0.6, 0.9),
            difficult: false,
        };
        let photo = LabelledPicture {
            picture: RgbImage::from_pixel(200, 100, Rgb([120; 3])),
            boxes: vec![old],
        };
        let mut pasted = 0;
        for index in 0..60 {
            let new = composer.paste(&photo, 3, index);
            assert_eq!(new.picture.dimensions(), (128, 128));
            assert_eq!(new.boxes.first().map(|labelled| labelled.bbox), Some(old.bbox));
            assert!(new.boxes.len() <= 4);
            pasted += new.boxes.len() - 1;
            for labelled in new.boxes.iter().skip(1) {
                let covered = old.bbox.intersection(labelled.bbox) / old.bbox.area();
                assert!(covered < 0.5, "{labelled:?}");
            }
        }
        assert!(pasted > 30, "{pasted} pasted in 60 photos");
        assert_eq!(composer.paste(&photo, 3, 5), composer.paste(&photo, 3, 5));
    }

    #[test]
    fn covered_boxes_become_difficult_and_then_go() {
        // A 40 x 40 box in 100 x 100; squares cover a sixteenth, a quarter and all of it.
        let labelled = LabelledBox {
            class: ClassId(1),
            bbox: CornerBox::new(0.3, 0.3, 0.7, 0.7),
            difficult: false,
        };
        let after = |side: usize| uncovered(&[labelled], &[square(None, 30, 30, side)], 100);
        assert!(!after(10)[0].difficult);
        assert!(after(20)[0].difficult);
        assert!(after(40).is_empty());
    }
}
