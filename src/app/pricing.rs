//! The catalog that prices are read from, outside the kiosk, and the wall clock.

use std::{
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use anyhow::Context as _;

use crate::{
    domain::{catalog::Catalog, time::Timestamp},
    store::{Store, catalog_csv},
};

/// The catalog that a shop starts with.
pub const SEED_CATALOG: &[u8] = include_bytes!("../../catalog/products.csv");

/// Name of the database in the data folder.
pub const DATABASE: &str = "tillsight.db";

/// The time of the wall clock.
#[must_use]
pub fn now() -> Timestamp {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
}

/// The folder for database, models and pictures: the given one or the platform's.
///
/// # Errors
/// One sentence if the platform names no home folder.
pub fn data_folder(given: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(folder) = given {
        return Ok(folder.to_owned());
    }
    let folders = directories::ProjectDirs::from("", "", "tillsight")
        .context("no home folder is known; say where the data is to lie with --data DIR")?;
    Ok(folders.data_dir().to_owned())
}

/// The catalog of the shop's database as of now, or the one that the program starts with where there is no
/// database yet.
///
/// # Errors
/// One sentence if the database is there and cannot be used.
pub fn catalog_at(data: Option<&Path>) -> anyhow::Result<Catalog> {
    let database = data_folder(data)?.join(DATABASE);
    if database.exists() {
        let catalog = Store::open(&database)?.catalog(now())?;
        if !catalog.products().is_empty() {
            return Ok(catalog);
        }
    }
    Ok(Catalog::new(catalog_csv::parse(SEED_CATALOG)?)?)
}

/// Opens the database in a data folder, which is made if need be; an empty one gets the catalog that a shop
/// starts with.
///
/// # Errors
/// One sentence if the folder cannot be made or the database cannot be used.
pub fn open_store(folder: &Path) -> anyhow::Result<Store> {
    std::fs::create_dir_all(folder).with_context(|| {
        format!(
            "the folder {} cannot be made; choose another with --data",
            folder.display()
        )
    })?;
    let store = Store::open(&folder.join(DATABASE))?;
    let at = now();
    if store.catalog(at)?.products().is_empty() {
        store.begin_catalog(&catalog_csv::parse(SEED_CATALOG)?, ("first start", at))?;
    }
    Ok(store)
}
