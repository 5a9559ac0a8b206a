//! The page of data sets.

use eframe::egui::{Rect, Ui};

use crate::ui::{
    office::{Page, empty_ui},
    widgets::Cx,
    words::DataSetsWord,
};

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct DataSetsView {}

/// What is asked for on the page.
#[derive(Debug, Clone, PartialEq)]
pub enum DataSetsCommand {}

/// What is typed and chosen on the page.
#[derive(Debug, Default)]
pub struct DataSetsState {}

/// Paints the page.
pub fn data_sets_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    area: Rect,
    _view: &DataSetsView,
    _state: &mut DataSetsState,
) {
    let sentence = cx.words.say(DataSetsWord::Empty);
    empty_ui(ui, cx, area, (Page::DataSets, &sentence), None);
}
