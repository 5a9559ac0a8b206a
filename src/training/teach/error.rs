//! Why teaching stopped; each error is one sentence for the people of the shop.

use std::path::{Path, PathBuf};

use crate::{
    training::{dataset::DatasetError, evaluate::EvaluateError, trainer::CheckpointError},
    vision::{BundleError, DetectError, weights::WeightsError},
};

/// Why a run could not begin or go on.
#[derive(Debug, thiserror::Error)]
pub enum TeachError {
    /// Something needed is missing.
    #[error("{0}")]
    NotReady(String),
    /// A setting makes no sense.
    #[error("the training cannot start: {0}")]
    Settings(String),
    /// A picture cannot be made or read.
    #[error(transparent)]
    Data(#[from] DatasetError),
    /// The live model or the candidate cannot be read or written.
    #[error(transparent)]
    Bundle(BundleError),
    /// Weights do not fit.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The detector failed.
    #[error(transparent)]
    Detect(#[from] DetectError),
    /// Measuring failed.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
    /// The checkpoint cannot be written or read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The disk is full.
    #[error(
        "the disk is full: the training needs about {needed_mb} MB more in {folder}; make room and go on, nothing is lost"
    )]
    DiskFull {
        /// Where.
        folder: PathBuf,
        /// What is still to be written.
        needed_mb: u64,
    },
    /// A file of the run cannot be written or read.
    #[error("{path} cannot be written or read ({source}); the training can go on once it can")]
    File {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Learning went wrong and did not recover.
    #[error(
        "learning went wrong: instead of getting better the model got worse and worse ({0}); look through the \
         labels of the photos, and start again"
    )]
    Diverged(String),
}

/// So much room a model takes, with its memory.
const MODEL_BYTES: u64 = 20_000_000;

impl From<BundleError> for TeachError {
    /// A model that the disk has no room for is written once there is room: what was learned is not lost.
    fn from(error: BundleError) -> Self {
        if let BundleError::Write { folder, source } = &error
            && source.kind() == std::io::ErrorKind::StorageFull
        {
            return Self::full(folder, MODEL_BYTES);
        }
        Self::Bundle(error)
    }
}

impl TeachError {
    /// An error of a file, with a sentence of its own for a full disk.
    pub(super) fn file(path: &Path, source: std::io::Error, needed_bytes: u64) -> Self {
        if source.kind() == std::io::ErrorKind::StorageFull {
            return Self::full(path, needed_bytes);
        }
        Self::File {
            path: path.to_owned(),
            source,
        }
    }

    fn full(path: &Path, needed_bytes: u64) -> Self {
        Self::DiskFull {
            folder: path.parent().unwrap_or(path).to_owned(),
            needed_mb: needed_bytes.div_ceil(1_000_000).max(1),
        }
    }

    /// Whether the run can go on from its checkpoint once the cause is gone.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        match self {
            Self::DiskFull { .. } | Self::File { .. } | Self::Checkpoint(_) => true,
            Self::NotReady(_)
            | Self::Settings(_)
            | Self::Data(_)
            | Self::Bundle(_)
            | Self::Weights(_)
            | Self::Detect(_)
            | Self::Evaluate(_)
            | Self::Diverged(_) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_has_a_sentence_of_its_own() {
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        let error = TeachError::file(Path::new("runs/3/features"), full, 2_500_001);
        assert_eq!(
            error.to_string(),
            "the disk is full: the training needs about 3 MB more in runs/3; make room and go on, nothing is lost"
        );
        assert!(error.is_passing());
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        let folder = Path::new("runs/3/candidate.part").to_owned();
        let error = TeachError::from(BundleError::Write { folder, source: full });
        assert!(error.is_passing(), "the last round is not lost");
        assert!(error.to_string().contains("20 MB more in runs/3;"), "{error}");
        let other = std::io::Error::other("broken");
        let error = TeachError::file(Path::new("runs/3/features"), other, 1);
        assert!(error.to_string().contains("broken"), "{error}");
    }
}
