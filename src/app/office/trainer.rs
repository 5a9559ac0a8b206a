//! Keeps the shop's trainings going, whoever is signed on and whichever page is open.
//!
//! One training at a time, as a process of its own. What it tells goes to the database; what was training when
//! the program ended goes on by itself. Pages ask [`Trainer`] for the newest progress and leave wishes with it.

use std::{path::PathBuf, sync::Arc};

use crate::{
    app::{
        kiosk::checkout::LaneOrder,
        office::{Desk, Office},
        teaching::{self, TrainingRoom},
    },
    domain::time::Timestamp,
    pipeline::{TrainEnd, TrainEvent},
    store::training_runs::{RunState, TrainingRun},
    training::teach::TeachProgress,
};

/// How often it looks for a run whose turn it is.
const LOOK_EVERY_MS: i64 = 3_000;
/// Under this name things are written down that nobody decided.
const OWN_NAME: &str = "tillsight";

/// The trainings.
#[derive(Default)]
pub struct Trainer {
    room: Option<TrainingRoom>,
    progress: Option<(i64, TeachProgress)>,
    looked_at: Option<Timestamp>,
    /// A question to the database is on its way.
    asks: bool,
    begun: bool,
    /// Counts what changed, so that a page knows when to read the runs again.
    news: u64,
}

impl Trainer {
    /// The run that trains, and what it told last.
    #[must_use]
    pub fn progress(&self) -> Option<(i64, &TeachProgress)> {
        let running = self.running()?;
        let (run, progress) = self.progress.as_ref()?;
        (*run == running).then_some((running, progress))
    }

    /// The run that trains.
    #[must_use]
    pub fn running(&self) -> Option<i64> {
        self.room.as_ref().and_then(TrainingRoom::running)
    }

    /// A number that grows whenever a run begins, ends, or is queued.
    #[must_use]
    pub const fn news(&self) -> u64 {
        self.news
    }

    /// A run was queued or let go on: looks at once.
    pub fn look_now(&mut self) {
        self.looked_at = None;
        self.news += 1;
    }

    /// Lets the running training write a checkpoint and rest.
    pub fn pause(&self, desk: &mut Desk) {
        if let Some(Err(error)) = self.room.as_ref().map(TrainingRoom::pause) {
            desk.problem(format!("the training cannot be told to rest: {error}"));
        }
    }

    /// Gives the running training up.
    pub fn stop(&self, desk: &mut Desk) {
        if let Some(Err(error)) = self.room.as_ref().map(TrainingRoom::stop) {
            desk.problem(format!("the training cannot be told to end: {error}"));
        }
    }

    /// A pass: takes what the training told, and starts the next one.
    pub fn tick(&mut self, desk: &mut Desk) {
        if !self.begun {
            self.begun = true;
            self.asks = true;
            begin(desk);
            return;
        }
        let told = self.room.as_mut().map(TrainingRoom::poll).unwrap_or_default();
        for (run, event) in told {
            self.take(run, event, desk);
        }
        let due = self.looked_at.is_none_or(|at| {
            desk.now()
                .checked_since(at)
                .is_none_or(|passed| passed >= LOOK_EVERY_MS)
        });
        if due && !self.asks && self.running().is_none() {
            self.looked_at = Some(desk.now());
            self.asks = true;
            look(desk);
        }
    }

    fn take(&mut self, run: i64, event: TrainEvent, desk: &mut Desk) {
        match &event {
            TrainEvent::Progress(progress) => self.progress = Some((run, (**progress).clone())),
            TrainEvent::Ended(end) => {
                self.looked_at = None;
                if let TrainEnd::Failed { reason } = end {
                    desk.problem(reason.clone());
                }
            }
            TrainEvent::Note(_) => {}
        }
        let ended = matches!(event, TrainEvent::Ended(_));
        let data = Arc::clone(desk.data());
        desk.store(
            move |store, by| {
                let noted = teaching::note(store, &data, (run, &event), (OWN_NAME, by.1));
                Ok(noted.map_err(|error| format!("{error:#}")))
            },
            move |office, desk, done| {
                office.trainer.news += u64::from(ended);
                match done {
                    Ok(Ok(_)) => {}
                    Ok(Err(sentence)) => desk.problem(sentence),
                    Err(trouble) => desk.problem(trouble.sentence),
                }
            },
        );
    }

    fn start(&mut self, run: &TrainingRun, desk: &mut Desk) {
        let program = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("tillsight"));
        let data = desk.data().to_path_buf();
        let room = self
            .room
            .get_or_insert_with(|| TrainingRoom::new(data, program, Arc::new(|| {})));
        let number = run.id;
        self.news += 1;
        if let Err(error) = room.start(number, None) {
            let reason = error.to_string();
            desk.problem(reason.clone());
            let end = TrainEvent::Ended(TrainEnd::Failed { reason });
            self.take(number, end, desk);
        }
    }
}

/// At the start: the file that names the model follows the database, and what was cut off goes on.
fn begin(desk: &mut Desk) {
    let data = Arc::clone(desk.data());
    desk.store(
        move |store, by| {
            let by = (OWN_NAME, by.1);
            for run in store.pause_interrupted_runs(by)? {
                store.set_run_state(run.id, RunState::Queued, None, by)?;
            }
            Ok(teaching::agree(store, &data).map_err(|error| format!("{error:#}")))
        },
        |office, desk, done| {
            office.trainer.asks = false;
            // A database that is not there yet says so elsewhere; it is asked again.
            if done.is_err() {
                office.trainer.begun = false;
            }
            if let Ok(Err(sentence)) = done {
                desk.problem(sentence);
            }
        },
    );
}

/// Asks for the run whose turn it is.
fn look(desk: &mut Desk) {
    desk.store(
        move |store, by| {
            Ok(teaching::next_run(store, (OWN_NAME, by.1)).map_err(|error| format!("{error:#}")))
        },
        |office, desk, done| {
            office.trainer.asks = false;
            if let Ok(Ok(Some(run))) = done {
                let mut trainer = std::mem::take(&mut office.trainer);
                trainer.start(&run, desk);
                office.trainer = trainer;
            }
        },
    );
}

/// Another model is in use: the lane's detector is swapped between two frames. With `keeps_ids` the class
/// numbers of before mean what they meant, and what lies on the tray is not counted again.
pub fn model_changed(desk: &mut Desk, keeps_ids: bool) {
    desk.orders.push(LaneOrder::ChangeModel { keeps_ids });
}

impl Office {
    /// The trainings.
    #[must_use]
    pub const fn trainer(&self) -> &Trainer {
        &self.trainer
    }
}
