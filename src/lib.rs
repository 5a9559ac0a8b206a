//! Tillsight turns any PC with a webcam into a self-checkout lane.

pub mod app;
pub mod capture;
pub mod domain;
pub mod frame;
pub mod geom;
pub mod pipeline;
pub mod store;
pub mod tracking;
pub mod training;
pub mod ui;
pub mod vision;
