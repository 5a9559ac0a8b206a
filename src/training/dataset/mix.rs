//! The endless stream of training pictures: sources mixed by shares, each draw fixed by seed and index.

use super::{Dataset, DatasetError, Dice, LabelledPicture};
use crate::training::{augment::Augment, scenes::Composer};

/// Where pictures come from.
pub enum Source {
    /// Composed anew each time.
    Composed(Box<Composer>),
    /// Taken from a data set in random order, changed a little each time if so wished.
    Pictures {
        /// The pictures.
        dataset: Box<dyn Dataset>,
        /// How to change them.
        augment: Option<Augment>,
    },
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
            Source::Pictures { dataset, .. } => dataset.is_empty(),
        });
        if empty {
            return wrong("a data set is empty; take it out of the mix");
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
            Some(Source::Pictures { dataset, augment }) => {
                let drawn = dataset.get(dice.below(dataset.len()))?;
                Ok(match augment {
                    Some(augment) => augment.apply(&drawn, &mut dice),
                    None => drawn,
                })
            }
            None => Err(DatasetError::NoSuchPicture {
                index: choice,
                count: self.sources.len(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        frame::{Rgb, RgbImage},
        training::dataset::MemoryDataset,
    };

    fn plain(colour: u8) -> Source {
        let picture = LabelledPicture {
            picture: RgbImage::from_pixel(4, 4, Rgb([colour; 3])),
            boxes: Vec::new(),
        };
        Source::Pictures {
            dataset: Box::new(MemoryDataset::new(vec![picture])),
            augment: None,
        }
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
        let empty = Source::Pictures {
            dataset: Box::new(MemoryDataset::default()),
            augment: None,
        };
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
