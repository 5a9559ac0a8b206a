//! X and Z reports: the list of closed days, and one report as it is printed.

use eframe::egui::{Align2, CornerRadius, Rect, ScrollArea, Sense, Ui, UiBuilder, Vec2, vec2};

use crate::{
    domain::staff::Permission,
    ui::{
        theme::{CONTROL_RADIUS, PRIMARY, TOUCH, size, space},
        widgets::{
            Cx,
            button::{Button, Kind, card, focus_ring, press_area, rule},
            column,
            form::cells,
            icon::Icon,
            paper::paper_ui,
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

fn columns(row: Rect) -> [Rect; 5] {
    let inner = row.shrink2(vec2(space::L, 0.0));
    cells(inner, [70.0, 200.0, 0.0, 110.0, 170.0], space::L)
}

fn list_ui(ui: &mut Ui, cx: &mut Cx<'_>, mut area: Rect, view: &ReportsView) {
    card(ui, cx.theme, area);
    let head = take_top(&mut area, 44.0, 0.0);
    let titles = [
        (DayWord::ZNumber, Align2::RIGHT_CENTER),
        (DayWord::When, Align2::LEFT_CENTER),
        (DayWord::Who, Align2::LEFT_CENTER),
        (DayWord::ZSales, Align2::RIGHT_CENTER),
        (DayWord::Net, Align2::RIGHT_CENTER),
    ];
    for (place, (word, align)) in columns(head).into_iter().zip(titles) {
        let title = cx.words.say(word);
        Text::new(&title, cx.theme.muted)
            .points(size::SMALL)
            .bold()
            .align(align)
            .paint(ui, place);
    }
    rule(ui, cx.theme, head, head.max.y);
    if view.list.is_empty() {
        let words = cx.words.say(DayWord::NoZ);
        let place = take_top(&mut area.shrink(space::XXL), 110.0, 0.0);
        Text::new(&words, cx.theme.text)
            .rows(3)
            .align(Align2::CENTER_CENTER)
            .label(ui, place);
        return;
    }
    let area = area.shrink2(Vec2::splat(1.0));
    let mut child = ui.new_child(UiBuilder::new().id_salt("z table").max_rect(area));
    child.set_clip_rect(area.intersect(ui.clip_rect()));
    ScrollArea::vertical()
        .id_salt("z rows")
        .auto_shrink([false, false])
        .show(&mut child, |ui| {
            let all = vec2(area.width(), ROW * view.list.len() as f32);
            let (mut rest, _) = ui.allocate_exact_size(all, Sense::hover());
            for row in &view.list {
                let place = take_top(&mut rest, ROW, 0.0);
                let is_open = view
                    .shown
                    .as_ref()
                    .is_some_and(|shown| shown.number == Some(row.number));
                if place.intersects(ui.clip_rect()) {
                    row_ui(ui, cx, place, (row, is_open));
                }
            }
        });
}

fn row_ui(ui: &Ui, cx: &mut Cx<'_>, place: Rect, (row, is_open): (&ZRowView, bool)) {
    let theme = cx.theme;
    let number = row.number.to_string();
    let name = cx.words.with(DayWord::ZTitle, &[("number", &number)]);
    let response = press_area(ui, place, ("z", &name), true);
    if is_open {
        ui.painter()
            .rect_filled(place, CornerRadius::ZERO, theme.accent_soft);
    } else if response.hovered() {
        ui.painter().rect_filled(place, CornerRadius::ZERO, theme.control);
    }
    rule(ui, theme, place, place.max.y);
    let (count, net) = (row.count.to_string(), cx.words.money(row.net));
    let texts = [
        (Text::new(&number, theme.text), true),
        (Text::new(&row.when, theme.muted), false),
        (Text::new(&row.who, theme.muted), false),
        (Text::new(&count, theme.muted), true),
        (Text::new(&net, theme.text).bold(), true),
    ];
    for (cell, (text, is_number)) in columns(place).into_iter().zip(texts) {
        let align = if is_number {
            Align2::RIGHT_CENTER
        } else {
            Align2::LEFT_CENTER
        };
        text.align(align).paint(ui, cell);
    }
    focus_ring(ui, theme, place, CONTROL_RADIUS, &response);
    if response.clicked() {
        send(cx, DayCommand::ShowZ(row.number));
    }
}
