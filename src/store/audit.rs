//! The audit: who did what, when, what was there before and after, and why. Only ever appended to.

use rusqlite::{Connection, Row, params, params_from_iter};

use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::error::{Fault, StoreError};
use crate::store::rows::{get, time};

/// Who does something, and when.
pub type By<'a> = (&'a str, Timestamp);

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
    /// What was there before, where something was changed.
    pub before: Option<String>,
    /// What is there now.
    pub after: Option<String>,
    /// Why, where a reason is asked for.
    pub reason: Option<String>,
}

/// Which rows of the audit are asked for; what is empty does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// From when on.
    pub from: Option<Timestamp>,
    /// Before when.
    pub to: Option<Timestamp>,
    /// By whom.
    pub actor: Option<String>,
    /// Which kind.
    pub action: Option<String>,
    /// About what.
    pub subject: Option<String>,
}

/// A change as it is written down.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Change<'a> {
    pub(super) action: &'a str,
    pub(super) subject: &'a str,
    pub(super) detail: &'a str,
    pub(super) before: Option<&'a str>,
    pub(super) after: Option<&'a str>,
    pub(super) reason: Option<&'a str>,
}

/// Appends a row without before and after.
pub(super) fn record(
    conn: &Connection,
    (at, actor): (Timestamp, &str),
    action: &str,
    subject: &str,
    detail: &str,
) -> Result<(), Fault> {
    let change = Change {
        action,
        subject,
        detail,
        ..Change::default()
    };
    record_change(conn, (actor, at), &change)
}

/// Appends a row.
pub(super) fn record_change(
    conn: &Connection,
    (actor, at): By<'_>,
    change: &Change<'_>,
) -> Result<(), Fault> {
    conn.prepare_cached(
        "INSERT INTO audit (at, actor, action, subject, detail, before, after, reason)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        at.0,
        actor,
        change.action,
        change.subject,
        change.detail,
        change.before,
        change.after,
        change.reason,
    ])?;
    Ok(())
}

/// The reason without blanks around it.
///
/// # Errors
/// [`StoreError::ReasonMissing`] when nothing is left.
pub(super) fn reason(text: &str, what: &'static str) -> Result<String, StoreError> {
    let text = text.trim();
    if text.is_empty() {
        Err(StoreError::ReasonMissing { what })
    } else {
        Ok(text.to_owned())
    }
}

impl Store {
    /// Writes down what somebody did.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn audit(
        &self,
        (actor, now): By<'_>,
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
        self.audit_page(&AuditFilter::default(), 0, limit)
    }

    /// A page of the audit, the newest first: `limit` rows after the first `skip`.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn audit_page(
        &self,
        filter: &AuditFilter,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, StoreError> {
        self.read("reading the audit", |conn| {
            let mut wanted: Vec<(&str, rusqlite::types::Value)> = Vec::new();
            wanted.extend(filter.from.map(|from| ("at >= ?", from.0.into())));
            wanted.extend(filter.to.map(|to| ("at < ?", to.0.into())));
            for (condition, text) in [
                ("actor = ?", &filter.actor),
                ("action = ?", &filter.action),
                ("subject = ?", &filter.subject),
            ] {
                wanted.extend(text.clone().map(|text| (condition, text.into())));
            }
            let conditions: Vec<&str> = wanted.iter().map(|(condition, _)| *condition).collect();
            let only = if conditions.is_empty() {
                "1".to_owned()
            } else {
                conditions.join(" AND ")
            };
            let sql =
                format!("SELECT * FROM audit WHERE {only} ORDER BY id DESC LIMIT {limit} OFFSET {skip}");
            let values = wanted.into_iter().map(|(_, value)| value);
            conn.prepare_cached(&sql)?
                .query_and_then(params_from_iter(values), entry)?
                .collect()
        })
    }
}

fn entry(row: &Row<'_>) -> Result<AuditEntry, Fault> {
    Ok(AuditEntry {
        at: time(row, "at")?,
        actor: get(row, "actor")?,
        action: get(row, "action")?,
        subject: get(row, "subject")?,
        detail: get(row, "detail")?,
        before: get(row, "before")?,
        after: get(row, "after")?,
        reason: get(row, "reason")?,
    })
}
