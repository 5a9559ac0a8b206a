//! Builds the detector on the lane's own thread, and leaves word of what it is.

use std::{path::PathBuf, rc::Rc};

use crate::{
    app::{
        kiosk::{checkout::ModelInfo, tuning::Tuned},
        models,
    },
    frame::Frame,
    pipeline::{DetectFn, DetectorBuilder, Mailbox, StillnessSettings, resting},
    vision::Engine,
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
        let detector = models::load(&folder, engine).map_err(|error| format!("{error:#}"))?;
        let bundle = detector.bundle();
        word.put(ModelInfo {
            name: bundle.name.clone(),
            classes: bundle.architecture.classes.clone(),
            engine: detector.engine(),
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
        let look: DetectFn = Box::new(move |frame: &Frame| {
            let lowest = wanted.lowest(looking.bundle());
            looking
                .detect_from(frame.pixels(), lowest)
                .map_err(|error| error.to_string())
        });
        let mut look = resting(look, StillnessSettings::default());
        let detect: DetectFn = Box::new(move |frame: &Frame| {
            look(frame).map(|found| tuned.apply(frame, detector.bundle(), found))
        });
        Ok(detect)
    })
}
