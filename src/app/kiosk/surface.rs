//! What only the screen has to remember: open panels, the language of the visit, messages that pass.

use std::{path::PathBuf, sync::Arc};

use crate::{
    app::kiosk::{search::LastSearch, settings::ShopSettings},
    domain::{
        codes::Sku,
        line::{Origin, TrackKey},
        sale::PaymentMethod,
        session::effect::Cue,
        time::Timestamp,
    },
    ui::{
        view::PinPurpose,
        words::{Lang, Words},
    },
};

/// How long a message for staff stays.
const NOTE_MS: i64 = 8_000;

/// So long a receipt is not swept away by the next item on the tray.
const RECEIPT_AT_LEAST_MS: i64 = 3_000;

/// The panel that is open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum OpenPanel {
    /// None.
    #[default]
    None,
    /// The search, perhaps for an item that lies in view.
    Search {
        /// What was typed.
        text: String,
        /// The item.
        track: Option<TrackKey>,
    },
    /// The number pad.
    Number {
        /// The number that is not known.
        unknown: Option<String>,
    },
    /// The scale.
    Weight {
        /// What is weighed.
        sku: Sku,
        /// How it came in.
        origin: Origin,
    },
    /// The PIN pad.
    Pin {
        /// What it opens in the end.
        opens: PinPurpose,
        /// What is typed now.
        step: PinStep,
        /// Why the last try did not open it.
        refused: Option<Refused>,
    },
}

/// What is typed on the PIN pad.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum PinStep {
    /// The PIN.
    Check,
    /// The first PIN there ever was.
    Choose,
    /// The same again.
    Repeat(String),
    /// The name of the first manager, whose PIN this is.
    Name(String),
}

/// Why a PIN did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    /// It is another one.
    Wrong,
    /// It is another one, and so many more wrong ones lock the pad.
    FewLeft(u32),
    /// Too many tries.
    Locked {
        /// Until then.
        until: Timestamp,
    },
}

/// The screen's memory.
#[derive(Debug)]
pub(super) struct Surface {
    pub(super) lang: Lang,
    /// The words of `lang`, read once.
    pub(super) words: Arc<Words>,
    pub(super) panel: OpenPanel,
    pub(super) method: PaymentMethod,
    pub(super) receipt_file: Option<PathBuf>,
    pub(super) shows_receipt_file: bool,
    pub(super) done_since: Option<Timestamp>,
    pub(super) cue: Option<(Cue, Timestamp)>,
    pub(super) has_pin: bool,
    pub(super) utc_offset_ms: i64,
    pub(super) shows_figures: bool,
    pub(super) last_search: LastSearch,
    pub(super) dismissed: bool,
    pub(super) note: Option<(String, Timestamp)>,
}

impl Surface {
    pub(super) fn new(settings: &ShopSettings) -> Self {
        Self {
            lang: settings.lang,
            words: Arc::new(Words::new(settings.lang)),
            panel: OpenPanel::None,
            method: PaymentMethod::Card,
            receipt_file: None,
            shows_receipt_file: false,
            done_since: None,
            cue: None,
            has_pin: true,
            utc_offset_ms: 0,
            shows_figures: false,
            last_search: LastSearch::default(),
            dismissed: false,
            note: None,
        }
    }

    /// The next shopper finds nothing of the last one's.
    pub(super) fn begin_visit(&mut self, lang: Lang) {
        self.speak(lang);
        self.receipt_file = None;
        self.shows_receipt_file = false;
        self.cue = None;
    }

    /// Shows everything in this language from now on.
    pub(super) fn speak(&mut self, lang: Lang) {
        if self.lang != lang {
            self.lang = lang;
            self.words = Arc::new(Words::new(lang));
        }
    }

    /// Closes what a shopper opened; staff who type a PIN go on.
    pub(super) fn close_shopper_panel(&mut self) {
        let keep = matches!(
            self.panel,
            OpenPanel::Pin {
                opens: PinPurpose::Office,
                ..
            }
        );
        if !keep {
            self.panel = OpenPanel::None;
        }
    }

    /// A sentence for staff that goes away by itself.
    pub(super) fn say(&mut self, sentence: String, now: Timestamp) {
        tracing::warn!(sentence);
        self.note = Some((sentence, now.plus_ms(NOTE_MS)));
    }

    /// Whether a receipt came up a moment ago and is still there.
    pub(super) fn shows_new_receipt(&self, now: Timestamp) -> bool {
        self.done_since.is_some_and(|since| {
            now.checked_since(since)
                .is_some_and(|age| age < RECEIPT_AT_LEAST_MS)
        })
    }

    pub(super) fn forget_old(&mut self, now: Timestamp) {
        if self.note.as_ref().is_some_and(|(_, until)| now >= *until) {
            self.note = None;
        }
    }
}

impl crate::app::kiosk::checkout::Checkout {
    /// Shows staff a sentence for a while.
    pub fn tell_staff(&mut self, sentence: String, now: Timestamp) {
        self.surface.say(sentence, now);
    }
}
