//! Takes photos in from files: one after the other, so that it can be stopped, with the exact and the near
//! duplicates pointed out.

use std::path::{Path, PathBuf};

use super::{PhotosPage, saving::class_of};
use crate::{
    app::{
        office::{
            Desk,
            files::{PathAsk, PathKind},
        },
        photo_files::{ALIKE_BITS, KeptPhoto, PhotoFolder},
    },
    domain::staff::Permission,
    store::{
        Store,
        audit::By,
        error::StoreError,
        photos::{Added, NewPhoto, PhotoSource},
    },
    ui::{
        office::photos::{ImportReport, Subject},
        words::PhotosWord,
    },
};

/// Files of a folder that are taken up; whoever drops a whole disk is not meant.
const MOST_FILES: usize = 20_000;

/// The files, and all of those in the folders among them, in order.
fn spread(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut waiting = paths;
    waiting.reverse();
    while let Some(path) = waiting.pop() {
        if files.len() >= MOST_FILES {
            break;
        }
        match std::fs::read_dir(&path) {
            Ok(entries) => {
                let mut inside: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
                inside.retain(|path| path.is_dir() || looks_like_a_photo(path));
                inside.sort();
                waiting.extend(inside.into_iter().rev());
            }
            // A file; or something that cannot be read, which is told when it is read.
            Err(_not_a_folder) => files.push(path),
        }
    }
    files
}

/// In a folder, what is no photo by its name is passed over without a word.
fn looks_like_a_photo(path: &Path) -> bool {
    let known = ["jpg", "jpeg", "png", "webp", "heic", "heif"];
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| known.iter().any(|known| extension.eq_ignore_ascii_case(known)))
}

/// What came of one file.
enum Taken {
    New { is_alike: bool },
    Same,
}

fn take_in(
    store: &Store,
    kept: &KeptPhoto,
    (subject, session): (&Subject, &str),
    by: By<'_>,
) -> Result<Taken, StoreError> {
    store.authorise(by.0, Permission::TakePhotos)?;
    let class_hint = match subject {
        Subject::Product(sku) => Some(class_of(store, sku, by)?),
        Subject::Nothing | Subject::None => None,
    };
    let is_alike = !store.near_duplicates(kept.dhash, ALIKE_BITS)?.is_empty();
    let (width, height) = kept.picture.dimensions();
    let added = store.add_photo(
        &NewPhoto {
            file_name: kept.file_name.clone(),
            sha256: kept.sha256.clone(),
            dhash: kept.dhash,
            width,
            height,
            taken_at: by.1,
            source: PhotoSource::Import,
            session: session.to_owned(),
            class_hint,
        },
        by,
    )?;
    Ok(match added {
        Added::New { .. } => Taken::New { is_alike },
        Added::Duplicate { .. } => Taken::Same,
    })
}

impl PhotosPage {
    /// Begins to take files in; folders with everything in them.
    pub(super) fn begin_import(&mut self, paths: Vec<PathBuf>, desk: &mut Desk) {
        if paths.is_empty() || !desk.check(Permission::TakePhotos) {
            return;
        }
        if self.import.as_ref().is_none_or(|report| !report.is_busy()) {
            self.import = Some(ImportReport::default());
        }
        desk.work(
            "files",
            move || spread(paths),
            |office, desk, files| {
                let page = &mut office.photos;
                match files {
                    Ok(files) => {
                        if let Some(report) = &mut page.import {
                            report.done.1 += files.len();
                            page.waiting.extend(files);
                        }
                    }
                    Err(trouble) => desk.problem(trouble.sentence),
                }
            },
        );
    }

    /// Stops the import; what was taken in stays.
    pub(super) fn close_import(&mut self) {
        self.waiting.clear();
        self.import = None;
    }

    /// Takes the next file in.
    pub(super) fn import_next(&mut self, desk: &mut Desk) {
        if self.importing {
            return;
        }
        let Some(path) = self.waiting.pop_front() else {
            return;
        };
        self.importing = true;
        let folder = PhotoFolder::new(desk.data());
        // Photos of one import belong together: never divided between training and test.
        let session = match &self.subject {
            Subject::Product(sku) => format!("import-{}-{}", desk.now().0 / 3_600_000, sku.as_str()),
            Subject::Nothing | Subject::None => format!("import-{}", desk.now().0 / 3_600_000),
        };
        let subject = self.subject.clone();
        desk.work(
            "files",
            move || folder.keep_file(&path).map_err(|error| error.to_string()),
            move |office, desk, done| {
                let kept = match done {
                    Ok(Ok(kept)) => kept,
                    Ok(Err(sentence)) => return office.photos.imported(Err(sentence), desk),
                    Err(trouble) => return office.photos.imported(Err(trouble.sentence), desk),
                };
                desk.store(
                    move |store, by| take_in(store, &kept, (&subject, &session), by),
                    |office, desk, done| {
                        let done = done.map_err(|trouble| trouble.sentence);
                        office.photos.imported(done, desk);
                    },
                );
            },
        );
    }

    fn imported(&mut self, done: Result<Taken, String>, desk: &mut Desk) {
        self.importing = false;
        if let Some(report) = &mut self.import {
            report.done.0 = (report.done.0 + 1).min(report.done.1);
            match done {
                Ok(Taken::New { is_alike }) => {
                    report.added += 1;
                    report.alike += usize::from(is_alike);
                }
                Ok(Taken::Same) => report.same += 1,
                Err(sentence) => report.refused.push(sentence),
            }
        }
        if self.waiting.is_empty() {
            desk.saved();
            self.recount(desk);
        }
    }

    /// Lets a person choose files.
    pub(super) fn choose_files(desk: &mut Desk) {
        if !desk.check(Permission::TakePhotos) {
            return;
        }
        let words = desk.words();
        // HEIC is offered too: better a sentence that says what to do than a file that cannot be found.
        let endings = ["jpg", "jpeg", "png", "webp", "heic", "heif"];
        let ask = PathAsk {
            title: words.say(PhotosWord::Import),
            yes: words.say(PhotosWord::ImportYes),
            kind: PathKind::OpenSome {
                endings: endings.map(str::to_owned).to_vec(),
            },
        };
        desk.ask_paths(ask, |office, desk, paths| office.photos.begin_import(paths, desk));
    }
}
