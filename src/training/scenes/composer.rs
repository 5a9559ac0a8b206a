//! Puts a scene together: background, shadows, items from back to front, hands, then the camera.

use super::{
    backgrounds::Backgrounds,
    camera,
    canvas::Canvas,
    cutout::Cutout,
    drawn,
    layout::{self, Sizes, Subject, Taken},
    library::CutoutLibrary,
    settings::ComposerSettings,
    textures,
    warp::{self, Patch, Pose, SOLID},
};
use crate::{
    geom::{
        ClassId, PixelBox,
        cast::{floor_index, round_i32, saturating_u32},
    },
    training::dataset::{DatasetError, Dice, LabelledBox, LabelledPicture},
};

/// Marks a pixel that shows no item.
const NOBODY: u16 = u16::MAX;

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

/// One item of a scene, drawn and lit, not yet in the picture.
struct Item {
    class: Option<ClassId>,
    patch: Patch,
    solid: usize,
    shadow: Option<Shadow>,
}

/// Where a shadow falls, in pixels, how wide its edge is, and how dark it is.
#[derive(Debug, Clone, Copy)]
struct Shadow {
    shift: (f32, f32),
    radius: usize,
    strength: f32,
}

/// The light that all shadows of a scene share.
#[derive(Debug, Clone, Copy)]
struct Lamp {
    direction: (f32, f32),
    strength: f32,
    softness: f32,
}

/// What of an item can be seen in the picture.
#[derive(Debug, Clone, Copy)]
struct Seen {
    pixels: usize,
    x0: usize,
    y0: usize,
    x1: usize,
    y1: usize,
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
        let seen = self.remove_half_hidden(&mut items, side);
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
            let bbox = PixelBox::new(seen.x0 as f32, seen.y0 as f32, seen.x1 as f32, seen.y1 as f32);
            Some(LabelledBox {
                class,
                bbox: bbox.to_normalized(edge, edge),
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

    /// Takes out, worst first, each product that is partly hidden beyond what may be labelled, and
    /// measures what is left. Distractors may be hidden as they like.
    fn remove_half_hidden(&self, items: &mut Vec<Item>, side: usize) -> Vec<Option<Seen>> {
        let min_side = floor_index(self.settings.min_side * side as f32).max(2);
        loop {
            let seen = look(items, side);
            let worst = items
                .iter()
                .zip(&seen)
                .enumerate()
                .filter(|(_, (item, _))| item.class.is_some())
                .map(|(at, (item, seen))| (at, visible_share(item, seen.as_ref(), min_side)))
                .min_by(|a, b| a.1.total_cmp(&b.1));
            match worst {
                Some((at, share)) if share < self.settings.min_visible => {
                    items.remove(at);
                }
                Some(_) | None => return seen,
            }
        }
    }
}

/// Share of the item that shows; 0 if what shows is too small for a box.
fn visible_share(item: &Item, seen: Option<&Seen>, min_side: usize) -> f32 {
    let Some(seen) = seen else { return 0.0 };
    if seen.x1 - seen.x0 < min_side || seen.y1 - seen.y0 < min_side {
        return 0.0;
    }
    seen.pixels as f32 / item.solid.max(1) as f32
}

/// What of each item shows when all are laid down in order.
fn look(items: &[Item], side: usize) -> Vec<Option<Seen>> {
    let mut owner = vec![NOBODY; side * side];
    for (number, item) in (0u16..).zip(items) {
        item.patch.inside(side, |at, pixel| {
            if pixel[3] >= SOLID {
                owner[at] = number;
            }
        });
    }
    let mut seen: Vec<Option<Seen>> = vec![None; items.len()];
    for (y, row) in owner.chunks_exact(side.max(1)).enumerate() {
        for (x, number) in row.iter().enumerate() {
            if let Some(entry) = seen.get_mut(usize::from(*number)) {
                let seen = entry.get_or_insert(Seen {
                    pixels: 0,
                    x0: x,
                    y0: y,
                    x1: x,
                    y1: y,
                });
                seen.pixels += 1;
                seen.x0 = seen.x0.min(x);
                seen.x1 = seen.x1.max(x + 1);
                seen.y1 = y + 1;
            }
        }
    }
    seen
}

/// Draws the item, lights it and gives it its shadow; none if it is too large to draw.
fn finish(cutout: &Cutout, pose: &Pose, side: usize, lamp: Option<Lamp>, dice: &mut Dice) -> Option<Item> {
    let mut patch = warp::draw(cutout, pose, side * 3)?;
    if dice.chance(0.5) {
        tighten(&mut patch);
    }
    if dice.chance(0.2) {
        patch.soften();
    }
    relight(&mut patch, dice);
    let solid = patch.solid();
    if solid == 0 {
        return None;
    }
    let size = (solid as f32).sqrt();
    let shadow = lamp.map(|lamp| lamp.shadow(size, dice));
    Some(Item {
        class: cutout.class,
        patch,
        solid,
        shadow: shadow.filter(|shadow| shadow.strength > 0.05),
    })
}

/// Cuts away the faint rim, which often holds a line of the old background.
fn tighten(patch: &mut Patch) {
    for pixel in &mut patch.pixels {
        let alpha = pixel[3];
        if alpha > 0.0 && alpha < 1.0 {
            let tight = ((alpha - 0.25) / 0.6).clamp(0.0, 1.0);
            let factor = tight / alpha;
            *pixel = [pixel[0] * factor, pixel[1] * factor, pixel[2] * factor, tight];
        }
    }
}

/// Each item has a light of its own, a little: brightness, contrast, tint and a slope across it.
fn relight(patch: &mut Patch, dice: &mut Dice) {
    let bright = dice.range(0.8, 1.2);
    let gain = [0; 3].map(|_| bright * (1.0 + dice.around(0.03)));
    let contrast = dice.range(0.85, 1.15);
    let (sin, cos) = dice.around(std::f32::consts::PI).sin_cos();
    let slope = if dice.chance(0.5) {
        dice.range(0.0, 0.5)
    } else {
        0.0
    };
    let (across, down) = (
        slope * cos / patch.width.max(1) as f32,
        slope * sin / patch.height.max(1) as f32,
    );
    let start = 1.0 - slope * (cos + sin) / 2.0;
    for (y, row) in patch.pixels.chunks_exact_mut(patch.width.max(1)).enumerate() {
        for (x, pixel) in row.iter_mut().enumerate() {
            let alpha = pixel[3];
            if alpha <= 0.0 {
                continue;
            }
            let light = start + x as f32 * across + y as f32 * down;
            for (value, gain) in pixel.iter_mut().zip(gain) {
                let lit = *value * gain * light;
                // Premultiplied, so the middle grey is premultiplied as well.
                *value = ((lit - 110.0 * alpha) * contrast + 110.0 * alpha).clamp(0.0, 255.0 * alpha);
            }
        }
    }
}

impl Lamp {
    fn random(dice: &mut Dice) -> Self {
        let (sin, cos) = dice.around(std::f32::consts::PI).sin_cos();
        let reach = dice.range(0.02, 0.22);
        Self {
            direction: (cos * reach, sin * reach),
            strength: if dice.chance(0.8) {
                dice.range(0.15, 0.65)
            } else {
                0.0
            },
            softness: dice.log_range(0.03, 0.16),
        }
    }

    fn shadow(self, size: f32, dice: &mut Dice) -> Shadow {
        Shadow {
            shift: (self.direction.0 * size, self.direction.1 * size),
            radius: floor_index(self.softness * size).clamp(1, 40),
            strength: self.strength * dice.range(0.75, 1.1),
        }
    }
}

/// Darkens what lies under the item by its blurred outline.
fn cast_shadow(canvas: &mut Canvas, patch: &Patch, shadow: Shadow) {
    let margin = shadow.radius * 2;
    let (width, height) = (patch.width + 2 * margin, patch.height + 2 * margin);
    let mut mask = vec![0.0f32; width * height];
    for (y, row) in patch.pixels.chunks_exact(patch.width.max(1)).enumerate() {
        let start = (y + margin) * width + margin;
        for (value, pixel) in mask[start..start + patch.width].iter_mut().zip(row) {
            *value = pixel[3];
        }
    }
    let mut line = Vec::new();
    for _ in 0..2 {
        for y in 0..height {
            blur_mask(&mut mask, (y * width, 1, width), shadow.radius, &mut line);
        }
        for x in 0..width {
            blur_mask(&mut mask, (x, width, height), shadow.radius, &mut line);
        }
    }
    let reach = i32::try_from(margin).unwrap_or(0);
    let left = patch.x - reach + round_i32(shadow.shift.0);
    let top = patch.y - reach + round_i32(shadow.shift.1);
    let side = canvas.side;
    for (row, y) in (top..).take(height).enumerate() {
        let Some(y) = usize::try_from(y).ok().filter(|y| *y < side) else {
            continue;
        };
        for (column, x) in (left..).take(width).enumerate() {
            let Some(x) = usize::try_from(x).ok().filter(|x| *x < side) else {
                continue;
            };
            let keep = 1.0 - shadow.strength * mask[row * width + column];
            for value in &mut canvas.pixels[y * side + x] {
                *value *= keep;
            }
        }
    }
}

/// Running mean over `count` values from `first` on, `stride` apart; beyond the ends lies nothing.
fn blur_mask(
    mask: &mut [f32],
    (first, stride, count): (usize, usize, usize),
    radius: usize,
    line: &mut Vec<f32>,
) {
    line.clear();
    line.extend((0..count).map(|at| mask[first + at * stride]));
    let scale = 1.0 / (2 * radius + 1) as f32;
    let mut sum: f32 = line.iter().take(radius).sum();
    for at in 0..count {
        sum += line.get(at + radius).copied().unwrap_or(0.0);
        mask[first + at * stride] = sum * scale;
        sum -= at
            .checked_sub(radius)
            .and_then(|gone| line.get(gone))
            .copied()
            .unwrap_or(0.0);
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

    /// A solid square patch of this class.
    fn square(class: Option<u16>, x: i32, y: i32, side: usize) -> Item {
        Item {
            class: class.map(ClassId),
            patch: Patch {
                x,
                y,
                width: side,
                height: side,
                pixels: vec![[200.0, 100.0, 0.0, 1.0]; side * side],
            },
            solid: side * side,
            shadow: None,
        }
    }

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
    fn boxes_are_the_visible_extent() {
        let composer = composer(small(1));
        // The second covers the right half of the first; the third reaches beyond the left edge.
        let mut items = vec![
            square(Some(1), 20, 20, 20),
            square(None, 30, 10, 40),
            square(Some(2), -5, 70, 10),
        ];
        let seen = composer.remove_half_hidden(&mut items, 96);
        assert_eq!(items.len(), 3);
        let first = seen[0].unwrap();
        assert_eq!(
            (first.x0, first.y0, first.x1, first.y1, first.pixels),
            (20, 20, 30, 40, 200)
        );
        let third = seen[2].unwrap();
        assert_eq!((third.x0, third.y0, third.x1, third.y1), (0, 70, 5, 80));
    }

    #[test]
    fn what_shows_too_little_leaves_and_uncovers_the_others() {
        let composer = composer(small(1));
        // A quarter of the first shows; the second covers it and is itself all but covered by the third.
        let mut items = vec![
            square(Some(1), 20, 20, 20),
            square(Some(1), 25, 20, 20),
            square(None, 28, 15, 30),
        ];
        let seen = composer.remove_half_hidden(&mut items, 96);
        assert_eq!(
            items.len(),
            2,
            "the worst leaves, and then the other shows enough"
        );
        let left = seen[0].unwrap();
        assert_eq!((left.x0, left.x1), (20, 28));
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

    #[test]
    fn a_shadow_darkens_beside_the_item_and_not_far_away() {
        let mut canvas = Canvas::filled(60, [200.0; 3]);
        let item = square(None, 20, 20, 10);
        let shadow = Shadow {
            shift: (4.0, 0.0),
            radius: 1,
            strength: 0.5,
        };
        cast_shadow(&mut canvas, &item.patch, shadow);
        let at = |x: usize, y: usize| canvas.pixels[y * 60 + x][0];
        assert!((at(28, 25) - 100.0).abs() < 1.0, "fully dark: {}", at(28, 25));
        assert!(at(31, 25) < 120.0);
        assert!((at(50, 25) - 200.0).abs() < 1e-3 && (at(15, 25) - 200.0).abs() < 1e-3);
    }
}
