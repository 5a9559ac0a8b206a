//! The back office: a rail of pages, a head that says who is here and what is saved, and one page.
//!
//! Each page has a view (plain data), a state (what is typed and chosen), and commands of its own in a
//! module of its own; this one joins them. Dense where the lane is airy; keyboard first. Nothing here
//! decides who may do what: a page that is not offered is not in [`OfficeView::pages`], and the composition
//! root checks every command again.

pub mod ask_path;
pub mod confirm;
pub mod data_sets;
pub mod day;
mod empty;
pub mod first_name;
mod frame;
mod keys;
pub mod labels;
pub mod models;
pub mod page;
pub mod people;
pub mod photos;
mod plots;
pub mod prices;
pub mod products;
pub mod settings;
pub mod training;
pub mod try_picture;

use eframe::egui::{Rect, Ui, UiBuilder};

pub use empty::empty_ui;
pub use page::Page;

use crate::{
    domain::staff::Role,
    ui::{
        office::{
            ask_path::PathView,
            confirm::ConfirmView,
            data_sets::{DataSetsCommand, DataSetsState, DataSetsView, data_sets_ui},
            day::{DayCommand, DayState, DayView, day_ui},
            labels::{LabelsCommand, LabelsState, LabelsView, labels_ui},
            models::{ModelsCommand, ModelsState, ModelsView, models_ui},
            people::{PeopleCommand, PeopleState, PeopleView, people_ui},
            photos::{PhotosCommand, PhotosState, PhotosView, photos_ui},
            prices::{PricesCommand, PricesState, PricesView, prices_ui},
            products::{ProductsCommand, ProductsState, ProductsView, products_ui},
            settings::{SettingsCommand, SettingsState, SettingsView, settings_ui},
            training::{TrainingCommand, TrainingState, TrainingView, training_ui},
            try_picture::{TryCommand, TryState, TryView, try_ui},
        },
        theme::space,
        widgets::{Cx, take_bottom, take_right},
    },
};

/// What the back office shows.
#[derive(Debug, Clone)]
pub struct OfficeView {
    /// The open page.
    pub page: PageView,
    /// The pages that whoever is signed on may open.
    pub pages: Vec<Page>,
    /// Who is signed on.
    pub name: String,
    /// What they are in the shop.
    pub role: Role,
    /// When the last change was saved, as the clock shows it ("12:03").
    pub saved_at: Option<String>,
    /// Whether there is something to undo on this page.
    pub can_undo: bool,
    /// Whether there is something to do again.
    pub can_redo: bool,
    /// Why the last wish was not fulfilled; one sentence.
    pub problem: Option<String>,
    /// A question that has to be answered first.
    pub confirm: Option<ConfirmView>,
    /// A file that is asked for.
    pub path: Option<PathView>,
}

/// The open page with what it shows.
#[derive(Debug, Clone)]
pub enum PageView {
    /// Products.
    Products(ProductsView),
    /// Prices.
    Prices(PricesView),
    /// The day.
    Day(DayView),
    /// Photos.
    Photos(PhotosView),
    /// Boxes.
    Labels(LabelsView),
    /// Data sets.
    DataSets(DataSetsView),
    /// Trainings.
    Training(TrainingView),
    /// A picture to try.
    TryPicture(TryView),
    /// Models.
    Models(ModelsView),
    /// Settings.
    Settings(Box<SettingsView>),
    /// People.
    People(PeopleView),
}

impl PageView {
    /// Which page it is.
    #[must_use]
    pub const fn page(&self) -> Page {
        match self {
            Self::Products(_) => Page::Products,
            Self::Prices(_) => Page::Prices,
            Self::Day(_) => Page::Day,
            Self::Photos(_) => Page::Photos,
            Self::Labels(_) => Page::Labels,
            Self::DataSets(_) => Page::DataSets,
            Self::Training(_) => Page::Training,
            Self::TryPicture(_) => Page::TryPicture,
            Self::Models(_) => Page::Models,
            Self::Settings(_) => Page::Settings,
            Self::People(_) => Page::People,
        }
    }
}

/// What is asked for in the back office.
#[derive(Debug, Clone, PartialEq)]
pub enum OfficeCommand {
    /// Open a page.
    Open(Page),
    /// Leave the back office.
    Close,
    /// Take the last change of this page back.
    Undo,
    /// Do it again.
    Redo,
    /// Close the sentence in the strip.
    DismissProblem,
    /// The question is answered with yes; the reason is empty where none is asked for.
    Confirm {
        /// Why.
        reason: String,
    },
    /// The question is answered with no.
    CancelConfirm,
    /// The file is this one.
    PathChosen(String),
    /// Open the file dialog of the system.
    BrowsePath,
    /// No file after all.
    CancelPath,
    /// On the page of products.
    Products(ProductsCommand),
    /// On the page of prices.
    Prices(PricesCommand),
    /// On the page of the day.
    Day(DayCommand),
    /// On the page of photos.
    Photos(PhotosCommand),
    /// On the page of boxes.
    Labels(LabelsCommand),
    /// On the page of data sets.
    DataSets(DataSetsCommand),
    /// On the page of trainings.
    Training(TrainingCommand),
    /// On the page on which a picture is tried.
    TryPicture(TryCommand),
    /// On the page of models.
    Models(ModelsCommand),
    /// On the page of settings.
    Settings(SettingsCommand),
    /// On the page of people.
    People(PeopleCommand),
}

/// What is typed and chosen on the pages; lives between passes.
#[derive(Debug, Default)]
pub struct OfficeState {
    pub(super) path: ask_path::PathState,
    shows_keys: bool,
    products: ProductsState,
    prices: PricesState,
    day: DayState,
    photos: PhotosState,
    labels: LabelsState,
    data_sets: DataSetsState,
    training: TrainingState,
    try_picture: TryState,
    models: ModelsState,
    settings: SettingsState,
    people: PeopleState,
}

/// A list and the details of what is chosen in it: on the right, or below in portrait.
#[must_use]
pub fn split(area: Rect) -> (Rect, Rect) {
    let mut list = area;
    let details = if area.width() >= area.height() {
        take_right(&mut list, (area.width() * 0.32).clamp(420.0, 520.0), space::L)
    } else {
        take_bottom(&mut list, area.height() * 0.55, space::L)
    };
    (list, details)
}

/// Paints the back office over the whole surface.
pub fn office_ui(ui: &mut Ui, cx: &mut Cx<'_>, view: &OfficeView, state: &mut OfficeState) {
    if view.path.is_none() {
        state.path.clear();
    }
    state.shows_keys = keys::keys_ui(ui, cx, view, state.shows_keys);
    let mut page = ui.new_child(UiBuilder::new().id_salt("page"));
    if state.shows_keys {
        page.disable();
    }
    page_ui(&mut page, cx, view, state);
    if state.shows_keys {
        state.shows_keys = keys::sheet_ui(ui, cx, view.page.page());
    }
}

fn page_ui(ui: &mut Ui, cx: &mut Cx<'_>, view: &OfficeView, state: &mut OfficeState) {
    let area = frame::frame_ui(ui, cx, view, &mut state.shows_keys);
    match &view.page {
        PageView::Products(page) => products_ui(ui, cx, area, page, &mut state.products),
        PageView::Prices(page) => prices_ui(ui, cx, area, page, &mut state.prices),
        PageView::Day(page) => day_ui(ui, cx, area, page, &mut state.day),
        PageView::Photos(page) => photos_ui(ui, cx, area, page, &mut state.photos),
        PageView::Labels(page) => labels_ui(ui, cx, area, page, &mut state.labels),
        PageView::DataSets(page) => data_sets_ui(ui, cx, area, page, &mut state.data_sets),
        PageView::Training(page) => training_ui(ui, cx, area, page, &mut state.training),
        PageView::TryPicture(page) => try_ui(ui, cx, area, page, &mut state.try_picture),
        PageView::Models(page) => models_ui(ui, cx, area, page, &mut state.models),
        PageView::Settings(page) => settings_ui(ui, cx, area, page, &mut state.settings),
        PageView::People(page) => people_ui(ui, cx, area, page, &mut state.people),
    }
}
