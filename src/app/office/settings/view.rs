//! From what was read to what shows.

use std::collections::BTreeMap;

use crate::{
    app::{
        kiosk::tuning::Seen,
        office::{
            Desk,
            settings::{SettingsPage, jobs::Kept},
        },
        receipts,
    },
    domain::time::Timestamp,
    geom::Detection,
    store::backup_plan::BackupRecord,
    ui::{
        office::settings::view::{
            BackupRow, ClassView, SeenBox, Setting, SettingsTab, SettingsView, SightView, TaxView,
        },
        words::SettingsWord,
    },
    vision::Engine,
};

/// Currencies that can be chosen.
const CURRENCIES: [&str; 16] = [
    "EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "BGN", "CAD", "AUD", "NZD",
    "JPY",
];

/// The view of the page. It is asked for in every pass: what belongs to another part is left out.
pub(super) fn of(page: &SettingsPage, desk: &Desk) -> SettingsView {
    let kept = page.kept.as_ref();
    let on = |tab| page.tab == tab;
    SettingsView {
        tab: page.tab,
        values: page.values.clone(),
        currency: desk.currency().code().to_owned(),
        currencies: currencies(desk),
        taxes: if on(SettingsTab::Shop) {
            taxes(desk)
        } else {
            Vec::new()
        },
        classes: if on(SettingsTab::Sight) {
            classes(kept, desk)
        } else {
            Vec::new()
        },
        zone: kept.map_or([0, 0, 100, 100], |kept| kept.zone),
        sight: if on(SettingsTab::Sight) { sight(desk) } else { None },
        cameras: cameras(page, desk),
        tests: page.tests.clone(),
        kept: kept.map(|kept| kept.corrections),
        backups: if on(SettingsTab::Keeping) {
            kept.map_or_else(Vec::new, |kept| backups(kept, desk))
        } else {
            Vec::new()
        },
        is_backing_up: page.is_backing_up,
        about: if on(SettingsTab::About) {
            about(kept, desk)
        } else {
            Vec::new()
        },
        licences: include_str!("../../../../NOTICES.md"),
        diagnostics: page.diagnostics.as_ref().map(|path| path.display().to_string()),
    }
}

fn currencies(desk: &Desk) -> Vec<String> {
    let now = desk.currency().code().to_owned();
    let mut codes: Vec<String> = CURRENCIES.iter().map(|code| (*code).to_owned()).collect();
    if !codes.contains(&now) {
        codes.insert(0, now);
    }
    codes
}

fn taxes(desk: &Desk) -> Vec<TaxView> {
    let mut rates: BTreeMap<(u32, &str), usize> = BTreeMap::new();
    for product in desk.catalog().products() {
        let rate = &product.tax;
        *rates.entry((rate.basis_points(), rate.id())).or_default() += 1;
    }
    let rows = rates.into_iter().rev();
    rows.map(|((basis_points, id), products)| TaxView {
        id: id.to_owned(),
        basis_points,
        products,
    })
    .collect()
}

/// A score in percent; a threshold of a tenth of a percent is nobody's.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "held between 0 and 100 before"
)]
fn percent(score: f32) -> u16 {
    (score.clamp(0.0, 1.0) * 100.0).round() as u16
}

fn classes(kept: Option<&Kept>, desk: &Desk) -> Vec<ClassView> {
    let code = desk.lang().code();
    desk.lane()
        .classes
        .iter()
        .map(|(class, usual)| {
            let usual = percent(*usual);
            let set = kept.and_then(|kept| kept.thresholds.get(class).copied());
            let product = desk.catalog().by_class(class);
            ClassView {
                class: class.clone(),
                name: product.map_or_else(|| class.clone(), |product| product.name_in(code).to_owned()),
                usual,
                threshold: set.unwrap_or(usual),
            }
        })
        .collect()
}

fn sight(desk: &Desk) -> Option<SightView> {
    let seen_box = |found: &Detection| {
        Some(SeenBox {
            class: usize::from(found.class.0).checked_sub(1)?,
            // Rounded down: what shows as the threshold has reached it.
            percent: percent((found.score - 0.005).max(0.0)),
            bbox: found.bbox,
        })
    };
    let of = |seen: &Seen| SightView {
        frame: seen.frame.clone(),
        boxes: seen.detections.iter().filter_map(seen_box).collect(),
    };
    let without_model = || {
        desk.frame().map(|frame| SightView {
            frame: frame.clone(),
            boxes: Vec::new(),
        })
    };
    desk.lane().seen.as_deref().map(of).or_else(without_model)
}

fn cameras(page: &SettingsPage, desk: &Desk) -> Vec<(String, String)> {
    let mut list = vec![("camera".to_owned(), desk.words().say(SettingsWord::FirstCamera))];
    list.extend(
        page.cameras
            .iter()
            .map(|name| (format!("camera:{name}"), name.clone())),
    );
    let now = page.value(Setting::Source);
    if !now.is_empty() && !list.iter().any(|(value, _)| value == now) {
        list.push((now.to_owned(), now.trim_start_matches("camera:").to_owned()));
    }
    list
}

fn megabytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn backups(kept: &Kept, desk: &Desk) -> Vec<BackupRow> {
    let words = desk.words();
    let row = |(backup, offset): &(BackupRecord, i64)| {
        let size = || {
            let size = megabytes(backup.bytes.unwrap_or(0));
            let size = size.replace('.', &words.lang().decimal().to_string());
            words.with(SettingsWord::BackupSize, &[("size", &size)])
        };
        BackupRow {
            when: receipts::local_time(backup.at, *offset, words.lang()),
            path: backup.path.clone(),
            outcome: backup.failed.clone().unwrap_or_else(size),
            is_made: backup.failed.is_none(),
        }
    };
    kept.backups.iter().map(row).collect()
}

fn about(kept: Option<&Kept>, desk: &Desk) -> Vec<(String, String)> {
    let words = desk.words();
    let not_yet = || words.say(SettingsWord::NotYet);
    let time = |at: Option<Timestamp>| {
        at.map_or_else(not_yet, |at| {
            receipts::local_time(at, desk.utc_offset_ms(), words.lang())
        })
    };
    let lane = desk.lane();
    let model = if lane.model.is_empty() {
        not_yet()
    } else {
        lane.model.clone()
    };
    let engine = match lane.engine {
        Some(Engine::Gpu) => words.say(SettingsWord::OnGpu),
        Some(Engine::CpuInt8) => words.say(SettingsWord::OnCpuInt8),
        Some(Engine::Cpu | Engine::BurnCpu) => words.say(SettingsWord::OnCpu),
        None => not_yet(),
    };
    let size = kept.map_or_else(String::new, |kept| {
        let size = megabytes(kept.database.bytes);
        let size = size.replace('.', &words.lang().decimal().to_string());
        words.with(SettingsWord::BackupSize, &[("size", &size)])
    });
    vec![
        (
            words.say(SettingsWord::Version),
            env!("CARGO_PKG_VERSION").to_owned(),
        ),
        (words.say(SettingsWord::ModelInUse), model),
        (words.say(SettingsWord::ComputedBy), engine),
        (
            words.say(SettingsWord::DataFolder),
            desk.data().display().to_string(),
        ),
        (words.say(SettingsWord::DatabaseSize), size),
        (
            words.say(SettingsWord::Products),
            desk.catalog().products().len().to_string(),
        ),
        (
            words.say(SettingsWord::LastBackup),
            time(kept.and_then(|kept| kept.database.last_backup)),
        ),
        (
            words.say(SettingsWord::LastZ),
            time(kept.and_then(|kept| kept.database.last_z_report)),
        ),
    ]
}
