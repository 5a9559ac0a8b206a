//! `tillsight bench --layers`: where the time of the CPU engine goes, against what the machine can do.

use std::io::Write;

use anyhow::bail;
use serde_json::json;

use crate::{
    app::cli::table::{Align, Table},
    frame::RgbImage,
    vision::{
        Detector,
        engine::{GroupTime, measure},
    },
};

/// Prints, for each layer, its time, its multiply-adds and its share of the peak, each at its best of `frames`
/// frames.
///
/// # Errors
/// One sentence if the model does not run on the CPU engine.
pub(super) fn run(
    detector: &Detector,
    picture: &RgbImage,
    frames: usize,
    json: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let Some(network) = detector.fast() else {
        bail!(
            "only the CPU engine can be timed by layer, and this model runs on {}; leave --layers away",
            detector.engine().name()
        );
    };
    let (isa, threads) = (network.isa(), network.threads());
    let peak = measure::peak(isa, threads);
    let copy = measure::copy_bandwidth();
    let mut best = network.timed(picture);
    for _ in 1..frames.max(1) {
        for (best, time) in best.iter_mut().zip(network.timed(picture)) {
            if time.wall_ms < best.wall_ms {
                *best = time;
            }
        }
    }
    // Thousands of millions of multiply-adds a second; each is two operations.
    let rate = |time: &GroupTime| time.multiply_adds as f64 / (time.wall_ms * 1e6).max(1.0);
    let total = GroupTime {
        name: "all".to_owned(),
        wall_ms: best.iter().map(|time| time.wall_ms).sum(),
        parts_ms: [0, 1, 2].map(|part| best.iter().map(|time| time.parts_ms[part]).sum()),
        multiply_adds: best.iter().map(|time| time.multiply_adds).sum(),
    };
    best.push(total);
    if json {
        let layers: Vec<_> = best
            .iter()
            .map(|time| {
                json!({
                    "name": time.name, "ms": time.wall_ms, "multiply_adds": time.multiply_adds,
                    "gflops": 2.0 * rate(time), "share_of_peak": rate(time) / peak,
                    "thread_ms": {"expand": time.parts_ms[0], "depthwise": time.parts_ms[1], "project": time.parts_ms[2]},
                })
            })
            .collect();
        let report = json!({
            "isa": isa.name(), "threads": threads, "peak_gflops": 2.0 * peak, "copy_gb_per_s": copy,
            "layers": layers,
        });
        writeln!(out, "{report}")?;
        return Ok(());
    }
    writeln!(
        out,
        "{}, {threads} threads: at most {:.0} GFLOP/s in registers, {copy:.1} GB/s copied by one thread",
        isa.name(),
        2.0 * peak
    )?;
    let mut table = Table::new(&[
        ("layer", Align::Left),
        ("ms", Align::Right),
        ("million multiply-adds", Align::Right),
        ("GFLOP/s", Align::Right),
        ("of peak", Align::Right),
        ("expand", Align::Right),
        ("depthwise", Align::Right),
        ("project", Align::Right),
    ]);
    for time in &best {
        let [expand, depthwise, project] = time.parts_ms.map(|ms| format!("{ms:.3}"));
        table.row([
            time.name.clone(),
            format!("{:.3}", time.wall_ms),
            format!("{:.2}", time.multiply_adds as f64 / 1e6),
            format!("{:.0}", 2.0 * rate(time)),
            format!("{:.0} %", 100.0 * rate(time) / peak),
            expand,
            depthwise,
            project,
        ]);
    }
    table.print(out)?;
    writeln!(
        out,
        "The last three columns are milliseconds summed over threads. Each row is the best of {frames} frames."
    )?;
    Ok(())
}
