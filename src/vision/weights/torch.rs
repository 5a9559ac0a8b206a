//! Reads what `torch.save` writes: `.pth` and `.pt` files.

use std::path::Path;

use burn_store::pytorch_reader::{DType, PytorchReader};

use super::{
    NamedTensor,
    dictionary::{Dictionary, half_to_f32, words},
};
use crate::geom::cast::narrow_f32;

/// Keys under which training programs keep the weights beside other things.
const NESTS: [&str; 4] = ["state_dict.", "model_state_dict.", "model.", "module."];

/// The float tensors of a file, without the key that they are kept under.
pub(super) fn read(path: &Path) -> Result<Dictionary, String> {
    let reader = PytorchReader::new(path).map_err(|source| source.to_string())?;
    let mut found = Dictionary::default();
    let mut names = reader.keys();
    names.sort();
    for name in names {
        let Some(tensor) = reader.get(&name) else { continue };
        let bytes = tensor.read().map_err(|source| source.to_string())?;
        let values: Vec<f32> = match tensor.dtype() {
            DType::F32 => words(&bytes, f32::from_ne_bytes),
            DType::F64 => words(&bytes, |w| narrow_f32(f64::from_ne_bytes(w))),
            DType::F16 => words(&bytes, |w| half_to_f32(u16::from_ne_bytes(w))),
            DType::BF16 => words(&bytes, |w| f32::from_bits(u32::from(u16::from_ne_bytes(w)) << 16)),
            // Counters and the like, which nothing of ours needs.
            DType::I64
            | DType::I32
            | DType::I16
            | DType::I8
            | DType::U64
            | DType::U32
            | DType::U16
            | DType::U8
            | DType::Bool => continue,
        };
        let shape = tensor.shape().to_vec();
        found.insert(name, NamedTensor { shape, values });
    }
    Ok(unnested(found))
}

fn unnested(dictionary: Dictionary) -> Dictionary {
    let nest = NESTS
        .into_iter()
        .find(|nest| dictionary.iter().any(|(name, _)| name.starts_with(nest)));
    let Some(nest) = nest else { return dictionary };
    let mut inner = Dictionary::default();
    for (name, tensor) in dictionary.iter() {
        if let Some(name) = name.strip_prefix(nest) {
            inner.insert(name.to_owned(), tensor.clone());
        }
    }
    inner
}
