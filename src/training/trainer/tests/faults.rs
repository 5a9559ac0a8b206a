//! What goes wrong: rates that explode, weights that are no numbers, damaged and full disks.

use super::*;

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
