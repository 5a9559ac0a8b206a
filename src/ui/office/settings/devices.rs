//! Devices, each with a button that tests it and a sentence that says what came of it.

use eframe::egui::{Key, Rect, Ui};

use crate::ui::{
    theme::{TOUCH, size, space},
    widgets::{
        Cx,
        button::{Button, Kind},
        field::{FIELD, Field, field_ui},
        icon::{self, Icon},
        keyboard::was_left,
        take_bottom, take_left, take_right, take_top,
        text::Text,
    },
    words::SettingsWord,
};

use super::{
    SettingsCommand, SettingsState,
    rows::{card_ui, halves, hint_ui, text_ui},
    send,
    view::{Device, Setting, SettingsView, TestResult},
};

/// Paints it.
pub(super) fn devices_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    area: Rect,
    view: &SettingsView,
    state: &mut SettingsState,
) {
    let [left, right] = halves(area);
    let mut inner = card_ui(ui, cx, left, SettingsWord::SeeAndScan);
    let title = cx.words.say(SettingsWord::Camera);
    let place = take_top(&mut inner, TOUCH, space::S);
    let mut row = place;
    let button = take_right(&mut row, 200.0, space::M);
    Text::new(&title, cx.theme.text).bold().label(ui, row);
    test_button(ui, cx, button, (Device::Camera, &title));
    result_ui(ui, cx, &mut inner, view.tests.get(&Device::Camera));

    let mut place = take_top(&mut inner, FIELD, space::S);
    let clear = take_right(&mut place, 200.0, space::M);
    scanner_ui(ui, cx, place, state);
    let label = cx.words.say(SettingsWord::Clear);
    let mut clear = clear;
    let row = take_bottom(&mut clear, TOUCH, 0.0);
    if Button::new(&label, Kind::Quiet).show(ui, cx.theme, row) {
        state.scanned.clear();
    }
    result_ui(ui, cx, &mut inner, view.tests.get(&Device::Scanner));
    let words = cx.words.say(SettingsWord::ScannerHint);
    hint_ui(ui, cx, &mut inner, &words);

    let mut inner = card_ui(ui, cx, right, SettingsWord::PrintAndWeigh);
    for (device, setting, label) in [
        (
            Device::ReceiptFolder,
            Setting::ReceiptFolder,
            SettingsWord::ReceiptFolder,
        ),
        (Device::Printer, Setting::Printer, SettingsWord::Printer),
        (Device::Scale, Setting::Scale, SettingsWord::Scale),
    ] {
        let mut place = take_top(&mut inner, FIELD, space::S);
        let mut buttons = take_right(&mut place, 200.0, space::M);
        let button = take_bottom(&mut buttons, TOUCH, 0.0);
        let name = cx.words.say(label);
        test_button(ui, cx, button, (device, &name));
        if device == Device::ReceiptFolder {
            let mut choose = take_right(&mut place, 160.0, space::M);
            let choose = take_bottom(&mut choose, TOUCH, 0.0);
            folder_button(ui, cx, choose, setting);
        }
        text_ui(ui, cx, place, (view, setting, 1), (label, &mut state.typed));
        result_ui(ui, cx, &mut inner, view.tests.get(&device));
    }
    let words = cx.words.say(SettingsWord::DeviceHint);
    hint_ui(ui, cx, &mut inner, &words);
}

/// A button that opens the dialog for a folder.
pub(super) fn folder_button(ui: &Ui, cx: &mut Cx<'_>, place: Rect, setting: Setting) {
    let choose = cx.words.say(SettingsWord::ChooseFolder);
    if Button::new(&choose, Kind::Quiet).show(ui, cx.theme, place) {
        send(cx, SettingsCommand::ChooseFolder(setting));
    }
}

fn test_button(ui: &Ui, cx: &mut Cx<'_>, place: Rect, (device, name): (Device, &str)) {
    let test = cx.words.say(SettingsWord::Test);
    let said = cx.words.with(SettingsWord::TestNamed, &[("name", name)]);
    let button = Button::new(&test, Kind::Second).named(&said);
    if button.show(ui, cx.theme, place) {
        send(cx, SettingsCommand::Test(device));
    }
}

/// A hand scanner types like a keyboard and ends with Enter.
fn scanner_ui(ui: &mut Ui, cx: &mut Cx<'_>, place: Rect, state: &mut SettingsState) {
    let label = cx.words.say(SettingsWord::Scanner);
    let hint = cx.words.say(SettingsWord::ScanHere);
    let field = Field::new("scanner test", &label).hint(&hint);
    let response = field_ui(ui, cx, place, field, &mut state.scanned);
    let by_enter = was_left(ui, &response) && ui.input(|input| input.key_pressed(Key::Enter));
    if by_enter && !state.scanned.trim().is_empty() {
        let code = std::mem::take(&mut state.scanned).trim().to_owned();
        send(cx, SettingsCommand::Scanned(code));
        response.request_focus();
    }
}

fn result_ui(ui: &Ui, cx: &Cx<'_>, inner: &mut Rect, result: Option<&TestResult>) {
    let Some(result) = result else {
        take_top(inner, space::S, space::S);
        return;
    };
    let text = Text::new(&result.sentence, cx.theme.text)
        .points(size::SMALL)
        .rows(3);
    let height = text.height(ui, inner.width() - 40.0).max(28.0);
    let mut place = take_top(inner, height, space::L);
    let sign = take_left(&mut place, 28.0, space::S);
    let (icon, ink) = if result.works {
        (Icon::Check, cx.theme.accent)
    } else {
        (Icon::Question, cx.theme.stop)
    };
    let square = Rect::from_center_size(sign.center(), eframe::egui::Vec2::splat(24.0));
    icon::paint(ui.painter(), square, icon, ink);
    text.label(ui, place);
}
