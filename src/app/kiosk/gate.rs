//! What the PIN pad does: checks a PIN, lets the first manager choose one, and opens what it was asked for.

use crate::{
    app::{
        kiosk::{
            checkout::Checkout,
            surface::{OpenPanel, PinStep, Refused},
        },
        office::{
            SignedOn,
            gate::{self, GateNews},
        },
    },
    domain::{
        session::{
            Session,
            event::{Event, HelpReason},
        },
        staff::{Permission, may},
        time::Timestamp,
    },
    ui::{view::PinPurpose, words::OfficeWord},
};

/// So few tries left are told.
const FEW: u32 = 2;

impl Checkout {
    pub(super) fn open_pin(&mut self, opens: PinPurpose) {
        let step = if self.surface.has_pin {
            PinStep::Check
        } else {
            PinStep::Choose
        };
        self.surface.panel = OpenPanel::Pin {
            opens,
            step,
            refused: None,
        };
    }

    pub(super) fn pin_entered(&mut self, pin: String, now: Timestamp) {
        let OpenPanel::Pin { step, refused, .. } = &mut self.surface.panel else {
            return;
        };
        *refused = None;
        match step {
            PinStep::Check => self.with_office(now, |_, desk| gate::try_pin(pin, desk)),
            PinStep::Choose => *step = PinStep::Repeat(pin),
            PinStep::Repeat(first) if *first == pin => *step = PinStep::Name(pin),
            PinStep::Repeat(_) => {
                *step = PinStep::Choose;
                *refused = Some(Refused::Wrong);
            }
            PinStep::Name(_) => {}
        }
    }

    /// The first manager has typed a name.
    pub(super) fn name_entered(&mut self, name: String, now: Timestamp) {
        if let OpenPanel::Pin {
            step: PinStep::Name(pin),
            ..
        } = &self.surface.panel
        {
            let pin = pin.clone();
            self.with_office(now, |_, desk| gate::choose_first(name, pin, desk));
        }
    }

    /// What came of a PIN, if anything.
    pub(super) fn read_gate(&mut self, now: Timestamp) {
        let Some(news) = self.office.gate_news() else {
            return;
        };
        // A pad that was closed meanwhile opens nothing.
        let OpenPanel::Pin { opens, step, refused } = &mut self.surface.panel else {
            return;
        };
        match news {
            GateNews::Opened(who) => {
                let opens = *opens;
                self.surface.has_pin = true;
                self.pin_opens(opens, who, now);
            }
            GateNews::Wrong { tries_left } => {
                *step = PinStep::Check;
                *refused = Some(if tries_left <= FEW {
                    Refused::FewLeft(tries_left)
                } else {
                    Refused::Wrong
                });
            }
            GateNews::Locked { until } => {
                *step = PinStep::Check;
                *refused = Some(Refused::Locked { until });
            }
            GateNews::Failed(sentence) => {
                self.surface.panel = OpenPanel::None;
                self.surface.say(sentence, now);
            }
        }
    }

    fn pin_opens(&mut self, opens: PinPurpose, who: SignedOn, now: Timestamp) {
        self.surface.panel = OpenPanel::None;
        match opens {
            PinPurpose::Office => self.sign_on(who, now),
            PinPurpose::Resume | PinPurpose::Choose | PinPurpose::Repeat => {
                if may(who.role, Permission::HelpAtLane) {
                    self.attendant_is_here(now);
                }
            }
        }
    }

    /// Closes the back office when nobody has touched anything for a while.
    pub(super) fn lock_when_idle(&mut self, now: Timestamp) {
        let limit = self.settings.office_lock_ms;
        if self.office.signed_on().is_some() && self.office.idle_ms(now) >= limit {
            self.office.close();
            let sentence = self.surface.words.say(OfficeWord::LockedIdle);
            self.surface.say(sentence, now);
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
}
