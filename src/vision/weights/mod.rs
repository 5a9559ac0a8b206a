//! Weights in files: our own, and those that other programs made.
//!
//! Every file becomes a [`Dictionary`] of named tensors first, whatever its format; its names are then
//! turned into the paths of our network (`names`), and `assign` puts the values in, or says what is
//! missing, unexpected, mis-shaped or no number. A network is changed wholly or not at all.

mod assign;
mod backbone;
mod dictionary;
mod keras;
mod names;
#[cfg(test)]
mod tests;
mod torch;
mod zip;

use std::path::Path;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::Tensor;

pub use backbone::{LoadedBackbone, load_any, load_backbone};
pub use dictionary::{Dictionary, NamedTensor};

/// Why weights could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// The file cannot be read as weights.
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
    /// Some values are no numbers.
    #[error(
        "the weights {name} are damaged: {tensors} hold values that are no numbers; copy or train them again"
    )]
    NotFinite {
        /// The file or the part of a bundle.
        name: String,
        /// Which tensors.
        tensors: String,
    },
}

/// Which names a weight file uses for its tensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Naming {
    /// The names of our own modules, as [`to_bytes`] writes them.
    Native,
    /// A detector whose `MobileNetV2` backbone has torchvision's names under `backbone.`, with `extras.N`,
    /// `cls.N` and `loc.N` sequences as PyTorch numbers them.
    TorchDetector,
}

/// Loads a file into a module: every tensor must be there, in its shape, and none be left over. The kind of
/// file is seen from its content.
///
/// # Errors
/// [`WeightsError`], listing missing, unexpected and mis-shaped tensors.
pub fn load_file<M: Module>(module: &mut M, path: &Path, naming: Naming) -> Result<(), WeightsError> {
    let name = path.display().to_string();
    load(module, Dictionary::read(path)?, naming, &name)
}

/// Loads safetensors from memory; see [`load_file`].
///
/// # Errors
/// [`WeightsError`], listing missing, unexpected and mis-shaped tensors.
#[expect(
    clippy::needless_pass_by_value,
    reason = "callers hand the file over; its memory is free again after this"
)]
pub fn load_bytes<M: Module>(
    module: &mut M,
    bytes: Vec<u8>,
    naming: Naming,
    name: &str,
) -> Result<(), WeightsError> {
    load(module, Dictionary::from_safetensors(&bytes, name)?, naming, name)
}

fn load<M: Module>(
    module: &mut M,
    dictionary: Dictionary,
    naming: Naming,
    name: &str,
) -> Result<(), WeightsError> {
    let dictionary = match naming {
        Naming::Native => dictionary,
        Naming::TorchDetector => dictionary.renamed(names::torch_detector),
    };
    assign::assign(module, dictionary, name)
}

/// The module's weights as one safetensors file in memory, under our own names.
///
/// # Errors
/// [`WeightsError::Unreadable`] if a tensor cannot be read back from its device.
pub fn to_bytes<M: Module>(module: &M) -> Result<Vec<u8>, WeightsError> {
    to_dictionary(module)?.to_safetensors()
}

/// All float values of a module, running statistics among them, by their paths.
///
/// # Errors
/// [`WeightsError::Unreadable`] if a tensor cannot be read back from its device.
pub fn to_dictionary<M: Module>(module: &M) -> Result<Dictionary, WeightsError> {
    let mut collector = Collector {
        path: Vec::new(),
        found: Dictionary::default(),
        failed: None,
    };
    module.visit(&mut collector);
    match collector.failed {
        None => Ok(collector.found),
        Some(reason) => Err(WeightsError::Unreadable {
            name: "of the network".to_owned(),
            reason,
        }),
    }
}

struct Collector {
    path: Vec<String>,
    found: Dictionary,
    failed: Option<String>,
}

impl ModuleVisitor for Collector {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let shape = param.lazy_shape().to_vec();
        match param.val().into_data().try_to_vec::<f32>() {
            Ok(values) => self
                .found
                .insert(self.path.join("."), NamedTensor { shape, values }),
            Err(source) => self.failed = Some(format!("{}: {source:?}", self.path.join("."))),
        }
    }
}
