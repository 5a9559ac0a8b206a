//! The session: one visit after another, as a state machine.
//!
//! [`Session::apply`] is pure: it takes the session, an [`event::Event`] and the time, and gives back the
//! next session and what has to happen outside. Rules that hold in every state:
//!
//! - an event that makes no sense in the present state leaves the session unchanged (it may still ask for
//!   a sound, an attendant or a journal entry);
//! - the idle question comes after [`state::IDLE_ASK_MS`] and is up for [`state::IDLE_ANSWER_MS`]; it never
//!   comes while a payment runs, a sale is written down or an attendant is awaited;
//! - an answer to another than the running attempt to pay changes nothing; if it says that money moved,
//!   it goes into the journal and an attendant is called;
//! - once paid, a basket can only become a sale: it is written down under its key, again and again if
//!   need be, also after a restart;
//! - a basket survives assistance.

pub mod effect;
pub mod event;
pub mod state;

mod assistance;
mod idle;
mod payment;
mod visit;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use crate::domain::basket::Basket;
use crate::domain::receipt::Receipt;
use crate::domain::session::effect::Effect;
use crate::domain::session::event::Event;
use crate::domain::session::state::{
    Committing, Done, Idle, Lane, LaneSettings, NeedsAssistance, Paying, Reviewing, Visit,
};
use crate::domain::time::Timestamp;

/// Where a visit is, with everything that belongs to that state.
#[derive(Debug, Clone, PartialEq)]
pub enum Session {
    /// The attract screen, perhaps with an interrupted basket on offer.
    Idle(Idle),
    /// Items go into the basket.
    Scanning(Visit),
    /// The list is read once more.
    Reviewing(Reviewing),
    /// A payment runs.
    Paying(Paying),
    /// The paid sale is being written down.
    Committing(Committing),
    /// The receipt is on the screen.
    Done(Done),
    /// Everything waits for an attendant.
    NeedsAssistance(NeedsAssistance),
}

/// A session and what has to happen outside.
type Step = (Session, Vec<Effect>);

impl Session {
    /// A lane with nobody at it. `seed` starts the sequence of sale keys and must be random: it is what
    /// keeps keys of two runs apart.
    #[must_use]
    pub fn new(settings: LaneSettings, seed: u128) -> Self {
        Self::Idle(Idle {
            lane: Lane::new(settings, seed),
            offer: None,
        })
    }

    /// The session after `event` at `now`, and what has to happen outside, in that order.
    #[must_use]
    pub fn apply(self, event: Event, now: Timestamp) -> (Self, Vec<Effect>) {
        match self {
            Self::Idle(idle) => idle.apply(event, now),
            Self::Scanning(visit) => visit.apply(event, now),
            Self::Reviewing(reviewing) => reviewing.apply(event, now),
            Self::Paying(paying) => paying.apply(event, now),
            Self::Committing(committing) => committing.apply(event, now),
            Self::Done(done) => done.apply(event, now),
            Self::NeedsAssistance(waiting) => waiting.apply(event, now),
        }
    }

    /// The basket of the visit; none while idle and once the sale is complete.
    #[must_use]
    pub fn basket(&self) -> Option<&Basket> {
        match self {
            Self::Idle(_) | Self::Done(_) => None,
            Self::Scanning(visit) => Some(visit.basket()),
            Self::Reviewing(reviewing) => Some(reviewing.basket()),
            Self::Paying(paying) => Some(paying.basket()),
            Self::Committing(committing) => Some(committing.basket()),
            Self::NeedsAssistance(waiting) => waiting.basket(),
        }
    }

    /// The receipt of the sale that was just completed.
    #[must_use]
    pub fn receipt(&self) -> Option<&Receipt> {
        match self {
            Self::Done(done) => Some(done.receipt()),
            Self::Idle(_)
            | Self::Scanning(_)
            | Self::Reviewing(_)
            | Self::Paying(_)
            | Self::Committing(_)
            | Self::NeedsAssistance(_) => None,
        }
    }

    /// Whole seconds left to answer, while the lane asks whether anybody is there.
    #[must_use]
    pub fn idle_warning(&self, now: Timestamp) -> Option<u32> {
        match self {
            Self::Scanning(visit) => visit.attention.seconds_left(now),
            Self::Reviewing(reviewing) => reviewing.visit.attention.seconds_left(now),
            Self::Idle(_)
            | Self::Paying(_)
            | Self::Committing(_)
            | Self::Done(_)
            | Self::NeedsAssistance(_) => None,
        }
    }

    /// The name of the state, for logs.
    #[must_use]
    pub fn state_name(&self) -> &'static str {
        match self {
            Self::Idle(_) => "idle",
            Self::Scanning(_) => "scanning",
            Self::Reviewing(_) => "reviewing",
            Self::Paying(_) => "paying",
            Self::Committing(_) => "committing",
            Self::Done(_) => "done",
            Self::NeedsAssistance(_) => "needs_assistance",
        }
    }
}
