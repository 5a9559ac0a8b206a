//! What a page works with: the time, the catalog, who is signed on, and the two ways of getting work done
//! elsewhere: on the store's thread, and on a thread in the background.
//!
//! A desk is made for one pass and collects what a page asks for; the checkout hands it on afterwards. The
//! window's thread never waits: every job comes with what is to be done with its result, which runs on the
//! window's thread, also after the page was left or the back office closed. Whoever changes something goes
//! through [`Desk::change`]: there it is asked, here and again on the store's thread, whether they may.

use std::{any::Any, collections::VecDeque, path::Path, sync::Arc};

use crate::{
    app::{
        kiosk::{back_room::Trouble, checkout::LaneOrder, tuning::Seen},
        office::{
            Office, SignedOn,
            files::{PathAsk, WithPath},
        },
        receipts,
    },
    domain::{
        catalog::Catalog,
        money::Currency,
        staff::{Permission, may},
        time::Timestamp,
    },
    frame::Frame,
    store::{Store, audit::By, error::StoreError},
    ui::{
        office::confirm::ConfirmView,
        words::{Lang, OfficeWord, Words},
    },
    vision::Engine,
};

/// What a job brings back.
pub type Parcel = Box<dyn Any + Send>;
/// What is done with the parcel of a job, on the window's thread.
pub type Then = Box<dyn FnOnce(&mut Office, &mut Desk, Result<Parcel, Trouble>)>;
/// What is done after a question was answered with yes; the text is the reason.
pub type Confirmed = Box<dyn FnOnce(&mut Office, &mut Desk, String)>;

type OnStore = Box<dyn FnOnce(&Store, Timestamp) -> Result<Parcel, StoreError> + Send>;

/// A job for the store's thread.
pub struct StoreJob(pub(in crate::app) OnStore);

impl std::fmt::Debug for StoreJob {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StoreJob")
    }
}

/// A job for a thread in the background; jobs of one name go one after the other.
pub struct Work {
    pub(in crate::app) name: &'static str,
    pub(in crate::app) job: Box<dyn FnOnce() -> Parcel + Send>,
    pub(in crate::app) then: Then,
}

impl std::fmt::Debug for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Work")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// What the pages know of the lane in a pass.
#[derive(Debug, Clone, Default)]
pub struct LaneFacts {
    /// Name of the model; empty while there is none.
    pub model: String,
    /// What computes it, while it works.
    pub engine: Option<Engine>,
    /// Its classes in order, each with the score from which it counts as the model came.
    pub classes: Vec<(String, f32)>,
    /// All that the detector saw last, while somebody is signed on.
    pub seen: Option<Arc<Seen>>,
    /// Whether pictures come.
    pub is_live: bool,
    /// Whether they come from files.
    pub is_replay: bool,
}

/// What the pages know of the world in a pass.
#[derive(Debug, Clone)]
pub struct Around {
    /// The time.
    pub now: Timestamp,
    /// The words of the language that is spoken.
    pub words: Arc<Words>,
    /// How far the clock on the wall is ahead of UTC.
    pub utc_offset_ms: i64,
    /// Products and prices.
    pub catalog: Arc<Catalog>,
    /// Where the database, the models and the photos are.
    pub data: Arc<Path>,
    /// The newest picture of the camera.
    pub frame: Option<Frame>,
    /// The lane.
    pub lane: LaneFacts,
}

/// The desk of one pass.
pub struct Desk {
    around: Around,
    signed_on: Option<SignedOn>,
    pub(in crate::app) jobs: Vec<(StoreJob, Then)>,
    pub(in crate::app) works: VecDeque<Work>,
    pub(in crate::app) orders: Vec<LaneOrder>,
    pub(in crate::app) wants_catalog: bool,
    pub(in crate::app) wants_settings: bool,
    pub(in crate::app) lane_note: Option<String>,
    pub(super) problem: Option<String>,
    pub(super) saved: bool,
    pub(super) confirm: Option<(ConfirmView, Confirmed)>,
    pub(super) path: Option<(PathAsk, WithPath)>,
}

impl std::fmt::Debug for Desk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk")
            .field("signed_on", &self.signed_on)
            .field("jobs", &self.jobs.len())
            .field("works", &self.works)
            .finish_non_exhaustive()
    }
}

impl Desk {
    /// A desk for whoever is signed on.
    #[must_use]
    pub fn new(around: Around, signed_on: Option<SignedOn>) -> Self {
        Self {
            around,
            signed_on,
            jobs: Vec::new(),
            works: VecDeque::new(),
            orders: Vec::new(),
            wants_catalog: false,
            wants_settings: false,
            lane_note: None,
            problem: None,
            saved: false,
            confirm: None,
            path: None,
        }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.around.now
    }

    /// The words.
    #[must_use]
    pub fn words(&self) -> &Words {
        &self.around.words
    }

    /// The language that is spoken.
    #[must_use]
    pub fn lang(&self) -> Lang {
        self.around.words.lang()
    }

    /// The catalog.
    #[must_use]
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.around.catalog
    }

    /// The shop's currency: that of its products.
    #[must_use]
    pub fn currency(&self) -> Currency {
        let first = self.around.catalog.products().first();
        first.map_or(Currency::EUR, |product| product.price.currency())
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> &Arc<Path> {
        &self.around.data
    }

    /// How far the clock on the wall is ahead of UTC.
    #[must_use]
    pub fn utc_offset_ms(&self) -> i64 {
        self.around.utc_offset_ms
    }

    /// The newest picture of the camera.
    #[must_use]
    pub fn frame(&self) -> Option<&Frame> {
        self.around.frame.as_ref()
    }

    /// The lane.
    #[must_use]
    pub fn lane(&self) -> &LaneFacts {
        &self.around.lane
    }

    /// A time as the clock on the wall shows it: "12:03".
    #[must_use]
    pub fn clock(&self, at: Timestamp) -> String {
        let local = at.plus_ms(self.around.utc_offset_ms).to_utc();
        format!("{:02}:{:02}", local.hour, local.minute)
    }

    /// A day and a time as the wall shows them, and as the language writes them: "2026-11-21 12:03".
    #[must_use]
    pub fn date_and_clock(&self, at: Timestamp) -> String {
        receipts::local_time(at, self.around.utc_offset_ms, self.lang())
    }

    /// Who is signed on.
    #[must_use]
    pub fn signed_on(&self) -> Option<&SignedOn> {
        self.signed_on.as_ref()
    }

    /// The name that changes are written down under.
    #[must_use]
    pub fn name(&self) -> &str {
        self.signed_on.as_ref().map_or("", |who| who.name.as_str())
    }

    /// Whether whoever is signed on may do something.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.signed_on
            .as_ref()
            .is_some_and(|who| may(who.role, permission))
    }

    /// A job on the store's thread, and what is done with its result, whatever it is.
    pub fn store<T: Send + 'static>(
        &mut self,
        job: impl FnOnce(&Store, By<'_>) -> Result<T, StoreError> + Send + 'static,
        then: impl FnOnce(&mut Office, &mut Self, Result<T, Trouble>) + 'static,
    ) {
        let name = self.name().to_owned();
        let job = StoreJob(Box::new(move |store, at| {
            job(store, (&name, at)).map(|done| Box::new(done) as Parcel)
        }));
        self.jobs.push((job, unpacked(then)));
    }

    /// Reads from the store; a failure is shown in the strip.
    pub fn read<T: Send + 'static>(
        &mut self,
        job: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
        then: impl FnOnce(&mut Office, &mut Self, T) + 'static,
    ) {
        self.store(
            move |store, _| job(store),
            move |office, desk, done| match done {
                Ok(done) => then(office, desk, done),
                Err(trouble) => desk.problem(trouble.sentence),
            },
        );
    }

    /// Changes something in the store, if whoever is signed on may. Then the head says "saved"; a failure is
    /// shown in the strip.
    pub fn change<T: Send + 'static>(
        &mut self,
        permission: Permission,
        job: impl FnOnce(&Store, By<'_>) -> Result<T, StoreError> + Send + 'static,
        then: impl FnOnce(&mut Office, &mut Self, T) + 'static,
    ) {
        if !self.check(permission) {
            return;
        }
        self.store(
            move |store, by| {
                store.authorise(by.0, permission)?;
                job(store, by)
            },
            move |office, desk, done| match done {
                Ok(done) => {
                    desk.saved();
                    then(office, desk, done);
                }
                Err(trouble) => desk.problem(trouble.sentence),
            },
        );
    }

    /// Whether whoever is signed on may do something; says so in the strip if not.
    pub fn check(&mut self, permission: Permission) -> bool {
        let may = self.may(permission);
        if !may {
            let words = self.words();
            let sentence = words.with(OfficeWord::NotAllowed, &[("name", self.name())]);
            self.problem(sentence);
        }
        may
    }

    /// A job on the background thread of this name, which starts with its first job; for file dialogs,
    /// decoding, PDF. What it brings goes to `then`; if it panics, `then` gets a sentence.
    pub fn work<T: Send + 'static>(
        &mut self,
        name: &'static str,
        job: impl FnOnce() -> T + Send + 'static,
        then: impl FnOnce(&mut Office, &mut Self, Result<T, Trouble>) + 'static,
    ) {
        self.works.push_back(Work {
            name,
            job: Box::new(move || Box::new(job()) as Parcel),
            then: unpacked(then),
        });
    }

    /// Asks before something is done; with a reason when the view wants one.
    pub fn confirm(
        &mut self,
        view: ConfirmView,
        then: impl FnOnce(&mut Office, &mut Self, String) + 'static,
    ) {
        self.confirm = Some((view, Box::new(then)));
    }

    /// Asks for a file or a folder; the path is where it is, or where it is to be written.
    pub fn ask_path(
        &mut self,
        ask: PathAsk,
        then: impl FnOnce(&mut Office, &mut Self, std::path::PathBuf) + 'static,
    ) {
        self.ask_paths(ask, |office, desk, paths| {
            if let Some(path) = paths.into_iter().next() {
                then(office, desk, path);
            }
        });
    }

    /// The same where several may be chosen.
    pub fn ask_paths(
        &mut self,
        ask: PathAsk,
        then: impl FnOnce(&mut Office, &mut Self, Vec<std::path::PathBuf>) + 'static,
    ) {
        self.path = Some((ask, Box::new(then)));
    }

    /// Shows a sentence in the strip.
    pub fn problem(&mut self, sentence: impl Into<String>) {
        self.problem = Some(sentence.into());
    }

    /// Something was saved: the head shows when.
    pub fn saved(&mut self) {
        self.saved = true;
        self.problem = None;
    }

    /// Something the lane is to do.
    pub fn order(&mut self, order: LaneOrder) {
        self.orders.push(order);
    }

    /// Products or prices have changed: the lane and the pages get the new catalog.
    pub fn reload_catalog(&mut self) {
        self.wants_catalog = true;
    }

    /// Shows a sentence at the lane for a while, whoever is there.
    pub fn tell_lane(&mut self, sentence: impl Into<String>) {
        self.lane_note = Some(sentence.into());
    }

    /// Settings have changed: the lane takes them up.
    pub fn reload_settings(&mut self) {
        self.wants_settings = true;
    }
}

/// A parcel holds what its own job put in; anything else is a fault of the program, told as one sentence.
fn unpacked<T: 'static>(then: impl FnOnce(&mut Office, &mut Desk, Result<T, Trouble>) + 'static) -> Then {
    Box::new(move |office, desk, parcel| {
        let parcel = parcel.map_err(|trouble| trouble.in_words(desk.words()));
        let done = parcel.and_then(|parcel| {
            parcel
                .downcast::<T>()
                .map(|done| *done)
                .map_err(|_parcel| Trouble::new("the answer was to another question: try again", true))
        });
        then(office, desk, done);
    })
}
