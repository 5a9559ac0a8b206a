//! The detector of this program: `MobileNetV2` with `SSDLite` heads, at two choices of default boxes.

use super::{
    super::{
        Architecture, Counted, DESCRIPTION_VERSION, DefaultBoxSettings, FeatureMap, Head, Heads, MapBoxes,
        PredictSpec, Shapes, TapPoint,
        boxes::linear_scales,
        layer::{ConvSpec, Layer},
    },
    mobilenet::{STAGES, Size, sides, stem_and_blocks},
    owned,
};
use crate::vision::{decode::DecodeSettings, loss::LossSettings, preprocess::Normalisation};

/// Channels of the extra layers: narrow by 1x1, halve depthwise, widen by 1x1.
const EXTRAS: [(usize, usize); 3] = [(256, 512), (128, 256), (64, 128)];

/// The paper's default boxes: scales from 0.2 to 0.9, aspect ratios 1, 2, 3, 1/2, 1/3, all variances 1
/// (Liu et al. 2016, section 2.2).
pub(super) fn paper(classes: &[&str], size: Size) -> Architecture {
    let scales = linear_scales(0.2, 0.9, 6);
    Architecture {
        name: "checkout".to_owned(),
        boxes: boxes(size, &scales, false, [1.0; 4]),
        ..dense(classes, size)
    }
}

/// Smaller scales, the extra square and the usual variances.
pub(super) fn dense(classes: &[&str], size: Size) -> Architecture {
    let scales = [0.1, 0.27, 0.44, 0.61, 0.78, 0.95, 1.0];
    let mut backbone = stem_and_blocks(size, &STAGES);
    backbone.push(Layer::conv(
        "last",
        ConvSpec::mobile(size.last_channels(1280), 1, 1),
    ));
    Architecture {
        version: DESCRIPTION_VERSION,
        name: "checkout-dense".to_owned(),
        input: [size.input; 2],
        normalisation: Normalisation::SignedUnit,
        classes: owned(classes),
        distractors: Vec::new(),
        backbone,
        extras: EXTRAS
            .iter()
            .enumerate()
            .flat_map(|(index, &(reduce, grow))| extra(index, size.channels(reduce), size.channels(grow)))
            .collect(),
        maps: maps(EXTRAS.len()),
        heads: Heads {
            class: ssdlite_head(),
            location: ssdlite_head(),
        },
        boxes: boxes(size, &scales, true, [0.1, 0.1, 0.2, 0.2]),
        loss: LossSettings::default(),
        decode: DecodeSettings::PUBLISHED,
        counted: Counted::Network,
    }
}

/// The maps of `SSDLite`: inside the blocks that halve to stride 16 and 32, after the backbone, and after
/// each extra layer (Sandler et al. 2018, section 6.2).
pub(in crate::vision::architecture) fn maps(extras: usize) -> Vec<FeatureMap> {
    let at = |layer: String, point| FeatureMap {
        layer,
        point,
        l2_norm: None,
    };
    let mut maps = vec![
        at("backbone.blocks.6".to_owned(), TapPoint::Expansion),
        at("backbone.blocks.13".to_owned(), TapPoint::Expansion),
        at("backbone.last".to_owned(), TapPoint::Output),
    ];
    maps.extend((0..extras).map(|index| at(format!("extras.{index}.grow"), TapPoint::Output)));
    maps
}

/// The three convolutions of one extra layer.
pub(in crate::vision::architecture) fn extra(index: usize, reduce: usize, grow: usize) -> [Layer; 3] {
    [
        Layer::conv(format!("{index}.reduce"), ConvSpec::mobile(reduce, 1, 1)),
        Layer::conv(format!("{index}.depthwise"), ConvSpec::depthwise(2)),
        Layer::conv(format!("{index}.grow"), ConvSpec::mobile(grow, 1, 1)),
    ]
}

/// A depthwise 3x3, then 1x1 with bias.
fn ssdlite_head() -> Head {
    Head {
        hidden: vec![Layer::conv("depthwise", ConvSpec::depthwise(1))],
        predict: PredictSpec {
            kernel: 1,
            bias: true,
        },
    }
}

fn boxes(size: Size, scales: &[f32], extra_square: bool, variances: [f32; 4]) -> DefaultBoxSettings {
    let maps = sides(size.input, &[3, 4, 5, 6, 7, 8])
        .into_iter()
        .zip(scales.windows(2))
        .map(|(side, pair)| {
            let shapes = Shapes::Scaled {
                scale: pair[0],
                aspect_ratios: vec![1.0, 2.0, 3.0, 0.5, 1.0 / 3.0],
                next_scale: extra_square.then_some(pair[1]),
            };
            MapBoxes::even(side, shapes)
        })
        .collect();
    DefaultBoxSettings {
        maps,
        clip: false,
        variances,
    }
}
