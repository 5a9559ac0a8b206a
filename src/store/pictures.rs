//! Pictures of products, small and ready to be shown, and what a pack holds.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use crate::domain::codes::Sku;
use crate::domain::shelf_label::{Content, Measure};
use crate::store::Store;
use crate::store::audit::{By, Change, record_change};
use crate::store::error::{Fault, StoreError};
use crate::store::products::exists;
use crate::store::rows::{get, sku, small};

/// The largest picture, in bytes: every screen of the lane shows many of them.
pub const LARGEST_PICTURE: usize = 512 * 1024;
/// How every JPEG begins.
const JPEG: &[u8] = &[0xff, 0xd8, 0xff];

/// A picture of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductPicture {
    /// The file, as JPEG.
    pub jpeg: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

impl Store {
    /// Gives a product a picture in place of the one it had.
    ///
    /// # Errors
    /// [`StoreError::BadPicture`] for something else than a small JPEG, [`StoreError::UnknownProduct`], or any
    /// other [`StoreError`].
    pub fn set_picture(&self, sku: &Sku, picture: &ProductPicture, by: By<'_>) -> Result<(), StoreError> {
        let sound = picture.jpeg.starts_with(JPEG) && picture.width > 0 && picture.height > 0;
        if !sound || picture.jpeg.len() > LARGEST_PICTURE {
            return Err(StoreError::BadPicture {
                most_kib: LARGEST_PICTURE / 1024,
            });
        }
        self.write("saving a picture", |tx| {
            known(tx, sku)?;
            let before = size_of(tx, sku)?;
            tx.execute(
                "INSERT OR REPLACE INTO product_pictures (sku, jpeg, width, height, changed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
                params![sku.as_str(), picture.jpeg, picture.width, picture.height, by.1.0],
            )?;
            let after = size_of(tx, sku)?;
            note(tx, by, (sku, "picture set"), (before, after))
        })
    }

    /// Takes the picture of a product away, if it has one.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn remove_picture(&self, sku: &Sku, by: By<'_>) -> Result<(), StoreError> {
        self.write("removing a picture", |tx| {
            let before = size_of(tx, sku)?;
            if before.is_none() {
                return Ok(());
            }
            tx.execute("DELETE FROM product_pictures WHERE sku = ?1", [sku.as_str()])?;
            note(tx, by, (sku, "picture removed"), (before, None))
        })
    }

    /// The picture of a product.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn picture(&self, sku: &Sku) -> Result<Option<ProductPicture>, StoreError> {
        self.read("reading a picture", |conn| {
            conn.prepare_cached("SELECT jpeg, width, height FROM product_pictures WHERE sku = ?1")?
                .query_and_then([sku.as_str()], |row| {
                    Ok(ProductPicture {
                        jpeg: get(row, "jpeg")?,
                        width: small(row, "width")?,
                        height: small(row, "height")?,
                    })
                })?
                .next()
                .transpose()
        })
    }

    /// The products that have a picture.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn pictured(&self) -> Result<Vec<Sku>, StoreError> {
        self.read("reading pictures", |conn| {
            conn.prepare_cached("SELECT sku FROM product_pictures ORDER BY sku")?
                .query_and_then([], |row| sku(row, "sku"))?
                .collect()
        })
    }

    /// Says how much a pack of a product holds, or that nobody knows.
    ///
    /// # Errors
    /// [`StoreError::BadContent`] for nothing, [`StoreError::UnknownProduct`], or any other [`StoreError`].
    pub fn set_content(&self, sku: &Sku, content: Option<Content>, by: By<'_>) -> Result<(), StoreError> {
        if content.is_some_and(|content| content.amount == 0) {
            return Err(StoreError::BadContent);
        }
        let text = |content: Content| format!("{} {}", content.amount, content.measure.code());
        self.write("saving a content", |tx| {
            known(tx, sku)?;
            let before = content_of(tx, sku)?;
            if before == content {
                return Ok(());
            }
            match content {
                Some(content) => tx.execute(
                    "INSERT OR REPLACE INTO product_contents (sku, amount, unit) VALUES (?1, ?2, ?3)",
                    params![sku.as_str(), content.amount, content.measure.code()],
                )?,
                None => tx.execute("DELETE FROM product_contents WHERE sku = ?1", [sku.as_str()])?,
            };
            note(
                tx,
                by,
                (sku, "content set"),
                (before.map(text), content.map(text)),
            )
        })
    }

    /// How much a pack of a product holds.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn content(&self, sku: &Sku) -> Result<Option<Content>, StoreError> {
        self.read("reading a content", |conn| content_of(conn, sku))
    }
}

fn content_of(conn: &Connection, sku: &Sku) -> Result<Option<Content>, Fault> {
    conn.prepare_cached("SELECT amount, unit FROM product_contents WHERE sku = ?1")?
        .query_and_then([sku.as_str()], |row| {
            let code: String = get(row, "unit")?;
            let measure = Measure::from_code(&code).ok_or_else(|| Fault::row(format!("unit {code}")))?;
            Ok(Content {
                amount: small(row, "amount")?,
                measure,
            })
        })?
        .next()
        .transpose()
}

fn known(conn: &Connection, sku: &Sku) -> Result<(), Fault> {
    if exists(conn, sku)? {
        Ok(())
    } else {
        Err(StoreError::UnknownProduct { sku: sku.to_string() }.into())
    }
}

fn size_of(conn: &Connection, sku: &Sku) -> Result<Option<String>, Fault> {
    Ok(conn
        .prepare_cached(
            "SELECT width || ' x ' || height || ', ' || length(jpeg) || ' bytes'
             FROM product_pictures WHERE sku = ?1",
        )?
        .query_row([sku.as_str()], |row| row.get(0))
        .optional()?)
}

fn note(
    tx: &Transaction<'_>,
    by: By<'_>,
    (sku, detail): (&Sku, &str),
    (before, after): (Option<String>, Option<String>),
) -> Result<(), Fault> {
    let change = Change {
        action: "product",
        subject: sku.as_str(),
        detail,
        before: before.as_deref(),
        after: after.as_deref(),
        reason: None,
    };
    record_change(tx, by, &change)
}
