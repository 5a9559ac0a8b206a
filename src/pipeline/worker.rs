//! A named thread that is stopped by a signal and joined when dropped, and whose panic is reported.
//!
//! Invariants: dropping a worker never waits longer than its patience; the body is told to stop at once,
//! because it waits on [`StopSignal::wait`] and not on a clock.

use std::{
    any::Any,
    convert::Infallible,
    panic::{AssertUnwindSafe, catch_unwind},
    thread::{Builder, JoinHandle},
    time::Duration,
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError, bounded};

use super::PipelineError;

/// How long dropping waits for a worker that does not answer, such as one inside a hung driver.
const PATIENCE: Duration = Duration::from_secs(2);

/// Tells a worker to end.
#[derive(Debug, Clone)]
pub struct StopSignal(Receiver<Infallible>);

impl StopSignal {
    /// Whether the worker must end.
    #[must_use]
    pub fn is_set(&self) -> bool {
        matches!(self.0.try_recv(), Err(TryRecvError::Disconnected))
    }

    /// Waits this long, or until the worker must end; true if it must.
    #[must_use]
    pub fn wait(&self, limit: Duration) -> bool {
        matches!(self.0.recv_timeout(limit), Err(RecvTimeoutError::Disconnected))
    }
}

/// A running thread.
#[derive(Debug)]
pub struct Worker {
    name: String,
    /// Never sends: dropping it is the signal.
    stop: Option<Sender<Infallible>>,
    /// Never receives: it is disconnected when the body has ended.
    ended: Receiver<Infallible>,
    thread: Option<JoinHandle<()>>,
    patience: Duration,
}

impl Worker {
    /// Starts a thread that runs `body` and, should that panic, `on_panic` with the reason.
    ///
    /// # Errors
    /// [`PipelineError::Spawn`] if the system gives no thread.
    pub fn spawn(
        name: &str,
        body: impl FnOnce(&StopSignal) + Send + 'static,
        on_panic: impl FnOnce(String) + Send + 'static,
    ) -> Result<Self, PipelineError> {
        let (stop, stopped) = bounded(0);
        let (running, ended) = bounded::<Infallible>(0);
        let signal = StopSignal(stopped);
        let run = move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| body(&signal)));
            if let Err(payload) = outcome {
                on_panic(panic_text(payload.as_ref()));
            }
            drop(running);
        };
        let spawned = Builder::new().name(name.to_owned()).spawn(run);
        let thread = spawned.map_err(|source| PipelineError::Spawn {
            name: name.to_owned(),
            source,
        })?;
        Ok(Self {
            name: name.to_owned(),
            stop: Some(stop),
            ended,
            thread: Some(thread),
            patience: PATIENCE,
        })
    }

    /// The same worker, waited for this long when it is dropped.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The worker's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the thread has ended.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Tells it to end, without waiting for it yet.
    pub fn tell_to_stop(&mut self) {
        self.stop = None;
    }

    /// Tells it to end, and that nobody will wait for it: dropping it returns at once.
    pub fn retire(&mut self) {
        self.stop = None;
        self.patience = Duration::ZERO;
    }

    /// A signal that is set when the thread has ended.
    #[must_use]
    pub fn end_signal(&self) -> StopSignal {
        StopSignal(self.ended.clone())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop = None;
        let has_ended = self.end_signal().wait(self.patience) || self.is_finished();
        let Some(thread) = self.thread.take() else { return };
        if !has_ended {
            tracing::warn!(worker = self.name, "does not answer and is left behind");
        } else if thread.join().is_err() {
            tracing::error!(worker = self.name, "panicked while its panic was reported");
        }
    }
}

/// The words of a panic.
pub(super) fn panic_text(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| payload.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "it said nothing".to_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn dropping_stops_and_joins() {
        let (tell, told) = bounded(1);
        let body = move |stop: &StopSignal| {
            let stopped = stop.wait(Duration::from_secs(60));
            tell.send((stopped, std::thread::current().name().map(str::to_owned)))
                .unwrap();
        };
        let worker = Worker::spawn("patient", body, |_| {}).unwrap();
        assert!(!worker.is_finished());
        drop(worker);
        assert_eq!(told.try_recv().unwrap(), (true, Some("patient".to_owned())));
    }

    #[test]
    fn a_panic_is_reported_in_its_words() {
        let (tell, told) = bounded(1);
        let body = |_: &StopSignal| panic!("the {} broke", "lens");
        let worker = Worker::spawn("broken", body, move |reason| tell.send(reason).unwrap()).unwrap();
        assert_eq!(
            told.recv_timeout(Duration::from_secs(10)).unwrap(),
            "the lens broke"
        );
        drop(worker);
    }

    #[test]
    fn a_retired_worker_that_hangs_is_left_behind() {
        let (release, hold) = bounded::<()>(0);
        let body = move |_: &StopSignal| assert!(hold.recv().is_err(), "never sends");
        let mut worker = Worker::spawn("hung", body, |_| {}).unwrap();
        let ended = worker.end_signal();
        worker.retire();
        let start = Instant::now();
        drop(worker);
        assert!(start.elapsed() < Duration::from_secs(1));
        assert!(!ended.is_set());
        drop(release);
        assert!(ended.wait(Duration::from_secs(10)));
    }
}
