//! The trainings of a shop: one at a time, as a process, its state in the database.
//!
//! [`TrainingRoom`] belongs to the window and never waits; [`next_run`] and [`note`] are for the store's thread.

use std::path::{Path, PathBuf};

use super::{finish, run_folder};
use crate::{
    pipeline::{PipelineError, TrainCommand, TrainEnd, TrainEvent, TrainJob, Wake},
    store::{
        Store,
        audit::By,
        training_runs::{RunState, TrainingRun},
    },
};

/// The training that runs, if one does.
pub struct TrainingRoom {
    data: PathBuf,
    program: PathBuf,
    wake: Wake,
    running: Option<(i64, TrainJob)>,
}

impl TrainingRoom {
    /// Nothing runs yet. `program` is this program's own file.
    #[must_use]
    pub const fn new(data: PathBuf, program: PathBuf, wake: Wake) -> Self {
        Self {
            data,
            program,
            wake,
            running: None,
        }
    }

    /// The run that trains.
    #[must_use]
    pub fn running(&self) -> Option<i64> {
        self.running.as_ref().map(|(run, _)| *run)
    }

    /// Starts a run, which [`next_run`] gave.
    ///
    /// # Errors
    /// [`PipelineError::Spawn`] if the system starts no process.
    pub fn start(&mut self, run: i64, threads: Option<usize>) -> Result<(), PipelineError> {
        let command = TrainCommand {
            program: self.program.clone(),
            folder: run_folder(&self.data, run),
            threads,
        };
        self.running = Some((run, TrainJob::start(&command, Wake::clone(&self.wake))?));
        Ok(())
    }

    /// What the running training told since the last time, with its number; each is to be given to [`note`].
    pub fn poll(&mut self) -> Vec<(i64, TrainEvent)> {
        let mut told = Vec::new();
        let Some((run, job)) = &self.running else {
            return told;
        };
        while let Some(event) = job.poll() {
            let ended = matches!(event, TrainEvent::Ended(_));
            told.push((*run, event));
            if ended {
                self.running = None;
                break;
            }
        }
        told
    }

    /// Lets the running training rest.
    ///
    /// # Errors
    /// What the system said.
    pub fn pause(&self) -> std::io::Result<()> {
        self.running.as_ref().map_or(Ok(()), |(_, job)| job.pause())
    }

    /// Gives the running training up.
    ///
    /// # Errors
    /// What the system said.
    pub fn stop(&self) -> std::io::Result<()> {
        self.running.as_ref().map_or(Ok(()), |(_, job)| job.stop())
    }
}

/// The run whose turn it is, if none trains; it counts as training from now on.
///
/// # Errors
/// One sentence if the database cannot be used.
pub fn next_run(store: &Store, by: By<'_>) -> anyhow::Result<Option<TrainingRun>> {
    match store.next_run()? {
        Some(run) => Ok(Some(store.set_run_state(run.id, RunState::Running, None, by)?)),
        None => Ok(None),
    }
}

/// Writes down what a training told. Gives the name of the model when it has made one.
///
/// # Errors
/// One sentence if the database cannot be used. A candidate that cannot be taken in makes the run a failed one
/// and is no error.
pub fn note(
    store: &Store,
    data: &Path,
    (run, event): (i64, &TrainEvent),
    by: By<'_>,
) -> anyhow::Result<Option<String>> {
    let end = match event {
        TrainEvent::Progress(progress) => {
            store.set_run_progress(run, &serde_json::to_string(progress)?)?;
            return Ok(None);
        }
        TrainEvent::Note(sentence) => {
            tracing::info!(run, sentence, "the training says");
            return Ok(None);
        }
        TrainEvent::Ended(end) => end,
    };
    let row = store.run(run)?;
    let (state, message) = match end {
        TrainEnd::Finished => match finish(store, data, &row, by) {
            Ok(name) => return Ok(Some(name)),
            Err(error) => (RunState::Failed, Some(format!("{error:#}"))),
        },
        TrainEnd::Paused => (RunState::Paused, None),
        TrainEnd::Stopped => (RunState::Stopped, None),
        TrainEnd::Failed { reason } => (RunState::Failed, Some(reason.clone())),
    };
    // A run that was stopped while it waited for its process has ended already.
    if row.state.may_become(state) {
        store.set_run_state(run, state, message.as_deref(), by)?;
    }
    Ok(None)
}
