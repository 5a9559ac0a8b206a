//! Looks a data set over before anyone trains on it: what is wrong with it, where, and how to mend it.

use super::{
    Depth, Issue, LabelSet, ObjectLabel, ReadReport, Severity, SurveyedPicture, duplicates::pairs, survey,
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

/// Checks labels and pictures. With [`Depth::Headers`] neither damaged pixels nor duplicates are found, with
/// [`Depth::Bytes`] only exact duplicates.
#[must_use]
pub fn check(set: &LabelSet, depth: Depth) -> CheckReport {
    let survey = survey(set, depth, KEPT);
    let mut report = ReadReport::keeping(KEPT);
    report.absorb(set.report.clone());
    for (labels, seen) in set.pictures.iter().zip(&survey.pictures) {
        if let Some(seen) = seen {
            look(
                &labels.file.display().to_string(),
                seen,
                &set.classes,
                &mut report,
            );
        }
    }
    let file = |at: usize| {
        set.pictures
            .get(at)
            .map_or_else(String::new, |picture| picture.file.display().to_string())
    };
    for pair in pairs(set, &survey) {
        let split = |at: usize| set.pictures.get(at).map(|picture| picture.split.as_ref());
        let is_across = split(pair.first) != split(pair.second);
        let issue = match (pair.is_exact, is_across) {
            (true, true) => Issue::DuplicateAcrossSplits,
            (true, false) => Issue::ExactDuplicate,
            (false, true) => Issue::NearAcrossSplits,
            (false, false) => Issue::NearDuplicate,
        };
        report.note(issue, || {
            format!("{} and {}", file(pair.first), file(pair.second))
        });
    }
    let usable = survey.pictures.iter().flatten();
    let without_boxes = usable.filter(|picture| picture.objects.is_empty()).count();
    balance(set, &survey.pictures, without_boxes, &mut report);
    report.absorb(survey.report.clone());
    report.pictures = survey.report.pictures;
    report.boxes = survey.report.boxes;
    CheckReport {
        report,
        without_boxes,
    }
}

/// What is wrong within one picture.
fn look(file: &str, seen: &SurveyedPicture, classes: &[String], report: &mut ReadReport) {
    if seen.header.orientation.is_turned() {
        let tag = seen.header.orientation.tag();
        report.note(Issue::TurnedPicture, || format!("{file} (orientation {tag})"));
    }
    let (width, height) = seen.header.seen();
    let area = f64::from(width) * f64::from(height);
    let name = |object: &ObjectLabel| classes.get(object.class).map_or("?", String::as_str);
    for (at, object) in seen.objects.iter().enumerate() {
        let [x0, y0, x1, y1] = object.bbox;
        let (w, h) = (x1 - x0, y1 - y0);
        if w * h < TINY_SHARE * area || w < TINY_SIDE || h < TINY_SIDE {
            report.note(Issue::TinyBox, || {
                format!("{file}: \"{}\", {w:.0} x {h:.0} pixels", name(object))
            });
        }
        let mut others = seen.objects.iter().skip(at + 1);
        if others.any(|other| other.class == object.class && iou(object.bbox, other.bbox) > TWICE) {
            report.note(Issue::SameBoxTwice, || format!("{file}: \"{}\"", name(object)));
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
fn balance(
    set: &LabelSet,
    pictures: &[Option<SurveyedPicture>],
    without_boxes: usize,
    report: &mut ReadReport,
) {
    let is_of_whole_pictures = set.pictures.iter().any(|picture| picture.class.is_some());
    let mut counts = vec![0usize; set.classes.len()];
    let splits = set.splits();
    let mut by_split = vec![vec![0usize; set.classes.len()]; splits.len()];
    for (labels, seen) in set.pictures.iter().zip(pictures) {
        let Some(seen) = seen else { continue };
        let split = splits
            .iter()
            .position(|split| *split == labels.split)
            .unwrap_or(0);
        let objects = seen.objects.iter().map(|object| object.class);
        for class in objects.chain(labels.class) {
            let in_split = by_split.get_mut(split).and_then(|counts| counts.get_mut(class));
            for count in [counts.get_mut(class), in_split].into_iter().flatten() {
                *count += 1;
            }
        }
    }
    let total: usize = counts.iter().sum();
    if total == 0 && set.is_pictures_only {
        return;
    }
    if total == 0 {
        report.note(Issue::NoBoxes, || format!("{} pictures", set.pictures.len()));
        return;
    }
    if without_boxes == 0 {
        report.note(Issue::NoNegatives, || {
            format!("{} pictures, all with boxes", pictures.len())
        });
    }
    if set.classes.len() == 1 {
        report.note(Issue::OneClass, || set.classes.join(", "));
    }
    let most = counts.iter().zip(&set.classes).max_by_key(|(count, _)| **count);
    let unit = if is_of_whole_pictures { "pictures" } else { "boxes" };
    for (class, (name, &count)) in set.classes.iter().zip(&counts).enumerate() {
        if count == 0 {
            report.note(Issue::ClassWithoutBoxes, || format!("\"{name}\""));
            continue;
        }
        if count < FEW {
            report.note(Issue::FewBoxes, || format!("\"{name}\": {count} {unit}"));
        }
        if let Some((&top, other)) = most
            && top > count * IMBALANCE
        {
            report.note(Issue::Imbalance, || {
                format!("\"{name}\": {count}, \"{other}\": {top} {unit}")
            });
        }
        for (split, counts) in splits.iter().zip(&by_split) {
            if counts.get(class) == Some(&0) {
                report.note(Issue::ClassMissingInSplit, || format!("\"{name}\" in {split}"));
            }
        }
    }
}

#[cfg(test)]
mod tests;
