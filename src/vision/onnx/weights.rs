//! The tensors of a bundle's weight file, each taken out once, checked, and with batch norm folded.
//!
//! Reads the file itself instead of burn's modules, so that an export is made of exactly the bytes that the
//! bundle's checksum covers.

use std::collections::BTreeMap;

use safetensors::{Dtype, SafeTensors};

use super::{ExportError, ops::ConvWeights};
use crate::geom::cast::narrow_f32;

/// The tensors that no layer has taken yet.
#[derive(Debug)]
pub(super) struct Weights {
    left: BTreeMap<String, (Vec<usize>, Vec<f32>)>,
}

impl Weights {
    /// Reads a weight file in our own names.
    ///
    /// # Errors
    /// [`ExportError::Weights`] if it is no such file, holds anything but 32-bit floats, or a value in it is
    /// not finite.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, ExportError> {
        let file = SafeTensors::deserialize(bytes)
            .map_err(|source| ExportError::Weights(format!("they cannot be read ({source})")))?;
        let mut left = BTreeMap::new();
        for (name, view) in file.iter() {
            if view.dtype() != Dtype::F32 {
                // Counters of batch norm, as PyTorch writes them, take no part in the function.
                if name.ends_with("num_batches_tracked") {
                    continue;
                }
                return Err(ExportError::Weights(format!(
                    "{name} holds {:?}; 32-bit floats can be exported",
                    view.dtype()
                )));
            }
            let values: Vec<f32> = view
                .data()
                .chunks_exact(4)
                .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
                .collect();
            if values.iter().any(|value| !value.is_finite()) {
                return Err(ExportError::Weights(format!(
                    "{name} holds a value that is not a finite number; train the model again"
                )));
            }
            left.insert(name.to_owned(), (view.shape().to_vec(), values));
        }
        Ok(Self { left })
    }

    /// Takes a tensor of a known shape.
    ///
    /// # Errors
    /// [`ExportError::Weights`] if it is missing or has another shape.
    pub(super) fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ExportError> {
        match self.left.remove(name) {
            None => Err(ExportError::Weights(format!("{name} is missing"))),
            Some((found, _)) if found != shape => Err(ExportError::Weights(format!(
                "{name} has the shape {found:?}, the architecture needs {shape:?}"
            ))),
            Some((_, values)) => Ok(values),
        }
    }

    /// Takes the convolution `NAME.weight`, with `NAME.bias` if it has one.
    ///
    /// # Errors
    /// As [`Weights::take`].
    pub(super) fn conv(
        &mut self,
        name: &str,
        shape: [usize; 4],
        biased: bool,
    ) -> Result<ConvWeights, ExportError> {
        Ok(ConvWeights {
            shape,
            weight: self.take(&format!("{name}.weight"), &shape)?,
            bias: biased
                .then(|| self.take(&format!("{name}.bias"), &[shape[0]]))
                .transpose()?,
        })
    }

    /// Takes the batch norm `NAME.gamma` and so on, and folds it into the convolution before it.
    ///
    /// # Errors
    /// As [`Weights::take`].
    pub(super) fn folded(
        &mut self,
        conv: &ConvWeights,
        name: &str,
        epsilon: f32,
    ) -> Result<ConvWeights, ExportError> {
        let mut part = |part: &str| self.take(&format!("{name}.{part}"), &[conv.shape[0]]);
        let (gamma, beta) = (part("gamma")?, part("beta")?);
        let (mean, variance) = (part("running_mean")?, part("running_var")?);
        let scale: Vec<f64> = gamma
            .iter()
            .zip(&variance)
            .map(|(&g, &v)| f64::from(g) / (f64::from(v) + f64::from(epsilon)).sqrt())
            .collect();
        let shift: Vec<f64> = beta
            .iter()
            .zip(&mean)
            .zip(&scale)
            .map(|((&b, &m), s)| f64::from(b) - f64::from(m) * s)
            .collect();
        if scale.iter().chain(&shift).any(|value| !value.is_finite()) {
            return Err(ExportError::Weights(format!(
                "{name} has a variance below zero; train the model again"
            )));
        }
        Ok(fold(conv, &scale, &shift))
    }

    /// Says which tensors no layer took.
    ///
    /// # Errors
    /// [`ExportError::Weights`] if there are any: the file is of another architecture.
    pub(super) fn finish(self) -> Result<(), ExportError> {
        match self.left.keys().next() {
            None => Ok(()),
            Some(first) => Err(ExportError::Weights(format!(
                "{first} has no place in the architecture, nor have {} others",
                self.left.len() - 1
            ))),
        }
    }
}

/// `w * scale` and `b * scale + shift` (Jacob et al. 2018, section 3.2), computed in double precision.
fn fold(weights: &ConvWeights, scale: &[f64], shift: &[f64]) -> ConvWeights {
    let each = weights.weight.len() / scale.len();
    let weight = weights
        .weight
        .chunks_exact(each)
        .zip(scale)
        .flat_map(|(filter, s)| filter.iter().map(move |&w| narrow_f32(f64::from(w) * s)))
        .collect();
    let before = |channel: usize| weights.bias.as_ref().map_or(0.0, |bias| f64::from(bias[channel]));
    let bias = shift
        .iter()
        .zip(scale)
        .enumerate()
        .map(|(channel, (b, s))| narrow_f32(before(channel).mul_add(*s, *b)))
        .collect();
    ConvWeights {
        shape: weights.shape,
        weight,
        bias: Some(bias),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vision::weights::{Dictionary, NamedTensor};

    fn file(tensors: &[(&str, &[usize], &[f32])]) -> Vec<u8> {
        let tensors = tensors.iter().map(|(name, shape, values)| {
            let (shape, values) = (shape.to_vec(), values.to_vec());
            ((*name).to_owned(), NamedTensor { shape, values })
        });
        tensors.collect::<Dictionary>().to_safetensors().unwrap()
    }

    #[test]
    fn folding_by_hand() {
        // gamma 3, variance 4 - epsilon, so scale 1.5; beta 1, mean 2, bias 0.5: (0.5 - 2) * 1.5 + 1 = -1.25.
        let bytes = file(&[
            ("c.weight", &[1, 2, 1, 1], &[2.0, -4.0]),
            ("c.bias", &[1], &[0.5]),
            ("n.gamma", &[1], &[3.0]),
            ("n.beta", &[1], &[1.0]),
            ("n.running_mean", &[1], &[2.0]),
            ("n.running_var", &[1], &[4.0 - 1e-5]),
        ]);
        let mut weights = Weights::read(&bytes).unwrap();
        let conv = weights.conv("c", [1, 2, 1, 1], true).unwrap();
        let folded = weights.folded(&conv, "n", 1e-5).unwrap();
        assert!((folded.weight[0] - 3.0).abs() < 1e-6 && (folded.weight[1] + 6.0).abs() < 1e-6);
        assert!((folded.bias.unwrap()[0] + 1.25).abs() < 1e-6);
        weights.finish().unwrap();
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let bytes = file(&[("c.weight", &[2], &[1.0, f32::NAN])]);
        let message = Weights::read(&bytes).unwrap_err().to_string();
        assert!(
            message.contains("c.weight holds a value that is not a finite number"),
            "{message}"
        );
        let bytes = file(&[("c.weight", &[2], &[1.0, 2.0]), ("odd", &[1], &[1.0])]);
        let mut weights = Weights::read(&bytes).unwrap();
        let message = weights.take("d.weight", &[2]).unwrap_err().to_string();
        assert!(message.contains("d.weight is missing"), "{message}");
        let message = Weights::read(&bytes)
            .unwrap()
            .take("c.weight", &[3])
            .unwrap_err()
            .to_string();
        assert!(
            message.contains("c.weight has the shape [2], the architecture needs [3]"),
            "{message}"
        );
        weights.take("c.weight", &[2]).unwrap();
        let message = weights.finish().unwrap_err().to_string();
        assert!(message.contains("odd has no place"), "{message}");
        assert!(Weights::read(b"hello").is_err());
    }
}
