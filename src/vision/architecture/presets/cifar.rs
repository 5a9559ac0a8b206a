//! A small `MobileNetV2` SSD for CIFAR pictures on black canvases, as published and improved.
//!
//! The published counts, 3 004 928 values of which 2 995 520 are trained, fix what the description leaves
//! open: batch norm and no bias in stem and residuals, no expansion where `t` is 1, neither norm nor bias in
//! the extra layers and the heads. That the extra layers end in `ReLU`, and the scales of the default boxes
//! (0.2 to 0.9, as in the paper), are our reading.

use super::{
    super::{
        Architecture, Counted, DESCRIPTION_VERSION, DefaultBoxSettings, FeatureMap, Head, Heads, MapBoxes,
        PredictSpec, Shapes, TapPoint,
        boxes::linear_scales,
        layer::{Activation, ConvSpec, Layer},
    },
    mobilenet::{STAGES, Size, sides, stem_and_blocks},
    owned,
};
use crate::vision::{
    decode::DecodeSettings,
    loss::{BoxLoss, LossSettings},
    preprocess::Normalisation,
};

/// Channels of the extra layers: 1x1, then 3x3 of stride 2.
const EXTRAS: [(usize, usize); 4] = [(256, 512), (128, 256), (128, 256), (128, 256)];
/// Ratios of every layer, and of the layers with more.
const FEW: [f32; 3] = [1.0, 2.0, 0.5];
const MANY: [f32; 5] = [1.0, 2.0, 0.5, 3.0, 1.0 / 3.0];

/// The published baseline.
pub(super) fn baseline(classes: &[&str], size: Size) -> Architecture {
    // The first four stages: stride 16 and 64 channels, in blocks 0 to 9.
    let backbone = stem_and_blocks(size, &STAGES[..4]);
    let scales = linear_scales(0.2, 0.9, 5);
    let boxes = sides(size.input, &[4, 5, 6, 7, 8])
        .into_iter()
        .zip(scales)
        .map(|(side, scale)| {
            MapBoxes::even(
                side,
                Shapes::Scaled {
                    scale,
                    aspect_ratios: FEW.to_vec(),
                    next_scale: None,
                },
            )
        })
        .collect();
    let head = Head {
        hidden: Vec::new(),
        predict: PredictSpec {
            kernel: 3,
            bias: false,
        },
    };
    Architecture {
        version: DESCRIPTION_VERSION,
        name: "mobilenetv2-ssd-cifar".to_owned(),
        input: [size.input; 2],
        normalisation: Normalisation::SignedUnit,
        classes: owned(classes),
        distractors: Vec::new(),
        backbone,
        extras: EXTRAS
            .iter()
            .enumerate()
            .flat_map(|(index, &(reduce, grow))| {
                let conv = |channels, kernel| ConvSpec {
                    activation: Activation::Relu,
                    ..ConvSpec::new(size.channels(channels), kernel)
                };
                let halve = ConvSpec {
                    stride: 2,
                    ..conv(grow, 3)
                };
                [
                    Layer::conv(format!("{index}.reduce"), conv(reduce, 1)),
                    Layer::conv(format!("{index}.grow"), halve),
                ]
            })
            .collect(),
        maps: ["backbone.blocks.9".to_owned()]
            .into_iter()
            .chain((0..EXTRAS.len()).map(|index| format!("extras.{index}.grow")))
            .map(output_of)
            .collect(),
        heads: Heads {
            class: head.clone(),
            location: head,
        },
        boxes: DefaultBoxSettings {
            maps: boxes,
            clip: false,
            variances: [0.1, 0.1, 0.2, 0.2],
        },
        loss: LossSettings {
            localisation: BoxLoss::L2,
            ..LossSettings::default()
        },
        decode: DecodeSettings::PUBLISHED,
        counted: Counted::Network,
    }
}

/// The stride-8 map as well, the extra square everywhere, ratios 3 and 1/3 on the second to fourth map, and
/// smooth L1.
pub(super) fn improved(classes: &[&str], size: Size) -> Architecture {
    let base = baseline(classes, size);
    let scales = linear_scales(0.2, 0.9, 6);
    let boxes = sides(size.input, &[3, 4, 5, 6, 7, 8])
        .into_iter()
        .zip(scales.windows(2))
        .enumerate()
        .map(|(index, (side, pair))| {
            let ratios: &[f32] = if (1..=3).contains(&index) { &MANY } else { &FEW };
            MapBoxes::even(
                side,
                Shapes::Scaled {
                    scale: pair[0],
                    aspect_ratios: ratios.to_vec(),
                    next_scale: Some(pair[1]),
                },
            )
        })
        .collect();
    // Block 5 is the last of the stage with stride 8.
    let mut maps = vec![output_of("backbone.blocks.5".to_owned())];
    maps.extend(base.maps);
    Architecture {
        name: "mobilenetv2-ssd-cifar-improved".to_owned(),
        maps,
        boxes: DefaultBoxSettings {
            maps: boxes,
            ..base.boxes
        },
        loss: LossSettings::default(),
        ..base
    }
}

fn output_of(layer: String) -> FeatureMap {
    FeatureMap {
        layer,
        point: TapPoint::Output,
        l2_norm: None,
    }
}
