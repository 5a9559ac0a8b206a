//! Boxes against masks: a shape is drawn, picture and box are changed together, and the shape is measured
//! again in the new picture.

use proptest::prelude::*;

use super::*;
use crate::{
    frame::{Rgb, RgbImage},
    geom::{ClassId, PixelBox},
    training::dataset::LabelledBox,
};

/// Pure blue: no ground that these tests use, and nothing between it and black passes for it.
const INK: Rgb<u8> = Rgb([0, 0, 255]);

/// A black picture with one shape in blue that fills its box.
fn drawn(size: (u32, u32), bbox: (u32, u32, u32, u32), round: bool) -> LabelledPicture {
    let (x0, y0, x1, y1) = bbox;
    let picture = RgbImage::from_fn(size.0, size.1, |x, y| {
        let (u, v) = (x as f32 + 0.5, y as f32 + 0.5);
        let (a, b) = ((x1 - x0) as f32 / 2.0, (y1 - y0) as f32 / 2.0);
        let (dx, dy) = ((u - x0 as f32 - a) / a, (v - y0 as f32 - b) / b);
        let inside = if round {
            dx * dx + dy * dy <= 1.0
        } else {
            dx.abs() <= 1.0 && dy.abs() <= 1.0
        };
        if inside { INK } else { Rgb([0; 3]) }
    });
    LabelledPicture {
        boxes: vec![LabelledBox {
            class: ClassId(1),
            bbox: PixelBox::new(x0 as f32, y0 as f32, x1 as f32, y1 as f32).to_normalized(size.0, size.1),
            difficult: false,
        }],
        picture,
    }
}

/// Where the ink is: left, top, right, bottom.
fn ink(picture: &RgbImage) -> Option<[f32; 4]> {
    let mut found: Option<[f32; 4]> = None;
    for (x, y, pixel) in picture.enumerate_pixels() {
        if pixel.0[2] > 127 && pixel.0[0] < 60 {
            let (x, y) = (x as f32, y as f32);
            let seen = found.get_or_insert([x, y, x, y]);
            *seen = [
                seen[0].min(x),
                seen[1].min(y),
                seen[2].max(x + 1.0),
                seen[3].max(y + 1.0),
            ];
        }
    }
    found
}

/// The only box, if there is one, is within `tolerance` of the ink on each side.
fn assert_follows(new: &LabelledPicture, tolerance: f32) -> Result<(), TestCaseError> {
    let (width, height) = new.picture.dimensions();
    let Some(labelled) = new.boxes.first() else {
        return Ok(());
    };
    let bbox = labelled.bbox.to_pixels(width, height);
    // A box of under two pixels may show as none.
    if bbox.x1 - bbox.x0 < 2.0 || bbox.y1 - bbox.y0 < 2.0 {
        return Ok(());
    }
    let seen = ink(&new.picture);
    prop_assert!(seen.is_some(), "{bbox:?} but nothing shows");
    for (edge, seen) in [bbox.x0, bbox.y0, bbox.x1, bbox.y1]
        .into_iter()
        .zip(seen.unwrap_or_default())
    {
        prop_assert!(
            (edge - seen).abs() <= tolerance,
            "{bbox:?} but the shape is at {:?}",
            ink(&new.picture)
        );
    }
    Ok(())
}

/// A picture's size and a box of at least 12 pixels in it.
fn place() -> impl Strategy<Value = ((u32, u32), (u32, u32, u32, u32))> {
    (40u32..140, 40u32..140).prop_flat_map(|(width, height)| {
        (0..width - 14, 0..height - 14).prop_flat_map(move |(x, y)| {
            (x + 12..width, y + 12..height).prop_map(move |(x1, y1)| ((width, height), (x, y, x1, y1)))
        })
    })
}

/// Everything of the chain that keeps upright boxes upright.
fn upright(chain: &Augment) -> Augment {
    Augment {
        rotate: 0.0,
        shear: 0.0,
        light: Photometric::off(),
        ground: Ground::Plain([0; 3]),
        ..chain.clone()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Flips, moves, scales, stretches, crops, zooming out and resizing, in every chain: within a pixel, or
    /// 1.5 where the picture comes out so small that blocks of its pixels are averaged first: half of the last
    /// block of up to four pixels, which the picture's edge cuts, and half a pixel of the new picture.
    #[test]
    fn upright_changes_are_exact(
        (size, bbox) in place(),
        seed in any::<u64>(),
        chain in prop::sample::select(Augment::CHAINS.as_slice()),
        side in prop::option::of(50u32..160),
    ) {
        let chain = Augment { size: side, ..upright(&Augment::named(chain).unwrap()) };
        let photo = drawn(size, bbox, false);
        let new = chain.apply(&photo, &mut Dice::new(seed, 0));
        let is_shrunk = chain.zoom_out > 0.0 || side.is_some_and(|side| side < size.0.max(size.1));
        assert_follows(&new, if is_shrunk { 1.5 } else { 1.0 })?;
    }

    /// Turned and sheared as well: the box of the mapped corners, which a filled rectangle reaches with the
    /// tips of its corners. Only whole boxes are compared: of one that the edge cuts, the shape may show less.
    #[test]
    fn turned_rectangles_reach_their_corners((size, bbox) in place(), seed in any::<u64>()) {
        let chain = Augment {
            size: Some(300),
            flip: 0.5,
            rotate: 0.7,
            shear: 0.3,
            scale: 0.3,
            ground: Ground::Plain([0; 3]),
            ..Augment::none()
        };
        let turned = chain.apply(&drawn(size, bbox, false), &mut Dice::new(seed, 1));
        let Some(labelled) = turned.boxes.first() else { return Ok(()) };
        let bbox = labelled.bbox;
        prop_assume!(bbox.x0 > 0.0 && bbox.y0 > 0.0 && bbox.x1 < 1.0 && bbox.y1 < 1.0);
        // Pixels of the small picture are blurred over up to eight pixels of the large one, tips most.
        let step = 300.0 / size.0.min(size.1) as f32;
        assert_follows(&turned, 1.0 + 1.6 * step)?;
    }

    /// With the outline of an ellipse the box of a round thing is exact however it is turned.
    #[test]
    fn turned_ellipses_touch_their_boxes((size, bbox) in place(), seed in any::<u64>()) {
        let chain = Augment {
            size: Some(300),
            outline: Outline::Ellipse,
            ground: Ground::Plain([0; 3]),
            rotate: 3.0,
            shear: 0.3,
            scale: 0.2,
            ..Augment::none()
        };
        let turned = chain.apply(&drawn(size, bbox, true), &mut Dice::new(seed, 2));
        let Some(labelled) = turned.boxes.first() else { return Ok(()) };
        let bbox = labelled.bbox;
        prop_assume!(bbox.x0 > 0.0 && bbox.y0 > 0.0 && bbox.x1 < 1.0 && bbox.y1 < 1.0);
        // A pixel of the small picture is up to eight pixels of the large one.
        let step = 300.0 / size.0.min(size.1) as f32;
        assert_follows(&turned, 1.3 + step)?;
    }

    /// Light, colour, noise and blur move nothing.
    #[test]
    fn light_moves_no_box((size, bbox) in place(), seed in any::<u64>()) {
        let photo = drawn(size, bbox, false);
        let chain = Augment { light: Photometric::ssd(), ..Augment::none() };
        let new = chain.apply(&photo, &mut Dice::new(seed, 3));
        prop_assert_eq!(new.picture.dimensions(), size);
        for (new, old) in new.boxes.iter().zip(&photo.boxes) {
            prop_assert!((new.bbox.x0 - old.bbox.x0).abs() < 1e-5 && (new.bbox.y1 - old.bbox.y1).abs() < 1e-5);
        }
        prop_assert_eq!(new.boxes.len(), 1);
    }

    /// In a mosaic each box lies around what shows of its shape, in the quarter of its picture.
    #[test]
    fn boxes_of_a_mosaic_hold_their_shapes((size, bbox) in place(), seed in any::<u64>(), corner in 0usize..4) {
        let shape = drawn(size, bbox, false);
        let blank = LabelledPicture { picture: RgbImage::new(60, 50), boxes: Vec::new() };
        let mut four = [&blank; 4];
        four[corner] = &shape;
        let rule = BoxRule { outline: Outline::Rectangle, keep: Keep::Visible(0.0) };
        let new = mosaic(four, 200, rule, &mut Dice::new(seed, 4));
        prop_assert_eq!(new.picture.dimensions(), (200, 200));
        prop_assert!(new.boxes.len() <= 1);
        assert_follows(&new, 1.0)?;
        if let Some(labelled) = new.boxes.first() {
            let (x, y) = labelled.bbox.center();
            let right = corner % 2 == 1;
            prop_assert!(if right { x > 0.3 } else { x < 0.7 }, "{labelled:?} in corner {corner}");
            prop_assert!(if corner >= 2 { y > 0.3 } else { y < 0.7 }, "{labelled:?} in corner {corner}");
        }
    }

    /// Pictures of any size, boxes of any kind, every chain: a picture of the size asked for, boxes inside.
    #[test]
    fn nothing_breaks_a_chain(
        size in (0u32..20, 0u32..20),
        corners in prop::collection::vec((-1.0f32..2.0, -1.0f32..2.0, -1.0f32..2.0, -1.0f32..2.0), 0..4),
        chain in prop::sample::select(Augment::CHAINS.as_slice()),
        seed in any::<u64>(),
    ) {
        let boxes = corners.iter().map(|(x0, y0, x1, y1)| LabelledBox {
            class: ClassId(1),
            bbox: crate::geom::CornerBox::new(*x0, *y0, *x1, *y1),
            difficult: false,
        });
        let photo = LabelledPicture { picture: RgbImage::new(size.0, size.1), boxes: boxes.collect() };
        let chain = Augment { size: Some(64), ..Augment::named(chain).unwrap() };
        let new = chain.apply(&photo, &mut Dice::new(seed, 5));
        prop_assert_eq!(new.picture.dimensions(), (64, 64));
        for labelled in &new.boxes {
            let bbox = labelled.bbox;
            prop_assert!(bbox.x0 >= 0.0 && bbox.x1 <= 1.0 && bbox.x1 > bbox.x0, "{bbox:?}");
            prop_assert!(bbox.y0 >= 0.0 && bbox.y1 <= 1.0 && bbox.y1 > bbox.y0, "{bbox:?}");
        }
    }
}

#[test]
fn the_usual_chain_keeps_most_objects() {
    let photo = drawn((120, 100), (50, 30, 80, 70), false);
    for name in ["mild", "report"] {
        let chain = Augment::named(name).unwrap();
        let kept = (0..200).filter(|index| {
            let new = chain.apply(&photo, &mut Dice::new(2, *index));
            new.boxes.iter().any(|found| !found.difficult)
        });
        let kept = kept.count();
        assert!(kept > 170, "{name}: {kept} of 200");
    }
    assert_eq!(Augment::named("other"), None);
}

#[test]
fn the_ssd_chain_zooms_out_to_the_mean_colour() {
    let photo = drawn((60, 60), (10, 10, 50, 50), false);
    let chain = Augment {
        size: Some(300),
        crop: 0.0,
        zoom_out: 1.0,
        light: Photometric::off(),
        ..Augment::ssd()
    };
    let (mut smallest, mut mean) = (1.0f32, 0);
    for index in 0..100 {
        let new = chain.apply(&photo, &mut Dice::new(8, index));
        smallest = smallest.min(new.boxes[0].bbox.width());
        mean += usize::from(
            [(0, 0), (299, 0), (0, 299), (299, 299)]
                .iter()
                .any(|corner| new.picture.get_pixel(corner.0, corner.1).0 == MEAN),
        );
    }
    assert!(
        (0.16..0.2).contains(&smallest),
        "two thirds, four times smaller: {smallest}"
    );
    assert!(mean > 90, "{mean} of 100");
}

#[test]
fn turned_boxes_by_hand() {
    let photo = drawn((100, 100), (20, 40, 80, 60), false);
    let quarter = Affine::translation(-50.0, -50.0)
        .then(&Affine::rotation(std::f32::consts::FRAC_PI_2))
        .then(&Affine::translation(50.0, 50.0));
    let rule = BoxRule {
        outline: Outline::Rectangle,
        keep: Keep::Visible(0.3),
    };
    let bbox = carry_boxes(&photo.boxes, &quarter, (100, 100), (100, 100), rule)[0].bbox;
    let expected = crate::geom::CornerBox::new(0.4, 0.2, 0.6, 0.8);
    for (found, expected) in [
        (bbox.x0, expected.x0),
        (bbox.y0, expected.y0),
        (bbox.x1, expected.x1),
        (bbox.y1, expected.y1),
    ] {
        assert!((found - expected).abs() < 1e-5, "{bbox:?}");
    }
}
