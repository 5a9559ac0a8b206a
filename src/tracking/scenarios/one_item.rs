//! One item in view: it counts once, whatever the detector or the machine does.

use super::*;

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
