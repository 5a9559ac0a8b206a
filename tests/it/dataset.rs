//! `tillsight dataset` as a user runs it: in and out of every format, checks, statistics, and bad input.

use std::{fs, path::Path};

use serde_json::Value;
use tillsight::frame::{Rgb, RgbImage, picture};

use crate::program::Program;

/// `tillsight dataset` in a folder with labelled photos.
fn desk() -> Program {
    let desk = Program::with_command(&["dataset"]);
    label_photos(&desk.path("photos"));
    desk
}

/// A folder as `LabelImg` leaves it: 20 photos, each with a box of milk, every second one with an apple.
fn label_photos(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    for number in 0..20u32 {
        let photo = RgbImage::from_fn(64, 48, |x, y| {
            let value = (x / 8 * (13 + number * 7) + y / 6 * (29 + number * 11)) % 251;
            Rgb([u8::try_from(value).unwrap(), 90, 200])
        });
        picture::write(&photo, &folder.join(format!("{number}.png"))).unwrap();
        let milk = object("milk", [11, 6, 30, 40]);
        let apple = if number % 2 == 0 {
            object("apple", [31, 8, 60, 44])
        } else {
            String::new()
        };
        write_labels(folder, &number.to_string(), &(milk + &apple));
    }
}

fn object(name: &str, [x0, y0, x1, y1]: [i32; 4]) -> String {
    format!(
        "<object><name>{name}</name><difficult>0</difficult><bndbox><xmin>{x0}</xmin><ymin>{y0}</ymin>\
         <xmax>{x1}</xmax><ymax>{y1}</ymax></bndbox></object>"
    )
}

fn write_labels(folder: &Path, stem: &str, objects: &str) {
    let text = format!(
        "<annotation><filename>{stem}.png</filename><path>C:\\photos\\{stem}.png</path><size>\
         <width>64</width><height>48</height><depth>3</depth></size>{objects}</annotation>"
    );
    fs::write(folder.join(format!("{stem}.xml")), text).unwrap();
}

#[test]
fn labels_go_in_and_through_every_format_and_come_back_equal() {
    let desk = desk();
    let imported = desk.json(&[
        "import",
        "photos",
        "--out",
        "set",
        "--train-share",
        "0.75",
        "--map",
        "milk=carton",
    ]);
    assert_eq!(imported["classes"], serde_json::json!(["apple", "carton"]));
    assert_eq!(imported["splits"]["train"]["pictures"], 15);
    assert_eq!(imported["report"]["boxes"], 30);
    assert_eq!(imported["report"]["refused"], serde_json::json!({}));

    desk.json(&["export", "set", "--format", "coco", "--out", "coco"]);
    let train = "coco:coco/annotations/train.json:coco/images";
    desk.json(&["export", train, "--format", "csv", "--out", "csv"]);
    let table = fs::read_to_string(desk.path("csv/labels.csv")).unwrap();
    assert!(
        table.starts_with("filename,width,height,class,xmin,ymin,xmax,ymax\n"),
        "{table}"
    );
    assert!(table.contains(".png,64,48,carton,11,6,30,40\n"), "{table}");
    desk.json(&["export", "csv:csv/labels.csv", "--format", "voc", "--out", "voc"]);
    let back = fs::read_to_string(desk.path("voc/Annotations/0.xml"))
        .or_else(|_| fs::read_to_string(desk.path("voc/Annotations/1.xml")))
        .unwrap();
    for corner in [
        "<xmin>11</xmin>",
        "<ymin>6</ymin>",
        "<xmax>30</xmax>",
        "<ymax>40</ymax>",
    ] {
        assert!(back.contains(corner), "{back}");
    }
    // Both splits at once, and as two sets.
    let whole = desk.json(&["stats", "coco"]);
    assert_eq!(whole["splits"], desk.json(&["stats", "set"])["splits"]);
    let two = desk.json(&["check", "set:set:train", "set:set:val"]);
    assert_eq!(two["pictures"], 20);

    let first = desk.json(&["stats", "set:set:train"]);
    let last = desk.json(&["stats", "voc:voc:all"]);
    for part in ["sizes", "shapes", "boxes_in_a_picture", "places"] {
        assert_eq!(first[part], last[part], "{part}");
    }
    let (first, last) = (&first["splits"][0], &last["splits"][0]);
    assert_eq!(
        (&first["classes"], &first["boxes"]),
        (&last["classes"], &last["boxes"])
    );
}

#[test]
fn a_check_fails_on_errors_only_and_names_files_and_remedies() {
    let desk = desk();
    let clean = desk.json(&["check", "photos"]);
    assert_eq!(
        (&clean["errors"], &clean["pictures"]),
        (&Value::from(0), &Value::from(20))
    );
    write_labels(&desk.path("photos"), "3", &object("milk", [100, 100, 200, 200]));
    let output = desk.run(&["check", "photos", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["errors"], 1);
    let finding = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|f| f["kind"] == "outside-picture")
        .unwrap();
    assert!(finding["files"][0].as_str().unwrap().contains("3.png"));
    let table = desk.run(&["check", "photos"]);
    let text = String::from_utf8(table.stdout).unwrap();
    assert!(
        text.contains("error: 1 x box lies outside the picture\n  to mend: delete it or draw it again"),
        "{text}"
    );
}

#[test]
fn negatives_come_in_with_the_labels() {
    let desk = desk();
    fs::create_dir_all(desk.path("negatives/empty tray")).unwrap();
    let tray = RgbImage::from_fn(40, 30, |x, _| Rgb([u8::try_from(x * 6).unwrap(); 3]));
    picture::write(&tray, &desk.path("negatives/empty tray/0.jpg")).unwrap();
    let sources = ["import", "photos", "folder:negatives", "--out", "set"];
    let imported = desk.json(&sources);
    assert_eq!(imported["classes"], serde_json::json!(["apple", "milk"]));
    assert_eq!(
        imported["splits"]["all"],
        serde_json::json!({"pictures": 21, "boxes": 30})
    );
    let found = desk.json(&["check", "set"]);
    assert_eq!(found["without_boxes"], 1);
    let kinds: Vec<&str> = found["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["few-boxes"]);
}

#[test]
fn statistics_have_a_table_and_plots() {
    let desk = desk();
    let output = desk.run(&["stats", "photos", "--plots", "plots"]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let apple = ["all", "apple", "10", "10", "0", "0"];
    assert!(
        text.lines().any(|line| line.split_whitespace().eq(apple)),
        "{text}"
    );
    for name in ["classes", "sizes", "shapes", "crowds", "places"] {
        assert!(
            picture::read(&desk.path(&format!("plots/{name}.png"))).is_ok(),
            "{name}"
        );
    }
}

#[test]
fn bad_input_is_one_line_and_leaves_nothing_behind() {
    let desk = desk();
    fs::write(
        desk.path("bomb.xml"),
        "<!DOCTYPE a [<!ENTITY x 'y'>]><annotation>&x;</annotation>",
    )
    .unwrap();
    fs::create_dir(desk.path("bad")).unwrap();
    fs::rename(desk.path("bomb.xml"), desk.path("bad/a.xml")).unwrap();
    fs::copy(desk.path("photos/0.png"), desk.path("bad/a.png")).unwrap();
    fs::write(desk.path("cut.json"), "{\"images\": [{\"id\": 1,").unwrap();
    for (arguments, part) in [
        (&["check", "nowhere"][..], "nowhere"),
        (&["check", "what:a:b:c"], "coco:ANNOTATIONS:IMAGES"),
        (&["check", "cut.json"], "cut.json"),
        (&["check", "bad"], "entities"),
        (&["import", "photos", "--out", "photos"], "not empty"),
        (
            &["import", "photos", "--out", "new", "--train-share", "1.5"],
            "1.5",
        ),
        (&["import", "photos", "--out", "new", "--map", "milk"], "OLD=NEW"),
        (&["import", "photos", "--out", "new", "--map", "tea=x"], "tea"),
        (
            &["import", "photos", "--out", "new", "--classes", "tea"],
            "apple, milk",
        ),
        (
            &["export", "voc:photos:val", "--format", "coco", "--out", "new"],
            "val.txt",
        ),
    ] {
        let line = desk.refusal(arguments);
        assert!(line.contains(part), "{arguments:?}: {line}");
    }
    assert!(!desk.path("new").exists() && !desk.path(".new.unfinished").exists());
}
