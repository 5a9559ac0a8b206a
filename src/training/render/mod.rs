//! A small renderer of trays with groceries: training pictures with exact boxes, cut-outs, and the demo
//! pictures of the repository.
//!
//! Everything is made of formulas and seeds: the same seed and settings give the same picture. Nothing here
//! reads a file or a clock. Shapes are triangle meshes, shadows come from many small lights with a shadow
//! map each, colours are computed in linear light and developed like a photograph.

pub mod demo;
pub mod font;
mod fruit;
mod ground;
mod light;
mod linear;
mod mesh;
mod noise;
mod pack;
mod place;
mod print;
mod raster;
mod scene;
mod shade;
mod skin;
mod surface;

pub use ground::Material;

use crate::{
    frame::{RgbImage, RgbaImage},
    geom::CornerBox,
};

/// What can be rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ItemKind {
    /// One apple, of any colour.
    Apple,
    /// One banana.
    Banana,
    /// Two to five bananas on one crown.
    BananaBunch,
    /// A milk carton with a gable roof.
    Milk,
    /// A milk carton with a flat top.
    MilkBrick,
    /// An orange: none of the products.
    Orange,
    /// A lemon: none of the products.
    Lemon,
    /// A tomato: none of the products.
    Tomato,
    /// A pear: none of the products.
    Pear,
    /// A printed box: none of the products.
    Box,
    /// A bottle: none of the products.
    Bottle,
    /// A can: none of the products.
    Can,
}

impl ItemKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Apple,
        Self::Banana,
        Self::BananaBunch,
        Self::Milk,
        Self::MilkBrick,
        Self::Orange,
        Self::Lemon,
        Self::Tomato,
        Self::Pear,
        Self::Box,
        Self::Bottle,
        Self::Can,
    ];

    /// The detector's name of the class; none for things that are there to be told apart.
    #[must_use]
    pub const fn class_name(self) -> Option<&'static str> {
        match self {
            Self::Apple => Some("apple"),
            Self::Banana | Self::BananaBunch => Some("banana"),
            Self::Milk | Self::MilkBrick => Some("milk"),
            Self::Orange | Self::Lemon | Self::Tomato | Self::Pear | Self::Box | Self::Bottle | Self::Can => {
                None
            }
        }
    }
}

/// From where the camera looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Straight down, or nearly.
    Above,
    /// From the front, slanted, as a camera on a kiosk does.
    Slanted,
}

/// What a scene is made of and how much work goes into it. `None` lets the seed choose.
#[derive(Debug, Clone)]
pub struct SceneSettings {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Items to put down; those that find no room are left out.
    pub items: Option<Vec<ItemKind>>,
    /// What the tray is made of.
    pub tray: Option<Material>,
    /// What the tray stands on.
    pub counter: Option<Material>,
    /// From where the camera looks.
    pub view: Option<View>,
    /// Probability that a package stands, 0 to 1.
    pub upright: f64,
    /// Distance of the camera in parts of the one that shows the whole tray: least and most.
    pub zoom: (f32, f32),
    /// How far exposure, white balance and noise stray, 0 to 1.
    pub variety: f32,
    /// Whole looks that are averaged: more give smoother edges and shadows.
    pub passes: u32,
    /// Lights a look: more give softer shadows.
    pub lamps: u16,
    /// Side of a shadow map, texels.
    pub shadow_side: usize,
    /// Rows of triangles on a fruit.
    pub detail: u32,
}

impl SceneSettings {
    /// Quick and varied, for training on squares of `side` pixels.
    #[must_use]
    pub const fn training(side: u32) -> Self {
        Self {
            width: side,
            height: side,
            items: None,
            tray: None,
            counter: None,
            view: None,
            upright: 0.45,
            zoom: (0.55, 1.05),
            variety: 1.0,
            passes: 2,
            lamps: 10,
            shadow_side: 128,
            detail: 20,
        }
    }

    /// Slow and clean, for people to look at.
    #[must_use]
    pub const fn picture(width: u32, height: u32) -> Self {
        Self {
            width,
            height,
            items: None,
            tray: None,
            counter: None,
            view: None,
            upright: 0.4,
            zoom: (0.9, 0.95),
            variety: 0.3,
            passes: 8,
            lamps: 24,
            shadow_side: 720,
            detail: 64,
        }
    }
}

/// A tray with items, and the box of the visible part of every product at least 30 % visible.
#[must_use]
pub fn scene(seed: u64, settings: &SceneSettings) -> (RgbImage, Vec<(&'static str, CornerBox)>) {
    scene::render(seed, settings)
}

/// One item alone in a square of `size` pixels with alpha, from any side in any light.
#[must_use]
pub fn item(seed: u64, kind: ItemKind, size: u32) -> RgbaImage {
    scene::render_item(seed, kind, size, 4)
}

/// As [`item`], averaged over more looks: for pictures that people see.
#[must_use]
pub fn fine_item(seed: u64, kind: ItemKind, size: u32) -> RgbaImage {
    scene::render_item(seed, kind, size, 24)
}
