//! The single-shot detector, from RGB pixels to detections.
//!
//! In reading order: an [`Architecture`] describes a network as data; [`DefaultBoxes`] lays out its anchors;
//! [`box_coder`] and [`matcher`] turn ground truths into targets and [`loss`] compares; [`Ssd`] is the
//! network on a [`mobilenet_v2`] backbone; [`decode`] and [`nms`] turn its outputs into detections; a
//! [`ModelBundle`] keeps all of it in files; a [`Detector`] does the whole way for a frame.
//!
//! This room never learns what anything costs, draws nothing and starts no threads. burn lives only here and
//! in `training`.

pub mod architecture;
pub mod average;

pub mod box_coder;
pub mod bundle;
pub mod decode;
pub mod default_boxes;
pub mod detector;
pub mod distractors;
pub mod kernels;
pub mod layers;
pub mod loss;
pub mod matcher;
pub mod mobilenet_v2;
pub mod nms;
pub mod preprocess;
pub mod ssd;
pub mod weights;

pub use architecture::{Architecture, DefaultBoxSettings, ExtraLayer, HeadKind};
pub use bundle::{BundleError, ModelBundle, ModelMetrics};
pub use default_boxes::DefaultBoxes;
pub use detector::{DetectError, Detector, Engine};
pub use mobilenet_v2::Classifier;
pub use ssd::{Ssd, SsdOutput};
