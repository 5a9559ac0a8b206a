//! The tables of `tillsight dataset`.

use std::io::{Result, Write};

use super::super::table::{Align, Table};
use crate::training::dataset::{Fate, Issue, Note, ReadReport, SHAPE_ENDS, SIZE_ENDS, SetStats, Severity};

/// One word for a severity.
pub(super) fn severity(issue: Issue) -> &'static str {
    match issue.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// What was mended, skipped and refused, with the first names.
pub(super) fn print(report: &ReadReport, shown: usize, out: &mut dyn Write) -> Result<()> {
    for fate in [Fate::Mended, Fate::Noticed, Fate::Skipped, Fate::Refused] {
        for (issue, note) in report.notes().filter(|(issue, _)| issue.fate() == fate) {
            writeln!(out, "{}: {} x {}", fate.name(), note.count, issue.words())?;
            names(note, shown, out)?;
        }
    }
    Ok(())
}

/// Every fault with its files and the way to mend it, errors first.
pub(super) fn print_findings(report: &ReadReport, shown: usize, out: &mut dyn Write) -> Result<()> {
    let mut notes: Vec<(Issue, &Note)> = report.notes().collect();
    notes.sort_by_key(|(issue, _)| issue.severity());
    for (issue, note) in notes {
        writeln!(out, "{}: {} x {}", severity(issue), note.count, issue.words())?;
        writeln!(out, "  to mend: {}", issue.hint())?;
        names(note, shown, out)?;
    }
    Ok(())
}

fn names(note: &Note, shown: usize, out: &mut dyn Write) -> Result<()> {
    for name in note.examples.iter().take(shown) {
        // A name from a file must not move the cursor of a terminal.
        writeln!(out, "    {}", name.replace(char::is_control, " "))?;
    }
    let more = note.count.saturating_sub(note.examples.len().min(shown));
    if more > 0 {
        writeln!(out, "    and {more} more")?;
    }
    Ok(())
}

/// Statistics as tables.
pub(super) fn print_stats(stats: &SetStats, out: &mut dyn Write) -> Result<()> {
    let mut table = Table::new(&[
        ("split", Align::Left),
        ("class", Align::Left),
        ("pictures", Align::Right),
        ("boxes", Align::Right),
        ("difficult", Align::Right),
        ("truncated", Align::Right),
    ]);
    for split in &stats.splits {
        let name = if split.split.is_empty() {
            "all"
        } else {
            &split.split
        };
        for class in &split.classes {
            let counts = [class.pictures, class.boxes, class.difficult, class.truncated];
            table.row(
                [name.to_owned(), class.class.clone()]
                    .into_iter()
                    .chain(counts.map(|count| count.to_string())),
            );
        }
        let counts = [
            ("(all)", split.pictures, split.boxes),
            ("(no boxes)", split.without_boxes, 0),
        ];
        for (class, pictures, boxes) in counts {
            table.row([
                name.to_owned(),
                class.to_owned(),
                pictures.to_string(),
                boxes.to_string(),
            ]);
        }
    }
    table.print(out)?;
    let [[w0, h0], [w1, h1]] = stats.picture_sizes;
    writeln!(
        out,
        "\npictures from {w0} x {h0} to {w1} x {h1} pixels, {} stored turned\n",
        stats.turned
    )?;
    let range = |ends: &[f64], at: usize| {
        let low = at
            .checked_sub(1)
            .and_then(|before| ends.get(before))
            .copied()
            .unwrap_or(0.0);
        match ends.get(at) {
            Some(end) if end.is_finite() => format!("{low} to {end}"),
            Some(_) | None => format!("over {low}"),
        }
    };
    histogram(
        "side of the box (picture: 1)",
        &stats.sizes,
        |at| range(&SIZE_ENDS, at),
        out,
    )?;
    histogram("width to height", &stats.shapes, |at| range(&SHAPE_ENDS, at), out)?;
    let last = stats.boxes_in_a_picture.len() - 1;
    let crowd = |at: usize| {
        if at == last {
            format!("{at} or more")
        } else {
            at.to_string()
        }
    };
    histogram("boxes in a picture", &stats.boxes_in_a_picture, crowd, out)?;
    places(&stats.places, out)
}

fn histogram(
    title: &str,
    counts: &[usize],
    name: impl Fn(usize) -> String,
    out: &mut dyn Write,
) -> Result<()> {
    const WIDTH: usize = 40;
    let mut table = Table::new(&[(title, Align::Left), ("count", Align::Right), ("", Align::Left)]);
    let most = counts.iter().max().copied().unwrap_or(0).max(1);
    for (at, count) in counts.iter().enumerate() {
        table.row([name(at), count.to_string(), "#".repeat(count * WIDTH / most)]);
    }
    table.print(out)?;
    writeln!(out)
}

/// The map of places in letters, each twice, because letters are twice as high as wide.
fn places(cells: &[Vec<u32>], out: &mut dyn Write) -> Result<()> {
    const SHADES: &[u8] = b" .:-=+*#%@";
    let most = cells.iter().flatten().max().copied().unwrap_or(0).max(1);
    writeln!(out, "places of the boxes (darkest: {most} boxes)")?;
    for row in cells {
        let line: String = row
            .iter()
            .map(|value| {
                let shade = u64::from(*value) * (SHADES.len() as u64 - 1) / u64::from(most);
                let shade = usize::try_from(shade).ok().and_then(|shade| SHADES.get(shade));
                char::from(shade.copied().unwrap_or(b' '))
            })
            .flat_map(|shade| [shade, shade])
            .collect();
        writeln!(out, "  |{line}|")?;
    }
    Ok(())
}
