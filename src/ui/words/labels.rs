//! The words of the page on which boxes are checked.

use super::words;

words! {
    /// The page on which boxes are checked.
    LabelsWord in "labels" {
        Empty = "labels-empty",
    }
}
