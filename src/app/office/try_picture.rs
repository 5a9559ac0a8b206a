//! The page of a picture to try.

use crate::{
    app::office::{Desk, PageDesk},
    ui::office::try_picture::{TryCommand, TryView},
};

/// The page's memory.
#[derive(Debug, Default)]
pub struct TryPage {}

impl PageDesk for TryPage {
    type Command = TryCommand;
    type View = TryView;

    fn view(&self, _desk: &Desk) -> TryView {
        TryView::default()
    }

    fn apply(&mut self, command: TryCommand, _desk: &mut Desk) {
        match command {}
    }
}
