//! What opens over a screen: questions, panels, notices.

use eframe::egui::Key;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::ui::{
    command::Command,
    samples,
    view::{Notice, Panel, RecoveredView, Screen},
    words::Lang,
};

use super::{LANDSCAPE, PORTRAIT, bench, key, lane, press, scan_lane, tap, type_text};

#[test]
fn one_touch_answers_the_question() {
    let mut scan = samples::scan(Lang::English);
    scan.question = Some(samples::question(Lang::English));
    let view = lane(Screen::Scan(scan));
    let answer = Command::AnswerItem {
        track: 12,
        sku: samples::sku("mango"),
    };
    assert_eq!(press(&view, "Mango"), [answer]);
    assert_eq!(
        press(&view, "Something else"),
        [Command::SomethingElse { track: 12 }]
    );
    assert_eq!(press(&view, "Not now"), [Command::DismissQuestion]);
    assert_eq!(key(&view, Key::Escape), [Command::DismissQuestion]);
}

#[test]
fn what_is_covered_hears_nothing() {
    let mut view = scan_lane();
    view.idle_seconds = Some(12);
    let mut harness = bench(view, LANDSCAPE);
    let covered = harness.get_by_label("Pay €8.06").rect().center();
    tap(&mut harness, covered);
    assert_eq!(harness.state().out, [Command::Touched]);
}

#[test]
fn the_search_types_and_chooses() {
    let mut view = scan_lane();
    view.panel = Panel::Search {
        results: samples::tiles(Lang::English),
    };
    assert_eq!(press(&view, "A"), [Command::SearchTyped("a".to_owned())]);
    assert_eq!(
        press(&view, "Kiwi"),
        [Command::ChooseProduct(samples::sku("kiwi"))]
    );
    assert_eq!(press(&view, "Close"), [Command::ClosePanel]);
    let mut harness = bench(view.clone(), LANDSCAPE);
    type_text(&mut harness, "ki");
    harness.key_press(Key::Backspace);
    harness.run_steps(2);
    let typed = ["k", "ki", "k"].map(|text| Command::SearchTyped(text.to_owned()));
    let out: Vec<&Command> = harness
        .state()
        .out
        .iter()
        .filter(|wish| **wish != Command::Touched)
        .collect();
    assert_eq!(out, typed.iter().collect::<Vec<_>>());
    // Nothing found: the words say so and what to do.
    harness.state_mut().view.panel = Panel::Search { results: Vec::new() };
    harness.run_steps(2);
    harness.get_by_label("Nothing is called “k”. Check the letters, or call for help.");
}

#[test]
fn a_number_is_typed_by_finger_or_key() {
    let mut view = scan_lane();
    view.panel = Panel::Number { unknown: None };
    assert_eq!(press(&view, "Add item"), [], "nothing typed yet");
    let mut harness = bench(view, PORTRAIT);
    for digit in ["4", "0", "1", "9"] {
        harness.get_by_label(digit).click();
        harness.run_steps(2);
    }
    harness.get_by_label("Delete").click();
    harness.run_steps(2);
    type_text(&mut harness, "1");
    harness.get_by_label("Add item").click();
    harness.run_steps(2);
    let number = Command::NumberEntered("4011".to_owned());
    assert_eq!(
        harness.state().out.iter().filter(|wish| **wish == number).count(),
        1
    );
    // Refused: said beside the number, until another is typed.
    harness.state_mut().view.panel = Panel::Number {
        unknown: Some("4011".to_owned()),
    };
    harness.run_steps(2);
    harness.get_by_label_contains("4011 is not known here");
    type_text(&mut harness, "2");
    assert!(harness.query_by_label_contains("is not known here").is_none());
    assert!(harness.state().out.iter().all(|wish| *wish != Command::Review));
}

#[test]
fn a_weight_is_typed_and_the_tare_is_shown() {
    let mut view = scan_lane();
    view.panel = Panel::Weight {
        product: samples::tiles(Lang::English).remove(3),
        tare_grams: 8,
    };
    let mut harness = bench(view, LANDSCAPE);
    harness.get_by_label("0.008\u{a0}kg");
    type_text(&mut harness, "8");
    harness.get_by_label("Type more than the packaging weighs.");
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    type_text(&mut harness, "60");
    harness.get_by_label("0.852\u{a0}kg");
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let weighed: Vec<&Command> = harness
        .state()
        .out
        .iter()
        .filter(|wish| matches!(wish, Command::AddWeighed { .. }))
        .collect();
    assert_eq!(
        weighed,
        [&Command::AddWeighed {
            sku: samples::sku("tomato"),
            gross_grams: 860
        }]
    );
}

#[test]
fn idle_asks_before_it_clears() {
    let mut view = scan_lane();
    view.idle_seconds = Some(14);
    assert_eq!(press(&view, "I need more time"), [Command::MoreTime]);
    assert_eq!(press(&view, "Stop shopping"), [Command::AbandonBasket]);
    assert_eq!(key(&view, Key::Enter), [Command::MoreTime]);
    assert_eq!(key(&view, Key::Escape), [], "a stray key does not clear a basket");
    bench(view, LANDSCAPE).get_by_label("In 14 seconds your basket is put aside.");
}

#[test]
fn an_interrupted_basket_is_offered() {
    let mut attract = samples::attract();
    attract.recovered = Some(RecoveredView {
        items: 4,
        total: samples::eur(806),
    });
    let view = lane(Screen::Attract(attract));
    assert_eq!(press(&view, "Go on with it"), [Command::RestoreBasket]);
    assert_eq!(press(&view, "Start a new one"), [Command::DiscardRecovered]);
    bench(view, LANDSCAPE).get_by_label("4 items, €8.06. It was not paid.");
}

#[test]
fn without_a_camera_there_are_demo_pictures() {
    let mut view = lane(Screen::Attract(samples::attract()));
    view.notice = Some(Notice::CameraMissing);
    assert_eq!(press(&view, "Use demo pictures"), [Command::UseDemoPictures]);
    assert_eq!(press(&view, "Go on without"), [Command::DismissNotice]);
}

#[test]
fn notices_say_what_to_do() {
    let reason = "The model file is missing.".to_owned();
    for (notice, words) in [
        (Notice::DetectorMissing { reason }, "Items are not recognised now"),
        (Notice::CameraLost, "The camera has stopped"),
        (
            Notice::Plain("Something to know.".to_owned()),
            "Something to know.",
        ),
    ] {
        let mut view = scan_lane();
        view.notice = Some(notice);
        bench(view.clone(), LANDSCAPE).get_by_label(words);
        assert_eq!(press(&view, "Search"), [Command::OpenSearch], "the lane goes on");
    }
}

#[test]
fn movements_come_to_rest() {
    let mut scan = scan_lane();
    scan.motion = true;
    let mut asked = scan.clone();
    if let Screen::Scan(screen) = &mut asked.screen {
        screen.question = Some(samples::question(Lang::English));
    }
    let mut harness = bench(scan.clone(), LANDSCAPE);
    // A line that was not there before flies in; a sheet opens and closes.
    for view in [asked, scan] {
        harness.state_mut().view = view;
        assert!(harness.run_ok().is_some(), "something repaints without end");
    }
}

#[test]
fn a_search_without_a_hit_offers_help() {
    let mut view = scan_lane();
    view.panel = Panel::Search { results: Vec::new() };
    let mut harness = bench(view, PORTRAIT);
    type_text(&mut harness, "x");
    // Two of that name: the covered one and the one in the panel.
    let all: Vec<_> = harness.get_all_by_label("Call for help").collect();
    let open = all
        .iter()
        .find(|node| !node.accesskit_node().is_disabled())
        .unwrap();
    open.click();
    drop(all);
    harness.run_steps(3);
    assert!(
        harness
            .state()
            .out
            .ends_with(&[Command::ClosePanel, Command::CallHelp]),
        "{:?}",
        harness.state().out
    );
}
