//! The words of the page on which a picture is tried.

use super::words;

words! {
    /// The page on which a picture is tried.
    TryWord in "try_picture" {
        Empty = "try-empty",
    }
}
