//! The room training.

pub mod dataset;
pub mod render;
pub mod scenes;
