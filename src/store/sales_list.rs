//! The list of sales: filtered, searched, page by page.

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use crate::domain::money::Money;
use crate::domain::sale::{PaymentMethod, SaleKey};
use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::error::{Fault, StoreError};
use crate::store::rows::{currency, get, money, signed, small, time};
use crate::store::sales::sale_key;

/// What a receipt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReceiptKind {
    /// Something was sold.
    Sale,
    /// Something was given back.
    Refund,
    /// A sale was taken back as a whole.
    Void,
}

/// Which receipts are listed; what is empty does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SalesFilter {
    /// From when on.
    pub from: Option<Timestamp>,
    /// Before when.
    pub to: Option<Timestamp>,
    /// At least this much, in minor units.
    pub least: Option<i64>,
    /// At most this much, in minor units.
    pub most: Option<i64>,
    /// Only these.
    pub kind: Option<ReceiptKind>,
    /// Only what was paid so.
    pub method: Option<PaymentMethod>,
    /// What was typed: the number of a receipt, or part of a product's name, a SKU or a reference.
    pub text: String,
    /// Only receipts with this product on them.
    pub sku: Option<String>,
    /// Only what this model saw.
    pub model: Option<String>,
}

/// One row of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleRow {
    /// Number of the receipt.
    pub receipt_number: u64,
    /// Key of the sale.
    pub key: SaleKey,
    /// What it is.
    pub kind: ReceiptKind,
    /// When it was paid.
    pub completed_at: Timestamp,
    /// How many lines were sold.
    pub lines: u64,
    /// What was paid, or given back.
    pub total: Money,
    /// How; none when nothing was due.
    pub method: Option<PaymentMethod>,
    /// How much of it was given back since.
    pub given_back: Money,
    /// The model that saw it.
    pub model: Option<String>,
}

impl Store {
    /// A page of the list, the newest first: `limit` receipts before number `before`, or from the newest on.
    /// The next page begins before the last number of this one.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn sales_page(
        &self,
        filter: &SalesFilter,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<SaleRow>, StoreError> {
        self.read("listing sales", |conn| {
            let mut wanted = conditions(filter);
            if let Some(before) = before {
                wanted.push(("sales.receipt_number < ?".to_owned(), vec![signed(before)?.into()]));
            }
            let sql = format!(
                "SELECT sales.receipt_number, sale_key, kind, void, completed_at, currency, total_minor, model,
                        (SELECT count(*) FROM sale_lines AS l
                         WHERE l.receipt_number = sales.receipt_number AND voided = 0) AS lines,
                        (SELECT method FROM tenders AS t
                         WHERE t.receipt_number = sales.receipt_number ORDER BY position LIMIT 1) AS method,
                        (SELECT coalesce(sum(g.total_minor), 0) FROM refunds AS r
                         JOIN sales AS g ON g.receipt_number = r.receipt_number
                         WHERE r.original = sales.receipt_number) AS given_back
                 FROM sales LEFT JOIN refunds ON refunds.receipt_number = sales.receipt_number
                 WHERE {} ORDER BY sales.receipt_number DESC LIMIT {limit}",
                joined(&wanted)
            );
            query(conn, &sql, wanted, of_row)
        })
    }

    /// How many receipts a filter lets through.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn sales_count(&self, filter: &SalesFilter) -> Result<u64, StoreError> {
        self.read("counting sales", |conn| {
            let wanted = conditions(filter);
            let sql = format!(
                "SELECT count(*) AS count
                 FROM sales LEFT JOIN refunds ON refunds.receipt_number = sales.receipt_number WHERE {}",
                joined(&wanted)
            );
            let mut counts: Vec<u64> = query(conn, &sql, wanted, |row| small(row, "count"))?;
            counts.pop().ok_or_else(|| Fault::row("no count"))
        })
    }
}

/// A condition and what stands for its question marks.
type Condition = (String, Vec<Value>);

fn joined(wanted: &[Condition]) -> String {
    let conditions: Vec<&str> = wanted.iter().map(|(condition, _)| condition.as_str()).collect();
    if conditions.is_empty() {
        "1".to_owned()
    } else {
        conditions.join(" AND ")
    }
}

fn query<T>(
    conn: &Connection,
    sql: &str,
    wanted: Vec<Condition>,
    of_row: impl FnMut(&Row<'_>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let values = wanted.into_iter().flat_map(|(_, values)| values);
    conn.prepare_cached(sql)?
        .query_and_then(params_from_iter(values), of_row)?
        .collect()
}

fn conditions(filter: &SalesFilter) -> Vec<Condition> {
    let mut wanted: Vec<Condition> = Vec::new();
    for (condition, number) in [
        ("completed_at >= ?", filter.from.map(|from| from.0)),
        ("completed_at < ?", filter.to.map(|to| to.0)),
        ("total_minor >= ?", filter.least),
        ("total_minor <= ?", filter.most),
    ] {
        wanted.extend(number.map(|number| (condition.to_owned(), vec![number.into()])));
    }
    wanted.extend(filter.kind.map(|kind| {
        let condition = match kind {
            ReceiptKind::Sale => "kind = 'sale'",
            ReceiptKind::Refund => "kind = 'refund' AND void = 0",
            ReceiptKind::Void => "kind = 'refund' AND void = 1",
        };
        (condition.to_owned(), Vec::new())
    }));
    wanted.extend(filter.method.map(|method| {
        let condition = "EXISTS (SELECT 1 FROM tenders AS t
                         WHERE t.receipt_number = sales.receipt_number AND method = ?)";
        (condition.to_owned(), vec![method.code().to_owned().into()])
    }));
    wanted.extend(filter.sku.clone().map(|sku| {
        let condition =
            "sales.receipt_number IN (SELECT receipt_number FROM sale_lines WHERE sku = ? AND voided = 0)";
        (condition.to_owned(), vec![sku.into()])
    }));
    wanted.extend(
        filter
            .model
            .clone()
            .map(|model| ("model = ?".to_owned(), vec![model.into()])),
    );
    wanted.extend(typed(filter.text.trim()));
    wanted
}

/// What was typed into the search.
fn typed(text: &str) -> Option<Condition> {
    if text.is_empty() {
        return None;
    }
    if let Ok(number) = text.trim_start_matches('#').parse::<i64>() {
        let condition = "(sales.receipt_number = ? OR EXISTS (SELECT 1 FROM tenders AS t
                          WHERE t.receipt_number = sales.receipt_number AND instr(reference, ?) > 0))";
        return Some((condition.to_owned(), vec![number.into(), text.to_owned().into()]));
    }
    let part = text.to_lowercase();
    let condition = "(EXISTS (SELECT 1 FROM sale_lines AS l WHERE l.receipt_number = sales.receipt_number
                              AND voided = 0 AND (instr(lower(name), ?) > 0 OR instr(lower(sku), ?) > 0))
                      OR EXISTS (SELECT 1 FROM tenders AS t
                                 WHERE t.receipt_number = sales.receipt_number AND instr(lower(reference), ?) > 0))";
    Some((
        condition.to_owned(),
        vec![part.clone().into(), part.clone().into(), part.into()],
    ))
}

fn of_row(row: &Row<'_>) -> Result<SaleRow, Fault> {
    let currency = currency(row)?;
    let kind: String = get(row, "kind")?;
    let void: Option<bool> = get(row, "void")?;
    let method: Option<String> = get(row, "method")?;
    Ok(SaleRow {
        receipt_number: small(row, "receipt_number")?,
        key: sale_key(row)?,
        kind: match (kind.as_str(), void) {
            ("sale", _) => ReceiptKind::Sale,
            (_, Some(true)) => ReceiptKind::Void,
            (_, Some(false) | None) => ReceiptKind::Refund,
        },
        completed_at: time(row, "completed_at")?,
        lines: small(row, "lines")?,
        total: money(row, "total_minor", currency)?,
        method: method.and_then(|code| PaymentMethod::from_code(&code)),
        given_back: money(row, "given_back", currency)?,
        model: get(row, "model")?,
    })
}
