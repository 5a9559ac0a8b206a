//! Losses worked by hand.

use burn::tensor::Device;

use super::*;
use crate::vision::Architecture;

fn scalar(tensor: Tensor<1>) -> f32 {
    tensor.into_scalar::<f32>()
}

#[test]
fn smooth_l1_by_hand() {
    let device = Device::flex();
    let values = smooth_l1(Tensor::from_data([[0.5, -0.5, 2.0, -3.0]], &device));
    let got: Vec<f32> = values.into_data().try_to_vec().unwrap();
    for (got, want) in got.iter().zip([0.125, 0.125, 1.5, 2.5]) {
        assert!((got - want).abs() < 1e-6, "{got} is not {want}");
    }
}

#[test]
fn two_boxes_by_hand() {
    let device = Device::flex();
    // Box 0 is an apple with logits (0, ln 3): probability 3/4. Box 1 is background with (ln 4, 0): 4/5.
    let logits = Tensor::from_data([[[0.0, 3.0f32.ln()], [4.0f32.ln(), 0.0]]], &device);
    let offsets = Tensor::from_data([[[0.5f32, 0.0, 0.0, 2.0], [9.0, 9.0, 9.0, 9.0]]], &device);
    let targets = Targets {
        classes: vec![1, 0],
        offsets: vec![0.0; 8],
    };
    let loss = multibox_loss(
        SsdOutput { logits, offsets },
        &[targets],
        &LossSettings::default(),
        0,
    );
    assert_eq!(loss.positives, 1);
    assert!((scalar(loss.classification) - (-(0.75f32.ln()) - 0.8f32.ln())).abs() < 1e-5);
    // 0.5 * 0.5^2 + (2 - 0.5); the background's offsets do not count.
    assert!((scalar(loss.localisation) - 1.625).abs() < 1e-5);
    assert!((scalar(loss.total) - (0.510_825_6 + 1.625)).abs() < 1e-4);
}

#[test]
fn background_may_be_a_distractor_and_a_distractor_may_not_be_background() {
    let device = Device::flex();
    // Background, apple, orange with probabilities 1/8, 2/8, 5/8 in both boxes; box 0 is an orange.
    let row = [0.0, 2.0f32.ln(), 5.0f32.ln()];
    let logits = Tensor::from_data([[row, row]], &device);
    let targets = Targets {
        classes: vec![2, 0],
        offsets: vec![0.0; 8],
    };
    let offsets = Tensor::zeros([1, 2, 4], &device);
    let output = SsdOutput { logits, offsets };
    let loss = multibox_loss(output, &[targets], &LossSettings::default(), 1);
    let wanted = -(5.0f32 / 8.0).ln() - (6.0f32 / 8.0).ln();
    assert!((scalar(loss.classification) - wanted).abs() < 1e-5);
}

#[test]
fn the_hardest_negatives_are_kept_and_neutral_rows_never() {
    // One positive, so one negative: row 2 has the lowest probability of background.
    let selected = select_rows(&[1, 0, 0, -1], &[-9.0, -0.1, -3.0, -8.0], 1);
    assert_eq!(selected, [1.0, 0.0, 1.0, 0.0]);
    // Without positives the minimum still teaches background.
    assert_eq!(select_rows(&[0, 0, 0], &[-1.0, -2.0, -3.0], 2), [0.0, 1.0, 1.0]);
}

/// A positive with probability 3/4, a background box with 4/5, and a neutral one.
fn three_boxes(settings: &LossSettings) -> MultiboxLoss {
    let device = Device::flex();
    let logits = Tensor::from_data([[[0.0, 3.0f32.ln()], [4.0f32.ln(), 0.0], [0.0, 9.0]]], &device);
    let offsets = Tensor::from_data([[[0.5f32, 0.0, 0.0, -2.0], [9.0; 4], [9.0; 4]]], &device);
    let targets = Targets {
        classes: vec![1, 0, -1],
        offsets: vec![0.0; 12],
    };
    multibox_loss(SsdOutput { logits, offsets }, &[targets], settings, 0)
}

#[test]
fn weighted_classes_and_each_loss_of_offsets_by_hand() {
    for (localisation, want) in [
        (BoxLoss::SmoothL1, 0.125 + 1.5),
        (BoxLoss::L2, 0.125 + 2.0),
        (BoxLoss::L1, 2.5),
    ] {
        let loss = three_boxes(&LossSettings {
            classification: ClassLoss::Weighted { foreground: 900.0 },
            localisation,
            alpha: 2.0,
            ..LossSettings::default()
        });
        // Two boxes count: (900 * -ln 0.75 - ln 0.8) / 2.
        let classes = (900.0 * -(0.75f32.ln()) - 0.8f32.ln()) / 2.0;
        assert!((scalar(loss.classification) - classes).abs() < 1e-3);
        assert!((scalar(loss.localisation) - want).abs() < 1e-5);
        assert!((scalar(loss.total) - (classes + 2.0 * want)).abs() < 1e-3);
    }
}

#[test]
fn a_batch_without_positives_teaches_background_or_nothing() {
    let loss = |classification| {
        let device = Device::flex();
        let targets = Targets {
            classes: vec![0, 0],
            offsets: vec![0.0; 8],
        };
        let output = SsdOutput {
            logits: Tensor::zeros([1, 2, 2], &device),
            offsets: Tensor::zeros([1, 2, 4], &device) + 5.0,
        };
        let settings = LossSettings {
            classification,
            ..LossSettings::default()
        };
        scalar(multibox_loss(output, &[targets], &settings, 0).total)
    };
    let hard = |min_negatives| ClassLoss::HardNegatives {
        neg_pos_ratio: 3,
        min_negatives,
    };
    assert!(loss(hard(0)).abs() < 1e-7);
    assert!((loss(hard(1)) - 2.0f32.ln()).abs() < 1e-6);
    assert!((loss(ClassLoss::Weighted { foreground: 9.0 }) - 2.0f32.ln()).abs() < 1e-6);
}

#[test]
fn targets_encode_the_match() {
    let defaults = DefaultBoxes::new(&Architecture::checkout_dense(&["apple", "milk"]));
    let index = 6299;
    let truth = Truth {
        class: ClassId(2),
        bbox: defaults.corners()[index],
        difficult: false,
    };
    let targets = Targets::new(&[truth], &defaults, MatchThresholds::default());
    assert_eq!(targets.classes[index], 2);
    assert!(targets.offsets[index * 4..].iter().all(|o| o.abs() < 1e-5));
    let hidden = Truth {
        difficult: true,
        ..truth
    };
    let targets = Targets::new(&[hidden], &defaults, MatchThresholds::default());
    assert_eq!(targets.classes[index], -1);
    assert!(targets.classes.iter().all(|&class| class <= 0));
}
