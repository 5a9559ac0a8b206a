//! Small real runs of the whole trainer: it learns, it resumes exactly, it can be cancelled, it guards.

mod faults;
mod negatives;

use std::sync::{Arc, LazyLock};

use burn::{
    module::Module as _,
    tensor::{Device, Tensor, TensorData},
};

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
        frozen: Frozen::Nothing,
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
        kind: ValidationKind::Labelled,
    }]
}

/// Only the two pictures, nothing to be judged by.
fn data() -> TrainData {
    TrainData {
        sample: sample(),
        validation: Vec::new(),
        negatives: None,
    }
}

#[test]
fn a_run_that_was_moved_to_a_device_goes_on_as_if_nothing_had_been() {
    let run = |moved: bool| {
        let folder = tempfile::tempdir().unwrap();
        let mut trainer = Trainer::new(folder.path(), start(), settings(), data()).unwrap();
        if moved {
            trainer = trainer.on(Engine::Cpu).unwrap();
        }
        let mut losses = Vec::new();
        trainer
            .run(|progress| {
                losses.push((progress.classification, progress.localisation));
                Control::Continue
            })
            .unwrap();
        (losses, weights::to_bytes(&trainer.network).unwrap())
    };
    assert!(run(false) == run(true), "the same losses and weights");
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
    let mut trainer = Trainer::new(
        folder.path(),
        start(),
        settings,
        TrainData {
            validation: validation(),
            ..data()
        },
    )
    .unwrap();
    let mut losses = Vec::new();
    let mut measured = Vec::new();
    let outcome = trainer
        .run(|progress| {
            losses.push(progress.classification + progress.localisation);
            measured.extend(progress.measured.clone());
            assert!(progress.waiting >= 0.0 && progress.updating > 0.0, "{progress:?}");
            Control::Continue
        })
        .unwrap();
    assert_eq!(outcome, Outcome::Finished);
    let (first, last) = (losses[0], losses[losses.len() - 1]);
    assert!(last < first / 2.0, "the loss went from {first} to {last}");
    assert_eq!(measured.len(), 2, "measured after each epoch");
    let best = measured.iter().rfind(|m| m.is_best).unwrap();
    assert_eq!(best.score, trainer.state().best_score);
    assert_eq!(best.score, Some(best.sets[0].ap50), "no negatives to judge by");
    // The best model, read back from its bundle, finds both.
    let bundle = ModelBundle::load(&folder.path().join("best")).unwrap();
    let detector = Detector::new(bundle, Engine::Cpu).unwrap();
    for index in 0..2 {
        let wanted = picture(index);
        let found = detector
            .detect_with(&wanted.picture, &architecture().decode)
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
    let mut trainer = Trainer::new(whole.path(), start(), settings.clone(), data()).unwrap();
    trainer.run(|_| Control::Continue).unwrap();

    let parts = tempfile::tempdir().unwrap();
    let mut trainer = Trainer::new(parts.path(), start(), settings, data()).unwrap();
    assert_eq!(trainer.run(|_| Control::Cancel).unwrap(), Outcome::Cancelled);
    assert_eq!(trainer.state().step, 10, "cancelled at the first report");
    drop(trainer);
    let mut resumed = Trainer::resume(parts.path(), data()).unwrap();
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

/// Every tensor whose values differ, with the largest difference.
fn different(one: &[u8], other: &[u8]) -> Vec<(String, f32)> {
    let read = |bytes: &[u8]| weights::Dictionary::from_safetensors(bytes, "test").unwrap();
    let other = read(other);
    read(one)
        .iter()
        .map(|(name, tensor)| {
            let pairs = tensor.values.iter().zip(&other.get(name).unwrap().values);
            (
                name.to_owned(),
                pairs.map(|(a, b)| (a - b).abs()).fold(0.0f32, f32::max),
            )
        })
        .filter(|(_, difference)| *difference > 0.0)
        .collect()
}

#[test]
fn a_run_that_goes_on_averages_what_it_averaged_before() {
    let settings = TrainSettings {
        epochs: 2,
        pictures_per_epoch: 60,
        ema_decay: 0.998,
        ..settings()
    };
    let folder = tempfile::tempdir().unwrap();
    let mut trainer = Trainer::new(folder.path(), start(), settings, data()).unwrap();
    assert_eq!(trainer.run(|_| Control::Cancel).unwrap(), Outcome::Cancelled);
    let mut resumed = Trainer::resume(folder.path(), data()).unwrap();
    let both = |trainer: &Trainer| {
        [
            weights::to_bytes(&trainer.network.valid()).unwrap(),
            weights::to_bytes(&trainer.average.apply(&trainer.network)).unwrap(),
        ]
    };
    let compare = |one: &Trainer, other: &Trainer, when: &str| {
        for (one, other) in both(one).iter().zip(&both(other)) {
            let different = different(one, other);
            assert!(different.is_empty(), "{when}: {different:?}");
        }
    };
    compare(&trainer, &resumed, "at once");
    trainer.run(|_| Control::Cancel).unwrap();
    resumed.run(|_| Control::Cancel).unwrap();
    assert_eq!((trainer.state().step, resumed.state().step), (20, 20));
    compare(&trainer, &resumed, "ten steps later");
}

#[test]
fn frozen_blocks_stay_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let settings = TrainSettings {
        frozen: Frozen::Blocks(3),
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
    let values = |network: &Ssd, blocks: usize| {
        network.valid().layer_outputs(&input())[blocks]
            .clone()
            .into_data()
            .try_to_vec::<f32>()
            .unwrap()
    };
    let (frozen, trained) = (values(&start.network, 3), values(&start.network, 5));
    let mut trainer = Trainer::new(folder.path(), start, settings, data()).unwrap();
    trainer.run(|_| Control::Continue).unwrap();
    assert_eq!(values(&trainer.network, 3), frozen);
    assert_ne!(values(&trainer.network, 5), trained);
}

#[test]
fn the_stop_flag_ends_the_run_after_the_step_at_hand() {
    let folder = tempfile::tempdir().unwrap();
    let mut trainer = Trainer::new(folder.path(), start(), settings(), data()).unwrap();
    trainer.stop_flag().store(true, Ordering::Relaxed);
    assert_eq!(trainer.run(|_| Control::Continue).unwrap(), Outcome::Cancelled);
    assert_eq!(trainer.state().step, 1);
    assert_eq!(Trainer::resume(folder.path(), data()).unwrap().state().step, 1);
}

#[test]
fn phases_freeze_and_free_the_backbone() {
    let folder = tempfile::tempdir().unwrap();
    let settings = TrainSettings {
        phases: vec![
            "epochs=1,frozen=backbone,norms=frozen".parse().unwrap(),
            "epochs=1,frozen=none,norms=frozen".parse().unwrap(),
        ],
        pictures_per_epoch: 4,
        ..settings()
    };
    let backbone = |network: &Ssd| {
        let input = TensorData::new(
            crate::vision::preprocess::to_input(&picture(0).picture, 224, architecture().normalisation),
            [1, 3, 224, 224],
        );
        let maps = network
            .valid()
            .layer_outputs(&Tensor::from_data(input, &Device::flex()));
        maps[2].clone().into_data().try_to_vec::<f32>().unwrap()
    };
    let start = start();
    let before = backbone(&start.network);
    let mut trainer = Trainer::new(folder.path(), start, settings, data()).unwrap();
    let cancel = |p: &Progress| {
        if p.measured.is_some() {
            Control::Cancel
        } else {
            Control::Continue
        }
    };
    trainer.run(cancel).unwrap();
    assert_eq!(backbone(&trainer.network), before, "frozen in the first phase");
    trainer.run(cancel).unwrap();
    assert_ne!(backbone(&trainer.network), before, "learned in the second");
}
