//! The run: look at the pictures, learn in rounds, write the candidate; rest and go on at any point.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use burn::tensor::Device;
use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::{
    cache::{FeatureCache, Record, Shapes},
    candidate,
    checkpoint::{self, TeachState},
    error::TeachError,
    held_out::{self, HeldOut},
    job::{Severity, TeachJob},
    lesson::{Lesson, LessonLoss, Outputs},
    material::{Material, Portion, Sample},
    memory::{Memory, Recalled},
    progress::{Stage, TeachProgress, Wish},
    student::{Learning, Student},
};
use crate::{
    geom::cast::narrow_f32,
    training::dataset::{DatasetError, Dice},
    vision::{
        DefaultBoxes, ModelBundle, Ssd,
        distractors::{Start, grow_classes},
        weights::{self, Naming},
    },
};

/// Pictures looked at together.
const LOOK_AT: usize = 8;
/// Steps between two reports.
const REPORT_EVERY: u64 = 5;
/// Steps between two checkpoints.
const CHECKPOINT_EVERY: u64 = 50;
/// Steps over which a rate rises from nothing.
const WARM_UP: f64 = 10.0;
/// A loss this many times that of the first steps has gone wrong.
const GONE_WRONG: f32 = 4.0;
/// How often the rate is halved before a run is given up.
const MOST_FAILURES: u32 = 2;
/// Share of a run's time that looking at the pictures takes, for the share that is done.
const PREPARING_SHARE: f32 = 0.2;

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Taught {
    /// The candidate is in this folder.
    Candidate(PathBuf),
    /// It rests and can go on.
    Paused,
    /// It was given up.
    Stopped,
}

/// Whether the run in `folder` has a checkpoint.
#[must_use]
pub fn has_checkpoint(folder: &Path) -> bool {
    checkpoint::exists(folder)
}

/// One run.
pub struct Teacher {
    folder: PathBuf,
    job: TeachJob,
    live: ModelBundle,
    watched: Ssd,
    student: Student,
    outputs: Outputs,
    material: Material,
    cache: FeatureCache,
    recalled: Vec<Recalled>,
    defaults: DefaultBoxes,
    state: TeachState,
}

impl Teacher {
    /// Prepares the run of `job` in `folder`, or goes on with it where it was left.
    ///
    /// # Errors
    /// [`TeachError::NotReady`] if photos are missing, or whatever else is in the way.
    pub fn open(folder: &Path, job: TeachJob) -> Result<Self, TeachError> {
        job.settings.check().map_err(TeachError::Settings)?;
        let live = ModelBundle::load(&job.live)?;
        let complaints = job.complaints(&live.architecture);
        if let Some(worst) = complaints.iter().find(|found| found.severity() == Severity::Stop) {
            return Err(TeachError::NotReady(worst.sentence()));
        }
        fs::create_dir_all(folder).map_err(|source| TeachError::file(folder, source, 0))?;
        let new: Vec<(String, Start)> = job
            .new_classes(&live.architecture)
            .into_iter()
            .map(|name| (name, Start::Unlikely))
            .collect();
        let (architecture, grown) = grow_classes(&live, &new)?;
        let outputs = Outputs {
            before: live.architecture.classes.len(),
            added: new.len(),
            distractors: live.architecture.distractors.len(),
        };
        let device = Device::flex();
        let mut watched = Ssd::new(&live.architecture, &device);
        weights::load_bytes(&mut watched, live.weights.clone(), Naming::Native, &live.name)?;
        let watched = watched.folded();
        let material = Material::open(&job, &architecture, &live.architecture)?;
        let key = key_of(&job, &live)?;
        let side = live.architecture.input[0];
        let shapes = Shapes::of(&watched, side, &device);
        let memory = Memory::load(&job.live, &live);
        let recalled = memory.map_or_else(Vec::new, |memory| {
            memory.recall(&watched, &shapes, &live.architecture)
        });
        let cache = FeatureCache::open(&folder.join("features"), key.as_bytes(), shapes)?;
        let mut student = Student::new(&architecture, grown, outputs)?;
        let state = checkpoint::load(folder, &key, &mut student)?.unwrap_or(TeachState {
            key,
            rate_factor: 1.0,
            ..TeachState::default()
        });
        let mut teacher = Self {
            folder: folder.to_owned(),
            defaults: DefaultBoxes::new(&architecture),
            job,
            live,
            watched,
            student,
            outputs,
            material,
            cache,
            recalled,
            state,
        };
        teacher.take_up();
        Ok(teacher)
    }

    /// Lets the student go on as it was learning when its checkpoint was written: the first step of the next
    /// phase begins with a fresh optimiser, whether the run rested before it or not.
    fn take_up(&mut self) {
        if let Some(last) = self.state.step.checked_sub(1) {
            let (learning, _) = self.phase(last);
            self.student.go_on(learning);
        }
    }

    /// Teaches until the candidate is written, or until `watch` wishes otherwise.
    ///
    /// # Errors
    /// [`TeachError`]; what was learned up to the last checkpoint stays.
    pub fn run(&mut self, watch: &mut dyn FnMut(&TeachProgress) -> Wish) -> Result<Taught, TeachError> {
        if let Some(ended) = self.prepare(watch)? {
            return Ok(ended);
        }
        if let Some(ended) = self.learn(watch)? {
            return Ok(ended);
        }
        let measured = self.measure()?;
        let target = candidate::write(&self.folder, (&self.job, &self.live), &self.student, &measured)?;
        self.state.ap50 = measured.ap50;
        // Only the pictures' features are large, and nobody needs them any more.
        if let Err(error) = fs::remove_file(self.folder.join("features")) {
            tracing::warn!("the features of the run stay: {error}");
        }
        let total = self.total_steps();
        watch(&self.progress(Stage::Finished, (total, total), LessonLoss::default(), 0.0));
        Ok(Taught::Candidate(target))
    }

    /// Looks at the pictures that were not looked at yet.
    fn prepare(
        &mut self,
        watch: &mut dyn FnMut(&TeachProgress) -> Wish,
    ) -> Result<Option<Taught>, TeachError> {
        let total = self.material.len();
        let (begun, first) = (Instant::now(), self.cache.len());
        let side = self.live.architecture.input[0];
        while self.cache.len() < total {
            let from = self.cache.len();
            let to = (from + LOOK_AT).min(total);
            let samples: Vec<Sample> = (from..to)
                .into_par_iter()
                .map(|index| self.material.sample(index))
                .collect::<Result<_, DatasetError>>()?;
            let look = (&self.watched, side, self.live.architecture.normalisation);
            self.cache.add(&samples, look, total - to)?;
            let spent = begun.elapsed().as_secs_f64();
            let each = spent / (to - first) as f64;
            let mut progress = self.progress(
                Stage::Preparing,
                (to as u64, total as u64),
                LessonLoss::default(),
                each * (total - to) as f64 / f64::from(PREPARING_SHARE),
            );
            progress.seconds += spent;
            match watch(&progress) {
                Wish::GoOn => {}
                Wish::Pause => return Ok(Some(Taught::Paused)),
                Wish::Stop => return Ok(Some(self.give_up())),
            }
        }
        self.state.seconds += begun.elapsed().as_secs_f64();
        Ok(None)
    }

    fn learn(&mut self, watch: &mut dyn FnMut(&TeachProgress) -> Wish) -> Result<Option<Taught>, TeachError> {
        let total = self.total_steps();
        let mut clock = Instant::now();
        let mut losses = Vec::new();
        let (mut spent, mut steps) = (0.0, 0u32);
        while self.state.step < total {
            let loss = self.step()?;
            match loss {
                Some(loss) if !self.has_gone_wrong(loss) => losses.push(loss),
                Some(_) | None => {
                    self.start_again(loss)?;
                    losses.clear();
                    continue;
                }
            }
            let step = self.state.step;
            let round_ends = step.is_multiple_of(self.steps_a_round());
            if round_ends || step == total {
                self.state.ap50 = self.measure()?.ap50;
            }
            let took = clock.elapsed().as_secs_f64();
            clock = Instant::now();
            self.state.seconds += took;
            spent += took;
            steps += 1;
            if step.is_multiple_of(CHECKPOINT_EVERY) || step == total {
                self.save()?;
            }
            if !round_ends && !step.is_multiple_of(REPORT_EVERY) && step != total {
                continue;
            }
            let left = spent / f64::from(steps) * (total - step) as f64;
            let progress = self.progress(Stage::Learning, (step, total), mean(&losses), left);
            losses.clear();
            match watch(&progress) {
                Wish::GoOn => {}
                Wish::Pause => {
                    self.save()?;
                    return Ok(Some(Taught::Paused));
                }
                Wish::Stop => return Ok(Some(self.give_up())),
            }
        }
        Ok(None)
    }

    /// One step; none if something is no number any more.
    fn step(&mut self) -> Result<Option<LessonLoss>, TeachError> {
        let step = self.state.step;
        let indices = self.indices_of(step);
        let mut records = self.cache.read_many(&indices)?;
        let thresholds = self.student.architecture().loss.thresholds;
        let (outputs, defaults) = (self.outputs, &self.defaults);
        let lesson = |record: &Record| {
            let (labels, said) = (
                (&record.boxes[..], &record.counts[..]),
                (&record.logits[..], &record.offsets[..]),
            );
            Lesson::new(labels, said, outputs, defaults, thresholds)
        };
        let mut lessons: Vec<Lesson> = records.par_iter().map(lesson).collect();
        self.recall(step, &mut records, &mut lessons);
        let (learning, rate) = self.phase(step);
        let shapes = self.cache.shapes();
        let loss = self.student.step(
            (&records, &lessons, shapes),
            learning,
            (rate, self.job.settings.keep),
        );
        if loss.is_some() {
            self.state.step += 1;
            self.state.updates = self.student.updates();
        }
        Ok(loss)
    }

    /// Adds what the model remembers: all of it in turn.
    fn recall(&self, step: u64, records: &mut Vec<Record>, lessons: &mut Vec<Lesson>) {
        let count = self.recalled.len();
        let a_step = (self.job.settings.recalled as usize).min(count);
        let from = usize::try_from(step).unwrap_or(0).wrapping_mul(a_step);
        for at in 0..a_step {
            let Recalled { record, asked } = &self.recalled[from.wrapping_add(at) % count];
            let said = (&record.logits[..], &record.offsets[..]);
            lessons.push(Lesson::of_memory(said, asked, self.outputs));
            records.push(record.clone());
        }
    }

    /// What learns in a step, and how fast: each phase warms up and then slows down to nothing.
    fn phase(&self, step: u64) -> (Learning, f64) {
        let settings = &self.job.settings;
        let first = if self.outputs.added == 0 {
            0
        } else {
            u64::from(settings.rounds.saturating_sub(settings.whole_heads)) * self.steps_a_round()
        };
        let (learning, rate, at, of) = if step < first {
            (Learning::NewOutputs, settings.first_rate, step, first)
        } else {
            (
                Learning::Heads,
                settings.rate,
                step - first,
                self.total_steps() - first,
            )
        };
        let warm = ((at + 1) as f64 / WARM_UP).min(1.0);
        let done = at as f64 / of.max(1) as f64;
        let slow = 0.5 * (1.0 + (std::f64::consts::PI * done).cos());
        (learning, rate * warm * slow.max(0.02) * self.state.rate_factor)
    }

    fn learned_pictures(&self) -> usize {
        (0..self.material.len())
            .filter(|index| self.material.portion(*index).is_learned())
            .count()
    }

    fn steps_a_round(&self) -> u64 {
        (self.learned_pictures() as u64)
            .div_ceil(u64::from(self.job.settings.batch))
            .max(1)
    }

    /// Steps of the whole run.
    fn total_steps(&self) -> u64 {
        u64::from(self.job.settings.rounds).max(1) * self.steps_a_round()
    }

    /// The pictures of a step: every round goes through all of them once, in an order of its own.
    fn indices_of(&self, step: u64) -> Vec<usize> {
        let steps = self.steps_a_round();
        let learned = self.learned_pictures();
        let mut order: Vec<usize> = (0..learned).collect();
        let mut dice = Dice::new(self.job.settings.seed, step / steps);
        for at in (1..learned).rev() {
            order.swap(at, dice.below(at + 1));
        }
        let batch = self.job.settings.batch as usize;
        let from = usize::try_from(step % steps).unwrap_or(0) * batch;
        (from..from + batch)
            .map(|at| order[at % learned.max(1)])
            .collect()
    }

    fn has_gone_wrong(&mut self, loss: LessonLoss) -> bool {
        let total = loss.total(self.job.settings.keep);
        let first = *self.state.first_loss.get_or_insert(total);
        total > GONE_WRONG * first.max(1.0)
    }

    /// Goes back to the last checkpoint, or to the beginning, and on from there at half the rate.
    fn start_again(&mut self, loss: Option<LessonLoss>) -> Result<(), TeachError> {
        let said = loss.map_or_else(
            || "its numbers overflowed".to_owned(),
            |loss| format!("its error rose to {:.1}", loss.total(self.job.settings.keep)),
        );
        let failures = self.state.failures + 1;
        if failures > MOST_FAILURES {
            return Err(TeachError::Diverged(said));
        }
        tracing::warn!(
            step = self.state.step,
            said,
            "learning went wrong; going back, at half the rate"
        );
        let rate_factor = self.state.rate_factor * 0.5;
        let key = self.state.key.clone();
        if let Some(state) = checkpoint::load(&self.folder, &key, &mut self.student)? {
            self.state = state;
            self.take_up();
        } else {
            let new: Vec<(String, Start)> = self
                .job
                .new_classes(&self.live.architecture)
                .into_iter()
                .map(|name| (name, Start::Unlikely))
                .collect();
            let (architecture, grown) = grow_classes(&self.live, &new)?;
            self.student = Student::new(&architecture, grown, self.outputs)?;
            self.state.step = 0;
        }
        self.state.rate_factor = rate_factor;
        self.state.failures = failures;
        Ok(())
    }

    fn measure(&mut self) -> Result<HeldOut, TeachError> {
        let portions = (0..self.material.len()).map(|index| (index, self.material.portion(index)));
        let records: Vec<(usize, Portion)> = portions.filter(|(_, portion)| !portion.is_learned()).collect();
        let network = self.student.settled();
        held_out::measure(&network, self.student.architecture(), &mut self.cache, &records)
    }

    fn save(&self) -> Result<(), TeachError> {
        checkpoint::save(&self.folder, &self.state, &self.student)
    }

    /// Removes what a run leaves that nobody wants any more.
    fn give_up(&self) -> Taught {
        let features = fs::remove_file(self.folder.join("features"));
        let removed = features.and_then(|()| checkpoint::remove(&self.folder.join("checkpoint")));
        if let Err(error) = removed {
            tracing::warn!("files of a run that was given up stay: {error}");
        }
        Taught::Stopped
    }

    fn progress(
        &self,
        stage: Stage,
        (done, total): (u64, u64),
        loss: LessonLoss,
        seconds_left: f64,
    ) -> TeachProgress {
        let part = narrow_f32(done as f64 / total.max(1) as f64);
        let share = match stage {
            Stage::Preparing => part * PREPARING_SHARE,
            Stage::Learning => PREPARING_SHARE + part * (1.0 - PREPARING_SHARE),
            Stage::Finished => 1.0,
        };
        let round = self.state.step / self.steps_a_round();
        TeachProgress {
            stage,
            done,
            total,
            share,
            loss: loss.labels + loss.places,
            kept: loss.kept,
            ap50: self.state.ap50.clone(),
            round: u32::try_from(round).unwrap_or(u32::MAX),
            seconds: self.state.seconds,
            seconds_left,
        }
    }
}

/// What a checkpoint and a file of features belong to.
fn key_of(job: &TeachJob, live: &ModelBundle) -> Result<String, TeachError> {
    let text = serde_json::to_vec(job).map_err(|error| TeachError::Settings(error.to_string()))?;
    let digest = Sha256::new()
        .chain_update(text)
        .chain_update(&live.weights)
        .finalize();
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn mean(losses: &[LessonLoss]) -> LessonLoss {
    let count = losses.len().max(1) as f32;
    let sum = |part: fn(&LessonLoss) -> f32| losses.iter().map(part).sum::<f32>() / count;
    LessonLoss {
        labels: sum(|loss| loss.labels),
        kept: sum(|loss| loss.kept),
        places: sum(|loss| loss.places),
    }
}
