//! The words of the page on which photos are taken.

use super::words;

words! {
    /// The page on which photos are taken.
    PhotosWord in "photos" {
        Empty = "photos-empty",
    }
}
