//! X and Z reports: what happened since the day was closed last, and closing it.
//!
//! An X report only looks. A Z report has a number without gaps, closes every receipt up to now, adds its
//! sums to totals that are never reset, and is sealed in the journal. What belongs to a day is decided by
//! receipt numbers, not by the clock, so that a clock set back loses nothing and counts nothing twice.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::domain::cash::CashUp;
use crate::domain::money::{Currency, Money};
use crate::domain::sale::PaymentMethod;
use crate::domain::tax::{TaxGroup, TaxRate};
use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::audit::{By, Change, record_change};
use crate::store::error::{Fault, StoreError};
use crate::store::journal::{Record, append, hex};
use crate::store::report::Tally;
use crate::store::rows::{get, money, signed, small, tax};

/// The kind of the journal record that seals a Z report.
pub(super) const Z_REPORT: &str = "z_report";

/// What was paid in one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodTally {
    /// How.
    pub method: PaymentMethod,
    /// What came in.
    pub taken: Tally,
    /// What went out.
    pub given_back: Tally,
}

/// Sums over all days since the database was made; never reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrandTotals {
    /// All sales.
    pub sales: Tally,
    /// All refunds and voids.
    pub given_back: Tally,
    /// What is left of them.
    pub net: Money,
}

/// A day, or as much of it as there is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayReport {
    /// Number of the Z report; none for an X report.
    pub z_number: Option<u64>,
    /// When it was made.
    pub at: Timestamp,
    /// By whom.
    pub actor: String,
    /// Currency of all amounts.
    pub currency: Currency,
    /// When the day before was closed; none on the first day.
    pub since: Option<Timestamp>,
    /// First and last receipt; none when nothing was sold.
    pub receipts: Option<(u64, u64)>,
    /// What was sold.
    pub sales: Tally,
    /// What was given back for goods.
    pub refunds: Tally,
    /// Sales that were voided after they were paid.
    pub voided_sales: Tally,
    /// Sales less refunds and voids.
    pub net: Money,
    /// The same by tax rate, highest first.
    pub taxes: Vec<TaxGroup>,
    /// By way of paying.
    pub methods: Vec<MethodTally>,
    /// Lines that were taken out before paying.
    pub voided_lines: Tally,
    /// Baskets that were given up.
    pub voided_baskets: Tally,
    /// The newest count of the drawer on this day.
    pub cash: Option<CashUp>,
    /// Receipts in another currency, which are in none of these sums.
    pub other_currencies: u64,
    /// Sums over all days, this one included.
    pub grand: GrandTotals,
}

/// Where the day before ended.
#[derive(Debug, Clone, Copy, Default)]
struct Closed {
    number: i64,
    at: Option<i64>,
    receipt: i64,
    journal: i64,
    cash: i64,
}

impl Store {
    /// What happened since the day was closed last; changes nothing but the audit.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn x_report(&self, currency: Currency, by: By<'_>) -> Result<DayReport, StoreError> {
        self.write("making an X report", |tx| {
            let report = compute(tx, currency, by)?;
            note(tx, &report, "x report", by)?;
            Ok(report)
        })
    }

    /// Closes the day.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn z_report(&self, currency: Currency, by: By<'_>) -> Result<DayReport, StoreError> {
        self.write("closing the day", |tx| {
            let closed = closed(tx)?;
            let mut report = compute(tx, currency, by)?;
            let number = closed.number + 1;
            report.z_number = Some(u64::try_from(number)?);
            let body = serde_json::to_string(&report)?;
            tx.execute(
                "INSERT INTO z_reports (number, at, actor, last_receipt, last_journal, last_cash, body)
                 VALUES (?1, ?2, ?3, (SELECT coalesce(max(receipt_number), 0) FROM sales),
                         (SELECT coalesce(max(seq), 0) FROM journal),
                         (SELECT coalesce(max(id), 0) FROM cash_entries), ?4)",
                params![number, by.1.0, by.0, body],
            )?;
            let record = Record {
                at: by.1,
                kind: Z_REPORT.to_owned(),
                sale_key: None,
                amount_minor: Some(report.net.minor()),
                body: seal(tx, number)?.ok_or_else(|| Fault::row("no Z report"))?,
            };
            append(tx, &record)?;
            note(tx, &report, "z report", by)?;
            Ok(report)
        })
    }

    /// A Z report of an earlier day.
    ///
    /// # Errors
    /// [`StoreError::UnknownReport`], or any other [`StoreError`].
    pub fn read_z_report(&self, number: u64) -> Result<DayReport, StoreError> {
        self.read("reading a Z report", |conn| {
            let body: Option<String> = conn
                .prepare_cached("SELECT body FROM z_reports WHERE number = ?1")?
                .query_row([signed(number)?], |row| row.get(0))
                .optional()?;
            let body = body.ok_or(StoreError::UnknownReport { number })?;
            Ok(serde_json::from_str(&body)?)
        })
    }

    /// The newest Z reports first, `limit` at most.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn z_reports(&self, limit: u32) -> Result<Vec<DayReport>, StoreError> {
        self.read("reading Z reports", |conn| {
            conn.prepare_cached("SELECT body FROM z_reports ORDER BY number DESC LIMIT ?1")?
                .query_and_then([limit], |row| {
                    Ok(serde_json::from_str(&get::<String>(row, "body")?)?)
                })?
                .collect()
        })
    }
}

fn closed(conn: &Connection) -> Result<Closed, Fault> {
    let found = conn
        .prepare_cached(
            "SELECT number, at, last_receipt, last_journal, last_cash FROM z_reports
             ORDER BY number DESC LIMIT 1",
        )?
        .query_row([], |row| {
            Ok(Closed {
                number: row.get(0)?,
                at: Some(row.get(1)?),
                receipt: row.get(2)?,
                journal: row.get(3)?,
                cash: row.get(4)?,
            })
        })
        .optional()?;
    Ok(found.unwrap_or_default())
}

fn compute(conn: &Connection, currency: Currency, (actor, now): By<'_>) -> Result<DayReport, Fault> {
    let closed = closed(conn)?;
    let sums = Sums {
        conn,
        closed,
        currency,
    };
    let sales = sums.receipts("kind = 'sale'")?;
    let refunds = sums.receipts("kind = 'refund' AND void = 0")?;
    let voided_sales = sums.receipts("kind = 'refund' AND void = 1")?;
    let given_back = Tally {
        count: refunds.count + voided_sales.count,
        amount: refunds.amount.checked_add(voided_sales.amount)?,
    };
    let net = sales.amount.checked_sub(given_back.amount)?;
    let before = grand_before(conn, &closed, currency)?;
    let grand = GrandTotals {
        sales: plus(before.sales, sales)?,
        given_back: plus(before.given_back, given_back)?,
        net: before.net.checked_add(net)?,
    };
    Ok(DayReport {
        z_number: None,
        at: now,
        actor: actor.to_owned(),
        currency,
        since: closed.at.map(Timestamp),
        receipts: sums.first_and_last()?,
        sales,
        refunds,
        voided_sales,
        net,
        taxes: sums.taxes()?,
        methods: sums.methods()?,
        voided_lines: sums.journal("line_voided")?,
        voided_baskets: sums.journal("basket_voided")?,
        cash: sums.cash()?,
        other_currencies: sums.other_currencies()?,
        grand,
    })
}

fn plus(a: Tally, b: Tally) -> Result<Tally, Fault> {
    Ok(Tally {
        count: a.count + b.count,
        amount: a.amount.checked_add(b.amount)?,
    })
}

/// The totals up to the day before. A shop that changed its currency begins at zero in the new one.
fn grand_before(conn: &Connection, closed: &Closed, currency: Currency) -> Result<GrandTotals, Fault> {
    let mut query = conn.prepare_cached(
        "SELECT body FROM z_reports WHERE number <= ?1 AND json_extract(body, '$.currency') = ?2
         ORDER BY number DESC LIMIT 1",
    )?;
    let body: Option<String> = query
        .query_row(params![closed.number, currency.code()], |row| row.get(0))
        .optional()?;
    let nothing = Tally {
        count: 0,
        amount: Money::zero(currency),
    };
    match body {
        Some(body) => Ok(serde_json::from_str::<DayReport>(&body)?.grand),
        None => Ok(GrandTotals {
            sales: nothing,
            given_back: nothing,
            net: Money::zero(currency),
        }),
    }
}

/// Sums over what came after the day before.
struct Sums<'a> {
    conn: &'a Connection,
    closed: Closed,
    currency: Currency,
}

impl Sums<'_> {
    fn tally(&self, row: &Row<'_>, count: &str, amount: &str) -> Result<Tally, Fault> {
        Ok(Tally {
            count: small(row, count)?,
            amount: money(row, amount, self.currency)?,
        })
    }

    fn receipts(&self, which: &str) -> Result<Tally, Fault> {
        let sql = format!(
            "SELECT count(*) AS count, coalesce(sum(total_minor), 0) AS amount
             FROM sales LEFT JOIN refunds USING (receipt_number)
             WHERE receipt_number > ?1 AND currency = ?2 AND {which}"
        );
        self.conn
            .prepare_cached(&sql)?
            .query_and_then(params![self.closed.receipt, self.currency.code()], |row| {
                self.tally(row, "count", "amount")
            })?
            .next()
            .unwrap_or_else(|| Err(Fault::row("no sums")))
    }

    fn first_and_last(&self) -> Result<Option<(u64, u64)>, Fault> {
        let sql = "SELECT min(receipt_number), max(receipt_number) FROM sales WHERE receipt_number > ?1";
        let ends: (Option<i64>, Option<i64>) = self
            .conn
            .prepare_cached(sql)?
            .query_row([self.closed.receipt], |row| Ok((row.get(0)?, row.get(1)?)))?;
        match ends {
            (Some(first), Some(last)) => Ok(Some((u64::try_from(first)?, u64::try_from(last)?))),
            (Some(_) | None, _) => Ok(None),
        }
    }

    fn taxes(&self) -> Result<Vec<TaxGroup>, Fault> {
        let mut query = self.conn.prepare_cached(
            "SELECT tax_id, tax_bp,
                    sum(CASE kind WHEN 'sale' THEN net_minor ELSE -net_minor END) AS net,
                    sum(CASE kind WHEN 'sale' THEN sale_taxes.tax_minor ELSE -sale_taxes.tax_minor END) AS tax,
                    sum(CASE kind WHEN 'sale' THEN gross_minor ELSE -gross_minor END) AS gross
             FROM sales JOIN sale_taxes USING (receipt_number)
             WHERE receipt_number > ?1 AND currency = ?2
             GROUP BY tax_bp, tax_id ORDER BY tax_bp DESC, tax_id",
        )?;
        query
            .query_and_then(params![self.closed.receipt, self.currency.code()], |row| {
                let rate: TaxRate = tax(row)?;
                Ok(TaxGroup {
                    rate,
                    net: money(row, "net", self.currency)?,
                    tax: money(row, "tax", self.currency)?,
                    gross: money(row, "gross", self.currency)?,
                })
            })?
            .collect()
    }

    fn methods(&self) -> Result<Vec<MethodTally>, Fault> {
        let mut query = self.conn.prepare_cached(
            "SELECT method,
                    sum(kind = 'sale') AS taken, sum(CASE kind WHEN 'sale' THEN amount_minor ELSE 0 END) AS into_it,
                    sum(kind = 'refund') AS given,
                    sum(CASE kind WHEN 'refund' THEN amount_minor ELSE 0 END) AS out_of_it
             FROM sales JOIN tenders USING (receipt_number)
             WHERE receipt_number > ?1 AND currency = ?2 GROUP BY method ORDER BY method",
        )?;
        query
            .query_and_then(params![self.closed.receipt, self.currency.code()], |row| {
                let code: String = get(row, "method")?;
                let method = PaymentMethod::from_code(&code);
                Ok(MethodTally {
                    method: method.ok_or_else(|| Fault::row(format!("method {code}")))?,
                    taken: self.tally(row, "taken", "into_it")?,
                    given_back: self.tally(row, "given", "out_of_it")?,
                })
            })?
            .collect()
    }

    fn journal(&self, kind: &str) -> Result<Tally, Fault> {
        self.conn
            .prepare_cached(
                "SELECT count(*) AS count, coalesce(sum(amount_minor), 0) AS amount
                 FROM journal NOT INDEXED WHERE seq > ?1 AND kind = ?2
                   AND coalesce(json_extract(body, '$.amount.currency'), json_extract(body, '$.total.currency')) = ?3",
            )?
            .query_and_then(params![self.closed.journal, kind, self.currency.code()], |row| {
                self.tally(row, "count", "amount")
            })?
            .next()
            .unwrap_or_else(|| Err(Fault::row("no sums")))
    }

    /// The newest count, as it was made.
    fn cash(&self) -> Result<Option<CashUp>, Fault> {
        let found: Option<String> = self
            .conn
            .prepare_cached(
                "SELECT up FROM cash_entries
                 WHERE id > ?1 AND kind = 'count' AND currency = ?2 ORDER BY id DESC LIMIT 1",
            )?
            .query_row(params![self.closed.cash, self.currency.code()], |row| row.get(0))
            .optional()?;
        Ok(found.map(|up| serde_json::from_str(&up)).transpose()?)
    }

    fn other_currencies(&self) -> Result<u64, Fault> {
        let count: i64 = self
            .conn
            .prepare_cached("SELECT count(*) FROM sales WHERE receipt_number > ?1 AND currency <> ?2")?
            .query_row(params![self.closed.receipt, self.currency.code()], |row| {
                row.get(0)
            })?;
        Ok(u64::try_from(count)?)
    }
}

fn note(conn: &Connection, report: &DayReport, action: &str, by: By<'_>) -> Result<(), Fault> {
    let number = report
        .z_number
        .map_or_else(String::new, |number| number.to_string());
    let change = Change {
        action,
        subject: &number,
        detail: &format!("{} receipts, net {}", report.sales.count, report.net),
        after: Some(&report.grand.net.to_string()),
        ..Change::default()
    };
    record_change(conn, by, &change)
}

/// The body of the journal record that seals a Z report.
#[derive(Serialize, Deserialize)]
struct Seal {
    kind: String,
    number: i64,
    last_receipt: i64,
    last_journal: i64,
    last_cash: i64,
    digest: String,
}

/// The seal of a Z report from its row.
fn seal(conn: &Connection, number: i64) -> Result<Option<String>, Fault> {
    let found: Option<(i64, i64, i64, String)> = conn
        .prepare_cached(
            "SELECT last_receipt, last_journal, last_cash, body FROM z_reports WHERE number = ?1",
        )?
        .query_row([number], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let Some((last_receipt, last_journal, last_cash, body)) = found else {
        return Ok(None);
    };
    let digest = hex(&Sha256::digest(body.as_bytes()));
    let kind = Z_REPORT.to_owned();
    Ok(Some(serde_json::to_string(&Seal {
        kind,
        number,
        last_receipt,
        last_journal,
        last_cash,
        digest,
    })?))
}

/// Why the Z report that a record seals does not read as it did.
pub(super) fn unsealed(conn: &Connection, body: &str) -> Result<Option<String>, Fault> {
    let sealed: Seal = serde_json::from_str(body)?;
    let number = sealed.number;
    Ok(match seal(conn, number)? {
        None => Some(format!("Z report {number} is gone")),
        Some(seal) if seal == body => None,
        Some(_) => Some(format!("Z report {number} was changed after it was written")),
    })
}
