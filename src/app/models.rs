//! Where models lie, and which one is in use.
//!
//! A `models` folder holds one bundle a folder and a file `current` with the name of the live one. The
//! shop's own folder comes first, then the one that came with the program.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::vision::{Detector, Engine, ModelBundle, detector::has_hardware_gpu};

/// Name of the file that names the model in use.
const CURRENT: &str = "current";

/// The folders in which models are looked for, best first.
#[must_use]
pub fn folders(data: Option<&Path>) -> Vec<PathBuf> {
    let beside_program = std::env::current_exe().ok().and_then(|p| p.parent().map(|d| d.join("models")));
    let of_the_source = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    data.map(|d| d.join("models")).into_iter().chain(beside_program).chain([of_the_source]).collect()
}

/// The folder of the model in use.
///
/// # Errors
/// One sentence if no `models` folder names one.
pub fn current(data: Option<&Path>) -> anyhow::Result<PathBuf> {
    for folder in folders(data) {
        if let Ok(name) = std::fs::read_to_string(folder.join(CURRENT)) {
            return Ok(folder.join(name.trim()));
        }
    }
    bail!("there is no model: no `models` folder with a file `current` was found; copy the one that came with the program")
}

/// All bundles in the known folders, by path.
#[must_use]
pub fn all(data: Option<&Path>) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = folders(data)
        .iter()
        .filter_map(|folder| std::fs::read_dir(folder).ok())
        .flat_map(|entries| entries.filter_map(Result::ok).map(|entry| entry.path()))
        .filter(|path| path.join("bundle.json").exists())
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The engine to use when none was asked for: the GPU where there is a real one.
#[must_use]
pub fn usual_engine() -> Engine {
    if has_hardware_gpu() { Engine::Gpu } else { Engine::Cpu }
}

/// Loads a model and puts it on an engine.
///
/// # Errors
/// One sentence saying which part of the model is wrong, or that there is no GPU.
pub fn load(folder: &Path, engine: Engine) -> anyhow::Result<Detector> {
    let bundle = ModelBundle::load(folder)?;
    Detector::new(bundle, engine).with_context(|| format!("the model {} cannot be used", folder.display()))
}
