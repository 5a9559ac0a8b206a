//! COCO files as the wild holds them.

use std::fs;

use proptest::prelude::*;

use super::*;
use crate::{
    frame::{RgbImage, picture},
    geom::{ClassId, CornerBox},
    training::dataset::{Dataset as _, LabelledBox, testing::assert_box},
};

fn read(text: impl AsRef<[u8]>) -> (tempfile::TempDir, Result<LabelSet, DatasetError>) {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.png", "b.png"] {
        picture::write(&RgbImage::new(40, 20), &folder.path().join(name)).unwrap();
    }
    let file = folder.path().join("labels.json");
    fs::write(&file, text).unwrap();
    let set = LabelSet::coco(&file, folder.path(), "");
    (folder, set)
}

#[test]
fn boxes_crowds_and_unknown_classes() {
    let folder = tempfile::tempdir().unwrap();
    picture::write(&RgbImage::new(40, 20), &folder.path().join("a.png")).unwrap();
    let file = folder.path().join("labels.json");
    let text = r#"{"images": [{"id": 7, "file_name": "a.png", "width": 40, "height": 20}],
        "categories": [{"id": 3, "name": "milk"}, {"id": 4, "name": "shelf"}],
        "annotations": [
          {"image_id": 7, "category_id": 3, "bbox": [10, 5, 20, 10], "iscrowd": 0},
          {"image_id": 7, "category_id": 3, "bbox": [0, 0, 4, 4], "iscrowd": 1},
          {"image_id": 7, "category_id": 4, "bbox": [0, 0, 4, 4]}]}"#;
    fs::write(&file, text).unwrap();
    let set = CocoDataset::open(&file, folder.path(), &ClassNames::new(["apple", "milk"])).unwrap();
    let milk = |bbox, difficult| LabelledBox {
        class: ClassId(2),
        bbox,
        difficult,
    };
    let expected = [
        milk(CornerBox::new(0.25, 0.25, 0.75, 0.75), false),
        milk(CornerBox::new(0.0, 0.0, 0.1, 0.2), true),
    ];
    assert_eq!(set.get(0).unwrap().boxes, expected);
    assert_eq!(set.report().count(Issue::UnknownClass), 1);
}

#[test]
fn camera_trap_files_have_text_ids_sequences_and_empty_pictures() {
    let (_folder, set) = read(
        r#"{"info": {"version": "1"}, "images": [
              {"id": "x-1", "file_name": "a.png", "location": 12, "seq_id": "s", "datetime": "2020"},
              {"id": "x-2", "file_name": "b.png", "location": 12}],
            "categories": [{"id": 0, "name": "empty"}, {"id": 9, "name": "deer"}],
            "annotations": [{"id": "y", "image_id": "x-2", "category_id": 0},
              {"id": "z", "image_id": "x-1", "category_id": 9, "count": 1},
              {"image_id": "x-1", "category_id": 9, "bbox": [0.5, 0.0, 20.0, 10.0]}]}"#,
    );
    let set = set.unwrap();
    assert_eq!(set.classes, ["deer"]);
    assert_eq!(set.pictures[0].group.as_deref(), Some("s"));
    assert_eq!(set.pictures[1].group.as_deref(), Some("12"));
    assert_box(set.pictures[0].objects[0].bbox, [0.5, 0.0, 20.5, 10.0], "deer");
    assert_eq!(set.pictures[1].objects, []);
    assert_eq!(
        set.report.count(Issue::NoBox),
        1,
        "a deer without a box, not the empty picture"
    );
}

#[test]
fn one_bad_entry_spoils_no_other() {
    let (_folder, set) = read(
        r#"{"images": [{"id": 1, "file_name": "a.png"}, {"id": 2, "file_name": "gone.png"}, null,
              {"id": 3, "file_name": "sub\\A.PNG"}, {"id": 1, "file_name": "b.png"}, {"file_name": "b.png"}],
            "categories": [{"id": 5, "name": "milk"}, {"id": 5, "name": "tea"}, {"id": 8, "name": "milk"}, 7],
            "annotations": [
              {"id": 1, "image_id": 1, "category_id": 5, "bbox": [30, 15, -20, -10]},
              {"id": 1, "image_id": "1", "category_id": "8", "bbox": ["1", 2, 3.5, 4]},
              {"id": 3, "image_id": 2, "category_id": 5, "bbox": [1, 2, 3, 4]},
              {"id": 4, "image_id": 3, "category_id": 5, "bbox": [1, 2, 3, 4], "attributes": {"truncated": true}},
              {"id": 5, "image_id": 99, "category_id": 5, "bbox": [1, 2, 3, 4]},
              {"id": 6, "image_id": 1, "category_id": 77, "bbox": [1, 2, 3, 4]},
              {"id": 7, "image_id": 1, "bbox": [1, 2, 3, 4]},
              {"id": 8, "image_id": 1, "category_id": 5, "bbox": [1, 2, 3]},
              {"id": 9, "image_id": 1, "category_id": 5, "segmentation": [[1, 1, 5, 1, 5, 9]]},
              {"id": 10, "image_id": 1, "category_id": 5,
               "segmentation": {"size": [20, 40], "counts": [21, 2, 777]}},
              "what", {"id": 11}]}"#,
    );
    let set = set.unwrap();
    assert_eq!(
        (set.classes.as_slice(), set.pictures.len()),
        (["milk".to_owned()].as_slice(), 1)
    );
    let boxes: Vec<[f64; 4]> = set.pictures[0].objects.iter().map(|object| object.bbox).collect();
    let expected = [
        [10.0, 5.0, 30.0, 15.0],
        [1.0, 2.0, 4.5, 6.0],
        [1.0, 2.0, 4.0, 6.0],
        [1.0, 1.0, 5.0, 9.0],
        [1.0, 1.0, 2.0, 3.0],
    ];
    assert_eq!(boxes, expected);
    assert!(set.pictures[0].objects[2].flags.truncated);
    for (issue, count) in [
        (Issue::PictureMissing, 1),
        (Issue::PictureListedTwice, 1),
        (Issue::AmbiguousPicture, 1),
        (Issue::BadEntry, 5),
        (Issue::DuplicateId, 2),
        (Issue::CornersExchanged, 1),
        (Issue::UnknownPicture, 1),
        (Issue::UnknownCategory, 1),
        (Issue::NoClass, 1),
        (Issue::NoCorners, 1),
        (Issue::BoxFromOutline, 1),
        (Issue::BoxFromMask, 1),
    ] {
        assert_eq!(set.report.count(issue), count, "{issue:?} {:#?}", set.report);
    }
}

#[test]
fn what_is_no_coco_file_is_said_in_one_sentence() {
    for (text, part) in [
        ("[]", "list"),
        ("{}", "images"),
        ("{\"images\": [", "EOF"),
        ("{\"images\": 7}", "list"),
        ("{\"images\": []}", "no labelled pictures"),
        (
            "{\"images\": [{\"id\": 1, \"file_name\": \"gone.png\"}]}",
            "gone.png",
        ),
        ("", "EOF"),
    ] {
        let (_folder, set) = read(text);
        let error = set.unwrap_err().to_string();
        assert!(error.contains(part) && !error.contains('\n'), "{text}: {error}");
    }
    let (_folder, deep) = read("{\"images\": ".to_owned() + &"[".repeat(100_000));
    assert!(deep.is_err());
    let mut marked = b"\xef\xbb\xbf".to_vec();
    marked.extend(br#"{"images": [{"id": 1, "file_name": "a.png"}]}"#);
    assert_eq!(read(marked).1.unwrap().pictures.len(), 1);
}

#[test]
fn what_python_writes_for_no_number_is_taken_out() {
    let (_folder, set) = read(
        r#"{"images": [{"id": 1, "file_name": "a.png", "width": NaN, "height": 20, "note": "NaN \" Infinity"}],
            "categories": [{"id": 5, "name": "NaN"}], "annotations": [
              {"image_id": 1, "category_id": 5, "bbox": [1, 2, 3, 4], "score": -Infinity},
              {"image_id": 1, "category_id": 5, "bbox": [1, NaN, 3, 4]}]}"#,
    );
    let set = set.unwrap();
    assert_eq!((set.classes[0].as_str(), set.report.boxes), ("NaN", 1));
    assert_eq!(set.report.count(Issue::NotANumber), 1);
    assert_eq!(set.report.count(Issue::NoCorners), 1);
    assert_eq!(set.pictures[0].size, None);
}

const EXAMPLE: &str = r#"{"images": [{"id": 1, "file_name": "a.png", "width": 40, "height": 20}],
    "categories": [{"id": 5, "name": "milk"}], "annotations": [{"id": 1, "image_id": 1, "category_id": 5,
    "bbox": [3, 4, 5.5, 6e0], "segmentation": {"size": [20, 40], "counts": "5220003"}, "iscrowd": 1}]}"#;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn no_bytes_make_it_panic(changes in prop::collection::vec((0usize..330, 0usize..20), 1..6), cut in 200usize..400) {
        let mut bytes = EXAMPLE.as_bytes().to_vec();
        let letters = b"0123456789-e.,[]{}\"n";
        for (at, letter) in changes {
            if let Some(byte) = bytes.get_mut(at) { *byte = letters[letter]; }
        }
        bytes.truncate(cut);
        if let Ok(set) = read(bytes).1 {
            for picture in &set.pictures {
                let header = crate::training::dataset::PictureHeader {
                    stored: (40, 20),
                    orientation: crate::training::dataset::Orientation::UPRIGHT,
                };
                let _placed = picture.place(&header);
            }
        }
    }
}
