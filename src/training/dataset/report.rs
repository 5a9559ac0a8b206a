//! What a reader found: how much was read, and what was mended, skipped and refused, with the first names.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{Fate, Issue};

/// How many names are kept of each kind of fault, unless asked otherwise: enough to mend them by.
const EXAMPLES: usize = 1000;

/// One kind of fault and where it was met.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Note {
    /// How often.
    pub count: usize,
    /// The first places, in words: a file, and what of it.
    pub examples: Vec<String>,
}

/// The account of a reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadReport {
    /// Pictures that can be used.
    pub pictures: usize,
    /// Boxes that can be used.
    pub boxes: usize,
    notes: BTreeMap<Issue, Note>,
    kept: usize,
}

impl Default for ReadReport {
    fn default() -> Self {
        Self::keeping(EXAMPLES)
    }
}

impl ReadReport {
    /// An empty report that keeps this many names of each kind.
    #[must_use]
    pub const fn keeping(kept: usize) -> Self {
        Self {
            pictures: 0,
            boxes: 0,
            notes: BTreeMap::new(),
            kept,
        }
    }

    /// Counts one fault; `place` is asked for its words only if they are kept.
    pub fn note(&mut self, issue: Issue, place: impl FnOnce() -> String) {
        let note = self.notes.entry(issue).or_default();
        note.count += 1;
        if note.examples.len() < self.kept {
            note.examples.push(place());
        }
    }

    /// Takes over the notes of another report, not its counts of pictures and boxes.
    pub fn absorb(&mut self, other: Self) {
        for (issue, note) in other.notes {
            let mine = self.notes.entry(issue).or_default();
            mine.count += note.count;
            let room = self.kept.saturating_sub(mine.examples.len());
            mine.examples.extend(note.examples.into_iter().take(room));
        }
    }

    /// Every kind of fault that was met.
    pub fn notes(&self) -> impl Iterator<Item = (Issue, &Note)> + '_ {
        self.notes.iter().map(|(issue, note)| (*issue, note))
    }

    /// How often one kind was met.
    #[must_use]
    pub fn count(&self, issue: Issue) -> usize {
        self.notes.get(&issue).map_or(0, |note| note.count)
    }

    /// How many faults ended this way.
    #[must_use]
    pub fn total(&self, fate: Fate) -> usize {
        let of_fate = self.notes.iter().filter(|(issue, _)| issue.fate() == fate);
        of_fate.map(|(_, note)| note.count).sum()
    }

    /// The report as one JSON object: `pictures`, `boxes`, and for each fate an object of counts and names.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let of_fate = |fate: Fate| -> Value {
            let notes = self.notes().filter(|(issue, _)| issue.fate() == fate);
            notes
                .map(|(issue, note)| {
                    let value = json!({"count": note.count, "what": issue.words(), "first": note.examples});
                    (issue.key().to_owned(), value)
                })
                .collect::<serde_json::Map<String, Value>>()
                .into()
        };
        json!({
            "pictures": self.pictures, "boxes": self.boxes,
            "mended": of_fate(Fate::Mended), "noticed": of_fate(Fate::Noticed),
            "skipped": of_fate(Fate::Skipped), "refused": of_fate(Fate::Refused),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_all_and_keeps_the_first_names() {
        let mut report = ReadReport::keeping(2);
        for number in 0..4 {
            report.note(Issue::Clipped, || format!("{number}.jpg"));
        }
        let mut other = ReadReport::default();
        other.note(Issue::Clipped, || "x.jpg".to_owned());
        other.note(Issue::NoCorners, || "y.jpg".to_owned());
        report.absorb(other);
        assert_eq!(report.count(Issue::Clipped), 5);
        assert_eq!((report.total(Fate::Mended), report.total(Fate::Skipped)), (5, 1));
        let json = report.to_json();
        assert_eq!(json["mended"]["clipped"]["first"], json!(["0.jpg", "1.jpg"]));
        assert_eq!(json["skipped"]["no-corners"]["count"], 1);
        assert_eq!(json["refused"], json!({}));
    }
}
