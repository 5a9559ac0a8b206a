//! What the parts of the page are made of: cards with a title, and rows for texts and choices.

use std::collections::BTreeMap;

use eframe::egui::{Align2, Rect, Ui, vec2};

use crate::ui::{
    theme::{size, space},
    widgets::{
        Cx,
        button::card,
        column,
        field::{FIELD, Field, field_ui},
        form::named_choice_ui,
        keyboard::was_left,
        row, take_top,
        text::Text,
    },
    words::SettingsWord,
};

use super::{
    SettingsCommand, send,
    view::{Setting, SettingsView},
};

/// Splits the page into two cards: beside each other where there is room, else one above the other.
pub(super) fn halves(area: Rect) -> [Rect; 2] {
    let wide = area.width() > 1200.0;
    let part = |index| {
        if wide {
            column(area, index, 2, space::L)
        } else {
            row(area, index, 2, space::L)
        }
    };
    [part(0), part(1)]
}

/// A card with a title; gives the inside.
pub(super) fn card_ui(ui: &Ui, cx: &Cx<'_>, area: Rect, title: SettingsWord) -> Rect {
    card(ui, cx.theme, area);
    let mut inner = area.shrink(space::XL);
    let title = cx.words.say(title);
    Text::new(&title, cx.theme.text)
        .points(size::LARGE)
        .bold()
        .label(ui, take_top(&mut inner, 40.0, space::M));
    inner
}

/// A sentence over its whole width; takes what it needs off the top.
pub(super) fn hint_ui(ui: &Ui, cx: &Cx<'_>, inner: &mut Rect, words: &str) {
    let text = Text::new(words, cx.theme.muted)
        .points(18.0)
        .rows(4)
        .align(Align2::LEFT_TOP);
    let height = text.height(ui, inner.width());
    text.label(ui, take_top(inner, height, space::L));
}

/// A text that is kept when its field is left.
pub(super) fn text_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    place: Rect,
    (view, setting, rows): (&SettingsView, Setting, usize),
    (label, typed): (SettingsWord, &mut BTreeMap<Setting, String>),
) {
    let kept = view.value(setting);
    let mut text = typed.get(&setting).map_or_else(|| kept.to_owned(), Clone::clone);
    let label = cx.words.say(label);
    let salt = format!("setting {setting:?}");
    let field = Field::new(&salt, &label).rows(rows);
    let response = field_ui(ui, cx, place, field, &mut text);
    if response.changed() {
        typed.insert(setting, text.clone());
    }
    if was_left(ui, &response) {
        typed.remove(&setting);
        let value = text.trim().to_owned();
        if value != kept {
            send(cx, SettingsCommand::Set { setting, value });
        }
    }
}

/// A choice that is kept at once.
pub(super) fn choice_ui(
    ui: &Ui,
    cx: &mut Cx<'_>,
    inner: &mut Rect,
    (view, setting): (&SettingsView, Setting),
    (label, options): (SettingsWord, &[(&'static str, SettingsWord)]),
) {
    let place = take_top(inner, FIELD, space::L);
    let width = place.width().min(230.0 * options.len() as f32);
    let place = Rect::from_min_size(place.min, vec2(width, place.height()));
    let options: Vec<(&str, String)> = options
        .iter()
        .map(|(value, word)| (*value, cx.words.say(*word)))
        .collect();
    let name = cx.words.say(label);
    let now = view.value(setting);
    if let Some(value) = named_choice_ui(ui, cx, place, &name, (&options, now)) {
        let value = value.to_owned();
        send(cx, SettingsCommand::Set { setting, value });
    }
}
