//! The whole of a small run, on a network that is as thin as can be.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use burn::tensor::Device;

use super::*;
use crate::{
    frame::{Rgb, RgbImage, Rgba, RgbaImage, picture},
    geom::{ClassId, CornerBox},
    training::{
        dataset::{Dice, LabelledBox, LabelledPicture},
        trainer::SampleFn,
    },
    vision::{
        Architecture, ModelBundle, Ssd,
        decode::DecodeSettings,
        weights::{Dictionary, Naming, load_bytes, to_bytes},
    },
};

/// A model of random weights that knows apples.
fn live(folder: &Path) {
    let architecture = Architecture::checkout(&["apple"]).narrowed(16);
    let network = Ssd::new(&architecture, &Device::flex());
    let bundle = ModelBundle {
        name: "live".to_owned(),
        architecture,
        decode: DecodeSettings::LANE,
        class_thresholds: BTreeMap::from([("apple".to_owned(), 0.5)]),
        dataset_version: String::new(),
        metrics: Vec::new(),
        weights: to_bytes(&network).unwrap(),
    };
    bundle.save(folder).unwrap();
}

/// A green box with a stripe, as a cut-out and on photos of a grey tray.
fn job(folder: &Path) -> TeachJob {
    live(&folder.join("live"));
    let mut job = TeachJob {
        name: "taught".to_owned(),
        live: folder.join("live"),
        photos: Vec::new(),
        cutouts: Vec::new(),
        tray: Vec::new(),
        data_set: Some(4),
        prices_minor: BTreeMap::new(),
        settings: TeachSettings {
            scenes: 6,
            views_of_a_photo: 1,
            trays: 0,
            held_out: 2,
            rounds: 3,
            whole_heads: 2,
            batch: 4,
            ..TeachSettings::default()
        },
    };
    let mut dice = Dice::new(1, 1);
    for number in 0..10 {
        let (x0, y0) = (dice.below(40), dice.below(40));
        let (width, height) = (30 + dice.below(20), 20 + dice.below(15));
        let inside = |x: usize, y: usize| (x0..x0 + width).contains(&x) && (y0..y0 + height).contains(&y);
        let pixels = RgbImage::from_fn(96, 96, |x, y| {
            let (x, y) = (x as usize, y as usize);
            Rgb(if inside(x, y) {
                [20, 160, if x % 8 < 3 { 200 } else { 40 }]
            } else {
                [120, 118, 115]
            })
        });
        let file = folder.join(format!("{number}.png"));
        picture::write(&pixels, &file).unwrap();
        let share = |value: usize| value as f32 / 96.0;
        job.photos.push(TeachPhoto {
            id: number,
            file,
            split: if number < 8 {
                TeachSplit::Train
            } else {
                TeachSplit::Val
            },
            boxes: vec![TeachBox {
                class: "tea".to_owned(),
                bbox: [share(x0), share(y0), share(x0 + width), share(y0 + height)],
                difficult: false,
            }],
        });
    }
    let cutout = RgbaImage::from_fn(48, 32, |x, _| {
        Rgba([20, 160, if x % 8 < 3 { 200 } else { 40 }, 255])
    });
    let file = folder.join("cutout.png");
    cutout.save(&file).unwrap();
    job.cutouts.push(TeachCutout {
        file,
        class: "tea".to_owned(),
    });
    job
}

fn run(folder: &Path, job: &TeachJob, wish: &mut dyn FnMut(&TeachProgress) -> Wish) -> Taught {
    Teacher::open(folder, job.clone()).unwrap().run(wish).unwrap()
}

#[test]
fn a_run_that_rested_makes_the_same_model_as_one_that_did_not() {
    let place = tempfile::tempdir().unwrap();
    let job = job(place.path());
    let (whole, parts) = (place.path().join("whole"), place.path().join("parts"));
    let mut stages = Vec::new();
    let taught = run(&whole, &job, &mut |progress| {
        stages.push(progress.stage);
        Wish::GoOn
    });
    assert_eq!(taught, Taught::Candidate(candidate_folder(&whole)));
    assert_eq!(stages.last(), Some(&Stage::Finished));
    let candidate = ModelBundle::load(&candidate_folder(&whole)).unwrap();
    assert_eq!(candidate.architecture.classes, ["apple", "tea"]);
    assert_eq!(candidate.name, "taught");
    assert!(candidate.dataset_version.contains("data set 4"));
    assert!((candidate.threshold_of("tea") - 0.5).abs() < 1e-6);
    assert!((candidate.threshold_of("apple") - 0.5).abs() < 1e-6);
    assert!(!whole.join("features").exists(), "what is large is removed");
    // Once while it looks at the pictures, and once while it learns.
    let taught = run(&parts, &job, &mut |progress| {
        if progress.done > 7 {
            Wish::Pause
        } else {
            Wish::GoOn
        }
    });
    assert_eq!(taught, Taught::Paused);
    let mut learned = 0;
    let taught = run(&parts, &job, &mut |progress| {
        learned += u64::from(progress.stage == Stage::Learning);
        if learned > 0 { Wish::Pause } else { Wish::GoOn }
    });
    assert_eq!(taught, Taught::Paused);
    assert!(has_checkpoint(&parts));
    assert_eq!(
        run(&parts, &job, &mut |_| Wish::GoOn),
        Taught::Candidate(candidate_folder(&parts))
    );
    let values = |folder: &Path| {
        let bundle = ModelBundle::load(&candidate_folder(folder)).unwrap();
        let read = Dictionary::from_safetensors(&bundle.weights, "weights").unwrap();
        read.iter()
            .flat_map(|(_, tensor)| tensor.values.clone())
            .collect::<Vec<f32>>()
    };
    let (whole, parts) = (values(&whole), values(&parts));
    assert_eq!(whole.len(), parts.len());
    let apart = whole
        .iter()
        .zip(&parts)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max);
    // The pause lay between two phases, where the optimiser begins afresh.
    assert!(apart < 1e-5, "{apart}");
}

#[test]
fn a_run_that_is_given_up_or_not_ready_leaves_no_candidate() {
    let place = tempfile::tempdir().unwrap();
    let mut job = job(place.path());
    let folder = place.path().join("run");
    assert_eq!(run(&folder, &job, &mut |_| Wish::Stop), Taught::Stopped);
    assert!(!candidate_folder(&folder).exists() && !has_checkpoint(&folder));
    job.photos.truncate(3);
    let error = Teacher::open(&folder, job).err().unwrap().to_string();
    assert_eq!(
        error,
        "there are only 3 photos of tea: take at least 5 more, from other sides"
    );
}

#[test]
fn the_live_model_is_never_touched_and_the_backbone_stays() {
    let place = tempfile::tempdir().unwrap();
    let job = job(place.path());
    let before = ModelBundle::load(&job.live).unwrap();
    let folder = place.path().join("run");
    run(&folder, &job, &mut |_| Wish::GoOn);
    assert_eq!(ModelBundle::load(&job.live).unwrap(), before);
    let read = |bundle: &ModelBundle| Dictionary::from_safetensors(&bundle.weights, "weights").unwrap();
    let after = ModelBundle::load(&candidate_folder(&folder)).unwrap();
    let (before, after) = (read(&before), read(&after));
    for (name, tensor) in before.iter().filter(|(name, _)| !name.contains("heads")) {
        assert_eq!(after.get(name).map(|t| &t.values), Some(&tensor.values), "{name}");
    }
}

/// A bundle in `folder` that is sure of apples everywhere, so that every object is worth keeping.
fn sure(folder: &Path) -> ModelBundle {
    live(folder);
    let mut bundle = ModelBundle::load(folder).unwrap();
    change(&mut bundle, |name, values| {
        if name.starts_with("class_heads.") && name.ends_with("predict.bias") {
            values.iter_mut().skip(1).step_by(2).for_each(|bias| *bias += 8.0);
        }
    });
    bundle.save(folder).unwrap();
    bundle
}

/// Changes the weights of a bundle by their names.
fn change(bundle: &mut ModelBundle, mut how: impl FnMut(&str, &mut Vec<f32>)) {
    let mut read = Dictionary::from_safetensors(&bundle.weights, "weights").unwrap();
    let names: Vec<String> = read.iter().map(|(name, _)| name.to_owned()).collect();
    for name in names {
        let mut tensor = read.remove(&name).unwrap();
        how(&name, &mut tensor.values);
        read.insert(name, tensor);
    }
    bundle.weights = read.to_safetensors().unwrap();
}

/// Pictures with one apple each.
fn apples() -> SampleFn {
    Arc::new(|index| {
        let mut dice = Dice::new(3, index);
        let side = dice.range(0.2, 0.5);
        let (x, y) = (dice.range(0.0, 0.5), dice.range(0.0, 0.5));
        let shade = u8::try_from(index % 200).unwrap();
        let ramp = |at: u32| u8::try_from(at * 3 % 256).unwrap();
        Ok(LabelledPicture {
            picture: RgbImage::from_fn(64, 64, |x, y| Rgb([ramp(x), shade, ramp(y)])),
            boxes: vec![LabelledBox {
                class: ClassId(1),
                bbox: CornerBox::new(x, y, x + side, y + side),
                difficult: false,
            }],
        })
    })
}

#[test]
fn a_memory_asks_about_every_object_and_belongs_to_its_backbone() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("live");
    let bundle = sure(&folder);
    let memory = Memory::make(&bundle, &apples(), 12).unwrap();
    assert_eq!(memory.pieces(), 12, "one piece an object");
    memory.save(&folder).unwrap();
    assert_eq!(Memory::load(&folder, &bundle), Some(memory.clone()));
    let device = Device::flex();
    let mut network = Ssd::new(&bundle.architecture, &device);
    load_bytes(&mut network, bundle.weights.clone(), Naming::Native, "live").unwrap();
    let network = network.folded();
    let shapes = cache::Shapes::of(&network, bundle.architecture.input[0], &device);
    let outputs = bundle.architecture.class_outputs();
    let mut asked = 0;
    for recalled in memory.recall(&network, &shapes, &bundle.architecture) {
        let rows = recalled.record.logits.chunks_exact(outputs).zip(&recalled.asked);
        for (row, _) in rows.filter(|(_, asked)| **asked) {
            asked += 1;
            assert!(row[1] > row[0], "apples: {row:?}");
        }
    }
    assert!(asked >= 12, "the boxes of every piece's cell: {asked}");
    let mut other = bundle.clone();
    change(&mut other, |name, values| {
        if name.starts_with("backbone.") {
            values[0] += 1.0;
        }
    });
    assert_eq!(Memory::load(&folder, &other), None, "another backbone");
    let taught = place.path().join("taught");
    bundle.save(&taught).unwrap();
    Memory::carry(&folder, &taught).unwrap();
    assert!(Memory::load(&taught, &bundle).is_some());
}
