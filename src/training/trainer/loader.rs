//! Threads that prepare batches ahead of the trainer.
//!
//! Thread `k` of `n` prepares batches `k, k + n, k + 2n ...`, and the trainer takes from the threads in
//! turn, so that the order of the pictures does not depend on which thread is faster.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, sync_channel},
    },
    thread::JoinHandle,
};

use burn::tensor::{Device, Tensor, TensorData};

use super::hard_negatives::{HardDraw, is_negative};
use crate::{
    training::dataset::{DatasetError, LabelledPicture},
    vision::{
        DefaultBoxes,
        loss::Targets,
        matcher::MatchThresholds,
        preprocess::{self, Normalisation},
    },
};

/// Gives the picture of an index; the same index always gives the same picture.
pub type SampleFn = Arc<dyn Fn(u64) -> Result<LabelledPicture, DatasetError> + Send + Sync>;

/// One prepared batch.
#[derive(Debug, Default)]
pub struct Batch {
    /// Pre-processed pictures, `[batch, 3, side, side]`.
    pub input: Vec<f32>,
    /// What each picture's default boxes are to learn.
    pub targets: Vec<Targets>,
    /// What the batch is made of.
    pub content: Content,
}

impl Batch {
    /// Takes the pictures out as the network wants them, `[batch, 3, side, side]`.
    pub(super) fn take_input(&mut self, side: usize, device: &Device) -> Tensor<4> {
        let input = std::mem::take(&mut self.input);
        Tensor::from_data(
            TensorData::new(input, [self.targets.len(), 3, side, side]),
            device,
        )
    }
}

/// What pictures show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Content {
    /// How many pictures.
    pub pictures: u64,
    /// Objects of the classes to be found.
    pub objects: u64,
    /// Pictures without any of them.
    pub empty: u64,
    /// Pictures drawn from the hard negatives.
    pub hard: u64,
}

impl Content {
    /// Both together.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            pictures: self.pictures + other.pictures,
            objects: self.objects + other.objects,
            empty: self.empty + other.empty,
            hard: self.hard + other.hard,
        }
    }
}

/// How batches are made.
#[derive(Clone)]
pub struct BatchPlan {
    /// Where pictures come from.
    pub sample: SampleFn,
    /// Hard negatives that take the place of some pictures.
    pub(super) hard: Option<Arc<HardDraw>>,
    /// Side of the network's input.
    pub side: usize,
    /// How pixels become the network's input.
    pub normalisation: Normalisation,
    /// Classes to be found; those after them are distractors.
    pub classes: usize,
    /// Pictures a batch.
    pub batch: u64,
    /// The network's default boxes.
    pub defaults: Arc<DefaultBoxes>,
    /// When a default box matches.
    pub thresholds: MatchThresholds,
}

impl BatchPlan {
    /// The batch of a step; the same step always gives the same batch.
    pub(super) fn make(&self, step: u64) -> Result<Batch, DatasetError> {
        let mut batch = Batch::default();
        for index in step * self.batch..(step + 1) * self.batch {
            let hard = self.hard.as_ref().and_then(|hard| hard.draw(index));
            batch.content.hard += u64::from(hard.is_some());
            let labelled = hard.unwrap_or_else(|| (self.sample)(index))?;
            batch.content.pictures += 1;
            let objects = labelled
                .boxes
                .iter()
                .filter(|b| usize::from(b.class.0) <= self.classes);
            batch.content.objects += objects.count() as u64;
            batch.content.empty += u64::from(is_negative(&labelled, self.classes));
            batch.input.extend(preprocess::to_input(
                &labelled.picture,
                self.side,
                self.normalisation,
            ));
            let targets = Targets::new(&labelled.truths(), &self.defaults, self.thresholds);
            batch.targets.push(targets);
        }
        Ok(batch)
    }
}

/// The running threads. Dropping it stops and joins them.
pub struct Loader {
    receivers: Vec<Receiver<Result<Batch, DatasetError>>>,
    threads: Vec<JoinHandle<()>>,
    next: usize,
}

impl Loader {
    /// Starts `threads` threads that prepare the batches of the steps from `first` on.
    ///
    /// # Errors
    /// What the system said if a thread cannot be started.
    pub fn start(plan: &BatchPlan, first: u64, threads: usize) -> std::io::Result<Self> {
        let mut receivers = Vec::new();
        let mut handles = Vec::new();
        for offset in 0..threads as u64 {
            // Two batches ahead a thread: enough to hide a slow picture, little enough to stay small.
            let (sender, receiver) = sync_channel(2);
            let plan = plan.clone();
            let stride = threads as u64;
            let run = move || {
                let mut step = first + offset;
                while sender.send(plan.make(step)).is_ok() {
                    step += stride;
                }
            };
            handles.push(
                std::thread::Builder::new()
                    .name(format!("tillsight-load-{offset}"))
                    .spawn(run)?,
            );
            receivers.push(receiver);
        }
        Ok(Self {
            receivers,
            threads: handles,
            next: 0,
        })
    }

    /// The next batch, or nothing if its thread died.
    pub fn next_batch(&mut self) -> Option<Result<Batch, DatasetError>> {
        let received = self.receivers[self.next].recv().ok();
        self.next = (self.next + 1) % self.receivers.len();
        received
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        // Closing the channels is what tells the threads to stop.
        self.receivers.clear();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a thread that prepares pictures ended with a panic");
            }
        }
    }
}
