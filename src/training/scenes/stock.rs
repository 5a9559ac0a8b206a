//! Everything that a scene can show, and picking from it: one of a class, another thing, more of the same.

use super::{
    cutout::Cutout,
    drawn::{self, Grip},
    library::CutoutLibrary,
    rendered::RenderPool,
    settings::ComposerSettings,
};
use crate::{
    frame::RgbImage,
    geom::ClassId,
    training::dataset::{DatasetError, Dice},
};

/// Drawings of each kind of thing.
const DRAWINGS: usize = 10;

/// Views into leaves.
const FOLIAGE: usize = 20;

/// A round cut-out less round than this is torn by its neighbours in the photo.
const WHOLE: f32 = 0.93;

/// A long cut-out this round and this short is seen end on: a yellow disc that could as well be a lemon.
const END_ON: (f32, f32) = (0.9, 1.6);

/// How many are compared by colour to find one that looks like another.
const COMPARED: usize = 5;

/// Cut-outs and renders of one class, or of what is none of ours.
#[derive(Debug, Clone)]
struct Shelf {
    class: Option<ClassId>,
    members: Vec<usize>,
    weights: Vec<f32>,
    pool: RenderPool,
}

/// Where a picked thing comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Cutout { shelf: usize, variety: usize },
    Drawing { at: usize },
    Render { shelf: usize, at: usize },
}

/// A thing to show.
#[derive(Debug, Clone, Copy)]
pub(super) struct Picked<'a> {
    pub(super) cutout: &'a Cutout,
    pub(super) upright: bool,
    origin: Origin,
}

impl Picked<'_> {
    /// Whether the settings call it long.
    pub(super) fn is_long(&self, settings: &ComposerSettings) -> bool {
        ComposerSettings::names(&settings.long, &self.cutout.name)
    }
}

/// All that can be shown, with the settings' weights.
#[derive(Debug, Clone)]
pub(super) struct Stock {
    library: CutoutLibrary,
    /// For each cut-out, the number of its variety: names that are alike up to their first digit.
    varieties: Vec<usize>,
    /// One a class in order, then what is none of ours.
    shelves: Vec<Shelf>,
    drawings: Vec<Cutout>,
    drawing_weights: Vec<f32>,
    leaves: Vec<Cutout>,
    hands: Vec<Cutout>,
    grips: Vec<Grip>,
    foliage: Vec<RgbImage>,
    settings: ComposerSettings,
}

impl Stock {
    /// # Errors
    /// [`DatasetError::Settings`] if a class has neither a cut-out nor a render.
    pub(super) fn new(library: CutoutLibrary, settings: &ComposerSettings) -> Result<Self, DatasetError> {
        let classes = library.classes().clone();
        let shelf = |class: Option<ClassId>| {
            let members: Vec<usize> = (0..library.len())
                .filter(|at| {
                    let cutout = &library.cutouts()[*at];
                    cutout.class == class && !is_end_on(cutout, settings)
                })
                .collect();
            let weights = members.iter().map(|at| {
                let cutout = &library.cutouts()[*at];
                settings.weight_of_coloured(&cutout.name, cutout.colour)
            });
            Shelf {
                class,
                weights: weights.collect(),
                members,
                pool: RenderPool::new(class, &library, settings),
            }
        };
        let ids = classes.ids().map(Some).chain([None]);
        let shelves: Vec<Shelf> = ids.map(shelf).collect();
        for shelf in &shelves {
            let Some(class) = shelf.class else { continue };
            if shelf.members.is_empty() && shelf.pool.is_empty() {
                let name = classes.name(class).unwrap_or_default();
                return Err(DatasetError::Settings {
                    reason: format!("the class \"{name}\" has no cut-outs; add some or take it off the list"),
                });
            }
        }
        // Index u64::MAX is never asked for as a scene, so the drawn things have dice of their own.
        let mut dice = Dice::new(settings.seed, u64::MAX);
        let mut drawings = drawn::all(DRAWINGS, &mut dice);
        for drawing in &mut drawings {
            drawing.distractor = library.distractor_of(&drawing.name);
        }
        let leaves = drawn::green_leaves(24, &mut dice);
        let weight = |cutout: &Cutout| settings.weight_of(&cutout.name);
        Ok(Self {
            varieties: varieties(&library),
            drawing_weights: drawings.iter().map(weight).collect(),
            drawings,
            hands: drawn::hands(24, &mut dice),
            grips: drawn::grips(24, &mut dice),
            foliage: (0..FOLIAGE)
                .map(|_| drawn::foliage(256, &leaves, &mut dice))
                .collect(),
            leaves,
            library,
            shelves,
            settings: settings.clone(),
        })
    }

    /// How many classes there are.
    pub(super) const fn classes(&self) -> usize {
        self.shelves.len().saturating_sub(1)
    }

    /// The number of a class (from 0), as often as the settings want it.
    pub(super) fn class(&self, dice: &mut Dice) -> usize {
        if self.settings.class_weights.len() == self.classes() {
            dice.weighted(&self.settings.class_weights)
        } else {
            dice.below(self.classes())
        }
    }

    /// One of class number `class` (from 0); with `whole`, hardly ever one that is torn.
    pub(super) fn product(&self, class: usize, whole: bool, dice: &mut Dice) -> Option<Picked<'_>> {
        if class >= self.classes() {
            return None;
        }
        let mut picked = self.off_shelf(class, dice)?;
        for _ in 0..4 {
            let torn = picked.cutout.roundness < WHOLE
                && ComposerSettings::names(&self.settings.round, &picked.cutout.name);
            if !(whole && torn) {
                break;
            }
            picked = self.off_shelf(class, dice)?;
        }
        Some(picked)
    }

    /// Something that is none of ours.
    pub(super) fn other(&self, dice: &mut Dice) -> Option<Picked<'_>> {
        let others = self.classes();
        let bare = self
            .shelves
            .get(others)
            .is_none_or(|shelf| shelf.members.is_empty() && shelf.pool.is_empty());
        if bare || dice.chance(self.settings.drawn_share) {
            return self.drawing(dice.weighted(&self.drawing_weights));
        }
        self.off_shelf(others, dice)
    }

    /// Another one of the same variety, and of a similar colour.
    pub(super) fn alike<'a>(&'a self, like: &Picked<'a>, dice: &mut Dice) -> Option<Picked<'a>> {
        let apart = |picked: &Picked<'_>| {
            let pairs = picked.cutout.colour.iter().zip(like.cutout.colour);
            pairs.map(|(a, b)| (a - b).powi(2)).sum::<f32>()
        };
        let mut best: Option<Picked<'a>> = None;
        for _ in 0..COMPARED {
            let next = match like.origin {
                Origin::Cutout { shelf, variety } => self.of_variety(shelf, variety, dice),
                Origin::Drawing { at } => self.drawing(at - at % DRAWINGS + dice.below(DRAWINGS)),
                Origin::Render { shelf, at } => self.render(shelf, Some(at), dice),
            };
            let Some(next) = next else { continue };
            if best.as_ref().is_none_or(|best| apart(&next) < apart(best)) {
                best = Some(next);
            }
        }
        best
    }

    /// A green leaf.
    pub(super) fn leaf(&self, dice: &mut Dice) -> Option<&Cutout> {
        self.leaves.get(dice.below(self.leaves.len()))
    }

    /// A hand that reaches in.
    pub(super) fn hand(&self, dice: &mut Dice) -> Option<&Cutout> {
        self.hands.get(dice.below(self.hands.len()))
    }

    /// A hand that holds something.
    pub(super) fn grip(&self, dice: &mut Dice) -> Option<&Grip> {
        self.grips.get(dice.below(self.grips.len()))
    }

    /// A view into leaves.
    pub(super) fn foliage(&self, dice: &mut Dice) -> Option<&RgbImage> {
        self.foliage.get(dice.below(self.foliage.len()))
    }

    fn off_shelf(&self, at: usize, dice: &mut Dice) -> Option<Picked<'_>> {
        let shelf = self.shelves.get(at)?;
        let rendered =
            !shelf.pool.is_empty() && (shelf.members.is_empty() || dice.chance(self.settings.render_share));
        if rendered {
            return self.render(at, None, dice);
        }
        self.cutout(at, dice.weighted(&shelf.weights))
    }

    fn cutout(&self, shelf: usize, position: usize) -> Option<Picked<'_>> {
        let at = *self.shelves.get(shelf)?.members.get(position)?;
        let cutout = self.library.cutouts().get(at)?;
        Some(Picked {
            cutout,
            upright: self.stands(cutout),
            origin: Origin::Cutout {
                shelf,
                variety: *self.varieties.get(at)?,
            },
        })
    }

    fn of_variety(&self, shelf: usize, variety: usize, dice: &mut Dice) -> Option<Picked<'_>> {
        let members = &self.shelves.get(shelf)?.members;
        // Members of one variety lie together, so a search from a random place finds one soon enough.
        let start = dice.below(members.len());
        let position = (0..members.len())
            .map(|step| (start + step * 7) % members.len())
            .find(|position| self.varieties.get(members[*position]) == Some(&variety))?;
        self.cutout(shelf, position)
    }

    fn render(&self, shelf: usize, like: Option<usize>, dice: &mut Dice) -> Option<Picked<'_>> {
        let pool = &self.shelves.get(shelf)?.pool;
        let (cutout, at) = match like {
            Some(like) => pool.pick_like(like, dice)?,
            None => pool.pick(dice)?,
        };
        Some(Picked {
            cutout,
            upright: self.stands(cutout),
            origin: Origin::Render { shelf, at },
        })
    }

    fn drawing(&self, at: usize) -> Option<Picked<'_>> {
        let cutout = self.drawings.get(at)?;
        Some(Picked {
            cutout,
            upright: self.stands(cutout),
            origin: Origin::Drawing { at },
        })
    }

    fn stands(&self, cutout: &Cutout) -> bool {
        ComposerSettings::names(&self.settings.upright, &cutout.name)
    }
}

fn is_end_on(cutout: &Cutout, settings: &ComposerSettings) -> bool {
    cutout.class.is_some()
        && cutout.roundness > END_ON.0
        && cutout.elongation < END_ON.1
        && ComposerSettings::names(&settings.long, &cutout.name)
}

/// Numbers the varieties: file names up to their first digit.
fn varieties(library: &CutoutLibrary) -> Vec<usize> {
    let mut known: Vec<&str> = Vec::new();
    let mut numbers = Vec::new();
    for cutout in library.cutouts() {
        let end = cutout
            .name
            .find(|letter: char| letter.is_ascii_digit())
            .unwrap_or(cutout.name.len());
        let name = &cutout.name[..end];
        let number = known.iter().position(|other| *other == name).unwrap_or_else(|| {
            known.push(name);
            known.len() - 1
        });
        numbers.push(number);
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        frame::{Rgba, RgbaImage},
        training::dataset::ClassNames,
    };

    fn stock(settings: &ComposerSettings) -> Stock {
        let mut library = CutoutLibrary::empty(ClassNames::new(["apple", "tea"]), 64);
        for (number, name) in ["Gala", "Gala", "Smith"].into_iter().enumerate() {
            let shade = u8::try_from(number * 40).unwrap();
            let picture = RgbaImage::from_pixel(20, 20, Rgba([200, shade, 30, 255]));
            library.push(Some(ClassId(1)), &picture, &format!("apple/{name}_{number}.webp"));
        }
        library.push(
            Some(ClassId(2)),
            &RgbaImage::from_pixel(9, 20, Rgba([9, 90, 9, 255])),
            "tea/1.webp",
        );
        Stock::new(library, settings).unwrap()
    }

    #[test]
    fn more_of_the_same_is_of_one_variety() {
        let settings = ComposerSettings {
            render_share: 0.0,
            renders: 0,
            ..ComposerSettings::default()
        };
        let stock = stock(&settings);
        for index in 0..60 {
            let mut dice = Dice::new(1, index);
            let first = stock.product(0, false, &mut dice).unwrap();
            let next = stock.alike(&first, &mut dice).unwrap();
            assert_eq!(&first.cutout.name[..8], &next.cutout.name[..8]);
            let other = stock.other(&mut dice).unwrap();
            assert!(other.cutout.class.is_none());
            let more = stock.alike(&other, &mut dice).unwrap();
            assert_eq!(
                more.cutout.name, other.cutout.name,
                "drawings of one kind share a name"
            );
        }
        assert!(
            stock.product(2, false, &mut Dice::new(1, 1)).is_none(),
            "two classes"
        );
    }

    #[test]
    fn whole_ones_are_preferred() {
        let settings = ComposerSettings {
            renders: 0,
            ..ComposerSettings::default()
        };
        let mut library = CutoutLibrary::empty(ClassNames::new(["apple"]), 64);
        let disc = |bite: f32| {
            RgbaImage::from_fn(40, 40, |x, y| {
                let far = (x as f32 - 19.5).powi(2) + (y as f32 - 19.5).powi(2);
                Rgba([200, 30, 30, if far < 361.0 && x as f32 > bite { 255 } else { 0 }])
            })
        };
        library.push(Some(ClassId(1)), &disc(0.0), "apple/whole1");
        library.push(Some(ClassId(1)), &disc(16.0), "apple/torn1");
        let stock = Stock::new(library, &settings).unwrap();
        let torn = (0..200)
            .filter(|index| {
                let picked = stock.product(0, true, &mut Dice::new(4, *index)).unwrap();
                picked.cutout.name.contains("torn")
            })
            .count();
        assert!(torn < 20, "{torn} of 200");
    }
}
