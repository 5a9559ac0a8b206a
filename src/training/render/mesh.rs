//! Triangle meshes made of formulas: grids over a surface, tubes along a line, boxes with round edges.
//!
//! Lengths are centimetres, y points up. A vertex keeps the place it had in its own item (`local`), so
//! that a texture sticks to the item however it lies.

use super::linear::{Turn, Vec3, mix, vec3};
use crate::geom::cast::saturating_u32;

/// One corner of triangles.
#[derive(Debug, Clone, Copy)]
pub(super) struct Vertex {
    pub(super) place: Vec3,
    pub(super) normal: Vec3,
    pub(super) local: Vec3,
    pub(super) uv: [f32; 2],
}

/// Triangles over shared vertices.
#[derive(Debug, Clone, Default)]
pub(super) struct Mesh {
    pub(super) vertices: Vec<Vertex>,
    pub(super) triangles: Vec<[u32; 3]>,
}

impl Mesh {
    /// A grid of `columns` by `rows` cells over `surface(u, v)`, both 0 to 1; normals by differences,
    /// pointing outwards of the closed shape.
    pub(super) fn grid(columns: u32, rows: u32, surface: impl Fn(f32, f32) -> Vec3) -> Self {
        let mut mesh = Self::default();
        for row in 0..=rows {
            for column in 0..=columns {
                let (u, v) = (column as f32 / columns as f32, row as f32 / rows as f32);
                let place = surface(u, v);
                // At a pole the surface has no direction; a step inside it does.
                let (du, dv) = (2e-3, 2e-3);
                let inner = v.clamp(3e-3, 1.0 - 3e-3);
                let along_u = surface(u + du, inner) - surface(u - du, inner);
                let along_v = surface(u, inner + dv) - surface(u, inner - dv);
                let normal = along_u.cross(along_v).normalized();
                mesh.vertices.push(Vertex {
                    place,
                    normal,
                    local: place,
                    uv: [u, v],
                });
            }
        }
        mesh.connect(columns, rows);
        mesh.face_outwards();
        mesh
    }

    fn connect(&mut self, columns: u32, rows: u32) {
        let base = saturating_u32(self.vertices.len()) - (columns + 1) * (rows + 1);
        for row in 0..rows {
            for column in 0..columns {
                let a = base + row * (columns + 1) + column;
                let (b, c, d) = (a + 1, a + columns + 1, a + columns + 2);
                self.triangles.push([a, b, c]);
                self.triangles.push([b, d, c]);
            }
        }
    }

    /// Turns all normals round when most of them point to the middle.
    fn face_outwards(&mut self) {
        let count = self.vertices.len().max(1) as f32;
        let middle = self.vertices.iter().fold(Vec3::ZERO, |sum, v| sum + v.place) * (1.0 / count);
        let outwards: f32 = self
            .vertices
            .iter()
            .map(|v| v.normal.dot((v.place - middle).normalized()))
            .sum();
        if outwards < 0.0 {
            for vertex in &mut self.vertices {
                vertex.normal = -vertex.normal;
            }
        }
    }

    /// A flat four-sided face; corners in order around it, `uv` at the first and the third corner.
    pub(super) fn add_quad(&mut self, corners: [Vec3; 4], uv: [[f32; 2]; 2]) {
        let normal = (corners[1] - corners[0])
            .cross(corners[2] - corners[0])
            .normalized();
        let base = saturating_u32(self.vertices.len());
        let uvs = [uv[0], [uv[1][0], uv[0][1]], uv[1], [uv[0][0], uv[1][1]]];
        for (place, uv) in corners.into_iter().zip(uvs) {
            self.vertices.push(Vertex {
                place,
                normal,
                local: place,
                uv,
            });
        }
        self.triangles.push([base, base + 1, base + 2]);
        self.triangles.push([base, base + 2, base + 3]);
    }

    /// A flat triangle with one texture place for all of it.
    pub(super) fn add_triangle(&mut self, corners: [Vec3; 3], uv: [f32; 2]) {
        let normal = (corners[1] - corners[0])
            .cross(corners[2] - corners[0])
            .normalized();
        let base = saturating_u32(self.vertices.len());
        for place in corners {
            self.vertices.push(Vertex {
                place,
                normal,
                local: place,
                uv,
            });
        }
        self.triangles.push([base, base + 1, base + 2]);
    }

    /// A surface of revolution about y: `profile` lists (radius, height) from one end to the other.
    pub(super) fn lathe(columns: u32, rows: u32, profile: &[[f32; 2]]) -> Self {
        Self::grid(columns, rows, |u, v| {
            let [radius, height] = smooth_line(profile, v);
            let (s, c) = (u * std::f32::consts::TAU).sin_cos();
            vec3(radius * c, height, radius * s)
        })
    }

    /// A box of the given half sizes, standing around the origin, with round edges and bulging faces.
    ///
    /// `uv` counts faces in steps of two: face 0 is +z, 1 is +x, 2 is -z, 3 is -x, 4 is +y, 5 is -y; within
    /// the face u runs to the right and v upwards as one looks at it.
    pub(super) fn rounded_box(half: Vec3, edge: f32, bulge: f32) -> Self {
        let mut mesh = Self::default();
        for face in 0..6_u8 {
            let (normal, right, up) = face_axes(face);
            let reach = |axis: Vec3| axis.x.abs() * half.x + axis.y.abs() * half.y + axis.z.abs() * half.z;
            let (depth, wide, high) = (reach(normal), reach(right), reach(up));
            let lines = |size: f32| {
                let e = edge / size;
                [
                    -1.0,
                    -1.0 + 0.3 * e,
                    -1.0 + e,
                    -0.55,
                    0.0,
                    0.55,
                    1.0 - e,
                    1.0 - 0.3 * e,
                    1.0,
                ]
            };
            let inner = half - Vec3::splat(edge);
            for b in lines(high) {
                for a in lines(wide) {
                    let flat = normal * depth + right * (a * wide) + up * (b * high);
                    let core = vec3(
                        flat.x.clamp(-inner.x, inner.x),
                        flat.y.clamp(-inner.y, inner.y),
                        flat.z.clamp(-inner.z, inner.z),
                    );
                    let out = (flat - core).normalized();
                    let swell = bulge * (1.0 - a * a) * (1.0 - b * b);
                    let tilt = (right * (a * (1.0 - b * b) / wide) + up * (b * (1.0 - a * a) / high))
                        * (2.0 * bulge);
                    mesh.vertices.push(Vertex {
                        place: core + out * edge + normal * swell,
                        normal: (out + tilt).normalized(),
                        local: flat,
                        uv: [f32::from(face) * 2.0 + a * 0.5 + 0.5, b * 0.5 + 0.5],
                    });
                }
            }
            mesh.connect(8, 8);
        }
        mesh
    }

    /// Moves places; `local` stays.
    pub(super) fn shifted(mut self, by: Vec3) -> Self {
        for vertex in &mut self.vertices {
            vertex.place = vertex.place + by;
        }
        self
    }

    /// Turns, then moves, places and normals; `local` stays.
    pub(super) fn moved(mut self, turn: Turn, by: Vec3) -> Self {
        for vertex in &mut self.vertices {
            vertex.place = turn.apply(vertex.place) + by;
            vertex.normal = turn.apply(vertex.normal);
        }
        self
    }
}

/// Outward normal, rightward and upward axis of a face, as one looks at it from outside.
fn face_axes(face: u8) -> (Vec3, Vec3, Vec3) {
    let (x, y, z) = (vec3(1.0, 0.0, 0.0), Vec3::UP, vec3(0.0, 0.0, 1.0));
    match face {
        0 => (z, x, y),
        1 => (x, -z, y),
        2 => (-z, -x, y),
        3 => (-x, z, y),
        4 => (y, x, -z),
        _ => (-y, x, z),
    }
}

/// A point on the Catmull-Rom curve through `points` at `t` from 0 to 1.
pub(super) fn smooth_line(points: &[[f32; 2]], t: f32) -> [f32; 2] {
    let last = points.len() - 1;
    let at = t.clamp(0.0, 1.0) * last as f32;
    let index = crate::geom::cast::floor_index(at).min(last.saturating_sub(1));
    let k = at - index as f32;
    let [p0, p1, p2, p3] = [
        points[index.saturating_sub(1)],
        points[index],
        points[(index + 1).min(last)],
        points[(index + 2).min(last)],
    ];
    [0, 1].map(|axis| {
        let (a, b, c, d) = (p0[axis], p1[axis], p2[axis], p3[axis]);
        let (m1, m2) = ((c - a) * 0.5, (d - b) * 0.5);
        let linear = mix(b, c, k);
        let curve = b + k * (m1 + k * (3.0 * (c - b) - 2.0 * m1 - m2 + k * (2.0 * (b - c) + m1 + m2)));
        // Sharp corners of a profile are written as two equal points; there the curve is a line.
        if (b - c).abs() < 1e-6 { linear } else { curve }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normals_of_a_ball_point_away_from_its_middle() {
        let ball = Mesh::grid(16, 8, |u, v| {
            let (a, b) = (u * std::f32::consts::TAU, v * std::f32::consts::PI);
            vec3(b.sin() * a.cos(), b.cos(), b.sin() * a.sin())
        });
        assert_eq!((ball.vertices.len(), ball.triangles.len()), (17 * 9, 256));
        for vertex in &ball.vertices {
            assert!(vertex.normal.dot(vertex.place) > 0.95, "{vertex:?}");
        }
    }

    #[test]
    fn a_rounded_box_stays_in_its_size_and_faces_outwards() {
        let half = vec3(3.0, 8.0, 2.0);
        let mesh = Mesh::rounded_box(half, 0.3, 0.0);
        for v in &mesh.vertices {
            assert!(
                v.place.x.abs() <= 3.0 + 1e-4
                    && v.place.y.abs() <= 8.0 + 1e-4
                    && v.place.z.abs() <= 2.0 + 1e-4
            );
            assert!(v.normal.dot(v.place) > 0.0, "{v:?}");
        }
    }

    #[test]
    fn a_smooth_line_meets_its_points() {
        let points = [[0.0, 0.0], [1.0, 2.0], [3.0, 2.5]];
        assert!((smooth_line(&points, 0.5)[1] - 2.0).abs() < 1e-6);
        assert!((smooth_line(&points, 1.0)[0] - 3.0).abs() < 1e-6);
    }
}
