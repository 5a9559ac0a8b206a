//! The checkout without a window: session, catalog, store, terminal and what the lane saw, and how they meet.
//!
//! Everything that happens comes in through [`Checkout::on_lane`], [`Checkout::command`] and
//! [`Checkout::tick`], with the time; what shows comes out of [`Checkout::view`]. It paints nothing, opens no
//! camera and never waits: the database and the lane have their own threads. What the lane is to do is left in
//! [`Checkout::take_orders`].

use std::{
    collections::{BTreeMap, VecDeque},
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    app::{
        kiosk::{
            back_room::{Asked, Outcome, Request, Timed, Write},
            outbox::Outbox,
            photos::Photos,
            settings::ShopSettings,
            sight::Sight,
            surface::{OpenPanel, Surface},
            tuning::Tuning,
        },
        office::{Office, album, worker::Workers},
    },
    domain::{
        catalog::Catalog,
        money::Currency,
        sale::PaymentMethod,
        session::{
            Session,
            effect::Effect,
            event::{Event, HelpReason},
        },
        time::Timestamp,
    },
    pipeline::{Mailbox, PaymentTerminal, RequestWorker, Ticket, Wake},
    store::instance::BEAT_MS,
    vision::Engine,
};

/// How often the catalog is read again while nobody is there: prices may begin to hold, or be imported.
const CATALOG_EVERY_MS: i64 = 30_000;
/// How often the beginning is tried again while the database does not open.
const BEGIN_EVERY_MS: i64 = 3_000;

/// What a detector said of itself when it was built.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelInfo {
    /// Name of the model.
    pub name: String,
    /// Names of its classes; class 1 is the first.
    pub classes: Vec<String>,
    /// What computes it.
    pub engine: Engine,
    /// Why it is not computed by what was asked for.
    pub instead: Option<String>,
    /// Score from which each class counts, in the order of the classes.
    pub thresholds: Vec<f32>,
}

/// Something the lane is to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LaneOrder {
    /// Show the bundled demo pictures.
    ShowDemo,
    /// Build the detector anew on this engine; the tracks go on.
    RebuildDetector(Engine),
    /// Forget all tracks.
    ResetTracker,
    /// Another model is in use: build its detector beside the one that works, and let it take over.
    ChangeModel {
        /// Whether class numbers mean what they meant, so that tracks can go on.
        keeps_ids: bool,
    },
    /// See with these thresholds and this zone.
    Tune(Tuning),
    /// Show this source, as `--source` names it.
    ShowSource(String),
    /// The same, unless the program was started with a source.
    UsualSource(String),
    /// Compute with this engine, unless the program was started with one; what lies in view stays counted.
    UsualEngine(Engine),
    /// Compute with this engine, or find out anew which one answers sooner.
    ChangeEngine(Option<Engine>),
}

/// What a checkout is made of.
pub struct CheckoutParts {
    /// The thread with the database.
    pub store: RequestWorker<Timed, Outcome>,
    /// Makes the card terminal that the settings ask for.
    pub terminal: fn(&ShopSettings) -> Box<dyn PaymentTerminal>,
    /// Where a detector leaves word of itself before it is ready.
    pub models: Mailbox<ModelInfo>,
    /// Pictures of products.
    pub photos: Photos,
    /// Where the sequence of sale keys begins; random.
    pub seed: u128,
    /// Whether the pictures come from files.
    pub is_replay: bool,
    /// The data folder.
    pub data: PathBuf,
    /// Called by threads in the background when they have something to show.
    pub wake: Wake,
}

/// A checkout.
pub struct Checkout {
    pub(super) session: Session,
    pub(super) catalog: Arc<Catalog>,
    pub(super) settings: ShopSettings,
    pub(super) sight: Sight,
    pub(super) surface: Surface,
    pub(super) outbox: Outbox,
    pub(super) photos: Photos,
    pub(super) models: Mailbox<ModelInfo>,
    pub(super) orders: Vec<LaneOrder>,
    pub(super) asked: BTreeMap<Ticket, Asked>,
    pub(super) store: RequestWorker<Timed, Outcome>,
    pub(super) start: Start,
    pub(super) seed: u128,
    pub(super) office: Box<Office>,
    pub(super) workers: Workers,
    pub(super) data: Arc<Path>,
    pub(super) wake: Wake,
    make_terminal: fn(&ShopSettings) -> Box<dyn PaymentTerminal>,
    terminal: Box<dyn PaymentTerminal>,
    /// Whether the session is of settings before.
    pub(super) session_is_old: bool,
    catalog_at: Timestamp,
    /// When the next planned price begins to hold.
    pub(super) next_price_change: Option<Timestamp>,
    beat_at: Timestamp,
    /// Events that follow from an effect; applied before anything else happens.
    following: VecDeque<Event>,
}

/// Whether catalog and settings are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Start {
    /// Not yet; asked for again at this time.
    Waiting {
        /// When; `None` while an answer is awaited.
        again_at: Option<Timestamp>,
        /// What is in the way.
        problem: Option<String>,
    },
    /// They are.
    Begun,
}

impl Checkout {
    /// A checkout that asks for its catalog at once.
    #[must_use]
    pub fn new(parts: CheckoutParts, now: Timestamp) -> Self {
        let settings = ShopSettings::default();
        let session = Session::new(settings.lane(Currency::EUR), parts.seed);
        let mut checkout = Self {
            session,
            catalog: Arc::new(Catalog::default()),
            sight: Sight::new(parts.is_replay),
            surface: Surface::new(&settings),
            outbox: Outbox::default(),
            photos: parts.photos,
            models: parts.models,
            orders: Vec::new(),
            asked: BTreeMap::new(),
            store: parts.store,
            start: Start::Waiting {
                again_at: Some(now),
                problem: None,
            },
            seed: parts.seed,
            office: Box::default(),
            workers: Workers::default(),
            data: parts.data.into(),
            wake: parts.wake,
            make_terminal: parts.terminal,
            terminal: (parts.terminal)(&settings),
            settings,
            session_is_old: false,
            catalog_at: now,
            next_price_change: None,
            beat_at: now,
            following: VecDeque::new(),
        };
        checkout.tick(now);
        checkout
    }

    /// Lets time pass: answers of the store and the terminal, time-outs, retries.
    pub fn tick(&mut self, now: Timestamp) {
        self.read_answers(now);
        while let Some(said) = self.terminal.poll(now) {
            self.apply(said.into(), now);
        }
        self.office_tick(now);
        if self.office.signed_on().is_none() {
            self.apply(Event::Tick, now);
        }
        self.renew_session(now);
        self.scan_what_waited(now);
        self.watch_source(now);
        self.surface.forget_old(now);
        self.ask_again(now);
        self.send_writes(now);
    }

    /// Shows these pictures of products from now on.
    pub fn show_photos(&mut self, photos: Photos) {
        self.office.album.bundled(&photos);
        self.photos = photos;
    }

    /// What the lane is to do; each order is given once.
    pub fn take_orders(&mut self) -> Vec<LaneOrder> {
        std::mem::take(&mut self.orders)
    }

    /// The session.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// What the shop has set.
    #[must_use]
    pub const fn settings(&self) -> &ShopSettings {
        &self.settings
    }

    /// The catalog in use.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// Whether something happens that should be looked at more often than twice a second.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        let session = match &self.session {
            Session::Paying(_) | Session::Committing(_) => true,
            Session::Idle(_)
            | Session::Scanning(_)
            | Session::Reviewing(_)
            | Session::Done(_)
            | Session::NeedsAssistance(_) => false,
        };
        session || !self.asked.is_empty() || !self.outbox.is_empty() || self.workers.is_busy()
    }

    /// Feeds the session and does what it asks for.
    pub(super) fn apply(&mut self, event: Event, now: Timestamp) {
        self.following.push_back(event);
        while let Some(event) = self.following.pop_front() {
            let before = self.session.state_name();
            let (next, effects) = self.session.clone().apply(event, now);
            self.session = next;
            if self.session.state_name() != before {
                self.state_changed(before, now);
            }
            for effect in effects {
                self.carry_out(effect, now);
            }
        }
        self.open_scale();
    }

    fn carry_out(&mut self, effect: Effect, now: Timestamp) {
        match effect {
            Effect::StartPayment {
                attempt,
                amount,
                method,
            } => {
                self.surface.method = method;
                match method {
                    PaymentMethod::Card => self.terminal.start(attempt, amount, now),
                    // The attendant's PIN is the answer.
                    PaymentMethod::Attendant => {}
                }
            }
            Effect::CancelPayment { attempt } => match self.surface.method {
                PaymentMethod::Card => self.terminal.cancel(attempt, now),
                PaymentMethod::Attendant => self.following.push_back(Event::PaymentCancelled { attempt }),
            },
            Effect::CommitSale(sale) => {
                let model = Some(self.sight.model.clone()).filter(|name| !name.is_empty());
                self.write(Write::Sale { sale, model }, now);
            }
            Effect::SaveBasket(basket) => self.write(Write::Basket(basket), now),
            Effect::ClearSavedBasket => self.write(Write::NoBasket, now),
            Effect::Journal(entry) => self.write(Write::Journal(Box::new(entry)), now),
            Effect::Announce(cue) => self.surface.cue = Some((cue, now)),
            Effect::CallAttendant { reason } => tracing::warn!(?reason, "an attendant is called"),
            // Opened from the basket itself, so that it cannot be missed: see `open_scale`.
            Effect::AskWeight { .. } => {}
            Effect::ResetTracker => self.orders.push(LaneOrder::ResetTracker),
        }
    }

    /// What the surface forgets or begins with another state.
    fn state_changed(&mut self, before: &str, now: Timestamp) {
        // An item put down must not close what somebody has begun to type.
        let begins = before == "idle" && matches!(self.session, Session::Scanning(_));
        if !begins {
            self.surface.close_shopper_panel();
        }
        self.surface.done_since = None;
        match &self.session {
            Session::Idle(_) => {
                if before != "done" {
                    self.sight.questions.clear();
                }
                self.surface.begin_visit(self.settings.lang);
            }
            Session::Done(done) => {
                self.sight.questions.clear();
                self.surface.done_since = Some(now);
                let receipt = Box::new(done.receipt().clone());
                let lang = self.surface.lang;
                self.ask(Request::SaveReceipt { receipt, lang }, Asked::Receipt, now);
            }
            Session::Scanning(_)
            | Session::Reviewing(_)
            | Session::Paying(_)
            | Session::Committing(_)
            | Session::NeedsAssistance(_) => {}
        }
    }

    /// Asks for the weight of what the camera counted and is sold by weight.
    fn open_scale(&mut self) {
        let (Session::Scanning(_) | Session::Reviewing(_)) = &self.session else {
            return;
        };
        let waiting = self
            .session
            .basket()
            .and_then(|basket| basket.unweighed().first());
        if let (Some(waiting), OpenPanel::None) = (waiting, &self.surface.panel) {
            self.surface.panel = OpenPanel::Weight {
                sku: waiting.sku.clone(),
                origin: crate::domain::line::Origin::Camera { track: waiting.track },
            };
        }
    }

    pub(super) fn write(&mut self, write: Write, now: Timestamp) {
        self.outbox.push(write, now);
        self.send_writes(now);
    }

    /// Asks the store for something; a store that takes nothing more is a dead worker.
    pub(super) fn ask(&mut self, request: Request, asked: Asked, now: Timestamp) {
        match self.store.ask((request, now)) {
            Ok(ticket) => {
                self.asked.insert(ticket, asked);
            }
            Err(error) => {
                tracing::error!(%error, "the store takes no requests");
                self.store_died(&error.to_string(), now);
            }
        }
    }

    pub(super) fn store_died(&mut self, reason: &str, now: Timestamp) {
        if !matches!(self.session, Session::NeedsAssistance(_)) {
            let reason = HelpReason::WorkerDied {
                name: "store".to_owned(),
                reason: reason.to_owned(),
            };
            self.following.push_back(Event::HelpAsked { reason });
            self.apply(Event::Tick, now);
        }
    }

    fn ask_again(&mut self, now: Timestamp) {
        match &mut self.start {
            Start::Waiting { again_at, .. } => {
                if again_at.is_some_and(|at| now >= at) {
                    *again_at = None;
                    self.ask(Request::Begin, Asked::Begin, now);
                }
            }
            Start::Begun => {
                let is_old = now
                    .checked_since(self.catalog_at)
                    .is_none_or(|age| age >= CATALOG_EVERY_MS);
                let begins = self.next_price_change.is_some_and(|at| now >= at);
                if begins || is_old && matches!(self.session, Session::Idle(_)) {
                    self.catalog_at = now;
                    self.next_price_change = None;
                    self.ask(Request::Catalog, Asked::Catalog, now);
                }
                let beats = now.checked_since(self.beat_at).is_none_or(|age| age >= BEAT_MS);
                if beats {
                    self.beat_at = now;
                    self.ask(Request::Beat, Asked::Beat, now);
                }
            }
        }
    }

    /// Catalog, settings and the interrupted basket are there: the lane opens.
    pub(super) fn begin(&mut self, beginning: crate::app::kiosk::back_room::Beginning, now: Timestamp) {
        self.start = Start::Begun;
        self.catalog = beginning.catalog;
        self.catalog_at = now;
        self.next_price_change = beginning.next_change;
        self.beat_at = now;
        self.settings = beginning.settings;
        self.terminal = (self.make_terminal)(&self.settings);
        self.surface = Surface::new(&self.settings);
        self.surface.has_pin = beginning.has_pin;
        self.surface.utc_offset_ms = beginning.utc_offset_ms;
        let currency = self.currency();
        // Without a catalog nothing could be sold, so nothing is lost with the session before.
        self.session = Session::new(self.settings.lane(currency), self.seed);
        self.tune_lane();
        self.with_office(now, |_, desk| album::read_all(desk));
        if let Some(basket) = beginning.saved {
            self.apply(Event::Recovered { basket }, now);
        }
        self.scan_what_waited(now);
    }

    pub(super) fn renew_terminal(&mut self) {
        self.terminal = (self.make_terminal)(&self.settings);
    }

    /// The back office.
    #[must_use]
    pub fn office(&self) -> &Office {
        &self.office
    }

    pub(super) fn not_begun(&mut self, problem: String, now: Timestamp) {
        let first = matches!(&self.start, Start::Waiting { problem: None, .. });
        self.start = Start::Waiting {
            again_at: Some(now.plus_ms(BEGIN_EVERY_MS)),
            problem: Some(problem.clone()),
        };
        if first {
            let reason = HelpReason::StoreFailed { reason: problem };
            self.apply(Event::HelpAsked { reason }, now);
        }
    }
}
