//! `tillsight bench`: how long the detector takes for one picture, or the trainer for one step.

mod metrics;
mod train;

use std::{io::Write, time::Instant};

use clap::Args;
use serde_json::json;

use super::ModelArgs;
use crate::frame::{Rgb, RgbImage};

/// Arguments of `tillsight bench`.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Pictures to time, after a few to warm up.
    #[arg(long, default_value_t = 50)]
    frames: usize,
    /// Time steps of training on random pictures instead, with burn's own operators and with ours.
    #[arg(long)]
    pub train: bool,
    /// Steps to time of each kind of training, after two to warm up.
    #[arg(long, default_value_t = 7, requires = "train")]
    steps: usize,
    /// Pictures in a training step.
    #[arg(long, default_value_t = 16, requires = "train")]
    batch: usize,
    /// Time one kind of training only.
    #[arg(long, value_enum, requires = "train")]
    mode: Option<train::Mode>,
    /// Leave out burn's own operators.
    #[arg(long, requires = "train")]
    fused_only: bool,
    /// Time the COCO figures of so many made-up pictures instead.
    #[arg(long, value_name = "PICTURES", hide = true, conflicts_with = "train")]
    metrics: Option<u16>,
    /// Which model, on which engine.
    #[command(flatten)]
    pub model: ModelArgs,
}

/// Times the whole way from RGB pixels of 1280 x 720 to detections.
///
/// # Errors
/// One sentence if the model or the engine cannot be used.
pub fn run(args: &BenchArgs, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    if args.train {
        return train::run(args, json, out);
    }
    if let Some(pictures) = args.metrics {
        return metrics::run(pictures, json, out);
    }
    let detector = args.model.detector()?;
    let picture = RgbImage::from_fn(1280, 720, |x, y| {
        Rgb([x % 256, y % 256, (x + y) % 256].map(|value| u8::try_from(value).unwrap_or(u8::MAX)))
    });
    for _ in 0..5 {
        detector.detect(&picture)?;
    }
    let mut times = Vec::new();
    for _ in 0..args.frames.max(1) {
        let start = Instant::now();
        detector.detect(&picture)?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let engine = format!("{:?}", detector.engine()).to_lowercase();
    let side = detector.bundle().architecture.input[0];
    if json {
        let run = json!({
            "engine": engine, "input": side, "threads": threads,
            "median_ms": at(50), "p95_ms": at(95), "frames": times.len(),
        });
        writeln!(out, "{}", json!({"runs": [run]}))?;
    } else {
        writeln!(
            out,
            "{engine}, input {side}, {threads} threads, {} pictures of 1280 x 720: median {:.1} ms, 95th percentile {:.1} ms",
            times.len(),
            at(50),
            at(95)
        )?;
    }
    Ok(())
}
