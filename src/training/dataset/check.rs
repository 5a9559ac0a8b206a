//! Looks a data set over before anyone trains on it: what is wrong with it, where, and how to mend it.

use super::{
    Depth, Issue, LabelSet, ObjectLabel, ReadReport, Severity, Survey, SurveyedPicture, duplicates::pairs,
    survey,
};
use crate::geom::PixelBox;

/// Boxes that cover less than this share of the picture are hardly to be found.
const TINY_SHARE: f64 = 0.001;
/// Boxes with a side of less than this many pixels neither.
const TINY_SIDE: f64 = 3.0;
/// Two boxes of one class that overlap more than this are most likely one object labelled twice.
const TWICE: f32 = 0.9;
/// A class with this many times fewer boxes than another is learnt badly.
const IMBALANCE: usize = 10;
/// Fewer boxes of a class than this are too few to learn from.
const FEW: usize = 30;
/// Names of files that are kept of each kind of fault.
const KEPT: usize = 10_000;

/// Everything that is wrong with a data set.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckReport {
    /// What was read and every fault, with the files.
    pub report: ReadReport,
    /// Pictures that can be used and show nothing of the classes.
    pub without_boxes: usize,
}

impl CheckReport {
    /// How many faults of this severity there are.
    #[must_use]
    pub fn total(&self, severity: Severity) -> usize {
        let notes = self
            .report
            .notes()
            .filter(|(issue, _)| issue.severity() == severity);
        notes.map(|(_, note)| note.count).sum()
    }
}

/// One fault with its places, for whoever mends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What is wrong.
    pub issue: Issue,
    /// Places of the pictures in the set; none where the set as a whole is meant.
    pub pictures: Vec<usize>,
    /// Place of the box among the objects of the first picture as surveyed.
    pub object: Option<usize>,
    /// The class that is meant.
    pub class: Option<usize>,
    /// Where and how much, in words.
    pub words: String,
}

/// Checks labels and pictures. With [`Depth::Headers`] neither damaged pixels nor duplicates are found, with
/// [`Depth::Bytes`] only exact duplicates.
#[must_use]
pub fn check(set: &LabelSet, depth: Depth) -> CheckReport {
    let survey = survey(set, depth, KEPT);
    let mut report = ReadReport::keeping(KEPT);
    report.absorb(set.report.clone());
    for finding in findings(set, &survey) {
        report.note(finding.issue, || finding.words);
    }
    let usable = survey.pictures.iter().flatten();
    let without_boxes = usable.filter(|picture| picture.objects.is_empty()).count();
    report.absorb(survey.report.clone());
    report.pictures = survey.report.pictures;
    report.boxes = survey.report.boxes;
    CheckReport {
        report,
        without_boxes,
    }
}

/// What is wrong with pictures that can be used, between them, and with the set as a whole. What a survey
/// found by itself is in its [`Survey::faults`].
#[must_use]
pub fn findings(set: &LabelSet, survey: &Survey) -> Vec<Finding> {
    let mut found = Vec::new();
    for (place, seen) in survey.pictures.iter().enumerate() {
        if let Some(seen) = seen {
            look(set, place, seen, &mut found);
        }
    }
    let file = |at: usize| {
        set.pictures
            .get(at)
            .map_or_else(String::new, |picture| picture.file.display().to_string())
    };
    for pair in pairs(set, survey) {
        let split = |at: usize| set.pictures.get(at).map(|picture| picture.split.as_ref());
        let is_across = split(pair.first) != split(pair.second);
        let issue = match (pair.is_exact, is_across) {
            (true, true) => Issue::DuplicateAcrossSplits,
            (true, false) => Issue::ExactDuplicate,
            (false, true) => Issue::NearAcrossSplits,
            (false, false) => Issue::NearDuplicate,
        };
        found.push(Finding {
            issue,
            pictures: vec![pair.first, pair.second],
            object: None,
            class: None,
            words: format!("{} and {}", file(pair.first), file(pair.second)),
        });
    }
    balance(set, &survey.pictures, &mut found);
    found
}

/// What is wrong within one picture.
fn look(set: &LabelSet, place: usize, seen: &SurveyedPicture, found: &mut Vec<Finding>) {
    let file = set
        .pictures
        .get(place)
        .map_or_else(String::new, |labels| labels.file.display().to_string());
    let mut note = |issue, object: Option<(usize, usize)>, words: String| {
        found.push(Finding {
            issue,
            pictures: vec![place],
            object: object.map(|(at, _)| at),
            class: object.map(|(_, class)| class),
            words,
        });
    };
    if seen.header.orientation.is_turned() {
        let tag = seen.header.orientation.tag();
        note(Issue::TurnedPicture, None, format!("{file} (orientation {tag})"));
    }
    let (width, height) = seen.header.seen();
    let area = f64::from(width) * f64::from(height);
    let name = |object: &ObjectLabel| set.classes.get(object.class).map_or("?", String::as_str);
    for (at, object) in seen.objects.iter().enumerate() {
        let [x0, y0, x1, y1] = object.bbox;
        let (w, h) = (x1 - x0, y1 - y0);
        let which = Some((at, object.class));
        if w * h < TINY_SHARE * area || w < TINY_SIDE || h < TINY_SIDE {
            let words = format!("{file}: \"{}\", {w:.0} x {h:.0} pixels", name(object));
            note(Issue::TinyBox, which, words);
        }
        let mut others = seen.objects.iter().skip(at + 1);
        if others.any(|other| other.class == object.class && iou(object.bbox, other.bbox) > TWICE) {
            note(
                Issue::SameBoxTwice,
                which,
                format!("{file}: \"{}\"", name(object)),
            );
        }
    }
}

fn iou(a: [f64; 4], b: [f64; 4]) -> f32 {
    let normal = |corners: [f64; 4]| {
        let [x0, y0, x1, y1] = corners.map(crate::geom::cast::narrow_f32);
        PixelBox::new(x0, y0, x1, y1).to_normalized(1, 1)
    };
    normal(a).iou(normal(b))
}

/// What is wrong with the set as a whole.
fn balance(set: &LabelSet, pictures: &[Option<SurveyedPicture>], found: &mut Vec<Finding>) {
    let splits = set.splits();
    let counted = Counts::of(set, pictures, &splits);
    let mut note = |issue, class: Option<usize>, words: String| {
        found.push(Finding {
            issue,
            pictures: Vec::new(),
            object: None,
            class,
            words,
        });
    };
    let total: usize = counted.all.iter().sum();
    if total == 0 && set.is_pictures_only {
        return;
    }
    if total == 0 {
        note(Issue::NoBoxes, None, format!("{} pictures", set.pictures.len()));
        return;
    }
    if !pictures
        .iter()
        .flatten()
        .any(|picture| picture.objects.is_empty())
    {
        let words = format!("{} pictures, all with boxes", pictures.len());
        note(Issue::NoNegatives, None, words);
    }
    if set.classes.len() == 1 {
        note(Issue::OneClass, None, set.classes.join(", "));
    }
    let is_of_whole_pictures = set.pictures.iter().any(|picture| picture.class.is_some());
    let most = counted
        .all
        .iter()
        .zip(&set.classes)
        .max_by_key(|(count, _)| **count);
    let unit = if is_of_whole_pictures { "pictures" } else { "boxes" };
    for (class, (name, &count)) in set.classes.iter().zip(&counted.all).enumerate() {
        let which = Some(class);
        if count == 0 {
            note(Issue::ClassWithoutBoxes, which, format!("\"{name}\""));
            continue;
        }
        if count < FEW {
            note(Issue::FewBoxes, which, format!("\"{name}\": {count} {unit}"));
        }
        if let Some((&top, other)) = most
            && top > count * IMBALANCE
        {
            let words = format!("\"{name}\": {count}, \"{other}\": {top} {unit}");
            note(Issue::Imbalance, which, words);
        }
        for (split, counts) in splits.iter().zip(&counted.by_split) {
            if counts.get(class) == Some(&0) {
                note(
                    Issue::ClassMissingInSplit,
                    which,
                    format!("\"{name}\" in {split}"),
                );
            }
        }
    }
}

/// Objects of each class, in all and by split.
struct Counts {
    all: Vec<usize>,
    by_split: Vec<Vec<usize>>,
}

impl Counts {
    fn of(set: &LabelSet, pictures: &[Option<SurveyedPicture>], splits: &[std::sync::Arc<str>]) -> Self {
        let mut counts = Self {
            all: vec![0; set.classes.len()],
            by_split: vec![vec![0; set.classes.len()]; splits.len()],
        };
        for (labels, seen) in set.pictures.iter().zip(pictures) {
            let Some(seen) = seen else { continue };
            let split = splits
                .iter()
                .position(|split| *split == labels.split)
                .unwrap_or(0);
            let objects = seen.objects.iter().map(|object| object.class);
            for class in objects.chain(labels.class) {
                let in_split = counts
                    .by_split
                    .get_mut(split)
                    .and_then(|counts| counts.get_mut(class));
                for count in [counts.all.get_mut(class), in_split].into_iter().flatten() {
                    *count += 1;
                }
            }
        }
        counts
    }
}

#[cfg(test)]
mod tests;
