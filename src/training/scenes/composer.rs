//! Puts a scene together: background, shadows, items from back to front, hands, then the camera.

use super::{
    backgrounds::{Backgrounds, crop},
    camera::{self, Shot},
    canvas::Canvas,
    item::{Item, Lamp, cast_shadow, finish},
    layout::{self, Plan, Sizes, Subject},
    library::CutoutLibrary,
    places::{self, Taken},
    settings::ComposerSettings,
    stock::{Picked, Stock},
    textures,
    visible::remove_half_hidden,
};
use crate::{
    geom::cast::{floor_index, saturating_u32},
    training::dataset::{DatasetError, Dice, LabelledBox, LabelledPicture},
};

/// Composes scenes; share it between threads by reference.
#[derive(Debug, Clone)]
pub struct Composer {
    pub(super) stock: Stock,
    backgrounds: Backgrounds,
    pub(super) settings: ComposerSettings,
}

/// What all items of a scene share.
pub(super) struct Stage {
    pub(super) side: usize,
    pub(super) plan: Plan,
    pub(super) sizes: Sizes,
    pub(super) lamp: Lamp,
    /// Width over height of the picture before it was made square.
    pub(super) squash: f32,
}

impl Composer {
    /// A composer over these cut-outs and backgrounds. What can be rendered (apples, bananas, milk cartons)
    /// needs no cut-outs.
    ///
    /// # Errors
    /// [`DatasetError::Settings`] if a class can be shown in no way or a setting is out of its range.
    pub fn new(
        library: CutoutLibrary,
        backgrounds: Backgrounds,
        settings: ComposerSettings,
    ) -> Result<Self, DatasetError> {
        if let Some(reason) = settings.complaint() {
            return Err(DatasetError::Settings { reason });
        }
        Ok(Self {
            stock: Stock::new(library, &settings)?,
            backgrounds,
            settings,
        })
    }

    /// The settings in use.
    #[must_use]
    pub const fn settings(&self) -> &ComposerSettings {
        &self.settings
    }

    pub(super) const fn stock(&self) -> &Stock {
        &self.stock
    }

    /// Scene `index`: the same for the same seed, cut-outs and backgrounds, whichever thread asks.
    #[must_use]
    pub fn scene(&self, index: u64) -> LabelledPicture {
        let mut dice = Dice::new(self.settings.seed, index);
        let side = self.settings.size as usize;
        let plan = Plan::random(&self.settings, &mut dice);
        let (mut canvas, shot) = self.background(plan.subject, side, &mut dice);
        let from_the_side = dice.chance(0.4);
        let stage = Stage {
            side,
            plan,
            sizes: Sizes::new(plan.subject, &mut dice),
            lamp: Lamp::random(from_the_side, &mut dice),
            squash: self.squash(&mut dice),
        };
        let mut items = self.items(&stage, &mut dice);
        let min_side = floor_index(self.settings.min_side * side as f32).max(2);
        let seen = remove_half_hidden(&mut items, side, self.settings.min_visible, min_side);
        for item in &items {
            if let Some(shadow) = item.shadow {
                cast_shadow(&mut canvas, &item.patch, shadow);
            }
            canvas.lay(&item.patch);
        }
        camera::take(&mut canvas, shot, self.settings.colour_jitter, &mut dice);
        let edge = saturating_u32(side);
        let boxes = items.iter().zip(&seen).filter_map(|(item, seen)| {
            let (class, seen) = (item.class?, (*seen)?);
            Some(LabelledBox {
                class,
                bbox: seen.bbox(self.settings.covered_share).to_normalized(edge, edge),
                difficult: false,
            })
        });
        LabelledPicture {
            boxes: boxes.collect(),
            picture: canvas.to_picture(),
        }
    }

    /// The shape that the picture had before it was made square.
    fn squash(&self, dice: &mut Dice) -> f32 {
        let widest = self.settings.widest.max(1.0).ln();
        if dice.chance(0.35) {
            1.0
        } else {
            dice.around(widest).exp()
        }
    }

    fn background(&self, subject: Subject, side: usize, dice: &mut Dice) -> (Canvas, Shot) {
        // Studio, surface, room, photo, leaves.
        let weights = match subject {
            Subject::Single | Subject::Few => [0.42, 0.18, 0.12, 0.2, 0.08],
            Subject::Garden => [0.0, 0.0, 0.0, 0.12, 0.88],
            Subject::Empty => [0.1, 0.25, 0.15, 0.35, 0.15],
            Subject::Pile | Subject::Heap => [0.18, 0.3, 0.2, 0.28, 0.04],
            Subject::Rows => [0.05, 0.2, 0.3, 0.45, 0.0],
            // Seen only between the things.
            Subject::Crate => [0.1, 0.4, 0.0, 0.5, 0.0],
            Subject::Mixed | Subject::Hand => [0.1, 0.28, 0.14, 0.44, 0.04],
        };
        let canvas = match dice.weighted(&weights) {
            0 => {
                let shot = if dice.chance(0.75) {
                    Shot::Studio
                } else {
                    Shot::Casual
                };
                return (textures::studio(side, dice), shot);
            }
            1 => textures::paint(side, dice),
            2 => {
                let table = textures::paint(side, dice);
                let behind = self.backgrounds.paint(side, self.settings.photo_share, dice);
                textures::room(&table, behind, dice)
            }
            4 => match self.stock.foliage(dice) {
                Some(view) => crop(view, side, dice),
                None => textures::paint(side, dice),
            },
            _ => self
                .backgrounds
                .paint(side, (self.settings.photo_share * 1.5).min(1.0), dice),
        };
        (canvas, Shot::Casual)
    }

    fn items(&self, stage: &Stage, dice: &mut Dice) -> Vec<Item> {
        let subject = stage.plan.subject;
        if subject == Subject::Empty {
            return Vec::new();
        }
        let (own, others) = layout::counts(subject, self.settings.max_items, dice);
        let mut taken = Vec::new();
        let mut items = match subject {
            Subject::Rows => self.rows(stage, own, dice),
            Subject::Crate => self.full_crate(stage, dice),
            Subject::Hand => self.held(stage, &mut taken, dice),
            Subject::Empty
            | Subject::Single
            | Subject::Few
            | Subject::Pile
            | Subject::Heap
            | Subject::Mixed
            | Subject::Garden => self.scatter(stage, (own, others), &mut taken, dice),
        };
        if subject == Subject::Garden {
            self.hang_leaves(stage, &taken, &mut items, dice);
        } else if dice.chance(0.06) {
            items.extend(self.hand(&taken, stage, dice));
        }
        items
    }

    /// The first of the subject: ours or, in a scene without ours, something else.
    pub(super) fn lead(&self, stage: &Stage, dice: &mut Dice) -> Option<Picked<'_>> {
        if !stage.plan.ours {
            return self.stock.other(dice);
        }
        let subject = stage.plan.subject;
        let whole = matches!(
            subject,
            Subject::Single | Subject::Few | Subject::Hand | Subject::Garden
        );
        let mut picked = self.stock.product(self.stock.class(dice), whole, dice);
        for _ in 0..6 {
            // Cartons do not grow on trees, and round fruit is more often among leaves than long.
            let misplaced = picked.is_some_and(|picked| picked.upright || picked.is_long(&self.settings));
            if subject != Subject::Garden || !misplaced || dice.chance(0.15) {
                break;
            }
            picked = self.stock.product(self.stock.class(dice), whole, dice);
        }
        picked
    }

    /// One more of the class of `lead`, and with `same_variety` (or if it is none of ours) one that looks like it.
    pub(super) fn another<'a>(
        &'a self,
        lead: &Picked<'a>,
        same_variety: bool,
        dice: &mut Dice,
    ) -> Option<Picked<'a>> {
        match lead.cutout.class {
            Some(class) if !same_variety => {
                self.stock
                    .product(usize::from(class.0).wrapping_sub(1), false, dice)
            }
            Some(_) | None => self.stock.alike(lead, dice),
        }
    }

    /// Own and other things at places of their own, in random order of depth.
    fn scatter(
        &self,
        stage: &Stage,
        (own, others): (usize, usize),
        taken: &mut Vec<Taken>,
        dice: &mut Dice,
    ) -> Vec<Item> {
        let subject = stage.plan.subject;
        let mut order: Vec<bool> = (0..own + others).map(|at| at < own).collect();
        for at in (1..order.len()).rev() {
            order.swap(at, dice.below(at + 1));
        }
        let of_a_kind = matches!(subject, Subject::Few | Subject::Pile | Subject::Garden);
        // Half of the piles hold one variety, the others all of a class.
        let same_variety = dice.chance(0.6);
        let lead = self.lead(stage, dice);
        let mut lead_left = lead;
        let mut items = Vec::new();
        for is_own in order {
            let picked = if !is_own {
                self.stock.other(dice)
            } else if let Some(first) = lead_left.take() {
                Some(first)
            } else if of_a_kind {
                lead.and_then(|lead| self.another(&lead, same_variety || !stage.plan.ours, dice))
            } else {
                self.lead(stage, dice)
            };
            let Some(picked) = picked else { continue };
            let share = if is_own {
                stage.sizes.draw(dice)
            } else {
                stage.sizes.beside(subject, dice)
            };
            items.extend(self.put(stage, &picked, share, taken, dice));
        }
        items
    }

    /// Puts one thing down where there is room.
    pub(super) fn put(
        &self,
        stage: &Stage,
        picked: &Picked<'_>,
        share: f32,
        taken: &mut Vec<Taken>,
        dice: &mut Dice,
    ) -> Option<Item> {
        let edge = stage.side as f32;
        let (mut pose, radius) = places::pose(picked.cutout, edge, share, picked.upright, dice);
        pose.center = places::place(stage.plan.subject, edge, radius, taken, dice);
        pose.squash = stage.squash;
        taken.push(Taken {
            center: pose.center,
            radius,
        });
        finish(picked.cutout, &pose, stage.side, Some(stage.lamp), dice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        frame::{Rgba, RgbaImage},
        geom::{ClassId, CornerBox},
        training::dataset::ClassNames,
    };

    fn library() -> CutoutLibrary {
        let classes = ClassNames::new(["apple", "milk"]);
        let mut library = CutoutLibrary::empty(classes, 128);
        let disc = RgbaImage::from_fn(60, 60, |x, y| {
            let far = (x as f32 - 29.5).powi(2) + (y as f32 - 29.5).powi(2);
            Rgba([200, 30, 30, if far < 841.0 { 255 } else { 0 }])
        });
        let carton = RgbaImage::from_pixel(40, 90, Rgba([240, 240, 250, 255]));
        library.push(Some(ClassId(1)), &disc, "apple/1");
        library.push(Some(ClassId(2)), &carton, "milk/1");
        library.push(None, &disc, "other/orange");
        library
    }

    fn composer(settings: ComposerSettings) -> Composer {
        Composer::new(library(), Backgrounds::procedural(), settings).unwrap()
    }

    fn small(seed: u64) -> ComposerSettings {
        ComposerSettings {
            size: 96,
            seed,
            renders: 0,
            ..ComposerSettings::default()
        }
    }

    #[test]
    fn scenes_repeat_and_their_boxes_are_fit_to_train_on() {
        let composer = composer(small(7));
        let (mut empty, mut boxes, mut most) = (0, 0, 0);
        for index in 0..300 {
            let scene = composer.scene(index);
            assert_eq!(scene.picture.dimensions(), (96, 96));
            most = most.max(scene.boxes.len());
            empty += usize::from(scene.boxes.is_empty());
            boxes += scene.boxes.len();
            for labelled in &scene.boxes {
                let CornerBox { x0, y0, x1, y1 } = labelled.bbox;
                assert!(x0 >= 0.0 && y0 >= 0.0 && x1 <= 1.0 && y1 <= 1.0, "{labelled:?}");
                assert!(x1 - x0 >= 0.03 && y1 - y0 >= 0.03, "{labelled:?}");
                assert!((1..=2).contains(&labelled.class.0));
            }
        }
        assert!((60..115).contains(&empty), "about 28 % of 300 are empty: {empty}");
        assert!(boxes > 400, "{boxes} boxes");
        assert!((17..120).contains(&most), "a full crate: {most} boxes");
        assert_eq!(composer.scene(11), composer.scene(11));
        assert_ne!(composer.scene(11).picture, composer.scene(12).picture);
    }

    #[test]
    fn settings_that_cannot_work_are_refused() {
        let missing = CutoutLibrary::empty(ClassNames::new(["tea"]), 64);
        let error = Composer::new(missing, Backgrounds::procedural(), small(1)).unwrap_err();
        assert!(error.to_string().contains("tea"), "{error}");
        let tiny = ComposerSettings {
            size: 3,
            ..ComposerSettings::default()
        };
        assert!(Composer::new(library(), Backgrounds::procedural(), tiny).is_err());
    }
}
