//! Which triangle is seen at each pixel, and what the light sees: two z-buffers over the same triangles.
//!
//! Rows of the camera's buffer run downwards. The camera's depth is 1/distance, so larger is nearer, and
//! interpolation across a triangle is exact in perspective.

use super::{
    linear::{Vec3, vec3},
    mesh::{Mesh, Vertex},
    surface::Surface,
};
use crate::geom::cast::{floor_index, saturating_u32};

/// One triangle of a stage.
#[derive(Debug, Clone, Copy)]
pub(super) struct Triangle {
    pub(super) corners: [u32; 3],
    pub(super) surface: u16,
    /// 0 is the surroundings; items count from 1.
    pub(super) item: u16,
    /// Whether it can shade anything; an endless floor cannot.
    casts: bool,
}

/// Everything that stands before the camera.
#[derive(Debug, Default)]
pub(super) struct Stage {
    pub(super) vertices: Vec<Vertex>,
    pub(super) triangles: Vec<Triangle>,
    pub(super) surfaces: Vec<Surface>,
}

impl Stage {
    /// Adds a mesh as part of `item`.
    pub(super) fn add(&mut self, mesh: &Mesh, surface: Surface, item: u16) {
        self.extend(mesh, surface, item, true);
    }

    /// Adds a floor: it is seen and takes shadows, but casts none.
    pub(super) fn add_floor(&mut self, mesh: &Mesh, surface: Surface) {
        self.extend(mesh, surface, 0, false);
    }

    fn extend(&mut self, mesh: &Mesh, surface: Surface, item: u16, casts: bool) {
        let base = saturating_u32(self.vertices.len());
        let number = u16::try_from(self.surfaces.len()).unwrap_or(u16::MAX);
        self.surfaces.push(surface);
        self.vertices.extend_from_slice(&mesh.vertices);
        self.triangles
            .extend(mesh.triangles.iter().map(|corners| Triangle {
                corners: corners.map(|corner| corner + base),
                surface: number,
                item,
                casts,
            }));
    }
}

/// A pinhole camera.
#[derive(Debug, Clone, Copy)]
pub(super) struct Camera {
    pub(super) eye: Vec3,
    right: Vec3,
    up: Vec3,
    forward: Vec3,
    /// Pixels a unit of slope covers.
    focal: f32,
    middle: [f32; 2],
}

impl Camera {
    /// Looks from `eye` to `target`; `view` is the tangent of half the vertical angle of view.
    pub(super) fn new(eye: Vec3, target: Vec3, view: f32, size: (u32, u32)) -> Self {
        let forward = (target - eye).normalized();
        let helper = if forward.y.abs() > 0.999 {
            vec3(0.0, 0.0, -1.0)
        } else {
            Vec3::UP
        };
        let right = forward.cross(helper).normalized();
        Self {
            eye,
            right,
            up: right.cross(forward),
            forward,
            focal: size.1 as f32 * 0.5 / view,
            middle: [size.0 as f32 * 0.5, size.1 as f32 * 0.5],
        }
    }

    /// Moves the picture by a part of a pixel.
    pub(super) fn shifted(mut self, by: [f32; 2]) -> Self {
        self.middle[0] += by[0];
        self.middle[1] += by[1];
        self
    }

    /// The same view from `by` higher up.
    pub(super) fn lifted(mut self, by: f32) -> Self {
        self.eye.y += by;
        self
    }

    /// A step along the picture: to the right and downwards.
    pub(super) fn across(&self, [right, down]: [f32; 2]) -> Vec3 {
        self.right * right - self.up * down
    }

    /// Column, row, 1/distance; distances below one centimetre are held there.
    pub(super) fn project(&self, p: Vec3) -> [f32; 3] {
        let away = p - self.eye;
        let near = 1.0 / away.dot(self.forward).max(1.0);
        [
            self.middle[0] + away.dot(self.right) * near * self.focal,
            self.middle[1] - away.dot(self.up) * near * self.focal,
            near,
        ]
    }
}

/// What is seen at a pixel: a triangle and the weights of its corners on the screen.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) triangle: u32,
    pub(super) weights: [f32; 3],
    depth: f32,
}

/// Marks a pixel where nothing is seen.
pub(super) const NOTHING: u32 = u32::MAX;

/// For each pixel the nearest triangle. `only` leaves out everything but one item.
pub(super) fn look(stage: &Stage, camera: &Camera, size: (u32, u32), only: Option<u16>) -> Vec<Seen> {
    let (width, height) = (size.0 as usize, size.1 as usize);
    let empty = Seen {
        triangle: NOTHING,
        weights: [0.0; 3],
        depth: 0.0,
    };
    let mut buffer = vec![empty; width * height];
    let screen: Vec<[f32; 3]> = stage.vertices.iter().map(|v| camera.project(v.place)).collect();
    for (number, triangle) in stage.triangles.iter().enumerate() {
        if only.is_some_and(|item| item != triangle.item) {
            continue;
        }
        let corners = triangle.corners.map(|c| screen[c as usize]);
        fill(corners, (width, height), |index, weights| {
            let depth = weights[0] * corners[0][2] + weights[1] * corners[1][2] + weights[2] * corners[2][2];
            let pixel = &mut buffer[index];
            if depth > pixel.depth {
                let correct = [0, 1, 2].map(|k| weights[k] * corners[k][2] / depth);
                *pixel = Seen {
                    triangle: saturating_u32(number),
                    weights: correct,
                    depth,
                };
            }
        });
    }
    buffer
}

/// Calls `plot(index, weights)` for every pixel whose middle lies in the triangle.
fn fill([a, b, c]: [[f32; 3]; 3], (width, height): (usize, usize), mut plot: impl FnMut(usize, [f32; 3])) {
    let area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    if area.abs() < 1e-9 {
        return;
    }
    let span = |k: usize, limit: usize| {
        let low = a[k].min(b[k]).min(c[k]);
        let high = a[k].max(b[k]).max(c[k]);
        (
            floor_index(low + 0.5),
            floor_index((high + 0.5).max(0.0)).min(limit),
        )
    };
    let ((x0, x1), (y0, y1)) = (span(0, width), span(1, height));
    if x0 >= x1 || y0 >= y1 {
        return;
    }
    // Weights are linear over the picture: a start and two slopes each.
    let inverse = 1.0 / area;
    let (step1, step2) = ((c[1] - a[1]) * inverse, (a[1] - b[1]) * inverse);
    for y in y0..y1 {
        let (px, py) = (x0 as f32 + 0.5 - a[0], y as f32 + 0.5 - a[1]);
        let mut w1 = px * step1 - py * (c[0] - a[0]) * inverse;
        let mut w2 = py * (b[0] - a[0]) * inverse + px * step2;
        for index in y * width + x0..y * width + x1 {
            let w0 = 1.0 - w1 - w2;
            if w0 >= 0.0 && w1 >= 0.0 && w2 >= 0.0 {
                plot(index, [w0, w1, w2]);
            }
            w1 += step1;
            w2 += step2;
        }
    }
}

/// How far the first surface is, seen along the rays of one far light.
#[derive(Debug)]
pub(super) struct ShadowMap {
    axes: [Vec3; 3],
    middle: Vec3,
    scale: f32,
    side: usize,
    depth: Vec<f32>,
}

impl ShadowMap {
    /// The map of the light that shines from `towards`, over a ball of `radius` around `middle`.
    pub(super) fn new(stage: &Stage, towards: Vec3, (middle, radius): (Vec3, f32), side: usize) -> Self {
        let (u, v) = towards.basis();
        let mut map = Self {
            axes: [u, v, towards],
            middle,
            scale: side as f32 * 0.5 / radius,
            side,
            depth: vec![f32::NEG_INFINITY; side * side],
        };
        let seen: Vec<[f32; 3]> = stage
            .vertices
            .iter()
            .map(|vertex| map.project(vertex.place))
            .collect();
        let mut depth = std::mem::take(&mut map.depth);
        for triangle in stage.triangles.iter().filter(|t| t.casts) {
            let corners = triangle.corners.map(|c| seen[c as usize]);
            fill(corners, (side, side), |index, w| {
                let here = w[0] * corners[0][2] + w[1] * corners[1][2] + w[2] * corners[2][2];
                depth[index] = depth[index].max(here);
            });
        }
        map.depth = depth;
        map
    }

    fn project(&self, p: Vec3) -> [f32; 3] {
        let away = p - self.middle;
        let half = self.side as f32 * 0.5;
        [
            half + away.dot(self.axes[0]) * self.scale,
            half + away.dot(self.axes[1]) * self.scale,
            away.dot(self.axes[2]),
        ]
    }

    /// How much of the light reaches `p`, 0 to 1; outside of the map all of it does.
    pub(super) fn light_at(&self, p: Vec3, normal: Vec3) -> f32 {
        // Lifted off its own surface by more than a texel of the map, or it would shade itself.
        let texel = 1.0 / self.scale;
        let [x, y, depth] = self.project(p + normal * (texel * 1.2));
        let (x, y) = (x - 0.5, y - 0.5);
        let limit = self.side as f32 - 1.0;
        if !(x >= 0.0 && y >= 0.0 && x < limit && y < limit) {
            return 1.0;
        }
        let (column, row) = (floor_index(x), floor_index(y));
        let (tx, ty) = (x - column as f32, y - row as f32);
        let limit = depth + texel * 0.5;
        let base = row * self.side + column;
        let open = |index: usize| if self.depth[index] > limit { 0.0 } else { 1.0 };
        let upper = open(base) * (1.0 - tx) + open(base + 1) * tx;
        let lower = open(base + self.side) * (1.0 - tx) + open(base + self.side + 1) * tx;
        upper * (1.0 - ty) + lower * ty
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_before_the_camera_covers_its_pixels_and_hides_what_is_behind() {
        let mut stage = Stage::default();
        let square = |z: f32, half: f32| {
            let mut mesh = Mesh::default();
            mesh.add_quad(
                [
                    vec3(-half, -half, z),
                    vec3(half, -half, z),
                    vec3(half, half, z),
                    vec3(-half, half, z),
                ],
                [[0.0, 0.0], [1.0, 1.0]],
            );
            mesh
        };
        stage.add(&square(0.0, 4.0), Surface::plain(Vec3::splat(0.5), 0.5), 1);
        stage.add(&square(5.0, 2.0), Surface::plain(Vec3::splat(0.5), 0.5), 2);
        let camera = Camera::new(vec3(0.0, 0.0, 10.0), Vec3::ZERO, 1.0, (40, 40));
        // Item 1: half 4 at distance 10, 20 pixels a unit of slope: 16 by 16 pixels. Item 2: 2/5*20*2 = 16.
        let count = |only| {
            look(&stage, &camera, (40, 40), only)
                .iter()
                .filter(|s| s.triangle != NOTHING)
                .count()
        };
        assert_eq!(count(Some(1)), 256);
        assert_eq!(count(Some(2)), 256);
        let seen = look(&stage, &camera, (40, 40), None);
        assert!(
            seen.iter()
                .filter(|s| s.triangle != NOTHING)
                .all(|s| s.triangle >= 2),
            "the near one hides the far one"
        );
    }

    #[test]
    fn a_lid_shades_the_floor_under_it_only() {
        let mut stage = Stage::default();
        let mut lid = Mesh::default();
        lid.add_quad(
            [
                vec3(-2.0, 3.0, -2.0),
                vec3(2.0, 3.0, -2.0),
                vec3(2.0, 3.0, 2.0),
                vec3(-2.0, 3.0, 2.0),
            ],
            [[0.0, 0.0], [1.0, 1.0]],
        );
        stage.add(&lid, Surface::plain(Vec3::splat(0.5), 0.5), 1);
        let map = ShadowMap::new(&stage, Vec3::UP, (Vec3::ZERO, 8.0), 64);
        assert!(map.light_at(vec3(0.0, 0.0, 0.0), Vec3::UP) < 0.01);
        assert!(map.light_at(vec3(4.0, 0.0, 0.0), Vec3::UP) > 0.99);
        assert!(
            map.light_at(vec3(0.0, 3.0, 0.0), Vec3::UP) > 0.99,
            "the lid does not shade itself"
        );
    }
}
