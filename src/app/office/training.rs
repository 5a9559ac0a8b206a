//! The page of trainings: what the photos lack, the one button, and the training at work.
//!
//! The trainings themselves are kept by the [`Trainer`], whichever page is open; this page looks at it in every
//! pass and leaves wishes with it.

mod shown;
#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, path::Path, sync::Arc};

use crate::{
    app::{
        cli::teach::CURVES,
        models,
        office::{Desk, PageDesk, trainer::Trainer},
        teaching::{self, RunRequest},
    },
    domain::staff::Permission,
    store::{
        Store,
        datasets::DataSetSummary,
        error::StoreError,
        labels::ClassCount,
        models::ModelRow,
        photos::{PhotoFilter, ReviewState},
        training_runs::{RunState, TrainingRun},
    },
    training::teach::{Complaint, TeachProgress, TeachSettings},
    ui::{
        office::{
            confirm::ConfirmView,
            training::{
                TrainingCommand, TrainingView,
                view::{Effort, Hold, RunView, Wishes},
            },
        },
        words::TrainingWord,
    },
    vision::ModelBundle,
};

/// Earlier trainings that are shown.
const SHOWN: u32 = 12;
/// Points of a curve that are kept; then every second one goes.
const POINTS: usize = 600;

/// The page's memory.
#[derive(Debug, Default)]
pub struct TrainingPage {
    facts: Facts,
    complaints: Vec<Complaint>,
    curves: Curves,
    shown_run: Option<Arc<RunView>>,
    news: u64,
    wish: Option<Wish>,
    is_open: bool,
}

/// What the store says.
#[derive(Debug, Default)]
struct Facts {
    runs: Vec<TrainingRun>,
    models: Vec<ModelRow>,
    versions: Vec<DataSetSummary>,
    counts: Vec<ClassCount>,
    unlabelled: u64,
    labelled: u64,
    /// Classes that the model in use knows.
    known: Vec<String>,
}

impl Facts {
    fn read(store: &Store, data: &Path) -> Result<Self, StoreError> {
        let count = |state| {
            store.photo_count(&PhotoFilter {
                state: Some(state),
                ..PhotoFilter::default()
            })
        };
        let folder = models::current(Some(data)).ok();
        let live = folder.and_then(|folder| ModelBundle::load(&folder).ok());
        Ok(Self {
            runs: store.runs(SHOWN)?,
            models: store.models()?,
            versions: store.data_sets()?,
            counts: store.class_counts()?,
            unlabelled: count(ReviewState::New)?,
            labelled: count(ReviewState::Labelled)? + count(ReviewState::Checked)?,
            known: live.map(|live| live.architecture.classes).unwrap_or_default(),
        })
    }

    /// The run that waits, works or rests; the one that works first.
    fn current(&self) -> Option<&TrainingRun> {
        let open = || self.runs.iter().filter(|run| !run.state.has_ended());
        open()
            .find(|run| run.state == RunState::Running)
            .or_else(|| open().next_back())
    }
}

/// The curves of the run that works.
#[derive(Debug, Default)]
struct Curves {
    run: i64,
    seconds: f64,
    loss: Vec<[f64; 2]>,
    kept: Vec<[f64; 2]>,
    found: BTreeMap<String, Vec<[f64; 2]>>,
}

impl Curves {
    /// From the lines that a run has told; a line that was cut off by a crash is passed over.
    fn read(run: i64, file: &Path) -> Self {
        let told = std::fs::read_to_string(file).unwrap_or_default();
        let mut curves = Self::default();
        for line in told.lines() {
            if let Ok(progress) = serde_json::from_str::<TeachProgress>(line) {
                curves.take(run, &progress);
            }
        }
        curves
    }

    fn take(&mut self, run: i64, progress: &TeachProgress) {
        if self.run != run {
            *self = Self {
                run,
                ..Self::default()
            };
        }
        if progress.seconds <= self.seconds {
            return;
        }
        self.seconds = progress.seconds;
        let minutes = progress.seconds / 60.0;
        for (curve, value) in [(&mut self.loss, progress.loss), (&mut self.kept, progress.kept)] {
            if value > 0.0 {
                curve.push([minutes, f64::from(value)]);
            }
            if curve.len() > POINTS {
                let mut keep = false;
                curve.retain(|_| {
                    keep = !keep;
                    keep
                });
            }
        }
        let round = f64::from(progress.round);
        for (class, ap50) in &progress.ap50 {
            let curve = self.found.entry(class.clone()).or_default();
            if curve.last().is_none_or(|[last, _]| *last < round) {
                curve.push([round, ap50 * 100.0]);
            }
        }
    }
}

/// What the trainer is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Pause,
    Stop,
    Look,
}

impl TrainingPage {
    /// Takes what the trainer knows and leaves wishes with it; in every pass.
    pub fn watch(&mut self, trainer: &mut Trainer, desk: &mut Desk) {
        match self.wish.take() {
            Some(Wish::Pause) => trainer.pause(desk),
            Some(Wish::Stop) => trainer.stop(desk),
            Some(Wish::Look) => trainer.look_now(),
            None => {}
        }
        if let Some((run, progress)) = trainer.progress() {
            let before = self.curves.seconds;
            self.curves.take(run, progress);
            if self.curves.seconds > before {
                self.show_run(Some(progress), desk);
            }
        }
        if trainer.news() != self.news {
            self.news = trainer.news();
            if self.is_open {
                Self::reload(desk);
            }
        }
    }

    fn reload(desk: &mut Desk) {
        let data = Arc::clone(desk.data());
        desk.read(
            move |store| {
                let facts = Facts::read(store, &data)?;
                // A model that cannot be read is told where it is used.
                let complaints = teaching::check(store, &data).unwrap_or_default();
                Ok((facts, complaints))
            },
            |office, desk, (facts, complaints)| {
                let page = &mut office.training;
                page.facts = facts;
                page.read_curves(desk);
                page.complaints = complaints;
                let progress = office.trainer.progress().map(|(_, progress)| progress.clone());
                page.show_run(progress.as_ref(), desk);
            },
        );
    }

    /// After a restart of the program the curves of a run that goes on or rests are read from what it told.
    fn read_curves(&self, desk: &mut Desk) {
        let Some(run) = self.facts.current().map(|run| run.id) else {
            return;
        };
        if self.curves.run == run {
            return;
        }
        let file = teaching::run_folder(desk.data(), run).join(CURVES);
        desk.work(
            "curves",
            move || Curves::read(run, &file),
            move |office, desk, curves| {
                let page = &mut office.training;
                // What came in meanwhile is in the file, or will come again with the next step.
                if let Ok(curves) = curves
                    && curves.seconds > 0.0
                    && (page.curves.run != run || page.curves.seconds <= curves.seconds)
                {
                    page.curves = curves;
                    let progress = office.trainer.progress().map(|(_, progress)| progress.clone());
                    page.show_run(progress.as_ref(), desk);
                }
            },
        );
    }

    fn show_run(&mut self, progress: Option<&TeachProgress>, desk: &Desk) {
        self.shown_run = self
            .facts
            .current()
            .map(|run| Arc::new(shown::run(run, progress, &self.curves, desk)));
    }

    fn start(wishes: Wishes, desk: &mut Desk) {
        let data = Arc::clone(desk.data());
        let request = RunRequest {
            name: None,
            settings: settings(wishes),
            data_set: wishes.version,
        };
        desk.change(
            Permission::Train,
            move |store, by| {
                let queued = teaching::prepare(store, &data, &request, by);
                Ok(queued.map_err(|error| format!("{error:#}")))
            },
            |office, desk, queued| match queued {
                Ok((_, complaints)) => {
                    office.training.complaints = complaints;
                    office.training.wish = Some(Wish::Look);
                    Self::reload(desk);
                }
                Err(sentence) => desk.problem(sentence),
            },
        );
    }

    fn set_state(run: i64, state: RunState, desk: &mut Desk) {
        desk.change(
            Permission::Train,
            move |store, by| store.set_run_state(run, state, None, by),
            |office, desk, _| {
                office.training.wish = Some(Wish::Look);
                Self::reload(desk);
            },
        );
    }

    fn cancel(&self, number: i64, desk: &mut Desk) {
        let works = self
            .facts
            .runs
            .iter()
            .any(|run| run.id == number && run.state == RunState::Running);
        let words = desk.words();
        let question = ConfirmView {
            title: words.say(TrainingWord::CancelTitle),
            text: words.say(TrainingWord::CancelText),
            yes: words.say(TrainingWord::Cancel),
            stops: true,
            wants_reason: false,
        };
        desk.confirm(question, move |office, desk, _| {
            if works {
                office.training.wish = Some(Wish::Stop);
            } else {
                Self::set_state(number, RunState::Stopped, desk);
            }
        });
    }
}

/// What the wishes mean to the teacher.
fn settings(wishes: Wishes) -> TeachSettings {
    let usual = TeachSettings::default();
    let of_effort = match wishes.effort {
        Effort::Quick => TeachSettings {
            scenes: usual.scenes / 3,
            views_of_a_photo: usual.views_of_a_photo / 2,
            rounds: usual.rounds / 2,
            ..usual
        },
        Effort::Usual => usual,
        Effort::Thorough => TeachSettings {
            scenes: usual.scenes * 3,
            views_of_a_photo: usual.views_of_a_photo * 2,
            most_views: usual.most_views * 3,
            rounds: usual.rounds * 2,
            ..usual
        },
    };
    let keep = of_effort.keep
        * match wishes.hold {
            Hold::Loose => 0.4,
            Hold::Usual => 1.0,
            Hold::Firm => 2.5,
        };
    TeachSettings { keep, ..of_effort }
}

impl PageDesk for TrainingPage {
    type Command = TrainingCommand;
    type View = TrainingView;

    fn opened(&mut self, desk: &mut Desk) {
        self.is_open = true;
        Self::reload(desk);
    }

    fn view(&self, desk: &Desk) -> TrainingView {
        let complaints = self.complaints.iter().map(|found| shown::complaint(found, desk));
        let history = self.facts.runs.iter().filter(|run| run.state.has_ended());
        TrainingView {
            steps: shown::steps(&self.facts, desk),
            complaints: complaints.collect(),
            run: self.shown_run.clone(),
            history: history.map(|run| shown::row(run, desk)).collect(),
            candidate: shown::candidate(&self.facts.models),
            versions: self.facts.versions.iter().map(|version| version.number).collect(),
            may_train: desk.may(Permission::Train),
        }
    }

    fn apply(&mut self, command: TrainingCommand, desk: &mut Desk) {
        if !desk.check(Permission::Train) {
            return;
        }
        match command {
            TrainingCommand::Start(wishes) => Self::start(wishes, desk),
            TrainingCommand::Pause => self.wish = Some(Wish::Pause),
            TrainingCommand::Resume(run) | TrainingCommand::Again(run) => {
                Self::set_state(run, RunState::Queued, desk);
            }
            TrainingCommand::Cancel(run) => self.cancel(run, desk),
        }
    }
}
