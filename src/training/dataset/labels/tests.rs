//! Boxes on pictures of every orientation and size.

use proptest::prelude::*;

use super::*;
use crate::training::dataset::{Orientation, testing::assert_box};

fn picture(size: Option<(f64, f64)>, boxes: &[[f64; 4]]) -> PictureLabels {
    PictureLabels {
        file: "a.jpg".into(),
        source: "a.xml".into(),
        size,
        split: "".into(),
        group: None,
        class: None,
        objects: boxes
            .iter()
            .map(|bbox| ObjectLabel {
                class: 0,
                bbox: *bbox,
                flags: ObjectFlags::default(),
            })
            .collect(),
        is_incomplete: false,
    }
}

fn header(stored: (u32, u32), tag: u16) -> PictureHeader {
    PictureHeader {
        stored,
        orientation: Orientation::from_exif(tag).unwrap(),
    }
}

/// Where the pixel (x, y) of the stored picture is seen, by the definition of each tag.
fn seen_pixel(tag: u16, (x, y): (f64, f64), (w, h): (f64, f64)) -> (f64, f64) {
    match tag {
        1 => (x, y),
        2 => (w - x, y),
        3 => (w - x, h - y),
        4 => (x, h - y),
        5 => (y, x),
        6 => (h - y, x),
        7 => (h - y, w - x),
        8 => (y, w - x),
        _ => unreachable!(),
    }
}

#[test]
fn a_box_on_the_unturned_picture_turns_with_it_in_all_quarter_turns() {
    let stored = (40, 20);
    for tag in 1..=8 {
        let header = header(stored, tag);
        let drawn = [4.0, 2.0, 12.0, 6.0];
        let placed = picture(Some((40.0, 20.0)), &[drawn]).place(&header).unwrap();
        let bbox = placed.objects[0].bbox;
        if tag < 5 {
            // Both sizes are equal, so the labels are what a person saw.
            assert_eq!((bbox, placed.issues.len()), (drawn, 0), "tag {tag}");
            continue;
        }
        let (a, b) = (
            seen_pixel(tag, (4.0, 2.0), (40.0, 20.0)),
            seen_pixel(tag, (12.0, 6.0), (40.0, 20.0)),
        );
        let (expected, _) = ordered([a.0, a.1, b.0, b.1]);
        assert_box(bbox, expected, &format!("tag {tag}"));
        assert_eq!(placed.issues, [(Issue::TurnedWithPicture, None)]);
        // Labelled upright, the box stays.
        let upright = picture(Some((20.0, 40.0)), &[drawn]).place(&header).unwrap();
        assert_eq!((upright.objects[0].bbox, upright.issues.len()), (drawn, 0));
        // Labelled on an unturned thumbnail of half the size.
        let half = picture(Some((20.0, 10.0)), &[[2.0, 1.0, 6.0, 3.0]])
            .place(&header)
            .unwrap();
        assert_box(half.objects[0].bbox, expected, &format!("half, tag {tag}"));
    }
}

#[test]
fn sizes_that_differ_scale_and_sides_without_a_tag_are_refused() {
    let upright = header((100, 50), 1);
    let scaled = picture(Some((200.0, 100.0)), &[[10.0, 20.0, 60.0, 70.0]])
        .place(&upright)
        .unwrap();
    assert_box(scaled.objects[0].bbox, [5.0, 10.0, 30.0, 35.0], "scaled");
    assert_eq!(scaled.issues, [(Issue::ScaledToPicture, None)]);
    let stretched = picture(Some((100.0, 100.0)), &[[10.0, 20.0, 60.0, 70.0]])
        .place(&upright)
        .unwrap();
    assert_box(stretched.objects[0].bbox, [10.0, 10.0, 60.0, 35.0], "stretched");
    assert_eq!(stretched.issues, [(Issue::WrongProportions, None)]);
    let sideways = picture(Some((50.0, 100.0)), &[[10.0, 20.0, 60.0, 70.0]]);
    assert_eq!(sideways.place(&upright), Err(Issue::OnItsSide));
    let unknown = picture(None, &[[10.0, 20.0, 60.0, 40.0]])
        .place(&upright)
        .unwrap();
    assert_eq!(unknown.issues, [(Issue::SizeMissing, None)]);
}

#[test]
fn boxes_beyond_the_picture_are_clipped_or_dropped() {
    let upright = header((100, 200), 1);
    let place = |bbox| picture(Some((100.0, 200.0)), &[bbox]).place(&upright).unwrap();
    let clipped = place([-10.0, 50.0, 50.0, 300.0]);
    assert_box(clipped.objects[0].bbox, [0.0, 50.0, 50.0, 200.0], "clipped");
    assert_eq!(clipped.issues, [(Issue::Clipped, Some(0))]);
    let by_one = place([-1.0, 0.0, 50.0, 201.0]);
    assert_eq!(by_one.issues, [], "one pixel is how files count, not a fault");
    assert_eq!(
        place([120.0, 0.0, 150.0, 50.0]).issues,
        [(Issue::OutsidePicture, Some(0))]
    );
    assert_eq!(
        place([20.0, 5.0, 20.0, 50.0]).issues,
        [(Issue::EmptyBox, Some(0))]
    );
    assert_eq!(
        place([20.0, 5.0, f64::NAN, 50.0]).issues,
        [(Issue::EmptyBox, Some(0))]
    );
    assert_eq!(
        place([20.0, 5.0, f64::INFINITY, 50.0]).issues,
        [(Issue::EmptyBox, Some(0))]
    );
}

#[test]
fn classes_are_renamed_joined_ordered_and_left_out() {
    let mut set = LabelSet::default();
    let (red, pear, green) = (set.class("red apple"), set.class("pear"), set.class("apple"));
    let mut one = picture(None, &[[0.0; 4]; 3]);
    for (object, class) in one.objects.iter_mut().zip([red, pear, green]) {
        object.class = class;
    }
    set.pictures.push(one);
    let rename = ("red apple".to_owned(), "apple".to_owned());
    set.choose_classes(
        std::slice::from_ref(&rename),
        &["milk".to_owned(), "apple".to_owned()],
    );
    assert_eq!(set.classes, ["milk", "apple"]);
    let classes: Vec<usize> = set.pictures[0]
        .objects
        .iter()
        .map(|object| object.class)
        .collect();
    assert_eq!(classes, [1, 1]);
    assert_eq!(set.report.count(Issue::UnknownClass), 1);
    let mut sorted = LabelSet::default();
    sorted.class("b");
    sorted.class("a");
    sorted.pictures.push(picture(None, &[[0.0; 4]]));
    sorted.sort_classes();
    assert_eq!(
        (sorted.classes.join(""), sorted.pictures[0].objects[0].class),
        ("ab".to_owned(), 1)
    );
}

proptest! {
    #[test]
    fn what_is_placed_lies_inside(
        size in (1.0f64..500.0, 1.0f64..500.0),
        stored in (1u32..300, 1u32..300),
        tag in 1u16..9,
        bbox in prop::array::uniform4(-1e6f64..1e6),
    ) {
        let header = header(stored, tag);
        if let Ok(placed) = picture(Some(size), &[ordered(bbox).0]).place(&header) {
            let (w, h) = float(header.seen());
            for object in placed.objects {
                let [x0, y0, x1, y1] = object.bbox;
                prop_assert!(0.0 <= x0 && x0 < x1 && x1 <= w && 0.0 <= y0 && y0 < y1 && y1 <= h);
            }
        }
    }
}
