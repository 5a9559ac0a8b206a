//! The page of models.

use crate::{
    app::office::{Desk, PageDesk},
    ui::office::models::{ModelsCommand, ModelsView},
};

/// The page's memory.
#[derive(Debug, Default)]
pub struct ModelsPage {}

impl PageDesk for ModelsPage {
    type Command = ModelsCommand;
    type View = ModelsView;

    fn view(&self, _desk: &Desk) -> ModelsView {
        ModelsView::default()
    }

    fn apply(&mut self, command: ModelsCommand, _desk: &mut Desk) {
        match command {}
    }
}
