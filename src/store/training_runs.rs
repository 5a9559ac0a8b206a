//! Training runs: what was asked for, how far it is, and how it ended. A run survives a restart.
//!
//! What the settings and the progress say is known to whoever trains; here they are kept as JSON.

use rusqlite::{Connection, Row, params};

use crate::domain::time::Timestamp;
use crate::store::Store;
use crate::store::audit::{By, Change, record_change};
use crate::store::datasets::known_version;
use crate::store::error::{Fault, StoreError};
use crate::store::rows::{get, signed, small_or_none, time};

/// How a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunState {
    /// Waits for its turn.
    Queued,
    /// Trains.
    Running,
    /// Rests and can go on.
    Paused,
    /// Was given up.
    Stopped,
    /// Has a model.
    Done,
    /// Could not go on.
    Failed,
}

impl RunState {
    const ALL: [Self; 6] = [
        Self::Queued,
        Self::Running,
        Self::Paused,
        Self::Stopped,
        Self::Done,
        Self::Failed,
    ];

    /// The word used in files.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// Whether a run may go from here to `next`. What has ended stays ended, except that a run that failed may
    /// be queued again.
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Queued => matches!(next, Self::Running | Self::Stopped | Self::Failed),
            Self::Running => matches!(next, Self::Paused | Self::Stopped | Self::Done | Self::Failed),
            Self::Paused => matches!(next, Self::Running | Self::Queued | Self::Stopped | Self::Failed),
            Self::Failed => matches!(next, Self::Queued),
            Self::Stopped | Self::Done => false,
        }
    }

    /// Whether it has ended.
    #[must_use]
    pub fn has_ended(self) -> bool {
        match self {
            Self::Queued | Self::Running | Self::Paused => false,
            Self::Stopped | Self::Done | Self::Failed => true,
        }
    }
}

/// A run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainingRun {
    /// Its number.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// How it stands.
    pub state: RunState,
    /// What was asked for, as JSON.
    pub settings: String,
    /// The data set it trains on.
    pub data_set: Option<u64>,
    /// How far it is, as JSON.
    pub progress: String,
    /// What went wrong, or why it rests, in a sentence.
    pub message: Option<String>,
    /// Who asked for it.
    pub actor: String,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Store {
    /// Asks for a run.
    ///
    /// # Errors
    /// [`StoreError::UnknownDataSet`], or any other [`StoreError`].
    pub fn queue_run(
        &self,
        name: &str,
        settings: &str,
        data_set: Option<u64>,
        by: By<'_>,
    ) -> Result<TrainingRun, StoreError> {
        self.write("queueing a training", |tx| {
            if let Some(number) = data_set {
                known_version(tx, number)?;
            }
            tx.execute(
                "INSERT INTO training_runs (name, state, settings, dataset, actor, created_at)
                 VALUES (?1, 'queued', ?2, ?3, ?4, ?5)",
                params![name, settings, data_set.map(signed).transpose()?, by.0, by.1.0],
            )?;
            let run = expect(tx, tx.last_insert_rowid())?;
            note(tx, (&run, "queued"), None, by)?;
            Ok(run)
        })
    }

    /// A run.
    ///
    /// # Errors
    /// [`StoreError::UnknownRun`], or any other [`StoreError`].
    pub fn run(&self, id: i64) -> Result<TrainingRun, StoreError> {
        self.read("reading a training", |conn| expect(conn, id))
    }

    /// The newest runs first, `limit` at most.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn runs(&self, limit: u32) -> Result<Vec<TrainingRun>, StoreError> {
        self.read("listing trainings", |conn| {
            conn.prepare_cached("SELECT * FROM training_runs ORDER BY id DESC LIMIT ?1")?
                .query_and_then([limit], of_row)?
                .collect()
        })
    }

    /// The run whose turn it is: the oldest that waits, as long as none trains.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn next_run(&self) -> Result<Option<TrainingRun>, StoreError> {
        self.read("listing trainings", |conn| {
            conn.prepare_cached(
                "SELECT * FROM training_runs WHERE state = 'queued'
                   AND NOT EXISTS (SELECT 1 FROM training_runs WHERE state = 'running') ORDER BY id LIMIT 1",
            )?
            .query_and_then([], of_row)?
            .next()
            .transpose()
        })
    }

    /// Lets a run go to another state, with a sentence for people where there is one.
    ///
    /// # Errors
    /// [`StoreError::RunState`] when it cannot go there from where it is, [`StoreError::UnknownRun`], or any
    /// other [`StoreError`].
    pub fn set_run_state(
        &self,
        id: i64,
        state: RunState,
        message: Option<&str>,
        by: By<'_>,
    ) -> Result<TrainingRun, StoreError> {
        self.write("changing a training", |tx| go(tx, id, (state, message), by))
    }

    /// Notes how far a run is. Nobody decides this, so it is not in the audit.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn set_run_progress(&self, id: i64, progress: &str) -> Result<(), StoreError> {
        self.write("noting the progress of a training", |tx| {
            tx.prepare_cached("UPDATE training_runs SET progress = ?2 WHERE id = ?1")?
                .execute(params![id, progress])?;
            Ok(())
        })
    }

    /// Runs that were training when the program ended are paused, so that they can go on from their last
    /// checkpoint: to be asked for once after the start.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub fn pause_interrupted_runs(&self, by: By<'_>) -> Result<Vec<TrainingRun>, StoreError> {
        self.write("looking for interrupted trainings", |tx| {
            let ids: Vec<i64> = tx
                .prepare_cached("SELECT id FROM training_runs WHERE state = 'running' ORDER BY id")?
                .query_map([], |row| row.get(0))?
                .collect::<Result<_, _>>()?;
            let message = Some("the program ended while it was training");
            ids.into_iter()
                .map(|id| go(tx, id, (RunState::Paused, message), by))
                .collect()
        })
    }
}

fn go(
    tx: &Connection,
    id: i64,
    (state, message): (RunState, Option<&str>),
    by: By<'_>,
) -> Result<TrainingRun, Fault> {
    let before = expect(tx, id)?;
    if !before.state.may_become(state) {
        return Err(StoreError::RunState {
            from: before.state.code(),
            to: state.code(),
        }
        .into());
    }
    let started = before
        .started_at
        .or(Some(by.1).filter(|_| state == RunState::Running));
    let ended = Some(by.1).filter(|_| state.has_ended());
    tx.execute(
        "UPDATE training_runs SET state = ?2, message = ?3, started_at = ?4, ended_at = ?5 WHERE id = ?1",
        params![
            id,
            state.code(),
            message,
            started.map(|at| at.0),
            ended.map(|at| at.0)
        ],
    )?;
    let run = expect(tx, id)?;
    note(tx, (&run, message.unwrap_or("changed")), Some(before.state), by)?;
    Ok(run)
}

fn expect(conn: &Connection, id: i64) -> Result<TrainingRun, Fault> {
    let found = conn
        .prepare_cached("SELECT * FROM training_runs WHERE id = ?1")?
        .query_and_then([id], of_row)?
        .next()
        .transpose()?;
    Ok(found.ok_or(StoreError::UnknownRun { id })?)
}

fn of_row(row: &Row<'_>) -> Result<TrainingRun, Fault> {
    let code: String = get(row, "state")?;
    let state = RunState::ALL.into_iter().find(|state| state.code() == code);
    Ok(TrainingRun {
        id: get(row, "id")?,
        name: get(row, "name")?,
        state: state.ok_or_else(|| Fault::row(format!("state {code}")))?,
        settings: get(row, "settings")?,
        data_set: small_or_none(row, "dataset")?,
        progress: get(row, "progress")?,
        message: get(row, "message")?,
        actor: get(row, "actor")?,
        created_at: time(row, "created_at")?,
        started_at: get::<Option<i64>>(row, "started_at")?.map(Timestamp),
        ended_at: get::<Option<i64>>(row, "ended_at")?.map(Timestamp),
    })
}

fn note(
    conn: &Connection,
    (run, detail): (&TrainingRun, &str),
    before: Option<RunState>,
    by: By<'_>,
) -> Result<(), Fault> {
    let change = Change {
        action: "training",
        subject: &run.id.to_string(),
        detail,
        before: before.map(RunState::code),
        after: Some(run.state.code()),
        reason: None,
    };
    record_change(conn, by, &change)
}
