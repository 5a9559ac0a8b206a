//! Rendered things put on rendered trays: the mask is known, and the camera does what cameras do.

use super::*;
use crate::{
    frame::{GrayImage, Luma, RgbImage, Rgba, RgbaImage, imageops},
    geom::{CornerBox, cast::round_u8},
    training::{
        dataset::Dice,
        render::{self, ItemKind, Material, SceneSettings, View},
    },
};

/// What a camera does to a picture: gains, and noise of this many levels.
#[derive(Clone, Copy)]
struct Camera {
    gain: [f32; 3],
    noise: f32,
}

const STEADY: Camera = Camera {
    gain: [1.0; 3],
    noise: 1.5,
};

fn tray_picture(material: Material) -> RgbImage {
    let settings = SceneSettings {
        width: 320,
        height: 240,
        items: Some(Vec::new()),
        tray: Some(material),
        counter: Some(material),
        view: Some(View::Above),
        passes: 1,
        lamps: 4,
        ..SceneSettings::training(320)
    };
    render::scene(5, &settings).0
}

fn taken(picture: &RgbImage, camera: Camera, seed: u64) -> RgbImage {
    let mut dice = Dice::new(seed, 1);
    let mut out = picture.clone();
    for pixel in out.pixels_mut() {
        for (value, gain) in pixel.0.iter_mut().zip(camera.gain) {
            *value = round_u8(f32::from(*value) * gain + dice.around(camera.noise));
        }
    }
    out
}

fn empty(material: Material) -> EmptyTray {
    let picture = tray_picture(material);
    let mut tray = EmptyTray::new(&taken(&picture, STEADY, 100));
    for seed in 101..108 {
        tray.learn(&taken(&picture, STEADY, seed)).unwrap();
    }
    tray
}

/// The thing on the tray with a soft shadow beside it, and the mask of the thing.
fn put_on(ground: &RgbImage, thing: &RgbaImage, (left, top): (u32, u32)) -> (RgbImage, GrayImage) {
    let (mut picture, mut mask) = (ground.clone(), GrayImage::new(ground.width(), ground.height()));
    let share = |x: i64, y: i64| -> f32 {
        match (u32::try_from(x), u32::try_from(y)) {
            (Ok(x), Ok(y)) if x < thing.width() && y < thing.height() => {
                f32::from(thing.get_pixel(x, y).0[3]) / 255.0
            }
            _ => 0.0,
        }
    };
    for (x, y, pixel) in picture.enumerate_pixels_mut() {
        let (u, v) = (i64::from(x) - i64::from(left), i64::from(y) - i64::from(top));
        let mut shadow = 0.0;
        for step in 0..7 {
            shadow += share(u - 4 - step, v - 2 - step) / 7.0;
        }
        let alpha = share(u, v);
        let over = if alpha > 0.0 {
            thing
                .get_pixel(u32::try_from(u).unwrap(), u32::try_from(v).unwrap())
                .0
        } else {
            [0; 4]
        };
        for (value, over) in pixel.0.iter_mut().zip(over) {
            let shaded = f32::from(*value) * (1.0 - 0.35 * shadow);
            *value = round_u8(shaded * (1.0 - alpha) + f32::from(over) * alpha);
        }
        mask.put_pixel(x, y, Luma([round_u8(alpha * 255.0)]));
    }
    (picture, mask)
}

fn mask_iou(a: &GrayImage, b: &GrayImage) -> f32 {
    let (mut both, mut either) = (0.0f32, 0.0f32);
    for (a, b) in a.pixels().zip(b.pixels()) {
        let (a, b) = (a.0[0] >= 128, b.0[0] >= 128);
        both += f32::from(u8::from(a && b));
        either += f32::from(u8::from(a || b));
    }
    both / either.max(1.0)
}

fn whole(boxes: &[CornerBox]) -> CornerBox {
    boxes.iter().fold(CornerBox::new(1.0, 1.0, 0.0, 0.0), |all, one| {
        CornerBox::new(
            all.x0.min(one.x0),
            all.y0.min(one.y0),
            all.x1.max(one.x1),
            all.y1.max(one.y1),
        )
    })
}

/// `IoU` of mask and of box of what is found of one thing.
fn measured(material: Material, kind: ItemKind, camera: Camera) -> (f32, f32) {
    let tray = empty(material);
    let thing = render::item(7, kind, 96);
    let (picture, truth) = put_on(&tray_picture(material), &thing, (110, 70));
    let found = find(&tray, &taken(&picture, camera, 9)).unwrap();
    let found = found.unwrap_or_else(|| panic!("{kind:?} on {material:?} is not found"));
    (
        mask_iou(&found.alpha, &truth),
        whole(&found.boxes).iou(box_of(&truth).unwrap()),
    )
}

#[test]
fn things_that_stand_out_are_cut_out_to_nine_tenths() {
    for (material, kind) in [
        (Material::Steel, ItemKind::Apple),
        (Material::Steel, ItemKind::Banana),
        (Material::Rubber, ItemKind::Milk),
        (Material::Rubber, ItemKind::Lemon),
        (Material::White, ItemKind::Orange),
        (Material::White, ItemKind::Tomato),
        (Material::Wood, ItemKind::Can),
        (Material::Stone, ItemKind::Box),
    ] {
        let (mask, bbox) = measured(material, kind, STEADY);
        assert!(mask >= 0.9, "{kind:?} on {material:?}: mask {mask}, box {bbox}");
        assert!(bbox >= 0.85, "{kind:?} on {material:?}: mask {mask}, box {bbox}");
    }
}

#[test]
fn boxes_hold_when_light_and_noise_change() {
    let darker = Camera {
        gain: [0.72, 0.76, 0.8],
        noise: 4.0,
    };
    let warmer = Camera {
        gain: [1.22, 1.08, 0.94],
        noise: 4.0,
    };
    for camera in [darker, warmer] {
        for (material, kind) in [
            (Material::Steel, ItemKind::Apple),
            (Material::Rubber, ItemKind::Banana),
            (Material::Rubber, ItemKind::MilkBrick),
            (Material::White, ItemKind::Tomato),
            (Material::Stone, ItemKind::Lemon),
        ] {
            let (mask, bbox) = measured(material, kind, camera);
            assert!(
                bbox >= 0.85,
                "{kind:?} on {material:?} in {:?}: box {bbox}, mask {mask}",
                camera.gain
            );
        }
    }
}

#[test]
fn an_empty_tray_shows_nothing_in_any_light() {
    for material in [Material::Steel, Material::Wood] {
        let tray = empty(material);
        for gain in [[1.0; 3], [0.7, 0.72, 0.75], [1.2, 1.15, 1.1]] {
            let now = taken(&tray_picture(material), Camera { gain, noise: 3.0 }, 77);
            assert_eq!(find(&tray, &now).unwrap(), None, "{material:?} {gain:?}");
        }
    }
}

#[test]
fn two_things_are_two_boxes_and_the_surer_the_clearer() {
    let tray = empty(Material::Steel);
    let ground = tray_picture(Material::Steel);
    let thing = render::item(7, ItemKind::Apple, 70);
    let (one, _) = put_on(&ground, &thing, (40, 60));
    let (two, _) = put_on(&one, &render::item(8, ItemKind::Lemon, 70), (200, 120));
    let found = find(&tray, &two).unwrap().unwrap();
    assert_eq!(found.boxes.len(), 2, "{:?}", found.boxes);
    assert!(found.confidence > 0.6, "{}", found.confidence);
    // The same apple as a ghost: a quarter of its colour.
    let mut ghost = thing;
    for pixel in ghost.pixels_mut() {
        *pixel = Rgba([pixel.0[0], pixel.0[1], pixel.0[2], pixel.0[3] / 4]);
    }
    let faint = find(&tray, &put_on(&ground, &ghost, (40, 60)).0).unwrap();
    let faint = faint.map_or(0.0, |found| found.confidence);
    assert!(faint < found.confidence - 0.1, "{faint} {}", found.confidence);
}

#[test]
fn another_shape_is_refused() {
    let tray = empty(Material::Steel);
    assert_eq!(
        find(&tray, &RgbImage::new(240, 320)).unwrap_err(),
        TrayError::OtherShape
    );
}

#[test]
fn a_larger_photo_gets_a_mask_of_its_own_size() {
    let large = imageops::resize(
        &tray_picture(Material::Rubber),
        1280,
        960,
        imageops::FilterType::Triangle,
    );
    let thing = render::item(7, ItemKind::Apple, 300);
    let (picture, truth) = put_on(&large, &thing, (500, 300));
    let found = find(&EmptyTray::new(&large), &picture).unwrap().unwrap();
    assert_eq!(found.alpha.dimensions(), (1280, 960));
    let iou = mask_iou(&found.alpha, &truth);
    assert!(iou > 0.93, "{iou}");
    let cut = cut_out(&picture, &found.alpha, found.boxes[0]).unwrap();
    assert!(cut.width().abs_diff(thing.width()) < 60, "{:?}", cut.dimensions());
}

#[test]
fn zz_dump() {
    use crate::frame::picture;
    for (material, kind) in [
        (Material::Steel, ItemKind::Apple),
        (Material::Steel, ItemKind::Banana),
        (Material::Rubber, ItemKind::Milk),
        (Material::Rubber, ItemKind::Lemon),
        (Material::White, ItemKind::Orange),
        (Material::White, ItemKind::Tomato),
        (Material::Wood, ItemKind::Can),
        (Material::Stone, ItemKind::Box),
    ] {
        let tray = empty(material);
        let thing = render::item(7, kind, 96);
        let (picture, truth) = put_on(&tray_picture(material), &thing, (110, 70));
        let now = taken(&picture, STEADY, 9);
        let found = find(&tray, &now).unwrap();
        let mut out = RgbImage::new(960, 240);
        for (x, y, pixel) in out.enumerate_pixels_mut() {
            let (u, part) = (x % 320, x / 320);
            *pixel = match part {
                0 => *now.get_pixel(u, y),
                1 => crate::frame::Rgb([truth.get_pixel(u, y).0[0]; 3]),
                _ => {
                    let t = truth.get_pixel(u, y).0[0];
                    let f = found.as_ref().map_or(0, |found| found.alpha.get_pixel(u, y).0[0]);
                    crate::frame::Rgb([t, f, 0])
                }
            };
        }
        let confidence = found.as_ref().map_or(0.0, |found| found.confidence);
        let iou = found.as_ref().map_or(0.0, |found| mask_iou(&found.alpha, &truth));
        picture::write(
            &out,
            std::path::Path::new(&format!(
                "/tmp/dump-{material:?}-{kind:?}-{iou:.3}-{confidence:.3}.png"
            )),
        )
        .unwrap();
    }
}
