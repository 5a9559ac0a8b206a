//! The page of the day: sales, cash and reports.

use crate::{
    app::office::{Desk, PageDesk},
    ui::office::day::{DayCommand, DayView},
};

/// The page's memory.
#[derive(Debug, Default)]
pub struct DayPage {}

impl PageDesk for DayPage {
    type Command = DayCommand;
    type View = DayView;

    fn view(&self, _desk: &Desk) -> DayView {
        DayView::default()
    }

    fn apply(&mut self, command: DayCommand, _desk: &mut Desk) {
        match command {}
    }
}
