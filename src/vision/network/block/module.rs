//! What burn wants of a module, for a layer of any kind: it goes straight to the convolution or block inside,
//! so that a layer adds no name of its own to the paths of its weights.

use burn::{
    module::{Content, Devices, Module, ModuleDisplay, ModuleDisplayDefault, ModuleMapper, ModuleVisitor},
    tensor::Device,
};

use super::Block;

impl Block {
    /// Applies a change to what holds weights.
    fn each(self, change: &mut impl Change) -> Self {
        match self {
            Self::Residual(block) => Self::Residual(change.apply(block)),
            Self::Plain(conv, activation) => Self::Plain(change.apply(conv), activation),
            Self::Normed(conv) => Self::Normed(change.apply(conv)),
            Self::Pool(spec) => Self::Pool(spec),
            Self::Parallel(branches) => Self::Parallel(change.apply(branches)),
        }
    }
}

/// One of burn's ways to go over a module by value, for any kind of module.
trait Change {
    fn apply<M: Module>(&mut self, module: M) -> M;
}

struct Fork<'a>(&'a Device);
struct ToDevice<'a>(&'a Device);
struct Train;
struct Materialize;
struct Map<'a, Mapper>(&'a mut Mapper);

impl Change for Fork<'_> {
    fn apply<M: Module>(&mut self, module: M) -> M {
        module.fork(self.0)
    }
}

impl Change for ToDevice<'_> {
    fn apply<M: Module>(&mut self, module: M) -> M {
        module.to_device(self.0)
    }
}

impl Change for Train {
    fn apply<M: Module>(&mut self, module: M) -> M {
        module.train()
    }
}

impl Change for Materialize {
    fn apply<M: Module>(&mut self, module: M) -> M {
        module.materialize()
    }
}

impl<Mapper: ModuleMapper> Change for Map<'_, Mapper> {
    fn apply<M: Module>(&mut self, module: M) -> M {
        module.map(self.0)
    }
}

impl Module for Block {
    fn collect_devices(&self, devices: Devices) -> Devices {
        match self {
            Self::Residual(block) => block.collect_devices(devices),
            Self::Plain(conv, _) => conv.collect_devices(devices),
            Self::Normed(conv) => conv.collect_devices(devices),
            Self::Pool(_) => devices,
            Self::Parallel(branches) => branches.collect_devices(devices),
        }
    }

    fn fork(self, device: &Device) -> Self {
        self.each(&mut Fork(device))
    }

    fn to_device(self, device: &Device) -> Self {
        self.each(&mut ToDevice(device))
    }

    fn train(self) -> Self {
        self.each(&mut Train)
    }

    fn valid(&self) -> Self {
        match self {
            Self::Residual(block) => Self::Residual(block.valid()),
            Self::Plain(conv, activation) => Self::Plain(conv.valid(), *activation),
            Self::Normed(conv) => Self::Normed(conv.valid()),
            Self::Pool(spec) => Self::Pool(*spec),
            Self::Parallel(branches) => Self::Parallel(branches.valid()),
        }
    }

    fn materialize(self) -> Self {
        self.each(&mut Materialize)
    }

    fn visit<Visitor: ModuleVisitor>(&self, visitor: &mut Visitor) {
        match self {
            Self::Residual(block) => block.visit(visitor),
            Self::Plain(conv, _) => conv.visit(visitor),
            Self::Normed(conv) => conv.visit(visitor),
            Self::Pool(_) => {}
            Self::Parallel(branches) => branches.visit(visitor),
        }
    }

    fn map<Mapper: ModuleMapper>(self, mapper: &mut Mapper) -> Self {
        self.each(&mut Map(mapper))
    }
}

impl ModuleDisplayDefault for Block {
    fn content(&self, content: Content) -> Option<Content> {
        match self {
            Self::Residual(block) => content.add_single(block),
            Self::Plain(conv, _) => content.add_single(conv),
            Self::Normed(conv) => content.add_single(conv),
            Self::Pool(spec) => content.add_single(&format!("{spec:?}")),
            Self::Parallel(branches) => content.add_single(branches),
        }
        .optional()
    }
}

impl ModuleDisplay for Block {}
