//! The single-shot detector: a chain of layers, and a pair of heads on each feature map.

#[cfg(test)]
mod tests;

use burn::{
    module::{Module, ModuleVisitor, Param, ParamId},
    tensor::{Device, Tensor},
};

use super::{
    architecture::{Architecture, Plan, PlannedHead, PlannedMap, PlannedStep, TapPoint},
    kernels::SharedMap,
    network::{block::Block, head::Head, l2_norm::L2Norm, named::Named},
};

/// Raw predictions for every default box.
#[derive(Debug, Clone)]
pub struct SsdOutput {
    /// Class logits, background first: `[batch, boxes, classes + 1]`.
    pub logits: Tensor<3>,
    /// Encoded offsets: `[batch, boxes, 4]`.
    pub offsets: Tensor<3>,
}

/// A single-shot detector (Liu et al. 2016), built from a description.
///
/// Its weights lie under the paths of its [`Plan`].
#[derive(Module, Debug)]
pub struct Ssd {
    backbone: Named<Block>,
    extras: Named<Block>,
    l2_norms: Named<L2Norm>,
    class_heads: Vec<Head>,
    box_heads: Vec<Head>,
    #[module(skip)]
    taps: Vec<Tap>,
}

/// Where a feature map is taken.
#[derive(Debug, Clone)]
struct Tap {
    /// Index of the layer, backbone and extras counted together.
    step: usize,
    point: TapPoint,
    /// Name of the map's normalisation, if it has one.
    l2_norm: Option<String>,
}

impl Ssd {
    /// A network with random weights.
    ///
    /// # Panics
    /// If the architecture does not pass [`Architecture::check`].
    #[must_use]
    pub fn new(architecture: &Architecture, device: &Device) -> Self {
        let plan = architecture.plan();
        Self::from_plan(&plan.expect("the architecture was checked"), device)
    }

    /// A network with random weights.
    #[must_use]
    pub fn from_plan(plan: &Plan, device: &Device) -> Self {
        let named = |steps: &[PlannedStep]| {
            Named::new(steps.iter().map(|step| {
                let name = step.path.split_once('.').map_or("", |(_, name)| name);
                (name.to_owned(), Block::new(&step.layer, device))
            }))
        };
        let heads = |which: fn(&PlannedMap) -> &PlannedHead| -> Vec<Head> {
            plan.maps
                .iter()
                .map(|map| Head::new(which(map), device))
                .collect()
        };
        let (backbone, extras) = plan.steps.split_at(plan.backbone_steps);
        let norms = plan.maps.iter().enumerate().filter_map(|(index, map)| {
            let norm = map.l2_norm.as_ref()?;
            Some((
                index.to_string(),
                L2Norm::new(norm.channels, norm.initial, device),
            ))
        });
        Self {
            backbone: named(backbone),
            extras: named(extras),
            l2_norms: Named::new(norms),
            class_heads: heads(|map| &map.class_head),
            box_heads: heads(|map| &map.box_head),
            taps: plan
                .maps
                .iter()
                .enumerate()
                .map(|(index, map)| Tap {
                    step: map.step,
                    point: map.point,
                    l2_norm: map.l2_norm.as_ref().map(|_| index.to_string()),
                })
                .collect(),
        }
    }

    /// Predictions for a batch of pre-processed pictures.
    ///
    /// # Shapes
    /// `[batch, 3, side, side]` in, see [`SsdOutput`] for the rest.
    #[must_use]
    pub fn forward(&self, input: Tensor<4>) -> SsdOutput {
        self.predict(&self.feature_maps(input))
    }

    /// The parameters of the backbone, for a learning rate of their own.
    #[must_use]
    pub fn backbone_parameters(&self) -> Vec<ParamId> {
        burn::module::list_param_ids(&self.backbone)
    }

    /// How many of the parameters are running statistics of batch norms, which no gradient reaches.
    #[must_use]
    pub fn running_statistics(&self) -> usize {
        let mut counter = StatisticsCounter {
            path: Vec::new(),
            count: 0,
        };
        self.visit(&mut counter);
        counter.count
    }

    /// The output of every layer of backbone and extras, in order; for comparing with other programs.
    #[must_use]
    pub fn layer_outputs(&self, input: &Tensor<4>) -> Vec<Tensor<4>> {
        let mut outputs: Vec<Tensor<4>> = Vec::new();
        for layer in self.backbone.modules().chain(self.extras.modules()) {
            let before = outputs.last().unwrap_or(input).clone();
            outputs.push(layer.forward(before));
        }
        outputs
    }

    /// The same function with every batch norm folded into its convolution; for detection only.
    #[must_use]
    pub fn folded(self) -> Self {
        Self {
            backbone: self.backbone.each(Block::folded),
            extras: self.extras.each(Block::folded),
            l2_norms: self.l2_norms,
            class_heads: self.class_heads.into_iter().map(Head::folded).collect(),
            box_heads: self.box_heads.into_iter().map(Head::folded).collect(),
            taps: self.taps,
        }
    }

    /// The feature maps that the heads see, in their order.
    ///
    /// # Panics
    /// If a map is taken from a layer that is not there, which no plan does.
    #[must_use]
    pub fn feature_maps(&self, input: Tensor<4>) -> Vec<Tensor<4>> {
        let mut found: Vec<Option<Tensor<4>>> = vec![None; self.taps.len()];
        let mut map = input;
        let layers = self.backbone.modules().chain(self.extras.modules());
        for (index, layer) in layers.enumerate() {
            let tapped_at = |point| {
                let tapped = |tap: &Tap| tap.step == index && tap.point == point;
                self.taps.iter().any(tapped)
            };
            let (expanded, output) = if tapped_at(TapPoint::Expansion) {
                let (expanded, output) = layer.forward_with_expansion(map);
                (Some(expanded), output)
            } else {
                (None, layer.forward(map))
            };
            if expanded.is_none() && !tapped_at(TapPoint::Output) {
                map = output;
                continue;
            }
            let output = SharedMap::new(output);
            for (tap, found) in self.taps.iter().zip(&mut found) {
                if tap.step == index {
                    let tapped = match (tap.point, &expanded) {
                        (TapPoint::Expansion, Some(expanded)) => expanded.clone(),
                        (TapPoint::Output | TapPoint::Expansion, _) => output.read(),
                    };
                    *found = Some(self.normalised(tapped, tap));
                }
            }
            map = output.read();
        }
        found
            .into_iter()
            .map(|map| map.expect("a plan takes its maps from its layers"))
            .collect()
    }

    fn normalised(&self, map: Tensor<4>, tap: &Tap) -> Tensor<4> {
        match tap.l2_norm.as_deref().and_then(|name| self.l2_norms.get(name)) {
            Some(norm) => norm.forward(map),
            None => map,
        }
    }

    /// Predictions from the feature maps that [`Ssd::feature_maps`] gave.
    #[must_use]
    pub fn predict(&self, maps: &[Tensor<4>]) -> SsdOutput {
        let maps: Vec<SharedMap> = maps.iter().cloned().map(SharedMap::new).collect();
        let run = |heads: &[Head]| {
            let parts = heads
                .iter()
                .zip(&maps)
                .map(|(head, map)| head.forward(map.read()));
            Tensor::cat(parts.collect(), 1)
        };
        SsdOutput {
            logits: run(&self.class_heads),
            offsets: run(&self.box_heads),
        }
    }
}

/// Counts the values under `running_mean` and `running_var`.
struct StatisticsCounter {
    path: Vec<String>,
    count: usize,
}

impl ModuleVisitor for StatisticsCounter {
    fn enter_module(&mut self, name: &str, _container: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if self.path.last().is_some_and(|name| name.starts_with("running_")) {
            self.count += param.lazy_shape().num_elements();
        }
    }
}
