//! Photos in and out: a dialog, a look over, and then batch by batch.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{DataSetsPage, THREAD, Undo, shown};
use crate::{
    app::{
        datasets::{
            export::{Exported, Writing, export},
            incoming::{Incoming, Reading, look_over},
            photo_folder,
            stored::{Selection, StoredSet, collect},
        },
        office::{
            Desk, Office,
            files::{PathAsk, PathKind},
            gauge::Gauge,
        },
    },
    domain::{staff::Permission, time::Timestamp},
    store::imports::{ImportBatch, Imported},
    training::dataset::ExportFormat,
    ui::{
        office::data_sets::view::{LabelStyle, WorkKind},
        words::DataSetsWord,
    },
};

/// An import that is under way.
struct Import {
    incoming: Arc<Incoming>,
    batch: usize,
    done: Imported,
    gauge: Gauge,
    /// Under whose name it goes on, also when they have left.
    name: String,
    folder: PathBuf,
}

impl DataSetsPage {
    /// Asks for a path and looks over what is there.
    pub(super) fn choose(&self, kind: PathKind, is_empty_place: bool, desk: &mut Desk) {
        if self.work.is_some() {
            return;
        }
        let words = desk.words();
        let yes = match &kind {
            PathKind::Open { .. } | PathKind::OpenSome { .. } => words.say(DataSetsWord::ChooseFile),
            PathKind::Folder | PathKind::Save { .. } => words.say(DataSetsWord::ChooseFolder),
        };
        let ask = PathAsk {
            title: words.say(DataSetsWord::BringIn),
            yes,
            kind,
        };
        desk.ask_path(ask, move |office, desk, path| {
            office.data_sets.look_over(path, is_empty_place, desk);
        });
    }

    fn look_over(&mut self, path: PathBuf, is_empty_place: bool, desk: &mut Desk) {
        let Some(gauge) = self.begin(WorkKind::Looking) else {
            return;
        };
        let reading = Reading {
            format: None,
            is_empty_place,
            now: desk.now(),
        };
        desk.work(
            THREAD,
            move || {
                let found = look_over(&path, reading, &|done, total| gauge.mark(done, total));
                found.map_err(|error| format!("{error:#}"))
            },
            |office, desk, found| match found.map_err(|trouble| trouble.sentence) {
                Ok(Ok(incoming)) => {
                    let page = &mut office.data_sets;
                    page.work = None;
                    let view = shown::incoming(&incoming, &page.overview);
                    page.incoming = Some((Arc::new(incoming), Arc::new(view)));
                }
                Ok(Err(sentence)) | Err(sentence) => office.data_sets.failed(desk, sentence),
            },
        );
    }

    /// Brings in what was looked over.
    pub(super) fn bring_in(&mut self, desk: &mut Desk) {
        let Some((incoming, _)) = self.incoming.take() else {
            return;
        };
        let Some(gauge) = self.begin(WorkKind::Importing) else {
            return;
        };
        let import = Import {
            incoming,
            batch: 0,
            done: Imported::default(),
            gauge,
            name: desk.name().to_owned(),
            folder: photo_folder(desk.data()),
        };
        self.go_on(import, desk);
    }

    /// The next batch: its names are noted, its files copied, its rows written.
    fn go_on(&mut self, import: Import, desk: &mut Desk) {
        let total = import.incoming.photos.len();
        let is_last = import.batch >= import.incoming.batches();
        let before = import.batch * crate::app::datasets::incoming::BATCH;
        if !import.gauge.mark(before.min(total), total) || is_last {
            self.brought_in(import, is_last, desk);
            return;
        }
        let names = import.incoming.names(import.batch);
        let name = import.name.clone();
        desk.store(
            move |store, by| {
                store.authorise(&name, Permission::ManageDataSets)?;
                store.expect_files(&names, by.1)
            },
            move |office, desk, noted| match noted {
                Ok(()) => Self::copy(import, desk),
                Err(trouble) => office.data_sets.failed(desk, trouble.sentence),
            },
        );
    }

    fn copy(import: Import, desk: &mut Desk) {
        desk.work(
            THREAD,
            move || {
                let rows = import.incoming.copy(import.batch, &import.folder);
                (rows.map_err(|error| format!("{error:#}")), import)
            },
            |office, desk, copied| match copied.map_err(|trouble| trouble.sentence) {
                Ok((Ok(rows), import)) => Self::write_rows(import, rows, desk),
                Ok((Err(sentence), _)) | Err(sentence) => office.data_sets.failed(desk, sentence),
            },
        );
    }

    fn write_rows(mut import: Import, rows: ImportBatch, desk: &mut Desk) {
        let name = import.name.clone();
        desk.store(
            move |store, by| store.import_photos(&rows, (&name, by.1)),
            move |office, desk, done| match done {
                Ok(done) => {
                    import.done.absorb(done);
                    import.batch += 1;
                    office.data_sets.go_on(import, desk);
                }
                Err(trouble) => office.data_sets.failed(desk, trouble.sentence),
            },
        );
    }

    fn brought_in(&mut self, import: Import, is_last: bool, desk: &mut Desk) {
        self.work = None;
        let done = import.done;
        let photos = done.added.len();
        let args = [
            ("photos", photos.to_string()),
            ("boxes", done.boxes.to_string()),
            ("labelled", done.labelled.len().to_string()),
            ("known", (done.known + done.deleted).to_string()),
        ];
        let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let word = if !is_last {
            DataSetsWord::ImportStopped
        } else if photos + done.labelled.len() == 0 {
            DataSetsWord::ImportedNone
        } else {
            DataSetsWord::Imported
        };
        self.outcome = Some(desk.words().with(word, &args));
        if !done.added.is_empty() {
            self.done.push(Undo::Import(done.added));
        }
        desk.saved();
        Self::reload(desk);
    }

    /// Asks where to and writes photos and labels out.
    pub(super) fn write_out(
        &self,
        (style, is_plain): (LabelStyle, bool),
        version: Option<u64>,
        desk: &mut Desk,
    ) {
        if self.work.is_some() {
            return;
        }
        let writing = Writing {
            format: match style {
                LabelStyle::Voc => ExportFormat::Voc,
                LabelStyle::Coco => ExportFormat::Coco,
                LabelStyle::Table => ExportFormat::Csv,
            },
            is_plain: is_plain && style == LabelStyle::Table,
            has_splits: version.is_some(),
        };
        let selection = version.map_or_else(Selection::everything, Selection::Version);
        let words = desk.words();
        let ask = PathAsk {
            title: words.say(DataSetsWord::WriteOut),
            yes: words.say(DataSetsWord::ChoosePlace),
            kind: PathKind::Folder,
        };
        desk.ask_path(ask, move |office, desk, path| {
            let target = new_folder(&path, version, desk.now());
            office.data_sets.collect_out(selection, (target, writing), desk);
        });
    }

    fn collect_out(&mut self, selection: Selection, to: (PathBuf, Writing), desk: &mut Desk) {
        let Some(gauge) = self.begin(WorkKind::Exporting) else {
            return;
        };
        desk.store(
            move |store, _| collect(store, &selection),
            move |office, desk, stored| match stored {
                Ok(stored) => Self::write_files(stored, to, gauge, desk),
                Err(trouble) => office.data_sets.failed(desk, trouble.sentence),
            },
        );
    }

    fn write_files(stored: StoredSet, (target, writing): (PathBuf, Writing), gauge: Gauge, desk: &mut Desk) {
        let folder = photo_folder(desk.data());
        let shown = target.display().to_string();
        desk.work(
            THREAD,
            move || {
                let done = export(&stored, &folder, &target, writing, &|done, total| {
                    gauge.mark(done, total)
                });
                done.map_err(|error| format!("{error:#}"))
            },
            move |office: &mut Office, desk, done| match done.map_err(|trouble| trouble.sentence) {
                Ok(Ok(exported)) => office.data_sets.written(&exported, &shown, desk),
                Ok(Err(sentence)) | Err(sentence) => office.data_sets.failed(desk, sentence),
            },
        );
    }

    fn written(&mut self, exported: &Exported, folder: &str, desk: &Desk) {
        self.work = None;
        let (photos, boxes) = exported
            .written
            .splits
            .values()
            .fold((0, 0), |(photos, boxes), (p, b)| (photos + p, boxes + b));
        let words = desk.words();
        let mut told = words.with(
            DataSetsWord::Exported,
            &[
                ("photos", &photos.to_string()),
                ("boxes", &boxes.to_string()),
                ("folder", folder),
            ],
        );
        let lost: usize = exported.report.notes().map(|(_, note)| note.count).sum();
        if lost > 0 {
            let more = words.with(DataSetsWord::ExportedLost, &[("photos", &lost.to_string())]);
            told = format!("{told}. {more}");
        }
        self.outcome = Some(told);
    }
}

/// A folder that is not there yet: "photos-2026-11-21", "photos-2026-11-21-2".
fn new_folder(inside: &Path, version: Option<u64>, now: Timestamp) -> PathBuf {
    let day = now.to_utc();
    let name = match version {
        Some(number) => format!("tillsight-version-{number}"),
        None => format!("tillsight-photos-{:04}-{:02}-{:02}", day.year, day.month, day.day),
    };
    let first = inside.join(&name);
    if !first.exists() {
        return first;
    }
    let mut numbered = (2..10_000).map(|number| inside.join(format!("{name}-{number}")));
    numbered.find(|folder| !folder.exists()).unwrap_or(first)
}
