//! The page of prices: what is planned, and changing many prices at once with a preview of each.

use std::sync::Arc;

use eframe::egui::{Align2, Rect, Ui};

use crate::{
    domain::{money::Money, repricing::PriceChange},
    ui::{
        office::OfficeCommand,
        theme::{TOUCH, size, space},
        widgets::{
            Cx,
            button::{Button, Kind, card},
            field::{FIELD, Field, choice_ui, field_ui, tick_ui},
            pick::pick_ui,
            table::{Column, Table, Width, table_ui},
            take_bottom, take_left, take_right, take_top,
            text::Text,
        },
        words::PricesWord,
    },
};

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct PricesView {
    /// Prices that do not hold yet, the next first.
    pub planned: Arc<Vec<PlannedRow>>,
    /// Every department.
    pub departments: Arc<Vec<String>>,
    /// What would be changed.
    pub preview: Option<PreviewView>,
    /// What is wrong with what was typed.
    pub refused: Option<String>,
    /// Goes up with every change that was saved.
    pub saved: u64,
}

/// A planned price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedRow {
    /// Its number.
    pub id: i64,
    /// Number of the product.
    pub sku: String,
    /// Name of the product.
    pub name: String,
    /// From when on, as the wall shows it.
    pub from: String,
    /// The price now.
    pub now: Option<Money>,
    /// The price then.
    pub price: Money,
}

/// What would be changed.
#[derive(Debug, Clone, Default)]
pub struct PreviewView {
    /// Every price that changes.
    pub changes: Arc<Vec<PriceChange>>,
    /// The lines of a file that are wrong; then nothing is changed.
    pub wrong: Arc<Vec<(String, String)>>,
}

/// What is asked for on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PricesCommand {
    /// What a change by a percentage would do.
    Preview {
        /// Only this department.
        department: Option<String>,
        /// The percentage as it was typed.
        percent: String,
        /// Whether prices end in 9.
        nines: bool,
    },
    /// Prices from a file.
    Import,
    /// Do what the preview shows.
    Apply {
        /// From when on, as it was typed; at once where nothing is.
        from: String,
        /// Why.
        reason: String,
    },
    /// Leave the preview.
    Leave,
    /// Take a planned price back.
    Cancel(i64),
}

/// What is typed and chosen on the page.
#[derive(Debug, Default)]
pub struct PricesState {
    tab: usize,
    department: usize,
    percent: String,
    nines: bool,
    from: String,
    reason: String,
    saved: u64,
}

/// Paints the page.
pub fn prices_ui(ui: &mut Ui, cx: &mut Cx<'_>, mut area: Rect, view: &PricesView, state: &mut PricesState) {
    if state.saved != view.saved {
        state.saved = view.saved;
        state.reason.clear();
        state.percent.clear();
        state.from.clear();
    }
    if let Some(preview) = &view.preview {
        preview_ui(ui, cx, area, (view, preview), state);
        return;
    }
    let mut bar = take_top(&mut area, TOUCH, space::L);
    let tabs = [PricesWord::Planned, PricesWord::Many].map(|word| cx.words.say(word));
    let labels: Vec<&str> = tabs.iter().map(String::as_str).collect();
    let width = bar.width().min(640.0);
    if let Some(tab) = choice_ui(ui, cx, take_left(&mut bar, width, space::L), &labels, state.tab) {
        state.tab = tab;
    }
    if state.tab == 0 {
        planned_ui(ui, cx, area, view);
    } else {
        many_ui(ui, cx, area, view, state);
    }
}

fn planned_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, view: &PricesView) {
    let titles = [
        PricesWord::From,
        PricesWord::Product,
        PricesWord::Sku,
        PricesWord::Now,
        PricesWord::Then,
    ]
    .map(|word| cx.words.say(word));
    let [from, product, sku, now, then] = &titles;
    let narrow = area.width() < 1100.0;
    let columns = [
        Column::text(from, Width::Fixed(190.0)),
        Column::text(product, Width::Share(1.0)),
        Column::text(sku, Width::Fixed(if narrow { 120.0 } else { 200.0 })),
        Column::number(now, 120.0),
        Column::number(then, 120.0),
        Column::text("", Width::Fixed(170.0)),
    ];
    let table = Table {
        salt: "planned",
        columns: &columns,
        rows: view.planned.len(),
        row_height: TOUCH + space::S,
        chosen: None,
        sorted: None,
        keys: false,
    };
    let label = |index: usize| {
        view.planned
            .get(index)
            .map_or_else(String::new, |row| row.name.clone())
    };
    let mut cancelled = None;
    table_ui(ui, cx, area, &table, label, |ui, cx, place| {
        let (Some(row), [from, product, sku, now, then, cancel]) =
            (view.planned.get(place.index), place.cells)
        else {
            return;
        };
        Text::new(&row.from, cx.theme.text).paint(ui, *from);
        Text::new(&row.name, cx.theme.text).bold().paint(ui, *product);
        Text::new(&row.sku, cx.theme.muted).paint(ui, *sku);
        let before = row.now.map_or_else(String::new, |now| cx.words.money(now));
        Text::new(&before, cx.theme.muted)
            .align(Align2::RIGHT_CENTER)
            .paint(ui, *now);
        Text::new(&cx.words.money(row.price), cx.theme.text)
            .bold()
            .align(Align2::RIGHT_CENTER)
            .paint(ui, *then);
        let words = cx.words.say(PricesWord::TakeBack);
        let name = cx.words.with(PricesWord::TakeBackNamed, &[("name", &row.name)]);
        let button = Button::new(&words, Kind::Stop)
            .named(&name)
            .salt(row.id.unsigned_abs());
        if button.show(ui, cx.theme, cancel.shrink2(eframe::egui::vec2(0.0, 4.0))) {
            cancelled = Some(row.id);
        }
    });
    if let Some(id) = cancelled {
        send(cx, PricesCommand::Cancel(id));
    }
    if view.planned.is_empty() {
        let words = cx.words.say(PricesWord::Empty);
        Text::new(&words, cx.theme.muted)
            .rows(3)
            .align(Align2::CENTER_CENTER)
            .label(ui, area.shrink(space::HUGE));
    }
}

fn many_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, view: &PricesView, state: &mut PricesState) {
    let size = eframe::egui::vec2(area.width().min(720.0), area.height().min(560.0));
    let area = Rect::from_min_size(area.min, size);
    card(ui, cx.theme, area);
    let mut inner = area.shrink(space::XL);
    let title = cx.words.say(PricesWord::ManyTitle);
    Text::new(&title, cx.theme.text)
        .points(size::LARGE)
        .bold()
        .shrink()
        .label(ui, take_top(&mut inner, 40.0, space::M));
    let label = cx.words.say(PricesWord::Department);
    let mut options = vec![cx.words.say(PricesWord::AllDepartments)];
    options.extend(view.departments.iter().cloned());
    let place = take_top(&mut inner, FIELD, space::M);
    if let Some(picked) = pick_ui(
        ui,
        cx,
        place,
        ("prices department", &label),
        (&options, state.department),
    ) {
        state.department = picked;
    }
    let label = cx.words.say(PricesWord::Percent);
    let mut place = take_top(&mut inner, FIELD, space::M);
    let place = take_left(&mut place, 260.0, 0.0);
    let field = Field::new("percent", &label).hint("5").amount();
    field_ui(
        ui,
        cx,
        place,
        field.problem(view.refused.as_deref()),
        &mut state.percent,
    );
    let label = cx.words.say(PricesWord::Nines);
    if tick_ui(
        ui,
        cx,
        take_top(&mut inner, TOUCH, space::L),
        (&label, state.nines),
        true,
    ) {
        state.nines = !state.nines;
    }
    let label = cx.words.say(PricesWord::ShowPreview);
    let place = take_top(&mut inner, TOUCH, space::M);
    let ready = !state.percent.trim().is_empty();
    if Button::new(&label, Kind::Primary)
        .enabled(ready)
        .show(ui, cx.theme, place)
    {
        let department = state.department.checked_sub(1);
        send(
            cx,
            PricesCommand::Preview {
                department: department.and_then(|at| view.departments.get(at).cloned()),
                percent: state.percent.trim().to_owned(),
                nines: state.nines,
            },
        );
    }
    let label = cx.words.say(PricesWord::FromFile);
    let place = take_top(&mut inner, TOUCH, 0.0);
    if Button::new(&label, Kind::Quiet).show(ui, cx.theme, place) {
        send(cx, PricesCommand::Import);
    }
}

fn preview_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    mut area: Rect,
    (view, preview): (&PricesView, &PreviewView),
    state: &mut PricesState,
) {
    let wrong = !preview.wrong.is_empty();
    let title = if wrong {
        cx.words.count(PricesWord::Wrong, preview.wrong.len())
    } else {
        cx.words.count(PricesWord::Changes, preview.changes.len())
    };
    let ink = if wrong { cx.theme.stop } else { cx.theme.text };
    Text::new(&title, ink)
        .points(size::LARGE)
        .bold()
        .shrink()
        .label(ui, take_top(&mut area, 44.0, space::M));
    let mut foot = take_bottom(&mut area, FIELD, space::L);
    let leave = cx.words.say(PricesWord::Leave);
    let mut place = take_right(&mut foot, 200.0, space::M);
    place.min.y = place.max.y - TOUCH;
    if Button::new(&leave, Kind::Quiet).show(ui, cx.theme, place) {
        send(cx, PricesCommand::Leave);
    }
    if wrong {
        wrong_ui(ui, cx, area, preview);
        return;
    }
    let apply = cx.words.say(PricesWord::Apply);
    let mut place = take_right(&mut foot, 260.0, space::L);
    place.min.y = place.max.y - TOUCH;
    let ready = !state.reason.trim().is_empty() && !preview.changes.is_empty();
    if Button::new(&apply, Kind::Primary)
        .enabled(ready)
        .show(ui, cx.theme, place)
    {
        let (from, reason) = (state.from.trim().to_owned(), state.reason.trim().to_owned());
        send(cx, PricesCommand::Apply { from, reason });
    }
    let label = cx.words.say(PricesWord::FromWhen);
    let width = 260.0_f32.min(foot.width() * 0.45);
    let place = take_left(&mut foot, width, space::M);
    let example = cx.words.say(PricesWord::FromExample);
    let field = Field::new("effective from", &label).hint(&example);
    field_ui(
        ui,
        cx,
        place,
        field.problem(view.refused.as_deref()),
        &mut state.from,
    );
    let label = cx.words.say(PricesWord::Reason);
    field_ui(
        ui,
        cx,
        foot,
        Field::new("price reason", &label),
        &mut state.reason,
    );
    changes_ui(ui, cx, area, preview);
}

fn changes_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, preview: &PreviewView) {
    let titles = [
        PricesWord::Product,
        PricesWord::Sku,
        PricesWord::Now,
        PricesWord::Then,
        PricesWord::Difference,
    ]
    .map(|word| cx.words.say(word));
    let [product, sku, now, then, difference] = &titles;
    let columns = [
        Column::text(product, Width::Share(1.0)),
        Column::text(sku, Width::Fixed(200.0)),
        Column::number(now, 130.0),
        Column::number(then, 130.0),
        Column::number(difference, 130.0),
    ];
    let table = Table {
        salt: "changes",
        columns: &columns,
        rows: preview.changes.len(),
        row_height: 44.0,
        chosen: None,
        sorted: None,
        keys: false,
    };
    let label = |index: usize| {
        let change = preview.changes.get(index);
        change.map_or_else(String::new, |change| change.name.clone())
    };
    table_ui(ui, cx, area, &table, label, |ui, cx, place| {
        let (Some(change), [product, sku, now, then, difference]) =
            (preview.changes.get(place.index), place.cells)
        else {
            return;
        };
        let number = |text: String, bold: bool, cell: Rect| {
            let text = Text::new(&text, cx.theme.text).align(Align2::RIGHT_CENTER);
            if bold { text.bold() } else { text }.paint(ui, cell);
        };
        Text::new(&change.name, cx.theme.text).paint(ui, *product);
        Text::new(change.sku.as_str(), cx.theme.muted).paint(ui, *sku);
        number(cx.words.money(change.before), false, *now);
        number(cx.words.money(change.after), true, *then);
        if let Ok(more) = change.after.checked_sub(change.before) {
            let sign = if more.minor() > 0 { "+" } else { "" };
            number(format!("{sign}{}", cx.words.money(more)), false, *difference);
        }
    });
}

fn wrong_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, preview: &PreviewView) {
    let titles = [PricesWord::Line, PricesWord::Problem].map(|word| cx.words.say(word));
    let [line, problem] = &titles;
    let columns = [
        Column::number(line, 110.0),
        Column::text(problem, Width::Share(1.0)),
    ];
    let table = Table {
        salt: "wrong lines",
        columns: &columns,
        rows: preview.wrong.len(),
        row_height: 44.0,
        chosen: None,
        sorted: None,
        keys: false,
    };
    let label = |index: usize| {
        let line = preview.wrong.get(index);
        line.map_or_else(String::new, |(line, what)| format!("{line}: {what}"))
    };
    table_ui(ui, cx, area, &table, label, |ui, cx, place| {
        let (Some((line, what)), [number, text]) = (preview.wrong.get(place.index), place.cells) else {
            return;
        };
        Text::new(line, cx.theme.text)
            .align(Align2::RIGHT_CENTER)
            .paint(ui, *number);
        Text::new(what, cx.theme.text).paint(ui, *text);
    });
}

fn send(cx: &mut Cx<'_>, command: PricesCommand) {
    cx.office(OfficeCommand::Prices(command));
}
