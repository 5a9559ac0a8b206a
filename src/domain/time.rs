//! Points in time as plain numbers.
//!
//! This file must not read a clock: every time is handed in by the caller.

use serde::{Deserialize, Serialize};

/// Milliseconds since the Unix epoch, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// This time moved by `ms` milliseconds, held at the ends of the range.
    #[must_use]
    pub fn plus_ms(self, ms: i64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to this time; none when `earlier` is later, as after a clock was set back.
    #[must_use]
    pub fn checked_since(self, earlier: Self) -> Option<i64> {
        self.0.checked_sub(earlier.0).filter(|ms| *ms >= 0)
    }

    /// The calendar date and time of day in UTC.
    ///
    /// # Source
    /// The days-to-civil algorithm of Howard Hinnant, "chrono-compatible low-level date algorithms".
    #[must_use]
    pub fn to_utc(self) -> UtcTime {
        let days = self.0.div_euclid(86_400_000);
        let ms_of_day = self.0.rem_euclid(86_400_000);
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 {
            shifted_month + 3
        } else {
            shifted_month - 9
        };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        UtcTime {
            year,
            month,
            day,
            hour: ms_of_day / 3_600_000,
            minute: ms_of_day / 60_000 % 60,
            second: ms_of_day / 1_000 % 60,
        }
    }

    /// Midnight UTC at the start of a calendar day; none when there is no such day.
    #[must_use]
    pub fn from_utc_date(year: i64, month: i64, day: i64) -> Option<Self> {
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) || !(-9_999..=9_999).contains(&year) {
            return None;
        }
        let shifted_year = year - i64::from(month <= 2);
        let era = shifted_year.div_euclid(400);
        let year_of_era = shifted_year.rem_euclid(400);
        let shifted_month = (month + 9) % 12;
        let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let found = Self((era * 146_097 + day_of_era - 719_468) * 86_400_000);
        // 31 April would roll over into May; only a day that reads back as itself exists.
        let read_back = found.to_utc();
        (read_back.month == month && read_back.day == day).then_some(found)
    }
}

/// A calendar date with the time of day, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UtcTime {
    /// Year of the Gregorian calendar.
    pub year: i64,
    /// Month, 1 to 12.
    pub month: i64,
    /// Day of the month, 1 to 31.
    pub day: i64,
    /// Hour, 0 to 23.
    pub hour: i64,
    /// Minute, 0 to 59.
    pub minute: i64,
    /// Second, 0 to 59.
    pub second: i64,
}

impl std::fmt::Display for UtcTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{:04}-{:02}-{:02} {:02}:{:02}:{:02}",
            self.year, self.month, self.day, self.hour, self.minute, self.second
        )
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_instants_read_as_their_dates() {
        assert_eq!(Timestamp(0).to_utc().to_string(), "1970-01-01 00:00:00");
        assert_eq!(
            Timestamp(951_782_400_000).to_utc().to_string(),
            "2000-02-29 00:00:00"
        );
        assert_eq!(
            Timestamp(1_700_000_000_000).to_utc().to_string(),
            "2023-11-14 22:13:20"
        );
        assert_eq!(Timestamp(-1).to_utc().to_string(), "1969-12-31 23:59:59");
        assert_eq!(
            Timestamp::from_utc_date(2000, 2, 29),
            Some(Timestamp(951_782_400_000))
        );
        assert_eq!(Timestamp::from_utc_date(1900, 2, 29), None);
        assert_eq!(Timestamp::from_utc_date(2024, 4, 31), None);
    }

    #[test]
    fn a_clock_set_back_gives_no_duration() {
        assert_eq!(Timestamp(5).checked_since(Timestamp(3)), Some(2));
        assert_eq!(Timestamp(3).checked_since(Timestamp(5)), None);
    }

    proptest! {
        #[test]
        fn every_day_reads_back(days in -700_000_i64..700_000) {
            let midnight = Timestamp(days * 86_400_000);
            let utc = midnight.to_utc();
            prop_assert_eq!(Timestamp::from_utc_date(utc.year, utc.month, utc.day), Some(midnight));
        }
    }
}
