//! Rendered trays as a data set: picture `index` is the render of that seed, made when first asked for.

use std::sync::OnceLock;

use super::{ClassNames, Dataset, DatasetError, LabelledBox, LabelledPicture};
use crate::training::render::{SceneSettings, scene};

/// Trays with apples, bananas, cartons and other things. A render takes longer than a training step a
/// picture, so each is kept after it was made.
pub struct RenderedDataset {
    seed: u64,
    settings: SceneSettings,
    classes: ClassNames,
    made: Vec<OnceLock<LabelledPicture>>,
}

impl RenderedDataset {
    /// `count` renders of `side` x `side` pixels; things that are not in `classes` stay without a box.
    #[must_use]
    pub fn new(seed: u64, side: u32, count: usize, classes: ClassNames) -> Self {
        let made = (0..count).map(|_| OnceLock::new()).collect();
        Self {
            seed,
            settings: SceneSettings::training(side),
            classes,
            made,
        }
    }

    fn render(&self, index: usize) -> LabelledPicture {
        // Seeds of different sets must not meet; the factor is a large prime.
        let seed = self.seed.wrapping_mul(1_000_000_007).wrapping_add(index as u64);
        let (picture, items) = scene(seed, &self.settings);
        let boxes = items
            .into_iter()
            .filter_map(|(name, bbox)| {
                self.classes.id(name).map(|class| LabelledBox {
                    class,
                    bbox,
                    difficult: false,
                })
            })
            .collect();
        LabelledPicture { picture, boxes }
    }
}

impl Dataset for RenderedDataset {
    fn len(&self) -> usize {
        self.made.len()
    }

    fn get(&self, index: usize) -> Result<LabelledPicture, DatasetError> {
        let slot = self.made.get(index).ok_or(DatasetError::NoSuchPicture {
            index,
            count: self.made.len(),
        })?;
        Ok(slot.get_or_init(|| self.render(index)).clone())
    }
}
