//! A training as a process of its own, of low priority, watched by a thread.
//!
//! A process, so that a training that runs out of memory or fails takes nothing of the lane with it, and so
//! that the system gives it only what the lane leaves. It writes one JSON object a line; what goes wrong goes
//! to a log in the run's folder, whose last line is the reason. Nothing here reads the database.
//!
//! The process rests by itself when its standard input ends: letting go of a [`TrainJob`], or the end of this
//! program in any way, is a pause.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

use crossbeam_channel::{Receiver, Sender, bounded};
use serde_json::Value;

use crate::training::teach::TeachProgress;

use super::{PipelineError, Worker, events::Wake};

/// File in the run's folder in which a wish is left.
const WISH: &str = "wish";
/// File in the run's folder with what went wrong.
const LOG: &str = "log.txt";
/// Messages that may wait; more of them only pile up when nobody looks.
const ROOM: usize = 1024;
/// From so many cores on, one is left to the lane; below, low priority has to do.
const MANY_CORES: usize = 4;

/// How a training is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrainCommand {
    /// This program.
    pub program: PathBuf,
    /// The run's folder, with its job.
    pub folder: PathBuf,
    /// Threads; if not said, all cores, or all but one where there are many.
    pub threads: Option<usize>,
}

/// What a training tells.
#[derive(Debug, Clone, PartialEq)]
pub enum TrainEvent {
    /// How far it is.
    Progress(Box<TeachProgress>),
    /// Something that the staff should know; training goes on.
    Note(String),
    /// It has ended; nothing comes after this.
    Ended(TrainEnd),
}

/// How a training ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrainEnd {
    /// The candidate and the judgement are in the run's folder.
    Finished,
    /// It rests and can go on.
    Paused,
    /// It was given up.
    Stopped,
    /// It could not go on.
    Failed {
        /// One sentence.
        reason: String,
    },
}

/// A running training.
#[derive(Debug)]
pub struct TrainJob {
    /// Its end is what tells the process that this program is gone.
    alive: Option<ChildStdin>,
    events: Receiver<TrainEvent>,
    folder: PathBuf,
    _worker: Worker,
}

impl TrainJob {
    /// Starts the process and the thread that watches it; `wake` is called with every message.
    ///
    /// # Errors
    /// [`PipelineError::Spawn`] if the system starts no process or thread.
    pub fn start(command: &TrainCommand, wake: Wake) -> Result<Self, PipelineError> {
        let failed = |source| PipelineError::Spawn {
            name: "the training".to_owned(),
            source,
        };
        let folder = command.folder.clone();
        forget_wish(&folder);
        let log = File::create(folder.join(LOG)).map_err(failed)?;
        let mut child = spawn(command, &log).map_err(failed)?;
        let alive = child.stdin.take();
        let (tell, events) = bounded(ROOM);
        let (own, last_words) = (tell.clone(), tell);
        let (log, woken) = (folder.join(LOG), Wake::clone(&wake));
        let worker = Worker::spawn(
            "train-job",
            move |_| watch(child, &log, &own, &wake),
            move |reason| {
                send(&last_words, TrainEvent::Ended(TrainEnd::Failed { reason }));
                woken();
            },
        )?;
        Ok(Self {
            alive,
            events,
            folder,
            _worker: worker,
        })
    }

    /// The next message; never blocks.
    pub fn poll(&self) -> Option<TrainEvent> {
        self.events.try_recv().ok()
    }

    /// Asks it to write a checkpoint and rest. It says so when it does.
    ///
    /// # Errors
    /// What the system said if the wish cannot be left.
    pub fn pause(&self) -> std::io::Result<()> {
        std::fs::write(self.folder.join(WISH), "pause")
    }

    /// Asks it to give up. It says so when it does.
    ///
    /// # Errors
    /// As [`TrainJob::pause`].
    pub fn stop(&self) -> std::io::Result<()> {
        std::fs::write(self.folder.join(WISH), "stop")
    }
}

impl Drop for TrainJob {
    fn drop(&mut self) {
        // The process sees the end of its input, writes a checkpoint and ends.
        self.alive = None;
    }
}

/// A wish that nobody took does not hold for the next part of the run.
fn forget_wish(folder: &Path) {
    match std::fs::remove_file(folder.join(WISH)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            tracing::warn!("an old wish stays in {}: {error}", folder.display());
        }
        Ok(()) | Err(_) => {}
    }
}

fn spawn(command: &TrainCommand, log: &File) -> std::io::Result<Child> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let usual = if cores >= MANY_CORES { cores - 1 } else { cores };
    let threads = command.threads.unwrap_or(usual);
    let start = |mut process: Command| -> std::io::Result<Child> {
        process
            .args(["--json", "teach", "--resume", "--watched", "--out"])
            .arg(&command.folder)
            .env("RAYON_NUM_THREADS", threads.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::from(log.try_clone()?))
            .spawn()
    };
    match start(of_low_priority(&command.program)) {
        // Without `nice` the training competes with the lane for the cores that it was given.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => start(Command::new(&command.program)),
        started => started,
    }
}

#[cfg(unix)]
fn of_low_priority(program: &Path) -> Command {
    let mut nice = Command::new("nice");
    nice.args(["-n", "15"]).arg(program);
    nice
}

#[cfg(windows)]
fn of_low_priority(program: &Path) -> Command {
    use std::os::windows::process::CommandExt as _;

    /// `BELOW_NORMAL_PRIORITY_CLASS` and `CREATE_NO_WINDOW`.
    const FLAGS: u32 = 0x0000_4000 | 0x0800_0000;
    let mut process = Command::new(program);
    process.creation_flags(FLAGS);
    process
}

/// Passes the process's lines on until it ends.
fn watch(mut child: Child, log: &Path, tell: &Sender<TrainEvent>, wake: &Wake) {
    let mut outcome = None;
    if let Some(out) = child.stdout.take() {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            match understand(&line) {
                Some(Line::Outcome(end)) => outcome = Some(end),
                Some(Line::Event(event)) => {
                    send(tell, event);
                    wake();
                }
                None => tracing::debug!(line, "a line of the training is not understood"),
            }
        }
    }
    let ended = child.wait().is_ok_and(|status| status.success());
    let end = match outcome {
        Some(end) if ended => end,
        Some(_) | None => TrainEnd::Failed { reason: reason(log) },
    };
    send(tell, TrainEvent::Ended(end));
    wake();
}

/// Progress may be lost when nobody looks; the end is waited for.
fn send(tell: &Sender<TrainEvent>, event: TrainEvent) {
    let sent = match event {
        TrainEvent::Ended(_) => tell.send(event).is_ok(),
        TrainEvent::Progress(_) | TrainEvent::Note(_) => tell.try_send(event).is_ok(),
    };
    if !sent {
        tracing::debug!("a message of the training is lost");
    }
}

/// What a line says.
#[derive(Debug, PartialEq)]
enum Line {
    Event(TrainEvent),
    Outcome(TrainEnd),
}

fn understand(line: &str) -> Option<Line> {
    let value: Value = serde_json::from_str(line).ok()?;
    if let Some(progress) = value.get("progress") {
        let progress: TeachProgress = serde_json::from_value(progress.clone()).ok()?;
        return Some(Line::Event(TrainEvent::Progress(Box::new(progress))));
    }
    if let Some(note) = value.get("complaint").and_then(Value::as_str) {
        return Some(Line::Event(TrainEvent::Note(note.to_owned())));
    }
    let end = match value.get("outcome")?.as_str()? {
        "candidate" => TrainEnd::Finished,
        "paused" => TrainEnd::Paused,
        "stopped" => TrainEnd::Stopped,
        _ => return None,
    };
    Some(Line::Outcome(end))
}

/// The last line that the process wrote of what went wrong.
fn reason(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let last = text.lines().rev().find(|line| !line.trim().is_empty());
    last.map_or_else(
        || {
            "the training ended unexpectedly, perhaps for want of memory; go on with it when less is running"
                .to_owned()
        },
        |line| line.trim().trim_start_matches("tillsight: ").to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_understood() {
        let outcome = |word: &str| understand(&format!("{{\"outcome\": \"{word}\"}}"));
        assert_eq!(outcome("paused"), Some(Line::Outcome(TrainEnd::Paused)));
        assert_eq!(outcome("candidate"), Some(Line::Outcome(TrainEnd::Finished)));
        assert_eq!(outcome("lost"), None);
        assert_eq!(
            understand("{\"complaint\": \"too few\"}"),
            Some(Line::Event(TrainEvent::Note("too few".to_owned())))
        );
        let progress = r#"{"progress": {"stage": "learning", "done": 5, "total": 10, "share": 0.6, "loss": 1.0,
            "kept": 0.1, "ap50": {"tea": 0.5}, "round": 1, "seconds": 3.0, "seconds_left": 4.0}}"#;
        let Some(Line::Event(TrainEvent::Progress(progress))) = understand(progress) else {
            panic!("progress is not understood");
        };
        assert_eq!((progress.done, progress.ap50["tea"]), (5, 0.5));
        assert_eq!(understand("loading"), None);
    }

    #[test]
    fn the_reason_is_the_last_line() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join(LOG);
        std::fs::write(&log, "WARN something\ntillsight: the disk is full\n\n").unwrap();
        assert_eq!(reason(&log), "the disk is full");
        assert!(reason(&folder.path().join("none")).contains("unexpectedly"));
    }

    #[test]
    fn a_program_that_cannot_be_started_is_an_error_or_a_failure() {
        let folder = tempfile::tempdir().unwrap();
        let command = TrainCommand {
            program: folder.path().join("nothing"),
            folder: folder.path().to_owned(),
            threads: Some(1),
        };
        // `nice` starts and finds nothing; without it the start itself fails.
        if let Ok(job) = TrainJob::start(&command, std::sync::Arc::new(|| {})) {
            let end = job
                .events
                .recv_timeout(std::time::Duration::from_secs(10))
                .unwrap();
            assert!(
                matches!(end, TrainEvent::Ended(TrainEnd::Failed { .. })),
                "{end:?}"
            );
        }
    }
}
