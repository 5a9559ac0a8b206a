//! Teaching the detector: data sets, composed scenes, the training loop, measuring.

pub mod augment;
pub mod calibrate;
pub mod dataset;
pub mod evaluate;
pub mod metrics;
pub mod render;
pub mod scenes;
pub mod teach;
pub mod trainer;
pub mod tray;
