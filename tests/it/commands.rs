//! The binary as a user runs it: what it prints, what it exits with, and how it answers bad input.

use std::{fs, path::Path};

use serde_json::Value;

use crate::program::{Program, repository, shipped_model};

#[test]
fn scanning_the_demo_pictures_gives_boxes_a_basket_and_its_total() {
    let shop = Program::new();
    let picture = repository("assets/demo/02-apples-banana.jpg");
    let found = shop.json(&["scan", picture.to_str().unwrap()]);
    let detections = found["pictures"][0]["detections"].as_array().unwrap();
    let count = |class: &str| detections.iter().filter(|d| d["class"] == class).count();
    assert_eq!(
        (count("apple"), count("banana"), count("milk")),
        (2, 1, 0),
        "{detections:?}"
    );
    assert_eq!(found["pictures"][0]["width"], 1280);
    let amounts: i64 = found["basket"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["amount"]["minor"].as_i64().unwrap())
        .sum();
    assert_eq!(
        found["total"]["minor"], amounts,
        "the total is the sum of the lines"
    );
    assert_eq!(found["total"]["currency"], "EUR");
}

#[test]
fn an_evaluation_at_a_low_threshold_finds_more_than_a_line_holds() {
    let shop = Program::new();
    let picture = repository("assets/demo/06-full-basket.jpg");
    let mut command = vec!["scan", "--threshold", "0"];
    command.extend(std::iter::repeat_n(picture.to_str().unwrap(), 20));
    let found = shop.json(&command);
    let quantities: Vec<u64> = found["basket"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["quantity"].as_u64().unwrap())
        .collect();
    assert!(quantities.contains(&999), "one line is full: {quantities:?}");
    let pieces: u64 = quantities.iter().sum();
    let detections: usize = found["pictures"]
        .as_array()
        .unwrap()
        .iter()
        .map(|p| p["detections"].as_array().unwrap().len())
        .sum();
    assert_eq!(pieces, detections as u64);
}

#[test]
fn selling_the_demo_pictures_leaves_a_sale_and_a_receipt_to_the_cent() {
    let shop = Program::new();
    let pictures = ["01-apple.jpg", "02-apples-banana.jpg"].map(|name| repository("assets/demo").join(name));
    let sold = shop.json(&[
        "scan",
        pictures[0].to_str().unwrap(),
        pictures[1].to_str().unwrap(),
        "--sell",
    ]);
    let text = fs::read_to_string(sold["receipt"]["text"].as_str().unwrap()).unwrap();
    let total = sold["total"]["minor"].as_i64().unwrap();
    assert!(
        text.contains(&format!("{}.{:02}", total / 100, total % 100)),
        "{total} cents are in {text}"
    );
    assert!(
        fs::read(sold["receipt"]["pdf"].as_str().unwrap())
            .unwrap()
            .starts_with(b"%PDF")
    );
    let report = shop.json(&["sales", "report"]);
    assert_eq!(
        (&report["count"], &report["gross"]["minor"]),
        (&Value::from(1), &Value::from(total))
    );
    assert_eq!(shop.json(&["sales", "verify"])["ok"], true);
    let again = shop.path("again");
    shop.json(&["sales", "show", "1", "--save", again.to_str().unwrap()]);
    assert_eq!(
        fs::read_to_string(again.join("receipt-000001.txt")).unwrap(),
        text
    );
}

#[test]
fn an_overlay_is_written_for_each_picture() {
    let shop = Program::new();
    let folder = shop.path("overlay");
    let picture = repository("assets/demo/01-apple.jpg");
    shop.json(&[
        "scan",
        picture.to_str().unwrap(),
        "--overlay",
        folder.to_str().unwrap(),
    ]);
    assert_eq!(fs::read_dir(folder).unwrap().count(), 1);
}

#[test]
fn bad_pictures_are_refused_in_one_sentence() {
    let shop = Program::new();
    let empty = shop.path("empty.jpg");
    fs::write(&empty, b"").unwrap();
    assert!(
        shop.refusal(&["scan", empty.to_str().unwrap()])
            .contains("is empty (0 bytes)")
    );
    let text = shop.path("text.jpg");
    fs::write(&text, b"this is not a picture").unwrap();
    assert!(
        shop.refusal(&["scan", text.to_str().unwrap()])
            .contains("is not a picture that can be read")
    );
    assert!(
        shop.refusal(&["scan", "/nowhere/x.jpg"])
            .contains("cannot read the picture")
    );
    let truncated = shop.path("cut.jpg");
    let whole = fs::read(repository("assets/demo/01-apple.jpg")).unwrap();
    fs::write(&truncated, &whole[..200]).unwrap();
    assert!(
        shop.refusal(&["scan", truncated.to_str().unwrap()])
            .contains("cut.jpg")
    );
}

#[test]
fn a_damaged_or_missing_model_is_refused_in_one_sentence() {
    let shop = Program::new();
    let picture = repository("assets/demo/01-apple.jpg");
    let scan = |folder: &Path| {
        shop.refusal(&[
            "scan",
            picture.to_str().unwrap(),
            "--model",
            folder.to_str().unwrap(),
        ])
    };
    assert!(scan(&shop.path("none")).contains("bundle.json cannot be read"));
    let copy = shop.path("model");
    fs::create_dir(&copy).unwrap();
    let original = shipped_model();
    fs::copy(original.join("bundle.json"), copy.join("bundle.json")).unwrap();
    let weights = fs::read(original.join("weights.safetensors")).unwrap();
    fs::write(copy.join("weights.safetensors"), &weights[..weights.len() / 2]).unwrap();
    assert!(scan(&copy).contains("truncated or changed"));
}

#[test]
fn the_catalog_is_exported_and_imported_without_loss() {
    let shop = Program::new();
    let file = shop.path("catalog.csv");
    shop.json(&["catalog", "export", file.to_str().unwrap()]);
    let before = shop.json(&["catalog", "list"]);
    shop.json(&["catalog", "import", file.to_str().unwrap()]);
    assert_eq!(shop.json(&["catalog", "list"]), before);
}

#[test]
fn a_bad_catalog_changes_nothing() {
    let shop = Program::new();
    let before = shop.json(&["catalog", "list"]);
    let file = shop.path("catalog.csv");
    shop.json(&["catalog", "export", file.to_str().unwrap()]);
    let good = fs::read_to_string(&file).unwrap();
    let mut lines: Vec<&str> = good.lines().collect();
    let twice = lines[1];
    lines.push(twice);
    fs::write(&file, lines.join("\n")).unwrap();
    shop.refusal(&["catalog", "import", file.to_str().unwrap()]);
    fs::write(&file, "name,cost\nApple,1\n").unwrap();
    shop.refusal(&["catalog", "import", file.to_str().unwrap()]);
    assert_eq!(shop.json(&["catalog", "list"]), before);
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let shop = Program::new();
    fs::create_dir(shop.path("data")).unwrap();
    let database = shop.path("data/tillsight.db");
    let content =
        b"SQLite? No: a shopping list, rather long, so that it has a header's worth of bytes. ".repeat(30);
    fs::write(&database, &content).unwrap();
    shop.refusal(&["catalog", "list"]);
    assert_eq!(fs::read(&database).unwrap(), content);
}

#[test]
fn an_empty_shop_has_sold_nothing_and_its_records_are_whole() {
    let shop = Program::new();
    let report = shop.json(&["sales", "report"]);
    assert_eq!(report["count"], 0);
    let verified = shop.json(&["sales", "verify"]);
    assert_eq!(verified["ok"], true);
    assert_eq!(verified["first_bad"], Value::Null);
}

#[test]
fn a_backup_opens_as_a_database() {
    let shop = Program::new();
    shop.json(&["catalog", "list"]);
    let copy = shop.path("copy.db");
    shop.json(&["backup", copy.to_str().unwrap()]);
    assert!(fs::metadata(&copy).unwrap().len() > 0);
    assert!(
        !shop
            .refusal(&["backup", shop.path("data/tillsight.db").to_str().unwrap()])
            .is_empty()
    );
}

#[test]
fn presets_are_described_with_their_counts() {
    let shop = Program::new();
    let info = shop.json(&["model", "info", "checkout"]);
    assert_eq!(info["boxes"], 5250);
    assert_eq!(info["input"], serde_json::json!([224, 224]));
    let maps = info["maps"].as_array().unwrap();
    assert_eq!(
        maps.iter().map(|m| m["boxes"].as_u64().unwrap()).sum::<u64>(),
        5250
    );
    assert!(
        shop.refusal(&["model", "info", "nonsense"])
            .contains("neither a preset")
    );
}

#[test]
fn a_calibrated_model_finds_no_more_than_allowed() {
    let shop = Program::new();
    let model = shipped_model();
    let (model, pictures) = (model.to_str().unwrap(), repository("assets/demo"));
    let pictures = pictures.to_str().unwrap();
    // Pictures full of products: the strictest that there can be.
    let careful = shop.path("careful");
    let careful = careful.to_str().unwrap();
    let usual = ["model", "calibrate", model, "--negatives", pictures];
    let report = shop.json(&[&usual[..], &["--share", "0", "--out", careful]].concat());
    assert!(report["delta"].as_f64().unwrap() > 0.0, "{report}");
    assert!(report["alarms_before"].as_u64().unwrap() > 0, "{report}");
    let folder = format!("folder:{pictures}");
    let measured = shop.json(&["eval", &folder, "--model", careful]);
    assert_eq!(measured["false_alarms"], 0, "{measured}");
    assert_eq!(measured["pictures"], report["pictures"]);
    let refused = |more: &[&str]| shop.refusal(&[&usual[..], &["--out", "x"], more].concat());
    assert!(refused(&["--share", "1.5"]).contains("1.5 is not between 0 and 1"));
    assert!(refused(&["--score", "0"]).contains("0 is not between 0 and 1"));
    assert!(refused(&["--exclude", "demo"]).contains("leave fewer out"));
    assert!(!shop.path("x").exists(), "nothing is left behind");
}

#[test]
fn the_doctor_answers_for_every_part() {
    let shop = Program::new();
    let checks = shop.json(&["doctor"]);
    let names: Vec<&str> = checks["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["name"].as_str().unwrap())
        .collect();
    for name in ["camera", "gpu", "cpu", "database", "model", "disk"] {
        assert!(names.contains(&name), "{name} is missing from {names:?}");
    }
}

#[test]
fn wrong_usage_exits_with_2() {
    let output = Program::new().run(&["scan"]);
    assert_eq!(output.status.code(), Some(2));
}
