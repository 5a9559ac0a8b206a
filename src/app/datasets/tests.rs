//! Round trips, bad files, cut-off imports, and mends.

use std::{collections::BTreeMap, fs, path::Path};

use super::{
    export::{Writing, export},
    incoming::{Incoming, Reading, look_over},
    inspect::inspect,
    mend::{mend, unmend},
    stored::{Selection, StoredSet, collect},
};
use crate::{
    domain::time::Timestamp,
    frame::{Rgb, RgbImage, picture},
    store::{
        Store,
        datasets::FreezeRequest,
        imports::Imported,
        labels::{BoxSource, LabelOp, NewBox},
        photos::{PhotoFilter, PhotoOrder, ReviewState},
    },
    training::dataset::{ExportFormat, Issue, Severity},
};

const NOW: Timestamp = Timestamp(1_700_000_000_000);
const BY: (&str, Timestamp) = ("Erika", NOW);

fn photo(seed: u32) -> RgbImage {
    RgbImage::from_fn(80, 60, |x, y| {
        let value = (x / 8 * (13 + seed * 17) + y / 6 * (29 + seed * 11)) % 251;
        Rgb([
            u8::try_from(value).unwrap(),
            u8::try_from(seed * 9 % 200).unwrap(),
            200,
        ])
    })
}

fn reading() -> Reading {
    Reading {
        format: None,
        is_empty_place: false,
        now: NOW,
    }
}

fn go_on(_: usize, _: usize) -> bool {
    true
}

/// All batches, as the page does it.
fn take_in(store: &Store, incoming: &Incoming, folder: &Path) -> Imported {
    let mut done = Imported::default();
    for batch in 0..incoming.batches() {
        store.expect_files(&incoming.names(batch), NOW).unwrap();
        let rows = incoming.copy(batch, folder).unwrap();
        done.absorb(store.import_photos(&rows, BY).unwrap());
    }
    done
}

/// A shop with photos in every state.
fn shop() -> (Store, tempfile::TempDir) {
    let store = Store::in_memory().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let inbox = tempfile::tempdir().unwrap();
    for seed in 0..6 {
        picture::write(&photo(seed), &inbox.path().join(format!("{seed}.png"))).unwrap();
    }
    let table = "filename,width,height,class,xmin,ymin,xmax,ymax,difficult\n\
        0.png,80,60,Käse & Brot,1,1,40,30,0\n\
        1.png,80,60,apple,11,11,50,50,1\n\
        1.png,80,60,\"milk, 1 l\",51,1,80,60,0\n\
        2.png,80,60,apple,5,5,70,55,0\n\
        3.png,80,60,,,,,,\n\
        4.png,80,60,apple,1,1,80,60,0\n";
    fs::write(inbox.path().join("labels.csv"), table).unwrap();
    let incoming = look_over(&inbox.path().join("labels.csv"), reading(), &go_on).unwrap();
    let done = take_in(&store, &incoming, folder.path());
    assert_eq!((done.added.len(), done.boxes), (5, 5));
    let state = |at: usize, state| {
        store
            .edit_labels(done.added[at], &[LabelOp::SetState(state)], BY)
            .unwrap();
    };
    state(0, ReviewState::Checked);
    state(2, ReviewState::Ignored);
    state(4, ReviewState::New);
    (store, folder)
}

/// What a round trip must keep, by the photo's content.
type Kept = BTreeMap<String, (ReviewState, bool, String, Vec<(String, [i32; 4], bool)>)>;

fn kept(store: &Store) -> Kept {
    let stored = collect(store, &Selection::everything()).unwrap();
    let name = |class| {
        let found = stored.classes.iter().find(|link| link.class == class);
        found.unwrap().name.clone()
    };
    let photos = stored.photos.iter().map(|photo| {
        let boxes = photo.of.boxes.iter().map(|drawn| {
            let b = drawn.bbox;
            #[expect(
                clippy::cast_possible_truncation,
                reason = "rounded to whole pixels of a small picture"
            )]
            let edges = [b.x0 * 80.0, b.y0 * 60.0, b.x1 * 80.0, b.y1 * 60.0].map(|edge| edge.round() as i32);
            (name(drawn.class), edges, drawn.difficult)
        });
        let all = (
            photo.state,
            photo.of.nothing_here,
            photo.of.session.clone(),
            boxes.collect(),
        );
        (photo.of.sha256.clone(), all)
    });
    photos.collect()
}

#[test]
fn a_round_trip_through_every_format_loses_nothing() {
    let (store, folder) = shop();
    let before = kept(&store);
    assert_eq!(before.len(), 5);
    for format in [ExportFormat::Voc, ExportFormat::Coco, ExportFormat::Csv] {
        let out = tempfile::tempdir().unwrap();
        let target = out.path().join("set");
        let stored = collect(&store, &Selection::everything()).unwrap();
        let writing = Writing {
            format,
            is_plain: false,
            has_splits: false,
        };
        let exported = export(&stored, folder.path(), &target, writing, &go_on).unwrap();
        assert_eq!(
            exported.written.splits.values().copied().collect::<Vec<_>>(),
            [(5, 5)]
        );
        let other = Store::in_memory().unwrap();
        let photos = tempfile::tempdir().unwrap();
        let incoming = look_over(&target, reading(), &go_on).unwrap();
        assert_eq!(incoming.report.notes().count(), 0, "{:?}", incoming.report);
        take_in(&other, &incoming, photos.path());
        assert_eq!(kept(&other), before, "{format:?}");
        // The files are the same, byte by byte.
        for photo in collect(&other, &Selection::everything()).unwrap().photos {
            let copy = fs::read(photos.path().join(&photo.of.file_name)).unwrap();
            let original = fs::read(folder.path().join(&photo.of.file_name)).unwrap();
            assert_eq!(copy, original);
        }
        // Once more into the same shop changes nothing.
        let again = take_in(&store, &incoming, folder.path());
        assert_eq!((again.added.len(), again.known, again.boxes), (0, 5, 0));
    }
    assert_eq!(kept(&store), before);
}

#[test]
fn the_parts_of_a_frozen_version_are_written_apart() {
    let (store, folder) = shop();
    let version = store.freeze(&FreezeRequest::default(), BY).unwrap();
    let stored = collect(&store, &Selection::Version(version.number)).unwrap();
    let out = tempfile::tempdir().unwrap();
    let target = out.path().join("set");
    let writing = Writing {
        format: ExportFormat::Coco,
        is_plain: false,
        has_splits: true,
    };
    let exported = export(&stored, folder.path(), &target, writing, &go_on).unwrap();
    let pictures: usize = exported
        .written
        .splits
        .values()
        .map(|(pictures, _)| pictures)
        .sum();
    assert_eq!(pictures, 3, "checked, labelled, and the one with nothing on it");
    assert!(target.join("annotations/train.json").is_file(), "{exported:?}");
    // A folder that is there is never overwritten.
    let again = export(&stored, folder.path(), &target, writing, &go_on).unwrap_err();
    assert!(again.to_string().contains("is not empty"), "{again}");
}

#[test]
fn a_picture_whose_boxes_could_not_be_read_is_not_taken_for_an_empty_one() {
    let inbox = tempfile::tempdir().unwrap();
    for seed in 0..4 {
        picture::write(&photo(seed), &inbox.path().join(format!("{seed}.png"))).unwrap();
    }
    let image = |id: u32| serde_json::json!({"id": id, "file_name": format!("{id}.png")});
    let images: Vec<serde_json::Value> = (0..4).map(image).collect();
    let coco = serde_json::json!({
        "images": images,
        "categories": [{"id": 1, "name": "apple"}],
        "annotations": [
            {"id": 1, "image_id": 0, "category_id": 9, "bbox": [1, 1, 9, 9]},
            {"id": 1, "image_id": 1, "category_id": 1, "segmentation": [[1, 1, 30, 1, 30, 30]]},
            {"id": 2, "image_id": 2, "category_id": 1, "bbox": [500, 500, 20, 20]},
        ],
    });
    fs::write(inbox.path().join("labels.json"), coco.to_string()).unwrap();
    let incoming = look_over(&inbox.path().join("labels.json"), reading(), &go_on).unwrap();
    let said: Vec<(ReviewState, bool, usize)> = incoming
        .photos
        .iter()
        .map(|photo| (photo.row.state, photo.row.nothing_here, photo.row.boxes.len()))
        .collect();
    assert_eq!(
        said,
        [
            (ReviewState::New, false, 0),
            (ReviewState::Labelled, false, 1),
            (ReviewState::New, false, 0),
            (ReviewState::Labelled, true, 0),
        ]
    );
    for issue in [
        Issue::UnknownCategory,
        Issue::BoxFromOutline,
        Issue::DuplicateId,
        Issue::OutsidePicture,
    ] {
        assert_eq!(incoming.report.count(issue), 1, "{issue:?}");
    }
}

#[test]
fn bad_voc_files_are_named_and_the_good_ones_come_in() {
    let inbox = tempfile::tempdir().unwrap();
    let path = inbox.path();
    let page = |stem: &str, inside: &str| {
        fs::write(
            path.join(format!("{stem}.xml")),
            format!("<annotation>{inside}</annotation>"),
        )
        .unwrap();
    };
    let object = |corners: [i32; 4]| {
        let [x0, y0, x1, y1] = corners;
        format!(
            "<object><name>apple</name><bndbox><xmin>{x0}</xmin><ymin>{y0}</ymin><xmax>{x1}</xmax>\
             <ymax>{y1}</ymax></bndbox></object>"
        )
    };
    for seed in 0..7 {
        picture::write(&photo(seed), &path.join(format!("{seed}.png"))).unwrap();
    }
    page(
        "0",
        &format!(
            "<size><width>0</width><height>0</height></size>{}",
            object([1, 1, 20, 20])
        ),
    );
    page(
        "1",
        &format!(
            "<path>C:\\Users\\me\\1.png</path><filename>C:\\1.png</filename>{}",
            object([40, 40, 10, 10])
        ),
    );
    page("2", "<object><name>apple</name></object>");
    page("3", &object([-50, -50, 200, 200]));
    page("4", &object([300, 300, 400, 400]));
    fs::write(
        path.join("5.xml"),
        "<!DOCTYPE lolz [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;'>]><annotation>&b;</annotation>",
    )
    .unwrap();
    // A hole of 200 MB takes no room on the disk.
    fs::File::create(path.join("6.xml"))
        .unwrap()
        .set_len(200 << 20)
        .unwrap();
    let incoming = look_over(path, reading(), &go_on).unwrap();
    for issue in [
        Issue::CornersExchanged,
        Issue::NoCorners,
        Issue::Clipped,
        Issue::OutsidePicture,
        Issue::Entities,
        Issue::LabelsTooLarge,
    ] {
        assert_eq!(
            incoming.report.count(issue),
            1,
            "{issue:?}: {:?}",
            incoming.report
        );
    }
    assert_eq!(
        (incoming.photos.len(), incoming.boxes(), incoming.unlabelled()),
        (5, 3, 2)
    );
    assert_eq!(incoming.negatives(), 0);
}

#[test]
fn an_import_that_is_cut_off_leaves_nothing_half_and_can_be_made_again() {
    let (store, folder) = shop();
    let inbox = tempfile::tempdir().unwrap();
    for seed in 20..23 {
        picture::write(&photo(seed), &inbox.path().join(format!("{seed}.png"))).unwrap();
    }
    let incoming = look_over(inbox.path(), reading(), &go_on).unwrap();
    // The power goes after the files were copied and before their rows are written.
    store.expect_files(&incoming.names(0), NOW).unwrap();
    let rows = incoming.copy(0, folder.path()).unwrap();
    let orphans = store.files_to_delete().unwrap();
    assert_eq!(orphans.len(), 3, "the next start deletes them");
    // A batch with one bad box is taken back whole.
    let mut bad = rows;
    bad.classes = vec!["pear".to_owned()];
    bad.photos[2].boxes.push(crate::store::imports::ImportedBox {
        class: 0,
        bbox: crate::geom::CornerBox {
            x0: 0.9,
            y0: 0.0,
            x1: 0.1,
            y1: 1.0,
        },
        difficult: false,
    });
    let count = || store.photo_count(&PhotoFilter::default()).unwrap();
    let before = count();
    assert!(store.import_photos(&bad, BY).is_err());
    assert_eq!(count(), before);
    assert!(!store.classes().unwrap().iter().any(|link| link.name == "pear"));
    for name in orphans {
        fs::remove_file(folder.path().join(&name)).unwrap();
        store.file_deleted(&name).unwrap();
    }
    let done = take_in(&store, &incoming, folder.path());
    assert_eq!(done.added.len(), 3);
    assert_eq!(count(), before + 3);
    assert!(store.files_to_delete().unwrap().is_empty());
    assert!(
        incoming
            .names(0)
            .iter()
            .all(|name| folder.path().join(name).is_file())
    );
}

#[test]
fn a_stopped_look_changes_nothing_and_says_so() {
    let inbox = tempfile::tempdir().unwrap();
    picture::write(&photo(1), &inbox.path().join("1.png")).unwrap();
    let stopped = look_over(inbox.path(), reading(), &|_, _| false).unwrap_err();
    assert!(stopped.to_string().contains("nothing was changed"), "{stopped}");
    let nothing = look_over(&inbox.path().join("none"), reading(), &go_on).unwrap_err();
    assert!(nothing.to_string().contains("none"), "{nothing}");
}

fn faults(store: &Store, folder: &Path) -> (StoredSet, super::inspect::Inspection) {
    let stored = collect(store, &Selection::Now(FreezeRequest::default())).unwrap();
    let found = inspect(&stored, folder, &go_on).unwrap();
    (stored, found)
}

#[test]
fn what_the_check_finds_is_mended_with_one_press_and_taken_back() {
    let (store, folder) = shop();
    let ids: Vec<i64> = store
        .photo_page(&PhotoFilter::default(), PhotoOrder::Oldest, 0, 10)
        .unwrap()
        .iter()
        .map(|photo| photo.id)
        .collect();
    // A speck, a wrong size, a broken file, and a photo that looks like another.
    let apple = store
        .classes()
        .unwrap()
        .iter()
        .find(|link| link.name == "apple")
        .unwrap()
        .class;
    let speck = NewBox {
        class: apple,
        bbox: crate::geom::CornerBox {
            x0: 0.5,
            y0: 0.5,
            x1: 0.51,
            y1: 0.51,
        },
        source: BoxSource::Person,
        difficult: false,
        score: None,
    };
    store.edit_labels(ids[0], &[LabelOp::Add(speck)], BY).unwrap();
    store.set_photo_size(ids[1], (160, 120), BY).unwrap();
    let broken = store.photo(ids[3]).unwrap().of.file_name;
    fs::write(folder.path().join(&broken), b"not a picture").unwrap();
    let (_, found) = faults(&store, folder.path());
    let of = |issue: Issue| {
        found
            .faults
            .iter()
            .filter(|fault| fault.issue == issue)
            .collect::<Vec<_>>()
    };
    for issue in [
        Issue::TinyBox,
        Issue::ScaledToPicture,
        Issue::PictureUnreadable,
        Issue::NoNegatives,
    ] {
        assert_eq!(of(issue).len(), 1, "{issue:?}: {:#?}", found.faults);
    }
    assert_eq!(of(Issue::Unlabelled)[0].photos, [ids[4]]);
    assert!(found.total(Severity::Error) >= 1);
    let mends: Vec<_> = found
        .faults
        .iter()
        .filter_map(|fault| fault.mend.clone())
        .collect();
    let back = mend(&store, &mends, BY).unwrap();
    assert_eq!(back.len(), mends.len());
    assert_eq!(mend(&store, &mends, BY).unwrap(), [], "nothing is left to mend");
    let (_, after) = faults(&store, folder.path());
    for issue in [Issue::TinyBox, Issue::ScaledToPicture, Issue::PictureUnreadable] {
        assert!(
            !after.faults.iter().any(|fault| fault.issue == issue),
            "{issue:?}"
        );
    }
    assert_eq!(store.labels(ids[3]).unwrap().state, ReviewState::Ignored);
    unmend(&store, &back, BY).unwrap();
    assert_eq!(faults(&store, folder.path()).1.faults, found.faults);
}

#[test]
fn photos_that_look_alike_on_both_sides_of_the_split_are_put_together() {
    let store = Store::in_memory().unwrap();
    let (folder, inbox) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for seed in 0..8 {
        let file = inbox.path().join(format!("{seed}.png"));
        picture::write(&photo(seed), &file).unwrap();
    }
    let incoming = look_over(
        inbox.path(),
        Reading {
            is_empty_place: true,
            ..reading()
        },
        &go_on,
    )
    .unwrap();
    assert_eq!(incoming.negatives(), 8);
    let done = take_in(&store, &incoming, folder.path());
    for id in &done.added {
        store.set_session(&[*id], &format!("session {id}"), BY).unwrap();
    }
    let stored = collect(&store, &Selection::Now(FreezeRequest::default())).unwrap();
    let test = stored
        .photos
        .iter()
        .find(|photo| photo.of.split.code() == "test")
        .unwrap();
    // The same scene, a little lighter, taken in another session that trains.
    let mut lighter = picture::read(&folder.path().join(&test.of.file_name)).unwrap();
    lighter
        .pixels_mut()
        .for_each(|pixel| pixel.0[1] = pixel.0[1].saturating_add(4));
    let train = stored
        .photos
        .iter()
        .find(|photo| photo.of.split.code() == "train")
        .unwrap();
    picture::write(&lighter, &folder.path().join(&train.of.file_name)).unwrap();
    let (_, found) = faults(&store, folder.path());
    let across: Vec<_> = found
        .faults
        .iter()
        .filter(|fault| fault.issue == Issue::NearAcrossSplits)
        .collect();
    assert_eq!(across.len(), 1, "{:#?}", found.faults);
    mend(&store, &[across[0].mend.clone().unwrap()], BY).unwrap();
    let (stored, found) = faults(&store, folder.path());
    assert!(
        !found
            .faults
            .iter()
            .any(|fault| fault.issue == Issue::NearAcrossSplits)
    );
    let part = |id| {
        stored
            .photos
            .iter()
            .find(|photo| photo.of.id == id)
            .unwrap()
            .of
            .split
    };
    assert_eq!(part(test.of.id), part(train.of.id));
}
