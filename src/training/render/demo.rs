//! The demo pictures and product tiles of the repository, from fixed seeds.

use super::{ItemKind, Material, SceneSettings, View, fine_item, scene};
use crate::frame::{RgbImage, RgbaImage};

/// One demo picture before it is rendered.
#[derive(Debug, Clone)]
pub struct DemoPicture {
    /// File name without extension.
    pub name: &'static str,
    seed: u64,
    settings: SceneSettings,
}

impl DemoPicture {
    /// Renders it; takes seconds.
    #[must_use]
    pub fn render(&self) -> RgbImage {
        scene(self.seed, &self.settings).0
    }
}

/// All demo pictures, in the order in which a person would show them.
#[must_use]
pub fn pictures() -> Vec<DemoPicture> {
    use ItemKind::{Apple, Banana, BananaBunch, Milk, MilkBrick};
    let picture = |name, seed, items: &[ItemKind], tray, view| DemoPicture {
        name,
        seed,
        settings: SceneSettings {
            items: Some(items.to_vec()),
            tray: Some(tray),
            counter: Some(Material::Wood),
            view: Some(view),
            // A slanted view needs room for what stands, a full tray for what lies at its edge.
            zoom: if view == View::Slanted || items.len() > 5 {
                (0.95, 0.98)
            } else {
                (0.8, 0.84)
            },
            ..SceneSettings::picture(1280, 960)
        },
    };
    vec![
        picture("01-apple", 10, &[Apple], Material::Steel, View::Above),
        picture(
            "02-apples-banana",
            4,
            &[Apple, Banana, Apple],
            Material::Plastic,
            View::Above,
        ),
        picture(
            "03-milk-banana",
            11,
            &[Milk, Banana],
            Material::White,
            View::Slanted,
        ),
        picture(
            "04-three-apples",
            14,
            &[Apple, Apple, Apple],
            Material::Wood,
            View::Above,
        ),
        picture(
            "05-bunch-milk",
            20,
            &[BananaBunch, MilkBrick],
            Material::Steel,
            View::Slanted,
        ),
        picture("06-full-basket", 15, &FULL, Material::Plastic, View::Above),
        picture("07-empty-tray", 0, &[], Material::Steel, View::Above),
    ]
}

const FULL: [ItemKind; 7] = [
    ItemKind::Milk,
    ItemKind::BananaBunch,
    ItemKind::Apple,
    ItemKind::Apple,
    ItemKind::Milk,
    ItemKind::Apple,
    ItemKind::Banana,
];

/// Product tiles: class name and picture.
#[must_use]
pub fn tiles() -> Vec<(&'static str, RgbaImage)> {
    [
        ("apple", 10, ItemKind::Apple),
        ("banana", 5, ItemKind::BananaBunch),
        ("milk", 6, ItemKind::Milk),
    ]
    .into_iter()
    .map(|(name, seed, kind)| (name, fine_item(seed, kind, 256)))
    .collect()
}
