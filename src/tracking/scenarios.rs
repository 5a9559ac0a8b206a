//! Scripted detections through the whole tracker: what a shopper does and a detector gets wrong.
//!
//! Here is what plays the scripts; `one_item`, `several` and `properties` are the scripts.

mod one_item;
mod properties;
mod several;

use std::time::Duration;

use crate::geom::{CenterBox, ClassId, Detection};

use super::{ScanEvent, TrackId, TrackState, Tracker, TrackerOutput, TrackerSettings};

const APPLE: u16 = 1;
const BANANA: u16 = 2;
const MILK: u16 = 3;
const STEP: u64 = 100;

fn detection(class: u16, score: f32, x: f32, y: f32) -> Detection {
    let bbox = CenterBox::new(x, y, 0.1, 0.14).to_corners();
    Detection {
        class: ClassId(class),
        score,
        bbox,
    }
}

/// Runs a script that gives the detections at each time, every `STEP` ms, and logs the events.
struct Play {
    tracker: Tracker,
    log: Vec<(u64, ScanEvent)>,
    last: TrackerOutput,
}

impl Play {
    fn new() -> Self {
        Self {
            tracker: Tracker::new(TrackerSettings::default()),
            log: Vec::new(),
            last: TrackerOutput::default(),
        }
    }

    fn run(script: impl Fn(u64) -> Vec<Detection>, until_ms: u64) -> Self {
        let mut play = Self::new();
        for at in (0..=until_ms).step_by(usize::try_from(STEP).unwrap()) {
            play.show(at, &script(at));
        }
        play
    }

    fn show(&mut self, at_ms: u64, detections: &[Detection]) {
        self.last = self.tracker.update(detections, Duration::from_millis(at_ms));
        self.log
            .extend(self.last.events.iter().map(|event| (at_ms, event.clone())));
    }

    fn counted(&self) -> Vec<(u64, u16)> {
        let counted = self.log.iter().filter_map(|(at, event)| match event {
            ScanEvent::Counted { class, .. } => Some((*at, class.0)),
            ScanEvent::ClassUnsure { .. } | ScanEvent::Left { .. } => None,
        });
        counted.collect()
    }

    fn classes(&self) -> Vec<u16> {
        let mut classes: Vec<u16> = self.counted().into_iter().map(|(_, class)| class).collect();
        classes.sort_unstable();
        classes
    }

    fn left_at(&self) -> Vec<u64> {
        let left = self
            .log
            .iter()
            .filter(|(_, event)| matches!(event, ScanEvent::Left { .. }));
        left.map(|(at, _)| *at).collect()
    }

    fn asked(&self) -> usize {
        self.log
            .iter()
            .filter(|(_, event)| matches!(event, ScanEvent::ClassUnsure { .. }))
            .count()
    }
}
