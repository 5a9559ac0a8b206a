//! How well the raw outputs fit their targets, default box by default box, before any decoding: what the
//! `ena24` camera-trap detector was reported with.
//!
//! Most default boxes are background, so an accuracy near 1 says little; it is here to compare with the
//! published figure.

use crate::vision::loss::Targets;

/// Sums over default boxes.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct BoxTally {
    boxes: usize,
    right: usize,
    log_loss: f64,
    positives: usize,
    error: f64,
}

/// The figures of a [`BoxTally`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BoxFigures {
    /// Share of the default boxes whose most probable class is right.
    pub accuracy: f64,
    /// Mean of `-ln p` of the right class.
    pub log_loss: f64,
    /// Mean distance of an offset from its target, over the positive boxes; none without any.
    pub offset_mae: Option<f64>,
    /// The same over all boxes, where the target of a box without object is 0 and its prediction is taken as
    /// 0, because it is never used; this is what comes near the published 0.0024.
    pub offset_mae_all: f64,
}

impl BoxTally {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one picture. Neutral boxes are left out; the last `distractors` outputs count as background.
    ///
    /// # Shapes
    /// `logits`: `boxes * class_outputs`, background first; `offsets`: `boxes * 4`.
    ///
    /// # Panics
    /// If the lengths do not fit the targets.
    pub fn add(&mut self, logits: &[f32], offsets: &[f32], targets: &Targets, distractors: usize) {
        let boxes = targets.classes.len();
        assert!(
            boxes > 0 && logits.len().is_multiple_of(boxes) && offsets.len() == targets.offsets.len(),
            "outputs of the same default boxes as the targets"
        );
        let outputs = logits.len() / boxes;
        assert!(distractors < outputs, "a background output");
        let rows = logits.chunks_exact(outputs).zip(offsets.chunks_exact(4));
        let wanted = targets.classes.iter().zip(targets.offsets.chunks_exact(4));
        for ((logits, offsets), (class, target)) in rows.zip(wanted) {
            let Ok(class) = usize::try_from(*class) else {
                continue;
            };
            let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let part = |logit: &f32| f64::from(logit - largest).exp();
            // Probabilities but for their common divisor; that of the background comes first.
            let (known, unsold) = logits.split_at(outputs - distractors);
            let mut parts: Vec<f64> = known.iter().map(part).collect();
            parts[0] += unsold.iter().map(part).sum::<f64>();
            let best = parts.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let own = parts.get(class).copied().unwrap_or(0.0);
            self.boxes += 1;
            self.log_loss -= (own / parts.iter().sum::<f64>()).max(f64::MIN_POSITIVE).ln();
            self.right += usize::from(own >= best);
            if class > 0 {
                let distances = offsets.iter().zip(target).map(|(o, t)| f64::from((o - t).abs()));
                self.positives += 1;
                self.error += distances.sum::<f64>();
            }
        }
    }

    /// The figures; none if nothing was added.
    #[must_use]
    pub fn figures(&self) -> Option<BoxFigures> {
        let boxes = self.boxes as f64;
        (self.boxes > 0).then(|| BoxFigures {
            accuracy: self.right as f64 / boxes,
            log_loss: self.log_loss / boxes,
            offset_mae: (self.positives > 0).then(|| self.error / (4.0 * self.positives as f64)),
            offset_mae_all: self.error / (4.0 * boxes),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_boxes_by_hand() {
        let targets = Targets {
            classes: vec![0, 1, -1, 1],
            offsets: vec![
                0.0, 0.0, 0.0, 0.0, //
                1.0, 1.0, 0.0, 0.0, //
                9.0, 9.0, 9.0, 9.0, //
                0.0, 0.0, 0.0, 2.0,
            ],
        };
        let even = 0.0f32;
        let three = 3.0f32.ln();
        // Background at 3:1, the class at 3:1, a neutral one, and the class at 1:3.
        let logits = [three, even, even, three, 50.0, even, three, even];
        let offsets = [
            7.0, 7.0, 7.0, 7.0, //
            1.0, 0.5, 0.0, 0.5, //
            0.0, 0.0, 0.0, 0.0, //
            0.0, 0.0, 0.0, 0.0,
        ];
        let mut tally = BoxTally::new();
        assert_eq!(tally.figures(), None);
        tally.add(&logits, &offsets, &targets, 0);
        let figures = tally.figures().unwrap();
        assert!((figures.accuracy - 2.0 / 3.0).abs() < 1e-9);
        let log_loss = (2.0 * (4.0f64 / 3.0).ln() + 4.0f64.ln()) / 3.0;
        assert!((figures.log_loss - log_loss).abs() < 1e-6, "{figures:?}");
        assert!(
            (figures.offset_mae.unwrap() - 3.0 / 8.0).abs() < 1e-6,
            "{figures:?}"
        );
        assert!((figures.offset_mae_all - 3.0 / 12.0).abs() < 1e-6, "{figures:?}");
    }

    #[test]
    fn distractors_are_background() {
        let targets = Targets {
            classes: vec![0],
            offsets: vec![0.0; 4],
        };
        let mut tally = BoxTally::new();
        // 1 : 2 : 3 for background, class and distractor.
        tally.add(&[0.0, 2.0f32.ln(), 3.0f32.ln()], &[0.0; 4], &targets, 1);
        let figures = tally.figures().unwrap();
        assert!((figures.accuracy - 1.0).abs() < 1e-9);
        assert!((figures.log_loss - 1.5f64.ln()).abs() < 1e-6, "{figures:?}");
    }
}
