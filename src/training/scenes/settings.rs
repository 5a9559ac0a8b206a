//! What a user may set about composed scenes.

use serde::{Deserialize, Serialize};

/// Settings of the composer. Shares are parts of 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ComposerSettings {
    /// Width and height of a scene in pixels.
    pub size: u32,
    /// Scenes of another seed have nothing in common.
    pub seed: u64,
    /// Share of scenes without any of our products.
    pub empty_share: f32,
    /// Share of scenes with one product that fills much of the picture.
    pub single_share: f32,
    /// Share of scenes with many of one kind close together.
    pub pile_share: f32,
    /// Share of backgrounds that are photos; the others are drawn.
    pub photo_share: f32,
    /// Most products in a scene.
    pub max_items: usize,
    /// An item that shows less than this share of itself is taken out.
    pub min_visible: f32,
    /// A box shorter than this share of the picture's side is taken out.
    pub min_side: f32,
    /// Colour jitter a channel; more than 0.08 turns oranges into apples.
    pub colour_jitter: f32,
    /// Parts of the file names of what stands upright: turned by at most 30 degrees in most scenes.
    pub upright: Vec<String>,
    /// How likely a cut-out is, by a part of its file name; 1 where no part matches.
    pub weights: Vec<(String, f32)>,
}

impl Default for ComposerSettings {
    fn default() -> Self {
        let weight = |part: &str, weight: f32| (part.to_owned(), weight);
        Self {
            size: 320,
            seed: 1,
            empty_share: 0.15,
            single_share: 0.22,
            pile_share: 0.15,
            photo_share: 0.55,
            max_items: 12,
            min_visible: 0.3,
            min_side: 0.035,
            colour_jitter: 0.07,
            upright: ["milk", "Milk", "ghurt", "Juice", "Sour"]
                .map(str::to_owned)
                .to_vec(),
            // The look-alikes that a detector must learn to leave alone; but not too many round red
            // ones, or it leaves big red apples alone as well.
            weights: vec![
                weight("Pomegranate", 0.35),
                weight("Plum", 0.4),
                weight("plum", 0.3),
                weight("Orange", 1.6),
                weight("orange", 1.6),
                weight("Lemon", 1.5),
                weight("lemon", 1.5),
                weight("Peach", 1.3),
                weight("Tomato", 1.4),
                weight("Yoghurt", 1.5),
                weight("Juice", 1.5),
                weight("Sour", 1.5),
            ],
        }
    }
}

impl ComposerSettings {
    /// How likely the cut-out of this file name is to be taken, compared with others of its class.
    #[must_use]
    pub fn weight_of(&self, name: &str) -> f32 {
        let found = self.weights.iter().find(|(part, _)| name.contains(part.as_str()));
        found.map_or(1.0, |(_, weight)| weight.max(0.0))
    }
}
