use std::path::Path;

use super::*;
use crate::{
    domain::time::Timestamp,
    pipeline::{TrainEnd, TrainEvent},
    store::{
        Store,
        models::{NewModel, PromoteRequest},
        training_runs::RunState,
    },
    vision::{Architecture, ModelBundle, decode::DecodeSettings},
};

const BY: (&str, Timestamp) = ("Ada", Timestamp(1_000));

fn bundle(name: &str) -> ModelBundle {
    ModelBundle {
        name: name.to_owned(),
        architecture: Architecture::checkout(&["apple"]),
        decode: DecodeSettings::LANE,
        class_thresholds: std::collections::BTreeMap::new(),
        dataset_version: String::new(),
        metrics: Vec::new(),
        weights: vec![0; 8],
    }
}

fn add(store: &Store, data: &Path, name: &str, figures: &str) {
    let folder = models_folder(data).join(name);
    bundle(name).save(&folder).unwrap();
    let model = NewModel {
        name: name.to_owned(),
        digest: finish::digest(&folder).unwrap(),
        run: None,
        data_set: None,
        figures: figures.to_owned(),
    };
    store.add_model(&model, BY).unwrap();
}

fn current(data: &Path) -> String {
    std::fs::read_to_string(models_folder(data).join("current"))
        .unwrap()
        .trim()
        .to_owned()
}

const fn plain(model: &str) -> PromoteRequest<'_> {
    PromoteRequest {
        model,
        reason: "",
        overridden: false,
    }
}

#[test]
fn files_and_database_agree_after_promotion_rollback_and_a_power_cut() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let store = Store::in_memory().unwrap();
    std::fs::create_dir_all(models_folder(data)).unwrap();
    bundle("first").save(&models_folder(data).join("first")).unwrap();
    std::fs::write(models_folder(data).join("current"), "first\n").unwrap();
    add(&store, data, "second", "{}");
    assert_eq!(
        promote(&store, data, &plain("second"), BY)
            .unwrap()
            .promotion
            .model,
        "second"
    );
    assert_eq!(current(data), "second");
    assert_eq!(
        roll_back(&store, data, "worse at the door", BY)
            .unwrap()
            .promotion
            .model,
        "first"
    );
    assert_eq!(
        current(data),
        "first",
        "the model that came with the program was written down"
    );
    // The power goes after the database's word and before the file's.
    store.promote(&plain("second"), BY).unwrap();
    assert_eq!(current(data), "first");
    assert_eq!(agree(&store, data).unwrap().as_deref(), Some("second"));
    assert_eq!(current(data), "second");
}

#[test]
fn a_worse_model_needs_a_managers_reason() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let store = Store::in_memory().unwrap();
    let judgement = serde_json::json!({
        "photos": 0, "on_learned_photos": false, "live": figures(), "candidate": figures(),
        "live_trays": figures(), "candidate_trays": figures(), "worst": [], "verdict": {"verdict": "cannot-tell"},
    });
    add(&store, data, "dull", &judgement.to_string());
    let error = promote(&store, data, &plain("dull"), BY).unwrap_err().to_string();
    assert!(error.contains("judged worse"), "{error}");
    let without = PromoteRequest {
        overridden: true,
        ..plain("dull")
    };
    assert!(
        promote(&store, data, &without, BY).is_err(),
        "an override needs a reason"
    );
    let with = PromoteRequest {
        reason: "a trial over the weekend",
        ..without
    };
    promote(&store, data, &with, BY).unwrap();
    assert_eq!(current(data), "dull");
}

fn figures() -> serde_json::Value {
    serde_json::to_value(crate::training::teach::judge::ModelFigures::default()).unwrap()
}

#[test]
fn changed_files_are_not_put_live_and_old_ones_are_removed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let store = Store::in_memory().unwrap();
    for number in 1..=7 {
        let name = format!("m{number}");
        add(&store, data, &name, "{}");
        promote(&store, data, &plain(&name), BY).unwrap();
    }
    let there = |number: usize| models_folder(data).join(format!("m{number}")).exists();
    // The model that came with the program counts as one of those that were live.
    assert!((3..=7).all(there), "the last five stay");
    assert!(!there(1) && !there(2));
    let mut changed = bundle("m6");
    changed.dataset_version = "another".to_owned();
    changed.save(&models_folder(data).join("m6")).unwrap();
    let error = promote(&store, data, &plain("m6"), BY).unwrap_err().to_string();
    assert!(error.contains("were changed"), "{error}");
    assert_eq!(current(data), "m7");
}

#[test]
fn what_a_training_tells_is_written_down() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::in_memory().unwrap();
    let run = store.queue_run("tea", "{}", None, BY).unwrap();
    let taken = next_run(&store, BY).unwrap().unwrap();
    assert_eq!((taken.id, taken.state), (run.id, RunState::Running));
    assert_eq!(next_run(&store, BY).unwrap(), None, "one at a time");
    let tell = |end: TrainEnd| note(&store, folder.path(), (run.id, &TrainEvent::Ended(end)), BY).unwrap();
    tell(TrainEnd::Paused);
    assert_eq!(store.run(run.id).unwrap().state, RunState::Paused);
    store.set_run_state(run.id, RunState::Queued, None, BY).unwrap();
    next_run(&store, BY).unwrap().unwrap();
    // It says that it is done, and there is no candidate.
    assert_eq!(tell(TrainEnd::Finished), None);
    let failed = store.run(run.id).unwrap();
    assert_eq!(failed.state, RunState::Failed);
    assert!(failed.message.is_some_and(|sentence| !sentence.is_empty()));
}
