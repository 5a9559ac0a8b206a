//! Modules under names of one's own choice.
//!
//! burn names the parts of a module after the fields of its struct, or by number in a list. A network that is
//! built from a description has neither: its layers are called what the description calls them.

use burn::{
    module::{Content, Devices, Module, ModuleDisplay, ModuleDisplayDefault, ModuleMapper, ModuleVisitor},
    tensor::Device,
};

/// What burn is told that the names belong to.
const CONTAINER: &str = "Struct:Named";

/// A list of modules, each under its name. A name may hold dots: `blocks.3` is found as if it lay in a list
/// called `blocks`.
#[derive(Debug, Clone)]
pub struct Named<M> {
    items: Vec<(String, M)>,
}

impl<M> Named<M> {
    /// A list of modules with their names, which must differ.
    #[must_use]
    pub fn new(items: impl IntoIterator<Item = (String, M)>) -> Self {
        Self {
            items: items.into_iter().collect(),
        }
    }

    /// The modules, in order.
    pub fn modules(&self) -> impl Iterator<Item = &M> {
        self.items.iter().map(|(_, module)| module)
    }

    /// The module of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&M> {
        self.items
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, module)| module)
    }

    /// The same names with other modules.
    #[must_use]
    pub fn each(self, mut change: impl FnMut(M) -> M) -> Self {
        Self {
            items: self
                .items
                .into_iter()
                .map(|(name, module)| (name, change(module)))
                .collect(),
        }
    }
}

impl<M: Module> Module for Named<M> {
    fn collect_devices(&self, devices: Devices) -> Devices {
        self.modules()
            .fold(devices, |devices, module| module.collect_devices(devices))
    }

    fn fork(self, device: &Device) -> Self {
        self.each(|module| module.fork(device))
    }

    fn to_device(self, device: &Device) -> Self {
        self.each(|module| module.to_device(device))
    }

    fn train(self) -> Self {
        self.each(Module::train)
    }

    fn valid(&self) -> Self {
        Self::new(
            self.items
                .iter()
                .map(|(name, module)| (name.clone(), module.valid())),
        )
    }

    fn materialize(self) -> Self {
        self.each(Module::materialize)
    }

    fn num_params(&self) -> usize {
        self.modules().map(Module::num_params).sum()
    }

    fn visit<Visitor: ModuleVisitor>(&self, visitor: &mut Visitor) {
        for (name, module) in &self.items {
            visitor.enter_module(name, CONTAINER);
            module.visit(visitor);
            visitor.exit_module(name, CONTAINER);
        }
    }

    fn map<Mapper: ModuleMapper>(self, mapper: &mut Mapper) -> Self {
        let items = self.items.into_iter().map(|(name, module)| {
            mapper.enter_module(&name, CONTAINER);
            let mapped = module.map(mapper);
            mapper.exit_module(&name, CONTAINER);
            (name, mapped)
        });
        Self {
            items: items.collect(),
        }
    }
}

impl<M: ModuleDisplay> ModuleDisplayDefault for Named<M> {
    fn content(&self, content: Content) -> Option<Content> {
        self.items
            .iter()
            .fold(content, |content, (name, module)| content.add(name, module))
            .optional()
    }
}

impl<M: ModuleDisplay> ModuleDisplay for Named<M> {}
