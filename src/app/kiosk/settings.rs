//! What the shop decided, as the database keeps it. A setting that cannot be read counts as not set.

use std::path::{Path, PathBuf};

use crate::{
    app::kiosk::tuning::Tuning,
    domain::{money::Currency, session::state::LaneSettings, tax::PriceMode},
    pipeline::SimulatedOutcome,
    store::{Store, error::StoreError},
    ui::{theme::ThemeName, words::Lang},
    vision::Engine,
};

/// Overrules the setting of the simulated terminal, to try the ways in which a payment can end.
const TERMINAL_VARIABLE: &str = "TILLSIGHT_TERMINAL";

/// How items in view are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ScanMode {
    /// What lies still is in the basket.
    #[default]
    Auto,
    /// Each item is asked about.
    Ask,
    /// The camera counts nothing.
    Off,
}

/// The prefix of the settings that hold a class's threshold in percent.
pub const THRESHOLD: &str = "lane.threshold.";
/// The setting that holds the zone: left, top, right and bottom in percent, with commas between.
pub const ZONE: &str = "lane.zone";
/// The usual minutes until an untouched back office locks.
const LOCK_MINUTES: i64 = 5;

/// The settings of a lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopSettings {
    /// Language of the attract screen (`lane.language`: `en`, `de`).
    pub lang: Lang,
    /// Colours (`lane.theme`: `light`, `dark`, `contrast`).
    pub theme: ThemeName,
    /// Whether things may move (`lane.motion`: `on`, `off`).
    pub motion: bool,
    /// Whether the prices on the shelf include tax (`shop.prices`: `inclusive`, `exclusive`).
    pub price_mode: PriceMode,
    /// How the simulated terminal answers (`terminal.outcome`: `approve`, `decline`, `timeout`, `amount`).
    pub terminal: SimulatedOutcome,
    /// So long nobody touches the back office before it locks (`office.lock_minutes`, 1 to 60).
    pub office_lock_ms: i64,
    /// Rows at the head of a receipt (`receipt.header`).
    pub receipt_header: Vec<String>,
    /// Rows at its foot (`receipt.footer`).
    pub receipt_footer: Vec<String>,
    /// How items in view are counted (`lane.scan`: `auto`, `ask`, `off`).
    pub scan: ScanMode,
    /// Scores and zone that staff tuned (`lane.threshold.CLASS`, `lane.zone`).
    pub tuning: Tuning,
    /// Where the pictures come from (`lane.source`, as `--source` names it); the first camera if none is set.
    pub source: Option<String>,
    /// What computes the detector (`lane.engine`: `auto`, `cpu`, `cpu-int8`, `gpu`); what answers sooner if none is
    /// set.
    pub engine: Option<Engine>,
    /// Whether frames that a shopper corrected are kept (`privacy.corrections`: `on`, `off`).
    pub keeps_corrections: bool,
    /// A printer for receipts (`receipt.printer`): a device, a file, or `HOST:PORT`.
    pub printer: Option<String>,
    /// Where receipts are saved (`receipt.folder`); `receipts` in the data folder if none is set.
    pub receipts: Option<PathBuf>,
}

impl Default for ShopSettings {
    fn default() -> Self {
        Self {
            lang: Lang::default(),
            theme: ThemeName::default(),
            motion: true,
            price_mode: PriceMode::TaxInclusive,
            terminal: terminal_outcome(std::env::var(TERMINAL_VARIABLE).ok().as_deref()),
            office_lock_ms: LOCK_MINUTES * 60_000,
            receipt_header: vec!["Tillsight".to_owned()],
            receipt_footer: Vec::new(),
            scan: ScanMode::default(),
            tuning: Tuning::default(),
            source: None,
            engine: None,
            keeps_corrections: true,
            printer: None,
            receipts: None,
        }
    }
}

impl ShopSettings {
    /// Reads them; what is not set is as usual.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn read(store: &Store) -> Result<Self, StoreError> {
        let usual = Self::default();
        let rows = |text: String| text.lines().map(str::to_owned).collect();
        let text = |key: &str| -> Result<Option<String>, StoreError> {
            Ok(store.setting(key)?.filter(|text| !text.trim().is_empty()))
        };
        let lang = store.setting("lane.language")?;
        let theme = store.setting("lane.theme")?;
        let terminal = store.setting("terminal.outcome")?;
        Ok(Self {
            lang: lang.and_then(|code| Lang::from_code(&code)).unwrap_or(usual.lang),
            theme: match theme.as_deref() {
                Some("dark") => ThemeName::Dark,
                Some("contrast") => ThemeName::HighContrast,
                Some(_) | None => usual.theme,
            },
            motion: store.setting("lane.motion")?.is_none_or(|motion| motion != "off"),
            price_mode: match store.setting("shop.prices")?.as_deref() {
                Some("exclusive") => PriceMode::TaxExclusive,
                Some(_) | None => usual.price_mode,
            },
            terminal: match std::env::var(TERMINAL_VARIABLE) {
                Ok(_) => usual.terminal,
                Err(_) => terminal_outcome(terminal.as_deref()),
            },
            office_lock_ms: store
                .setting("office.lock_minutes")?
                .and_then(|text| text.parse::<i64>().ok())
                .filter(|minutes| (1..=60).contains(minutes))
                .map_or(usual.office_lock_ms, |minutes| minutes * 60_000),
            receipt_header: store
                .setting("receipt.header")?
                .map_or(usual.receipt_header, rows),
            receipt_footer: store
                .setting("receipt.footer")?
                .map_or(usual.receipt_footer, rows),
            scan: match store.setting("lane.scan")?.as_deref() {
                Some("ask") => ScanMode::Ask,
                Some("off") => ScanMode::Off,
                Some(_) | None => usual.scan,
            },
            tuning: read_tuning(store)?,
            source: text("lane.source")?,
            engine: store.setting("lane.engine")?.as_deref().and_then(engine_named),
            keeps_corrections: store
                .setting("privacy.corrections")?
                .is_none_or(|keep| keep != "off"),
            printer: text("receipt.printer")?,
            receipts: text("receipt.folder")?.map(PathBuf::from),
        })
    }

    /// The folder for receipts.
    #[must_use]
    pub fn receipt_folder(&self, data: &Path) -> PathBuf {
        self.receipts.clone().unwrap_or_else(|| data.join("receipts"))
    }

    /// What the session has to know; the catalog says in which currency the shop sells.
    #[must_use]
    pub fn lane(&self, currency: Currency) -> LaneSettings {
        LaneSettings {
            currency,
            price_mode: self.price_mode,
            receipt_header: self.receipt_header.clone(),
            receipt_footer: self.receipt_footer.clone(),
        }
    }
}

/// An engine that a shop can choose.
fn engine_named(name: &str) -> Option<Engine> {
    [Engine::Cpu, Engine::CpuInt8, Engine::Gpu]
        .into_iter()
        .find(|engine| engine.name() == name)
}

fn read_tuning(store: &Store) -> Result<Tuning, StoreError> {
    let percent = |text: &str| {
        text.trim()
            .parse()
            .ok()
            .filter(|percent| (1..=99).contains(percent))
    };
    let thresholds = store.settings(THRESHOLD)?;
    Ok(Tuning {
        thresholds: thresholds
            .iter()
            .filter_map(|(key, value)| Some((key.strip_prefix(THRESHOLD)?.to_owned(), percent(value)?)))
            .collect(),
        zone: store.setting(ZONE)?.and_then(|text| read_zone(&text)),
    })
}

/// Reads a zone; one without an inside counts as not set, as does the whole picture.
fn read_zone(text: &str) -> Option<[u16; 4]> {
    let sides: Vec<u16> = text
        .split(',')
        .map(|side| side.trim().parse().ok())
        .collect::<Option<_>>()?;
    let zone: [u16; 4] = sides.try_into().ok()?;
    let [left, top, right, bottom] = zone;
    let is_sound = left < right && top < bottom && right <= 100 && bottom <= 100;
    (is_sound && zone != [0, 0, 100, 100]).then_some(zone)
}

fn terminal_outcome(name: Option<&str>) -> SimulatedOutcome {
    match name {
        Some("decline") => SimulatedOutcome::Decline {
            reason: "not enough money on the account".to_owned(),
        },
        Some("timeout") => SimulatedOutcome::TimeOut,
        Some("amount") => SimulatedOutcome::ByAmount,
        Some(_) | None => SimulatedOutcome::Approve,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    #[test]
    fn what_is_not_set_is_as_usual_and_nonsense_too() {
        let store = Store::in_memory().unwrap();
        let usual = ShopSettings::read(&store).unwrap();
        assert_eq!(usual, ShopSettings::default());
        let by = ("test", Timestamp(0));
        store.set_setting("lane.theme", "purple", by).unwrap();
        store.set_setting("lane.language", "de", by).unwrap();
        store
            .set_setting("receipt.footer", "Danke\nBis bald", by)
            .unwrap();
        let read = ShopSettings::read(&store).unwrap();
        assert_eq!((read.theme, read.lang), (ThemeName::Light, Lang::German));
        assert_eq!(read.lane(Currency::EUR).receipt_footer, ["Danke", "Bis bald"]);
    }

    #[test]
    fn thresholds_and_zone_are_read_and_nonsense_is_not() {
        let store = Store::in_memory().unwrap();
        let by = ("test", Timestamp(0));
        for (key, value) in [
            ("lane.threshold.apple", "35"),
            ("lane.threshold.milk", "0"),
            ("lane.threshold.pear", "many"),
            ("lane.zone", "10, 5,90,95"),
            ("lane.scan", "ask"),
        ] {
            store.set_setting(key, value, by).unwrap();
        }
        let read = ShopSettings::read(&store).unwrap();
        assert_eq!(read.tuning.thresholds, [("apple".to_owned(), 35)].into());
        assert_eq!(read.tuning.zone, Some([10, 5, 90, 95]));
        assert_eq!(read.scan, ScanMode::Ask);
        for zone in [
            "",
            "1,2,3",
            "50,0,40,100",
            "0,0,100,101",
            "0,0,100,100",
            "a,b,c,d",
        ] {
            assert_eq!(read_zone(zone), None, "{zone}");
        }
    }
}
