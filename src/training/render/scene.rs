//! Builds stages: items put down on a tray under a camera, and single items in the air.

use super::{
    ItemKind, Material, SceneSettings, View, fruit,
    fruit::Part,
    ground::{self, Ground, MATERIALS},
    light::Rig,
    linear::{Turn, Vec3, vec3},
    mesh::Vertex,
    pack,
    raster::{Camera, NOTHING, Stage, look},
    shade::{Film, Sensor},
    surface::Surface,
};
use crate::{
    frame::{RgbImage, RgbaImage},
    geom::{CornerBox, cast::saturating_u32},
};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use std::f32::consts::{FRAC_PI_2, TAU};

/// Items less visible than this get no box.
const VISIBLE_SHARE: f32 = 0.3;

fn parts_of(rng: &mut ChaCha8Rng, kind: ItemKind, detail: u32) -> Vec<Part> {
    match kind {
        ItemKind::Apple => fruit::apple(rng, detail),
        ItemKind::Banana => fruit::bananas(rng, 1, detail),
        ItemKind::BananaBunch => {
            let count = rng.random_range(2..=5);
            fruit::bananas(rng, count, detail)
        }
        ItemKind::Milk => pack::gable_carton(rng),
        ItemKind::MilkBrick => pack::brick_carton(rng),
        ItemKind::Orange | ItemKind::Lemon | ItemKind::Tomato | ItemKind::Pear => {
            fruit::other_fruit(rng, kind, detail)
        }
        ItemKind::Box => pack::plain_box(rng),
        ItemKind::Bottle => pack::bottle(rng),
        ItemKind::Can => pack::can(rng),
    }
}

/// How an item of this kind comes to lie, `upright` where it can stand.
fn pose(rng: &mut ChaCha8Rng, kind: ItemKind, upright: bool) -> Turn {
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
            Turn::about_x(side * rng.random_range(0.25..1.2)).then(spin)
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
struct Floor {
    half: [f32; 2],
    taken: Vec<bool>,
}

const CELLS: usize = 72;

impl Floor {
    fn new(half: [f32; 2]) -> Self {
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
fn put_down(
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

fn pick_items(rng: &mut ChaCha8Rng) -> Vec<ItemKind> {
    let products = [
        ItemKind::Apple,
        ItemKind::Banana,
        ItemKind::BananaBunch,
        ItemKind::Milk,
        ItemKind::MilkBrick,
    ];
    let others = [
        ItemKind::Orange,
        ItemKind::Lemon,
        ItemKind::Tomato,
        ItemKind::Pear,
        ItemKind::Box,
        ItemKind::Bottle,
        ItemKind::Can,
    ];
    let weighted = [0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3, 3, 4];
    let count = rng.random_range(1..=8_u8);
    let only_others = rng.random_bool(0.06);
    (0..count)
        .map(|_| {
            if only_others || rng.random_bool(0.22) {
                others[rng.random_range(0..others.len())]
            } else {
                products[weighted[rng.random_range(0..weighted.len())]]
            }
        })
        .collect()
}

fn aim(rng: &mut ChaCha8Rng, view: View, size: (u32, u32), half: [f32; 2], zoom: f32) -> Camera {
    let (lean, turn) = match view {
        View::Above => (rng.random_range(0.02..0.2_f32), rng.random_range(-0.08..0.08_f32)),
        View::Slanted => (rng.random_range(0.55..1.0_f32), rng.random_range(-0.45..0.45_f32)),
    };
    let angle = rng.random_range(0.3..0.42_f32);
    let aspect = size.0 as f32 / size.1 as f32;
    let need = (half[1] + 3.5).max((half[0] + 3.5) / aspect);
    let away = need / angle * zoom + 5.0;
    let eye = vec3(turn.sin() * lean.sin(), lean.cos(), turn.cos() * lean.sin()) * away;
    let target = vec3(
        rng.random_range(-1.5..1.5),
        1.5,
        rng.random_range(-1.5..1.5) - 0.6,
    );
    Camera::new(eye + target, target, angle, size)
}

/// A whole scene and the boxes of what is visible of its products.
pub(super) fn render(seed: u64, settings: &SceneSettings) -> (RgbImage, Vec<(&'static str, CornerBox)>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let size = (settings.width.max(8), settings.height.max(8));
    let mut stage = Stage::default();
    let half = [rng.random_range(17.0..22.0), rng.random_range(13.0..16.0)];
    let any = |rng: &mut ChaCha8Rng| MATERIALS[rng.random_range(0..MATERIALS.len())];
    let material = settings.tray.unwrap_or_else(|| any(&mut rng));
    let around = settings.counter.unwrap_or_else(|| any(&mut rng));
    let floor_look = Ground::pick(&mut rng, material);
    let rig = Rig::pick(&mut rng, floor_look.tint());
    let rim = rng.random_range(1.2..2.4);
    if material == Material::Wood || material == Material::Stone {
        // Boards and slabs have no rim.
        stage.add_floor(&ground::plane(160.0, 0.0), Surface::Ground(floor_look));
    } else {
        stage.add_floor(
            &ground::plane(160.0, -0.4),
            Surface::Ground(Ground::pick(&mut rng, around)),
        );
        stage.add(&ground::tray(half, rim), Surface::Ground(floor_look), 0);
    }
    let items = settings.items.clone().unwrap_or_else(|| pick_items(&mut rng));
    let mut floor = Floor::new(half);
    let mut placed = vec![];
    for kind in items {
        let number = saturating_u32(placed.len() + 1);
        let Ok(number) = u16::try_from(number) else { break };
        if put_down(&mut rng, &mut stage, &mut floor, (kind, number), settings) {
            placed.push(kind);
        }
    }
    let view = settings.view.unwrap_or(if rng.random_bool(0.5) {
        View::Above
    } else {
        View::Slanted
    });
    let zoom = rng.random_range(settings.zoom.0..=settings.zoom.1);
    let camera = aim(&mut rng, view, size, half, zoom);
    let ball = (vec3(0.0, 4.0, 0.0), 32.0);
    let mut sensor = Sensor::new(size);
    for _ in 0..settings.passes.max(1) {
        let shifted = camera.shifted([rng.random_range(-0.5..0.5), rng.random_range(-0.5..0.5)]);
        let lamps = rig.lamps(&mut rng, &stage, ball, (settings.lamps, settings.shadow_side));
        let seen = look(&stage, &shifted, size, None);
        sensor.expose(&stage, &shifted, &seen, (&rig, &lamps));
    }
    let film = Film::pick(&mut rng, rig.floor_irradiance(), settings.variety);
    let boxes = visible_boxes(&stage, &camera, size, &placed);
    (sensor.develop(&film, &mut rng), boxes)
}

fn visible_boxes(
    stage: &Stage,
    camera: &Camera,
    size: (u32, u32),
    placed: &[ItemKind],
) -> Vec<(&'static str, CornerBox)> {
    let all = look(stage, camera, size, None);
    let mut boxes = Vec::new();
    for (kind, number) in placed.iter().zip(1_u16..) {
        let Some(class) = kind.class_name() else { continue };
        let mut seen = 0_u32;
        let (mut low, mut high) = ((u32::MAX, u32::MAX), (0, 0));
        for (index, pixel) in all.iter().enumerate() {
            let mine = pixel.triangle != NOTHING && stage.triangles[pixel.triangle as usize].item == number;
            if mine {
                let index = saturating_u32(index);
                let (x, y) = (index % size.0, index / size.0);
                low = (low.0.min(x), low.1.min(y));
                high = (high.0.max(x + 1), high.1.max(y + 1));
                seen += 1;
            }
        }
        let alone = look(stage, camera, size, Some(number))
            .iter()
            .filter(|p| p.triangle != NOTHING)
            .count();
        if seen > 0 && seen as f32 >= VISIBLE_SHARE * alone as f32 {
            let (w, h) = (size.0 as f32, size.1 as f32);
            let corners = [
                low.0 as f32 / w,
                low.1 as f32 / h,
                high.0 as f32 / w,
                high.1 as f32 / h,
            ];
            boxes.push((
                class,
                CornerBox {
                    x0: corners[0],
                    y0: corners[1],
                    x1: corners[2],
                    y1: corners[3],
                },
            ));
        }
    }
    boxes
}

/// One item alone, filling a square picture, any view and light.
pub(super) fn render_item(seed: u64, kind: ItemKind, size: u32, passes: u32) -> RgbaImage {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let size = size.max(8);
    let detail = if size > 200 { 40 } else { 28 };
    let mut stage = Stage::default();
    let upright = rng.random_bool(0.5);
    let turn = pose(&mut rng, kind, upright);
    let parts = parts_of(&mut rng, kind, detail);
    for (mesh, surface) in parts {
        stage.add(&mesh.moved(turn, Vec3::ZERO), surface, 1);
    }
    let ground = Vec3::splat(rng.random_range(0.15..0.6));
    let rig = Rig::pick(&mut rng, ground);
    let (lean, around) = (rng.random_range(0.05..1.35_f32), rng.random_range(0.0..TAU));
    let towards = vec3(lean.sin() * around.cos(), lean.cos(), lean.sin() * around.sin());
    let camera = frame_item(&stage, towards, size);
    let lowest = stage
        .vertices
        .iter()
        .fold(f32::INFINITY, |low, v| low.min(v.place.y));
    for vertex in &mut stage.vertices {
        vertex.place.y -= lowest;
    }
    let camera = camera.lifted(-lowest);
    let mut sensor = Sensor::new((size, size));
    for _ in 0..passes.max(1) {
        let shifted = camera.shifted([rng.random_range(-0.5..0.5), rng.random_range(-0.5..0.5)]);
        let lamps = rig.lamps(&mut rng, &stage, (vec3(0.0, -lowest, 0.0), 17.0), (16, 160));
        let seen = look(&stage, &shifted, (size, size), None);
        sensor.expose(&stage, &shifted, &seen, (&rig, &lamps));
    }
    let film = Film::pick(&mut rng, rig.floor_irradiance(), 0.8);
    sensor.cut_out(&film)
}

/// A camera from `towards` that shows the whole stage in a square with a small margin.
fn frame_item(stage: &Stage, towards: Vec3, size: u32) -> Camera {
    let away = 62.0;
    let mut target = Vec3::ZERO;
    let mut view = 0.4;
    // Twice: the middle of the first look becomes the target of the second.
    for _ in 0..3 {
        let camera = Camera::new(target + towards * away, target, view, (size, size));
        let (mut low, mut high) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
        for vertex in &stage.vertices {
            let p = camera.project(vertex.place);
            for axis in 0..2 {
                low[axis] = low[axis].min(p[axis]);
                high[axis] = high[axis].max(p[axis]);
            }
        }
        let half = size as f32 * 0.5;
        let middle = [0, 1].map(|k| ((low[k] + high[k]) * 0.5 - half) / half * view * away);
        target = target + camera.across(middle);
        let reach = (high[0] - low[0]).max(high[1] - low[1]) / size as f32;
        view *= reach * 1.04;
    }
    Camera::new(target + towards * away, target, view, (size, size))
}
