//! `tillsight bench --serve`: times pictures on request, so that programs can take turns.

use std::io::{BufRead, Write};

use anyhow::Context as _;
use serde_json::json;

use super::milliseconds;
use crate::{
    frame::RgbImage,
    vision::{Detector, engine::FastNetwork},
};

/// Says what is timed, then answers each line `run N` with a list of the milliseconds of N pictures.
///
/// # Errors
/// One sentence if a line is another one, or the engine fails.
pub(super) fn run(
    detector: &Detector,
    picture: &RgbImage,
    requests: impl BufRead,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    milliseconds(detector, picture, 10)?;
    let about = json!({
        "engine": detector.engine().name(),
        "threads": detector.fast().map(FastNetwork::threads),
        "isa": detector.fast().map(|network| network.isa().name()),
    });
    writeln!(out, "{about}")?;
    out.flush()?;
    for line in requests.lines() {
        let line = line?;
        let count = line
            .strip_prefix("run ")
            .and_then(|count| count.trim().parse().ok())
            .with_context(|| format!("{line:?} is no request; write `run` and a number of pictures"))?;
        writeln!(out, "{}", json!(milliseconds(detector, picture, count)?))?;
        out.flush()?;
    }
    Ok(())
}
