//! The page of settings.

use eframe::egui::{Rect, Ui};

use crate::ui::{
    office::{Page, empty_ui},
    widgets::Cx,
    words::SettingsWord,
};

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct SettingsView {}

/// What is asked for on the page.
#[derive(Debug, Clone, PartialEq)]
pub enum SettingsCommand {}

/// What is typed and chosen on the page.
#[derive(Debug, Default)]
pub struct SettingsState {}

/// Paints the page.
pub fn settings_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    area: Rect,
    _view: &SettingsView,
    _state: &mut SettingsState,
) {
    let sentence = cx.words.say(SettingsWord::Empty);
    empty_ui(ui, cx, area, (Page::Settings, &sentence), None);
}
