//! Refuses descriptions that cannot be built or that make no sense, with one sentence.

use super::{Architecture, DESCRIPTION_VERSION, DefaultBoxSettings};
use crate::vision::{decode::DecodeSettings, loss::LossSettings};

impl Architecture {
    /// Says what is wrong with a description read from a file, if anything is.
    ///
    /// # Errors
    /// One sentence naming the part that does not fit.
    pub fn check(&self) -> Result<(), String> {
        /// More boxes than this are a mistake in the description; SSD512 has 24 564.
        const MOST_BOXES: usize = 200_000;
        if self.version != DESCRIPTION_VERSION {
            return Err(format!(
                "a description of version {}; this program knows version {DESCRIPTION_VERSION}",
                self.version
            ));
        }
        if self.classes.is_empty() || self.classes.len() > 1000 {
            return Err(format!("{} classes; 1 to 1000 are possible", self.classes.len()));
        }
        if self.distractors.len() > 1000 {
            return Err(format!(
                "{} distractors; at most 1000 are possible",
                self.distractors.len()
            ));
        }
        if let Some(name) = self.classes.iter().find(|name| name.trim().is_empty()) {
            return Err(format!(
                "a class with the name {name:?}; every class needs a name"
            ));
        }
        let [width, height] = self.input;
        if width != height || !(32..=1024).contains(&width) {
            return Err(format!(
                "an input of {width} x {height}; squares of 32 to 1024 are known"
            ));
        }
        let layers = self.backbone.len() + self.extras.len();
        if self.backbone.is_empty() || layers > 500 {
            return Err(format!(
                "{} layers in the backbone and {} after it; 1 to 500 are possible",
                self.backbone.len(),
                self.extras.len()
            ));
        }
        if let Some(scale) = self
            .maps
            .iter()
            .filter_map(|map| map.l2_norm)
            .find(|s| !positive(*s))
        {
            return Err(format!(
                "an L2 normalisation to {scale}; a positive number is needed"
            ));
        }
        check_boxes(&self.boxes)?;
        self.plan()?;
        if self.box_count() > MOST_BOXES {
            return Err(format!(
                "{} default boxes; at most {MOST_BOXES} are possible",
                self.box_count()
            ));
        }
        check_loss(&self.loss)?;
        check_decode(&self.decode)
    }
}

fn positive(value: f32) -> bool {
    value.is_finite() && value > 0.0
}

fn check_boxes(boxes: &DefaultBoxSettings) -> Result<(), String> {
    if let Some(variance) = boxes.variances.iter().find(|v| !positive(**v)) {
        return Err(format!("a variance of {variance}; a positive number is needed"));
    }
    for (index, map) in boxes.maps.iter().enumerate() {
        let pairs = map.shapes.scale_and_ratio();
        if pairs.is_empty() || pairs.len() > 64 {
            return Err(format!(
                "{} default boxes in each cell of map {index}; 1 to 64 are possible",
                pairs.len()
            ));
        }
        for [scale, ratio] in pairs {
            // Written so that a scale that is no number fails as well.
            if !(scale > 0.0 && scale <= 1.0) {
                return Err(format!(
                    "a default box of scale {scale} on map {index}; scales lie above 0 and at most at 1"
                ));
            }
            if !(0.01..=100.0).contains(&ratio) {
                return Err(format!(
                    "an aspect ratio of {ratio} on map {index}; ratios of 0.01 to 100 are possible"
                ));
            }
        }
        if map.step.is_some_and(|step| !positive(step)) || !(0.0..=1.0).contains(&map.offset) {
            return Err(format!(
                "the boxes of map {index} start {} steps of {:?} pixels from the edge; an offset of 0 to 1 and \
                 a positive step are needed",
                map.offset, map.step
            ));
        }
    }
    Ok(())
}

fn check_loss(loss: &LossSettings) -> Result<(), String> {
    let thresholds = loss.thresholds;
    let (positive_iou, negative_iou) = (thresholds.positive_iou, thresholds.negative_iou);
    if !(positive_iou > 0.0 && positive_iou <= 1.0 && negative_iou > 0.0 && negative_iou <= positive_iou) {
        return Err(format!(
            "boxes are positive from an overlap of {positive_iou} and neutral from {negative_iou}; both lie \
             above 0 and at most at 1, and the second is not the larger one"
        ));
    }
    if !(loss.alpha.is_finite() && loss.alpha >= 0.0 && loss.classification.is_sensible()) {
        return Err("a weight in the loss that is negative or no number".to_owned());
    }
    Ok(())
}

fn check_decode(decode: &DecodeSettings) -> Result<(), String> {
    if !(0.0..=1.0).contains(&decode.score_threshold) || !(0.0..=1.0).contains(&decode.nms_iou) {
        return Err(format!(
            "decoding from a score of {} with an overlap of {}; both lie between 0 and 1",
            decode.score_threshold, decode.nms_iou
        ));
    }
    if decode.nms_max == 0 || decode.top_k == 0 {
        return Err("decoding that keeps no box at all".to_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{ConvSpec, Layer, Shapes, TapPoint};
    use super::*;

    /// What is said of a preset after a change.
    fn said(preset: &str, change: impl FnOnce(&mut Architecture)) -> String {
        let mut architecture = Architecture::published(preset).unwrap();
        change(&mut architecture);
        let message = architecture.check().unwrap_err();
        assert!(!message.contains('\n') && message.len() < 250, "{message}");
        message
    }

    #[test]
    fn presets_are_consistent() {
        for name in Architecture::PRESETS {
            let architecture = Architecture::published(name).unwrap();
            assert_eq!(architecture.check(), Ok(()), "{name}");
            assert_eq!(architecture.name, name);
        }
    }

    #[test]
    fn a_map_size_that_does_not_fit() {
        let message = said("ssd300-vgg16", |a| a.boxes.maps[0].side = 37);
        assert!(
            message.contains("37 x 37") && message.contains("38 x 38"),
            "{message}"
        );
        let message = said("checkout", |a| a.maps[0].layer = "backbone.blocks.99".to_owned());
        assert!(message.contains("blocks.99"), "{message}");
        let message = said("ssd300-vgg16", |a| a.maps[0].point = TapPoint::Expansion);
        assert!(message.contains("no inverted residual"), "{message}");
        let message = said("checkout", |a| {
            a.boxes.maps.pop();
        });
        assert!(
            message.contains("6 feature maps but default boxes for 5"),
            "{message}"
        );
    }

    #[test]
    fn no_classes_or_a_nameless_one() {
        assert!(said("checkout", |a| a.classes.clear()).contains("0 classes"));
        assert!(said("checkout", |a| a.classes[0] = " ".to_owned()).contains("needs a name"));
    }

    #[test]
    fn anchors_outside_the_unit_interval() {
        for scale in [0.0, -0.5, 1.01, f32::NAN, f32::INFINITY] {
            let message = said("ena24", |a| {
                a.boxes.maps[0].shapes = Shapes::Listed(vec![[scale, 1.0]]);
            });
            assert!(message.contains("scale"), "{message}");
        }
        let message = said("ena24", |a| {
            a.boxes.maps[0].shapes = Shapes::Listed(vec![[0.5, 0.0]]);
        });
        assert!(message.contains("ratio"), "{message}");
    }

    #[test]
    fn layers_that_cannot_be() {
        let with = |spec| {
            said("checkout", move |a| {
                a.backbone[0] = Layer::conv("stem", spec);
            })
        };
        let conv = ConvSpec::new(32, 3);
        assert!(with(ConvSpec { stride: 0, ..conv }).contains("stride of 0"));
        assert!(
            with(ConvSpec {
                channels: Some(0),
                ..conv
            })
            .contains("0 channels")
        );
        assert!(
            with(ConvSpec {
                padding: Some(usize::MAX),
                ..conv
            })
            .contains("padding")
        );
        let message = said("checkout", |a| {
            let twice = a.backbone[0].clone();
            a.backbone.push(twice);
        });
        assert!(
            message.contains("two layers have the name backbone.stem"),
            "{message}"
        );
        assert!(said("checkout", |a| a.backbone[0].name = "a b".to_owned()).contains("letters"));
    }

    #[test]
    fn other_nonsense() {
        assert!(said("checkout", |a| a.input = [300, 224]).contains("300 x 224"));
        assert!(said("checkout", |a| a.boxes.variances[2] = 0.0).contains("positive"));
        assert!(said("checkout", |a| a.loss.thresholds.negative_iou = 0.9).contains("0.9"));
        assert!(said("checkout", |a| a.decode.top_k = 0).contains("no box"));
        assert!(said("checkout", |a| a.version = 3).contains("version 3"));
    }
}
