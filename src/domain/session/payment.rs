//! Paying and writing the sale down.
//!
//! While a payment runs nothing times out and the basket stands still; what the camera counts is parked
//! and either joins the basket when the payment fails or is noted in the journal when it succeeds.

use std::sync::Arc;

use crate::domain::basket::Basket;
use crate::domain::line::TrackKey;
use crate::domain::product::Product;
use crate::domain::receipt::Receipt;
use crate::domain::sale::{Paid, PaymentMethod, Sale, Tender};
use crate::domain::session::effect::{Cue, Effect, JournalEntry, PaymentOutcome};
use crate::domain::session::event::{Event, HelpReason, PaymentAttempt, PaymentStage};
use crate::domain::session::state::{
    Attention, Committing, Done, Lane, NeedsAssistance, Parked, Paying, PaymentNotice, Resume, Reviewing,
    Visit,
};
use crate::domain::session::{Session, Step, assistance};
use crate::domain::time::Timestamp;

impl Visit {
    /// Starts a payment of the whole basket; with nothing due there is nothing to ask a terminal for.
    pub(super) fn start_payment(mut self, method: PaymentMethod, now: Timestamp) -> Step {
        let (key, amount) = (self.basket.key(), self.basket.total());
        if amount.minor() == 0 {
            self.basket.mark_paid(Paid {
                at: now,
                tenders: Vec::new(),
            });
            return committing(self.lane, self.basket, Vec::new());
        }
        let attempt = self.lane.new_attempt();
        let effects = vec![
            Effect::Journal(JournalEntry::PaymentStarted {
                key,
                attempt,
                amount,
                method,
            }),
            Effect::StartPayment {
                attempt,
                amount,
                method,
            },
        ];
        let stage = match method {
            PaymentMethod::Card => PaymentStage::Connecting,
            PaymentMethod::Attendant => PaymentStage::WaitingForAttendant,
        };
        let paying = Paying {
            visit: self,
            attempt,
            method,
            stage,
            cancelling: false,
            parked: Vec::new(),
        };
        (Session::Paying(paying), effects)
    }
}

impl Paying {
    pub(super) fn apply(mut self, event: Event, now: Timestamp) -> Step {
        match event {
            Event::PaymentProgress { attempt, stage } if attempt == self.attempt => {
                // Once the bank is asked, a wish to cancel has come too late.
                self.cancelling = self.cancelling && stage.can_cancel();
                self.stage = stage;
                (Session::Paying(self), Vec::new())
            }
            Event::PaymentApproved { attempt, reference } if attempt == self.attempt => {
                self.approve(reference, now)
            }
            Event::PaymentApproved { attempt, reference } => {
                let effects = late_answer(&self.visit.lane, attempt, reference);
                (Session::Paying(self), effects)
            }
            Event::PaymentDeclined { attempt, reason } if attempt == self.attempt => {
                let outcome = PaymentOutcome::Declined {
                    reason: reason.clone(),
                };
                self.back(PaymentNotice::Declined { reason }, outcome, now)
            }
            Event::PaymentTimedOut { attempt } if attempt == self.attempt => {
                self.back(PaymentNotice::TimedOut, PaymentOutcome::TimedOut, now)
            }
            Event::PaymentCancelled { attempt } if attempt == self.attempt => {
                self.back(PaymentNotice::Cancelled, PaymentOutcome::Cancelled, now)
            }
            Event::PaymentCancelAsked if self.can_cancel() => {
                self.cancelling = true;
                let effects = vec![Effect::CancelPayment {
                    attempt: self.attempt,
                }];
                (Session::Paying(self), effects)
            }
            Event::ItemCounted { track, product } => {
                park(
                    &mut self.parked,
                    &self.visit.lane,
                    &self.visit.basket,
                    track,
                    product,
                );
                (Session::Paying(self), Vec::new())
            }
            Event::HelpAsked { reason } => {
                let effects = assistance::call(Some(self.visit.basket.key()), &reason);
                (Session::Paying(self), effects)
            }
            Event::Started
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
            | Event::Tick
            | Event::Recovered { .. }
            | Event::RecoveryAccepted
            | Event::RecoveryDeclined => (Session::Paying(self), Vec::new()),
        }
    }

    fn approve(self, reference: String, now: Timestamp) -> Step {
        let Self {
            visit: Visit {
                mut lane, mut basket, ..
            },
            attempt,
            method,
            parked,
            ..
        } = self;
        lane.approved = Some(attempt);
        let tender = Tender {
            method,
            amount: basket.total(),
            reference: reference.clone(),
        };
        basket.mark_paid(Paid {
            at: now,
            tenders: vec![tender],
        });
        let outcome = PaymentOutcome::Approved { reference };
        let ended = JournalEntry::PaymentEnded {
            key: basket.key(),
            attempt,
            outcome,
        };
        let (next, effects) = committing(lane, basket, parked);
        (
            next,
            std::iter::once(Effect::Journal(ended)).chain(effects).collect(),
        )
    }

    /// Back to the list, with what was counted meanwhile.
    fn back(mut self, notice: PaymentNotice, outcome: PaymentOutcome, now: Timestamp) -> Step {
        let ended = JournalEntry::PaymentEnded {
            key: self.visit.basket.key(),
            attempt: self.attempt,
            outcome,
        };
        let mut effects = vec![Effect::Journal(ended), Effect::Announce(Cue::Wrong)];
        for Parked { track, product } in self.parked {
            effects.extend(self.visit.edit(&Event::ItemCounted { track, product }, now));
        }
        self.visit.attention = Attention::at(now);
        (
            Session::Reviewing(Reviewing {
                visit: self.visit,
                notice: Some(notice),
            }),
            effects,
        )
    }
}

impl Committing {
    pub(super) fn apply(mut self, event: Event, now: Timestamp) -> Step {
        match event {
            Event::SaleCommitted { key, receipt_number } if key == self.sale.key => {
                self.finish(receipt_number, now)
            }
            Event::CommitFailed { key, reason } if key == self.sale.key => {
                let failed = JournalEntry::CommitFailed {
                    key,
                    reason: reason.clone(),
                };
                let mut effects = vec![Effect::Journal(failed), Effect::Announce(Cue::Wrong)];
                let reason = HelpReason::CommitFailed { reason };
                effects.extend(assistance::call(Some(key), &reason));
                let resume = Resume::Committing(Box::new(self));
                (
                    Session::NeedsAssistance(NeedsAssistance {
                        reason,
                        since: now,
                        resume,
                    }),
                    effects,
                )
            }
            Event::ItemCounted { track, product } => {
                self.park(track, product);
                (Session::Committing(self), Vec::new())
            }
            Event::HelpAsked { reason } => {
                let effects = assistance::call(Some(self.sale.key), &reason);
                (Session::Committing(self), effects)
            }
            Event::PaymentApproved { attempt, reference } => {
                let effects = late_answer(&self.lane, attempt, reference);
                (Session::Committing(self), effects)
            }
            Event::Started
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
            | Event::Tick
            | Event::Recovered { .. }
            | Event::RecoveryAccepted
            | Event::RecoveryDeclined => (Session::Committing(self), Vec::new()),
        }
    }

    pub(super) fn park(&mut self, track: TrackKey, product: Arc<Product>) {
        park(&mut self.parked, &self.lane, &self.basket, track, product);
    }

    /// The sale is written down: show the receipt.
    pub(super) fn finish(mut self, receipt_number: u64, now: Timestamp) -> Step {
        let key = self.sale.key;
        self.lane.settle(&self.basket);
        let mut effects = Vec::new();
        for Parked { track, product } in self.parked {
            // The sale is closed and the next shopper does not pay for it: staff reads it in the journal.
            self.lane.settled.insert(track);
            let sku = product.sku.clone();
            effects.push(Effect::Journal(JournalEntry::ItemNotCharged { key, track, sku }));
        }
        effects.extend([Effect::ClearSavedBasket, Effect::Announce(Cue::Paid)]);
        let settings = &self.lane.settings;
        let receipt = Receipt::of(
            &self.sale,
            receipt_number,
            &settings.receipt_header,
            &settings.receipt_footer,
        );
        (
            Session::Done(Done {
                lane: self.lane,
                receipt: Box::new(receipt),
                since: now,
            }),
            effects,
        )
    }
}

/// Writes a paid basket down. It is saved first, marked as paid, so that a restart goes on here instead of
/// asking for money again.
pub(super) fn committing(lane: Lane, basket: Basket, parked: Vec<Parked>) -> Step {
    let sale = Sale::of(&basket).expect("a basket is marked as paid with exactly its total");
    let sale = Box::new(sale);
    let effects = vec![
        Effect::SaveBasket(Box::new(basket.clone())),
        Effect::CommitSale(sale.clone()),
    ];
    (
        Session::Committing(Committing {
            lane,
            basket,
            sale,
            parked,
        }),
        effects,
    )
}

/// An approval that nobody waits for: nothing changes, but somebody has to look whether money moved.
/// The terminal repeating the approval that was taken is no news.
pub(super) fn late_answer(lane: &Lane, attempt: PaymentAttempt, reference: String) -> Vec<Effect> {
    if !lane.has_begun(attempt) || lane.approved == Some(attempt) {
        return Vec::new();
    }
    vec![
        Effect::Journal(JournalEntry::LateApproval {
            attempt,
            reference: reference.clone(),
        }),
        Effect::CallAttendant {
            reason: HelpReason::PaymentUnclear { reference },
        },
    ]
}

fn park(parked: &mut Vec<Parked>, lane: &Lane, basket: &Basket, track: TrackKey, product: Arc<Product>) {
    let known = lane.settled.contains(&track)
        || basket.has_charged(track)
        || parked.iter().any(|waiting| waiting.track == track);
    if !known {
        parked.push(Parked { track, product });
    }
}
