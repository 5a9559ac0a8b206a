//! The sheets for bringing photos in and writing them out.

use eframe::egui::{Align2, CornerRadius, Rect, Ui, pos2, vec2};

use super::{
    DataSetsCommand, DataSetsState, Sheet,
    view::{FaultGroup, IncomingView, LabelStyle},
};
use crate::ui::{
    office::OfficeCommand,
    theme::{TOUCH, size, space},
    widgets::{
        Cx,
        button::{Button, Kind},
        column,
        field::{choice_ui, tick_ui},
        icon::Icon,
        sheet::{heading, sheet},
        take_bottom, take_left, take_top,
        text::Text,
    },
    words::{DataSetsWord, IssueWord, OfficeWord},
};

/// Kinds of faults that are listed before photos come in.
const LISTED: usize = 6;

fn send(cx: &mut Cx<'_>, command: DataSetsCommand) {
    cx.office(OfficeCommand::DataSets(command));
}

fn escape(ui: &Ui) -> bool {
    ui.input(|input| input.key_pressed(eframe::egui::Key::Escape))
}

pub(super) fn bring_ui(ui: &Ui, cx: &mut Cx<'_>, state: &mut DataSetsState) {
    let mut inner = sheet(ui, cx, "bring", vec2(920.0, 440.0));
    let buttons = take_bottom(&mut inner, TOUCH + space::S, space::L);
    let title = cx.words.say(DataSetsWord::BringIn);
    let hint = cx.words.say(DataSetsWord::BringHint);
    heading(ui, cx, &mut inner, &title, &hint);
    let tick = cx.words.say(DataSetsWord::EmptyPlace);
    let place = take_top(&mut inner, TOUCH, 0.0);
    if tick_ui(ui, cx, place, (&tick, state.empty_place), true) {
        state.empty_place = !state.empty_place;
    }
    let empty_place = state.empty_place;
    let cancel = cx.words.say(OfficeWord::Cancel);
    if Button::new(&cancel, Kind::Quiet).show(ui, cx.theme, column(buttons, 0, 3, space::M)) || escape(ui) {
        state.sheet = None;
    }
    let file = cx.words.say(DataSetsWord::ChooseFile);
    if Button::new(&file, Kind::Second).show(ui, cx.theme, column(buttons, 1, 3, space::M)) {
        state.sheet = None;
        send(cx, DataSetsCommand::ChooseFile { empty_place });
    }
    let folder = cx.words.say(DataSetsWord::ChooseFolder);
    if Button::new(&folder, Kind::Primary).show(ui, cx.theme, column(buttons, 2, 3, space::M)) {
        state.sheet = None;
        send(cx, DataSetsCommand::ChooseFolder { empty_place });
    }
}

pub(super) fn incoming_ui(ui: &Ui, cx: &mut Cx<'_>, view: &IncomingView) {
    let lines = view.faults.len().min(LISTED) + usize::from(view.faults.len() > LISTED);
    let height = 420.0 + lines as f32 * 44.0 + if view.new_classes.is_empty() { 0.0 } else { 64.0 };
    let mut inner = sheet(ui, cx, "incoming", vec2(1000.0, height));
    let buttons = take_bottom(&mut inner, TOUCH + space::S, space::L);
    let title = cx.words.with(
        DataSetsWord::IncomingTitle,
        &[
            ("photos", &view.photos.to_string()),
            ("boxes", &view.boxes.to_string()),
        ],
    );
    heading(ui, cx, &mut inner, &title, &view.source);
    let facts = cx.words.with(
        DataSetsWord::IncomingFacts,
        &[
            ("nothing", &view.nothing.to_string()),
            ("unlabelled", &view.unlabelled.to_string()),
        ],
    );
    let text = Text::new(&facts, cx.theme.text).rows(2).align(Align2::LEFT_TOP);
    let place = take_top(&mut inner, 64.0, space::S);
    text.label(ui, place);
    if !view.new_classes.is_empty() {
        let names = view.new_classes.join(", ");
        let words = cx.words.with(DataSetsWord::IncomingClasses, &[("names", &names)]);
        let place = take_top(&mut inner, 56.0, space::S);
        Text::new(&words, cx.theme.text)
            .rows(2)
            .align(Align2::LEFT_TOP)
            .label(ui, place);
    }
    for fault in view.faults.iter().take(LISTED) {
        fault_line(ui, cx, take_top(&mut inner, 40.0, space::XS), fault);
    }
    let more = view.faults.len().saturating_sub(LISTED);
    if more > 0 {
        let words = cx.words.count(DataSetsWord::More, more);
        Text::new(&words, cx.theme.muted).label(ui, take_top(&mut inner, 40.0, 0.0));
    }
    let cancel = cx.words.say(OfficeWord::Cancel);
    if Button::new(&cancel, Kind::Quiet).show(ui, cx.theme, column(buttons, 0, 2, space::M)) || escape(ui) {
        send(cx, DataSetsCommand::LeaveOut);
    }
    let yes = cx.words.count(DataSetsWord::TakeIn, view.photos);
    if Button::new(&yes, Kind::Primary).show(ui, cx.theme, column(buttons, 1, 2, space::M)) {
        send(cx, DataSetsCommand::BringIn);
    }
}

fn fault_line(ui: &Ui, cx: &Cx<'_>, mut place: Rect, fault: &FaultGroup) {
    let theme = cx.theme;
    let mark = take_left(&mut place, 10.0, space::M);
    let color = if fault.is_bad { theme.stop } else { theme.look };
    ui.painter().rect_filled(
        Rect::from_center_size(mark.center(), vec2(8.0, 26.0)),
        CornerRadius::same(4),
        color,
    );
    let count = take_left(&mut place, 56.0, space::M);
    let number = fault.count.to_string();
    Text::new(&number, theme.text)
        .bold()
        .align(Align2::RIGHT_CENTER)
        .paint(ui, count);
    let what = IssueWord::what(fault.key).map_or_else(|| fault.key.to_owned(), |word| cx.words.say(word));
    let first = fault.places.first().map_or("", String::as_str);
    let text = Text::new(&what, theme.text);
    let width = (text.width(ui) + 2.0).min(place.width() * 0.6);
    text.label(ui, take_left(&mut place, width, space::L));
    // The end of a path says more than its beginning.
    let short: String = first.rsplit(['/', '\\']).next().unwrap_or(first).to_owned();
    Text::new(&short, theme.muted)
        .points(size::SMALL)
        .label(ui, place);
}

const STYLES: [(LabelStyle, DataSetsWord); 3] = [
    (LabelStyle::Voc, DataSetsWord::StyleVoc),
    (LabelStyle::Coco, DataSetsWord::StyleCoco),
    (LabelStyle::Table, DataSetsWord::StyleTable),
];

pub(super) fn write_ui(ui: &Ui, cx: &mut Cx<'_>, state: &mut DataSetsState, version: Option<u64>) {
    let mut inner = sheet(ui, cx, "write", vec2(960.0, 500.0));
    let buttons = take_bottom(&mut inner, TOUCH + space::S, space::L);
    let title = match version {
        Some(number) => cx
            .words
            .with(DataSetsWord::WriteVersion, &[("number", &number.to_string())]),
        None => cx.words.say(DataSetsWord::WriteOut),
    };
    let hint = cx.words.say(DataSetsWord::WriteHint);
    heading(ui, cx, &mut inner, &title, &hint);
    let labels = STYLES.map(|(_, word)| cx.words.say(word));
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    let chosen = STYLES
        .iter()
        .position(|(style, _)| *style == state.style)
        .unwrap_or(0);
    let place = take_top(&mut inner, TOUCH, space::L);
    if let Some((style, _)) = choice_ui(ui, cx, place, &labels, chosen).and_then(|at| STYLES.get(at)) {
        state.style = *style;
    }
    if state.style == LabelStyle::Table {
        let tick = cx.words.say(DataSetsWord::Plain);
        let place = take_top(&mut inner, TOUCH, 0.0);
        if tick_ui(ui, cx, place, (&tick, state.plain), true) {
            state.plain = !state.plain;
        }
    }
    let cancel = cx.words.say(OfficeWord::Cancel);
    if Button::new(&cancel, Kind::Quiet).show(ui, cx.theme, column(buttons, 0, 2, space::M)) || escape(ui) {
        state.sheet = None;
    }
    let go = cx.words.say(DataSetsWord::ChoosePlace);
    if Button::new(&go, Kind::Primary)
        .icon(Icon::Save)
        .show(ui, cx.theme, column(buttons, 1, 2, space::M))
    {
        state.sheet = None;
        let (style, plain) = (state.style, state.plain);
        send(
            cx,
            DataSetsCommand::WriteOut {
                style,
                plain,
                version,
            },
        );
    }
}

/// Opens the sheet that writes a version out.
pub(super) fn ask_for(state: &mut DataSetsState, version: u64) {
    state.sheet = Some(Sheet::Write(Some(version)));
}

/// The rectangle of a row of a table, `index` rows below `top`.
pub(super) fn line_at(area: Rect, index: usize, height: f32) -> Rect {
    let top = area.min.y + height * index as f32;
    Rect::from_min_max(pos2(area.min.x, top), pos2(area.max.x, top + height))
}
