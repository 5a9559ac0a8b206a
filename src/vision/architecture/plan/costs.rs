//! What a planned network costs: values to store and multiply-adds for one picture.

use super::{
    super::{Architecture, Counted},
    Plan, PlannedConv, PlannedHead,
};

/// Size and work of a network or of a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Costs {
    /// All stored values, running statistics of batch norms among them.
    pub parameters: u64,
    /// Those that a gradient reaches.
    pub trainable_parameters: u64,
    /// Multiplications, each with its addition, for one picture. Convolutions only; see
    /// [`PlannedConv::multiply_adds`].
    pub multiply_adds: u64,
}

impl Costs {
    fn of_conv(conv: &PlannedConv) -> Self {
        let parameters = conv.parameters();
        Self {
            parameters,
            trainable_parameters: parameters - conv.running_statistics(),
            multiply_adds: conv.multiply_adds(),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            parameters: self.parameters + other.parameters,
            trainable_parameters: self.trainable_parameters + other.trainable_parameters,
            multiply_adds: self.multiply_adds + other.multiply_adds,
        }
    }
}

impl std::iter::Sum for Costs {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), Self::plus)
    }
}

/// The costs of one convolution or normalisation, with its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LayerCost {
    /// Path of the layer's weights.
    pub path: String,
    /// Its costs.
    pub costs: Costs,
}

impl Plan {
    /// The costs of each convolution and normalisation, in order of computation.
    #[must_use]
    pub fn layer_costs(&self) -> Vec<LayerCost> {
        let mut list = self.extractor_costs();
        let heads = self.maps.iter().flat_map(|map| [&map.class_head, &map.box_head]);
        list.extend(heads.flat_map(PlannedHead::convolutions).map(|conv| LayerCost {
            path: conv.path.clone(),
            costs: Costs::of_conv(conv),
        }));
        list
    }

    /// The costs of everything up to the feature maps.
    fn extractor_costs(&self) -> Vec<LayerCost> {
        let mut list: Vec<LayerCost> = self
            .steps
            .iter()
            .flat_map(|step| step.layer.convolutions())
            .map(|conv| LayerCost {
                path: conv.path.clone(),
                costs: Costs::of_conv(conv),
            })
            .collect();
        list.extend(
            self.maps
                .iter()
                .filter_map(|map| map.l2_norm.as_ref())
                .map(|norm| LayerCost {
                    path: norm.path.clone(),
                    costs: Costs {
                        parameters: norm.channels as u64,
                        trainable_parameters: norm.channels as u64,
                        multiply_adds: 0,
                    },
                }),
        );
        list
    }

    /// The costs of the whole network.
    #[must_use]
    pub fn costs(&self) -> Costs {
        self.layer_costs().iter().map(|layer| layer.costs).sum()
    }

    /// The costs of the part that the network's publication counts.
    #[must_use]
    pub fn published_costs(&self, architecture: &Architecture) -> Costs {
        match architecture.counted {
            Counted::Network => self.costs(),
            Counted::FeatureExtractor => self.extractor_costs().iter().map(|layer| layer.costs).sum(),
        }
    }
}

impl PlannedHead {
    /// Its convolutions, in the order in which they are computed.
    #[must_use]
    pub fn convolutions(&self) -> Vec<&PlannedConv> {
        let hidden = self.hidden.iter().flat_map(|step| step.layer.convolutions());
        hidden.chain([&self.predict]).collect()
    }
}
