//! Line charts as pictures, drawn by the product itself: axes with numbers, grid, lines, legend.
//!
//! The letters are those that the renderer prints on packages; they are capitals.

use crate::{
    frame::{Rgb, RgbImage},
    geom::cast::{floor_index, narrow_f32, round_u8, saturating_u32},
    training::render::font::ink,
};

/// Size of one chart in pixels.
pub const PANEL: (u32, u32) = (560, 340);
const PAPER: [u8; 3] = [255, 255, 255];
const TEXT: [u8; 3] = [40, 44, 52];
const GRID: [u8; 3] = [222, 226, 230];
const AXIS: [u8; 3] = [130, 136, 144];
/// Colours that colour-blind people tell apart (Okabe and Ito, 2008).
const COLOURS: [[u8; 3]; 7] = [
    [0, 114, 178],
    [213, 94, 0],
    [0, 158, 115],
    [204, 121, 167],
    [230, 159, 0],
    [86, 180, 233],
    [90, 90, 90],
];
/// Width and height of a letter with its gap.
const LETTER: (u32, u32) = (9, 13);
/// Room left, above, right and below of the area of the lines.
const MARGIN: [u32; 4] = [74, 48, 20, 46];

/// One line of a chart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// Its points, from left to right.
    pub points: Vec<(f64, f64)>,
}

/// One chart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// What lies along the bottom.
    pub x_label: String,
    /// Its lines.
    pub series: Vec<Series>,
    /// From where to where the vertical axis goes; as the points want it if not given.
    pub y_range: Option<(f64, f64)>,
}

/// Draws charts side by side, `columns` in a row.
#[must_use]
pub fn draw(charts: &[Chart], columns: usize) -> RgbImage {
    let columns = columns.clamp(1, charts.len().max(1));
    let rows = charts.len().div_ceil(columns).max(1);
    let size = (PANEL.0 * saturating_u32(columns), PANEL.1 * saturating_u32(rows));
    let mut paper = RgbImage::from_pixel(size.0, size.1, Rgb(PAPER));
    for (number, chart) in charts.iter().enumerate() {
        let (column, row) = (saturating_u32(number % columns), saturating_u32(number / columns));
        panel(&mut paper, chart, (column * PANEL.0, row * PANEL.1));
    }
    paper
}

/// From data to pixels.
struct Frame {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    x: (f64, f64),
    y: (f64, f64),
}

impl Frame {
    fn place(&self, (x, y): (f64, f64)) -> (f32, f32) {
        let along = (x - self.x.0) / (self.x.1 - self.x.0);
        let up = ((y - self.y.0) / (self.y.1 - self.y.0)).clamp(0.0, 1.0);
        (
            narrow_f32(self.left + along * self.width),
            narrow_f32(self.top + (1.0 - up) * self.height),
        )
    }
}

fn panel(paper: &mut RgbImage, chart: &Chart, at: (u32, u32)) {
    let numbers = |axis: fn(&(f64, f64)) -> f64| {
        let points = chart.series.iter().flat_map(|series| &series.points);
        points.map(axis).filter(|v| v.is_finite()).collect::<Vec<f64>>()
    };
    let x = range(&numbers(|p| p.0), false);
    let y = chart.y_range.unwrap_or_else(|| range(&numbers(|p| p.1), true));
    let frame = Frame {
        left: f64::from(at.0 + MARGIN[0]),
        top: f64::from(at.1 + MARGIN[1]),
        width: f64::from(PANEL.0 - MARGIN[0] - MARGIN[2]),
        height: f64::from(PANEL.1 - MARGIN[1] - MARGIN[3]),
        x,
        y,
    };
    write_words(paper, &chart.title, (at.0 + MARGIN[0], at.1 + 10), TEXT);
    for value in ticks(y) {
        let (left, height) = frame.place((x.0, value));
        let right = frame.place((x.1, value)).0;
        line(paper, (left, height), (right, height), 1.0, GRID);
        let words = number_words(value);
        let width = saturating_u32(words.chars().count()) * LETTER.0;
        let top = (at.1 + pixel(height - narrow_f32(f64::from(at.1)))).saturating_sub(LETTER.1 / 2);
        write_words(
            paper,
            &words,
            ((at.0 + MARGIN[0] - 8).saturating_sub(width), top),
            TEXT,
        );
    }
    for value in ticks(x) {
        let (across, bottom) = frame.place((value, y.0));
        let top = frame.place((value, y.1)).1;
        line(paper, (across, bottom), (across, top), 1.0, GRID);
        let words = number_words(value);
        let width = saturating_u32(words.chars().count()) * LETTER.0;
        let left = pixel(across).saturating_sub(width / 2);
        write_words(paper, &words, (left, at.1 + PANEL.1 - MARGIN[3] + 8), TEXT);
    }
    line(paper, frame.place((x.0, y.0)), frame.place((x.1, y.0)), 1.5, AXIS);
    line(paper, frame.place((x.0, y.0)), frame.place((x.0, y.1)), 1.5, AXIS);
    let width = saturating_u32(chart.x_label.chars().count()) * LETTER.0;
    let left = (at.0 + PANEL.0 - MARGIN[2]).saturating_sub(width);
    write_words(paper, &chart.x_label, (left, at.1 + PANEL.1 - 18), TEXT);
    let mut legend = at.0 + MARGIN[0];
    for (number, series) in chart.series.iter().enumerate() {
        let colour = COLOURS[number % COLOURS.len()];
        let points: Vec<(f32, f32)> = series
            .points
            .iter()
            .filter(|(x, y)| x.is_finite() && y.is_finite())
            .map(|point| frame.place(*point))
            .collect();
        for pair in points.windows(2) {
            line(paper, pair[0], pair[1], 2.0, colour);
        }
        if points.len() < 40 {
            for (x, y) in &points {
                line(paper, (x - 0.1, *y), (x + 0.1, *y), 5.0, colour);
            }
        }
        let middle = narrow_f32(f64::from(at.1 + 34));
        let start = narrow_f32(f64::from(legend));
        let words = shown(&series.name);
        let needed = 19 + saturating_u32(words.chars().count() + 1) * LETTER.0;
        // Of many lines the last stay without a name, rather than write over the next chart.
        if legend + needed > at.0 + PANEL.0 {
            continue;
        }
        line(paper, (start, middle), (start + 14.0, middle), 3.0, colour);
        write_words(paper, &words, (legend + 19, at.1 + 28), TEXT);
        legend += needed;
    }
}

/// At most so many letters that a few fit beside each other.
fn shown(name: &str) -> String {
    name.chars().take(14).collect()
}

fn pixel(value: f32) -> u32 {
    saturating_u32(floor_index(value.round()))
}

/// The smallest and the largest value; with 0 where it is wanted and near, and never empty.
fn range(values: &[f64], with_zero: bool) -> (f64, f64) {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if low > high {
        return (0.0, 1.0);
    }
    let low = if with_zero && low > 0.0 && low < 0.6 * high {
        0.0
    } else {
        low
    };
    if high - low < 1e-12 {
        return (low, low + low.abs().max(1e-3));
    }
    (
        low,
        if with_zero {
            high + 0.04 * (high - low)
        } else {
            high
        },
    )
}

/// Round numbers inside a range, four to eight of them.
fn ticks((low, high): (f64, f64)) -> Vec<f64> {
    let rough = (high - low) / 5.0;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0]
        .iter()
        .map(|part| part * power)
        .find(|step| *step >= rough * 0.999)
        .unwrap_or(power);
    let first = (low / step - 1e-9).ceil();
    let fits = |number: &f64| number * step <= high + 1e-9 * step;
    std::iter::successors(Some(first), |number| Some(number + 1.0))
        .take_while(fits)
        .map(|number| number * step)
        .collect()
}

fn number_words(value: f64) -> String {
    let size = value.abs();
    if size < 1e-12 {
        "0".to_owned()
    } else if size >= 10_000.0 {
        format!("{:.0}K", value / 1000.0)
    } else if size >= 100.0 || (size - size.round()).abs() < 1e-9 {
        format!("{value:.0}")
    } else if size >= 0.1 {
        let text = format!("{value:.2}");
        text.trim_end_matches('0').to_owned()
    } else if size >= 0.001 {
        let text = format!("{value:.4}");
        text.trim_end_matches('0').to_owned()
    } else {
        format!("{value:.1E}").replace(".0E", "E")
    }
}

/// A line of a width, its edge smoothed over a pixel.
fn line(paper: &mut RgbImage, from: (f32, f32), to: (f32, f32), width: f32, colour: [u8; 3]) {
    let reach = width / 2.0 + 1.0;
    let side = |low: f32, high: f32, end: u32| {
        let first = pixel((low - reach).max(0.0));
        (first, pixel(high + reach).min(end.saturating_sub(1)))
    };
    let (left, right) = side(from.0.min(to.0), from.0.max(to.0), paper.width());
    let (top, bottom) = side(from.1.min(to.1), from.1.max(to.1), paper.height());
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let square = (dx * dx + dy * dy).max(1e-9);
    for y in top..=bottom {
        for x in left..=right {
            let (px, py) = (x as f32 - from.0, y as f32 - from.1);
            let t = ((px * dx + py * dy) / square).clamp(0.0, 1.0);
            let away = (px - t * dx).hypot(py - t * dy);
            blend(paper, (x, y), colour, (width / 2.0 + 0.5 - away).clamp(0.0, 1.0));
        }
    }
}

fn blend(paper: &mut RgbImage, (x, y): (u32, u32), colour: [u8; 3], part: f32) {
    if let Some(pixel) = paper.get_pixel_mut_checked(x, y) {
        for (own, new) in pixel.0.iter_mut().zip(colour) {
            *own = round_u8(f32::from(*own) + part * (f32::from(new) - f32::from(*own)));
        }
    }
}

/// Writes words from their upper left corner on.
pub(super) fn write_words(paper: &mut RgbImage, words: &str, at: (u32, u32), colour: [u8; 3]) {
    let words: String = words
        .chars()
        .map(|letter| {
            if letter == '_' {
                ' '
            } else {
                letter.to_ascii_uppercase()
            }
        })
        .collect();
    let width = saturating_u32(words.chars().count()) * LETTER.0;
    for y in 0..LETTER.1 {
        for x in 0..width {
            // Four samples a pixel keep thin strokes smooth.
            let mut part = 0.0;
            for (sx, sy) in [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)] {
                let across = (x as f32 + sx) / LETTER.0 as f32;
                part += ink(&words, across, (y as f32 + sy) / LETTER.1 as f32);
            }
            blend(paper, (at.0 + x, at.1 + y), colour, part / 4.0);
        }
    }
}

/// A filled rectangle.
pub(super) fn fill(paper: &mut RgbImage, at: (u32, u32), size: (u32, u32), colour: [u8; 3]) {
    for y in at.1..at.1 + size.1 {
        for x in at.0..at.0 + size.0 {
            blend(paper, (x, y), colour, 1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_on_an_axis_are_round() {
        assert_eq!(ticks((0.0, 1.0)), [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]);
        assert_eq!(ticks((3.0, 47.0)), [10.0, 20.0, 30.0, 40.0]);
        let words: Vec<String> = [0.0, 0.25, 0.5, 12.0, 0.002, 25_000.0, 0.000_05, 0.000_15]
            .iter()
            .map(|v| number_words(*v))
            .collect();
        assert_eq!(
            words,
            ["0", "0.25", "0.5", "12", "0.002", "25K", "5E-5", "1.5E-4"]
        );
    }

    #[test]
    fn ranges_are_never_empty() {
        assert_eq!(range(&[], true), (0.0, 1.0));
        let (low, high) = range(&[0.5, 0.5], true);
        assert!(high > low);
        assert!(
            range(&[1.0, 9.0], true).0.abs() < 1e-12,
            "from 0 where it is near"
        );
        assert_eq!(range(&[8.0, 9.0], false), (8.0, 9.0));
    }

    #[test]
    fn a_line_goes_where_its_points_are() {
        let chart = Chart {
            title: "TEST".to_owned(),
            x_label: "STEP".to_owned(),
            series: vec![Series {
                name: "up".to_owned(),
                points: vec![(0.0, 0.0), (10.0, 1.0)],
            }],
            y_range: Some((0.0, 1.0)),
        };
        let paper = draw(&[chart.clone(), chart], 2);
        assert_eq!(paper.dimensions(), (PANEL.0 * 2, PANEL.1));
        let coloured = |x: u32, y: u32| paper.get_pixel(x, y).0 == COLOURS[0];
        assert!(
            coloured(MARGIN[0] + 1, PANEL.1 - MARGIN[3]),
            "starts in the lower left"
        );
        assert!(
            coloured(PANEL.0 - MARGIN[2] - 1, MARGIN[1]),
            "ends in the upper right"
        );
        assert!(
            coloured(PANEL.0 * 2 - MARGIN[2] - 1, MARGIN[1]),
            "in the second chart too"
        );
        assert!(
            !coloured(MARGIN[0] + 10, MARGIN[1] + 10),
            "nothing in the upper left"
        );
        let dark = paper
            .enumerate_pixels()
            .filter(|(_, y, p)| *y < 24 && p.0[0] < 100)
            .count();
        assert!(dark > 40, "a title is written");
        drop(draw(&[], 3));
    }
}
