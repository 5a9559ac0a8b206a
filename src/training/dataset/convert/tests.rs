//! Round trips, splits, and folders that appear whole or not at all.

use std::fs;

use super::*;
use crate::{
    frame::{Rgb, RgbImage},
    training::dataset::{
        Depth, Pair, SetSpec, families, survey,
        testing::{assert_box, with_orientation},
    },
};

/// Three VOC pictures: two objects with flags, one picture stored turned, one without objects.
fn example() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    for part in ["JPEGImages", "Annotations", "ImageSets/Main"] {
        fs::create_dir_all(path.join(part)).unwrap();
    }
    let photo = RgbImage::from_fn(64, 48, |x, y| {
        Rgb([u8::try_from(x * 3).unwrap(), u8::try_from(y * 5).unwrap(), 7])
    });
    picture::write(&photo, &path.join("JPEGImages/a.png")).unwrap();
    picture::write(&RgbImage::new(30, 20), &path.join("JPEGImages/empty.png")).unwrap();
    let turned = path.join("JPEGImages/turned.jpg");
    picture::write(&photo, &turned).unwrap();
    let bytes = fs::read(&turned).unwrap();
    fs::write(&turned, with_orientation(&bytes, 6)).unwrap();
    let object = |name: &str, flags: (u8, u8), [x0, y0, x1, y1]: [u32; 4]| {
        format!(
            "<object><name>{name}</name><truncated>{}</truncated><difficult>{}</difficult><bndbox>\
             <xmin>{x0}</xmin><ymin>{y0}</ymin><xmax>{x1}</xmax><ymax>{y1}</ymax></bndbox></object>",
            flags.0, flags.1
        )
    };
    let file = |stem: &str, size: (u32, u32), objects: &str| {
        let text = format!(
            "<annotation><size><width>{}</width><height>{}</height></size>{objects}</annotation>",
            size.0, size.1
        );
        fs::write(path.join(format!("Annotations/{stem}.xml")), text).unwrap();
    };
    let two = object("tea &amp; milk", (1, 0), [1, 1, 64, 48]) + &object("apple", (0, 1), [7, 9, 7, 9]);
    file("a", (64, 48), &two);
    file("empty", (30, 20), "");
    // Drawn on the unturned picture.
    file("turned", (64, 48), &object("apple", (0, 0), [1, 1, 10, 20]));
    fs::write(path.join("ImageSets/Main/train.txt"), "a\nempty\n").unwrap();
    fs::write(path.join("ImageSets/Main/val.txt"), "turned\n").unwrap();
    folder
}

/// Name of the stem, split, and of each object class, box and flags.
type Content = Vec<(String, String, Vec<(String, [f64; 4], bool, bool)>)>;

fn content(set: &LabelSet) -> Content {
    let survey = survey(set, Depth::Headers, 9);
    let mut all: Content = set
        .pictures
        .iter()
        .zip(&survey.pictures)
        .map(|(labels, seen)| {
            let objects = seen.as_ref().unwrap().objects.iter().map(|object| {
                (
                    set.classes[object.class].clone(),
                    object.bbox,
                    object.flags.difficult,
                    object.flags.truncated,
                )
            });
            let stem = labels.file.file_stem().unwrap().to_str().unwrap().to_owned();
            (stem, labels.split.to_string(), objects.collect())
        })
        .collect();
    all.sort_by(|a, b| a.0.cmp(&b.0));
    all
}

fn convert(set: &LabelSet, to: &Path, format: ExportFormat) -> Written {
    let options = WriteOptions {
        format,
        pictures: PictureCopy::Upright,
        has_more_columns: true,
    };
    export_set(set, &survey(set, Depth::Headers, 9), to, options).unwrap()
}

fn read(spec: &str) -> LabelSet {
    SetSpec::parse(spec).unwrap().read().unwrap()
}

#[test]
fn voc_to_coco_to_csv_to_voc_loses_nothing() {
    let folder = example();
    let at = |name: &str| folder.path().join(name);
    let shown = |name: &str| at(name).display().to_string();
    let mut first = LabelSet::voc(folder.path(), None).unwrap();
    let expected = content(&first);
    // Turned clockwise, the box goes to the upper right corner of 48 x 64 pixels.
    assert_box(expected[2].2[0].1, [28.0, 0.0, 48.0, 10.0], "turned");
    assert_box(expected[0].2[1].1, [6.0, 8.0, 7.0, 9.0], "one pixel");
    for picture in &mut first.pictures {
        // A table and a COCO file have one split each; the import keeps them, below.
        picture.split = "train".into();
    }
    let one_split = content(&first);
    let without_split = |mut all: Content| {
        all.iter_mut().for_each(|picture| picture.1.clear());
        all
    };
    let written = convert(&first, &at("coco"), ExportFormat::Coco);
    assert_eq!((written.turned, written.splits["train"]), (1, (3, 3)));
    let coco = read(&format!(
        "coco:{}:{}",
        shown("coco/annotations.json"),
        shown("coco/images")
    ));
    assert_eq!(content(&coco), without_split(one_split.clone()));
    convert(&coco, &at("csv"), ExportFormat::Csv);
    let table = read(&format!(
        "csv:{}:{}",
        shown("csv/labels.csv"),
        shown("csv/images")
    ));
    assert_eq!(content(&table), without_split(one_split.clone()));
    convert(&table, &at("voc"), ExportFormat::Voc);
    let voc = read(&format!("voc:{}:all", shown("voc")));
    assert_eq!(without_split(content(&voc)), without_split(one_split));
    assert_eq!(voc.report.notes().count(), 0, "{:?}", voc.report);
}

#[test]
fn an_import_keeps_splits_and_order_of_classes_and_notes_later_changes() {
    let folder = example();
    let to = folder.path().join("set");
    let mut set = LabelSet::voc(folder.path(), None).unwrap();
    set.choose_classes(
        &[("tea & milk".to_owned(), "milk".to_owned())],
        &["milk".to_owned(), "apple".to_owned()],
    );
    let expected = content(&set);
    let seen = survey(&set, Depth::Pixels, 9);
    let written = import_set(&set, &seen, &to, PictureCopy::AsTheyAre, ("voc:x", Value::Null)).unwrap();
    assert_eq!(
        (written.turned, written.splits["train"], written.splits["val"]),
        (0, (2, 2), (1, 1))
    );
    let back = read(&to.display().to_string());
    assert_eq!(back.classes, ["milk", "apple"]);
    assert_eq!(content(&back), expected);
    let val = read(&format!("set:{}:val", to.display()));
    assert_eq!(val.pictures.len(), 1);
    assert!(
        SetSpec::parse(&format!("set:{}:test", to.display()))
            .unwrap()
            .read()
            .is_err()
    );
    // A second import does not write over the first.
    let again = import_set(&set, &seen, &to, PictureCopy::AsTheyAre, ("voc:x", Value::Null));
    assert!(again.unwrap_err().to_string().contains("not empty"));
    let file = to.join("annotations/val.json");
    let text = fs::read_to_string(&file)
        .unwrap()
        .replace("\"iscrowd\":0", "\"iscrowd\":1");
    fs::write(&file, text).unwrap();
    assert_eq!(
        read(&to.display().to_string())
            .report
            .count(super::super::Issue::ChangedSinceImport),
        1
    );
}

#[test]
fn a_failed_export_leaves_nothing() {
    let folder = example();
    let set = LabelSet::voc(folder.path(), None).unwrap();
    let seen = survey(&set, Depth::Headers, 9);
    fs::remove_file(folder.path().join("JPEGImages/a.png")).unwrap();
    let inside = folder.path().join("out");
    fs::create_dir(&inside).unwrap();
    let options = WriteOptions {
        format: ExportFormat::Voc,
        pictures: PictureCopy::Upright,
        has_more_columns: false,
    };
    assert!(export_set(&set, &seen, &inside.join("voc"), options).is_err());
    assert_eq!(fs::read_dir(&inside).unwrap().count(), 0);
}

#[test]
fn names_that_meet_in_one_folder_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["x/1.png", "y/1.png", "y/1.bmp", "Y-1.png"] {
        let path = folder.path().join("in").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        picture::write(&RgbImage::new(3, 3), &path).unwrap();
    }
    let set = LabelSet::folder(&folder.path().join("in")).unwrap();
    let seen = survey(&set, Depth::Headers, 9);
    let names = file_names(&set, &seen, PictureCopy::Upright);
    let names: Vec<String> = names.into_iter().flatten().collect();
    let stems: BTreeSet<String> = names
        .iter()
        .map(|name| name.rsplit_once('.').unwrap().0.to_lowercase())
        .collect();
    assert_eq!((names.len(), stems.len()), (4, 4), "{names:?}");
}

#[test]
fn a_new_split_keeps_families_together_and_shares_close() {
    let mut set = LabelSet::default();
    let (common, rare) = (set.class("common"), set.class("rare"));
    for number in 0..200 {
        set.pictures.push(super::super::PictureLabels {
            file: format!("{number}.jpg").into(),
            source: "x".into(),
            size: None,
            split: "".into(),
            group: (number % 10 == 3).then(|| format!("{}", number / 50)),
            class: None,
            is_incomplete: false,
            objects: vec![super::super::ObjectLabel {
                class: if number % 20 == 0 { rare } else { common },
                bbox: [0.0, 0.0, 1.0, 1.0],
                flags: super::super::ObjectFlags::default(),
            }],
        });
    }
    let pair = Pair {
        first: 0,
        second: 20,
        is_exact: true,
    };
    let families = families(&set, &[pair]);
    split_anew(&mut set, &families, 0.8, 1).unwrap();
    let train = |set: &LabelSet| {
        set.pictures
            .iter()
            .filter(|picture| &*picture.split == "train")
            .count()
    };
    assert!((155..=165).contains(&train(&set)), "{}", train(&set));
    for (a, family) in families.iter().enumerate() {
        assert_eq!(set.pictures[a].split, set.pictures[*family].split);
    }
    let rare_in_train = set
        .pictures
        .iter()
        .step_by(20)
        .filter(|picture| &*picture.split == "train")
        .count();
    assert!((7..=9).contains(&rare_in_train), "of 10: {rare_in_train}");
    let first = set.clone();
    split_anew(&mut set, &families, 0.8, 1).unwrap();
    assert_eq!(set, first);
    split_anew(&mut set, &families, 0.8, 2).unwrap();
    assert_ne!(set, first);
    for share in [0.0, 1.0, f64::NAN] {
        assert!(split_anew(&mut set, &families, share, 1).is_err());
    }
}
