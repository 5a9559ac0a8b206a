//! Products, and the classes of the detector that stand for them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, named_params, params};

use crate::domain::catalog::{Catalog, CatalogError};
use crate::domain::codes::{Barcode, Plu, Sku};
use crate::domain::product::Product;
use crate::domain::repricing::PriceChange;
use crate::domain::time::Timestamp;
use crate::geom::ClassId;
use crate::store::Store;
use crate::store::audit::{By, Change, record_change};
use crate::store::edits;
use crate::store::error::{Fault, StoreError};
pub use crate::store::prices::PriceEntry;
use crate::store::prices::write_price;
use crate::store::rows::{currency, get, money, sku, small, small_or_none, tax, unit};

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// Products that are new.
    pub added: usize,
    /// Products that were changed, in price or otherwise.
    pub changed: usize,
    /// Products that were as the file says.
    pub unchanged: usize,
    /// New entries in the price history.
    pub prices: usize,
}

/// What an import would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportPreview {
    /// Products that would be new.
    pub added: Vec<Product>,
    /// Products that would be changed: as they are, and as they would be.
    pub changed: Vec<(Product, Product)>,
    /// Products that are as the file says.
    pub unchanged: usize,
    /// The prices among the changes.
    pub prices: Vec<PriceChange>,
}

/// A class of the detector and the product it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassLink {
    /// Number of the class, for ever.
    pub class: ClassId,
    /// Name of the class.
    pub name: String,
    /// The product, when one is linked.
    pub sku: Option<Sku>,
}

impl Store {
    /// All products with the prices that hold at `at`.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn catalog(&self, at: Timestamp) -> Result<Catalog, StoreError> {
        let products = self.read("reading the catalog", |conn| read_products(conn, at))?;
        Ok(Catalog::new(products)?)
    }

    /// Adds or changes one product; a new price goes to the history from `now` on.
    ///
    /// # Errors
    /// A code that another product has, a negative price, or any other [`StoreError`].
    pub fn put_product(
        &self,
        product: &Product,
        actor: &str,
        now: Timestamp,
    ) -> Result<ImportSummary, StoreError> {
        self.import_products(std::slice::from_ref(product), actor, now)
    }

    /// Adds or changes many products, all of them or none. Products that are not among them stay.
    ///
    /// # Errors
    /// A code that two products have, a negative price, or any other [`StoreError`].
    pub fn import_products(
        &self,
        products: &[Product],
        actor: &str,
        now: Timestamp,
    ) -> Result<ImportSummary, StoreError> {
        self.write("saving the catalog", |tx| {
            let what = if products.len() == 1 { "product" } else { "import" };
            let applied = apply(tx, products, ("", (actor, now)))?;
            edits::remember(tx, what, &applied.changed, (actor, now))?;
            Ok(applied.summary)
        })
    }

    /// The products that a shop begins with. Unlike an import this is no edit: nobody undoes it by chance.
    ///
    /// # Errors
    /// As [`Store::import_products`].
    pub fn begin_catalog(&self, products: &[Product], by: By<'_>) -> Result<(), StoreError> {
        self.write("saving the first catalog", |tx| {
            apply(tx, products, ("", by))?;
            Ok(())
        })
    }

    /// What an import would do, without doing it.
    ///
    /// # Errors
    /// What [`Store::import_products`] would say, or any other [`StoreError`].
    pub fn preview_import(&self, products: &[Product], at: Timestamp) -> Result<ImportPreview, StoreError> {
        self.try_out("looking at the import", |tx| {
            let applied = apply(tx, products, ("", ("preview", at)))?;
            let mut preview = ImportPreview {
                unchanged: applied.summary.unchanged,
                ..ImportPreview::default()
            };
            for (before, after) in applied.changed {
                match before {
                    None => preview.added.push(after),
                    Some(before) => {
                        if before.price != after.price {
                            preview.prices.push(PriceChange {
                                sku: after.sku.clone(),
                                name: after.name.clone(),
                                before: before.price,
                                after: after.price,
                            });
                        }
                        preview.changed.push((before, after));
                    }
                }
            }
            Ok(preview)
        })
    }

    /// The number of a class of the detector; a new name gets the next one, an old one keeps its own.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn ensure_class(&self, name: &str) -> Result<ClassId, StoreError> {
        self.write("saving a class", |tx| class_id(tx, name))
    }

    /// All classes with the products they stand for, by number.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn classes(&self) -> Result<Vec<ClassLink>, StoreError> {
        self.read("reading the classes", |conn| {
            let mut query = conn.prepare_cached(
                "SELECT classes.class_id, name, sku FROM classes
                 LEFT JOIN class_sku USING (class_id) ORDER BY classes.class_id",
            )?;
            query
                .query_and_then([], |row| {
                    let linked: Option<String> = get(row, "sku")?;
                    Ok(ClassLink {
                        class: ClassId(small(row, "class_id")?),
                        name: get(row, "name")?,
                        sku: linked
                            .map(|text| Sku::new(&text).map_err(Fault::row))
                            .transpose()?,
                    })
                })?
                .collect()
        })
    }
}

impl ImportSummary {
    fn count(&mut self, old: Option<&Product>, new: &Product) {
        match old {
            None => self.added += 1,
            Some(old) if old == new => self.unchanged += 1,
            Some(_) => self.changed += 1,
        }
        if old.is_none_or(|old| old.price != new.price) {
            self.prices += 1;
        }
    }
}

/// What was written for a set of products.
pub(super) struct Applied {
    pub(super) summary: ImportSummary,
    /// What was there and what is there now, for each product that was changed.
    pub(super) changed: Vec<(Option<Product>, Product)>,
}

/// Writes products in place of what was there, with a row of the audit for each change.
pub(super) fn apply(
    tx: &Transaction<'_>,
    products: &[Product],
    (reason, by): (&str, By<'_>),
) -> Result<Applied, Fault> {
    // Among themselves they must be a catalog; against the others only their codes can collide.
    Catalog::new(products.to_vec()).map_err(StoreError::from)?;
    let mut old = Vec::with_capacity(products.len());
    for product in products {
        old.push(read_product(tx, &product.sku, by.1)?);
    }
    // Without the old rows in the way, codes may also be swapped between products.
    for product in products {
        release_codes(tx, &product.sku)?;
    }
    let incoming: BTreeSet<&Sku> = products.iter().map(|product| &product.sku).collect();
    let mut applied = Applied {
        summary: ImportSummary::default(),
        changed: Vec::new(),
    };
    for (product, old) in products.iter().zip(old) {
        no_other_has_its_codes(tx, product, &incoming)?;
        applied.summary.count(old.as_ref(), product);
        write_product(tx, product, old.as_ref(), by.1)?;
        if old.as_ref() == Some(product) {
            continue;
        }
        let before = old.as_ref().map(serde_json::to_string).transpose()?;
        let change = Change {
            action: "product",
            subject: product.sku.as_str(),
            detail: &difference(old.as_ref(), product),
            before: before.as_deref(),
            after: Some(&serde_json::to_string(product)?),
            reason: Some(reason).filter(|reason| !reason.is_empty()),
        };
        record_change(tx, by, &change)?;
        applied.changed.push((old, product.clone()));
    }
    Ok(applied)
}

/// A code that is on sale belongs to one product.
fn no_other_has_its_codes(
    tx: &Transaction<'_>,
    product: &Product,
    incoming: &BTreeSet<&Sku>,
) -> Result<(), Fault> {
    if !product.active {
        return Ok(());
    }
    let mut codes: Vec<(&'static str, String, &str)> = Vec::new();
    codes.extend(product.plu.map(|plu| {
        let sql = "SELECT sku FROM products WHERE plu = CAST(?1 AS INTEGER) AND active = 1";
        ("PLU", plu.to_string(), sql)
    }));
    codes.extend(product.barcodes.iter().map(|barcode| {
        let sql = "SELECT sku FROM barcodes JOIN products USING (sku) WHERE barcode = ?1 AND active = 1";
        ("barcode", barcode.to_string(), sql)
    }));
    codes.extend(product.class.iter().map(|class| {
        let sql = "SELECT sku FROM classes JOIN class_sku USING (class_id) JOIN products USING (sku)
                   WHERE classes.name = ?1 AND active = 1";
        ("class", class.clone(), sql)
    }));
    for (what, code, sql) in codes {
        let mut query = tx.prepare_cached(sql)?;
        for holder in query.query_and_then([&code], |row| sku(row, "sku"))? {
            let first = holder?;
            if first != product.sku && !incoming.contains(&first) {
                let second = product.sku.clone();
                let twice = CatalogError::Duplicate {
                    what,
                    code,
                    first,
                    second,
                };
                return Err(StoreError::from(twice).into());
            }
        }
    }
    Ok(())
}

/// Products with the price that holds at `?1`; a price that was taken back does not.
const PRODUCTS: &str = "SELECT products.*, minor, currency, classes.name AS class
    FROM products
    JOIN prices ON prices.id = (
        SELECT id FROM prices AS newest
        WHERE newest.sku = products.sku AND newest.effective_from <= ?1
          AND NOT EXISTS (SELECT 1 FROM price_cancellations WHERE price_id = newest.id)
        ORDER BY effective_from DESC, id DESC LIMIT 1)
    LEFT JOIN class_sku ON class_sku.sku = products.sku
    LEFT JOIN classes USING (class_id)";

/// One product with the price that holds at `at`.
pub(super) fn read_product(conn: &Connection, sku: &Sku, at: Timestamp) -> Result<Option<Product>, Fault> {
    let mut barcodes = conn.prepare_cached("SELECT barcode FROM barcodes WHERE sku = ?1 ORDER BY rowid")?;
    let barcodes = barcodes
        .query_and_then([sku.as_str()], |row| {
            Barcode::parse(&get::<String>(row, "barcode")?).map_err(Fault::row)
        })?
        .collect::<Result<Vec<_>, Fault>>()?;
    let sql = format!("{PRODUCTS} WHERE products.sku = ?2");
    let mut query = conn.prepare_cached(&sql)?;
    query
        .query_and_then(params![at.0, sku.as_str()], |row| {
            product_of(row, barcodes.clone())
        })?
        .next()
        .transpose()
}

fn read_products(conn: &Connection, at: Timestamp) -> Result<Vec<Product>, Fault> {
    let mut barcodes = read_barcodes(conn)?;
    let sql = format!("{PRODUCTS} ORDER BY products.rowid");
    let mut query = conn.prepare_cached(&sql)?;
    query
        .query_and_then([at.0], |row| {
            let own = barcodes.remove(&sku(row, "sku")?).unwrap_or_default();
            product_of(row, own)
        })?
        .collect()
}

fn product_of(row: &Row<'_>, barcodes: Vec<Barcode>) -> Result<Product, Fault> {
    let names: BTreeMap<String, String> = serde_json::from_str(&get::<String>(row, "names")?)?;
    let plu = small_or_none(row, "plu")?
        .map(Plu::new)
        .transpose()
        .map_err(Fault::row)?;
    Ok(Product {
        name: get(row, "name")?,
        names,
        department: get(row, "department")?,
        unit: unit(row)?,
        price: money(row, "minor", currency(row)?)?,
        tax: tax(row)?,
        plu,
        barcodes,
        tare_grams: small(row, "tare_grams")?,
        age_limit: small_or_none(row, "age_limit")?,
        active: get(row, "active")?,
        class: get(row, "class")?,
        sku: sku(row, "sku")?,
    })
}

fn read_barcodes(conn: &Connection) -> Result<HashMap<Sku, Vec<Barcode>>, Fault> {
    let mut query = conn.prepare_cached("SELECT sku, barcode FROM barcodes ORDER BY rowid")?;
    let mut found: HashMap<Sku, Vec<Barcode>> = HashMap::new();
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let barcode = Barcode::parse(&get::<String>(row, "barcode")?).map_err(Fault::row)?;
        found.entry(sku(row, "sku")?).or_default().push(barcode);
    }
    Ok(found)
}

fn release_codes(tx: &Transaction<'_>, sku: &Sku) -> Result<(), Fault> {
    for sql in [
        "DELETE FROM barcodes WHERE sku = ?1",
        "DELETE FROM class_sku WHERE sku = ?1",
    ] {
        tx.prepare_cached(sql)?.execute([sku.as_str()])?;
    }
    Ok(())
}

fn write_product(
    tx: &Transaction<'_>,
    product: &Product,
    old: Option<&Product>,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.prepare_cached(
        "INSERT INTO products (sku, name, names, department, unit, tax_id, tax_bp, plu, tare_grams,
                               age_limit, active, changed_at)
         VALUES (:sku, :name, :names, :department, :unit, :tax_id, :tax_bp, :plu, :tare, :age, :active, :now)
         ON CONFLICT (sku) DO UPDATE SET
             name = excluded.name, names = excluded.names, department = excluded.department,
             unit = excluded.unit, tax_id = excluded.tax_id, tax_bp = excluded.tax_bp,
             plu = excluded.plu, tare_grams = excluded.tare_grams, age_limit = excluded.age_limit,
             active = excluded.active, changed_at = excluded.changed_at",
    )?
    .execute(named_params! {
        ":sku": product.sku.as_str(),
        ":name": product.name,
        ":names": serde_json::to_string(&product.names)?,
        ":department": product.department,
        ":unit": product.unit.code(),
        ":tax_id": product.tax.id(),
        ":tax_bp": product.tax.basis_points(),
        ":plu": product.plu.map(Plu::number),
        ":tare": product.tare_grams,
        ":age": product.age_limit,
        ":active": product.active,
        ":now": now.0,
    })?;
    // A barcode or class may still belong to a product that is off sale: the one on sale takes it over.
    for barcode in &product.barcodes {
        tx.prepare_cached("INSERT OR REPLACE INTO barcodes (barcode, sku) VALUES (?1, ?2)")?
            .execute(params![barcode.to_string(), product.sku.as_str()])?;
    }
    if let Some(class) = &product.class {
        let id = class_id(tx, class)?;
        tx.prepare_cached("INSERT OR REPLACE INTO class_sku (class_id, sku) VALUES (?1, ?2)")?
            .execute(params![id.0, product.sku.as_str()])?;
    }
    if old.is_none_or(|old| old.price != product.price) {
        write_price(tx, &product.sku, product.price, now, now)?;
    }
    Ok(())
}

pub(super) fn class_id(tx: &Transaction<'_>, name: &str) -> Result<ClassId, Fault> {
    let known: Option<i64> = tx
        .prepare_cached("SELECT class_id FROM classes WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    let id = match known {
        Some(id) => id,
        None => {
            tx.prepare_cached("INSERT INTO classes (name) VALUES (?1)")?
                .execute([name])?;
            tx.last_insert_rowid()
        }
    };
    Ok(ClassId(u16::try_from(id)?))
}

pub(super) fn exists(conn: &Connection, sku: &Sku) -> Result<bool, Fault> {
    let found = conn
        .prepare_cached("SELECT count(*) FROM products WHERE sku = ?1")?
        .query_row([sku.as_str()], |row| row.get::<_, i64>(0))?;
    Ok(found > 0)
}

/// What an audit row says about a change.
fn difference(old: Option<&Product>, new: &Product) -> String {
    let Some(old) = old else {
        return format!("added at {}", new.price);
    };
    let mut parts = Vec::new();
    if old.price != new.price {
        parts.push(format!("price {} to {}", old.price, new.price));
    }
    if old.name != new.name {
        parts.push(format!("name {} to {}", old.name, new.name));
    }
    if old.active != new.active {
        parts.push(if new.active {
            "on sale".to_owned()
        } else {
            "off sale".to_owned()
        });
    }
    if parts.is_empty() {
        "details changed".to_owned()
    } else {
        parts.join(", ")
    }
}
