//! The pictures of products, as a list or a tile finds them.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    domain::{codes::Sku, product::Product},
    ui::view::Photo,
};

/// The pictures of products. Clones are of one set.
#[derive(Debug, Clone, Default)]
pub struct Pictures {
    /// The shop's own, by product.
    pub own: Arc<BTreeMap<Sku, Photo>>,
    /// Those that came with the program, by what the detector calls it.
    pub bundled: Arc<BTreeMap<String, Photo>>,
}

impl Pictures {
    /// The picture of a product: the shop's own comes before the one that came with the program.
    #[must_use]
    pub fn of(&self, product: &Product) -> Option<&Photo> {
        self.own
            .get(&product.sku)
            .or_else(|| self.bundled.get(product.class.as_deref()?))
    }
}
