//! A teaching run on disk: the heads as they are, their average, the optimiser's memory, and where it stands.
//!
//! Written beside the last one, which it replaces by a rename: a power cut leaves the old one or the new one.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{error::TeachError, student::Student};
use crate::training::trainer::checkpoint::write_file;

const STATE: &str = "state.json";
const FOLDER: &str = "checkpoint";

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(super) struct TeachState {
    /// Digest of the job; a checkpoint of another job is not gone on with.
    pub key: String,
    /// Steps done.
    pub step: u64,
    /// Updates of the average.
    pub updates: u32,
    /// Seconds of work so far.
    pub seconds: f64,
    /// What the rates are multiplied by; below 1 after learning went wrong.
    pub rate_factor: f64,
    /// How often learning went wrong.
    pub failures: u32,
    /// Mean loss of the first steps.
    pub first_loss: Option<f32>,
    /// AP50 of each class after the last round.
    pub ap50: std::collections::BTreeMap<String, f64>,
}

/// Writes a checkpoint.
///
/// # Errors
/// [`TeachError::DiskFull`] or [`TeachError::File`]; the checkpoint before stays.
pub(super) fn save(folder: &Path, state: &TeachState, student: &Student) -> Result<(), TeachError> {
    let (target, part, old) = (
        folder.join(FOLDER),
        folder.join("checkpoint.part"),
        folder.join("checkpoint.old"),
    );
    let parts = student.to_bytes()?;
    let needed: usize = parts.iter().map(|(_, bytes)| bytes.len()).sum();
    let write = || -> std::io::Result<()> {
        remove(&part)?;
        fs::create_dir_all(&part)?;
        for (name, bytes) in &parts {
            write_file(&part.join(name), bytes)?;
        }
        let state = serde_json::to_vec_pretty(state).map_err(std::io::Error::from)?;
        write_file(&part.join(STATE), &state)?;
        remove(&old)?;
        if target.exists() {
            fs::rename(&target, &old)?;
        }
        fs::rename(&part, &target)?;
        remove(&old)
    };
    let written = write();
    if written.is_err()
        && let Err(error) = remove(&part)
    {
        tracing::warn!("{} stays: {error}", part.display());
    }
    written.map_err(|source| TeachError::file(&target, source, needed as u64))
}

/// Reads the checkpoint of the run of this key into a student; none if there is none, or it is of another job.
///
/// # Errors
/// [`TeachError::File`] or [`TeachError::NotReady`] if it is damaged.
pub(super) fn load(
    folder: &Path,
    key: &str,
    student: &mut Student,
) -> Result<Option<TeachState>, TeachError> {
    let Some(source) = stored(folder) else {
        return Ok(None);
    };
    let read = |name: &str| {
        let path = source.join(name);
        fs::read(&path).map_err(|error| TeachError::file(&path, error, 0))
    };
    let state: TeachState = serde_json::from_slice(&read(STATE)?).map_err(|error| {
        TeachError::NotReady(format!(
            "the checkpoint in {} is damaged ({error}); start the training anew",
            source.display()
        ))
    })?;
    if state.key != key {
        return Ok(None);
    }
    student.take_bytes(&read, state.updates)?;
    Ok(Some(state))
}

/// Whether a run in this folder can go on.
pub(super) fn exists(folder: &Path) -> bool {
    stored(folder).is_some()
}

/// The checkpoint, or the one before it where a stop came between the two renames.
fn stored(folder: &Path) -> Option<PathBuf> {
    [FOLDER, "checkpoint.old"]
        .iter()
        .map(|name| folder.join(name))
        .find(|path| path.join(STATE).exists())
}

/// Removes a folder if it is there.
pub(super) fn remove(folder: &Path) -> std::io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
