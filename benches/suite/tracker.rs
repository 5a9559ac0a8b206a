//! The tracker, and the gate before the detector.

use std::time::Duration;

use divan::Bencher;
use tillsight::{
    frame::{Frame, FrameId, Rgb, RgbImage},
    geom::{ClassId, CornerBox, Detection},
    pipeline::{Stillness, StillnessSettings},
    tracking::{Tracker, TrackerSettings},
};

/// One picture with so many items that wander slowly.
#[divan::bench(args = [1, 8, 32])]
fn update(bencher: Bencher<'_, '_>, items: usize) {
    let mut tracker = Tracker::new(TrackerSettings::default());
    let mut number = 0u32;
    bencher.bench_local(|| {
        number += 1;
        let drift = (number % 100) as f32 * 1e-4;
        let found: Vec<Detection> = (0..items)
            .map(|item| {
                let (x, y) = ((item % 8) as f32 * 0.12 + drift, (item / 8) as f32 * 0.22);
                Detection {
                    class: ClassId(u16::try_from(item % 3 + 1).unwrap()),
                    score: 0.9,
                    bbox: CornerBox::new(x, y, x + 0.1, y + 0.2),
                }
            })
            .collect();
        tracker.update(&found, Duration::from_millis(33) * number)
    });
}

/// Whether a camera's picture differs from the last.
#[divan::bench]
fn stillness(bencher: Bencher<'_, '_>) {
    let pixels = RgbImage::from_fn(1280, 720, |x, y| {
        Rgb([x, y, x + y].map(|v| u8::try_from(v % 256).unwrap()))
    });
    let frame = Frame::new(pixels, FrameId(0), Duration::ZERO);
    let mut gate = Stillness::new(StillnessSettings::default());
    bencher.bench_local(|| gate.must_look(&frame));
}
