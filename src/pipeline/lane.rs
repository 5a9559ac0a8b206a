//! The lane: one source, one detector, one tracker, run on threads and read by polling.
//!
//! [`Lane::poll`] is called from the window's logic, at least once a second; it never blocks. It also watches
//! the threads: one that gives no sign of life in time is left behind and, where that helps, another takes its
//! place. Invariants: at most `MAX_LEFT_BEHIND` source threads are left behind at a time; scans are given out
//! in order, each once; a detector that cannot be built does not end the one that works.

use std::{cell::Cell, collections::VecDeque, time::Duration};

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::{capture::Clock, tracking::Tracker};

use super::{
    PipelineError,
    capture_loop::{CaptureLoop, CaptureTimings, Captured, SourceOpener, Told},
    deadline::Deadline,
    detect_loop::{ActiveDetector, DetectLoop, DetectTimings, DetectorBuilder, SharedTracker, Tracked},
    events::{EventSender, Part, Sent, Wake},
    lane_config::{LaneConfig, LaneTimings, TrackPolicy},
    mailbox::Mailbox,
    messages::{Generation, LaneEvent, LaneEventKind},
    stillness::RestSign,
    worker::{StopSignal, Worker},
};

/// Threads inside hung drivers that are waited for; beyond that no new ones are started.
const MAX_LEFT_BEHIND: usize = 3;
/// Events that may wait for the window. A scan is rare; this is minutes of them.
const EVENT_ROOM: usize = 256;

/// A running lane. Dropping it ends its threads.
pub struct Lane {
    shared: Shared,
    received: Receiver<Sent>,
    source: SourcePart,
    /// Detectors that work or are being built, oldest first.
    detectors: Vec<DetectorPart>,
    detector_generation: Generation,
    left_behind: Vec<Worker>,
    /// What the lane itself found out.
    found: VecDeque<LaneEvent>,
}

/// What all threads share.
struct Shared {
    frames: Mailbox<Captured>,
    pictures: Mailbox<Tracked>,
    tracker: SharedTracker,
    active: ActiveDetector,
    channel: Sender<Sent>,
    clock: Clock,
    wake: Wake,
    timings: LaneTimings,
    rest: RestSign,
}

/// The source and the thread in its newest session.
struct SourcePart {
    opener: SourceOpener,
    worker: Option<Worker>,
    generation: Generation,
    deadline: Deadline,
    /// When another thread is to be started in place of one that failed.
    restart_at: Option<Duration>,
}

/// One detector's thread.
struct DetectorPart {
    worker: Worker,
    generation: Generation,
    deadline: Deadline,
}

impl Lane {
    /// Starts the lane's threads.
    ///
    /// # Errors
    /// [`PipelineError::Spawn`] if the system gives no threads.
    pub fn start(config: LaneConfig) -> Result<Self, PipelineError> {
        let (channel, received) = bounded(EVENT_ROOM);
        let mut lane = Self {
            shared: Shared {
                frames: Mailbox::new(),
                pictures: Mailbox::new(),
                tracker: SharedTracker::new(Tracker::new(config.tracker)),
                active: ActiveDetector::default(),
                channel,
                clock: config.clock,
                wake: config.wake,
                timings: config.timings,
                rest: config.rest,
            },
            received,
            source: SourcePart {
                opener: config.source,
                worker: None,
                generation: Generation::default(),
                deadline: Deadline::never(),
                restart_at: None,
            },
            detectors: Vec::new(),
            detector_generation: Generation::default(),
            left_behind: Vec::new(),
            found: VecDeque::new(),
        };
        lane.start_source(None, Told::Nothing)?;
        lane.replace_detector(config.detector, TrackPolicy::Keep)?;
        Ok(lane)
    }

    /// The next message, scans before pictures; `None` if there is nothing new. Messages of sources,
    /// detectors and tracker sessions that were replaced are left out.
    pub fn poll(&mut self) -> Option<LaneEvent> {
        self.left_behind.retain(|worker| !worker.is_finished());
        self.watch();
        if let Some(event) = self.found.pop_front() {
            return Some(event);
        }
        while let Ok(sent) = self.received.try_recv() {
            if let Some(event) = self.accept(sent) {
                return Some(event);
            }
        }
        self.picture()
    }

    /// Shows another source. The old one is let go first, so that the same camera can be opened again.
    ///
    /// # Errors
    /// [`PipelineError::Spawn`] if the system gives no thread.
    pub fn switch_source(&mut self, source: SourceOpener) -> Result<(), PipelineError> {
        let after = self.retire_source();
        self.source.opener = source;
        self.source.restart_at = None;
        self.start_source(after, Told::Nothing)
    }

    /// Builds another detector beside the one that works, which goes on until the new one is ready.
    ///
    /// # Errors
    /// [`PipelineError::Spawn`] if the system gives no thread.
    pub fn replace_detector(
        &mut self,
        builder: DetectorBuilder,
        tracks: TrackPolicy,
    ) -> Result<(), PipelineError> {
        self.detector_generation.0 += 1;
        let generation = self.detector_generation;
        let deadline = Deadline::never();
        let events = self.shared.event_sender(&deadline);
        let last_words = events.clone();
        let detect = DetectLoop {
            frames: self.shared.frames.clone(),
            pictures: self.shared.pictures.clone(),
            tracker: self.shared.tracker.clone(),
            active: self.shared.active.clone(),
            events,
            clock: Clock::clone(&self.shared.clock),
            generation,
            timings: DetectTimings {
                first_limit: self.shared.timings.first_detect_limit,
                frame_limit: self.shared.timings.detect_limit,
            },
            forgets_tracks: tracks == TrackPolicy::Forget,
            rest: self.shared.rest.clone(),
            shown_at: Cell::new(None),
        };
        let on_panic =
            move |reason| last_words.send_last_words(Part::Detector, generation, died("detect", reason));
        let worker = Worker::spawn("detect", move |stop| detect.run(builder, stop), on_panic)?;
        self.detectors.push(DetectorPart {
            worker,
            generation,
            deadline,
        });
        Ok(())
    }

    /// Forgets all tracks: what lies in view is counted anew, under new numbers.
    pub fn reset_tracker(&mut self) {
        self.shared.tracker.reset();
    }

    /// How many frames were dropped because a newer one came before the detector was free.
    #[must_use]
    pub fn dropped_frames(&self) -> u64 {
        self.shared.frames.dropped()
    }

    /// Whether a detector works now.
    #[must_use]
    pub fn has_detector(&self) -> bool {
        self.shared.active.is_any()
    }

    /// How many messages wait to be polled, pictures not counted.
    #[must_use]
    pub fn waiting_events(&self) -> usize {
        self.received.len() + self.found.len()
    }

    /// Ends all threads, waiting a moment for each.
    pub fn stop(self) {
        drop(self);
    }

    fn start_source(&mut self, after: Option<StopSignal>, told: Told) -> Result<(), PipelineError> {
        self.source.generation.0 += 1;
        let generation = self.source.generation;
        let deadline = Deadline::never();
        let events = self.shared.event_sender(&deadline);
        let last_words = events.clone();
        let timings = &self.shared.timings;
        let capture = CaptureLoop {
            opener: SourceOpener::clone(&self.source.opener),
            frames: self.shared.frames.clone(),
            active: self.shared.active.clone(),
            events,
            clock: Clock::clone(&self.shared.clock),
            generation,
            timings: CaptureTimings {
                first_retry: timings.first_retry,
                longest_retry: timings.longest_retry,
                open_limit: timings.open_limit,
                frame_limit: timings.frame_limit,
            },
            after,
            told,
        };
        let on_panic =
            move |reason| last_words.send_last_words(Part::Source, generation, died("capture", reason));
        self.source.deadline = deadline;
        self.source.worker = Some(Worker::spawn("capture", move |stop| capture.run(stop), on_panic)?);
        Ok(())
    }

    fn retire_source(&mut self) -> Option<StopSignal> {
        let mut worker = self.source.worker.take()?;
        worker.retire();
        let ended = worker.end_signal();
        self.left_behind.push(worker);
        // What the old source left in the mailbox is not shown as the new one's.
        drop(self.shared.frames.try_take());
        Some(ended)
    }

    /// Leaves hung threads behind and starts sources again.
    fn watch(&mut self) {
        let now = (self.shared.clock)();
        if self.source.worker.is_some() && self.source.deadline.has_passed(now) {
            self.retire_source();
            self.source.restart_at = Some(now);
            let reason = "the camera does not answer; unplug it and plug it in again".to_owned();
            self.report(self.source.generation, LaneEventKind::SourceLost { reason });
        }
        let is_due = self.source.restart_at.is_some_and(|at| now >= at);
        if is_due && self.left_behind.len() <= MAX_LEFT_BEHIND {
            self.source.restart_at = None;
            if let Err(error) = self.start_source(None, Told::Lost) {
                self.source.restart_at = Some(now + self.shared.timings.longest_retry);
                self.report(self.source.generation, died("capture", error.to_string()));
            }
        }
        let hung = self
            .detectors
            .iter()
            .position(|detector| detector.deadline.has_passed(now));
        if let Some(generation) = hung.map(|index| self.detectors[index].generation) {
            let reason = "the detector does not answer".to_owned();
            let kind = self.lose_detector(generation, reason);
            self.report(generation, kind);
        }
    }

    /// Leaves out what is stale and takes note of what the threads say of themselves.
    fn accept(&mut self, sent: Sent) -> Option<LaneEvent> {
        let Sent { part, event } = sent;
        let generation = event.generation;
        let is_current = match part {
            Part::Source => generation == self.source.generation,
            Part::Detector => self
                .detectors
                .iter()
                .any(|detector| detector.generation == generation),
            Part::Tracker => generation == self.shared.tracker.lock().generation,
        };
        if !is_current {
            tracing::debug!(?event.kind, "left out a stale message");
            return None;
        }
        let kind = match (part, event.kind) {
            (Part::Detector, LaneEventKind::DetectorReady) => {
                self.retire_detectors_before(generation);
                LaneEventKind::DetectorReady
            }
            (Part::Detector, LaneEventKind::DetectorLost { reason }) => {
                self.lose_detector(generation, reason)
            }
            (Part::Detector, LaneEventKind::WorkerDied { name, reason }) => {
                let kind = self.lose_detector(generation, reason.clone());
                self.report(generation, kind);
                LaneEventKind::WorkerDied { name, reason }
            }
            (Part::Source, LaneEventKind::WorkerDied { name, reason }) => {
                self.retire_source();
                self.source.restart_at = Some((self.shared.clock)() + self.shared.timings.longest_retry);
                LaneEventKind::WorkerDied { name, reason }
            }
            (_, kind) => kind,
        };
        Some(LaneEvent { generation, kind })
    }

    fn retire_detectors_before(&mut self, generation: Generation) {
        for mut old in self
            .detectors
            .extract_if(.., |detector| detector.generation < generation)
        {
            old.worker.retire();
            self.left_behind.push(old.worker);
        }
    }

    /// Lets go of a detector; says whether the lane is without one now.
    fn lose_detector(&mut self, generation: Generation, reason: String) -> LaneEventKind {
        self.shared.active.clear(generation);
        for mut lost in self
            .detectors
            .extract_if(.., |detector| detector.generation == generation)
        {
            lost.worker.retire();
            self.left_behind.push(lost.worker);
        }
        if self.shared.active.is_any() {
            LaneEventKind::DetectorRefused { reason }
        } else {
            LaneEventKind::DetectorLost { reason }
        }
    }

    /// The newest picture, as it came if there is no detector.
    fn picture(&self) -> Option<LaneEvent> {
        let tracked = self.shared.pictures.try_take().or_else(|| {
            let captured = if self.shared.active.is_any() {
                None
            } else {
                self.shared.frames.try_take()
            };
            captured.map(|captured| Tracked {
                generation: captured.generation,
                frame: captured.frame,
                tracks: Vec::new(),
                detect_time: None,
                track_time: std::time::Duration::ZERO,
            })
        });
        let tracked = tracked.filter(|tracked| tracked.generation == self.source.generation)?;
        Some(LaneEvent {
            generation: tracked.generation,
            kind: LaneEventKind::Picture {
                frame: tracked.frame,
                tracks: tracked.tracks,
                detect_time: tracked.detect_time,
                track_time: tracked.track_time,
            },
        })
    }

    fn report(&mut self, generation: Generation, kind: LaneEventKind) {
        self.found.push_back(LaneEvent { generation, kind });
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        // All are told first, so that waiting for one is waiting for all.
        let detectors = self.detectors.iter_mut().map(|detector| &mut detector.worker);
        for worker in self.source.worker.iter_mut().chain(detectors) {
            worker.tell_to_stop();
        }
    }
}

impl Shared {
    fn event_sender(&self, deadline: &Deadline) -> EventSender {
        EventSender {
            channel: self.channel.clone(),
            wake: Wake::clone(&self.wake),
            deadline: deadline.clone(),
        }
    }
}

fn died(name: &str, reason: String) -> LaneEventKind {
    LaneEventKind::WorkerDied {
        name: name.to_owned(),
        reason,
    }
}
