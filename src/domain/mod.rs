//! Money, catalog, basket, session and receipt: what a checkout is, without a machine around it.
//!
//! This room must not read a clock, touch a file, start a thread or know a pixel: time comes in as a
//! [`time::Timestamp`], products as data, and everything that has to happen outside leaves as an
//! [`session::effect::Effect`]. Invariants kept here, whatever the order of events:
//!
//! - an amount is integer minor units of one currency, and arithmetic that cannot be exact fails;
//! - a total is the sum of what is printed ([`tax`] holds the rounding rule);
//! - a track of the camera is charged at most once in a sale, also after its line was voided;
//! - a line is voided, never deleted; a basket ends only by a sale or by a void in the journal.

pub mod basket;
pub mod cash;
pub mod catalog;
pub mod codes;
pub mod ean;
pub mod line;
pub mod money;
pub mod product;
pub mod product_list;
pub mod quantity;
pub mod receipt;
pub mod receipt_text;
pub mod refund;
pub mod repricing;
pub mod sale;
pub mod search;
pub mod session;
pub mod shelf_label;
pub mod staff;
pub mod tax;
pub mod time;
