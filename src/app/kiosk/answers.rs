//! What the store answered, and what waits to be written.

use crate::{
    app::{
        kiosk::{
            back_room::{Asked, Outcome, Reply, Request, STAFF, Trouble},
            checkout::Checkout,
            outbox::News,
            surface::{OpenPanel, PinStep, Refused},
        },
        office::SignedOn,
    },
    domain::{
        session::{
            Session,
            event::{Event, HelpReason},
        },
        time::Timestamp,
    },
    store::staff::{PinCheck, Role},
    ui::view::PinPurpose,
};

impl Checkout {
    pub(super) fn read_answers(&mut self, now: Timestamp) {
        while let Some(answer) = self.store.poll() {
            let outcome: Outcome = answer.outcome.unwrap_or_else(|sentence| {
                Err(Trouble {
                    sentence,
                    passing: true,
                })
            });
            if self.outbox.awaits(answer.ticket) {
                match self.outbox.answered(outcome, now) {
                    News::None => {}
                    News::Sold { key, receipt_number } => {
                        self.apply(Event::SaleCommitted { key, receipt_number }, now);
                    }
                    News::SaleStuck { key, reason } => self.apply(Event::CommitFailed { key, reason }, now),
                }
            } else if let Some(asked) = self.asked.remove(&answer.ticket) {
                self.answered(asked, outcome, now);
            }
        }
    }

    fn answered(&mut self, asked: Asked, outcome: Outcome, now: Timestamp) {
        match (asked, outcome) {
            (Asked::Begin, Ok(Reply::Begun(beginning))) => self.begin(*beginning, now),
            (Asked::Begin, Err(trouble)) => self.not_begun(trouble.sentence, now),
            (Asked::Catalog, Ok(Reply::Catalog(catalog))) => {
                self.catalog = catalog;
                self.with_office(now, |office, desk| office.catalog_changed(desk));
            }
            (Asked::Office(then), Ok(Reply::Office(parcel))) => {
                self.with_office(now, |office, desk| then(office, desk, Ok(parcel)));
            }
            (Asked::Office(then), Err(trouble)) => {
                self.with_office(now, |office, desk| then(office, desk, Err(trouble)));
            }
            (Asked::Pin(opens), Ok(Reply::Pin(PinCheck::Accepted(role)))) => self.pin_opens(opens, role, now),
            (Asked::Pin(opens), Ok(Reply::PinChosen)) => {
                self.surface.has_pin = true;
                self.pin_opens(opens, Role::Manager, now);
            }
            (Asked::Pin(_), Ok(Reply::Pin(PinCheck::Wrong))) => self.pin_refused(Refused::Wrong),
            (Asked::Pin(_), Ok(Reply::Pin(PinCheck::Locked { until }))) => {
                self.pin_refused(Refused::Locked { until });
            }
            (Asked::Pin(_), Err(trouble)) => {
                self.surface.panel = OpenPanel::None;
                self.surface.say(trouble.sentence, now);
            }
            (Asked::Receipt, Ok(Reply::ReceiptSaved(files))) => {
                self.surface.receipt_file = Some(files.pdf);
            }
            (Asked::Receipt | Asked::Catalog, Err(trouble)) => self.surface.say(trouble.sentence, now),
            (asked, Ok(reply)) => tracing::error!(?asked, ?reply, "an answer to another question"),
        }
    }

    pub(super) fn send_writes(&mut self, now: Timestamp) {
        let Some((write, at)) = self.outbox.next(now).cloned() else {
            return;
        };
        match self.store.ask((Request::Write(write), at)) {
            Ok(ticket) => self.outbox.begun(ticket),
            Err(error) => {
                let sentence = error.to_string();
                // Nothing is under way, and what waits goes on waiting.
                let trouble = Trouble {
                    sentence: sentence.clone(),
                    passing: true,
                };
                let news = self.outbox.answered(Err(trouble), now);
                tracing::error!(?news, sentence, "the store takes nothing more");
                self.store_died(&sentence, now);
            }
        }
    }

    fn pin_opens(&mut self, opens: PinPurpose, role: Role, now: Timestamp) {
        self.surface.panel = OpenPanel::None;
        match opens {
            PinPurpose::Office => {
                let name = STAFF.to_owned();
                self.sign_on(SignedOn { name, role }, now);
            }
            PinPurpose::Resume | PinPurpose::Choose | PinPurpose::Repeat => self.attendant_is_here(now),
        }
    }

    /// An attendant has shown the PIN: the money was taken, or the trouble is over.
    fn attendant_is_here(&mut self, now: Timestamp) {
        let event = match &self.session {
            Session::Paying(paying) => Event::PaymentApproved {
                attempt: paying.attempt(),
                reference: "attendant".to_owned(),
            },
            Session::NeedsAssistance(waiting) => match waiting.reason() {
                // Nothing can be sold without a catalog: the lane opens by itself when there is one.
                HelpReason::StoreFailed { .. } if !self.has_begun() => return,
                HelpReason::Asked
                | HelpReason::AgeCheck { .. }
                | HelpReason::SourceLost { .. }
                | HelpReason::DetectorLost { .. }
                | HelpReason::WorkerDied { .. }
                | HelpReason::CommitFailed { .. }
                | HelpReason::PaymentUnclear { .. }
                | HelpReason::StoreFailed { .. } => Event::HelpResolved,
            },
            Session::Idle(_)
            | Session::Scanning(_)
            | Session::Reviewing(_)
            | Session::Committing(_)
            | Session::Done(_) => return,
        };
        self.apply(event, now);
    }

    fn pin_refused(&mut self, why: Refused) {
        if let OpenPanel::Pin { step, refused, .. } = &mut self.surface.panel {
            *step = PinStep::Check;
            *refused = Some(why);
        }
    }
}
