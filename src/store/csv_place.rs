//! In which line of a file a record begins, as an editor counts them.
//!
//! The reader of tables says where a record begins before it has passed the end of the line before and empty
//! lines: with the line ends of Windows, and after empty lines, its own line number is too small.

use csv::Position;

/// Counts lines from the front of a text; ask for records in their order.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Lines<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self {
            text: text.as_bytes(),
            at: 0,
            line: 1,
        }
    }

    /// The line in which the record at this position begins, from 1.
    pub(super) fn of(&mut self, position: Option<&Position>) -> u64 {
        let from = position.and_then(|position| usize::try_from(position.byte()).ok());
        let from = from.unwrap_or(self.at).clamp(self.at, self.text.len());
        let is_end = |byte: &&u8| matches!(**byte, b'\r' | b'\n');
        let ends = self.text.iter().skip(from).take_while(is_end).count();
        let begin = from + ends;
        let passed = self.text.get(self.at..begin).unwrap_or_default();
        let count = passed.iter().filter(|byte| **byte == b'\n').count();
        self.line = self.line.saturating_add(count as u64);
        self.at = begin;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    fn lines(text: &str) -> Vec<(u64, String)> {
        let mut lines = Lines::new(text);
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(text.as_bytes());
        let records = reader.records().map(|record| record.unwrap());
        records
            .map(|record| (lines.of(record.position()), record[0].to_owned()))
            .collect()
    }

    #[test]
    fn a_line_is_the_one_an_editor_shows_whatever_ends_it() {
        let text = "head\na\n\n\nb\n\"c\nc\"\nd";
        let wanted = [(2, "a"), (5, "b"), (6, "c\nc"), (8, "d")].map(|(line, name)| (line, name.to_owned()));
        assert_eq!(lines(text), wanted);
        let windows = wanted.map(|(line, name)| (line, name.replace('\n', "\r\n")));
        assert_eq!(lines(&text.replace('\n', "\r\n")), windows);
    }
}
