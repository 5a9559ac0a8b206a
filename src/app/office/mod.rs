//! The back office behind its screens: who is signed on, which page is open, and a controller for each page.
//!
//! [`Office`] lives as long as the program, so that long work goes on when a page or the back office is
//! left. It reaches the world through a [`Desk`] only.

pub mod album;
#[cfg(test)]
mod bench;
pub mod class_names;
pub mod data_sets;
pub mod day;
pub mod desk;
pub mod files;
pub mod gate;
pub mod gauge;
pub mod labels;
pub mod models;
pub mod people;
pub mod photos;
pub mod prices;
pub mod products;
pub mod seer;
pub mod settings;
#[cfg(test)]
mod tests;
pub mod trainer;
pub mod training;
pub mod try_picture;
pub mod worker;

pub use desk::{Around, Desk, LaneFacts};

use crate::{
    app::office::{
        data_sets::DataSetsPage, day::DayPage, desk::Confirmed, labels::LabelsPage, models::ModelsPage,
        people::PeoplePage, photos::PhotosPage, prices::PricesPage, products::ProductsPage,
        settings::SettingsPage, training::TrainingPage, try_picture::TryPage,
    },
    domain::{
        staff::{Role, may},
        time::Timestamp,
    },
    ui::office::{OfficeCommand, OfficeView, Page, PageView, confirm::ConfirmView, products::ProductsView},
};

/// What every page can do.
pub trait PageDesk {
    /// What it shows.
    type View;
    /// What can be asked for on it.
    type Command;

    /// The page was opened: read what it shows.
    fn opened(&mut self, _desk: &mut Desk) {}

    /// A pass, as long as somebody is signed on; also while another page is open.
    fn tick(&mut self, _desk: &mut Desk) {}

    /// There is another catalog.
    fn catalog_changed(&mut self, _desk: &mut Desk) {}

    /// What it shows now. It is asked in every pass: what is large is kept ready in an `Arc`.
    fn view(&self, desk: &Desk) -> Self::View;

    /// Does what is asked for.
    fn apply(&mut self, command: Self::Command, desk: &mut Desk);

    /// Whether there is something to undo.
    fn can_undo(&self) -> bool {
        false
    }

    /// Whether there is something to do again.
    fn can_redo(&self) -> bool {
        false
    }

    /// Takes the last change back.
    fn undo(&mut self, _desk: &mut Desk) {}

    /// Does the last change that was taken back again.
    fn redo(&mut self, _desk: &mut Desk) {}
}

/// Who is signed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedOn {
    /// Their name, under which changes are written down.
    pub name: String,
    /// What they are in the shop.
    pub role: Role,
}

/// The back office.
#[derive(Default)]
pub struct Office {
    signed_on: Option<SignedOn>,
    page: Page,
    saved_at: Option<Timestamp>,
    problem: Option<String>,
    confirm: Option<(ConfirmView, Confirmed)>,
    path: Option<files::OpenAsk>,
    gate: Option<gate::GateNews>,
    touched_at: Option<Timestamp>,
    pub(in crate::app) album: album::Album,
    pub(super) trainer: trainer::Trainer,
    pub(super) products: ProductsPage,
    pub(super) prices: PricesPage,
    pub(super) day: DayPage,
    pub(super) photos: PhotosPage,
    pub(super) labels: LabelsPage,
    pub(super) data_sets: DataSetsPage,
    pub(super) training: TrainingPage,
    pub(super) try_picture: TryPage,
    pub(super) models: ModelsPage,
    pub(super) settings: SettingsPage,
    pub(super) people: PeoplePage,
}

impl std::fmt::Debug for Office {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Office")
            .field("signed_on", &self.signed_on)
            .field("page", &self.page)
            .finish_non_exhaustive()
    }
}

/// Does the same on every page: `each_page!(office, page => page.tick(desk))`.
macro_rules! each_page {
    ($office:expr, $page:ident => $do:expr) => {
        each_page!($office, $page => $do, products, prices, day, photos, labels, data_sets,
            training, try_picture, models, settings, people)
    };
    ($office:expr, $page:ident => $do:expr, $($name:ident),+) => {{
        let office = $office;
        $({
            let $page = &mut office.$name;
            $do;
        })+
    }};
}

/// Does something on the page that is open.
macro_rules! open_page {
    ($office:expr, $page:ident => $do:expr) => {
        open_page!($office, $page => $do,
            Products products, Prices prices, Day day, Photos photos, Labels labels, DataSets data_sets,
            Training training, TryPicture try_picture, Models models, Settings settings, People people)
    };
    ($office:expr, $page:ident => $do:expr, $($kind:ident $name:ident),+) => {
        match $office.page {
            $(Page::$kind => {
                let $page = &mut $office.$name;
                $do
            })+
        }
    };
}

impl Office {
    /// Who is signed on; nobody while the back office is closed.
    #[must_use]
    pub fn signed_on(&self) -> Option<&SignedOn> {
        self.signed_on.as_ref()
    }

    /// Opens the back office for somebody.
    pub fn sign_on(&mut self, who: SignedOn) {
        if !may(who.role, self.page.permission()) {
            self.page = Page::default();
        }
        self.signed_on = Some(who);
        self.saved_at = None;
        self.problem = None;
        self.confirm = None;
    }

    /// Somebody touched the screen or a key.
    pub fn touched(&mut self, now: Timestamp) {
        self.touched_at = Some(now);
    }

    /// How long nobody has touched anything.
    #[must_use]
    pub fn idle_ms(&self, now: Timestamp) -> i64 {
        let age = self.touched_at.and_then(|at| now.checked_since(at));
        age.unwrap_or(0)
    }

    /// The open page begins, for whoever has signed on.
    pub fn opened(&mut self, desk: &mut Desk) {
        open_page!(self, page => page.opened(desk));
    }

    /// Whoever is signed on has changed something of themselves.
    pub(super) fn change_signed_on(&mut self, name: &str, change: impl FnOnce(&mut SignedOn)) {
        if let Some(own) = self.signed_on.as_mut().filter(|own| own.name == name) {
            change(own);
        }
        if self
            .signed_on
            .as_ref()
            .is_some_and(|own| !may(own.role, self.page.permission()))
        {
            self.page = Page::default();
        }
    }

    /// Closes it. Work that is under way goes on.
    pub fn close(&mut self) {
        self.signed_on = None;
        self.problem = None;
        self.confirm = None;
        self.path = None;
    }

    /// Lets time pass.
    pub fn tick(&mut self, desk: &mut Desk) {
        self.trainer.tick(desk);
        self.training.watch(&mut self.trainer, desk);
        each_page!(&mut *self, page => page.tick(desk));
    }

    /// There is another catalog.
    pub fn catalog_changed(&mut self, desk: &mut Desk) {
        each_page!(&mut *self, page => page.catalog_changed(desk));
    }

    /// Does what is asked for.
    pub fn apply(&mut self, command: OfficeCommand, desk: &mut Desk) {
        match command {
            OfficeCommand::Open(page) => self.open(page, desk),
            OfficeCommand::Close => self.close(),
            OfficeCommand::Undo => open_page!(self, page => page.undo(desk)),
            OfficeCommand::Redo => open_page!(self, page => page.redo(desk)),
            OfficeCommand::DismissProblem => self.problem = None,
            OfficeCommand::Confirm { reason } => {
                if let Some((_, then)) = self.confirm.take() {
                    then(self, desk, reason);
                }
            }
            OfficeCommand::CancelConfirm => self.confirm = None,
            OfficeCommand::PathChosen(path) => {
                if let Some(ask) = self.path.take() {
                    ask.go_on(&path, self, desk);
                }
            }
            OfficeCommand::BrowsePath => {
                if let Some(ask) = &mut self.path {
                    ask.browse(desk);
                }
            }
            OfficeCommand::CancelPath => self.path = None,
            OfficeCommand::Products(wish) => self.products.apply(wish, desk),
            OfficeCommand::Prices(wish) => self.prices.apply(wish, desk),
            OfficeCommand::Day(wish) => self.day.apply(wish, desk),
            OfficeCommand::Photos(wish) => self.photos.apply(wish, desk),
            OfficeCommand::Labels(wish) => self.labels.apply(wish, desk),
            OfficeCommand::DataSets(wish) => self.data_sets.apply(wish, desk),
            OfficeCommand::Training(wish) => self.training.apply(wish, desk),
            OfficeCommand::TryPicture(wish) => self.try_picture.apply(wish, desk),
            OfficeCommand::Models(wish) => self.models.apply(wish, desk),
            OfficeCommand::Settings(wish) => self.settings.apply(wish, desk),
            OfficeCommand::People(wish) => self.people.apply(wish, desk),
        }
    }

    /// Opens a page, if whoever is signed on may see it.
    pub fn open(&mut self, page: Page, desk: &mut Desk) {
        if desk.check(page.permission()) {
            self.page = page;
            self.problem = None;
            open_page!(self, page => page.opened(desk));
        }
    }

    /// Takes from a desk what concerns the frame.
    pub fn absorb(&mut self, desk: &mut Desk) {
        if std::mem::take(&mut desk.saved) {
            self.saved_at = Some(desk.now());
            self.problem = None;
        }
        if let Some(problem) = desk.problem.take() {
            tracing::warn!(problem, "in the back office");
            self.problem = Some(problem);
        }
        if let Some(confirm) = desk.confirm.take() {
            self.confirm = Some(confirm);
        }
        if let Some((ask, then)) = desk.path.take() {
            self.path = Some(files::OpenAsk::new(ask, then, desk.data()));
        }
    }

    /// What shows; none while nobody is signed on.
    #[must_use]
    pub fn view(&self, desk: &Desk) -> Option<OfficeView> {
        let who = self.signed_on.as_ref()?;
        let page = match self.page {
            Page::Products => PageView::Products(ProductsView {
                pictures: self.album.pictures().clone(),
                ..self.products.view(desk)
            }),
            Page::Prices => PageView::Prices(self.prices.view(desk)),
            Page::Day => PageView::Day(self.day.view(desk)),
            Page::Photos => PageView::Photos(self.photos.view(desk)),
            Page::Labels => PageView::Labels(self.labels.view(desk)),
            Page::DataSets => PageView::DataSets(self.data_sets.view(desk)),
            Page::Training => PageView::Training(self.training.view(desk)),
            Page::TryPicture => PageView::TryPicture(self.try_picture.view(desk)),
            Page::Models => PageView::Models(self.models.view(desk)),
            Page::Settings => PageView::Settings(Box::new(self.settings.view(desk))),
            Page::People => PageView::People(self.people.view(desk)),
        };
        let (can_undo, can_redo) = self.undo_state();
        let pages = Page::ALL.into_iter();
        Some(OfficeView {
            page,
            pages: pages.filter(|page| may(who.role, page.permission())).collect(),
            name: who.name.clone(),
            role: who.role,
            saved_at: self.saved_at.map(|at| desk.clock(at)),
            can_undo,
            can_redo,
            problem: self.problem.clone(),
            confirm: self.confirm.as_ref().map(|(view, _)| view.clone()),
            path: self.path.as_ref().map(files::OpenAsk::view),
        })
    }

    fn picked(&mut self, paths: Vec<std::path::PathBuf>) {
        if let Some(ask) = &mut self.path {
            ask.picked(paths);
        }
    }

    fn undo_state(&self) -> (bool, bool) {
        fn of(page: &impl PageDesk) -> (bool, bool) {
            (page.can_undo(), page.can_redo())
        }
        match self.page {
            Page::Products => of(&self.products),
            Page::Prices => of(&self.prices),
            Page::Day => of(&self.day),
            Page::Photos => of(&self.photos),
            Page::Labels => of(&self.labels),
            Page::DataSets => of(&self.data_sets),
            Page::Training => of(&self.training),
            Page::TryPicture => of(&self.try_picture),
            Page::Models => of(&self.models),
            Page::Settings => of(&self.settings),
            Page::People => of(&self.people),
        }
    }
}
