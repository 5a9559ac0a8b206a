//! The page of data sets: bringing photos in and writing them out, checking and mending, freezing.
//!
//! Long work runs on the background thread `data sets`, which touches no database; what it finds is written
//! by the store in small whole steps. It goes on when the page is left, under the name of whoever began it.

mod bring;
mod shown;
#[cfg(test)]
mod tests;

use std::{path::PathBuf, sync::Arc};

use crate::{
    app::{
        datasets::{
            incoming::Incoming,
            inspect::{Inspection, count, inspect},
            mend::{Mend, Unmend, mend, unmend},
            photo_folder,
            stored::{Selection, StoredSet, collect},
        },
        office::{Desk, Office, PageDesk, gauge::Gauge},
    },
    domain::staff::Permission,
    store::{datasets::FreezeRequest, photos::ReviewState},
    training::dataset::SetStats,
    ui::{
        office::data_sets::{
            DataSetsCommand, DataSetsView,
            view::{CheckView, FaultGroup, IncomingView, WorkKind, WorkView},
        },
        words::DataSetsWord,
    },
};
use shown::Overview;

/// The background thread of long work.
const THREAD: &str = "data sets";

/// What a file dialog is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// A folder to read from.
    Folder,
    /// A label file.
    LabelFile,
    /// A folder to write into.
    Place,
}

/// Asks for a path; on a background thread.
#[derive(Clone)]
pub struct Picker(Arc<dyn Fn(Wish) -> Option<PathBuf> + Send + Sync>);

impl Picker {
    /// Asks this for paths.
    pub fn new(ask: impl Fn(Wish) -> Option<PathBuf> + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }

    fn ask(&self, wish: Wish) -> Option<PathBuf> {
        (self.0)(wish)
    }
}

impl std::fmt::Debug for Picker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Picker")
    }
}

/// The page's memory.
#[derive(Debug)]
pub struct DataSetsPage {
    overview: Overview,
    stats: Option<SetStats>,
    checked: Option<Checked>,
    work: Option<(WorkKind, Gauge)>,
    incoming: Option<(Arc<Incoming>, Arc<IncomingView>)>,
    outcome: Option<String>,
    done: Vec<Undo>,
    verified: Vec<(u64, bool)>,
    pick: Picker,
}

impl Default for DataSetsPage {
    fn default() -> Self {
        Self {
            overview: Overview::default(),
            stats: None,
            checked: None,
            work: None,
            incoming: None,
            outcome: None,
            done: Vec::new(),
            verified: Vec::new(),
            pick: Picker::new(bring::pick),
        }
    }
}

/// A check that was made.
#[derive(Debug)]
struct Checked {
    at: String,
    /// What there was then.
    seen: (u64, u64),
    faults: Arc<[FaultGroup]>,
    mends: Vec<(&'static str, Mend)>,
}

/// What takes a change back.
#[derive(Debug, Clone)]
enum Undo {
    Mends(Vec<Unmend>),
    Import(Vec<i64>),
}

impl DataSetsPage {
    /// Asks paths of this instead of a dialog.
    pub fn ask_with(&mut self, pick: Picker) {
        self.pick = pick;
    }

    fn reload(desk: &mut Desk) {
        desk.read(Overview::read, |office, desk, overview| {
            office.data_sets.overview = overview;
            Self::recount(desk);
        });
    }

    /// Counts what there is, in the background.
    fn recount(desk: &mut Desk) {
        let folder = photo_folder(desk.data());
        let selection = Selection::Now(FreezeRequest::default());
        desk.read(
            move |store| collect(store, &selection),
            move |_, desk, stored: StoredSet| {
                desk.work(
                    THREAD,
                    move || count(&stored, &folder, &|_, _| true).ok(),
                    |office: &mut Office, _, counted| {
                        office.data_sets.stats = counted.ok().flatten();
                    },
                );
            },
        );
    }

    /// Begins long work; none if some is under way.
    fn begin(&mut self, kind: WorkKind) -> Option<Gauge> {
        if self.work.is_some() {
            return None;
        }
        let gauge = Gauge::default();
        self.work = Some((kind, gauge.clone()));
        self.outcome = None;
        Some(gauge)
    }

    fn check(&mut self, desk: &mut Desk) {
        let Some(gauge) = self.begin(WorkKind::Checking) else {
            return;
        };
        let folder = photo_folder(desk.data());
        let selection = Selection::Now(FreezeRequest::default());
        desk.store(
            move |store, _| collect(store, &selection),
            move |office, desk, stored| match stored {
                Ok(stored) => Self::check_these(desk, stored, (folder, gauge)),
                Err(trouble) => office.data_sets.failed(desk, trouble.sentence),
            },
        );
    }

    fn check_these(desk: &mut Desk, stored: StoredSet, (folder, gauge): (PathBuf, Gauge)) {
        desk.work(
            THREAD,
            move || {
                let found = inspect(&stored, &folder, &|done, total| gauge.mark(done, total));
                (found.map_err(|error| format!("{error:#}")), stored)
            },
            |office, desk, done| match done {
                Ok((Ok(found), stored)) => office.data_sets.checked(desk, found, &stored),
                Ok((Err(sentence), _)) => office.data_sets.failed(desk, sentence),
                Err(trouble) => office.data_sets.failed(desk, trouble.sentence),
            },
        );
    }

    fn checked(&mut self, desk: &Desk, found: Inspection, stored: &StoredSet) {
        self.work = None;
        let mends = found
            .faults
            .iter()
            .filter_map(|fault| Some((fault.issue.key(), fault.mend.clone()?)))
            .collect();
        self.checked = Some(Checked {
            at: desk.clock(desk.now()),
            seen: self.overview.mark(),
            faults: shown::groups(&found, stored, desk).into(),
            mends,
        });
        self.stats = Some(found.stats);
    }

    fn failed(&mut self, desk: &mut Desk, sentence: String) {
        self.work = None;
        desk.problem(sentence);
    }

    fn mend(&self, key: Option<&'static str>, desk: &mut Desk) {
        let Some(checked) = &self.checked else {
            return;
        };
        let wanted = checked.mends.iter();
        let mends: Vec<Mend> = wanted
            .filter(|(of, _)| key.is_none_or(|key| key == *of))
            .map(|(_, mend)| mend.clone())
            .collect();
        desk.change(
            Permission::ManageDataSets,
            move |store, by| mend(store, &mends, by),
            |office, desk, back| {
                let page = &mut office.data_sets;
                page.outcome = Some(desk.words().count(DataSetsWord::Mended, back.len()));
                page.done.push(Undo::Mends(back));
                page.check(desk);
                Self::reload(desk);
            },
        );
    }

    fn freeze(request: FreezeRequest, desk: &mut Desk) {
        desk.change(
            Permission::ManageDataSets,
            move |store, by| store.freeze(&request, by),
            |office, desk, frozen| {
                let photos: u64 = frozen.photos.iter().sum();
                let words = desk.words().with(
                    DataSetsWord::Frozen,
                    &[
                        ("number", &frozen.number.to_string()),
                        ("photos", &photos.to_string()),
                    ],
                );
                office.data_sets.outcome = Some(words);
                Self::reload(desk);
            },
        );
    }

    fn verify(number: u64, desk: &mut Desk) {
        desk.read(
            move |store| store.verify_data_set(number),
            move |office, _, sound| office.data_sets.verified.push((number, sound)),
        );
    }
}

impl PageDesk for DataSetsPage {
    type Command = DataSetsCommand;
    type View = DataSetsView;

    fn opened(&mut self, desk: &mut Desk) {
        Self::reload(desk);
    }

    fn view(&self, desk: &Desk) -> DataSetsView {
        let check = self
            .checked
            .as_ref()
            .map_or(CheckView::Never, |checked| CheckView::Done {
                at: checked.at.clone(),
                stale: checked.seen != self.overview.mark(),
                faults: Arc::clone(&checked.faults),
            });
        let work = self.work.as_ref().map(|(kind, gauge)| {
            let (done, total) = gauge.read();
            WorkView {
                kind: *kind,
                done,
                total,
            }
        });
        DataSetsView {
            counts: self.overview.counts,
            classes: self.overview.classes(desk),
            stats: self
                .stats
                .as_ref()
                .map(|stats| Arc::new(shown::stats(stats, &self.overview, desk))),
            check,
            versions: self.overview.versions(desk, &self.verified),
            work,
            incoming: self.incoming.as_ref().map(|(_, view)| Arc::clone(view)),
            outcome: self.outcome.clone(),
        }
    }

    fn apply(&mut self, command: DataSetsCommand, desk: &mut Desk) {
        if !desk.check(Permission::ManageDataSets) {
            return;
        }
        match command {
            DataSetsCommand::ChooseFolder { empty_place } => self.choose(Wish::Folder, empty_place, desk),
            DataSetsCommand::ChooseFile { empty_place } => self.choose(Wish::LabelFile, empty_place, desk),
            DataSetsCommand::BringIn => self.bring_in(desk),
            DataSetsCommand::LeaveOut => self.incoming = None,
            DataSetsCommand::WriteOut {
                style,
                plain,
                version,
            } => self.write_out((style, plain), version, desk),
            DataSetsCommand::Check => self.check(desk),
            DataSetsCommand::Mend(key) => self.mend(key, desk),
            DataSetsCommand::Stop => {
                if let Some((_, gauge)) = &self.work {
                    gauge.stop();
                }
            }
            DataSetsCommand::Freeze {
                note,
                checked_only,
                shares: (val_percent, test_percent),
            } => {
                let states = if checked_only {
                    vec![ReviewState::Checked]
                } else {
                    FreezeRequest::default().states
                };
                let request = FreezeRequest {
                    states,
                    val_percent,
                    test_percent,
                    note,
                };
                Self::freeze(request, desk);
            }
            DataSetsCommand::Verify(number) => Self::verify(number, desk),
            DataSetsCommand::DismissOutcome => self.outcome = None,
        }
    }

    fn can_undo(&self) -> bool {
        !self.done.is_empty()
    }

    fn undo(&mut self, desk: &mut Desk) {
        let Some(last) = self.done.last().cloned() else {
            return;
        };
        desk.change(
            Permission::ManageDataSets,
            move |store, by| match last {
                Undo::Mends(back) => unmend(store, &back, by),
                Undo::Import(photos) => store.delete_photos(&photos, by),
            },
            |office, desk, ()| {
                office.data_sets.done.pop();
                office.data_sets.outcome = None;
                Self::reload(desk);
            },
        );
    }
}
