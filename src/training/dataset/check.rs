//! Looks a data set over before anyone trains on it: what is in it, and what is wrong with it.

use rayon::prelude::*;

use super::{ClassNames, Dataset, LabelledPicture};
use crate::geom::ClassId;

/// Boxes that cover less than this share of the picture are hardly to be found.
const TINY: f32 = 0.001;
/// Two boxes of one class that overlap more than this are most likely one object labelled twice.
const TWICE: f32 = 0.9;

/// What a data set holds of one class.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassCount {
    /// Name of the class.
    pub name: String,
    /// Boxes that count.
    pub boxes: usize,
    /// Boxes marked difficult.
    pub difficult: usize,
    /// Pictures with at least one box of the class.
    pub pictures: usize,
    /// Median share of the picture that a box covers; none without boxes.
    pub median_area: Option<f32>,
}

/// What is in a data set and what is wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct DatasetReport {
    /// Pictures that can be read.
    pub pictures: usize,
    /// Of those, the ones without any box.
    pub without_boxes: usize,
    /// Each class in order.
    pub classes: Vec<ClassCount>,
    /// One sentence for each thing that is wrong.
    pub problems: Vec<String>,
}

/// One picture's share of the report.
struct Seen {
    areas: Vec<(ClassId, f32, bool)>,
    problems: Vec<String>,
    readable: bool,
}

/// Reads every picture of `set`, on all cores, and reports.
#[must_use]
pub fn check(set: &dyn Dataset, classes: &ClassNames) -> DatasetReport {
    let seen: Vec<Seen> = (0..set.len())
        .into_par_iter()
        .map(|index| match set.get(index) {
            Ok(labelled) => look(index, &labelled),
            Err(error) => Seen {
                areas: Vec::new(),
                problems: vec![error.to_string()],
                readable: false,
            },
        })
        .collect();
    let count = |class: ClassId| {
        let of_class = |area: &&(ClassId, f32, bool)| area.0 == class;
        let all: Vec<&(ClassId, f32, bool)> = seen
            .iter()
            .flat_map(|seen| &seen.areas)
            .filter(of_class)
            .collect();
        let mut areas: Vec<f32> = all.iter().map(|area| area.1).collect();
        areas.sort_by(f32::total_cmp);
        ClassCount {
            name: classes.name(class).unwrap_or_default().to_owned(),
            boxes: all.iter().filter(|area| !area.2).count(),
            difficult: all.iter().filter(|area| area.2).count(),
            pictures: seen
                .iter()
                .filter(|seen| seen.areas.iter().any(|area| area.0 == class))
                .count(),
            median_area: areas.get(areas.len() / 2).copied(),
        }
    };
    let counted: Vec<ClassCount> = classes.ids().map(count).collect();
    let mut problems: Vec<String> = seen
        .iter()
        .flat_map(|seen| seen.problems.iter().cloned())
        .collect();
    for class in counted.iter().filter(|class| class.boxes == 0) {
        problems.push(format!("the class \"{}\" has no boxes", class.name));
    }
    DatasetReport {
        pictures: seen.iter().filter(|seen| seen.readable).count(),
        without_boxes: seen
            .iter()
            .filter(|seen| seen.readable && seen.areas.is_empty())
            .count(),
        classes: counted,
        problems,
    }
}

fn look(index: usize, labelled: &LabelledPicture) -> Seen {
    let mut problems = Vec::new();
    for (at, found) in labelled.boxes.iter().enumerate() {
        if found.bbox.area() < TINY {
            problems.push(format!("picture {index}: box {at} is tiny; a slip of the mouse?"));
        }
        let same = labelled
            .boxes
            .iter()
            .skip(at + 1)
            .filter(|other| other.class == found.class);
        if same.into_iter().any(|other| other.bbox.iou(found.bbox) > TWICE) {
            problems.push(format!("picture {index}: box {at} is there twice"));
        }
    }
    let areas = labelled
        .boxes
        .iter()
        .map(|found| (found.class, found.bbox.area(), found.difficult));
    Seen {
        areas: areas.collect(),
        problems,
        readable: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        frame::RgbImage,
        geom::CornerBox,
        training::dataset::{LabelledBox, MemoryDataset},
    };

    #[test]
    fn counts_and_finds_what_is_wrong() {
        let labelled = |x0: f32, side: f32, difficult| LabelledBox {
            class: ClassId(1),
            bbox: CornerBox::new(x0, 0.2, x0 + side, 0.2 + side),
            difficult,
        };
        let picture = |boxes| LabelledPicture {
            picture: RgbImage::new(4, 4),
            boxes,
        };
        let set = MemoryDataset::new(vec![
            picture(vec![
                labelled(0.1, 0.2, false),
                labelled(0.101, 0.2, false),
                labelled(0.6, 0.01, true),
            ]),
            picture(Vec::new()),
        ]);
        let report = check(&set, &ClassNames::new(["apple", "milk"]));
        assert_eq!((report.pictures, report.without_boxes), (2, 1));
        let apple = &report.classes[0];
        assert_eq!((apple.boxes, apple.difficult, apple.pictures), (2, 1, 1));
        assert_eq!(report.problems.len(), 3, "{:?}", report.problems);
        assert!(report.problems[2].contains("milk"));
    }
}
