//! The page of boxes: drawing and checking them.

use crate::{
    app::office::{Desk, PageDesk},
    ui::office::labels::{LabelsCommand, LabelsView},
};

/// The page's memory.
#[derive(Debug, Default)]
pub struct LabelsPage {}

impl PageDesk for LabelsPage {
    type Command = LabelsCommand;
    type View = LabelsView;

    fn view(&self, _desk: &Desk) -> LabelsView {
        LabelsView::default()
    }

    fn apply(&mut self, command: LabelsCommand, _desk: &mut Desk) {
        match command {}
    }
}
