//! Puts a scene together: background, shadows, items from back to front, hands, then the camera.

use super::{
    backgrounds::Backgrounds,
    camera,
    canvas::Canvas,
    cutout::Cutout,
    drawn,
    item::{Item, Lamp, cast_shadow, finish},
    layout::{self, Sizes, Subject, Taken},
    library::CutoutLibrary,
    settings::ComposerSettings,
    textures,
    visible::remove_half_hidden,
    warp::Pose,
};
use crate::{
    geom::{
        ClassId,
        cast::{floor_index, saturating_u32},
    },
    training::dataset::{DatasetError, Dice, LabelledBox, LabelledPicture},
};

/// Cut-outs of one class, or the distractors.
#[derive(Debug, Clone)]
struct Shelf {
    class: Option<ClassId>,
    members: Vec<usize>,
    weights: Vec<f32>,
}

/// Composes scenes; share it between threads by reference.
#[derive(Debug, Clone)]
pub struct Composer {
    library: CutoutLibrary,
    backgrounds: Backgrounds,
    settings: ComposerSettings,
    products: Vec<Shelf>,
    others: Shelf,
    plants: Vec<Cutout>,
    hands: Vec<Cutout>,
    upright: Vec<bool>,
}

impl Composer {
    /// A composer over these cut-outs and backgrounds.
    ///
    /// # Errors
    /// [`DatasetError::Settings`] if a class has no cut-out or the size is out of 32 to 2048.
    pub fn new(
        library: CutoutLibrary,
        backgrounds: Backgrounds,
        settings: ComposerSettings,
    ) -> Result<Self, DatasetError> {
        if !(32..=2048).contains(&settings.size) {
            return Err(DatasetError::Settings {
                reason: format!("scenes of {} pixels; take 32 to 2048", settings.size),
            });
        }
        let shelf = |class: Option<ClassId>| {
            let members: Vec<usize> = (0..library.len())
                .filter(|at| library.cutouts()[*at].class == class)
                .collect();
            let weights = members
                .iter()
                .map(|at| settings.weight_of(&library.cutouts()[*at].name));
            Shelf {
                class,
                weights: weights.collect(),
                members,
            }
        };
        let products: Vec<Shelf> = library.classes().ids().map(|class| shelf(Some(class))).collect();
        if let Some(missing) = products.iter().find(|shelf| shelf.members.is_empty()) {
            let name = missing
                .class
                .and_then(|class| library.classes().name(class))
                .unwrap_or_default();
            return Err(DatasetError::Settings {
                reason: format!("the class \"{name}\" has no cut-outs; add some or take it off the list"),
            });
        }
        let others = shelf(None);
        let upright = library
            .cutouts()
            .iter()
            .map(|cutout| {
                settings
                    .upright
                    .iter()
                    .any(|part| cutout.name.contains(part.as_str()))
            })
            .collect();
        // Index u64::MAX is never asked for as a scene, so the drawn things have dice of their own.
        let mut dice = Dice::new(settings.seed, u64::MAX);
        Ok(Self {
            plants: drawn::plants(24, &mut dice),
            hands: drawn::hands(24, &mut dice),
            library,
            backgrounds,
            settings,
            products,
            others,
            upright,
        })
    }

    /// The settings in use.
    #[must_use]
    pub const fn settings(&self) -> &ComposerSettings {
        &self.settings
    }

    /// Scene `index`: the same for the same seed, cut-outs and backgrounds, whichever thread asks.
    #[must_use]
    pub fn scene(&self, index: u64) -> LabelledPicture {
        let mut dice = Dice::new(self.settings.seed, index);
        let side = self.settings.size as usize;
        let subject = layout::subject(&self.settings, &mut dice);
        let mut canvas = self.background(subject, side, &mut dice);
        let mut items = self.items(subject, side, &mut dice);
        let min_side = floor_index(self.settings.min_side * side as f32).max(2);
        let seen = remove_half_hidden(&mut items, side, self.settings.min_visible, min_side);
        for item in &items {
            if let Some(shadow) = item.shadow {
                cast_shadow(&mut canvas, &item.patch, shadow);
            }
            let pixels = &mut canvas.pixels;
            item.patch.inside(side, |at, [r, g, b, a]| {
                let under = &mut pixels[at];
                let keep = 1.0 - a;
                *under = [r + under[0] * keep, g + under[1] * keep, b + under[2] * keep];
            });
        }
        camera::take(&mut canvas, self.settings.colour_jitter, &mut dice);
        let edge = saturating_u32(side);
        let boxes = items.iter().zip(&seen).filter_map(|(item, seen)| {
            let (class, seen) = (item.class?, (*seen)?);
            Some(LabelledBox {
                class,
                bbox: seen.bbox().to_normalized(edge, edge),
                difficult: false,
            })
        });
        LabelledPicture {
            boxes: boxes.collect(),
            picture: canvas.to_picture(),
        }
    }

    fn background(&self, subject: Subject, side: usize, dice: &mut Dice) -> Canvas {
        if subject == Subject::Single && dice.chance(0.3) {
            return textures::light(side, dice);
        }
        if subject == Subject::Empty
            && dice.chance(0.4)
            && let Some(photo) = self.backgrounds.photo(side, dice)
        {
            return photo;
        }
        self.backgrounds.paint(side, self.settings.photo_share, dice)
    }

    fn items(&self, subject: Subject, side: usize, dice: &mut Dice) -> Vec<Item> {
        let (products, others) = layout::counts(subject, self.settings.max_items, dice);
        let others = if self.others.members.is_empty() { 0 } else { others };
        let mut order: Vec<bool> = (0..products + others).map(|at| at < products).collect();
        for at in (1..order.len()).rev() {
            order.swap(at, dice.below(at + 1));
        }
        let lamp = Lamp::random(dice);
        let sizes = Sizes::new(subject, dice);
        let same = dice.below(self.products.len());
        let (mut items, mut taken) = (Vec::new(), Vec::new());
        for ours in order {
            let kind = if subject == Subject::Pile {
                same
            } else {
                dice.below(self.products.len())
            };
            let shelf = if ours {
                self.products.get(kind)
            } else {
                Some(&self.others)
            };
            let Some((cutout, upright)) = shelf.and_then(|shelf| self.pick(shelf, dice)) else {
                continue;
            };
            let share = sizes.draw(dice);
            let (mut pose, radius) = layout::pose(cutout, side as f32, share, upright, dice);
            pose.center = layout::place(subject, side as f32, radius, &taken, dice);
            taken.push(Taken {
                center: pose.center,
                radius,
            });
            items.extend(finish(cutout, &pose, side, Some(lamp), dice));
        }
        if dice.chance(0.08) {
            items.extend(self.hand(&taken, side, dice));
        }
        items
    }

    fn pick(&self, shelf: &Shelf, dice: &mut Dice) -> Option<(&Cutout, bool)> {
        if shelf.class.is_none() && dice.chance(0.12) {
            return self
                .plants
                .get(dice.below(self.plants.len()))
                .map(|cutout| (cutout, false));
        }
        let at = *shelf.members.get(dice.weighted(&shelf.weights))?;
        Some((
            self.library.cutouts().get(at)?,
            self.upright.get(at).copied().unwrap_or(false),
        ))
    }

    /// A hand whose fingers reach the edge of an item, its arm leaving the picture on the near side.
    fn hand(&self, taken: &[Taken], side: usize, dice: &mut Dice) -> Option<Item> {
        let cutout = self.hands.get(dice.below(self.hands.len()))?;
        let held = taken.get(dice.below(taken.len()))?;
        let edge = side as f32;
        let (_, height) = cutout.size();
        let width = (held.radius * dice.range(1.0, 1.6)).max(edge * 0.12);
        let scale = width * 2.1 / height;
        let (ox, oy) = (held.center.0 - edge / 2.0, held.center.1 - edge / 2.0);
        let angle = oy.atan2(ox) + dice.around(0.7);
        let (sin, cos) = angle.sin_cos();
        // The picture's middle of the hand lies half its length beyond the item's edge.
        let away = held.radius * dice.range(0.4, 0.9) + height * scale / 2.0;
        let pose = Pose {
            center: (held.center.0 + cos * away, held.center.1 + sin * away),
            scale: (scale, scale),
            // The drawing's arm points down, a quarter turn from the x axis.
            angle: angle - std::f32::consts::FRAC_PI_2,
            shear: 0.0,
            perspective: (0.0, 0.0),
            mirrored: dice.chance(0.5),
        };
        finish(cutout, &pose, side, None, dice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        frame::{Rgba, RgbaImage},
        geom::CornerBox,
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
            ..ComposerSettings::default()
        }
    }

    #[test]
    fn scenes_repeat_and_their_boxes_are_fit_to_train_on() {
        let composer = composer(small(7));
        let (mut empty, mut boxes) = (0, 0);
        for index in 0..300 {
            let scene = composer.scene(index);
            assert_eq!(scene.picture.dimensions(), (96, 96));
            assert!(scene.boxes.len() <= 12);
            empty += usize::from(scene.boxes.is_empty());
            boxes += scene.boxes.len();
            for labelled in &scene.boxes {
                let CornerBox { x0, y0, x1, y1 } = labelled.bbox;
                assert!(x0 >= 0.0 && y0 >= 0.0 && x1 <= 1.0 && y1 <= 1.0, "{labelled:?}");
                assert!(x1 - x0 >= 0.03 && y1 - y0 >= 0.03, "{labelled:?}");
                assert!((1..=2).contains(&labelled.class.0));
            }
        }
        assert!((30..80).contains(&empty), "about 15 % of 300 are empty: {empty}");
        assert!(boxes > 400, "{boxes} boxes");
        assert_eq!(composer.scene(11), composer.scene(11));
        assert_ne!(composer.scene(11).picture, composer.scene(12).picture);
    }

    #[test]
    fn settings_that_cannot_work_are_refused() {
        let missing = CutoutLibrary::empty(ClassNames::new(["apple"]), 64);
        let error = Composer::new(missing, Backgrounds::procedural(), small(1)).unwrap_err();
        assert!(error.to_string().contains("apple"), "{error}");
        let tiny = ComposerSettings {
            size: 3,
            ..ComposerSettings::default()
        };
        assert!(Composer::new(library(), Backgrounds::procedural(), tiny).is_err());
    }
}
