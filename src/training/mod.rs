//! The room training.

pub mod dataset;
pub mod scenes;
pub mod render;
