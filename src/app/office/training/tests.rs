//! The page over a store in memory, and the curves of a run.

use std::collections::BTreeMap;

use super::{Curves, settings, shown};
use crate::{
    app::office::bench::Bench,
    domain::staff::Role,
    store::training_runs::RunState,
    training::teach::{Complaint, Stage, TeachProgress, TeachSettings},
    ui::office::{
        OfficeCommand, Page, PageView,
        training::{
            TrainingCommand, TrainingView,
            view::{Effort, Hold, RunStage, Wishes},
        },
    },
};

const CATALOG: &str = "sku,name,name_de,department,unit,price,currency,tax,tax_percent,plu,active,class\n\
    PLUM,Plum,Pflaume,Fruit,each,0.35,EUR,reduced,7,4040,yes,plum\n";

fn bench() -> Bench {
    Bench::on(CATALOG, Role::Teacher, Page::Training)
}

fn view(bench: &Bench) -> TrainingView {
    let PageView::Training(view) = bench.page() else {
        panic!("another page is open");
    };
    view
}

fn progress(seconds: f64, round: u32, loss: f32, ap50: f64) -> TeachProgress {
    TeachProgress {
        stage: Stage::Learning,
        done: 1,
        total: 10,
        share: 0.1,
        loss,
        kept: 0.5,
        ap50: BTreeMap::from([("plum".to_owned(), ap50)]),
        round,
        seconds,
        seconds_left: 90.0,
    }
}

#[test]
fn curves_grow_with_the_run_and_begin_anew_with_the_next() {
    let mut curves = Curves::default();
    for (seconds, round, loss, ap50) in [(60.0, 1, 2.0, 0.2), (60.0, 1, 9.0, 0.9), (120.0, 2, 1.0, 0.5)] {
        curves.take(7, &progress(seconds, round, loss, ap50));
    }
    assert_eq!(
        curves.loss,
        [[1.0, 2.0], [2.0, 1.0]],
        "the same report counts once"
    );
    assert_eq!(curves.found["plum"], [[1.0, 20.0], [2.0, 50.0]]);
    curves.take(8, &progress(30.0, 1, 3.0, 0.1));
    assert_eq!(curves.loss, [[0.5, 3.0]]);
}

#[test]
fn wishes_change_the_settings_and_the_usual_ones_do_not() {
    let of = |effort, hold| {
        settings(Wishes {
            effort,
            hold,
            version: None,
        })
    };
    assert_eq!(of(Effort::Usual, Hold::Usual), TeachSettings::default());
    assert!(of(Effort::Quick, Hold::Usual).rounds < of(Effort::Thorough, Hold::Usual).rounds);
    assert!(of(Effort::Usual, Hold::Loose).keep < of(Effort::Usual, Hold::Firm).keep);
    for effort in [Effort::Quick, Effort::Usual, Effort::Thorough] {
        for hold in [Hold::Loose, Hold::Usual, Hold::Firm] {
            of(effort, hold).check().unwrap();
        }
    }
}

#[test]
fn without_photos_it_says_what_to_do_and_does_not_begin() {
    let mut bench = bench();
    let shown = view(&bench);
    assert!(
        shown.complaints.iter().any(|found| found.stops),
        "{:?}",
        shown.complaints
    );
    assert_eq!(shown.steps.labelled, 0);
    bench.wish(OfficeCommand::Training(TrainingCommand::Start(Wishes::default())));
    assert!(bench.view().problem.is_some());
    assert!(view(&bench).run.is_none());
}

#[test]
fn complaints_name_products_as_people_do() {
    let bench = bench();
    let found = Complaint::TooFew {
        class: "plum".to_owned(),
        found: 5,
        least: 8,
    };
    let shown = shown::complaint(&found, &bench.desk());
    assert!(shown.stops);
    assert_eq!(
        shown.words,
        "Plum has only 5 photos. Take at least 3 more, from other sides."
    );
}

#[test]
fn a_waiting_run_is_given_up_after_a_question_and_a_failed_one_begins_again() {
    let mut bench = bench();
    let by = ("Tia", bench.now());
    let run = bench.store.queue_run("plum", "{}", None, by).unwrap();
    bench.wish(OfficeCommand::Open(Page::Training));
    let shown = view(&bench).run.unwrap();
    assert_eq!((shown.name.as_str(), shown.stage), ("Plum", RunStage::Waiting));
    bench.wish(OfficeCommand::Training(TrainingCommand::Cancel(run.id)));
    assert!(bench.view().confirm.is_some());
    assert_eq!(
        bench.store.run(run.id).unwrap().state,
        RunState::Queued,
        "not yet"
    );
    bench.wish(OfficeCommand::Confirm {
        reason: String::new(),
    });
    assert_eq!(bench.store.run(run.id).unwrap().state, RunState::Stopped);
    assert_eq!(view(&bench).history[0].stage, RunStage::Stopped);

    let failed = bench.store.queue_run("plum", "{}", None, by).unwrap();
    bench
        .store
        .set_run_state(failed.id, RunState::Failed, Some("the disk is full"), by)
        .unwrap();
    bench.wish(OfficeCommand::Open(Page::Training));
    assert_eq!(
        view(&bench).history[0].message.as_deref(),
        Some("the disk is full")
    );
    bench.wish(OfficeCommand::Training(TrainingCommand::Again(failed.id)));
    assert_eq!(bench.store.run(failed.id).unwrap().state, RunState::Queued);
}
