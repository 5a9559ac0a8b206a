//! The endless stream of training pictures: sources mixed by shares, each draw fixed by seed and index.

use std::sync::Arc;

use super::{Dataset, DatasetError, Dice, LabelledPicture};
use crate::training::{
    augment::{Augment, mosaic},
    scenes::Composer,
};

/// Cut-outs that are pasted onto one picture at most.
const MOST_PASTED: usize = 3;

/// Where pictures come from.
pub enum Source {
    /// Composed anew each time.
    Composed(Arc<Composer>),
    /// Taken from a data set.
    Pictures(Pictures),
}

/// Pictures of a data set, drawn in random order, and what is done to each, in this order.
pub struct Pictures {
    /// The pictures.
    pub dataset: Box<dyn Dataset>,
    /// Onto which share of them cut-outs are pasted, and whose.
    pub paste: Option<(f32, Arc<Composer>)>,
    /// Which share of what is shown is put together from four of them.
    pub mosaic: f32,
    /// How the outcome is changed.
    pub augment: Augment,
}

impl Pictures {
    /// Pictures to which nothing is done but `augment`.
    #[must_use]
    pub fn new(dataset: Box<dyn Dataset>, augment: Augment) -> Self {
        Self {
            dataset,
            paste: None,
            mosaic: 0.0,
            augment,
        }
    }

    fn draw(&self, dice: &mut Dice) -> Result<LabelledPicture, DatasetError> {
        let mut drawn = self.one(dice)?;
        // Nothing is thrown for what is not wanted: a run without mosaics draws what it always drew.
        if self.mosaic > 0.0 && dice.chance(self.mosaic) {
            let (width, height) = drawn.picture.dimensions();
            let side = self.augment.size.unwrap_or(width.max(height));
            let others = [self.one(dice)?, self.one(dice)?, self.one(dice)?];
            let four = [&drawn, &others[0], &others[1], &others[2]];
            drawn = mosaic(four, side, self.augment.box_rule(), dice);
        }
        Ok(self.augment.apply(&drawn, dice))
    }

    fn one(&self, dice: &mut Dice) -> Result<LabelledPicture, DatasetError> {
        let drawn = self.dataset.get(dice.below(self.dataset.len()))?;
        Ok(match &self.paste {
            Some((share, composer)) if dice.chance(*share) => {
                composer.paste(&drawn, MOST_PASTED, u64::from(dice.bits()))
            }
            Some(_) | None => drawn,
        })
    }
}

/// One source and its share of the stream.
pub struct Part {
    /// How much of the stream, compared with the other parts.
    pub share: f32,
    /// Where the pictures come from.
    pub source: Source,
}

/// A stream of training pictures.
pub struct Mix {
    seed: u64,
    shares: Vec<f32>,
    sources: Vec<Source>,
}

impl Mix {
    /// Mixes the parts; parts of share 0 are never drawn.
    ///
    /// # Errors
    /// [`DatasetError::Settings`] if nothing would be drawn, a share is negative, or a data set is empty.
    pub fn new(seed: u64, parts: Vec<Part>) -> Result<Self, DatasetError> {
        let wrong = |reason: &str| {
            Err(DatasetError::Settings {
                reason: reason.to_owned(),
            })
        };
        if parts
            .iter()
            .any(|part| !(part.share >= 0.0 && part.share.is_finite()))
        {
            return wrong("a share is negative; take numbers from 0");
        }
        if parts.iter().all(|part| part.share <= 0.0) {
            return wrong("no source has a share above 0; give one a share");
        }
        let empty = parts.iter().any(|part| match &part.source {
            Source::Composed(_) => false,
            Source::Pictures(pictures) => pictures.dataset.is_empty(),
        });
        if empty {
            return wrong("a data set is empty; take it out of the mix");
        }
        let partly = parts.iter().all(|part| match &part.source {
            Source::Composed(_) => true,
            Source::Pictures(pictures) => {
                let pasted = pictures.paste.as_ref().map_or(0.0, |(share, _)| *share);
                [pictures.mosaic, pasted]
                    .iter()
                    .all(|share| (0.0..=1.0).contains(share))
            }
        });
        if !partly {
            return wrong("the share of mosaics or of pasted pictures is not between 0 and 1");
        }
        let (shares, sources) = parts.into_iter().map(|part| (part.share, part.source)).unzip();
        Ok(Self {
            seed,
            shares,
            sources,
        })
    }

    /// Picture `index` of the stream: the same for the same seed, whichever thread asks.
    ///
    /// # Errors
    /// [`DatasetError`] if the drawn picture cannot be read.
    pub fn sample(&self, index: u64) -> Result<LabelledPicture, DatasetError> {
        let mut dice = Dice::new(self.seed, index);
        let choice = dice.weighted(&self.shares);
        match self.sources.get(choice) {
            Some(Source::Composed(composer)) => Ok(composer.scene(index)),
            Some(Source::Pictures(pictures)) => pictures.draw(&mut dice),
            None => Err(DatasetError::NoSuchPicture {
                index: choice,
                count: self.sources.len(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        frame::{Rgb, RgbImage, Rgba, RgbaImage},
        geom::{ClassId, CornerBox},
        training::{
            dataset::{ClassNames, LabelledBox, MemoryDataset},
            scenes::{Backgrounds, ComposerSettings, CutoutLibrary},
        },
    };

    fn plain(colour: u8) -> Source {
        let picture = LabelledPicture {
            picture: RgbImage::from_pixel(4, 4, Rgb([colour; 3])),
            boxes: Vec::new(),
        };
        Source::Pictures(Pictures::new(
            Box::new(MemoryDataset::new(vec![picture])),
            Augment::none(),
        ))
    }

    /// Eight pictures of 60 x 40 pixels, each of one grey and with a box of an apple over its middle.
    fn boxed() -> Pictures {
        let pictures = (0..8u8).map(|number| LabelledPicture {
            picture: RgbImage::from_pixel(60, 40, Rgb([number * 30; 3])),
            boxes: vec![LabelledBox {
                class: ClassId(1),
                bbox: CornerBox::new(0.2, 0.2, 0.8, 0.8),
                difficult: false,
            }],
        });
        let square = Augment {
            size: Some(64),
            ..Augment::none()
        };
        Pictures::new(Box::new(MemoryDataset::new(pictures.collect())), square)
    }

    fn greys(labelled: &LabelledPicture) -> usize {
        let greys: BTreeSet<u8> = labelled.picture.pixels().map(|pixel| pixel.0[0]).collect();
        greys.len()
    }

    fn stream(pictures: Pictures) -> Result<Vec<LabelledPicture>, DatasetError> {
        let source = Source::Pictures(pictures);
        let mix = Mix::new(3, vec![Part { share: 1.0, source }])?;
        (0..40).map(|index| mix.sample(index)).collect()
    }

    #[test]
    fn a_share_of_the_pictures_is_put_together_from_four() {
        let none = stream(boxed()).unwrap();
        assert!(
            none.iter()
                .all(|shown| greys(shown) == 1 && shown.boxes.len() == 1)
        );
        let half = stream(Pictures {
            mosaic: 0.5,
            ..boxed()
        })
        .unwrap();
        assert!(half.iter().all(|shown| shown.picture.dimensions() == (64, 64)));
        let mosaics = half.iter().filter(|shown| greys(shown) > 1).count();
        assert!((10..=28).contains(&mosaics), "{mosaics} of 40");
        let crowded = half.iter().filter(|shown| shown.boxes.len() > 1).count();
        assert!(
            crowded > mosaics / 2,
            "the boxes come along: {crowded} of {mosaics}"
        );
    }

    #[test]
    fn onto_a_share_of_the_pictures_cut_outs_are_pasted() {
        let mut library = CutoutLibrary::empty(ClassNames::new(["apple"]), 64);
        let blue = RgbaImage::from_pixel(30, 40, Rgba([0, 0, 255, 255]));
        library.push(Some(ClassId(1)), &blue, "apple/1");
        let settings = ComposerSettings {
            size: 64,
            renders: 0,
            ..ComposerSettings::default()
        };
        let composer = Arc::new(Composer::new(library, Backgrounds::procedural(), settings).unwrap());
        let pasted = stream(Pictures {
            paste: Some((0.5, Arc::clone(&composer))),
            ..boxed()
        })
        .unwrap();
        let changed = pasted.iter().filter(|shown| greys(shown) > 1).count();
        assert!((5..=28).contains(&changed), "{changed} of 40");
        assert!(pasted.iter().any(|shown| shown.boxes.len() > 1));
        let wrong = stream(Pictures {
            paste: Some((1.5, composer)),
            ..boxed()
        });
        assert!(wrong.unwrap_err().to_string().contains("not between 0 and 1"));
    }

    #[test]
    fn draws_by_share_and_repeats_itself() {
        let part = |share, colour| Part {
            share,
            source: plain(colour),
        };
        let mix = Mix::new(9, vec![part(0.8, 10), part(0.2, 200), part(0.0, 99)]).unwrap();
        let colours: Vec<u8> = (0..2000)
            .map(|index| mix.sample(index).unwrap().picture.get_pixel(0, 0).0[0])
            .collect();
        let bright = colours.iter().filter(|colour| **colour == 200).count();
        assert!((330..470).contains(&bright), "a fifth of 2000: {bright}");
        assert!(!colours.contains(&99));
        assert_eq!(mix.sample(17).unwrap(), mix.sample(17).unwrap());
    }

    #[test]
    fn a_mix_of_nothing_is_refused() {
        assert!(Mix::new(1, Vec::new()).is_err());
        let empty = Source::Pictures(Pictures::new(Box::new(MemoryDataset::default()), Augment::none()));
        assert!(
            Mix::new(
                1,
                vec![Part {
                    share: 1.0,
                    source: empty
                }]
            )
            .is_err()
        );
        assert!(
            Mix::new(
                1,
                vec![Part {
                    share: -1.0,
                    source: plain(1)
                }]
            )
            .is_err()
        );
    }
}
