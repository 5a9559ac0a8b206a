//! Pictures of what was measured: precision over recall, F1 over the score, and which class is taken for which.

use super::{
    chart::{self, Chart, Series, fill, write_words},
    curve::{Confusion, CurvePoint},
};
use crate::{
    frame::{Rgb, RgbImage},
    geom::cast::{narrow_f32, round_u8, saturating_u32},
};

/// Side of a cell of the confusion matrix in pixels.
const CELL: u32 = 64;
/// Room for the names beside and above the matrix.
const NAMES: u32 = 150;
const TEXT: [u8; 3] = [40, 44, 52];

/// Precision over recall, and precision, recall and F1 over the score, one line a class.
#[must_use]
pub fn precision_recall_plot(classes: &[(String, Vec<CurvePoint>)]) -> RgbImage {
    let lines = |point: fn(&CurvePoint) -> Option<(f64, f64)>| -> Vec<Series> {
        classes
            .iter()
            .map(|(name, points)| Series {
                name: name.clone(),
                points: points.iter().filter_map(point).collect(),
            })
            .collect()
    };
    let chart = |title: &str, x_label: &str, series| Chart {
        title: title.to_owned(),
        x_label: x_label.to_owned(),
        series,
        y_range: Some((0.0, 1.0)),
    };
    let charts = [
        chart(
            "PRECISION",
            "RECALL",
            lines(|p| Some((p.counts.recall()?, p.counts.precision()?))),
        ),
        chart("F1", "SCORE", lines(|p| Some((p.score, p.counts.f1()?)))),
        chart(
            "PRECISION",
            "SCORE",
            lines(|p| Some((p.score, p.counts.precision()?))),
        ),
        chart("RECALL", "SCORE", lines(|p| Some((p.score, p.counts.recall()?)))),
    ];
    chart::draw(&charts, 2)
}

/// The confusion matrix: a row for what is there, a column for what was said, with nothing as the last of both.
/// A cell is the darker the larger its share of the row.
#[must_use]
pub fn confusion_plot(confusion: &Confusion, names: &[String]) -> RgbImage {
    let mut ids: Vec<_> = confusion.classes().iter().map(|class| Some(*class)).collect();
    ids.push(None);
    let name = |at: usize| names.get(at).map_or("NOTHING", String::as_str);
    let side = CELL * saturating_u32(ids.len());
    let mut paper = RgbImage::from_pixel(NAMES + side + 20, NAMES / 2 + side + 40, Rgb([255; 3]));
    write_words(&mut paper, "THERE - DOWN, SAID - ACROSS", (12, 10), TEXT);
    for (row, there) in ids.iter().enumerate() {
        let sum: usize = ids.iter().map(|said| confusion.count(*there, *said)).sum();
        let top = NAMES / 2 + CELL * saturating_u32(row);
        let shown: String = name(row).chars().take(15).collect();
        write_words(&mut paper, &shown, (12, top + CELL / 2 - 6), TEXT);
        let left = NAMES + CELL * saturating_u32(row);
        let short: String = name(row).chars().take(7).collect();
        write_words(&mut paper, &short, (left, NAMES / 2 - 18), TEXT);
        for (column, said) in ids.iter().enumerate() {
            let count = confusion.count(*there, *said);
            let share = narrow_f32(count as f64 / sum.max(1) as f64);
            let fade = |light: f32, dark: f32| round_u8(light + share * (dark - light));
            let colour = [fade(245.0, 0.0), fade(248.0, 90.0), fade(250.0, 150.0)];
            let at = (NAMES + CELL * saturating_u32(column), top);
            fill(&mut paper, at, (CELL - 2, CELL - 2), colour);
            let ink = if share > 0.5 { [255; 3] } else { TEXT };
            let words = count.to_string();
            let width = saturating_u32(words.len()) * 9;
            let left = at.0 + CELL.saturating_sub(width) / 2;
            write_words(&mut paper, &words, (left, at.1 + CELL / 2 - 6), ink);
        }
    }
    paper
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        geom::ClassId,
        training::metrics::{Found, GroundTruth, Standing, confusion, precision_recall},
    };

    #[test]
    fn pictures_show_what_was_measured() {
        let bbox = [0.0, 0.0, 10.0, 10.0];
        let truth = [GroundTruth {
            image: 0,
            class: ClassId(1),
            bbox,
            area: 100.0,
            standing: Standing::Counted,
        }];
        let found = [Found {
            image: 0,
            class: ClassId(1),
            bbox,
            score: 0.9,
        }];
        let names = ["apple".to_owned()];
        let table = confusion(&truth, &found, &[ClassId(1)], (0.5, 0.5));
        let matrix = confusion_plot(&table, &names);
        assert_eq!(matrix.width(), NAMES + 2 * CELL + 20);
        let corner = |row: u32, column: u32| {
            matrix
                .get_pixel(NAMES + column * CELL + 2, NAMES / 2 + row * CELL + 2)
                .0
        };
        assert_eq!(corner(0, 0), [0, 90, 150], "all apples are called apples");
        assert_eq!(corner(0, 1), [245, 248, 250]);
        let points = precision_recall(&truth, &found, ClassId(1), 0.5);
        let curves = precision_recall_plot(&[("apple".to_owned(), points)]);
        assert_eq!(curves.dimensions(), (chart::PANEL.0 * 2, chart::PANEL.1 * 2));
    }
}
