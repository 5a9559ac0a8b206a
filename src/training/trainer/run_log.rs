//! The written course of a run: `log.csv` in its folder, one row a report.
//!
//! Rows are only ever added, so that a resumed run goes on in the same file.

use std::{
    fs::{File, OpenOptions},
    path::Path,
};

use super::progress::Progress;

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

/// `log.csv`, open for adding rows.
#[derive(Debug)]
pub struct RunLog {
    writer: csv::Writer<File>,
    classes: Vec<String>,
}

impl RunLog {
    /// Opens the log of a run with these classes, or starts it.
    ///
    /// # Errors
    /// What the system or the CSV writer said.
    pub fn open(folder: &Path, classes: &[String]) -> Result<Self, csv::Error> {
        let path = folder.join("log.csv");
        let is_new = !path.exists();
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(file);
        if is_new {
            let own = classes.iter().map(|class| format!("ap50_{class}"));
            writer.write_record(COLUMNS.iter().map(|c| (*c).to_owned()).chain(own))?;
        }
        Ok(Self {
            writer,
            classes: classes.to_vec(),
        })
    }

    /// Adds a row. What was not measured stays empty.
    ///
    /// # Errors
    /// What the CSV writer said.
    pub fn write(&mut self, p: &Progress) -> Result<(), csv::Error> {
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
        Ok(())
    }
}
