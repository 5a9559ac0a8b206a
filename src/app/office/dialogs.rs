//! The system's own dialogs for choosing files. They block the thread that opens them: call them from a
//! background thread only.

use std::path::PathBuf;

/// Lets a person choose pictures; none when they change their mind.
pub(super) fn choose_pictures(title: &str, kinds: &str, extensions: &[&str]) -> Vec<PathBuf> {
    rfd::FileDialog::new()
        .set_title(title)
        .add_filter(kinds, extensions)
        .pick_files()
        .unwrap_or_default()
}

/// Lets a person choose one picture; none when they change their mind.
pub(super) fn choose_picture(title: &str, kinds: &str, extensions: &[&str]) -> Option<PathBuf> {
    rfd::FileDialog::new()
        .set_title(title)
        .add_filter(kinds, extensions)
        .pick_file()
}
