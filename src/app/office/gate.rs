//! The gate: whose PIN it is, and the first PIN there ever was.
//!
//! A try is counted on the store's thread before it is checked, and checked on a thread of its own: hashing
//! is slow on purpose, and neither the window nor a sale waits for it. What comes of it is left as
//! [`GateNews`]; the checkout decides what a right PIN opens.

use crate::{
    app::{
        kiosk::back_room::Trouble,
        office::{Desk, Office, SignedOn},
    },
    domain::time::Timestamp,
    store::staff::{PinStart, SignOn},
};

/// What came of a PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GateNews {
    /// It is theirs.
    Opened(SignedOn),
    /// It is nobody's.
    Wrong {
        /// So many more wrong ones lock the pad.
        tries_left: u32,
    },
    /// Too many were wrong.
    Locked {
        /// Until then not even the right one is taken.
        until: Timestamp,
    },
    /// It could not be checked or kept; one sentence.
    Failed(String),
}

impl Office {
    /// What came of the last PIN; told once.
    pub fn gate_news(&mut self) -> Option<GateNews> {
        self.gate.take()
    }
}

/// Checks a PIN.
pub fn try_pin(pin: String, desk: &mut Desk) {
    desk.store(
        |store, (_, now)| store.begin_pin(None, now),
        move |office, desk, start: Result<PinStart, Trouble>| match start {
            Ok(PinStart::Go(tried)) => {
                let check = move || {
                    let found = tried.check(&pin);
                    (tried, found)
                };
                desk.work("pin", check, |office, desk, checked| match checked {
                    Ok((tried, found)) => desk.store(
                        move |store, (_, now)| store.end_pin(&tried, found, now),
                        |office, _, ended| office.gate = Some(news(ended)),
                    ),
                    Err(trouble) => office.gate = Some(GateNews::Failed(trouble.sentence)),
                });
            }
            Ok(PinStart::Locked { until }) => office.gate = Some(GateNews::Locked { until }),
            Err(trouble) => office.gate = Some(GateNews::Failed(trouble.sentence)),
        },
    );
}

/// The first manager chooses a name and a PIN. When another window was quicker, the sentence says so.
pub fn choose_first(name: String, pin: String, desk: &mut Desk) {
    let who = SignedOn {
        name: name.trim().to_owned(),
        role: crate::domain::staff::Role::Manager,
    };
    desk.store(
        move |store, (_, now)| store.choose_first_pin(&name, &pin, now),
        move |office, _, done| {
            office.gate = Some(match done {
                Ok(()) => GateNews::Opened(who),
                Err(trouble) => GateNews::Failed(trouble.sentence),
            });
        },
    );
}

fn news(ended: Result<SignOn, Trouble>) -> GateNews {
    match ended {
        Ok(SignOn::Accepted(member)) => GateNews::Opened(SignedOn {
            name: member.name,
            role: member.role,
        }),
        Ok(SignOn::Wrong { tries_left }) => GateNews::Wrong {
            tries_left: u32::try_from(tries_left).unwrap_or(0),
        },
        Ok(SignOn::Locked { until }) => GateNews::Locked { until },
        Err(trouble) => GateNews::Failed(trouble.sentence),
    }
}
