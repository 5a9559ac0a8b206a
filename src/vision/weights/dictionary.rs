//! Named tensors, read from a file of any kind.

use std::{collections::BTreeMap, path::Path};

use safetensors::{Dtype, SafeTensors, tensor::TensorView};

use super::{WeightsError, keras, torch, zip};

/// One tensor, as 32-bit floats.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct NamedTensor {
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its values, last dimension fastest.
    pub values: Vec<f32>,
}

/// What becomes of a tensor whose name is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rename {
    /// It is ours under this path.
    To(String),
    /// It belongs to the other program alone.
    Drop,
    /// It is not known; it stays under its own name and is reported.
    Unknown,
}

/// Tensors by their names, in the order of the names.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Dictionary {
    tensors: BTreeMap<String, NamedTensor>,
}

impl FromIterator<(String, NamedTensor)> for Dictionary {
    fn from_iter<I: IntoIterator<Item = (String, NamedTensor)>>(tensors: I) -> Self {
        Self {
            tensors: tensors.into_iter().collect(),
        }
    }
}

impl IntoIterator for Dictionary {
    type Item = (String, NamedTensor);
    type IntoIter = std::collections::btree_map::IntoIter<String, NamedTensor>;

    fn into_iter(self) -> Self::IntoIter {
        self.tensors.into_iter()
    }
}

impl Dictionary {
    /// Reads a file: safetensors, what `torch.save` writes, Keras' HDF5, or a `.keras` archive. What kind it is
    /// is seen from its first bytes, not from its name.
    ///
    /// # Errors
    /// [`WeightsError::Unreadable`] if it is of no known kind or damaged.
    pub fn read(path: &Path) -> Result<Self, WeightsError> {
        let name = path.display().to_string();
        let unreadable = |reason: String| WeightsError::Unreadable {
            name: name.clone(),
            reason,
        };
        let bytes = std::fs::read(path).map_err(|source| unreadable(source.to_string()))?;
        if bytes.starts_with(&keras::SIGNATURE) {
            return keras::read(bytes).map_err(unreadable);
        }
        if bytes.starts_with(b"PK") {
            let weights = zip::stored_entry(&bytes, keras::ARCHIVED).map_err(unreadable)?;
            return match weights {
                Some(weights) => keras::read(weights.to_vec()),
                None => torch::read(path),
            }
            .map_err(unreadable);
        }
        // Safetensors begin with the length of a JSON object, eight bytes; older PyTorch files are pickles.
        if bytes.get(8) == Some(&b'{') {
            Self::from_safetensors(&bytes, &name)
        } else if bytes.first() == Some(&0x80) {
            torch::read(path).map_err(unreadable)
        } else {
            Err(unreadable(
                "it is neither safetensors nor a PyTorch file nor of Keras (.h5, .keras)".to_owned(),
            ))
        }
    }

    /// Reads safetensors.
    ///
    /// # Errors
    /// [`WeightsError::Unreadable`] if it is something else, or holds something else than floats.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the format may get more kinds of numbers, and we read the four that weights come in"
    )]
    pub fn from_safetensors(bytes: &[u8], name: &str) -> Result<Self, WeightsError> {
        let unreadable = |reason: String| WeightsError::Unreadable {
            name: name.to_owned(),
            reason,
        };
        let file = SafeTensors::deserialize(bytes).map_err(|source| unreadable(source.to_string()))?;
        let mut found = Self::default();
        for (tensor, view) in file.iter() {
            let values = match view.dtype() {
                Dtype::F32 => words(view.data(), f32::from_le_bytes),
                Dtype::F64 => words(view.data(), |w| {
                    crate::geom::cast::narrow_f32(f64::from_le_bytes(w))
                }),
                Dtype::F16 => words(view.data(), |w| half_to_f32(u16::from_le_bytes(w))),
                Dtype::BF16 => words(view.data(), |w| {
                    f32::from_bits(u32::from(u16::from_le_bytes(w)) << 16)
                }),
                // Counters of batches, which nothing of ours needs.
                Dtype::I64 if tensor.ends_with("num_batches_tracked") => continue,
                other => return Err(unreadable(format!("{tensor} holds {other:?}, not floats"))),
            };
            let shape = view.shape().to_vec();
            found.insert(tensor.to_owned(), NamedTensor { shape, values });
        }
        Ok(found)
    }

    /// The tensors as a safetensors file of 32-bit floats.
    ///
    /// # Errors
    /// [`WeightsError::Unreadable`] if a tensor has not as many values as its shape says.
    pub fn to_safetensors(&self) -> Result<Vec<u8>, WeightsError> {
        let failed = |source: safetensors::SafeTensorError| WeightsError::Unreadable {
            name: "to be written".to_owned(),
            reason: source.to_string(),
        };
        let bytes = |tensor: &NamedTensor| tensor.values.iter().flat_map(|v| v.to_le_bytes()).collect();
        let data: Vec<Vec<u8>> = self.tensors.values().map(bytes).collect();
        let mut views = Vec::with_capacity(data.len());
        for ((name, tensor), data) in self.tensors.iter().zip(&data) {
            let view = TensorView::new(Dtype::F32, tensor.shape.clone(), data).map_err(failed)?;
            views.push((name.as_str(), view));
        }
        safetensors::serialize(views, None).map_err(failed)
    }

    /// Puts a tensor in.
    pub fn insert(&mut self, name: String, tensor: NamedTensor) {
        self.tensors.insert(name, tensor);
    }

    /// The tensor of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&NamedTensor> {
        self.tensors.get(name)
    }

    /// Takes the tensor of a name out.
    pub fn remove(&mut self, name: &str) -> Option<NamedTensor> {
        self.tensors.remove(name)
    }

    /// All tensors, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &NamedTensor)> {
        self.tensors.iter().map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// How many tensors there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tensors.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tensors.is_empty()
    }

    /// The tensors under other names.
    pub(super) fn renamed(self, rename: impl Fn(&str) -> Rename) -> Self {
        let mut tensors = BTreeMap::new();
        for (name, tensor) in self.tensors {
            match rename(&name) {
                Rename::To(ours) => {
                    tensors.insert(ours, tensor);
                }
                Rename::Drop => {}
                Rename::Unknown => {
                    tensors.insert(name, tensor);
                }
            }
        }
        Self { tensors }
    }
}

/// The words of any size in a file's bytes.
pub(super) fn words<const N: usize>(bytes: &[u8], value: impl Fn([u8; N]) -> f32) -> Vec<f32> {
    bytes.as_chunks::<N>().0.iter().map(|word| value(*word)).collect()
}

/// IEEE 754 half precision to single: sign, five bits of exponent, ten of fraction.
pub(super) fn half_to_f32(half: u16) -> f32 {
    let sign = if half & 0x8000 == 0 { 1.0 } else { -1.0 };
    let (exponent, fraction) = (i32::from(half >> 10 & 0x1f), f32::from(half & 0x3ff));
    sign * match exponent {
        0 => fraction * 2f32.powi(-24),
        31 if half & 0x3ff == 0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1.0 + fraction / 1024.0) * 2f32.powi(exponent - 15),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let tensor = |shape: &[usize], values: &[f32]| NamedTensor {
            shape: shape.to_vec(),
            values: values.to_vec(),
        };
        let written: Dictionary = [
            ("b.weight".to_owned(), tensor(&[2, 1], &[1.5, -0.25])),
            ("a".to_owned(), tensor(&[], &[3.0])),
        ]
        .into_iter()
        .collect();
        let bytes = written.to_safetensors().unwrap();
        assert_eq!(Dictionary::from_safetensors(&bytes, "test").unwrap(), written);
        let wrong: Dictionary = [("a".to_owned(), tensor(&[3], &[1.0]))].into_iter().collect();
        assert!(wrong.to_safetensors().is_err());
    }

    #[test]
    fn halves_by_hand() {
        for (bits, value) in [
            (0x3c00, 1.0),
            (0xc000, -2.0),
            (0x3555, 0.333_251_95),
            (0x0001, 5.960_464_5e-8),
            (0x7bff, 65504.0),
            (0x0000, 0.0),
        ] {
            assert!(
                (half_to_f32(bits) - value).abs() <= value.abs() * 1e-6,
                "{bits:x}"
            );
        }
        assert!(half_to_f32(0x7c01).is_nan() && half_to_f32(0xfc00) < -1e30);
    }
}
