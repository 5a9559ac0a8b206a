//! What a set of labelled pictures holds: how many boxes of each class, how large, how many a picture.

use crate::training::dataset::{ClassNames, LabelledPicture};

/// The shares of boxes at which areas are reported, in percent.
pub const PERCENTILES: [u8; 7] = [5, 10, 25, 50, 75, 90, 95];

/// Boxes of one class.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassStatistics {
    /// Name of the class.
    pub name: String,
    /// How many boxes.
    pub boxes: usize,
    /// How many pictures have at least one.
    pub pictures: usize,
    /// Areas as parts of their pictures at [`PERCENTILES`]; none without boxes.
    pub areas: Option<[f32; 7]>,
}

/// Collects pictures one after the other.
#[derive(Debug, Clone)]
pub struct SceneStatistics {
    classes: ClassNames,
    areas: Vec<Vec<f32>>,
    pictures_with: Vec<usize>,
    boxes_a_picture: Vec<usize>,
}

impl SceneStatistics {
    /// Of no picture yet.
    #[must_use]
    pub fn new(classes: &ClassNames) -> Self {
        Self {
            areas: vec![Vec::new(); classes.len()],
            pictures_with: vec![0; classes.len()],
            boxes_a_picture: Vec::new(),
            classes: classes.clone(),
        }
    }

    /// Counts one picture; boxes of classes that are not in the list count for no class.
    pub fn add(&mut self, labelled: &LabelledPicture) {
        let mut seen = vec![false; self.classes.len()];
        for found in &labelled.boxes {
            let class = usize::from(found.class.0).wrapping_sub(1);
            if let (Some(areas), Some(seen)) = (self.areas.get_mut(class), seen.get_mut(class)) {
                areas.push(found.bbox.area());
                *seen = true;
            }
        }
        for (count, seen) in self.pictures_with.iter_mut().zip(seen) {
            *count += usize::from(seen);
        }
        let count = labelled.boxes.len();
        if self.boxes_a_picture.len() <= count {
            self.boxes_a_picture.resize(count + 1, 0);
        }
        self.boxes_a_picture[count] += 1;
    }

    /// How many pictures were counted.
    #[must_use]
    pub fn pictures(&self) -> usize {
        self.boxes_a_picture.iter().sum()
    }

    /// How many pictures have 0, 1, 2 ... boxes.
    #[must_use]
    pub fn boxes_a_picture(&self) -> &[usize] {
        &self.boxes_a_picture
    }

    /// Class by class, in the order of the class list.
    #[must_use]
    pub fn classes(&self) -> Vec<ClassStatistics> {
        let lists = self
            .classes
            .names()
            .iter()
            .zip(&self.areas)
            .zip(&self.pictures_with);
        lists
            .map(|((name, areas), pictures)| ClassStatistics {
                name: name.clone(),
                boxes: areas.len(),
                pictures: *pictures,
                areas: percentiles(areas),
            })
            .collect()
    }

    /// Areas of all boxes at [`PERCENTILES`]; none without boxes.
    #[must_use]
    pub fn areas(&self) -> Option<[f32; 7]> {
        percentiles(&self.areas.concat())
    }
}

/// By the nearest rank.
fn percentiles(values: &[f32]) -> Option<[f32; 7]> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    Some(PERCENTILES.map(|percent| {
        let rank = (sorted.len() * usize::from(percent)).div_ceil(100);
        sorted[rank.saturating_sub(1).min(last)]
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        frame::RgbImage,
        geom::{ClassId, CornerBox},
        training::dataset::LabelledBox,
    };

    #[test]
    fn counts_by_hand() {
        let mut statistics = SceneStatistics::new(&ClassNames::new(["apple", "milk"]));
        let labelled = |sides: &[(u16, f32)]| LabelledPicture {
            picture: RgbImage::new(4, 4),
            boxes: sides
                .iter()
                .map(|(class, side)| LabelledBox {
                    class: ClassId(*class),
                    bbox: CornerBox::new(0.0, 0.0, *side, 0.5),
                    difficult: false,
                })
                .collect(),
        };
        statistics.add(&labelled(&[(1, 0.2), (1, 0.4)]));
        statistics.add(&labelled(&[]));
        statistics.add(&labelled(&[(1, 0.8)]));
        assert_eq!(statistics.pictures(), 3);
        assert_eq!(statistics.boxes_a_picture(), [1, 1, 1]);
        let classes = statistics.classes();
        assert_eq!((classes[0].boxes, classes[0].pictures), (3, 2));
        let areas = classes[0].areas.unwrap();
        assert!((areas[3] - 0.2).abs() < 1e-6, "the middle one: {areas:?}");
        assert!((areas[0] - 0.1).abs() < 1e-6 && (areas[6] - 0.4).abs() < 1e-6);
        assert_eq!(classes[1].areas, None);
    }
}
