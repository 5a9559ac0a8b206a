//! Where models lie, and which one is in use.
//!
//! A `models` folder holds one bundle a folder and a file `current` with the name of the live one. The
//! shop's own folder comes first, then the one that came with the program.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::vision::{DetectError, Detector, Engine, ModelBundle, agreement};

/// Name of the file that names the model in use.
const CURRENT: &str = "current";
/// Name of the file that names the model in use before.
const PREVIOUS: &str = "previous";

/// The folders in which models are looked for, best first.
#[must_use]
pub fn folders(data: Option<&Path>) -> Vec<PathBuf> {
    let beside_program = std::env::current_exe()
        .ok()
        .and_then(|p| p.parent().map(|d| d.join("models")));
    let of_the_source = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    data.map(|d| d.join("models"))
        .into_iter()
        .chain(beside_program)
        .chain([of_the_source])
        .collect()
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
    bail!(
        "there is no model: no `models` folder with a file `current` was found; copy the one that came with the program"
    )
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

/// Puts a bundle into a `models` folder under a name and makes it the one in use; the last one stays, and is
/// noted for [`rollback`].
///
/// # Errors
/// One sentence if the bundle is damaged or the folder cannot be written.
pub fn promote(bundle: &ModelBundle, models: &Path) -> anyhow::Result<()> {
    let folder = models.join(&bundle.name);
    if folder.exists() {
        bail!(
            "{} is there already; give the new model another name",
            folder.display()
        );
    }
    bundle.save(&folder)?;
    set_current(models, &bundle.name)
}

/// Makes a model of the folder the one in use, and notes the one before for [`rollback`].
///
/// # Errors
/// One sentence if the file cannot be written.
pub fn set_current(models: &Path, name: &str) -> anyhow::Result<()> {
    let before = std::fs::read_to_string(models.join(CURRENT)).unwrap_or_default();
    let before = before.trim();
    if before == name {
        return Ok(());
    }
    if !before.is_empty() {
        write_name(models, PREVIOUS, before)?;
    }
    write_name(models, CURRENT, name)
}

/// Makes the model before the last change the one in use again, and gives its name.
///
/// # Errors
/// One sentence if none is noted or it is damaged.
pub fn rollback(models: &Path) -> anyhow::Result<String> {
    let read = |file: &str| std::fs::read_to_string(models.join(file)).map(|text| text.trim().to_owned());
    let Ok(previous) = read(PREVIOUS) else {
        bail!("there is no earlier model to go back to")
    };
    ModelBundle::load(&models.join(&previous))?;
    let current = read(CURRENT).unwrap_or_default();
    write_name(models, CURRENT, &previous)?;
    write_name(models, PREVIOUS, &current)?;
    Ok(previous)
}

/// Writes a name under a temporary one first: the file is either the old or the new one, never half of it.
fn write_name(models: &Path, file: &str, name: &str) -> anyhow::Result<()> {
    let part = models.join(format!("{file}.part"));
    std::fs::write(&part, format!("{name}\n"))
        .and_then(|()| std::fs::rename(&part, models.join(file)))
        .with_context(|| format!("cannot write {}", models.join(file).display()))
}

/// The engine to begin with when none was asked for: the CPU's, which is ready at once everywhere. A graphics
/// card that answers sooner takes over in a lane later, see [`crate::app::kiosk::trial`].
#[must_use]
pub const fn usual_engine() -> Engine {
    Engine::Cpu
}

/// Loads a model and puts it on an engine. A GPU must first give the processor's answer to a picture.
///
/// # Errors
/// One sentence saying which part of the model is wrong, that there is no GPU, or that it computes wrong results.
pub fn load(folder: &Path, engine: Engine) -> anyhow::Result<Detector> {
    let bundle = ModelBundle::load(folder)?;
    let loaded = || {
        let detector = Detector::new(bundle, engine)?;
        if engine == Engine::Gpu {
            let trusted = Detector::new(detector.bundle().clone(), Engine::Cpu)?;
            agreement::check(&detector, &trusted)?;
        }
        Ok::<_, DetectError>(detector)
    };
    loaded().with_context(|| format!("the model {} cannot be used", folder.display()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::vision::{Architecture, decode::DecodeSettings};

    fn bundle(name: &str) -> ModelBundle {
        ModelBundle {
            name: name.to_owned(),
            architecture: Architecture::checkout(&["apple"]),
            decode: DecodeSettings::LANE,
            class_thresholds: BTreeMap::new(),
            dataset_version: String::new(),
            metrics: Vec::new(),
            weights: vec![0; 8],
        }
    }

    #[test]
    fn a_promoted_model_is_in_use_and_can_be_taken_back() {
        let data = tempfile::tempdir().unwrap();
        let models = data.path().join("models");
        std::fs::create_dir(&models).unwrap();
        assert!(rollback(&models).is_err());
        promote(&bundle("one"), &models).unwrap();
        promote(&bundle("two"), &models).unwrap();
        assert_eq!(current(Some(data.path())).unwrap(), models.join("two"));
        assert_eq!(rollback(&models).unwrap(), "one");
        assert_eq!(current(Some(data.path())).unwrap(), models.join("one"));
        assert_eq!(rollback(&models).unwrap(), "two", "and forth again");
        let error = promote(&bundle("one"), &models).unwrap_err().to_string();
        assert!(error.contains("there already"), "{error}");
        assert_eq!(current(Some(data.path())).unwrap(), models.join("two"));
    }
}
