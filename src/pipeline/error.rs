//! What can go wrong with threads themselves.

/// Why a worker cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The system gave no thread.
    #[error("the system has no thread left for {name} ({source}); close other programs and start again")]
    Spawn {
        /// The worker.
        name: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The worker has ended and takes no more requests.
    #[error("the worker {name} has ended; start the program again")]
    Ended {
        /// The worker.
        name: String,
    },
    /// The worker has as many requests as it may have waiting.
    #[error("the worker {name} does not keep up; wait a moment and try again")]
    Full {
        /// The worker.
        name: String,
    },
}
