//! The pages of the day and of the settings, by the names of their controls.

use eframe::egui::{Key, Modifiers, accesskit::Role};
use egui_kittest::{Harness, Node, kittest::Queryable as _};

use crate::{
    domain::{cash::Counted, line::LineId, sale::PaymentMethod, staff::Permission},
    ui::{
        command::Command,
        day_samples::{self, day, settings},
        office::{
            OfficeCommand, PageView,
            day::{
                DayCommand,
                view::{ChartPeriod, DayTab, DayView, SaleKind, SalesWanted},
            },
            settings::{
                SettingsCommand, SettingsView,
                view::{Device, Setting, SettingsTab},
            },
        },
        samples,
        view::{LaneView, Screen},
    },
};

use super::{Bench, LANDSCAPE, bench, lane, press, type_text};

fn of(view: DayView) -> LaneView {
    lane(Screen::Office(samples::office_page(PageView::Day(view))))
}

fn of_settings(view: SettingsView) -> LaneView {
    let page = PageView::Settings(Box::new(view));
    lane(Screen::Office(samples::office_page(page)))
}

fn wish(command: DayCommand) -> Vec<Command> {
    vec![Command::Office(OfficeCommand::Day(command))]
}

fn wish_of(command: SettingsCommand) -> Vec<Command> {
    vec![Command::Office(OfficeCommand::Settings(command))]
}

/// The field of this name; its name stands above it once more.
fn field<'a>(harness: &'a Harness<'_, Bench>, label: &'a str) -> Node<'a> {
    harness.get_by_role_and_label(Role::TextInput, label)
}

#[test]
fn the_pages_of_the_day_open() {
    let view = of(day(DayTab::Sales));
    for (label, tab) in [
        ("Charts", DayTab::Charts),
        ("Cash-up", DayTab::Cash),
        ("Reports", DayTab::Reports),
    ] {
        assert_eq!(press(&view, label), wish(DayCommand::Open(tab)));
    }
}

#[test]
fn sales_are_paged_opened_and_filtered() {
    let view = of(day(DayTab::Sales));
    assert_eq!(press(&view, "Older"), wish(DayCommand::Older));
    assert_eq!(press(&view, "Newer"), [], "there is nothing newer");
    assert_eq!(
        press(&view, "Open receipt 1041"),
        wish(DayCommand::OpenReceipt(1_041))
    );
    let wanted = SalesWanted {
        kind: Some(SaleKind::Refund),
        ..SalesWanted::default()
    };
    assert_eq!(
        press(&view, "Refunds"),
        wish(DayCommand::Filter(Box::new(wanted)))
    );
    let wanted = SalesWanted {
        method: Some(PaymentMethod::Attendant),
        ..SalesWanted::default()
    };
    assert_eq!(press(&view, "Cash"), wish(DayCommand::Filter(Box::new(wanted))));
}

#[test]
fn what_is_typed_into_the_filter_is_asked_for_with_enter() {
    let mut harness = bench(of(day(DayTab::Sales)), LANDSCAPE);
    field(&harness, "At least").click();
    harness.run_steps(2);
    type_text(&mut harness, "2.50");
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let wanted = SalesWanted {
        least: Some(samples::eur(250)),
        ..SalesWanted::default()
    };
    let asked = Command::Office(OfficeCommand::Day(DayCommand::Filter(Box::new(wanted))));
    assert!(harness.state().out.contains(&asked), "{:?}", harness.state().out);
    harness.state_mut().out.clear();
    field(&harness, "From").click();
    harness.run_steps(2);
    type_text(&mut harness, "soon");
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    assert!(harness.state().out.iter().all(|wish| *wish == Command::Touched));
    harness.get_by_label_contains("Type a day like");
}

#[test]
fn the_arrow_keys_walk_through_the_receipts() {
    let mut harness = bench(of(day(DayTab::Sales)), LANDSCAPE);
    harness.key_press(Key::ArrowDown);
    harness.run_steps(2);
    let next = Command::Office(OfficeCommand::Day(DayCommand::OpenReceipt(1_041)));
    assert!(harness.state().out.contains(&next), "{:?}", harness.state().out);
}

#[test]
fn a_receipt_shows_what_was_printed_and_what_can_be_done() {
    let mut view = day(DayTab::Sales);
    let harness = bench(of(view.clone()), LANDSCAPE);
    harness.get_by_label("Obst Meyer");
    harness.get_by_label("4.11 EUR");
    drop(harness);
    assert_eq!(press(&of(view.clone()), "Print again"), wish(DayCommand::Reprint));
    assert_eq!(press(&of(view.clone()), "Refund"), wish(DayCommand::BeginRefund));
    assert_eq!(press(&of(view.clone()), "Void"), wish(DayCommand::BeginVoid));
    view.allowed = vec![Permission::SeeSales];
    assert_eq!(press(&of(view.clone()), "Refund"), []);
    assert_eq!(press(&of(view), "Void"), []);
}

fn drafted() -> DayView {
    let mut view = day(DayTab::Sales);
    if let Some(open) = &mut view.sales.open {
        open.draft = Some(day_samples::draft());
    }
    view
}

#[test]
fn a_refund_needs_lines_and_a_reason() {
    let view = of(drafted());
    let set = |line, number| {
        wish(DayCommand::SetPart {
            line: LineId(line),
            number,
        })
    };
    assert_eq!(press(&view, "One more Apple back"), set(1, 2));
    assert_eq!(press(&view, "One fewer Apple back"), set(1, 0));
    assert_eq!(press(&view, "Choose everything"), wish(DayCommand::TakeAll));
    assert_eq!(press(&view, "Give \u{20ac}0.59 back"), [], "no reason is given");
    let mut harness = bench(view, LANDSCAPE);
    field(&harness, "Reason").click();
    harness.run_steps(2);
    type_text(&mut harness, "bruised");
    harness.get_by_label("Give \u{20ac}0.59 back").click();
    harness.run_steps(2);
    let reason = "bruised".to_owned();
    let asked = Command::Office(OfficeCommand::Day(DayCommand::ConfirmRefund { reason }));
    assert!(harness.state().out.contains(&asked), "{:?}", harness.state().out);
}

#[test]
fn notes_and_coins_are_counted() {
    let mut harness = bench(of(day(DayTab::Cash)), LANDSCAPE);
    for (label, count) in [
        ("How many of \u{20ac}50.00", "1"),
        ("How many of \u{20ac}20.00", "1"),
    ] {
        field(&harness, label).click();
        harness.run_steps(2);
        type_text(&mut harness, count);
    }
    harness.run_steps(2);
    // 70.00 counted, 85.84 expected.
    harness.get_by_label("\u{20ac}70.00");
    harness.get_by_label("\u{2212}\u{20ac}15.84");
    harness.get_by_label("Save the count").click();
    harness.run_steps(2);
    let is_count = |wish: &Command| {
        matches!(
            wish,
            Command::Office(OfficeCommand::Day(DayCommand::Count { .. }))
        )
    };
    assert!(
        !harness.state().out.iter().any(is_count),
        "a difference needs a reason"
    );
    field(&harness, "Reason for a difference").click();
    harness.run_steps(2);
    type_text(&mut harness, "lost");
    harness.get_by_label("Save the count").click();
    harness.run_steps(2);
    let counted = Counted([(5_000, 1), (2_000, 1)].into());
    let reason = "lost".to_owned();
    let asked = Command::Office(OfficeCommand::Day(DayCommand::Count { counted, reason }));
    assert!(harness.state().out.contains(&asked), "{:?}", harness.state().out);
}

#[test]
fn money_is_paid_out_with_a_reason() {
    let mut harness = bench(of(day(DayTab::Cash)), LANDSCAPE);
    harness.get_by_label("Pay out").click();
    harness.run_steps(2);
    field(&harness, "Amount").click();
    harness.run_steps(2);
    type_text(&mut harness, "20");
    field(&harness, "Reason").click();
    harness.run_steps(2);
    type_text(&mut harness, "bank");
    harness.key_press_modifiers(Modifiers::NONE, Key::Tab);
    harness.run_steps(2);
    let buttons: Vec<_> = harness.get_all_by_label("Pay out").collect();
    buttons.last().unwrap().click();
    drop(buttons);
    harness.run_steps(2);
    let asked = Command::Office(OfficeCommand::Day(DayCommand::PayOut {
        amount: samples::eur(2_000),
        reason: "bank".to_owned(),
    }));
    assert!(harness.state().out.contains(&asked), "{:?}", harness.state().out);
}

#[test]
fn reports_are_made_opened_and_saved() {
    let view = of(day(DayTab::Reports));
    assert_eq!(press(&view, "Make an X report"), wish(DayCommand::MakeX));
    assert_eq!(
        press(&view, "Close the day (Z report)"),
        wish(DayCommand::CloseDay)
    );
    assert_eq!(press(&view, "Z report 19"), wish(DayCommand::ShowZ(19)));
    assert_eq!(press(&view, "Save as PDF and text"), wish(DayCommand::SaveReport));
}

#[test]
fn charts_change_their_days() {
    let view = of(day(DayTab::Charts));
    assert_eq!(
        press(&view, "7 days"),
        wish(DayCommand::ShowPeriod(ChartPeriod::Week))
    );
}

#[test]
fn the_export_asks_for_the_decimal_sign() {
    let mut harness = bench(of(day(DayTab::Sales)), LANDSCAPE);
    harness.get_by_label("Export as CSV").click();
    harness.run_steps(2);
    harness.get_by_label("With comma (1,99)").click();
    harness.run_steps(2);
    let asked = Command::Office(OfficeCommand::Day(DayCommand::Export { decimal: ',' }));
    assert!(harness.state().out.contains(&asked), "{:?}", harness.state().out);
}

#[test]
fn a_setting_is_chosen_at_once() {
    let view = of_settings(settings(SettingsTab::Lane, None));
    let set = |setting, value: &str| {
        let value = value.to_owned();
        wish_of(SettingsCommand::Set { setting, value })
    };
    assert_eq!(press(&view, "Dark"), set(Setting::Theme, "dark"));
    assert_eq!(press(&view, "Ask each time"), set(Setting::Scan, "ask"));
    assert_eq!(press(&view, "Deutsch"), set(Setting::Language, "de"));
}

#[test]
fn a_threshold_moves_by_keys_and_goes_back() {
    let view = of_settings(settings(SettingsTab::Sight, None));
    let reset = SettingsCommand::SetThreshold {
        class: "banana".to_owned(),
        percent: None,
    };
    assert_eq!(press(&view, "Reset the threshold of Banana"), wish_of(reset));
    assert_eq!(
        press(&view, "Reset the threshold of Apple"),
        [],
        "it is as it came"
    );
    let mut harness = bench(view, LANDSCAPE);
    harness.get_by_label("Threshold of Apple").focus();
    harness.run_steps(2);
    harness.key_press(Key::ArrowRight);
    harness.run_steps(2);
    let asked = Command::Office(OfficeCommand::Settings(SettingsCommand::SetThreshold {
        class: "apple".to_owned(),
        percent: Some(51),
    }));
    assert!(harness.state().out.contains(&asked), "{:?}", harness.state().out);
}

#[test]
fn devices_have_a_button_each() {
    let view = of_settings(settings(SettingsTab::Devices, None));
    for (label, device) in [
        ("Test: Camera", Device::Camera),
        ("Test: Receipt printer", Device::Printer),
        ("Test: Scale", Device::Scale),
        ("Test: Folder for receipts", Device::ReceiptFolder),
    ] {
        assert_eq!(press(&view, label), wish_of(SettingsCommand::Test(device)));
    }
    let harness = bench(view, LANDSCAPE);
    harness.get_by_label_contains("does not take the page");
}

#[test]
fn privacy_and_backups_do_what_they_say() {
    let view = of_settings(settings(SettingsTab::Keeping, None));
    assert_eq!(
        press(&view, "Delete all for good"),
        wish_of(SettingsCommand::Purge)
    );
    assert_eq!(press(&view, "Back up now"), wish_of(SettingsCommand::BackUp));
    let value = "off".to_owned();
    let setting = Setting::Corrections;
    assert_eq!(
        press(&view, "Do not keep"),
        wish_of(SettingsCommand::Set { setting, value })
    );
    let mut none = settings(SettingsTab::Keeping, None);
    none.kept = Some(0);
    assert_eq!(press(&of_settings(none), "Delete all for good"), []);
}

#[test]
fn a_text_is_kept_when_its_field_is_left() {
    let mut harness = bench(of_settings(settings(SettingsTab::Devices, None)), LANDSCAPE);
    field(&harness, "Scale").click();
    harness.run_steps(2);
    type_text(&mut harness, "/dev/ttyUSB0");
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    let asked = Command::Office(OfficeCommand::Settings(SettingsCommand::Set {
        setting: Setting::Scale,
        value: "/dev/ttyUSB0".to_owned(),
    }));
    assert!(harness.state().out.contains(&asked), "{:?}", harness.state().out);
}
