//! What goes wrong in a visit: camera, database, detector, power.

use std::sync::Arc;

use tempfile::TempDir;
use tillsight::{
    app::kiosk::checkout::{LaneOrder, ModelInfo},
    domain::{sale::PaymentMethod, time::Timestamp},
    pipeline::LaneEventKind,
    ui::{
        command::Command,
        view::{Notice, Panel, Screen},
    },
    vision::Engine,
};

use super::bench::{APPLE, Bench, MILK, approving, euro, info};

#[test]
fn a_lost_camera_leaves_the_basket_and_calls_for_help() {
    let mut bench = Bench::new(approving);
    bench.lane(LaneEventKind::SourceReady {
        description: "a camera".to_owned(),
    });
    bench.count(1, APPLE);
    let reason = "the camera was unplugged".to_owned();
    bench.lane(LaneEventKind::SourceLost { reason });
    assert_eq!(bench.view().notice, Some(Notice::CameraLost));
    bench.pass(29_000);
    assert_eq!(bench.checkout.session().state_name(), "scanning");
    bench.pass(1_500);
    let Screen::Help(help) = bench.view().screen else {
        panic!("an attendant is called")
    };
    assert_eq!(help.basket.unwrap().total, euro(59));
    assert_eq!(help.detail.as_deref(), Some("the camera was unplugged"));
    bench.lane(LaneEventKind::SourceBack);
    assert_eq!(bench.view().notice, None);
    assert_eq!(
        (bench.checkout.session().state_name(), bench.total()),
        ("scanning", 59)
    );
}

#[test]
fn a_locked_database_holds_the_sale_back_and_never_doubles_it() {
    let mut bench = Bench::new(approving);
    bench.count(1, APPLE);
    bench.settle();
    let other = rusqlite::Connection::open(bench.folder.path().join("tillsight.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    bench.pay(PaymentMethod::Card);
    bench.until_state("needs_assistance");
    let Screen::Help(help) = bench.view().screen else {
        panic!("an attendant is called")
    };
    assert!(help.detail.unwrap().contains("in use by another program"));
    assert!(!help.can_dismiss);
    other.execute_batch("ROLLBACK").unwrap();
    bench.until_state("done");
    bench.settle();
    assert_eq!(bench.sales(), [(1, 59)]);
}

#[test]
fn a_graphics_card_that_cannot_be_used_is_told_to_staff() {
    let mut bench = Bench::new(approving);
    let reason = "the graphics card computes wrong results".to_owned();
    bench.models.put(ModelInfo {
        instead: Some(reason.clone()),
        ..info()
    });
    bench.lane(LaneEventKind::DetectorReady);
    assert_eq!(bench.view().notice, Some(Notice::Plain(reason)));
    bench.count(1, APPLE);
    assert_eq!(bench.total(), 59, "the processor counts");
}

#[test]
fn without_a_detector_items_are_typed_and_searched() {
    let mut bench = Bench::new(approving);
    let reason = "the model is damaged".to_owned();
    bench.lane(LaneEventKind::DetectorLost {
        reason: reason.clone(),
    });
    let orders = bench.checkout.take_orders();
    assert_eq!(
        orders,
        [LaneOrder::RebuildDetector(Engine::Cpu)],
        "the processor takes over"
    );
    bench.lane(LaneEventKind::DetectorLost {
        reason: reason.clone(),
    });
    assert_eq!(bench.checkout.take_orders(), []);
    bench.pass(10_000);
    assert_eq!(bench.view().notice, Some(Notice::DetectorMissing { reason }));
    bench.wish(Command::NumberEntered("99999".to_owned()));
    let Panel::Number { unknown } = bench.view().panel else {
        panic!("asked again")
    };
    assert_eq!(unknown.as_deref(), Some("99999"));
    bench.wish(Command::NumberEntered("4011".to_owned()));
    assert_eq!(bench.total(), 35, "a banana by its PLU");
    bench.wish(Command::OpenSearch);
    bench.wish(Command::SearchTyped("loose ban".to_owned()));
    let Panel::Search { results } = bench.view().panel else {
        panic!("the search is open")
    };
    assert_eq!(results[0].sku.as_str(), "BANANAS-KG");
    bench.wish(Command::ChooseProduct(results[0].sku.clone()));
    assert!(matches!(bench.view().panel, Panel::Weight { .. }));
    let sku = results[0].sku.clone();
    bench.wish(Command::AddWeighed {
        sku,
        gross_grams: 1_000,
    });
    // A kilogram at 1.79, without packaging.
    assert_eq!(bench.total(), 35 + 179);
}

#[test]
fn an_interrupted_basket_is_offered_again() {
    let mut bench = Bench::new(approving);
    bench.count(1, APPLE);
    bench.count(2, MILK);
    bench.settle();
    let Bench {
        checkout,
        folder,
        now,
        ..
    } = bench;
    drop(checkout);

    let mut bench = Bench::open(folder, approving, now.plus_ms(60_000));
    let Screen::Attract(attract) = bench.view().screen else {
        panic!("the lane begins anew")
    };
    let offered = attract.recovered.unwrap();
    assert_eq!((offered.items, offered.total), (2, euro(178)));
    bench.wish(Command::RestoreBasket);
    assert_eq!(bench.total(), 178);
    bench.pay(PaymentMethod::Card);
    bench.until_state("done");
    bench.settle();
    assert_eq!(bench.sales(), [(1, 178)]);
}

#[test]
fn a_database_of_a_newer_program_is_told_and_left_alone() {
    let folder = Arc::new(TempDir::new().unwrap());
    let path = folder.path().join("tillsight.db");
    let newer = rusqlite::Connection::open(&path).unwrap();
    newer.execute_batch("PRAGMA user_version = 99").unwrap();
    drop(newer);
    let mut bench = Bench::before_the_database(folder, approving, Timestamp(1_700_000_000_000));
    bench.until_state("needs_assistance");
    let Screen::Help(help) = bench.view().screen else {
        panic!("staff must see it")
    };
    assert!(help.detail.unwrap().contains("version 99"));
    std::fs::remove_file(&path).unwrap();
    bench.until("it was mended", |checkout| {
        !checkout.catalog().products().is_empty()
    });
    assert!(matches!(bench.view().screen, Screen::Attract(_)));
}
