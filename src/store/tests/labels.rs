//! Photos, boxes and undo without end.

use super::*;
use crate::geom::{ClassId, CornerBox};
use crate::store::labels::{BoxSource, LabelOp, NewBox};
use crate::store::photos::{Added, NewPhoto, PhotoFilter, PhotoOrder, PhotoSource, ReviewState};

pub(super) const BY: (&str, Timestamp) = ("Theo", NOW);

pub(super) fn photo(number: u64, session: &str) -> NewPhoto {
    NewPhoto {
        file_name: format!("{number:06}.jpg"),
        sha256: format!("{number:064x}"),
        dhash: number.wrapping_mul(0x9e37_79b9_7f4a_7c15),
        width: 640,
        height: 480,
        taken_at: NOW.plus_ms(i64::try_from(number).unwrap()),
        source: PhotoSource::Capture,
        session: session.to_owned(),
        class_hint: None,
    }
}

pub(super) fn add(store: &Store, photo: &NewPhoto) -> i64 {
    let Added::New { id } = store.add_photo(photo, BY).unwrap() else {
        panic!()
    };
    id
}

pub(super) fn drawn(class: ClassId, x0: f32) -> NewBox {
    NewBox {
        class,
        bbox: CornerBox::new(x0, 0.25, x0 + 0.1, 0.5),
        source: BoxSource::Person,
        difficult: false,
        score: None,
    }
}

/// Classes apple and milk, and two photos of one session.
pub(super) fn shop() -> (Store, [ClassId; 2], [i64; 2]) {
    let store = Store::in_memory().unwrap();
    let classes = ["apple", "milk"].map(|name| store.ensure_class(name).unwrap());
    let photos = [1, 2].map(|number| add(&store, &photo(number, "monday")));
    (store, classes, photos)
}

#[test]
fn the_same_file_is_taken_in_once_and_twins_are_pointed_out() {
    let (store, [apple, _], [first, second]) = shop();
    let renamed = NewPhoto {
        file_name: "copy.jpg".to_owned(),
        ..photo(1, "tuesday")
    };
    assert_eq!(
        store.add_photo(&renamed, BY).unwrap(),
        Added::Duplicate {
            of: first,
            deleted: false
        }
    );
    store.delete_photos(&[first], BY).unwrap();
    assert_eq!(
        store.add_photo(&renamed, BY).unwrap(),
        Added::Duplicate {
            of: first,
            deleted: true
        }
    );
    let twin = NewPhoto {
        dhash: photo(2, "").dhash ^ 0b1011,
        class_hint: Some(apple),
        ..photo(3, "tuesday")
    };
    let third = add(&store, &twin);
    assert_eq!(
        store.near_duplicates(photo(2, "").dhash, 4).unwrap(),
        [(second, 0), (third, 3)]
    );
    assert_eq!(store.duplicate_pairs(3).unwrap(), [(second, third, 3)]);
    assert!(store.duplicate_pairs(2).unwrap().is_empty());
    for bad in [
        NewPhoto {
            width: 0,
            ..photo(9, "x")
        },
        NewPhoto {
            sha256: "abc".to_owned(),
            ..photo(9, "x")
        },
        NewPhoto {
            file_name: String::new(),
            ..photo(9, "x")
        },
    ] {
        assert!(matches!(
            store.add_photo(&bad, BY),
            Err(StoreError::BadPhoto { .. })
        ));
    }
    let strange = NewPhoto {
        class_hint: Some(ClassId(99)),
        ..photo(9, "x")
    };
    assert!(matches!(
        store.add_photo(&strange, BY),
        Err(StoreError::UnknownClass { class: 99 })
    ));
}

#[test]
fn every_change_is_saved_and_can_be_undone() {
    let (store, [apple, milk], [photo, _]) = shop();
    let start = store.labels(photo).unwrap();
    let (one, steps) = cut_at_every_step(&store, |store| {
        store.edit_labels(photo, &[LabelOp::Add(drawn(apple, 0.1))], BY)
    });
    assert!(steps >= 4, "{steps}");
    assert_eq!(one.state, ReviewState::Labelled);
    let id = one.boxes[0].id;
    let mut seen = vec![start, one];
    for ops in [
        vec![
            LabelOp::Add(drawn(milk, 0.5)),
            LabelOp::SetState(ReviewState::Checked),
        ],
        vec![LabelOp::Move {
            id,
            bbox: CornerBox::new(0.0, 0.0, 1.0, 1.0),
        }],
        vec![
            LabelOp::SetClass { id, class: milk },
            LabelOp::SetDifficult { id, difficult: true },
        ],
        vec![LabelOp::Remove { id }],
        vec![LabelOp::Replace(Vec::new()), LabelOp::NothingHere(true)],
        vec![LabelOp::Delete],
    ] {
        seen.push(store.edit_labels(photo, &ops, BY).unwrap());
        assert_eq!(&store.labels(photo).unwrap(), seen.last().unwrap());
    }
    for label in seen.iter().rev().skip(1) {
        let (undone, _) = cut_at_every_step(&store, |store| store.undo_labels(photo, BY));
        assert_eq!(undone.as_ref(), Some(label));
        assert_eq!(
            &store.labels(photo).unwrap(),
            label,
            "with the numbers of its boxes"
        );
    }
    assert_eq!(store.undo_labels(photo, BY).unwrap(), None);
    for label in &seen[1..] {
        assert_eq!(store.redo_labels(photo, BY).unwrap().as_ref(), Some(label));
    }
    assert_eq!(store.redo_labels(photo, BY).unwrap(), None);
    for _ in 0..3 {
        store.undo_labels(photo, BY).unwrap();
    }
    let history = store.label_history(photo).unwrap();
    assert_eq!(history.iter().filter(|edit| edit.undone).count(), 3);
    assert_eq!(history[1].what, "box added, state set");
    store
        .edit_labels(photo, &[LabelOp::SetState(ReviewState::Ignored)], BY)
        .unwrap();
    assert_eq!(
        store.redo_labels(photo, BY).unwrap(),
        None,
        "a new edit ends the way forward"
    );
    let edits = store
        .audit_log(100)
        .unwrap()
        .iter()
        .filter(|row| row.action == "label")
        .count();
    assert_eq!(edits, 7 + 7 + 7 + 3 + 1, "the audit forgets nothing");
    assert_eq!(store.last_edited_photo().unwrap(), Some(photo));
}

#[test]
fn what_makes_no_sense_is_refused_whole() {
    let (store, [apple, _], [photo, _]) = shop();
    let id = store
        .edit_labels(photo, &[LabelOp::Add(drawn(apple, 0.1))], BY)
        .unwrap()
        .boxes[0]
        .id;
    let before = contents(&store);
    let boxes = [
        CornerBox::new(0.5, 0.1, 0.4, 0.2),
        CornerBox::new(0.5, 0.1, 0.5, 0.2),
        CornerBox::new(-0.1, 0.1, 0.5, 0.2),
        CornerBox::new(0.1, 0.1, 1.1, 0.2),
        CornerBox::new(f32::NAN, 0.1, 0.5, 0.2),
        CornerBox::new(0.1, 0.1, f32::INFINITY, 0.2),
    ];
    for bbox in boxes {
        for op in [
            LabelOp::Move { id, bbox },
            LabelOp::Add(NewBox {
                bbox,
                ..drawn(apple, 0.1)
            }),
        ] {
            let refused = store.edit_labels(photo, &[LabelOp::Remove { id }, op], BY);
            assert!(refused.is_err(), "{bbox:?}");
        }
    }
    assert!(matches!(
        store.edit_labels(photo, &[LabelOp::NothingHere(true)], BY),
        Err(StoreError::SomethingHere)
    ));
    assert!(matches!(
        store.edit_labels(photo, &[LabelOp::Remove { id: 77 }], BY),
        Err(StoreError::UnknownBox)
    ));
    assert!(matches!(
        store.edit_labels(
            photo,
            &[LabelOp::SetClass {
                id,
                class: ClassId(9)
            }],
            BY
        ),
        Err(StoreError::UnknownClass { class: 9 })
    ));
    assert!(matches!(
        store.labels(99),
        Err(StoreError::UnknownPhoto { id: 99 })
    ));
    assert!(store.delete_photos(&[photo, 99], BY).is_err(), "all or none");
    store
        .edit_labels(
            photo,
            &[LabelOp::Move {
                id,
                bbox: drawn(apple, 0.1).bbox,
            }],
            BY,
        )
        .unwrap();
    assert_eq!(contents(&store), before, "what stays as it was is no edit either");
}

#[test]
fn lists_filter_order_count_and_copy() {
    let (store, [apple, milk], [first, second]) = shop();
    let third = add(
        &store,
        &NewPhoto {
            source: PhotoSource::Correction,
            ..photo(3, "tuesday")
        },
    );
    store
        .edit_labels(
            first,
            &[LabelOp::Add(drawn(apple, 0.1)), LabelOp::Add(drawn(apple, 0.3))],
            BY,
        )
        .unwrap();
    store.copy_labels(first, second, BY).unwrap();
    let copies = store.labels(second).unwrap();
    assert_eq!(copies.boxes.len(), 2);
    assert_ne!(copies.boxes[0].id, store.labels(first).unwrap().boxes[0].id);
    store
        .edit_labels(second, &[LabelOp::SetState(ReviewState::Checked)], BY)
        .unwrap();
    store
        .set_uncertainty(&[(first, 0.25), (third, 0.75), (second, f32::NAN)])
        .unwrap();
    let ids = |filter: &PhotoFilter, order| -> Vec<i64> {
        store
            .photo_page(filter, order, 0, 10)
            .unwrap()
            .iter()
            .map(|photo| photo.id)
            .collect()
    };
    let all = PhotoFilter::default();
    let only = |change: &dyn Fn(&mut PhotoFilter)| {
        let mut filter = PhotoFilter::default();
        change(&mut filter);
        filter
    };
    assert_eq!(ids(&all, PhotoOrder::Newest), [third, second, first]);
    assert_eq!(ids(&all, PhotoOrder::MostUnsure), [third, first, second]);
    for (filter, expected) in [
        (only(&|filter| filter.state = Some(ReviewState::New)), vec![third]),
        (only(&|filter| filter.class = Some(apple)), vec![first, second]),
        (only(&|filter| filter.class = Some(milk)), vec![]),
        (
            only(&|filter| filter.source = Some(PhotoSource::Correction)),
            vec![third],
        ),
        (
            only(&|filter| filter.session = Some("monday".to_owned())),
            vec![first, second],
        ),
        (only(&|filter| filter.nothing_here = Some(true)), vec![]),
        (only(&|filter| filter.deleted = true), vec![]),
    ] {
        assert_eq!(ids(&filter, PhotoOrder::Oldest), expected, "{filter:?}");
        assert_eq!(
            store.photo_count(&filter).unwrap(),
            u64::try_from(expected.len()).unwrap()
        );
    }
    assert_eq!(
        store.photo_page(&all, PhotoOrder::Oldest, 1, 1).unwrap()[0].id,
        second
    );
    let counts = store.class_counts().unwrap();
    assert_eq!((counts[0].photos, counts[0].boxes, counts[0].checked), (2, 4, 1));
    assert_eq!((counts[1].name.as_str(), counts[1].photos), ("milk", 0));
    store.delete_photos(&[first], BY).unwrap();
    assert_eq!(store.class_counts().unwrap()[0].boxes, 2);
    assert!(store.photo(first).unwrap().deleted_at.is_some());
    store.restore_photos(&[first], BY).unwrap();
    assert_eq!(store.photo(first).unwrap().boxes, 2);
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config::with_cases(24))]
    /// Whatever is done to a photo, undoing all of it leads to the beginning, and redoing all of it to the end.
    #[test]
    fn undo_and_redo_walk_the_same_way(ops in proptest::collection::vec((0_u8..7, 0_usize..4), 1..20)) {
        let (store, [apple, milk], [photo, _]) = shop();
        let start = store.labels(photo).unwrap();
        for (kind, which) in ops {
            let known = store.labels(photo).unwrap();
            let id = known.boxes.get(which).map_or(0, |drawn| drawn.id);
            let x0 = 0.1 + u8::try_from(which).map_or(0.0, f32::from) * 0.2;
            let op = match kind {
                0 | 1 => LabelOp::Add(drawn(apple, x0)),
                2 => LabelOp::Move { id, bbox: CornerBox::new(x0, 0.0, 1.0, 0.9) },
                3 => LabelOp::SetClass { id, class: milk },
                4 => LabelOp::Remove { id },
                5 => LabelOp::Delete,
                _ => LabelOp::SetState(ReviewState::ALL[which]),
            };
            let _may_be_refused = store.edit_labels(photo, &[op], BY);
        }
        let end = store.labels(photo).unwrap();
        while store.undo_labels(photo, BY).unwrap().is_some() {}
        proptest::prop_assert_eq!(store.labels(photo).unwrap(), start);
        while store.redo_labels(photo, BY).unwrap().is_some() {}
        proptest::prop_assert_eq!(store.labels(photo).unwrap(), end);
    }
}
