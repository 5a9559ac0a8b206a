//! The command from its arguments to the files of a run, on a tiny set of canvases.

use std::path::Path;

use clap::Parser as _;

use super::super::{Cli, run as run_command};
use crate::frame::{Rgb, RgbImage, picture};

/// Runs a command line and gives what it printed, or its error in one line.
fn command(arguments: &[&str]) -> Result<String, String> {
    let cli = Cli::try_parse_from([&["tillsight"], arguments].concat()).map_err(|e| e.to_string())?;
    let mut printed = Vec::new();
    let command = cli.command.expect("a command was given");
    run_command(command, cli.json, cli.data.as_deref(), &mut printed)
        .map_err(|error| super::super::one_line(&error))?;
    Ok(String::from_utf8(printed).unwrap())
}

/// Two classes of two pictures, one red, one blue.
fn pictures(folder: &Path, classes: [&str; 2]) {
    for (class, colour) in classes.iter().zip([Rgb([200, 30, 30]), Rgb([30, 30, 200])]) {
        let path = folder.join(class);
        std::fs::create_dir_all(&path).unwrap();
        for number in 0..2 {
            let small = RgbImage::from_pixel(32, 32, colour);
            picture::write(&small, &path.join(format!("{number}.png"))).unwrap();
        }
    }
}

/// A folder with a set of two classes and the place of a run.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        pictures(&folder.path().join("set"), ["bird", "cat"]);
        Self { folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// `train` on the set, one epoch of one batch.
    fn train(&self, more: &[&str]) -> Result<String, String> {
        let (out, set) = (self.path("run"), self.path("set"));
        let usual = ["train", "--out", &out, "--canvases", &set, "--epochs", "1"];
        let small = ["--pictures", "2", "--batch", "2"];
        command(&[&usual[..], &small, more].concat())
    }
}

#[test]
fn a_run_on_canvases_leaves_its_files_and_guards_its_folder() {
    let place = Place::new();
    let val = format!("canvas:{}:2", place.path("set"));
    let cifar = [
        "--preset",
        "mobilenetv2-ssd-cifar",
        "--optimizer",
        "adam",
        "--val",
        &val,
        "--frozen",
        "none",
    ];
    let printed = place.train(&cifar).unwrap();
    assert!(
        printed.contains("epoch 1/1 step 1/1") && printed.contains("score"),
        "{printed}"
    );
    assert!(printed.contains("finished after 1 steps"), "{printed}");
    let run = place.folder.path().join("run");
    for file in [
        "log.csv",
        "curves.png",
        "best/bundle.json",
        "checkpoint/state.json",
    ] {
        assert!(run.join(file).is_file(), "{file}");
    }
    let log = std::fs::read_to_string(run.join("log.csv")).unwrap();
    assert!(
        log.lines().next().unwrap().ends_with("score,ap50_bird,ap50_cat"),
        "{log}"
    );
    let files = std::fs::read_dir(&run).unwrap();
    let names: Vec<_> = files
        .map(|f| f.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        names.iter().any(|name| name.starts_with("events.out.tfevents.")),
        "{names:?}"
    );
    measures_the_best(&place, &val);

    let again = place.train(&cifar).unwrap_err();
    assert!(again.contains("already holds a run"), "{again}");
    let other = place
        .train(&["--resume", "--preset", "checkout-dense"])
        .unwrap_err();
    assert!(
        other.contains("trains a mobilenetv2-ssd-cifar network"),
        "{other}"
    );
    pictures(&place.folder.path().join("birds"), ["duck", "goose"]);
    let birds = [
        "train",
        "--resume",
        "--out",
        &place.path("run"),
        "--canvases",
        &place.path("birds"),
    ];
    let classes = command(&birds).unwrap_err();
    assert!(classes.contains("knows the classes bird,cat"), "{classes}");
}

#[test]
fn rendered_trays_are_trained_on_with_any_chain_and_mosaics() {
    let folder = tempfile::tempdir().unwrap();
    for chain in ["mild", "ssd", "report", "none"] {
        let out = folder.path().join(chain);
        let printed = command(&[
            "train",
            "--out",
            out.to_str().unwrap(),
            "--preset",
            "mobilenetv2-ssd-cifar",
            "--rendered-share",
            "1",
            "--augment",
            chain,
            "--mosaic-share",
            "0.5",
            "--epochs",
            "1",
            "--pictures",
            "2",
            "--batch",
            "2",
        ])
        .unwrap();
        assert!(printed.contains("finished after 1 steps"), "{chain}: {printed}");
    }
}

/// `eval` of the run's best model has all fields and draws.
fn measures_the_best(place: &Place, val: &str) {
    let (best, plots) = (place.path("run/best"), place.path("plots"));
    let eval = [
        "--json", "eval", val, "--model", &best, "--plots", &plots, "--price", "cat=250",
    ];
    let measured: serde_json::Value = serde_json::from_str(&command(&eval).unwrap()).unwrap();
    for field in [
        "ap", "ap50", "ap75", "ar1", "ar10", "ar100", "classes", "pictures", "micro_f1", "per_box",
    ] {
        assert!(measured.get(field).is_some(), "{field} in {measured}");
    }
    assert_eq!(measured["pictures"], 2);
    assert_eq!(measured["confusion"]["classes"][2], "nothing");
    assert!(
        measured["baskets"]["wrong_charge_minor"].is_number(),
        "{measured}"
    );
    for file in ["plots/confusion.png", "plots/precision-recall.png"] {
        assert!(Path::new(&place.path(file)).is_file(), "{file}");
    }
}

#[test]
fn wrong_options_are_one_sentence() {
    let place = Place::new();
    let (out, set) = (place.path("run"), place.path("set"));
    let wrong = |more: &[&str]| {
        let usual = ["train", "--out", &out, "--canvases", &set];
        command(&[&usual, more].concat()).unwrap_err()
    };
    assert!(wrong(&["--optimizer", "lion"]).contains("the optimiser lion is not known; there are sgd"));
    assert!(wrong(&["--schedule", "linear"]).contains("the schedule linear is not understood"));
    assert!(wrong(&["--phase", "frozen=none"]).contains("needs epochs=N"));
    assert!(wrong(&["--pictures", "0"]).contains("must be at least 1"));
    assert!(wrong(&["--epochs", "2", "--phase", "epochs=1"]).contains("do not go together"));
    assert!(wrong(&["--preset", "yolo"]).contains("yolo is neither a preset"));
    let mixed = |more: &[&str]| command(&[&["train", "--out", &out], more].concat()).unwrap_err();
    assert!(mixed(&["--augment", "wild"]).contains("there are mild, ssd, report, none"));
    assert!(mixed(&["--mosaic-share", "0.5"]).contains("give --photographs or --rendered-share"));
    assert!(mixed(&["--paste-share", "0.5"]).contains("give --cutouts and --photographs"));
    let too_much = ["--rendered-share", "1", "--mosaic-share", "1.5"];
    assert!(mixed(&too_much).contains("not between 0 and 1"));
    let empty = place.path("empty");
    std::fs::create_dir(&empty).unwrap();
    let nothing = command(&["train", "--out", &out, "--canvases", &empty]);
    assert!(nothing.unwrap_err().contains("no folders of pictures"));
}
