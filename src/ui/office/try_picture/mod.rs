//! The page of a picture to try.

use eframe::egui::{Rect, Ui};

use crate::ui::{
    office::{Page, empty_ui},
    widgets::Cx,
    words::TryWord,
};

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct TryView {}

/// What is asked for on the page.
#[derive(Debug, Clone, PartialEq)]
pub enum TryCommand {}

/// What is typed and chosen on the page.
#[derive(Debug, Default)]
pub struct TryState {}

/// Paints the page.
pub fn try_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, _view: &TryView, _state: &mut TryState) {
    let sentence = cx.words.say(TryWord::Empty);
    empty_ui(ui, cx, area, (Page::TryPicture, &sentence), None);
}
