//! Skins of fruit: apples, bananas, citrus and tomatoes.

use super::{
    linear::{Vec3, mix, smoothstep, srgb, vec3},
    noise,
    surface::{Look, Spot},
};
use rand::{Rng, RngExt as _};

/// An apple: a ground colour, a blush in streaks on the sunny side, pale specks.
#[derive(Debug, Clone)]
pub(super) struct AppleSkin {
    ground: Vec3,
    blush: Vec3,
    dark: Vec3,
    /// 0 has no blush, 1 is all red.
    cover: f32,
    /// How much of the blush is broken into streaks.
    streaks: f32,
    specks: f32,
    speck_color: Vec3,
    sunny: Vec3,
    radius: f32,
    rough: f32,
    seed: u32,
}

impl AppleSkin {
    /// One of the kinds people know: red, green, streaked, golden.
    pub(super) fn pick(rng: &mut impl Rng, radius: f32) -> Self {
        let turn = rng.random_range(0.0..std::f32::consts::TAU);
        let sunny = vec3(turn.cos(), rng.random_range(-0.1..0.7), turn.sin()).normalized();
        let base = Self {
            ground: srgb(196, 186, 74),
            blush: srgb(176, 22, 28),
            dark: srgb(96, 8, 18),
            cover: 0.9,
            streaks: 0.3,
            specks: 0.5,
            speck_color: srgb(225, 190, 130),
            sunny,
            radius,
            rough: rng.random_range(0.2..0.36),
            seed: rng.random_range(0..u32::MAX),
        };
        match rng.random_range(0..10_u32) {
            0..=2 => Self {
                cover: rng.random_range(0.85..1.0),
                streaks: rng.random_range(0.15..0.4),
                ..base
            },
            3..=4 => Self {
                ground: srgb(128, 172, 36).lerp(srgb(150, 190, 62), rng.random_range(0.0..1.0)),
                blush: srgb(178, 160, 60),
                dark: srgb(120, 140, 40),
                cover: rng.random_range(0.0..0.25),
                streaks: 0.1,
                specks: 0.75,
                speck_color: srgb(208, 222, 140),
                ..base
            },
            5..=8 => Self {
                ground: srgb(214, 180, 84).lerp(srgb(196, 186, 92), rng.random_range(0.0..1.0)),
                blush: srgb(182, 36, 32).lerp(srgb(200, 66, 44), rng.random_range(0.0..1.0)),
                dark: srgb(140, 18, 22),
                cover: rng.random_range(0.5..0.8),
                streaks: rng.random_range(0.5..1.0),
                ..base
            },
            _ => Self {
                ground: srgb(214, 200, 84).lerp(srgb(188, 198, 70), rng.random_range(0.0..1.0)),
                blush: srgb(214, 140, 70),
                dark: srgb(190, 110, 50),
                cover: rng.random_range(0.1..0.3),
                streaks: 0.3,
                specks: 0.8,
                speck_color: srgb(150, 120, 60),
                ..base
            },
        }
    }

    pub(super) fn look(&self, spot: Spot) -> Look {
        let p = spot.local * (1.0 / self.radius);
        let around = vec3(p.x, 0.0, p.z).normalized();
        let from_axis = vec3(p.x, 0.0, p.z).length();
        // Streaks run from stem to bottom: fine around the axis, long along it.
        let lines = noise::fractal(vec3(around.x * 9.0, p.y * 1.3, around.z * 9.0), 3, self.seed);
        let fine = noise::value(vec3(around.x * 26.0, p.y * 2.0, around.z * 26.0), self.seed ^ 7);
        let cloud = noise::fractal(p * 1.6, 3, self.seed ^ 21);
        let streak = 0.7 * lines + 0.3 * fine;
        let side = p.normalized().dot(self.sunny) * 0.5 + 0.5;
        let wash = self.cover * 1.9 - 0.72 + 0.35 * (side - 0.5) + 0.9 * (cloud - 0.5);
        let broken = wash + 1.35 * self.streaks * (streak - 0.5);
        // The hollows of stem and bottom stay greener.
        let hollow = smoothstep(0.36, 0.08, from_axis) * if p.y > 0.0 { 0.75 } else { 0.4 };
        let red = smoothstep(-0.2, 0.75, broken - hollow);
        let deep = smoothstep(0.55, 1.25, broken + 0.4 * (fine - 0.5));
        let green = self.ground.lerp(srgb(120, 150, 50), hollow * 0.8);
        let mut color = green.lerp(self.blush, red).lerp(self.dark, deep * 0.55 * red);
        color = color * (0.88 + 0.26 * cloud);
        let (away, own) = noise::spots(p * 8.5, self.seed ^ 3);
        let speck =
            smoothstep(0.13, 0.05, away * (0.7 + 0.7 * own)) * self.specks * smoothstep(1.0, 0.6, p.y.abs());
        color = color.lerp(self.speck_color, speck * 0.6);
        // Russet in the stem's hollow, a dry blossom end below.
        let russet = smoothstep(0.24, 0.06, from_axis + 0.12 * (fine - 0.5));
        let dry = if p.y > 0.0 {
            srgb(128, 96, 44)
        } else {
            srgb(70, 50, 28)
        };
        color = color.lerp(dry, russet * 0.75);
        Look {
            creep: 0.12,
            ..Look::new(color, self.rough + 0.4 * russet)
        }
    }
}

/// A banana's peel; `uv` is (around, along from stem to tip).
#[derive(Debug, Clone)]
pub(super) struct BananaSkin {
    /// 0 green, 0.5 yellow, 1 yellow with brown spots.
    ripe: f32,
    hue: f32,
    seed: u32,
}

impl BananaSkin {
    pub(super) fn pick(rng: &mut impl Rng, ripe: f32) -> Self {
        Self {
            ripe,
            hue: rng.random_range(0.0..1.0),
            seed: rng.random_range(0..u32::MAX),
        }
    }

    pub(super) fn look(&self, spot: Spot) -> Look {
        let [around, along] = spot.uv;
        let p = spot.local;
        let cloud = noise::fractal(p * 0.35, 3, self.seed);
        let grain = noise::fractal(vec3(p.x * 2.0, p.y * 2.0, p.z * 2.0), 3, self.seed ^ 5);
        let yellow = srgb(240, 202, 52).lerp(srgb(226, 178, 38), self.hue * 0.7 + 0.3 * cloud);
        let green = srgb(128, 158, 46).lerp(srgb(158, 176, 54), cloud);
        let unripe = smoothstep(0.5, 0.05, self.ripe);
        let ends = smoothstep(0.3, 0.06, along).max(smoothstep(0.86, 0.97, along) * 0.8);
        let greenness =
            (unripe + ends * smoothstep(1.0, 0.3, self.ripe) * 0.75 + (cloud - 0.5) * 0.3).clamp(0.0, 1.0);
        let mut color = yellow.lerp(green, greenness) * (0.9 + 0.2 * grain);
        // Five edges run along it, a little darker, browner when ripe and where it was rubbed.
        let edge = (around * 5.0).rem_euclid(1.0);
        let edge = smoothstep(0.09, 0.015, edge.min(1.0 - edge));
        let worn = smoothstep(
            0.42,
            0.7,
            noise::fractal(vec3(p.x * 0.8, p.y * 0.8, around * 5.0), 3, self.seed ^ 9),
        );
        let brown = srgb(92, 58, 22);
        color = color.lerp(color.times(srgb(225, 205, 150)), edge * 0.5);
        color = color.lerp(brown, edge * worn * mix(0.15, 0.7, self.ripe));
        let age = smoothstep(0.45, 1.0, self.ripe);
        let (away, own) = noise::spots(p * 2.4, self.seed ^ 11);
        let spot_size = (0.06 + 0.24 * age * own * own) * (0.6 + 0.8 * grain);
        let fleck = smoothstep(spot_size, spot_size * 0.45, away) * smoothstep(0.1, 0.4, self.ripe);
        color = color.lerp(brown, fleck * mix(0.35, 0.85, age));
        let (away, own) = noise::spots(vec3(p.x * 0.7, p.y * 0.7, p.z * 1.4), self.seed ^ 13);
        let bruise = smoothstep(0.32, 0.05, away + 0.35 * (grain - 0.5)) * if own > 0.7 { age } else { 0.0 };
        color = color.lerp(brown * 1.3, bruise * 0.6);
        let tip = smoothstep(0.955, 0.975, along + 0.02 * (grain - 0.5));
        let cut = smoothstep(0.03, 0.012, along);
        let neck = smoothstep(0.16, 0.03, along) * 0.35;
        color = color.lerp(srgb(140, 120, 50), neck);
        color = color
            .lerp(srgb(30, 22, 14), tip * 0.95)
            .lerp(srgb(66, 48, 28), cut * 0.9);
        Look {
            creep: 0.15,
            ..Look::new(color, 0.42 + 0.25 * tip.max(fleck))
        }
    }
}

/// A peel of one colour: citrus with pores, tomato and pear.
#[derive(Debug, Clone)]
pub(super) struct PeelSkin {
    pub(super) color: Vec3,
    pub(super) other: Vec3,
    pub(super) rough: f32,
    /// Depth of the pores; 0 is smooth.
    pub(super) pores: f32,
    /// Brown specks, as on a pear.
    pub(super) specks: f32,
    pub(super) seed: u32,
}

impl PeelSkin {
    pub(super) fn look(&self, spot: Spot) -> Look {
        let p = spot.local;
        let cloud = noise::fractal(p * 0.5, 3, self.seed);
        let mut color = self.color.lerp(self.other, smoothstep(0.35, 0.7, cloud));
        if self.specks > 0.0 {
            let (away, own) = noise::spots(p * 3.2, self.seed ^ 3);
            let speck = smoothstep(0.2, 0.06, away * (0.6 + own)) * self.specks;
            color = color.lerp(srgb(110, 80, 40), speck * 0.6);
        }
        let mut bump = Vec3::ZERO;
        if self.pores > 0.0 {
            let height = |q: Vec3| smoothstep(0.4, 0.1, noise::spots(q * 6.0, self.seed ^ 1).0);
            let here = height(p);
            let e = 0.03;
            let slope = vec3(
                height(p + vec3(e, 0.0, 0.0)) - here,
                height(p + vec3(0.0, e, 0.0)) - here,
                height(p + vec3(0.0, 0.0, e)) - here,
            );
            bump = slope * self.pores;
            color = color * (1.0 - 0.12 * here);
        }
        Look {
            creep: 0.12,
            bump,
            ..Look::new(color, self.rough)
        }
    }
}
