//! Which parts of a network learn: its weights' gradients and its batch norms' training flags.
//!
//! Goes by the paths that the architecture's plan gives its layers, so that it works for every network. A
//! weight without gradient leaves no record for the backward pass, which makes
//! frozen layers as cheap as in detection.

use std::{fmt, str::FromStr};

use burn::{
    module::{Flag, Module as _, ModuleMapper, Param},
    tensor::Tensor,
};
use serde::{Deserialize, Serialize};

use super::settings::NormMode;
use crate::vision::{Architecture, Ssd};

/// What of the network stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Frozen {
    /// Nothing; everything learns.
    Nothing,
    /// The backbone's first layer and so many blocks after it.
    Blocks(usize),
    /// The whole backbone.
    Backbone,
}

impl FromStr for Frozen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" | "nothing" => Ok(Self::Nothing),
            "backbone" | "all-backbone" => Ok(Self::Backbone),
            number => number.parse().map(Self::Blocks).map_err(|_not_a_number| {
                format!("{text} cannot be frozen; use none, a number of blocks, or backbone")
            }),
        }
    }
}

impl fmt::Display for Frozen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("none"),
            Self::Blocks(blocks) => write!(f, "{blocks}"),
            Self::Backbone => f.write_str("backbone"),
        }
    }
}

impl Frozen {
    /// The paths below which everything stays as it is.
    pub(in crate::training) fn paths(self, architecture: &Architecture) -> Vec<String> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Backbone => vec!["backbone".to_owned()],
            Self::Blocks(blocks) => {
                let plan = architecture.plan().expect("the architecture was checked");
                let layers = plan.steps.iter().take(plan.backbone_steps.min(blocks + 1));
                layers.map(|layer| layer.path.clone()).collect()
            }
        }
    }
}

/// Whether the path is one of a batch norm's running statistics, which no gradient changes.
pub(in crate::training) fn is_statistic(path: &[String]) -> bool {
    path.last().is_some_and(|name| name.starts_with("running_"))
}

/// The network with gradients and training flags as a phase of a run wants them.
#[must_use]
pub fn freeze(network: Ssd, architecture: &Architecture, frozen: Frozen, norms: NormMode) -> Ssd {
    set_learning(network, frozen.paths(architecture), norms)
}

/// The network without gradients below the paths of `held`, and with training flags as wanted.
pub(in crate::training) fn set_learning(network: Ssd, held: Vec<String>, norms: NormMode) -> Ssd {
    network.map(&mut SetLearning {
        held,
        norms,
        path: Vec::new(),
    })
}

struct SetLearning {
    held: Vec<String>,
    norms: NormMode,
    path: Vec<String>,
}

impl SetLearning {
    fn is_held(&self) -> bool {
        is_below(&self.path.join("."), &self.held)
    }
}

/// Whether a path is one of `tops` or lies below one.
fn is_below(path: &str, tops: &[String]) -> bool {
    tops.iter().any(|top| {
        let rest = path.strip_prefix(top.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    })
}

impl ModuleMapper for SetLearning {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        if is_statistic(&self.path) {
            return param;
        }
        param.set_require_grad(!self.is_held())
    }

    fn map_flag(&mut self, flag: Param<Flag>) -> Param<Flag> {
        let in_backbone = self.path.first().is_some_and(|name| name == "backbone");
        let learns = match self.norms {
            NormMode::BatchStatistics => true,
            NormMode::FrozenBackbone => !in_backbone,
            NormMode::Frozen => false,
        };
        flag.with_value(learns && !self.is_held())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_by_hand() {
        let architecture = Architecture::preset("checkout", &["apple"]).unwrap();
        let held = |frozen: Frozen, path: &str| is_below(path, &frozen.paths(&architecture));
        assert!(!held(Frozen::Nothing, "backbone.stem.conv.weight"));
        assert!(held(Frozen::Blocks(0), "backbone.stem.conv.weight"));
        assert!(!held(Frozen::Blocks(1), "backbone.blocks.10.expand.conv.weight"));
        assert!(!held(Frozen::Blocks(3), "backbone.blocks.3.expand.conv.weight"));
        assert!(held(Frozen::Blocks(3), "backbone.blocks.2.expand.conv.weight"));
        assert!(!held(Frozen::Blocks(3), "backbone.last.conv.weight"));
        assert!(!held(Frozen::Blocks(3), "extras.0.reduce.conv.weight"));
        assert!(held(Frozen::Backbone, "backbone.last.conv.weight"));
        assert!(!held(Frozen::Backbone, "class_heads.0.predict.weight"));
        assert!(held(Frozen::Blocks(100), "backbone.last.conv.weight"));
        assert!(is_statistic(&["norm".to_owned(), "running_mean".to_owned()]));
    }

    #[test]
    fn words_are_read() {
        for text in ["none", "4", "backbone"] {
            assert_eq!(text.parse::<Frozen>().unwrap().to_string(), text);
        }
        assert!("head".parse::<Frozen>().is_err());
    }
}
