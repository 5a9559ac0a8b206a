//! The hidden ways, the PIN and the back office.

use eframe::egui::{Key, Modifiers, pos2};
use egui_kittest::kittest::Queryable as _;

use crate::ui::{
    command::Command,
    office::{OfficeCommand, PageView, products::ProductsCommand},
    samples,
    view::{LaneView, Panel, PinPurpose, PinRefusal, Screen},
    words::Lang,
};

use super::{LANDSCAPE, bench, lane, press, scan_lane, tap, type_text};

#[test]
fn five_taps_in_the_corner_ask_for_the_pin() {
    let mut harness = bench(lane(Screen::Attract(samples::attract())), LANDSCAPE);
    for _ in 0..4 {
        tap(&mut harness, pos2(30.0, 30.0));
    }
    let opened = Command::OpenPin(PinPurpose::Office);
    assert!(!harness.state().out.contains(&opened), "four are not enough");
    tap(&mut harness, pos2(30.0, 30.0));
    assert!(harness.state().out.contains(&opened));
    assert!(
        !harness.state().out.contains(&Command::Start),
        "the corner does not start a sale"
    );
}

#[test]
fn slow_taps_and_taps_elsewhere_open_nothing() {
    let mut harness = bench(scan_lane(), LANDSCAPE);
    for _ in 0..5 {
        tap(&mut harness, pos2(30.0, 30.0));
        // Four steps of a quarter of a second: five taps take longer than three seconds.
        harness.run_steps(4);
    }
    for _ in 0..5 {
        tap(&mut harness, pos2(700.0, 1070.0));
    }
    assert!(
        !harness
            .state()
            .out
            .contains(&Command::OpenPin(PinPurpose::Office))
    );
}

#[test]
fn the_chord_asks_for_the_pin_too() {
    let mut harness = bench(scan_lane(), LANDSCAPE);
    harness.key_press_modifiers(Modifiers::CTRL | Modifiers::SHIFT, Key::B);
    harness.run_steps(2);
    assert!(
        harness
            .state()
            .out
            .contains(&Command::OpenPin(PinPurpose::Office))
    );
}

#[test]
fn a_pin_is_typed_unseen() {
    let mut view = scan_lane();
    view.panel = Panel::Pin {
        purpose: PinPurpose::Office,
        refused: None,
    };
    let mut harness = bench(view, LANDSCAPE);
    type_text(&mut harness, "123");
    harness.get_by_label("4").click();
    harness.run_steps(2);
    assert!(harness.query_by_value("1234").is_none(), "digits do not show");
    harness.key_press(Key::Enter);
    harness.get_by_label("Open").click();
    harness.run_steps(2);
    let pin = Command::PinEntered {
        purpose: PinPurpose::Office,
        pin: "1234".to_owned(),
    };
    assert_eq!(harness.state().out.iter().filter(|wish| **wish == pin).count(), 1);
    for (refusal, words) in [
        (PinRefusal::Wrong, "This PIN does not match. Try again."),
        (PinRefusal::Locked(30), "Too many tries. Wait 30 seconds."),
    ] {
        harness.state_mut().view.panel = Panel::Pin {
            purpose: PinPurpose::Office,
            refused: Some(refusal),
        };
        harness.run_steps(2);
        harness.get_by_label(words);
    }
}

fn office() -> LaneView {
    lane(Screen::Office(samples::office(Lang::English)))
}

#[test]
fn a_price_is_edited_in_place() {
    let mut harness = bench(office(), LANDSCAPE);
    harness.get_by_label("Price of Mango").click();
    harness.run_steps(3);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(1);
    type_text(&mut harness, "1.79");
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let changed = Command::Office(OfficeCommand::Products(ProductsCommand::SetPrice {
        sku: samples::sku("mango"),
        price: samples::eur(179),
    }));
    let out: Vec<&Command> = harness
        .state()
        .out
        .iter()
        .filter(|wish| **wish != Command::Touched)
        .collect();
    assert_eq!(out, [&changed]);
}

#[test]
fn a_price_that_is_none_is_not_sent() {
    let mut harness = bench(office(), LANDSCAPE);
    harness.get_by_label("Price of Mango").click();
    harness.run_steps(3);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(1);
    type_text(&mut harness, "cheap");
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    harness.get_by_label("Type a price such as 1.49.");
    harness.key_press(Key::Escape);
    harness.run_steps(3);
    assert!(harness.query_by_label("Type a price such as 1.49.").is_none());
    assert!(
        harness.state().out.iter().all(|wish| *wish == Command::Touched),
        "{:?}",
        harness.state().out
    );
}

#[test]
fn the_back_office_searches_undoes_and_closes() {
    assert_eq!(press(&office(), "Undo"), [Command::Office(OfficeCommand::Undo)]);
    assert_eq!(
        press(&office(), "Close back office"),
        [Command::Office(OfficeCommand::Close)]
    );
    let mut harness = bench(office(), LANDSCAPE);
    harness.get_by_label("saved 12:03");
    harness.get_by_label("14 products");
    harness.key_press(Key::Slash);
    harness.run_steps(2);
    type_text(&mut harness, "pota");
    harness.run_steps(2);
    let asked = harness.state().out.iter().rev().find_map(|wish| {
        if let Command::Office(OfficeCommand::Products(ProductsCommand::List(listing))) = wish {
            Some(listing.filter.text.clone())
        } else {
            None
        }
    });
    assert_eq!(asked.as_deref(), Some("pota"));
}

#[test]
fn the_back_office_goes_by_keys() {
    let mut harness = bench(office(), LANDSCAPE);
    harness.key_press(Key::ArrowDown);
    harness.run_steps(2);
    let first = ProductsCommand::Choose(Some(samples::sku("lemon")));
    assert!(
        harness
            .state()
            .out
            .contains(&Command::Office(OfficeCommand::Products(first)))
    );
    let details = samples::product_details(Lang::English);
    harness.state_mut().view.screen = Screen::Office(samples::office_page(PageView::Products(details)));
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    harness.run_steps(1);
    type_text(&mut harness, "2");
    harness.key_press(Key::Enter);
    harness.run_steps(3);
    let changed = Command::Office(OfficeCommand::Products(ProductsCommand::SetPrice {
        sku: samples::sku("mango"),
        price: samples::eur(200),
    }));
    assert!(
        harness.state().out.contains(&changed),
        "{:?}",
        harness.state().out
    );
}
