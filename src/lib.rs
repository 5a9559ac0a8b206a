//! Tillsight turns any PC with a webcam into a self-checkout lane: shoppers put items in view, the basket
//! fills, they pay and take a receipt. This page is the map of the program; each room's page says more.
//!
//! # The rooms
//!
//! | room | holds | may use |
//! |---|---|---|
//! | [`geom`], [`frame`] | boxes and overlap; pictures in memory and the one reader of picture files | - |
//! | [`domain`] | money, catalog, basket, session, receipt | - |
//! | [`vision`] | the detector, from pixels to boxes, and its model bundles | geom, frame |
//! | [`training`] | data sets, composed and rendered scenes, the trainer, metrics | vision, geom, frame |
//! | [`tracking`] | tracks over time, counting each item once | geom, frame |
//! | [`capture`] | cameras and replayed pictures | frame |
//! | [`store`] | the one SQLite file | domain, geom |
//! | [`pipeline`] | named threads and channels between the above; the card terminal | all above |
//! | [`ui`] | screens: paints view models, returns commands | domain, geom, frame |
//! | [`app`] | puts the rooms together: kiosk and command line | all |
//!
//! A test (`tests/it/architecture.rs`) reads the imports and fails on anything else.
//!
//! # One way through
//!
//! Camera thread -> one-slot mailbox (the newest frame wins) -> detect thread (detector, tracker, counting)
//! -> bounded events -> [`app::kiosk`] -> `Session::apply(event, now)` gives the next session and effects
//! -> a view model -> [`ui`] paints it and returns commands -> events again.
//!
//! # What is nowhere
//!
//! - No price in `vision`, no pixel in `domain`: the class of a product in the catalog is the one bridge.
//! - No clock, file, thread or random number in `domain`: times and keys come in with the events.
//! - No float in money, and no plain `+` on it.
//! - No blocking call in `ui` or in the app's pass over it: camera, detector, database and terminal are
//!   reached through channels only.
//! - No scan, sale or label is ever dropped; frames may be.
//! - No model is used whose parts do not match their checksums, and none writes over the one in use.
//! - No network.

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
