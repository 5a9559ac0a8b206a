//! Rounds of hard negatives in whole runs.

use super::*;

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
