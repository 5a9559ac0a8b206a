//! Tests that see the program from outside. One binary, so that it links once.
//!
//! - `architecture`: which room imports which, read from the source.
//! - `commands`: the binary as a user runs it, with good and bad input.
//! - `dataset`: data sets in and out of every format.
//! - `export`: models as files for other programs.
//! - `golden`: values computed by other libraries.
//! - `kiosk`: whole visits, from pictures to receipts, without a window.
//! - `program`: how the binary is run.
//! - `shopper`: what pays at a lane without a window.
//! - `teaching`: a new product from its photos to its sale.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod architecture;
mod commands;
mod dataset;
mod export;
mod golden;
mod golden_ssd;
mod kiosk;
mod program;
mod shopper;
mod teaching;
