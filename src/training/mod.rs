//! The room training.

pub mod augment;
pub mod dataset;
pub mod scenes;
