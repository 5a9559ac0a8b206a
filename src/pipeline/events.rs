//! The sending end of the lane's events: bounded, and patient where nothing may be lost.

use std::{sync::Arc, time::Duration};

use crossbeam_channel::{SendTimeoutError, Sender};

use super::{
    deadline::Deadline,
    messages::{Generation, LaneEvent, LaneEventKind},
    worker::StopSignal,
};

/// Called after something was published, so that the window looks for it.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// How often a sender that waits for a slow consumer looks whether it must end.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// Which part of the lane sent a message, and so which generation it is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Source,
    Detector,
    Tracker,
}

/// A message with its sender.
#[derive(Debug)]
pub(super) struct Sent {
    pub(super) part: Part,
    pub(super) event: LaneEvent,
}

/// Sends the events of one worker.
#[derive(Clone)]
pub(super) struct EventSender {
    pub(super) channel: Sender<Sent>,
    pub(super) wake: Wake,
    pub(super) deadline: Deadline,
}

impl EventSender {
    /// Sends, waiting for room as long as it takes; false if the worker must end or nobody listens.
    pub(super) fn send(
        &self,
        part: Part,
        generation: Generation,
        kind: LaneEventKind,
        stop: &StopSignal,
    ) -> bool {
        let event = LaneEvent { generation, kind };
        let mut sent = Sent { part, event };
        // A slow window is no reason to give up on this worker.
        self.deadline.clear();
        loop {
            match self.channel.send_timeout(sent, LOOK_AGAIN) {
                Ok(()) => {
                    (self.wake)();
                    return true;
                }
                Err(SendTimeoutError::Disconnected(_)) => return false,
                Err(SendTimeoutError::Timeout(back)) => {
                    if stop.is_set() {
                        return false;
                    }
                    (self.wake)();
                    sent = back;
                }
            }
        }
    }

    /// The last words of a worker that cannot wait any more: sent if there is room.
    pub(super) fn send_last_words(&self, part: Part, generation: Generation, kind: LaneEventKind) {
        let event = LaneEvent { generation, kind };
        if self
            .channel
            .send_timeout(Sent { part, event }, Duration::from_secs(1))
            .is_err()
        {
            tracing::error!("nobody took the last words of a worker");
        }
        (self.wake)();
    }
}

#[cfg(test)]
mod tests {
    use crossbeam_channel::bounded;

    use super::*;
    use crate::{
        pipeline::worker::Worker,
        tracking::{ScanEvent, TrackId},
    };

    fn sender(room: usize) -> (EventSender, crossbeam_channel::Receiver<Sent>) {
        let (channel, received) = bounded(room);
        let sender = EventSender {
            channel,
            wake: Arc::new(|| {}),
            deadline: Deadline::never(),
        };
        (sender, received)
    }

    fn left(track: u64) -> LaneEventKind {
        LaneEventKind::Scan(ScanEvent::Left {
            track: TrackId(track),
        })
    }

    #[test]
    fn no_scan_is_lost_when_the_consumer_is_slow() {
        let (sender, received) = sender(2);
        let body = move |stop: &StopSignal| {
            for track in 0..100 {
                assert!(
                    sender.send(Part::Tracker, Generation(1), left(track), stop),
                    "was stopped"
                );
            }
        };
        let _worker = Worker::spawn("sender", body, |reason| panic!("{reason}")).unwrap();
        for track in 0..100 {
            let sent = received.recv_timeout(Duration::from_secs(10)).unwrap();
            let LaneEventKind::Scan(ScanEvent::Left { track: got }) = sent.event.kind else {
                panic!()
            };
            assert_eq!(got, TrackId(track));
        }
    }

    #[test]
    fn a_full_channel_does_not_keep_a_worker_from_ending() {
        let (sender, received) = sender(1);
        let (tell, told) = bounded(1);
        let body = move |stop: &StopSignal| {
            let first = sender.send(Part::Tracker, Generation(1), left(1), stop);
            tell.send(()).unwrap();
            assert!(
                first && !sender.send(Part::Tracker, Generation(1), left(2), stop),
                "there was no room"
            );
        };
        let worker = Worker::spawn("sender", body, |reason| panic!("{reason}")).unwrap();
        told.recv_timeout(Duration::from_secs(10)).unwrap();
        let ended = worker.end_signal();
        drop(worker);
        assert!(ended.is_set());
        drop(received);
    }
}
