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

/// How demo pictures are taken: the whole tray, sharp, with packages lying and standing.
#[must_use]
pub fn settings(width: u32, height: u32) -> SceneSettings {
    SceneSettings {
        zoom: (0.76, 0.82),
        ..SceneSettings::picture(width, height)
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
            ..settings(1280, 960)
        },
    };
    let mut all = vec![
        picture("01-apple", 15, &[Apple], Material::Steel, View::Above),
        picture("02-apples-banana", 8, &[Apple, Banana, Apple], Material::Plastic, View::Above),
        picture("03-milk-banana", 11, &[Milk, Banana], Material::White, View::Slanted),
        picture("04-three-apples", 13, &[Apple, Apple, Apple], Material::Wood, View::Above),
        picture("05-bunch-milk", 3, &[BananaBunch, MilkBrick], Material::Steel, View::Slanted),
        picture("06-full-basket", 14, &FULL, Material::Plastic, View::Above),
        picture("07-empty-tray", 0, &[], Material::Steel, View::Above),
    ];
    if let Some(full) = all.iter_mut().find(|p| p.name == "06-full-basket") {
        full.settings.zoom = (0.94, 0.96);
    }
    all
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
    [("apple", 11, ItemKind::Apple), ("banana", 12, ItemKind::BananaBunch), ("milk", 13, ItemKind::Milk)]
        .into_iter()
        .map(|(name, seed, kind)| (name, fine_item(seed, kind, 256)))
        .collect()
}
