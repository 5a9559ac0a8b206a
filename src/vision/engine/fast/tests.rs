//! Whole networks on every instruction set and several threads against the slow reference; no allocations.

use super::*;
use crate::{
    frame::Rgb,
    vision::{
        Architecture,
        architecture::PresetSettings,
        engine::{raw, reference, testing},
        preprocess,
    },
};

fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let value = (x * 7 + y * 13 + x * y / 5) % 256;
        Rgb([value, 255 - value, (x + y) % 256].map(|v| u8::try_from(v).unwrap()))
    })
}

fn largest_difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

type Outputs = (Vec<f32>, Vec<f32>);

/// Runs the network on every instruction set with several threads, whose number must not change a bit of the
/// logits and offsets, and shows them to `judge` beside those of the slow reference, and who made them.
fn check_each(
    network: &Network,
    picture: &RgbImage,
    precision: Precision,
    judge: impl Fn(&Outputs, &Outputs, &str),
) {
    let input = preprocess::to_input(picture, network.side, network.normalisation);
    let want = reference::outputs(network, &input);
    for isa in Isa::available() {
        let mut first: Option<Outputs> = None;
        for threads in 1..=3 {
            let fast = FastNetwork::with_precision(network, isa, threads, precision).unwrap();
            // Twice, because the second frame finds what the first left in memory.
            fast.run(picture);
            let got = fast.raw_outputs(picture);
            judge(&got, &want, &format!("{} with {threads} threads", isa.name()));
            match &first {
                None => first = Some(got),
                Some(first) => assert!(*first == got, "the same whatever the number of threads"),
            }
        }
    }
}

/// Floats equal the slow reference.
fn check(network: &Network, picture: &RgbImage) {
    check_each(network, picture, Precision::Floats, |got, want, who| {
        let (l, o) = (
            largest_difference(&got.0, &want.0),
            largest_difference(&got.1, &want.1),
        );
        assert!(l < 1e-4 && o < 1e-4, "{who}: {l} and {o}");
    });
}

#[test]
fn small_networks_of_any_channels_equal_the_slow_reference() {
    for seed in 0..150 {
        let network = testing::small(seed);
        let side = u32::try_from(network.side).unwrap();
        let frame = picture(side, side);
        check(&network, &frame);
    }
}

/// Root of the mean squared difference, in parts of the wanted numbers' own.
fn relative_error(got: &[f32], want: &[f32]) -> f64 {
    let squares = |numbers: &mut dyn Iterator<Item = f32>| numbers.map(|n| f64::from(n).powi(2)).sum::<f64>();
    let off = squares(&mut got.iter().zip(want).map(|(a, b)| a - b));
    (off / squares(&mut want.iter().copied()).max(1e-9)).sqrt()
}

/// Bytes are near the slow reference in floats.
fn check_bytes(network: &Network, picture: &RgbImage, allowed: f64) {
    check_each(network, picture, Precision::Bytes, |got, want, who| {
        for (got, want) in [(&got.0, &want.0), (&got.1, &want.1)] {
            let error = relative_error(got, want);
            assert!(error < allowed, "{who}: {error}");
        }
    });
}

#[test]
fn bytes_stay_near_floats_on_small_networks_of_any_channels() {
    for seed in 0..60 {
        let network = testing::small(seed);
        let side = u32::try_from(network.side).unwrap();
        check_bytes(&network, &picture(side, side), 0.1);
    }
}

#[test]
fn bytes_stay_near_floats_on_a_whole_network() {
    let network = testing::mobilenet(0.35, 64, 4, 5, 7);
    let picture = picture(131, 57);
    check_bytes(&network, &picture, 0.25);
    let exact = FastNetwork::new(&network, Isa::best(), 1)
        .unwrap()
        .raw_outputs(&picture);
    let bytes = FastNetwork::with_precision(&network, Isa::best(), 1, Precision::Bytes).unwrap();
    assert_ne!(bytes.raw_outputs(&picture), exact, "bytes are in use");
}

#[test]
fn a_frame_allocates_nothing() {
    for precision in [Precision::Floats, Precision::Bytes] {
        check_allocations(precision);
    }
}

fn check_allocations(precision: Precision) {
    let network = testing::mobilenet(0.25, 64, 3, 5, 3);
    let fast = FastNetwork::with_precision(&network, Isa::best(), 1, precision).unwrap();
    let defaults = default_boxes(&network);
    assert_eq!(fast.boxes(), defaults.len());
    let settings = DecodeSettings {
        score_threshold: 0.3,
        ..DecodeSettings::LANE
    };
    let frame = picture(160, 90);
    let mut found = Vec::new();
    fast.detect(&frame, &defaults, 2, &settings, &mut found);
    assert!(!found.is_empty(), "random weights see something everywhere");
    let before = raw::allocations();
    for _ in 0..3 {
        fast.detect(&frame, &defaults, 2, &settings, &mut found);
    }
    assert_eq!(
        raw::allocations(),
        before,
        "the lists and tables are there already"
    );
}

#[test]
fn pictures_without_pixels_or_of_one_are_no_panic() {
    let network = testing::mobilenet(0.25, 64, 3, 5, 3);
    let fast = FastNetwork::new(&network, Isa::best(), 2).unwrap();
    for (width, height) in [(0, 0), (0, 7), (7, 0), (1, 1), (3, 500)] {
        let (logits, offsets) = fast.raw_outputs(&picture(width, height));
        assert!(logits.iter().chain(&offsets).all(|value| value.is_finite()));
    }
}

/// The boxes of the preset with five boxes a cell, at the network's size.
fn default_boxes(network: &Network) -> DefaultBoxes {
    let settings = PresetSettings {
        input: Some(network.side),
        ..PresetSettings::default()
    };
    DefaultBoxes::new(&Architecture::preset_with("checkout", &["apple", "milk"], &settings).unwrap())
}

#[test]
fn odd_sizes_and_widths_equal_the_slow_reference() {
    for (width, side, outputs, per_cell, size) in [
        (0.25, 75, 2, 1, (75, 75)),
        (0.35, 64, 4, 5, (131, 57)),
        (0.1, 97, 3, 6, (40, 33)),
    ] {
        let network = testing::mobilenet(width, side, outputs, per_cell, 7);
        check(&network, &picture(size.0, size.1));
    }
}
