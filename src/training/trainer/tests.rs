//! Small real runs of the whole trainer: it learns, it resumes exactly, it can be cancelled, it guards.

use std::sync::{Arc, LazyLock};

use burn::tensor::Device;

use super::*;
use crate::{
    frame::{Rgb, RgbImage},
    geom::{ClassId, CornerBox},
    training::dataset::{LabelledBox, LabelledPicture, MemoryDataset},
    vision::weights::Naming,
};

/// Two pictures: a red square upper left, a yellow one lower right, on grey.
fn picture(index: u64) -> LabelledPicture {
    let (class, bbox, colour) = if index.is_multiple_of(2) {
        (ClassId(1), CornerBox::new(0.1, 0.1, 0.5, 0.5), Rgb([220, 30, 30]))
    } else {
        (
            ClassId(2),
            CornerBox::new(0.45, 0.5, 0.95, 0.9),
            Rgb([240, 220, 40]),
        )
    };
    let area = bbox.to_pixels(64, 64);
    let picture = RgbImage::from_fn(64, 64, |x, y| {
        let (x, y) = (x as f32, y as f32);
        let inside = x >= area.x0 && x < area.x1 && y >= area.y0 && y < area.y1;
        if inside { colour } else { Rgb([128; 3]) }
    });
    LabelledPicture {
        picture,
        boxes: vec![LabelledBox {
            class,
            bbox,
            difficult: false,
        }],
    }
}

fn sample() -> SampleFn {
    Arc::new(|index| Ok(picture(index)))
}

fn settings() -> TrainSettings {
    TrainSettings {
        epochs: 1,
        pictures_per_epoch: 8,
        batch: 2,
        rate: 1e-3,
        warmup_steps: 1,
        frozen_blocks: None,
        norms: NormMode::BatchStatistics,
        ema_decay: 0.5,
        ..TrainSettings::default()
    }
}

/// Random weights, but the same for every run: burn's generator is shared by all tests of the process.
static FIRST_WEIGHTS: LazyLock<Vec<u8>> =
    LazyLock::new(|| weights::to_bytes(&Ssd::new(&architecture(), &Device::flex())).unwrap());

fn architecture() -> Architecture {
    Architecture::checkout_dense(&["red", "yellow"])
}

fn start() -> Start {
    let mut network = Ssd::new(&architecture(), &Device::flex().autodiff());
    weights::load_bytes(&mut network, FIRST_WEIGHTS.clone(), Naming::Native, "test").unwrap();
    Start {
        network,
        architecture: architecture(),
        description: "random".to_owned(),
    }
}

fn validation() -> Vec<Validation> {
    let dataset = Box::new(MemoryDataset::new((0..2).map(picture).collect()));
    vec![Validation {
        name: "the same two".to_owned(),
        dataset,
    }]
}

#[test]
fn two_pictures_are_learned_by_heart_and_found_again() {
    let folder = tempfile::tempdir().unwrap();
    let settings = TrainSettings {
        epochs: 2,
        pictures_per_epoch: 160,
        ema_decay: 0.8,
        ..settings()
    };
    let mut trainer = Trainer::new(folder.path(), start(), settings, sample(), validation()).unwrap();
    let mut losses = Vec::new();
    let mut measured = Vec::new();
    let outcome = trainer
        .run(|progress| {
            losses.push(progress.classification + progress.localisation);
            measured.extend(progress.measured.clone());
            Control::Continue
        })
        .unwrap();
    assert_eq!(outcome, Outcome::Finished);
    let (first, last) = (losses[0], losses[losses.len() - 1]);
    assert!(last < first / 2.0, "the loss went from {first} to {last}");
    assert_eq!(measured.len(), 2, "measured after each epoch");
    // The best model, read back from its bundle, finds both.
    let bundle = ModelBundle::load(&folder.path().join("best")).unwrap();
    let detector = Detector::new(bundle, Engine::Cpu).unwrap();
    for index in 0..2 {
        let wanted = picture(index);
        let found = detector
            .detect_with(&wanted.picture, &DecodeSettings::EVALUATION)
            .unwrap();
        let best = found.first().expect("something is found");
        assert_eq!(best.class, wanted.boxes[0].class);
        assert!(best.bbox.iou(wanted.boxes[0].bbox) > 0.5, "{best:?}");
    }
}

#[test]
fn a_cancelled_run_goes_on_exactly_where_it_stopped() {
    let settings = TrainSettings {
        epochs: 2,
        pictures_per_epoch: 40,
        ema_decay: 0.9,
        ..settings()
    };
    let whole = tempfile::tempdir().unwrap();
    let mut trainer = Trainer::new(whole.path(), start(), settings.clone(), sample(), Vec::new()).unwrap();
    trainer.run(|_| Control::Continue).unwrap();

    let parts = tempfile::tempdir().unwrap();
    let mut trainer = Trainer::new(parts.path(), start(), settings, sample(), Vec::new()).unwrap();
    assert_eq!(trainer.run(|_| Control::Cancel).unwrap(), Outcome::Cancelled);
    assert_eq!(trainer.state().step, 10, "cancelled at the first report");
    drop(trainer);
    let mut resumed = Trainer::resume(parts.path(), sample(), Vec::new()).unwrap();
    assert_eq!(resumed.state().step, 10);
    assert_eq!(resumed.run(|_| Control::Continue).unwrap(), Outcome::Finished);

    let outputs = |folder: &Path| {
        let bundle = ModelBundle::load(&folder.join("best")).unwrap();
        Detector::new(bundle, Engine::Cpu)
            .unwrap()
            .raw_outputs(&picture(0).picture)
            .unwrap()
            .0
    };
    let (one, other) = (outputs(whole.path()), outputs(parts.path()));
    let difference = one
        .iter()
        .zip(&other)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0f32, f32::max);
    assert!(difference < 1e-3, "logits differ by up to {difference}");
}

#[test]
fn frozen_blocks_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let settings = TrainSettings {
        frozen_blocks: Some(3),
        norms: NormMode::Frozen,
        ..settings()
    };
    let start = start();
    let input = || {
        let data = TensorData::new(
            crate::vision::preprocess::to_input(
                &picture(0).picture,
                224,
                crate::vision::preprocess::Normalisation::SignedUnit,
            ),
            [1, 3, 224, 224],
        );
        Tensor::<4>::from_data(data, &Device::flex())
    };
    let values = |network: &Ssd, blocks| {
        network
            .valid()
            .stem_features(input(), blocks)
            .into_data()
            .try_to_vec::<f32>()
            .unwrap()
    };
    let (frozen, trained) = (values(&start.network, 3), values(&start.network, 5));
    let mut trainer = Trainer::new(folder.path(), start, settings, sample(), Vec::new()).unwrap();
    trainer.run(|_| Control::Continue).unwrap();
    assert_eq!(values(&trainer.network, 3), frozen);
    assert_ne!(values(&trainer.network, 5), trained);
}

#[test]
fn a_learning_rate_that_explodes_stops_with_the_step_and_keeps_the_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = TrainSettings {
        epochs: 3,
        pictures_per_epoch: 4,
        ..settings()
    };
    let mut trainer = Trainer::new(folder.path(), start(), settings.clone(), sample(), Vec::new()).unwrap();
    trainer.run(|_| Control::Cancel).unwrap();
    assert!(run_exists(folder.path()));
    // Beyond what `check` allows, to get there quickly.
    settings.rate = f64::INFINITY;
    trainer.state.settings = settings;
    let error = trainer.run(|_| Control::Continue).unwrap_err();
    assert!(matches!(error, TrainError::NonFinite { .. }), "{error}");
    assert!(
        Trainer::resume(folder.path(), sample(), Vec::new()).is_ok(),
        "the checkpoint is still good"
    );
}

#[test]
fn a_damaged_checkpoint_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    assert!(
        Trainer::resume(folder.path(), sample(), Vec::new())
            .err()
            .unwrap()
            .to_string()
            .contains("there is none")
    );
    let mut trainer = Trainer::new(folder.path(), start(), settings(), sample(), Vec::new()).unwrap();
    trainer.run(|_| Control::Cancel).unwrap();
    std::fs::write(folder.path().join("checkpoint/weights.bpk"), b"no").unwrap();
    let error = Trainer::resume(folder.path(), sample(), Vec::new())
        .err()
        .unwrap();
    assert!(error.to_string().contains("weights.bpk"), "{error}");
}
