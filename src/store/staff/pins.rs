//! Hashing and checking PINs, and the lock after wrong ones.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::{Role, StaffMember, member, of_row, put_hash};
use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::audit::{By, record};
use crate::store::error::{Fault, StoreError};
use crate::store::rows::get;

/// So many wrong PINs in a row lock a name or the pad.
pub const TRIES: i64 = 5;
/// How long the first lock lasts.
const FIRST_LOCK_MS: i64 = 60_000;
/// The longest lock: an hour and a bit.
const MOST_DOUBLINGS: i64 = 6;

/// What came of a PIN for a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PinCheck {
    /// It is right.
    Accepted(Role),
    /// It is wrong, or there is no such name: which of both is not told.
    Wrong,
    /// Too many were wrong.
    Locked {
        /// Until then not even the right one is taken.
        until: Timestamp,
    },
}

/// What came of a PIN, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignOn {
    /// It is right.
    Accepted(StaffMember),
    /// It is nobody's.
    Wrong {
        /// So many more wrong ones lock.
        tries_left: i64,
    },
    /// Too many were wrong.
    Locked {
        /// Until then not even the right one is taken.
        until: Timestamp,
    },
}

/// The beginning of a try.
#[derive(Debug)]
pub enum PinStart {
    /// It is counted; now check it.
    Go(PinTry),
    /// Nothing is checked.
    Locked {
        /// Until when.
        until: Timestamp,
    },
}

/// A try that is counted already. It holds all that checking needs, and no database.
#[derive(Debug)]
pub struct PinTry {
    /// The name that was given; none at the pad.
    name: Option<String>,
    candidates: Vec<(StaffMember, String)>,
}

impl PinTry {
    /// Whose PIN this is. Takes about 30 ms for each of the staff on purpose, so that guessing is slow.
    #[must_use]
    pub fn check(&self, pin: &str) -> Option<StaffMember> {
        if self.candidates.is_empty() {
            // An unknown name takes as long as a known one.
            let _nobodys = hash(pin);
        }
        let fits = |stored: &str| verifies(pin, stored);
        let found = self.candidates.iter().find(|(_, stored)| fits(stored));
        found.map(|(member, _)| member.clone())
    }
}

/// Who counts the wrong tries.
#[derive(Debug, Clone, Copy)]
enum Counter {
    Pad,
    Name(i64),
}

impl Store {
    /// Counts a try, of a name or of the pad on which only a PIN is typed.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn begin_pin(&self, name: Option<&str>, now: Timestamp) -> Result<PinStart, StoreError> {
        self.write("checking a PIN", |tx| {
            let everybody = candidates(tx)?;
            let (counter, candidates) = match name {
                None => (Some(Counter::Pad), everybody),
                Some(name) => {
                    let own: Vec<_> = everybody
                        .into_iter()
                        .filter(|(member, _)| member.name == name)
                        .collect();
                    (own.first().map(|(member, _)| Counter::Name(member.id)), own)
                }
            };
            if let Some(counter) = counter {
                let (failed, locked_until) = tries(tx, counter)?;
                if let Some(until) = locked_until.filter(|until| now < *until) {
                    return Ok(PinStart::Locked { until });
                }
                count(tx, counter, failed + 1, now)?;
            }
            Ok(PinStart::Go(PinTry {
                name: name.map(str::to_owned),
                candidates,
            }))
        })
    }

    /// Ends a try with what [`PinTry::check`] found.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn end_pin(
        &self,
        tried: &PinTry,
        found: Option<StaffMember>,
        now: Timestamp,
    ) -> Result<SignOn, StoreError> {
        self.write("checking a PIN", |tx| {
            // Disabled since the try began: as if there were no such name.
            let found = found.map(|found| member(tx, &found.name)).transpose()?.flatten();
            if let Some(found) = found.filter(|found| found.active) {
                clear(tx, Counter::Name(found.id))?;
                if tried.name.is_none() {
                    clear(tx, Counter::Pad)?;
                }
                record(tx, (now, &found.name), "login", &found.name, "PIN accepted")?;
                return Ok(SignOn::Accepted(found));
            }
            let (counter, name) = match (&tried.name, tried.candidates.first()) {
                (None, _) => (Counter::Pad, "pad"),
                (Some(_), Some((member, _))) => (Counter::Name(member.id), member.name.as_str()),
                (Some(_), None) => return Ok(SignOn::Wrong { tries_left: TRIES }),
            };
            record(tx, (now, name), "login", name, "wrong PIN")?;
            let (failed, locked_until) = tries(tx, counter)?;
            Ok(match locked_until.filter(|until| now < *until) {
                Some(until) => SignOn::Locked { until },
                None => SignOn::Wrong {
                    tries_left: TRIES - failed % TRIES,
                },
            })
        })
    }

    /// Checks a PIN that was typed without a name: begins, checks and ends a try.
    ///
    /// # Errors
    /// Any [`StoreError`]; a wrong PIN is an answer, not an error.
    pub fn sign_on(&self, pin: &str, now: Timestamp) -> Result<SignOn, StoreError> {
        self.try_pin(None, pin, now)
    }

    /// Checks the PIN of a name. It takes a moment on purpose, so that guessing is slow.
    ///
    /// # Errors
    /// Any [`StoreError`]; a wrong PIN is an answer, not an error.
    pub fn check_pin(&self, name: &str, pin: &str, now: Timestamp) -> Result<PinCheck, StoreError> {
        Ok(match self.try_pin(Some(name), pin, now)? {
            SignOn::Accepted(member) => PinCheck::Accepted(member.role),
            SignOn::Wrong { .. } => PinCheck::Wrong,
            SignOn::Locked { until } => PinCheck::Locked { until },
        })
    }

    /// Somebody changes their own PIN; the old one is asked for.
    ///
    /// # Errors
    /// [`StoreError::BadPin`], [`StoreError::PinTaken`], or any other [`StoreError`].
    pub fn change_own_pin(
        &self,
        name: &str,
        old: &str,
        new: &str,
        now: Timestamp,
    ) -> Result<PinCheck, StoreError> {
        well_formed(new)?;
        let checked = self.check_pin(name, old, now)?;
        if let PinCheck::Accepted(_) = checked {
            let hash = self.hash_of_new(name, new, (name, now))?;
            self.write("saving a PIN", |tx| put_hash(tx, name, &hash, (name, now)))?;
        }
        Ok(checked)
    }

    fn try_pin(&self, name: Option<&str>, pin: &str, now: Timestamp) -> Result<SignOn, StoreError> {
        match self.begin_pin(name, now)? {
            PinStart::Locked { until } => Ok(SignOn::Locked { until }),
            PinStart::Go(tried) => self.end_pin(&tried, tried.check(pin), now),
        }
    }

    /// The hash of a new PIN for `name`, if nobody else has that PIN: at the pad it says who somebody is.
    /// Asking for a PIN that is taken tells that it is one, so it counts as a wrong try at the pad.
    pub(super) fn hash_of_new(
        &self,
        name: &str,
        pin: &str,
        (actor, now): By<'_>,
    ) -> Result<String, StoreError> {
        let hashed = hash(pin)?;
        let others = self.read("reading PINs", candidates)?;
        let taken = others
            .iter()
            .any(|(member, stored)| member.name != name && verifies(pin, stored));
        let locked = self.write("checking a PIN", |tx| {
            let (failed, locked_until) = tries(tx, Counter::Pad)?;
            if locked_until.is_some_and(|until| now < until) {
                return Ok(true);
            }
            if taken {
                count(tx, Counter::Pad, failed + 1, now)?;
                record(tx, (now, actor), "login", name, "chose a PIN that is taken")?;
            }
            Ok(false)
        })?;
        match (taken, locked) {
            (true, true) => Err(StoreError::PadLocked),
            (true, false) => Err(StoreError::PinTaken),
            (false, _) => Ok(hashed),
        }
    }
}

fn well_formed(pin: &str) -> Result<(), StoreError> {
    if (4..=12).contains(&pin.len()) && pin.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(())
    } else {
        Err(StoreError::BadPin)
    }
}

/// The argon2id hash of a PIN, with a new salt.
pub(super) fn hash(pin: &str) -> Result<String, StoreError> {
    well_formed(pin)?;
    let hash: PasswordHash =
        Argon2::default()
            .hash_password(pin.as_bytes())
            .map_err(|error| StoreError::PinHash {
                detail: error.to_string(),
            })?;
    Ok(hash.to_string())
}

/// A hash that cannot be read fits no PIN.
fn verifies(pin: &str, stored: &str) -> bool {
    PasswordHash::new(stored)
        .is_ok_and(|hash| Argon2::default().verify_password(pin.as_bytes(), &hash).is_ok())
}

fn candidates(conn: &Connection) -> Result<Vec<(StaffMember, String)>, Fault> {
    conn.prepare_cached("SELECT * FROM staff WHERE active = 1 ORDER BY id")?
        .query_and_then([], |row| Ok((of_row(row)?, get(row, "hash")?)))?
        .collect()
}

fn tries(conn: &Connection, counter: Counter) -> Result<(i64, Option<Timestamp>), Fault> {
    let (sql, id) = match counter {
        Counter::Pad => (
            "SELECT failed_tries, locked_until FROM pin_pad WHERE slot = ?1",
            1,
        ),
        Counter::Name(id) => ("SELECT failed_tries, locked_until FROM staff WHERE id = ?1", id),
    };
    let found: Option<(i64, Option<i64>)> = conn
        .prepare_cached(sql)?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found.map_or((0, None), |(failed, until)| (failed, until.map(Timestamp))))
}

fn count(tx: &Transaction<'_>, counter: Counter, failed: i64, now: Timestamp) -> Result<(), Fault> {
    let until = (failed % TRIES == 0).then(|| {
        let doublings = (failed / TRIES - 1).clamp(0, MOST_DOUBLINGS);
        now.plus_ms(FIRST_LOCK_MS << doublings)
    });
    put(tx, counter, (failed, until))
}

fn clear(tx: &Transaction<'_>, counter: Counter) -> Result<(), Fault> {
    put(tx, counter, (0, None))
}

fn put(
    tx: &Transaction<'_>,
    counter: Counter,
    (failed, until): (i64, Option<Timestamp>),
) -> Result<(), Fault> {
    let (sql, id) = match counter {
        Counter::Pad => (
            "UPDATE pin_pad SET failed_tries = ?2, locked_until = ?3 WHERE slot = ?1",
            1,
        ),
        Counter::Name(id) => (
            "UPDATE staff SET failed_tries = ?2, locked_until = ?3 WHERE id = ?1",
            id,
        ),
    };
    tx.prepare_cached(sql)?
        .execute(params![id, failed, until.map(|until| until.0)])?;
    Ok(())
}
