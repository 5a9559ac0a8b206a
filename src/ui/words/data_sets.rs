//! The words of the page of data sets.

use super::words;

words! {
    /// The page of data sets.
    DataSetsWord in "data_sets" {
        Empty = "datasets-empty",
    }
}
