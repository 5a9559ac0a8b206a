//! The page of data sets.

use crate::{
    app::office::{Desk, PageDesk},
    ui::office::data_sets::{DataSetsCommand, DataSetsView},
};

/// The page's memory.
#[derive(Debug, Default)]
pub struct DataSetsPage {}

impl PageDesk for DataSetsPage {
    type Command = DataSetsCommand;
    type View = DataSetsView;

    fn view(&self, _desk: &Desk) -> DataSetsView {
        DataSetsView::default()
    }

    fn apply(&mut self, command: DataSetsCommand, _desk: &mut Desk) {
        match command {}
    }
}
