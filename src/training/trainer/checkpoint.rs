//! A training run on disk: everything that is needed to go on after a stop.
//!
//! A checkpoint is written beside the last one and then takes its place by one rename, so that a stop in the
//! middle of writing loses nothing.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use burn::{
    module::Module as _,
    store::ModuleRecord,
    tensor::{Bytes, Device},
};
use serde::{Deserialize, Serialize};

use super::{
    average::WeightAverage, hard_negatives::HardNegative, optimizer::Optimizer, settings::TrainSettings,
};
use crate::vision::{
    Architecture, Ssd,
    weights::{self, Naming},
};

const STATE: &str = "state.json";
const WEIGHTS: &str = "weights.bpk";
const OPTIMIZER: &str = "optimizer.safetensors";
const AVERAGE: &str = "average.safetensors";

/// Why a checkpoint could not be written or read.
#[derive(Debug, thiserror::Error)]
#[error("the checkpoint {folder} cannot be {action}: {reason}")]
pub struct CheckpointError {
    folder: PathBuf,
    action: &'static str,
    reason: String,
}

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunState {
    /// Settings of the run.
    pub settings: TrainSettings,
    /// The network.
    pub architecture: Architecture,
    /// What the run started from, in words.
    pub started_from: String,
    /// Steps done.
    pub step: u64,
    /// Updates of the weight average.
    pub average_updates: u32,
    /// Best combined validation score so far.
    #[serde(alias = "best_ap")]
    pub best_score: Option<f64>,
    /// Epochs in a row without a better score.
    pub epochs_without_gain: u32,
    /// Seconds of training so far, all parts of the run together.
    pub seconds: f64,
    /// What the rate is multiplied by; below 1 after divisions on a rise of the loss.
    #[serde(default = "one")]
    pub rate_factor: f64,
    /// Sum of the losses of this epoch's steps so far, and how many steps.
    #[serde(default)]
    pub epoch_loss: (f64, u64),
    /// Mean loss of the epoch before.
    #[serde(default)]
    pub last_epoch_loss: Option<f64>,
    /// The hard negatives that the last round found.
    #[serde(default)]
    pub hard_negatives: Vec<HardNegative>,
}

const fn one() -> f64 {
    1.0
}

/// A run read back.
pub(in crate::training) struct Checkpoint {
    /// Where it stands.
    pub state: RunState,
    /// The network as it is being trained.
    pub network: Ssd,
    /// The moving average of its weights.
    pub average: WeightAverage,
    /// The update rule with its memory.
    pub optimizer: Optimizer,
}

/// Writes one file of a checkpoint.
pub(in crate::training) type WriteFile = dyn Fn(&Path, &[u8]) -> std::io::Result<()>;

/// Writes a file and waits until the disk has it, so that the rename that follows never comes first.
///
/// # Errors
/// What the system said.
pub(in crate::training) fn write_file(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = fs::File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Everything that goes into a checkpoint.
pub(in crate::training) struct Parts<'a> {
    /// Where the run stands.
    pub state: &'a RunState,
    /// The network as it is being trained.
    pub network: &'a Ssd,
    /// The moving average of its weights.
    pub average: &'a WeightAverage,
    /// The update rule with its memory.
    pub optimizer: &'a Optimizer,
}

/// Writes a checkpoint into `folder/checkpoint`. If that fails, for example because the disk is full, the
/// one before stays and what was half written is removed.
///
/// # Errors
/// [`CheckpointError`] with what the system said.
pub(in crate::training) fn save(
    folder: &Path,
    parts: &Parts<'_>,
    write: &WriteFile,
) -> Result<(), CheckpointError> {
    let target = folder.join("checkpoint");
    let failed = |reason: String| CheckpointError {
        folder: target.clone(),
        action: "written",
        reason,
    };
    let part = folder.join("checkpoint.part");
    let old = folder.join("checkpoint.old");
    remove_if_there(&part).map_err(failed)?;
    if let Err(reason) = write_parts(&part, parts, write) {
        let left = remove_if_there(&part);
        let more = left.map_or_else(|e| format!("; {} stays: {e}", part.display()), |()| String::new());
        return Err(failed(format!(
            "{reason}; the checkpoint before it is kept{more}"
        )));
    }
    remove_if_there(&old).map_err(failed)?;
    if target.exists() {
        fs::rename(&target, &old).map_err(|e| failed(e.to_string()))?;
    }
    fs::rename(&part, &target).map_err(|e| failed(e.to_string()))?;
    remove_if_there(&old).map_err(failed)
}

fn write_parts(folder: &Path, parts: &Parts<'_>, write: &WriteFile) -> Result<(), String> {
    let text = |e: &dyn std::fmt::Display| e.to_string();
    fs::create_dir_all(folder).map_err(|e| text(&e))?;
    let state = serde_json::to_vec_pretty(parts.state).map_err(|e| text(&e))?;
    let record = parts.network.valid().into_record().into_bytes();
    let record = record.map_err(|e| text(&e))?;
    let averaged = weights::to_bytes(&parts.average.apply(parts.network)).map_err(|e| text(&e))?;
    let optimizer = parts.optimizer.to_bytes()?;
    let put = |name: &str, bytes: &[u8]| write(&folder.join(name), bytes).map_err(|e| text(&e));
    put(WEIGHTS, &record)?;
    put(OPTIMIZER, &optimizer)?;
    put(AVERAGE, &averaged)?;
    put(STATE, &state)
}

fn remove_if_there(folder: &Path) -> Result<(), String> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|e| e.to_string())
    } else {
        Ok(())
    }
}

/// Whether `folder` holds a run that can go on.
#[must_use]
pub fn exists(folder: &Path) -> bool {
    stored(folder).is_some()
}

/// The checkpoint, or the one before it where a stop came between the two renames.
fn stored(folder: &Path) -> Option<PathBuf> {
    ["checkpoint", "checkpoint.old"]
        .iter()
        .map(|name| folder.join(name))
        .find(|p| p.join(STATE).exists())
}

/// Reads a run back.
///
/// # Errors
/// [`CheckpointError`] if there is none or a part of it is damaged.
pub(in crate::training) fn load(folder: &Path, device: &Device) -> Result<Checkpoint, CheckpointError> {
    let failed = |reason: String| CheckpointError {
        folder: folder.to_owned(),
        action: "read",
        reason,
    };
    let source = stored(folder).ok_or_else(|| failed("there is none".to_owned()))?;
    let read = |file: &str| fs::read(source.join(file)).map_err(|e| failed(format!("{file}: {e}")));
    let state: RunState = serde_json::from_slice(&read(STATE)?).map_err(|e| failed(e.to_string()))?;
    state.architecture.check().map_err(failed)?;
    let record = ModuleRecord::from_bytes(Bytes::from_bytes_vec(read(WEIGHTS)?))
        .map_err(|e| failed(format!("{WEIGHTS}: {e}")))?;
    let network = Ssd::new(&state.architecture, device)
        .try_load_record(record)
        .map_err(|e| failed(format!("{WEIGHTS}: {e}")))?;
    // The average is stored by name and belongs to the parameters of the network just read.
    let mut averaged = network.valid();
    weights::load_bytes(&mut averaged, read(AVERAGE)?, Naming::Native, AVERAGE)
        .map_err(|e| failed(e.to_string()))?;
    let average = WeightAverage::new(&averaged, state.settings.ema_decay, state.average_updates);
    let optimizer = Optimizer::from_bytes(state.settings.optimizer, &read(OPTIMIZER)?)
        .map_err(|e| failed(format!("{OPTIMIZER}: {e}")))?;
    Ok(Checkpoint {
        state,
        network,
        average,
        optimizer,
    })
}
