//! What holds of any script: noise, and items that really lie there.

use proptest::prelude::*;

use super::*;

fn noise() -> impl Strategy<Value = Vec<(u64, Vec<Detection>)>> {
    let one = (1u16..5, 0.0f32..1.0, 0.0f32..1.0, 0.0f32..1.0)
        .prop_map(|(class, score, x, y)| detection(class, score, x, y));
    // Few places, so that noise makes tracks at all.
    let coarse = one.prop_map(|mut d| {
        let (x, y) = d.bbox.center();
        d.bbox = CenterBox::new((x * 4.0).round() / 4.0, (y * 2.0).round() / 2.0, 0.1, 0.14).to_corners();
        d
    });
    prop::collection::vec((1u64..400, prop::collection::vec(coarse, 0..8)), 1..120)
}

/// Places without overlap, and when an item lies there: from, for how long.
fn physical_items() -> impl Strategy<Value = Vec<Option<(u16, u64, u64)>>> {
    prop::collection::vec(prop::option::of((1u16..4, 0u64..6000, 100u64..6000)), 12)
}

fn place(cell: usize) -> (f32, f32) {
    (0.15 + 0.2 * (cell % 4) as f32, 0.2 + 0.25 * (cell / 4) as f32)
}

proptest! {
    #[test]
    fn a_track_yields_at_most_one_item_and_leaves_once(pictures in noise()) {
        let mut play = Play::new();
        let mut at = 0;
        for (step, detections) in pictures {
            at += step;
            play.show(at, &detections);
            prop_assert!(play.last.tracks.len() <= 64);
        }
        let mut said: Vec<TrackId> = Vec::new();
        let mut left: Vec<TrackId> = Vec::new();
        for (_, event) in &play.log {
            match event {
                ScanEvent::Counted { track, .. } | ScanEvent::ClassUnsure { track, .. } => {
                    prop_assert!(!said.contains(track), "said twice of {track:?}");
                    said.push(*track);
                }
                ScanEvent::Left { track } => {
                    prop_assert!(said.contains(track) && !left.contains(track));
                    left.push(*track);
                }
            }
        }
    }

    #[test]
    fn never_more_counted_than_there_are_items(items in physical_items()) {
        let script = |at: u64| {
            let lying = items.iter().enumerate().filter_map(|(cell, item)| {
                let (class, from, lasts) = (*item)?;
                let (x, y) = place(cell);
                (from..from + lasts).contains(&at).then(|| detection(class, 0.8, x, y))
            });
            lying.collect()
        };
        let play = Play::run(script, 15_000);
        prop_assert!(play.counted().len() <= items.iter().flatten().count());
        prop_assert_eq!(play.left_at().len(), play.counted().len(), "all are gone at the end");
        prop_assert_eq!(play.asked(), 0);
    }

    #[test]
    fn items_that_stay_are_all_counted(items in physical_items(), period_ms in 40u64..160) {
        let mut play = Play::new();
        for at in (0..10_000).step_by(usize::try_from(period_ms).unwrap()) {
            let lying = items.iter().enumerate().filter_map(|(cell, item)| {
                let (class, from, _) = (*item)?;
                let (x, y) = place(cell);
                (at >= from).then(|| detection(class, 0.8, x, y))
            });
            let lying: Vec<Detection> = lying.collect();
            play.show(at, &lying);
        }
        let mut expected: Vec<u16> = items.iter().flatten().map(|item| item.0).collect();
        expected.sort_unstable();
        prop_assert_eq!(play.classes(), expected);
    }
}
