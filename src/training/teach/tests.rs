//! The whole of a small run, on a network that is as thin as can be.
