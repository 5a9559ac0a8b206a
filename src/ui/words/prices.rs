//! The words of the page of planned and changed prices.

use super::words;

words! {
    /// The page of planned and changed prices.
    PricesWord in "prices" {
        Empty = "prices-empty",
    }
}
