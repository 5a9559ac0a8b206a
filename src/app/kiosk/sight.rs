//! What the lane has seen: the newest picture, its tracks, the state of source and detector; and how that
//! becomes events of the session.
//!
//! This is the one place where a class of the detector meets a product of the catalog.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use crate::{
    app::kiosk::{
        checkout::{Checkout, LaneOrder, Start},
        pace::Pace,
        settings::ScanMode,
        tuning::Seen,
    },
    domain::{
        line::TrackKey,
        product::Product,
        session::{
            Session,
            event::{Event, HelpReason},
        },
        time::Timestamp,
    },
    frame::Frame,
    geom::ClassId,
    pipeline::LaneEventKind,
    tracking::{Candidate, ScanEvent, TrackView},
    ui::view::Stage,
    vision::Engine,
};

/// A camera that is gone for so long in the middle of a visit needs an attendant.
const LOST_TOO_LONG_MS: i64 = 30_000;
/// How often a detector that worked is built again before the lane goes on without.
const MOST_REBUILDS: u32 = 2;
/// How much of the pictures' rate comes from the newest picture.
const RATE_SHARE: f32 = 0.1;

/// Where the pictures come from, and whether they come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SourceState {
    /// It is being opened.
    Opening,
    /// They come.
    Live,
    /// They never came.
    Missing { reason: String },
    /// They stopped.
    Lost {
        reason: String,
        since: Timestamp,
        /// Whether an attendant was called.
        told: bool,
    },
}

/// Whether items are recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum DetectorState {
    /// Soon.
    Loading,
    /// Yes.
    Ready,
    /// No.
    Missing { reason: String },
}

/// What the lane has seen.
#[derive(Debug)]
pub(super) struct Sight {
    pub(super) frame: Option<Frame>,
    pub(super) tracks: Vec<TrackView>,
    pub(super) source: SourceState,
    pub(super) is_replay: bool,
    pub(super) detector: DetectorState,
    pub(super) model: String,
    pub(super) classes: Vec<String>,
    /// Score from which each of them counts, as the model came.
    pub(super) thresholds: Vec<f32>,
    /// All that the detector saw last, while staff look.
    pub(super) seen: Option<Arc<Seen>>,
    pub(super) engine: Engine,
    rebuilds: u32,
    pub(super) frames_per_second: f32,
    pub(super) detect_time: Duration,
    /// How long the stages of a picture take.
    pub(super) pace: Pace,
    /// Items that nobody has said the name of, with the classes they may have, best first.
    pub(super) unsure: BTreeMap<TrackKey, Vec<ClassId>>,
    /// Which of them are asked about, in this order.
    pub(super) questions: VecDeque<TrackKey>,
    /// Scans from before there was a catalog, or while a receipt has just come up.
    waiting: Vec<ScanEvent>,
}

impl Sight {
    pub(super) fn new(is_replay: bool) -> Self {
        Self {
            frame: None,
            tracks: Vec::new(),
            source: SourceState::Opening,
            is_replay,
            detector: DetectorState::Loading,
            model: String::new(),
            classes: Vec::new(),
            thresholds: Vec::new(),
            seen: None,
            engine: Engine::Cpu,
            rebuilds: 0,
            frames_per_second: 0.0,
            detect_time: Duration::ZERO,
            pace: Pace::default(),
            unsure: BTreeMap::new(),
            questions: VecDeque::new(),
            waiting: Vec::new(),
        }
    }

    /// Another source is about to be shown.
    pub(super) fn switch(&mut self, is_replay: bool) {
        self.source = SourceState::Opening;
        self.is_replay = is_replay;
        self.frame = None;
        self.seen = None;
        self.tracks.clear();
    }

    pub(super) fn class_name(&self, class: ClassId) -> Option<&str> {
        let index = usize::from(class.0).checked_sub(1)?;
        self.classes.get(index).map(String::as_str)
    }

    pub(super) fn forget_question(&mut self, track: TrackKey) {
        self.questions.retain(|asked| *asked != track);
        self.unsure.remove(&track);
    }

    fn take_picture(
        &mut self,
        frame: Frame,
        tracks: Vec<TrackView>,
        (detect_time, track_time): (Option<Duration>, Duration),
    ) {
        self.pace.note(Stage::Decode, frame.decode_time());
        if detect_time.is_some() {
            self.pace.note(Stage::Track, track_time);
        }
        if let Some(before) = &self.frame {
            let passed = frame
                .captured_at()
                .saturating_sub(before.captured_at())
                .as_secs_f32();
            if passed > 0.0 {
                let rate = 1.0 / passed;
                let known = if self.frames_per_second > 0.0 {
                    self.frames_per_second
                } else {
                    rate
                };
                self.frames_per_second = known + RATE_SHARE * (rate - known);
            }
        }
        self.detect_time = detect_time.unwrap_or_default();
        self.frame = Some(frame);
        self.tracks = tracks;
        // A first picture may come before the word that the source is ready.
        self.source = SourceState::Live;
    }
}

impl Checkout {
    /// Takes what the detector saw, for the staff to look at.
    pub fn saw(&mut self, seen: Seen) {
        self.sight.seen = Some(Arc::new(seen));
    }

    /// Notes from now on in `pace` how long the stages of a picture take.
    pub fn measure_with(&mut self, pace: Pace) {
        self.sight.pace = pace;
    }

    /// When the newest picture was taken, on the lane's clock.
    #[must_use]
    pub fn picture_taken_at(&self) -> Option<Duration> {
        self.sight.frame.as_ref().map(Frame::captured_at)
    }

    /// Whether the detector has looked at a picture.
    #[must_use]
    pub fn has_looked(&self) -> bool {
        self.sight.detect_time > Duration::ZERO
    }

    /// Another source is about to be shown.
    pub fn switched(&mut self, is_replay: bool) {
        self.sight.switch(is_replay);
    }

    /// Takes a message of the lane.
    pub fn on_lane(&mut self, kind: LaneEventKind, now: Timestamp) {
        match kind {
            LaneEventKind::Picture {
                frame,
                tracks,
                detect_time,
                track_time,
            } => self.sight.take_picture(frame, tracks, (detect_time, track_time)),
            LaneEventKind::Scan(scan) => self.on_scan(scan, now),
            LaneEventKind::SourceReady { description } => {
                tracing::info!(description, "pictures come");
                self.source_is_back(now);
            }
            LaneEventKind::SourceBack => self.source_is_back(now),
            LaneEventKind::SourceLost { reason } => self.source_is_lost(reason, now),
            LaneEventKind::SourceEnded => {}
            LaneEventKind::SourceNote { sentence } | LaneEventKind::DetectorRefused { reason: sentence } => {
                self.surface.say(sentence, now);
            }
            LaneEventKind::DetectorReady => {
                self.sight.detector = DetectorState::Ready;
                if let Some(info) = self.models.try_take() {
                    self.sight.model = info.name;
                    self.sight.classes = info.classes;
                    self.sight.thresholds = info.thresholds;
                    self.sight.engine = info.engine;
                    if let Some(reason) = info.instead {
                        self.surface.say(reason, now);
                    }
                }
            }
            LaneEventKind::DetectorLost { reason } => self.detector_is_lost(reason, now),
            LaneEventKind::WorkerDied { name, reason } => {
                tracing::error!(name, reason, "a worker died");
                let reason = HelpReason::WorkerDied { name, reason };
                self.apply(Event::HelpAsked { reason }, now);
            }
        }
    }

    fn source_is_back(&mut self, now: Timestamp) {
        self.sight.source = SourceState::Live;
        self.surface.dismissed = false;
        let waits_for_it = matches!(&self.session, Session::NeedsAssistance(waiting)
            if matches!(waiting.reason(), HelpReason::SourceLost { .. }));
        if waits_for_it {
            self.apply(Event::HelpResolved, now);
        }
    }

    fn source_is_lost(&mut self, reason: String, now: Timestamp) {
        tracing::warn!(reason, "no pictures");
        self.sight.tracks.clear();
        let next = match &self.sight.source {
            SourceState::Opening | SourceState::Missing { .. } => SourceState::Missing { reason },
            SourceState::Live => SourceState::Lost {
                reason,
                since: now,
                told: false,
            },
            SourceState::Lost { since, told, .. } => SourceState::Lost {
                reason,
                since: *since,
                told: *told,
            },
        };
        self.sight.source = next;
    }

    /// Somebody is in the middle of a visit and the camera does not come back: an attendant is called.
    pub(super) fn watch_source(&mut self, now: Timestamp) {
        let has_items = self.session.basket().is_some_and(|basket| !basket.is_empty());
        let scans = matches!(self.session, Session::Scanning(_));
        let SourceState::Lost { reason, since, told } = &mut self.sight.source else {
            return;
        };
        let long = now
            .checked_since(*since)
            .is_some_and(|gone| gone >= LOST_TOO_LONG_MS);
        if long && scans && has_items && !*told {
            *told = true;
            let reason = HelpReason::SourceLost {
                reason: reason.clone(),
            };
            self.apply(Event::HelpAsked { reason }, now);
        }
    }

    fn detector_is_lost(&mut self, reason: String, now: Timestamp) {
        let worked = self.sight.detector == DetectorState::Ready;
        self.sight.tracks.clear();
        if worked && self.sight.rebuilds < MOST_REBUILDS {
            // A GPU that is gone is not tried again; the processor can do the same, slower.
            self.sight.rebuilds += 1;
            self.sight.detector = DetectorState::Loading;
            self.orders.push(LaneOrder::RebuildDetector(Engine::Cpu));
            self.surface.say(reason, now);
        } else {
            tracing::warn!(reason, "no detector");
            self.sight.detector = DetectorState::Missing { reason };
        }
    }

    /// Takes up the scans that had to wait.
    pub(super) fn scan_what_waited(&mut self, now: Timestamp) {
        if !self.has_begun() || self.surface.shows_new_receipt(now) {
            return;
        }
        for scan in std::mem::take(&mut self.sight.waiting) {
            self.on_scan(scan, now);
        }
    }

    pub(super) fn has_begun(&self) -> bool {
        self.start == Start::Begun
    }

    fn on_scan(&mut self, scan: ScanEvent, now: Timestamp) {
        if !self.has_begun() || self.surface.shows_new_receipt(now) {
            self.sight.waiting.push(scan);
            return;
        }
        match (scan, self.settings.scan) {
            (ScanEvent::Counted { .. } | ScanEvent::ClassUnsure { .. }, ScanMode::Off) => {}
            (ScanEvent::Counted { track, class, .. }, ScanMode::Ask) => {
                let candidate = Candidate { class, share: 1.0 };
                self.ask_what_it_is(TrackKey(track.0), &[candidate], now);
            }
            (ScanEvent::Counted { track, class, .. }, ScanMode::Auto) => {
                let track = TrackKey(track.0);
                match self.product_of(class) {
                    Some(product) => self.apply(Event::ItemCounted { track, product }, now),
                    None => {
                        tracing::warn!(class = class.0, "a class without a product");
                        self.sight.unsure.insert(track, Vec::new());
                        self.begin_if_idle(now);
                    }
                }
            }
            (ScanEvent::ClassUnsure { track, candidates }, ScanMode::Ask | ScanMode::Auto) => {
                self.ask_what_it_is(TrackKey(track.0), &candidates, now);
            }
            (ScanEvent::Left { track }, _) => self.sight.forget_question(TrackKey(track.0)),
        }
    }

    fn ask_what_it_is(&mut self, track: TrackKey, candidates: &[Candidate], now: Timestamp) {
        let classes = candidates.iter().map(|candidate| candidate.class).collect();
        self.sight.unsure.insert(track, classes);
        self.sight.questions.push_back(track);
        self.begin_if_idle(now);
    }

    /// Any item on the tray starts a visit, also one whose name is not known.
    fn begin_if_idle(&mut self, now: Timestamp) {
        if matches!(self.session, Session::Idle(_)) {
            self.apply(Event::Started, now);
        }
    }

    pub(super) fn product_of(&self, class: ClassId) -> Option<Arc<Product>> {
        self.catalog.by_class(self.sight.class_name(class)?).cloned()
    }
}
