//! A thread that owns something and answers requests about it in order, such as the database.
//!
//! Invariants: every request that was taken is answered once, also if it panics or the thing cannot be
//! opened; dropping the worker lets it finish what was asked before.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};

use super::{
    PipelineError,
    events::Wake,
    worker::{Worker, panic_text},
};

/// Requests that may wait, and answers; a window that polls no answers gets no more requests done.
const ROOM: usize = 4096;
/// How long dropping waits for the requests that were asked before.
const PATIENCE: Duration = Duration::from_secs(15);

/// Number of a request, to know its answer by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// Carries out requests. It stays on the thread that opened it.
pub type Executor<Req, Reply> = Box<dyn FnMut(Req) -> Reply>;

/// Opens an executor; called again before the next request when opening failed or a request panicked.
pub type ExecutorOpener<Req, Reply> = Box<dyn FnMut() -> Result<Executor<Req, Reply>, String> + Send>;

/// The answer to one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<Reply> {
    /// Which request.
    pub ticket: Ticket,
    /// The reply, or in one sentence why there is none.
    pub outcome: Result<Reply, String>,
}

/// A thread that answers requests in order.
pub struct RequestWorker<Req, Reply> {
    // Fields are dropped in this order: no more requests, nobody listens, wait for the thread.
    requests: Sender<(Ticket, Req)>,
    answers: Receiver<Answer<Reply>>,
    worker: Worker,
    next_ticket: u64,
}

impl<Req: Send + 'static, Reply: Send + 'static> RequestWorker<Req, Reply> {
    /// Starts the thread, which opens its executor at once.
    ///
    /// # Errors
    /// [`PipelineError::Spawn`] if the system gives no thread.
    pub fn start(name: &str, opener: ExecutorOpener<Req, Reply>, wake: Wake) -> Result<Self, PipelineError> {
        let (requests, waiting) = bounded::<(Ticket, Req)>(ROOM);
        let (answer, answers) = bounded(ROOM);
        let body = move |_: &_| serve(opener, &waiting, &answer, &wake);
        let on_panic = |reason| tracing::error!(reason, "a request worker died");
        let worker = Worker::spawn(name, body, on_panic)?.with_patience(PATIENCE);
        Ok(Self {
            requests,
            answers,
            worker,
            next_ticket: 1,
        })
    }

    /// Asks for something; never blocks.
    ///
    /// # Errors
    /// [`PipelineError::Full`] if too many requests wait, [`PipelineError::Ended`] if the thread has died.
    pub fn ask(&mut self, request: Req) -> Result<Ticket, PipelineError> {
        let ticket = Ticket(self.next_ticket);
        let name = || self.worker.name().to_owned();
        match self.requests.try_send((ticket, request)) {
            Ok(()) => {
                self.next_ticket += 1;
                Ok(ticket)
            }
            Err(TrySendError::Full(_)) => Err(PipelineError::Full { name: name() }),
            Err(TrySendError::Disconnected(_)) => Err(PipelineError::Ended { name: name() }),
        }
    }

    /// The next answer, in the order of the requests; never blocks.
    pub fn poll(&self) -> Option<Answer<Reply>> {
        self.answers.try_recv().ok()
    }

    /// The next answer, waited for at most this long: for commands without a window.
    #[must_use]
    pub fn wait(&self, limit: Duration) -> Option<Answer<Reply>> {
        self.answers.recv_timeout(limit).ok()
    }
}

fn serve<Req, Reply>(
    mut opener: ExecutorOpener<Req, Reply>,
    waiting: &Receiver<(Ticket, Req)>,
    answer: &Sender<Answer<Reply>>,
    wake: &Wake,
) {
    let mut open = |executor: &mut Option<Executor<Req, Reply>>| -> Result<(), String> {
        if executor.is_none() {
            let opened = catch_unwind(AssertUnwindSafe(&mut opener));
            *executor = Some(opened.unwrap_or_else(|payload| Err(panic_text(payload.as_ref())))?);
        }
        Ok(())
    };
    let mut executor = None;
    if let Err(reason) = open(&mut executor) {
        tracing::warn!(reason, "cannot open yet; tried again with the next request");
    }
    // Ends when the other side is dropped and every request before that is done.
    while let Ok((ticket, request)) = waiting.recv() {
        let outcome = open(&mut executor).and_then(|()| {
            let run = executor
                .as_mut()
                .map(|run| catch_unwind(AssertUnwindSafe(|| run(request))));
            match run {
                Some(Ok(reply)) => Ok(reply),
                Some(Err(payload)) => {
                    // Whatever it was in the middle of is not to be trusted.
                    executor = None;
                    Err(panic_text(payload.as_ref()))
                }
                None => Err("it is not open".to_owned()),
            }
        });
        if answer.send(Answer { ticket, outcome }).is_err() {
            tracing::debug!(ticket = ticket.0, "nobody waits for this answer any more");
        }
        wake();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    };

    use super::*;

    const LIMIT: Duration = Duration::from_secs(10);

    fn start(opener: ExecutorOpener<u32, u32>) -> RequestWorker<u32, u32> {
        RequestWorker::start("adder", opener, Arc::new(|| {})).unwrap()
    }

    /// Adds up; panics on 13.
    fn adder() -> Executor<u32, u32> {
        let mut sum = 0;
        Box::new(move |request| {
            assert!(request != 13, "unlucky");
            sum += request;
            sum
        })
    }

    #[test]
    fn answers_come_in_order() {
        let mut worker = start(Box::new(|| Ok(adder())));
        for request in 1..=3 {
            assert_eq!(worker.ask(request).unwrap(), Ticket(u64::from(request)));
        }
        for (ticket, sum) in [(1, 1), (2, 3), (3, 6)] {
            let expected = Answer {
                ticket: Ticket(ticket),
                outcome: Ok(sum),
            };
            assert_eq!(worker.wait(LIMIT), Some(expected));
        }
        assert_eq!(worker.poll(), None);
    }

    #[test]
    fn a_panic_is_an_answer_and_the_next_request_finds_it_opened_anew() {
        let mut worker = start(Box::new(|| Ok(adder())));
        for request in [5, 13, 2] {
            worker.ask(request).unwrap();
        }
        assert_eq!(worker.wait(LIMIT).unwrap().outcome, Ok(5));
        assert_eq!(worker.wait(LIMIT).unwrap().outcome, Err("unlucky".to_owned()));
        assert_eq!(worker.wait(LIMIT).unwrap().outcome, Ok(2));
    }

    #[test]
    fn opening_is_tried_again_with_every_request() {
        let tries = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&tries);
        let opener = move || match count.fetch_add(1, Ordering::SeqCst) {
            0 | 1 => Err("the database is locked".to_owned()),
            _ => Ok(adder()),
        };
        let mut worker = start(Box::new(opener));
        worker.ask(1).unwrap();
        assert_eq!(
            worker.wait(LIMIT).unwrap().outcome,
            Err("the database is locked".to_owned())
        );
        worker.ask(2).unwrap();
        assert_eq!(worker.wait(LIMIT).unwrap().outcome, Ok(2));
        assert_eq!(tries.load(Ordering::SeqCst), 3);
    }

    #[test]
    fn what_was_asked_before_dropping_is_done() {
        let done = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&done);
        let (release, hold) = bounded::<()>(0);
        let opener: ExecutorOpener<u32, u32> = Box::new(move || {
            let (seen, hold) = (Arc::clone(&seen), hold.clone());
            Ok(Box::new(move |request| {
                assert!(hold.recv().is_err(), "never sends");
                seen.lock().unwrap().push(request);
                request
            }))
        });
        let mut worker = start(opener);
        for request in 0..50 {
            worker.ask(request).unwrap();
        }
        drop(release);
        drop(worker);
        assert_eq!(*done.lock().unwrap(), (0..50).collect::<Vec<_>>());
    }
}
