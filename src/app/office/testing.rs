//! A back office without threads: jobs are done as soon as they are asked for, on a store in memory.

use std::{path::Path, sync::Arc};

use crate::{
    app::{
        kiosk::back_room::Trouble,
        office::{Around, Desk, Office, SignedOn},
    },
    domain::{catalog::Catalog, staff::Role, time::Timestamp},
    store::{Store, catalog_csv},
    ui::{
        office::{OfficeCommand, OfficeView, Page, PageView},
        words::{Lang, Words},
    },
};

/// An office, its store, and a clock that the test moves.
pub(super) struct Bench {
    pub(super) office: Office,
    pub(super) store: Store,
    pub(super) now: Timestamp,
    pub(super) catalog: Arc<Catalog>,
    pub(super) folder: tempfile::TempDir,
    words: Arc<Words>,
}

impl Bench {
    /// With the catalog of `csv`, and a manager, a teacher and a clerk; nobody is signed on.
    pub(super) fn new(csv: &str) -> Self {
        let store = Store::in_memory().unwrap();
        let now = Timestamp(1_700_000_000_000);
        store.choose_first_pin("Kim", "1111", now).unwrap();
        store
            .add_staff("Tia", "2222", Role::Teacher, ("Kim", now))
            .unwrap();
        store.add_staff("Cem", "3333", Role::Clerk, ("Kim", now)).unwrap();
        if !csv.is_empty() {
            let products = catalog_csv::parse(csv.as_bytes()).unwrap();
            store.import_products(&products, "Kim", now).unwrap();
        }
        let catalog = Arc::new(store.catalog(now).unwrap());
        Self {
            office: Office::default(),
            store,
            now,
            catalog,
            folder: tempfile::tempdir().unwrap(),
            words: Arc::new(Words::new(Lang::English)),
        }
    }

    /// Signed on as somebody, on a page.
    pub(super) fn on(csv: &str, (name, role): (&str, Role), page: Page) -> Self {
        let mut bench = Self::new(csv);
        bench.office.sign_on(SignedOn {
            name: name.to_owned(),
            role,
        });
        bench.act(Office::opened);
        bench.wish(OfficeCommand::Open(page));
        bench
    }

    pub(super) fn desk(&self) -> Desk {
        let around = Around {
            now: self.now,
            words: Arc::clone(&self.words),
            utc_offset_ms: 0,
            catalog: Arc::clone(&self.catalog),
            data: Arc::from(self.folder.path() as &Path),
            frame: None,
            lane: crate::app::office::LaneFacts::default(),
        };
        Desk::new(around, self.office.signed_on().cloned())
    }

    /// Does something, and everything that follows from it.
    pub(super) fn act(&mut self, act: impl FnOnce(&mut Office, &mut Desk)) {
        let mut desk = self.desk();
        act(&mut self.office, &mut desk);
        self.settle(desk);
    }

    pub(super) fn wish(&mut self, command: OfficeCommand) {
        self.now = self.now.plus_ms(1_000);
        self.act(|office, desk| office.apply(command, desk));
    }

    fn settle(&mut self, mut desk: Desk) {
        loop {
            if let Some(work) = desk.works.pop_front() {
                let parcel = (work.job)();
                (work.then)(&mut self.office, &mut desk, Ok(parcel));
            } else if desk.jobs.is_empty() {
                break;
            } else {
                let (job, then) = desk.jobs.remove(0);
                let done = (job.0)(&self.store, self.now).map_err(Trouble::from);
                then(&mut self.office, &mut desk, done);
            }
        }
        self.office.absorb(&mut desk);
        if desk.wants_catalog {
            self.catalog = Arc::new(self.store.catalog(self.now).unwrap());
            self.act(Office::catalog_changed);
        }
    }

    pub(super) fn view(&self) -> OfficeView {
        self.office.view(&self.desk()).expect("somebody is signed on")
    }

    pub(super) fn page(&self) -> PageView {
        self.view().page
    }
}
