//! A back office without threads, for tests: on a store in memory, jobs and work are done as soon as they are
//! asked for, and the test moves the clock.

use std::{path::Path, sync::Arc};

use crate::{
    app::{
        kiosk::{back_room::Trouble, checkout::LaneOrder},
        office::{Around, Desk, LaneFacts, Office, SignedOn},
    },
    domain::{staff::Role, time::Timestamp},
    frame::Frame,
    store::{Store, catalog_csv},
    ui::{
        office::{OfficeCommand, OfficeView, Page, PageView},
        words::{Lang, Words},
    },
};

/// When the tests take place, if they do not say otherwise: noon of a day in November.
pub(super) const NOON: Timestamp = Timestamp(1_700_049_600_000);

/// The office with all that it works with.
pub(super) struct Bench {
    pub(super) office: Office,
    pub(super) store: Store,
    pub(super) around: Around,
    pub(super) orders: Vec<LaneOrder>,
    /// How often the lane was told to take up new settings.
    pub(super) reloads: u32,
    folder: tempfile::TempDir,
}

impl Bench {
    /// On this store, with a manager (Kim), a teacher (Tia) and a clerk (Cem); nobody is signed on.
    pub(super) fn over(store: Store) -> Self {
        store.choose_first_pin("Kim", "1111", NOON).unwrap();
        for (name, pin, role) in [("Tia", "2222", Role::Teacher), ("Cem", "3333", Role::Clerk)] {
            store.add_staff(name, pin, role, ("Kim", NOON)).unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let around = Around {
            now: NOON,
            words: Arc::new(Words::new(Lang::English)),
            utc_offset_ms: 0,
            catalog: Arc::new(store.catalog(NOON).unwrap()),
            data: Arc::from(folder.path()),
            frame: None,
            lane: LaneFacts::default(),
        };
        Self {
            office: Office::default(),
            store,
            around,
            orders: Vec::new(),
            reloads: 0,
            folder,
        }
    }

    /// On a store with the catalog of `csv`; nobody is signed on.
    pub(super) fn new(csv: impl AsRef<[u8]>) -> Self {
        let store = Store::in_memory().unwrap();
        let csv = csv.as_ref();
        if !csv.is_empty() {
            let products = catalog_csv::parse(csv).unwrap();
            store.import_products(&products, "Kim", NOON).unwrap();
        }
        Self::over(store)
    }

    /// On a store with the catalog of `csv`, as the member of staff with this role, on a page.
    pub(super) fn on(csv: impl AsRef<[u8]>, role: Role, page: Page) -> Self {
        Self::new(csv).signed_on(role, page)
    }

    /// The member of staff with this role has signed on and opened a page.
    pub(super) fn signed_on(mut self, role: Role, page: Page) -> Self {
        let name = match role {
            Role::Manager => "Kim",
            Role::Teacher => "Tia",
            Role::Clerk => "Cem",
        };
        self.office.sign_on(SignedOn {
            name: name.to_owned(),
            role,
        });
        self.act(Office::opened);
        self.wish(OfficeCommand::Open(page));
        self
    }

    pub(super) fn now(&self) -> Timestamp {
        self.around.now
    }

    pub(super) fn wait_ms(&mut self, ms: i64) {
        self.around.now = self.around.now.plus_ms(ms);
    }

    /// Where the database, the models and the photos would be.
    pub(super) fn data(&self) -> &Path {
        self.folder.path()
    }

    pub(super) fn desk(&self) -> Desk {
        Desk::new(self.around.clone(), self.office.signed_on().cloned())
    }

    /// Does something, and everything that follows from it.
    pub(super) fn act(&mut self, act: impl FnOnce(&mut Office, &mut Desk)) {
        let mut desk = self.desk();
        act(&mut self.office, &mut desk);
        self.settle(desk);
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
                let done = (job.0)(&self.store, self.around.now).map_err(Trouble::from);
                then(&mut self.office, &mut desk, done);
            }
        }
        self.office.absorb(&mut desk);
        self.orders.append(&mut desk.orders);
        self.reloads += u32::from(desk.wants_settings);
        if desk.wants_catalog {
            self.around.catalog = Arc::new(self.store.catalog(self.around.now).unwrap());
            self.act(Office::catalog_changed);
        }
    }

    /// A second later, somebody asks for this.
    pub(super) fn wish(&mut self, command: OfficeCommand) {
        self.wait_ms(1_000);
        self.act(|office, desk| office.apply(command, desk));
    }

    /// Answers the question that is open with yes.
    pub(super) fn confirm(&mut self, reason: &str) {
        assert!(self.view().confirm.is_some(), "nothing is asked");
        self.wish(OfficeCommand::Confirm {
            reason: reason.to_owned(),
        });
    }

    pub(super) fn tick(&mut self) {
        self.act(Office::tick);
    }

    /// The camera shows this.
    pub(super) fn show(&mut self, frame: Option<Frame>) {
        self.around.frame = frame;
        self.tick();
    }

    pub(super) fn view(&self) -> OfficeView {
        self.office.view(&self.desk()).expect("somebody is signed on")
    }

    pub(super) fn page(&self) -> PageView {
        self.view().page
    }

    /// The sentence in the strip.
    pub(super) fn problem(&self) -> String {
        self.view().problem.unwrap_or_default()
    }
}
