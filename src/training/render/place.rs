//! Puts items down: how each comes to lie, and where on the tray there is room.

use super::{
    ItemKind, SceneSettings, fruit,
    fruit::{Part, RoundFruit},
    linear::{Turn, Vec3, vec3},
    mesh::Vertex,
    pack,
    raster::Stage,
};
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;
use std::f32::consts::{FRAC_PI_2, TAU};

/// The parts of a new item of this kind.
pub(super) fn parts_of(rng: &mut ChaCha8Rng, kind: ItemKind, detail: u32) -> Vec<Part> {
    match kind {
        ItemKind::Apple => fruit::apple(rng, detail),
        ItemKind::Banana => fruit::bananas(rng, 1, detail),
        ItemKind::BananaBunch => {
            let count = rng.random_range(2..=5);
            fruit::bananas(rng, count, detail)
        }
        ItemKind::Milk => pack::gable_carton(rng),
        ItemKind::MilkBrick => pack::brick_carton(rng),
        ItemKind::Orange => fruit::round_fruit(rng, RoundFruit::Orange, detail),
        ItemKind::Lemon => fruit::round_fruit(rng, RoundFruit::Lemon, detail),
        ItemKind::Tomato => fruit::round_fruit(rng, RoundFruit::Tomato, detail),
        ItemKind::Pear => fruit::round_fruit(rng, RoundFruit::Pear, detail),

        ItemKind::Box => pack::plain_box(rng),
        ItemKind::Bottle => pack::bottle(rng),
        ItemKind::Can => pack::can(rng),
    }
}

/// How an item of this kind comes to lie, `upright` where it can stand.
pub(super) fn pose(rng: &mut ChaCha8Rng, kind: ItemKind, upright: bool) -> Turn {
    let spin = Turn::about_y(rng.random_range(0.0..TAU));
    let quarter = FRAC_PI_2 * f32::from(rng.random_range(0..4_u8));
    match kind {
        ItemKind::Apple | ItemKind::Orange | ItemKind::Tomato => {
            let tilt = if rng.random_bool(0.75) {
                rng.random_range(0.0..0.7)
            } else {
                rng.random_range(0.7..2.2)
            };
            Turn::about_x(tilt).then(spin)
        }
        ItemKind::Banana => {
            // On its side: the curve lies flat.
            let side = if rng.random_bool(0.5) { 1.0 } else { -1.0 };
            Turn::about_x(side * (FRAC_PI_2 + rng.random_range(-0.14..0.14))).then(spin)
        }
        ItemKind::BananaBunch => {
            let side = if rng.random_bool(0.5) { 1.0 } else { -1.0 };
            Turn::about_x(side * rng.random_range(0.6..1.3)).then(spin)
        }
        ItemKind::Milk | ItemKind::MilkBrick | ItemKind::Box if upright => spin,
        ItemKind::Milk | ItemKind::MilkBrick | ItemKind::Box => {
            // Mostly with the front to the camera, as people lay them.
            let roll = if rng.random_bool(0.5) { 0.0 } else { quarter };
            Turn::about_y(roll).then(Turn::about_x(-FRAC_PI_2)).then(spin)
        }
        ItemKind::Bottle | ItemKind::Can if upright => spin,
        ItemKind::Bottle | ItemKind::Can | ItemKind::Lemon | ItemKind::Pear => {
            Turn::about_y(rng.random_range(0.0..TAU))
                .then(Turn::about_x(-FRAC_PI_2))
                .then(spin)
        }
    }
}

/// Which cells of the tray are taken.
pub(super) struct Floor {
    pub(super) half: [f32; 2],
    taken: Vec<bool>,
}

const CELLS: usize = 72;

impl Floor {
    pub(super) fn new(half: [f32; 2]) -> Self {
        Self {
            half,
            taken: vec![false; CELLS * CELLS],
        }
    }

    /// Cells under the outline of `points`; none if it reaches beyond the tray.
    fn cells(&self, outline: &[[f32; 2]]) -> Option<Vec<usize>> {
        let reach = |axis: usize| outline.iter().fold(0.0_f32, |far, p| far.max(p[axis].abs()));
        if reach(0) > self.half[0] || reach(1) > self.half[1] {
            return None;
        }
        let mut cells = Vec::new();
        for row in 0..CELLS {
            for column in 0..CELLS {
                let at = |k: usize, half: f32| (k as f32 + 0.5) / CELLS as f32 * 2.0 * half - half;
                let p = [at(column, self.half[0]), at(row, self.half[1])];
                let inside = outline
                    .iter()
                    .zip(outline.iter().cycle().skip(1))
                    .all(|(a, b)| (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) >= 0.0);
                if inside {
                    cells.push(row * CELLS + column);
                }
            }
        }
        Some(cells)
    }

    fn try_take(&mut self, outline: &[[f32; 2]]) -> bool {
        let Some(cells) = self.cells(outline) else {
            return false;
        };
        let clash = cells.iter().filter(|&&c| self.taken[c]).count();
        if clash > 0 {
            return false;
        }
        for cell in cells {
            self.taken[cell] = true;
        }
        true
    }
}

/// The convex outline of points seen from above, counter-clockwise (Andrew's monotone chain).
fn outline(vertices: &[Vertex]) -> Vec<[f32; 2]> {
    let mut points: Vec<[f32; 2]> = vertices.iter().map(|v| [v.place.x, v.place.z]).collect();
    points.sort_by(|a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    let chain = |points: &mut dyn Iterator<Item = [f32; 2]>| {
        let mut hull: Vec<[f32; 2]> = Vec::new();
        for p in points {
            while let [.., a, b] = hull[..] {
                if (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 0.0 {
                    break;
                }
                hull.pop();
            }
            hull.push(p);
        }
        hull.pop();
        hull
    };
    let mut hull = chain(&mut points.iter().copied());
    hull.extend(chain(&mut points.iter().rev().copied()));
    hull
}

/// Puts one item down where there is room; false if there is none.
pub(super) fn put_down(
    rng: &mut ChaCha8Rng,
    stage: &mut Stage,
    floor: &mut Floor,
    (kind, number): (ItemKind, u16),
    settings: &SceneSettings,
) -> bool {
    let parts = parts_of(rng, kind, settings.detail);
    for attempt in 0..24_u8 {
        let upright = rng.random_bool(settings.upright);
        let turn = pose(rng, kind, upright);
        let mut parts: Vec<Part> = parts
            .iter()
            .map(|(m, s)| (m.clone().moved(turn, Vec3::ZERO), s.clone()))
            .collect();
        let lowest = parts
            .iter()
            .flat_map(|(m, _)| &m.vertices)
            .fold(f32::INFINITY, |low, v| low.min(v.place.y));
        // Near the middle first, further out when it is taken.
        let far = (0.25 + 0.05 * f32::from(attempt) + 0.08 * f32::from(number)).min(1.0);
        let at = vec3(
            rng.random_range(-1.0..1.0) * floor.half[0] * far,
            -lowest,
            rng.random_range(-1.0..1.0) * floor.half[1] * far,
        );
        for (mesh, _) in &mut parts {
            for vertex in &mut mesh.vertices {
                vertex.place = vertex.place + at;
            }
        }
        let all: Vec<Vertex> = parts
            .iter()
            .flat_map(|(m, _)| m.vertices.iter().copied())
            .collect();
        if floor.try_take(&outline(&all)) {
            for (mesh, surface) in parts {
                stage.add(&mesh, surface, number);
            }
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outline_is_the_convex_hull_counter_clockwise() {
        let at = |x: f32, z: f32| Vertex {
            place: vec3(x, 5.0, z),
            normal: Vec3::UP,
            local: Vec3::ZERO,
            uv: [0.0, 0.0],
        };
        let points = [
            at(0.0, 0.0),
            at(2.0, 0.0),
            at(1.0, 1.0),
            at(2.0, 2.0),
            at(0.0, 2.0),
        ];
        assert_eq!(outline(&points), [[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]]);
    }

    #[test]
    fn a_place_is_taken_once_and_only_on_the_tray() {
        let mut floor = Floor::new([10.0, 10.0]);
        let square = |x: f32| [[x, -2.0], [x + 4.0, -2.0], [x + 4.0, 2.0], [x, 2.0]];
        assert!(floor.try_take(&square(-4.0)));
        assert!(!floor.try_take(&square(-2.0)), "half of it is taken");
        assert!(floor.try_take(&square(1.0)));
        assert!(!floor.try_take(&square(7.0)), "it reaches over the edge");
    }
}
