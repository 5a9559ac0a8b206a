//! The newest lines of the program's log, kept in memory for whoever helps from afar.
//!
//! Nothing of it is written anywhere before staff ask for it, and then without what may name a person: quoted
//! texts and paths are taken out.

use std::{
    collections::VecDeque,
    io::{self, Write},
    sync::{Mutex, PoisonError},
};

/// How many lines are kept.
const KEPT: usize = 1_000;

static LINES: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());

/// Takes one event of the log.
#[derive(Debug, Default)]
pub struct RecentWriter {
    bytes: Vec<u8>,
}

/// A writer for one event, as the log's machinery asks for it.
#[must_use]
pub fn writer() -> RecentWriter {
    RecentWriter::default()
}

impl Write for RecentWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for RecentWriter {
    fn drop(&mut self) {
        let text = String::from_utf8_lossy(&self.bytes);
        let mut lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            if lines.len() >= KEPT {
                lines.pop_front();
            }
            lines.push_back(line.to_owned());
        }
    }
}

/// The lines, the oldest first, without what may name a person.
#[must_use]
pub fn scrubbed() -> Vec<String> {
    let lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
    lines.iter().map(|line| scrub(line)).collect()
}

/// Takes out colours, quoted texts and whatever looks like a path.
fn scrub(line: &str) -> String {
    let mut plain = String::new();
    let mut letters = line.chars();
    while let Some(letter) = letters.next() {
        if letter == '\u{1b}' {
            // A colour ends with its letter.
            letters.by_ref().find(char::is_ascii_alphabetic);
            continue;
        }
        plain.push(letter);
    }
    let mut out = String::new();
    for (index, part) in plain.split('"').enumerate() {
        if index % 2 == 1 {
            out.push_str("\"\u{2026}\"");
        } else {
            out.push_str(part);
        }
    }
    let words = out.split(' ').map(|word| {
        let is_path = word.contains('\\') || word.matches('/').count() > 1 || word.starts_with('/');
        if is_path { "\u{2026}" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_paths_are_taken_out() {
        let line = "\u{1b}[33m WARN\u{1b}[0m tillsight::app: no pictures reason=\"Anna's camera\" at /home/anna/x.db";
        assert_eq!(
            scrub(line),
            " WARN tillsight::app: no pictures reason=\"\u{2026}\" at \u{2026}"
        );
        assert_eq!(scrub("C:\\Users\\Anna is gone"), "\u{2026} is gone");
        assert_eq!(scrub("10 frames/s"), "10 frames/s");
    }

    #[test]
    fn what_is_written_is_kept() {
        let mut log = writer();
        log.write_all(b"a line for the diagnostics\n").unwrap();
        drop(log);
        assert!(scrubbed().iter().any(|line| line == "a line for the diagnostics"));
    }
}
