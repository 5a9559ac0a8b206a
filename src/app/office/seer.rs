//! The model in use, for looking at single pictures in the background: proposals of boxes, "try a picture".
//!
//! It is a second copy of the lane's detector, so that the lane never waits for the back office. It is loaded
//! with the first picture and again when another model is in use.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{
    app::models,
    frame::RgbImage,
    geom::{ClassId, Detection},
    vision::Detector,
};

/// What the model sees on a picture.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Everything that it is at least a little sure of.
    pub detections: Vec<Detection>,
    /// The name of the model.
    pub model: String,
    /// Names of its classes, by class id from 1.
    pub classes: Vec<String>,
    /// How long it took, from pixels to boxes.
    pub took: Duration,
}

impl Seen {
    /// The model's name of a class.
    #[must_use]
    pub fn class_name(&self, class: ClassId) -> Option<&str> {
        let index = usize::from(class.0).checked_sub(1)?;
        self.classes.get(index).map(String::as_str)
    }
}

/// The model, shared by the threads in the background.
#[derive(Clone, Default)]
pub struct Seer {
    loaded: Arc<Mutex<Option<(PathBuf, Detector)>>>,
}

impl std::fmt::Debug for Seer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seer")
    }
}

impl Seer {
    /// What the model in use sees, down to the score `lowest`. Waits for the model: never call it on the
    /// window's thread.
    ///
    /// # Errors
    /// One sentence, if there is no model or it cannot compute here.
    pub fn look(&self, data: &Path, picture: &RgbImage, lowest: f32) -> Result<Seen, String> {
        let folder = models::current(Some(data)).map_err(|error| format!("{error:#}"))?;
        // A thread that panicked while it held the model left it as it was.
        let mut slot = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let is_other = slot.as_ref().is_none_or(|(known, _)| *known != folder);
        if is_other {
            *slot = None;
            let detector =
                models::load(&folder, models::usual_engine()).map_err(|error| format!("{error:#}"))?;
            *slot = Some((folder, detector));
        }
        let Some((_, detector)) = slot.as_ref() else {
            return Err("the model could not be loaded: try again".to_owned());
        };
        let began = Instant::now();
        let detections = detector
            .detect_from(picture, lowest)
            .map_err(|error| error.to_string())?;
        let took = began.elapsed();
        let bundle = detector.bundle();
        Ok(Seen {
            detections,
            model: bundle.name.clone(),
            classes: bundle.architecture.classes.clone(),
            took,
        })
    }
}

/// How unsure a model is of a picture, 0 to 1: as its least clear finding, between yes and no.
#[must_use]
pub fn uncertainty(detections: &[Detection]) -> f32 {
    /// Seeing nothing at all where photos are taken of products is doubtful too.
    const NOTHING: f32 = 0.7;
    let doubts = detections
        .iter()
        .map(|detection| 1.0 - (2.0 * detection.score - 1.0).abs());
    doubts.reduce(f32::max).unwrap_or(NOTHING).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::CornerBox;

    #[test]
    fn half_sure_is_least_sure() {
        let of = |scores: &[f32]| {
            let detections: Vec<Detection> = scores
                .iter()
                .map(|score| Detection {
                    class: ClassId(1),
                    score: *score,
                    bbox: CornerBox::new(0.0, 0.0, 1.0, 1.0),
                })
                .collect();
            uncertainty(&detections)
        };
        assert!((of(&[0.5]) - 1.0).abs() < 1e-6);
        assert!((of(&[0.95]) - 0.1).abs() < 1e-5);
        assert!((of(&[0.95, 0.3]) - 0.6).abs() < 1e-5);
        assert!((of(&[]) - 0.7).abs() < 1e-6);
    }
}
