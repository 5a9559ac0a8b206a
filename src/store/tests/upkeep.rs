//! Trainings, models, backups on schedule, one program at a time, and power cuts in the middle.

use super::*;
use crate::store::backup_plan::{FOLDER, HOURS};
use crate::store::models::{NewModel, PromoteRequest};
use crate::store::training_runs::RunState;

const BY: (&str, Timestamp) = ("Theo", NOW);
const HOUR: i64 = 3_600_000;

fn model(name: &str) -> NewModel {
    NewModel {
        name: name.to_owned(),
        digest: format!("digest of {name}"),
        run: None,
        data_set: None,
        figures: r#"{"ap50":0.9}"#.to_owned(),
    }
}

fn promote<'a>(model: &'a str) -> PromoteRequest<'a> {
    PromoteRequest {
        model,
        reason: "",
        overridden: false,
    }
}

#[test]
fn a_training_goes_only_where_it_can_and_survives_a_restart() {
    let disk = OnDisk::new();
    let first = disk
        .store
        .queue_run("apples", r#"{"epochs":3}"#, None, BY)
        .unwrap();
    let second = disk.store.queue_run("pears", "{}", None, BY).unwrap();
    assert_eq!(disk.store.next_run().unwrap().unwrap().id, first.id);
    let early = disk
        .store
        .set_run_state(first.id, RunState::Done, None, BY)
        .unwrap_err();
    assert_eq!(
        early.to_string(),
        "a training that is queued cannot become done: look at the list again"
    );
    let by = ("Theo", NOW.plus_ms(5));
    disk.store
        .set_run_state(first.id, RunState::Running, None, by)
        .unwrap();
    assert_eq!(disk.store.next_run().unwrap(), None, "one at a time");
    disk.store.set_run_progress(first.id, r#"{"epoch":2}"#).unwrap();

    let store = Store::open(disk.path()).unwrap();
    let paused = store
        .pause_interrupted_runs(("tillsight", NOW.plus_ms(9)))
        .unwrap();
    assert_eq!(
        (paused.len(), paused[0].state, paused[0].progress.as_str()),
        (1, RunState::Paused, r#"{"epoch":2}"#)
    );
    assert_eq!(store.next_run().unwrap().unwrap().id, second.id);
    store
        .set_run_state(first.id, RunState::Running, None, by)
        .unwrap();
    let failed = store
        .set_run_state(first.id, RunState::Failed, Some("the disk is full"), by)
        .unwrap();
    assert_eq!((failed.started_at, failed.ended_at), (Some(by.1), Some(by.1)));
    let again = store.set_run_state(first.id, RunState::Queued, None, by).unwrap();
    assert_eq!((again.message, again.ended_at), (None, None));
    store
        .set_run_state(second.id, RunState::Stopped, None, by)
        .unwrap();
    assert!(
        store
            .set_run_state(second.id, RunState::Running, None, by)
            .is_err()
    );
    assert!(matches!(store.run(99), Err(StoreError::UnknownRun { id: 99 })));
    assert!(matches!(
        store.queue_run("x", "{}", Some(7), BY),
        Err(StoreError::UnknownDataSet { number: 7 })
    ));
    assert_eq!(store.runs(10).unwrap().len(), 2);
    let row = store.audit_log(1).unwrap().remove(0);
    assert_eq!(
        (row.before.as_deref(), row.after.as_deref()),
        (Some("queued"), Some("stopped"))
    );
}

#[test]
fn models_go_live_and_back_and_the_journal_knows() {
    let store = Store::in_memory().unwrap();
    for name in ["m1", "m2", "m3"] {
        store.add_model(&model(name), BY).unwrap();
    }
    assert_eq!(store.live_model().unwrap(), None);
    assert!(matches!(store.roll_back("", BY), Err(StoreError::NoEarlierModel)));
    for name in ["m1", "m2", "m3"] {
        store.promote(&promote(name), BY).unwrap();
    }
    let worse = PromoteRequest {
        model: "m1",
        reason: " ",
        overridden: true,
    };
    assert!(matches!(
        store.promote(&worse, BY),
        Err(StoreError::ReasonMissing { .. })
    ));
    let (back, _) = cut_at_every_step(&store, |store| store.roll_back("misses milk", BY));
    assert_eq!((back.model.as_str(), back.rollback), ("m2", true));
    assert_eq!(
        store.roll_back("", BY).unwrap().model,
        "m1",
        "twice goes back two steps"
    );
    assert!(matches!(store.roll_back("", BY), Err(StoreError::NoEarlierModel)));
    let forced = PromoteRequest {
        model: "m3",
        reason: "new products",
        overridden: true,
    };
    assert!(store.promote(&forced, BY).unwrap().overridden);
    assert_eq!(store.live_model().unwrap().unwrap().model, "m3");
    assert_eq!(store.roll_back("", BY).unwrap().model, "m1");
    assert_eq!(store.promotions(2).unwrap().len(), 2);
    let other = NewModel {
        digest: "x".to_owned(),
        ..model("m1")
    };
    assert!(matches!(
        store.add_model(&other, BY),
        Err(StoreError::ModelNameTaken { .. })
    ));
    assert!(matches!(
        store.promote(&promote("m9"), BY),
        Err(StoreError::UnknownModel { .. })
    ));
    let journalled: i64 = store
        .conn
        .query_row(
            "SELECT count(*) FROM journal WHERE kind = 'model_promoted'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(journalled, 7);
    assert!(store.verify().unwrap().is_ok());

    store.commit_sale_seen_by(&sale(1), Some("m1")).unwrap();
    store.commit_sale_seen_by(&sale(2), Some("m2")).unwrap();
    store.commit_sale(&sale(3)).unwrap();
    assert_eq!(
        store.sales_by_model().unwrap(),
        [("m1".to_owned(), 1), ("m2".to_owned(), 1)]
    );
}

#[test]
fn the_last_five_models_stay() {
    let store = Store::in_memory().unwrap();
    for number in 1..=8 {
        let name = format!("m{number}");
        store.add_model(&model(&name), BY).unwrap();
        store.promote(&promote(&name), BY).unwrap();
    }
    store.add_model(&model("candidate"), BY).unwrap();
    assert_eq!(store.superseded_models(5).unwrap(), ["m3", "m2", "m1"]);
    store.model_removed("m1", BY).unwrap();
    assert_eq!(store.superseded_models(5).unwrap(), ["m3", "m2"]);
    assert!(matches!(
        store.promote(&promote("m1"), BY),
        Err(StoreError::UnknownModel { .. })
    ));
    assert_eq!(store.models().unwrap()[0].of.name, "candidate");
}

#[test]
fn a_second_program_is_told_and_a_killed_one_leaves_its_place() {
    let disk = OnDisk::new();
    let other = Store::open(disk.path()).unwrap();
    disk.store.claim_instance("one", NOW).unwrap();
    let told = other.claim_instance("two", NOW.plus_ms(10_000)).unwrap_err();
    assert!(matches!(told, StoreError::SecondWindow { .. }));
    assert!(told.to_string().contains("is open already"), "{told}");
    disk.store.claim_instance("one", NOW.plus_ms(15_000)).unwrap();
    assert!(
        other.claim_instance("two", NOW.plus_ms(30_000)).is_err(),
        "it beat again"
    );
    other.claim_instance("two", NOW.plus_ms(35_000)).unwrap();
    assert!(
        disk.store.claim_instance("one", NOW.plus_ms(36_000)).is_err(),
        "it has lost its place"
    );
    disk.store.release_instance("one").unwrap();
    assert!(disk.store.claim_instance("one", NOW.plus_ms(36_000)).is_err());
    other.release_instance("two").unwrap();
    // The clock is set back by an hour: a beat in the future holds the place no longer than one in the past.
    disk.store.claim_instance("one", NOW).unwrap();
    other.claim_instance("two", NOW.plus_ms(-HOUR)).unwrap();
}

#[test]
fn a_killed_program_starts_again_at_once() {
    let disk = OnDisk::new();
    let killed = Store::open(disk.path()).unwrap();
    killed.claim_instance("killed", NOW).unwrap();
    assert!(disk.store.claim_instance("next", NOW.plus_ms(1_000)).is_err());
    // Dropped without giving the place up, as when the power fails: only the system lets go of the lock.
    drop(killed);
    disk.store.claim_instance("next", NOW.plus_ms(2_000)).unwrap();
    let third = Store::open(disk.path()).unwrap();
    assert!(third.claim_instance("third", NOW.plus_ms(3_000)).is_err());
}

#[test]
fn backups_come_when_they_are_due_and_failures_are_told() {
    let disk = OnDisk::new();
    let store = &disk.store;
    assert_eq!(store.backup_due(NOW).unwrap(), None, "no plan");
    let folder = disk.folder.path().join("stick");
    std::fs::create_dir(&folder).unwrap();
    let text = folder.display().to_string();
    store
        .set_settings(&[(FOLDER, Some(&text)), (HOURS, Some("24"))], "", BY)
        .unwrap();
    assert_eq!(store.backup_due(NOW).unwrap(), Some(folder.clone()));
    let made = store.backup_into(&folder, BY).unwrap();
    assert!(made.ends_with("tillsight-20231114-221320.db"));
    assert_eq!(store.backup_due(NOW.plus_ms(23 * HOUR)).unwrap(), None);
    assert!(store.backup_due(NOW.plus_ms(24 * HOUR)).unwrap().is_some());
    assert!(
        store.backup_due(NOW.plus_ms(-1)).unwrap().is_some(),
        "the clock was set back"
    );
    let later = ("tillsight", NOW.plus_ms(24 * HOUR));
    let gone = folder.join("pulled out");
    assert!(store.backup_into(&gone, later).is_err());
    let records = store.backups(5).unwrap();
    assert!(records[0].failed.is_some() && records[0].bytes.is_none());
    assert!(records[1].bytes.is_some_and(|bytes| bytes > 4096));
    assert_eq!(store.backup_due(later.1.plus_ms(HOUR - 1)).unwrap(), None);
    assert!(
        store.backup_due(later.1.plus_ms(HOUR)).unwrap().is_some(),
        "soon again"
    );
    store.set_setting(HOURS, "often", BY).unwrap();
    assert_eq!(
        store.backup_due(NOW.plus_ms(99 * HOUR)).unwrap(),
        None,
        "nonsense is no plan"
    );
    assert!(Store::open(&made).is_ok());
}

#[test]
fn diagnostics_tell_sizes_and_no_names() {
    let store = Store::in_memory().unwrap();
    store.choose_first_pin("Mona Musterfrau", "2468", NOW).unwrap();
    store.commit_sale(&sale(1)).unwrap();
    let told = store.diagnostics().unwrap();
    assert!(told.rows.contains(&("sales".to_owned(), 1)), "{told:?}");
    assert!(told.bytes > 0 && told.schema >= 6);
    let text = serde_json::to_string(&told).unwrap();
    assert!(!text.contains("Mona") && !text.contains("APPLE"), "{text}");
}

#[test]
fn a_plug_pulled_before_the_end_leaves_the_state_before() {
    let disk = OnDisk::new();
    disk.store.commit_sale(&sale(1)).unwrap();
    let before = contents(&disk.store);
    {
        let other = disk.beside();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        other
            .execute("INSERT INTO settings VALUES ('half', 'done')", [])
            .unwrap();
        other
            .execute("INSERT INTO z_reports VALUES (1, 1, 'x', 1, 1, 0, '{}')", [])
            .unwrap();
        // The connection is dropped in the middle of its transaction.
    }
    assert_eq!(contents(&disk.store), before);
    // A copy of the files as a power cut would leave them, taken while another change is half written.
    let other = disk.beside();
    other
        .execute_batch("PRAGMA cache_size = 1; BEGIN IMMEDIATE")
        .unwrap();
    for number in 0..500 {
        other
            .execute(
                "INSERT INTO settings VALUES (?1, ?2)",
                [format!("k{number}"), "x".repeat(200)],
            )
            .unwrap();
    }
    let cut = disk.folder.path().join("cut.db");
    std::fs::copy(disk.path(), &cut).unwrap();
    let log = |path: &Path| std::path::PathBuf::from(format!("{}-wal", path.display()));
    std::fs::copy(log(disk.path()), log(&cut)).unwrap();
    let after = Store::open(&cut).unwrap();
    assert_eq!(contents(&after), before);
    assert!(after.verify().unwrap().is_ok());
}
