//! Before and after a visit: the attract screen, an interrupted basket on offer, the receipt.

use std::collections::BTreeSet;

use crate::domain::session::effect::{Effect, JournalEntry};
use crate::domain::session::event::{Event, VoidReason};
use crate::domain::session::payment::{committing, late_answer};
use crate::domain::session::state::{
    Attention, Done, Idle, Lane, NeedsAssistance, Offer, RECEIPT_MS, Resume, Visit,
};
use crate::domain::session::{Session, Step, assistance};
use crate::domain::time::Timestamp;

impl Idle {
    pub(super) fn apply(mut self, event: Event, now: Timestamp) -> Step {
        match event {
            Event::HelpAsked { reason } => {
                let effects = assistance::call(None, &reason);
                let waiting = NeedsAssistance {
                    reason,
                    since: now,
                    resume: Resume::Idle(self),
                };
                (Session::NeedsAssistance(waiting), effects)
            }
            Event::Recovered { basket } => self.offer(*basket),
            Event::RecoveryAccepted => self.accept(now),
            Event::RecoveryDeclined => self.decline(),
            Event::ItemCounted { track, .. } if self.offer.is_some() => {
                if let Some(offer) = &mut self.offer {
                    offer.in_view.insert(track);
                }
                (Session::Idle(self), Vec::new())
            }
            Event::Started if self.offer.is_none() => (Session::Scanning(begin(self.lane, now)), Vec::new()),
            Event::ItemCounted { .. } | Event::ItemAdded { .. } if self.offer.is_none() => {
                let (visit, effects) = begin_with(&self.lane, &event, now);
                (visit.map_or(Session::Idle(self), Session::Scanning), effects)
            }
            Event::PaymentApproved { attempt, reference } => {
                let effects = late_answer(&self.lane, attempt, reference);
                (Session::Idle(self), effects)
            }
            Event::Started
            | Event::ItemCounted { .. }
            | Event::ItemAdded { .. }
            | Event::WeighingDeclined { .. }
            | Event::QuantityChanged { .. }
            | Event::LineRemoved { .. }
            | Event::BasketVoided { .. }
            | Event::ReviewAsked
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
            | Event::TouchSeen
            | Event::MoreTimeAsked
            | Event::Tick => (Session::Idle(self), Vec::new()),
        }
    }

    /// Offers an interrupted basket. One that was paid is not offered but written down; one without a
    /// line is forgotten.
    pub(super) fn offer(mut self, basket: crate::domain::basket::Basket) -> Step {
        if self.offer.is_some() {
            return (Session::Idle(self), Vec::new());
        }
        if basket.paid().is_some() {
            return committing(self.lane, basket, Vec::new());
        }
        if basket.is_empty() {
            return (Session::Idle(self), vec![Effect::ClearSavedBasket]);
        }
        self.offer = Some(Box::new(Offer {
            basket,
            in_view: BTreeSet::new(),
        }));
        (Session::Idle(self), Vec::new())
    }

    fn accept(self, now: Timestamp) -> Step {
        let Some(offer) = self.offer else {
            return (Session::Idle(self), Vec::new());
        };
        let Offer { mut basket, in_view } = *offer;
        basket.resume(in_view);
        let effects = vec![
            Effect::Journal(JournalEntry::BasketResumed {
                key: basket.key(),
                total: basket.total(),
            }),
            Effect::SaveBasket(Box::new(basket.clone())),
        ];
        (
            Session::Scanning(Visit {
                lane: self.lane,
                basket,
                attention: Attention::at(now),
            }),
            effects,
        )
    }

    fn decline(mut self) -> Step {
        let Some(offer) = self.offer.take() else {
            return (Session::Idle(self), Vec::new());
        };
        let voided = JournalEntry::BasketVoided {
            key: offer.basket.key(),
            reason: VoidReason::RecoveryDeclined,
            total: offer.basket.total(),
            items: offer.basket.item_count(),
        };
        // What lies in view now is the beginning of a new visit, so it has to be counted again.
        let effects = vec![
            Effect::Journal(voided),
            Effect::ClearSavedBasket,
            Effect::ResetTracker,
        ];
        (Session::Idle(self), effects)
    }
}

impl Done {
    pub(super) fn apply(mut self, event: Event, now: Timestamp) -> Step {
        match event {
            Event::ReceiptDismissed => (self.leave(), Vec::new()),
            Event::Tick => match now.checked_since(self.since) {
                Some(shown) if shown >= RECEIPT_MS => (self.leave(), Vec::new()),
                Some(_) => (Session::Done(self), Vec::new()),
                None => self.stay(now),
            },
            Event::TouchSeen | Event::MoreTimeAsked => self.stay(now),
            Event::Started => (Session::Scanning(begin(self.lane, now)), Vec::new()),
            Event::ItemCounted { .. } | Event::ItemAdded { .. } => {
                let (visit, effects) = begin_with(&self.lane, &event, now);
                (visit.map_or(Session::Done(self), Session::Scanning), effects)
            }
            Event::HelpAsked { reason } => (Session::Done(self), assistance::call(None, &reason)),
            Event::PaymentApproved { attempt, reference } => {
                let effects = late_answer(&self.lane, attempt, reference);
                (Session::Done(self), effects)
            }
            Event::WeighingDeclined { .. }
            | Event::QuantityChanged { .. }
            | Event::LineRemoved { .. }
            | Event::BasketVoided { .. }
            | Event::ReviewAsked
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
            | Event::HelpResolved
            | Event::Recovered { .. }
            | Event::RecoveryAccepted
            | Event::RecoveryDeclined => (Session::Done(self), Vec::new()),
        }
    }

    fn leave(self) -> Session {
        Session::Idle(Idle {
            lane: self.lane,
            offer: None,
        })
    }

    fn stay(&mut self, now: Timestamp) -> Step {
        self.since = now;
        (Session::Done(self.clone()), Vec::new())
    }
}

/// A visit with an empty basket.
pub(super) fn begin(mut lane: Lane, now: Timestamp) -> Visit {
    let basket = lane.new_basket(now);
    Visit {
        lane,
        basket,
        attention: Attention::at(now),
    }
}

/// A visit that begins with an item; none when the item could not be taken, such as one just paid for.
pub(super) fn begin_with(lane: &Lane, event: &Event, now: Timestamp) -> (Option<Visit>, Vec<Effect>) {
    let mut visit = begin(lane.clone(), now);
    let effects = visit.edit(event, now);
    let begun = !visit.basket.lines().is_empty() || !visit.basket.unweighed().is_empty();
    (begun.then_some(visit), effects)
}
