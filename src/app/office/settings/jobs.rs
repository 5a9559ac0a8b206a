//! What the page of settings asks the database: each a function of the store, with no screen in it.

use std::collections::BTreeMap;

use crate::{
    app::{
        kiosk::settings::{THRESHOLD, ZONE},
        office::settings::keys,
    },
    domain::{
        money::{Currency, Money},
        product::Product,
        tax::TaxRate,
        time::Timestamp,
    },
    store::{
        Store,
        audit::By,
        backup_plan::{BackupRecord, Diagnostics},
        error::StoreError,
        photos::{PhotoFilter, PhotoSource},
        purge::{PurgeScope, Purged},
    },
    ui::office::settings::view::Setting,
};

/// Backups that show.
const BACKUPS: u32 = 30;
/// A day.
const DAY_MS: i64 = 86_400_000;

/// Everything that the page shows of the database.
#[derive(Debug)]
pub(super) struct Kept {
    pub(super) values: BTreeMap<Setting, String>,
    pub(super) thresholds: BTreeMap<String, u16>,
    pub(super) zone: [u16; 4],
    pub(super) corrections: u64,
    /// Each with how far the clock on the wall was ahead of UTC.
    pub(super) backups: Vec<(BackupRecord, i64)>,
    pub(super) database: Diagnostics,
}

/// Reads it.
pub(super) fn read(store: &Store) -> Result<Kept, StoreError> {
    let settings = crate::app::kiosk::settings::ShopSettings::read(store)?;
    let corrected = PhotoFilter {
        source: Some(PhotoSource::Correction),
        ..PhotoFilter::default()
    };
    let deleted = PhotoFilter {
        deleted: true,
        ..corrected.clone()
    };
    let backups = store.backups(BACKUPS)?;
    Ok(Kept {
        values: keys::read(store)?,
        thresholds: settings.tuning.thresholds,
        zone: settings.tuning.zone.unwrap_or([0, 0, 100, 100]),
        corrections: store.photo_count(&corrected)? + store.photo_count(&deleted)?,
        backups: backups
            .into_iter()
            .map(|backup| store.utc_offset_ms(backup.at).map(|offset| (backup, offset)))
            .collect::<Result<_, _>>()?,
        database: store.diagnostics()?,
    })
}

/// Keeps a text.
pub(super) fn set(store: &Store, (setting, value): (Setting, &str), by: By<'_>) -> Result<(), StoreError> {
    let kept = keys::kept(setting, value);
    store.set_settings(&[(keys::key(setting), kept.as_deref())], "", by)
}

/// Keeps the score from which a class counts; none is as the model came.
pub(super) fn set_threshold(
    store: &Store,
    (class, percent): (&str, Option<u16>),
    by: By<'_>,
) -> Result<(), StoreError> {
    let (key, value) = (
        format!("{THRESHOLD}{class}"),
        percent.map(|percent| percent.to_string()),
    );
    store.set_settings(&[(&key, value.as_deref())], "", by)
}

/// Keeps the zone; the whole picture is none.
pub(super) fn set_zone(store: &Store, zone: [u16; 4], by: By<'_>) -> Result<(), StoreError> {
    let text = zone.map(|side| side.to_string()).join(",");
    let value = (zone != [0, 0, 100, 100]).then_some(text);
    store.set_settings(&[(ZONE, value.as_deref())], "", by)
}

/// Sells all products in another currency, at the same numbers; gives how many.
pub(super) fn set_currency(store: &Store, currency: Currency, by: By<'_>) -> Result<usize, StoreError> {
    change_products(store, by, |product| {
        product.price = Money::new(product.price.minor(), currency);
    })
}

/// Changes a tax rate on all its products; gives how many.
pub(super) fn set_tax(store: &Store, rate: &TaxRate, by: By<'_>) -> Result<usize, StoreError> {
    change_products(store, by, |product| {
        if product.tax.id() == rate.id() {
            product.tax = rate.clone();
        }
    })
}

/// All of them or none, in one step that can be undone on the page of products.
fn change_products(store: &Store, by: By<'_>, change: impl Fn(&mut Product)) -> Result<usize, StoreError> {
    let mut changed = Vec::new();
    for product in store.catalog(by.1)?.products() {
        let mut after = product.as_ref().clone();
        change(&mut after);
        if after != **product {
            changed.push(after);
        }
    }
    store.import_products(&changed, by.0, by.1)?;
    Ok(changed.len())
}

/// Deletes all corrections for good. The files are still to be deleted.
pub(super) fn purge(store: &Store, reason: &str, by: By<'_>) -> Result<Purged, StoreError> {
    store.purge(&PurgeScope::All(PhotoSource::Correction), reason, by)
}

/// Deletes the corrections that have been kept long enough, as the shop decided; none when it did not.
pub(super) fn purge_old(store: &Store, now: Timestamp) -> Result<Option<Purged>, StoreError> {
    let days = store
        .setting(keys::key(Setting::KeepDays))?
        .and_then(|days| days.trim().parse::<i64>().ok())
        .filter(|days| (1..=36_500).contains(days));
    let Some(days) = days else {
        return Ok(None);
    };
    let before = now.plus_ms(-days * DAY_MS);
    let scope = PurgeScope::TakenBefore(PhotoSource::Correction, before);
    let reason = format!("kept for {days} days");
    let purged = store.purge(&scope, &reason, ("schedule", now))?;
    Ok(Some(purged).filter(|purged| purged.photos > 0))
}

/// Notes files that are gone from the disk, and gives the room back.
pub(super) fn files_gone(store: &Store, files: &[String]) -> Result<(), StoreError> {
    for file in files {
        store.file_deleted(file)?;
    }
    store.compact()
}
