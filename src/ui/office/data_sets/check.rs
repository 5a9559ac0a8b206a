//! What is wrong before a training, the worst first, each with what mends it.

use eframe::egui::{Align2, CornerRadius, Rect, ScrollArea, Sense, Ui, UiBuilder, Vec2, pos2, vec2};

use super::{
    DataSetsCommand, DataSetsState,
    view::{CheckView, DataSetsView, FaultGroup},
};
use crate::ui::{
    office::OfficeCommand,
    screens::is_landscape,
    theme::{TOUCH, size, space},
    widgets::{
        Cx,
        button::{Button, Kind, card, focus_ring, press_area, rule},
        icon::{self, Icon},
        take_left, take_right, take_top,
        text::Text,
    },
    words::{DataSetsWord, IssueWord},
};

const ROW: f32 = 76.0;
/// Places that are listed when a row is opened.
const LISTED: usize = 12;
const PLACE: f32 = 30.0;

pub(super) fn check_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    mut area: Rect,
    view: &DataSetsView,
    state: &mut DataSetsState,
) {
    let faults: &[FaultGroup] = match &view.check {
        CheckView::Never => &[],
        CheckView::Done { faults, .. } => faults,
    };
    head_ui(ui, cx, take_top(&mut area, TOUCH, space::L), (view, faults));
    card(ui, cx.theme, area);
    let CheckView::Done { .. } = &view.check else {
        let words = cx.words.say(DataSetsWord::CheckNever);
        middle_ui(ui, cx, area, (Icon::Search, &words));
        return;
    };
    if faults.is_empty() {
        let words = cx.words.say(DataSetsWord::CheckClean);
        middle_ui(ui, cx, area, (Icon::Check, &words));
        return;
    }
    list_ui(ui, cx, area, faults, state);
}

fn middle_ui(ui: &Ui, cx: &Cx<'_>, area: Rect, (sign, words): (Icon, &str)) {
    let above = Rect::from_center_size(area.center() - vec2(0.0, 60.0), Vec2::splat(72.0));
    icon::paint(ui.painter(), above, sign, cx.theme.muted);
    let below = Rect::from_center_size(
        area.center() + vec2(0.0, 40.0),
        vec2(area.width().min(900.0) - 64.0, 80.0),
    );
    Text::new(words, cx.theme.text)
        .points(24.0)
        .rows(2)
        .balance()
        .align(Align2::CENTER_CENTER)
        .label(ui, below);
}

fn head_ui(ui: &Ui, cx: &mut Cx<'_>, mut place: Rect, (view, faults): (&DataSetsView, &[FaultGroup])) {
    let idle = view.work.is_none();
    let mendable: usize = faults.iter().map(|fault| fault.mendable).sum();
    let check = cx.words.say(DataSetsWord::CheckNow);
    let button = take_right(&mut place, 240.0, space::M);
    // What comes next is marked: to mend what was found, or to look.
    let (look, mend_kind) = if mendable > 0 {
        (Kind::Second, Kind::Primary)
    } else {
        (Kind::Primary, Kind::Second)
    };
    if Button::new(&check, look)
        .enabled(idle && view.counts.photos > 0)
        .show(ui, cx.theme, button)
    {
        cx.office(OfficeCommand::DataSets(DataSetsCommand::Check));
    }
    if mendable > 0 {
        let mend = cx.words.count(DataSetsWord::MendAll, mendable);
        let button = take_right(&mut place, 300.0, space::L);
        if Button::new(&mend, mend_kind)
            .icon(Icon::Check)
            .enabled(idle)
            .show(ui, cx.theme, button)
        {
            cx.office(OfficeCommand::DataSets(DataSetsCommand::Mend(None)));
        }
    }
    let words = match &view.check {
        CheckView::Never => cx.words.say(DataSetsWord::CheckTitle),
        CheckView::Done { at, stale: true, .. } => cx.words.with(DataSetsWord::CheckStale, &[("time", at)]),
        CheckView::Done { at, .. } => {
            let bad: usize = faults
                .iter()
                .filter(|fault| fault.is_bad)
                .map(|fault| fault.count)
                .sum();
            let mild: usize = faults
                .iter()
                .filter(|fault| !fault.is_bad)
                .map(|fault| fault.count)
                .sum();
            cx.words.with(
                DataSetsWord::CheckDone,
                &[
                    ("time", at),
                    ("bad", &bad.to_string()),
                    ("mild", &mild.to_string()),
                ],
            )
        }
    };
    Text::new(&words, cx.theme.text)
        .bold()
        .or_two_rows()
        .label(ui, place);
}

fn height_of(fault: &FaultGroup, state: &DataSetsState) -> f32 {
    if state.opened == Some(fault.key) {
        let lines = fault.places.len().min(LISTED) + usize::from(fault.places.len() > LISTED);
        ROW + PLACE * lines as f32 + space::M
    } else {
        ROW
    }
}

fn list_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, faults: &[FaultGroup], state: &mut DataSetsState) {
    let inner = area.shrink2(vec2(1.0, 8.0));
    let mut child = ui.new_child(UiBuilder::new().id_salt("faults").max_rect(inner));
    child.set_clip_rect(inner.intersect(ui.clip_rect()));
    ScrollArea::vertical()
        .id_salt("fault rows")
        .auto_shrink([false, false])
        .show(&mut child, |ui| {
            let height: f32 = faults.iter().map(|fault| height_of(fault, state)).sum();
            let (all, _) = ui.allocate_exact_size(vec2(inner.width(), height), Sense::hover());
            let mut rest = all;
            for fault in faults {
                let place = take_top(&mut rest, height_of(fault, state), 0.0);
                if place.intersects(ui.clip_rect()) {
                    fault_ui(ui, cx, place, fault, state);
                }
            }
        });
}

fn fault_ui(ui: &Ui, cx: &mut Cx<'_>, mut place: Rect, fault: &FaultGroup, state: &mut DataSetsState) {
    let theme = cx.theme;
    let head = take_top(&mut place, ROW, 0.0);
    rule(ui, theme, head, place.max.y.max(head.max.y));
    let mut inner = head.shrink2(vec2(space::L, space::S));
    let narrow = !is_landscape(ui.ctx().content_rect());
    let buttons = take_right(&mut inner, if narrow { 200.0 } else { 240.0 }, space::L);
    mend_ui(ui, cx, buttons, fault);
    let what = IssueWord::what(fault.key).map_or_else(|| fault.key.to_owned(), |word| cx.words.say(word));
    let hint = IssueWord::hint(fault.key).map_or_else(String::new, |word| cx.words.say(word));
    let open = state.opened == Some(fault.key);
    let response = press_area(ui, inner.expand2(vec2(space::S, 0.0)), ("fault", &what), true);
    let mark = take_left(&mut inner, 12.0, space::L);
    let color = if fault.is_bad { theme.stop } else { theme.look };
    ui.painter().rect_filled(
        Rect::from_center_size(mark.center(), vec2(10.0, 44.0)),
        CornerRadius::same(5),
        color,
    );
    let count = take_left(&mut inner, 72.0, space::L);
    let number = fault.count.to_string();
    Text::new(&number, theme.text)
        .points(size::LARGE)
        .bold()
        .align(Align2::RIGHT_CENTER)
        .paint(ui, count);
    let title = Rect::from_min_max(inner.min, pos2(inner.max.x, inner.center().y + 4.0));
    let below = Rect::from_min_max(pos2(inner.min.x, inner.center().y + 4.0), inner.max);
    Text::new(&what, theme.text).bold().label(ui, title);
    Text::new(&hint, theme.muted).points(size::SMALL).label(ui, below);
    focus_ring(ui, theme, head.shrink(4.0), CornerRadius::same(8), &response);
    if response.clicked() {
        state.opened = if open { None } else { Some(fault.key) };
    }
    if open {
        places_ui(ui, cx, place, fault);
    }
}

fn places_ui(ui: &Ui, cx: &Cx<'_>, place: Rect, fault: &FaultGroup) {
    let mut place = place.shrink2(vec2(space::L, 0.0));
    take_left(&mut place, 12.0 + 72.0 + 2.0 * space::L, 0.0);
    for words in fault.places.iter().take(LISTED) {
        let line = take_top(&mut place, PLACE, 0.0);
        Text::new(words, cx.theme.text)
            .points(size::SMALL)
            .label(ui, line);
    }
    let more = fault.places.len().saturating_sub(LISTED);
    if more > 0 {
        let line = take_top(&mut place, PLACE, 0.0);
        let words = cx.words.count(DataSetsWord::More, more);
        Text::new(&words, cx.theme.muted)
            .points(size::SMALL)
            .label(ui, line);
    }
}

fn mend_ui(ui: &Ui, cx: &mut Cx<'_>, place: Rect, fault: &FaultGroup) {
    let place = Rect::from_center_size(place.center(), vec2(place.width(), TOUCH));
    let what = IssueWord::what(fault.key).map_or_else(String::new, |word| cx.words.say(word));
    if fault.mendable > 0 {
        let label = cx.words.count(DataSetsWord::Mend, fault.mendable);
        let name = format!("{label}: {what}");
        if Button::new(&label, Kind::Second)
            .named(&name)
            .icon(Icon::Check)
            .show(ui, cx.theme, place)
        {
            cx.office(OfficeCommand::DataSets(DataSetsCommand::Mend(Some(fault.key))));
        }
    } else if let Some(page) = fault.page {
        let label = cx.words.say(page.word());
        let name = format!("{label}: {what}");
        if Button::new(&label, Kind::Quiet)
            .named(&name)
            .icon(Icon::Forward)
            .show(ui, cx.theme, place)
        {
            cx.office(OfficeCommand::Open(page));
        }
    }
}
