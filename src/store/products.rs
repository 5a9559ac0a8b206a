//! Products, their prices over time, and the classes of the detector that stand for them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rusqlite::{Connection, OptionalExtension as _, Transaction, named_params, params};

use crate::domain::catalog::Catalog;
use crate::domain::codes::{Barcode, Plu, Sku};
use crate::domain::money::Money;
use crate::domain::product::Product;
use crate::domain::time::Timestamp;
use crate::geom::ClassId;
use crate::store::error::{Fault, StoreError};
use crate::store::rows::{currency, get, money, sku, small, small_or_none, tax, time, unit};
use crate::store::{Store, audit};

/// A price and the time from which it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceEntry {
    /// From when on.
    pub effective_from: Timestamp,
    /// The price.
    pub price: Money,
    /// When it was entered.
    pub recorded_at: Timestamp,
}

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
            let before = read_products(tx, now)?;
            let merged = merge(&before, products);
            // The checks of the catalog hold for what will be there, not for the file alone; without
            // the old rows in the way, codes may also be swapped between products.
            Catalog::new(merged).map_err(StoreError::from)?;
            let known: HashMap<&Sku, &Product> = before.iter().map(|old| (&old.sku, old)).collect();
            for product in products {
                release_codes(tx, &product.sku)?;
            }
            let mut summary = ImportSummary::default();
            for product in products {
                let old = known.get(&product.sku).copied();
                summary.count(old, product);
                write_product(tx, product, old, now)?;
                if old != Some(product) {
                    audit::record(
                        tx,
                        (now, actor),
                        "product",
                        product.sku.as_str(),
                        &difference(old, product),
                    )?;
                }
            }
            Ok(summary)
        })
    }

    /// Enters a price that holds from `effective_from` on.
    ///
    /// # Errors
    /// No such product, a negative price, or any other [`StoreError`].
    pub fn set_price(
        &self,
        sku: &Sku,
        price: Money,
        effective_from: Timestamp,
        (actor, now): (&str, Timestamp),
    ) -> Result<(), StoreError> {
        self.write("saving a price", |tx| {
            if price.is_negative() {
                let sku = sku.clone();
                return Err(
                    StoreError::from(crate::domain::catalog::CatalogError::NegativePrice { sku }).into(),
                );
            }
            if !exists(tx, sku)? {
                return Err(StoreError::UnknownProduct { sku: sku.to_string() }.into());
            }
            write_price(tx, sku, price, effective_from, now)?;
            let detail = format!("price {price} from {}", effective_from.to_utc());
            audit::record(tx, (now, actor), "price", sku.as_str(), &detail)
        })
    }

    /// The price of a product at a time; none when it had none yet.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn price_at(&self, sku: &Sku, at: Timestamp) -> Result<Option<Money>, StoreError> {
        let history = self.price_history(sku)?;
        Ok(history
            .into_iter()
            .rfind(|entry| entry.effective_from <= at)
            .map(|entry| entry.price))
    }

    /// Every price a product had, has and will have, in the order in which they hold.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn price_history(&self, sku: &Sku) -> Result<Vec<PriceEntry>, StoreError> {
        self.read("reading prices", |conn| {
            let mut query = conn.prepare_cached(
                "SELECT minor, currency, effective_from, recorded_at FROM prices
                 WHERE sku = ?1 ORDER BY effective_from, id",
            )?;
            query
                .query_and_then([sku.as_str()], |row| {
                    Ok(PriceEntry {
                        effective_from: time(row, "effective_from")?,
                        price: money(row, "minor", currency(row)?)?,
                        recorded_at: time(row, "recorded_at")?,
                    })
                })?
                .collect()
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

/// What the catalog will be: old products in their places, replaced where there is a new one.
fn merge(before: &[Product], new: &[Product]) -> Vec<Product> {
    let incoming: BTreeSet<&Sku> = new.iter().map(|product| &product.sku).collect();
    let kept = before.iter().filter(|old| !incoming.contains(&old.sku));
    kept.chain(new).cloned().collect()
}

fn read_products(conn: &Connection, at: Timestamp) -> Result<Vec<Product>, Fault> {
    let mut barcodes = read_barcodes(conn)?;
    let mut query = conn.prepare_cached(
        "SELECT products.*, minor, currency, classes.name AS class
         FROM products
         JOIN prices ON prices.id = (
             SELECT id FROM prices AS newest
             WHERE newest.sku = products.sku AND newest.effective_from <= ?1
             ORDER BY effective_from DESC, id DESC LIMIT 1)
         LEFT JOIN class_sku ON class_sku.sku = products.sku
         LEFT JOIN classes USING (class_id)
         ORDER BY products.rowid",
    )?;
    query
        .query_and_then([at.0], |row| {
            let sku = sku(row, "sku")?;
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
                barcodes: barcodes.remove(&sku).unwrap_or_default(),
                tare_grams: small(row, "tare_grams")?,
                age_limit: small_or_none(row, "age_limit")?,
                active: get(row, "active")?,
                class: get(row, "class")?,
                sku,
            })
        })?
        .collect()
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
    tx.execute("DELETE FROM barcodes WHERE sku = ?1", [sku.as_str()])?;
    tx.execute("DELETE FROM class_sku WHERE sku = ?1", [sku.as_str()])?;
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

fn write_price(
    tx: &Transaction<'_>,
    sku: &Sku,
    price: Money,
    effective_from: Timestamp,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.prepare_cached(
        "INSERT INTO prices (sku, minor, currency, effective_from, recorded_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        sku.as_str(),
        price.minor(),
        price.currency().code(),
        effective_from.0,
        now.0
    ])?;
    Ok(())
}

fn class_id(tx: &Transaction<'_>, name: &str) -> Result<ClassId, Fault> {
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

fn exists(conn: &Connection, sku: &Sku) -> Result<bool, Fault> {
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
