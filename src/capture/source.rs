//! What every source of frames can do, and what to open.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use crate::frame::Frame;

use super::{
    Camera, CameraChoice, CaptureError, Clock, Rehearsal, RehearsalSettings, Replay, ReplaySettings,
};

/// Gives one frame after the other. Not `Send` on purpose: a source lives and dies on one thread.
pub trait FrameSource {
    /// The next frame. A live source blocks until its hardware has one.
    ///
    /// # Errors
    /// [`CaptureError`]; after one for which neither `is_passing` nor `is_final` holds the source is dropped
    /// and opened anew.
    fn next_frame(&mut self) -> Result<Frame, CaptureError>;

    /// What it is, in a few words for people.
    fn describe(&self) -> String;

    /// How long to wait between two frames; `None` for sources that block until the next one.
    fn pace(&self) -> Option<Duration>;

    /// Sentences about what was left out since the last call, such as a file that is no picture.
    fn take_notes(&mut self) -> Vec<String> {
        Vec::new()
    }
}

/// What to open; can be kept and sent to another thread.
#[derive(Debug, Clone, PartialEq)]
pub enum SourceSpec {
    /// A camera.
    Camera(CameraChoice),
    /// A picture, or a folder of pictures.
    Replay {
        /// The file or the folder.
        path: PathBuf,
        /// How it is shown.
        settings: ReplaySettings,
    },
    /// Pictures in memory, sent as a camera sends them.
    Rehearsal(RehearsalSettings),
}

impl SourceSpec {
    /// Reads what stands behind `--source`: `camera`, `camera:NUMBER`, `camera:PART OF THE NAME`, or a path.
    #[must_use]
    pub fn from_argument(argument: &str) -> Self {
        if argument == "camera" {
            return Self::Camera(CameraChoice::First);
        }
        match argument.strip_prefix("camera:") {
            Some(choice) => Self::Camera(CameraChoice::parse(choice)),
            None => Self::replay(Path::new(argument)),
        }
    }

    /// A picture or a folder with the usual settings.
    #[must_use]
    pub fn replay(path: &Path) -> Self {
        Self::Replay {
            path: path.to_owned(),
            settings: ReplaySettings::default(),
        }
    }

    /// Opens it on the calling thread.
    ///
    /// # Errors
    /// [`CaptureError`], saying what to do.
    pub fn open(&self, clock: &Clock) -> Result<Box<dyn FrameSource>, CaptureError> {
        match self {
            Self::Camera(choice) => Ok(Box::new(Camera::open(choice, clock)?)),
            Self::Rehearsal(settings) => Ok(Box::new(Rehearsal::new(settings.clone(), clock.clone()))),
            Self::Replay { path, settings } => {
                Ok(Box::new(Replay::open(path, settings.clone(), clock.clone())?))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments() {
        assert_eq!(
            SourceSpec::from_argument("camera"),
            SourceSpec::Camera(CameraChoice::First)
        );
        assert_eq!(
            SourceSpec::from_argument("camera:1"),
            SourceSpec::Camera(CameraChoice::Index(1))
        );
        assert_eq!(
            SourceSpec::from_argument("tray/"),
            SourceSpec::replay(Path::new("tray/"))
        );
    }
}
