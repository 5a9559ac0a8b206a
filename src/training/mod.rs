//! The room training.

pub mod dataset;
pub mod scenes;
