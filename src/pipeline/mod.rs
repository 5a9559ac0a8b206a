//! Threads and channels: what runs beside the window, and how it reports. No business rules.
//!
//! Every thread is a [`Worker`]: named, stopped by a signal, joined when dropped, and its panic becomes an
//! event. A worker owns its camera, model or connection alone. Channels are bounded: pictures may be dropped
//! (the newest wins), scans and store requests never. Messages carry a [`Generation`], and those of a source,
//! detector or tracker session that was replaced are dropped by one comparison.

mod capture_loop;
mod deadline;
mod detect_loop;
mod error;
mod events;
mod lane;
mod lane_config;
#[cfg(test)]
mod lane_scenarios;
mod mailbox;
mod messages;
mod request_worker;
mod simulated_terminal;
mod stillness;
mod store_loop;
mod store_messages;
mod terminal;
mod train_job;
mod worker;

pub use capture_loop::{SourceOpener, open_spec};
pub use detect_loop::{DetectFn, DetectorBuilder};
pub use error::PipelineError;
pub use events::Wake;
pub use lane::Lane;
pub use lane_config::{LaneConfig, LaneTimings, TrackPolicy};
pub use mailbox::Mailbox;
pub use messages::{Generation, LaneEvent, LaneEventKind};
pub use request_worker::{Answer, Executor, ExecutorOpener, RequestWorker, Ticket};
pub use simulated_terminal::{SimulatedOutcome, SimulatedTerminal, TerminalScript};
pub use stillness::{RestSign, Stillness, StillnessSettings, resting};
pub use store_loop::{StoreOpener, StoreWorker};
pub use store_messages::{Actor, StoreReply, StoreRequest};
pub use terminal::{PaymentTerminal, TerminalEvent};
pub use train_job::{TrainCommand, TrainEnd, TrainEvent, TrainJob};
pub use worker::{StopSignal, Worker};
