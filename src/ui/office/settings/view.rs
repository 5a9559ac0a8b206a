//! What the page of settings shows: plain data, worked out before.

use std::{collections::BTreeMap, sync::Arc};

use crate::{frame::Frame, geom::CornerBox};

/// A part of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SettingsTab {
    /// Shop, receipts, money and tax.
    #[default]
    Shop,
    /// What the lane shows and how it counts.
    Lane,
    /// Camera, zone and thresholds.
    Sight,
    /// Scanner, receipts, printer, scale.
    Devices,
    /// What is kept, and backups.
    Keeping,
    /// Versions and licences.
    About,
}

/// A setting that is a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Setting {
    /// Rows at the head of a receipt.
    Header,
    /// Rows at its foot.
    Footer,
    /// Whether prices include tax: `inclusive`, `exclusive`.
    PriceMode,
    /// Language of the attract screen: `en`, `de`.
    Language,
    /// Colours: `light`, `dark`, `contrast`.
    Theme,
    /// Whether things may move: `on`, `off`.
    Motion,
    /// How items are counted: `auto`, `ask`, `off`.
    Scan,
    /// How the simulated terminal answers: `approve`, `decline`, `timeout`, `amount`.
    Terminal,
    /// Where the pictures come from: `camera`, `camera:NAME`, a folder.
    Source,
    /// What computes the detector: `auto`, `cpu`, `cpu-int8`, `gpu`.
    Engine,
    /// Where receipts are saved.
    ReceiptFolder,
    /// A printer: a device, a file, or `HOST:PORT`.
    Printer,
    /// A scale: a device.
    Scale,
    /// How many minutes until an untouched back office locks.
    LockMinutes,
    /// Whether frames that a shopper corrected are kept: `on`, `off`.
    Corrections,
    /// For how many days; empty is for ever.
    KeepDays,
    /// Where backups go.
    BackupFolder,
    /// How many hours lie between two backups; empty is never.
    BackupHours,
}

impl Setting {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Header,
        Self::Footer,
        Self::PriceMode,
        Self::Language,
        Self::Theme,
        Self::Motion,
        Self::Scan,
        Self::Terminal,
        Self::Source,
        Self::Engine,
        Self::ReceiptFolder,
        Self::Printer,
        Self::Scale,
        Self::LockMinutes,
        Self::Corrections,
        Self::KeepDays,
        Self::BackupFolder,
        Self::BackupHours,
    ];
}

/// A device with a button to test it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Device {
    /// The camera.
    Camera,
    /// The folder for receipts.
    ReceiptFolder,
    /// The printer.
    Printer,
    /// The scale.
    Scale,
    /// The hand scanner.
    Scanner,
}

/// What came of a test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestResult {
    /// Whether it works.
    pub works: bool,
    /// One sentence.
    pub sentence: String,
}

/// A tax rate in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxView {
    /// Its name in the catalog.
    pub id: String,
    /// In hundredths of a percent.
    pub basis_points: u32,
    /// How many products have it.
    pub products: usize,
}

/// A class of the model in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassView {
    /// Its name in the model.
    pub class: String,
    /// The product that it stands for.
    pub name: String,
    /// The threshold that the model came with, in percent.
    pub usual: u16,
    /// The one in use, in percent.
    pub threshold: u16,
}

/// Something that the detector sees, whatever the threshold.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenBox {
    /// Place of its class among the classes.
    pub class: usize,
    /// Its score in percent.
    pub percent: u16,
    /// Where it is.
    pub bbox: CornerBox,
}

/// The picture in view with all that the detector sees in it.
#[derive(Debug, Clone)]
pub struct SightView {
    /// The picture.
    pub frame: Frame,
    /// From a score of a tenth on.
    pub boxes: Vec<SeenBox>,
}

/// A backup that was made, or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupRow {
    /// When.
    pub when: String,
    /// Where to.
    pub path: String,
    /// How large, or why not.
    pub outcome: String,
    /// Whether it was made.
    pub is_made: bool,
}

/// Everything about the settings.
#[derive(Debug, Clone)]
pub struct SettingsView {
    /// Which part shows.
    pub tab: SettingsTab,
    /// The texts as they are kept, the usual one where none is set.
    pub values: Arc<BTreeMap<Setting, String>>,
    /// Code of the currency, and those that can be chosen.
    pub currency: String,
    /// Codes that can be chosen.
    pub currencies: Vec<String>,
    /// The tax rates in use.
    pub taxes: Vec<TaxView>,
    /// The classes of the model in use.
    pub classes: Vec<ClassView>,
    /// The part of the picture in which items are seen: left, top, right and bottom in percent.
    pub zone: [u16; 4],
    /// The picture in view.
    pub sight: Option<SightView>,
    /// Cameras: what is kept, and the name.
    pub cameras: Vec<(String, String)>,
    /// What came of the tests.
    pub tests: BTreeMap<Device, TestResult>,
    /// How many corrected frames are kept.
    pub kept: Option<u64>,
    /// The newest backups first.
    pub backups: Vec<BackupRow>,
    /// Whether a backup is being made.
    pub is_backing_up: bool,
    /// What the program is made of: name and value.
    pub about: Vec<(String, String)>,
    /// The licences.
    pub licences: &'static str,
    /// Where the diagnostics were saved.
    pub diagnostics: Option<String>,
}

impl SettingsView {
    /// A text as it is kept.
    #[must_use]
    pub fn value(&self, setting: Setting) -> &str {
        self.values.get(&setting).map_or("", String::as_str)
    }
}
