//! View models of the teaching pages, to look at and to test with: data sets and trainings.
//!
//! Compiled for tests and for the maker of screenshots only.

#[path = "samples/models.rs"]
mod models;

use std::sync::Arc;

use crate::ui::{
    office::{
        Page,
        data_sets::view::{
            CheckView, ClassRow, DataSetsView, FaultGroup, IncomingView, Part, PartRow, PhotoCounts,
            StatsView, VersionRow, WorkKind, WorkView,
        },
        training::view::{ComplaintView, RunRow, RunStage, RunView, StepsView, TrainingView},
    },
    words::Lang,
};

pub(crate) use models::models;

fn say(lang: Lang, english: &str, german: &str) -> String {
    match lang {
        Lang::English => english.to_owned(),
        Lang::German => german.to_owned(),
    }
}

/// Names of products.
fn names(lang: Lang) -> [String; 6] {
    [
        say(lang, "Apple Elstar", "Apfel Elstar"),
        say(lang, "Banana", "Banane"),
        say(lang, "Whole milk 1 l", "Vollmilch 1 l"),
        say(lang, "Pear Conference", "Birne Conference"),
        say(lang, "Lemon", "Zitrone"),
        say(lang, "Plum", "Pflaume"),
    ]
}

/// The page of data sets after a check.
pub(crate) fn data_sets(lang: Lang) -> DataSetsView {
    let photos = [64, 58, 41, 34, 22, 9];
    let classes = names(lang)
        .into_iter()
        .zip(photos)
        .map(|(name, photos)| ClassRow {
            name,
            photos,
            boxes: photos * 2 - 7,
            checked: photos / 2,
        });
    DataSetsView {
        counts: PhotoCounts {
            photos: 231,
            new: 14,
            labelled: 96,
            checked: 113,
            ignored: 8,
            nothing: 12,
        },
        classes: classes.collect(),
        stats: Some(Arc::new(stats(lang))),
        check: CheckView::Done {
            at: "12:03".to_owned(),
            stale: false,
            faults: faults(lang).into(),
        },
        versions: versions(lang).into(),
        ..DataSetsView::default()
    }
}

fn stats(lang: Lang) -> StatsView {
    let boxes = [
        [86.0, 18.0, 17.0],
        [77.0, 16.0, 16.0],
        [52.0, 12.0, 11.0],
        [43.0, 10.0, 8.0],
        [27.0, 6.0, 4.0],
        [11.0, 0.0, 0.0],
    ];
    let sizes = [4.0, 31.0, 96.0, 142.0, 88.0, 33.0, 12.0, 5.0, 2.0, 1.0];
    let part = |part, photos, boxes| PartRow { part, photos, boxes };
    StatsView {
        parts: vec![
            part(Part::Learn, 149, 296),
            part(Part::Judge, 32, 62),
            part(Part::Test, 28, 56),
        ],
        classes: names(lang)
            .into_iter()
            .zip(boxes)
            .map(|(name, counts)| (name, counts.to_vec()))
            .collect(),
        sizes: sizes
            .into_iter()
            .enumerate()
            .map(|(index, count)| (format!("{}", (index + 1) * 10), vec![count]))
            .collect(),
        places: (0..16_u32)
            .map(|y| {
                let cell = |x: u32| 60_u32.saturating_sub(x.abs_diff(7).pow(2) + y.abs_diff(9).pow(2));
                (0..16).map(cell).collect()
            })
            .collect(),
    }
}

fn faults(lang: Lang) -> Vec<FaultGroup> {
    let photo = |number: u32| say(lang, &format!("photo {number}"), &format!("Foto {number}"));
    let [apple, .., plum] = names(lang);
    let group = |key, is_bad, places: Vec<String>, mendable, page| FaultGroup {
        key,
        is_bad,
        count: places.len(),
        places,
        mendable,
        page,
    };
    vec![
        group("picture-unreadable", true, vec![photo(17)], 1, None),
        group(
            "near-across-splits",
            false,
            vec![
                format!("{}, {}", photo(31), photo(112)),
                format!("{}, {}", photo(44), photo(118)),
            ],
            2,
            None,
        ),
        group(
            "tiny-box",
            false,
            vec![format!("{}: {apple}", photo(52))],
            1,
            None,
        ),
        group("few-boxes", false, vec![plum.clone()], 0, Some(Page::Photos)),
        group("class-missing-in-split", false, vec![plum], 0, Some(Page::Photos)),
        group(
            "unlabelled",
            false,
            (200..214).map(photo).collect(),
            0,
            Some(Page::Labels),
        ),
    ]
}

fn versions(lang: Lang) -> Vec<VersionRow> {
    let row = |number, at: &str, note: String, photos, boxes, purged, sound| VersionRow {
        number,
        at: at.to_owned(),
        by: "Kim".to_owned(),
        note,
        photos,
        boxes,
        purged,
        sound,
    };
    vec![
        row(
            3,
            "2026-11-19 18:40",
            say(lang, "with lemons and plums", "mit Zitronen und Pflaumen"),
            [149, 32, 28],
            414,
            0,
            Some(true),
        ),
        row(
            2,
            "2026-11-05 09:12",
            say(lang, "pears", "Birnen"),
            [118, 26, 24],
            331,
            2,
            None,
        ),
        row(1, "2026-10-21 17:55", String::new(), [92, 20, 19], 240, 2, None),
    ]
}

/// The page of data sets while photos come in, and with what is about to come in.
pub(crate) fn incoming(lang: Lang) -> DataSetsView {
    let fault = |key, is_bad, count, place: &str| FaultGroup {
        key,
        is_bad,
        count,
        places: vec![place.to_owned()],
        mendable: 0,
        page: None,
    };
    let incoming = IncomingView {
        source: "voc:/media/usb/photos".to_owned(),
        photos: 42,
        boxes: 61,
        nothing: 5,
        unlabelled: 3,
        new_classes: vec!["pomegranate".to_owned()],
        faults: vec![
            fault("labels-too-large", true, 1, "/media/usb/photos/copy.xml"),
            fault("no-corners", true, 2, "/media/usb/photos/IMG_0031.xml"),
            fault("corners-exchanged", false, 4, "/media/usb/photos/IMG_0007.xml"),
            fault("size-missing", false, 9, "/media/usb/photos/IMG_0002.xml"),
        ],
    };
    DataSetsView {
        incoming: Some(Arc::new(incoming)),
        ..data_sets(lang)
    }
}

/// The page of data sets while it works.
pub(crate) fn working(lang: Lang) -> DataSetsView {
    DataSetsView {
        work: Some(WorkView {
            kind: WorkKind::Importing,
            done: 120,
            total: 231,
        }),
        ..data_sets(lang)
    }
}

/// The page of trainings, before one.
pub(crate) fn training(lang: Lang) -> TrainingView {
    let [.., lemon, plum] = names(lang);
    let complaint = |stops, words: String| ComplaintView {
        stops,
        words,
        page: Some(Page::Photos),
    };
    let advice = say(
        lang,
        &format!("{lemon} has 22 photos. With 30 it would be recognised more surely."),
        &format!("{lemon} hat 22 Fotos. Mit 30 würde sie sicherer erkannt."),
    );
    let cutouts = say(
        lang,
        &format!("{plum} was never photographed alone on the tray. It is learned less surely so."),
        &format!("{plum} wurde nie allein auf der Ablage fotografiert und wird so weniger sicher gelernt."),
    );
    TrainingView {
        steps: StepsView {
            photos: Some((lemon, 22)),
            products: 2,
            unlabelled: 0,
            labelled: 209,
        },
        complaints: vec![complaint(false, advice), complaint(false, cutouts)].into(),
        history: history(lang).into(),
        versions: vec![3, 2, 1],
        may_train: true,
        ..TrainingView::default()
    }
}

/// The page of trainings with too few photos.
pub(crate) fn training_not_ready(lang: Lang) -> TrainingView {
    let [.., plum] = names(lang);
    let words = say(
        lang,
        &format!("{plum} has only 5 photos. Take at least 3 more, from other sides."),
        &format!("{plum} hat nur 5 Fotos. Mindestens 3 weitere aufnehmen, von anderen Seiten."),
    );
    let mut view = training(lang);
    let mut complaints = vec![ComplaintView {
        stops: true,
        words,
        page: Some(Page::Photos),
    }];
    complaints.extend(view.complaints.iter().cloned());
    view.complaints = complaints.into();
    view.steps.photos = Some((plum, 5));
    view
}

fn history(lang: Lang) -> Vec<RunRow> {
    let [.., pear, lemon, plum] = names(lang);
    let row = |number, name: String, stage, told: &str, message| RunRow {
        number,
        name,
        stage,
        told: told.to_owned(),
        message,
    };
    vec![
        row(
            4,
            format!("{lemon}, {plum}"),
            RunStage::Failed,
            "2026-11-20 18:02 \u{b7} Kim",
            Some(say(
                lang,
                "the disk is full: make room and try again",
                "die Platte ist voll: Platz machen und nochmal versuchen",
            )),
        ),
        row(3, pear, RunStage::Done, "2026-11-05 09:40 \u{b7} Kim", None),
    ]
}

/// The page of trainings at work.
pub(crate) fn training_at_work(lang: Lang) -> TrainingView {
    let [.., lemon, plum] = names(lang);
    let curve = |start: f64, end: f64, rate: f64| -> Vec<[f64; 2]> {
        (1..60)
            .map(|step| {
                let x = f64::from(step);
                [x * 0.09, end + (start - end) * (-x * rate).exp()]
            })
            .collect()
    };
    let rounds = |last: f64, rate: f64| -> Vec<[f64; 2]> {
        (0..7)
            .map(|round| {
                let x = f64::from(round);
                [x, last * (1.0 - (-x * rate).exp())]
            })
            .collect()
    };
    let run = RunView {
        number: 5,
        name: format!("{lemon}, {plum}"),
        stage: RunStage::Learning,
        share: 0.62,
        seconds_left: Some(208.0),
        message: None,
        loss: curve(4.1, 0.8, 0.08),
        kept: curve(0.3, 0.42, 0.05),
        found: vec![
            (say(lang, "all products", "alle Waren"), rounds(91.0, 0.6)),
            (plum, rounds(78.0, 0.4)),
            (lemon, rounds(88.0, 0.5)),
        ],
    };
    let mut history = history(lang);
    history.remove(0);
    TrainingView {
        run: Some(Arc::new(run)),
        history: history.into(),
        ..training(lang)
    }
}
