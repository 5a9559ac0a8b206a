//! Small real runs of the whole trainer: it learns, it resumes exactly, it can be cancelled, it guards.

use std::sync::{Arc, LazyLock};

use burn::{module::Module as _, tensor::Device};

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
    let values = |network: &Ssd, blocks| {
        network
            .valid()
            .stem_features(input(), blocks)
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
fn a_learning_rate_that_explodes_stops_with_the_step_and_keeps_the_checkpoint() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = TrainSettings {
        epochs: 3,
        pictures_per_epoch: 4,
        ..settings()
    };
    let mut trainer = Trainer::new(folder.path(), start(), settings.clone(), data()).unwrap();
    trainer.run(|_| Control::Cancel).unwrap();
    assert!(run_exists(folder.path()));
    // Beyond what `check` allows, to get there quickly.
    settings.rate = f64::INFINITY;
    trainer.state.settings = settings;
    let error = trainer.run(|_| Control::Continue).unwrap_err();
    assert!(matches!(error, TrainError::NonFinite { .. }), "{error}");
    let words = error.to_string();
    assert!(
        words.contains("step 2: the update made the weights backbone.stem"),
        "{words}"
    );
    assert!(
        words.contains("pictures 4 to 5 of the stream of seed 1"),
        "{words}"
    );
    assert!(
        Trainer::resume(folder.path(), data()).is_ok(),
        "the checkpoint is still good"
    );
}

#[test]
fn a_damaged_checkpoint_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    assert!(
        Trainer::resume(folder.path(), data())
            .err()
            .unwrap()
            .to_string()
            .contains("there is none")
    );
    let mut trainer = Trainer::new(folder.path(), start(), settings(), data()).unwrap();
    trainer.run(|_| Control::Cancel).unwrap();
    std::fs::write(folder.path().join("checkpoint/weights.bpk"), b"no").unwrap();
    let error = Trainer::resume(folder.path(), data()).err().unwrap();
    assert!(error.to_string().contains("weights.bpk"), "{error}");
}

#[test]
fn a_broken_weight_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut start = start();
    start.network = start.network.map(&mut Poison { path: Vec::new() });
    let mut trainer = Trainer::new(folder.path(), start, settings(), data()).unwrap();
    let words = trainer.run(|_| Control::Continue).unwrap_err().to_string();
    assert!(words.contains("because the weights class_heads.0"), "{words}");
    assert!(words.contains("the classification loss is NaN"), "{words}");
}

/// Puts a value that is no number into the first class head.
struct Poison {
    path: Vec<String>,
}

impl burn::module::ModuleMapper for Poison {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(
        &mut self,
        param: burn::module::Param<Tensor<D>>,
    ) -> burn::module::Param<Tensor<D>> {
        let path = self.path.join(".");
        if path.starts_with("class_heads.0") && path.ends_with("predict.weight") {
            return param.map(|t| Tensor::from_inner(t.inner() * f32::NAN).require_grad());
        }
        param
    }
}

/// The stream with every second picture empty; one of the empty ones looks like a product.
fn stream_with_negatives() -> TrainData {
    let negative = |colour: u8| LabelledPicture {
        picture: RgbImage::from_pixel(64, 64, Rgb([colour; 3])),
        boxes: Vec::new(),
    };
    let lookalike = LabelledPicture {
        boxes: Vec::new(),
        ..picture(0)
    };
    let pool = vec![negative(0), lookalike, negative(255)];
    TrainData {
        sample: Arc::new(move |index| {
            if index % 3 == 2 {
                Ok(negative(90))
            } else {
                Ok(picture(index))
            }
        }),
        validation: vec![Validation {
            name: "empty".to_owned(),
            dataset: Box::new(MemoryDataset::new(pool.clone())),
            kind: ValidationKind::Negatives,
        }],
        negatives: Some(NegativePool {
            dataset: Arc::new(MemoryDataset::new(pool)),
            augment: None,
        }),
    }
}

fn rounds() -> TrainSettings {
    TrainSettings {
        epochs: 3,
        pictures_per_epoch: 24,
        hard_negatives: Some(HardNegativeSettings {
            every: 1,
            share: 0.5,
            // Everything that is found at all, so that a few steps of training are enough.
            score: 0.02,
            candidates: 9,
        }),
        ..settings()
    }
}

#[test]
fn hard_negatives_are_found_shown_and_survive_a_stop() {
    let whole = tempfile::tempdir().unwrap();
    let mut trainer = Trainer::new(whole.path(), start(), rounds(), stream_with_negatives()).unwrap();
    let (mut reports, mut hard, mut shares) = (Vec::new(), 0, Vec::new());
    trainer
        .run(|progress| {
            reports.extend(progress.round);
            hard += progress.content.hard;
            shares.extend(progress.measured.as_ref().and_then(Measured::false_alarm_share));
            Control::Continue
        })
        .unwrap();
    assert_eq!(reports.len(), 2, "after each epoch but the last");
    assert_eq!(shares.len(), 3);
    assert!(
        reports
            .iter()
            .all(|r| r.photos == 3 && r.scenes > 0 && r.photo_alarms <= 3),
        "{reports:?}"
    );
    let alarms: usize = reports.iter().map(|r| r.photo_alarms + r.scene_alarms).sum();
    assert!(alarms > 0 && hard > 0, "{reports:?}, {hard} shown again");

    let parts = tempfile::tempdir().unwrap();
    let mut first = Trainer::new(parts.path(), start(), rounds(), stream_with_negatives()).unwrap();
    let cancel_after_first_epoch = |p: &Progress| {
        if p.measured.is_some() {
            Control::Cancel
        } else {
            Control::Continue
        }
    };
    assert_eq!(first.run(cancel_after_first_epoch).unwrap(), Outcome::Cancelled);
    let mut second = Trainer::resume(parts.path(), stream_with_negatives()).unwrap();
    assert_eq!(second.state().hard_negatives, first.state().hard_negatives);
    assert!(!second.state().hard_negatives.is_empty());
    second.run(|_| Control::Continue).unwrap();
    assert_eq!(second.state().hard_negatives, trainer.state().hard_negatives);
}

#[test]
fn two_runs_of_one_seed_are_equal_to_the_bit() {
    let run = || {
        let folder = tempfile::tempdir().unwrap();
        let mut trainer = Trainer::new(folder.path(), start(), rounds(), stream_with_negatives()).unwrap();
        trainer.run(|_| Control::Continue).unwrap();
        let bytes = weights::to_bytes(&trainer.network.valid()).unwrap();
        let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let named = |(name, view): (&str, safetensors::tensor::TensorView<'_>)| {
            (name.to_owned(), view.data().to_vec())
        };
        tensors.iter().map(named).collect::<BTreeMap<_, _>>()
    };
    let (one, other) = (run(), run());
    let different: Vec<&String> = one
        .keys()
        .filter(|name| one.get(*name) != other.get(*name))
        .collect();
    assert!(
        different.is_empty() && !one.is_empty(),
        "not the same byte for byte: {different:?}"
    );
}

#[test]
fn a_stream_without_any_object_is_learned_without_nonsense() {
    let folder = tempfile::tempdir().unwrap();
    let empty = TrainData {
        sample: Arc::new(|index| {
            Ok(LabelledPicture {
                boxes: Vec::new(),
                ..picture(index)
            })
        }),
        ..data()
    };
    let mut trainer = Trainer::new(folder.path(), start(), settings(), empty).unwrap();
    let mut losses = Vec::new();
    trainer
        .run(|progress| {
            losses.push((progress.classification, progress.localisation, progress.content));
            Control::Continue
        })
        .unwrap();
    let (classification, localisation, content) = losses[0];
    assert!(classification.is_finite() && localisation.abs() < 1e-12);
    assert_eq!((content.objects, content.empty, content.pictures), (0, 8, 8));
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
fn a_full_disk_keeps_the_checkpoint_before() {
    let folder = tempfile::tempdir().unwrap();
    let mut trainer = Trainer::new(folder.path(), start(), settings(), data()).unwrap();
    trainer.run(|_| Control::Cancel).unwrap();
    let step = trainer.state().step;
    trainer.state.step = 99;
    let parts = checkpoint::Parts {
        state: &trainer.state,
        network: &trainer.network,
        average: &trainer.average,
        optimizer: &trainer.optimizer,
    };
    let full = |path: &Path, bytes: &[u8]| {
        if path.ends_with("average.safetensors") {
            return Err(std::io::Error::from(std::io::ErrorKind::StorageFull));
        }
        checkpoint::write_file(path, bytes)
    };
    let error = checkpoint::save(folder.path(), &parts, &full)
        .unwrap_err()
        .to_string();
    assert!(error.contains("cannot be written: no storage space"), "{error}");
    assert!(error.contains("the checkpoint before it is kept"), "{error}");
    assert!(
        !folder.path().join("checkpoint.part").exists(),
        "what was half written is gone"
    );
    assert_eq!(Trainer::resume(folder.path(), data()).unwrap().state().step, step);
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
        let map = network
            .valid()
            .stem_features(Tensor::from_data(input, &Device::flex()), 2);
        map.into_data().try_to_vec::<f32>().unwrap()
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
