//! A single-map SSD for camera traps.
//!
//! The published count of 5 987 000 values is that of the layers up to the 13 x 13 x 500 map, each of them
//! with a bias and a batch norm, running statistics counted; the heads come on top. What the description
//! leaves open is our reading: the convolutions of the box head are 3x3 with bias and `ReLU`, variances are
//! 1, so that the offsets are those of the report, and a box is positive or background at an overlap of 0.5.

use super::{
    super::{
        Architecture, Counted, DESCRIPTION_VERSION, DefaultBoxSettings, FeatureMap, Head, Heads, LayerKind,
        MapBoxes, PredictSpec, Shapes, TapPoint,
        layer::{BatchNormSpec, ConvSpec, Layer},
    },
    owned,
};
use crate::vision::{
    decode::DecodeSettings,
    loss::{BoxLoss, ClassLoss, LossSettings},
    matcher::MatchThresholds,
    preprocess::Normalisation,
};

pub(super) fn ena24(classes: &[&str]) -> Architecture {
    Architecture {
        version: DESCRIPTION_VERSION,
        name: "ena24".to_owned(),
        input: [200; 2],
        normalisation: Normalisation::ImageNet,
        classes: owned(classes),
        distractors: Vec::new(),
        backbone: backbone(),
        extras: Vec::new(),
        maps: vec![FeatureMap {
            layer: "backbone.conv4".to_owned(),
            point: TapPoint::Output,
            l2_norm: None,
        }],
        heads: Heads {
            class: Head {
                hidden: Vec::new(),
                predict: PredictSpec {
                    kernel: 3,
                    bias: true,
                },
            },
            // 380-220-120, then 4 x 9 = 36.
            location: Head {
                hidden: [380, 220, 120]
                    .into_iter()
                    .enumerate()
                    .map(|(index, channels)| {
                        Layer::conv(format!("conv{}", index + 1), ConvSpec::rectified(channels, 3))
                    })
                    .collect(),
                predict: PredictSpec {
                    kernel: 3,
                    bias: true,
                },
            },
        },
        boxes: boxes(),
        loss: LossSettings {
            thresholds: MatchThresholds {
                positive_iou: 0.5,
                negative_iou: 0.5,
            },
            classification: ClassLoss::Weighted { foreground: 900.0 },
            localisation: BoxLoss::L1,
            alpha: 2.0,
        },
        decode: DecodeSettings::PUBLISHED,
        counted: Counted::FeatureExtractor,
    }
}

fn backbone() -> Vec<Layer> {
    let normed = |channels, kernel, stride| ConvSpec {
        stride,
        norm: Some(BatchNormSpec::default()),
        ..ConvSpec::rectified(channels, kernel)
    };
    let mut layers = vec![
        Layer {
            name: "stem".to_owned(),
            kind: LayerKind::Parallel(vec![normed(200, 3, 1), normed(100, 5, 1), normed(50, 7, 1)]),
        },
        Layer::conv("mix", normed(300, 1, 1)),
    ];
    // 200 cells to 100, 50, 25 and 13.
    layers.extend(
        [350, 400, 450, 500]
            .into_iter()
            .enumerate()
            .map(|(index, channels)| Layer::conv(format!("conv{}", index + 1), normed(channels, 3, 2))),
    );
    layers
}

/// Six squares, and the first size at three wider ratios.
fn boxes() -> DefaultBoxSettings {
    let squares = [0.27, 0.44, 0.52, 0.62, 0.71, 0.85].map(|size| [size, 1.0]);
    let wide = [1.5, 2.0, 2.2].map(|ratio| [squares[0][0], ratio]);
    DefaultBoxSettings {
        maps: vec![MapBoxes::even(
            13,
            Shapes::Listed(squares.into_iter().chain(wide).collect()),
        )],
        clip: false,
        variances: [1.0; 4],
    }
}
