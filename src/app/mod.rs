//! The composition root: the only room that may import every other.

pub mod cli;
pub mod data;
pub mod datasets;
pub mod kiosk;
pub mod models;
pub mod office;
pub mod overlay;
mod pdf;
pub mod photo_files;
pub mod pricing;
pub mod printer;
pub mod process;
pub mod receipts;
pub mod recent_log;
pub mod scale;
pub mod shelf_labels;
pub mod teaching;
pub mod told;
