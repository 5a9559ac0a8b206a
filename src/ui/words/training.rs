//! The words of the page of trainings.

use super::words;

words! {
    /// The page of trainings.
    TrainingWord in "training" {
        Empty = "training-empty",
    }
}
