//! Measuring a detector on labelled pictures.

use super::dataset::{Dataset, DatasetError};
use crate::vision::{DetectError, Detector, ModelMetrics};

/// Why a detector could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// A picture could not be read.
    #[error(transparent)]
    Data(#[from] DatasetError),
    /// The detector failed.
    #[error(transparent)]
    Detect(#[from] DetectError),
}

/// x
pub struct Evaluation;
impl Evaluation {
    /// x
    pub fn metrics(&self) -> ModelMetrics {
        ModelMetrics::default()
    }
}

/// x
pub fn evaluate(_d: &Detector, _s: &dyn Dataset, _n: &str) -> Result<Evaluation, EvaluateError> {
    Ok(Evaluation)
}
