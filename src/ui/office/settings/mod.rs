//! The page of settings: shop, lane, sight, devices, what is kept, and what the program is.
//!
//! Everything is saved as it is changed: a choice at once, a text when its field is left.

mod about;
mod devices;
mod keeping;
mod lane;
mod rows;
mod shop;
mod sight;
pub mod view;

use std::collections::BTreeMap;

use eframe::egui::{Rect, Ui, vec2};

use crate::ui::{
    office::OfficeCommand,
    theme::{TOUCH, space},
    widgets::{Cx, form::pick_one_ui, take_top},
    words::SettingsWord,
};

pub use view::SettingsView;
use view::{Device, Setting, SettingsTab};

/// What is asked for on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingsCommand {
    /// Show this part.
    Open(SettingsTab),
    /// Keep this text.
    Set {
        /// Which setting.
        setting: Setting,
        /// Its text.
        value: String,
    },
    /// Choose a folder for this setting.
    ChooseFolder(Setting),
    /// Sell in this currency.
    SetCurrency(String),
    /// Change a tax rate on all its products.
    SetTax {
        /// Its name in the catalog.
        id: String,
        /// In hundredths of a percent.
        basis_points: u32,
    },
    /// From this score on a class counts, in percent; none is as the model came.
    SetThreshold {
        /// Name of the class in the model.
        class: String,
        /// The score.
        percent: Option<u16>,
    },
    /// See items only in this part of the picture: left, top, right and bottom in percent.
    SetZone([u16; 4]),
    /// Show the demo pictures in place of the camera.
    ShowDemo,
    /// Show the pictures of the camera that is set.
    ShowSource,
    /// Test a device.
    Test(Device),
    /// A code came from the hand scanner.
    Scanned(String),
    /// Delete the kept corrections for good.
    Purge,
    /// Make a backup now.
    BackUp,
    /// Save what helps to find a fault, without personal data.
    SaveDiagnostics,
}

/// What is typed on the page.
#[derive(Debug, Default)]
pub struct SettingsState {
    typed: BTreeMap<Setting, String>,
    taxes: BTreeMap<String, (String, bool)>,
    scanned: String,
    sight: sight::SightState,
    scroll: SettingsTab,
}

/// Paints the page.
pub fn settings_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, view: &SettingsView, state: &mut SettingsState) {
    let mut area = area;
    let tabs = take_top(&mut area, TOUCH, space::L);
    let tabs = Rect::from_min_size(tabs.min, vec2(tabs.width().min(1200.0), TOUCH));
    let options = [
        (SettingsTab::Shop, cx.words.say(SettingsWord::Shop)),
        (SettingsTab::Lane, cx.words.say(SettingsWord::Lane)),
        (SettingsTab::Sight, cx.words.say(SettingsWord::Sight)),
        (SettingsTab::Devices, cx.words.say(SettingsWord::Devices)),
        (SettingsTab::Keeping, cx.words.say(SettingsWord::Keeping)),
        (SettingsTab::About, cx.words.say(SettingsWord::About)),
    ];
    if let Some(tab) = pick_one_ui(ui, cx, tabs, (&options, view.tab)) {
        send(cx, SettingsCommand::Open(tab));
    }
    if state.scroll != view.tab {
        state.scroll = view.tab;
        state.typed.clear();
        state.taxes.clear();
    }
    match view.tab {
        SettingsTab::Shop => shop::shop_ui(ui, cx, area, view, state),
        SettingsTab::Lane => lane::lane_ui(ui, cx, area, view),
        SettingsTab::Sight => sight::sight_ui(ui, cx, area, view, &mut state.sight),
        SettingsTab::Devices => devices::devices_ui(ui, cx, area, view, state),
        SettingsTab::Keeping => keeping::keeping_ui(ui, cx, area, view, state),
        SettingsTab::About => about::about_ui(ui, cx, area, view),
    }
}

fn send(cx: &mut Cx<'_>, command: SettingsCommand) {
    cx.office(OfficeCommand::Settings(command));
}
