//! Threads in the background for work that needs no store: file dialogs, decoding, PDF.
//!
//! One thread for each name, started with its first job; jobs of one name go one after the other. What a job
//! brings is handed to its continuation on the window's thread.

use std::collections::BTreeMap;

use crate::{
    app::{
        kiosk::back_room::Trouble,
        office::{
            Desk, Office,
            desk::{Parcel, Then, Work},
        },
    },
    pipeline::{PipelineError, RequestWorker, Ticket, Wake},
};

type Job = Box<dyn FnOnce() -> Parcel + Send>;

/// The threads, and what awaits their answers.
#[derive(Default)]
pub struct Workers {
    threads: BTreeMap<&'static str, RequestWorker<Job, Parcel>>,
    awaited: BTreeMap<(&'static str, Ticket), Then>,
}

impl std::fmt::Debug for Workers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workers")
            .field("threads", &self.threads.len())
            .field("awaited", &self.awaited.len())
            .finish()
    }
}

impl Workers {
    /// Whether a job is under way.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        !self.awaited.is_empty()
    }

    /// Begins a job; when there is no thread for it, its continuation hears so at once.
    pub fn begin(&mut self, work: Work, wake: &Wake, (office, desk): (&mut Office, &mut Desk)) {
        let Work { name, job, then } = work;
        match self.ask(name, job, wake) {
            Ok(ticket) => {
                self.awaited.insert((name, ticket), then);
            }
            Err(error) => {
                let sentence = error.to_string();
                then(office, desk, Err(Trouble::new(sentence, true)));
            }
        }
    }

    fn ask(&mut self, name: &'static str, job: Job, wake: &Wake) -> Result<Ticket, PipelineError> {
        if !self.threads.contains_key(name) {
            let opener = || Ok(Box::new(|job: Job| job()) as Box<dyn FnMut(Job) -> Parcel>);
            let thread = RequestWorker::start(name, Box::new(opener), std::sync::Arc::clone(wake))?;
            self.threads.insert(name, thread);
        }
        match self.threads.get_mut(name) {
            Some(thread) => thread.ask(job),
            None => Err(PipelineError::Ended {
                name: name.to_owned(),
            }),
        }
    }

    /// The jobs that are done, with what is to be done with what they bring.
    #[must_use]
    pub fn done(&mut self) -> Vec<(Then, Result<Parcel, Trouble>)> {
        let mut done = Vec::new();
        for (name, thread) in &self.threads {
            while let Some(answer) = thread.poll() {
                if let Some(then) = self.awaited.remove(&(*name, answer.ticket)) {
                    let outcome = answer.outcome.map_err(|sentence| Trouble::new(sentence, false));
                    done.push((then, outcome));
                }
            }
        }
        done
    }
}
