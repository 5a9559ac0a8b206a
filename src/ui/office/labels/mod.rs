//! The page of boxes: drawing and checking them.

use eframe::egui::{Rect, Ui};

use crate::ui::{
    office::{Page, empty_ui},
    widgets::Cx,
    words::LabelsWord,
};

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct LabelsView {}

/// What is asked for on the page.
#[derive(Debug, Clone, PartialEq)]
pub enum LabelsCommand {}

/// What is typed and chosen on the page.
#[derive(Debug, Default)]
pub struct LabelsState {}

/// Paints the page.
pub fn labels_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, _view: &LabelsView, _state: &mut LabelsState) {
    let sentence = cx.words.say(LabelsWord::Empty);
    empty_ui(ui, cx, area, (Page::Labels, &sentence), None);
}
