//! Whether a database is whole, looked at before it is used.
//!
//! A check reads every page, which takes seconds for years of sales, while a lane waits. Of a large file only
//! the tables are checked that the lane works with from its first moment; those that grow with every sale are
//! only added to at their ends, and are checked as a whole by each backup and by `tillsight sales verify`.

use rusqlite::Connection;

/// Up to this size the whole file is checked: a fraction of a second.
pub(super) const CHECKED_WHOLE_BYTES: i64 = 64 << 20;

/// The tables that grow with every sale.
const GROWING: [&str; 6] = [
    "sales",
    "sale_lines",
    "sale_tracks",
    "sale_taxes",
    "tenders",
    "journal",
];

/// What is wrong with a database, checked as a whole up to so many bytes; nothing if it is whole.
pub(super) fn damage(conn: &Connection, whole_up_to: i64) -> rusqlite::Result<Option<String>> {
    let bytes: i64 = conn.query_row(
        "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
        [],
        |row| row.get(0),
    )?;
    if bytes <= whole_up_to {
        return check(conn, "PRAGMA quick_check(1)");
    }
    let tables: Vec<String> = conn
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for table in tables.iter().filter(|table| !GROWING.contains(&table.as_str())) {
        let quoted = table.replace('\'', "''");
        if let Some(damage) = check(conn, &format!("PRAGMA quick_check('{quoted}')"))? {
            return Ok(Some(damage));
        }
    }
    Ok(None)
}

fn check(conn: &Connection, sql: &str) -> rusqlite::Result<Option<String>> {
    let said: String = conn.query_row(sql, [], |row| row.get(0))?;
    Ok((said != "ok").then_some(said))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A database with a table that grows and one that does not, on pages of their own.
    fn filled(folder: &std::path::Path) -> std::path::PathBuf {
        let path = folder.join("shop.db");
        let conn = Connection::open(&path).unwrap();
        conn.execute_batch(
            "CREATE TABLE products (name TEXT); CREATE TABLE sales (name TEXT);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
             INSERT INTO products SELECT printf('product %100d', i) FROM n;
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
             INSERT INTO sales SELECT printf('sale %100d', i) FROM n;",
        )
        .unwrap();
        path
    }

    /// Scribbles over a page of a table.
    fn scribble(path: &std::path::Path, table: &str) {
        let conn = Connection::open(path).unwrap();
        let root: u64 = conn
            .query_row(
                "SELECT rootpage FROM sqlite_schema WHERE name = ?1",
                [table],
                |row| row.get::<_, u32>(0).map(u64::from),
            )
            .unwrap();
        drop(conn);
        let mut bytes = std::fs::read(path).unwrap();
        let start = usize::try_from((root - 1) * 4096).unwrap();
        for byte in &mut bytes[start..start + 64] {
            *byte ^= 0x5a;
        }
        std::fs::write(path, bytes).unwrap();
    }

    fn is_damaged(path: &std::path::Path, whole_up_to: i64) -> bool {
        let conn = Connection::open(path).unwrap();
        // Some damage is an error of the check itself.
        damage(&conn, whole_up_to).map_or(true, |found| found.is_some())
    }

    #[test]
    fn a_large_file_is_checked_where_the_lane_begins() {
        for (table, whole, tables_only) in [("products", true, true), ("sales", true, false)] {
            let folder = tempfile::TempDir::new().unwrap();
            let path = filled(folder.path());
            assert!(!is_damaged(&path, i64::MAX) && !is_damaged(&path, 0));
            scribble(&path, table);
            assert_eq!(is_damaged(&path, i64::MAX), whole, "{table} in a small file");
            assert_eq!(is_damaged(&path, 0), tables_only, "{table} in a large file");
        }
    }
}
