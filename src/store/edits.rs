//! Undoing and redoing the last edits of products and their prices.
//!
//! An edit that is undone is not forgotten: the products are written as they were, as another change with its
//! own rows in the audit and the price history. What somebody else has changed since is never overwritten.

use rusqlite::{Connection, Transaction, params};

use crate::domain::product::Product;
use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::audit::By;
use crate::store::error::{Fault, StoreError};
use crate::store::products::{apply, read_product};
use crate::store::rows::{get, small, time};

/// So many edits are kept.
const KEPT: i64 = 100;

/// An edit that can be undone or redone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductEdit {
    /// When it was made.
    pub at: Timestamp,
    /// By whom.
    pub actor: String,
    /// What it was: "product", "import", "price", "prices".
    pub what: String,
    /// How many products it changed.
    pub products: u64,
    /// The first of them.
    pub first_sku: String,
    /// Whether a product has another price after it than before: only who may set prices may turn it back.
    pub changes_prices: bool,
}

/// Before and after; nothing before is a product that was new.
type Changed = (Option<Product>, Product);

impl Store {
    /// The edit that [`Store::undo_products`] would undo.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn undoable(&self) -> Result<Option<ProductEdit>, StoreError> {
        self.read("reading the edits", |conn| describe(conn, newest_done(conn)?))
    }

    /// The edit that [`Store::redo_products`] would redo.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn redoable(&self) -> Result<Option<ProductEdit>, StoreError> {
        self.read("reading the edits", |conn| describe(conn, oldest_undone(conn)?))
    }

    /// Undoes the last edit: everything it changed is as it was before. A product that was new is taken off
    /// sale. None when there is nothing to undo.
    ///
    /// # Errors
    /// [`StoreError::EditConflict`] when a product was changed since, or any other [`StoreError`].
    pub fn undo_products(&self, by: By<'_>) -> Result<Option<ProductEdit>, StoreError> {
        self.write("undoing an edit", |tx| {
            let Some(edit) = newest_done(tx)? else {
                return Ok(None);
            };
            let (before, after) = sides(tx, edit)?;
            turn(tx, (&after, &before), "undo", by)?;
            tx.execute("UPDATE edits SET undone = 1 WHERE edit = ?1", [edit])?;
            describe(tx, Some(edit))
        })
    }

    /// Does again what was undone last. None when there is nothing to redo.
    ///
    /// # Errors
    /// [`StoreError::EditConflict`] when a product was changed since, or any other [`StoreError`].
    pub fn redo_products(&self, by: By<'_>) -> Result<Option<ProductEdit>, StoreError> {
        self.write("redoing an edit", |tx| {
            let Some(edit) = oldest_undone(tx)? else {
                return Ok(None);
            };
            let (before, after) = sides(tx, edit)?;
            turn(tx, (&before, &after), "redo", by)?;
            tx.execute("UPDATE edits SET undone = 0 WHERE edit = ?1", [edit])?;
            describe(tx, Some(edit))
        })
    }
}

/// Writes `target` where `expected` still stands.
fn turn(
    tx: &Transaction<'_>,
    (expected, target): (&[Product], &[Product]),
    reason: &str,
    by: By<'_>,
) -> Result<(), Fault> {
    for product in expected {
        if read_product(tx, &product.sku, by.1)?.as_ref() != Some(product) {
            return Err(StoreError::EditConflict {
                sku: product.sku.clone(),
            }
            .into());
        }
    }
    apply(tx, target, (reason, by))?;
    Ok(())
}

/// Keeps an edit; what was undone before can then no longer be redone.
pub(super) fn remember(
    tx: &Transaction<'_>,
    what: &str,
    changed: &[Changed],
    (actor, now): By<'_>,
) -> Result<(), Fault> {
    if changed.is_empty() {
        return Ok(());
    }
    tx.execute("DELETE FROM edits WHERE undone = 1", [])?;
    tx.execute(
        "INSERT INTO edits (at, actor, what) VALUES (?1, ?2, ?3)",
        params![now.0, actor, what],
    )?;
    let edit = tx.last_insert_rowid();
    for (position, (before, after)) in (0_i64..).zip(changed) {
        let before = before.as_ref().map(serde_json::to_string).transpose()?;
        tx.prepare_cached(
            "INSERT INTO product_edits (edit, position, before, after) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![edit, position, before, serde_json::to_string(after)?])?;
    }
    tx.execute("DELETE FROM edits WHERE edit <= ?1", [edit - KEPT])?;
    Ok(())
}

fn newest_done(conn: &Connection) -> Result<Option<i64>, Fault> {
    let sql = "SELECT max(edit) FROM edits WHERE undone = 0";
    Ok(conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

fn oldest_undone(conn: &Connection) -> Result<Option<i64>, Fault> {
    let sql = "SELECT min(edit) FROM edits WHERE undone = 1";
    Ok(conn.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}

/// The products of an edit before and after it; one that was new is off sale before.
fn sides(conn: &Connection, edit: i64) -> Result<(Vec<Product>, Vec<Product>), Fault> {
    let mut query =
        conn.prepare_cached("SELECT before, after FROM product_edits WHERE edit = ?1 ORDER BY position")?;
    let pairs = query.query_and_then([edit], |row| -> Result<_, Fault> {
        let after: Product = serde_json::from_str(&get::<String>(row, "after")?)?;
        let before = match get::<Option<String>>(row, "before")? {
            Some(text) => serde_json::from_str(&text)?,
            None => Product {
                active: false,
                ..after.clone()
            },
        };
        Ok((before, after))
    })?;
    pairs.collect()
}

fn describe(conn: &Connection, edit: Option<i64>) -> Result<Option<ProductEdit>, Fault> {
    let mut query = conn.prepare_cached(
        "SELECT at, actor, what, count(*) AS products,
                (SELECT json_extract(after, '$.sku') FROM product_edits AS first
                 WHERE first.edit = edits.edit ORDER BY position LIMIT 1) AS first_sku,
                max(before IS NOT NULL
                    AND json_extract(before, '$.price') IS NOT json_extract(after, '$.price')) AS changes_prices
         FROM edits JOIN product_edits USING (edit) WHERE edit = ?1 GROUP BY edit",
    )?;
    let mut found = query.query_and_then([edit], |row| {
        Ok(ProductEdit {
            at: time(row, "at")?,
            actor: get(row, "actor")?,
            what: get(row, "what")?,
            products: small(row, "products")?,
            first_sku: get(row, "first_sku")?,
            changes_prices: get(row, "changes_prices")?,
        })
    })?;
    found.next().transpose()
}
