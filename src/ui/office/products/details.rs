//! The details of the chosen product: every field is edited in place and saved when it is left.

use eframe::egui::{Align2, Key, Rect, ScrollArea, Sense, Ui, UiBuilder, Vec2, pos2, vec2};

use super::{DetailsView, ProductField, ProductsCommand, ProductsView, panel_head, plot, send};
use crate::{
    domain::{product::Product, quantity::Unit},
    ui::{
        theme::{CONTROL_RADIUS, TOUCH, size, space},
        widgets::{
            Cx,
            button::{Button, Kind, card, rule},
            field::{FIELD, Field, choice_ui, field_ui, tick_ui},
            keyboard::was_left,
            photo,
            pick::pick_ui,
            take_left, take_right, take_top,
            text::Text,
        },
        words::{PricesWord, ProductsWord, decimal},
    },
};

/// What is typed, for one product.
#[derive(Debug, Default)]
pub(super) struct Draft {
    of: Option<std::sync::Arc<Product>>,
    content: String,
    texts: Vec<(ProductField, String)>,
    height: f32,
    planned: (String, String),
    saved: u64,
}

const TEXTS: [(ProductField, ProductsWord, bool); 9] = [
    (ProductField::Name, ProductsWord::Name, true),
    (ProductField::GermanName, ProductsWord::GermanName, true),
    (ProductField::Price, ProductsWord::Price, false),
    (ProductField::Department, ProductsWord::Department, false),
    (ProductField::Plu, ProductsWord::Plu, false),
    (ProductField::Age, ProductsWord::Age, false),
    (ProductField::Barcodes, ProductsWord::Barcodes, true),
    (ProductField::Tare, ProductsWord::Tare, false),
    (ProductField::Content, ProductsWord::Content, false),
];

/// What a field says.
fn text_of(details: &DetailsView, field: ProductField, lang: crate::ui::words::Lang) -> String {
    let product = &details.product;
    match field {
        ProductField::Sku => product.sku.as_str().to_owned(),
        ProductField::Name => product.name.clone(),
        ProductField::GermanName => product.names.get("de").cloned().unwrap_or_default(),
        ProductField::Department => product.department.clone(),
        ProductField::Price => decimal(product.price, lang, false),
        ProductField::Tax => product.tax.id().to_owned(),
        ProductField::Plu => product
            .plu
            .map_or_else(String::new, |plu| plu.number().to_string()),
        ProductField::Barcodes => {
            let codes: Vec<String> = product.barcodes.iter().map(ToString::to_string).collect();
            codes.join(" ")
        }
        ProductField::Tare => product.tare_grams.to_string(),
        ProductField::Age => product.age_limit.map_or_else(String::new, |age| age.to_string()),
        ProductField::Class => product.class.clone().unwrap_or_default(),
        ProductField::Content => details.content.clone(),
        ProductField::Planned => String::new(),
    }
}

/// Places fields beside and below each other.
struct Flow {
    rect: Rect,
    columns: usize,
    next: usize,
    y: f32,
}

impl Flow {
    fn take(&mut self, span: usize, height: f32) -> Rect {
        let span = span.min(self.columns);
        if self.next + span > self.columns {
            self.end(height);
        }
        let width = (self.rect.width() - space::M * (self.columns - 1) as f32) / self.columns as f32;
        let left = self.rect.min.x + (width + space::M) * self.next as f32;
        let whole = width * span as f32 + space::M * (span - 1) as f32;
        self.next += span;
        Rect::from_min_size(pos2(left, self.y), vec2(whole, height))
    }

    /// Begins the next line.
    fn end(&mut self, height: f32) {
        if self.next > 0 {
            self.next = 0;
            self.y += height + space::M;
        }
    }
}

/// Paints the panel.
pub(super) fn details_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    area: Rect,
    (view, details): (&ProductsView, &DetailsView),
    draft: &mut Draft,
) {
    let is_other = draft.of.as_ref() != Some(&details.product) || draft.content != details.content;
    if is_other {
        draft.of = Some(std::sync::Arc::clone(&details.product));
        draft.content.clone_from(&details.content);
        let lang = cx.words.lang();
        draft.texts = TEXTS
            .iter()
            .map(|(field, ..)| (*field, text_of(details, *field, lang)))
            .collect();
    }
    card(ui, cx.theme, area);
    let mut inner = area.shrink2(vec2(space::XL, space::L));
    let name = details.product.name_in(cx.words.lang().code()).to_owned();
    if panel_head(ui, cx, &mut inner, &name) {
        send(cx, ProductsCommand::Choose(None));
    }
    let mut child = ui.new_child(UiBuilder::new().id_salt("product details").max_rect(inner));
    child.set_clip_rect(inner.intersect(ui.clip_rect()).expand2(vec2(4.0, 0.0)));
    ScrollArea::vertical()
        .id_salt("product fields")
        .auto_shrink([false, false])
        .show(&mut child, |ui| {
            let (all, _) = ui.allocate_exact_size(vec2(inner.width(), draft.height), Sense::hover());
            let columns = if inner.width() > 760.0 { 4 } else { 2 };
            let mut flow = Flow {
                rect: all,
                columns,
                next: 0,
                y: all.min.y,
            };
            fields_ui(ui, cx, &mut flow, (view, details), draft);
            plan_ui(ui, cx, &mut flow, (view, details), draft);
            history_ui(ui, cx, &mut flow, details);
            draft.height = flow.y - all.min.y;
        });
}

fn fields_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    flow: &mut Flow,
    (view, details): (&ProductsView, &DetailsView),
    draft: &mut Draft,
) {
    picture_ui(ui, cx, flow.take(2, 152.0), (view, details));
    if flow.columns == 2 {
        flow.end(152.0);
    }
    switches_ui(ui, cx, flow.take(2, 152.0), (view, details));
    flow.end(152.0);
    let sku = &details.product.sku;
    for (at, (field, word, whole)) in TEXTS.into_iter().enumerate() {
        let Some((_, text)) = draft.texts.get_mut(at) else {
            continue;
        };
        let label = cx.words.say(word);
        let enabled = if field == ProductField::Price {
            view.may_price
        } else {
            view.may_edit
        };
        let refused = view.refused.as_ref().filter(|(refused, _)| *refused == field);
        let salt = format!("product {word:?}");
        let shown = Field::new(&salt, &label)
            .enabled(enabled)
            .problem(refused.map(|(_, sentence)| sentence.as_str()));
        let shown = if field == ProductField::Price {
            shown.amount()
        } else {
            shown
        };
        let place = flow.take(if whole { 2 } else { 1 }, FIELD);
        let response = field_ui(ui, cx, place, shown, text);
        if !was_left(ui, &response) {
            continue;
        }
        let was = text_of(details, field, cx.words.lang());
        if ui.input(|input| input.key_pressed(Key::Escape)) {
            *text = was;
        } else if *text != was {
            let (sku, text) = (sku.clone(), text.clone());
            send(cx, ProductsCommand::Set { sku, field, text });
        }
    }
    picks_ui(ui, cx, flow, (view, details));
    flow.end(FIELD);
}

fn picks_ui(ui: &Ui, cx: &mut Cx<'_>, flow: &mut Flow, (view, details): (&ProductsView, &DetailsView)) {
    let product = &details.product;
    let label = cx.words.say(ProductsWord::Tax);
    let chosen = view.taxes.iter().position(|id| id == product.tax.id());
    let place = flow.take(1, FIELD);
    let taxes = (view.taxes.as_slice(), chosen.unwrap_or(0));
    if let Some(picked) = pick_ui(ui, cx, place, ("product tax", &label), taxes)
        && let Some(text) = view.taxes.get(picked).filter(|_| view.may_edit)
    {
        let (sku, field) = (product.sku.clone(), ProductField::Tax);
        let text = text.clone();
        send(cx, ProductsCommand::Set { sku, field, text });
    }
    let label = cx.words.say(ProductsWord::Class);
    let mut classes = vec![cx.words.say(ProductsWord::NoClass)];
    classes.extend(details.classes.iter().cloned());
    let own = product.class.as_ref();
    let chosen = own
        .and_then(|own| details.classes.iter().position(|class| class == own))
        .map_or(0, |at| at + 1);
    let place = flow.take(1, FIELD);
    if let Some(picked) = pick_ui(ui, cx, place, ("product class", &label), (&classes, chosen))
        && view.may_edit
        && picked != chosen
    {
        let text = match picked {
            0 => String::new(),
            _ => classes.get(picked).cloned().unwrap_or_default(),
        };
        let (sku, field) = (product.sku.clone(), ProductField::Class);
        send(cx, ProductsCommand::Set { sku, field, text });
    }
}

fn picture_ui(ui: &Ui, cx: &mut Cx<'_>, mut place: Rect, (view, details): (&ProductsView, &DetailsView)) {
    let square = take_left(&mut place, 152.0, space::M);
    match &details.picture {
        Some(picture) => {
            let named = (Some(picture), "");
            photo::paint_photo(ui, cx.theme, cx.textures, square, named);
        }
        None => {
            ui.painter().rect_filled(square, CONTROL_RADIUS, cx.theme.control);
            let words = cx.words.say(ProductsWord::NoPicture);
            Text::new(&words, cx.theme.muted)
                .points(size::SMALL)
                .rows(2)
                .align(Align2::CENTER_CENTER)
                .label(ui, square.shrink(space::S));
        }
    }
    let sku = &details.product.sku;
    let choose = cx.words.say(ProductsWord::ChoosePicture);
    let cell = take_top(&mut place, TOUCH, space::S);
    if Button::new(&choose, Kind::Quiet)
        .enabled(view.may_edit)
        .show(ui, cx.theme, cell)
    {
        send(cx, ProductsCommand::ChoosePicture(sku.clone()));
    }
    let remove = cx.words.say(ProductsWord::RemovePicture);
    let cell = take_top(&mut place, TOUCH, 0.0);
    if details.has_own_picture && view.may_edit && Button::new(&remove, Kind::Stop).show(ui, cx.theme, cell) {
        send(cx, ProductsCommand::RemovePicture(sku.clone()));
    }
}

fn switches_ui(ui: &Ui, cx: &mut Cx<'_>, mut place: Rect, (view, details): (&ProductsView, &DetailsView)) {
    let product = &details.product;
    let label = cx.words.say(ProductsWord::OnSale);
    let cell = take_top(&mut place, 44.0, space::S);
    if tick_ui(ui, cx, cell, (&label, product.active), view.may_edit) {
        let (sku, active) = (product.sku.clone(), !product.active);
        send(cx, ProductsCommand::SetActive { sku, active });
    }
    let units = [ProductsWord::UnitEach, ProductsWord::UnitKg].map(|word| cx.words.say(word));
    let labels: Vec<&str> = units.iter().map(String::as_str).collect();
    let now = usize::from(product.unit == Unit::Kilogram);
    let mut cell = take_top(&mut place, TOUCH, space::S);
    let labels_word = cx.words.say(ProductsWord::Label);
    let width = cell.width() * 0.42;
    let right = take_right(&mut cell, width, space::S);
    let chosen = choice_ui(ui, cx, cell, &labels, now);
    if let Some(unit) = chosen.filter(|chosen| *chosen != now && view.may_edit) {
        let unit = if unit == 0 { Unit::Each } else { Unit::Kilogram };
        let sku = product.sku.clone();
        send(cx, ProductsCommand::SetUnit { sku, unit });
    }
    if Button::new(&labels_word, Kind::Quiet).show(ui, cx.theme, right) {
        send(cx, ProductsCommand::Labels(Some(product.sku.clone())));
    }
    let code = format!("SKU {}", product.sku);
    Text::new(&code, cx.theme.muted)
        .points(size::SMALL)
        .label(ui, take_top(&mut place, 28.0, 0.0));
}

/// A price from a later time on.
fn plan_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    flow: &mut Flow,
    (view, details): (&ProductsView, &DetailsView),
    draft: &mut Draft,
) {
    if draft.saved != view.saved {
        draft.saved = view.saved;
        draft.planned = (String::new(), String::new());
    }
    if !view.may_price {
        return;
    }
    let (price, from) = (&mut draft.planned.0, &mut draft.planned.1);
    let refused = view.refused.as_ref();
    let refused = refused.filter(|(field, _)| *field == ProductField::Planned);
    let label = cx.words.say(ProductsWord::PlanFrom);
    let example = cx.words.say(PricesWord::FromExample);
    let field = Field::new("planned from", &label).hint(&example);
    let field = field.problem(refused.map(|(_, sentence)| sentence.as_str()));
    field_ui(ui, cx, flow.take(1, FIELD), field, from);
    let label = cx.words.say(ProductsWord::PlanPrice);
    let mut place = flow.take(1, FIELD);
    let button = take_right(&mut place, 100.0, space::S);
    let button = Rect::from_min_max(pos2(button.min.x, button.max.y - TOUCH), button.max);
    field_ui(ui, cx, place, Field::new("planned price", &label).amount(), price);
    let label = cx.words.say(ProductsWord::Plan);
    let ready = !price.trim().is_empty() && !from.trim().is_empty();
    if Button::new(&label, Kind::Second)
        .enabled(ready)
        .show(ui, cx.theme, button)
    {
        let command = ProductsCommand::PlanPrice {
            sku: details.product.sku.clone(),
            price: price.clone(),
            from: from.clone(),
        };
        send(cx, command);
    }
    flow.end(FIELD);
}

/// The prices as a plot and as a list, newest first; planned ones are marked.
fn history_ui(ui: &mut Ui, cx: &Cx<'_>, flow: &mut Flow, details: &DetailsView) {
    let title = cx.words.say(ProductsWord::History);
    let place = flow.take(flow.columns, 36.0);
    Text::new(&title, cx.theme.text).bold().label(ui, place);
    flow.end(36.0 - space::M);
    if details.history.len() > 1 {
        plot::plot_ui(ui, cx, flow.take(flow.columns, 220.0), &details.history);
        flow.end(220.0);
    }
    for point in details.history.iter().rev() {
        let mut line = flow.take(flow.columns, 40.0);
        let amount = cx.words.money(point.price);
        let price = take_right(&mut line, 140.0, space::M);
        Text::new(&amount, cx.theme.text)
            .bold()
            .align(Align2::RIGHT_CENTER)
            .label(ui, price);
        let (words, ink) = if point.planned {
            (
                cx.words.with(ProductsWord::PlannedFrom, &[("time", &point.from)]),
                cx.theme.text,
            )
        } else {
            (
                cx.words.with(ProductsWord::HeldFrom, &[("time", &point.from)]),
                cx.theme.muted,
            )
        };
        Text::new(&words, ink).label(ui, line);
        rule(ui, cx.theme, line.expand2(Vec2::ZERO), line.max.y);
        flow.end(40.0 - space::M);
    }
    flow.y += space::L;
}
