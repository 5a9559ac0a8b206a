//! Scripted detections through the whole tracker: what a shopper does and a detector gets wrong.

use std::time::Duration;

use proptest::prelude::*;

use crate::geom::{CenterBox, ClassId, Detection};

use super::{ScanEvent, TrackId, TrackState, Tracker, TrackerOutput, TrackerSettings};

const APPLE: u16 = 1;
const BANANA: u16 = 2;
const MILK: u16 = 3;
const STEP: u64 = 100;

fn detection(class: u16, score: f32, x: f32, y: f32) -> Detection {
    let bbox = CenterBox::new(x, y, 0.1, 0.14).to_corners();
    Detection {
        class: ClassId(class),
        score,
        bbox,
    }
}

/// Runs a script that gives the detections at each time, every `STEP` ms, and logs the events.
struct Play {
    tracker: Tracker,
    log: Vec<(u64, ScanEvent)>,
    last: TrackerOutput,
}

impl Play {
    fn new() -> Self {
        Self {
            tracker: Tracker::new(TrackerSettings::default()),
            log: Vec::new(),
            last: TrackerOutput::default(),
        }
    }

    fn run(script: impl Fn(u64) -> Vec<Detection>, until_ms: u64) -> Self {
        let mut play = Self::new();
        for at in (0..=until_ms).step_by(usize::try_from(STEP).unwrap()) {
            play.show(at, &script(at));
        }
        play
    }

    fn show(&mut self, at_ms: u64, detections: &[Detection]) {
        self.last = self.tracker.update(detections, Duration::from_millis(at_ms));
        self.log
            .extend(self.last.events.iter().map(|event| (at_ms, event.clone())));
    }

    fn counted(&self) -> Vec<(u64, u16)> {
        let counted = self.log.iter().filter_map(|(at, event)| match event {
            ScanEvent::Counted { class, .. } => Some((*at, class.0)),
            ScanEvent::ClassUnsure { .. } | ScanEvent::Left { .. } => None,
        });
        counted.collect()
    }

    fn classes(&self) -> Vec<u16> {
        let mut classes: Vec<u16> = self.counted().into_iter().map(|(_, class)| class).collect();
        classes.sort_unstable();
        classes
    }

    fn left_at(&self) -> Vec<u64> {
        let left = self
            .log
            .iter()
            .filter(|(_, event)| matches!(event, ScanEvent::Left { .. }));
        left.map(|(at, _)| *at).collect()
    }

    fn asked(&self) -> usize {
        self.log
            .iter()
            .filter(|(_, event)| matches!(event, ScanEvent::ClassUnsure { .. }))
            .count()
    }
}

#[test]
fn an_item_at_rest_is_counted_once_and_within_700_ms() {
    // Carried in from the left for 600 ms, then at rest.
    let script = |at: u64| {
        let x = if at < 600 {
            0.1 + 0.4 * at as f32 / 600.0
        } else {
            0.5
        };
        vec![detection(APPLE, 0.9, x, 0.5)]
    };
    let play = Play::run(script, 10_000);
    let counted = play.counted();
    assert_eq!(counted.len(), 1);
    assert!(
        (600..=1300).contains(&counted[0].0),
        "counted at {}",
        counted[0].0
    );
    assert_eq!(play.last.tracks.len(), 1);
    assert_eq!(play.last.tracks[0].state, TrackState::Confirmed);
}

#[test]
fn at_five_pictures_a_second_it_is_still_within_700_ms() {
    let mut play = Play::new();
    for at in (0..3000).step_by(200) {
        play.show(at, &[detection(APPLE, 0.9, 0.5, 0.5)]);
    }
    assert_eq!(play.counted().len(), 1);
    assert!(play.counted()[0].0 <= 700);
}

#[test]
fn on_a_slow_machine_a_flickering_class_does_not_charge_twice() {
    let mut play = Play::new();
    for n in 0..40u64 {
        play.show(
            n * 700,
            &[detection(if n % 4 == 3 { BANANA } else { APPLE }, 0.8, 0.5, 0.5)],
        );
    }
    assert_eq!(play.classes(), [APPLE]);
    assert_eq!(play.last.tracks.len(), 1);
}

#[test]
fn an_item_that_never_rests_is_not_counted() {
    let script = |at: u64| vec![detection(APPLE, 0.9, 0.5 + 0.3 * (at as f32 / 150.0).sin(), 0.5)];
    assert!(Play::run(script, 5000).counted().is_empty());
}

#[test]
fn a_flickering_class_is_settled_by_votes_and_counted_once() {
    // Every fourth picture says banana, with a lower score.
    let script = |at: u64| {
        let wrong = at / STEP % 4 == 1;
        vec![if wrong {
            detection(BANANA, 0.6, 0.5, 0.5)
        } else {
            detection(APPLE, 0.8, 0.5, 0.5)
        }]
    };
    let play = Play::run(script, 8000);
    assert_eq!(play.classes(), [APPLE]);
    assert_eq!(play.asked(), 0);
}

#[test]
fn a_class_that_changes_for_good_after_counting_does_not_charge_twice() {
    let script = |at: u64| vec![detection(if at < 3000 { APPLE } else { BANANA }, 0.8, 0.5, 0.5)];
    let play = Play::run(script, 12_000);
    assert_eq!(play.classes(), [APPLE]);
    assert_eq!(
        play.last.tracks[0].class,
        ClassId(APPLE),
        "the view agrees with the basket"
    );
}

#[test]
fn split_votes_ask_once_and_never_count() {
    let script = |at: u64| {
        let class = [APPLE, BANANA, MILK][usize::try_from(at / STEP % 3).unwrap()];
        vec![detection(class, 0.7, 0.5, 0.5)]
    };
    let play = Play::run(script, 8000);
    assert!(play.classes().is_empty());
    assert_eq!(play.asked(), 1);
    let (_, ScanEvent::ClassUnsure { candidates, .. }) = &play.log[0] else {
        panic!("asks first")
    };
    assert_eq!(candidates.len(), 3);
    assert!(candidates[0].share >= candidates[1].share && candidates[1].share >= candidates[2].share);
    assert!(play.last.tracks[0].unsure);
}

#[test]
fn two_boxes_of_different_class_on_one_item_are_one_track() {
    let script = |_| {
        vec![
            detection(APPLE, 0.9, 0.5, 0.5),
            detection(MILK, 0.55, 0.51, 0.505),
        ]
    };
    let play = Play::run(script, 8000);
    assert_eq!(play.last.tracks.len(), 1);
    assert_eq!(play.classes(), [APPLE]);
}

#[test]
fn flickering_presence_counts_once() {
    // Seen in two of five pictures.
    let script = |at: u64| match at / STEP % 5 {
        0 | 2 => vec![detection(APPLE, 0.8, 0.5, 0.5)],
        _ => vec![],
    };
    let play = Play::run(script, 10_000);
    assert_eq!(play.classes(), [APPLE]);
    assert!(play.left_at().is_empty());
}

#[test]
fn low_scores_continue_a_track_but_start_none() {
    let faint = |_| vec![detection(APPLE, 0.3, 0.5, 0.5)];
    assert!(Play::run(faint, 4000).last.tracks.is_empty());
    let fading = |at: u64| vec![detection(APPLE, if at < 1500 { 0.8 } else { 0.3 }, 0.5, 0.5)];
    let play = Play::run(fading, 8000);
    assert_eq!(play.classes(), [APPLE]);
    assert!(play.left_at().is_empty());
    assert_eq!(play.last.tracks[0].state, TrackState::Confirmed);
}

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
fn a_burst_of_duplicates_is_one_item() {
    let script = |at: u64| {
        (0..40u8)
            .map(|n| {
                let shift = f32::from(n % 5) * 0.003;
                detection(
                    if n % 3 == 0 { BANANA } else { APPLE },
                    0.95 - f32::from(n) * 0.005,
                    0.5 + shift,
                    0.5,
                )
            })
            .skip(usize::try_from(at / STEP % 2).unwrap())
            .collect()
    };
    let play = Play::run(script, 5000);
    assert_eq!(play.last.tracks.len(), 1);
    assert_eq!(play.counted().len() + play.asked(), 1);
}

#[test]
fn dropped_pictures_and_stalls_do_not_count_again() {
    let mut play = Play::new();
    let mut at = 0;
    for gap in [
        40, 33, 250, 90, 700, 20, 5, 450, 100, 30_000, 100, 100, 100, 6000, 100, 100, 100, 100,
    ] {
        at += gap;
        play.show(
            at,
            &[detection(APPLE, 0.8, 0.5, 0.5), detection(MILK, 0.9, 0.2, 0.2)],
        );
    }
    assert_eq!(play.classes(), [APPLE, MILK]);
    assert!(play.left_at().is_empty());
}

#[test]
fn a_repeated_or_older_time_changes_nothing() {
    let mut play = Play::new();
    for _ in 0..20 {
        play.show(1000, &[detection(APPLE, 0.9, 0.5, 0.5)]);
        play.show(500, &[detection(BANANA, 0.9, 0.5, 0.5)]);
    }
    assert!(play.counted().is_empty());
    assert_eq!(play.last.tracks.len(), 1);
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

#[test]
fn reset_forgets_but_numbers_go_on() {
    let mut play = Play::run(|_| vec![detection(APPLE, 0.9, 0.5, 0.5)], 1000);
    play.tracker.reset();
    for at in (1100..2500).step_by(100) {
        play.show(at, &[detection(APPLE, 0.9, 0.5, 0.5)]);
    }
    assert_eq!(play.counted().len(), 2);
    assert_eq!(play.last.tracks[0].id, TrackId(2));
    assert!(play.left_at().is_empty());
}

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
