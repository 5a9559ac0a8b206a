//! Figures worked by hand, and those of pycocotools.

use serde::Deserialize;

use super::*;

fn object(image: usize, bbox: [f64; 4], standing: Standing) -> GroundTruth {
    GroundTruth {
        image,
        class: ClassId(1),
        bbox,
        area: bbox[2] * bbox[3],
        standing,
    }
}

fn hit(image: usize, bbox: [f64; 4], score: f64) -> Found {
    Found {
        image,
        class: ClassId(1),
        bbox,
        score,
    }
}

#[test]
fn two_objects_one_found_first_and_one_missed() {
    let a = [0.0, 0.0, 50.0, 50.0];
    let truth = [object(0, a, Standing::Counted), object(1, a, Standing::Counted)];
    let found = [hit(0, a, 0.9), hit(1, [200.0, 200.0, 50.0, 50.0], 0.8)];
    let figures = evaluate(&truth, &found, &[ClassId(1)]);
    // Precision 1 up to recall 0.5: 51 of 101 points.
    assert!(
        (figures.ap.unwrap() - 51.0 / 101.0).abs() < 1e-9,
        "{:?}",
        figures.ap
    );
    assert!((figures.ar100.unwrap() - 0.5).abs() < 1e-9);
    assert_eq!(figures.ap_small, None, "no small objects");
}

#[test]
fn difficult_objects_are_neither_right_nor_wrong() {
    let (a, b) = ([0.0, 0.0, 50.0, 50.0], [100.0, 100.0, 50.0, 50.0]);
    let truth = [object(0, a, Standing::Counted), object(0, b, Standing::Difficult)];
    let found = [hit(0, b, 0.99), hit(0, b, 0.98), hit(0, a, 0.5)];
    let figures = evaluate(&truth, &found, &[ClassId(1)]);
    assert!((figures.ap.unwrap() - 1.0).abs() < 1e-9, "{:?}", figures.ap);
    let missed = evaluate(&truth, &found[2..], &[ClassId(1)]);
    assert!((missed.ar100.unwrap() - 1.0).abs() < 1e-9);
}

#[derive(Deserialize)]
struct Golden {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    classes: u16,
    truth: Vec<[f64; 8]>,
    found: Vec<[f64; 7]>,
    stats: [f64; 12],
    per_class: Vec<[f64; 3]>,
}

fn class_of(value: f64) -> ClassId {
    ClassId(
        (1..=99u16)
            .find(|number| (f64::from(*number) - value).abs() < 0.5)
            .unwrap(),
    )
}

fn image_of(value: f64) -> usize {
    (0..10_000usize)
        .find(|number| (*number as f64 - value).abs() < 0.5)
        .unwrap()
}

#[test]
fn equals_pycocotools() {
    let text = include_str!("../../../../tests/golden/coco/cases.json");
    let golden: Golden = serde_json::from_str(text).unwrap();
    assert!(golden.cases.len() >= 9);
    for case in golden.cases {
        let truth: Vec<GroundTruth> = case
            .truth
            .iter()
            .map(|row| GroundTruth {
                image: image_of(row[0]),
                class: class_of(row[1]),
                bbox: [row[2], row[3], row[4], row[5]],
                area: row[6],
                standing: if row[7] > 0.5 {
                    Standing::Crowd
                } else {
                    Standing::Counted
                },
            })
            .collect();
        let found: Vec<Found> = case
            .found
            .iter()
            .map(|row| Found {
                image: image_of(row[0]),
                class: class_of(row[1]),
                bbox: [row[2], row[3], row[4], row[5]],
                score: row[6],
            })
            .collect();
        let classes: Vec<ClassId> = (1..=case.classes).map(ClassId).collect();
        let ours = evaluate(&truth, &found, &classes);
        let figures = [
            ours.ap,
            ours.ap50,
            ours.ap75,
            ours.ap_small,
            ours.ap_medium,
            ours.ap_large,
            ours.ar1,
            ours.ar10,
            ours.ar100,
            ours.ar_small,
            ours.ar_medium,
            ours.ar_large,
        ];
        // pycocotools writes -1 where there is nothing to measure.
        for (at, (ours, theirs)) in figures.iter().zip(case.stats).enumerate() {
            let ours = ours.unwrap_or(-1.0);
            assert!(
                (ours - theirs).abs() < 1e-9,
                "{}: figure {at}: {ours}, not {theirs}",
                case.name
            );
        }
        assert_eq!(ours.per_class.len(), case.per_class.len());
        for (class, theirs) in ours.per_class.iter().zip(case.per_class) {
            for (ours, theirs) in [class.ap, class.ap50, class.ap75].iter().zip(theirs) {
                assert!(
                    (ours.unwrap_or(-1.0) - theirs).abs() < 1e-9,
                    "{}: {class:?}",
                    case.name
                );
            }
        }
    }
}
