//! The one place with `unsafe` code.
mod kernels;
mod pool;
mod run;
mod vector;
pub(super) use run::{Runner, shape};
