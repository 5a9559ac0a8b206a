//! What items lie on: trays and the counter around them.

use super::{
    linear::{Turn, Vec3, smoothstep, srgb, vec3},
    mesh::Mesh,
    noise,
    surface::{Look, Spot},
};
use rand::{Rng, RngExt as _};

/// What a tray or a counter is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Material {
    /// Brushed steel.
    Steel,
    /// Matt grey plastic.
    Plastic,
    /// Boards of wood.
    Wood,
    /// White laminate.
    White,
    /// A dark rubber mat.
    Rubber,
    /// Speckled stone.
    Stone,
}

/// Every material.
pub(super) const MATERIALS: [Material; 6] = [
    Material::Steel,
    Material::Plastic,
    Material::Wood,
    Material::White,
    Material::Rubber,
    Material::Stone,
];

/// A material with its own tint and grain.
#[derive(Debug, Clone)]
pub(super) struct Ground {
    material: Material,
    tint: Vec3,
    seed: u32,
    turn: Turn,
}

impl Ground {
    pub(super) fn pick(rng: &mut impl Rng, material: Material) -> Self {
        let shade = rng.random_range(0.8..1.15);
        let tint = match material {
            Material::Steel => srgb(168, 171, 174),
            Material::Plastic => [
                srgb(120, 124, 128),
                srgb(164, 166, 168),
                srgb(60, 84, 120),
                srgb(72, 76, 80),
            ][rng.random_range(0..4_usize)],
            Material::Wood => {
                [srgb(188, 146, 98), srgb(150, 104, 64), srgb(206, 176, 132)][rng.random_range(0..3_usize)]
            }
            Material::White => srgb(226, 226, 222),
            Material::Rubber => srgb(46, 48, 52),
            Material::Stone => srgb(150, 146, 140),
        };
        Self {
            material,
            tint: tint * shade,
            seed: rng.random_range(0..u32::MAX),
            turn: Turn::about_y(if rng.random_bool(0.5) {
                0.0
            } else {
                std::f32::consts::FRAC_PI_2
            }),
        }
    }

    /// The colour seen from far away, for light thrown back at items.
    pub(super) const fn tint(&self) -> Vec3 {
        self.tint
    }

    pub(super) fn look(&self, spot: Spot) -> Look {
        let p = self.turn.apply(spot.local);
        let cloud = noise::fractal(p * 0.12, 3, self.seed);
        let dirt = smoothstep(0.62, 0.8, noise::fractal(p * 0.5, 4, self.seed ^ 4)) * 0.05;
        let base = self.tint * (0.94 + 0.12 * cloud - dirt);
        match self.material {
            Material::Steel => {
                let brush = noise::fractal(vec3(p.x * 0.5, p.y, p.z * 22.0), 3, self.seed);
                let scratch = smoothstep(
                    0.72,
                    0.8,
                    noise::value(vec3(p.x * 0.25, p.y, p.z * 9.0), self.seed ^ 8),
                );
                Look {
                    mirror: 0.42,
                    bump: vec3(0.0, 0.0, (brush - 0.5) * 0.05),
                    ..Look::new(base * (0.5 + 0.2 * brush + 0.08 * scratch), 0.46)
                }
            }
            Material::Plastic => {
                let grain = noise::value(p * 9.0, self.seed);
                Look {
                    bump: vec3(grain - 0.5, 0.0, 0.5 - grain) * 0.08,
                    ..Look::new(base * (0.97 + 0.06 * grain), 0.5)
                }
            }
            Material::Wood => {
                let board = (p.z / 9.0).floor();
                let own = noise::value(vec3(board * 3.7, 1.0, 1.0), self.seed);
                let warp = noise::fractal(vec3(p.x * 0.06, board, p.z * 0.3), 3, self.seed ^ 2);
                let rings = ((p.z * 0.9 + warp * 16.0 + own * 30.0) * 1.6).sin() * 0.5 + 0.5;
                let pores = noise::fractal(vec3(p.x * 0.8, board, p.z * 14.0), 3, self.seed ^ 6);
                let gap = smoothstep(0.018, 0.006, (p.z / 9.0 - board).min(1.0 + board - p.z / 9.0));
                let tone = 0.7 + 0.2 * rings + 0.22 * pores + 0.16 * (own - 0.5);
                Look::new(base * (tone * (1.0 - 0.75 * gap)), 0.45)
            }
            Material::White => Look::new(base, 0.3),
            Material::Rubber => {
                let ribs = ((p.z * 4.2).sin() * 0.5 + 0.5) * 0.35;
                let grain = noise::value(p * 12.0, self.seed);
                Look {
                    bump: vec3(0.0, 0.0, (p.z * 4.2).cos() * 0.12),
                    ..Look::new(base * (0.75 + ribs + 0.15 * grain), 0.7)
                }
            }
            Material::Stone => {
                let (away, own) = noise::spots(p * 3.0, self.seed ^ 9);
                let fleck = smoothstep(0.42, 0.25, away) * (own - 0.45);
                Look::new(base * (1.0 + 0.7 * fleck), 0.25)
            }
        }
    }
}

/// A flat square of the given half size at height `y`.
pub(super) fn plane(half: f32, y: f32) -> Mesh {
    let mut mesh = Mesh::default();
    // Small squares: a corner behind the camera would bend a large one.
    let steps = 24_i16;
    let step = half * 2.0 / f32::from(steps);
    for row in 0..steps {
        for column in 0..steps {
            let (x, z) = (f32::from(column) * step - half, f32::from(row) * step - half);
            mesh.add_quad(
                [
                    vec3(x, y, z + step),
                    vec3(x + step, y, z + step),
                    vec3(x + step, y, z),
                    vec3(x, y, z),
                ],
                [[0.0, 0.0], [1.0, 1.0]],
            );
        }
    }
    mesh
}

/// A tray around the origin with its floor at height 0: round corners and a raised, rolled rim.
pub(super) fn tray(half: [f32; 2], rim: f32, detail: u32) -> Mesh {
    let corner = 3.0_f32;
    let profile = [
        [0.0, 0.0],
        [0.6, 0.04],
        [1.1, 0.3],
        [1.5, rim * 0.6],
        [1.9, rim],
        [2.3, rim * 1.08],
        [2.8, rim * 1.02],
        [3.1, rim * 0.75],
        [3.1, rim * 0.75],
        [2.6, -0.3],
    ];
    let outline = |u: f32, out: f32| {
        let angle = u * std::f32::consts::TAU;
        let (s, c) = angle.sin_cos();
        // A rounded rectangle as a ball of radius `corner` pushed to the four corners.
        let push = |value: f32, reach: f32| {
            let soft = (value * 40.0).clamp(-1.0, 1.0);
            soft * (reach - corner) + value * (corner + out)
        };
        vec3(push(c, half[0]), 0.0, push(s, half[1]))
    };
    let columns = (detail * 2).max(64);
    let mut mesh = Mesh::grid(columns, (detail / 3).max(8), |u, v| {
        let [out, y] = super::mesh::smooth_line(&profile, v);
        outline(u, out) + Vec3::UP * y
    });
    let floor = Mesh::grid(columns, 2, |u, v| outline(u, 0.0) * v);
    let base = crate::geom::cast::saturating_u32(mesh.vertices.len());
    mesh.vertices
        .extend(floor.vertices.iter().map(|v| super::mesh::Vertex {
            normal: Vec3::UP,
            ..*v
        }));
    mesh.triangles
        .extend(floor.triangles.iter().map(|t| t.map(|c| c + base)));
    // The rim's inside slopes up to the middle, so "outwards" is not a safe guess there: face the sky.
    for vertex in &mut mesh.vertices {
        if vertex.normal.y < -0.05 {
            vertex.normal = -vertex.normal;
        }
    }
    mesh
}
