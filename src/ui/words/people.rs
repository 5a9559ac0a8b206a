//! The words of the page of people and of the audit.

use super::words;

words! {
    /// The page of people and of the audit.
    PeopleWord in "people" {
        Empty = "people-empty",
    }
}
