//! Hand-made pictures for every sentence.

use super::*;
use crate::{frame::Rgb, training::tray::find};

/// A tray with a printed grid, so that sharpness and movement can be seen.
fn tray_picture() -> RgbImage {
    RgbImage::from_fn(320, 240, |x, y| {
        if x % 40 < 3 || y % 40 < 3 {
            Rgb([100, 95, 90])
        } else {
            Rgb([160, 155, 150])
        }
    })
}

/// A striped thing in the middle, its stripes beginning at `phase`.
fn with_thing(ground: &RgbImage, phase: u32) -> RgbImage {
    RgbImage::from_fn(320, 240, |x, y| {
        if (110..200).contains(&x) && (80..160).contains(&y) {
            if (x + phase) % 60 < 30 {
                Rgb([200, 30, 30])
            } else {
                Rgb([30, 30, 160])
            }
        } else {
            *ground.get_pixel(x, y)
        }
    })
}

fn times(picture: &RgbImage, gain: f32) -> RgbImage {
    let mut out = picture.clone();
    for pixel in out.pixels_mut() {
        pixel.0 = pixel
            .0
            .map(|value| crate::geom::cast::round_u8(f32::from(value) * gain));
    }
    out
}

fn advice(picture: &RgbImage, last: Option<&Appearance>) -> Option<Obstacle> {
    let tray = EmptyTray::new(&tray_picture());
    let found = find(&tray, picture).unwrap();
    obstacle(&tray, picture, found.as_ref(), last).unwrap()
}

#[test]
fn a_good_photo_meets_no_obstacle() {
    assert_eq!(advice(&with_thing(&tray_picture(), 0), None), None);
}

#[test]
fn light() {
    let good = with_thing(&tray_picture(), 0);
    assert_eq!(advice(&times(&good, 0.2), None), Some(Obstacle::TooDark));
    assert_eq!(advice(&times(&good, 1.62), None), Some(Obstacle::TooBright));
}

#[test]
fn an_empty_tray_wants_something() {
    assert_eq!(advice(&tray_picture(), None), Some(Obstacle::Nothing));
}

#[test]
fn a_camera_that_moved_is_noticed() {
    let good = with_thing(&tray_picture(), 0);
    let moved = RgbImage::from_fn(320, 240, |x, y| {
        *good.get_pixel((x + 12).min(319), (y + 8).min(239))
    });
    assert_eq!(advice(&moved, None), Some(Obstacle::CameraMoved));
}

#[test]
fn an_arm_over_the_rim() {
    let ground = tray_picture();
    let arm = RgbImage::from_fn(320, 240, |x, y| {
        if (120..180).contains(&x) && y > 90 {
            Rgb([210, 150, 120])
        } else {
            *ground.get_pixel(x, y)
        }
    });
    assert_eq!(advice(&arm, None), Some(Obstacle::OverTheRim));
}

#[test]
fn a_blurred_picture() {
    let good = with_thing(&tray_picture(), 0);
    let blurred = imageops::blur(&good, 5.0);
    assert_eq!(advice(&blurred, None), Some(Obstacle::Blurred));
}

#[test]
fn turned_or_not() {
    let tray = EmptyTray::new(&tray_picture());
    let first = with_thing(&tray_picture(), 0);
    let found = find(&tray, &first).unwrap().unwrap();
    let last = Appearance::of(&first, &found.alpha, found.boxes[0]);
    assert!(last.distance(&last).abs() < 1e-6);
    assert_eq!(advice(&first, Some(&last)), Some(Obstacle::NotTurned));
    assert_eq!(
        advice(&times(&first, 0.97), Some(&last)),
        Some(Obstacle::NotTurned)
    );
    assert_eq!(advice(&with_thing(&tray_picture(), 20), Some(&last)), None);
}

#[test]
fn movement_by_hand() {
    let ground = tray_picture();
    let thing = with_thing(&ground, 0);
    assert!(movement(&thing, &thing).abs() < 1e-6);
    // 90 x 80 of 320 x 240 pixels.
    assert!((movement(&ground, &thing) - 7200.0 / 76800.0).abs() < 0.002);
    assert!((movement(&ground, &RgbImage::new(3, 3)) - 1.0).abs() < 1e-6);
}

#[test]
fn sharpness_by_hand() {
    // One bright pixel in a 5 x 5 plane: in the inner 3 x 3 the Laplacian is -40 once, 10 four times, 0 else.
    let plane = Plane::from_fn((5, 5), |at| if at == 12 { 10.0 } else { 0.0 });
    let variance = sharpness(&plane, None);
    assert!((variance - 2000.0 / 9.0).abs() < 1e-3, "{variance}");
}

#[test]
fn zz_blur() {
    let good = with_thing(&tray_picture(), 0);
    let tray = EmptyTray::new(&tray_picture());
    for sigma in [0.5, 1.0, 2.0, 5.0] {
        let blurred = imageops::blur(&good, sigma);
        let found = find(&tray, &blurred).unwrap();
        let bright = Plane::brightness(&blurred);
        let text = format!(
            "{sigma} {:?} tray {} now {} shift {:?} boxes {:?}\n",
            obstacle(&tray, &blurred, found.as_ref(), None),
            tray.sharpness,
            sharpness(&bright, None),
            shift(&tray, &bright),
            found.map(|f| (f.boxes, f.at_rim))
        );
        std::fs::write(format!("/tmp/blur-{sigma}.txt"), text).unwrap();
    }
}
