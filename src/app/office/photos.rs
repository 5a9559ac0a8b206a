//! The page of photos: taking and importing them.

use crate::{
    app::office::{Desk, PageDesk},
    ui::office::photos::{PhotosCommand, PhotosView},
};

/// The page's memory.
#[derive(Debug, Default)]
pub struct PhotosPage {}

impl PageDesk for PhotosPage {
    type Command = PhotosCommand;
    type View = PhotosView;

    fn view(&self, _desk: &Desk) -> PhotosView {
        PhotosView::default()
    }

    fn apply(&mut self, command: PhotosCommand, _desk: &mut Desk) {
        match command {}
    }
}
