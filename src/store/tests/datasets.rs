//! Data sets frozen from the photos, and deleting for good.

use super::labels::{BY, add, drawn, photo, shop};
use super::*;
use crate::store::datasets::{FreezeRequest, Split};
use crate::store::labels::LabelOp;
use crate::store::photos::{NewPhoto, PhotoFilter, PhotoSource};
use crate::store::purge::PurgeScope;

#[test]
fn data_sets_are_numbered_and_stay_as_they_were_frozen() {
    let (store, [apple, milk], [first, second]) = shop();
    assert!(matches!(
        store.freeze(&FreezeRequest::default(), BY),
        Err(StoreError::EmptyDataSet)
    ));
    store
        .edit_labels(first, &[LabelOp::Add(drawn(apple, 0.1))], BY)
        .unwrap();
    store
        .edit_labels(second, &[LabelOp::NothingHere(true)], BY)
        .unwrap();
    for (number, session) in [(3, "tuesday"), (4, "tuesday"), (5, "wednesday"), (6, "thursday")] {
        let id = add(&store, &photo(number, session));
        store
            .edit_labels(id, &[LabelOp::Add(drawn(milk, 0.2))], BY)
            .unwrap();
    }
    add(&store, &photo(7, "friday"));
    let request = FreezeRequest {
        note: " for the week ".to_owned(),
        ..FreezeRequest::default()
    };
    let (set, steps) = cut_at_every_step(&store, |store| store.freeze(&request, BY));
    assert!(steps > 10, "{steps}");
    assert_eq!(
        (
            set.number,
            set.note.as_str(),
            set.photos.iter().sum::<u64>(),
            set.boxes
        ),
        (1, "for the week", 6, 5)
    );
    assert!(set.photos.iter().all(|count| *count > 0), "{set:?}");
    let frozen = store.data_set(1).unwrap();
    let of = |session: &str| -> Vec<Split> {
        frozen
            .iter()
            .filter(|photo| photo.session == session)
            .map(|photo| photo.split)
            .collect()
    };
    assert_eq!(of("tuesday")[0], of("tuesday")[1], "a session is never divided");

    store
        .edit_labels(first, &[LabelOp::Replace(vec![drawn(milk, 0.7)])], BY)
        .unwrap();
    assert_eq!(store.data_set(1).unwrap(), frozen);
    assert!(store.verify_data_set(1).unwrap());
    let second_set = store.freeze(&FreezeRequest::default(), BY).unwrap();
    assert_eq!(second_set.number, 2);
    assert_ne!(second_set.digest, set.digest);
    let splits: Vec<Split> = store
        .data_set(2)
        .unwrap()
        .iter()
        .map(|photo| photo.split)
        .collect();
    assert_eq!(splits, frozen.iter().map(|photo| photo.split).collect::<Vec<_>>());
    assert!(matches!(
        store.data_set(9),
        Err(StoreError::UnknownDataSet { number: 9 })
    ));
    for sql in [
        "UPDATE dataset_boxes SET class_id = 1",
        "DELETE FROM dataset_photos",
        "UPDATE dataset_photos SET split = 'train'",
        "DELETE FROM dataset_versions",
    ] {
        assert!(store.conn.execute(sql, []).is_err(), "{sql}");
    }
    store
        .conn
        .execute_batch("DROP TRIGGER dataset_boxes_no_update; UPDATE dataset_boxes SET x0 = 0.05")
        .unwrap();
    assert!(!store.verify_data_set(1).unwrap());
}

#[test]
fn a_purge_leaves_nothing_behind() {
    let disk = OnDisk::new();
    let store = &disk.store;
    let apple = store.ensure_class("apple").unwrap();
    let secret = "faces-of-the-neighbours";
    for number in 1..=40 {
        let file_name = format!("{secret}-{number}.jpg");
        let id = add(
            store,
            &NewPhoto {
                file_name,
                source: PhotoSource::Correction,
                ..photo(number, secret)
            },
        );
        store
            .edit_labels(id, &[LabelOp::Add(drawn(apple, 0.1))], BY)
            .unwrap();
    }
    let kept = add(store, &photo(41, "ours"));
    store
        .edit_labels(kept, &[LabelOp::Add(drawn(apple, 0.1))], BY)
        .unwrap();
    assert!(matches!(
        store.purge(&PurgeScope::All(PhotoSource::Correction), "", BY),
        Err(StoreError::ReasonMissing { .. })
    ));
    let older = PurgeScope::TakenBefore(PhotoSource::Correction, NOW.plus_ms(11));
    assert_eq!(store.purge(&older, "kept long enough", BY).unwrap().photos, 10);
    let all = PurgeScope::All(PhotoSource::Correction);
    let (purged, _) = cut_at_every_step(store, |store| store.purge(&all, "a shopper asked", BY));
    assert_eq!((purged.photos, purged.boxes, purged.files.len()), (30, 30, 30));
    assert_eq!(store.files_to_delete().unwrap().len(), 40);
    for file in store.files_to_delete().unwrap() {
        store.file_deleted(&file).unwrap();
    }
    assert_eq!(store.photo_count(&PhotoFilter::default()).unwrap(), 1);
    store.compact().unwrap();
    let path = disk.path().to_owned();
    let audit = store.audit_log(1).unwrap().remove(0);
    assert_eq!(
        (audit.detail.as_str(), audit.reason.as_deref()),
        ("30 photos and 30 boxes", Some("a shopper asked"))
    );
    let rows: i64 = store
        .conn
        .query_row("SELECT count(*) FROM label_edits", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 1);
    drop(disk.store);
    let bytes = std::fs::read(path).unwrap();
    let found = bytes
        .windows(secret.len())
        .filter(|window| *window == secret.as_bytes())
        .count();
    assert_eq!(found, 0);
}

#[test]
fn a_frozen_data_set_is_told_what_was_purged() {
    let (store, [apple, _], [first, second]) = shop();
    for id in [first, second] {
        store
            .edit_labels(id, &[LabelOp::Add(drawn(apple, 0.1))], BY)
            .unwrap();
    }
    store.freeze(&FreezeRequest::default(), BY).unwrap();
    store.delete_photos(&[first], BY).unwrap();
    let scope = PurgeScope::DeletedBefore(NOW.plus_ms(1));
    assert_eq!(store.purge(&scope, "tidying", BY).unwrap().photos, 1);
    let set = store.data_set(1).unwrap();
    assert_eq!(
        (set[0].purged, set[1].purged, set[0].boxes.len()),
        (true, false, 1)
    );
    assert_eq!(store.data_sets().unwrap()[0].purged, 1);
    assert!(store.verify_data_set(1).unwrap());
}
