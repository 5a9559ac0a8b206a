//! The page of planned and changed prices.

use eframe::egui::{Rect, Ui};

use crate::ui::{
    office::{Page, empty_ui},
    widgets::Cx,
    words::PricesWord,
};

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct PricesView {}

/// What is asked for on the page.
#[derive(Debug, Clone, PartialEq)]
pub enum PricesCommand {}

/// What is typed and chosen on the page.
#[derive(Debug, Default)]
pub struct PricesState {}

/// Paints the page.
pub fn prices_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, _view: &PricesView, _state: &mut PricesState) {
    let sentence = cx.words.say(PricesWord::Empty);
    empty_ui(ui, cx, area, (Page::Prices, &sentence), None);
}
