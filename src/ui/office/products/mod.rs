//! The page of products: find one, change its price, see that it is saved.
//!
//! Keyboard first: `/` searches, the arrow keys move, Enter edits and saves, Escape leaves a price.

use eframe::egui::{
    Align2, CornerRadius, Key, Rect, ScrollArea, Sense, Stroke, StrokeKind, TextEdit, Ui, UiBuilder, Vec2,
    pos2, vec2,
};

use crate::{
    domain::{codes::Sku, money::Money},
    ui::{
        command::Command,
        office::OfficeCommand,
        theme::{CONTROL_RADIUS, TOUCH, bold, regular, size, space},
        widgets::{
            Cx,
            button::{card, focus_ring, press_area, rule},
            id, take_bottom, take_right, take_top,
            text::Text,
        },
        words::{ProductsWord, decimal, parse_money},
    },
};

const ROW: f32 = 56.0;

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct ProductsView {
    /// All products, in the order to show.
    pub products: Vec<ProductRow>,
}

/// One row of the product table.
#[derive(Debug, Clone)]
pub struct ProductRow {
    /// Which product.
    pub sku: Sku,
    /// Its name.
    pub name: String,
    /// Department.
    pub department: String,
    /// PLU, or the first barcode.
    pub number: String,
    /// Whether it is sold by weight.
    pub by_weight: bool,
    /// Price of one, or of a kilogram.
    pub price: Money,
    /// Whether it is sold at present.
    pub active: bool,
}

/// What is asked for on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProductsCommand {
    /// A new price for a product.
    SetPrice {
        /// Which product.
        sku: Sku,
        /// Its new price.
        price: Money,
    },
}

/// What is typed and chosen on the page; lives between passes.
#[derive(Debug, Default)]
pub struct ProductsState {
    filter: String,
    chosen: usize,
    editing: Option<Editing>,
}

#[derive(Debug)]
struct Editing {
    sku: Sku,
    text: String,
    bad: bool,
    fresh: bool,
}

/// Paints the page.
pub fn products_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    mut inner: Rect,
    view: &ProductsView,
    state: &mut ProductsState,
) {
    let rows = shown(view, &state.filter);
    search_ui(ui, cx, take_top(&mut inner, TOUCH, space::M), (state, rows.len()));
    let foot = take_bottom(&mut inner, 28.0, space::M);
    let keys = cx.words.say(ProductsWord::Keys);
    Text::new(&keys, cx.theme.muted)
        .points(size::SMALL)
        .label(ui, foot);
    keys_ui(ui, state, &rows);
    table_ui(ui, cx, inner, (view, &rows), state);
}

/// The rows that fit the search.
fn shown<'a>(view: &'a ProductsView, filter: &str) -> Vec<&'a ProductRow> {
    let wanted = filter.trim().to_lowercase();
    let fits = |row: &&ProductRow| {
        wanted.is_empty()
            || [
                row.name.as_str(),
                row.department.as_str(),
                row.number.as_str(),
                row.sku.as_str(),
            ]
            .iter()
            .any(|field| field.to_lowercase().contains(&wanted))
    };
    view.products.iter().filter(fits).collect()
}

fn search_ui(ui: &mut Ui, cx: &Cx<'_>, mut place: Rect, (state, count): (&mut ProductsState, usize)) {
    let words = cx.words.count(ProductsWord::Count, count);
    let note = take_right(&mut place, 180.0, space::L);
    Text::new(&words, cx.theme.muted)
        .align(Align2::RIGHT_CENTER)
        .label(ui, note);
    let name = cx.words.say(ProductsWord::Search);
    let field_id = id("office search");
    let edit = TextEdit::singleline(&mut state.filter)
        .id(field_id)
        .hint_text(name.as_str())
        .font(regular(size::BODY))
        .text_color(cx.theme.text)
        .align(Align2::LEFT_CENTER)
        .margin(eframe::egui::Margin::symmetric(16, 8))
        .min_size(vec2(place.width(), place.height()))
        .desired_width(place.width());
    let response = ui.put(place, edit).accessible_name(name);
    let elsewhere = ui.memory(|memory| memory.focused().is_none());
    let slash = ui.input(|input| input.key_pressed(Key::Slash));
    if slash && elsewhere {
        response.request_focus();
        // The stroke that opens the search is not part of it.
        if state.filter.ends_with('/') {
            state.filter.pop();
        }
    }
    if response.changed() {
        state.chosen = 0;
    }
}

/// Arrow keys move, Enter edits.
fn keys_ui(ui: &Ui, state: &mut ProductsState, rows: &[&ProductRow]) {
    if state.editing.is_some() || rows.is_empty() {
        return;
    }
    let (up, down, enter) = ui.input(|input| {
        (
            input.key_pressed(Key::ArrowUp),
            input.key_pressed(Key::ArrowDown),
            input.key_pressed(Key::Enter),
        )
    });
    if down {
        state.chosen = (state.chosen + 1).min(rows.len() - 1);
    }
    if up {
        state.chosen = state.chosen.saturating_sub(1);
    }
    let on_button = ui.memory(|memory| {
        memory
            .focused()
            .is_some_and(|focused| focused != id("office search"))
    });
    if let Some(row) = rows.get(state.chosen).filter(|_| enter && !on_button) {
        state.editing = Some(Editing {
            sku: row.sku.clone(),
            text: String::new(),
            bad: false,
            fresh: true,
        });
    }
}

/// Left edges of the columns as parts of the width; the price is on the right.
fn columns(rect: Rect) -> [Rect; 5] {
    let narrow = rect.width() < 1200.0;
    let mut rest = rect.shrink2(vec2(space::L, 0.0));
    let price = take_right(&mut rest, if narrow { 148.0 } else { 220.0 }, space::L);
    let unit = take_right(&mut rest, if narrow { 88.0 } else { 110.0 }, space::L);
    let department = take_right(&mut rest, if narrow { 190.0 } else { 260.0 }, space::L);
    let number = take_right(&mut rest, 180.0, space::L);
    [rest, number, department, unit, price]
}

fn table_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    mut area: Rect,
    (view, rows): (&ProductsView, &[&ProductRow]),
    state: &mut ProductsState,
) {
    card(ui, cx.theme, area);
    let head = take_top(&mut area, 44.0, 0.0);
    let titles = [
        ProductsWord::Name,
        ProductsWord::Number,
        ProductsWord::Department,
        ProductsWord::Unit,
        ProductsWord::Price,
    ];
    for (place, word) in columns(head).into_iter().zip(titles) {
        let label = cx.words.say(word);
        let align = if word == ProductsWord::Price {
            Align2::RIGHT_CENTER
        } else {
            Align2::LEFT_CENTER
        };
        Text::new(&label, cx.theme.muted)
            .points(size::SMALL)
            .bold()
            .align(align)
            .label(ui, place);
    }
    rule(ui, cx.theme, head, head.max.y);
    if rows.is_empty() {
        let words = if view.products.is_empty() {
            cx.words.say(ProductsWord::Empty)
        } else {
            cx.words
                .with(ProductsWord::None, &[("text", state.filter.trim())])
        };
        let place = take_top(&mut area.shrink(space::XXL), 80.0, 0.0);
        Text::new(&words, cx.theme.text)
            .rows(2)
            .align(Align2::CENTER_CENTER)
            .label(ui, place);
        return;
    }
    let area = area.shrink2(Vec2::splat(1.0));
    let mut child = ui.new_child(UiBuilder::new().id_salt("office table").max_rect(area));
    child.set_clip_rect(area.intersect(ui.clip_rect()));
    ScrollArea::vertical()
        .id_salt("office rows")
        .auto_shrink([false, false])
        .show(&mut child, |ui| {
            let (all, _) =
                ui.allocate_exact_size(vec2(area.width(), ROW * rows.len() as f32), Sense::hover());
            for (index, row) in rows.iter().enumerate() {
                let top = all.min.y + ROW * index as f32;
                let place = Rect::from_min_max(pos2(all.min.x, top), pos2(all.max.x, top + ROW));
                if index == state.chosen
                    && ui.input(|i| i.key_pressed(Key::ArrowDown) || i.key_pressed(Key::ArrowUp))
                {
                    ui.scroll_to_rect(place, None);
                }
                if place.intersects(ui.clip_rect()) {
                    row_ui(ui, cx, (place, index), row, state);
                }
            }
        });
}

fn row_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    (place, index): (Rect, usize),
    product: &ProductRow,
    state: &mut ProductsState,
) {
    let theme = cx.theme;
    if index == state.chosen {
        ui.painter()
            .rect_filled(place, CornerRadius::ZERO, theme.accent_soft);
    }
    rule(ui, theme, place, place.max.y);
    let [name, number, department, unit, price] = columns(place);
    let ink = if product.active { theme.text } else { theme.muted };
    let shown_name = if product.active {
        product.name.clone()
    } else {
        format!("{} ({})", product.name, cx.words.say(ProductsWord::NotSold))
    };
    Text::new(&shown_name, ink).label(ui, name);
    Text::new(&product.number, theme.muted).paint(ui, number);
    Text::new(&product.department, theme.muted).paint(ui, department);
    let word = if product.by_weight {
        ProductsWord::UnitKg
    } else {
        ProductsWord::UnitEach
    };
    let words = cx.words.say(word);
    Text::new(&words, theme.muted).paint(ui, unit);
    let cell = price.shrink2(vec2(0.0, 4.0));
    if state
        .editing
        .as_ref()
        .is_some_and(|editing| editing.sku == product.sku)
    {
        edit_ui(ui, cx, cell, product, state);
        return;
    }
    let label = cx.words.with(ProductsWord::PriceOf, &[("name", &product.name)]);
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
    let amount = cx.words.money(product.price);
    let inner = cell.shrink2(vec2(space::M, 0.0));
    Text::new(&amount, theme.text)
        .bold()
        .align(Align2::RIGHT_CENTER)
        .paint(ui, inner);
    focus_ring(ui, theme, cell, CONTROL_RADIUS, &response);
    if response.clicked() {
        state.chosen = index;
        state.editing = Some(Editing {
            sku: product.sku.clone(),
            text: String::new(),
            bad: false,
            fresh: true,
        });
    }
}

/// The price as a field; Enter or leaving it saves, Escape leaves the price as it was.
fn edit_ui(ui: &mut Ui, cx: &mut Cx<'_>, cell: Rect, product: &ProductRow, state: &mut ProductsState) {
    let Some(editing) = &mut state.editing else {
        return;
    };
    let lang = cx.words.lang();
    let label = cx.words.with(ProductsWord::PriceOf, &[("name", &product.name)]);
    if editing.fresh {
        editing.text = decimal(product.price, lang, false);
    }
    let edit = TextEdit::singleline(&mut editing.text)
        .id(id(("price", product.sku.as_str())))
        .font(bold(size::BODY))
        .text_color(cx.theme.text)
        .align(Align2::RIGHT_CENTER)
        .margin(eframe::egui::Margin::symmetric(12, 4))
        .min_size(cell.size())
        .desired_width(cell.width());
    let response = ui.put(cell, edit).accessible_name(label);
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
        return;
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
    if !response.lost_focus() {
        return;
    }
    if ui.input(|input| input.key_pressed(Key::Escape)) {
        state.editing = None;
        return;
    }
    match parse_money(&editing.text, product.price.currency(), lang) {
        Some(price) => {
            if price != product.price {
                cx.out.push(Command::Office(OfficeCommand::Products(
                    ProductsCommand::SetPrice {
                        sku: product.sku.clone(),
                        price,
                    },
                )));
            }
            state.editing = None;
        }
        None => {
            editing.bad = true;
            response.request_focus();
        }
    }
}
