//! Files of the page of settings: purged photos, test receipts, diagnostics.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::{Value, json};

use crate::{
    app::{receipts, recent_log},
    domain::time::Timestamp,
};

/// Deletes purged photos and their cut-outs; gives those that are gone, whoever deleted them.
pub(super) fn remove_photos(data: &Path, names: &[String]) -> Vec<String> {
    let is_gone = |path: &Path| match std::fs::remove_file(path) {
        Ok(()) => true,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => {
            tracing::warn!(%error, "a purged photo cannot be deleted yet");
            false
        }
    };
    let gone = names.iter().filter(|name| {
        // A name that leads out of the folder is not one that was made here.
        let is_plain = Path::new(name.as_str())
            .file_name()
            .is_some_and(|plain| plain == name.as_str());
        is_plain && remove_cutouts(data, name) && is_gone(&data.join("photos").join(name))
    });
    gone.cloned().collect()
}

/// Cut-outs are named after their photo with a number behind.
fn remove_cutouts(data: &Path, name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    let Ok(entries) = std::fs::read_dir(data.join("cutouts")) else {
        return true;
    };
    entries.filter_map(Result::ok).all(|entry| {
        let file = entry.file_name();
        let belongs = file
            .to_str()
            .and_then(|file| file.strip_prefix(stem))
            .is_some_and(|rest| rest.starts_with('-'));
        !belongs || std::fs::remove_file(entry.path()).is_ok()
    })
}

/// Writes a test receipt; gives where.
pub(super) fn test_receipt(folder: &Path, text: &str) -> anyhow::Result<PathBuf> {
    let path = folder.join("test.pdf");
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&path, receipts::pdf(text)))
        .with_context(|| {
            format!(
                "{} cannot be written: choose another folder, or free some space",
                path.display()
            )
        })?;
    Ok(path)
}

/// What is said of this machine and program: no name, text, path or amount.
pub(super) fn diagnostics(
    model: &str,
    engine: &str,
    classes: usize,
    settings: &Value,
    database: &Value,
) -> Value {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    json!({
        "program": env!("CARGO_PKG_VERSION"),
        "system": std::env::consts::OS,
        "processor": std::env::consts::ARCH,
        "threads": threads,
        "model": model,
        "engine": engine,
        "classes": classes,
        "settings": settings,
        "database": database,
    })
}

/// Writes the diagnostics and the log into a new folder inside `folder`; gives which.
pub(super) fn save_diagnostics(folder: &Path, at: Timestamp, object: &Value) -> anyhow::Result<PathBuf> {
    let time = at.to_utc();
    let name = format!(
        "tillsight-diagnostics-{:04}{:02}{:02}-{:02}{:02}{:02}",
        time.year, time.month, time.day, time.hour, time.minute, time.second
    );
    let place = folder.join(name);
    let log = recent_log::scrubbed().join("\n");
    std::fs::create_dir_all(&place)
        .and_then(|()| std::fs::write(place.join("diagnostics.json"), format!("{object:#}\n")))
        .and_then(|()| std::fs::write(place.join("log.txt"), log))
        .with_context(|| {
            format!(
                "the diagnostics cannot be written to {}: choose another folder",
                place.display()
            )
        })?;
    Ok(place)
}
