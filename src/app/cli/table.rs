//! Tables for people: columns as wide as their widest cell.

use std::io::Write;

/// Which side of a column its cells stand at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// A table that is printed when it is complete.
#[derive(Debug)]
pub struct Table {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these column heads.
    #[must_use]
    pub fn new(columns: &[(&str, Align)]) -> Self {
        let columns = columns
            .iter()
            .map(|(head, align)| ((*head).to_owned(), *align))
            .collect();
        Self {
            columns,
            rows: Vec::new(),
        }
    }

    /// Adds a row; missing cells stay empty.
    pub fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().map(printable).collect());
    }

    /// Prints heads and rows.
    ///
    /// # Errors
    /// What the writer says.
    pub fn print(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let heads: Vec<String> = self.columns.iter().map(|(head, _)| head.clone()).collect();
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|index| {
                let cells = std::iter::once(&heads)
                    .chain(&self.rows)
                    .filter_map(|row| row.get(index));
                cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
            })
            .collect();
        for row in std::iter::once(&heads).chain(&self.rows) {
            let mut line = String::new();
            for ((index, width), (_, align)) in widths.iter().enumerate().zip(&self.columns) {
                let cell = row.get(index).map_or("", String::as_str);
                let padding = " ".repeat(width.saturating_sub(cell.chars().count()));
                if index > 0 {
                    line.push_str("  ");
                }
                match align {
                    Align::Left => line.extend([cell, &padding]),
                    Align::Right => line.extend([&padding, cell]),
                }
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// A name from a file must not move the cursor of a terminal.
fn printable(cell: String) -> String {
    if cell.chars().any(char::is_control) {
        cell.replace(char::is_control, " ")
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_control_letters_are_gone() {
        let mut table = Table::new(&[("name", Align::Left), ("price", Align::Right)]);
        table.row(["Äpfel".to_owned(), "2.49".to_owned()]);
        table.row(["\u{1b}[31mRed".to_owned(), "10.00".to_owned()]);
        let mut out = Vec::new();
        table.print(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "name      price\nÄpfel      2.49\n [31mRed  10.00\n");
    }
}
