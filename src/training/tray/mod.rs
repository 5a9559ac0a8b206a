//! Cutting a product out by itself: camera and tray do not move, so the difference from the empty tray gives
//! mask, box and cut-out; and what to tell the person who holds the product.
//!
//! Pure numbers: nothing here knows a file, a product or a screen. Pictures of any size of one shape go in;
//! masks come back in the size of the picture.

mod cut;
mod difference;
mod find;
mod guidance;
mod light;
mod matting;
mod model;
mod morphology;
mod plane;

pub use cut::{Stroke, brush, cut_out};
pub use find::{Finding, box_of, find};
pub use guidance::{Appearance, Obstacle, movement, obstacle};
pub use model::{EmptyTray, TrayError};

#[cfg(test)]
mod tests;
