//! Items that come, go, hide, swap and lie side by side.

use super::*;

#[test]
fn occlusion_by_a_hand_keeps_the_item() {
    // Both items hidden in turn for 1.2 s while a hand, which is no class, passes.
    let script = |at: u64| {
        let mut seen = Vec::new();
        if !(2000..3200).contains(&at) {
            seen.push(detection(APPLE, 0.8, 0.3, 0.5));
        }
        if !(2600..3800).contains(&at) {
            seen.push(detection(BANANA, 0.8, 0.6, 0.5));
        }
        seen
    };
    let play = Play::run(script, 8000);
    assert_eq!(play.classes(), [APPLE, BANANA]);
    assert!(play.left_at().is_empty());
}

#[test]
fn two_of_a_kind_side_by_side_are_two() {
    let script = |at: u64| {
        let mut seen = vec![detection(APPLE, 0.8, 0.5, 0.5)];
        if at >= 1000 {
            seen.insert(0, detection(APPLE, 0.9, 0.595, 0.5));
        }
        // The first one flickers away while its neighbour is there.
        if at / STEP % 7 == 3 {
            seen.split_off(1.min(seen.len() - 1))
        } else {
            seen
        }
    };
    let play = Play::run(script, 8000);
    assert_eq!(play.classes(), [APPLE, APPLE]);
    assert_eq!(play.last.tracks.len(), 2);
}

#[test]
fn crossing_items_are_counted_once_each() {
    for (left, right) in [(APPLE, BANANA), (APPLE, APPLE)] {
        // At rest for 1 s, then they cross within 1 s, one slightly above the other, and rest again.
        let script = |at: u64| {
            let t = (at.clamp(1000, 2000) - 1000) as f32 / 1000.0;
            let a = detection(left, 0.8, 0.2 + 0.6 * t, 0.45);
            let b = detection(right, 0.8, 0.8 - 0.6 * t, 0.52);
            // While they overlap a lot the detector's suppression leaves one of two of a kind.
            if left == right && a.bbox.iou(b.bbox) > 0.45 {
                vec![a]
            } else {
                vec![a, b]
            }
        };
        let play = Play::run(script, 8000);
        assert_eq!(play.counted().len(), 2, "{left} and {right}");
        assert_eq!(play.classes(), [left.min(right), left.max(right)]);
    }
}

#[test]
fn away_for_a_second_and_a_half_is_the_same_item_even_elsewhere() {
    for place in [0.3, 0.7] {
        let script = |at: u64| match at {
            0..2000 => vec![detection(APPLE, 0.8, 0.3, 0.5)],
            2000..3500 => vec![],
            _ => vec![detection(APPLE, 0.8, place, 0.5)],
        };
        let play = Play::run(script, 10_000);
        assert_eq!(play.classes(), [APPLE], "back at {place}");
        assert!(play.left_at().is_empty());
        assert_eq!(play.last.tracks[0].id, TrackId(1), "the same track goes on");
    }
}

#[test]
fn back_just_in_time_but_moving_is_still_the_same_item() {
    // Away for 1.9 s, then carried for 0.8 s before it lies still elsewhere.
    let script = |at: u64| match at {
        0..2000 => vec![detection(APPLE, 0.8, 0.2, 0.5)],
        2000..3800 => vec![],
        _ => vec![detection(
            APPLE,
            0.8,
            (at - 3800).min(800) as f32 / 2000.0 + 0.4,
            0.7,
        )],
    };
    let play = Play::run(script, 10_000);
    assert_eq!(play.classes(), [APPLE]);
    assert!(play.left_at().is_empty());
}

#[test]
fn away_for_three_seconds_is_another_item() {
    let script = |at: u64| match at {
        2000..5000 => vec![],
        _ => vec![detection(APPLE, 0.8, 0.3, 0.5)],
    };
    let play = Play::run(script, 10_000);
    assert_eq!(play.classes(), [APPLE, APPLE]);
    assert_eq!(play.left_at().len(), 1);
    assert!(
        (3900..=4100).contains(&play.left_at()[0]),
        "left at {}",
        play.left_at()[0]
    );
}

#[test]
fn a_second_item_of_a_kind_while_the_first_lies_there_is_counted() {
    let script = |at: u64| {
        let mut seen = vec![detection(APPLE, 0.8, 0.3, 0.5)];
        if at >= 2000 {
            seen.push(detection(APPLE, 0.8, 0.7, 0.5));
        }
        seen
    };
    assert_eq!(Play::run(script, 6000).classes(), [APPLE, APPLE]);
}

#[test]
fn a_swapped_item_is_counted_and_the_old_one_leaves() {
    for gap in [500, 2500] {
        let script = |at: u64| {
            if at < 2000 {
                vec![detection(APPLE, 0.8, 0.5, 0.5)]
            } else if at < 2000 + gap {
                vec![]
            } else {
                vec![detection(BANANA, 0.8, 0.5, 0.5)]
            }
        };
        let play = Play::run(script, 10_000);
        assert_eq!(
            play.counted().iter().map(|c| c.1).collect::<Vec<_>>(),
            [APPLE, BANANA],
            "gap {gap}"
        );
        assert_eq!(play.left_at().len(), 1);
    }
}

#[test]
fn twelve_items_are_twelve() {
    // Put down one after the other, every 300 ms, with boxes that tremble.
    let script = |at: u64| {
        let placed = usize::try_from(at / 300).unwrap().min(11);
        let items = (0..=placed).map(|n| {
            let tremble = 0.004 * ((at as f32 + 37.0 * n as f32) / 90.0).sin();
            let (column, row) = (n % 4, n / 4);
            detection(
                u16::try_from(n % 3).unwrap() + 1,
                0.8,
                0.15 + 0.2 * column as f32 + tremble,
                0.2 + 0.25 * row as f32 - tremble,
            )
        });
        items.collect()
    };
    let play = Play::run(script, 10_000);
    assert_eq!(play.counted().len(), 12);
    assert_eq!(play.classes(), [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
}
