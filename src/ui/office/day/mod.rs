//! The page of the day: sales, cash and reports.

use eframe::egui::{Rect, Ui};

use crate::ui::{
    office::{Page, empty_ui},
    widgets::Cx,
    words::DayWord,
};

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct DayView {}

/// What is asked for on the page.
#[derive(Debug, Clone, PartialEq)]
pub enum DayCommand {}

/// What is typed and chosen on the page.
#[derive(Debug, Default)]
pub struct DayState {}

/// Paints the page.
pub fn day_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, _view: &DayView, _state: &mut DayState) {
    let sentence = cx.words.say(DayWord::Empty);
    empty_ui(ui, cx, area, (Page::Day, &sentence), None);
}
