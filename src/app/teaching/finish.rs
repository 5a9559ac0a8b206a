//! From a run that has ended to a model that can be put live.

use std::path::Path;

use anyhow::{Context as _, bail};
use sha2::{Digest as _, Sha256};

use super::{models_folder, run_folder};
use crate::{
    store::{
        Store,
        audit::By,
        models::NewModel,
        training_runs::{RunState, TrainingRun},
    },
    training::teach::{Memory, TeachJob, candidate_folder, judge::Judgement},
    vision::{ModelBundle, ModelMetrics},
};

/// File in the run's folder with what came of judging.
const JUDGEMENT: &str = "judgement.json";

/// What came of judging a run's candidate, if it was judged.
///
/// # Errors
/// One sentence if the file is damaged.
pub fn judgement_of(data: &Path, run: i64) -> anyhow::Result<Option<Judgement>> {
    let path = run_folder(data, run).join(JUDGEMENT);
    match std::fs::read(&path) {
        Ok(bytes) => {
            Ok(Some(serde_json::from_slice(&bytes).with_context(|| {
                format!("{} is damaged; train again", path.display())
            })?))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// Takes a finished run's candidate into the shop's models, with its figures, and gives its name. Doing it
/// twice, as after a power cut, does no harm.
///
/// # Errors
/// One sentence if there is no whole candidate, or if it cannot be written.
pub fn finish(store: &Store, data: &Path, run: &TrainingRun, by: By<'_>) -> anyhow::Result<String> {
    let folder = run_folder(data, run.id);
    let job = TeachJob::load(&folder)?;
    let mut bundle = ModelBundle::load(&candidate_folder(&folder))?;
    let Some(judgement) = judgement_of(data, run.id)? else {
        bail!("the candidate was not compared with the model in use yet; go on with the training");
    };
    bundle.metrics = vec![metrics(&judgement)];
    let target = models_folder(data).join(&bundle.name);
    bundle.save(&target)?;
    Memory::carry(&candidate_folder(&folder), &target)?;
    let model = NewModel {
        name: bundle.name.clone(),
        digest: digest(&target)?,
        run: Some(run.id),
        data_set: job.data_set,
        figures: serde_json::to_string(&judgement)?,
    };
    store.add_model(&model, by)?;
    if !run.state.has_ended() {
        let word = judgement.verdict.word();
        store.set_run_state(run.id, RunState::Done, Some(word), by)?;
    }
    Ok(bundle.name)
}

fn metrics(judgement: &Judgement) -> ModelMetrics {
    let figures = &judgement.candidate;
    ModelMetrics {
        dataset: "the shop's photos".to_owned(),
        pictures: judgement.photos,
        ap: figures.ap.unwrap_or(0.0),
        ap50: figures.ap50.unwrap_or(0.0),
        class_ap50: figures
            .classes
            .iter()
            .filter_map(|(name, class)| Some((name.clone(), class.ap50?)))
            .collect(),
    }
}

/// SHA-256 of a bundle's description, which names that of its weights.
///
/// # Errors
/// One sentence if it cannot be read.
pub(super) fn digest(folder: &Path) -> anyhow::Result<String> {
    let path = folder.join("bundle.json");
    let bytes = std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}
