//! Teaching new products to a model that is in use, without its forgetting the old ones.
//!
//! A shop has photos of its new product and none of what the model learned from before. So:
//!
//! 1. [`TeachJob`] says which model, which photos and cut-outs, and what it lacks, in words ([`Complaint`]).
//! 2. [`Material`] makes the pictures: the photos, changed a little each time, and composed scenes in which
//!    cut-outs of the taught products lie among rendered, drawn and other things.
//! 3. The backbone stays as it is, so what it sees in a picture is worked out once and kept on disk
//!    ([`FeatureCache`]), together with what the live model says of it.
//! 4. [`Teacher`] trains the heads on that, quick as they are: at the taught products the labels count, and
//!    everywhere else what the live model said ([`lesson`]).
//! 5. A [`Memory`] that came with the model holds pieces of what its backbone saw of the old products; the heads
//!    go on saying the same of them.
//! 6. [`judge`] compares candidate and live model on the same frozen photos.
//!
//! Knows nothing of windows, databases and the lane. Everything it writes is in the run's folder; the live
//! model is only read.

mod cache;
mod candidate;
mod checkpoint;
mod error;
mod held_out;
mod job;
pub mod judge;
pub mod lesson;
mod look;
mod material;
mod memory;
mod progress;
mod settings;
mod student;
mod teacher;

#[cfg(test)]
mod tests;

pub use cache::{FeatureCache, Record};
pub use candidate::candidate_folder;
pub use error::TeachError;
pub use job::{Complaint, Severity, TeachBox, TeachCutout, TeachJob, TeachPhoto, TeachSplit};
pub use look::look_alikes;
pub use material::{Material, Portion};
pub use memory::Memory;
pub use progress::{Stage, TeachProgress, Wish};
pub use settings::TeachSettings;
pub use teacher::{Taught, Teacher, has_checkpoint};
