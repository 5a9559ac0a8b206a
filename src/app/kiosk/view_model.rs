//! What shows, from what is: session, catalog, pictures and the screen's memory, turned into a [`LaneView`].

use crate::{
    app::{
        kiosk::{
            checkout::{Checkout, Start},
            sight::{DetectorState, SourceState},
            surface::{OpenPanel, PinStep, Refused},
        },
        receipts,
    },
    domain::{
        basket::Basket,
        line::TrackKey,
        product::Product,
        quantity::Unit,
        sale::PaymentMethod,
        session::{
            Session,
            event::{HelpReason as Reason, PaymentStage as Stage},
            state::{Done, Idle, NeedsAssistance, Paying, PaymentNotice, RECEIPT_MS},
        },
        time::Timestamp,
    },
    tracking::{TrackState, TrackView},
    ui::{
        view::{
            AttractView, BasketView, BoxState, BoxView, HelpReason, HelpView, LaneView, LineView, Notice,
            Panel, PayingView, PaymentProblem, PaymentStage, Photo, PictureView, PinPurpose, PinRefusal,
            QuestionView, ReceiptView, RecoveredView, ReviewView, ScanView, Screen, StaffView, TileView,
        },
        words::Word,
    },
};

/// How long a line is lit after it was added.
const FRESH_MS: i64 = 1_500;
/// How many choices a question has.
const CHOICES: usize = 3;

impl Checkout {
    /// Everything that is visible now.
    #[must_use]
    pub fn view(&self, now: Timestamp) -> LaneView {
        LaneView {
            lang: self.surface.lang,
            theme: self.settings.theme,
            motion: self.settings.motion,
            screen: self.screen(now),
            panel: self.panel(now),
            notice: self.notice(),
            idle_seconds: self
                .session
                .idle_warning(now)
                .filter(|_| self.office.signed_on().is_none()),
            staff: self.surface.shows_figures.then(|| StaffView {
                frames_per_second: self.sight.frames_per_second,
                detect_ms: self.sight.detect_time.as_secs_f32() * 1000.0,
                count_ms: None,
                model: self.sight.model.clone(),
                stages: self.sight.pace.stages(),
            }),
        }
    }

    fn screen(&self, now: Timestamp) -> Screen {
        if let Some(office) = self.office_view(now) {
            return Screen::Office(Box::new(office));
        }
        match &self.session {
            Session::Idle(idle) => Screen::Attract(self.attract(idle)),
            Session::Scanning(visit) => Screen::Scan(ScanView {
                picture: self.picture(visit.basket()),
                basket: self.basket(visit.basket(), now),
                question: self.question(),
            }),
            Session::Reviewing(reviewing) => Screen::Review(ReviewView {
                basket: self.basket(reviewing.basket(), now),
                problem: reviewing.notice().map(problem_of),
                methods: vec![PaymentMethod::Card, PaymentMethod::Attendant],
            }),
            Session::Paying(paying) => Screen::Paying(self.paying(paying, now)),
            Session::Committing(committing) => Screen::Paying(PayingView {
                basket: self.basket(committing.basket(), now),
                method: self.surface.method,
                stage: PaymentStage::Saving,
                can_cancel: false,
            }),
            Session::Done(done) => Screen::Receipt(self.receipt(done, now)),
            Session::NeedsAssistance(waiting) => Screen::Help(self.help(waiting, now)),
        }
    }

    fn attract(&self, idle: &Idle) -> AttractView {
        AttractView {
            photos: self.photos.steps(),
            recovered: idle.offered().map(|basket| RecoveredView {
                items: items(basket),
                total: basket.total(),
            }),
        }
    }

    fn paying(&self, paying: &Paying, now: Timestamp) -> PayingView {
        let stage = match paying.stage() {
            _ if paying.is_cancelling() => PaymentStage::Cancelling,
            Stage::Connecting => PaymentStage::Connecting,
            Stage::PresentCard => PaymentStage::PresentCard,
            Stage::EnterPin => PaymentStage::EnterPin,
            Stage::AskingBank => PaymentStage::Authorising,
            Stage::WaitingForAttendant => PaymentStage::AtAttendant,
        };
        PayingView {
            basket: self.basket(paying.basket(), now),
            method: paying.method(),
            stage,
            can_cancel: paying.can_cancel(),
        }
    }

    fn receipt(&self, done: &Done, now: Timestamp) -> ReceiptView {
        let receipt = done.receipt();
        let since = self.surface.done_since.unwrap_or(now);
        let left = RECEIPT_MS - now.checked_since(since).unwrap_or(0);
        let file = self
            .surface
            .receipt_file
            .as_ref()
            .filter(|_| self.surface.shows_receipt_file);
        ReceiptView {
            total: receipt.total,
            number: receipt.number.to_string(),
            qr_text: receipts::qr_text(receipt, self.surface.lang, self.surface.utc_offset_ms),
            saved_to: file.map(|path| path.display().to_string()),
            can_print: self.settings.printer.is_some(),
            closes_in: u32::try_from((left + 999) / 1000).ok(),
        }
    }

    fn help(&self, waiting: &NeedsAssistance, now: Timestamp) -> HelpView {
        let (reason, detail) = match waiting.reason() {
            Reason::Asked => (HelpReason::Asked, None),
            Reason::AgeCheck { .. } => (HelpReason::AgeCheck, None),
            Reason::PaymentUnclear { reference } => (HelpReason::Payment, Some(reference)),
            Reason::CommitFailed { reason } => (HelpReason::NotSaved, Some(reason)),
            Reason::SourceLost { reason }
            | Reason::DetectorLost { reason }
            | Reason::WorkerDied { reason, .. }
            | Reason::StoreFailed { reason } => (HelpReason::Machine, Some(reason)),
        };
        // While the lane cannot begin, the newest reason counts: it changes as somebody mends it.
        let newest = match &self.start {
            Start::Waiting { problem, .. } => problem.as_ref(),
            Start::Begun => None,
        };
        HelpView {
            reason,
            detail: newest.or(detail).cloned(),
            basket: waiting.basket().map(|basket| self.basket(basket, now)),
            can_dismiss: self.can_dismiss_help(),
        }
    }

    fn notice(&self) -> Option<Notice> {
        let dismissed = self.surface.dismissed;
        match &self.sight.source {
            SourceState::Missing { reason } if !dismissed => {
                return Some(if self.sight.is_replay {
                    Notice::Plain(reason.clone())
                } else {
                    Notice::CameraMissing
                });
            }
            SourceState::Lost { .. } | SourceState::Missing { .. } => return Some(Notice::CameraLost),
            SourceState::Opening | SourceState::Live => {}
        }
        if let Some((sentence, _)) = &self.surface.note {
            return Some(Notice::Plain(sentence.clone()));
        }
        if let Some(sentence) = self.outbox.trouble() {
            return Some(Notice::Plain(sentence.to_owned()));
        }
        match &self.sight.detector {
            DetectorState::Missing { reason } => Some(Notice::DetectorMissing {
                reason: reason.clone(),
            }),
            DetectorState::Loading | DetectorState::Ready => None,
        }
    }

    fn picture(&self, basket: &Basket) -> PictureView {
        let boxes = self
            .sight
            .tracks
            .iter()
            .filter(|track| track.state != TrackState::Lost)
            .map(|track| BoxView {
                track: track.id.0,
                bbox: track.bbox,
                state: self.box_state(track, basket),
                confidence: track.score,
            })
            .collect();
        PictureView {
            frame: self.sight.frame.clone(),
            boxes,
            source: self
                .sight
                .is_replay
                .then(|| self.surface.words.say(Word::SourceDemo)),
        }
    }

    /// What is known of an item: what the shopper said of it, or else what the camera thinks.
    fn box_state(&self, track: &TrackView, basket: &Basket) -> BoxState {
        let key = TrackKey(track.id.0);
        let on_line = basket.live_lines().find(|line| line.tracks.contains(&key));
        let said = on_line.and_then(|line| self.catalog.by_sku(&line.sku));
        if said.is_none() && track.unsure && !basket.has_charged(key) {
            return BoxState::Unsure;
        }
        match said.cloned().or_else(|| self.product_of(track.class)) {
            Some(product) => BoxState::Found {
                name: self.name(&product),
                price: product.price,
            },
            None => BoxState::Unknown,
        }
    }

    fn question(&self) -> Option<QuestionView> {
        let track = *self.sight.questions.front()?;
        let choices: Vec<TileView> = self
            .sight
            .unsure
            .get(&track)?
            .iter()
            .filter_map(|class| self.product_of(*class))
            .take(CHOICES)
            .map(|product| self.tile(&product))
            .collect();
        let view = self.sight.tracks.iter().find(|view| view.id.0 == track.0);
        Some(QuestionView {
            track: track.0,
            bbox: view.map(|view| view.bbox),
            choices,
        })
    }

    fn basket(&self, basket: &Basket, now: Timestamp) -> BasketView {
        let lines = basket
            .live_lines()
            .map(|line| {
                let product = self.catalog.by_sku(&line.sku);
                LineView {
                    id: line.id,
                    name: product.map_or_else(|| line.name.clone(), |product| self.name(product)),
                    photo: product.and_then(|product| self.photo_of(product)),
                    quantity: line.quantity,
                    unit_price: line.unit_price,
                    amount: line.amount,
                    fresh: now
                        .checked_since(line.changed_at)
                        .is_some_and(|age| age < FRESH_MS),
                }
            })
            .collect();
        let tax = self.surface.words.say(Word::BillTax);
        let percent = |rate: &crate::domain::tax::TaxRate| rate.percent_text(self.surface.lang.decimal());
        BasketView {
            lines,
            items: items(basket),
            total: basket.total(),
            taxes: basket
                .totals()
                .taxes
                .iter()
                .map(|group| (format!("{tax} {}", percent(&group.rate)), group.tax))
                .collect(),
        }
    }

    fn panel(&self, now: Timestamp) -> Panel {
        match &self.surface.panel {
            OpenPanel::None => Panel::None,
            OpenPanel::Search { text, .. } => Panel::Search {
                results: self.search(text),
            },
            OpenPanel::Number { unknown } => Panel::Number {
                unknown: unknown.clone(),
            },
            OpenPanel::Weight { sku, .. } => match self.catalog.by_sku(sku) {
                Some(product) => Panel::Weight {
                    product: self.tile(product),
                    tare_grams: product.tare_grams,
                },
                None => Panel::None,
            },
            OpenPanel::Pin {
                step: PinStep::Name(_),
                ..
            } => Panel::FirstName,
            OpenPanel::Pin { opens, step, refused } => Panel::Pin {
                purpose: match step {
                    PinStep::Check => *opens,
                    PinStep::Choose => PinPurpose::Choose,
                    PinStep::Repeat(_) | PinStep::Name(_) => PinPurpose::Repeat,
                },
                refused: refused.and_then(|refused| match refused {
                    Refused::Wrong => Some(PinRefusal::Wrong),
                    Refused::FewLeft(left) => Some(PinRefusal::FewLeft(left)),
                    Refused::Locked { until } => {
                        let left = until.checked_since(now).filter(|left| *left > 0)?;
                        Some(PinRefusal::Locked(u32::try_from((left + 999) / 1000).ok()?))
                    }
                }),
            },
        }
    }

    fn search(&self, text: &str) -> Vec<TileView> {
        let found = self.surface.last_search.found(&self.catalog, text);
        found.iter().map(|product| self.tile(product)).collect()
    }

    fn tile(&self, product: &Product) -> TileView {
        TileView {
            sku: product.sku.clone(),
            name: self.name(product),
            photo: self.photo_of(product),
            price: product.price,
            by_weight: product.unit == Unit::Kilogram,
        }
    }

    fn photo_of(&self, product: &Product) -> Option<Photo> {
        self.office().album.pictures().of(product).cloned()
    }

    fn name(&self, product: &Product) -> String {
        product.name_in(self.surface.lang.code()).to_owned()
    }
}

/// What the shopper has to know of the payment before.
const fn problem_of(notice: &PaymentNotice) -> PaymentProblem {
    match notice {
        PaymentNotice::Declined { .. } => PaymentProblem::Declined,
        PaymentNotice::TimedOut => PaymentProblem::TimedOut,
        PaymentNotice::Cancelled => PaymentProblem::Cancelled,
    }
}

fn items(basket: &Basket) -> u32 {
    u32::try_from(basket.item_count()).unwrap_or(u32::MAX)
}
