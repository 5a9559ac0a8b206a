//! X and Z reports: the list of closed days, and one report as it is printed.

use eframe::egui::{Align2, Rect, Ui};

use crate::{
    domain::staff::Permission,
    ui::{
        theme::{PRIMARY, TOUCH, size, space},
        widgets::{
            Cx,
            button::{Button, Kind, card},
            column,
            icon::Icon,
            paper::paper_ui,
            table::{Column, HEAD, RowPlace, Table, TableEvent, Width, table_ui},
            take_bottom, take_right, take_top,
            text::Text,
        },
        words::DayWord,
    },
};

use super::{
    DayCommand, send,
    view::{DayView, ReportPaper, ReportsView, ZRowView},
};

const ROW: f32 = 56.0;
const PANE: f32 = 560.0;

/// Nothing is typed here yet.
#[derive(Debug, Default)]
pub(super) struct ReportsState {}

/// Paints the page.
pub(super) fn reports_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    area: Rect,
    view: &DayView,
    _state: &mut ReportsState,
) {
    let mut area = area;
    let wide = area.width() > 1300.0;
    let pane = if wide {
        take_right(&mut area, PANE, space::L)
    } else {
        let height = area.height() * 0.6;
        take_bottom(&mut area, height, space::L)
    };
    pane_ui(ui, cx, pane, view.reports.shown.as_ref());
    let mut foot = take_bottom(&mut area, PRIMARY, space::L);
    let x = cx.words.say(DayWord::MakeX);
    let z = cx.words.say(DayWord::CloseDay);
    let place = column(foot, 0, 2, space::M);
    let button = Button::new(&x, Kind::Second).enabled(view.may(Permission::ReportX));
    if button.show(ui, cx.theme, place) {
        send(cx, DayCommand::MakeX);
    }
    foot = column(foot, 1, 2, space::M);
    let button = Button::new(&z, Kind::Primary).enabled(view.may(Permission::CloseDay));
    if button.show(ui, cx.theme, foot) {
        send(cx, DayCommand::CloseDay);
    }
    list_ui(ui, cx, area, &view.reports);
}

fn pane_ui(ui: &mut Ui, cx: &mut Cx<'_>, mut area: Rect, shown: Option<&ReportPaper>) {
    let Some(report) = shown else {
        card(ui, cx.theme, area);
        let words = cx.words.say(DayWord::NoReport);
        Text::new(&words, cx.theme.muted)
            .rows(4)
            .align(Align2::CENTER_CENTER)
            .label(ui, area.shrink(space::XL));
        return;
    };
    let mut head = take_top(&mut area, TOUCH, space::M);
    let save = cx.words.say(DayWord::SaveReport);
    let place = take_right(&mut head, 300.0, space::M);
    let button = Button::new(&save, Kind::Quiet).icon(Icon::Save);
    if button.show(ui, cx.theme, place) {
        send(cx, DayCommand::SaveReport);
    }
    let title = match report.number {
        Some(number) => cx.words.with(DayWord::ZTitle, &[("number", &number.to_string())]),
        None => cx.words.say(DayWord::XTitle),
    };
    Text::new(&title, cx.theme.text)
        .points(size::LARGE)
        .bold()
        .shrink()
        .label(ui, head);
    if let Some(path) = &report.saved_to {
        let words = cx.words.with(DayWord::SavedTo, &[("path", path)]);
        let place = take_bottom(&mut area, 44.0, space::S);
        Text::new(&words, cx.theme.muted)
            .points(size::SMALL)
            .rows(2)
            .label(ui, place);
    }
    paper_ui(ui, cx, area, &report.rows);
}

fn list_ui(ui: &mut Ui, cx: &mut Cx<'_>, mut area: Rect, view: &ReportsView) {
    let word = |word| cx.words.say(word);
    let (number, when, who) = (word(DayWord::ZNumber), word(DayWord::When), word(DayWord::Who));
    let (count, net) = (word(DayWord::ZSales), word(DayWord::Net));
    let columns = [
        Column::number(&number, 70.0),
        Column::text(&when, Width::Fixed(200.0)),
        Column::text(&who, Width::Share(1.0)),
        Column::number(&count, 110.0),
        Column::number(&net, 170.0),
    ];
    let open = view.shown.as_ref().and_then(|shown| shown.number);
    let table = Table {
        salt: "z",
        columns: &columns,
        rows: view.list.len(),
        row_height: ROW,
        chosen: view.list.iter().position(|row| Some(row.number) == open),
        sorted: None,
        keys: false,
    };
    let words = cx.words;
    let label = |index: usize| {
        words.with(
            DayWord::ZTitle,
            &[("number", &view.list[index].number.to_string())],
        )
    };
    let event = table_ui(ui, cx, area, &table, label, |ui, cx, place| {
        row_ui(ui, cx, place, (&columns, &view.list[place.index]));
    });
    if let Some(TableEvent::Choose(index) | TableEvent::Open(index)) = event {
        send(cx, DayCommand::ShowZ(view.list[index].number));
    }
    if view.list.is_empty() {
        take_top(&mut area, HEAD, 0.0);
        let words = cx.words.say(DayWord::NoZ);
        let place = take_top(&mut area.shrink(space::XXL), 110.0, 0.0);
        Text::new(&words, cx.theme.text)
            .rows(3)
            .align(Align2::CENTER_CENTER)
            .label(ui, place);
    }
}

fn row_ui(ui: &Ui, cx: &Cx<'_>, place: RowPlace<'_>, (columns, row): (&[Column<'_>], &ZRowView)) {
    let theme = cx.theme;
    let (number, count, net) = (
        row.number.to_string(),
        row.count.to_string(),
        cx.words.money(row.net),
    );
    let texts = [
        Text::new(&number, theme.text),
        Text::new(&row.when, theme.muted),
        Text::new(&row.who, theme.muted),
        Text::new(&count, theme.muted),
        Text::new(&net, theme.text).bold(),
    ];
    place.texts(ui, columns, texts);
}
