//! A set with every fault.

use std::{fs, path::Path};

use super::*;
use crate::{
    frame::{Rgb, RgbImage, picture},
    training::dataset::testing::with_orientation,
};

/// A picture with a look of its own.
fn photo(seed: u32) -> RgbImage {
    RgbImage::from_fn(64, 48, |x, y| {
        let value = (x / 8 * (13 + seed * 7) + y / 6 * (29 + seed * 11)) % 251;
        Rgb([u8::try_from(value).unwrap(), 90, 200])
    })
}

fn labels(folder: &Path, stem: &str, boxes: &[(&str, [i32; 4])]) {
    let objects: String = boxes
        .iter()
        .map(|(name, [x0, y0, x1, y1])| {
            format!(
                "<object><name>{name}</name><bndbox><xmin>{x0}</xmin><ymin>{y0}</ymin><xmax>{x1}</xmax>\
                 <ymax>{y1}</ymax></bndbox></object>"
            )
        })
        .collect();
    let text = format!("<annotation><size><width>64</width><height>48</height></size>{objects}</annotation>");
    fs::write(folder.join(format!("Annotations/{stem}.xml")), text).unwrap();
}

fn example() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for part in ["JPEGImages", "Annotations", "ImageSets/Main"] {
        fs::create_dir_all(path.join(part)).unwrap();
    }
    for seed in 0..4u32 {
        picture::write(&photo(seed), &path.join(format!("JPEGImages/{seed}.png"))).unwrap();
    }
    fs::copy(path.join("JPEGImages/0.png"), path.join("JPEGImages/copy.png")).unwrap();
    let mut lighter = photo(1);
    lighter.pixels_mut().for_each(|pixel| pixel.0[1] += 3);
    picture::write(&lighter, &path.join("JPEGImages/again.png")).unwrap();
    let jpeg = path.join("JPEGImages/turned.jpg");
    picture::write(&photo(9), &jpeg).unwrap();
    let bytes = fs::read(&jpeg).unwrap();
    fs::write(&jpeg, with_orientation(&bytes, 3)).unwrap();
    fs::write(
        path.join("JPEGImages/broken.png"),
        &fs::read(path.join("JPEGImages/3.png")).unwrap()[..60],
    )
    .unwrap();
    labels(path, "0", &[("milk", [1, 1, 30, 30]), ("milk", [1, 1, 30, 31])]);
    labels(
        path,
        "1",
        &[("milk", [50, 40, 10, 10]), ("apple", [-20, 5, 90, 60])],
    );
    labels(
        path,
        "2",
        &[("milk", [100, 100, 120, 120]), ("milk", [10, 10, 11, 11])],
    );
    for stem in ["3", "copy", "again", "turned", "broken"] {
        labels(path, stem, &[("milk", [5, 5, 40, 40])]);
    }
    fs::write(
        path.join("ImageSets/Main/train.txt"),
        "0\n1\n2\n3\nturned\nbroken\n",
    )
    .unwrap();
    fs::write(path.join("ImageSets/Main/val.txt"), "copy\nagain\n").unwrap();
    folder
}

#[test]
fn every_fault_is_found_once() {
    let folder = example();
    let set = LabelSet::voc(folder.path(), None).unwrap();
    let found = check(&set, Depth::Pixels);
    let counts: Vec<(&str, usize)> = found
        .report
        .notes()
        .map(|(issue, note)| (issue.key(), note.count))
        .collect();
    let expected = [
        ("corners-exchanged", 1),
        ("clipped", 1),
        ("same-box-twice", 1),
        ("tiny-box", 1),
        ("turned-picture", 1),
        ("duplicate-across-splits", 1),
        ("near-across-splits", 1),
        ("no-negatives", 1),
        ("few-boxes", 2),
        ("class-missing-in-split", 1),
        ("outside-picture", 1),
        ("picture-unreadable", 1),
    ];
    assert_eq!(counts, expected);
    assert_eq!(found.total(Severity::Error), 3);
    let across = found
        .report
        .notes()
        .find(|(issue, _)| *issue == Issue::DuplicateAcrossSplits)
        .unwrap()
        .1;
    assert!(across.examples[0].contains("0.png and") && across.examples[0].contains("copy.png"));
    assert_eq!(found.report.pictures, 7);

    // Headers alone show neither damage nor duplicates.
    let quick = check(&set, Depth::Headers);
    assert_eq!(
        quick.report.count(Issue::PictureUnreadable) + quick.report.count(Issue::ExactDuplicate),
        0
    );
}

#[test]
fn a_set_without_boxes_is_an_error_and_a_clean_one_is_not() {
    let folder = example();
    for stem in ["0", "1", "2", "3", "copy", "again", "turned", "broken"] {
        labels(folder.path(), stem, &[]);
    }
    let none = check(&LabelSet::voc(folder.path(), None).unwrap(), Depth::Headers);
    assert_eq!((none.report.count(Issue::NoBoxes), none.without_boxes), (1, 8));
    assert_eq!(none.total(Severity::Error), 1);
    let mut negatives = LabelSet::folder(&folder.path().join("JPEGImages")).unwrap();
    assert_eq!(check(&negatives, Depth::Headers).total(Severity::Error), 0);
    negatives.append(LabelSet::voc(folder.path(), None).unwrap());
    assert_eq!(check(&negatives, Depth::Headers).report.count(Issue::NoBoxes), 1);
}
