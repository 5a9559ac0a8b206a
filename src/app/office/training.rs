//! The page of trainings.

use crate::{
    app::office::{Desk, PageDesk},
    ui::office::training::{TrainingCommand, TrainingView},
};

/// The page's memory.
#[derive(Debug, Default)]
pub struct TrainingPage {}

impl PageDesk for TrainingPage {
    type Command = TrainingCommand;
    type View = TrainingView;

    fn view(&self, _desk: &Desk) -> TrainingView {
        TrainingView::default()
    }

    fn apply(&mut self, command: TrainingCommand, _desk: &mut Desk) {
        match command {}
    }
}
