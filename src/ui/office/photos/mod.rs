//! The page of photos: taking and importing them.

use eframe::egui::{Rect, Ui};

use crate::ui::{
    office::{Page, empty_ui},
    widgets::Cx,
    words::PhotosWord,
};

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct PhotosView {}

/// What is asked for on the page.
#[derive(Debug, Clone, PartialEq)]
pub enum PhotosCommand {}

/// What is typed and chosen on the page.
#[derive(Debug, Default)]
pub struct PhotosState {}

/// Paints the page.
pub fn photos_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, _view: &PhotosView, _state: &mut PhotosState) {
    let sentence = cx.words.say(PhotosWord::Empty);
    empty_ui(ui, cx, area, (Page::Photos, &sentence), None);
}
