//! How long the inner parts take, for judging changes to them: `cargo bench`, or `cargo bench -- NAME`.
//!
//! What a whole picture, frame or training step takes says `tillsight bench`; how that compares with other
//! programs says `scripts/bench-peers`. Nothing here is a test, and no test measures time.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot go on has failed")]

mod answers;
mod camera;
mod engine;
mod store;
mod tracker;

fn main() {
    divan::main();
}
