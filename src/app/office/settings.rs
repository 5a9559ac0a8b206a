//! The page of settings.

use crate::{
    app::office::{Desk, PageDesk},
    ui::office::settings::{SettingsCommand, SettingsView},
};

/// The page's memory.
#[derive(Debug, Default)]
pub struct SettingsPage {}

impl PageDesk for SettingsPage {
    type Command = SettingsCommand;
    type View = SettingsView;

    fn view(&self, _desk: &Desk) -> SettingsView {
        SettingsView::default()
    }

    fn apply(&mut self, command: SettingsCommand, _desk: &mut Desk) {
        match command {}
    }
}
