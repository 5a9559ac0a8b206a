//! The room domain.
