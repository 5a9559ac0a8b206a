//! The shop's photos as a data set: in from files, out to files, looked over, mended, counted.
//!
//! Between the store, which knows photos by number, and `training::dataset`, which knows files of every kind.
//! Reading and looking over touch no database, so that they run beside the lane; what is changed is changed
//! by the store in small whole steps. Nothing here paints.

pub mod export;
pub mod incoming;
pub mod inspect;
pub mod mend;
mod sidecar;
pub mod stored;
mod survey_steps;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

/// The folder of the photos in a data folder.
#[must_use]
pub fn photo_folder(data: &Path) -> PathBuf {
    data.join("photos")
}

/// Told how many of how many are done; answers whether to go on.
pub type Progress<'a> = &'a (dyn Fn(usize, usize) -> bool + Sync);
