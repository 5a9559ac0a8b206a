//! The words of the page of settings.

use super::words;

words! {
    /// The page of settings.
    SettingsWord in "settings" {
        Empty = "settings-empty",
    }
}
