//! What `tillsight synth` says of the pictures that it made.

use std::{io::Write, path::Path, time::Duration};

use serde_json::json;

use crate::{
    app::cli::table::{Align, Table},
    training::scenes::{ClassStatistics, ComposerSettings, PERCENTILES, SceneStatistics},
};

/// What was made, and how quickly.
pub(super) struct Report<'a> {
    pub(super) settings: ComposerSettings,
    pub(super) folder: Option<&'a Path>,
    pub(super) threads: usize,
    pub(super) composing: Duration,
    pub(super) all: Duration,
    pub(super) statistics: SceneStatistics,
}

impl Report<'_> {
    fn scenes_per_second(&self) -> f64 {
        self.statistics.pictures() as f64 / self.composing.as_secs_f64().max(1e-9)
    }

    fn without_boxes(&self) -> usize {
        self.statistics.boxes_a_picture().first().copied().unwrap_or(0)
    }

    /// The one object of `--json`.
    pub(super) fn json(&self) -> serde_json::Value {
        let areas = |areas: Option<[f32; 7]>| {
            areas.map(|areas| {
                let entries = PERCENTILES.iter().zip(areas);
                entries
                    .map(|(percent, area)| (format!("p{percent}"), json!(area)))
                    .collect::<serde_json::Map<_, _>>()
            })
        };
        let class = |class: ClassStatistics| {
            let entry = json!({
                "boxes": class.boxes, "pictures": class.pictures, "area": areas(class.areas),
            });
            (class.name, entry)
        };
        let classes: serde_json::Map<_, _> = self.statistics.classes().into_iter().map(class).collect();
        json!({
            "folder": self.folder,
            "pictures": self.statistics.pictures(),
            "without_boxes": self.without_boxes(),
            "boxes_per_picture": self.statistics.boxes_a_picture(),
            "classes": classes,
            "area": areas(self.statistics.areas()),
            "threads": self.threads,
            "scenes_per_second": self.scenes_per_second(),
            "seconds": self.all.as_secs_f64(),
            "settings": self.settings,
        })
    }

    /// The table for people.
    pub(super) fn print(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        let heads: Vec<String> = PERCENTILES.iter().map(|percent| format!("{percent} %")).collect();
        let mut columns = vec![
            ("class", Align::Left),
            ("boxes", Align::Right),
            ("pictures", Align::Right),
        ];
        columns.extend(heads.iter().map(|head| (head.as_str(), Align::Right)));
        let mut table = Table::new(&columns);
        let area = |areas: Option<[f32; 7]>| {
            areas.map_or_else(Vec::new, |areas| {
                areas.iter().map(|area| format!("{:.1}", area * 100.0)).collect()
            })
        };
        for class in self.statistics.classes() {
            let start = [class.name, class.boxes.to_string(), class.pictures.to_string()];
            table.row(start.into_iter().chain(area(class.areas)));
        }
        let boxes: usize = self.statistics.classes().iter().map(|class| class.boxes).sum();
        let with = self.statistics.pictures() - self.without_boxes();
        let start = ["all".to_owned(), boxes.to_string(), with.to_string()];
        table.row(start.into_iter().chain(area(self.statistics.areas())));
        table.print(out)?;
        writeln!(
            out,
            "(the last columns: areas in percent of the picture, that so many of the boxes do not exceed)"
        )?;
        writeln!(
            out,
            "{} pictures, {} of them without boxes; {:.1} scenes a second on {} threads, {:.1} s with writing",
            self.statistics.pictures(),
            self.without_boxes(),
            self.scenes_per_second(),
            self.threads,
            self.all.as_secs_f64()
        )?;
        if let Some(folder) = self.folder {
            writeln!(out, "wrote {}", folder.display())?;
        }
        Ok(())
    }
}
