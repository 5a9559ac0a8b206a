//! What the program is made of, its licences, and a bundle for whoever helps from afar.

use eframe::egui::{Rect, ScrollArea, Ui, UiBuilder};

use crate::ui::{
    theme::{TOUCH, size, space},
    widgets::{
        Cx,
        button::{Button, Kind},
        take_left, take_top,
        text::Text,
    },
    words::SettingsWord,
};

use super::{
    SettingsCommand,
    rows::{card_ui, halves, hint_ui},
    send,
    view::SettingsView,
};

/// Paints it.
pub(super) fn about_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, view: &SettingsView) {
    let [left, right] = halves(area);
    let mut inner = card_ui(ui, cx, left, SettingsWord::ThisProgram);
    for (name, value) in &view.about {
        let mut place = take_top(&mut inner, 36.0, 0.0);
        let label = take_left(&mut place, 220.0, space::M);
        Text::new(name, cx.theme.muted).label(ui, label);
        Text::new(value, cx.theme.text).shrink().label(ui, place);
    }
    take_top(&mut inner, space::L, 0.0);
    let label = cx.words.say(SettingsWord::SaveDiagnostics);
    let mut place = take_top(&mut inner, TOUCH, space::M);
    let button = take_left(&mut place, 380.0, 0.0);
    if Button::new(&label, Kind::Second).show(ui, cx.theme, button) {
        send(cx, SettingsCommand::SaveDiagnostics);
    }
    if let Some(path) = &view.diagnostics {
        let words = cx.words.with(SettingsWord::DiagnosticsSaved, &[("path", path)]);
        let text = Text::new(&words, cx.theme.text).rows(3);
        let height = text.height(ui, inner.width());
        text.label(ui, take_top(&mut inner, height, space::M));
    }
    let words = cx.words.say(SettingsWord::DiagnosticsHint);
    hint_ui(ui, cx, &mut inner, &words);

    let inner = card_ui(ui, cx, right, SettingsWord::Licences);
    let mut child = ui.new_child(UiBuilder::new().id_salt("licences").max_rect(inner));
    child.set_clip_rect(inner.intersect(ui.clip_rect()));
    ScrollArea::vertical()
        .id_salt("licence text")
        .auto_shrink([false, false])
        .show(&mut child, |ui| {
            let text = eframe::egui::RichText::new(view.licences)
                .size(size::SMALL)
                .color(cx.theme.text);
            ui.label(text);
        });
}
