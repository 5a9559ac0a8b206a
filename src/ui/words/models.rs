//! The words of the page of models.

use super::words;

words! {
    /// The page of models.
    ModelsWord in "models" {
        Empty = "models-empty",
    }
}
