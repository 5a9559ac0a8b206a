//! The page of models.

use eframe::egui::{Rect, Ui};

use crate::ui::{
    office::{Page, empty_ui},
    widgets::Cx,
    words::ModelsWord,
};

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct ModelsView {}

/// What is asked for on the page.
#[derive(Debug, Clone, PartialEq)]
pub enum ModelsCommand {}

/// What is typed and chosen on the page.
#[derive(Debug, Default)]
pub struct ModelsState {}

/// Paints the page.
pub fn models_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, _view: &ModelsView, _state: &mut ModelsState) {
    let sentence = cx.words.say(ModelsWord::Empty);
    empty_ui(ui, cx, area, (Page::Models, &sentence), None);
}
