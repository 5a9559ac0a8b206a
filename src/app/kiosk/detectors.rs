//! Builds the detector on the lane's own thread, and leaves word of what it is.

use std::{
    cell::Cell,
    path::{Path, PathBuf},
    rc::Rc,
    time::{Duration, Instant},
};

use crate::{
    app::{
        kiosk::{checkout::ModelInfo, pace::Pace, tuning::Tuned},
        models,
    },
    frame::Frame,
    pipeline::{DetectFn, DetectorBuilder, Mailbox, RestSign, StillnessSettings, resting},
    ui::view::Stage,
    vision::{Detector, Engine, engine::FastNetwork},
};

/// Where the model is looked for, and what is to compute it.
#[derive(Debug, Clone)]
pub struct DetectorChoice {
    /// The folder of the shop's data.
    pub data: PathBuf,
    /// A certain bundle; the one in use if none.
    pub model: Option<PathBuf>,
    /// A certain engine; the CPU's if none.
    pub engine: Option<Engine>,
    /// What staff tuned.
    pub tuned: Tuned,
    /// Where it says that nothing moves.
    pub rest: RestSign,
    /// Where it is noted how long looking takes.
    pub pace: Pace,
}

impl DetectorChoice {
    /// The folder of the chosen model.
    ///
    /// # Errors
    /// One sentence if there is none.
    pub fn folder(&self) -> anyhow::Result<PathBuf> {
        self.model
            .clone()
            .map_or_else(|| models::current(Some(&self.data)), Ok)
    }
}

/// A builder for the lane. It loads and checks the bundle on the thread that will use it.
#[must_use]
pub fn builder(choice: DetectorChoice, word: Mailbox<ModelInfo>) -> DetectorBuilder {
    Box::new(move || {
        let folder = choice.folder().map_err(|error| format!("{error:#}"))?;
        let engine = choice.engine.unwrap_or_else(models::usual_engine);
        let (detector, instead) = load(&folder, engine)?;
        let bundle = detector.bundle();
        word.put(ModelInfo {
            name: bundle.name.clone(),
            classes: bundle.architecture.classes.clone(),
            engine: detector.engine(),
            instead,
            thresholds: bundle
                .architecture
                .classes
                .iter()
                .map(|class| bundle.threshold_of(class))
                .collect(),
        });
        // The tracker settles by itself what counts, and goes on with weaker ones where it has a track.
        let detector = Rc::new(detector);
        let looking = Rc::clone(&detector);
        let tuned = choice.tuned;
        let wanted = tuned.clone();
        // How long the last look took; nothing while it rests.
        let looked_for = Rc::new(Cell::new(Duration::ZERO));
        let took = Rc::clone(&looked_for);
        let pace = choice.pace;
        let noted = pace.clone();
        let look: DetectFn = Box::new(move |frame: &Frame| {
            let begun = Instant::now();
            let lowest = wanted.lowest(looking.bundle());
            let found = looking.detect_from(frame.pixels(), lowest);
            took.set(begun.elapsed());
            noted.note(Stage::Detect, took.get());
            if let Some(resize) = looking.fast().map(FastNetwork::resize_time) {
                noted.note(Stage::Resize, resize);
            }
            found.map_err(|error| error.to_string())
        });
        let mut look = resting(look, StillnessSettings::default(), choice.rest);
        let detect: DetectFn = Box::new(move |frame: &Frame| {
            let begun = Instant::now();
            looked_for.set(Duration::ZERO);
            let found = look(frame);
            pace.note(Stage::Look, begun.elapsed().saturating_sub(looked_for.get()));
            found.map(|found| tuned.apply(frame, detector.bundle(), found))
        });
        Ok(detect)
    })
}

/// The model on an engine; on the processor, and why, where a GPU was asked for that cannot be used.
fn load(folder: &Path, engine: Engine) -> Result<(Detector, Option<String>), String> {
    let on = |engine| models::load(folder, engine).map_err(|error| format!("{error:#}"));
    match on(engine) {
        Ok(detector) => Ok((detector, None)),
        Err(reason) if engine == Engine::Gpu => Ok((on(Engine::Cpu)?, Some(reason))),
        Err(reason) => Err(reason),
    }
}
