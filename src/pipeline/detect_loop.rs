//! The detect thread: newest frame, detector, tracker, events. It ends when its detector fails.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use crate::{
    capture::Clock,
    frame::Frame,
    geom::Detection,
    tracking::{TrackView, Tracker},
};

use super::{
    capture_loop::Captured,
    events::{EventSender, Part},
    mailbox::Mailbox,
    messages::{Generation, LaneEventKind},
    stillness::RestSign,
    worker::{StopSignal, panic_text},
};

/// Finds items in a frame. It stays on the thread that built it. It must give detections down to the
/// tracker's `low_score`.
pub type DetectFn = Box<dyn FnMut(&Frame) -> Result<Vec<Detection>, String>>;

/// Builds a detector on its own thread; may take long.
pub type DetectorBuilder = Box<dyn FnOnce() -> Result<DetectFn, String> + Send>;

/// So many frames in a row may fail before the detector counts as lost.
const MAX_FAILURES: u32 = 3;
/// While nothing moves the window gets a picture this often. Painting thirty a second that are all alike would
/// cost a machine without a graphics card more than everything else does.
const REST_PERIOD: Duration = Duration::from_millis(395);
/// How often a thread without frames looks whether it must end.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// A frame with its tracks, on the way to the window.
#[derive(Debug)]
pub(super) struct Tracked {
    pub(super) generation: Generation,
    pub(super) frame: Frame,
    pub(super) tracks: Vec<TrackView>,
    pub(super) detect_time: Option<Duration>,
    pub(super) track_time: Duration,
}

/// The tracker, which outlives its detectors: what lies in view when the detector is replaced must not be
/// counted again. Held only for the moment of an update, never while a detector runs.
#[derive(Clone)]
pub(super) struct SharedTracker(Arc<Mutex<Sessions>>);

pub(super) struct Sessions {
    pub(super) tracker: Tracker,
    pub(super) generation: Generation,
}

impl SharedTracker {
    pub(super) fn new(tracker: Tracker) -> Self {
        Self(Arc::new(Mutex::new(Sessions {
            tracker,
            generation: Generation::default(),
        })))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Sessions> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets all tracks; what was said of them is stale from now on.
    pub(super) fn reset(&self) {
        let mut sessions = self.lock();
        sessions.tracker.reset();
        sessions.generation.0 += 1;
    }
}

/// Which detector works, by its generation: 0 for none. A thread that finds another number here ends.
#[derive(Debug, Clone, Default)]
pub(super) struct ActiveDetector(Arc<AtomicU64>);

impl ActiveDetector {
    pub(super) fn is_any(&self) -> bool {
        self.0.load(Ordering::Acquire) != 0
    }

    fn is(&self, generation: Generation) -> bool {
        self.0.load(Ordering::Acquire) == generation.0
    }

    /// Takes over from an older detector; false if a newer one already works.
    fn take_over(&self, generation: Generation) -> bool {
        self.0.fetch_max(generation.0, Ordering::AcqRel) <= generation.0
    }

    /// Says that this detector works no more; a newer one is not touched.
    pub(super) fn clear(&self, generation: Generation) {
        // Failing means that another detector has taken over, which is as good.
        let cleared = self
            .0
            .compare_exchange(generation.0, 0, Ordering::AcqRel, Ordering::Acquire);
        tracing::debug!(
            generation = generation.0,
            cleared = cleared.is_ok(),
            "detector ended"
        );
    }
}

/// How long the detect thread may be silent.
#[derive(Debug, Clone, Copy)]
pub(super) struct DetectTimings {
    /// For building, and for the first frame, in which a GPU may be tuned.
    pub(super) first_limit: Duration,
    /// For every other frame.
    pub(super) frame_limit: Duration,
}

/// Everything the detect thread works with.
pub(super) struct DetectLoop {
    pub(super) frames: Mailbox<Captured>,
    pub(super) pictures: Mailbox<Tracked>,
    pub(super) tracker: SharedTracker,
    pub(super) active: ActiveDetector,
    pub(super) events: EventSender,
    pub(super) clock: Clock,
    pub(super) generation: Generation,
    pub(super) timings: DetectTimings,
    /// Whether tracks of the detector before are forgotten when this one takes over.
    pub(super) forgets_tracks: bool,
    /// Whether nothing moves.
    pub(super) rest: RestSign,
    /// When the picture was taken that the window got last.
    pub(super) shown_at: Cell<Option<Duration>>,
}

impl DetectLoop {
    /// Builds the detector and runs it until it fails, is replaced, or must end.
    pub(super) fn run(self, builder: DetectorBuilder, stop: &StopSignal) {
        self.expect_within(self.timings.first_limit);
        let built = catch_unwind(AssertUnwindSafe(builder));
        let mut detect = match built.unwrap_or_else(|payload| Err(panic_text(payload.as_ref()))) {
            Ok(detect) => detect,
            Err(reason) => {
                self.send(LaneEventKind::DetectorLost { reason }, stop);
                return;
            }
        };
        if stop.is_set() || !self.active.take_over(self.generation) {
            return;
        }
        if self.forgets_tracks {
            self.tracker.reset();
        }
        self.send(LaneEventKind::DetectorReady, stop);
        let outcome = self.detect_until_stopped(&mut detect, stop);
        self.events.deadline.clear();
        self.active.clear(self.generation);
        if let Err(reason) = outcome {
            self.send(LaneEventKind::DetectorLost { reason }, stop);
        }
    }

    /// Ends with `Ok` if it must end, with the reason if the detector is lost.
    fn detect_until_stopped(&self, detect: &mut DetectFn, stop: &StopSignal) -> Result<(), String> {
        let mut failures = 0;
        let mut limit = self.timings.first_limit;
        while !stop.is_set() && self.active.is(self.generation) {
            self.events.deadline.clear();
            let Some(captured) = self.frames.take_within(LOOK_AGAIN) else {
                continue;
            };
            if !self.active.is(self.generation) {
                self.frames.put_back(captured);
                return Ok(());
            }
            self.expect_within(limit);
            let started = (self.clock)();
            let found = catch_unwind(AssertUnwindSafe(|| detect(&captured.frame)));
            let detect_time = (self.clock)().saturating_sub(started);
            match found.map_err(|payload| panic_text(payload.as_ref()))? {
                Ok(detections) => {
                    failures = 0;
                    limit = self.timings.frame_limit;
                    self.publish(captured, &detections, detect_time, stop);
                }
                Err(reason) => {
                    failures += 1;
                    tracing::warn!(reason, failures, "the detector failed on a picture");
                    if failures >= MAX_FAILURES {
                        return Err(reason);
                    }
                }
            }
        }
        Ok(())
    }

    /// Updates the tracker, unless this detector was replaced while it worked, and sends what came of it.
    fn publish(
        &self,
        captured: Captured,
        detections: &[Detection],
        detect_time: Duration,
        stop: &StopSignal,
    ) {
        let found_at = (self.clock)();
        let (generation, output) = {
            let mut sessions = self.tracker.lock();
            if stop.is_set() || !self.active.is(self.generation) {
                return;
            }
            (
                sessions.generation,
                sessions.tracker.update(detections, captured.frame.captured_at()),
            )
        };
        let track_time = (self.clock)().saturating_sub(found_at);
        let happened = !output.events.is_empty();
        for scan in output.events {
            self.events
                .send(Part::Tracker, generation, LaneEventKind::Scan(scan), stop);
        }
        if !happened && self.may_wait(&captured) {
            return;
        }
        self.shown_at.set(Some(captured.frame.captured_at()));
        self.pictures.put(Tracked {
            generation: captured.generation,
            frame: captured.frame,
            tracks: output.tracks,
            detect_time: Some(detect_time),
            track_time,
        });
        (self.events.wake)();
    }

    /// Whether the window has a picture of the same view that is almost as new.
    fn may_wait(&self, captured: &Captured) -> bool {
        let at = captured.frame.captured_at();
        let is_new = |shown: Duration| at.checked_sub(shown).is_some_and(|age| age < REST_PERIOD);
        self.rest.is_set() && self.shown_at.get().is_some_and(is_new)
    }

    fn send(&self, kind: LaneEventKind, stop: &StopSignal) -> bool {
        self.events.send(Part::Detector, self.generation, kind, stop)
    }

    fn expect_within(&self, limit: Duration) {
        self.events.deadline.set((self.clock)() + limit);
    }
}
