//! The schema: numbered migrations, embedded, applied in order, never edited after release.

use std::path::Path;

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use crate::store::error::{StoreError, classify};

/// One entry per folder of `migrations/`, in order.
const STEPS: &[M<'static>] = &[
    M::up(include_str!("../../migrations/01-first/up.sql")),
    M::up(include_str!("../../migrations/02-staff/up.sql")),
    M::up(include_str!("../../migrations/03-products/up.sql")),
    M::up(include_str!("../../migrations/04-day/up.sql")),
    M::up(include_str!("../../migrations/05-labels/up.sql")),
    M::up(include_str!("../../migrations/06-training/up.sql")),
];

const MIGRATIONS: Migrations<'static> = Migrations::from_slice(STEPS);

/// The version of a database that has seen every migration.
pub(super) fn newest() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// Refuses a database of a newer program before anything is changed in it.
pub(super) fn check_version(conn: &Connection, path: &Path) -> Result<(), StoreError> {
    let found: i64 = conn
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .map_err(|source| classify("opening the database", path, source))?;
    if found > newest() {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found,
            known: newest(),
        });
    }
    Ok(())
}

/// Applies the migrations that the database has not seen.
pub(super) fn migrate(conn: &mut Connection, path: &Path) -> Result<(), StoreError> {
    let Err(failure) = MIGRATIONS.to_latest(conn) else {
        return Ok(());
    };
    if let rusqlite_migration::Error::RusqliteError { err, .. } = failure {
        return Err(classify("bringing the database up to date", path, err));
    }
    let detail = failure.to_string();
    Err(StoreError::Corrupt {
        path: path.to_owned(),
        detail,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_migration_applies() {
        MIGRATIONS.validate().unwrap();
    }

    #[test]
    fn every_folder_of_migrations_is_embedded() {
        let folders = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap();
        assert_eq!(i64::try_from(folders.count()).unwrap(), newest());
    }
}
