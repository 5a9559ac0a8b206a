//! What can go wrong with training data; every message names the file and says what to do.

use std::path::PathBuf;

use crate::frame::picture::PictureError;

/// Why training data could not be used.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// A picture could not be read.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// A file or folder could not be read.
    #[error("cannot read {path}; check that it exists and may be read: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A labels file is not in its format.
    #[error("the labels in {path} cannot be understood ({reason}); export them again or leave the file out")]
    Labels {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A label file is larger than labels can be.
    #[error("{path} is larger than {limit_mib} MiB, so it holds no labels; choose another file")]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The limit in MiB.
        limit_mib: u64,
    },
    /// A list or folder holds nothing that can be used.
    #[error("{path} holds {what}; choose another folder or list")]
    Nothing {
        /// The file or folder.
        path: PathBuf,
        /// What is missing, e.g. "no pictures".
        what: String,
    },
    /// An index beyond the end was asked for.
    #[error("there is no picture {index}; the data set has {count}")]
    NoSuchPicture {
        /// The index asked for.
        index: usize,
        /// How many there are.
        count: usize,
    },
    /// A set, split or folder was named that cannot be used.
    #[error("{reason}")]
    Request {
        /// What is wrong and what to do.
        reason: String,
    },
    /// Settings contradict each other or the data.
    #[error("the training data settings cannot be used: {reason}")]
    Settings {
        /// What is wrong and what to do.
        reason: String,
    },
}
