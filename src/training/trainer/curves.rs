//! The course of a run as one picture, `curves.png`, drawn anew from `log.csv` after each measuring.

use std::{collections::BTreeMap, path::Path};

use crate::{
    frame::{RgbImage, picture},
    training::metrics::chart::{Chart, Series, draw},
};

/// Why the curves could not be drawn.
#[derive(Debug, thiserror::Error)]
pub enum CurveError {
    /// The log could not be read.
    #[error("the log of the run cannot be read: {0}")]
    Log(#[from] csv::Error),
    /// The picture could not be written.
    #[error(transparent)]
    Picture(#[from] picture::PictureError),
}

/// A line of a long run is joined to about so many points.
const POINTS: usize = 400;

/// Draws `curves.png` from `log.csv`, both in `folder`.
///
/// # Errors
/// [`CurveError`] if the log cannot be read or the picture not be written.
pub fn draw_curves(folder: &Path) -> Result<(), CurveError> {
    let table = read(&folder.join("log.csv"))?;
    picture::write(&charts(&table), &folder.join("curves.png"))?;
    Ok(())
}

/// Points of each column over the epochs done; what is no number is left out.
type Table = BTreeMap<String, Vec<(f64, f64)>>;

fn read(path: &Path) -> Result<Table, csv::Error> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_path(path)?;
    let headers = reader.headers()?.clone();
    let mut rows = Vec::new();
    for row in reader.records() {
        rows.push(row?);
    }
    let place = |name: &str| headers.iter().position(|header| header == name);
    let number = |row: &csv::StringRecord, at: usize| row.get(at).and_then(|v| v.parse::<f64>().ok());
    // Epochs with their parts: the last step of each epoch is where it ends.
    let (Some(epochs), Some(steps)) = (place("epoch"), place("step")) else {
        return Ok(Table::new());
    };
    let per_epoch = rows
        .iter()
        .filter_map(|row| Some(number(row, steps)? / number(row, epochs)?))
        .fold(1.0, f64::max);
    let mut table = Table::new();
    for (at, header) in headers.iter().enumerate() {
        let points = rows
            .iter()
            .filter_map(|row| Some((number(row, steps)? / per_epoch, number(row, at)?)));
        table.insert(header.to_owned(), points.collect());
    }
    Ok(table)
}

fn charts(table: &Table) -> RgbImage {
    let line = |column: &str, name: &str| Series {
        name: name.to_owned(),
        points: thinned(table.get(column).map_or(&[], Vec::as_slice)),
    };
    let chart = |title: &str, series: Vec<Series>, y_range| Chart {
        title: title.to_owned(),
        x_label: "EPOCH".to_owned(),
        series,
        y_range,
    };
    let mut quality = vec![line("ap", "MAP"), line("ap50", "MAP50")];
    for column in table.keys() {
        if let Some(class) = column.strip_prefix("ap50_") {
            quality.push(line(column, class));
        }
    }
    quality.truncate(7);
    let judged = [line("score", "SCORE"), line("false_alarms", "FALSE ALARMS")];
    let mut charts = vec![
        chart(
            "LOSS",
            vec![line("classification", "CLASSES"), line("localisation", "BOXES")],
            None,
        ),
        chart("LEARNING RATE", vec![line("rate", "RATE")], None),
        chart("AVERAGE PRECISION", quality, Some((0.0, 1.0))),
        chart("SCORE AND FALSE ALARMS", judged.to_vec(), Some((0.0, 1.0))),
        chart("LENGTH OF THE GRADIENT", vec![line("gradient", "GRADIENT")], None),
        chart(
            "SHARE OF TIME",
            vec![line("waiting", "FOR PICTURES"), line("updating", "UPDATING")],
            Some((0.0, 1.0)),
        ),
    ];
    // What this run does not measure has no chart.
    charts.retain(|chart| chart.series.iter().any(|series| !series.points.is_empty()));
    draw(&charts, 2)
}

/// Means of neighbours where there are more points than pixels.
fn thinned(points: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let together = points.len().div_ceil(POINTS).max(1);
    let mean = |group: &[(f64, f64)]| {
        let sum = group.iter().fold((0.0, 0.0), |sum, p| (sum.0 + p.0, sum.1 + p.1));
        (sum.0 / group.len() as f64, sum.1 / group.len() as f64)
    };
    points.chunks(together).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_becomes_a_picture() {
        let folder = tempfile::tempdir().unwrap();
        let log = "epoch,step,classification,localisation,rate,ap,ap50,ap50_apple\n\
                   1,10,5.0,2.0,0.001,,,\n1,20,4.0,1.5,0.002,0.2,0.4,0.5\n2,40,3.0,1.0,0.001,0.3,0.6,0.7\n";
        std::fs::write(folder.path().join("log.csv"), log).unwrap();
        let table = read(&folder.path().join("log.csv")).unwrap();
        assert_eq!(table["ap50_apple"], [(1.0, 0.5), (2.0, 0.7)]);
        assert_eq!(table["classification"], [(0.5, 5.0), (1.0, 4.0), (2.0, 3.0)]);
        draw_curves(folder.path()).unwrap();
        let drawn = picture::read(&folder.path().join("curves.png")).unwrap();
        let coloured = drawn.pixels().filter(|p| p.0 == [0, 114, 178]).count();
        assert!(coloured > 500, "{coloured} pixels of the first colour");
        assert!(draw_curves(&folder.path().join("missing")).is_err());
    }

    #[test]
    fn long_lines_are_thinned_to_means() {
        let points: Vec<(f64, f64)> = (0..800).map(|i| (f64::from(i), f64::from(i % 2))).collect();
        let thin = thinned(&points);
        assert_eq!(thin.len(), 400);
        assert_eq!(thin[0], (0.5, 0.5));
    }
}
