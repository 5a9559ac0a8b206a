//! Waiting for an attendant. The basket stays as it is, and can be put right by hand meanwhile.

use crate::domain::sale::SaleKey;
use crate::domain::session::effect::{Effect, JournalEntry};
use crate::domain::session::event::{Event, HelpReason};
use crate::domain::session::payment::late_answer;
use crate::domain::session::state::{Attention, Lane, NeedsAssistance, Resume, Reviewing};
use crate::domain::session::{Session, Step, idle};
use crate::domain::time::Timestamp;

/// Calls an attendant and says so in the journal.
pub(super) fn call(key: Option<SaleKey>, reason: &HelpReason) -> Vec<Effect> {
    vec![
        Effect::Journal(JournalEntry::AttendantCalled {
            key,
            reason: reason.clone(),
        }),
        Effect::CallAttendant {
            reason: reason.clone(),
        },
    ]
}

impl NeedsAssistance {
    pub(super) fn apply(self, event: Event, now: Timestamp) -> Step {
        match event {
            Event::HelpResolved => self.resolve(now),
            Event::CommitRetried => match self.resume {
                Resume::Committing(committing) => {
                    let effects = vec![Effect::CommitSale(committing.sale.clone())];
                    (Session::Committing(*committing), effects)
                }
                resume @ (Resume::Idle(_) | Resume::Scanning(_) | Resume::Reviewing(_)) => {
                    (Session::NeedsAssistance(Self { resume, ..self }), Vec::new())
                }
            },
            Event::SaleCommitted { key, receipt_number } => match self.resume {
                Resume::Committing(committing) if committing.sale.key == key => {
                    committing.finish(receipt_number, now)
                }
                resume @ (Resume::Idle(_)
                | Resume::Scanning(_)
                | Resume::Reviewing(_)
                | Resume::Committing(_)) => (Session::NeedsAssistance(Self { resume, ..self }), Vec::new()),
            },
            Event::BasketVoided { reason } => match self.resume {
                Resume::Scanning(visit) => visit.give_up(reason),
                Resume::Reviewing(reviewing) => reviewing.visit.give_up(reason),
                // What is paid cannot be given up here, and where nothing is, there is nothing to void.
                resume @ (Resume::Idle(_) | Resume::Committing(_)) => {
                    (Session::NeedsAssistance(Self { resume, ..self }), Vec::new())
                }
            },
            Event::ItemCounted { .. }
            | Event::ItemAdded { .. }
            | Event::WeighingDeclined { .. }
            | Event::QuantityChanged { .. }
            | Event::LineRemoved { .. } => self.edit(event, now),
            Event::Recovered { basket } => self.recovered(*basket),
            Event::HelpAsked { reason } => {
                let effects = call(self.basket().map(crate::domain::basket::Basket::key), &reason);
                (Session::NeedsAssistance(self), effects)
            }
            Event::PaymentApproved { attempt, reference } => {
                let effects = late_answer(self.lane(), attempt, reference);
                (Session::NeedsAssistance(self), effects)
            }
            Event::Started
            | Event::ReviewAsked
            | Event::BackToScanning
            | Event::PaymentChosen { .. }
            | Event::PaymentProgress { .. }
            | Event::PaymentDeclined { .. }
            | Event::PaymentTimedOut { .. }
            | Event::PaymentCancelAsked
            | Event::PaymentCancelled { .. }
            | Event::CommitFailed { .. }
            | Event::ReceiptDismissed
            | Event::TouchSeen
            | Event::MoreTimeAsked
            | Event::Tick
            | Event::RecoveryAccepted
            | Event::RecoveryDeclined => (Session::NeedsAssistance(self), Vec::new()),
        }
    }

    /// The attendant has helped: go on where the visit stood.
    fn resolve(self, now: Timestamp) -> Step {
        let key = self.basket().map(crate::domain::basket::Basket::key);
        let done = JournalEntry::AttendantDone {
            key,
            reason: self.reason.clone(),
        };
        let mut effects = vec![Effect::Journal(done)];
        let next = match self.resume {
            Resume::Idle(idle) => Session::Idle(idle),
            Resume::Scanning(mut visit) => {
                visit.attention = Attention::at(now);
                Session::Scanning(*visit)
            }
            Resume::Reviewing(mut reviewing) => {
                if let HelpReason::AgeCheck { age } = self.reason {
                    reviewing.visit.basket.clear_age(age);
                    effects.push(Effect::SaveBasket(Box::new(reviewing.visit.basket.clone())));
                }
                reviewing.visit.attention = Attention::at(now);
                Session::Reviewing(*reviewing)
            }
            Resume::Committing(committing) => {
                effects.push(Effect::CommitSale(committing.sale.clone()));
                Session::Committing(*committing)
            }
        };
        (next, effects)
    }

    /// Items still come in, and the attendant can put the basket right.
    fn edit(self, event: Event, now: Timestamp) -> Step {
        let Self {
            reason,
            since,
            resume,
        } = self;
        let (resume, effects) = match resume {
            Resume::Scanning(mut visit) => {
                let effects = visit.edit(&event, now);
                (Resume::Scanning(visit), effects)
            }
            Resume::Reviewing(mut reviewing) => {
                let effects = reviewing.visit.edit(&event, now);
                (back_from(*reviewing), effects)
            }
            Resume::Idle(mut idle) => match (&event, &mut idle.offer) {
                (Event::ItemCounted { track, .. }, Some(offer)) => {
                    offer.in_view.insert(*track);
                    (Resume::Idle(idle), Vec::new())
                }
                (_, Some(_)) => (Resume::Idle(idle), Vec::new()),
                (_, None) => {
                    let (visit, effects) = idle::begin_with(&idle.lane, &event, now);
                    (
                        visit.map_or(Resume::Idle(idle), |visit| Resume::Scanning(Box::new(visit))),
                        effects,
                    )
                }
            },
            Resume::Committing(mut committing) => {
                if let Event::ItemCounted { track, product } = event {
                    committing.park(track, product);
                }
                (Resume::Committing(committing), Vec::new())
            }
        };
        (
            Session::NeedsAssistance(Self {
                reason,
                since,
                resume,
            }),
            effects,
        )
    }

    /// The store may be read while the lane already waits for somebody to plug the camera in.
    fn recovered(self, basket: crate::domain::basket::Basket) -> Step {
        match self.resume {
            Resume::Idle(idle) => match idle.offer(basket) {
                (Session::Idle(idle), effects) => (
                    Session::NeedsAssistance(Self {
                        resume: Resume::Idle(idle),
                        ..self
                    }),
                    effects,
                ),
                committing => committing,
            },
            resume @ (Resume::Scanning(_) | Resume::Reviewing(_) | Resume::Committing(_)) => {
                (Session::NeedsAssistance(Self { resume, ..self }), Vec::new())
            }
        }
    }

    fn lane(&self) -> &Lane {
        match &self.resume {
            Resume::Idle(idle) => &idle.lane,
            Resume::Scanning(visit) => &visit.lane,
            Resume::Reviewing(reviewing) => &reviewing.visit.lane,
            Resume::Committing(committing) => &committing.lane,
        }
    }
}

/// With the last line gone, the visit goes on scanning.
fn back_from(reviewing: Reviewing) -> Resume {
    if reviewing.visit.basket.is_empty() {
        Resume::Scanning(Box::new(reviewing.visit))
    } else {
        Resume::Reviewing(Box::new(reviewing))
    }
}
