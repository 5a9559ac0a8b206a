//! What is compared while teaching, and the gradient of it with respect to the network's outputs.
//!
//! Where a box is matched to a taught product, the label counts, as in any training. Everywhere else the live
//! model is asked: what it said of background, old classes and distractors is what the new model shall say,
//! and that nothing new is there. So old products are kept without a picture of them. Inside a taught product
//! the live model's opinion on classes is not asked: what it took a lemon for is what shall change.
//!
//! Worked out on the host, row by row: a network hands its outputs over and takes the gradient back.
//!
//! # Source
//! Li and Hoiem 2016 ("Learning without Forgetting"), with soft targets at temperature 1; Shmelkov, Schmid and
//! Alahari 2017 for detectors, who compare offsets where the old model sees something.

use rayon::prelude::*;

use crate::{
    geom::CornerBox,
    training::dataset::LabelledBox,
    vision::{
        DefaultBoxes,
        decode::softmax,
        loss::{Targets, Truth},
        matcher::MatchThresholds,
    },
};

/// Share of a default box that must lie in a taught product for the live model not to be asked.
const INSIDE: f32 = 0.7;
/// Below this chance of being anything, a box is dull.
const DULL: f32 = 0.02;
/// What a dull box counts.
const DULL_WEIGHT: f32 = 0.1;

/// Where the new classes lie among the outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outputs {
    /// Classes of the live model, without the background.
    pub before: usize,
    /// New classes after them.
    pub added: usize,
    /// Distractors after those.
    pub distractors: usize,
}

impl Outputs {
    /// Outputs a box of the live model.
    #[must_use]
    pub const fn old(self) -> usize {
        1 + self.before + self.distractors
    }

    /// Outputs a box of the new model.
    #[must_use]
    pub const fn count(self) -> usize {
        self.old() + self.added
    }

    /// Whether an output of the new model is new.
    #[must_use]
    pub const fn is_added(self, output: usize) -> bool {
        output > self.before && output <= self.before + self.added
    }
}

/// What a picture's default boxes are to learn.
#[derive(Debug, Clone)]
pub struct Lesson {
    targets: Targets,
    /// The live model's probabilities, in the order of the new outputs; zeros for what is new.
    wanted: Vec<f32>,
    /// The live model's offsets.
    offsets: Vec<f32>,
}

impl Lesson {
    /// Puts labels and the live model's outputs together. Boxes whose label does not count are left to the
    /// live model.
    ///
    /// # Shapes
    /// `logits` `boxes * outputs.old()`, `offsets` `boxes * 4`.
    #[must_use]
    pub fn new(
        (boxes, counts): (&[LabelledBox], &[bool]),
        (logits, offsets): (&[f32], &[f32]),
        outputs: Outputs,
        defaults: &DefaultBoxes,
        thresholds: MatchThresholds,
    ) -> Self {
        let truths: Vec<Truth> = boxes
            .iter()
            .zip(counts)
            .filter(|(_, counts)| **counts)
            .map(|(b, _)| Truth {
                class: b.class,
                bbox: b.bbox,
                difficult: b.difficult,
            })
            .collect();
        let targets = Targets::new(&truths, defaults, thresholds);
        let mut wanted = Vec::with_capacity(defaults.len() * outputs.count());
        for (row, place) in logits.chunks_exact(outputs.old()).zip(defaults.corners()) {
            let start = wanted.len();
            let old = softmax(row);
            let (kept, distractors) = old.split_at(1 + outputs.before);
            wanted.extend_from_slice(kept);
            wanted.resize(wanted.len() + outputs.added, 0.0);
            wanted.extend_from_slice(distractors);
            if truths.iter().any(|truth| lies_in(*place, truth.bbox)) {
                let classes = &mut wanted[start + 1..start + 1 + outputs.before];
                let taken: f32 = classes.iter().sum();
                classes.fill(0.0);
                wanted[start] += taken;
            }
        }
        Self {
            targets,
            wanted,
            offsets: offsets.to_vec(),
        }
    }

    /// A lesson about pieces of maps: of the default boxes that are `asked` about, everything that the live
    /// model said is wanted, and of the others nothing.
    ///
    /// # Shapes
    /// As for [`Lesson::new`]; one of `asked` a default box.
    #[must_use]
    pub fn of_memory((logits, offsets): (&[f32], &[f32]), asked: &[bool], outputs: Outputs) -> Self {
        let mut wanted = Vec::with_capacity(asked.len() * outputs.count());
        for row in logits.chunks_exact(outputs.old()) {
            let old = softmax(row);
            let (kept, distractors) = old.split_at(1 + outputs.before);
            wanted.extend_from_slice(kept);
            wanted.resize(wanted.len() + outputs.added, 0.0);
            wanted.extend_from_slice(distractors);
        }
        let targets = Targets {
            classes: asked.iter().map(|asked| if *asked { 0 } else { -1 }).collect(),
            offsets: vec![0.0; offsets.len()],
        };
        Self {
            targets,
            wanted,
            offsets: offsets.to_vec(),
        }
    }

    /// How many default boxes are matched to a label.
    #[must_use]
    pub fn positives(&self) -> usize {
        self.targets.classes.iter().filter(|class| **class > 0).count()
    }
}

fn lies_in(place: CornerBox, product: CornerBox) -> bool {
    place.intersection(product) >= INSIDE * place.area()
}

/// Losses of a batch, each divided by the number of boxes at which something is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LessonLoss {
    /// Of the labels.
    pub labels: f32,
    /// Of what the live model said.
    pub kept: f32,
    /// Of the places.
    pub places: f32,
}

impl LessonLoss {
    /// What is minimised.
    #[must_use]
    pub fn total(self, keep: f32) -> f32 {
        self.labels + keep * self.kept + self.places
    }
}

/// Losses of one picture before they are divided.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    loss: LessonLoss,
    /// Boxes at which something is.
    something: f32,
}

/// The gradient of a batch's loss with respect to its outputs.
#[derive(Debug, Clone, PartialEq)]
pub struct LessonGradient {
    /// The loss.
    pub loss: LessonLoss,
    /// With respect to the class logits.
    pub logits: Vec<f32>,
    /// With respect to the offsets.
    pub offsets: Vec<f32>,
}

/// Compares a batch's outputs with its lessons; what the live model said counts `keep` times.
///
/// # Shapes
/// `logits` `pictures * boxes * outputs.count()`, `offsets` `pictures * boxes * 4`.
#[must_use]
pub fn compare(
    lessons: &[Lesson],
    logits: &[f32],
    offsets: &[f32],
    outputs: Outputs,
    keep: f32,
) -> LessonGradient {
    let count = lessons.len().max(1);
    let mut by_logits = vec![0.0; logits.len()];
    let mut by_offsets = vec![0.0; offsets.len()];
    let (rows, places) = (logits.len() / count, offsets.len() / count);
    let sums: Vec<Sums> = lessons
        .par_iter()
        .zip(logits.par_chunks(rows).zip(offsets.par_chunks(places)))
        .zip(
            by_logits
                .par_chunks_mut(rows)
                .zip(by_offsets.par_chunks_mut(places)),
        )
        .map(|((lesson, said), gradient)| one_picture(lesson, said, gradient, outputs, keep))
        .collect();
    let mut all = Sums::default();
    for sum in &sums {
        all.loss.labels += sum.loss.labels;
        all.loss.kept += sum.loss.kept;
        all.loss.places += sum.loss.places;
        all.something += sum.something;
    }
    let part = 1.0 / all.something.max(1.0);
    by_logits
        .iter_mut()
        .chain(&mut by_offsets)
        .for_each(|value| *value *= part);
    LessonGradient {
        loss: LessonLoss {
            labels: all.loss.labels * part,
            kept: all.loss.kept * part,
            places: all.loss.places * part,
        },
        logits: by_logits,
        offsets: by_offsets,
    }
}

fn one_picture(
    lesson: &Lesson,
    (logits, offsets): (&[f32], &[f32]),
    (by_logits, by_offsets): (&mut [f32], &mut [f32]),
    outputs: Outputs,
    keep: f32,
) -> Sums {
    let width = outputs.count();
    let mut sums = Sums::default();
    let rows = logits.chunks_exact(width).zip(by_logits.chunks_exact_mut(width));
    let boxes = offsets.chunks_exact(4).zip(by_offsets.chunks_exact_mut(4));
    for (at, ((row, by_row), (place, by_place))) in rows.zip(boxes).enumerate() {
        let class = lesson.targets.classes[at];
        if class < 0 {
            continue;
        }
        let likely = softmax(row);
        if let Some(label) = usize::try_from(class).ok().filter(|class| *class > 0) {
            sums.loss.labels -= likely[label].max(1e-12).ln();
            by_row.copy_from_slice(&likely);
            by_row[label] -= 1.0;
            let target = &lesson.targets.offsets[at * 4..at * 4 + 4];
            sums.loss.places += smooth_l1(place, target, 1.0, by_place);
            sums.something += 1.0;
            continue;
        }
        let wanted = &lesson.wanted[at * width..(at + 1) * width];
        let seen: f32 = wanted[1..=outputs.before].iter().sum();
        let imagined: f32 = likely[1..=outputs.before + outputs.added].iter().sum();
        let weight = if seen > DULL || imagined > DULL {
            keep
        } else {
            keep * DULL_WEIGHT
        };
        for ((by, likely), wanted) in by_row.iter_mut().zip(&likely).zip(wanted) {
            *by = weight * (likely - wanted);
            if *wanted > 1e-6 {
                let apart = wanted * (wanted / likely.max(1e-12)).ln();
                sums.loss.kept += apart * if keep > 0.0 { weight / keep } else { 0.0 };
            }
        }
        if seen > DULL {
            let target = &lesson.offsets[at * 4..at * 4 + 4];
            sums.loss.places += smooth_l1(place, target, seen * keep, by_place);
            sums.something += seen;
        }
    }
    sums
}

/// `weight` times the smooth L1 distance, and its gradient.
fn smooth_l1(said: &[f32], wanted: &[f32], weight: f32, gradient: &mut [f32]) -> f32 {
    let mut sum = 0.0;
    for ((said, wanted), by) in said.iter().zip(wanted).zip(gradient) {
        let apart = said - wanted;
        *by = weight * apart.clamp(-1.0, 1.0);
        let size = apart.abs();
        sum += weight * if size < 1.0 { 0.5 * size * size } else { size - 0.5 };
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{geom::ClassId, vision::Architecture};

    const OUTPUTS: Outputs = Outputs {
        before: 1,
        added: 1,
        distractors: 1,
    };

    fn defaults() -> DefaultBoxes {
        DefaultBoxes::new(&Architecture::checkout(&["apple", "tea"]))
    }

    /// A lesson about one box of class 2 that lies exactly on the last default box, the whole picture.
    fn lesson(boxes: &[LabelledBox], old: [f32; 3]) -> Lesson {
        let defaults = defaults();
        let logits: Vec<f32> = old.repeat(defaults.len());
        let offsets = vec![0.25; defaults.len() * 4];
        let counts = vec![true; boxes.len()];
        Lesson::new(
            (boxes, &counts),
            (&logits, &offsets),
            OUTPUTS,
            &defaults,
            MatchThresholds::default(),
        )
    }

    fn tea(bbox: CornerBox) -> LabelledBox {
        LabelledBox {
            class: ClassId(2),
            bbox,
            difficult: false,
        }
    }

    #[test]
    fn a_model_that_says_what_the_live_one_said_has_nothing_to_learn() {
        let lesson = lesson(&[], [1.0, 2.0, 0.5]);
        let boxes = defaults().len();
        // The new output, third of four, is as good as impossible.
        let logits: Vec<f32> = [1.0, 2.0, -60.0, 0.5].repeat(boxes);
        let offsets = vec![0.25; boxes * 4];
        let compared = compare(&[lesson], &logits, &offsets, OUTPUTS, 1.0);
        assert!(compared.loss.total(1.0).abs() < 1e-3, "{:?}", compared.loss);
        assert!(
            compared
                .logits
                .iter()
                .chain(&compared.offsets)
                .all(|g| g.abs() < 1e-6)
        );
    }

    #[test]
    fn inside_a_taught_product_the_live_model_is_not_asked_for_classes() {
        let defaults = defaults();
        let product = CornerBox::new(0.2, 0.2, 0.8, 0.8);
        let lesson = lesson(&[tea(product)], [0.0, 5.0, 0.0]);
        assert!(lesson.positives() > 0);
        for (at, place) in defaults.corners().iter().enumerate() {
            let wanted = &lesson.wanted[at * 4..at * 4 + 4];
            assert!((wanted.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            assert!(wanted[2].abs() < 1e-9, "nothing new is there");
            if lies_in(*place, product) {
                assert!(wanted[1].abs() < 1e-9 && wanted[0] > 0.9, "{wanted:?}");
            } else {
                assert!(wanted[1] > 0.9, "{wanted:?}");
            }
        }
    }

    #[test]
    fn the_gradient_is_that_of_the_loss() {
        let lessons = [lesson(
            &[tea(CornerBox::new(0.3, 0.3, 0.75, 0.7))],
            [1.5, 0.8, 0.2],
        )];
        let boxes = defaults().len();
        let mut logits: Vec<f32> = (0..boxes * 4).map(|at| ((at * 7919) % 13) as f32 * 0.1).collect();
        let mut offsets: Vec<f32> = (0..boxes * 4)
            .map(|at| ((at * 104_729) % 17) as f32 * 0.05)
            .collect();
        let compared = compare(&lessons, &logits, &offsets, OUTPUTS, 1.0);
        let positive = (0..boxes).find(|at| lessons[0].targets.classes[*at] > 0).unwrap();
        let total = |logits: &[f32], offsets: &[f32]| {
            let compared = compare(&lessons, logits, offsets, OUTPUTS, 1.0);
            let something = compared.loss;
            f64::from(something.labels) + f64::from(something.kept) + f64::from(something.places)
        };
        for at in [positive * 4 + 1, positive * 4 + 2] {
            let by_hand = slope(&mut logits, at, |logits| total(logits, &offsets));
            assert!(
                (by_hand - f64::from(compared.logits[at])).abs() < 2e-2,
                "{by_hand}"
            );
        }
        let by_hand = slope(&mut offsets, positive * 4, |offsets| total(&logits, offsets));
        assert!(
            (by_hand - f64::from(compared.offsets[positive * 4])).abs() < 2e-2,
            "{by_hand}"
        );
    }

    /// Difference quotient at one value.
    fn slope(values: &mut [f32], at: usize, loss: impl Fn(&[f32]) -> f64) -> f64 {
        let middle = values[at];
        values[at] = middle + 0.5;
        let above = loss(values);
        values[at] = middle - 0.5;
        let below = loss(values);
        values[at] = middle;
        above - below
    }
}
