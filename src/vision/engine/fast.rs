//! A network that is ready to run: its plan, its threads and its memory.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use super::{
    Isa,
    decode::{Cell, Decoder},
    network::{Network, NotCovered, Precision},
    plan::{MapPlace, Plan, Predictions},
    raw::{Runner, shape},
};
use crate::{
    frame::RgbImage,
    geom::Detection,
    vision::{decode::DecodeSettings, default_boxes::DefaultBoxes},
};

/// Most threads that a network of this size makes use of.
const MOST_THREADS: usize = 8;

/// A network on the threads of this machine. One picture is computed at a time.
#[derive(Debug)]
pub struct FastNetwork {
    plan: Plan,
    state: Mutex<State>,
    isa: Isa,
    threads: usize,
}

/// What changes from frame to frame.
#[derive(Debug)]
struct State {
    runner: Runner,
    decoder: Decoder,
}

/// The time that one group took, in milliseconds, for the table of layers.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupTime {
    /// What people call it.
    pub name: String,
    /// From its start until the last thread has done its part.
    pub wall_ms: f64,
    /// Making the wide map, filtering it and mixing channels, summed over threads.
    pub parts_ms: [f64; 3],
    /// Multiply-adds.
    pub multiply_adds: usize,
}

/// Threads that the engine uses on this machine.
#[must_use]
pub fn usual_threads() -> usize {
    std::thread::available_parallelism()
        .map_or(1, std::num::NonZero::get)
        .min(MOST_THREADS)
}

impl FastNetwork {
    /// Packs the weights and plans the memory of a network.
    ///
    /// # Errors
    /// [`NotCovered`] if a part has no kernel, does not fit the others or has weights that are no numbers.
    ///
    /// # Panics
    /// If this machine does not have the instruction set.
    pub fn new(network: &Network, isa: Isa, threads: usize) -> Result<Self, NotCovered> {
        Self::with_precision(network, isa, threads, Precision::Floats)
    }

    /// The same in other numbers; with [`Precision::Bytes`] the instruction set may be [`Isa::for_bytes`].
    ///
    /// # Errors
    /// As [`FastNetwork::new`].
    ///
    /// # Panics
    /// As [`FastNetwork::new`].
    pub fn with_precision(
        network: &Network,
        isa: Isa,
        threads: usize,
        precision: Precision,
    ) -> Result<Self, NotCovered> {
        let threads = threads.max(1);
        let isa = match precision {
            Precision::Floats => isa,
            Precision::Bytes => isa.for_bytes(),
        };
        let plan = Plan::new(network, shape(isa), (threads, precision))?;
        let runner = Runner::new(&plan, isa, threads);
        Ok(Self {
            threads: runner.threads(),
            plan,
            state: Mutex::new(State {
                runner,
                decoder: Decoder::default(),
            }),
            isa,
        })
    }

    /// The instruction set in use.
    #[must_use]
    pub const fn isa(&self) -> Isa {
        self.isa
    }

    /// The threads in use, the caller's among them.
    #[must_use]
    pub const fn threads(&self) -> usize {
        self.threads
    }

    /// Bytes of packed weights, and of memory for maps.
    #[must_use]
    pub fn bytes(&self) -> (usize, usize) {
        let numbers = self.plan.shared + self.plan.scratch * self.threads;
        (
            size_of_val(self.plan.weights.as_slice()),
            numbers * size_of::<f32>(),
        )
    }

    /// Default boxes that the network makes predictions for.
    #[must_use]
    pub fn boxes(&self) -> usize {
        let of_map = |map: &Predictions| {
            map.offsets
                .map_or(0, |(place, values)| place.side * place.side * values / 4)
        };
        self.plan.predictions.iter().map(of_map).sum()
    }

    /// The detections in a picture, best first, in place of what `found` held; the first `classes` classes are
    /// reported. Allocates nothing once frames of that size and as many detections have been seen.
    ///
    /// # Panics
    /// If the default boxes are fewer than [`FastNetwork::boxes`], or the classes too many.
    pub fn detect(
        &self,
        picture: &RgbImage,
        defaults: &DefaultBoxes,
        classes: usize,
        settings: &DecodeSettings,
        found: &mut Vec<Detection>,
    ) {
        let mut state = self.run_locked(picture);
        let State { runner, decoder } = &mut *state;
        let memory = runner.memory();
        let cells = self.plan.predictions.iter().flat_map(|map| cells_of(memory, map));
        let outputs = (self.plan.class_outputs, classes);
        decoder.decode(cells, outputs, defaults, settings, found);
    }

    /// Class logits and offsets of all default boxes, row by row.
    ///
    /// # Shapes
    /// `boxes * class_outputs` and `boxes * 4` values.
    #[must_use]
    pub fn raw_outputs(&self, picture: &RgbImage) -> (Vec<f32>, Vec<f32>) {
        let state = self.run_locked(picture);
        let (mut logits, mut offsets) = (Vec::new(), Vec::new());
        for map in &self.plan.predictions {
            for (out, place) in [(&mut logits, map.logits), (&mut offsets, map.offsets)] {
                if let Some((place, values)) = place {
                    cells(state.runner.memory(), place, values).for_each(|cell| out.extend_from_slice(cell));
                }
            }
        }
        (logits, offsets)
    }

    /// Runs the network and leaves the predictions where they are; for measuring.
    pub fn run(&self, picture: &RgbImage) {
        drop(self.run_locked(picture));
    }

    /// Runs the network once and says where the time went: the resizing first, then the groups in order.
    #[must_use]
    pub fn timed(&self, picture: &RgbImage) -> Vec<GroupTime> {
        let mut state = self.lock();
        state.runner.time_steps(true);
        self.run_on(&mut state.runner, picture);
        let steps = state.runner.step_times();
        state.runner.time_steps(false);
        let ms = |nanoseconds: u64| nanoseconds as f64 / 1e6;
        let mut times = vec![GroupTime {
            name: "resize".to_owned(),
            wall_ms: ms(steps[0].wall),
            parts_ms: [0.0; 3],
            multiply_adds: 0,
        }];
        for (group, both) in self.plan.groups.iter().zip(steps[1..].chunks(2)) {
            let parts_ms = [0, 1, 2].map(|part| both.iter().map(|step| ms(step.parts[part])).sum());
            let wall_ms = both.iter().map(|step| ms(step.wall)).sum();
            // A thread that comes late to a step finds part of it done already.
            let least_ms = parts_ms.iter().sum::<f64>() / self.threads as f64;
            times.push(GroupTime {
                name: group.name.clone(),
                wall_ms: f64::max(wall_ms, least_ms),
                parts_ms,
                multiply_adds: group.multiply_adds,
            });
        }
        times
    }

    /// What making the network's input of the last picture took.
    #[must_use]
    pub fn resize_time(&self) -> Duration {
        Duration::from_nanos(self.lock().runner.resize_time())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A frame that panicked half-way leaves nothing that the next one does not write again.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run_locked(&self, picture: &RgbImage) -> MutexGuard<'_, State> {
        let mut state = self.lock();
        self.run_on(&mut state.runner, picture);
        state
    }

    fn run_on(&self, runner: &mut Runner, picture: &RgbImage) {
        let (width, height) = picture.dimensions();
        runner.run(&self.plan, picture.as_raw(), [width as usize, height as usize]);
    }
}

/// Logits and offsets of each cell of a map.
fn cells_of<'a>(memory: &'a [f32], map: &Predictions) -> impl Iterator<Item = Cell<'a>> {
    let both = map.logits.zip(map.offsets);
    both.into_iter()
        .flat_map(|((logits, l), (offsets, o))| cells(memory, logits, l).zip(cells(memory, offsets, o)))
}

/// The predictions of each cell of a map, without the padding between them.
fn cells(memory: &[f32], place: MapPlace, values: usize) -> impl Iterator<Item = &[f32]> {
    memory[place.offset..place.offset + place.len()]
        .chunks_exact(place.step)
        .map(move |cell| &cell[..values])
}

#[cfg(test)]
mod tests;
