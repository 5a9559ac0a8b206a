//! `tillsight bench`: how long the detector takes for one picture, a camera's frame for all its way, or the
//! trainer for one step.

mod against;
mod layers;
mod metrics;
mod pipeline;
mod serve;
mod shop;
mod train;
mod window;

use std::{io::Write, path::PathBuf, time::Instant};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::ModelArgs;
use crate::{
    frame::{Rgb, RgbImage, picture},
    vision::{
        Detector, Engine, ModelBundle,
        detector::CpuSettings,
        engine::{FastNetwork, Isa},
    },
};

/// Arguments of `tillsight bench`.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// Pictures to time, after a few to warm up.
    #[arg(long, default_value_t = 50)]
    frames: usize,
    /// Threads of the CPU engine; as many as the processor has, up to eight, if not given.
    #[arg(long, value_parser = clap::value_parser!(u8).range(1..=64))]
    threads: Option<u8>,
    /// Instruction set of the CPU engine; the best that the processor has if not given.
    #[arg(long, value_enum)]
    isa: Option<IsaArg>,
    /// Say how long each layer of the CPU engine takes, and how much of what the machine can do that is.
    #[arg(long)]
    layers: bool,
    /// Time what becomes of a camera's frame instead: decoding, resting, detecting, tracking, and making a
    /// texture of it.
    #[arg(long, conflicts_with_all = ["layers", "train"])]
    pipeline: bool,
    /// Open the kiosk's window on made-up pictures of a camera, and time their whole way until they are painted.
    #[arg(long, conflicts_with_all = ["layers", "train", "pipeline"])]
    window: bool,
    /// Show the window a view in which nothing moves.
    #[arg(long, requires = "window")]
    still: bool,
    /// Make a shop with 100 000 products, 1 000 000 sales and 10 000 photos beside the data, and time what is
    /// done there every day.
    #[arg(long, conflicts_with_all = ["layers", "train", "pipeline", "window"])]
    shop: bool,
    /// How much of that shop, in percent.
    #[arg(long, requires = "shop", default_value_t = 100, value_parser = clap::value_parser!(u8).range(1..=100))]
    percent: u8,
    /// Time this picture instead of a made-up one of 1280 x 720.
    #[arg(long)]
    picture: Option<PathBuf>,
    /// Say instead how much the outputs for the picture differ from those of this engine.
    #[arg(long, value_enum, value_name = "ENGINE", conflicts_with_all = ["layers", "train", "pipeline"])]
    against: Option<super::EngineArg>,
    /// Answer lines `run N` on standard input with the milliseconds of N pictures, for comparing.
    #[arg(long, hide = true, conflicts_with_all = ["layers", "train", "pipeline"])]
    serve: bool,
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

/// Instruction sets by their names on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum IsaArg {
    /// Plain Rust.
    Portable,
    /// 128-bit vectors of 64-bit ARM.
    Neon,
    /// 256-bit vectors.
    Avx2,
    /// 512-bit vectors.
    Avx512,
}

impl BenchArgs {
    /// The model on the engine that was asked for.
    fn detector(&self) -> anyhow::Result<Detector> {
        self.detector_on(self.model.engine.map_or(Engine::Cpu, Engine::from))
    }

    fn detector_on(&self, engine: Engine) -> anyhow::Result<Detector> {
        let mut cpu = CpuSettings::default();
        if let Some(threads) = self.threads {
            cpu.threads = usize::from(threads);
        }
        if let Some(isa) = self.isa {
            cpu.isa = match isa {
                IsaArg::Portable => Isa::Portable,
                IsaArg::Neon => Isa::Neon,
                IsaArg::Avx2 => Isa::Avx2,
                IsaArg::Avx512 => Isa::Avx512,
            };
            anyhow::ensure!(
                cpu.isa.is_available(),
                "this processor has no {}; leave --isa away to use the best that it has",
                cpu.isa.name()
            );
        }
        let bundle = ModelBundle::load(&self.model.folder()?)?;
        Ok(Detector::with_cpu(bundle, engine, cpu)?)
    }
}

/// How long the detector takes for a picture, so many times.
fn milliseconds(detector: &Detector, picture: &RgbImage, count: usize) -> anyhow::Result<Vec<f64>> {
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let start = Instant::now();
        detector.detect(picture)?;
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(times)
}

/// Times the whole way from RGB pixels to detections.
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
    if args.shop {
        return shop::run(args, json, out);
    }
    if args.window {
        return window::run(args, json, out);
    }
    let detector = args.detector()?;
    if args.pipeline {
        return pipeline::run(&detector, args.frames, json, out);
    }
    let made_up = || {
        RgbImage::from_fn(1280, 720, |x, y| {
            Rgb([x % 256, y % 256, (x + y) % 256].map(|value| u8::try_from(value).unwrap_or(u8::MAX)))
        })
    };
    let picture = args
        .picture
        .as_deref()
        .map_or_else(|| Ok(made_up()), picture::read)?;
    if let Some(engine) = args.against {
        let other = args.detector_on(engine.into())?;
        return against::run([&detector, &other], &picture, json, out);
    }
    if args.layers {
        return layers::run(&detector, &picture, args.frames, json, out);
    }
    if args.serve {
        return serve::run(&detector, &picture, std::io::stdin().lock(), out);
    }
    milliseconds(&detector, &picture, 5)?;
    let mut times = milliseconds(&detector, &picture, args.frames.max(1))?;
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times[(times.len() * share / 100).min(times.len() - 1)];
    let all = || std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let threads = detector.fast().map_or_else(all, FastNetwork::threads);
    let engine = detector.engine().name();
    let isa = detector.fast().map(|network| network.isa().name());
    let side = detector.bundle().architecture.input[0];
    if json {
        let run = json!({
            "engine": engine, "input": side, "threads": threads, "isa": isa,
            "median_ms": at(50), "p95_ms": at(95), "frames": times.len(),
        });
        writeln!(out, "{}", json!({"runs": [run]}))?;
    } else {
        writeln!(
            out,
            "{engine}{}, input {side}, {threads} threads, {} pictures of {} x {}: median {:.2} ms, 95th percentile {:.2} ms",
            isa.map(|isa| format!(" ({isa})")).unwrap_or_default(),
            times.len(),
            picture.width(),
            picture.height(),
            at(50),
            at(95)
        )?;
    }
    Ok(())
}
