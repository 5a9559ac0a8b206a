//! Sources that are lost, hang, panic or are replaced.

use super::*;

fn gone() -> Step {
    Step::Fail(CaptureError::Gone {
        camera: "C920".to_owned(),
    })
}

#[test]
fn a_source_that_is_lost_comes_back() {
    let mut rig = Rig::new(3, sees_apple());
    rig.ready();
    rig.show(0, (100..1000).step_by(100));
    rig.step(0, gone());
    let seen = rig.until(|kind| matches!(kind, LaneEventKind::SourceLost { .. }));
    let Some(LaneEventKind::SourceLost { reason }) = seen.last() else {
        panic!("is lost")
    };
    assert!(reason.contains("plug it in again"));
    // The next opening fails the same way, which is not said again.
    rig.step(1, gone());
    rig.step(2, Step::Frame(9000));
    let seen = rig.until(|kind| is_picture_of(kind, 9000));
    let lost = seen
        .iter()
        .filter(|kind| matches!(kind, LaneEventKind::SourceLost { .. }))
        .count();
    assert_eq!(lost, 0);
    assert!(seen.iter().any(|kind| matches!(kind, LaneEventKind::SourceBack)));
    // Eight seconds without a camera do not make the apple a second one.
    assert_eq!(counted(&rig.show(2, (9100..10_000).step_by(100))), 0);
}

#[test]
fn a_driver_that_panics_is_opened_again() {
    let mut rig = Rig::new(2, sees_apple());
    rig.step(0, Step::Panic);
    rig.step(1, Step::Frame(5));
    let seen = rig.until(|kind| is_picture_of(kind, 5));
    let said = |kind: &LaneEventKind| matches!(kind, LaneEventKind::SourceLost { reason } if reason.contains("the driver broke"));
    assert!(seen.iter().any(said));
}

#[test]
fn a_source_that_hangs_is_replaced() {
    let mut rig = Rig::new(2, sees_apple());
    rig.ready();
    rig.show(0, std::iter::once(1));
    rig.step(0, Step::Hang);
    rig.step(1, Step::Frame(77));
    let start = Instant::now();
    let mut seen = Vec::new();
    while !seen.iter().any(|kind| is_picture_of(kind, 77)) {
        rig.millis.fetch_add(500, Ordering::SeqCst);
        seen.extend(rig.lane.poll().map(|event| event.kind));
        pause(&rig.woken);
        assert!(start.elapsed() < LIMIT, "was never replaced");
    }
    assert!(
        seen.iter()
            .any(|kind| matches!(kind, LaneEventKind::SourceLost { .. }))
    );
    assert!(seen.iter().any(|kind| matches!(kind, LaneEventKind::SourceBack)));
    assert_eq!(rig.opened.load(Ordering::SeqCst), 2);
}

#[test]
fn another_source_is_shown_and_nothing_more_of_the_old_one() {
    let mut rig = Rig::new(1, sees_apple());
    rig.ready();
    rig.show(0, std::iter::once(1));
    let (scripts, _, opener) = scripted(1);
    rig.lane.switch_source(opener).unwrap();
    // The old source wakes up and ends, if it has not ended yet, so that the new one may open the device.
    rig.scripts[0].send(Step::Frame(2)).unwrap_or_default();
    scripts[0].send(Step::Frame(1000)).unwrap();
    let seen = rig.until(|kind| is_picture_of(kind, 1000));
    assert!(!seen.iter().any(|kind| is_picture_of(kind, 2)));
    assert!(
        seen.iter()
            .any(|kind| matches!(kind, LaneEventKind::SourceReady { .. }))
    );
    drop(scripts);
    rig.until(|kind| matches!(kind, LaneEventKind::SourceEnded));
}
