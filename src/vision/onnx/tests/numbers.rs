//! What exported graphs compute, by the interpreter beside this file, against the detector itself.

use proptest::prelude::*;

use super::interpreter::{Array, run};
use crate::{
    frame::{Rgb, RgbImage},
    geom::CenterBox,
    vision::{
        Architecture, DefaultBoxes, Detector, Engine,
        architecture::{LayerKind, PresetSettings},
        box_coder,
        onnx::{
            ExportOptions, InputForm, detections,
            graph::{Dim, GraphBuilder, ints},
            model,
            ops::{ConvWeights, Window},
            proto::DataType,
            sample::random_bundle,
        },
    },
};

fn picture(side: usize) -> RgbImage {
    let side = u32::try_from(side).unwrap();
    RgbImage::from_fn(side, side, |x, y| {
        Rgb([x * 7 + y, x * y, y * 5 + 40].map(|value| u8::try_from(value % 256).unwrap()))
    })
}

/// Presets at a size that the interpreter gets through; together they have every kind of layer.
fn small_architectures() -> Vec<Architecture> {
    let small = PresetSettings {
        width: Some(0.35),
        input: Some(64),
        ..PresetSettings::default()
    };
    let mut ena24 = Architecture::preset("ena24", &["bobcat", "horse"]).unwrap();
    for layer in &mut ena24.backbone {
        match &mut layer.kind {
            LayerKind::Conv(conv) => conv.channels = conv.channels.map(|c| c.div_ceil(50)),
            LayerKind::Parallel(branches) => {
                for conv in branches {
                    conv.channels = conv.channels.map(|c| c.div_ceil(50));
                }
            }
            LayerKind::InvertedResidual(_) | LayerKind::MaxPool(_) => {}
        }
    }
    vec![
        Architecture::preset_with("checkout-dense", &["apple", "milk"], &small).unwrap(),
        Architecture::preset_with("mobilenetv2-ssd-cifar-improved", &["cat"], &small).unwrap(),
        Architecture::preset("ssd300-vgg16", &["cat", "dog"])
            .unwrap()
            .narrowed(64),
        ena24,
    ]
}

#[test]
fn exported_graphs_compute_what_the_detector_does() {
    for architecture in small_architectures() {
        let name = architecture.name.clone();
        let (side, outputs) = (architecture.input[0], architecture.class_outputs());
        let bundle = random_bundle(architecture, 11).unwrap();
        let defaults = DefaultBoxes::new(&bundle.architecture);
        let picture = picture(side);
        let exported = model(&bundle, ExportOptions::default()).unwrap();
        let pixels = picture.as_raw().iter().map(|&byte| f32::from(byte)).collect();
        let made = run(&exported.graph.unwrap(), Array::new(&[1, side, side, 3], pixels));
        let detector = Detector::new(bundle, Engine::Cpu).unwrap();
        let (logits, offsets) = detector.raw_outputs(&picture).unwrap();
        let mut largest = 0.0f32;
        for (got, want) in made["scores"].values.chunks(outputs).zip(logits.chunks(outputs)) {
            let sum: f32 = want.iter().map(|logit| logit.exp()).sum();
            for (g, w) in got.iter().zip(want) {
                largest = largest.max((g - w.exp() / sum).abs());
            }
        }
        let decoded = made["boxes"].values.chunks(4).zip(offsets.chunks(4));
        for ((got, o), &default) in decoded.zip(defaults.centers()) {
            let want =
                box_coder::decode([o[0], o[1], o[2], o[3]], default, defaults.variances()).to_corners();
            for (g, w) in got.iter().zip([want.x0, want.y0, want.x1, want.y1]) {
                largest = largest.max((g - w).abs());
            }
        }
        assert_eq!(made["boxes"].values.len(), offsets.len());
        assert!(largest < 2e-5, "{name}: {largest}");
        let spread = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max)
            - logits.iter().copied().fold(f32::INFINITY, f32::min);
        assert!(
            spread > 0.1,
            "{name}: the logits are all alike, which proves nothing"
        );
    }
}

#[test]
fn both_input_forms_give_the_same() {
    let settings = PresetSettings {
        width: Some(0.35),
        input: Some(64),
        ..PresetSettings::default()
    };
    let architecture = Architecture::preset_with("mobilenetv2-ssd-cifar", &["cat"], &settings).unwrap();
    let bundle = random_bundle(architecture, 11).unwrap();
    let picture = picture(64);
    let bytes: Vec<f32> = picture.as_raw().iter().map(|&byte| f32::from(byte)).collect();
    let planes = (0..3).flat_map(|channel| bytes.iter().skip(channel).step_by(3).copied());
    let planes = Array::new(&[1, 3, 64, 64], planes.collect());
    let of = |input, image| {
        let options = ExportOptions {
            input,
            ..ExportOptions::default()
        };
        run(&model(&bundle, options).unwrap().graph.unwrap(), image)
    };
    let pixels = of(InputForm::Pixels, Array::new(&[1, 64, 64, 3], bytes));
    assert_eq!(of(InputForm::Planes, planes), pixels);
}

#[test]
fn boxes_are_decoded_as_by_the_coder_even_from_wild_offsets() {
    let defaults = DefaultBoxes::new(&Architecture::published("mobilenetv2-ssd-cifar").unwrap());
    let wild = [0.0, 1.0, -3.5, 40.0, 60.0, -60.0, -400.0];
    let offsets: Vec<f32> = (0..defaults.len() * 4)
        .map(|i| wild[(i * 5 + i / 7) % 7])
        .collect();
    let mut graph = GraphBuilder::new("boxes");
    let dims = [1, defaults.len(), 4];
    let input = graph.input("image", DataType::Float, dims.map(Dim::Fixed).to_vec(), "offsets");
    let boxes = detections::boxes(&mut graph, &input, &defaults);
    graph.output(&boxes, "boxes");
    let made = run(&graph.finish(), Array::new(&dims, offsets.clone()));
    for (index, got) in made["boxes"].values.chunks(4).enumerate() {
        let o = &offsets[index * 4..index * 4 + 4];
        let default: CenterBox = defaults.centers()[index];
        let want = box_coder::decode([o[0], o[1], o[2], o[3]], default, defaults.variances()).to_corners();
        for (g, w) in got.iter().zip([want.x0, want.y0, want.x1, want.y1]) {
            assert!(
                (g - w).abs() <= 1e-5 * w.abs().max(1.0),
                "box {index}: {g} is not {w}"
            );
        }
    }
}

proptest! {
    /// Rows and columns of a kernel that never meet the map are left out; nothing else may change.
    #[test]
    fn a_trimmed_kernel_is_the_same_convolution(
        kernel in 1usize..6, stride in 1usize..4, pad in 0usize..4, dilation in 1usize..4,
        side in 1usize..5, other in 1usize..5,
    ) {
        let reach = dilation * (kernel - 1) + 1;
        prop_assume!(side + 2 * pad >= reach && other + 2 * pad >= reach);
        let window = Window { dilation: [dilation; 2], ..Window::square(kernel, stride, pad) };
        let weights = ConvWeights {
            shape: [2, 1, kernel, kernel],
            weight: (0..2 * kernel * kernel).map(|i| i as f32 - 7.0).collect(),
            bias: None,
        };
        let mut graph = GraphBuilder::new("trim");
        let input = graph.input("image", DataType::Float, [1, 2, side, other].map(Dim::Fixed).to_vec(), "map");
        let trimmed = graph.conv("trimmed", &input, &weights, window, 2);
        let plain = graph.floats("plain.weight", &weights.shape, &weights.weight);
        let attributes = vec![
            ints("kernel_shape", &window.kernel), ints("strides", &window.stride), ints("pads", &window.pads),
            ints("dilations", &window.dilation), crate::vision::onnx::graph::int("group", 2),
        ];
        let made = (DataType::Float, trimmed.dims().to_vec());
        let whole = graph.node("whole", "Conv", &[&input, &plain], attributes, made);
        graph.output(&trimmed, "");
        graph.output(&whole, "");
        let values = (0..2 * side * other).map(|i| (i * i % 11) as f32).collect();
        let mut made = run(&graph.finish(), Array::new(&[1, 2, side, other], values));
        prop_assert_eq!(made.remove("trimmed"), made.remove("whole"));
    }
}
