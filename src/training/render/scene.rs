//! Pictures of stages: a tray under a camera with boxes of what is seen, and single items in the air.

use super::{
    ItemKind, Material, SceneSettings, View,
    ground::{self, Ground, MATERIALS},
    light::Rig,
    linear::{Vec3, vec3},
    place::{Floor, parts_of, pose, put_down},
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
use std::f32::consts::TAU;

/// Items less visible than this get no box.
const VISIBLE_SHARE: f32 = 0.3;

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
        stage.add(
            &ground::tray(half, rim, settings.detail),
            Surface::Ground(floor_look),
            0,
        );
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

#[cfg(test)]
mod tests {
    use super::*;

    fn small(items: &[ItemKind], view: View) -> SceneSettings {
        SceneSettings {
            items: Some(items.to_vec()),
            view: Some(view),
            passes: 1,
            lamps: 4,
            ..SceneSettings::training(96)
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_picture_and_another_gives_another() {
        let settings = small(&[ItemKind::Apple, ItemKind::Milk], View::Slanted);
        let (first, boxes) = render(5, &settings);
        let (again, same) = render(5, &settings);
        assert!(first == again && boxes == same);
        assert!(first != render(6, &settings).0);
    }

    #[test]
    fn an_apple_from_above_is_about_as_wide_as_high_and_has_one_box() {
        for seed in 0..6 {
            let settings = SceneSettings {
                zoom: (1.0, 1.0),
                ..small(&[ItemKind::Apple], View::Above)
            };
            let (_, boxes) = render(seed, &settings);
            let [(class, b)] = boxes[..] else {
                panic!("seed {seed}: {boxes:?}")
            };
            assert_eq!(class, "apple");
            let (wide, high) = (b.x1 - b.x0, b.y1 - b.y0);
            assert!(
                wide > 0.08 && wide < 0.4 && (wide / high - 1.0).abs() < 0.45,
                "seed {seed}: {b:?}"
            );
        }
    }

    #[test]
    fn what_is_no_product_gets_no_box() {
        let (_, boxes) = render(
            3,
            &small(&[ItemKind::Orange, ItemKind::Can, ItemKind::Box], View::Above),
        );
        assert!(boxes.is_empty());
    }

    #[test]
    fn a_hidden_product_gets_no_box() {
        // A small item behind a wall: pixels of item 1 are seen through a gap of less than 30 %.
        use crate::training::render::{mesh::Mesh, surface::Surface};
        let mut stage = Stage::default();
        let square = |x: f32, z: f32, half: f32| {
            let mut mesh = Mesh::default();
            let corner = |a: f32, b: f32| vec3(x + a * half, b * half, z);
            mesh.add_quad(
                [
                    corner(-1.0, -1.0),
                    corner(1.0, -1.0),
                    corner(1.0, 1.0),
                    corner(-1.0, 1.0),
                ],
                [[0.0, 0.0], [1.0, 1.0]],
            );
            mesh
        };
        let grey = Surface::plain(Vec3::splat(0.5), 0.5);
        stage.add(&square(0.0, 0.0, 2.0), grey.clone(), 1);
        let camera = Camera::new(vec3(0.0, 0.0, 20.0), Vec3::ZERO, 0.3, (64, 64));
        let boxes = |stage: &Stage| visible_boxes(stage, &camera, (64, 64), &[ItemKind::Milk]);
        // Half 2 of a view of half 6: a third of the picture, in the middle.
        let [(_, b)] = boxes(&stage)[..] else {
            panic!("one box")
        };
        assert!(
            (b.x0 - 1.0 / 3.0).abs() < 0.02 && (b.y1 - 2.0 / 3.0).abs() < 0.02,
            "{b:?}"
        );
        // The wall leaves about a quarter of it, at its left.
        stage.add(&square(5.0, 0.01, 6.0), grey, 2);
        assert!(boxes(&stage).is_empty());
    }

    #[test]
    fn a_cut_out_fills_its_square_and_leaves_the_corners_clear() {
        for kind in ItemKind::ALL {
            let picture = render_item(2, kind, 48, 1);
            let covered = picture.pixels().filter(|p| p.0[3] > 0).count();
            assert!(
                covered > 250 && covered < 48 * 48,
                "{kind:?} covers {covered} pixels"
            );
            assert_eq!(picture.get_pixel(0, 0).0[3], 0, "{kind:?}");
        }
    }
}
