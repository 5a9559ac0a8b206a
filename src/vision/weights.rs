//! Reading and writing weights as safetensors, under our own names or under those of torchvision.

use std::path::Path;

use burn::module::Module;
use burn_store::{ApplyResult, KeyRemapper, ModuleSnapshot as _, PyTorchToBurnAdapter, SafetensorsStore};

/// Why weights could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// The file cannot be read as safetensors.
    #[error("the weights {name} cannot be read: {reason}")]
    Unreadable {
        /// The file or the part of a bundle.
        name: String,
        /// What the reader said.
        reason: String,
    },
    /// The tensors do not fit the network.
    #[error("the weights {name} do not fit this network: {report}")]
    Mismatch {
        /// The file or the part of a bundle.
        name: String,
        /// Missing, unexpected and mis-shaped tensors.
        report: String,
    },
}

/// Which names a weight file uses for its tensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// The names of our own modules, as [`to_bytes`] writes them.
    Native,
    /// torchvision's `mobilenet_v2`: `features.N...` and `classifier.1...`, read into a
    /// [`super::Classifier`].
    TorchvisionClassifier,
    /// A detector whose backbone has torchvision's names under `backbone.`, with `extras.N`, `cls.N` and
    /// `loc.N` sequences as PyTorch numbers them.
    TorchDetector,
}

/// Rewrites, in order, from PyTorch's numbered sequences to our field names. `B` stands for the path of the
/// backbone in the file.
const BACKBONE_NAMES: [(&str, &str); 9] = [
    // The first layer, and the last.
    (r"^Bfeatures\.0\.0\.", "backbone.stem.conv."),
    (r"^Bfeatures\.0\.1\.", "backbone.stem.norm."),
    (r"^Bfeatures\.18\.0\.", "backbone.last.conv."),
    (r"^Bfeatures\.18\.1\.", "backbone.last.norm."),
    // Block 1 expands nothing: depthwise (0), project (1), norm of project (2).
    (r"^Bfeatures\.1\.conv\.0\.", "backbone.features.1.depthwise."),
    (r"^Bfeatures\.1\.conv\.1\.", "backbone.features.1.project.conv."),
    (r"^Bfeatures\.1\.conv\.2\.", "backbone.features.1.project.norm."),
    // All others: expand (0), depthwise (1), project (2), norm of project (3).
    (r"^Bfeatures\.(\d+)\.conv\.0\.", "backbone.features.$1.expand."),
    (r"^Bfeatures\.(\d+)\.conv\.1\.", "backbone.features.$1.depthwise."),
];

fn remapper(naming: Naming) -> Result<KeyRemapper, String> {
    let mut patterns: Vec<(String, String)> = Vec::new();
    let mut add = |from: &str, to: &str| patterns.push((from.to_owned(), to.to_owned()));
    let prefix = match naming {
        Naming::Native => return Ok(KeyRemapper::new()),
        Naming::TorchvisionClassifier => "",
        Naming::TorchDetector => r"backbone\.",
    };
    for (from, to) in BACKBONE_NAMES {
        add(&from.replace('B', prefix), to);
    }
    add(
        &format!(r"^{prefix}features\.(\d+)\.conv\.2\."),
        "backbone.features.$1.project.conv.",
    );
    add(
        &format!(r"^{prefix}features\.(\d+)\.conv\.3\."),
        "backbone.features.$1.project.norm.",
    );
    // In each pair of a sequence, 0 is the convolution and 1 the norm.
    add(r"\.(expand|depthwise)\.0\.", ".$1.conv.");
    add(r"\.(expand|depthwise)\.1\.", ".$1.norm.");
    add(r"^classifier\.1\.", "linear.");
    for (place, name) in [(0, "reduce"), (1, "depthwise"), (2, "grow")] {
        add(
            &format!(r"^extras\.(\d+)\.{place}\.0\."),
            &format!("extras.$1.{name}.conv."),
        );
        add(
            &format!(r"^extras\.(\d+)\.{place}\.1\."),
            &format!("extras.$1.{name}.norm."),
        );
    }
    for (theirs, ours) in [("cls", "class_heads"), ("loc", "box_heads")] {
        add(
            &format!(r"^{theirs}\.(\d+)\.0\.0\."),
            &format!("{ours}.$1.depthwise.conv."),
        );
        add(
            &format!(r"^{theirs}\.(\d+)\.0\.1\."),
            &format!("{ours}.$1.depthwise.norm."),
        );
        add(&format!(r"^{theirs}\.(\d+)\.1\."), &format!("{ours}.$1.predict."));
    }
    // torchvision counts the first layer as feature 0, we count blocks from 0.
    for block in 1..=17 {
        add(
            &format!(r"^backbone\.features\.{block}\."),
            &format!("backbone.blocks.{}.", block - 1),
        );
    }
    KeyRemapper::from_patterns(patterns).map_err(|source| source.to_string())
}

fn prepared(store: SafetensorsStore, naming: Naming, name: &str) -> Result<SafetensorsStore, WeightsError> {
    let remapper = remapper(naming).map_err(|reason| WeightsError::Unreadable {
        name: name.to_owned(),
        reason,
    })?;
    let store = store.remap(remapper).allow_partial(true).validate(false);
    Ok(match naming {
        Naming::Native => store,
        Naming::TorchvisionClassifier | Naming::TorchDetector => {
            store.with_from_adapter(PyTorchToBurnAdapter)
        }
    })
}

/// Loads a safetensors file into a module: every tensor must be there, in its shape, and none be left over.
///
/// # Errors
/// [`WeightsError`], listing missing, unexpected and mis-shaped tensors.
pub fn load_file<M: Module>(module: &mut M, path: &Path, naming: Naming) -> Result<(), WeightsError> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).map_err(|source| WeightsError::Unreadable {
        name: name.clone(),
        reason: source.to_string(),
    })?;
    load_bytes(module, bytes, naming, &name)
}

/// Loads weights from memory; see [`load_file`].
///
/// # Errors
/// [`WeightsError`], listing missing, unexpected and mis-shaped tensors.
pub fn load_bytes<M: Module>(
    module: &mut M,
    bytes: Vec<u8>,
    naming: Naming,
    name: &str,
) -> Result<(), WeightsError> {
    let mut store = prepared(SafetensorsStore::from_bytes(Some(bytes)), naming, name)?;
    let result = module
        .load_from(&mut store)
        .map_err(|source| WeightsError::Unreadable {
            name: name.to_owned(),
            reason: source.to_string(),
        })?;
    match mismatch_report(&result) {
        None => Ok(()),
        Some(report) => Err(WeightsError::Mismatch {
            name: name.to_owned(),
            report,
        }),
    }
}

/// The module's weights as one safetensors file in memory, under our own names.
///
/// # Errors
/// [`WeightsError::Unreadable`] if a tensor cannot be read back from its device.
pub fn to_bytes<M: Module>(module: &M) -> Result<Vec<u8>, WeightsError> {
    let failed = |source: burn_store::SafetensorsStoreError| WeightsError::Unreadable {
        name: "of the network".to_owned(),
        reason: source.to_string(),
    };
    let mut store = SafetensorsStore::from_bytes(None);
    module.save_into(&mut store).map_err(failed)?;
    store.get_bytes().map_err(failed)
}

/// What does not fit, or nothing.
fn mismatch_report(result: &ApplyResult) -> Option<String> {
    let mut parts = Vec::new();
    if !result.missing.is_empty() {
        let names: Vec<&str> = result.missing.iter().map(|(name, _)| name.as_str()).collect();
        parts.push(format!("missing {}", shorten(&names)));
    }
    if !result.unused.is_empty() {
        let names: Vec<&str> = result.unused.iter().map(String::as_str).collect();
        parts.push(format!("unexpected {}", shorten(&names)));
    }
    if !result.errors.is_empty() {
        let errors: Vec<String> = result.errors.iter().map(ToString::to_string).collect();
        parts.push(shorten(&errors.iter().map(String::as_str).collect::<Vec<_>>()));
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// The first few names and how many more there are.
fn shorten(names: &[&str]) -> String {
    const SHOWN: usize = 4;
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Tensor};
    use safetensors::{Dtype, tensor::TensorView};

    use super::*;
    use crate::vision::{Architecture, Classifier, Ssd};

    /// The name that PyTorch's numbered sequences give to one of our tensors: written from torchvision's
    /// `mobilenetv2.py`, independently of the rewrites above.
    fn torch_name(ours: &str, backbone: &str) -> String {
        let parts: Vec<&str> = ours.split('.').collect();
        let leaf = match parts[parts.len() - 1] {
            "gamma" => "weight",
            "beta" => "bias",
            other => other,
        };
        let half = |part: &str| if part == "conv" { 0 } else { 1 };
        match parts[..] {
            ["linear", _] => format!("classifier.1.{leaf}"),
            ["backbone", "stem", part, _] => format!("{backbone}features.0.{}.{leaf}", half(part)),
            ["backbone", "last", part, _] => format!("{backbone}features.18.{}.{leaf}", half(part)),
            ["backbone", "blocks", block, layer, part, _] => {
                let block: usize = block.parse().unwrap();
                // The first block has no expansion in front.
                let first = usize::from(block > 0);
                let place = match layer {
                    "expand" => format!("0.{}", half(part)),
                    "depthwise" => format!("{first}.{}", half(part)),
                    _ => (first + 1 + half(part)).to_string(),
                };
                format!("{backbone}features.{}.conv.{place}.{leaf}", block + 1)
            }
            ["extras", index, layer, part, _] => {
                let place = ["reduce", "depthwise", "grow"]
                    .iter()
                    .position(|l| *l == layer)
                    .unwrap();
                format!("extras.{index}.{place}.{}.{leaf}", half(part))
            }
            [heads, index, "depthwise", part, _] => {
                format!(
                    "{}.{index}.0.{}.{leaf}",
                    if heads == "class_heads" { "cls" } else { "loc" },
                    half(part)
                )
            }
            [heads, index, "predict", _] => {
                format!(
                    "{}.{index}.1.{leaf}",
                    if heads == "class_heads" { "cls" } else { "loc" }
                )
            }
            _ => panic!("{ours} has no counterpart"),
        }
    }

    /// A tensor of a file: name, shape, bytes.
    type Named = (String, Vec<usize>, Vec<u8>);

    /// A state dictionary as PyTorch would write it: renamed, and linear weights as `[out, in]`.
    fn torch_file<M: Module>(module: &M, backbone: &str, change: impl Fn(&mut Vec<Named>)) -> Vec<u8> {
        let ours = to_bytes(module).unwrap();
        let file = safetensors::SafeTensors::deserialize(&ours).unwrap();
        let mut tensors: Vec<Named> = file
            .iter()
            .map(|(name, view)| {
                let (mut shape, mut data) = (view.shape().to_vec(), view.data().to_vec());
                if name == "linear.weight" {
                    let values: Vec<&[u8]> = view.data().chunks_exact(4).collect();
                    let (rows, columns) = (shape[0], shape[1]);
                    data = (0..columns)
                        .flat_map(|c| {
                            (0..rows)
                                .flat_map(|r| values[r * columns + c].to_vec())
                                .collect::<Vec<u8>>()
                        })
                        .collect();
                    shape.reverse();
                }
                (torch_name(name, backbone), shape, data)
            })
            .collect();
        change(&mut tensors);
        let views: Vec<(&str, TensorView<'_>)> = tensors
            .iter()
            .map(|(name, shape, data)| {
                (
                    name.as_str(),
                    TensorView::new(Dtype::F32, shape.clone(), data).unwrap(),
                )
            })
            .collect();
        safetensors::serialize(views, None).unwrap()
    }

    fn picture() -> Tensor<4> {
        Tensor::random(
            [1, 3, 64, 64],
            burn::tensor::Distribution::Uniform(-1.0, 1.0),
            &Device::flex(),
        )
    }

    #[test]
    fn a_torchvision_classifier_gives_the_same_logits() {
        let (original, mut loaded) = (
            Classifier::new(7, &Device::flex()),
            Classifier::new(7, &Device::flex()),
        );
        let file = torch_file(&original, "", |_| {});
        load_bytes(&mut loaded, file, Naming::TorchvisionClassifier, "test").unwrap();
        let input = picture();
        let want = original.valid().forward(input.clone()).into_data();
        loaded
            .valid()
            .forward(input)
            .into_data()
            .assert_approx_eq::<f32>(&want, burn::tensor::Tolerance::absolute(1e-5));
    }

    #[test]
    fn a_torch_detector_gives_the_same_maps() {
        let architecture = Architecture::checkout(&["apple"]);
        let original = Ssd::new(&architecture, &Device::flex());
        let mut loaded = Ssd::new(&architecture, &Device::flex());
        let file = torch_file(&original, "backbone.", |_| {});
        load_bytes(&mut loaded, file, Naming::TorchDetector, "test").unwrap();
        let input = Tensor::zeros([1, 3, 224, 224], &Device::flex()) + 0.25;
        let want = original.valid().forward(input.clone());
        let got = loaded.valid().forward(input);
        let tolerance = burn::tensor::Tolerance::absolute(1e-5);
        got.logits
            .into_data()
            .assert_approx_eq::<f32>(&want.logits.into_data(), tolerance);
        got.offsets
            .into_data()
            .assert_approx_eq::<f32>(&want.offsets.into_data(), tolerance);
    }

    #[test]
    fn missing_unexpected_and_misshaped_tensors_are_listed() {
        let original = Classifier::new(7, &Device::flex());
        let report = |change: fn(&mut Vec<Named>)| {
            let file = torch_file(&original, "", change);
            let mut module = Classifier::new(7, &Device::flex());
            load_bytes(&mut module, file, Naming::TorchvisionClassifier, "test")
                .unwrap_err()
                .to_string()
        };
        let missing = report(|tensors| tensors.retain(|(name, _, _)| name != "classifier.1.bias"));
        assert!(missing.contains("missing linear.bias"), "{missing}");
        let unexpected =
            report(|tensors| tensors.push(("classifier.9.scale".to_owned(), vec![1], vec![0; 4])));
        assert!(
            unexpected.contains("unexpected classifier.9.scale"),
            "{unexpected}"
        );
        let misshaped = report(|tensors| {
            for (_, shape, data) in tensors
                .iter_mut()
                .filter(|(name, _, _)| name == "classifier.1.bias")
            {
                *shape = vec![3];
                data.truncate(12);
            }
        });
        assert!(
            misshaped.contains("linear.bias") && misshaped.contains("hape"),
            "{misshaped}"
        );
    }

    #[test]
    fn a_file_of_something_else_is_refused() {
        let mut module = Classifier::new(7, &Device::flex());
        let error = load_bytes(&mut module, b"not safetensors".to_vec(), Naming::Native, "x").unwrap_err();
        assert!(matches!(error, WeightsError::Unreadable { .. }), "{error}");
    }
}
