//! What people call the classes of the detector.

use std::collections::BTreeMap;

use super::Desk;

/// The name of the product that a class stands for, in the language that is spoken; the class's own name where
/// it stands for none.
#[must_use]
pub fn product_name(desk: &Desk, class: &str) -> String {
    let products = desk.catalog().products();
    let product = products
        .iter()
        .find(|product| product.class.as_deref() == Some(class));
    product.map_or_else(
        || class.to_owned(),
        |product| product.name_in(desk.lang().code()).to_owned(),
    )
}

/// The price of each class in minor units.
#[must_use]
pub fn prices(desk: &Desk) -> BTreeMap<String, u32> {
    let products = desk.catalog().products().iter();
    products
        .filter_map(|product| Some((product.class.clone()?, u32::try_from(product.price.minor()).ok()?)))
        .collect()
}
