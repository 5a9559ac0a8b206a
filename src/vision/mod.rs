//! The room vision.
