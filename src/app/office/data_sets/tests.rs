//! The page over a store in memory: everything that can be pressed, and what is there afterwards.

use std::{fs, path::Path};

use crate::{
    app::office::bench::Bench,
    domain::staff::Role,
    frame::{Rgb, RgbImage, picture},
    training::dataset::Issue,
    ui::{
        office::{
            OfficeCommand, Page, PageView,
            data_sets::{
                DataSetsCommand, DataSetsView,
                view::{CheckView, LabelStyle},
            },
        },
        words::{IssueWord, Lang, Words},
    },
};

const CATALOG: &str = "sku,name,name_de,department,unit,price,currency,tax,tax_percent,plu,active,class\n\
    APPLE,Apple,Apfel,Fruit,each,0.35,EUR,reduced,7,4040,yes,apple\n";

fn photo(seed: u32) -> RgbImage {
    RgbImage::from_fn(80, 60, |x, y| {
        let value = (x / 8 * (13 + seed * 17) + y / 6 * (29 + seed * 11)) % 251;
        Rgb([u8::try_from(value).unwrap(), 40, 200])
    })
}

/// Photos with a table: an apple, an apple that is a speck, a pear, and nothing.
fn inbox() -> tempfile::TempDir {
    let inbox = tempfile::tempdir().unwrap();
    for seed in 0..4 {
        picture::write(&photo(seed), &inbox.path().join(format!("{seed}.png"))).unwrap();
    }
    let table = "filename,width,height,class,xmin,ymin,xmax,ymax\n\
        0.png,80,60,apple,1,1,40,30\n1.png,80,60,apple,10,10,11,11\n2.png,80,60,pear,20,5,70,55\n3.png,80,60,,,,,\n";
    fs::write(inbox.path().join("labels.csv"), table).unwrap();
    inbox
}

fn bench() -> Bench {
    Bench::on(CATALOG, Role::Teacher, Page::DataSets)
}

/// Says where, when a path is asked for.
fn at(bench: &mut Bench, path: &Path) {
    bench.wish(OfficeCommand::PathChosen(path.display().to_string()));
}

fn wish(bench: &mut Bench, command: DataSetsCommand) {
    bench.wish(OfficeCommand::DataSets(command));
}

fn view(bench: &Bench) -> DataSetsView {
    let PageView::DataSets(view) = bench.page() else {
        panic!("another page is open");
    };
    view
}

#[test]
fn photos_come_in_are_checked_mended_frozen_and_written_out() {
    let mut bench = bench();
    let (inbox, outbox) = (inbox(), tempfile::tempdir().unwrap());
    wish(&mut bench, DataSetsCommand::ChooseFile { empty_place: false });
    at(&mut bench, &inbox.path().join("labels.csv"));
    let incoming = view(&bench).incoming.unwrap();
    assert_eq!((incoming.photos, incoming.boxes, incoming.nothing), (4, 3, 1));
    assert_eq!(incoming.new_classes, ["pear"]);
    assert_eq!(
        view(&bench).counts.photos,
        0,
        "nothing comes in before it is said so"
    );

    wish(&mut bench, DataSetsCommand::BringIn);
    let shown = view(&bench);
    assert!(shown.incoming.is_none() && shown.work.is_none());
    assert_eq!((shown.counts.photos, shown.counts.nothing), (4, 1));
    assert_eq!(
        shown.outcome.as_deref(),
        Some("4 photos with 3 boxes are here now, 0 got boxes, 0 were here already.")
    );
    let names: Vec<(&str, u64)> = shown
        .classes
        .iter()
        .map(|class| (class.name.as_str(), class.boxes))
        .collect();
    assert_eq!(names, [("Apple", 2), ("pear", 1)]);
    assert_eq!(shown.stats.unwrap().classes[0].0, "Apple");

    wish(&mut bench, DataSetsCommand::Check);
    let keys = |bench: &Bench| match view(bench).check {
        CheckView::Done { faults, stale, .. } => {
            assert!(!stale);
            faults
                .iter()
                .map(|fault| (fault.key, fault.mendable))
                .collect::<Vec<_>>()
        }
        CheckView::Never => panic!("it was checked"),
    };
    assert!(keys(&bench).contains(&("tiny-box", 1)), "{:?}", keys(&bench));
    wish(&mut bench, DataSetsCommand::Mend(Some("tiny-box")));
    assert!(!keys(&bench).iter().any(|(key, _)| *key == "tiny-box"));
    assert_eq!(view(&bench).classes[0].boxes, 1);
    bench.wish(OfficeCommand::Undo);
    assert_eq!(view(&bench).classes[0].boxes, 2, "undo brings the box back");

    wish(
        &mut bench,
        DataSetsCommand::Freeze {
            note: "first".to_owned(),
            checked_only: false,
            shares: (15, 15),
        },
    );
    let versions = view(&bench).versions;
    assert_eq!(
        (versions[0].number, versions[0].boxes, versions[0].sound),
        (1, 3, None)
    );
    assert_eq!(versions[0].note, "first");
    wish(&mut bench, DataSetsCommand::Verify(1));
    assert_eq!(view(&bench).versions[0].sound, Some(true));

    wish(
        &mut bench,
        DataSetsCommand::WriteOut {
            style: LabelStyle::Voc,
            plain: false,
            version: None,
        },
    );
    at(&mut bench, outbox.path());
    let told = view(&bench).outcome.unwrap();
    assert!(told.starts_with("4 photos and 3 boxes are in "), "{told}");
    let folder = outbox.path().join("tillsight-photos-2023-11-15");
    assert!(folder.join("Annotations").is_dir() && folder.join("photos.tillsight").is_file());
    assert!(bench.view().problem.is_none());
}

#[test]
fn an_import_is_undone_and_a_second_one_changes_nothing() {
    let mut bench = bench();
    let inbox = inbox();
    for (photos, told) in [
        (4, "4 photos with 3 boxes"),
        (4, "All 4 photos were here already"),
    ] {
        wish(&mut bench, DataSetsCommand::ChooseFolder { empty_place: false });
        at(&mut bench, inbox.path());
        wish(&mut bench, DataSetsCommand::BringIn);
        let shown = view(&bench);
        assert_eq!(shown.counts.photos, photos);
        let outcome = shown.outcome.unwrap();
        assert!(outcome.starts_with(told), "{outcome}");
    }
    bench.wish(OfficeCommand::Undo);
    assert_eq!(view(&bench).counts.photos, 0);
}

#[test]
fn what_cannot_be_used_is_one_sentence_and_changes_nothing() {
    let mut bench = bench();
    let empty = tempfile::tempdir().unwrap();
    wish(&mut bench, DataSetsCommand::ChooseFolder { empty_place: false });
    at(&mut bench, empty.path());
    let problem = bench.view().problem.unwrap();
    assert!(problem.contains("neither labels nor pictures"), "{problem}");
    assert!(view(&bench).work.is_none(), "the next wish is free");
    wish(
        &mut bench,
        DataSetsCommand::Freeze {
            note: String::new(),
            checked_only: false,
            shares: (15, 15),
        },
    );
    assert!(bench.view().problem.is_some());
    assert!(view(&bench).versions.is_empty());
}

#[test]
fn a_question_for_a_path_that_is_left_does_nothing() {
    let mut bench = bench();
    wish(&mut bench, DataSetsCommand::ChooseFolder { empty_place: true });
    assert!(bench.view().path.is_some());
    bench.wish(OfficeCommand::CancelPath);
    let shown = view(&bench);
    assert!(shown.incoming.is_none() && shown.work.is_none() && bench.view().problem.is_none());
}

#[test]
fn every_fault_has_its_words() {
    for lang in Lang::ALL {
        let words = Words::new(lang);
        for issue in Issue::ALL {
            let what = IssueWord::what(issue.key()).map(|word| words.say(word));
            let hint = IssueWord::hint(issue.key()).map(|word| words.say(word));
            assert!(
                what.is_some_and(|text| !text.is_empty()) && hint.is_some_and(|text| !text.is_empty()),
                "{issue:?} in {lang:?}"
            );
        }
    }
}
