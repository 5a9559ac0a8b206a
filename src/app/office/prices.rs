//! The page of planned and changed prices.

use crate::{
    app::office::{Desk, PageDesk},
    ui::office::prices::{PricesCommand, PricesView},
};

/// The page's memory.
#[derive(Debug, Default)]
pub struct PricesPage {}

impl PageDesk for PricesPage {
    type Command = PricesCommand;
    type View = PricesView;

    fn view(&self, _desk: &Desk) -> PricesView {
        PricesView::default()
    }

    fn apply(&mut self, command: PricesCommand, _desk: &mut Desk) {
        match command {}
    }
}
