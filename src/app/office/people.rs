//! The page of people and of the audit.

use crate::{
    app::office::{Desk, PageDesk},
    ui::office::people::{PeopleCommand, PeopleView},
};

/// The page's memory.
#[derive(Debug, Default)]
pub struct PeoplePage {}

impl PageDesk for PeoplePage {
    type Command = PeopleCommand;
    type View = PeopleView;

    fn view(&self, _desk: &Desk) -> PeopleView {
        PeopleView::default()
    }

    fn apply(&mut self, command: PeopleCommand, _desk: &mut Desk) {
        match command {}
    }
}
