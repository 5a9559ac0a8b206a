//! The controller of the settings.
//!
//! Each change is checked, written down with who made it, and taken up by the running lane: thresholds and
//! zone with the next picture, prices and receipts with the next shopper. It also does what the settings ask for while the program runs: backups on schedule, and deleting what was
//! kept long enough. Both have a connection or a thread of their own and hold up no sale.

mod devices;
mod files;
mod jobs;
mod keys;
mod schedule;
mod view;

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use serde_json::json;

use crate::{
    app::{
        kiosk::checkout::LaneOrder,
        office::{
            Desk, Office, PageDesk,
            files::{PathAsk, PathKind},
        },
    },
    domain::{money::Currency, staff::Permission, tax::TaxRate},
    store::{Store, audit::By, error::StoreError},
    ui::{
        office::{
            confirm::ConfirmView,
            settings::{
                SettingsCommand, SettingsView,
                view::{Device, Setting, SettingsTab, TestResult},
            },
        },
        words::SettingsWord,
    },
};

use jobs::Kept;

/// The page's memory.
#[derive(Debug, Default)]
pub struct SettingsPage {
    tab: SettingsTab,
    values: Arc<BTreeMap<Setting, String>>,
    kept: Option<Kept>,
    cameras: Vec<String>,
    tests: BTreeMap<Device, TestResult>,
    is_backing_up: bool,
    diagnostics: Option<PathBuf>,
    schedule: schedule::Schedule,
}

impl PageDesk for SettingsPage {
    type Command = SettingsCommand;
    type View = SettingsView;

    fn opened(&mut self, desk: &mut Desk) {
        read(desk);
        devices::list_cameras(desk);
    }

    fn tick(&mut self, desk: &mut Desk) {
        self.schedule.tick(desk);
    }

    fn view(&self, desk: &Desk) -> SettingsView {
        view::of(self, desk)
    }

    fn apply(&mut self, command: SettingsCommand, desk: &mut Desk) {
        match command {
            SettingsCommand::Open(tab) => {
                self.tab = tab;
                self.tests.clear();
                read(desk);
                devices::list_cameras(desk);
            }
            SettingsCommand::Set { setting, value } => set(desk, setting, value),
            SettingsCommand::ChooseFolder(setting) => choose_folder(desk, setting),
            SettingsCommand::SetCurrency(code) => ask_currency(desk, &code),
            SettingsCommand::SetTax { id, basis_points } => ask_tax(desk, &id, basis_points),
            SettingsCommand::SetThreshold { class, percent } => {
                change(desk, Permission::ChangeSettings, move |store, by| {
                    jobs::set_threshold(store, (&class, percent), by)
                });
            }
            SettingsCommand::SetZone(zone) => {
                change(desk, Permission::ChangeSettings, move |store, by| {
                    jobs::set_zone(store, zone, by)
                });
            }
            SettingsCommand::ShowDemo => desk.order(LaneOrder::ShowDemo),
            SettingsCommand::ShowSource => {
                let source = self.value(Setting::Source).to_owned();
                desk.order(LaneOrder::ShowSource(source));
            }
            SettingsCommand::Test(device) => self.test(device, desk),
            SettingsCommand::Scanned(code) => self.scanned(&code, desk),
            SettingsCommand::Purge => ask_purge(desk),
            SettingsCommand::BackUp => self.back_up(desk),
            SettingsCommand::SaveDiagnostics => self.save_diagnostics(desk),
        }
    }
}

impl SettingsPage {
    fn value(&self, setting: Setting) -> &str {
        self.values.get(&setting).map_or("", String::as_str)
    }

    fn took(&mut self, kept: Kept) {
        self.values = Arc::new(kept.values.clone());
        self.kept = Some(kept);
    }

    fn back_up(&mut self, desk: &mut Desk) {
        let folder = PathBuf::from(self.value(Setting::BackupFolder));
        if !desk.check(Permission::BackUp) || folder.as_os_str().is_empty() {
            return;
        }
        self.is_backing_up = true;
        let name = desk.name().to_owned();
        schedule::back_up(desk, folder, name);
    }

    /// Asks where to, then writes what may be told.
    fn save_diagnostics(&self, desk: &mut Desk) {
        if !desk.check(Permission::ChangeSettings) {
            return;
        }
        let lane = desk.lane();
        let settings: BTreeMap<&str, &str> = self
            .values
            .iter()
            .filter(|(setting, _)| is_impersonal(**setting))
            .map(|(setting, value)| (keys::key(*setting), value.as_str()))
            .collect();
        let engine = lane
            .engine
            .map_or_else(|| "none".to_owned(), |engine| format!("{engine:?}"));
        let (model, classes, settings) = (lane.model.clone(), lane.classes.len(), json!(settings));
        let at = desk.now();
        let ask = folder_ask(desk, SettingsWord::SaveDiagnostics);
        desk.ask_path(ask, move |_, desk, folder| {
            desk.read(Store::diagnostics, move |_, desk, database| {
                desk.work(
                    "files",
                    move || {
                        let database = json!(database);
                        let object = files::diagnostics(&model, &engine, classes, &settings, &database);
                        files::save_diagnostics(&folder, at, &object).map_err(|error| format!("{error:#}"))
                    },
                    |office, desk, saved| match saved.map_err(|trouble| trouble.sentence) {
                        Ok(Ok(place)) => {
                            desk.saved();
                            office.settings.diagnostics = Some(place);
                        }
                        Ok(Err(sentence)) | Err(sentence) => desk.problem(sentence),
                    },
                );
            });
        });
    }
}

/// A question for a folder.
fn folder_ask(desk: &Desk, title: SettingsWord) -> PathAsk {
    let words = desk.words();
    PathAsk {
        title: words.say(title),
        yes: words.say(SettingsWord::UseFolder),
        kind: PathKind::Folder,
    }
}

/// Whether a setting may leave the shop: no text that somebody wrote, no path.
const fn is_impersonal(setting: Setting) -> bool {
    match setting {
        Setting::PriceMode
        | Setting::Language
        | Setting::Theme
        | Setting::Motion
        | Setting::Scan
        | Setting::Engine
        | Setting::Terminal
        | Setting::Corrections
        | Setting::KeepDays
        | Setting::LockMinutes
        | Setting::BackupHours => true,
        Setting::Header
        | Setting::Footer
        | Setting::Source
        | Setting::ReceiptFolder
        | Setting::Printer
        | Setting::Scale
        | Setting::BackupFolder => false,
    }
}

fn read(desk: &mut Desk) {
    desk.read(jobs::read, |office, _, kept| office.settings.took(kept));
}

/// Writes something down, then shows and uses it.
fn change<T: Send + 'static>(
    desk: &mut Desk,
    permission: Permission,
    job: impl FnOnce(&Store, By<'_>) -> Result<T, StoreError> + Send + 'static,
) {
    desk.change(
        permission,
        move |store, by| {
            job(store, by)?;
            jobs::read(store)
        },
        |office: &mut Office, desk, kept| {
            office.settings.took(kept);
            desk.reload_catalog();
            desk.reload_settings();
        },
    );
}

fn set(desk: &mut Desk, setting: Setting, value: String) {
    change(desk, keys::permission(setting), move |store, by| {
        jobs::set(store, (setting, &value), by)
    });
}

fn choose_folder(desk: &mut Desk, setting: Setting) {
    if !desk.check(keys::permission(setting)) {
        return;
    }
    let title = if setting == Setting::BackupFolder {
        SettingsWord::BackupFolder
    } else {
        SettingsWord::ReceiptFolder
    };
    let ask = folder_ask(desk, title);
    desk.ask_path(ask, move |_, desk, folder| {
        set(desk, setting, folder.display().to_string());
    });
}

fn ask_currency(desk: &mut Desk, code: &str) {
    let now = desk.currency();
    let Ok(currency) = Currency::from_code(code) else {
        return;
    };
    if currency == now || !desk.check(Permission::SetPrices) {
        return;
    }
    if currency.exponent() != now.exponent() {
        let args = [("code", code), ("now", now.code())];
        let sentence = desk.words().with(SettingsWord::CurrencyDecimals, &args);
        desk.problem(sentence);
        return;
    }
    let (words, args) = (desk.words(), [("code", code)]);
    let question = ConfirmView {
        title: words.with(SettingsWord::CurrencyTitle, &args),
        text: words.with(SettingsWord::CurrencyText, &args),
        yes: words.with(SettingsWord::CurrencyYes, &args),
        stops: false,
        wants_reason: false,
    };
    desk.confirm(question, move |_, desk, _| {
        change(desk, Permission::SetPrices, move |store, by| {
            jobs::set_currency(store, currency, by)
        });
    });
}

fn ask_tax(desk: &mut Desk, id: &str, basis_points: u32) {
    let rate = match TaxRate::new(id, basis_points) {
        Ok(rate) => rate,
        Err(error) => return desk.problem(error.to_string()),
    };
    if !desk.check(Permission::SetPrices) {
        return;
    }
    let products = desk.catalog().products().iter();
    let count = products.filter(|product| product.tax.id() == id).count();
    let words = desk.words();
    let percent = rate.percent_text(words.lang().decimal());
    let percent = percent.trim_end_matches(['%', ' ', '\u{a0}']);
    let question = ConfirmView {
        title: words.with(SettingsWord::TaxTitle, &[("name", id), ("rate", percent)]),
        text: words.count(SettingsWord::TaxText, count),
        yes: words.say(SettingsWord::TaxYes),
        stops: false,
        wants_reason: false,
    };
    desk.confirm(question, move |_, desk, _| {
        change(desk, Permission::SetPrices, move |store, by| {
            jobs::set_tax(store, &rate, by)
        });
    });
}

fn ask_purge(desk: &mut Desk) {
    if !desk.check(Permission::Purge) {
        return;
    }
    let words = desk.words();
    let question = ConfirmView {
        title: words.say(SettingsWord::PurgeTitle),
        text: words.say(SettingsWord::PurgeText),
        yes: words.say(SettingsWord::PurgeYes),
        stops: true,
        wants_reason: true,
    };
    desk.confirm(question, |_, desk, reason| {
        desk.change(
            Permission::Purge,
            move |store, by| jobs::purge(store, &reason, by),
            |_, desk, purged| {
                schedule::delete_files(desk, purged.files);
                // What was deleted is overwritten already; this gives the room back. It may take a while,
                // so it is done only when somebody of the staff is here and no shopper waits.
                desk.read(Store::compact, |_, _, ()| {});
            },
        );
    });
}
