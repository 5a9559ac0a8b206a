//! The page of people and of the audit.

use eframe::egui::{Rect, Ui};

use crate::ui::{
    office::{Page, empty_ui},
    widgets::Cx,
    words::PeopleWord,
};

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct PeopleView {}

/// What is asked for on the page.
#[derive(Debug, Clone, PartialEq)]
pub enum PeopleCommand {}

/// What is typed and chosen on the page.
#[derive(Debug, Default)]
pub struct PeopleState {}

/// Paints the page.
pub fn people_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, _view: &PeopleView, _state: &mut PeopleState) {
    let sentence = cx.words.say(PeopleWord::Empty);
    empty_ui(ui, cx, area, (Page::People, &sentence), None);
}
