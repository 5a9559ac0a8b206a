//! The kiosk: a window over a checkout over a lane.
//!
//! [`checkout`] decides, [`runner`] joins it with the lane's threads, `window` paints it. What lies below the
//! window knows no egui, so that whole sales are run in tests.

mod answers;
pub mod back_room;
pub mod checkout;
mod commands;
mod desk;
pub mod detectors;
mod gate;
pub mod measured;
pub mod outbox;
pub mod pace;
pub mod photos;
mod reload;
pub mod runner;
mod search;
pub mod settings;
mod sight;
mod surface;
pub mod trial;
pub mod tuning;
mod view_model;
mod window;

use std::path::PathBuf;

pub use window::run_kiosk;

use crate::{capture::RehearsalSettings, pipeline::RestSign, vision::Engine};

/// How the kiosk is started.
#[derive(Debug, Clone, Default)]
pub struct KioskOptions {
    /// `camera`, `camera:1`, `camera:NAME`, or the path of a picture or a folder; the first camera if none.
    pub source: Option<String>,
    /// In a window instead of on the whole screen.
    pub windowed: bool,
    /// The data folder; the platform's if none.
    pub data: Option<PathBuf>,
    /// Folder of the model bundle; the one in use if none.
    pub model: Option<PathBuf>,
    /// What computes the detector; whichever answers sooner if none.
    pub engine: Option<Engine>,
    /// Pictures in place of a camera's, for measuring; before `source`.
    pub rehearsal: Option<RehearsalSettings>,
    /// Where the detector says that nothing moves.
    pub rest: RestSign,
    /// Where to leave what was measured, and when to close the window.
    pub measure: Option<measured::Measure>,
}
