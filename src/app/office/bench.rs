//! A back office on a database in memory, for tests: jobs and work are done at once, in order.

use std::{path::Path, sync::Arc};

use crate::{
    app::{
        kiosk::checkout::LaneOrder,
        office::{Around, Desk, LaneFacts, Office, SignedOn},
    },
    domain::{staff::Role, time::Timestamp},
    store::Store,
    ui::{
        office::{OfficeCommand, OfficeView},
        words::{Lang, Words},
    },
};

/// A time at noon of a day in November.
pub(super) const NOON: Timestamp = Timestamp(1_700_049_600_000);

/// The office with all that it works with.
pub(super) struct Bench {
    pub(super) office: Office,
    pub(super) store: Store,
    pub(super) now: Timestamp,
    pub(super) orders: Vec<LaneOrder>,
    pub(super) lane: LaneFacts,
    /// How often the lane was told to take up new settings.
    pub(super) reloads: u32,
    folder: tempfile::TempDir,
    who: SignedOn,
}

impl Bench {
    /// Somebody of this role is signed on.
    pub(super) fn new(store: Store, role: Role) -> Self {
        let name = "Kim";
        let by = ("test", Timestamp(0));
        store.add_staff("Mona", "471193", Role::Manager, by).unwrap();
        store.add_staff(name, "935148", role, by).unwrap();
        let who = SignedOn {
            name: name.to_owned(),
            role,
        };
        let mut office = Office::default();
        office.sign_on(who.clone());
        Self {
            office,
            store,
            now: NOON,
            orders: Vec::new(),
            lane: LaneFacts::default(),
            reloads: 0,
            folder: tempfile::tempdir().unwrap(),
            who,
        }
    }

    pub(super) fn data(&self) -> &Path {
        self.folder.path()
    }

    fn desk(&self) -> Desk {
        let around = Around {
            now: self.now,
            words: Arc::new(Words::new(Lang::English)),
            utc_offset_ms: 0,
            catalog: Arc::new(self.store.catalog(self.now).unwrap()),
            data: Arc::from(self.folder.path()),
            frame: None,
            lane: self.lane.clone(),
        };
        Desk::new(around, Some(self.who.clone()))
    }

    /// Does something, and everything that follows from it.
    pub(super) fn with(&mut self, act: impl FnOnce(&mut Office, &mut Desk)) {
        let mut desk = self.desk();
        act(&mut self.office, &mut desk);
        self.follow(desk);
    }

    fn follow(&mut self, mut desk: Desk) {
        while let Some(work) = desk.works.pop_front() {
            let parcel = (work.job)();
            (work.then)(&mut self.office, &mut desk, Ok(parcel));
        }
        self.office.absorb(&mut desk);
        self.orders.append(&mut desk.orders);
        self.reloads += u32::from(desk.wants_settings);
        for (job, then) in desk.jobs {
            let parcel = (job.0)(&self.store, self.now).map_err(Into::into);
            self.with(|office, desk| then(office, desk, parcel));
        }
    }

    pub(super) fn wish(&mut self, command: OfficeCommand) {
        self.with(|office, desk| office.apply(command, desk));
    }

    /// Answers the question that is open with yes.
    pub(super) fn confirm(&mut self, reason: &str) {
        assert!(self.view().confirm.is_some(), "nothing is asked");
        self.wish(OfficeCommand::Confirm {
            reason: reason.to_owned(),
        });
    }

    pub(super) fn view(&self) -> OfficeView {
        self.office.view(&self.desk()).unwrap()
    }

    /// The sentence in the strip.
    pub(super) fn problem(&self) -> String {
        self.view().problem.unwrap_or_default()
    }
}
