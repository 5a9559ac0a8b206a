//! The written course of a run, in its folder: `log.csv`, one row a report; the same as `TensorBoard` event
//! files; and `curves.png`, drawn anew after each measuring.
//!
//! Rows are only ever added, so that a resumed run goes on in the same file.

use std::{
    fs::{File, OpenOptions},
    path::{Path, PathBuf},
};

use super::{
    curves::{CurveError, draw_curves},
    event_file::EventFile,
    progress::Progress,
};
use crate::geom::cast::narrow_f32;

/// Why the course of a run could not be written.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The table.
    #[error("log.csv cannot be written: {0}")]
    Table(#[from] csv::Error),
    /// The event file, or what the table needs from the system.
    #[error("the log of the run cannot be written: {0}")]
    Io(#[from] std::io::Error),
    /// The picture.
    #[error(transparent)]
    Curves(#[from] CurveError),
}

/// Columns before those of the classes.
const COLUMNS: [&str; 16] = [
    "epoch",
    "step",
    "classification",
    "localisation",
    "gradient",
    "rate",
    "pictures_per_second",
    "waiting",
    "updating",
    "objects",
    "empty",
    "hard",
    "ap",
    "ap50",
    "false_alarms",
    "score",
];

/// The log of a run, open for adding.
#[derive(Debug)]
pub struct RunLog {
    folder: PathBuf,
    writer: csv::Writer<File>,
    events: EventFile,
    classes: Vec<String>,
}

impl RunLog {
    /// Opens the log of a run with these classes, or starts it. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// [`LogError`] with what the system said.
    pub fn open(folder: &Path, classes: &[String], now: f64) -> Result<Self, LogError> {
        let path = folder.join("log.csv");
        let is_new = !path.exists();
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(file);
        if is_new {
            let own = classes.iter().map(|class| format!("ap50_{class}"));
            writer.write_record(COLUMNS.iter().map(|c| (*c).to_owned()).chain(own))?;
        }
        Ok(Self {
            folder: folder.to_owned(),
            writer,
            events: EventFile::create(folder, now)?,
            classes: classes.to_vec(),
        })
    }

    /// Adds a report. What was not measured stays empty. `now` is in seconds since 1970.
    ///
    /// # Errors
    /// [`LogError`] with what the system said.
    pub fn write(&mut self, p: &Progress, now: f64) -> Result<(), LogError> {
        let number = |value: Option<f64>| value.map_or_else(String::new, |v| format!("{v:.4}"));
        let measured = p.measured.as_ref();
        let row = [
            p.epoch.to_string(),
            p.step.to_string(),
            format!("{:.5}", p.classification),
            format!("{:.5}", p.localisation),
            format!("{:.4}", p.gradient),
            format!("{:.8}", p.rate),
            format!("{:.2}", p.pictures_per_second),
            format!("{:.4}", p.waiting),
            format!("{:.4}", p.updating),
            p.content.objects.to_string(),
            p.content.empty.to_string(),
            p.content.hard.to_string(),
            number(measured.and_then(|m| m.mean(|set| set.ap))),
            number(measured.and_then(|m| m.mean(|set| set.ap50))),
            number(measured.and_then(super::validation::Measured::false_alarm_share)),
            number(measured.and_then(|m| m.score)),
        ];
        let classes = self
            .classes
            .iter()
            .map(|class| number(measured.and_then(|m| m.class_ap50(class))));
        self.writer.write_record(row.into_iter().chain(classes))?;
        self.writer.flush()?;
        self.events.add(now, p.step, &self.scalars(p))?;
        if measured.is_some() {
            draw_curves(&self.folder)?;
        }
        Ok(())
    }

    /// The report under `TensorBoard`'s kind of names.
    fn scalars(&self, p: &Progress) -> Vec<(String, f32)> {
        let mut scalars = vec![
            ("loss/classification".to_owned(), p.classification),
            ("loss/localisation".to_owned(), p.localisation),
            ("optimiser/gradient".to_owned(), narrow_f32(p.gradient)),
            ("optimiser/rate".to_owned(), narrow_f32(p.rate)),
            (
                "time/pictures_per_second".to_owned(),
                narrow_f32(p.pictures_per_second),
            ),
            ("time/waiting".to_owned(), narrow_f32(p.waiting)),
            ("time/updating".to_owned(), narrow_f32(p.updating)),
        ];
        let Some(measured) = &p.measured else {
            return scalars;
        };
        let mut add = |tag: String, value: Option<f64>| {
            scalars.extend(value.map(|value| (tag, narrow_f32(value))));
        };
        add("validation/ap".to_owned(), measured.mean(|set| set.ap));
        add("validation/ap50".to_owned(), measured.mean(|set| set.ap50));
        add("validation/false_alarms".to_owned(), measured.false_alarm_share());
        add("validation/score".to_owned(), measured.score);
        for class in &self.classes {
            add(format!("validation/ap50/{class}"), measured.class_ap50(class));
        }
        scalars
    }
}
