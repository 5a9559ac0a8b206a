//! The one place with `unsafe` code: kernels, the thread pool, and the walk through a plan.
//!
//! Three things need it, and nothing else is done here:
//! - register loads and stores, which the standard library offers only through addresses (`vector`,
//!   `kernels`). A kernel checks nothing; `groups` checks, once a row or a tile, that all it reaches lies inside
//!   its memory, and `product` does the same for rows that are no map. Kernels are reached only through
//!   [`shape`], [`Runner`] and [`rows_times_panel`], which refuse an instruction set that the machine does not
//!   have;
//! - threads that write interleaved parts of one map (`area`, `run`, `groups`), which slices cannot express;
//! - threads that outlive the job that they borrow (`pool`).
//!
//! What comes out of here is safe to call with anything. Tests run every kernel against a slow reference.

mod area;
mod byte_kernels;
#[cfg(test)]
mod byte_tests;
mod bytes;
#[cfg(test)]
mod counting;
mod groups;
#[cfg(test)]
mod kernel_tests;
mod kernels;
mod pool;
mod product;
mod run;
mod vector;

#[cfg(test)]
pub(super) use counting::allocations;
pub(super) use product::{Panel, rows_times_panel};
pub(super) use run::{Loops, Runner, shape};
