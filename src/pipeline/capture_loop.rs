//! The capture thread: opens a source, puts its frames into the mailbox, opens it again when it is lost.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::Duration,
};

use crate::{
    capture::{CaptureError, Clock, FrameSource, SourceSpec},
    frame::Frame,
};

use super::{
    detect_loop::ActiveDetector,
    events::{EventSender, Part},
    mailbox::Mailbox,
    messages::{Generation, LaneEventKind},
    worker::{StopSignal, panic_text},
};

/// Opens a source on the thread that calls it; called again after the source was lost.
pub type SourceOpener = Arc<dyn Fn() -> Result<Box<dyn FrameSource>, CaptureError> + Send + Sync>;

/// An opener of what a person chose.
#[must_use]
pub fn open_spec(spec: SourceSpec, clock: Clock) -> SourceOpener {
    Arc::new(move || spec.open(&clock))
}

/// A frame with the session of its source.
#[derive(Debug, Clone)]
pub(super) struct Captured {
    pub(super) generation: Generation,
    pub(super) frame: Frame,
}

/// How the capture thread waits.
#[derive(Debug, Clone, Copy)]
pub(super) struct CaptureTimings {
    /// First wait before a lost source is opened again; doubled up to `longest_retry`.
    pub(super) first_retry: Duration,
    pub(super) longest_retry: Duration,
    /// How long opening may take before the driver counts as hung.
    pub(super) open_limit: Duration,
    /// How long one frame may take.
    pub(super) frame_limit: Duration,
}

/// Everything the capture thread works with.
pub(super) struct CaptureLoop {
    pub(super) opener: SourceOpener,
    pub(super) frames: Mailbox<Captured>,
    pub(super) active: ActiveDetector,
    pub(super) events: EventSender,
    pub(super) clock: Clock,
    pub(super) generation: Generation,
    pub(super) timings: CaptureTimings,
    /// Set when the thread before has let go of its device; waited for at most `open_limit`.
    pub(super) after: Option<StopSignal>,
    /// What was said of this source before the thread started.
    pub(super) told: Told,
}

/// What the window knows of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    Nothing,
    Fine,
    Lost,
}

/// How one opened source came to its end.
enum End {
    Stopped,
    Finished,
    Lost(CaptureError),
}

impl CaptureLoop {
    /// Runs until it must end or the source has nothing more to give.
    pub(super) fn run(mut self, stop: &StopSignal) {
        if let Some(after) = self.after.take() {
            self.expect_within(self.timings.open_limit * 2);
            if !after.wait(self.timings.open_limit) {
                tracing::warn!("the source before has not let go of its device");
            }
        }
        let mut session = Session {
            retry: self.timings.first_retry,
            reason: None,
            told: self.told,
        };
        while !stop.is_set() {
            self.expect_within(self.timings.open_limit);
            // Drivers are foreign code; one that panics is opened again like one that fails.
            let end = catch_unwind(AssertUnwindSafe(|| self.open_and_stream(&mut session, stop)));
            let end = end.unwrap_or_else(|payload| {
                let reason = panic_text(payload.as_ref());
                End::Lost(CaptureError::Driver {
                    camera: "in use".to_owned(),
                    reason,
                })
            });
            match end {
                End::Stopped => return,
                End::Finished => {
                    self.send(LaneEventKind::SourceEnded, stop);
                    return;
                }
                End::Lost(error) => {
                    if !self.report_loss(&error, &mut session, stop) {
                        return;
                    }
                }
            }
            self.expect_within(session.retry + self.timings.open_limit);
            if stop.wait(session.retry) {
                return;
            }
            session.retry = (session.retry * 2).min(self.timings.longest_retry);
        }
    }

    fn open_and_stream(&self, session: &mut Session, stop: &StopSignal) -> End {
        match (self.opener)() {
            Ok(mut source) => self.stream(source.as_mut(), session, stop),
            Err(error) if error.is_final() => End::Finished,
            Err(error) => End::Lost(error),
        }
    }

    /// Frame after frame until the source fails.
    fn stream(&self, source: &mut dyn FrameSource, session: &mut Session, stop: &StopSignal) -> End {
        while !stop.is_set() {
            let started = (self.clock)();
            // Cameras are slow with their first picture.
            let is_first = session.told != Told::Fine;
            self.expect_within(if is_first {
                self.timings.open_limit
            } else {
                self.timings.frame_limit
            });
            let next = source.next_frame();
            for sentence in source.take_notes() {
                self.send(LaneEventKind::SourceNote { sentence }, stop);
            }
            // A driver that hung may come back long after another thread took its place.
            if stop.is_set() {
                return End::Stopped;
            }
            match next {
                Ok(frame) => {
                    self.report_success(source, session, stop);
                    self.frames.put(Captured {
                        generation: self.generation,
                        frame,
                    });
                    // Without a detector the window takes the frame itself.
                    if !self.active.is_any() {
                        (self.events.wake)();
                    }
                }
                Err(error) if error.is_passing() => tracing::debug!(%error, "left out a picture"),
                Err(error) if error.is_final() => return End::Finished,
                Err(error) => return End::Lost(error),
            }
            if let Some(pace) = source.pace() {
                let spent = (self.clock)().saturating_sub(started);
                let pause = pace.saturating_sub(spent);
                self.expect_within(pause + self.timings.frame_limit);
                if stop.wait(pause) {
                    return End::Stopped;
                }
            }
        }
        End::Stopped
    }

    fn report_success(&self, source: &dyn FrameSource, session: &mut Session, stop: &StopSignal) {
        session.retry = self.timings.first_retry;
        session.reason = None;
        let kind = match std::mem::replace(&mut session.told, Told::Fine) {
            Told::Nothing => LaneEventKind::SourceReady {
                description: source.describe(),
            },
            Told::Lost => LaneEventKind::SourceBack,
            Told::Fine => return,
        };
        self.send(kind, stop);
    }

    /// Says why there are no pictures, once for each reason.
    fn report_loss(&self, error: &CaptureError, session: &mut Session, stop: &StopSignal) -> bool {
        let reason = error.to_string();
        if session.reason.as_ref() == Some(&reason) {
            return true;
        }
        session.reason = Some(reason.clone());
        session.told = Told::Lost;
        self.send(LaneEventKind::SourceLost { reason }, stop)
    }

    fn send(&self, kind: LaneEventKind, stop: &StopSignal) -> bool {
        self.events.send(Part::Source, self.generation, kind, stop)
    }

    fn expect_within(&self, limit: Duration) {
        self.events.deadline.set((self.clock)() + limit);
    }
}

/// What the thread remembers between two openings.
struct Session {
    retry: Duration,
    /// Why there are no pictures, as last said.
    reason: Option<String>,
    told: Told,
}
