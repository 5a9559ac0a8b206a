//! The clock on the wall: SQLite knows the time zone of the machine, the standard library does not.

use rusqlite::params;

use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::error::StoreError;

impl Store {
    /// How far the machine's local time is ahead of UTC at a moment, in milliseconds.
    ///
    /// # Errors
    /// None that a working database has.
    pub fn utc_offset_ms(&self, at: Timestamp) -> Result<i64, StoreError> {
        self.read("asking for the time zone", |conn| {
            let seconds = at.0.div_euclid(1000);
            let local: i64 = conn.query_row(
                "SELECT CAST(strftime('%s', ?1, 'unixepoch', 'localtime') AS INTEGER)",
                params![seconds],
                |row| row.get(0),
            )?;
            Ok((local - seconds) * 1000)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_whole_minutes_and_less_than_a_day() {
        let offset = Store::in_memory()
            .unwrap()
            .utc_offset_ms(Timestamp(1_700_000_000_123))
            .unwrap();
        assert_eq!(offset % 60_000, 0);
        assert!(offset.abs() <= 14 * 3_600_000);
    }
}
