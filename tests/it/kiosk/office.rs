//! The back office at the lane: the gate, the lock, planned prices, and two windows on one database.

use std::sync::Arc;

use tillsight::{
    domain::{codes::Sku, sale::PaymentMethod},
    ui::{
        command::Command,
        office::{OfficeCommand, products::ProductsCommand},
        view::{Notice, Panel, PinPurpose, PinRefusal, Screen},
    },
};

use super::bench::{APPLE, Bench, approving};

#[test]
fn an_office_that_nobody_touches_locks_and_says_so() {
    let mut bench = Bench::new(approving);
    bench.open_office();
    bench.pass(4 * 60_000);
    assert!(matches!(bench.view().screen, Screen::Office(_)));
    bench.wish(Command::Touched);
    bench.pass(4 * 60_000);
    assert!(
        matches!(bench.view().screen, Screen::Office(_)),
        "a touch keeps it open"
    );
    bench.pass(2 * 60_000);
    assert!(matches!(bench.view().screen, Screen::Attract(_)));
    assert!(matches!(bench.view().notice, Some(Notice::Plain(text)) if text.contains("locked")));
    // What was signed on may do nothing any more.
    bench.wish(Command::Office(OfficeCommand::Undo));
    bench.settle();
    assert!(matches!(bench.view().screen, Screen::Attract(_)));
}

#[test]
fn wrong_pins_lock_the_pad_and_a_restart_does_not_open_it() {
    let mut bench = Bench::new(approving);
    bench.open_office();
    bench.wish(Command::Office(OfficeCommand::Close));
    bench.wish(Command::OpenPin(PinPurpose::Office));
    let mut refusals = Vec::new();
    for _ in 0..6 {
        bench.type_pin("0000");
        bench.settle();
        let Panel::Pin { refused, .. } = bench.view().panel else {
            panic!("it stays shut")
        };
        refusals.extend(refused);
    }
    assert_eq!(refusals[0], PinRefusal::Wrong);
    assert!(matches!(refusals[5], PinRefusal::Locked(_)), "{refusals:?}");
    let Bench {
        checkout,
        folder,
        now,
        ..
    } = bench;
    drop(checkout);
    let mut bench = Bench::open(folder, approving, now.plus_ms(1_000));
    bench.wish(Command::OpenPin(PinPurpose::Office));
    bench.type_pin("2580");
    bench.settle();
    let Panel::Pin { refused, .. } = bench.view().panel else {
        panic!("not even the right one")
    };
    assert!(matches!(refused, Some(PinRefusal::Locked(seconds)) if seconds > 30));
    bench.pass(3_600_000);
    bench.type_pin("2580");
    bench.settle();
    assert!(matches!(bench.view().screen, Screen::Office(_)));
}

#[test]
fn a_planned_price_begins_by_itself() {
    let mut bench = Bench::new(approving);
    bench.open_office();
    let offset = bench.store().utc_offset_ms(bench.now).unwrap();
    let at = bench.now.plus_ms(120_000 + offset).to_utc();
    let (sku, price) = (Sku::new("APPLE").unwrap(), "0.89".to_owned());
    let from = format!(
        "{:04}-{:02}-{:02} {:02}:{:02}",
        at.year, at.month, at.day, at.hour, at.minute
    );
    let plan = ProductsCommand::PlanPrice { sku, price, from };
    bench.wish(Command::Office(OfficeCommand::Products(plan)));
    bench.settle();
    let Screen::Office(office) = bench.view().screen else {
        panic!("the office stays open")
    };
    assert_eq!(office.problem, None);
    bench.wish(Command::Office(OfficeCommand::Close));
    let costs = |bench: &Bench| {
        let apple = Sku::new("APPLE").unwrap();
        bench.checkout.catalog().by_sku(&apple).unwrap().price.minor()
    };
    assert_eq!(costs(&bench), 59, "not yet");
    bench.pass(180_000);
    bench.settle();
    bench.count(2, APPLE);
    assert_eq!((costs(&bench), bench.total()), (89, 89));
}

#[test]
fn the_journal_says_which_model_sold_a_sale() {
    let mut bench = Bench::new(approving);
    bench.count(1, APPLE);
    bench.pay(PaymentMethod::Card);
    bench.until_state("done");
    bench.settle();
    let view = bench.store().receipt_view(1).unwrap();
    assert_eq!(view.model.as_deref(), Some("scripted"));
}

#[test]
fn a_second_window_waits_for_the_first() {
    let first = Bench::new(approving);
    let mut second = Bench::before_the_database(Arc::clone(&first.folder), approving, first.now);
    second.until_state("needs_assistance");
    let Screen::Help(help) = second.view().screen else {
        panic!("staff must see it")
    };
    let sentence = help.detail.unwrap();
    assert!(sentence.contains("open already"), "{sentence}");
    drop(first);
    second.pass(3_000);
    second.until("a catalog", |checkout| !checkout.catalog().products().is_empty());
}
