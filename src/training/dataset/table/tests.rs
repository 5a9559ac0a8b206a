//! Tables as spreadsheets and scripts write them.

use std::fs;

use proptest::prelude::*;

use super::*;
use crate::{
    frame::{RgbImage, picture},
    training::dataset::testing::assert_box,
};

fn read(text: impl AsRef<[u8]>) -> Result<LabelSet, DatasetError> {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.png", "b c.png"] {
        picture::write(&RgbImage::new(40, 20), &folder.path().join(name)).unwrap();
    }
    let file = folder.path().join("labels.csv");
    fs::write(&file, text).unwrap();
    LabelSet::csv(&file, folder.path())
}

const BOX: [f64; 4] = [1.0, 2.0, 10.0, 12.5];

#[test]
fn every_dialect_gives_the_same_boxes() {
    let utf16: Vec<u8> = std::iter::once(0xfeffu16)
        .chain(
            "filename;width;height;class;xmin;ymin;xmax;ymax\r\na.png;40;20;käse;2;3;10;12,5\r\n"
                .encode_utf16(),
        )
        .flat_map(u16::to_le_bytes)
        .collect();
    let texts: [(&str, Vec<u8>); 8] = [
        (
            "usual",
            "filename,width,height,class,xmin,ymin,xmax,ymax\na.png,40,20,käse,2,3,10,12.5\n".into(),
        ),
        ("no head", "a.png,40,20,käse,2,3,10,12.5\r\n".into()),
        (
            "other order",
            "Class,xMax,yMax,xMin,yMin,File Name\nkäse,10,12.5,2,3,a.png".into(),
        ),
        ("short", "a.png,2,3,10,12.5,käse\n".into()),
        (
            "semicolons",
            "filename;width;height;class;xmin;ymin;xmax;ymax\na.png;40;20;käse;2;3;10;12,5\n".into(),
        ),
        (
            "tabs",
            "filename\twidth\theight\tclass\txmin\tymin\txmax\tymax\na.png\t40\t20\tkäse\t2\t3\t10\t12.5"
                .into(),
        ),
        (
            "quoted and exchanged",
            "\u{feff}\"a.png\",\"40\",20,\"käse\",10,\"12,5\",2,3\n".into(),
        ),
        ("utf-16", utf16),
    ];
    for (name, text) in texts {
        let set = read(text).unwrap();
        assert_eq!(set.classes, ["käse"], "{name}");
        assert_box(set.pictures[0].objects[0].bbox, BOX, name);
    }
}

#[test]
fn bad_rows_are_named_by_line_and_negatives_are_kept() {
    let set = read(
        "filename,width,height,class,xmin,ymin,xmax,ymax,truncated,split\n\
         a.png,0,0,milk,1,2,3,4,1,val\n\
         a.png,40,20,milk,1,,3,4,,\n\
         a.png,40,20,,1,2,3,4,,\n\
         ,40,20,milk,1,2,3,4,,\n\
         b c.png,40,20,,,,,,,\n\
         gone.png,40,20,milk,1,2,3,4,,\n\
         a.png\n",
    )
    .unwrap();
    assert_eq!(set.pictures.len(), 2);
    let first = &set.pictures[0];
    assert_eq!(
        (first.size, first.split.as_ref(), first.objects.len()),
        (None, "val", 1)
    );
    assert!(first.objects[0].flags.truncated);
    assert!(set.pictures[1].objects.is_empty());
    let place = |issue| {
        let note = set.report.notes().find(|(found, _)| *found == issue).unwrap().1;
        note.examples[0].clone()
    };
    assert!(place(Issue::NoCorners).ends_with("line 3"));
    assert!(place(Issue::NoClass).ends_with("line 4"));
    assert!(place(Issue::BadEntry).ends_with("line 5"));
    assert!(place(Issue::PictureMissing).contains("gone.png"));
}

#[test]
fn what_is_no_table_of_labels_is_refused() {
    for text in [
        "",
        "hello\nworld\n",
        "a,b,c,d,e,f,g,h\n1,2,3,4,5,6,7,8\n",
        "\u{0}\u{1}\u{2}",
    ] {
        let error = read(text).unwrap_err().to_string();
        assert!(error.contains("labels.csv") && !error.contains('\n'), "{error}");
    }
    assert!(read("filename,width,height,class,xmin,ymin,xmax,ymax\n").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(prop::sample::select(b"a.png,;\t\"\n\r1234-e\xff\0".to_vec()), 0..200)) {
        let _read = read(&bytes);
        let mut with_head = b"filename,width,height,class,xmin,ymin,xmax,ymax\na.png,40,20,x,1,2,3,4\n".to_vec();
        with_head.extend(bytes);
        let _read = read(with_head);
    }
}
