//! The words of the page of the day: sales, cash, reports.

use super::words;

words! {
    /// The page of the day: sales, cash, reports.
    DayWord in "day" {
        Empty = "day-empty",
    }
}
