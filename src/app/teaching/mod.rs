//! Teaching in the shop: from the database's photos to a job, from a run to a candidate, from there to the lane.
//!
//! A run's folder `runs/<number>` in the data folder holds its job, checkpoint, candidate and judgement; the
//! database says what was asked for and how it ended. Files come first and the database's word last, so that
//! a power cut leaves a run that can go on, and a model that is either in use everywhere or nowhere. Functions
//! here take the store and may be slow; none of them is for the window's thread.

mod finish;
mod live;
mod prepare;
mod runs;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use finish::{finish, judgement_of};
pub use live::{Switched, add, agree, drop_superseded, promote, roll_back};
pub use prepare::{RunRequest, check, prepare};
pub use runs::{TrainingRoom, next_run, note};

/// The folder of a run.
#[must_use]
pub fn run_folder(data: &Path, run: i64) -> PathBuf {
    data.join("runs").join(run.to_string())
}

/// The folder of the shop's models.
#[must_use]
pub fn models_folder(data: &Path) -> PathBuf {
    data.join("models")
}
