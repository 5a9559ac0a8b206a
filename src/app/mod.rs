//! The composition root: the only room that may import every other.

pub mod cli;
pub mod data;
pub mod kiosk;
pub mod models;
pub mod overlay;
pub mod pricing;
pub mod receipts;
