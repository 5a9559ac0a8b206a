//! The table of products, with prices and names that are edited in place.

use eframe::egui::{Align2, Key, Rect, Stroke, StrokeKind, Ui, Vec2, pos2};

use super::{ProductField, ProductsCommand, ProductsState, ProductsView, send};
use crate::{
    domain::{
        codes::Sku,
        product::Product,
        product_list::{Direction, SortBy},
        quantity::Unit,
    },
    ui::{
        theme::{CONTROL_RADIUS, TOUCH, size, space},
        widgets::{
            Cx,
            button::{focus_ring, press_area},
            field::{Field, field_ui},
            photo::paint_photo,
            table::{Column, RowPlace, Table, TableEvent, Width, table_ui},
            take_top,
            text::Text,
        },
        words::{ProductsWord, decimal, parse_money},
    },
};

/// The side of a picture in the table.
const THUMB: f32 = 44.0;

/// What a column shows of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Picture,
    Name,
    /// The look-up number, or the first barcode where there is none.
    Number,
    Plu,
    Barcode,
    Department,
    Tax,
    Age,
    Unit,
    Price,
}

impl Shown {
    /// The columns that a table of this width has room for.
    fn all_in(width: f32) -> &'static [Self] {
        if width < 1_300.0 {
            return &[
                Self::Picture,
                Self::Name,
                Self::Number,
                Self::Department,
                Self::Unit,
                Self::Price,
            ];
        }
        &[
            Self::Picture,
            Self::Name,
            Self::Plu,
            Self::Barcode,
            Self::Department,
            Self::Tax,
            Self::Age,
            Self::Unit,
            Self::Price,
        ]
    }

    /// What stands above it; nothing above pictures.
    fn word(self) -> Option<ProductsWord> {
        let word = match self {
            Self::Picture => return None,
            Self::Name => ProductsWord::Name,
            Self::Number => ProductsWord::Number,
            Self::Plu => ProductsWord::Plu,
            Self::Barcode => ProductsWord::Barcode,
            Self::Department => ProductsWord::Department,
            Self::Tax => ProductsWord::Tax,
            Self::Age => ProductsWord::Age,
            Self::Unit => ProductsWord::Unit,
            Self::Price => ProductsWord::Price,
        };
        Some(word)
    }

    fn column(self, title: &str) -> Column<'_> {
        match self {
            Self::Picture => Column::text(title, Width::Fixed(THUMB)),
            Self::Name => Column::text(title, Width::Share(1.0)),
            Self::Number => Column::text(title, Width::Fixed(168.0)),
            Self::Plu => Column::text(title, Width::Fixed(112.0)),
            Self::Barcode => Column::text(title, Width::Fixed(176.0)),
            Self::Department => Column::text(title, Width::Fixed(230.0)),
            Self::Tax => Column::text(title, Width::Fixed(120.0)),
            Self::Age => Column::text(title, Width::Fixed(128.0)),
            Self::Unit => Column::text(title, Width::Fixed(104.0)),
            Self::Price => Column::number(title, 150.0),
        }
    }

    /// What its head sorts by.
    fn sorts_by(self) -> Option<SortBy> {
        match self {
            Self::Name => Some(SortBy::Name),
            Self::Number | Self::Plu => Some(SortBy::Plu),
            Self::Department => Some(SortBy::Department),
            Self::Price => Some(SortBy::Price),
            Self::Picture | Self::Barcode | Self::Tax | Self::Age | Self::Unit => None,
        }
    }
}

/// What is edited in place.
#[derive(Debug)]
pub(super) struct Editing {
    sku: Sku,
    is_name: bool,
    text: String,
    bad: bool,
    fresh: bool,
}

impl Editing {
    fn begin(product: &Product, is_name: bool, lang: crate::ui::words::Lang) -> Self {
        Self {
            sku: product.sku.clone(),
            is_name,
            text: if is_name {
                product.name_in(lang.code()).to_owned()
            } else {
                decimal(product.price, lang, false)
            },
            bad: false,
            fresh: true,
        }
    }
}

/// The number that stands for a product: its PLU, or its first barcode.
pub(super) fn number(product: &Product) -> String {
    product.plu.map_or_else(
        || {
            let first = product.barcodes.first();
            first.map(ToString::to_string).unwrap_or_default()
        },
        |plu| plu.number().to_string(),
    )
}

/// Paints the table.
pub(super) fn list_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    area: Rect,
    view: &ProductsView,
    state: &mut ProductsState,
) {
    let shown = Shown::all_in(area.width());
    let titles: Vec<String> = shown
        .iter()
        .map(|shown| shown.word().map_or_else(String::new, |word| cx.words.say(word)))
        .collect();
    let columns: Vec<Column<'_>> = shown
        .iter()
        .zip(&titles)
        .map(|(shown, title)| shown.column(title))
        .collect();
    let by = shown
        .iter()
        .position(|shown| shown.sorts_by() == Some(view.listing.by));
    let chosen = view.details.as_ref().and_then(|details| {
        let sku = &details.product.sku;
        view.rows.iter().position(|product| product.sku == *sku)
    });
    let table = Table {
        salt: "products",
        columns: &columns,
        rows: view.rows.len(),
        row_height: TOUCH,
        chosen,
        sorted: Some((
            by.unwrap_or(usize::MAX),
            view.listing.direction == Direction::Descending,
        )),
        keys: state.editing.is_none(),
    };
    let labels = label_of(view, cx.words.lang());
    let event = table_ui(ui, cx, area, &table, labels, |ui, cx, place| {
        row_ui(ui, cx, place, (view, shown), state);
    });
    if view.rows.is_empty() {
        empty_ui(ui, cx, area, view);
    }
    happened(ui, cx, event, (view, chosen, shown), state);
}

fn label_of(view: &ProductsView, lang: crate::ui::words::Lang) -> impl Fn(usize) -> String + '_ {
    move |index| {
        let product = view.rows.get(index);
        product.map_or_else(String::new, |product| product.name_in(lang.code()).to_owned())
    }
}

fn happened(
    ui: &Ui,
    cx: &mut Cx<'_>,
    event: Option<TableEvent>,
    (view, chosen, shown): (&ProductsView, Option<usize>, &[Shown]),
    state: &mut ProductsState,
) {
    let lang = cx.words.lang();
    match event {
        Some(TableEvent::Choose(index)) => {
            if let Some(product) = view.rows.get(index) {
                state.new = None;
                send(cx, ProductsCommand::Choose(Some(product.sku.clone())));
            }
        }
        Some(TableEvent::Open(index)) => {
            if let Some(product) = view.rows.get(index).filter(|_| view.may_price) {
                state.editing = Some(Editing::begin(product, false, lang));
            }
        }
        Some(TableEvent::Sort(column)) => {
            let Some(by) = shown.get(column).and_then(|shown| shown.sorts_by()) else {
                return;
            };
            let mut listing = view.listing.clone();
            listing.direction = if listing.by == by && listing.direction == Direction::Ascending {
                Direction::Descending
            } else {
                Direction::Ascending
            };
            listing.by = by;
            send(cx, ProductsCommand::List(listing));
        }
        None => {}
    }
    let renames = ui.is_enabled() && ui.input(|input| input.key_pressed(Key::F2)) && view.may_edit;
    if let (true, None, Some(product)) = (
        renames,
        &state.editing,
        chosen.and_then(|index| view.rows.get(index)),
    ) {
        state.editing = Some(Editing::begin(product, true, lang));
    }
}

fn empty_ui(ui: &Ui, cx: &Cx<'_>, area: Rect, view: &ProductsView) {
    let words = if view.total == 0 {
        cx.words.say(ProductsWord::Empty)
    } else {
        let text = view.listing.filter.text.trim();
        cx.words.with(ProductsWord::None, &[("text", text)])
    };
    let mut inner = area.shrink(space::XXL);
    inner.min.y += TOUCH;
    Text::new(&words, cx.theme.text)
        .rows(3)
        .align(Align2::CENTER_CENTER)
        .label(ui, take_top(&mut inner, 96.0, 0.0));
}

fn row_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    place: RowPlace<'_>,
    (view, shown): (&ProductsView, &[Shown]),
    state: &mut ProductsState,
) {
    let Some(product) = view.rows.get(place.index) else {
        return;
    };
    for (shown, cell) in shown.iter().zip(place.cells) {
        cell_ui(ui, cx, *cell, (*shown, view, product), state);
    }
}

fn cell_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    cell: Rect,
    (shown, view, product): (Shown, &ProductsView, &Product),
    state: &mut ProductsState,
) {
    let theme = cx.theme;
    let editing = state
        .editing
        .as_ref()
        .filter(|editing| editing.sku == product.sku);
    let is_name = editing.map(|editing| editing.is_name);
    let quiet = match shown {
        Shown::Picture => {
            if let Some(photo) = view.pictures.of(product) {
                let place = Rect::from_center_size(cell.center(), Vec2::splat(THUMB));
                paint_photo(ui, theme, cx.textures, place, (Some(photo), ""));
            }
            return;
        }
        Shown::Name => {
            let inner = cell.shrink2(eframe::egui::vec2(0.0, 4.0));
            if is_name == Some(true) {
                edit_ui(ui, cx, inner, product, state);
            } else {
                name_ui(ui, cx, cell, product);
            }
            return;
        }
        Shown::Price => {
            let inner = cell.shrink2(eframe::egui::vec2(0.0, 4.0));
            if is_name == Some(false) {
                edit_ui(ui, cx, inner, product, state);
            } else {
                price_ui(ui, cx, inner, (view, product), state);
            }
            return;
        }
        Shown::Number => number(product),
        Shown::Plu => product
            .plu
            .map(|plu| plu.number().to_string())
            .unwrap_or_default(),
        Shown::Barcode => product
            .barcodes
            .first()
            .map(ToString::to_string)
            .unwrap_or_default(),
        Shown::Department => product.department.clone(),
        Shown::Tax => product.tax.id().to_owned(),
        Shown::Age => product.age_limit.map(|age| age.to_string()).unwrap_or_default(),
        Shown::Unit => cx.words.say(match product.unit {
            Unit::Kilogram => ProductsWord::UnitKg,
            Unit::Each => ProductsWord::UnitEach,
        }),
    };
    Text::new(&quiet, theme.muted)
        .align(shown.column("").align())
        .paint(ui, cell);
}

fn name_ui(ui: &Ui, cx: &Cx<'_>, cell: Rect, product: &Product) {
    let own = product.name_in(cx.words.lang().code());
    if product.active {
        Text::new(own, cx.theme.text).paint(ui, cell);
    } else {
        let shown = format!("{own} ({})", cx.words.say(ProductsWord::NotSold));
        Text::new(&shown, cx.theme.muted).paint(ui, cell);
    }
}

fn price_ui(
    ui: &Ui,
    cx: &Cx<'_>,
    cell: Rect,
    (view, product): (&ProductsView, &Product),
    state: &mut ProductsState,
) {
    let theme = cx.theme;
    let amount = cx.words.money(product.price);
    let ink = if product.active { theme.text } else { theme.muted };
    let text = Text::new(&amount, ink).bold().align(Align2::RIGHT_CENTER);
    if !view.may_price {
        text.paint(ui, cell);
        return;
    }
    let name = product.name_in(cx.words.lang().code());
    let label = cx.words.with(ProductsWord::PriceOf, &[("name", name)]);
    let response = press_area(ui, cell, (product.sku.as_str(), &label), true);
    let stroke = Stroke::new(
        1.0,
        if response.hovered() {
            theme.outline
        } else {
            theme.line
        },
    );
    ui.painter()
        .rect(cell, CONTROL_RADIUS, theme.card, stroke, StrokeKind::Inside);
    text.paint(ui, cell.shrink2(eframe::egui::vec2(space::M, 0.0)));
    focus_ring(ui, theme, cell, CONTROL_RADIUS, &response);
    if response.clicked() {
        state.editing = Some(Editing::begin(product, false, cx.words.lang()));
    }
}

/// The field in the cell; Enter or leaving it saves, Escape leaves what was there.
fn edit_ui(ui: &mut Ui, cx: &mut Cx<'_>, cell: Rect, product: &Product, state: &mut ProductsState) {
    let Some(editing) = &mut state.editing else {
        return;
    };
    let lang = cx.words.lang();
    let own = product.name_in(lang.code());
    let word = if editing.is_name {
        ProductsWord::NameOf
    } else {
        ProductsWord::PriceOf
    };
    let label = cx.words.with(word, &[("name", own)]);
    let field = Field::new("products cell", &label).bare();
    let field = if editing.is_name { field } else { field.amount() };
    let response = field_ui(ui, cx, cell, field, &mut editing.text);
    let color = if editing.bad {
        cx.theme.stop
    } else {
        cx.theme.accent
    };
    ui.painter()
        .rect_stroke(cell, CONTROL_RADIUS, Stroke::new(3.0, color), StrokeKind::Inside);
    if editing.fresh {
        editing.fresh = false;
        response.request_focus();
    }
    if editing.bad {
        let example = decimal(product.price, lang, false);
        let words = cx.words.with(ProductsWord::PriceBad, &[("example", &example)]);
        let text = Text::new(&words, cx.theme.on_look).points(size::SMALL);
        let place = Rect::from_min_max(
            pos2(cell.min.x - text.width(ui) - 40.0, cell.min.y),
            pos2(cell.min.x - 12.0, cell.max.y),
        );
        ui.painter().rect_filled(place, CONTROL_RADIUS, cx.theme.look);
        text.align(Align2::CENTER_CENTER).label(ui, place);
    }
    // The field is there only as long as it has the keyboard: it can neither stay behind nor save twice.
    if response.has_focus() {
        return;
    }
    if ui.input(|input| input.key_pressed(Key::Escape)) {
        state.editing = None;
        return;
    }
    let sku = product.sku.clone();
    if editing.is_name {
        let text = editing.text.trim().to_owned();
        if !text.is_empty() && text != own {
            let field = name_field(product, lang);
            send(cx, ProductsCommand::Set { sku, field, text });
        }
        state.editing = None;
        return;
    }
    match parse_money(&editing.text, product.price.currency(), lang) {
        Some(price) => {
            if price != product.price {
                send(cx, ProductsCommand::SetPrice { sku, price });
            }
            state.editing = None;
        }
        None => {
            editing.bad = true;
            response.request_focus();
        }
    }
}

/// Which name shows in a language: its own, or the usual one where it has none.
fn name_field(product: &Product, lang: crate::ui::words::Lang) -> ProductField {
    match lang {
        crate::ui::words::Lang::German if product.names.contains_key("de") => ProductField::GermanName,
        crate::ui::words::Lang::German | crate::ui::words::Lang::English => ProductField::Name,
    }
}
