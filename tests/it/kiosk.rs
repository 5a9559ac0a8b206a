//! The checkout without a window: what the lane and the shopper do, and what is in the database afterwards.

#![expect(
    clippy::unwrap_used,
    reason = "the bench is test code too: what fails there fails the test"
)]

mod office;

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        mpsc::{Receiver, channel},
    },
    time::Duration,
};

use tempfile::TempDir;
use tillsight::{
    app::kiosk::{
        KioskOptions, back_room,
        checkout::{Checkout, CheckoutParts, LaneOrder, ModelInfo},
        photos::Photos,
        runner::Runner,
        settings::ShopSettings,
        tuning::Tuning,
    },
    domain::{
        codes::Sku,
        money::{Currency, Money},
        sale::PaymentMethod,
        session::{Session, event::PaymentAttempt},
        time::Timestamp,
    },
    frame::Frame,
    geom::{ClassId, CornerBox, Detection},
    pipeline::{
        DetectFn, LaneEventKind, Mailbox, PaymentTerminal, SimulatedOutcome, SimulatedTerminal,
        TerminalEvent, TerminalScript, Wake,
    },
    store::Store,
    tracking::{Candidate, ScanEvent, TrackId},
    ui::{
        command::Command,
        office::{OfficeCommand, products::ProductsCommand},
        view::{LaneView, Notice, Panel, PinPurpose, PinRefusal, Screen},
        words::Lang,
    },
    vision::Engine,
};

const APPLE: ClassId = ClassId(1);
const BANANA: ClassId = ClassId(2);
const MILK: ClassId = ClassId(3);
/// How long a thread is waited for before the test's clock goes on.
const PATIENCE: Duration = Duration::from_millis(20);

/// A checkout with a database in a folder of its own and a clock that the test moves.
struct Bench {
    checkout: Checkout,
    models: Mailbox<ModelInfo>,
    woken: Receiver<()>,
    now: Timestamp,
    // Dropped last: the store's thread writes there.
    folder: Arc<TempDir>,
}

fn approving(_: &ShopSettings) -> Box<dyn PaymentTerminal> {
    Box::new(terminal(SimulatedOutcome::Approve))
}

fn terminal(outcome: SimulatedOutcome) -> SimulatedTerminal {
    SimulatedTerminal::new(TerminalScript {
        outcome,
        ..TerminalScript::default()
    })
}

/// Declines the first attempt and approves the others.
struct SecondTime {
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

fn second_time(_: &ShopSettings) -> Box<dyn PaymentTerminal> {
    Box::new(SecondTime {
        declining: terminal(SimulatedOutcome::Decline {
            reason: "no money".to_owned(),
        }),
        approving: terminal(SimulatedOutcome::Approve),
    })
}

fn waker() -> (Wake, Receiver<()>) {
    let (wake, woken) = channel();
    let wake = Mutex::new(wake);
    let wake: Wake = Arc::new(move || {
        // Nobody listens any more once the test is over.
        wake.lock().unwrap().send(()).ok();
    });
    (wake, woken)
}

fn info() -> ModelInfo {
    ModelInfo {
        name: "scripted".to_owned(),
        classes: ["apple", "banana", "milk"].map(str::to_owned).to_vec(),
        engine: Engine::Cpu,
        thresholds: vec![0.5; 3],
    }
}

fn euro(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

impl Bench {
    fn new(terminal: fn(&ShopSettings) -> Box<dyn PaymentTerminal>) -> Self {
        let folder = Arc::new(TempDir::new().unwrap());
        Self::open(folder, terminal, Timestamp(1_700_000_000_000))
    }

    fn open(
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
        let mut bench = Self {
            checkout,
            models,
            woken,
            now,
            folder,
        };
        bench.until("a catalog", |checkout| !checkout.catalog().products().is_empty());
        bench.models.put(info());
        bench.lane(LaneEventKind::DetectorReady);
        bench
    }

    fn lane(&mut self, kind: LaneEventKind) {
        self.checkout.on_lane(kind, self.now);
    }

    fn count(&mut self, track: u64, class: ClassId) {
        self.lane(LaneEventKind::Scan(ScanEvent::Counted {
            track: TrackId(track),
            class,
            score: 0.9,
            bbox: CornerBox::new(0.1, 0.1, 0.3, 0.3),
        }));
    }

    fn wish(&mut self, command: Command) {
        self.checkout.command(command, self.now);
    }

    fn pass(&mut self, ms: i64) {
        self.now = self.now.plus_ms(ms);
        self.checkout.tick(self.now);
    }

    /// Lets threads work and time pass until something holds.
    fn until(&mut self, what: &str, holds: impl Fn(&Checkout) -> bool) {
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

    fn until_state(&mut self, state: &str) {
        self.until(state, |checkout| checkout.session().state_name() == state);
    }

    fn settle(&mut self) {
        self.until("quiet", |checkout| !checkout.is_busy());
    }

    fn view(&self) -> LaneView {
        self.checkout.view(self.now)
    }

    fn total(&self) -> i64 {
        self.checkout
            .session()
            .basket()
            .map_or(0, |basket| basket.total().minor())
    }

    fn store(&self) -> Store {
        Store::open(&self.folder.path().join("tillsight.db")).unwrap()
    }

    fn sales(&self) -> Vec<(u64, i64)> {
        let sales = self.store().sales(Timestamp(0), self.now.plus_ms(1), 10).unwrap();
        sales
            .iter()
            .map(|sale| (sale.receipt_number, sale.total.minor()))
            .collect()
    }

    fn pay(&mut self, method: PaymentMethod) {
        self.wish(Command::Review);
        self.wish(Command::ChoosePayment(method));
    }

    fn type_pin(&mut self, pin: &str) {
        let Panel::Pin { purpose, .. } = self.view().panel else {
            panic!("no PIN pad")
        };
        let pin = pin.to_owned();
        self.wish(Command::PinEntered { purpose, pin });
    }

    fn type_name(&mut self, name: &str) {
        assert!(matches!(self.view().panel, Panel::FirstName), "asked for a name");
        self.wish(Command::NameEntered(name.to_owned()));
    }
}

#[test]
fn items_in_view_become_a_sale_and_a_receipt() {
    let mut bench = Bench::new(approving);
    assert!(matches!(bench.view().screen, Screen::Attract(_)));
    for (track, class) in [(1, APPLE), (2, BANANA), (3, APPLE), (4, MILK)] {
        bench.count(track, class);
    }
    // Two apples at 0.59, a banana at 0.35, a carton of milk at 1.19.
    let Screen::Scan(scan) = bench.view().screen else {
        panic!("items start a visit")
    };
    assert_eq!(scan.basket.total, euro(272));
    assert_eq!(scan.basket.items, 4);
    let names: Vec<_> = scan.basket.lines.iter().map(|line| line.name.as_str()).collect();
    assert_eq!(names, ["Apple", "Banana", "Milk 1 l"]);
    assert!(scan.basket.lines.iter().all(|line| line.fresh));

    bench.wish(Command::ChooseLanguage(Lang::German));
    bench.pay(PaymentMethod::Card);
    assert!(matches!(bench.view().screen, Screen::Paying(_)));
    bench.until_state("done");
    bench.settle();
    assert_eq!(bench.sales(), [(1, 272)]);
    let Screen::Receipt(receipt) = bench.view().screen else {
        panic!("the receipt shows")
    };
    assert_eq!((receipt.number.as_str(), receipt.total), ("1", euro(272)));
    assert!(receipt.qr_text.contains("2,72"), "{}", receipt.qr_text);
    let folder = bench.folder.path().join("receipts");
    let text = std::fs::read_to_string(folder.join("receipt-000001.txt")).unwrap();
    assert!(text.contains("2,72") && text.contains("Bon 1"), "{text}");
    assert!(
        std::fs::read(folder.join("receipt-000001.pdf"))
            .unwrap()
            .starts_with(b"%PDF-")
    );

    bench.pass(8_500);
    assert!(matches!(bench.view().screen, Screen::Attract(_)));
    assert_eq!(
        bench.view().lang,
        Lang::English,
        "the next shopper is greeted as usual"
    );
    bench.count(4, MILK);
    assert_eq!(bench.total(), 0, "what was sold is not charged again");
    bench.count(5, MILK);
    assert_eq!(bench.total(), 119);
    assert!(bench.store().verify().unwrap().is_ok());
}

#[test]
fn a_receipt_stays_a_moment_when_the_next_item_comes() {
    let mut bench = Bench::new(approving);
    bench.count(1, APPLE);
    bench.pay(PaymentMethod::Card);
    bench.until_state("done");
    bench.count(2, MILK);
    bench.pass(1_000);
    assert!(matches!(bench.view().screen, Screen::Receipt(_)));
    bench.pass(2_500);
    assert_eq!(bench.total(), 119, "and the item is not lost");
}

#[test]
fn a_lost_camera_leaves_the_basket_and_calls_for_help() {
    let mut bench = Bench::new(approving);
    bench.lane(LaneEventKind::SourceReady {
        description: "a camera".to_owned(),
    });
    bench.count(1, APPLE);
    let reason = "the camera was unplugged".to_owned();
    bench.lane(LaneEventKind::SourceLost { reason });
    assert_eq!(bench.view().notice, Some(Notice::CameraLost));
    bench.pass(29_000);
    assert_eq!(bench.checkout.session().state_name(), "scanning");
    bench.pass(1_500);
    let Screen::Help(help) = bench.view().screen else {
        panic!("an attendant is called")
    };
    assert_eq!(help.basket.unwrap().total, euro(59));
    assert_eq!(help.detail.as_deref(), Some("the camera was unplugged"));
    bench.lane(LaneEventKind::SourceBack);
    assert_eq!(bench.view().notice, None);
    assert_eq!(
        (bench.checkout.session().state_name(), bench.total()),
        ("scanning", 59)
    );
}

#[test]
fn a_declined_payment_is_tried_again_and_sold_once() {
    let mut bench = Bench::new(second_time);
    bench.count(1, APPLE);
    bench.pay(PaymentMethod::Card);
    bench.until_state("reviewing");
    let Screen::Review(review) = bench.view().screen else {
        panic!("back to the list")
    };
    assert!(review.problem.is_some());
    assert_eq!(bench.total(), 59);
    bench.wish(Command::ChoosePayment(PaymentMethod::Card));
    bench.until_state("done");
    bench.settle();
    assert_eq!(bench.sales(), [(1, 59)]);
}

#[test]
fn an_attendant_takes_the_money_with_the_first_pin_there_ever_was() {
    let mut bench = Bench::new(approving);
    bench.count(1, APPLE);
    bench.pay(PaymentMethod::Attendant);
    bench.pass(100_000);
    assert_eq!(
        bench.checkout.session().state_name(),
        "paying",
        "nothing times out meanwhile"
    );
    bench.wish(Command::OpenPin(PinPurpose::Resume));
    bench.type_pin("4711");
    bench.type_pin("4712");
    let Panel::Pin { purpose, refused } = bench.view().panel else {
        panic!("asked again")
    };
    assert_eq!((purpose, refused), (PinPurpose::Choose, Some(PinRefusal::Wrong)));
    bench.type_pin("4711");
    bench.type_pin("4711");
    bench.type_name("Kim");
    bench.until_state("done");
    bench.settle();
    assert_eq!(bench.sales(), [(1, 59)]);
}

#[test]
fn a_locked_database_holds_the_sale_back_and_never_doubles_it() {
    let mut bench = Bench::new(approving);
    bench.count(1, APPLE);
    bench.settle();
    let other = rusqlite::Connection::open(bench.folder.path().join("tillsight.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    bench.pay(PaymentMethod::Card);
    bench.until_state("needs_assistance");
    let Screen::Help(help) = bench.view().screen else {
        panic!("an attendant is called")
    };
    assert!(help.detail.unwrap().contains("in use by another program"));
    assert!(!help.can_dismiss);
    other.execute_batch("ROLLBACK").unwrap();
    bench.until_state("done");
    bench.settle();
    assert_eq!(bench.sales(), [(1, 59)]);
}

#[test]
fn without_a_detector_items_are_typed_and_searched() {
    let mut bench = Bench::new(approving);
    let reason = "the model is damaged".to_owned();
    bench.lane(LaneEventKind::DetectorLost {
        reason: reason.clone(),
    });
    let orders = bench.checkout.take_orders();
    assert_eq!(
        orders,
        [LaneOrder::RebuildDetector(Engine::Cpu)],
        "the processor takes over"
    );
    bench.lane(LaneEventKind::DetectorLost {
        reason: reason.clone(),
    });
    assert_eq!(bench.checkout.take_orders(), []);
    bench.pass(10_000);
    assert_eq!(bench.view().notice, Some(Notice::DetectorMissing { reason }));
    bench.wish(Command::NumberEntered("99999".to_owned()));
    let Panel::Number { unknown } = bench.view().panel else {
        panic!("asked again")
    };
    assert_eq!(unknown.as_deref(), Some("99999"));
    bench.wish(Command::NumberEntered("4011".to_owned()));
    assert_eq!(bench.total(), 35, "a banana by its PLU");
    bench.wish(Command::OpenSearch);
    bench.wish(Command::SearchTyped("loose ban".to_owned()));
    let Panel::Search { results } = bench.view().panel else {
        panic!("the search is open")
    };
    assert_eq!(results[0].sku.as_str(), "BANANAS-KG");
    bench.wish(Command::ChooseProduct(results[0].sku.clone()));
    assert!(matches!(bench.view().panel, Panel::Weight { .. }));
    let sku = results[0].sku.clone();
    bench.wish(Command::AddWeighed {
        sku,
        gross_grams: 1_000,
    });
    // A kilogram at 1.79, without packaging.
    assert_eq!(bench.total(), 35 + 179);
}

#[test]
fn an_interrupted_basket_is_offered_again() {
    let mut bench = Bench::new(approving);
    bench.count(1, APPLE);
    bench.count(2, MILK);
    bench.settle();
    let Bench {
        checkout,
        folder,
        now,
        ..
    } = bench;
    drop(checkout);

    let mut bench = Bench::open(folder, approving, now.plus_ms(60_000));
    let Screen::Attract(attract) = bench.view().screen else {
        panic!("the lane begins anew")
    };
    let offered = attract.recovered.unwrap();
    assert_eq!((offered.items, offered.total), (2, euro(178)));
    bench.wish(Command::RestoreBasket);
    assert_eq!(bench.total(), 178);
    bench.pay(PaymentMethod::Card);
    bench.until_state("done");
    bench.settle();
    assert_eq!(bench.sales(), [(1, 178)]);
}

#[test]
fn a_new_price_holds_for_the_next_item_and_can_be_undone() {
    let mut bench = Bench::new(approving);
    bench.wish(Command::OpenPin(PinPurpose::Office));
    bench.type_pin("2580");
    bench.type_pin("2580");
    bench.type_name("Kim");
    bench.until("the office", |checkout| {
        matches!(checkout.view(Timestamp(0)).screen, Screen::Office(_))
    });
    let apple = Sku::new("APPLE").unwrap();
    bench.wish(Command::Office(OfficeCommand::Products(
        ProductsCommand::SetPrice {
            sku: apple.clone(),
            price: euro(69),
        },
    )));
    bench.settle();
    let Screen::Office(office) = bench.view().screen else {
        panic!("the office stays open")
    };
    assert!(office.saved_at.is_some() && office.can_undo);
    bench.count(1, APPLE);
    assert_eq!(bench.total(), 69);
    bench.pass(1_000);
    bench.wish(Command::Office(OfficeCommand::Undo));
    bench.settle();
    bench.wish(Command::Office(OfficeCommand::Close));
    bench.count(2, APPLE);
    assert_eq!(bench.total(), 69 + 59, "what is in the basket keeps its price");
    let history = bench.store().price_history(&apple).unwrap();
    let prices: Vec<i64> = history.iter().map(|entry| entry.price.minor()).collect();
    assert_eq!(prices.len(), 3, "{prices:?}");

    bench.wish(Command::OpenPin(PinPurpose::Office));
    bench.type_pin("0000");
    bench.settle();
    let Panel::Pin { refused, .. } = bench.view().panel else {
        panic!("it stays shut")
    };
    assert_eq!(refused, Some(PinRefusal::Wrong));
}

#[test]
fn an_unclear_item_is_asked_about() {
    let mut bench = Bench::new(approving);
    let candidates = vec![
        Candidate {
            class: BANANA,
            share: 0.5,
        },
        Candidate {
            class: APPLE,
            share: 0.4,
        },
    ];
    let track = TrackId(7);
    bench.lane(LaneEventKind::Scan(ScanEvent::ClassUnsure { track, candidates }));
    let Screen::Scan(scan) = bench.view().screen else {
        panic!("it starts a visit")
    };
    let question = scan.question.unwrap();
    let choices: Vec<_> = question
        .choices
        .iter()
        .map(|tile| tile.sku.as_str().to_owned())
        .collect();
    assert_eq!(choices, ["BANANA", "APPLE"]);
    bench.wish(Command::AnswerItem {
        track: 7,
        sku: Sku::new("APPLE").unwrap(),
    });
    assert_eq!(bench.total(), 59);
    let Screen::Scan(scan) = bench.view().screen else {
        panic!("still scanning")
    };
    assert!(scan.question.is_none());
    bench.wish(Command::SomethingElse { track: 7 });
    bench.wish(Command::ChooseProduct(Sku::new("BANANA").unwrap()));
    assert_eq!(bench.total(), 59, "one item is charged once");
}

#[test]
fn a_database_of_a_newer_program_is_told_and_left_alone() {
    let folder = Arc::new(TempDir::new().unwrap());
    let path = folder.path().join("tillsight.db");
    let newer = rusqlite::Connection::open(&path).unwrap();
    newer.execute_batch("PRAGMA user_version = 99").unwrap();
    drop(newer);
    let (wake, woken) = waker();
    let now = Timestamp(1_700_000_000_000);
    let parts = CheckoutParts {
        store: back_room::start(folder.path(), Arc::clone(&wake)).unwrap(),
        terminal: approving,
        models: Mailbox::new(),
        photos: Photos::none(),
        seed: 1,
        is_replay: true,
        data: folder.path().to_owned(),
        wake,
    };
    let checkout = Checkout::new(parts, now);
    let models = Mailbox::new();
    let mut bench = Bench {
        checkout,
        models,
        woken,
        now,
        folder,
    };
    bench.until_state("needs_assistance");
    let Screen::Help(help) = bench.view().screen else {
        panic!("staff must see it")
    };
    assert!(help.detail.unwrap().contains("version 99"));
    std::fs::remove_file(&path).unwrap();
    bench.until("it was mended", |checkout| {
        !checkout.catalog().products().is_empty()
    });
    assert!(matches!(bench.view().screen, Screen::Attract(_)));
}

#[test]
fn a_demo_picture_is_sold_through_the_whole_lane() {
    let folder = TempDir::new().unwrap();
    let picture = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo/02-apples-banana.jpg");
    let options = KioskOptions {
        source: Some(picture.display().to_string()),
        data: Some(folder.path().to_owned()),
        ..KioskOptions::default()
    };
    let word = Mailbox::new();
    let told = word.clone();
    let make_builder = move |_: Option<Engine>| -> tillsight::pipeline::DetectorBuilder {
        let told = told.clone();
        Box::new(move || {
            told.put(info());
            let detect: DetectFn = Box::new(|_: &Frame| {
                let found = |class, x0| Detection {
                    class,
                    score: 0.9,
                    bbox: CornerBox::new(x0, 0.2, x0 + 0.2, 0.5),
                };
                Ok(vec![found(APPLE, 0.1), found(APPLE, 0.4), found(BANANA, 0.7)])
            });
            Ok(detect)
        })
    };
    let (wake, woken) = waker();
    let mut now = Timestamp(1_700_000_000_000);
    let mut runner = Runner::with_detector(&options, Box::new(make_builder), word, &wake, now).unwrap();
    let mut asked = false;
    for _ in 0..3000 {
        runner.logic(now);
        let view = runner.checkout().view(now);
        match view.screen {
            Screen::Scan(scan) if scan.basket.items == 3 => {
                assert!(scan.picture.frame.is_some());
                runner.command(Command::Review, now);
            }
            Screen::Review(_) if !asked => {
                asked = true;
                runner.command(Command::ChoosePayment(PaymentMethod::Card), now);
            }
            Screen::Receipt(receipt) => {
                assert_eq!(receipt.total, euro(2 * 59 + 35));
                assert!(matches!(runner.checkout().session(), Session::Done(_)));
                return;
            }
            Screen::Attract(_)
            | Screen::Scan(_)
            | Screen::Review(_)
            | Screen::Paying(_)
            | Screen::Help(_)
            | Screen::Office(_) => {}
        }
        woken.recv_timeout(PATIENCE).ok();
        now = now.plus_ms(20);
    }
    panic!(
        "not sold; the session is {}",
        runner.checkout().session().state_name()
    );
}

/// A checkout whose database was set to these before it began.
fn set_to(settings: &[(&str, &str)]) -> Bench {
    let folder = Arc::new(TempDir::new().unwrap());
    let store = Store::open(&folder.path().join("tillsight.db")).unwrap();
    for (key, value) in settings {
        store.set_setting(key, value, ("test", Timestamp(0))).unwrap();
    }
    drop(store);
    Bench::open(folder, approving, Timestamp(1_700_000_000_000))
}

#[test]
fn the_lane_begins_as_the_shop_has_set_it() {
    let mut bench = set_to(&[
        ("lane.threshold.apple", "35"),
        ("lane.zone", "10,5,90,95"),
        ("lane.source", "camera:C920"),
    ]);
    let tuning = Tuning {
        thresholds: [("apple".to_owned(), 35)].into(),
        zone: Some([10, 5, 90, 95]),
    };
    let source = "camera:C920".to_owned();
    let orders = bench.checkout.take_orders();
    assert_eq!(orders, [LaneOrder::Tune(tuning), LaneOrder::UsualSource(source)]);
}

#[test]
fn items_are_asked_about_or_left_as_the_shop_has_set_it() {
    let mut bench = set_to(&[("lane.scan", "ask")]);
    bench.count(1, APPLE);
    assert_eq!(bench.total(), 0, "not before it is answered");
    let Screen::Scan(scan) = bench.view().screen else {
        panic!("an item starts a visit")
    };
    let question = scan.question.unwrap();
    assert_eq!(question.choices.len(), 1);
    let (track, sku) = (question.track, question.choices[0].sku.clone());
    bench.wish(Command::AnswerItem { track, sku });
    assert_eq!(bench.total(), 59);

    let mut bench = set_to(&[("lane.scan", "off")]);
    bench.count(1, APPLE);
    assert!(
        matches!(bench.view().screen, Screen::Attract(_)),
        "nothing is counted"
    );
    bench.wish(Command::NumberEntered("4011".to_owned()));
    assert_eq!(bench.total(), 35, "numbers go on");
}
