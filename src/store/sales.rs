//! Writing a sale down, once, and reading it back.

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, named_params, params};

use crate::domain::line::{Line, LineId, Origin, TrackKey};
use crate::domain::money::{Currency, Money};
use crate::domain::quantity::{Quantity, Unit};
use crate::domain::sale::{PaymentMethod, Sale, SaleKey, Tender};
use crate::domain::tax::{TaxGroup, Totals};
use crate::domain::time::Timestamp;
use crate::store::error::{Fault, StoreError};
use crate::store::journal::{Record, append};
use crate::store::rows::{
    currency, get, money, price_mode, price_mode_code, signed, sku, small, small_or_none, tax, time, unit,
};
use crate::store::{Store, digest, saved};

/// The kind of the journal record that seals a sale.
pub(super) const SALE_COMMITTED: &str = "sale_committed";

/// One row of the list of sales.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaleSummary {
    /// Number of the receipt.
    pub receipt_number: u64,
    /// Key of the sale.
    pub key: SaleKey,
    /// When it was paid.
    pub completed_at: Timestamp,
    /// How many lines were sold.
    pub lines: u64,
    /// What was paid.
    pub total: Money,
}

impl Store {
    /// Writes a sale down under its key and gives back its receipt number; what was saved of its basket
    /// is forgotten in the same step. The same sale again gives the same number and writes nothing.
    ///
    /// # Errors
    /// [`StoreError::KeyReused`] for another sale under a known key, [`StoreError::Unbalanced`] when the
    /// payments are not the total, or any other [`StoreError`].
    pub fn commit_sale(&self, sale: &Sale) -> Result<u64, StoreError> {
        self.commit_sale_seen_by(sale, None)
    }

    /// Writes a sale down as [`Store::commit_sale`] does, with the name of the model that saw what was sold.
    ///
    /// # Errors
    /// As [`Store::commit_sale`].
    pub fn commit_sale_seen_by(&self, sale: &Sale, model: Option<&str>) -> Result<u64, StoreError> {
        self.write("writing the sale down", |tx| {
            let paid = sale
                .tenders
                .iter()
                .try_fold(Money::zero(sale.currency), |sum, tender| {
                    sum.checked_add(tender.amount)
                });
            if paid != Ok(sale.totals.total) {
                return Err(StoreError::Unbalanced { key: sale.key }.into());
            }
            let number = write_down(tx, sale, model)?;
            saved::forget(tx, sale.key)?;
            Ok(number)
        })
    }

    /// The sale on a receipt.
    ///
    /// # Errors
    /// [`StoreError::UnknownReceipt`], or any other [`StoreError`].
    pub fn sale(&self, receipt_number: u64) -> Result<Sale, StoreError> {
        self.read("reading a sale", |conn| {
            read_sale(conn, signed(receipt_number)?)?.ok_or_else(|| {
                StoreError::UnknownReceipt {
                    number: receipt_number,
                }
                .into()
            })
        })
    }

    /// The newest sales first, `limit` at most, paid in `from` to before `to`.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn sales(&self, from: Timestamp, to: Timestamp, limit: u32) -> Result<Vec<SaleSummary>, StoreError> {
        self.read("listing sales", |conn| {
            let mut query = conn.prepare_cached(
                "SELECT receipt_number, sale_key, completed_at, currency, total_minor,
                        (SELECT count(*) FROM sale_lines AS l
                         WHERE l.receipt_number = sales.receipt_number AND voided = 0) AS lines
                 FROM sales WHERE completed_at >= ?1 AND completed_at < ?2
                 ORDER BY receipt_number DESC LIMIT ?3",
            )?;
            query
                .query_and_then(params![from.0, to.0, limit], |row| {
                    Ok(SaleSummary {
                        receipt_number: small(row, "receipt_number")?,
                        key: sale_key(row)?,
                        completed_at: time(row, "completed_at")?,
                        lines: small(row, "lines")?,
                        total: money(row, "total_minor", currency(row)?)?,
                    })
                })?
                .collect()
        })
    }
}

/// Writes a sale with its journal record, unless it is written already, and gives back the number of its
/// receipt.
pub(super) fn write_down(tx: &Transaction<'_>, sale: &Sale, model: Option<&str>) -> Result<u64, Fault> {
    let digest = digest::of_sale(sale);
    match known(tx, sale.key)? {
        Some((number, written)) if written == digest => Ok(number),
        Some(_) => Err(StoreError::KeyReused { key: sale.key }.into()),
        None => {
            let receipt = insert_rows(tx, sale, (&digest, "sale", model))?;
            let number = u64::try_from(receipt)?;
            let record = Record {
                at: sale.completed_at,
                kind: SALE_COMMITTED.to_owned(),
                sale_key: Some(sale.key.to_string()),
                amount_minor: Some(sale.totals.total.minor()),
                body: seal(sale, number, (&digest, model))?,
            };
            append(tx, &record)?;
            Ok(number)
        }
    }
}

/// The body of the journal record that seals a sale. A struct, because its fields keep their order whatever
/// features the JSON library is built with.
#[derive(serde::Serialize)]
struct Seal<'a> {
    kind: &'a str,
    key: SaleKey,
    receipt_number: u64,
    total: Money,
    digest: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a str>,
}

/// The body of the journal record that seals a sale.
pub(super) fn seal(
    sale: &Sale,
    receipt_number: u64,
    (digest, model): (&str, Option<&str>),
) -> Result<String, Fault> {
    let (key, total) = (sale.key, sale.totals.total);
    Ok(serde_json::to_string(&Seal {
        kind: SALE_COMMITTED,
        key,
        receipt_number,
        total,
        digest,
        model,
    })?)
}

/// The receipt and digest that a key stands for.
pub(super) fn known(conn: &Connection, key: SaleKey) -> Result<Option<(u64, String)>, Fault> {
    let found: Option<(i64, String)> = conn
        .prepare_cached("SELECT receipt_number, digest FROM sales WHERE sale_key = ?1")?
        .query_row([key.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    found
        .map(|(number, digest)| Ok((u64::try_from(number)?, digest)))
        .transpose()
}

/// Writes the rows of a sale or a refund, and gives back the number of the receipt.
pub(super) fn insert_rows(
    tx: &Transaction<'_>,
    sale: &Sale,
    (digest, kind, model): (&str, &str, Option<&str>),
) -> Result<i64, Fault> {
    tx.prepare_cached(
        "INSERT INTO sales (sale_key, started_at, completed_at, currency, price_mode, goods_minor,
                            tax_minor, total_minor, age_checked, digest, kind, model)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    )?
    .execute(params![
        sale.key.to_string(),
        sale.started_at.0,
        sale.completed_at.0,
        sale.currency.code(),
        price_mode_code(sale.price_mode),
        sale.totals.goods.minor(),
        sale.totals.tax.minor(),
        sale.totals.total.minor(),
        sale.age_checked,
        digest,
        kind,
        model,
    ])?;
    let receipt = tx.last_insert_rowid();
    for line in &sale.lines {
        insert_line(tx, receipt, line)?;
    }
    for (position, group) in (0_i64..).zip(&sale.totals.taxes) {
        tx.prepare_cached("INSERT INTO sale_taxes VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
            .execute(params![
                receipt,
                position,
                group.rate.id(),
                group.rate.basis_points(),
                group.net.minor(),
                group.tax.minor(),
                group.gross.minor(),
            ])?;
    }
    for (position, tender) in (0_i64..).zip(&sale.tenders) {
        tx.prepare_cached("INSERT INTO tenders VALUES (?1, ?2, ?3, ?4, ?5)")?
            .execute(params![
                receipt,
                position,
                tender.method.code(),
                tender.amount.minor(),
                tender.reference,
            ])?;
    }
    Ok(receipt)
}

fn insert_line(tx: &Transaction<'_>, receipt: i64, line: &Line) -> Result<(), Fault> {
    let quantity = match line.quantity {
        Quantity::Count(count) => count,
        Quantity::Weight { grams } => grams,
    };
    let id = signed(line.id.0)?;
    tx.prepare_cached(
        "INSERT INTO sale_lines (receipt_number, line_id, sku, name, unit, unit_price_minor, tax_id, tax_bp,
                                 age_limit, quantity, tare_grams, amount_minor, origin, origin_track,
                                 voided, changed_at)
         VALUES (:receipt, :line, :sku, :name, :unit, :unit_price, :tax_id, :tax_bp, :age, :quantity, :tare,
                 :amount, :origin, :track, :voided, :changed_at)",
    )?
    .execute(named_params! {
        ":receipt": receipt,
        ":line": id,
        ":sku": line.sku.as_str(),
        ":name": line.name,
        ":unit": line.unit.code(),
        ":unit_price": line.unit_price.minor(),
        ":tax_id": line.tax.id(),
        ":tax_bp": line.tax.basis_points(),
        ":age": line.age_limit,
        ":quantity": quantity,
        ":tare": line.tare_grams,
        ":amount": line.amount.minor(),
        ":origin": line.origin.code(),
        ":track": line.origin.track().map(|track| signed(track.0)).transpose()?,
        ":voided": line.voided,
        ":changed_at": line.changed_at.0,
    })?;
    for (position, track) in (0_i64..).zip(&line.tracks) {
        tx.prepare_cached(
            "INSERT INTO sale_tracks (receipt_number, track, line_id, position) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![receipt, signed(track.0)?, id, position])?;
    }
    Ok(())
}

/// Puts a sale together from its rows.
pub(super) fn read_sale(conn: &Connection, receipt: i64) -> Result<Option<Sale>, Fault> {
    let mut query = conn.prepare_cached("SELECT * FROM sales WHERE receipt_number = ?1")?;
    let mut rows = query.query([receipt])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let currency = currency(row)?;
    let totals = Totals {
        goods: money(row, "goods_minor", currency)?,
        taxes: read_taxes(conn, receipt, currency)?,
        tax: money(row, "tax_minor", currency)?,
        total: money(row, "total_minor", currency)?,
    };
    Ok(Some(Sale {
        key: sale_key(row)?,
        started_at: time(row, "started_at")?,
        completed_at: time(row, "completed_at")?,
        currency,
        price_mode: price_mode(row)?,
        lines: read_lines(conn, receipt, currency)?,
        totals,
        tenders: read_tenders(conn, receipt, currency)?,
        age_checked: small_or_none(row, "age_checked")?,
    }))
}

pub(super) fn sale_key(row: &Row<'_>) -> Result<SaleKey, Fault> {
    SaleKey::parse(&get::<String>(row, "sale_key")?).map_err(Fault::row)
}

fn read_lines(conn: &Connection, receipt: i64, currency: Currency) -> Result<Vec<Line>, Fault> {
    let mut query =
        conn.prepare_cached("SELECT * FROM sale_lines WHERE receipt_number = ?1 ORDER BY line_id")?;
    let lines = query.query_and_then([receipt], |row| {
        let unit = unit(row)?;
        let quantity = small(row, "quantity")?;
        let id: u64 = small(row, "line_id")?;
        Ok(Line {
            id: LineId(id),
            sku: sku(row, "sku")?,
            name: get(row, "name")?,
            unit,
            unit_price: money(row, "unit_price_minor", currency)?,
            tax: tax(row)?,
            age_limit: small_or_none(row, "age_limit")?,
            quantity: match unit {
                Unit::Each => Quantity::Count(quantity),
                Unit::Kilogram => Quantity::Weight { grams: quantity },
            },
            tare_grams: small(row, "tare_grams")?,
            amount: money(row, "amount_minor", currency)?,
            origin: origin(row)?,
            tracks: read_tracks(conn, receipt, signed(id)?)?,
            voided: get(row, "voided")?,
            changed_at: time(row, "changed_at")?,
        })
    })?;
    lines.collect()
}

fn origin(row: &Row<'_>) -> Result<Origin, Fault> {
    let code: String = get(row, "origin")?;
    match (code.as_str(), small_or_none(row, "origin_track")?) {
        ("camera", Some(track)) => Ok(Origin::Camera {
            track: TrackKey(track),
        }),
        ("search", None) => Ok(Origin::Search),
        ("plu", None) => Ok(Origin::Plu),
        ("barcode", None) => Ok(Origin::Barcode),
        (_, _) => Err(Fault::row(format!("origin {code}"))),
    }
}

fn read_tracks(conn: &Connection, receipt: i64, line: i64) -> Result<Vec<TrackKey>, Fault> {
    let mut query = conn.prepare_cached(
        "SELECT track FROM sale_tracks WHERE receipt_number = ?1 AND line_id = ?2 ORDER BY position",
    )?;
    query
        .query_and_then([receipt, line], |row| Ok(TrackKey(small(row, "track")?)))?
        .collect()
}

fn read_taxes(conn: &Connection, receipt: i64, currency: Currency) -> Result<Vec<TaxGroup>, Fault> {
    let mut query =
        conn.prepare_cached("SELECT * FROM sale_taxes WHERE receipt_number = ?1 ORDER BY position")?;
    query
        .query_and_then([receipt], |row| {
            Ok(TaxGroup {
                rate: tax(row)?,
                net: money(row, "net_minor", currency)?,
                tax: money(row, "tax_minor", currency)?,
                gross: money(row, "gross_minor", currency)?,
            })
        })?
        .collect()
}

fn read_tenders(conn: &Connection, receipt: i64, currency: Currency) -> Result<Vec<Tender>, Fault> {
    let mut query =
        conn.prepare_cached("SELECT * FROM tenders WHERE receipt_number = ?1 ORDER BY position")?;
    query
        .query_and_then([receipt], |row| {
            let code: String = get(row, "method")?;
            Ok(Tender {
                method: PaymentMethod::from_code(&code)
                    .ok_or_else(|| Fault::row(format!("method {code}")))?,
                amount: money(row, "amount_minor", currency)?,
                reference: get(row, "reference")?,
            })
        })?
        .collect()
}
