//! Puts a dictionary of tensors into a module, or says why not.

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    tensor::{Tensor, TensorData},
};

use super::{Dictionary, WeightsError};

/// Puts the tensors into the parameters of the same paths. Nothing is changed unless all fit.
pub(super) fn assign<M: Module>(
    module: &mut M,
    dictionary: Dictionary,
    name: &str,
) -> Result<(), WeightsError> {
    let mut survey = Survey::default();
    module.visit(&mut survey);
    compare(&survey.wanted, &dictionary, name)?;
    let mut put = Put {
        path: Vec::new(),
        dictionary,
    };
    *module = module.clone().map(&mut put);
    Ok(())
}

/// What does not fit, if anything.
fn compare(wanted: &[(String, Vec<usize>)], dictionary: &Dictionary, name: &str) -> Result<(), WeightsError> {
    let (mut missing, mut misshaped, mut not_finite) = (Vec::new(), Vec::new(), Vec::new());
    for (path, shape) in wanted {
        match dictionary.get(path) {
            None => missing.push(path.clone()),
            Some(tensor) if tensor.shape != *shape => {
                misshaped.push(format!("{path} is {:?} and should be {shape:?}", tensor.shape));
            }
            Some(tensor) if tensor.values.iter().any(|value| !value.is_finite()) => {
                not_finite.push(path.clone());
            }
            Some(_) => {}
        }
    }
    let known: std::collections::HashSet<&str> = wanted.iter().map(|(path, _)| path.as_str()).collect();
    let unexpected: Vec<String> = dictionary
        .iter()
        .map(|(path, _)| path.to_owned())
        .filter(|path| !known.contains(path.as_str()))
        .collect();
    let report: Vec<String> = [
        ("missing", missing),
        ("unexpected", unexpected),
        ("mis-shaped", misshaped),
    ]
    .into_iter()
    .filter(|(_, tensors)| !tensors.is_empty())
    .map(|(what, tensors)| format!("{} {what} ({})", tensors.len(), shorten(&tensors)))
    .collect();
    if !report.is_empty() {
        return Err(WeightsError::Mismatch {
            name: name.to_owned(),
            report: report.join("; "),
        });
    }
    if not_finite.is_empty() {
        Ok(())
    } else {
        Err(WeightsError::NotFinite {
            name: name.to_owned(),
            tensors: shorten(&not_finite),
        })
    }
}

/// The first few names and how many more there are.
fn shorten(names: &[String]) -> String {
    const SHOWN: usize = 3;
    let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Paths and shapes of all float parameters.
#[derive(Default)]
struct Survey {
    path: Vec<String>,
    wanted: Vec<(String, Vec<usize>)>,
}

impl ModuleVisitor for Survey {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.wanted
            .push((self.path.join("."), param.lazy_shape().to_vec()));
    }
}

struct Put {
    path: Vec<String>,
    dictionary: Dictionary,
}

impl ModuleMapper for Put {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let Some(tensor) = self.dictionary.remove(&self.path.join(".")) else {
            return param;
        };
        let data = TensorData::new(tensor.values, tensor.shape);
        let tensor = Tensor::from_data(data, &param.lazy_device());
        let id = param.id;
        param.transform_for_load(tensor, id)
    }
}
