//! What holds after every event of every sequence.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::domain::session::testing::{age_limited, by_weight, piece};

/// One step: an event that does not depend on the state, or the answer that the state waits for.
#[derive(Debug, Clone)]
enum Act {
    Send(Event),
    Wait(i64),
    Approve,
    Decline,
    Commit,
    FailCommit,
    /// The power goes: all that is left is the basket that was saved last.
    Restart,
}

fn product(index: u8) -> Arc<Product> {
    Arc::new(match index % 7 {
        0 => piece("APPLE", 59),
        1 => piece("MILK", 129),
        2 => age_limited("BEER", 99, 16),
        3 => by_weight("GRAPES", 399, 10),
        4 => piece("APPLE", 49),
        5 => piece("BROKEN", -300),
        _ => piece("DEAR", i64::MAX / 3),
    })
}

fn quantities() -> impl Strategy<Value = Quantity> {
    prop_oneof![
        (0_u32..5).prop_map(Quantity::Count),
        Just(Quantity::Count(u32::MAX)),
        (0_u32..2_000).prop_map(|grams| Quantity::Weight { grams }),
    ]
}

fn item_events() -> impl Strategy<Value = Event> {
    let track = || (1_u64..14).prop_map(TrackKey);
    let origin = prop_oneof![
        Just(Origin::Search),
        Just(Origin::Plu),
        track().prop_map(|track| Origin::Camera { track }),
    ];
    let line = || (1_u64..6).prop_map(LineId);
    prop_oneof![
        4 => (track(), any::<u8>())
            .prop_map(|(track, index)| Event::ItemCounted { track, product: product(index) }),
        2 => (any::<u8>(), quantities(), origin)
            .prop_map(|(index, quantity, origin)| Event::ItemAdded { product: product(index), quantity, origin }),
        1 => track().prop_map(|track| Event::WeighingDeclined { track }),
        1 => (line(), prop_oneof![0_u32..4, Just(u32::MAX)])
            .prop_map(|(line, count)| Event::QuantityChanged { line, count }),
        1 => line().prop_map(|line| Event::LineRemoved { line }),
    ]
}

fn flow_events() -> impl Strategy<Value = Event> {
    let attempt = || (0_u64..6).prop_map(PaymentAttempt);
    let method = prop_oneof![Just(PaymentMethod::Card), Just(PaymentMethod::Attendant)];
    let stage = prop_oneof![Just(PaymentStage::AskingBank), Just(PaymentStage::PresentCard)];
    prop_oneof![
        4 => Just(Event::ReviewAsked),
        4 => method.prop_map(|method| Event::PaymentChosen { method }),
        2 => Just(Event::HelpResolved),
        1 => Just(Event::Started),
        1 => Just(Event::BackToScanning),
        1 => Just(Event::BasketVoided { reason: VoidReason::Shopper }),
        1 => (attempt(), stage).prop_map(|(attempt, stage)| Event::PaymentProgress { attempt, stage }),
        1 => attempt().prop_map(|attempt| Event::PaymentApproved { attempt, reference: "late".to_owned() }),
        1 => attempt().prop_map(|attempt| Event::PaymentTimedOut { attempt }),
        1 => attempt().prop_map(|attempt| Event::PaymentCancelled { attempt }),
        1 => Just(Event::PaymentCancelAsked),
        1 => (0_u128..4).prop_map(|n| Event::SaleCommitted { key: SaleKey(SEED + n), receipt_number: 1 }),
        1 => Just(Event::CommitRetried),
        1 => Just(Event::ReceiptDismissed),
        1 => Just(Event::HelpAsked { reason: HelpReason::Asked }),
        1 => Just(Event::TouchSeen),
        1 => Just(Event::MoreTimeAsked),
        1 => Just(Event::RecoveryAccepted),
        1 => Just(Event::RecoveryDeclined),
    ]
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        8 => item_events().prop_map(Act::Send),
        8 => flow_events().prop_map(Act::Send),
        3 => prop_oneof![0_i64..30_000, Just(46_000), Just(-1_000_000)].prop_map(Act::Wait),
        3 => Just(Act::Approve),
        1 => Just(Act::Decline),
        3 => Just(Act::Commit),
        1 => Just(Act::FailCommit),
        1 => Just(Act::Restart),
    ];
    prop::collection::vec(act, 1..60)
}

/// The outside world, believing nothing: it keeps what was saved and replays the journal.
struct World {
    told: Told,
    saved: Option<Basket>,
    restarts: u128,
    /// Lines by basket, as the journal tells them: net quantity, and whether voided.
    lines: BTreeMap<(SaleKey, LineId), (Quantity, bool)>,
    sales: BTreeMap<SaleKey, Sale>,
    /// Tracks charged in this run, by basket.
    charged: BTreeMap<TrackKey, SaleKey>,
}

impl World {
    fn new(price_mode: PriceMode) -> Self {
        Self {
            told: Told::with(price_mode),
            saved: None,
            restarts: 0,
            lines: BTreeMap::new(),
            sales: BTreeMap::new(),
            charged: BTreeMap::new(),
        }
    }

    fn act(&mut self, act: Act) {
        let event = match act {
            Act::Send(event) => Some(event),
            Act::Wait(ms) => {
                self.told.now = self.told.now.plus_ms(ms);
                Some(Event::Tick)
            }
            Act::Approve => self.told.attempt().map(|attempt| Event::PaymentApproved {
                attempt,
                reference: "ok".to_owned(),
            }),
            Act::Decline => self.told.attempt().map(|attempt| Event::PaymentDeclined {
                attempt,
                reason: "no".to_owned(),
            }),
            Act::Commit => self.pending().map(|key| Event::SaleCommitted {
                key,
                receipt_number: 1,
            }),
            Act::FailCommit => self.pending().map(|key| Event::CommitFailed {
                key,
                reason: "no".to_owned(),
            }),
            Act::Restart => self.restart(),
        };
        if let Some(event) = event {
            self.tell(&event);
        }
    }

    /// The sale that waits to be written down.
    fn pending(&self) -> Option<SaleKey> {
        self.told
            .session
            .basket()
            .filter(|basket| basket.paid().is_some())
            .map(Basket::key)
    }

    fn restart(&mut self) -> Option<Event> {
        self.restarts += 1;
        let mode = PriceMode::TaxInclusive;
        // Another run draws another seed, far away.
        self.told.session = Session::new(settings(mode), SEED + (self.restarts << 64));
        self.charged.clear();
        let basket = self.saved.clone()?;
        let text = serde_json::to_string(&basket).unwrap();
        Some(Event::Recovered {
            basket: Box::new(serde_json::from_str(&text).unwrap()),
        })
    }

    fn tell(&mut self, event: &Event) {
        let before = self.told.session.clone();
        let effects = self.told.tell(event.clone());
        for effect in &effects {
            if let Some(basket) = saved_by(effect) {
                self.saved = Some(basket.clone());
            } else if *effect == Effect::ClearSavedBasket {
                self.saved = None;
            } else if let Some(entry) = entry_of(effect) {
                self.replay(entry);
            } else if let Some(sale) = sale_of(effect) {
                let first = self.sales.entry(sale.key).or_insert_with(|| sale.clone());
                assert_eq!(first, sale, "a sale is the same however often it is written");
            }
        }
        self.check(&before, event);
    }

    fn replay(&mut self, entry: &JournalEntry) {
        if let JournalEntry::LineAdded {
            key,
            line,
            quantity,
            origin,
            ..
        } = entry
        {
            if let Some(track) = origin.track() {
                let earlier = self.charged.insert(track, *key);
                assert!(earlier != Some(*key), "{track:?} was charged twice in {key}");
            }
            let old = self.lines.get(&(*key, *line)).copied();
            let grown = match (old, quantity) {
                (None, quantity) => *quantity,
                (Some((Quantity::Count(a), false)), Quantity::Count(b)) => Quantity::Count(a + b),
                other => panic!("{other:?} cannot be added to"),
            };
            self.lines.insert((*key, *line), (grown, false));
        }
        if let JournalEntry::QuantityChanged {
            key, line, from, to, ..
        } = entry
        {
            let old = self.lines.insert((*key, *line), (*to, false));
            assert_eq!(old, Some((*from, false)));
        }
        if let JournalEntry::LineVoided { key, line, .. } = entry {
            let line = self
                .lines
                .get_mut(&(*key, *line))
                .expect("only what was added can be voided");
            assert!(!line.1, "a line is voided once");
            line.1 = true;
        }
    }

    fn check(&self, before: &Session, event: &Event) {
        let after = &self.told.session;
        if let Some(basket) = after.basket() {
            self.check_basket(basket);
        }
        if let Session::Done(done) = after {
            let printed: i64 = done.receipt().lines.iter().map(|line| line.amount.minor()).sum();
            assert_eq!(done.receipt().goods.minor(), printed);
            let paid: i64 = done
                .receipt()
                .tenders
                .iter()
                .map(|tender| tender.amount.minor())
                .sum();
            assert_eq!(
                done.receipt().total.minor(),
                paid,
                "what was paid is what is printed"
            );
        }
        if matches!(event, Event::Tick) && matches!(before, Session::Paying(_) | Session::Committing(_)) {
            assert_eq!(before, after, "time does nothing while money moves");
        }
        if let (Session::NeedsAssistance(_), Some(basket)) = (before, before.basket()) {
            let given_up = matches!(event, Event::BasketVoided { .. });
            let sold = matches!(after, Session::Done(_));
            let kept = after.basket().is_some_and(|now| now.key() == basket.key());
            assert!(given_up || sold || kept, "a basket survives assistance");
        }
        if before.basket().is_some_and(|basket| basket.paid().is_some()) {
            let still = after.basket().is_some_and(|basket| basket.paid().is_some());
            assert!(
                still || matches!(after, Session::Done(_)),
                "what is paid becomes a sale"
            );
        }
    }

    fn check_basket(&self, basket: &Basket) {
        assert!(!basket.total().is_negative());
        let printed: i64 = basket.live_lines().map(|line| line.amount.minor()).sum();
        let added = match basket.price_mode() {
            PriceMode::TaxInclusive => 0,
            PriceMode::TaxExclusive => basket.totals().taxes.iter().map(|group| group.tax.minor()).sum(),
        };
        assert_eq!(
            basket.total().minor(),
            printed + added,
            "the total is the sum of what is printed"
        );
        let present: BTreeMap<_, _> = basket
            .lines()
            .iter()
            .map(|line| ((basket.key(), line.id), (line.quantity, line.voided)))
            .collect();
        let told: BTreeMap<_, _> = self
            .lines
            .iter()
            .filter(|((key, _), _)| *key == basket.key())
            .map(|(k, v)| (*k, *v))
            .collect();
        assert_eq!(present, told, "the journal and the basket tell the same lines");
        let tracks: Vec<TrackKey> = basket
            .lines()
            .iter()
            .flat_map(|line| line.tracks.clone())
            .collect();
        let distinct: BTreeSet<TrackKey> = tracks.iter().copied().collect();
        // After a restart old track numbers are history, and may come again.
        assert!(
            self.restarts > 0 || distinct.len() == tracks.len(),
            "no track is on two lines"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_sequence_of_events_breaks_the_rules(acts in acts(), exclusive in any::<bool>()) {
        let mode = if exclusive { PriceMode::TaxExclusive } else { PriceMode::TaxInclusive };
        let mut world = World::new(mode);
        for act in acts {
            world.act(act);
        }
    }
}

#[test]
fn the_sequences_reach_every_state() {
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let mut reached = BTreeSet::new();
    for _ in 0..300 {
        let mut world = World::new(PriceMode::TaxInclusive);
        for act in acts().new_tree(&mut runner).unwrap().current() {
            world.act(act);
            reached.insert(world.told.state());
        }
    }
    assert_eq!(reached.len(), 7, "{reached:?}");
}
