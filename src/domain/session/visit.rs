//! Scanning and reviewing: items come and go, time runs, the way to pay opens.

use crate::domain::basket::BasketError;
use crate::domain::line::{LineId, Origin, TrackKey};
use crate::domain::product::Product;
use crate::domain::quantity::{Quantity, Unit};
use crate::domain::session::effect::{Cue, Effect, JournalEntry};
use crate::domain::session::event::{Event, HelpReason, VoidReason};
use crate::domain::session::payment::late_answer;
use crate::domain::session::state::{Attention, Idle, NeedsAssistance, Patience, Resume, Reviewing, Visit};
use crate::domain::session::{Session, Step, assistance};
use crate::domain::time::Timestamp;

impl Visit {
    pub(super) fn apply(mut self, event: Event, now: Timestamp) -> Step {
        match event {
            Event::ItemCounted { .. }
            | Event::ItemAdded { .. }
            | Event::WeighingDeclined { .. }
            | Event::QuantityChanged { .. }
            | Event::LineRemoved { .. } => {
                let effects = self.edit(&event, now);
                (Session::Scanning(self), effects)
            }
            Event::ReviewAsked => match self.not_ready() {
                Some(effects) => (Session::Scanning(self), effects),
                None => {
                    self.attention = Attention::at(now);
                    (
                        Session::Reviewing(Reviewing {
                            visit: self,
                            notice: None,
                        }),
                        Vec::new(),
                    )
                }
            },
            Event::BasketVoided { reason } => self.give_up(reason),
            Event::HelpAsked { reason } => {
                let effects = assistance::call(Some(self.basket.key()), &reason);
                let resume = Resume::Scanning(Box::new(self));
                (
                    Session::NeedsAssistance(NeedsAssistance {
                        reason,
                        since: now,
                        resume,
                    }),
                    effects,
                )
            }
            Event::TouchSeen | Event::MoreTimeAsked => {
                self.attention = Attention::at(now);
                (Session::Scanning(self), Vec::new())
            }
            Event::Tick => self.tick(now, Session::Scanning),
            Event::PaymentApproved { attempt, reference } => {
                let effects = late_answer(&self.lane, attempt, reference);
                (Session::Scanning(self), effects)
            }
            Event::Started
            | Event::BackToScanning
            | Event::PaymentChosen { .. }
            | Event::PaymentProgress { .. }
            | Event::PaymentDeclined { .. }
            | Event::PaymentTimedOut { .. }
            | Event::PaymentCancelAsked
            | Event::PaymentCancelled { .. }
            | Event::SaleCommitted { .. }
            | Event::CommitFailed { .. }
            | Event::CommitRetried
            | Event::ReceiptDismissed
            | Event::HelpResolved
            | Event::Recovered { .. }
            | Event::RecoveryAccepted
            | Event::RecoveryDeclined => (Session::Scanning(self), Vec::new()),
        }
    }

    /// Changes the basket as an event says; what could not be changed is as it was.
    pub(super) fn edit(&mut self, event: &Event, now: Timestamp) -> Vec<Effect> {
        let done = match event {
            Event::ItemCounted { track, product } => self.count(*track, product, now),
            Event::ItemAdded {
                product,
                quantity,
                origin,
            } => self.add(product, *quantity, *origin, now),
            Event::WeighingDeclined { track } => Ok(self.decline_weighing(*track)),
            Event::QuantityChanged { line, count: 0 } | Event::LineRemoved { line } => {
                self.void_line(*line, now)
            }
            Event::QuantityChanged { line, count } => self.set_count(*line, *count, now),
            Event::Started
            | Event::BasketVoided { .. }
            | Event::ReviewAsked
            | Event::BackToScanning
            | Event::PaymentChosen { .. }
            | Event::PaymentProgress { .. }
            | Event::PaymentApproved { .. }
            | Event::PaymentDeclined { .. }
            | Event::PaymentTimedOut { .. }
            | Event::PaymentCancelAsked
            | Event::PaymentCancelled { .. }
            | Event::SaleCommitted { .. }
            | Event::CommitFailed { .. }
            | Event::CommitRetried
            | Event::ReceiptDismissed
            | Event::HelpAsked { .. }
            | Event::HelpResolved
            | Event::TouchSeen
            | Event::MoreTimeAsked
            | Event::Tick
            | Event::Recovered { .. }
            | Event::RecoveryAccepted
            | Event::RecoveryDeclined => Ok(Vec::new()),
        };
        match done {
            Ok(effects) if effects.is_empty() => effects,
            Ok(mut effects) => {
                self.attention = Attention::at(now);
                effects.push(Effect::SaveBasket(Box::new(self.basket.clone())));
                effects
            }
            Err(_refused) => self.refused(event),
        }
    }

    /// An item that the camera counted: charged once, or put on the list of what has to be weighed.
    fn count(
        &mut self,
        track: TrackKey,
        product: &Product,
        now: Timestamp,
    ) -> Result<Vec<Effect>, BasketError> {
        if self.lane.settled.contains(&track) || self.basket.has_charged(track) {
            return Ok(Vec::new());
        }
        match product.unit {
            Unit::Each => self.add(product, Quantity::Count(1), Origin::Camera { track }, now),
            Unit::Kilogram if self.basket.await_weighing(track, product) => Ok(vec![Effect::AskWeight {
                track,
                sku: product.sku.clone(),
            }]),
            Unit::Kilogram => Ok(Vec::new()),
        }
    }

    fn add(
        &mut self,
        product: &Product,
        quantity: Quantity,
        origin: Origin,
        now: Timestamp,
    ) -> Result<Vec<Effect>, BasketError> {
        if let Some(track) = origin.track().filter(|track| self.lane.settled.contains(track)) {
            return Err(BasketError::TrackCharged { track });
        }
        let first = self.basket.lines().is_empty();
        let before = self.basket.item_count();
        let id = self.basket.add(product, quantity, origin, now)?;
        let key = self.basket.key();
        let mut effects = Vec::new();
        if first {
            effects.push(Effect::Journal(JournalEntry::BasketStarted { key }));
        }
        if let Some(line) = self.basket.line(id) {
            // A new line holds the net quantity; an old one grew by the difference of the counts.
            let grown = u32::try_from(self.basket.item_count() - before).unwrap_or(u32::MAX);
            let added = match line.quantity {
                Quantity::Count(_) => Quantity::Count(grown),
                weight @ Quantity::Weight { .. } => weight,
            };
            effects.push(Effect::Journal(JournalEntry::LineAdded {
                key,
                line: id,
                sku: line.sku.clone(),
                quantity: added,
                amount: line.amount,
                origin,
            }));
        }
        effects.push(Effect::Announce(Cue::Added { line: id }));
        Ok(effects)
    }

    fn decline_weighing(&mut self, track: TrackKey) -> Vec<Effect> {
        let key = self.basket.key();
        self.basket
            .decline_weighing(track)
            .map(|gone| {
                Effect::Journal(JournalEntry::WeighingDeclined {
                    key,
                    track,
                    sku: gone.sku,
                })
            })
            .into_iter()
            .collect()
    }

    fn void_line(&mut self, id: LineId, now: Timestamp) -> Result<Vec<Effect>, BasketError> {
        self.basket.void_line(id, now)?;
        let key = self.basket.key();
        let voided = self.basket.line(id).map(|line| {
            let (sku, amount) = (line.sku.clone(), line.amount);
            Effect::Journal(JournalEntry::LineVoided {
                key,
                line: id,
                sku,
                amount,
            })
        });
        Ok(voided.into_iter().collect())
    }

    fn set_count(&mut self, id: LineId, count: u32, now: Timestamp) -> Result<Vec<Effect>, BasketError> {
        let from = self
            .basket
            .line(id)
            .ok_or(BasketError::UnknownLine { line: id })?
            .quantity;
        self.basket.set_count(id, count, now)?;
        let key = self.basket.key();
        let changed = self.basket.line(id).map(|line| {
            let (to, amount) = (line.quantity, line.amount);
            Effect::Journal(JournalEntry::QuantityChanged {
                key,
                line: id,
                from,
                to,
                amount,
            })
        });
        Ok(changed.into_iter().collect())
    }

    /// What to say about a change that could not be made. An item that lies in view but cannot be charged
    /// must not vanish without a trace.
    fn refused(&self, event: &Event) -> Vec<Effect> {
        let mut effects = vec![Effect::Announce(Cue::Wrong)];
        if let Event::ItemCounted { track, product } = event {
            let (key, track, sku) = (self.basket.key(), *track, product.sku.clone());
            effects.push(Effect::Journal(JournalEntry::ItemNotCharged { key, track, sku }));
        }
        effects
    }

    /// Why the way to pay is not open yet: nothing to pay, or something still to be weighed.
    fn not_ready(&self) -> Option<Vec<Effect>> {
        if let Some(waiting) = self.basket.unweighed().first() {
            let (track, sku) = (waiting.track, waiting.sku.clone());
            return Some(vec![
                Effect::Announce(Cue::Wrong),
                Effect::AskWeight { track, sku },
            ]);
        }
        self.basket.is_empty().then(Vec::new)
    }

    /// Ends the visit without a sale.
    pub(super) fn give_up(mut self, reason: VoidReason) -> Step {
        let mut effects = Vec::new();
        if !self.basket.lines().is_empty() {
            effects.push(Effect::Journal(JournalEntry::BasketVoided {
                key: self.basket.key(),
                reason,
                total: self.basket.total(),
                items: self.basket.item_count(),
            }));
        }
        effects.push(Effect::ClearSavedBasket);
        self.lane.settle(&self.basket);
        (
            Session::Idle(Idle {
                lane: self.lane,
                offer: None,
            }),
            effects,
        )
    }

    fn tick(mut self, now: Timestamp, back: impl FnOnce(Self) -> Session) -> Step {
        match self.attention.tick(now) {
            Patience::Waiting => (back(self), Vec::new()),
            Patience::Asks => (back(self), vec![Effect::Announce(Cue::StillThere)]),
            Patience::Over => self.give_up(VoidReason::TimedOut),
        }
    }
}

impl Reviewing {
    pub(super) fn apply(mut self, event: Event, now: Timestamp) -> Step {
        match event {
            Event::ItemCounted { .. }
            | Event::ItemAdded { .. }
            | Event::WeighingDeclined { .. }
            | Event::QuantityChanged { .. }
            | Event::LineRemoved { .. } => {
                let effects = self.visit.edit(&event, now);
                (self.unless_empty(), effects)
            }
            Event::BackToScanning => {
                self.visit.attention = Attention::at(now);
                (Session::Scanning(self.visit), Vec::new())
            }
            Event::PaymentChosen { method } => match self.visit.not_ready() {
                Some(effects) => (Session::Reviewing(self), effects),
                None => match self.visit.basket.age_to_check() {
                    Some(age) => self.ask_for_help(HelpReason::AgeCheck { age }, now),
                    None => self.visit.start_payment(method, now),
                },
            },
            Event::BasketVoided { reason } => self.visit.give_up(reason),
            Event::HelpAsked { reason } => self.ask_for_help(reason, now),
            Event::TouchSeen | Event::MoreTimeAsked => {
                self.visit.attention = Attention::at(now);
                (Session::Reviewing(self), Vec::new())
            }
            Event::Tick => {
                let notice = self.notice;
                self.visit
                    .tick(now, |visit| Session::Reviewing(Self { visit, notice }))
            }
            Event::PaymentApproved { attempt, reference } => {
                let effects = late_answer(&self.visit.lane, attempt, reference);
                (Session::Reviewing(self), effects)
            }
            Event::Started
            | Event::ReviewAsked
            | Event::PaymentProgress { .. }
            | Event::PaymentDeclined { .. }
            | Event::PaymentTimedOut { .. }
            | Event::PaymentCancelAsked
            | Event::PaymentCancelled { .. }
            | Event::SaleCommitted { .. }
            | Event::CommitFailed { .. }
            | Event::CommitRetried
            | Event::ReceiptDismissed
            | Event::HelpResolved
            | Event::Recovered { .. }
            | Event::RecoveryAccepted
            | Event::RecoveryDeclined => (Session::Reviewing(self), Vec::new()),
        }
    }

    /// With the last line gone there is nothing to review.
    pub(super) fn unless_empty(self) -> Session {
        if self.visit.basket.is_empty() {
            Session::Scanning(self.visit)
        } else {
            Session::Reviewing(self)
        }
    }

    fn ask_for_help(self, reason: HelpReason, now: Timestamp) -> Step {
        let effects = assistance::call(Some(self.visit.basket.key()), &reason);
        let resume = Resume::Reviewing(Box::new(self));
        (
            Session::NeedsAssistance(NeedsAssistance {
                reason,
                since: now,
                resume,
            }),
            effects,
        )
    }
}
