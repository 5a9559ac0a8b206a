//! Statistics of a data set as PNG pictures: bars and a map, with the letters of [`crate::training::render`].

use std::path::{Path, PathBuf};

use super::{
    DatasetError, SetStats,
    export::make_folder,
    stats::{CROWD, PLACES, SHAPE_ENDS, SIZE_ENDS},
};
use crate::{
    frame::{Rgb, RgbImage, picture},
    geom::cast::{floor_index, narrow_f32, round_u8, saturating_u32},
    training::render::font::ink,
};

const PAPER: [u8; 3] = [255, 255, 255];
const TEXT: [u8; 3] = [40, 44, 52];
const LINE: [u8; 3] = [205, 210, 216];
/// One colour a split, all of them told apart by colour-blind people (Okabe and Ito, 2008).
const SPLITS: [[u8; 3]; 4] = [[0, 114, 178], [230, 159, 0], [0, 158, 115], [204, 121, 167]];
const LETTER_WIDTH: u32 = 9;
const LETTER_HEIGHT: u32 = 13;

/// Bars side by side, in groups.
struct Bars<'a> {
    title: &'a str,
    groups: Vec<String>,
    /// Name and a value for each group.
    series: Vec<(String, Vec<usize>)>,
}

/// Writes `classes.png`, `sizes.png`, `shapes.png`, `crowds.png` and `places.png` into a folder, which is
/// made if it is missing, and says what it wrote.
///
/// # Errors
/// [`DatasetError`] if a file cannot be written.
pub fn write_plots(stats: &SetStats, folder: &Path) -> Result<Vec<PathBuf>, DatasetError> {
    make_folder(folder)?;
    let classes = stats.splits.first().map(|split| {
        let names = split.classes.iter().map(|class| class.class.clone());
        names.collect::<Vec<_>>()
    });
    let by_split = stats.splits.iter().map(|split| {
        let boxes = split.classes.iter().map(|class| class.boxes.max(class.pictures));
        (split.split.clone(), boxes.collect())
    });
    let one = |values: &[usize]| vec![(String::new(), values.to_vec())];
    let upto = |ends: &[f64]| -> Vec<String> {
        let mut low = 0.0;
        ends.iter()
            .map(|end| {
                let text = if end.is_finite() {
                    format!("{low}-{end}")
                } else {
                    format!("{low}-")
                };
                low = *end;
                text
            })
            .collect()
    };
    let crowds = (0..CROWD)
        .map(|count| count.to_string())
        .chain([format!("{CROWD}-")]);
    let charts = [
        (
            "classes.png",
            bars(&Bars {
                title: "BOXES OF EACH CLASS",
                groups: classes.unwrap_or_default(),
                series: by_split.collect(),
            }),
        ),
        (
            "sizes.png",
            bars(&Bars {
                title: "SIDE OF THE BOX, PICTURE 1",
                groups: upto(&SIZE_ENDS),
                series: one(&stats.sizes),
            }),
        ),
        (
            "shapes.png",
            bars(&Bars {
                title: "WIDTH TO HEIGHT",
                groups: upto(&SHAPE_ENDS),
                series: one(&stats.shapes),
            }),
        ),
        (
            "crowds.png",
            bars(&Bars {
                title: "BOXES IN A PICTURE",
                groups: crowds.collect(),
                series: one(&stats.boxes_in_a_picture),
            }),
        ),
        ("places.png", places(&stats.places)),
    ];
    let mut written = Vec::new();
    for (name, chart) in charts {
        let path = folder.join(name);
        picture::write(&chart, &path)?;
        written.push(path);
    }
    Ok(written)
}

/// Bars lie on their side, so that names of any length have room.
fn bars(chart: &Bars<'_>) -> RgbImage {
    const NAMES: u32 = 220;
    const LENGTH: u32 = 460;
    const THICK: u32 = 18;
    const TOP: u32 = 70;
    let series = saturating_u32(chart.series.len().max(1)).min(4);
    let step = THICK * series + 12;
    // More classes than fit on a page of 3 000 pixels are cut; the table has them all.
    let groups = saturating_u32(chart.groups.len()).min(3000 / step);
    let mut paper = RgbImage::from_pixel(NAMES + LENGTH + 100, TOP + groups * step + 30, Rgb(PAPER));
    write_words(&mut paper, chart.title, (20, 18));
    let most = chart
        .series
        .iter()
        .flat_map(|(_, values)| values)
        .max()
        .copied()
        .unwrap_or(0)
        .max(1);
    for (at, (name, _)) in chart
        .series
        .iter()
        .enumerate()
        .filter(|(_, (name, _))| !name.is_empty())
    {
        let left = 20 + saturating_u32(at) * 150;
        fill(&mut paper, [left, 44, left + 12, 56], colour(at));
        write_words(&mut paper, name, (left + 18, 44));
    }
    fill(&mut paper, [NAMES - 2, TOP - 4, NAMES, TOP + groups * step], LINE);
    for (group, name) in (0..groups).zip(&chart.groups) {
        let top = TOP + group * step;
        let shown: String = name.chars().take(22).collect();
        let width = saturating_u32(shown.chars().count()) * LETTER_WIDTH;
        let middle = top + (THICK * series).saturating_sub(LETTER_HEIGHT) / 2;
        write_words(&mut paper, &shown, ((NAMES - 10).saturating_sub(width), middle));
        for (at, (_, values)) in chart.series.iter().enumerate().take(4) {
            let index = usize::try_from(group).unwrap_or(usize::MAX);
            let value = values.get(index).copied().unwrap_or(0);
            let share = narrow_f32(value as f64 / most as f64);
            let length = saturating_u32(floor_index(share * LENGTH as f32));
            let upper = top + saturating_u32(at) * THICK;
            fill(
                &mut paper,
                [NAMES, upper, NAMES + length, upper + THICK - 3],
                colour(at),
            );
            write_words(&mut paper, &value.to_string(), (NAMES + length + 6, upper + 1));
        }
    }
    paper
}

/// A map of how many boxes lie over each place, white for none, blue for most.
fn places(cells: &[Vec<u32>]) -> RgbImage {
    const CELL: u32 = 26;
    const LEFT: u32 = 20;
    const TOP: u32 = 46;
    let side = CELL * saturating_u32(PLACES);
    let mut paper = RgbImage::from_pixel(side + 2 * LEFT, side + TOP + 20, Rgb(PAPER));
    write_words(&mut paper, "PLACES OF THE BOXES", (20, 18));
    let most = cells.iter().flatten().max().copied().unwrap_or(0).max(1);
    for (row, cells) in (0u32..).zip(cells) {
        for (column, value) in (0u32..).zip(cells) {
            let share = *value as f32 / most as f32;
            let mixed = |dark: u8| round_u8(255.0 + (f32::from(dark) - 255.0) * share);
            let [r, g, b] = SPLITS[0].map(mixed);
            let (x, y) = (LEFT + column * CELL, TOP + row * CELL);
            fill(&mut paper, [x, y, x + CELL - 1, y + CELL - 1], [r, g, b]);
        }
    }
    paper
}

fn colour(series: usize) -> [u8; 3] {
    SPLITS.get(series % SPLITS.len()).copied().unwrap_or(TEXT)
}

fn fill(paper: &mut RgbImage, [x0, y0, x1, y1]: [u32; 4], colour: [u8; 3]) {
    for y in y0..y1.min(paper.height()) {
        for x in x0..x1.min(paper.width()) {
            paper.put_pixel(x, y, Rgb(colour));
        }
    }
}

fn write_words(paper: &mut RgbImage, words: &str, (left, top): (u32, u32)) {
    let words = words.to_uppercase();
    let width = saturating_u32(words.chars().count()) * LETTER_WIDTH;
    for y in 0..LETTER_HEIGHT.min(paper.height().saturating_sub(top)) {
        for x in 0..width.min(paper.width().saturating_sub(left)) {
            let at = (
                (x as f32 + 0.5) / LETTER_WIDTH as f32,
                (y as f32 + 0.5) / LETTER_HEIGHT as f32,
            );
            let share = ink(&words, at.0, at.1).clamp(0.0, 1.0);
            let pixel = paper.get_pixel_mut(left + x, top + y);
            for (value, dark) in pixel.0.iter_mut().zip(TEXT) {
                *value = round_u8(f32::from(*value) + (f32::from(dark) - f32::from(*value)) * share);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_values() {
        let chart = bars(&Bars {
            title: "T",
            groups: vec!["a".to_owned(), "b".to_owned()],
            series: vec![(String::new(), vec![10, 5])],
        });
        let blue = |y: u32| {
            (0..chart.width())
                .filter(|x| chart.get_pixel(*x, y).0 == SPLITS[0])
                .count()
        };
        assert_eq!((blue(72), blue(72 + 30)), (460, 230));
    }

    #[test]
    fn the_map_is_darkest_where_most_boxes_lie() {
        let mut cells = vec![vec![0; PLACES]; PLACES];
        cells[2][3] = 4;
        cells[2][4] = 2;
        let map = places(&cells);
        let at = |column: u32, row: u32| map.get_pixel(20 + column * 26 + 5, 46 + row * 26 + 5).0;
        assert_eq!(at(3, 2), SPLITS[0]);
        assert_eq!(at(0, 0), PAPER);
        assert!(at(4, 2)[0] > at(3, 2)[0] && at(4, 2)[0] < 255);
    }
}
