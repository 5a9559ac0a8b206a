//! Detectors that fail, panic, hang or are replaced.

use super::*;

#[test]
fn a_detector_that_panics_is_reported_and_the_lane_goes_on() {
    let mut rig = Rig::new(
        1,
        detector(|frame| {
            if frame.id().0 == 1500 {
                panic!("the GPU is lost")
            } else {
                Ok(vec![apple()])
            }
        }),
    );
    rig.ready();
    assert_eq!(counted(&rig.show(0, (100..1500).step_by(100))), 1);
    rig.step(0, Step::Frame(1500));
    let seen = rig.until(|kind| matches!(kind, LaneEventKind::DetectorLost { .. }));
    let Some(LaneEventKind::DetectorLost { reason }) = seen.last() else {
        panic!("is lost")
    };
    assert_eq!(reason, "the GPU is lost");
    assert!(!rig.lane.has_detector());
    assert!(rig.show(0, (1600..2000).step_by(100)).is_empty());
    // The processor takes over; the apple that lies there is the same.
    rig.lane
        .replace_detector(sees_apple(), TrackPolicy::Keep)
        .unwrap();
    rig.ready();
    assert_eq!(counted(&rig.show(0, (2000..4000).step_by(100))), 0);
}

#[test]
fn single_failures_are_passed_over_but_not_many() {
    let mut rig = Rig::new(
        1,
        detector(|frame| {
            if frame.id().0 % 2 == 0 || frame.id().0 > 10 {
                Err("odd".to_owned())
            } else {
                Ok(vec![])
            }
        }),
    );
    rig.ready();
    for at in [1, 3, 5] {
        rig.step(0, Step::Frame(at + 1));
        rig.show(0, std::iter::once(at + 2));
    }
    for at in 11..20 {
        rig.step(0, Step::Frame(at));
    }
    // Frames may be dropped on the way, so more are sent until three in a row have failed.
    let mut at = 20;
    loop {
        if let LaneEventKind::DetectorLost { reason } = rig.next_with(&mut at) {
            assert_eq!(reason, "odd");
            return;
        }
    }
}

impl Rig {
    /// Sends frames until some message comes.
    fn next_with(&mut self, at: &mut u64) -> LaneEventKind {
        let start = Instant::now();
        loop {
            self.step(0, Step::Frame(*at));
            *at += 1;
            if let Some(event) = self.lane.poll() {
                return event.kind;
            }
            assert!(start.elapsed() < LIMIT, "nothing came");
            pause(&self.woken);
        }
    }
}

#[test]
fn a_detector_that_cannot_be_built_is_refused_and_the_old_one_goes_on() {
    let mut rig = Rig::new(1, sees_apple());
    rig.ready();
    rig.lane
        .replace_detector(Box::new(|| Err("no such model".to_owned())), TrackPolicy::Forget)
        .unwrap();
    rig.until(|kind| matches!(kind, LaneEventKind::DetectorRefused { reason } if reason == "no such model"));
    rig.lane
        .replace_detector(Box::new(|| panic!("broken model")), TrackPolicy::Forget)
        .unwrap();
    rig.until(|kind| matches!(kind, LaneEventKind::DetectorRefused { reason } if reason == "broken model"));
    assert!(rig.lane.has_detector());
    assert_eq!(counted(&rig.show(0, (100..1500).step_by(100))), 1);
}

#[test]
fn a_new_detector_of_other_classes_counts_anew() {
    let mut rig = Rig::new(1, sees_apple());
    rig.ready();
    assert_eq!(counted(&rig.show(0, (100..1500).step_by(100))), 1);
    rig.lane
        .replace_detector(sees_apple(), TrackPolicy::Forget)
        .unwrap();
    rig.ready();
    assert_eq!(counted(&rig.show(0, (1500..3000).step_by(100))), 1);
    rig.lane.reset_tracker();
    assert_eq!(counted(&rig.show(0, (3000..4500).step_by(100))), 1);
}

#[test]
fn a_detector_that_hangs_is_left_behind() {
    let (release, hold) = bounded::<()>(0);
    let (enter, entered) = bounded(1);
    let mut rig = Rig::new(
        1,
        detector(move |_| {
            enter.send(()).unwrap();
            assert!(hold.recv().is_err(), "never sends");
            Ok(vec![])
        }),
    );
    rig.ready();
    rig.step(0, Step::Frame(1));
    entered.recv_timeout(LIMIT).unwrap();
    let start = Instant::now();
    loop {
        // The clock runs on until the lane has had enough.
        rig.millis.fetch_add(100_000, Ordering::SeqCst);
        match rig.lane.poll().map(|event| event.kind) {
            Some(LaneEventKind::DetectorLost { reason }) => {
                assert_eq!(reason, "the detector does not answer");
                break;
            }
            _ => pause(&rig.woken),
        }
        assert!(start.elapsed() < LIMIT, "was never left behind");
    }
    rig.lane
        .replace_detector(sees_apple(), TrackPolicy::Keep)
        .unwrap();
    rig.ready();
    drop(release);
}
