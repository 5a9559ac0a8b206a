//! The command from its arguments to the files, on small pictures.

use clap::Parser;

use super::*;
use crate::training::dataset::{CocoDataset, Dataset as _};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: SynthArgs,
}

fn run_line(words: &[&str]) -> anyhow::Result<serde_json::Value> {
    let line = Line::try_parse_from([&["synth"], words].concat())?;
    let mut out = Vec::new();
    run(&line.args, true, &mut out)?;
    Ok(serde_json::from_slice(&out)?)
}

#[test]
fn pictures_without_any_input_can_be_read_back_as_they_were_reported() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("set");
    let to = target.to_str().unwrap();
    let words = [
        "--out",
        to,
        "--count",
        "8",
        "--size",
        "64",
        "--renders",
        "2",
        "--seed",
        "5",
    ];
    let report = run_line(&words).unwrap();
    assert_eq!(report["pictures"], 8);
    let names = ClassNames::new(["apple", "banana", "milk"]);
    let set = CocoDataset::open(&target.join("annotations.json"), &target.join("images"), &names).unwrap();
    assert_eq!(set.len(), 8);
    let boxes: usize = (0..8).map(|at| set.get(at).unwrap().boxes.len()).sum();
    let reported: u64 = ["apple", "banana", "milk"]
        .iter()
        .map(|name| report["classes"][name]["boxes"].as_u64().unwrap())
        .sum();
    assert_eq!(boxes as u64, reported);
    assert_eq!(set.get(0).unwrap().picture.dimensions(), (64, 64));
    let again = run_line(&words).unwrap_err().to_string();
    assert!(again.contains("already holds"), "{again}");
}

#[test]
fn the_seed_and_not_the_threads_decide() {
    let line = |seed: &str, threads: &str| {
        let words = [
            "--dry-run",
            "--count",
            "12",
            "--size",
            "48",
            "--renders",
            "2",
            "--seed",
            seed,
            "--threads",
            threads,
            "--trays",
            "0.1",
        ];
        run_line(&words).unwrap()
    };
    let [one, two, other] = [line("3", "1"), line("3", "2"), line("4", "2")];
    assert_eq!(one["classes"], two["classes"]);
    assert_eq!(one["boxes_per_picture"], two["boxes_per_picture"]);
    assert_ne!(one["classes"], other["classes"]);
}

#[test]
fn what_cannot_be_composed_is_said_in_one_sentence() {
    let says = |words: &[&str], part: &str| {
        let text = format!("{:#}", run_line(words).unwrap_err());
        assert!(text.contains(part), "{words:?}: {text}");
    };
    says(&["--dry-run", "--count", "0"], "--count");
    says(&["--dry-run", "--classes", "apple,tea"], "tea");
    says(&["--dry-run", "--single-share", "1.5"], "single_share");
    says(&["--dry-run", "--size", "7"], "32 to 2048");
    says(&["--dry-run", "--cutouts", "/no/such/index.csv"], "index.csv");
    says(&["--dry-run", "--trays", "2"], "--trays");
    assert!(
        Line::try_parse_from(["synth"]).is_err(),
        "neither --out nor --dry-run"
    );
}
