//! `tillsight bench --pipeline`: what becomes of a camera's frame, stage by stage, from its bytes to a texture.
//!
//! The stages are those of the kiosk, called one after the other on this thread; in the kiosk the camera, the
//! detector and the window have threads of their own. Painting itself needs a window: `tillsight bench --window`.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use serde_json::json;

use crate::{
    app::{
        cli::table::{Align, Table},
        kiosk::photos,
    },
    capture::{Encoding, decode},
    frame::{Frame, FrameId, RgbImage, imageops, picture},
    pipeline::{Stillness, StillnessSettings},
    tracking::{Tracker, TrackerSettings},
    ui::widgets::photo::color_image,
    vision::{Detector, engine::usual_threads},
};

pub(super) const SIZE: [u32; 2] = [1280, 720];
/// How cameras are usually set.
pub(super) const JPEG_QUALITY: u8 = 85;
/// Pictures a second of a usual camera.
pub(super) const RATE: f64 = 30.0;
/// The stages, in order.
const STAGES: [&str; 5] = ["decode", "look for change", "detect", "track", "make a texture"];
/// The stage that resizing is part of.
const DETECT: usize = 2;

/// The times of one encoding: for each stage, and for all of them, in milliseconds.
struct Times {
    encoding: &'static str,
    stages: [Vec<f64>; STAGES.len()],
    total: Vec<f64>,
    /// What of detecting is making the network's input; empty where it is not known.
    resize: Vec<f64>,
}

/// Times so many frames for each encoding and prints the medians.
///
/// # Errors
/// One sentence if the engine fails.
pub(super) fn run(detector: &Detector, frames: usize, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let pictures = camera_pictures()?;
    let mut all = Vec::new();
    for (name, encoding) in [("MJPEG", Encoding::Mjpeg), ("YUYV", Encoding::Yuyv)] {
        let bytes = pictures
            .iter()
            .map(|picture| match encoding {
                Encoding::Yuyv => Ok(to_yuyv(picture)),
                Encoding::Mjpeg | Encoding::Nv12 | Encoding::Rgb | Encoding::Bgr | Encoding::Gray => {
                    picture::to_jpeg(picture, JPEG_QUALITY)
                }
            })
            .collect::<Result<Vec<_>, _>>()?;
        all.push(times(detector, name, encoding, &bytes, frames.max(1))?);
    }
    if json {
        let runs: Vec<_> = all.iter().map(Times::to_json).collect();
        writeln!(out, "{}", json!({"runs": runs}))?;
        return Ok(());
    }
    let mut table = Table::new(&[
        ("stage", Align::Left),
        ("MJPEG ms", Align::Right),
        ("95th percentile", Align::Right),
        ("YUYV ms", Align::Right),
        ("95th percentile", Align::Right),
    ]);
    let row = |name: &str, of: &dyn Fn(&Times) -> Vec<f64>| {
        let cells = all.iter().flat_map(|times| {
            let sorted = of(times);
            [at(&sorted, 50), at(&sorted, 95)].map(|ms| format!("{ms:.2}"))
        });
        std::iter::once(name.to_owned()).chain(cells).collect::<Vec<_>>()
    };
    for (index, name) in STAGES.into_iter().enumerate() {
        table.row(row(name, &|times| sorted(&times.stages[index])));
        if index == DETECT {
            table.row(row("  of this, resize", &|times| sorted(&times.resize)));
        }
    }
    table.row(row("all of them", &|times| sorted(&times.total)));
    table.print(out)?;
    for times in &all {
        let [still, moving] = times.shares();
        writeln!(
            out,
            "{} at {RATE:.0} pictures a second, without painting: {:.0} % of one core while all is still, {:.0} % while something moves.",
            times.encoding,
            100.0 * still,
            100.0 * moving
        )?;
    }
    Ok(())
}

/// Two different demo pictures as a camera would send them.
pub(super) fn camera_pictures() -> anyhow::Result<Vec<RgbImage>> {
    photos::demo()
        .filter(|(name, _)| name.contains("basket") || name.contains("milk-banana"))
        .map(|(name, bytes)| {
            let large = picture::decode(bytes, name).context("a demo picture cannot be read")?;
            Ok(imageops::thumbnail(&large, SIZE[0], SIZE[1]))
        })
        .collect()
}

/// As a camera sends it: two pixels share a colour (ITU-R BT.601, limited range).
fn to_yuyv(picture: &RgbImage) -> Vec<u8> {
    let light = |[r, g, b]: [i32; 3]| ((66 * r + 129 * g + 25 * b + 128) >> 8) + 16;
    let byte = |value: i32| u8::try_from(value.clamp(0, 255)).unwrap_or(u8::MAX);
    let (pairs, _) = picture.as_raw().as_chunks::<6>();
    pairs
        .iter()
        .flat_map(|pair| {
            let [r0, g0, b0, r1, g1, b1] = pair.map(i32::from);
            let [r, g, b] = [r0 + r1, g0 + g1, b0 + b1].map(|sum| sum / 2);
            let u = ((-38 * r - 74 * g + 112 * b + 128) >> 8) + 128;
            let v = ((112 * r - 94 * g - 18 * b + 128) >> 8) + 128;
            [light([r0, g0, b0]), u, light([r1, g1, b1]), v].map(byte)
        })
        .collect()
}

/// Sends frames all the way; those of the first tenth do not count.
fn times(
    detector: &Detector,
    name: &'static str,
    encoding: Encoding,
    bytes: &[Vec<u8>],
    frames: usize,
) -> anyhow::Result<Times> {
    let mut gate = Stillness::new(StillnessSettings::default());
    let settings = TrackerSettings::default();
    let lowest = settings.low_score;
    let mut tracker = Tracker::new(settings);
    let mut times = Times {
        encoding: name,
        stages: Default::default(),
        total: Vec::new(),
        resize: Vec::new(),
    };
    let warm_up = frames / 10 + 1;
    for number in 0..frames + warm_up {
        let at = Duration::from_secs_f64(number as f64 / RATE);
        let mut marks = [Instant::now(); STAGES.len() + 1];
        // The picture changes every tenth frame, so that tracks begin and end.
        let pixels = decode(encoding, SIZE[0], SIZE[1], &bytes[number / 10 % bytes.len()])?;
        let frame = Frame::new(pixels, FrameId(number as u64), at);
        marks[1] = Instant::now();
        std::hint::black_box(gate.must_look(&frame));
        marks[2] = Instant::now();
        let found = detector.detect_from(frame.pixels(), lowest)?;
        marks[3] = Instant::now();
        std::hint::black_box(tracker.update(&found, at));
        marks[4] = Instant::now();
        std::hint::black_box(color_image(frame.pixels()));
        marks[5] = Instant::now();
        if number < warm_up {
            continue;
        }
        let ms = |from: usize, to: usize| (marks[to] - marks[from]).as_secs_f64() * 1000.0;
        for (index, stage) in times.stages.iter_mut().enumerate() {
            stage.push(ms(index, index + 1));
        }
        times.total.push(ms(0, STAGES.len()));
        if let Some(network) = detector.fast() {
            times.resize.push(network.resize_time().as_secs_f64() * 1000.0);
        }
    }
    Ok(times)
}

impl Times {
    /// The share of one core that a camera takes while all is still, and while something moves.
    fn shares(&self) -> [f64; 2] {
        let second = |index: usize| at(&sorted(&self.stages[index]), 50) * RATE / 1000.0;
        let always = second(0) + second(1) + second(3) + second(4);
        // A resting detector looks twice a second; the other threads of the engine work as long as this one.
        let threads = usual_threads() as f64;
        let looks = second(2) * threads;
        let look_again = StillnessSettings::default().look_again.as_secs_f64();
        [always + looks / RATE / look_again, always + looks]
    }

    fn to_json(&self) -> serde_json::Value {
        let both = |times: &[f64]| {
            let sorted = sorted(times);
            json!({"median_ms": at(&sorted, 50), "p95_ms": at(&sorted, 95)})
        };
        let stages: serde_json::Map<String, serde_json::Value> = STAGES
            .iter()
            .zip(&self.stages)
            .map(|(name, times)| ((*name).to_owned(), both(times)))
            .collect();
        let [still, moving] = self.shares();
        json!({
            "encoding": self.encoding, "frames": self.total.len(), "stages": stages, "all": both(&self.total),
            "resize": both(&self.resize), "core_share_still": still, "core_share_moving": moving,
        })
    }
}

fn sorted(times: &[f64]) -> Vec<f64> {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The value that so many percent are not above.
fn at(sorted: &[f64], percent: usize) -> f64 {
    let last = sorted.len().saturating_sub(1);
    sorted
        .get((sorted.len() * percent / 100).min(last))
        .copied()
        .unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Rgb;

    #[test]
    fn what_becomes_yuyv_comes_back() {
        let picture = RgbImage::from_fn(8, 2, |x, _| {
            if x < 4 {
                Rgb([200, 40, 90])
            } else {
                Rgb([10, 220, 255])
            }
        });
        let back = decode(Encoding::Yuyv, 8, 2, &to_yuyv(&picture)).unwrap();
        for (a, b) in picture.as_raw().iter().zip(back.as_raw()) {
            assert!(a.abs_diff(*b) <= 3, "{a} is not {b}");
        }
    }

    #[test]
    fn percentiles_by_hand() {
        let times = sorted(&[3.0, 1.0, 2.0, 4.0]);
        for (percent, wanted) in [(50, 3.0), (95, 4.0), (0, 1.0)] {
            assert!((at(&times, percent) - wanted).abs() < f64::EPSILON);
        }
        assert!(at(&[], 50) < f64::EPSILON);
    }
}
