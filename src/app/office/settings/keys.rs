//! Under which names the settings are kept, and what holds where none is.

use std::collections::BTreeMap;

use crate::{
    app::kiosk::settings::ShopSettings,
    domain::staff::Permission,
    store::{Store, backup_plan, error::StoreError},
    ui::office::settings::view::Setting,
};

/// The name of a setting in the database.
pub(super) const fn key(setting: Setting) -> &'static str {
    match setting {
        Setting::Header => "receipt.header",
        Setting::Footer => "receipt.footer",
        Setting::PriceMode => "shop.prices",
        Setting::Language => "lane.language",
        Setting::Theme => "lane.theme",
        Setting::Motion => "lane.motion",
        Setting::Scan => "lane.scan",
        Setting::Terminal => "terminal.outcome",
        Setting::Source => "lane.source",
        Setting::Engine => "lane.engine",
        Setting::ReceiptFolder => "receipt.folder",
        Setting::Printer => "receipt.printer",
        Setting::Scale => "scale.device",
        Setting::LockMinutes => "office.lock_minutes",
        Setting::Corrections => "privacy.corrections",
        Setting::KeepDays => "privacy.days",
        Setting::BackupFolder => backup_plan::FOLDER,
        Setting::BackupHours => backup_plan::HOURS,
    }
}

/// What holds where nothing is kept.
fn usual(setting: Setting) -> String {
    match setting {
        Setting::Header => ShopSettings::default().receipt_header.join("\n"),
        Setting::PriceMode => "inclusive".to_owned(),
        Setting::Language => "en".to_owned(),
        Setting::Theme => "light".to_owned(),
        Setting::Motion | Setting::Corrections => "on".to_owned(),
        Setting::Scan | Setting::Engine => "auto".to_owned(),
        Setting::Terminal => "approve".to_owned(),
        Setting::Source => "camera".to_owned(),
        Setting::LockMinutes => "5".to_owned(),
        Setting::Footer
        | Setting::ReceiptFolder
        | Setting::Printer
        | Setting::Scale
        | Setting::KeepDays
        | Setting::BackupFolder
        | Setting::BackupHours => String::new(),
    }
}

/// What somebody must be allowed to change a setting.
pub(super) const fn permission(setting: Setting) -> Permission {
    match setting {
        Setting::BackupFolder | Setting::BackupHours => Permission::BackUp,
        Setting::Header
        | Setting::Footer
        | Setting::PriceMode
        | Setting::Language
        | Setting::Theme
        | Setting::Motion
        | Setting::Scan
        | Setting::Terminal
        | Setting::Source
        | Setting::Engine
        | Setting::ReceiptFolder
        | Setting::Printer
        | Setting::Scale
        | Setting::LockMinutes
        | Setting::Corrections
        | Setting::KeepDays => Permission::ChangeSettings,
    }
}

/// What is written down for a text: an empty one takes the setting away, but a receipt may have no header.
pub(super) fn kept(setting: Setting, value: &str) -> Option<String> {
    let may_be_empty = matches!(setting, Setting::Header);
    (may_be_empty || !value.is_empty()).then(|| value.to_owned())
}

/// All of them as they are kept.
pub(super) fn read(store: &Store) -> Result<BTreeMap<Setting, String>, StoreError> {
    Setting::ALL
        .into_iter()
        .map(|setting| {
            let value = store.setting(key(setting))?;
            Ok((setting, value.unwrap_or_else(|| usual(setting))))
        })
        .collect()
}
