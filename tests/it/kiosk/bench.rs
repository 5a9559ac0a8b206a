//! A checkout that is driven without a window, a camera or a clock.

use std::{
    sync::{Arc, mpsc::Receiver},
    time::Duration,
};

use tempfile::TempDir;
use tillsight::{
    app::kiosk::{
        back_room,
        checkout::{Checkout, CheckoutParts, ModelInfo},
        photos::Photos,
        settings::ShopSettings,
    },
    domain::{
        money::{Currency, Money},
        sale::PaymentMethod,
        session::event::PaymentAttempt,
        time::Timestamp,
    },
    geom::{ClassId, CornerBox},
    pipeline::{
        LaneEventKind, Mailbox, PaymentTerminal, SimulatedOutcome, SimulatedTerminal, TerminalEvent,
        TerminalScript,
    },
    store::Store,
    tracking::{ScanEvent, TrackId},
    ui::{
        command::Command,
        view::{LaneView, Panel, PinPurpose, Screen},
    },
    vision::Engine,
};

use crate::shopper::waker;

pub(super) const APPLE: ClassId = ClassId(1);
pub(super) const BANANA: ClassId = ClassId(2);
pub(super) const MILK: ClassId = ClassId(3);
/// How long a thread is waited for before the test's clock goes on.
pub(super) const PATIENCE: Duration = Duration::from_millis(20);

/// A checkout with a database in a folder of its own and a clock that the test moves.
pub(super) struct Bench {
    pub(super) checkout: Checkout,
    pub(super) models: Mailbox<ModelInfo>,
    pub(super) woken: Receiver<()>,
    pub(super) now: Timestamp,
    // Dropped last: the store's thread writes there.
    pub(super) folder: Arc<TempDir>,
}

pub(super) fn approving(_: &ShopSettings) -> Box<dyn PaymentTerminal> {
    Box::new(terminal(SimulatedOutcome::Approve))
}

pub(super) fn terminal(outcome: SimulatedOutcome) -> SimulatedTerminal {
    SimulatedTerminal::new(TerminalScript {
        outcome,
        ..TerminalScript::default()
    })
}

/// Declines the first attempt and approves the others.
pub(super) struct SecondTime {
    declining: SimulatedTerminal,
    approving: SimulatedTerminal,
}

impl PaymentTerminal for SecondTime {
    fn start(&mut self, attempt: PaymentAttempt, amount: Money, now: Timestamp) {
        let terminal = if attempt == PaymentAttempt(1) {
            &mut self.declining
        } else {
            &mut self.approving
        };
        terminal.start(attempt, amount, now);
    }

    fn cancel(&mut self, attempt: PaymentAttempt, now: Timestamp) {
        self.declining.cancel(attempt, now);
        self.approving.cancel(attempt, now);
    }

    fn poll(&mut self, now: Timestamp) -> Option<TerminalEvent> {
        self.declining.poll(now).or_else(|| self.approving.poll(now))
    }
}

pub(super) fn second_time(_: &ShopSettings) -> Box<dyn PaymentTerminal> {
    Box::new(SecondTime {
        declining: terminal(SimulatedOutcome::Decline {
            reason: "no money".to_owned(),
        }),
        approving: terminal(SimulatedOutcome::Approve),
    })
}

pub(super) fn info() -> ModelInfo {
    ModelInfo {
        name: "scripted".to_owned(),
        classes: ["apple", "banana", "milk"].map(str::to_owned).to_vec(),
        engine: Engine::Cpu,
        instead: None,
        thresholds: vec![0.5; 3],
    }
}

pub(super) fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

impl Bench {
    pub(super) fn new(terminal: fn(&ShopSettings) -> Box<dyn PaymentTerminal>) -> Self {
        let folder = Arc::new(TempDir::new().unwrap());
        Self::open(folder, terminal, Timestamp(1_700_000_000_000))
    }

    pub(super) fn open(
        folder: Arc<TempDir>,
        terminal: fn(&ShopSettings) -> Box<dyn PaymentTerminal>,
        now: Timestamp,
    ) -> Self {
        let mut bench = Self::before_the_database(folder, terminal, now);
        bench.until("a catalog", |checkout| !checkout.catalog().products().is_empty());
        bench.models.put(info());
        bench.lane(LaneEventKind::DetectorReady);
        bench
    }

    /// Just started: nothing has come from the database yet, and perhaps nothing will.
    pub(super) fn before_the_database(
        folder: Arc<TempDir>,
        terminal: fn(&ShopSettings) -> Box<dyn PaymentTerminal>,
        now: Timestamp,
    ) -> Self {
        let (wake, woken) = waker();
        let models = Mailbox::new();
        let parts = CheckoutParts {
            store: back_room::start(folder.path(), Arc::clone(&wake)).unwrap(),
            terminal,
            models: models.clone(),
            photos: Photos::none(),
            seed: u128::from(now.0.unsigned_abs()),
            is_replay: true,
            data: folder.path().to_owned(),
            wake,
        };
        let checkout = Checkout::new(parts, now);
        Self {
            checkout,
            models,
            woken,
            now,
            folder,
        }
    }

    pub(super) fn lane(&mut self, kind: LaneEventKind) {
        self.checkout.on_lane(kind, self.now);
    }

    pub(super) fn count(&mut self, track: u64, class: ClassId) {
        self.lane(LaneEventKind::Scan(ScanEvent::Counted {
            track: TrackId(track),
            class,
            score: 0.9,
            bbox: CornerBox::new(0.1, 0.1, 0.3, 0.3),
        }));
    }

    pub(super) fn wish(&mut self, command: Command) {
        self.checkout.command(command, self.now);
    }

    pub(super) fn pass(&mut self, ms: i64) {
        self.now = self.now.plus_ms(ms);
        self.checkout.tick(self.now);
    }

    /// Lets threads work and time pass until something holds.
    pub(super) fn until(&mut self, what: &str, holds: impl Fn(&Checkout) -> bool) {
        for _ in 0..2000 {
            self.checkout.tick(self.now);
            if holds(&self.checkout) {
                return;
            }
            if self.woken.recv_timeout(PATIENCE).is_err() {
                self.now = self.now.plus_ms(20);
            }
        }
        panic!(
            "{what} did not come; the session is {}",
            self.checkout.session().state_name()
        );
    }

    pub(super) fn until_state(&mut self, state: &str) {
        self.until(state, |checkout| checkout.session().state_name() == state);
    }

    /// Opens the back office for the first time, as Kim.
    pub(super) fn open_office(&mut self) {
        self.wish(Command::OpenPin(PinPurpose::Office));
        self.type_pin("2580");
        self.type_pin("2580");
        self.type_name("Kim");
        self.until("the office", |checkout| {
            matches!(checkout.view(Timestamp(0)).screen, Screen::Office(_))
        });
        self.settle();
    }

    pub(super) fn settle(&mut self) {
        self.until("quiet", |checkout| !checkout.is_busy());
    }

    pub(super) fn view(&self) -> LaneView {
        self.checkout.view(self.now)
    }

    pub(super) fn total(&self) -> i64 {
        self.checkout
            .session()
            .basket()
            .map_or(0, |basket| basket.total().minor())
    }

    pub(super) fn store(&self) -> Store {
        Store::open(&self.folder.path().join("tillsight.db")).unwrap()
    }

    pub(super) fn sales(&self) -> Vec<(u64, i64)> {
        let sales = self.store().sales(Timestamp(0), self.now.plus_ms(1), 10).unwrap();
        sales
            .iter()
            .map(|sale| (sale.receipt_number, sale.total.minor()))
            .collect()
    }

    pub(super) fn pay(&mut self, method: PaymentMethod) {
        self.wish(Command::Review);
        self.wish(Command::ChoosePayment(method));
    }

    pub(super) fn type_pin(&mut self, pin: &str) {
        let Panel::Pin { purpose, .. } = self.view().panel else {
            panic!("no PIN pad")
        };
        let pin = pin.to_owned();
        self.wish(Command::PinEntered { purpose, pin });
    }

    pub(super) fn type_name(&mut self, name: &str) {
        assert!(matches!(self.view().panel, Panel::FirstName), "asked for a name");
        self.wish(Command::NameEntered(name.to_owned()));
    }
}
