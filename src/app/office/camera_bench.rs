//! A back office over a store in memory and in front of a camera, with every job done at once: for the tests
//! of the pages of teaching.

use std::sync::Arc;

use crate::{
    app::{
        kiosk::back_room::Trouble,
        office::{Around, Desk, Office, SignedOn},
    },
    domain::{catalog::Catalog, staff::Role, time::Timestamp},
    frame::Frame,
    store::Store,
    ui::{
        office::{OfficeCommand, OfficeView, Page, PageView},
        words::{Lang, Words},
    },
};

/// When the tests take place.
pub(super) const NOW: Timestamp = Timestamp(1_790_000_000_000);

/// The bench.
pub(super) struct Bench {
    pub(super) office: Office,
    pub(super) store: Store,
    pub(super) around: Around,
    /// The sentence that was shown last.
    pub(super) problem: Option<String>,
    _data: tempfile::TempDir,
}

impl Bench {
    /// A shop with some products, and a teacher at its machine.
    pub(super) fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let store = Store::in_memory().unwrap();
        store.choose_first_pin("mara", "1234", NOW).unwrap();
        let products = crate::store::catalog_csv::parse(crate::app::pricing::SEED_CATALOG).unwrap();
        store.import_products(&products, "mara", NOW).unwrap();
        let catalog: Arc<Catalog> = Arc::new(store.catalog(NOW).unwrap());
        let mut office = Office::default();
        office.sign_on(SignedOn {
            name: "mara".to_owned(),
            role: Role::Manager,
        });
        Self {
            office,
            store,
            around: Around {
                now: NOW,
                words: Arc::new(Words::new(Lang::English)),
                utc_offset_ms: 0,
                catalog,
                data: Arc::from(data.path()),
                frame: None,
                lane: crate::app::office::LaneFacts::default(),
            },
            problem: None,
            _data: data,
        }
    }

    /// Does something, and everything that follows from it.
    pub(super) fn act(&mut self, act: impl FnOnce(&mut Office, &mut Desk)) {
        let mut desk = Desk::new(self.around.clone(), self.office.signed_on().cloned());
        act(&mut self.office, &mut desk);
        self.finish(desk);
    }

    fn finish(&mut self, mut desk: Desk) {
        loop {
            let (jobs, works) = (std::mem::take(&mut desk.jobs), std::mem::take(&mut desk.works));
            if jobs.is_empty() && works.is_empty() {
                break;
            }
            for (job, then) in jobs {
                let done = (job.0)(&self.store, self.around.now).map_err(Trouble::from);
                then(&mut self.office, &mut desk, done);
            }
            for work in works {
                let parcel = (work.job)();
                (work.then)(&mut self.office, &mut desk, Ok(parcel));
            }
        }
        if desk.problem.is_some() {
            self.problem.clone_from(&desk.problem);
        }
        self.office.absorb(&mut desk);
    }

    pub(super) fn command(&mut self, command: OfficeCommand) {
        self.act(|office, desk| office.apply(command, desk));
    }

    pub(super) fn open(&mut self, page: Page) {
        self.command(OfficeCommand::Open(page));
    }

    pub(super) fn tick(&mut self) {
        self.act(Office::tick);
    }

    pub(super) fn show(&mut self, frame: Option<Frame>) {
        self.around.frame = frame;
        self.tick();
    }

    pub(super) fn view(&self) -> OfficeView {
        let desk = Desk::new(self.around.clone(), self.office.signed_on().cloned());
        self.office.view(&desk).unwrap()
    }

    pub(super) fn page(&self) -> PageView {
        self.view().page
    }
}
