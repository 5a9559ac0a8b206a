//! The page of products: find one, change it in place, see that it is saved.
//!
//! A table in the middle, details on the right. Keyboard first: `/` searches, the arrow keys move, Enter
//! edits the price, F2 the name, Escape leaves what is edited as it was. The rows come sorted and filtered;
//! only those that can be seen are painted, so a hundred thousand scroll as well as ten.

mod bar;
mod details;
mod import;
mod list;
mod new;
mod plot;

use std::sync::Arc;

use eframe::egui::{Key, Rect, Ui};

pub use import::{ImportLine, ImportView};

use crate::{
    domain::{
        codes::Sku,
        money::Money,
        product::Product,
        product_list::{Direction, ProductFilter, SortBy},
        quantity::Unit,
    },
    ui::{
        office::{OfficeCommand, split},
        pictures::Pictures,
        theme::{TOUCH, size, space},
        view::Photo,
        widgets::{Cx, take_bottom, take_top, text::Text},
        words::ProductsWord,
    },
};

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct ProductsView {
    /// The products that fit, in their order.
    pub rows: Arc<Vec<Arc<Product>>>,
    /// How many there are at all.
    pub total: usize,
    /// What is searched and filtered, and the order.
    pub listing: Listing,
    /// Every department.
    pub departments: Arc<Vec<String>>,
    /// The names of the tax rates in use.
    pub taxes: Arc<Vec<String>>,
    /// The pictures of products.
    pub pictures: Pictures,
    /// What is known of the chosen product.
    pub details: Option<DetailsView>,
    /// Whether names, codes and pictures may be changed.
    pub may_edit: bool,
    /// Whether prices may be changed.
    pub may_price: bool,
    /// What an import would do.
    pub import: Option<ImportView>,
    /// What is wrong with what was typed last.
    pub refused: Option<(ProductField, String)>,
    /// Goes up with every change that was saved.
    pub saved: u64,
}

/// What is searched, filtered and sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Which products.
    pub filter: ProductFilter,
    /// Sorted by what.
    pub by: SortBy,
    /// Which way round.
    pub direction: Direction,
}

/// What is known of one product.
#[derive(Debug, Clone)]
pub struct DetailsView {
    /// The product.
    pub product: Arc<Product>,
    /// Its picture.
    pub picture: Option<Photo>,
    /// Whether it is the shop's own, and not one that came with the program.
    pub has_own_picture: bool,
    /// How much a pack holds ("500 g").
    pub content: String,
    /// The names of all classes of the detector.
    pub classes: Arc<Vec<String>>,
    /// Its prices, oldest first.
    pub history: Arc<Vec<PricePoint>>,
}

/// A price that held, holds or will hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricePoint {
    /// From when on, in milliseconds.
    pub from_ms: i64,
    /// The same as the wall shows it.
    pub from: String,
    /// The price.
    pub price: Money,
    /// Whether it does not hold yet.
    pub planned: bool,
}

/// What can be typed about a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProductField {
    /// The number of a new product.
    Sku,
    /// Name.
    Name,
    /// Name in German.
    GermanName,
    /// Department.
    Department,
    /// Price.
    Price,
    /// Name of the tax rate.
    Tax,
    /// PLU.
    Plu,
    /// Barcodes, with blanks between.
    Barcodes,
    /// Weight of the packing, in grams.
    Tare,
    /// Age below which it is not sold.
    Age,
    /// Class of the detector.
    Class,
    /// What a pack holds.
    Content,
    /// A planned price, or its time.
    Planned,
}

/// What is asked for on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProductsCommand {
    /// Show these.
    List(Listing),
    /// Show what is known of a product; of none.
    Choose(Option<Sku>),
    /// A new price for a product.
    SetPrice {
        /// Which product.
        sku: Sku,
        /// Its new price.
        price: Money,
    },
    /// Something else of a product, as it was typed.
    Set {
        /// Which product.
        sku: Sku,
        /// What.
        field: ProductField,
        /// The text.
        text: String,
    },
    /// Whether it is on sale.
    SetActive {
        /// Which product.
        sku: Sku,
        /// Whether.
        active: bool,
    },
    /// What the price is for.
    SetUnit {
        /// Which product.
        sku: Sku,
        /// A piece or a kilogram.
        unit: Unit,
    },
    /// A new product.
    Create {
        /// Its number.
        sku: String,
        /// Its name.
        name: String,
        /// Its department.
        department: String,
        /// Its price.
        price: String,
    },
    /// A price from a later time on, as both were typed.
    PlanPrice {
        /// Which product.
        sku: Sku,
        /// The price.
        price: String,
        /// From when on.
        from: String,
    },
    /// Choose a file as the product's picture.
    ChoosePicture(Sku),
    /// Take the picture away.
    RemovePicture(Sku),
    /// Read products from a file, with a preview.
    Import,
    /// Do what the preview shows.
    ApplyImport,
    /// Leave the preview.
    CancelImport,
    /// Write the products that are shown to a file.
    Export,
    /// Shelf labels of the products that are shown, or of one.
    Labels(Option<Sku>),
}

/// What is typed and chosen on the page; lives between passes.
#[derive(Debug, Default)]
pub struct ProductsState {
    search: Option<String>,
    editing: Option<list::Editing>,
    draft: details::Draft,
    new: Option<new::NewProduct>,
    saved: u64,
}

/// Paints the page.
pub fn products_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    mut inner: Rect,
    view: &ProductsView,
    state: &mut ProductsState,
) {
    if state.saved != view.saved {
        state.saved = view.saved;
        state.new = None;
    }
    if let Some(import) = &view.import {
        import::import_ui(ui, cx, inner, import);
        return;
    }
    bar::bar_ui(ui, cx, &mut inner, view, state);
    let foot = take_bottom(&mut inner, 28.0, space::S);
    let keys = cx.words.say(ProductsWord::Keys);
    Text::new(&keys, cx.theme.muted)
        .points(size::SMALL)
        .label(ui, foot);
    if state.new.is_some() {
        let (list, form) = split(inner);
        list::list_ui(ui, cx, list, view, state);
        new::new_ui(ui, cx, form, view, state);
    } else if let Some(details) = &view.details {
        let (list, place) = split(inner);
        list::list_ui(ui, cx, list, view, state);
        details::details_ui(ui, cx, place, (view, details), &mut state.draft);
    } else {
        list::list_ui(ui, cx, inner, view, state);
    }
    let free = ui.memory(|memory| memory.focused().is_none()) && state.editing.is_none();
    if free && ui.is_enabled() && ui.input(|input| input.key_pressed(Key::Escape)) {
        state.new = None;
        if view.details.is_some() {
            send(cx, ProductsCommand::Choose(None));
        }
    }
}

/// The heading of a panel, with a way to close it.
fn panel_head(ui: &Ui, cx: &Cx<'_>, inner: &mut Rect, title: &str) -> bool {
    use crate::ui::widgets::{
        button::{Button, Kind},
        icon::Icon,
        take_right,
    };
    let mut head = take_top(inner, TOUCH, space::M);
    let place = take_right(&mut head, TOUCH, space::M);
    let close = cx.words.say(ProductsWord::CloseDetails);
    Text::new(title, cx.theme.text)
        .points(size::LARGE)
        .bold()
        .or_two_rows()
        .label(ui, head);
    Button::new(&close, Kind::Quiet)
        .icon_only(Icon::Cross)
        .show(ui, cx.theme, place)
}

fn send(cx: &mut Cx<'_>, command: ProductsCommand) {
    cx.office(OfficeCommand::Products(command));
}
