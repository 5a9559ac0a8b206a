//! Why a run could not go on; each error is one sentence.

use super::checkpoint::CheckpointError;
use crate::{
    training::{dataset::DatasetError, evaluate::EvaluateError},
    vision::{BundleError, weights::WeightsError},
};

/// Why a run stopped before its end.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The settings make no sense.
    #[error("the training cannot start: {0}")]
    Settings(String),
    /// A picture for training could not be made or read.
    #[error(transparent)]
    Data(#[from] DatasetError),
    /// The checkpoint could not be written or read.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The best model could not be written.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The weights could not be read back.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// Measuring failed.
    #[error(transparent)]
    Evaluate(#[from] EvaluateError),
    /// Something is no number any more.
    #[error(
        "training diverged at step {step}: {culprit}; the batch was {pictures}; go on from the last checkpoint \
         with a lower learning rate"
    )]
    NonFinite {
        /// The step.
        step: u64,
        /// Which loss, gradient or weight.
        culprit: String,
        /// Which pictures were in the batch.
        pictures: String,
    },
    /// A thread that prepares pictures is gone.
    #[error("the threads that prepare training pictures stopped: {0}")]
    Loader(String),
}
