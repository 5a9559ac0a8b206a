//! Composes training pictures: cut-outs at random place, size, angle and light over varied backgrounds.
//!
//! The boxes are exact, because they are measured on the pixels that stay visible. A scene depends on its
//! seed and index alone. An item of ours that would stay visible but not visible enough to be labelled is
//! taken out of the scene again: no picture teaches that a quarter of an apple is background. This room
//! reads no network and trains nothing.

mod backgrounds;
mod camera;
mod canvas;
mod composer;
mod crates;
mod cutout;
mod drawn;
mod hands_and_leaves;
mod item;
mod layout;
mod library;
mod paste;
mod places;
mod rendered;
mod settings;
mod statistics;
mod stock;
mod textures;
mod visible;
mod warp;

pub use backgrounds::Backgrounds;
pub use composer::Composer;
pub use library::CutoutLibrary;
pub use settings::{ComposerSettings, HueWeight};
pub use statistics::{ClassStatistics, PERCENTILES, SceneStatistics};
