//! What the shop has set holds in the lane, from the beginning or from the next item.

use std::sync::Arc;

use tempfile::TempDir;
use tillsight::{
    app::kiosk::{checkout::LaneOrder, tuning::Tuning},
    domain::{codes::Sku, time::Timestamp},
    store::Store,
    ui::{
        command::Command,
        office::{
            OfficeCommand, Page,
            products::ProductsCommand,
            settings::{SettingsCommand, view::Setting},
        },
        view::{Panel, PinPurpose, PinRefusal, Screen},
    },
    vision::Engine,
};

use super::bench::{APPLE, Bench, approving, euro};

#[test]
fn a_new_price_holds_for_the_next_item_and_can_be_undone() {
    let mut bench = Bench::new(approving);
    bench.open_office();
    let apple = Sku::new("APPLE").unwrap();
    bench.wish(Command::Office(OfficeCommand::Products(
        ProductsCommand::SetPrice {
            sku: apple.clone(),
            price: euro(69),
        },
    )));
    bench.settle();
    let Screen::Office(office) = bench.view().screen else {
        panic!("the office stays open")
    };
    assert!(office.saved_at.is_some() && office.can_undo);
    bench.count(1, APPLE);
    assert_eq!(bench.total(), 69);
    bench.pass(1_000);
    bench.wish(Command::Office(OfficeCommand::Undo));
    bench.settle();
    bench.wish(Command::Office(OfficeCommand::Close));
    bench.count(2, APPLE);
    assert_eq!(bench.total(), 69 + 59, "what is in the basket keeps its price");
    let history = bench.store().price_history(&apple).unwrap();
    let prices: Vec<i64> = history.iter().map(|entry| entry.price.minor()).collect();
    assert_eq!(prices.len(), 3, "{prices:?}");

    bench.wish(Command::OpenPin(PinPurpose::Office));
    bench.type_pin("0000");
    bench.settle();
    let Panel::Pin { refused, .. } = bench.view().panel else {
        panic!("it stays shut")
    };
    assert_eq!(refused, Some(PinRefusal::Wrong));
}

/// A checkout whose database was set to these before it began.
fn set_to(settings: &[(&str, &str)]) -> Bench {
    let folder = Arc::new(TempDir::new().unwrap());
    let store = Store::open(&folder.path().join("tillsight.db")).unwrap();
    for (key, value) in settings {
        store.set_setting(key, value, ("test", Timestamp(0))).unwrap();
    }
    drop(store);
    Bench::open(folder, approving, Timestamp(1_700_000_000_000))
}

#[test]
fn the_lane_begins_as_the_shop_has_set_it() {
    let mut bench = set_to(&[
        ("lane.threshold.apple", "35"),
        ("lane.zone", "10,5,90,95"),
        ("lane.source", "camera:C920"),
        ("lane.engine", "cpu-int8"),
    ]);
    let tuning = Tuning {
        thresholds: [("apple".to_owned(), 35)].into(),
        zone: Some([10, 5, 90, 95]),
    };
    let source = "camera:C920".to_owned();
    let orders = bench.checkout.take_orders();
    let wanted = [
        LaneOrder::Tune(tuning),
        LaneOrder::UsualSource(source),
        LaneOrder::UsualEngine(Engine::CpuInt8),
    ];
    assert_eq!(orders, wanted);
}

#[test]
fn another_engine_takes_over_while_the_lane_runs() {
    let mut bench = Bench::new(approving);
    bench.open_office();
    bench.wish(Command::Office(OfficeCommand::Open(Page::Settings)));
    bench.checkout.take_orders();
    for (value, engine) in [("cpu-int8", Some(Engine::CpuInt8)), ("auto", None)] {
        bench.wish(Command::Office(OfficeCommand::Settings(SettingsCommand::Set {
            setting: Setting::Engine,
            value: value.to_owned(),
        })));
        bench.until("the setting", |checkout| checkout.settings().engine == engine);
        let orders = bench.checkout.take_orders();
        assert_eq!(orders, [LaneOrder::ChangeEngine(engine)], "{value}");
    }
}

#[test]
fn items_are_asked_about_or_left_as_the_shop_has_set_it() {
    let mut bench = set_to(&[("lane.scan", "ask")]);
    bench.count(1, APPLE);
    assert_eq!(bench.total(), 0, "not before it is answered");
    let Screen::Scan(scan) = bench.view().screen else {
        panic!("an item starts a visit")
    };
    let question = scan.question.unwrap();
    assert_eq!(question.choices.len(), 1);
    let (track, sku) = (question.track, question.choices[0].sku.clone());
    bench.wish(Command::AnswerItem { track, sku });
    assert_eq!(bench.total(), 59);

    let mut bench = set_to(&[("lane.scan", "off")]);
    bench.count(1, APPLE);
    assert!(
        matches!(bench.view().screen, Screen::Attract(_)),
        "nothing is counted"
    );
    bench.wish(Command::NumberEntered("4011".to_owned()));
    assert_eq!(bench.total(), 35, "numbers go on");
}
