//! The room capture.
