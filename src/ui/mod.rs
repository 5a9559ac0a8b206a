//! The room ui.
