//! The pieces of the detector against torchvision, and the whole network against PyTorch. The expected
//! values were made by the scripts beside them under `tests/golden`, which name the versions.

use serde_json::Value;
use tillsight::{
    frame::picture,
    geom::{CenterBox, CornerBox, cast::narrow_f32},
    vision::{
        Architecture, DefaultBoxes, Detector, Engine, ModelBundle, box_coder,
        matcher::{Match, MatchThresholds, match_boxes},
        nms::nms,
    },
};

fn pieces() -> Value {
    serde_json::from_str(include_str!("../golden/torchvision/pieces.json")).unwrap()
}

fn number(value: &Value) -> f32 {
    narrow_f32(value.as_f64().unwrap())
}

fn corner(value: &Value) -> CornerBox {
    CornerBox::new(
        number(&value[0]),
        number(&value[1]),
        number(&value[2]),
        number(&value[3]),
    )
}

fn corners(value: &Value) -> Vec<CornerBox> {
    value.as_array().unwrap().iter().map(corner).collect()
}

fn assert_close(got: &[f32], want: &[f32], tolerance: f32, what: &str) {
    assert_eq!(got.len(), want.len(), "{what}");
    for (g, w) in got.iter().zip(want) {
        assert!((g - w).abs() <= tolerance, "{what}: {got:?} is not {want:?}");
    }
}

fn defaults() -> DefaultBoxes {
    DefaultBoxes::new(&Architecture::checkout_dense(&["apple", "banana", "milk"]))
}

#[test]
fn default_boxes_equal_torchvision() {
    let golden = &pieces()["default_boxes"];
    let boxes = defaults();
    assert_eq!(boxes.len() as u64, golden["count"].as_u64().unwrap());
    for row in golden["picked"].as_array().unwrap() {
        let index = usize::try_from(row[0].as_u64().unwrap()).unwrap();
        let (got, want) = (boxes.corners()[index], corner(&row[1]));
        assert_close(
            &[got.x0, got.y0, got.x1, got.y1],
            &[want.x0, want.y0, want.x1, want.y1],
            2e-6,
            &format!("default box {index}"),
        );
    }
    let sum: f64 = boxes.corners().iter().map(|b| f64::from(b.x0)).sum();
    assert!(
        (sum - golden["sum"][0].as_f64().unwrap()).abs() < 0.01,
        "sum of the left edges {sum}"
    );
}

#[test]
fn box_coder_equals_torchvision() {
    let golden = &pieces()["coder"];
    let variances = [0.1, 0.1, 0.2, 0.2];
    let (truths, defaults) = (corners(&golden["truth"]), corners(&golden["default"]));
    for (index, (truth, default)) in truths.iter().zip(&defaults).enumerate() {
        let encoded = box_coder::encode(truth.to_center(), default.to_center(), variances);
        let want: Vec<f32> = golden["offsets"][index]
            .as_array()
            .unwrap()
            .iter()
            .map(number)
            .collect();
        assert_close(&encoded, &want, 2e-4, "encoded");
        let o: Vec<f32> = golden["offsets_in"][index]
            .as_array()
            .unwrap()
            .iter()
            .map(number)
            .collect();
        let decoded: CenterBox = box_coder::decode([o[0], o[1], o[2], o[3]], default.to_center(), variances);
        let got = decoded.to_corners();
        let want = corner(&golden["decoded"][index]);
        assert_close(
            &[got.x0, got.y0, got.x1, got.y1],
            &[want.x0, want.y0, want.x1, want.y1],
            1e-5,
            "decoded",
        );
    }
}

#[test]
fn matcher_equals_torchvision() {
    let boxes = defaults();
    for case in pieces()["matcher"].as_array().unwrap() {
        let thresholds = MatchThresholds {
            positive_iou: 0.5,
            negative_iou: 0.5,
        };
        let matches = match_boxes(boxes.corners(), &corners(&case["truths"]), &[], thresholds);
        let positive: Vec<(usize, usize)> = matches
            .iter()
            .enumerate()
            .filter_map(|(index, matched)| match matched {
                Match::Positive(truth) => Some((index, *truth)),
                Match::Neutral | Match::Background => None,
            })
            .collect();
        let want: Vec<(usize, usize)> = serde_json::from_value(case["positive"].clone()).unwrap();
        assert_eq!(positive, want);
    }
}

#[test]
fn nms_equals_torchvision() {
    for case in pieces()["nms"].as_array().unwrap() {
        let scores: Vec<f32> = case["scores"].as_array().unwrap().iter().map(number).collect();
        let kept = nms(
            &corners(&case["boxes"]),
            &scores,
            number(&case["iou"]),
            usize::MAX,
        );
        let want: Vec<usize> = serde_json::from_value(case["kept"].clone()).unwrap();
        assert_eq!(kept, want);
    }
}

/// The shipped model, pre-processing, network and weights together, against PyTorch.
#[test]
fn the_shipped_network_equals_pytorch() {
    let golden: Value = serde_json::from_str(include_str!("../golden/network/outputs.json")).unwrap();
    let models = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let name = std::fs::read_to_string(models.join("current")).unwrap();
    assert_eq!(
        golden["model"],
        name.trim(),
        "run tests/golden/network/make.py for the new model"
    );
    let bundle = ModelBundle::load(&models.join(name.trim())).unwrap();
    let detector = Detector::new(bundle, Engine::Cpu).unwrap();
    let input = picture::decode(include_bytes!("../golden/network/input.png"), "input.png").unwrap();
    let (logits, offsets) = detector.raw_outputs(&input).unwrap();
    let rows: Vec<usize> = serde_json::from_value(golden["rows"].clone()).unwrap();
    for (key, values) in [("logits", &logits), ("offsets", &offsets)] {
        for (row, want) in rows.iter().zip(golden[key].as_array().unwrap()) {
            let want: Vec<f32> = want.as_array().unwrap().iter().map(number).collect();
            let got = &values[row * want.len()..(row + 1) * want.len()];
            // Logits run to about 20; one part in 100 000 is what float sums in another order leave.
            assert_close(got, &want, 3e-4, &format!("{key} of box {row}"));
        }
    }
}
