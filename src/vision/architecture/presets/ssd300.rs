//! The original SSD300 on VGG-16.
//!
//! # Source
//! Liu et al. 2016, section 3 and figure 2; layer by layer as the authors' Caffe model and torchvision's
//! `ssd300_vgg16`. The published 26 285 486 values are those of a network in which every convolution has a
//! bias and none a norm, with 512 scales of the one L2 normalisation.

use super::{
    super::{
        Architecture, Counted, DESCRIPTION_VERSION, DefaultBoxSettings, FeatureMap, Head, Heads, MapBoxes,
        PredictSpec, Shapes, TapPoint,
        layer::{ConvSpec, Layer, PoolSpec},
    },
    owned,
};
use crate::vision::{
    decode::DecodeSettings,
    loss::{ClassLoss, LossSettings},
    matcher::MatchThresholds,
    preprocess::Normalisation,
};

/// Channels and number of the convolutions of each stage of VGG-16 (Simonyan and Zisserman 2015, column D).
const STAGES: [(usize, usize); 5] = [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)];
const VOC_SCALES: [f32; 7] = [0.1, 0.2, 0.37, 0.54, 0.71, 0.88, 1.05];
const COCO_SCALES: [f32; 7] = [0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05];
/// Side and pixels between centres of each map.
const GRID: [(usize, f32); 6] = [
    (38, 8.0),
    (19, 16.0),
    (10, 32.0),
    (5, 64.0),
    (3, 100.0),
    (1, 300.0),
];
const FEW: [f32; 3] = [1.0, 2.0, 0.5];
const MANY: [f32; 5] = [1.0, 2.0, 0.5, 3.0, 1.0 / 3.0];

pub(super) fn ssd300(classes: &[&str], coco_scales: bool) -> Architecture {
    let scales = if coco_scales { COCO_SCALES } else { VOC_SCALES };
    let head = Head {
        hidden: Vec::new(),
        predict: PredictSpec {
            kernel: 3,
            bias: true,
        },
    };
    let tap = |layer: &str, l2_norm| FeatureMap {
        layer: layer.to_owned(),
        point: TapPoint::Output,
        l2_norm,
    };
    Architecture {
        version: DESCRIPTION_VERSION,
        name: "ssd300-vgg16".to_owned(),
        input: [300; 2],
        normalisation: Normalisation::CaffeBgr,
        classes: owned(classes),
        distractors: Vec::new(),
        backbone: backbone(),
        extras: extras(),
        maps: vec![
            tap("backbone.conv4_3", Some(20.0)),
            tap("backbone.fc7", None),
            tap("extras.conv6_2", None),
            tap("extras.conv7_2", None),
            tap("extras.conv8_2", None),
            tap("extras.conv9_2", None),
        ],
        heads: Heads {
            class: head.clone(),
            location: head,
        },
        boxes: boxes(&scales),
        loss: LossSettings {
            thresholds: MatchThresholds {
                positive_iou: 0.5,
                negative_iou: 0.5,
            },
            classification: ClassLoss::HardNegatives {
                neg_pos_ratio: 3,
                min_negatives: 0,
            },
            ..LossSettings::default()
        },
        decode: DecodeSettings::PUBLISHED,
        counted: Counted::Network,
    }
}

/// VGG-16 to `conv5_3`, with a third pool that rounds up, a fifth that keeps the size, and the two fully
/// connected layers turned into convolutions, the first of them dilated.
fn backbone() -> Vec<Layer> {
    let mut layers = Vec::new();
    for (stage, &(width, convolutions)) in STAGES.iter().enumerate() {
        let stage = stage + 1;
        for conv in 1..=convolutions {
            let spec = ConvSpec::rectified(width, 3);
            layers.push(Layer::conv(format!("conv{stage}_{conv}"), spec));
        }
        let pool = if stage == 5 {
            PoolSpec {
                kernel: 3,
                stride: 1,
                padding: 1,
                ceil: false,
            }
        } else {
            PoolSpec {
                kernel: 2,
                stride: 2,
                padding: 0,
                // 75 cells to 38.
                ceil: stage == 3,
            }
        };
        layers.push(Layer::pool(format!("pool{stage}"), pool));
    }
    let fc6 = ConvSpec {
        dilation: 6,
        ..ConvSpec::rectified(1024, 3)
    };
    layers.push(Layer::conv("fc6", fc6));
    layers.push(Layer::conv("fc7", ConvSpec::rectified(1024, 1)));
    layers
}

/// Four pairs of 1x1 and 3x3: the first two halve, the last two lose a cell on each side.
fn extras() -> Vec<Layer> {
    let pairs = [
        (6, 256, 512, 2),
        (7, 128, 256, 2),
        (8, 128, 256, 1),
        (9, 128, 256, 1),
    ];
    pairs
        .into_iter()
        .flat_map(|(number, reduce, grow, stride)| {
            let second = ConvSpec {
                stride,
                padding: Some(stride - 1),
                ..ConvSpec::rectified(grow, 3)
            };
            [
                Layer::conv(format!("conv{number}_1"), ConvSpec::rectified(reduce, 1)),
                Layer::conv(format!("conv{number}_2"), second),
            ]
        })
        .collect()
}

fn boxes(scales: &[f32; 7]) -> DefaultBoxSettings {
    let maps = GRID
        .iter()
        .zip(scales.windows(2))
        .enumerate()
        .map(|(index, (&(side, step), pair))| MapBoxes {
            step: Some(step),
            ..MapBoxes::even(
                side,
                Shapes::Scaled {
                    scale: pair[0],
                    aspect_ratios: if (1..=3).contains(&index) {
                        MANY.to_vec()
                    } else {
                        FEW.to_vec()
                    },
                    next_scale: Some(pair[1]),
                },
            )
        })
        .collect();
    DefaultBoxSettings {
        maps,
        clip: false,
        variances: [0.1, 0.1, 0.2, 0.2],
    }
}
