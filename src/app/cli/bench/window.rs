//! `tillsight bench --window`: the kiosk's own window on a camera that is none, from the program's start until
//! each picture is painted.

use std::{
    io::Write,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context as _;
use serde_json::json;

use super::{
    BenchArgs,
    pipeline::{JPEG_QUALITY, RATE, SIZE, camera_pictures},
};
use crate::{
    app::{
        cli::table::{Align, Table},
        kiosk::{
            KioskOptions,
            measured::{Measure, Measured},
            run_kiosk,
        },
        pricing, process,
    },
    capture::{Encoding, RehearsalSettings},
    frame::{RgbImage, picture},
    training::dataset::Dice,
    ui::view::Stage,
    vision::Engine,
};

/// How long nothing counts: items are counted, tracks settle, caches fill.
const WARM_UP: Duration = Duration::from_secs(4);
/// Pictures of one view before the next comes.
const HELD: usize = 15;
/// Grey levels that a camera's noise moves a pixel by, at most.
const NOISE: f32 = 2.0;
/// The folder of the rehearsal's data, made anew each time.
const FOLDER: &str = "bench-window";

/// Opens the window, lets it run, and prints what was measured.
///
/// # Errors
/// One sentence if there is no display or the data folder cannot be written.
pub(super) fn run(args: &BenchArgs, json: bool, out: &mut dyn Write) -> anyhow::Result<()> {
    let data = pricing::data_folder(args.model.data.as_deref())?.join(FOLDER);
    if data.exists() {
        std::fs::remove_dir_all(&data).with_context(|| format!("cannot empty {}", data.display()))?;
    }
    let result = Arc::new(Mutex::new(None));
    let options = KioskOptions {
        windowed: true,
        model: args.model.model.clone(),
        engine: Some(args.model.engine.map_or(Engine::Cpu, Engine::from)),
        rehearsal: Some(RehearsalSettings {
            pictures: pictures(args.still)?,
            encoding: Encoding::Mjpeg,
            size: SIZE,
            period: Duration::from_secs_f64(1.0 / RATE),
        }),
        measure: Some(Measure {
            warm_up: WARM_UP,
            length: Duration::from_secs_f64(args.frames.max(1) as f64 / RATE),
            result: Arc::clone(&result),
        }),
        data: Some(data.clone()),
        ..KioskOptions::default()
    };
    // Making the pictures is no part of starting.
    process::mark_start();
    let ended = run_kiosk(options);
    // Of the rehearsal nothing is kept; what cannot be removed now is removed by the next.
    if let Err(error) = std::fs::remove_dir_all(&data) {
        tracing::debug!(%error, "the rehearsal's folder stays");
    }
    ended?;
    let measured = result.lock().unwrap_or_else(PoisonError::into_inner).take();
    let measured = measured.context("the window was closed before all was measured; let it run")?;
    if json {
        writeln!(out, "{}", to_json(&measured))?;
        return Ok(());
    }
    print(&measured, out)
}

/// What a camera would send: two views in turn, or one; noise never rests.
fn pictures(still: bool) -> anyhow::Result<Arc<[Vec<u8>]>> {
    let views = camera_pictures()?;
    let shown = if still { 1 } else { views.len() };
    let mut sent = Vec::new();
    for (number, view) in views.iter().take(shown).enumerate() {
        for picture in 0..HELD {
            let seed = number * HELD + picture;
            sent.push(picture::to_jpeg(&noisy(view, seed as u64), JPEG_QUALITY)?);
        }
    }
    Ok(sent.into())
}

fn noisy(view: &RgbImage, seed: u64) -> RgbImage {
    let mut dice = Dice::new(seed, 0);
    let mut picture = view.clone();
    for value in picture.iter_mut() {
        let moved = f32::from(*value) + dice.around(NOISE);
        *value = crate::geom::cast::round_u8(moved);
    }
    picture
}

fn print(measured: &Measured, out: &mut dyn Write) -> anyhow::Result<()> {
    let mut table = Table::new(&[
        ("stage", Align::Left),
        ("median ms", Align::Right),
        ("95th percentile", Align::Right),
    ]);
    for row in &measured.stages {
        table.row([
            name(row.stage).to_owned(),
            format!("{:.2}", row.median_ms),
            format!("{:.2}", row.p95_ms),
        ]);
    }
    table.print(out)?;
    let seconds = |time: Duration| format!("{:.2} s", time.as_secs_f64());
    writeln!(
        out,
        "The window stood after {}, the first picture was looked at after {}; {:.1} pictures a second were painted.",
        seconds(measured.window),
        measured
            .first_detection
            .map_or_else(|| "no time".to_owned(), seconds),
        measured.pictures_per_second
    )?;
    let threads: Vec<String> = measured
        .cores
        .iter()
        .filter(|(_, share)| *share >= 0.005)
        .map(|(name, share)| format!("{name} {:.0} %", 100.0 * share))
        .collect();
    let all: f32 = measured.cores.iter().map(|(_, share)| share).sum();
    writeln!(out, "Of one core: {:.0} % ({}).", 100.0 * all, threads.join(", "))?;
    if let Some((now, most)) = measured.resident {
        writeln!(
            out,
            "Memory in use: {} MB, at most {} MB.",
            now / 1_000_000,
            most / 1_000_000
        )?;
    }
    Ok(())
}

fn to_json(measured: &Measured) -> serde_json::Value {
    let stages: serde_json::Map<String, serde_json::Value> = measured
        .stages
        .iter()
        .map(|row| {
            let times = json!({"median_ms": row.median_ms, "p95_ms": row.p95_ms});
            (name(row.stage).to_owned(), times)
        })
        .collect();
    json!({
        "window_s": measured.window.as_secs_f64(),
        "first_detection_s": measured.first_detection.map(|time| time.as_secs_f64()),
        "stages": stages,
        "pictures_per_second": measured.pictures_per_second,
        "core_shares": measured.cores.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
        "resident_bytes": measured.resident.map(|(now, _)| now),
        "most_resident_bytes": measured.resident.map(|(_, most)| most),
    })
}

const fn name(stage: Stage) -> &'static str {
    match stage {
        Stage::Decode => "decode",
        Stage::Look => "look for change",
        Stage::Resize => "resize, part of detect",
        Stage::Detect => "detect",
        Stage::Track => "track",
        Stage::Upload => "make a texture, part of paint",
        Stage::Paint => "paint",
        Stage::All => "camera to screen",
    }
}
