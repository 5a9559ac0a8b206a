//! The card terminal: what every terminal can do and say.
//!
//! A terminal never blocks and reads no clock: it is polled with the time. It answers each attempt with one
//! final event: approved, declined, timed out or cancelled.

use crate::domain::{
    money::Money,
    session::event::{Event, PaymentAttempt, PaymentStage},
    time::Timestamp,
};

/// What a terminal says about an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TerminalEvent {
    /// Where the attempt is now.
    Progress {
        /// Which attempt.
        attempt: PaymentAttempt,
        /// Where it is.
        stage: PaymentStage,
    },
    /// It went through; final.
    Approved {
        /// Which attempt.
        attempt: PaymentAttempt,
        /// What the terminal noted.
        reference: String,
    },
    /// It was refused; final.
    Declined {
        /// Which attempt.
        attempt: PaymentAttempt,
        /// Why.
        reason: String,
    },
    /// Nobody presented a card; final.
    TimedOut {
        /// Which attempt.
        attempt: PaymentAttempt,
    },
    /// It was cancelled; final.
    Cancelled {
        /// Which attempt.
        attempt: PaymentAttempt,
    },
}

impl From<TerminalEvent> for Event {
    fn from(event: TerminalEvent) -> Self {
        match event {
            TerminalEvent::Progress { attempt, stage } => Self::PaymentProgress { attempt, stage },
            TerminalEvent::Approved { attempt, reference } => Self::PaymentApproved { attempt, reference },
            TerminalEvent::Declined { attempt, reason } => Self::PaymentDeclined { attempt, reason },
            TerminalEvent::TimedOut { attempt } => Self::PaymentTimedOut { attempt },
            TerminalEvent::Cancelled { attempt } => Self::PaymentCancelled { attempt },
        }
    }
}

/// A card terminal.
pub trait PaymentTerminal {
    /// Begins to collect an amount. An attempt that still runs is cancelled first.
    fn start(&mut self, attempt: PaymentAttempt, amount: Money, now: Timestamp);

    /// Asks to cancel. Where only the bank can stop it, the attempt goes on to its end.
    fn cancel(&mut self, attempt: PaymentAttempt, now: Timestamp);

    /// The next thing the terminal says by now; call until it says nothing more.
    fn poll(&mut self, now: Timestamp) -> Option<TerminalEvent>;
}
