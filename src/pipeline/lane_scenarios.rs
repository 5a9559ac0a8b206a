//! The whole lane with scripted sources and detectors: what breaks, and what must go on.
//!
//! Here is the rig that plays the scripts, and what a lane does when nothing breaks; `detectors` and `sources`
//! break.

mod detectors;
mod sources;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use crate::{
    capture::{CaptureError, Clock, FrameSource, ReplaySettings, SourceSpec},
    frame::{Frame, FrameId, Rgb, RgbImage, picture},
    geom::{ClassId, CornerBox, Detection},
    tracking::{ScanEvent, Tracker, TrackerSettings},
};

use super::{
    DetectFn, DetectorBuilder, Lane, LaneConfig, LaneEventKind, LaneTimings, RestSign, SourceOpener,
    TrackPolicy, open_spec,
};

const LIMIT: Duration = Duration::from_secs(20);

/// What a scripted source does next.
enum Step {
    /// Gives a frame taken at this time.
    Frame(u64),
    Fail(CaptureError),
    Panic,
    /// Does not come back until the script is at its end.
    Hang,
}

struct Scripted {
    steps: Receiver<Step>,
}

impl FrameSource for Scripted {
    fn next_frame(&mut self) -> Result<Frame, CaptureError> {
        let ended = || CaptureError::Ended {
            path: "script".into(),
        };
        match self.steps.recv().map_err(|_closed| ended())? {
            Step::Frame(at) => Ok(Frame::new(
                RgbImage::new(4, 4),
                FrameId(at),
                Duration::from_millis(at),
            )),
            Step::Fail(error) => Err(error),
            Step::Panic => panic!("the driver broke"),
            Step::Hang => {
                while self.steps.recv().is_ok() {}
                Err(ended())
            }
        }
    }

    fn describe(&self) -> String {
        "a script".to_owned()
    }

    fn pace(&self) -> Option<Duration> {
        None
    }
}

fn apple() -> Detection {
    Detection {
        class: ClassId(1),
        score: 0.9,
        bbox: CornerBox::new(0.4, 0.4, 0.6, 0.6),
    }
}

/// A detector that sees one apple in every frame.
fn sees_apple() -> DetectorBuilder {
    detector(|_| Ok(vec![apple()]))
}

fn detector(
    detect: impl FnMut(&Frame) -> Result<Vec<Detection>, String> + Send + 'static,
) -> DetectorBuilder {
    Box::new(move || Ok(Box::new(detect) as DetectFn))
}

/// A lane with a script for each opening of its source.
struct Rig {
    /// One sender of steps for each opening, the first first.
    scripts: Vec<Sender<Step>>,
    opened: Arc<AtomicUsize>,
    millis: Arc<AtomicU64>,
    woken: Receiver<()>,
    rest: RestSign,
    lane: Lane,
}

fn scripted(openings: usize) -> (Vec<Sender<Step>>, Arc<AtomicUsize>, SourceOpener) {
    let (senders, receivers): (Vec<_>, Vec<_>) = (0..openings).map(|_| unbounded()).unzip();
    let opened = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&opened);
    let opener: SourceOpener = Arc::new(move || {
        let index = count.fetch_add(1, Ordering::SeqCst);
        let steps: Receiver<Step> = receivers.get(index).ok_or(CaptureError::NoCamera)?.clone();
        Ok(Box::new(Scripted { steps }))
    });
    (senders, opened, opener)
}

impl Rig {
    fn new(openings: usize, detector: DetectorBuilder) -> Self {
        let (scripts, opened, source) = scripted(openings);
        let millis = Arc::new(AtomicU64::new(0));
        let read = Arc::clone(&millis);
        let clock: Clock = Arc::new(move || Duration::from_millis(read.load(Ordering::SeqCst)));
        let (wake, woken) = bounded(1);
        let rest = RestSign::default();
        let config = LaneConfig {
            source,
            detector,
            tracker: TrackerSettings::default(),
            clock,
            wake: Arc::new(move || {
                // A wake that waits already is as good as another.
                wake.try_send(()).unwrap_or_default();
            }),
            timings: LaneTimings {
                first_retry: Duration::from_millis(1),
                ..LaneTimings::default()
            },
            rest: rest.clone(),
        };
        let lane = Lane::start(config).unwrap();
        Self {
            scripts,
            opened,
            millis,
            woken,
            rest,
            lane,
        }
    }

    fn step(&self, opening: usize, step: Step) {
        self.scripts[opening].send(step).unwrap();
    }

    /// The next message, waited for.
    fn next(&mut self) -> LaneEventKind {
        let start = Instant::now();
        loop {
            if let Some(event) = self.lane.poll() {
                return event.kind;
            }
            assert!(start.elapsed() < LIMIT, "nothing came");
            pause(&self.woken);
        }
    }

    /// All messages up to the first that fits.
    fn until(&mut self, fits: impl Fn(&LaneEventKind) -> bool) -> Vec<LaneEventKind> {
        let mut seen = Vec::new();
        loop {
            let kind = self.next();
            let found = fits(&kind);
            seen.push(kind);
            if found {
                return seen;
            }
            assert!(seen.len() < 1000, "what was waited for never came");
        }
    }

    /// Shows frames one by one, waiting for each to come out; gives back the scans.
    fn show(&mut self, opening: usize, times: impl Iterator<Item = u64>) -> Vec<ScanEvent> {
        let mut scans = Vec::new();
        for at in times {
            self.step(opening, Step::Frame(at));
            for kind in self.until(|kind| is_picture_of(kind, at)) {
                if let LaneEventKind::Scan(scan) = kind {
                    scans.push(scan);
                }
            }
        }
        scans
    }

    fn ready(&mut self) {
        self.until(|kind| matches!(kind, LaneEventKind::DetectorReady));
    }
}

/// Waits for the lane's wake, or a moment.
fn pause(woken: &Receiver<()>) {
    if woken.recv_timeout(Duration::from_millis(5)).is_err() {
        std::thread::yield_now();
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        // Sources that wait for their script end before the lane waits for them.
        self.scripts.clear();
    }
}

fn is_picture_of(kind: &LaneEventKind, at: u64) -> bool {
    matches!(kind, LaneEventKind::Picture { frame, .. } if frame.id() == FrameId(at))
}

fn counted(scans: &[ScanEvent]) -> usize {
    scans
        .iter()
        .filter(|scan| matches!(scan, ScanEvent::Counted { .. }))
        .count()
}

#[test]
fn an_item_in_front_of_the_camera_is_counted_once() {
    let mut rig = Rig::new(1, sees_apple());
    rig.ready();
    let scans = rig.show(0, (100..3000).step_by(100));
    assert_eq!(counted(&scans), 1);
    assert_eq!(scans.len(), 1);
}

#[test]
fn while_nothing_moves_the_window_gets_five_pictures_in_two_seconds() {
    let (tell, looked) = unbounded();
    let mut rig = Rig::new(
        1,
        detector(move |frame| {
            tell.send(frame.id().0).unwrap();
            Ok(vec![])
        }),
    );
    rig.ready();
    rig.show(0, std::iter::once(3000));
    rig.rest.set(true);
    for at in [3033, 3066] {
        rig.step(0, Step::Frame(at));
        while looked.recv_timeout(LIMIT).unwrap() != at {}
    }
    // The detector has the second one, so the first would have come by now.
    while let Some(event) = rig.lane.poll() {
        assert!(!is_picture_of(&event.kind, 3033), "as good as the one before");
    }
    rig.show(0, std::iter::once(3400));
    rig.rest.set(false);
    rig.show(0, std::iter::once(3433));
}

#[test]
fn the_live_picture_does_not_wait_for_the_detector() {
    let (release, hold) = bounded::<()>(0);
    let builder: DetectorBuilder = Box::new(move || {
        assert!(hold.recv().is_err(), "never sends");
        Ok(Box::new(|_: &Frame| Ok(vec![apple()])) as DetectFn)
    });
    let mut rig = Rig::new(1, builder);
    rig.step(0, Step::Frame(1));
    let seen = rig.until(|kind| is_picture_of(kind, 1));
    let Some(LaneEventKind::Picture { detect_time, .. }) = seen.last() else {
        panic!("is a picture")
    };
    assert_eq!(*detect_time, None);
    assert!(
        seen.iter()
            .any(|kind| matches!(kind, LaneEventKind::SourceReady { .. }))
    );
    drop(release);
    rig.ready();
}

#[test]
fn a_folder_of_demo_pictures_is_scanned_item_by_item() {
    let dir = tempfile::tempdir().unwrap();
    for (name, red) in [("a.png", 200), ("b.png", 250)] {
        picture::write(
            &RgbImage::from_pixel(8, 8, Rgb([red, 0, 0])),
            &dir.path().join(name),
        )
        .unwrap();
    }
    // An apple on the first picture, another product on the second, nothing on the empty one between.
    let detect = |frame: &Frame| {
        Ok(match frame.pixels().get_pixel(0, 0).0[0] {
            200 => vec![apple()],
            250 => vec![Detection {
                class: ClassId(2),
                ..apple()
            }],
            _ => vec![],
        })
    };
    let mut rig = Rig::new(1, detector(detect));
    rig.ready();
    let millis = Arc::clone(&rig.millis);
    let clock: Clock = Arc::new(move || Duration::from_millis(millis.load(Ordering::SeqCst)));
    let settings = ReplaySettings {
        period: Duration::from_millis(1),
        looped: false,
        ..ReplaySettings::default()
    };
    let path = dir.path().to_owned();
    rig.lane
        .switch_source(open_spec(SourceSpec::Replay { path, settings }, clock))
        .unwrap();
    rig.scripts.clear();
    let mut classes = Vec::new();
    loop {
        let kind = rig.next();
        if matches!(kind, LaneEventKind::SourceEnded) {
            break;
        } else if matches!(kind, LaneEventKind::Picture { .. }) {
            // Time goes on with every picture that comes out.
            rig.millis.fetch_add(100, Ordering::SeqCst);
        } else if let LaneEventKind::Scan(ScanEvent::Counted { class, .. }) = kind {
            classes.push(class.0);
        }
    }
    assert_eq!(classes, [1, 2]);
}

#[test]
fn no_scan_is_lost_while_the_window_does_not_look() {
    // Sixty items come and go, which makes more messages than there is room for.
    let lying = |frame: &Frame| -> Vec<Detection> {
        let cells = if (frame.id().0 / 2500).is_multiple_of(2) {
            0..60u8
        } else {
            0..0
        };
        let place = |cell: u8| {
            let (x, y) = (f32::from(cell % 10) * 0.1, f32::from(cell / 10) * 0.15);
            Detection {
                bbox: CornerBox::new(x, y, x + 0.08, y + 0.12),
                ..apple()
            }
        };
        cells.map(place).collect()
    };
    let times: Vec<u64> = (0..200).map(|n| n * 100).collect();
    let mut tracker = Tracker::new(TrackerSettings::default());
    let mut expected = Vec::new();
    for &at in &times {
        let frame = Frame::new(RgbImage::new(4, 4), FrameId(at), Duration::from_millis(at));
        expected.extend(tracker.update(&lying(&frame), frame.captured_at()).events);
    }
    assert!(expected.len() > 300, "{} scans", expected.len());

    let (done, is_done) = unbounded();
    let detect = move |frame: &Frame| {
        done.send(()).map_err(|error| error.to_string())?;
        Ok(lying(frame))
    };
    let mut rig = Rig::new(1, detector(detect));
    rig.ready();
    let script = rig.scripts[0].clone();
    let last = *times.last().unwrap();
    let feeder = std::thread::Builder::new()
        .name("feeder".to_owned())
        .spawn(move || {
            for at in times {
                script.send(Step::Frame(at)).unwrap();
                is_done.recv_timeout(LIMIT).unwrap();
            }
        });
    // The window does not look before the room is full.
    while rig.lane.waiting_events() < 256 {
        pause(&rig.woken);
    }
    let mut scans = Vec::new();
    for kind in rig.until(|kind| is_picture_of(kind, last)) {
        if let LaneEventKind::Scan(scan) = kind {
            scans.push(scan);
        }
    }
    feeder.unwrap().join().unwrap();
    assert_eq!(scans, expected);
}
