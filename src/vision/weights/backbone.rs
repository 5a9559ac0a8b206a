//! Puts the weights of a classification network, as other programs publish them, under a detector.
//!
//! The layers that named the classes of the other network are dropped, and so are layers that lie behind the
//! end of our backbone. Nothing else may be missing or left over.

use std::path::Path;

use super::{
    Dictionary, NamedTensor, Naming, WeightsError, assign,
    dictionary::Rename,
    keras, load,
    names::{torchvision_mobilenet, torchvision_vgg16},
    to_dictionary,
};
use crate::vision::{Ssd, architecture::Architecture};

/// What was put under a detector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedBackbone {
    /// The family of the file, in words.
    pub family: &'static str,
    /// Layers of the backbone for which the file has nothing; they keep the weights that they had.
    pub kept: Vec<String>,
}

/// Loads pretrained weights into the backbone of a network; which network made the file is seen from the
/// names in it.
///
/// # Errors
/// [`WeightsError`] if the file cannot be read, or does not fit the backbone.
pub fn load_backbone(
    network: &mut Ssd,
    architecture: &Architecture,
    path: &Path,
) -> Result<LoadedBackbone, WeightsError> {
    let name = path.display().to_string();
    load_from(network, architecture, Dictionary::read(path)?, &name)
}

/// Loads whatever fits a network: a whole detector under our names or under PyTorch's, or else pretrained
/// weights for its backbone. Gives what it was, in words.
///
/// # Errors
/// [`WeightsError`] if the file cannot be read, or does not fit the network.
pub fn load_any(
    network: &mut Ssd,
    architecture: &Architecture,
    path: &Path,
) -> Result<&'static str, WeightsError> {
    let name = path.display().to_string();
    let dictionary = Dictionary::read(path)?;
    let has = |start: &str| dictionary.iter().any(|(name, _)| name.starts_with(start));
    if has("class_heads.") {
        load(network, dictionary, Naming::Native, &name).map(|()| "a detector of ours")
    } else if has("cls.") && has("backbone.features.") {
        load(network, dictionary, Naming::TorchDetector, &name).map(|()| "a detector of PyTorch")
    } else {
        Ok(load_from(network, architecture, dictionary, &name)?.family)
    }
}

/// Loads pretrained weights that were read before; see [`load_backbone`].
pub(super) fn load_from(
    network: &mut Ssd,
    architecture: &Architecture,
    dictionary: Dictionary,
    name: &str,
) -> Result<LoadedBackbone, WeightsError> {
    let mut own = to_dictionary(network)?;
    let (family, theirs) = if dictionary.get("features.0.0.weight").is_some() {
        let theirs = dictionary.renamed(torchvision_mobilenet);
        (
            "torchvision's mobilenet_v2",
            without_later_layers(theirs, architecture),
        )
    } else if dictionary.get("features.0.weight").is_some() {
        let mut theirs = dictionary.renamed(torchvision_vgg16);
        thin_out_fc(&mut theirs, &own);
        ("torchvision's vgg16", theirs)
    } else if keras::is_keras(&dictionary) {
        let theirs = keras::to_backbone(dictionary);
        ("Keras' MobileNetV2", without_later_layers(theirs, architecture))
    } else {
        return Err(WeightsError::Mismatch {
            name: name.to_owned(),
            report: format!(
                "its {} tensors have the names of no network that is known here, such as torchvision's \
                 mobilenet_v2 and vgg16 and Keras' MobileNetV2",
                dictionary.len()
            ),
        });
    };
    let mut kept = Vec::new();
    if family.ends_with("vgg16") && theirs.get("fc6.weight").is_none() {
        kept = vec!["fc6".to_owned(), "fc7".to_owned()];
    }
    // Everything of the backbone must come from the file, but for the layers in `kept`; all else stays.
    let paths: Vec<String> = own.iter().map(|(path, _)| path.to_owned()).collect();
    for path in paths {
        let layer = path.strip_prefix("backbone.").unwrap_or_default();
        let is_kept = kept.iter().any(|name| layer.split('.').next() == Some(name));
        if !layer.is_empty() && !is_kept {
            own.remove(&path);
        }
    }
    let moved = theirs.renamed(|path| Rename::To(format!("backbone.{path}")));
    for (path, tensor) in moved.iter() {
        own.insert(path.to_owned(), tensor.clone());
    }
    assign::assign(network, own, name)?;
    Ok(LoadedBackbone { family, kept })
}

/// Drops the blocks after the last one that the backbone has, and the last layer if the backbone ends before
/// it: the detector for CIFAR uses the first stages only.
fn without_later_layers(dictionary: Dictionary, architecture: &Architecture) -> Dictionary {
    let has = |name: &str| architecture.backbone.iter().any(|layer| layer.name == name);
    let blocks = (0..).take_while(|index| has(&format!("blocks.{index}"))).count();
    let has_last = has("last");
    dictionary.renamed(|path| {
        let mut parts = path.split('.');
        let later = match (parts.next(), parts.next().and_then(|n| n.parse::<usize>().ok())) {
            (Some("blocks"), Some(index)) => index >= blocks,
            (Some("last"), _) => !has_last,
            _ => false,
        };
        if later {
            Rename::Drop
        } else {
            Rename::To(path.to_owned())
        }
    })
}

/// Turns the two fully connected layers of VGG-16 into convolutions of the sizes that the backbone wants: of
/// the outputs and inputs every n-th is kept, of the 7 x 7 cells every third.
///
/// # Source
/// Liu et al. 2016, section 3 ("we ... subsample parameters from fc6 and fc7").
fn thin_out_fc(dictionary: &mut Dictionary, own: &Dictionary) {
    for layer in ["fc6", "fc7"] {
        for leaf in ["weight", "bias"] {
            let path = format!("{layer}.{leaf}");
            let (Some(wanted), Some(theirs)) = (own.get(&format!("backbone.{path}")), dictionary.get(&path))
            else {
                continue;
            };
            if let Some(thinned) = thinned(theirs, &wanted.shape) {
                dictionary.insert(path, thinned);
            }
        }
    }
}

/// Every n-th value along each dimension, or nothing where the sizes do not allow it.
fn thinned(tensor: &NamedTensor, wanted: &[usize]) -> Option<NamedTensor> {
    let [rows, cells @ ..] = wanted else { return None };
    let theirs_rows = *tensor.shape.first()?;
    let row_step = theirs_rows
        .checked_div(*rows)
        .filter(|step| step * rows == theirs_rows)?;
    let [inputs, height, width] = match cells {
        [] => [1, 1, 1],
        [inputs, height, width] => [*inputs, *height, *width],
        _ => return None,
    };
    // A row holds inputs x side x side values.
    let row_len = tensor.values.len().checked_div(theirs_rows)?;
    let (their_inputs, side) = match cells {
        [] => (1, 1),
        [_, 3, 3] => (row_len / 49, 7),
        _ => (row_len, 1),
    };
    let input_step = their_inputs.checked_div(inputs).filter(|step| *step > 0)?;
    if their_inputs * side * side != row_len || input_step * inputs != their_inputs {
        return None;
    }
    // 7 cells to 3: the first, the fourth and the last.
    let cell_step = if side == 7 { 3 } else { 1 };
    let mut values = Vec::with_capacity(wanted.iter().product());
    for row in 0..*rows {
        for input in 0..inputs {
            for y in 0..height {
                for x in 0..width {
                    let place = (input * input_step * side + y * cell_step) * side + x * cell_step;
                    values.push(*tensor.values.get(row * row_step * row_len + place)?);
                }
            }
        }
    }
    Some(NamedTensor {
        shape: wanted.to_vec(),
        values,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fully_connected_layer_is_thinned_by_hand() {
        // Two outputs over one channel of 7 x 7 cells, numbered; every second output, every third cell.
        let tensor = NamedTensor {
            shape: vec![2, 49],
            values: (0..98u8).map(f32::from).collect(),
        };
        let thinned = thinned(&tensor, &[1, 1, 3, 3]).unwrap();
        assert_eq!(
            thinned.values,
            [0.0, 3.0, 6.0, 21.0, 24.0, 27.0, 42.0, 45.0, 48.0]
        );
        let bias = NamedTensor {
            shape: vec![4],
            values: vec![1.0, 2.0, 3.0, 4.0],
        };
        assert_eq!(super::thinned(&bias, &[2]).unwrap().values, [1.0, 3.0]);
        assert!(super::thinned(&bias, &[3]).is_none());
    }
}
