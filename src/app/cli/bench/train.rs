//! `tillsight bench --train`: pictures a second of whole training steps on the CPU, forward, loss, backward
//! and optimiser.

use std::{io::Write, time::Instant};

use anyhow::Context as _;
use burn::{
    module::Module as _,
    optim::{AdamWConfig, GradientsParams, ModuleOptimizer},
    tensor::{Device, Tensor, TensorData},
};
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;

use super::BenchArgs;
use crate::{
    geom::{ClassId, CornerBox},
    training::trainer::{Frozen, NormMode, freeze},
    vision::{
        Architecture, DefaultBoxes, Ssd, kernels,
        loss::{Targets, Truth, multibox_loss},
        matcher::MatchThresholds,
    },
};

/// A way to train, as in `tillsight train`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Mode {
    /// Everything learns, norms take the statistics of the batch.
    BatchStatistics,
    /// Everything learns, norms take their running statistics.
    NormsFrozen,
    /// As before, and the first layer and the first blocks do not learn.
    FirstBlocksFrozen,
}

impl Mode {
    const ALL: [Self; 3] = [Self::BatchStatistics, Self::NormsFrozen, Self::FirstBlocksFrozen];

    const fn name(self) -> &'static str {
        match self {
            Self::BatchStatistics => "batch-statistics",
            Self::NormsFrozen => "norms-frozen",
            Self::FirstBlocksFrozen => "first-blocks-frozen",
        }
    }
}

/// Blocks that stay as they are in [`Mode::FirstBlocksFrozen`], besides the first layer.
const FROZEN: usize = 3;
/// Steps before the clock starts.
const WARM_UP: usize = 2;

/// Times steps of every mode on both sets of operators.
pub(super) fn run(args: &BenchArgs, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut runs = Vec::new();
    for mode in Mode::ALL {
        if args.mode.is_some_and(|only| only != mode) {
            continue;
        }
        for fused in [false, true] {
            if args.fused_only && !fused {
                continue;
            }
            kernels::set_enabled(fused);
            let median = median_seconds(mode, args.batch.max(1), args.steps.max(1));
            kernels::set_enabled(true);
            let median = median?;
            let operators = if fused { "fused" } else { "burn" };
            let per_second = args.batch.max(1) as f64 / median;
            if !json {
                writeln!(
                    out,
                    "{:20} {operators:6} batch {}: {:7.1} ms a step, {per_second:5.1} pictures/s",
                    mode.name(),
                    args.batch,
                    median * 1000.0
                )?;
            }
            runs.push(json!({
                "mode": mode.name(), "operators": operators, "batch": args.batch,
                "median_ms": median * 1000.0, "pictures_per_second": per_second,
            }));
        }
    }
    kernels::release();
    if json {
        writeln!(out, "{}", json!({"runs": runs}))?;
    }
    Ok(())
}

fn median_seconds(mode: Mode, batch: usize, steps: usize) -> anyhow::Result<f64> {
    let architecture = Architecture::checkout_dense(&["apple", "banana", "milk"]);
    let device = Device::flex().autodiff();
    let (frozen, norms) = match mode {
        Mode::BatchStatistics => (Frozen::Nothing, NormMode::BatchStatistics),
        Mode::NormsFrozen => (Frozen::Nothing, NormMode::Frozen),
        Mode::FirstBlocksFrozen => (Frozen::Blocks(FROZEN), NormMode::Frozen),
    };
    let mut network = freeze(
        Ssd::new(&architecture, &device).train(),
        &architecture,
        frozen,
        norms,
    );
    let mut optimizer: ModuleOptimizer = AdamWConfig::new().with_weight_decay(1e-4).init();
    let defaults = DefaultBoxes::new(&architecture);
    let side = architecture.input[0];
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(1);
    let mut times = Vec::new();
    for step in 0..WARM_UP + steps {
        let pixels: Vec<f32> = (0..batch * 3 * side * side)
            .map(|_| random.random_range(-1.0..1.0))
            .collect();
        let targets: Vec<Targets> = (0..batch)
            .map(|_| random_targets(&mut random, &defaults, architecture.loss.thresholds))
            .collect();
        let data = TensorData::new(pixels, [batch, 3, side, side]);
        let start = Instant::now();
        let output = network.forward(Tensor::from_data(data, &device));
        let loss = multibox_loss(output, &targets, &architecture.loss, 0);
        let mut gradients = loss.total.backward();
        let gradients = GradientsParams::from_module(&mut gradients, &network);
        network = optimizer.step(1e-4, network, gradients);
        if step >= WARM_UP {
            times.push(start.elapsed().as_secs_f64());
        }
    }
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().context("no step was timed")
}

fn random_targets(
    random: &mut rand_chacha::ChaCha8Rng,
    defaults: &DefaultBoxes,
    thresholds: MatchThresholds,
) -> Targets {
    let truths: Vec<Truth> = (1..=3)
        .map(|class| {
            let [x, y] = [random.random_range(0.0..0.6), random.random_range(0.0..0.6)];
            let [width, height] = [random.random_range(0.1..0.4), random.random_range(0.1..0.4)];
            Truth {
                class: ClassId(class),
                bbox: CornerBox::new(x, y, x + width, y + height),
                difficult: false,
            }
        })
        .collect();
    Targets::new(&truths, defaults, thresholds)
}
