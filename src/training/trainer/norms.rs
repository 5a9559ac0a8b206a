//! Which batch norms learn: sets their training flags.

use burn::module::{Flag, Module as _, ModuleMapper, Param};

use super::settings::NormMode;
use crate::vision::Ssd;

/// The network with the training flags of its batch norms as `mode` wants them.
pub(super) fn set_norms(network: Ssd, mode: NormMode) -> Ssd {
    match mode {
        NormMode::BatchStatistics => network.map(&mut SetNorms {
            everywhere: true,
            learn: true,
            path: Vec::new(),
        }),
        NormMode::FrozenBackbone => network.map(&mut SetNorms {
            everywhere: false,
            learn: false,
            path: Vec::new(),
        }),
        NormMode::Frozen => network.map(&mut SetNorms {
            everywhere: true,
            learn: false,
            path: Vec::new(),
        }),
    }
}

/// Sets the batch norms' training flags, everywhere or in the backbone only.
struct SetNorms {
    everywhere: bool,
    learn: bool,
    path: Vec<String>,
}

impl ModuleMapper for SetNorms {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn map_flag(&mut self, flag: Param<Flag>) -> Param<Flag> {
        let in_backbone = self.path.first().is_some_and(|name| name == "backbone");
        if self.everywhere || in_backbone {
            flag.with_value(self.learn)
        } else {
            flag.with_value(true)
        }
    }
}
