//! What is in a data set, in numbers: pictures and boxes by class and split, sizes, shapes, places.

use serde::Serialize;

use super::{LabelSet, Survey};

/// Cells of the map of places, across and down.
pub(super) const PLACES: usize = 16;
/// Upper ends of the classes of box sizes: the side of a square of the same area, as a share of that of the
/// picture.
pub const SIZE_ENDS: [f64; 10] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0];
/// Upper ends of the classes of width to height; the last class has no end.
pub const SHAPE_ENDS: [f64; 7] = [0.25, 0.5, 0.8, 1.25, 2.0, 4.0, f64::INFINITY];
/// Numbers of boxes in a picture that are counted one by one; the last counts all beyond.
pub(super) const CROWD: usize = 11;

/// What is in one split of one class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClassStats {
    /// Name of the class.
    pub class: String,
    /// Pictures with at least one object of the class.
    pub pictures: usize,
    /// Boxes of all kinds.
    pub boxes: usize,
    /// Of those, the ones marked difficult or as a crowd.
    pub difficult: usize,
    /// Of those, the ones marked truncated.
    pub truncated: usize,
}

/// What is in one split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SplitStats {
    /// Name of the split; empty if the set has none.
    pub split: String,
    /// Pictures that can be read.
    pub pictures: usize,
    /// Of those, the ones without any box.
    pub without_boxes: usize,
    /// Boxes of all kinds.
    pub boxes: usize,
    /// Each class in order.
    pub classes: Vec<ClassStats>,
}

/// What is in a data set.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SetStats {
    /// Each split in order.
    pub splits: Vec<SplitStats>,
    /// Boxes in each class of [`SIZE_ENDS`].
    pub sizes: [usize; SIZE_ENDS.len()],
    /// Boxes in each class of [`SHAPE_ENDS`].
    pub shapes: [usize; SHAPE_ENDS.len()],
    /// Pictures by number of boxes, 0 to 10 and more.
    pub boxes_in_a_picture: [usize; CROWD + 1],
    /// How many boxes lie over each place, row by row from the top left, in a grid over the picture.
    pub places: Vec<Vec<u32>>,
    /// Narrowest and widest, lowest and highest picture in pixels: `[[w, h], [w, h]]`.
    pub picture_sizes: [[u32; 2]; 2],
    /// Pictures that are stored turned.
    pub turned: usize,
}

/// Counts what is in the pictures of `set` that can be used.
#[must_use]
pub fn stats(set: &LabelSet, survey: &Survey) -> SetStats {
    let class = |name: &String| ClassStats {
        class: name.clone(),
        pictures: 0,
        boxes: 0,
        difficult: 0,
        truncated: 0,
    };
    let split = |name: &std::sync::Arc<str>| SplitStats {
        split: name.as_ref().to_owned(),
        pictures: 0,
        without_boxes: 0,
        boxes: 0,
        classes: set.classes.iter().map(class).collect(),
    };
    let names = set.splits();
    let mut stats = SetStats {
        splits: names.iter().map(split).collect(),
        sizes: [0; SIZE_ENDS.len()],
        shapes: [0; SHAPE_ENDS.len()],
        boxes_in_a_picture: [0; CROWD + 1],
        places: vec![vec![0; PLACES]; PLACES],
        picture_sizes: [[u32::MAX; 2], [0; 2]],
        turned: 0,
    };
    for (labels, seen) in set.pictures.iter().zip(&survey.pictures) {
        let Some(seen) = seen else { continue };
        let (width, height) = seen.header.seen();
        let [low, high] = &mut stats.picture_sizes;
        *low = [low[0].min(width), low[1].min(height)];
        *high = [high[0].max(width), high[1].max(height)];
        stats.turned += usize::from(seen.header.orientation.is_turned());
        if let Some(count) = stats.boxes_in_a_picture.get_mut(seen.objects.len().min(CROWD)) {
            *count += 1;
        }
        let size = (f64::from(width), f64::from(height));
        for object in &seen.objects {
            stats.add_box(object.bbox, size);
        }
        let place = names.iter().position(|name| *name == labels.split);
        if let Some(split) = place.and_then(|place| stats.splits.get_mut(place)) {
            split.add(labels.class, &seen.objects);
        }
    }
    if stats.picture_sizes[1] == [0; 2] {
        stats.picture_sizes[0] = [0; 2];
    }
    stats
}

impl SplitStats {
    fn add(&mut self, whole: Option<usize>, objects: &[super::ObjectLabel]) {
        self.pictures += 1;
        self.without_boxes += usize::from(objects.is_empty());
        self.boxes += objects.len();
        for (at, class) in self.classes.iter_mut().enumerate() {
            let mine = objects.iter().filter(|object| object.class == at);
            let mut any = whole == Some(at);
            for object in mine {
                any = true;
                let is_difficult = object.flags.difficult || object.flags.crowd;
                class.boxes += 1;
                class.difficult += usize::from(is_difficult);
                class.truncated += usize::from(object.flags.truncated);
            }
            class.pictures += usize::from(any);
        }
    }
}

impl SetStats {
    fn add_box(&mut self, [x0, y0, x1, y1]: [f64; 4], (width, height): (f64, f64)) {
        let (w, h) = (x1 - x0, y1 - y0);
        let side = (w * h / (width * height)).sqrt();
        let size = SIZE_ENDS
            .iter()
            .position(|end| side <= *end)
            .unwrap_or(SIZE_ENDS.len() - 1);
        let shape = SHAPE_ENDS
            .iter()
            .position(|end| w / h <= *end)
            .unwrap_or(SHAPE_ENDS.len() - 1);
        for count in [self.sizes.get_mut(size), self.shapes.get_mut(shape)]
            .into_iter()
            .flatten()
        {
            *count += 1;
        }
        // A place is covered if its centre lies in the box.
        let centre = |cell: usize, length: f64| (cell as f64 + 0.5) / PLACES as f64 * length;
        for (row, cells) in self.places.iter_mut().enumerate() {
            let y = centre(row, height);
            if y < y0 || y >= y1 {
                continue;
            }
            for (column, cell) in cells.iter_mut().enumerate() {
                let x = centre(column, width);
                *cell += u32::from(x >= x0 && x < x1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::dataset::{
        ObjectFlags, ObjectLabel, Orientation, PictureHeader, PictureLabels, SurveyedPicture,
    };

    #[test]
    fn counts_by_hand() {
        let object = |class, bbox, difficult| ObjectLabel {
            class,
            bbox,
            flags: ObjectFlags {
                difficult,
                ..ObjectFlags::default()
            },
        };
        let labels = |split: &str| PictureLabels {
            file: "x".into(),
            source: "x".into(),
            size: None,
            split: split.into(),
            group: None,
            class: None,
            objects: Vec::new(),
            is_incomplete: false,
        };
        let seen = |objects| {
            Some(SurveyedPicture {
                header: PictureHeader {
                    stored: (100, 200),
                    orientation: Orientation::from_exif(6).unwrap(),
                },
                objects,
                fingerprint: None,
            })
        };
        let set = LabelSet {
            classes: vec!["apple".to_owned(), "milk".to_owned()],
            pictures: vec![labels("val"), labels("train"), labels("train")],
            ..LabelSet::default()
        };
        // Seen, the pictures are 200 wide and 100 high.
        let survey = Survey {
            pictures: vec![
                seen(vec![
                    object(0, [0.0, 0.0, 100.0, 50.0], false),
                    object(0, [0.0, 0.0, 20.0, 100.0], true),
                ]),
                seen(Vec::new()),
                None,
            ],
            ..Survey::default()
        };
        let stats = stats(&set, &survey);
        let [train, val] = stats.splits.as_slice() else {
            panic!()
        };
        assert_eq!(
            (train.split.as_str(), train.pictures, train.without_boxes),
            ("train", 1, 1)
        );
        let apple = &val.classes[0];
        assert_eq!((apple.pictures, apple.boxes, apple.difficult), (1, 2, 1));
        assert_eq!(val.classes[1].pictures, 0);
        // A quarter of the picture has half its side; a tenth has 0.316.
        assert_eq!((stats.sizes[4], stats.sizes[3]), (1, 1));
        assert_eq!((stats.shapes[4], stats.shapes[0]), (1, 1), "2:1 and 1:5");
        assert_eq!((stats.boxes_in_a_picture[0], stats.boxes_in_a_picture[2]), (1, 1));
        assert_eq!(stats.picture_sizes, [[200, 100], [200, 100]]);
        assert_eq!(stats.turned, 2);
        // 8 x 8 cells under the first box; 16 rows of 20 / 12.5 = 2 columns under the second.
        assert_eq!(
            (
                stats.places[0][0],
                stats.places[7][7],
                stats.places[15][1],
                stats.places[15][2]
            ),
            (2, 1, 1, 0)
        );
        let covered: u32 = stats.places.iter().flatten().sum();
        assert_eq!(covered, 64 + 32);
    }
}
