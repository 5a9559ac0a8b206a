//! Refunds and voids: receipts of their own that give back what was sold, sealed in the journal.
//!
//! A sale is never changed. What is left of it is what was sold less the lines of all its refunds.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde::Serialize;

use crate::domain::line::LineId;
use crate::domain::money::Money;
use crate::domain::quantity::{Quantity, Unit};
use crate::domain::refund::{GivenBack, LinePart, Refund, Scope, left, plan};
use crate::domain::sale::{PaymentMethod, Sale, SaleKey};
use crate::domain::time::Timestamp;
use crate::store::audit::{self, By, Change, record_change};
use crate::store::error::{Fault, StoreError};
use crate::store::journal::{Record, append};
use crate::store::rows::{currency, get, money, signed, small, time, unit};
use crate::store::sales::{insert_rows, known, read_sale};
use crate::store::{Store, digest};

/// The kind of the journal record that seals a refund.
pub(super) const REFUND_COMMITTED: &str = "refund_committed";

/// What a refund is asked for with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// Idempotency key: the same request again gives the same receipt.
    pub key: SaleKey,
    /// Receipt of the sale.
    pub original: u64,
    /// What is given back.
    pub scope: Scope,
    /// How.
    pub method: PaymentMethod,
    /// What the terminal or the clerk noted.
    pub reference: String,
    /// Why.
    pub reason: String,
}

/// A refund of a sale, as its receipt view lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundNote {
    /// Its receipt.
    pub receipt_number: u64,
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub actor: String,
    /// Why.
    pub reason: String,
    /// Whether the whole sale was voided.
    pub void: bool,
    /// How much.
    pub total: Money,
}

/// Everything that is known of a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptView {
    /// Its number.
    pub number: u64,
    /// What was sold, or given back.
    pub sale: Sale,
    /// The model that saw it, where one is known.
    pub model: Option<String>,
    /// When this is a refund: the receipt of its sale, and why.
    pub refund_of: Option<(u64, RefundNote)>,
    /// When this is a sale: its refunds, the oldest first.
    pub refunds: Vec<RefundNote>,
    /// What can still be given back.
    pub left: Vec<LinePart>,
}

impl Store {
    /// Gives money back for a sale: a receipt of its own. The same request again gives the same receipt and
    /// writes nothing.
    ///
    /// # Errors
    /// [`StoreError::UnknownReceipt`], [`StoreError::NotASale`], [`StoreError::Refund`] for more than is left,
    /// [`StoreError::ReasonMissing`], [`StoreError::KeyReused`], or any other [`StoreError`].
    pub fn refund(&self, request: &RefundRequest, by: By<'_>) -> Result<u64, StoreError> {
        let reason = audit::reason(&request.reason, "a refund")?;
        self.write("writing the refund down", |tx| {
            give_back(tx, request, (&reason, false), by)
        })
    }

    /// Voids a sale that was paid: all of it is given back, as long as its day is not closed and nothing of it
    /// was given back before.
    ///
    /// # Errors
    /// [`StoreError::TooLateToVoid`], and what [`Store::refund`] says.
    pub fn void_sale(&self, request: &RefundRequest, by: By<'_>) -> Result<u64, StoreError> {
        let reason = audit::reason(&request.reason, "voiding a sale")?;
        let request = RefundRequest {
            scope: Scope::Everything,
            ..request.clone()
        };
        self.write("voiding the sale", |tx| {
            let number = request.original;
            let original = signed(number)?;
            let closed: i64 = tx.query_row(
                "SELECT (SELECT count(*) FROM z_reports WHERE last_receipt >= ?1)
                      + (SELECT count(*) FROM refunds JOIN sales USING (receipt_number)
                         WHERE original = ?1 AND sale_key <> ?2)",
                params![original, request.key.to_string()],
                |row| row.get(0),
            )?;
            if closed > 0 {
                return Err(StoreError::TooLateToVoid { number }.into());
            }
            give_back(tx, &request, (&reason, true), by)
        })
    }

    /// Everything that is known of a receipt.
    ///
    /// # Errors
    /// [`StoreError::UnknownReceipt`], or any other [`StoreError`].
    pub fn receipt_view(&self, number: u64) -> Result<ReceiptView, StoreError> {
        self.read("reading a receipt", |conn| {
            let receipt = signed(number)?;
            let sale = read_sale(conn, receipt)?.ok_or(StoreError::UnknownReceipt { number })?;
            let model: Option<String> = conn
                .prepare_cached("SELECT model FROM sales WHERE receipt_number = ?1")?
                .query_row([receipt], |row| row.get(0))?;
            let refund_of = original_of(conn, receipt)?
                .map(|original| {
                    Ok::<_, Fault>((
                        u64::try_from(original)?,
                        notes(conn, ("receipt_number", receipt))?,
                    ))
                })
                .transpose()?
                .and_then(|(original, mut notes)| notes.pop().map(|note| (original, note)));
            let left = if refund_of.is_some() {
                Vec::new()
            } else {
                left(&sale, &before(conn, receipt)?)
            };
            let refunds = notes(conn, ("original", receipt))?;
            Ok(ReceiptView {
                number,
                sale,
                model,
                refund_of,
                refunds,
                left,
            })
        })
    }
}

fn give_back(
    tx: &Transaction<'_>,
    request: &RefundRequest,
    (reason, void): (&str, bool),
    (actor, now): By<'_>,
) -> Result<u64, Fault> {
    let original = signed(request.original)?;
    if let Some((number, _)) = known(tx, request.key)? {
        let same = original_of(tx, signed(number)?)? == Some(original);
        return if same {
            Ok(number)
        } else {
            Err(StoreError::KeyReused { key: request.key }.into())
        };
    }
    let sale = read_sale(tx, original)?;
    let sale = sale.ok_or(StoreError::UnknownReceipt {
        number: request.original,
    })?;
    if original_of(tx, original)?.is_some() {
        return Err(StoreError::NotASale {
            number: request.original,
        }
        .into());
    }
    let given_back = GivenBack {
        key: request.key,
        at: now,
        method: request.method,
        reference: request.reference.clone(),
    };
    let refund = plan(&sale, &before(tx, original)?, &request.scope, given_back).map_err(StoreError::from)?;
    let digest = digest::of_sale(&refund.sale);
    let receipt = insert_rows(tx, &refund.sale, (&digest, "refund", None))?;
    insert_origins(tx, &refund, (receipt, original, void), (actor, reason))?;
    let total = refund.sale.totals.total;
    let body = reseal(tx, &refund.sale, (receipt, &digest))?;
    let record = Record {
        at: now,
        kind: REFUND_COMMITTED.to_owned(),
        sale_key: Some(request.key.to_string()),
        amount_minor: Some(total.minor()),
        body: body.ok_or_else(|| Fault::row("a refund without its rows"))?,
    };
    append(tx, &record)?;
    let word = if void { "void" } else { "refund" };
    let change = Change {
        action: word,
        subject: &request.original.to_string(),
        detail: &format!("{total} on receipt {receipt}"),
        before: None,
        after: Some(&total.to_string()),
        reason: Some(reason),
    };
    record_change(tx, (actor, now), &change)?;
    Ok(u64::try_from(receipt)?)
}

fn insert_origins(
    tx: &Transaction<'_>,
    refund: &Refund,
    (receipt, original, void): (i64, i64, bool),
    (actor, reason): (&str, &str),
) -> Result<(), Fault> {
    tx.prepare_cached(
        "INSERT INTO refunds (receipt_number, original, actor, reason, void) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![receipt, original, actor, reason, void])?;
    for (line, origin) in refund.sale.lines.iter().zip(&refund.origins) {
        tx.prepare_cached(
            "INSERT INTO refund_lines (receipt_number, line_id, original_line) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![receipt, signed(line.id.0)?, signed(origin.0)?])?;
    }
    Ok(())
}

/// The body of the journal record that seals a refund.
#[derive(Serialize)]
struct Seal<'a> {
    kind: &'a str,
    key: SaleKey,
    receipt_number: i64,
    original: i64,
    /// Original line of each line.
    lines: Vec<(i64, i64)>,
    actor: String,
    reason: String,
    void: bool,
    total: Money,
    digest: &'a str,
}

/// The seal of a refund from its rows; none when rows are missing.
pub(super) fn reseal(
    conn: &Connection,
    sale: &Sale,
    (receipt, digest): (i64, &str),
) -> Result<Option<String>, Fault> {
    let found: Option<(i64, String, String, bool)> = conn
        .prepare_cached("SELECT original, actor, reason, void FROM refunds WHERE receipt_number = ?1")?
        .query_row([receipt], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((original, actor, reason, void)) = found else {
        return Ok(None);
    };
    let lines = conn
        .prepare_cached(
            "SELECT line_id, original_line FROM refund_lines WHERE receipt_number = ?1 ORDER BY line_id",
        )?
        .query_map([receipt], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    Ok(Some(serde_json::to_string(&Seal {
        kind: REFUND_COMMITTED,
        key: sale.key,
        receipt_number: receipt,
        original,
        lines,
        actor,
        reason,
        void,
        total: sale.totals.total,
        digest,
    })?))
}

fn original_of(conn: &Connection, receipt: i64) -> Result<Option<i64>, Fault> {
    Ok(conn
        .prepare_cached("SELECT original FROM refunds WHERE receipt_number = ?1")?
        .query_row([receipt], |row| row.get(0))
        .optional()?)
}

/// What was given back of a sale so far.
fn before(conn: &Connection, original: i64) -> Result<Vec<LinePart>, Fault> {
    let mut query = conn.prepare_cached(
        "SELECT original_line, unit, quantity FROM refunds
         JOIN refund_lines USING (receipt_number) JOIN sale_lines USING (receipt_number, line_id)
         WHERE original = ?1 ORDER BY receipt_number, line_id",
    )?;
    query
        .query_and_then([original], |row| {
            let number: u32 = small(row, "quantity")?;
            let quantity = match unit(row)? {
                Unit::Each => Quantity::Count(number),
                Unit::Kilogram => Quantity::Weight { grams: number },
            };
            Ok(LinePart {
                line: LineId(small(row, "original_line")?),
                quantity,
            })
        })?
        .collect()
}

fn notes(conn: &Connection, (column, number): (&str, i64)) -> Result<Vec<RefundNote>, Fault> {
    let sql = format!(
        "SELECT receipt_number, completed_at, actor, reason, void, currency, total_minor
         FROM refunds JOIN sales USING (receipt_number) WHERE {column} = ?1 ORDER BY receipt_number"
    );
    conn.prepare_cached(&sql)?
        .query_and_then([number], |row| {
            Ok(RefundNote {
                receipt_number: small(row, "receipt_number")?,
                at: time(row, "completed_at")?,
                actor: get(row, "actor")?,
                reason: get(row, "reason")?,
                void: get(row, "void")?,
                total: money(row, "total_minor", currency(row)?)?,
            })
        })?
        .collect()
}
