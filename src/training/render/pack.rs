//! Shapes of packages: milk cartons with a gable or as a brick, boxes, bottles and cans.

use super::{
    fruit::Part,
    linear::{Turn, Vec3, srgb, vec3},
    mesh::Mesh,
    print::{FIN, Print, ROOF_BACK, ROOF_FRONT, ROOF_SIDE},
    surface::Surface,
};
use rand::{Rng, RngExt as _};

/// A milk carton with a gable roof, a fin on top and a screw cap on the front slope.
pub(super) fn gable_carton(rng: &mut impl Rng) -> Vec<Part> {
    let half = rng.random_range(3.4..3.75_f32);
    let body = rng.random_range(15.0..19.5_f32);
    let print = Print::milk(rng, [half * 2.0, body]);
    let base = -0.5 * (body + 5.0);
    let walls =
        Mesh::rounded_box(vec3(half, body * 0.5, half), 0.18, 0.12).shifted(Vec3::UP * (base + body * 0.5));
    let (foot, ridge) = (base + body - 0.06, base + body + half * 0.92);
    let h = half - 0.03;
    let mut roof = Mesh::default();
    let slope = |sign: f32| {
        [
            vec3(-h * sign, foot, h * sign),
            vec3(h * sign, foot, h * sign),
            vec3(h * sign, ridge, 0.06 * sign),
            vec3(-h * sign, ridge, 0.06 * sign),
        ]
    };
    roof.add_quad(slope(1.0), [[ROOF_FRONT, 0.0], [ROOF_FRONT + 1.0, 1.0]]);
    roof.add_quad(slope(-1.0), [[ROOF_BACK, 0.0], [ROOF_BACK + 1.0, 1.0]]);
    for sign in [1.0, -1.0] {
        // The sides are folded inwards between the two slopes.
        let (a, b) = (vec3(h * sign, foot, h * sign), vec3(h * sign, foot, -h * sign));
        let (tip, fold) = (
            vec3(h * sign, ridge, 0.0),
            vec3(h * 0.36 * sign, ridge - 0.35, 0.0),
        );
        for corners in [[a, b, fold], [a, fold, tip], [b, tip, fold]] {
            roof.add_triangle(corners, [ROOF_SIDE + 0.5, 0.5]);
        }
    }
    let fin_high = rng.random_range(1.3..1.7);
    for sign in [1.0, -1.0] {
        let z = 0.08 * sign;
        roof.add_quad(
            [
                vec3(-h * sign, ridge - 0.1, z),
                vec3(h * sign, ridge - 0.1, z),
                vec3(h * sign, ridge + fin_high, z * 0.6),
                vec3(-h * sign, ridge + fin_high, z * 0.6),
            ],
            [[FIN, 0.0], [FIN + 1.0, 1.0]],
        );
    }
    roof.add_quad(
        [
            vec3(-h, ridge + fin_high, 0.05),
            vec3(h, ridge + fin_high, 0.05),
            vec3(h, ridge + fin_high, -0.05),
            vec3(-h, ridge + fin_high, -0.05),
        ],
        [[FIN, 0.9], [FIN + 1.0, 1.0]],
    );
    let surface = Surface::Print(print);
    let mut parts = vec![(walls, surface.clone()), (roof, surface)];
    if rng.random_bool(0.85) {
        let slope = (ridge - foot).atan2(h);
        let middle = vec3(0.0, (foot + ridge) * 0.5 + 0.12, h * 0.5 + 0.05);
        let turn = Turn::about_x(std::f32::consts::FRAC_PI_2 - slope);
        parts.push(cap(rng, 1.55, 1.25, turn, middle));
    }
    parts
}

/// A milk carton with a flat top and a cap near its front edge.
pub(super) fn brick_carton(rng: &mut impl Rng) -> Vec<Part> {
    let half = vec3(
        rng.random_range(3.5..4.6),
        rng.random_range(8.4..10.2),
        rng.random_range(2.9..3.6),
    );
    let print = Print::milk(rng, [half.x * 2.0, half.y * 2.0]);
    let body = Mesh::rounded_box(half, 0.22, 0.16);
    let mut seam = Mesh::default();
    let y = half.y + 0.1;
    seam.add_quad(
        [
            vec3(-half.x, y, -0.2),
            vec3(half.x, y, -0.2),
            vec3(half.x, y + 0.12, -1.0),
            vec3(-half.x, y + 0.12, -1.0),
        ],
        [[FIN, 0.0], [FIN + 1.0, 1.0]],
    );
    let surface = Surface::Print(print);
    let place = vec3(half.x * rng.random_range(-0.4..0.4), half.y, half.z * 0.42);
    let lid = cap(rng, 1.3, 1.0, Turn::about_y(0.0), place);
    vec![(body, surface.clone()), (seam, surface), lid]
}

/// A ribbed screw cap that stands on `foot`.
fn cap(rng: &mut impl Rng, radius: f32, high: f32, turn: Turn, foot: Vec3) -> Part {
    let profile = [
        [radius * 1.16, 0.0],
        [radius * 1.16, 0.0],
        [radius * 1.16, 0.12],
        [radius, 0.2],
        [radius, 0.2],
        [radius, high - 0.12],
        [radius * 0.94, high],
        [radius * 0.6, high + 0.02],
        [0.0, high + 0.02],
    ];
    let mesh = Mesh::lathe(40, 24, &profile);
    let white = srgb(244, 244, 242);
    let colors = [
        white,
        white,
        white,
        white,
        white,
        srgb(200, 40, 36),
        srgb(36, 84, 168),
        srgb(20, 120, 60),
    ];
    let color = colors[rng.random_range(0..colors.len())];
    (mesh.moved(turn, foot), Surface::plain(color * 0.86, 0.34))
}

/// A printed box, of tea or oats.
pub(super) fn plain_box(rng: &mut impl Rng) -> Vec<Part> {
    let half = vec3(
        rng.random_range(3.0..7.0),
        rng.random_range(3.5..9.0),
        rng.random_range(1.6..3.6),
    );
    let print = Print::other(rng, [half.x * 2.0, half.y * 2.0]);
    vec![(Mesh::rounded_box(half, 0.12, 0.05), Surface::Print(print))]
}

/// A bottle with a shoulder, a cap and a label.
pub(super) fn bottle(rng: &mut impl Rng) -> Vec<Part> {
    let r = rng.random_range(2.9..4.2_f32);
    let high = rng.random_range(16.0..24.0_f32);
    let low = high * -0.5;
    let at = |part: f32| low + high * part;
    let body = Mesh::lathe(
        48,
        40,
        &[
            [0.0, low],
            [r * 0.9, low],
            [r, low + 0.5],
            [r, at(0.2)],
            [r, at(0.4)],
            [r, at(0.58)],
            [r * 0.9, at(0.68)],
            [r * 0.55, at(0.78)],
            [r * 0.36, at(0.86)],
            [r * 0.34, at(0.93)],
            [r * 0.34, at(0.94)],
            [0.0, at(0.94)],
        ],
    );
    let colors = [
        srgb(30, 74, 36),
        srgb(110, 60, 20),
        srgb(150, 180, 190),
        srgb(190, 60, 30),
        srgb(40, 80, 130),
    ];
    let color = colors[rng.random_range(0..colors.len())];
    let label = Mesh::lathe(
        48,
        6,
        &[
            [r * 1.01, at(0.18)],
            [r * 1.01, at(0.3)],
            [r * 1.01, at(0.42)],
            [r * 1.01, at(0.55)],
        ],
    );
    let mut label = label;
    for vertex in &mut label.vertices {
        vertex.uv = wrapped(vertex.uv);
    }
    let top = Mesh::lathe(
        24,
        10,
        &[
            [r * 0.42, at(0.9)],
            [r * 0.42, at(0.9)],
            [r * 0.42, at(0.99)],
            [r * 0.38, at(1.0)],
            [0.0, at(1.0)],
        ],
    );
    vec![
        (
            body,
            Surface::Plain {
                color,
                rough: 0.08,
                mirror: 0.06,
            },
        ),
        (label, Surface::Print(Print::other(rng, [r * 3.1, high * 0.37]))),
        (
            top,
            Surface::plain(colors[rng.random_range(0..colors.len())], 0.4),
        ),
    ]
}

/// A can with metal ends and a printed side.
pub(super) fn can(rng: &mut impl Rng) -> Vec<Part> {
    let (r, half) = (rng.random_range(3.1..4.0_f32), rng.random_range(4.0..6.2_f32));
    let side = {
        let mut mesh = Mesh::lathe(
            48,
            6,
            &[
                [r, 0.2 - half],
                [r, -half * 0.3],
                [r, half * 0.3],
                [r, half - 0.2],
            ],
        );
        for vertex in &mut mesh.vertices {
            vertex.uv = wrapped(vertex.uv);
        }
        mesh
    };
    let end = |sign: f32| {
        let points = [
            [r, half - 0.25],
            [r * 1.02, half],
            [r * 0.96, half],
            [r * 0.93, half - 0.35],
            [r * 0.5, half - 0.32],
            [0.0, half - 0.32],
        ];
        Mesh::lathe(48, 12, &points.map(|[radius, y]| [radius, y * sign]))
    };
    let metal = Surface::Plain {
        color: Vec3::splat(0.12),
        rough: 0.22,
        mirror: 0.65,
    };
    vec![
        (side, Surface::Print(Print::other(rng, [r * 3.1, half * 2.0]))),
        (end(1.0), metal.clone()),
        (end(-1.0), metal),
    ]
}

/// A label goes round twice; the lathe runs against the reading direction.
fn wrapped([u, v]: [f32; 2]) -> [f32; 2] {
    // Within one face of the print: 2 would be the next face.
    [((1.0 - u) * 1.999).min(1.999), v]
}
