//! A receipt as plain text, for a printer with fixed-width letters, a text file or a terminal.
//!
//! This file lays out the rows that [`crate::domain::receipt`] gives; it adds no word and no amount.

use crate::domain::receipt::{ReceiptRow, RowKind};

/// The usual width of a receipt printer in letters.
pub const RECEIPT_WIDTH: usize = 42;

/// The rows as lines of `width` letters: texts at the left, amounts at the right, header and footer in the
/// middle. Names that are too long go on in the next line; an amount is never cut.
#[must_use]
pub fn lay_out(rows: &[ReceiptRow], width: usize) -> String {
    let mut text = String::new();
    for row in rows {
        for line in lines_of(row, width) {
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    text
}

fn lines_of(row: &ReceiptRow, width: usize) -> Vec<String> {
    match row.kind {
        RowKind::Rule => vec!["-".repeat(width)],
        RowKind::Header | RowKind::Footer => wrap(&row.left, width)
            .iter()
            .map(|line| centre(line, width))
            .collect(),
        RowKind::Detail => wrap(&row.left, width.saturating_sub(2))
            .iter()
            .map(|line| format!("  {line}"))
            .collect(),
        RowKind::Meta
        | RowKind::Item
        | RowKind::Subtotal
        | RowKind::Total
        | RowKind::Tender
        | RowKind::Tax => beside(&row.left, &row.right, width),
    }
}

/// Left text wrapped beside the right one, which stands at the end of the last line.
fn beside(left: &str, right: &str, width: usize) -> Vec<String> {
    let right_letters = right.chars().count();
    let room = width.saturating_sub(right_letters + 1).max(1);
    let mut lines = wrap(left, room);
    let last = lines.pop().unwrap_or_default();
    let gap = width.saturating_sub(last.chars().count() + right_letters);
    lines.push(format!("{last}{}{right}", " ".repeat(gap.max(1))));
    lines
}

fn centre(line: &str, width: usize) -> String {
    let margin = width.saturating_sub(line.chars().count()) / 2;
    format!("{}{line}", " ".repeat(margin))
}

/// Breaks between words, and inside a word that alone is too long.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let mut rest: Vec<char> = word.chars().collect();
        if let Some(line) = lines
            .last_mut()
            .filter(|line| line.chars().count() + 1 + rest.len() <= width)
        {
            line.push(' ');
            line.extend(rest);
            continue;
        }
        while rest.len() > width {
            let tail = rest.split_off(width);
            lines.push(rest.into_iter().collect());
            rest = tail;
        }
        lines.push(rest.into_iter().collect());
    }
    if lines.is_empty() {
        vec![String::new()]
    } else {
        lines
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(kind: RowKind, left: &str, right: &str) -> ReceiptRow {
        ReceiptRow {
            kind,
            left: left.to_owned(),
            right: right.to_owned(),
        }
    }

    #[test]
    fn rows_become_lines() {
        let rows = [
            row(RowKind::Header, "Shop", ""),
            row(RowKind::Rule, "", ""),
            row(RowKind::Item, "Äpfel, lose, aus der Region", "1,74 B"),
            row(RowKind::Detail, "0,435 kg x 3,99/kg", ""),
            row(RowKind::Total, "Total", "1,74 EUR"),
        ];
        let expected = "        Shop\n--------------------\nÄpfel, lose,\naus der\nRegion        1,74 B\n  0,435 kg x 3,99/kg\nTotal       1,74 EUR\n";
        assert_eq!(lay_out(&rows, 20), expected);
    }

    proptest! {
        #[test]
        fn nothing_is_cut_off(left in "[a-zäß ]{0,60}", right in "[0-9]{0,6}", width in 12_usize..50) {
            let text = lay_out(&[row(RowKind::Item, &left, &right)], width);
            let kept: String = text.split_whitespace().collect();
            let expected: String = format!("{left}{right}").split_whitespace().collect();
            prop_assert_eq!(kept, expected);
            prop_assert!(text.lines().all(|line| line.chars().count() <= width));
        }
    }
}
