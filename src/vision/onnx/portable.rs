//! The other export: a model's weights as one safetensors file that describes itself.
//!
//! The tensors are those of the bundle, under the names of the network's layers and with batch norm *not*
//! folded, so that training can go on from them: a convolution without norm is `PATH.weight` and perhaps
//! `PATH.bias`; one with a norm is `PATH.conv.weight` and `PATH.norm.{gamma, beta, running_mean,
//! running_var}`. The file's metadata holds classes, architecture and thresholds, which is all that a bundle
//! holds besides.

use std::collections::BTreeMap;

use safetensors::SafeTensors;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::ExportError;
use crate::vision::ModelBundle;

/// Says in the metadata that the file is of this kind.
const FORMAT: &str = "tillsight-model-1";

/// The bytes of a self-describing weight file.
///
/// # Errors
/// [`ExportError::Weights`] if the bundle's weights are no safetensors file.
pub fn to_safetensors(bundle: &ModelBundle) -> Result<Vec<u8>, ExportError> {
    let (mut header, data) = split(&bundle.weights)?;
    header.insert("__metadata__".to_owned(), Value::Object(metadata(bundle)));
    let mut text = Value::Object(header).to_string().into_bytes();
    // The format wants the tensors to begin at a multiple of eight bytes.
    text.resize(text.len().next_multiple_of(8), b' ');
    let mut file = (text.len() as u64).to_le_bytes().to_vec();
    file.extend(text);
    file.extend_from_slice(data);
    Ok(file)
}

/// Whether a file says that [`to_safetensors`] wrote it.
#[must_use]
pub fn is_portable(bytes: &[u8]) -> bool {
    split(bytes).is_ok_and(|(header, _)| {
        let format = header
            .get("__metadata__")
            .and_then(|entries| entries.get("format"));
        format.and_then(Value::as_str) == Some(FORMAT)
    })
}

/// The model of a file that [`to_safetensors`] wrote.
///
/// # Errors
/// [`ExportError`] if it is no such file, or damaged.
pub fn from_safetensors(bytes: Vec<u8>) -> Result<ModelBundle, ExportError> {
    let (header, _) = split(&bytes)?;
    let metadata = header.get("__metadata__");
    let text = |key: &str| {
        metadata
            .and_then(|entries| entries.get(key))
            .and_then(Value::as_str)
            .ok_or_else(|| ExportError::Weights(format!("the file does not say its {key}")))
    };
    if text("format")? != FORMAT {
        return Err(ExportError::Weights(format!(
            "the file is of the kind {}; {FORMAT} can be read",
            text("format")?
        )));
    }
    let bundle = ModelBundle {
        name: text("name")?.to_owned(),
        architecture: parsed(text("architecture")?)?,
        decode: parsed(text("decode")?)?,
        class_thresholds: parsed::<BTreeMap<String, f32>>(text("class_thresholds")?)?,
        dataset_version: text("dataset_version")?.to_owned(),
        metrics: parsed(text("metrics")?)?,
        weights: Vec::new(),
    };
    bundle.architecture.check().map_err(ExportError::Architecture)?;
    Ok(ModelBundle {
        weights: bytes,
        ..bundle
    })
}

fn parsed<T: DeserializeOwned>(text: &str) -> Result<T, ExportError> {
    serde_json::from_str(text)
        .map_err(|source| ExportError::Weights(format!("its description is damaged ({source})")))
}

/// Everything of the bundle but its weights. Values are texts, as the format wants them.
fn metadata(bundle: &ModelBundle) -> Map<String, Value> {
    [
        ("format", FORMAT.to_owned()),
        ("producer", format!("tillsight {}", env!("CARGO_PKG_VERSION"))),
        ("name", bundle.name.clone()),
        ("classes", json!(bundle.architecture.classes).to_string()),
        ("batch_norm", "not folded".to_owned()),
        ("architecture", json!(bundle.architecture).to_string()),
        ("decode", json!(bundle.decode).to_string()),
        ("class_thresholds", json!(bundle.class_thresholds).to_string()),
        ("dataset_version", bundle.dataset_version.clone()),
        ("metrics", json!(bundle.metrics).to_string()),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), Value::String(value)))
    .collect()
}

/// The header of a safetensors file as JSON, and the tensors behind it.
fn split(bytes: &[u8]) -> Result<(Map<String, Value>, &[u8]), ExportError> {
    let damaged = |reason: String| ExportError::Weights(format!("they cannot be read ({reason})"));
    // Checks lengths, offsets and shapes.
    SafeTensors::deserialize(bytes).map_err(|source| damaged(source.to_string()))?;
    let (length, rest) = bytes
        .split_first_chunk::<8>()
        .ok_or_else(|| damaged("no header".to_owned()))?;
    let length = usize::try_from(u64::from_le_bytes(*length)).unwrap_or(usize::MAX);
    let (header, data) = rest
        .split_at_checked(length)
        .ok_or_else(|| damaged("half a header".to_owned()))?;
    let header = serde_json::from_slice(header).map_err(|source| damaged(source.to_string()))?;
    Ok((header, data))
}

#[cfg(test)]
mod tests {
    use super::{super::sample::random_bundle, *};
    use crate::vision::Architecture;

    #[test]
    fn a_model_comes_back_from_its_file() {
        let architecture = Architecture::preset("mobilenetv2-ssd-cifar", &["cat", "dog"]).unwrap();
        let mut bundle = random_bundle(architecture, 3).unwrap();
        bundle.class_thresholds.insert("cat".to_owned(), 0.25);
        let file = to_safetensors(&bundle).unwrap();
        assert_eq!(file, to_safetensors(&bundle).unwrap(), "the same bytes each time");
        let tensors = SafeTensors::deserialize(&file).unwrap();
        let name = "backbone.blocks.0.depthwise.norm.running_var";
        assert_eq!(tensors.tensor(name).unwrap().shape(), [32]);
        let back = from_safetensors(file).unwrap();
        let of = |bytes| {
            let tensors = SafeTensors::deserialize(bytes).unwrap();
            let mut all: Vec<_> = tensors
                .iter()
                .map(|(n, v)| (n.to_owned(), v.data().to_vec()))
                .collect();
            all.sort();
            all
        };
        assert!(of(&back.weights) == of(&bundle.weights), "the same tensors");
        let weights = bundle.weights.clone();
        assert_eq!(ModelBundle { weights, ..back }, bundle);
    }

    #[test]
    fn other_files_are_refused() {
        let said = |bytes: Vec<u8>| from_safetensors(bytes).unwrap_err().to_string();
        assert!(said(b"hello".to_vec()).contains("cannot be read"));
        let architecture = Architecture::preset("mobilenetv2-ssd-cifar", &["cat"]).unwrap();
        let bundle = random_bundle(architecture, 3).unwrap();
        assert!(said(bundle.weights.clone()).contains("does not say its format"));
        let file = to_safetensors(&bundle).unwrap();
        assert!(is_portable(&file) && !is_portable(&bundle.weights) && !is_portable(b"hello"));
        assert!(said(file[..file.len() - 1].to_vec()).contains("cannot be read"));
    }
}
