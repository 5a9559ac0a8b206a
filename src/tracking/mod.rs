//! The room tracking.
