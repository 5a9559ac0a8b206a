//! What is printed on packages: milk cartons in several designs, and packages of other things.
//!
//! `uv` counts faces in steps of two, as the meshes of boxes do; within a face u runs right, v up.

use super::{
    font,
    linear::{Vec3, smoothstep, srgb, vec3},
    noise,
    surface::{Look, Spot},
};
use crate::geom::cast::floor_index;
use rand::{Rng, RngExt as _};

/// Faces of a carton beyond the six of a box.
pub(super) const ROOF_FRONT: f32 = 12.0;
pub(super) const ROOF_BACK: f32 = 14.0;
pub(super) const ROOF_SIDE: f32 = 16.0;
pub(super) const FIN: f32 = 18.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// Rows of large letters in two colours.
    Words,
    /// A meadow below, a cow on it, the word above.
    Meadow,
    /// A broad coloured band with the word in white.
    Band,
    /// Waves of colour, a drop.
    Waves,
    /// Plain colour with a label: packages that are not milk.
    Label,
}

/// A printed package.
#[derive(Debug, Clone)]
pub(super) struct Print {
    layout: Layout,
    paper: Vec3,
    main: Vec3,
    second: Vec3,
    words: [&'static str; 4],
    /// Width and height of the front, centimetres.
    front: [f32; 2],
    seed: u32,
    rough: f32,
}

fn strong_color(rng: &mut impl Rng) -> Vec3 {
    let colors = [
        srgb(10, 132, 62),
        srgb(24, 74, 160),
        srgb(206, 52, 34),
        srgb(42, 150, 206),
        srgb(0, 104, 84),
        srgb(110, 170, 40),
        srgb(228, 88, 120),
        srgb(20, 52, 110),
    ];
    colors[rng.random_range(0..colors.len())] * rng.random_range(0.85..1.1)
}

impl Print {
    /// A milk carton's print; `front` is the size of its front face.
    pub(super) fn milk(rng: &mut impl Rng, front: [f32; 2]) -> Self {
        let words = [
            ["FRESH", "MILK", "FROM OUR", "3,5%"],
            ["FRISCHE", "MILCH", "VOM HOF", "1,5%"],
            ["BIO", "MILCH", "WEIDE", "3,5%"],
            ["WHOLE", "MILK", "FARM", "1 L"],
            ["LAIT", "MILK", "BIO", "0,5%"],
            ["VERSE", "MELK", "HALFVOL", "1,5%"],
            ["FARM", "MILK", "ORGANIC", "3,0%"],
        ];
        let layout = [
            Layout::Words,
            Layout::Words,
            Layout::Meadow,
            Layout::Band,
            Layout::Waves,
        ][rng.random_range(0..5_usize)];
        let paper = if rng.random_bool(0.12) {
            srgb(206, 182, 132)
        } else {
            srgb(240, 239, 234)
        };
        Self {
            layout,
            paper,
            main: strong_color(rng),
            second: if rng.random_bool(0.5) {
                srgb(150, 176, 40)
            } else {
                strong_color(rng)
            },
            words: words[rng.random_range(0..words.len())],
            front,
            seed: rng.random_range(0..u32::MAX),
            rough: rng.random_range(0.32..0.5),
        }
    }

    /// The print of a box, a bottle or a can of something else.
    pub(super) fn other(rng: &mut impl Rng, front: [f32; 2]) -> Self {
        let words = [
            ["TEA", "GREEN", "", "50"],
            ["OATS", "CRISP", "", "500"],
            ["RICE", "LONG", "", "1"],
            ["SOUP", "HOT", "", "30"],
            ["COCOA", "DARK", "", "300"],
            ["PASTA", "NO 5", "", "500"],
        ];
        let main = [
            srgb(120, 24, 30),
            srgb(34, 40, 60),
            srgb(214, 140, 30),
            srgb(60, 90, 50),
            srgb(90, 50, 110),
            srgb(170, 60, 30),
        ];
        Self {
            layout: Layout::Label,
            paper: main[rng.random_range(0..main.len())] * rng.random_range(0.8..1.2),
            main: strong_color(rng),
            second: srgb(230, 214, 170),
            words: words[rng.random_range(0..words.len())],
            front,
            seed: rng.random_range(0..u32::MAX),
            rough: rng.random_range(0.25..0.6),
        }
    }

    pub(super) fn look(&self, spot: Spot) -> Look {
        let face = (spot.uv[0] * 0.5).floor() * 2.0;
        let (u, v) = (spot.uv[0] - face, spot.uv[1]);
        let x = u * self.front[0];
        let y = v * self.front[1];
        let is = |kind: f32| (face - kind).abs() < 0.5;
        let mut color = if self.layout == Layout::Label {
            self.label(u.fract(), v)
        } else if is(FIN) {
            let stamp = if v < 0.7 {
                font::ink("03 05 3,5% BIO 15", (x - 0.8) * 3.0, (0.72 - v) * 2.2) * 0.7
            } else {
                0.0
            };
            let crimp = 0.03 * (x * 20.0).sin();
            self.paper * (0.98 + crimp * smoothstep(0.6, 0.7, v)) * (1.0 - stamp)
        } else if is(ROOF_FRONT) || is(ROOF_BACK) {
            self.roof(x, v)
        } else if is(ROOF_SIDE) {
            self.roof_color() * 0.96
        } else if is(8.0) || is(10.0) {
            self.roof(x, 0.9)
        } else if is(2.0) {
            self.facts(x, y)
        } else if is(6.0) {
            self.story(x, y)
        } else {
            self.front_print(x, y)
        };
        color = color * (0.985 + 0.03 * noise::value(spot.local * 1.3, self.seed));
        Look::new(
            vec3(color.x.min(0.92), color.y.min(0.92), color.z.min(0.92)),
            self.rough,
        )
    }

    fn roof_color(&self) -> Vec3 {
        match self.layout {
            Layout::Words | Layout::Band | Layout::Meadow => self.main,
            Layout::Waves | Layout::Label => self.paper,
        }
    }

    fn roof(&self, x: f32, v: f32) -> Vec3 {
        let base = self.roof_color();
        let edge = if v < 0.08 { 1.0 } else { 0.0 };
        let word = font::ink(self.words[1], (x - 0.6) * 1.1, (0.42 - v) * 3.4);
        base.lerp(self.second, edge * 0.5)
            .lerp(self.paper_or(base), word * 0.9)
    }

    /// White on colour, colour on white.
    fn paper_or(&self, base: Vec3) -> Vec3 {
        if (base - self.paper).length() < 0.1 {
            self.main
        } else {
            self.paper
        }
    }

    /// A line of text in the middle: its top at `top`, letters `high` centimetres high, no wider than fits.
    fn line(&self, text: &str, at: [f32; 2], top: f32, high: f32) -> f32 {
        let count = text.chars().count().max(1) as f32;
        let wide = (high * 0.82).min((self.front[0] - 0.9) / count);
        let left = (self.front[0] - wide * count + wide / 6.0) * 0.5;
        font::ink(text, (at[0] - left) / wide, (top - at[1]) / high)
    }

    fn front_print(&self, x: f32, y: f32) -> Vec3 {
        let [wide, high] = self.front;
        let at = [x, y];
        let middle = x - wide * 0.5;
        match self.layout {
            Layout::Words => {
                let mut color = self.paper;
                let ink = |color: Vec3, paint: Vec3, amount: f32| color.lerp(paint, amount);
                // The roof's colour hangs over the front in an arc.
                let arc = high - 0.5 - 0.9 * (middle / wide).powi(2) * 4.0;
                color = ink(color, self.main, smoothstep(arc, arc + 0.08, y));
                for (row, (word, size)) in [(0, 1.5), (1, 2.2), (2, 1.3), (3, 1.7)].into_iter().enumerate() {
                    let top = high * (0.74 - 0.17 * row as f32);
                    let paint = if row % 2 == 0 { self.main * 0.7 } else { self.main };
                    let paint = if row == 2 { self.second } else { paint };
                    color = ink(color, paint, self.line(self.words[word], at, top, size));
                }
                let badge = ((x - wide * 0.78).powi(2) + (y - high * 0.84).powi(2)).sqrt();
                ink(color, self.second, smoothstep(0.72, 0.66, badge))
            }
            Layout::Meadow => {
                let hill = high * 0.26 + 0.5 * (x * 0.8 + 1.0).sin();
                let mut color = self
                    .paper
                    .lerp(srgb(170, 210, 236), smoothstep(high * 0.3, high * 0.85, y) * 0.55);
                color = color.lerp(srgb(84, 150, 46), smoothstep(hill + 0.06, hill, y));
                color = color.lerp(
                    srgb(52, 118, 36),
                    smoothstep(hill - 1.4, hill - 1.6, y + 0.4 * (x * 1.7).cos()),
                );
                color = self.cow(color, [middle, y - hill - 0.75]);
                color = color.lerp(self.main, self.line(self.words[1], at, high * 0.86, 2.5));
                color = color.lerp(self.main * 0.6, self.line(self.words[0], at, high * 0.96, 1.1));
                color.lerp(self.paper, self.line(self.words[3], at, high * 0.12, 1.2))
            }
            Layout::Band => {
                let band =
                    smoothstep(high * 0.44, high * 0.445, y) * smoothstep(high * 0.76, high * 0.755, y);
                let mut color = self.paper.lerp(self.main, band);
                let stripe =
                    smoothstep(high * 0.40, high * 0.402, y) * smoothstep(high * 0.425, high * 0.423, y);
                color = color.lerp(self.second, stripe);
                color = color.lerp(self.paper, self.line(self.words[1], at, high * 0.71, 2.9) * band);
                color = color.lerp(self.main, self.line(self.words[0], at, high * 0.9, 1.4));
                color = color.lerp(self.main, self.line(self.words[3], at, high * 0.14, 1.3));
                self.cow(color, [middle, y - high * 0.26])
            }
            Layout::Waves | Layout::Label => {
                let wave = |k: f32| high * k + 0.9 * (x * 0.7 + k * 9.0).sin();
                let mut color = self.paper;
                color = color.lerp(self.second, smoothstep(wave(0.36) + 0.05, wave(0.36), y) * 0.75);
                color = color.lerp(self.main, smoothstep(wave(0.28) + 0.05, wave(0.28), y));
                color = color.lerp(self.main, self.line(self.words[1], at, high * 0.8, 2.7));
                color = color.lerp(self.second, self.line(self.words[0], at, high * 0.92, 1.2));
                color = color.lerp(self.paper, self.line(self.words[3], at, high * 0.16, 1.6));
                self.drop(color, [middle, y - high * 0.47])
            }
        }
    }

    /// A white cow with dark patches, about 3.4 wide, standing on `y` -0.75.
    fn cow(&self, under: Vec3, [x, y]: [f32; 2]) -> Vec3 {
        let blob = |cx: f32, cy: f32, rx: f32, ry: f32| {
            let d = ((x - cx) / rx).powi(2) + ((y - cy) / ry).powi(2);
            smoothstep(1.12, 0.94, d)
        };
        let mut body = blob(0.0, 0.35, 1.25, 0.62)
            .max(blob(-1.45, 0.75, 0.42, 0.34))
            .max(blob(-1.75, 0.6, 0.3, 0.22));
        for leg in [-0.85, -0.5, 0.55, 0.9] {
            body = body.max(blob(leg, -0.4, 0.14, 0.55));
        }
        body = body.max(blob(1.3, 0.3, 0.08, 0.5));
        let patch = smoothstep(0.5, 0.56, noise::value(vec3(x * 1.5, y * 1.7, 3.0), self.seed));
        let hide = srgb(245, 244, 240).lerp(srgb(36, 30, 30), patch);
        let rim = blob(0.0, 0.35, 1.33, 0.7).max(blob(-1.45, 0.75, 0.5, 0.42)) * 0.5;
        under.lerp(srgb(60, 52, 48), rim * 0.4).lerp(hide, body)
    }

    fn drop(&self, under: Vec3, [x, y]: [f32; 2]) -> Vec3 {
        let narrow = 0.75 - 0.32 * y.clamp(-0.8, 1.4);
        let d = (x / narrow.max(0.1)).powi(2) + (y / 1.15).powi(2);
        under
            .lerp(srgb(120, 186, 230), smoothstep(1.05, 0.95, d))
            .lerp(self.paper, smoothstep(0.55, 0.45, d))
    }

    /// The side with the table of contents and the barcode.
    fn facts(&self, x: f32, y: f32) -> Vec3 {
        let [wide, high] = self.front;
        let mut color = self.paper;
        color = color.lerp(self.main, smoothstep(high * 0.8, high * 0.805, y));
        color = color.lerp(self.paper, self.line("NUTRITION", [x, y], high * 0.95, 0.9));
        if y > high * 0.42 && y < high * 0.76 {
            let row = (y / 0.55).fract();
            let text = self.scribble(x, y, 0.55);
            let rule = if row > 0.92 { 0.8 } else { 0.0 };
            color = color.lerp(srgb(40, 40, 44), text.max(rule) * inside(x, wide, 0.6));
        } else if y > high * 0.08 && y < high * 0.26 && x > wide * 0.28 && x < wide * 0.78 {
            let bars = noise::value(vec3((x * 11.0).floor(), 0.5, 0.5), self.seed);
            color = if bars > 0.5 {
                srgb(24, 24, 26)
            } else {
                srgb(246, 246, 246)
            };
        }
        color
    }

    /// The side with a text in small letters.
    fn story(&self, x: f32, y: f32) -> Vec3 {
        let [wide, high] = self.front;
        let mut color = self.paper;
        color = color.lerp(self.main, self.line(self.words[1], [x, y], high * 0.92, 1.8));
        if y > high * 0.2 && y < high * 0.72 {
            color = color.lerp(self.main * 0.5, self.scribble(x, y, 0.42) * inside(x, wide, 0.7));
        }
        color.lerp(self.second, smoothstep(high * 0.12, high * 0.115, y))
    }

    /// Lines that look like small text from afar.
    fn scribble(&self, x: f32, y: f32, line: f32) -> f32 {
        let row = (y / line).floor();
        let within = (y / line).fract();
        let word = noise::value(vec3(x * 3.2, row * 7.3, 0.0), self.seed ^ 77);
        let letters = noise::value(vec3(x * 15.0, row * 3.1 + within * 2.5, 4.0), self.seed ^ 78);
        if (0.25..0.72).contains(&within) && word > 0.3 {
            smoothstep(0.38, 0.6, letters) * 0.85
        } else {
            0.0
        }
    }

    /// Packages of other things: a colour, a pale label, a word, a stripe.
    fn label(&self, u: f32, v: f32) -> Vec3 {
        let [wide, high] = self.front;
        let (x, y) = (u * wide, v * high);
        let mut color = self.paper;
        color = color.lerp(self.main, smoothstep(0.16, 0.155, v) * 0.8);
        let frame = smoothstep(0.36, 0.365, v) * smoothstep(0.82, 0.815, v) * inside(x, wide, wide * 0.08);
        color = color.lerp(self.second, frame);
        color = color.lerp(
            self.paper * 0.5,
            self.line(self.words[0], [x, y], high * 0.76, (high * 0.2).min(2.4)) * frame,
        );
        color = color.lerp(
            self.main * 0.6,
            self.line(self.words[1], [x, y], high * 0.52, (high * 0.11).min(1.2)) * frame,
        );
        let stripes = if floor_index(v * 60.0).is_multiple_of(2) {
            0.1
        } else {
            0.0
        };
        color * (1.0 - stripes * smoothstep(0.84, 0.85, v))
    }
}

fn inside(x: f32, wide: f32, margin: f32) -> f32 {
    if x > margin && x < wide - margin { 1.0 } else { 0.0 }
}
