//! A trained detector in a folder: weights, description, thresholds, figures, checksums.
//!
//! `bundle.json` describes the model and names the checksum of `weights.safetensors`; the description
//! carries a checksum of itself. A bundle is read whole or refused with the reason; it is never half used.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{architecture::Architecture, decode::DecodeSettings};

/// Version of the folder's layout that this program writes. It reads those before it as well: version 1 had
/// an older description of the network, which [`Architecture`] understands.
pub const FORMAT_VERSION: u32 = 2;
const MANIFEST: &str = "bundle.json";
const WEIGHTS: &str = "weights.safetensors";

/// Why a model bundle was refused.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// A file of the bundle is not there or cannot be read.
    #[error(
        "the model {folder} is not usable: {file} cannot be read ({source}); copy the whole folder again"
    )]
    Missing {
        /// The bundle.
        folder: PathBuf,
        /// The part.
        file: &'static str,
        /// What the system said.
        source: std::io::Error,
    },
    /// `bundle.json` is not what it should be.
    #[error("the model {folder} is not usable: bundle.json is damaged or not of a model ({reason})")]
    Manifest {
        /// The bundle.
        folder: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The bundle has another layout.
    #[error(
        "the model {folder} has format version {found}, this program reads versions 1 to {FORMAT_VERSION}; update the program"
    )]
    Version {
        /// The bundle.
        folder: PathBuf,
        /// Its version.
        found: u64,
    },
    /// The weights are not those that the bundle was made with.
    #[error(
        "the model {folder} is not usable: {file} is truncated or changed (checksum does not match); copy it again"
    )]
    Checksum {
        /// The bundle.
        folder: PathBuf,
        /// The part.
        file: &'static str,
    },
    /// The bundle cannot be written.
    #[error("the model cannot be written to {folder}: {source}")]
    Write {
        /// The bundle.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Figures of a model on one set of pictures.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ModelMetrics {
    /// Name of the set.
    pub dataset: String,
    /// Pictures in it.
    pub pictures: usize,
    /// AP over `IoU` 0.50 to 0.95, mean of the classes.
    pub ap: f64,
    /// AP at `IoU` 0.50, mean of the classes.
    pub ap50: f64,
    /// AP at `IoU` 0.50 of each class.
    pub class_ap50: BTreeMap<String, f64>,
}

/// Everything that a detector needs, and where it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelBundle {
    /// Name of the model, as its folder.
    pub name: String,
    /// The network as data.
    pub architecture: Architecture,
    /// Decoding on a lane.
    pub decode: DecodeSettings,
    /// Score from which each class counts on a lane; `decode.score_threshold` where one is not named.
    pub class_thresholds: BTreeMap<String, f32>,
    /// Which data it learned from.
    pub dataset_version: String,
    /// How it was measured.
    pub metrics: Vec<ModelMetrics>,
    /// The weights, as safetensors under our own names.
    pub weights: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct Manifest {
    format_version: u32,
    name: String,
    architecture: Architecture,
    decode: DecodeSettings,
    class_thresholds: BTreeMap<String, f32>,
    dataset_version: String,
    metrics: Vec<ModelMetrics>,
    weights_sha256: String,
    /// SHA-256 of the file `bundle.json` with this value left empty. Of the text, because numbers do not
    /// always come back from JSON to the last bit.
    manifest_sha256: String,
}

impl ModelBundle {
    /// Score from which a detection of `class` counts on a lane.
    #[must_use]
    pub fn threshold_of(&self, class: &str) -> f32 {
        self.class_thresholds
            .get(class)
            .copied()
            .unwrap_or(self.decode.score_threshold)
    }

    /// Reads a bundle and checks every part of it.
    ///
    /// # Errors
    /// [`BundleError`], naming the part that is missing, damaged, truncated or of another version.
    pub fn load(folder: &Path) -> Result<Self, BundleError> {
        let read = |file: &'static str| {
            fs::read(folder.join(file)).map_err(|source| BundleError::Missing {
                folder: folder.to_owned(),
                file,
                source,
            })
        };
        let refuse = |reason: String| BundleError::Manifest {
            folder: folder.to_owned(),
            reason,
        };
        let text = String::from_utf8(read(MANIFEST)?).map_err(|source| refuse(source.to_string()))?;
        let value: serde_json::Value =
            serde_json::from_str(&text).map_err(|source| refuse(source.to_string()))?;
        // The version is looked at first: another version may name its fields otherwise.
        let version = value.get("format_version").and_then(serde_json::Value::as_u64);
        match version {
            Some(found) if (1..=u64::from(FORMAT_VERSION)).contains(&found) => {}
            Some(found) => {
                return Err(BundleError::Version {
                    folder: folder.to_owned(),
                    found,
                });
            }
            None => return Err(refuse("it has no format_version".to_owned())),
        }
        let manifest: Manifest =
            serde_json::from_value(value).map_err(|source| refuse(source.to_string()))?;
        let noted = &manifest.manifest_sha256;
        if noted.is_empty() || sha256_hex(text.replacen(noted.as_str(), "", 1).as_bytes()) != *noted {
            return Err(BundleError::Checksum {
                folder: folder.to_owned(),
                file: MANIFEST,
            });
        }
        manifest.architecture.check().map_err(refuse)?;
        let weights = read(WEIGHTS)?;
        if sha256_hex(&weights) != manifest.weights_sha256 {
            return Err(BundleError::Checksum {
                folder: folder.to_owned(),
                file: WEIGHTS,
            });
        }
        Ok(Self {
            name: manifest.name,
            architecture: manifest.architecture,
            decode: manifest.decode,
            class_thresholds: manifest.class_thresholds,
            dataset_version: manifest.dataset_version,
            metrics: manifest.metrics,
            weights,
        })
    }

    /// Writes the bundle into `folder`, which is made if need be. The weights come first and the manifest
    /// last, each under a temporary name: an interrupted write leaves either the old bundle or one whose
    /// checksum does not match, never a wrong one that is believed.
    ///
    /// # Errors
    /// [`BundleError::Write`] with what the system said.
    pub fn save(&self, folder: &Path) -> Result<(), BundleError> {
        let failed = |source| BundleError::Write {
            folder: folder.to_owned(),
            source,
        };
        let manifest = Manifest {
            format_version: FORMAT_VERSION,
            name: self.name.clone(),
            architecture: self.architecture.clone(),
            decode: self.decode,
            class_thresholds: self.class_thresholds.clone(),
            dataset_version: self.dataset_version.clone(),
            metrics: self.metrics.clone(),
            weights_sha256: sha256_hex(&self.weights),
            manifest_sha256: String::new(),
        };
        let open = serde_json::to_string_pretty(&manifest).map_err(|source| failed(source.into()))?;
        let sealed = format!("\"manifest_sha256\": \"{}\"", sha256_hex(open.as_bytes()));
        let text = open
            .replacen("\"manifest_sha256\": \"\"", &sealed, 1)
            .into_bytes();
        fs::create_dir_all(folder).map_err(failed)?;
        for (file, bytes) in [(WEIGHTS, &self.weights), (MANIFEST, &text)] {
            let temporary = folder.join(format!("{file}.part"));
            fs::write(&temporary, bytes).map_err(failed)?;
            fs::rename(&temporary, folder.join(file)).map_err(failed)?;
        }
        Ok(())
    }
}

/// SHA-256 in lower-case hexadecimal digits, as manifests note it.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle() -> ModelBundle {
        ModelBundle {
            name: "test".to_owned(),
            architecture: Architecture::checkout(&["apple", "milk"]),
            decode: DecodeSettings::LANE,
            class_thresholds: BTreeMap::from([("milk".to_owned(), 0.6)]),
            dataset_version: "composed 1".to_owned(),
            metrics: vec![ModelMetrics {
                // Values that may come back from JSON with another last bit.
                ap: 0.123_456_789_012_345_68,
                ap50: 0.1 + 0.2,
                ..ModelMetrics::default()
            }],
            weights: vec![1, 2, 3, 4],
        }
    }

    fn saved() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test");
        bundle().save(&path).unwrap();
        (folder, path)
    }

    #[test]
    fn what_is_saved_is_loaded() {
        let (_folder, path) = saved();
        let loaded = ModelBundle::load(&path).unwrap();
        assert!((loaded.metrics[0].ap50 - 0.3).abs() < 1e-12);
        assert_eq!(
            ModelBundle {
                metrics: bundle().metrics,
                ..loaded.clone()
            },
            bundle()
        );
        assert!((loaded.threshold_of("milk") - 0.6).abs() < 1e-6);
        assert!((loaded.threshold_of("apple") - DecodeSettings::LANE.score_threshold).abs() < 1e-6);
    }

    /// The checksum was once taken of the numbers as read back, and a bundle with figures refused itself.
    #[test]
    fn figures_with_many_digits_do_not_break_the_checksum() {
        let folder = tempfile::tempdir().unwrap();
        for step in 1..400 {
            let ap = 1.0 / f64::from(step) * 0.987_654_321;
            let metrics = vec![ModelMetrics {
                ap,
                ..ModelMetrics::default()
            }];
            ModelBundle { metrics, ..bundle() }.save(folder.path()).unwrap();
            ModelBundle::load(folder.path()).unwrap();
        }
    }

    #[test]
    fn a_missing_part_is_named() {
        for file in [MANIFEST, WEIGHTS] {
            let (_folder, path) = saved();
            fs::remove_file(path.join(file)).unwrap();
            let message = ModelBundle::load(&path).unwrap_err().to_string();
            assert!(
                message.contains(file) && message.contains("cannot be read"),
                "{message}"
            );
        }
    }

    #[test]
    fn truncated_weights_are_refused() {
        let (_folder, path) = saved();
        fs::write(path.join(WEIGHTS), [1, 2, 3]).unwrap();
        let message = ModelBundle::load(&path).unwrap_err().to_string();
        assert!(
            message.contains("weights.safetensors is truncated or changed"),
            "{message}"
        );
    }

    #[test]
    fn a_changed_threshold_is_refused() {
        let (_folder, path) = saved();
        let text = fs::read_to_string(path.join(MANIFEST))
            .unwrap()
            .replace("0.6", "0.1");
        fs::write(path.join(MANIFEST), text).unwrap();
        assert!(matches!(
            ModelBundle::load(&path),
            Err(BundleError::Checksum { file: MANIFEST, .. })
        ));
    }

    #[test]
    fn another_version_is_refused_by_number() {
        let (_folder, path) = saved();
        let text = fs::read_to_string(path.join(MANIFEST)).unwrap();
        fs::write(
            path.join(MANIFEST),
            text.replace("\"format_version\": 2", "\"format_version\": 7"),
        )
        .unwrap();
        let message = ModelBundle::load(&path).unwrap_err().to_string();
        assert!(message.contains("format version 7"), "{message}");
    }

    /// The manifest of `checkout-1` as version 1 wrote it, sealed anew over other weights: it goes on loading.
    #[test]
    fn a_bundle_of_version_one_is_read() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/bundle-1");
        let bundle = ModelBundle::load(&folder).unwrap();
        assert_eq!(
            bundle.architecture,
            Architecture::checkout_dense(&["apple", "banana", "milk"])
        );
        // Saved again it has today's version, and is read back the same.
        let copy = tempfile::tempdir().unwrap();
        bundle.save(copy.path()).unwrap();
        assert_eq!(
            ModelBundle::load(copy.path()).unwrap().architecture,
            bundle.architecture
        );
    }

    #[test]
    fn a_foreign_file_is_refused() {
        let (_folder, path) = saved();
        fs::write(path.join(MANIFEST), "hello").unwrap();
        assert!(matches!(
            ModelBundle::load(&path),
            Err(BundleError::Manifest { .. })
        ));
    }
}
