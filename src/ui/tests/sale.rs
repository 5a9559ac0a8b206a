//! The screens of a sale, from the first touch to the receipt.

use eframe::egui::Key;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

use crate::{
    domain::{line::LineId, sale::PaymentMethod},
    ui::{
        command::Command,
        samples,
        view::{HelpReason, PaymentProblem, PaymentStage, PinPurpose, Screen, StaffView, Stage, StageView},
        words::Lang,
    },
};

use super::{LANDSCAPE, PORTRAIT, bench, key, lane, press, scan_lane, type_text};

#[test]
fn any_touch_starts_and_languages_name_themselves() {
    let view = lane(Screen::Attract(samples::attract()));
    assert_eq!(press(&view, "or touch the screen to begin"), [Command::Start]);
    assert_eq!(press(&view, "Deutsch"), [Command::ChooseLanguage(Lang::German)]);
}

#[test]
fn a_hand_scanner_works_from_the_first_screen_on() {
    for view in [lane(Screen::Attract(samples::attract())), scan_lane()] {
        let mut harness = bench(view, LANDSCAPE);
        type_text(&mut harness, "4011");
        harness.key_press(Key::Enter);
        harness.run_steps(2);
        let out = &harness.state().out;
        assert!(
            out.contains(&Command::NumberEntered("4011".to_owned())),
            "{out:?}"
        );
        assert!(
            !out.contains(&Command::Review),
            "a scan is not a wish to pay: {out:?}"
        );
    }
}

#[test]
fn the_way_forward_says_the_amount() {
    assert_eq!(press(&scan_lane(), "Pay €8.06"), [Command::Review]);
    assert_eq!(key(&scan_lane(), Key::Enter), [Command::Review]);
    let german = samples::lane(Lang::German, Screen::Scan(samples::scan(Lang::German)));
    assert_eq!(press(&german, "8,06\u{a0}€ bezahlen"), [Command::Review]);
}

#[test]
fn an_empty_basket_cannot_be_paid() {
    let mut scan = samples::scan(Lang::English);
    scan.basket = samples::basket(Lang::English, Vec::new());
    scan.picture.boxes.clear();
    let view = lane(Screen::Scan(scan));
    assert_eq!(press(&view, "Pay"), []);
    assert_eq!(key(&view, Key::Enter), []);
    bench(view, LANDSCAPE).get_by_label("Nothing here yet");
}

#[test]
fn lines_can_be_changed_and_removed() {
    let view = scan_lane();
    assert_eq!(
        press(&view, "One more Banana"),
        [Command::SetCount {
            line: LineId(2),
            count: 4
        }]
    );
    assert_eq!(
        press(&view, "One fewer Banana"),
        [Command::SetCount {
            line: LineId(2),
            count: 2
        }]
    );
    assert_eq!(
        press(&view, "One fewer Apple"),
        [],
        "the last piece goes by Remove"
    );
    assert_eq!(
        press(&view, "Remove Vine tomatoes"),
        [Command::RemoveLine(LineId(4))]
    );
}

#[test]
fn three_quiet_ways_out() {
    let view = scan_lane();
    assert_eq!(press(&view, "Search"), [Command::OpenSearch]);
    assert_eq!(press(&view, "Enter number"), [Command::OpenNumber]);
    assert_eq!(press(&view, "Call for help"), [Command::CallHelp]);
}

#[test]
fn unclear_and_unknown_items_can_be_touched() {
    let view = scan_lane();
    assert_eq!(
        press(&view, "Not clear: touch to choose (2)"),
        [Command::AskAbout { track: 12 }]
    );
    assert_eq!(
        press(&view, "Not known: touch to choose (3)"),
        [Command::AskAbout { track: 13 }]
    );
}

#[test]
fn confidences_are_for_staff() {
    let harness = bench(scan_lane(), LANDSCAPE);
    assert!(harness.query_by_label_contains("97").is_none());
    let mut view = scan_lane();
    view.staff = Some(StaffView {
        frames_per_second: 30.0,
        detect_ms: 24.0,
        count_ms: None,
        model: "one".to_owned(),
        stages: vec![StageView {
            stage: Stage::Detect,
            median_ms: 2.52,
            p95_ms: 3.1,
        }],
    });
    let harness = bench(view, LANDSCAPE);
    harness.get_by_label("Apple €0.79  97 %");
    harness.get_by_label("Detect");
    harness.get_by_label("2.5");
    harness.get_by_label("3.1");
    harness.get_by_label_contains("detection 24 ms");
}

#[test]
fn the_list_is_reviewed_and_paid() {
    let view = lane(Screen::Review(samples::review(Lang::English)));
    assert_eq!(
        press(&view, "Pay by card"),
        [Command::ChoosePayment(PaymentMethod::Card)]
    );
    assert_eq!(
        press(&view, "Pay at the attendant"),
        [Command::ChoosePayment(PaymentMethod::Attendant)]
    );
    assert_eq!(press(&view, "Add more items"), [Command::BackToScan]);
    assert_eq!(key(&view, Key::Escape), [Command::BackToScan]);
    assert_eq!(
        key(&view, Key::Enter),
        [Command::ChoosePayment(PaymentMethod::Card)]
    );
    let harness = bench(view, LANDSCAPE);
    harness.get_by_label("0.452\u{a0}kg Vine tomatoes €1.35");
    harness.get_by_label("Includes VAT 7 %: €0.52");
    harness.get_by_label("€8.06");
}

#[test]
fn a_payment_that_failed_is_explained_where_one_chooses_again() {
    let mut review = samples::review(Lang::English);
    review.problem = Some(PaymentProblem::Declined);
    let harness = bench(lane(Screen::Review(review)), PORTRAIT);
    harness.get_by_label("Your bank did not accept the payment");
}

#[test]
fn a_payment_says_what_it_does_and_can_be_cancelled_while_it_can() {
    let at = |stage| lane(Screen::Paying(samples::paying(Lang::English, stage)));
    let view = at(PaymentStage::PresentCard);
    bench(view.clone(), LANDSCAPE).get_by_label("Hold or insert your card");
    assert_eq!(press(&view, "Cancel payment"), [Command::CancelPayment]);
    assert_eq!(key(&view, Key::Escape), [Command::CancelPayment]);
    let asking = at(PaymentStage::Authorising);
    assert!(
        bench(asking.clone(), LANDSCAPE)
            .query_by_label("Cancel payment")
            .is_none()
    );
    assert_eq!(key(&asking, Key::Escape), []);
    assert_eq!(
        press(&at(PaymentStage::Declined), "Choose again how to pay"),
        [Command::LeavePayment]
    );
    let attendant = at(PaymentStage::AtAttendant);
    assert_eq!(
        press(&attendant, "Attendant: enter PIN"),
        [Command::OpenPin(PinPurpose::Resume)]
    );
    for stage in [
        PaymentStage::Connecting,
        PaymentStage::EnterPin,
        PaymentStage::Approved,
        PaymentStage::TimedOut,
        PaymentStage::Cancelling,
        PaymentStage::Saving,
    ] {
        bench(at(stage), PORTRAIT).get_by_label("€8.06");
    }
}

#[test]
fn the_receipt_can_be_taken_along() {
    let view = lane(Screen::Receipt(samples::receipt()));
    assert_eq!(press(&view, "Done"), [Command::ReceiptDone]);
    assert_eq!(press(&view, "Print receipt"), [Command::PrintReceipt]);
    assert_eq!(press(&view, "Save receipt"), [Command::SaveReceipt]);
    let harness = bench(view, LANDSCAPE);
    harness.get_by_label("Thank you");
    harness.get_by_label("Paid €8.06");
    harness.get_by_label("This screen closes in 8 s");
    assert_eq!(
        harness.get_all_by_label("Scan to keep the receipt").count(),
        2,
        "the words and the code"
    );
}

#[test]
fn a_second_window_says_why_it_does_not_begin_where_one_looks() {
    let mut view = samples::help(Lang::English, HelpReason::Machine);
    view.basket = None;
    view.detail = Some("Tillsight is open already: use that window, or close it first".to_owned());
    let harness = bench(lane(Screen::Help(view)), LANDSCAPE);
    harness.get_by_label_contains("stopped.\nTillsight is open already");
    assert!(harness.query_by_label_contains("Nothing is lost").is_none());
}

#[test]
fn help_keeps_the_basket_in_sight() {
    let asked = lane(Screen::Help(samples::help(Lang::English, HelpReason::Asked)));
    assert_eq!(press(&asked, "Go on without help"), [Command::DismissHelp]);
    assert_eq!(
        press(&asked, "Attendant: enter PIN"),
        [Command::OpenPin(PinPurpose::Resume)]
    );
    bench(asked, LANDSCAPE).get_by_label("€8.06");
    let machine = lane(Screen::Help(samples::help(Lang::English, HelpReason::Machine)));
    let harness = bench(machine, PORTRAIT);
    harness.get_by_label_contains("Nothing is lost.");
    assert!(harness.query_by_label("Go on without help").is_none());
}

#[test]
fn the_keyboard_alone_reaches_the_way_forward() {
    let mut harness = bench(scan_lane(), LANDSCAPE);
    let mut reached = false;
    for _ in 0..60 {
        harness.key_press(Key::Tab);
        harness.run_steps(2);
        if harness.get_by_label("Pay €8.06").is_focused() {
            reached = true;
            break;
        }
    }
    assert!(reached, "Tab never came to the primary button");
    harness.state_mut().out.clear();
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let reviews = harness
        .state()
        .out
        .iter()
        .filter(|wish| **wish == Command::Review)
        .count();
    assert_eq!(reviews, 1, "Enter on a focused button acts once");
}

#[test]
fn what_is_touched_is_large_enough_and_in_portrait_within_reach() {
    use eframe::egui::accesskit::Role;
    let views = [
        scan_lane(),
        lane(Screen::Review(samples::review(Lang::English))),
        lane(Screen::Paying(samples::paying(
            Lang::English,
            PaymentStage::PresentCard,
        ))),
        lane(Screen::Receipt(samples::receipt())),
        lane(Screen::Help(samples::help(Lang::English, HelpReason::Asked))),
    ];
    for (view, size) in views
        .iter()
        .flat_map(|view| [(view, LANDSCAPE), (view, PORTRAIT)])
    {
        let harness = bench(view.clone(), size);
        for node in harness.get_all_by_role(Role::Button) {
            let rect = node.rect();
            let name = node.accesskit_node().label().unwrap_or_default();
            // Boxes in the picture are offered a second time by the question, which is in reach.
            let in_picture = name.contains("touch to choose");
            assert!(
                rect.width() >= 56.0 && rect.height() >= 56.0,
                "{name} is {rect:?}"
            );
            let lowest = if size == PORTRAIT && !in_picture {
                PORTRAIT.y * 0.4
            } else {
                0.0
            };
            assert!(rect.min.y >= lowest, "{name} is too high up: {rect:?}");
        }
    }
}

#[test]
fn nothing_outgrows_a_large_total() {
    let mut scan = samples::scan(Lang::German);
    scan.basket.total = samples::eur(123_456_789);
    let view = samples::lane(Lang::German, Screen::Scan(scan));
    let harness = bench(view, LANDSCAPE);
    let total = harness.get_by_label("1.234.567,89\u{a0}€").rect();
    let pay = harness.get_by_label("1.234.567,89\u{a0}€ bezahlen").rect();
    assert!(
        total.max.x <= pay.max.x + 1.0 && total.min.x >= pay.min.x,
        "{total:?} within {pay:?}"
    );
}
