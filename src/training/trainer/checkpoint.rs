//! A training run on disk: everything that is needed to go on after a stop.
//!
//! A checkpoint is written beside the last one and then takes its place by one rename, so that a stop in the
//! middle of writing loses nothing.

use std::{
    fs,
    path::{Path, PathBuf},
};

use burn::{
    module::Module as _,
    optim::ModuleOptimizer,
    store::ModuleRecord,
    tensor::{Bytes, Device},
};
use serde::{Deserialize, Serialize};

use super::{average::WeightAverage, settings::TrainSettings};
use crate::vision::{
    Architecture, Ssd,
    weights::{self, Naming},
};

const STATE: &str = "state.json";
const WEIGHTS: &str = "weights.bpk";
const OPTIMIZER: &str = "optimizer.bpk";
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
    /// Best validation AP so far.
    pub best_ap: Option<f64>,
    /// Epochs in a row without a better AP.
    pub epochs_without_gain: u32,
    /// Seconds of training so far, all parts of the run together.
    pub seconds: f64,
}

/// A run read back.
pub(super) struct Checkpoint {
    /// Where it stands.
    pub state: RunState,
    /// The network as it is being trained.
    pub network: Ssd,
    /// The moving average of its weights.
    pub average: WeightAverage,
    /// The optimiser's state, to be loaded into a fresh optimiser.
    pub optimizer: Vec<u8>,
}

/// Writes a checkpoint into `folder/checkpoint`.
///
/// # Errors
/// [`CheckpointError`] with what the system said.
pub(super) fn save(
    folder: &Path,
    state: &RunState,
    network: &Ssd,
    average: &WeightAverage,
    optimizer: &ModuleOptimizer,
) -> Result<(), CheckpointError> {
    let target = folder.join("checkpoint");
    let failed = |reason: String| CheckpointError {
        folder: target.clone(),
        action: "written",
        reason,
    };
    let write = |part: &Path| -> Result<(), String> {
        fs::create_dir_all(part).map_err(|e| e.to_string())?;
        let state = serde_json::to_vec_pretty(state).map_err(|e| e.to_string())?;
        let record = network
            .valid()
            .into_record()
            .into_bytes()
            .map_err(|e| e.to_string())?;
        let averaged = weights::to_bytes(&average.apply(network)).map_err(|e| e.to_string())?;
        let optimizer = optimizer.into_bytes().map_err(|e| e.to_string())?;
        fs::write(part.join(WEIGHTS), &*record).map_err(|e| e.to_string())?;
        fs::write(part.join(OPTIMIZER), &*optimizer).map_err(|e| e.to_string())?;
        fs::write(part.join(AVERAGE), averaged).map_err(|e| e.to_string())?;
        fs::write(part.join(STATE), state).map_err(|e| e.to_string())
    };
    let part = folder.join("checkpoint.part");
    let old = folder.join("checkpoint.old");
    remove_if_there(&part).map_err(failed)?;
    write(&part).map_err(failed)?;
    remove_if_there(&old).map_err(failed)?;
    if target.exists() {
        fs::rename(&target, &old).map_err(|e| failed(e.to_string()))?;
    }
    fs::rename(&part, &target).map_err(|e| failed(e.to_string()))?;
    remove_if_there(&old).map_err(failed)
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
pub(super) fn load(folder: &Path, device: &Device) -> Result<Checkpoint, CheckpointError> {
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
    Ok(Checkpoint {
        state,
        network,
        average,
        optimizer: read(OPTIMIZER)?,
    })
}
