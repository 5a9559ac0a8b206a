//! The room training.
