//! Staff PINs, the audit of what staff did, and settings.
//!
//! A PIN is kept as an argon2id hash with its own salt. After [`TRIES`] wrong ones in a row the name is
//! locked, each time for twice as long.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::error::{Fault, StoreError};
use crate::store::rows::{get, time};

/// So many wrong PINs in a row lock a name.
pub const TRIES: i64 = 5;
/// How long the first lock lasts.
const FIRST_LOCK_MS: i64 = 60_000;
/// The longest lock: an hour and a bit.
const MOST_DOUBLINGS: i64 = 6;

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Helps at the lane.
    Attendant,
    /// Edits prices and teaches products, too.
    Manager,
}

impl Role {
    fn code(self) -> &'static str {
        match self {
            Self::Attendant => "attendant",
            Self::Manager => "manager",
        }
    }

    fn from_code(code: &str) -> Result<Self, Fault> {
        match code {
            "attendant" => Ok(Self::Attendant),
            "manager" => Ok(Self::Manager),
            other => Err(Fault::row(format!("role {other}"))),
        }
    }
}

/// What came of a PIN.
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

/// One row of the audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What kind of thing: "price", "product", "pin".
    pub action: String,
    /// To what.
    pub subject: String,
    /// What exactly.
    pub detail: String,
}

impl Store {
    /// Sets the PIN and role of a name.
    ///
    /// # Errors
    /// [`StoreError::BadPin`] unless it has 4 to 12 digits, or any other [`StoreError`].
    pub fn set_pin(
        &self,
        name: &str,
        pin: &str,
        role: Role,
        (actor, now): (&str, Timestamp),
    ) -> Result<(), StoreError> {
        if !(4..=12).contains(&pin.len()) || !pin.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(StoreError::BadPin);
        }
        let hash: PasswordHash =
            Argon2::default()
                .hash_password(pin.as_bytes())
                .map_err(|error| StoreError::PinHash {
                    detail: error.to_string(),
                })?;
        self.write("saving a PIN", |tx| {
            tx.execute(
                "INSERT OR REPLACE INTO staff_pins (name, role, hash) VALUES (?1, ?2, ?3)",
                params![name, role.code(), hash.to_string()],
            )?;
            record(
                tx,
                (now, actor),
                "pin",
                name,
                &format!("PIN set, {}", role.code()),
            )
        })
    }

    /// Whether any PIN was set; before that, the first one may be chosen.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn has_pin(&self) -> Result<bool, StoreError> {
        self.read("reading PINs", |conn| {
            let count: i64 = conn.query_row("SELECT count(*) FROM staff_pins", [], |row| row.get(0))?;
            Ok(count > 0)
        })
    }

    /// Checks a PIN. It takes a tenth of a second on purpose, so that guessing is slow.
    ///
    /// # Errors
    /// Any [`StoreError`]; a wrong PIN is an answer, not an error.
    pub fn check_pin(&self, name: &str, pin: &str, now: Timestamp) -> Result<PinCheck, StoreError> {
        self.write("checking a PIN", |tx| {
            let Some(entry) = pin_entry(tx, name)? else {
                return Ok(PinCheck::Wrong);
            };
            if let Some(until) = entry.locked_until.filter(|until| now < *until) {
                return Ok(PinCheck::Locked { until });
            }
            let hash = PasswordHash::new(&entry.hash).map_err(Fault::row)?;
            if Argon2::default().verify_password(pin.as_bytes(), &hash).is_ok() {
                tx.execute(
                    "UPDATE staff_pins SET failed_tries = 0, locked_until = NULL WHERE name = ?1",
                    [name],
                )?;
                record(tx, (now, name), "login", name, "PIN accepted")?;
                return Ok(PinCheck::Accepted(entry.role));
            }
            let failed = entry.failed_tries + 1;
            let until = (failed % TRIES == 0).then(|| {
                let doublings = (failed / TRIES - 1).clamp(0, MOST_DOUBLINGS);
                now.plus_ms(FIRST_LOCK_MS << doublings)
            });
            tx.execute(
                "UPDATE staff_pins SET failed_tries = ?2, locked_until = ?3 WHERE name = ?1",
                params![name, failed, until.map(|until| until.0)],
            )?;
            record(tx, (now, name), "login", name, "wrong PIN")?;
            Ok(until.map_or(PinCheck::Wrong, |until| PinCheck::Locked { until }))
        })
    }

    /// Writes down what somebody did.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn audit(
        &self,
        (actor, now): (&str, Timestamp),
        action: &str,
        subject: &str,
        detail: &str,
    ) -> Result<(), StoreError> {
        self.write("writing the audit", |tx| {
            record(tx, (now, actor), action, subject, detail)
        })
    }

    /// The newest entries of the audit first, `limit` at most.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn audit_log(&self, limit: u32) -> Result<Vec<AuditEntry>, StoreError> {
        self.read("reading the audit", |conn| {
            conn.prepare_cached("SELECT * FROM audit ORDER BY id DESC LIMIT ?1")?
                .query_and_then([limit], |row| {
                    Ok(AuditEntry {
                        at: time(row, "at")?,
                        actor: get(row, "actor")?,
                        action: get(row, "action")?,
                        subject: get(row, "subject")?,
                        detail: get(row, "detail")?,
                    })
                })?
                .collect()
        })
    }

    /// A setting.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.read("reading a setting", |conn| {
            Ok(conn
                .prepare_cached("SELECT value FROM settings WHERE key = ?1")?
                .query_row([key], |row| row.get(0))
                .optional()?)
        })
    }

    /// Changes a setting.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn set_setting(
        &self,
        key: &str,
        value: &str,
        (actor, now): (&str, Timestamp),
    ) -> Result<(), StoreError> {
        self.write("saving a setting", |tx| {
            tx.execute(
                "INSERT OR REPLACE INTO settings (key, value) VALUES (?1, ?2)",
                [key, value],
            )?;
            record(tx, (now, actor), "setting", key, value)
        })
    }
}

/// Appends a row to the audit.
pub(super) fn record(
    conn: &Connection,
    (at, actor): (Timestamp, &str),
    action: &str,
    subject: &str,
    detail: &str,
) -> Result<(), Fault> {
    conn.prepare_cached(
        "INSERT INTO audit (at, actor, action, subject, detail) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![at.0, actor, action, subject, detail])?;
    Ok(())
}

struct PinEntry {
    role: Role,
    hash: String,
    failed_tries: i64,
    locked_until: Option<Timestamp>,
}

fn pin_entry(conn: &Connection, name: &str) -> Result<Option<PinEntry>, Fault> {
    conn.prepare_cached("SELECT * FROM staff_pins WHERE name = ?1")?
        .query_and_then([name], |row| {
            Ok(PinEntry {
                role: Role::from_code(&get::<String>(row, "role")?)?,
                hash: get(row, "hash")?,
                failed_tries: get(row, "failed_tries")?,
                locked_until: get::<Option<i64>>(row, "locked_until")?.map(Timestamp),
            })
        })?
        .next()
        .transpose()
}
