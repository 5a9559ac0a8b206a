//! The page of trainings.

use eframe::egui::{Rect, Ui};

use crate::ui::{
    office::{Page, empty_ui},
    widgets::Cx,
    words::TrainingWord,
};

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct TrainingView {}

/// What is asked for on the page.
#[derive(Debug, Clone, PartialEq)]
pub enum TrainingCommand {}

/// What is typed and chosen on the page.
#[derive(Debug, Default)]
pub struct TrainingState {}

/// Paints the page.
pub fn training_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    area: Rect,
    _view: &TrainingView,
    _state: &mut TrainingState,
) {
    let sentence = cx.words.say(TrainingWord::Empty);
    empty_ui(ui, cx, area, (Page::Training, &sentence), None);
}
