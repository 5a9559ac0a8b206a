//! Times the window: when it stood, when the first item was looked for, and what each picture takes until it
//! is painted.
//!
//! What painting takes is what the window system's library reports: laying out, tessellating, handing over and,
//! where the processor does a graphics card's work, waiting for it; not the wait for the screen's refresh.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use crate::{
    app::{kiosk::pace::Pace, process},
    capture::Clock,
    ui::view::{Stage, StageView},
};

/// What is to be measured; the window closes when it is done.
#[derive(Debug, Clone)]
pub struct Measure {
    /// How long nothing counts, from the first picture on.
    pub warm_up: Duration,
    /// How long is measured after that.
    pub length: Duration,
    /// Where the result is left.
    pub result: Arc<Mutex<Option<Measured>>>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Measured {
    /// From the program's start until the window was painted once.
    pub window: Duration,
    /// Until a picture was painted that the detector had looked at.
    pub first_detection: Option<Duration>,
    /// The stages of a picture.
    pub stages: Vec<StageView>,
    /// Pictures painted in a second.
    pub pictures_per_second: f32,
    /// Share of one core, by kind of thread.
    pub cores: Vec<(String, f32)>,
    /// Bytes of memory in use, and the most that ever were.
    pub resident: Option<(u64, u64)>,
}

/// Watches the passes of a window.
pub(super) struct Meter {
    measure: Option<Measure>,
    pace: Pace,
    clock: Clock,
    window: Option<Duration>,
    first_detection: Option<Duration>,
    passes: u64,
    pass_began: Duration,
    /// The newest picture that was shown.
    shown: Option<Duration>,
    /// When the picture was taken that the pass before has painted for the first time, and when that began.
    painted: Option<(Duration, Duration)>,
    counting: Counting,
}

/// Whether pictures count yet.
enum Counting {
    NotYet {
        first_picture: Option<Duration>,
    },
    Since {
        at: Duration,
        threads: BTreeMap<String, Duration>,
        pictures: u32,
    },
    Done,
}

/// What a pass shows.
pub(super) struct Shown {
    /// When the picture was taken that is painted, if one is.
    pub(super) taken_at: Option<Duration>,
    /// Whether the detector has looked at one.
    pub(super) is_looked_at: bool,
    /// What making a texture of it took.
    pub(super) upload: Duration,
}

impl Meter {
    pub(super) fn new(measure: Option<Measure>, pace: Pace, clock: Clock) -> Self {
        Self {
            measure,
            pace,
            clock,
            window: None,
            first_detection: None,
            passes: 0,
            pass_began: Duration::ZERO,
            shown: None,
            painted: None,
            counting: Counting::NotYet { first_picture: None },
        }
    }

    /// A pass begins; the one before took `cpu_seconds`. True if all is measured.
    pub(super) fn begin(&mut self, cpu_seconds: Option<f32>) -> bool {
        let now = (self.clock)();
        self.passes += 1;
        if self.passes == 2 {
            let stood = process::since_start();
            tracing::info!(ms = stood.as_millis(), "the window stands");
            self.window = Some(stood);
        }
        let took = cpu_seconds.and_then(|seconds| Duration::try_from_secs_f32(seconds).ok());
        if let (Some((taken_at, began)), Some(took)) = (self.painted.take(), took) {
            self.pace.note(Stage::Paint, took);
            self.pace.note(Stage::All, began.saturating_sub(taken_at) + took);
        }
        self.pass_began = now;
        self.count(now)
    }

    /// A pass has said what it shows.
    pub(super) fn end(&mut self, shown: &Shown) {
        if shown.is_looked_at && self.first_detection.is_none() {
            let looked = process::since_start();
            tracing::info!(ms = looked.as_millis(), "the first picture was looked at");
            self.first_detection = Some(looked);
        }
        let Some(taken_at) = shown.taken_at.filter(|_| shown.taken_at != self.shown) else {
            return;
        };
        self.shown = shown.taken_at;
        self.painted = Some((taken_at, self.pass_began));
        self.pace.note(Stage::Upload, shown.upload);
        match &mut self.counting {
            Counting::NotYet { first_picture } => {
                first_picture.get_or_insert(self.pass_began);
            }
            Counting::Since { pictures, .. } => *pictures += 1,
            Counting::Done => {}
        }
    }

    fn count(&mut self, now: Duration) -> bool {
        let Some(measure) = &self.measure else {
            return false;
        };
        match &self.counting {
            Counting::NotYet { first_picture } => {
                if first_picture.is_some_and(|first| now.saturating_sub(first) >= measure.warm_up) {
                    self.pace.clear();
                    self.counting = Counting::Since {
                        at: now,
                        threads: process::thread_times(),
                        pictures: 0,
                    };
                }
                false
            }
            Counting::Since {
                at,
                threads,
                pictures,
            } => {
                let passed = now.saturating_sub(*at);
                if passed < measure.length {
                    return false;
                }
                let measured = Measured {
                    window: self.window.unwrap_or_default(),
                    first_detection: self.first_detection,
                    stages: self.pace.stages(),
                    pictures_per_second: f32::from(u16::try_from(*pictures).unwrap_or(u16::MAX))
                        / passed.as_secs_f32(),
                    cores: process::shares(threads, &process::thread_times(), passed),
                    resident: process::resident_bytes(),
                };
                *measure.result.lock().unwrap_or_else(PoisonError::into_inner) = Some(measured);
                self.counting = Counting::Done;
                true
            }
            Counting::Done => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn a_picture_counts_from_its_taking_until_it_is_painted_and_once() {
        let time = Arc::new(AtomicU64::new(0));
        let read = Arc::clone(&time);
        let clock: Clock = Arc::new(move || Duration::from_millis(read.load(Ordering::Relaxed)));
        let result = Arc::default();
        let measure = Measure {
            warm_up: Duration::from_millis(100),
            length: Duration::from_millis(900),
            result: Arc::clone(&result),
        };
        let pace = Pace::default();
        let mut meter = Meter::new(Some(measure), pace.clone(), clock);
        let shown = |taken_at: u64| Shown {
            taken_at: Some(Duration::from_millis(taken_at)),
            is_looked_at: true,
            upload: Duration::from_millis(2),
        };
        // Passes every 50 ms; each picture was taken 10 ms before its first pass and is painted twice.
        let mut done = false;
        for pass in 0..22 {
            time.store(pass * 50, Ordering::Relaxed);
            done = meter.begin(Some(0.008));
            meter.end(&shown((pass / 2 * 100).saturating_sub(10)));
        }
        assert!(done, "100 ms to warm up and 900 ms are over");
        let measured: Option<Measured> = result.lock().unwrap().clone();
        let measured = measured.unwrap();
        let all = measured
            .stages
            .iter()
            .find(|row| row.stage == Stage::All)
            .unwrap();
        assert!(
            (all.median_ms - 18.0).abs() < 0.01 && (all.p95_ms - 18.0).abs() < 0.01,
            "{all:?}"
        );
        assert!((measured.pictures_per_second - 10.0).abs() < 1.2, "{measured:?}");
        assert!(measured.first_detection.is_some());
    }
}
