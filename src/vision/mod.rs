//! The single-shot detector, from RGB pixels to detections.
//!
//! How it works, in reading order:
//!
//! 1. An [`Architecture`] describes a network as data: layers, feature maps, heads, default boxes, rules. Its
//!    [`presets`](architecture::presets) are four published detectors; its [`Plan`](architecture::Plan) has
//!    every shape and cost worked out.
//! 2. [`preprocess`] makes the network's input of a picture.
//! 3. [`Ssd`] is the network of a plan, made of the layers in [`network`] and [`layers`]: a backbone that
//!    once learned to name pictures, extra layers that make smaller maps, and on each map two heads.
//! 4. [`DefaultBoxes`] are the boxes that the heads speak of, thousands of them at fixed places; the
//!    [`box_coder`] says how a head's offsets move one of them.
//! 5. In training the [`matcher`] says which default box is to learn which ground truth, and the [`loss`]
//!    compares.
//! 6. [`decode`] and [`nms`] turn the outputs for one picture into detections.
//! 7. [`weights`] come from files of ours and of others; a [`ModelBundle`] keeps a trained network with all
//!    that belongs to it in a folder; a [`Detector`] goes the whole way from a frame to detections,
//!    computed by our own CPU [`engine`] or by burn.
//! 8. [`onnx`] writes all of it for other programs.
//!
//! This room never learns what anything costs, draws nothing and starts no threads but those of the CPU [`engine`].
//! burn lives only here and in `training`.

pub mod agreement;
pub mod architecture;
pub mod average;
pub mod box_coder;
pub mod bundle;
pub mod calibration;
pub mod decode;
pub mod default_boxes;
pub mod detector;
pub mod distractors;
pub mod engine;
pub mod gpu;
pub mod kernels;
pub mod layers;
pub mod loss;
pub mod matcher;
pub mod network;
pub mod nms;
pub mod onnx;
pub mod preprocess;
pub mod ssd;
pub mod weights;

pub use architecture::Architecture;
pub use bundle::{BundleError, ModelBundle, ModelMetrics};
pub use default_boxes::DefaultBoxes;
pub use detector::{DetectError, Detector, Engine};
pub use ssd::{Ssd, SsdOutput};
