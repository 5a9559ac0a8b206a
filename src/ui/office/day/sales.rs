//! The list of sales with its filter, and the table that is exported from it.

use eframe::egui::{Align2, Key, Rect, Ui};

use crate::{
    domain::{money::Money, sale::PaymentMethod},
    ui::{
        theme::{TOUCH, space},
        widgets::{
            Cx,
            button::{Button, Kind},
            field::{FIELD, Field, field_ui},
            form::{Picks, cells, named_choice_ui, pick_one_ui, pick_ui},
            keyboard::was_left,
            table::{Column, HEAD, RowPlace, Table, TableEvent, Width, table_ui},
            take_bottom, take_left, take_right, take_top,
            text::Text,
        },
        words::{DayWord, decimal, parse_money},
    },
};

use super::{
    DayCommand, DayState, day_text, parse_day,
    receipt::receipt_ui,
    send,
    view::{DayView, SaleKind, SaleRowView, SalesView, SalesWanted},
};

const ROW: f32 = 56.0;
/// Below this width the filter takes more rows, and the receipt lies below the list.
const NARROW: f32 = 1300.0;
/// Width of the receipt beside the list.
const PANE: f32 = 480.0;

/// What is typed into the filter.
#[derive(Debug, Default)]
pub(super) struct SalesState {
    texts: Texts,
    /// The filter that the texts were made from; another one brings new texts.
    of: Option<SalesWanted>,
    bad: Option<Typed>,
    export_open: bool,
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Texts {
    search: String,
    from: String,
    to: String,
    least: String,
    most: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Typed {
    Search,
    From,
    To,
    Least,
    Most,
}

/// Paints the page.
pub(super) fn sales_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, view: &DayView, state: &mut DayState) {
    let sales = &view.sales;
    if state.sales.of.as_ref() != Some(&sales.wanted) {
        state.sales.of = Some(sales.wanted.clone());
        state.sales.texts = texts_of(cx, &sales.wanted);
        state.sales.bad = None;
    }
    let mut area = area;
    let narrow = area.width() < NARROW;
    filter_ui(ui, cx, &mut area, (sales, narrow), &mut state.sales);
    if let Some(pane) = &sales.open {
        let place = if narrow {
            let height = area.height() * 0.6;
            take_bottom(&mut area, height, space::L)
        } else {
            take_right(&mut area, PANE, space::L)
        };
        receipt_ui(ui, cx, place, (view, pane), &mut state.receipt);
    }
    let mut foot = take_bottom(&mut area, TOUCH, space::M);
    foot_ui(ui, cx, &mut foot, sales, &mut state.sales);
    list_ui(ui, cx, area, sales);
}

fn texts_of(cx: &Cx<'_>, wanted: &SalesWanted) -> Texts {
    let lang = cx.words.lang();
    let day = |day: Option<_>| day.map_or_else(String::new, |day| day_text(day, lang));
    let amount = |amount: Option<Money>| amount.map_or_else(String::new, |sum| decimal(sum, lang, false));
    Texts {
        search: wanted.text.clone(),
        from: day(wanted.from),
        to: day(wanted.to),
        least: amount(wanted.least),
        most: amount(wanted.most),
    }
}

fn filter_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    area: &mut Rect,
    (view, narrow): (&SalesView, bool),
    state: &mut SalesState,
) {
    let first = take_top(area, FIELD, space::M);
    let (typed, choices, picks) = if narrow {
        let [search, quick] = cells(first, [0.0, 340.0], space::M);
        let second = take_top(area, FIELD, space::M);
        let [from, to, least, most] = cells(second, [0.0, 0.0, 0.0, 0.0], space::M);
        quick_ui(ui, cx, quick, view);
        let third = take_top(area, FIELD, space::M);
        let fourth = take_top(area, FIELD, space::L);
        let [kind, method] = cells(third, [0.0, 400.0], space::L);
        let [product, model] = cells(fourth, [0.0, 0.0], space::M);
        ([search, from, to, least, most], [kind, method], [product, model])
    } else {
        let [search, quick, from, to, least, most] =
            cells(first, [0.0, 300.0, 220.0, 220.0, 190.0, 190.0], space::M);
        quick_ui(ui, cx, quick, view);
        let second = take_top(area, FIELD, space::L);
        let [kind, method, product, model] = cells(second, [460.0, 380.0, 0.0, 0.0], space::L);
        ([search, from, to, least, most], [kind, method], [product, model])
    };
    fields_ui(ui, cx, typed, view, state);
    choices_ui(ui, cx, choices, view);
    picks_ui(ui, cx, picks, view);
}

/// Today, and all days.
fn quick_ui(ui: &Ui, cx: &mut Cx<'_>, mut place: Rect, view: &SalesView) {
    take_top(&mut place, FIELD - TOUCH, 0.0);
    let today = Some(view.today);
    let options = [
        (Some((today, today)), cx.words.say(DayWord::Today)),
        (Some((None, None)), cx.words.say(DayWord::AllDays)),
    ];
    let now = Some((view.wanted.from, view.wanted.to));
    if let Some(Some((from, to))) = pick_one_ui(ui, cx, place, (&options, now)) {
        filter(cx, view, |wanted| (wanted.from, wanted.to) = (from, to));
    }
}

fn filter(cx: &mut Cx<'_>, view: &SalesView, change: impl FnOnce(&mut SalesWanted)) {
    let mut wanted = view.wanted.clone();
    change(&mut wanted);
    if wanted != view.wanted {
        send(cx, DayCommand::Filter(Box::new(wanted)));
    }
}

fn fields_ui(ui: &mut Ui, cx: &mut Cx<'_>, places: [Rect; 5], view: &SalesView, state: &mut SalesState) {
    let date = day_text(view.today, cx.words.lang());
    let amount = decimal(Money::new(250, view.currency), cx.words.lang(), false);
    let bad_day = cx.words.with(DayWord::DayBad, &[("example", &date)]);
    let bad_amount = cx.words.with(DayWord::AmountBad, &[("example", &amount)]);
    let fields = [
        (Typed::Search, DayWord::Search, "sales search"),
        (Typed::From, DayWord::From, "sales from"),
        (Typed::To, DayWord::To, "sales to"),
        (Typed::Least, DayWord::Least, "sales least"),
        (Typed::Most, DayWord::Most, "sales most"),
    ];
    for (place, (which, name, salt)) in places.into_iter().zip(fields) {
        let (hint, problem) = match which {
            Typed::Search => (cx.words.say(DayWord::SearchHint), ""),
            Typed::From | Typed::To => (date.clone(), bad_day.as_str()),
            Typed::Least | Typed::Most => (amount.clone(), bad_amount.as_str()),
        };
        let name = cx.words.say(name);
        let text = match which {
            Typed::Search => &mut state.texts.search,
            Typed::From => &mut state.texts.from,
            Typed::To => &mut state.texts.to,
            Typed::Least => &mut state.texts.least,
            Typed::Most => &mut state.texts.most,
        };
        let mut field = Field::new(salt, &name).hint(&hint);
        if state.bad == Some(which) {
            field = field.problem(Some(problem));
        }
        if matches!(which, Typed::Least | Typed::Most) {
            field = field.amount();
        }
        let response = field_ui(ui, cx, place, field, text);
        if which == Typed::Search {
            by_slash(ui, &response, text);
        }
        if was_left(ui, &response) {
            read_typed(cx, view, state);
        }
    }
}

/// `/` goes to the search from wherever nothing is being typed.
fn by_slash(ui: &Ui, response: &eframe::egui::Response, text: &mut String) {
    let elsewhere = ui.memory(|memory| memory.focused().is_none());
    if elsewhere && ui.input(|input| input.key_pressed(Key::Slash)) {
        response.request_focus();
        if text.ends_with('/') {
            text.pop();
        }
    }
}

/// Reads what was typed and asks for it; what cannot be read is marked and asks for nothing.
fn read_typed(cx: &mut Cx<'_>, view: &SalesView, state: &mut SalesState) {
    let lang = cx.words.lang();
    let texts = state.texts.clone();
    let day = |text: &str, which| match text.trim() {
        "" => Ok(None),
        text => parse_day(text).map(Some).ok_or(which),
    };
    let amount = |text: &str, which| match text.trim() {
        "" => Ok(None),
        text => parse_money(text, view.currency, lang).map(Some).ok_or(which),
    };
    let read = || {
        Ok(SalesWanted {
            from: day(&texts.from, Typed::From)?,
            to: day(&texts.to, Typed::To)?,
            least: amount(&texts.least, Typed::Least)?,
            most: amount(&texts.most, Typed::Most)?,
            text: texts.search.trim().to_owned(),
            ..view.wanted.clone()
        })
    };
    match read() {
        Ok(wanted) => {
            state.bad = None;
            filter(cx, view, |old| *old = wanted);
        }
        Err(which) => state.bad = Some(which),
    }
}

fn choices_ui(ui: &Ui, cx: &mut Cx<'_>, [kind, method]: [Rect; 2], view: &SalesView) {
    let kinds = [
        (None, cx.words.say(DayWord::All)),
        (Some(SaleKind::Sale), cx.words.say(DayWord::KindSales)),
        (Some(SaleKind::Refund), cx.words.say(DayWord::KindRefunds)),
        (Some(SaleKind::Void), cx.words.say(DayWord::KindVoids)),
    ];
    let name = cx.words.say(DayWord::Kind);
    if let Some(kind) = named_choice_ui(ui, cx, kind, &name, (&kinds, view.wanted.kind)) {
        filter(cx, view, |wanted| wanted.kind = kind);
    }
    let methods = [
        (None, cx.words.say(DayWord::AnyMethod)),
        (Some(PaymentMethod::Card), cx.words.say(DayWord::Card)),
        (Some(PaymentMethod::Attendant), cx.words.say(DayWord::Till)),
    ];
    let name = cx.words.say(DayWord::Method);
    if let Some(method) = named_choice_ui(ui, cx, method, &name, (&methods, view.wanted.method)) {
        filter(cx, view, |wanted| wanted.method = method);
    }
}

fn picks_ui(ui: &Ui, cx: &mut Cx<'_>, [product, model]: [Rect; 2], view: &SalesView) {
    let any = cx.words.say(DayWord::AnyProduct);
    let now = view
        .products
        .iter()
        .position(|(sku, _)| Some(sku) == view.wanted.sku.as_ref());
    let of = |place: usize| place.checked_sub(1).and_then(|place| view.products.get(place));
    let picks = Picks {
        count: view.products.len() + 1,
        now: now.map_or(0, |place| place + 1),
        label: &|place| of(place).map_or_else(|| any.clone(), |(_, name)| name.clone()),
    };
    let name = cx.words.say(DayWord::Product);
    if let Some(picked) = pick_ui(ui, cx, product, &name, picks) {
        let sku = of(picked).map(|(sku, _)| sku.clone());
        filter(cx, view, |wanted| wanted.sku = sku);
    }
    let any = cx.words.say(DayWord::AnyModel);
    let now = view
        .models
        .iter()
        .position(|model| Some(model) == view.wanted.model.as_ref());
    let of = |place: usize| place.checked_sub(1).and_then(|place| view.models.get(place));
    let picks = Picks {
        count: view.models.len() + 1,
        now: now.map_or(0, |place| place + 1),
        label: &|place| of(place).map_or_else(|| any.clone(), String::clone),
    };
    let name = cx.words.say(DayWord::Model);
    if let Some(picked) = pick_ui(ui, cx, model, &name, picks) {
        let model = of(picked).cloned();
        filter(cx, view, |wanted| wanted.model = model);
    }
}

fn foot_ui(ui: &Ui, cx: &mut Cx<'_>, foot: &mut Rect, view: &SalesView, state: &mut SalesState) {
    let newer = cx.words.say(DayWord::Newer);
    let older = cx.words.say(DayWord::Older);
    let place = take_left(foot, 150.0, space::S);
    let go = Button::new(&newer, Kind::Quiet).enabled(view.has_newer);
    if go.show(ui, cx.theme, place) {
        send(cx, DayCommand::Newer);
    }
    let place = take_left(foot, 150.0, space::L);
    let go = Button::new(&older, Kind::Quiet).enabled(view.has_older);
    if go.show(ui, cx.theme, place) {
        send(cx, DayCommand::Older);
    }
    export_ui(ui, cx, foot, state);
    let last = (view.first + view.rows.len() as u64).saturating_sub(1);
    let place_of = cx.words.with(
        DayWord::Place,
        &[
            ("first", &view.first.to_string()),
            ("last", &last.to_string()),
            ("count", &view.count.to_string()),
        ],
    );
    if !view.rows.is_empty() {
        Text::new(&place_of, cx.theme.muted).label(ui, *foot);
    }
}

/// The export asks first how numbers are written.
fn export_ui(ui: &Ui, cx: &mut Cx<'_>, foot: &mut Rect, state: &mut SalesState) {
    let label = cx.words.say(DayWord::Export);
    if !state.export_open {
        let place = take_right(foot, 240.0, space::L);
        if Button::new(&label, Kind::Quiet).show(ui, cx.theme, place) {
            state.export_open = true;
        }
        return;
    }
    let no = cx.words.say(DayWord::Cancel);
    let place = take_right(foot, 140.0, space::S);
    if Button::new(&no, Kind::Quiet).salt(1).show(ui, cx.theme, place) {
        state.export_open = false;
    }
    for (word, decimal) in [(DayWord::DecimalPoint, '.'), (DayWord::DecimalComma, ',')] {
        let words = cx.words.say(word);
        let place = take_right(foot, 200.0, space::S);
        if Button::new(&words, Kind::Second).show(ui, cx.theme, place) {
            state.export_open = false;
            send(cx, DayCommand::Export { decimal });
        }
    }
}

/// The sales, the newest first; a narrow table leaves out how many lines and which model.
fn list_ui(ui: &mut Ui, cx: &mut Cx<'_>, mut area: Rect, view: &SalesView) {
    let is_narrow = area.width() < 1050.0 + 2.0 * space::L;
    let word = |word| cx.words.say(word);
    let (number, when, kind) = (word(DayWord::Receipt), word(DayWord::When), word(DayWord::Kind));
    let (method, lines) = (word(DayWord::Method), word(DayWord::Lines));
    let (model, total) = (word(DayWord::Model), word(DayWord::Total));
    let mut columns = vec![
        Column::number(&number, 72.0),
        Column::text(&when, Width::Fixed(190.0)),
        Column::text(&kind, Width::Share(1.0)),
        Column::text(&method, Width::Fixed(120.0)),
    ];
    if !is_narrow {
        columns.push(Column::number(&lines, 60.0));
        columns.push(Column::text(&model, Width::Fixed(130.0)));
    }
    columns.push(Column::number(&total, 130.0));
    let open = view.open.as_ref().map(|open| open.number);
    let table = Table {
        salt: "sales",
        columns: &columns,
        rows: view.rows.len(),
        row_height: ROW,
        chosen: view.rows.iter().position(|row| Some(row.number) == open),
        sorted: None,
        keys: true,
    };
    let words = cx.words;
    let label = |index: usize| {
        words.with(
            DayWord::OpenNamed,
            &[("number", &view.rows[index].number.to_string())],
        )
    };
    let event = table_ui(ui, cx, area, &table, label, |ui, cx, place| {
        row_ui(ui, cx, place, (&columns, &view.rows[place.index]));
    });
    if let Some(TableEvent::Choose(index) | TableEvent::Open(index)) = event {
        send(cx, DayCommand::OpenReceipt(view.rows[index].number));
    }
    if view.rows.is_empty() {
        let word = if view.wanted == SalesWanted::default() {
            DayWord::NoSales
        } else {
            DayWord::NoneFound
        };
        take_top(&mut area, HEAD, 0.0);
        let words = cx.words.say(word);
        let place = take_top(&mut area.shrink(space::XXL), 80.0, 0.0);
        Text::new(&words, cx.theme.text)
            .rows(2)
            .align(Align2::CENTER_CENTER)
            .label(ui, place);
    }
}

pub(super) const fn kind_word(kind: SaleKind) -> DayWord {
    match kind {
        SaleKind::Sale => DayWord::KindSale,
        SaleKind::Refund => DayWord::KindRefund,
        SaleKind::Void => DayWord::KindVoid,
    }
}

pub(super) const fn method_word(method: PaymentMethod) -> DayWord {
    match method {
        PaymentMethod::Card => DayWord::Card,
        PaymentMethod::Attendant => DayWord::Till,
    }
}

fn row_ui(ui: &Ui, cx: &Cx<'_>, place: RowPlace<'_>, (columns, row): (&[Column<'_>], &SaleRowView)) {
    let theme = cx.theme;
    let number = row.number.to_string();
    let kind = cx.words.say(kind_word(row.kind));
    let kind = match row.given_back {
        Some(amount) => {
            let amount = cx.words.money(amount);
            cx.words
                .with(DayWord::KindGivenBack, &[("kind", &kind), ("amount", &amount)])
        }
        None => kind,
    };
    let method = row
        .method
        .map_or_else(String::new, |method| cx.words.say(method_word(method)));
    let total = match row.kind {
        SaleKind::Sale => cx.words.money(row.total),
        SaleKind::Refund | SaleKind::Void => format!("\u{2212}{}", cx.words.money(row.total)),
    };
    let ink = if row.kind == SaleKind::Sale {
        theme.text
    } else {
        theme.stop
    };
    let lines = row.lines.to_string();
    let mut texts = vec![
        Text::new(&number, theme.text),
        Text::new(&row.when, theme.muted),
        Text::new(&kind, ink),
        Text::new(&method, theme.muted),
    ];
    // A narrow table has no room for these two.
    if columns.len() > 5 {
        texts.push(Text::new(&lines, theme.muted));
        texts.push(Text::new(&row.model, theme.muted));
    }
    texts.push(Text::new(&total, ink).bold());
    place.texts(ui, columns, texts);
}
