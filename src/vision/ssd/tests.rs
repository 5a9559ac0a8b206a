//! Every preset learns two pictures by heart and finds what is in them, through the product's own detector.
//! Narrow versions of the same topologies, so that each takes seconds.

use std::collections::BTreeMap;

use burn::{
    module::Module as _,
    optim::{AdamConfig, GradientsParams},
    tensor::{Device, Tensor, TensorData},
};

use crate::{
    frame::{Rgb, RgbImage},
    geom::{ClassId, CornerBox},
    vision::{
        Architecture, DefaultBoxes, Detector, Engine, ModelBundle, Ssd,
        architecture::PresetSettings,
        loss::{Targets, Truth, multibox_loss},
        preprocess::to_input,
        weights::to_bytes,
    },
};

/// A red square upper left, or a yellow one lower right, on grey.
fn picture(index: usize) -> (RgbImage, Truth) {
    let (class, bbox, colour) = if index == 0 {
        (1, CornerBox::new(0.1, 0.1, 0.5, 0.5), Rgb([220, 30, 30]))
    } else {
        (2, CornerBox::new(0.4, 0.45, 0.95, 0.95), Rgb([240, 220, 40]))
    };
    let area = bbox.to_pixels(64, 64);
    let picture = RgbImage::from_fn(64, 64, |x, y| {
        let (x, y) = (x as f32, y as f32);
        let inside = x >= area.x0 && x < area.x1 && y >= area.y0 && y < area.y1;
        if inside { colour } else { Rgb([128; 3]) }
    });
    let truth = Truth {
        class: ClassId(class),
        bbox,
        difficult: false,
    };
    (picture, truth)
}

/// Whether the best detection in each picture is its square.
fn finds_both(network: &Ssd, architecture: &Architecture) -> bool {
    let bundle = ModelBundle {
        name: "test".to_owned(),
        architecture: architecture.clone(),
        decode: architecture.decode,
        class_thresholds: BTreeMap::new(),
        dataset_version: String::new(),
        metrics: Vec::new(),
        weights: to_bytes(network).unwrap(),
    };
    let detector = Detector::new(bundle, Engine::Cpu).unwrap();
    (0..2).all(|index| {
        let (picture, truth) = picture(index);
        let found = detector.detect_with(&picture, &architecture.decode).unwrap();
        found.first().is_some_and(|best| {
            best.class == truth.class && best.score > 0.4 && best.bbox.iou(truth.bbox) > 0.5
        })
    })
}

/// Trains until both squares are found, for at most `steps` steps.
fn learns_by_heart(architecture: &Architecture, rate: f64, steps: usize) {
    architecture.check().unwrap();
    let device = Device::flex().autodiff();
    let mut network = Ssd::new(architecture, &device);
    let mut optimizer = AdamConfig::new().init();
    let defaults = DefaultBoxes::new(architecture);
    let side = architecture.input[0];
    let (mut input, mut targets) = (Vec::new(), Vec::new());
    for index in 0..2 {
        let (picture, truth) = picture(index);
        input.extend(to_input(&picture, side, architecture.normalisation));
        targets.push(Targets::new(&[truth], &defaults, architecture.loss.thresholds));
    }
    let mut losses = Vec::new();
    for step in 1..=steps {
        let data = TensorData::new(input.clone(), [2, 3, side, side]);
        let output = network.forward(Tensor::from_data(data, &device));
        let loss = multibox_loss(output, &targets, &architecture.loss, 0);
        losses.push(loss.total.clone().into_scalar::<f32>());
        let gradients = GradientsParams::from_grads(loss.total.backward(), &network);
        network = optimizer.step(rate, network, gradients);
        if step % 20 == 0 && finds_both(&network, architecture) {
            return;
        }
    }
    panic!(
        "{} did not learn two pictures in {steps} steps; losses {:?}",
        architecture.name,
        losses.iter().step_by(20).collect::<Vec<_>>()
    );
}

fn mobile(name: &str) -> Architecture {
    let settings = PresetSettings {
        width: Some(0.35),
        input: Some(96),
        coco_scales: false,
    };
    Architecture::preset_with(name, &["red", "yellow"], &settings).unwrap()
}

#[test]
fn checkout_learns_two_pictures() {
    learns_by_heart(&mobile("checkout"), 2e-3, 400);
}

#[test]
fn the_cifar_detector_learns_two_pictures() {
    learns_by_heart(&mobile("mobilenetv2-ssd-cifar"), 2e-3, 400);
    learns_by_heart(&mobile("mobilenetv2-ssd-cifar-improved"), 2e-3, 400);
}

#[test]
fn ssd300_learns_two_pictures() {
    let architecture = Architecture::preset("ssd300-vgg16", &["red", "yellow"]).unwrap();
    // Caffe's inputs reach to 150, and without norms so do all maps: small steps go a long way.
    learns_by_heart(&architecture.narrowed(16), 2e-4, 500);
}

#[test]
fn ena24_learns_two_pictures() {
    let architecture = Architecture::preset("ena24", &["red", "yellow"]).unwrap();
    learns_by_heart(&architecture.narrowed(10), 1e-3, 400);
}

#[test]
fn folding_changes_nothing() {
    let ena24 = Architecture::published("ena24").unwrap().narrowed(20);
    for architecture in [mobile("checkout"), ena24] {
        let side = architecture.input[0];
        let network = Ssd::new(&architecture, &Device::flex()).valid();
        let input = || Tensor::<4>::full([1, 3, side, side], 0.5, &Device::flex());
        let want = network.forward(input()).offsets.into_data();
        let got = network.folded().forward(input()).offsets.into_data();
        got.assert_approx_eq::<f32>(&want, burn::tensor::Tolerance::absolute(1e-4));
    }
}

/// Pictures of every odd size go through the whole detector.
#[test]
fn pictures_smaller_than_anything_are_no_panic() {
    let architecture = mobile("checkout");
    let network = Ssd::new(&architecture, &Device::flex());
    let bundle = ModelBundle {
        name: "test".to_owned(),
        decode: architecture.decode,
        architecture,
        class_thresholds: BTreeMap::new(),
        dataset_version: String::new(),
        metrics: Vec::new(),
        weights: to_bytes(&network).unwrap(),
    };
    let detector = Detector::new(bundle, Engine::Cpu).unwrap();
    for (width, height) in [(1, 1), (1, 500), (700, 1), (3, 2), (0, 0)] {
        let picture = RgbImage::new(width, height);
        assert!(detector.detect(&picture).is_ok(), "{width} x {height}");
    }
}
