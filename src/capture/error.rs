//! Why there are no pictures: each message is one sentence that says what to do.

use std::path::PathBuf;

use crate::frame::picture::PictureError;

/// Why a source cannot be opened or gives no picture.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// The system knows no camera.
    #[error("no camera was found; plug one in, or show the demo pictures instead")]
    NoCamera,
    /// No camera has the number or name asked for.
    #[error("there is no camera {wanted:?}; choose one of these: {available}")]
    NotFound {
        /// What was asked for.
        wanted: String,
        /// The cameras there are, in words.
        available: String,
    },
    /// Another program uses the camera.
    #[error("the camera {camera} is used by another program; close that program or choose another camera")]
    Busy {
        /// The camera.
        camera: String,
    },
    /// The system does not let this program use the camera.
    #[error(
        "this program may not use the camera {camera}; allow it in the system's privacy settings \
         (on Linux, add the user to the group video)"
    )]
    Denied {
        /// The camera.
        camera: String,
    },
    /// The camera is no longer there.
    #[error("the camera {camera} is gone; plug it in again")]
    Gone {
        /// The camera.
        camera: String,
    },
    /// The camera sends nothing that can be read here.
    #[error(
        "the camera {camera} sends no format that can be read (MJPEG, YUYV, NV12, RGB); choose another camera"
    )]
    NoUsableMode {
        /// The camera.
        camera: String,
    },
    /// The driver failed otherwise.
    #[error("the camera {camera} does not work ({reason}); unplug it and plug it in again")]
    Driver {
        /// The camera.
        camera: String,
        /// What the driver said.
        reason: String,
    },
    /// One picture of a camera is damaged; the next one may be good.
    #[error("the camera sent a damaged picture ({reason}); if this goes on, check its cable")]
    BadFrame {
        /// What is wrong with it.
        reason: String,
    },
    /// A folder cannot be listed.
    #[error("cannot read the folder {path}: {source}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A folder has no picture that can be read.
    #[error("the folder {path} holds no picture that can be read; put JPEG or PNG pictures there")]
    NoPictures {
        /// The folder.
        path: PathBuf,
    },
    /// The one picture to show cannot be read.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// A replay that is not looped has shown everything.
    #[error("all pictures of {path} were shown")]
    Ended {
        /// The file or folder.
        path: PathBuf,
    },
}

impl CaptureError {
    /// Whether only this picture failed and the source can be asked again at once.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(self, Self::BadFrame { .. })
    }

    /// Whether opening the source again can never help.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Ended { .. })
    }
}
