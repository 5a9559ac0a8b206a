//! From the network's answers to detections.

use divan::Bencher;
use tillsight::{
    geom::CornerBox,
    vision::{
        Architecture, DefaultBoxes,
        decode::{DecodeSettings, decode},
        nms::nms,
    },
};

/// Answers in which one default box of so many sees an item.
fn answers(boxes: usize, one_in: usize) -> (Vec<f32>, Vec<f32>) {
    let logits = (0..boxes)
        .flat_map(|index| {
            let item = if index % one_in == 0 {
                3.0 + (index % 7) as f32
            } else {
                0.0
            };
            [5.0, item, (index % 3) as f32, 0.0]
        })
        .collect();
    let offsets = (0..boxes * 4)
        .map(|index| (index % 13) as f32 * 0.1 - 0.6)
        .collect();
    (logits, offsets)
}

/// All of decoding, for usual pictures and for one that is full of items.
#[divan::bench(args = [1000, 100, 10])]
fn decoding(bencher: Bencher<'_, '_>, one_in: usize) {
    let defaults = DefaultBoxes::new(&Architecture::checkout(&["apple", "banana", "milk"]));
    let (logits, offsets) = answers(defaults.len(), one_in);
    bencher.bench_local(|| decode(&logits, &offsets, &defaults, 3, &DecodeSettings::LANE));
}

/// Non-maximum suppression of so many boxes of one class.
#[divan::bench(args = [10, 100, 400])]
fn suppression(bencher: Bencher<'_, '_>, count: usize) {
    let boxes: Vec<CornerBox> = (0..count)
        .map(|index| {
            let (x, y) = ((index * 37 % 80) as f32 / 100.0, (index * 53 % 80) as f32 / 100.0);
            CornerBox::new(x, y, x + 0.2, y + 0.2)
        })
        .collect();
    let scores: Vec<f32> = (0..count).map(|index| (index * 29 % 97) as f32 / 97.0).collect();
    bencher.bench_local(|| nms(&boxes, &scores, 0.45, 200));
}
