//! Shapes of fruit, centimetres, y up, around the origin.

use super::{
    linear::{Turn, Vec3, mix, srgb, vec3},
    mesh::{Mesh, smooth_line},
    skin::{AppleSkin, BananaSkin, PeelSkin},
    surface::Surface,
};
use rand::{Rng, RngExt as _};
use std::f32::consts::{PI, TAU};

/// A mesh and what covers it.
pub(super) type Part = (Mesh, Surface);

/// An apple with a lobed body, hollows at both ends and a stem in the upper one.
pub(super) fn apple(rng: &mut impl Rng, detail: u32) -> Vec<Part> {
    let radius = rng.random_range(3.4..4.3_f32);
    let height = rng.random_range(0.84..0.96);
    let lobes = rng.random_range(0.008..0.035);
    let (phase, lean) = (rng.random_range(0.0..TAU), rng.random_range(0.0..TAU));
    let (top, wide) = (rng.random_range(0.28..0.4), rng.random_range(0.06..0.15));
    let body = Mesh::grid(detail * 2, detail, |u, v| {
        let (a, b) = (u * TAU, v * PI);
        let (s, c) = (b.sin().max(0.0), b.cos());
        let low = (1.0 - c) * 0.5;
        let lobe = 1.0 + lobes * (a * 5.0 + phase).cos() * (0.25 + 1.2 * low) + 0.025 * (a + lean).cos();
        let r = radius * s.powf(0.88) * (1.0 + wide * c) * lobe;
        let dip = |depth: f32, width: f32| depth * (-(s / width) * (s / width)).exp();
        let y = if c > 0.0 {
            height * c - dip(top, 0.36)
        } else {
            height * c + dip(0.2, 0.26) + lobes * 1.4 * (a * 5.0 + phase).cos() * dip(1.0, 0.5)
        };
        vec3(r * a.cos(), radius * y, r * a.sin())
    });
    let skin = AppleSkin::pick(rng, radius);
    let foot = radius * (height - top - 0.06);
    let (long, bend, turn) = (
        radius * rng.random_range(0.38..0.68),
        radius * rng.random_range(0.02..0.25),
        rng.random_range(0.0..TAU),
    );
    let stem = Mesh::grid(8, 8, |u, v| {
        let thick = radius * if v < 0.97 { mix(0.034, 0.06, v * v) } else { 0.0 };
        let (s, c) = (u * TAU).sin_cos();
        let off = bend * v * v;
        vec3(
            off * turn.cos() + thick * c,
            foot + long * v,
            off * turn.sin() + thick * s,
        )
    });
    let wood = Surface::Stem {
        color: srgb(104, 78, 44),
        seed: 5,
    };
    vec![(body, Surface::Apple(skin)), (stem, wood)]
}

/// The curve and the thickness of one banana.
struct BananaLine {
    points: Vec<(Vec3, f32)>,
    thick: f32,
    twist: f32,
    seed_angle: f32,
}

impl BananaLine {
    fn new(rng: &mut impl Rng, like: &BananaSize) -> Self {
        let steps = 40_u16;
        let long = like.long * rng.random_range(0.96..1.04);
        let bend = like.bend * rng.random_range(0.93..1.07);
        let step = long / f32::from(steps);
        let (mut points, mut at, mut heading) = (Vec::new(), Vec3::ZERO, 0.0_f32);
        for k in 0..=steps {
            let t = f32::from(k) / f32::from(steps);
            points.push((at, heading));
            // Most of the bend is behind the neck; the tip straightens.
            let bent = 0.6 + 1.1 * (-(t - 0.3) * (t - 0.3) / 0.05).exp() - 0.5 * t;
            heading -= bend * bent * 1.15 / f32::from(steps);
            at = at + vec3(heading.cos(), heading.sin(), 0.0) * step;
        }
        Self {
            points,
            thick: like.thick * rng.random_range(0.94..1.06),
            twist: rng.random_range(-0.3..0.3),
            seed_angle: rng.random_range(0.0..TAU),
        }
    }

    fn surface(&self, u: f32, v: f32) -> Vec3 {
        let t = v.clamp(0.0, 1.0);
        let at = t * (self.points.len() - 1) as f32;
        let index = crate::geom::cast::floor_index(at).min(self.points.len() - 2);
        let k = at - index as f32;
        let (from, to) = (self.points[index], self.points[index + 1]);
        let middle = from.0.lerp(to.0, k);
        let heading = mix(from.1, to.1, k);
        let corner = TAU / 5.0;
        let inside = ((u * TAU).rem_euclid(corner) - corner * 0.5).abs();
        // A pentagon's outline, mostly rounded off.
        let outline = 1.0 - 0.085 * (1.0 - (inside / (corner * 0.5)).powi(2));
        let r = self.thick * smooth_line(BANANA_OUTLINE, t)[0].max(0.0) * outline;
        let angle = u * TAU + self.seed_angle + self.twist * t;
        let across = vec3(-heading.sin(), heading.cos(), 0.0);
        middle + across * (r * angle.cos()) + vec3(0.0, 0.0, r * angle.sin())
    }
}

/// Thickness from stem to tip, at even steps, in parts of the thickest.
const BANANA_OUTLINE: &[[f32; 2]] = &[
    [0.0, 0.0],
    [0.35, 0.0],
    [0.33, 0.0],
    [0.38, 0.0],
    [0.55, 0.0],
    [0.77, 0.0],
    [0.9, 0.0],
    [0.97, 0.0],
    [1.0, 0.0],
    [1.0, 0.0],
    [1.0, 0.0],
    [1.0, 0.0],
    [0.99, 0.0],
    [0.98, 0.0],
    [0.96, 0.0],
    [0.93, 0.0],
    [0.87, 0.0],
    [0.77, 0.0],
    [0.62, 0.0],
    [0.43, 0.0],
    [0.3, 0.0],
    [0.25, 0.0],
    [0.0, 0.0],
];

struct BananaSize {
    long: f32,
    bend: f32,
    thick: f32,
}

impl BananaSize {
    fn pick(rng: &mut impl Rng) -> Self {
        Self {
            long: rng.random_range(17.0..22.0),
            bend: rng.random_range(1.05..1.75),
            thick: rng.random_range(1.65..1.95),
        }
    }
}

/// `count` bananas on one crown; 1 is a single banana with its own stem.
pub(super) fn bananas(rng: &mut impl Rng, count: u16, detail: u32) -> Vec<Part> {
    let size = BananaSize::pick(rng);
    let ripe = rng.random_range(0.08..1.0_f32);
    let mut parts = Vec::new();
    let half = f32::from(count - 1) * 0.5;
    for k in 0..count {
        let line = BananaLine::new(rng, &size);
        let place = f32::from(k) - half;
        let spread = rng.random_range(1.62..1.85);
        let swing = rng.random_range(-0.06..0.06) - 0.03 * place * place;
        let (turn, lift) = (Turn::about_z(swing), rng.random_range(-0.15..0.15));
        let mut mesh = Mesh::grid(detail, detail * 3 / 2, |u, v| {
            let p = line.surface(u, v);
            // Stems stand close on the crown, bodies side by side.
            let t = (p.length() / size.long).min(1.0);
            let aside = place * size.thick * mix(0.5, spread, (t * 3.2).min(1.0));
            turn.apply(p) + vec3(0.0, lift * t, aside)
        });
        for vertex in &mut mesh.vertices {
            vertex.local = vertex.place + vec3(0.0, 0.0, f32::from(k) * 3.0);
        }
        let shade = (ripe + rng.random_range(-0.08..0.08)).clamp(0.02, 1.0);
        parts.push((mesh, Surface::Banana(BananaSkin::pick(rng, shade))));
    }
    if count > 1 {
        let wide = (f32::from(count) * 0.5) * size.thick * 0.5 + 0.15;
        let crown = Mesh::grid(16, 10, |u, v| {
            let (a, b) = (u * TAU, v * PI);
            let (x, y, z) = (b.sin() * a.cos(), b.cos(), b.sin() * a.sin());
            vec3(
                x.signum() * x.abs().powf(0.7) * 1.25 + 0.25,
                y * 0.66,
                z.signum() * z.abs().powf(0.8) * wide,
            )
        });
        let wood = Surface::Stem {
            color: srgb(150, 142, 60).lerp(srgb(110, 88, 42), ripe),
            seed: 9,
        };
        parts.push((crown, wood));
    }
    let centre = vec3(size.long * -0.45, 3.0, 0.0);
    parts
        .into_iter()
        .map(|(mesh, surface)| (mesh.shifted(centre), surface))
        .collect()
}

/// Outlines of round fruit, (radius, height) from the top down.
const LEMON: &[[f32; 2]] = &[
    [0.0, 4.5],
    [0.5, 4.45],
    [0.85, 4.0],
    [2.0, 3.0],
    [2.75, 1.2],
    [2.85, 0.0],
    [2.75, -1.2],
    [2.0, -3.0],
    [0.8, -3.9],
    [0.4, -4.1],
    [0.0, -4.15],
];
const TOMATO: &[[f32; 2]] = &[
    [0.0, 2.2],
    [0.6, 2.3],
    [1.6, 2.65],
    [2.8, 2.2],
    [3.5, 0.9],
    [3.6, -0.3],
    [3.1, -1.7],
    [1.9, -2.6],
    [0.8, -2.75],
    [0.0, -2.7],
];
const PEAR: &[[f32; 2]] = &[
    [0.0, 5.6],
    [0.7, 5.55],
    [1.3, 4.9],
    [1.7, 3.6],
    [2.2, 2.0],
    [3.0, 0.4],
    [3.5, -1.2],
    [3.3, -2.8],
    [2.3, -4.0],
    [1.0, -4.3],
    [0.3, -4.1],
    [0.0, -4.0],
];
const ORANGE: &[[f32; 2]] = &[
    [0.0, 3.5],
    [0.35, 3.45],
    [1.0, 3.48],
    [2.3, 2.8],
    [3.4, 1.3],
    [3.65, 0.0],
    [3.4, -1.4],
    [2.4, -2.75],
    [1.1, -3.4],
    [0.3, -3.42],
    [0.0, -3.4],
];

/// Fruit that is none of the three products.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RoundFruit {
    Orange,
    Lemon,
    Tomato,
    Pear,
}

impl RoundFruit {
    fn outline(self) -> &'static [[f32; 2]] {
        match self {
            Self::Orange => ORANGE,
            Self::Lemon => LEMON,
            Self::Tomato => TOMATO,
            Self::Pear => PEAR,
        }
    }

    fn skin(self, seed: u32) -> PeelSkin {
        let skin = |color, other, rough, pores, specks| PeelSkin {
            color,
            other,
            rough,
            pores,
            specks,
            seed,
        };
        match self {
            Self::Orange => skin(srgb(236, 128, 12), srgb(230, 112, 10), 0.34, 0.4, 0.0),
            Self::Lemon => skin(srgb(238, 206, 40), srgb(224, 190, 36), 0.36, 0.3, 0.0),
            Self::Tomato => skin(srgb(196, 30, 16), srgb(204, 58, 22), 0.14, 0.0, 0.0),
            Self::Pear => skin(srgb(176, 176, 60), srgb(196, 170, 70), 0.42, 0.0, 0.8),
        }
    }
}

/// A round fruit with the rest of its stem.
pub(super) fn round_fruit(rng: &mut impl Rng, kind: RoundFruit, detail: u32) -> Vec<Part> {
    let scale = rng.random_range(0.88..1.12_f32);
    let profile: Vec<[f32; 2]> = kind
        .outline()
        .iter()
        .map(|p| [p[0] * scale, p[1] * scale])
        .collect();
    let body = Mesh::lathe(detail * 2, detail, &profile);
    let top = profile.first().map_or(0.0, |p| p[1]);
    let bright = rng.random_range(0.9..1.1);
    let mut skin = kind.skin(rng.random_range(0..u32::MAX));
    skin.color = skin.color * bright;
    let stem = Mesh::lathe(
        8,
        4,
        &[
            [0.0, top + 0.35],
            [0.22, top + 0.3],
            [0.28, top],
            [0.3, top - 0.3],
        ],
    );
    let color = if kind == RoundFruit::Pear {
        srgb(90, 66, 36)
    } else {
        srgb(76, 104, 40)
    };
    let green = Surface::Stem { color, seed: 2 };
    let mut parts = vec![(body, Surface::Peel(skin)), (stem, green.clone())];
    if kind == RoundFruit::Tomato {
        parts.push((calyx(top), green));
    }
    parts
}

/// The green star on a tomato.
fn calyx(top: f32) -> Mesh {
    let mut mesh = Mesh::default();
    for leaf in 0..5_u8 {
        let a = f32::from(leaf) * TAU / 5.0;
        let at = |angle: f32, r: f32, y: f32| vec3(r * angle.cos(), top + y, r * angle.sin());
        mesh.add_triangle(
            [at(a - 0.5, 0.45, 0.2), at(a, 1.0, 0.55), at(a + 0.5, 0.45, 0.2)],
            [0.0, 0.0],
        );
        mesh.add_triangle(
            [at(a - 0.22, 1.0, 0.52), at(a, 2.1, 0.62), at(a + 0.22, 1.0, 0.52)],
            [0.0, 0.0],
        );
    }
    mesh
}
