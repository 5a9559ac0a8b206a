//! The cash drawer: float, pay-ins and pay-outs, and counting it.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use crate::domain::cash::{CashUp, Counted, Drawer};
use crate::domain::money::{Currency, Money};
use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::audit::{self, By, Change, record_change};
use crate::store::error::{Fault, StoreError};
use crate::store::journal::{Record, append};
use crate::store::rows::{currency, get, money, time};

/// What an entry of the drawer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CashKind {
    /// What is put in at the beginning; the count begins anew.
    Float,
    /// Put in besides.
    PayIn,
    /// Taken out besides.
    PayOut,
    /// Counted.
    Count,
}

impl CashKind {
    const ALL: [Self; 4] = [Self::Float, Self::PayIn, Self::PayOut, Self::Count];

    /// The word used in files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Float => "float",
            Self::PayIn => "pay_in",
            Self::PayOut => "pay_out",
            Self::Count => "count",
        }
    }
}

/// One entry of the drawer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CashEntry {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: String,
    /// What it is.
    pub kind: CashKind,
    /// How much.
    pub amount: Money,
    /// For a count: what should have been there.
    pub expected: Option<Money>,
    /// Notes and coins, where they were counted.
    pub counted: Option<Counted>,
    /// Why.
    pub reason: Option<String>,
}

impl Store {
    /// Puts the float in; from here on the drawer is counted anew.
    ///
    /// # Errors
    /// [`StoreError::BadCash`] below zero, or any other [`StoreError`].
    pub fn put_float(&self, amount: Money, by: By<'_>) -> Result<(), StoreError> {
        self.enter_cash(CashKind::Float, amount, None, by)
    }

    /// Puts money in besides what shoppers pay.
    ///
    /// # Errors
    /// [`StoreError::BadCash`], [`StoreError::ReasonMissing`], or any other [`StoreError`].
    pub fn pay_in(&self, amount: Money, reason: &str, by: By<'_>) -> Result<(), StoreError> {
        let reason = audit::reason(reason, "putting money in")?;
        self.enter_cash(CashKind::PayIn, amount, Some(&reason), by)
    }

    /// Takes money out besides what shoppers get back.
    ///
    /// # Errors
    /// [`StoreError::BadCash`], [`StoreError::ReasonMissing`], or any other [`StoreError`].
    pub fn pay_out(&self, amount: Money, reason: &str, by: By<'_>) -> Result<(), StoreError> {
        let reason = audit::reason(reason, "taking money out")?;
        self.enter_cash(CashKind::PayOut, amount, Some(&reason), by)
    }

    /// What went through the drawer since its float.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn drawer(&self, currency: Currency) -> Result<Drawer, StoreError> {
        self.read("reading the drawer", |conn| drawer(conn, currency))
    }

    /// Counts the drawer.
    ///
    /// # Errors
    /// [`StoreError::BadCash`] for notes that there are not, or any other [`StoreError`].
    pub fn count_cash(
        &self,
        counted: &Counted,
        currency: Currency,
        reason: &str,
        by: By<'_>,
    ) -> Result<CashUp, StoreError> {
        if !counted.is_sound() {
            return Err(StoreError::BadCash);
        }
        let total = counted.total(currency)?;
        self.write("counting the cash", |tx| {
            let up = CashUp::of(drawer(tx, currency)?, total)?;
            let reason = Some(reason.trim()).filter(|reason| !reason.is_empty());
            insert(tx, (CashKind::Count, total, reason), Some((&up, counted)), by)?;
            Ok(up)
        })
    }

    /// The newest entries of the drawer first, `limit` at most.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn cash_entries(&self, limit: u32) -> Result<Vec<CashEntry>, StoreError> {
        self.read("reading the drawer", |conn| {
            let mut query = conn.prepare_cached("SELECT * FROM cash_entries ORDER BY id DESC LIMIT ?1")?;
            query
                .query_and_then([limit], |row| {
                    let code: String = get(row, "kind")?;
                    let kind = CashKind::ALL.into_iter().find(|kind| kind.code() == code);
                    let currency = currency(row)?;
                    let counted: Option<String> = get(row, "counted")?;
                    let expected: Option<i64> = get(row, "expected_minor")?;
                    Ok(CashEntry {
                        at: time(row, "at")?,
                        actor: get(row, "actor")?,
                        kind: kind.ok_or_else(|| Fault::row(format!("cash {code}")))?,
                        amount: money(row, "minor", currency)?,
                        expected: expected.map(|minor| Money::new(minor, currency)),
                        counted: counted.map(|text| serde_json::from_str(&text)).transpose()?,
                        reason: get(row, "reason")?,
                    })
                })?
                .collect()
        })
    }

    fn enter_cash(
        &self,
        kind: CashKind,
        amount: Money,
        reason: Option<&str>,
        by: By<'_>,
    ) -> Result<(), StoreError> {
        if amount.is_negative() {
            return Err(StoreError::BadCash);
        }
        self.write("entering cash", |tx| insert(tx, (kind, amount, reason), None, by))
    }
}

fn insert(
    tx: &Transaction<'_>,
    (kind, amount, reason): (CashKind, Money, Option<&str>),
    count: Option<(&CashUp, &Counted)>,
    (actor, now): By<'_>,
) -> Result<(), Fault> {
    let counted = count
        .map(|(_, counted)| serde_json::to_string(counted))
        .transpose()?;
    let expected = count.map(|(up, _)| up.expected);
    let up = count.map(|(up, _)| serde_json::to_string(up)).transpose()?;
    tx.execute(
        "INSERT INTO cash_entries (at, actor, kind, currency, minor, counted, expected_minor, up, reason, receipt)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, (SELECT coalesce(max(receipt_number), 0) FROM sales))",
        params![
            now.0,
            actor,
            kind.code(),
            amount.currency().code(),
            amount.minor(),
            counted,
            expected.map(Money::minor),
            up,
            reason
        ],
    )?;
    let body = serde_json::json!({
        "kind": "cash", "entry": kind.code(), "amount": amount, "expected": expected, "actor": actor,
        "reason": reason,
    });
    let record = Record {
        at: now,
        kind: "cash".to_owned(),
        sale_key: None,
        amount_minor: Some(amount.minor()),
        body: body.to_string(),
    };
    append(tx, &record)?;
    let expected = expected.map(|expected| expected.to_string());
    let change = Change {
        action: "cash",
        subject: kind.code(),
        detail: &amount.to_string(),
        before: expected.as_deref(),
        after: Some(&amount.to_string()),
        reason,
    };
    record_change(tx, (actor, now), &change)
}

fn drawer(conn: &Connection, currency: Currency) -> Result<Drawer, Fault> {
    let float: Option<(i64, i64, i64)> = conn
        .prepare_cached(
            "SELECT id, minor, receipt FROM cash_entries
             WHERE kind = 'float' AND currency = ?1 ORDER BY id DESC LIMIT 1",
        )?
        .query_row([currency.code()], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let (id, float, receipt) = float.unwrap_or((0, 0, 0));
    let paid = |kind: &str| -> Result<Money, Fault> {
        let minor = conn
            .prepare_cached(
                "SELECT coalesce(sum(amount_minor), 0) FROM tenders JOIN sales USING (receipt_number)
                 WHERE receipt_number > ?1 AND method = 'attendant' AND currency = ?2 AND kind = ?3",
            )?
            .query_row(params![receipt, currency.code(), kind], |row| row.get(0))?;
        Ok(Money::new(minor, currency))
    };
    let moved = |kind: CashKind| -> Result<Money, Fault> {
        let minor = conn
            .prepare_cached(
                "SELECT coalesce(sum(minor), 0) FROM cash_entries WHERE id > ?1 AND currency = ?2 AND kind = ?3",
            )?
            .query_row(params![id, currency.code(), kind.code()], |row| row.get(0))?;
        Ok(Money::new(minor, currency))
    };
    Ok(Drawer {
        float: Money::new(float, currency),
        taken: paid("sale")?,
        given_back: paid("refund")?,
        pay_ins: moved(CashKind::PayIn)?,
        pay_outs: moved(CashKind::PayOut)?,
    })
}
