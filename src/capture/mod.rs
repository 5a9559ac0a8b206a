//! Where pictures come from: a camera, or pictures replayed from files.
//!
//! A [`FrameSource`] gives one frame after the other and belongs to the thread that opened it, because a
//! camera must not change threads; a [`SourceSpec`] can be sent anywhere and says what to open. This room
//! owns the `nokhwa` crate. It starts no threads and never sleeps: a camera blocks until its next picture,
//! and a replay says in [`FrameSource::pace`] when the next one is due.

mod camera;
mod choice;
mod clock;
mod error;
mod mode;
mod pixels;
mod rehearsal;
mod replay;
mod source;

pub use camera::{Camera, CameraEntry, list_cameras};
pub use choice::CameraChoice;
pub use clock::{Clock, monotonic_clock};
pub use error::CaptureError;
pub use mode::{Encoding, VideoMode};
pub use pixels::decode;
pub use rehearsal::{Rehearsal, RehearsalSettings};
pub use replay::{Replay, ReplaySettings};
pub use source::{FrameSource, SourceSpec};
