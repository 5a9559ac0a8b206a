//! What a user may set about composed scenes.

use serde::{Deserialize, Serialize};

/// Settings of the composer. Shares are parts of 1.
///
/// What the shares of kinds leave over goes to mixed scenes: a few products among other things.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ComposerSettings {
    /// Width and height of a scene in pixels.
    pub size: u32,
    /// Scenes of another seed have nothing in common.
    pub seed: u64,
    /// Share of scenes with nothing at all on the background.
    pub empty_share: f32,
    /// Share of scenes with one product, or a few of a kind, that fill much of the picture.
    pub single_share: f32,
    /// Share of scenes with many of one kind close together, in piles and rows.
    pub pile_share: f32,
    /// Share of scenes filled to the edges with one kind, as a crate in a shop is.
    pub crate_share: f32,
    /// Share of scenes that look like any of the others but show none of our products.
    pub negative_share: f32,
    /// Share of scenes in which a hand holds the product.
    pub hand_share: f32,
    /// Share of scenes with products among leaves.
    pub garden_share: f32,
    /// Share of backgrounds that are photos, where there are photos; the others are drawn.
    pub photo_share: f32,
    /// Share of products and other things that are rendered, where there are cut-outs as well.
    pub render_share: f32,
    /// How many different renders of each class there are; each is made when first shown (about 50 ms).
    pub renders: u32,
    /// Share of other things that are drawn: slices, leaves, balls, bottles, cups.
    pub drawn_share: f32,
    /// Most products in a scene that is not filled to the edges.
    pub max_items: usize,
    /// An item that shows less than this share of itself is taken out.
    pub min_visible: f32,
    /// How far the box of a partly covered item reaches into what is covered: 0 for the visible extent, 1 for
    /// the whole item. People who draw boxes do both; half-way keeps an `IoU` of 0.5 with either.
    pub covered_share: f32,
    /// A box shorter than this share of the picture's side is taken out.
    pub min_side: f32,
    /// Colour jitter a channel; more than 0.08 turns oranges into apples.
    pub colour_jitter: f32,
    /// Widest shape of the photographs to be expected: 1.5 lets things come out by so much too narrow or
    /// too wide, as a detector sees them that makes every picture square.
    pub widest: f32,
    /// Parts of the file names of what stands upright: turned by at most 30 degrees in most scenes.
    pub upright: Vec<String>,
    /// Parts of the file names of what is round: torn ones are shown small, among others.
    pub round: Vec<String>,
    /// Parts of the file names of what is long: those seen end on, round and short, are not shown.
    pub long: Vec<String>,
    /// How likely a cut-out is, by a part of its file name; 1 where no part matches.
    pub weights: Vec<(String, f32)>,
    /// How likely a cut-out of this name is whose mean hue lies in a range of degrees.
    pub hue_weights: Vec<HueWeight>,
    /// How often each class is shown, in the order of the classes; all alike if empty.
    pub class_weights: Vec<f32>,
}

/// Makes strongly coloured cut-outs of some hue rarer or more frequent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HueWeight {
    /// Part of the file name.
    pub name: String,
    /// Lowest and highest hue in degrees: 0 is red, 60 yellow, 120 green.
    pub hues: (f32, f32),
    /// The factor.
    pub weight: f32,
}

impl Default for ComposerSettings {
    fn default() -> Self {
        let weight = |(part, weight): (&str, f32)| (part.to_owned(), weight);
        Self {
            size: 320,
            seed: 1,
            empty_share: 0.04,
            single_share: 0.3,
            pile_share: 0.1,
            crate_share: 0.05,
            negative_share: 0.28,
            hand_share: 0.08,
            garden_share: 0.06,
            photo_share: 0.5,
            render_share: 0.33,
            renders: 160,
            drawn_share: 0.42,
            max_items: 16,
            min_visible: 0.3,
            covered_share: 0.5,
            min_side: 0.035,
            colour_jitter: 0.06,
            widest: 1.5,
            upright: ["milk", "Milk", "ghurt", "Juice", "Sour", "bottle", "cup", "head"]
                .map(str::to_owned)
                .to_vec(),
            round: vec!["apple".to_owned()],
            long: vec!["banana".to_owned()],
            // The look-alikes that a detector must learn to leave alone; but not too many round red
            // ones, or it leaves big red apples alone as well.
            weights: [
                ("Pomegranate", 0.5),
                ("Plum", 0.6),
                ("plum", 0.4),
                ("Red-Beet", 0.6),
                ("Orange", 1.6),
                ("orange", 1.6),
                ("Lemon", 1.3),
                ("lemon", 1.3),
                ("Peach", 2.2),
                ("peach", 1.6),
                ("Nectarine", 2.0),
                ("Mango", 1.5),
                ("Tomato", 3.0),
                ("Yoghurt", 2.0),
                ("ghurt", 2.0),
                ("Juice", 2.0),
                ("Sour", 2.0),
                // Balls, tins and tools teach little that the others do not.
                ("ycb", 0.5),
                ("drawn/citrus", 1.6),
                ("drawn/long-leaf", 1.5),
                ("drawn/chilli", 1.3),
                ("drawn/berry", 0.6),
                ("drawn/ball", 0.7),
                ("drawn/crescent", 0.6),
                ("drawn/tomato", 1.2),
            ]
            .map(weight)
            .to_vec(),
            // Under warm lamps some yellow apples look like oranges; too many of them, and oranges pass
            // for apples.
            hue_weights: [(17.0, 42.0, 0.35), (42.0, 52.0, 0.7)]
                .map(|(low, high, weight)| HueWeight {
                    name: "apple".to_owned(),
                    hues: (low, high),
                    weight,
                })
                .to_vec(),
            class_weights: Vec::new(),
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

    /// As [`Self::weight_of`], for a cut-out of this mean colour (0 to 255 a channel).
    #[must_use]
    pub fn weight_of_coloured(&self, name: &str, colour: [f32; 3]) -> f32 {
        let (hue, saturation) = hue_of(colour);
        let matches = |rule: &&HueWeight| {
            saturation > 0.45 && name.contains(rule.name.as_str()) && hue >= rule.hues.0 && hue <= rule.hues.1
        };
        let factor = self.hue_weights.iter().find(matches);
        self.weight_of(name) * factor.map_or(1.0, |rule| rule.weight.max(0.0))
    }

    /// Says what is wrong, if anything is.
    pub(super) fn complaint(&self) -> Option<String> {
        if !(32..=2048).contains(&self.size) {
            return Some(format!("scenes of {} pixels; take 32 to 2048", self.size));
        }
        let shares = [
            ("empty_share", self.empty_share),
            ("single_share", self.single_share),
            ("pile_share", self.pile_share),
            ("negative_share", self.negative_share),
            ("hand_share", self.hand_share),
            ("garden_share", self.garden_share),
            ("crate_share", self.crate_share),
            ("photo_share", self.photo_share),
            ("render_share", self.render_share),
            ("drawn_share", self.drawn_share),
            ("min_visible", self.min_visible),
            ("covered_share", self.covered_share),
            ("min_side", self.min_side),
            ("colour_jitter", self.colour_jitter),
        ];
        if let Some((name, share)) = shares.iter().find(|(_, share)| !(0.0..=1.0).contains(share)) {
            return Some(format!("{name} is {share}; take a share from 0 to 1"));
        }
        let kinds: f32 = shares.iter().take(7).map(|(_, share)| share).sum();
        if kinds > 1.001 {
            return Some(format!(
                "the shares of the kinds of scenes make {kinds:.2} in all; make them at most 1"
            ));
        }
        if !(1.0..=4.0).contains(&self.widest) {
            return Some(format!("widest is {}; take 1 to 4", self.widest));
        }
        (self.max_items == 0).then(|| "max_items is 0; allow at least one product".to_owned())
    }

    /// Whether one of `parts` is in the name.
    pub(super) fn names(parts: &[String], name: &str) -> bool {
        parts.iter().any(|part| name.contains(part.as_str()))
    }
}

/// Hue in degrees and saturation from 0 to 1.
fn hue_of([r, g, b]: [f32; 3]) -> (f32, f32) {
    let (high, low) = (r.max(g).max(b), r.min(g).min(b));
    let range = high - low;
    if range < 1e-3 {
        return (0.0, 0.0);
    }
    let sixth = if r >= high {
        (g - b) / range
    } else if g >= high {
        2.0 + (b - r) / range
    } else {
        4.0 + (r - g) / range
    };
    ((sixth * 60.0).rem_euclid(360.0), range / high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_by_name_and_hue() {
        let settings = ComposerSettings::default();
        assert!((settings.weight_of("other/Pomegranate_1.webp") - 0.5).abs() < 1e-6);
        let orange = settings.weight_of_coloured("apple/Golden.webp", [230.0, 130.0, 30.0]);
        assert!((orange - 0.35).abs() < 1e-6, "an orange apple: {orange}");
        let red = settings.weight_of_coloured("apple/Golden.webp", [200.0, 20.0, 30.0]);
        assert!((red - 1.0).abs() < 1e-6, "a red one: {red}");
        let pale = settings.weight_of_coloured("apple/Golden.webp", [230.0, 200.0, 180.0]);
        assert!((pale - 1.0).abs() < 1e-6, "a pale one: {pale}");
    }

    #[test]
    fn hues_by_hand() {
        assert!((hue_of([255.0, 255.0, 0.0]).0 - 60.0).abs() < 1e-3);
        assert!((hue_of([0.0, 0.0, 90.0]).0 - 240.0).abs() < 1e-3);
        assert!((hue_of([255.0, 0.0, 64.0]).0 - 344.94).abs() < 0.1);
    }

    #[test]
    fn settings_that_cannot_work_are_named() {
        let usual = ComposerSettings::default;
        assert_eq!(usual().complaint(), None);
        let cases = [
            (
                ComposerSettings {
                    pile_share: -0.1,
                    ..usual()
                },
                "pile_share",
            ),
            (
                ComposerSettings {
                    photo_share: f32::NAN,
                    ..usual()
                },
                "photo_share",
            ),
            (
                ComposerSettings {
                    single_share: 0.9,
                    ..usual()
                },
                "at most 1",
            ),
            (
                ComposerSettings {
                    widest: 0.5,
                    ..usual()
                },
                "widest",
            ),
            (
                ComposerSettings {
                    max_items: 0,
                    ..usual()
                },
                "max_items",
            ),
            (
                ComposerSettings {
                    size: 5000,
                    ..usual()
                },
                "32 to 2048",
            ),
        ];
        for (settings, part) in cases {
            let complaint = settings.complaint().unwrap();
            assert!(complaint.contains(part), "{complaint}");
        }
    }

    #[test]
    fn the_shares_leave_room_for_mixed_scenes() {
        let s = ComposerSettings::default();
        let sum = s.empty_share
            + s.single_share
            + s.pile_share
            + s.negative_share
            + s.hand_share
            + s.garden_share
            + s.crate_share;
        assert!(sum < 0.95, "{sum}");
    }
}
