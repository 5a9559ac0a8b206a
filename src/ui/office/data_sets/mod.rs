//! The page of data sets: what there is to learn from, what is wrong with it, and what was frozen.

mod bring;
mod check;
mod overview;
mod versions;
pub mod view;

use eframe::egui::{Align2, Rect, Ui, vec2};

pub use view::{DataSetsCommand, DataSetsView};

use crate::ui::{
    office::{OfficeCommand, plots::progress_ui},
    theme::{CONTROL_RADIUS, TOUCH, space},
    widgets::{
        Cx,
        button::{Button, Kind},
        field::choice_ui,
        icon::Icon,
        take_left, take_right, take_top,
        text::Text,
    },
    words::DataSetsWord,
};
use view::{LabelStyle, WorkKind, WorkView};

/// Which part of the page is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Tab {
    #[default]
    Overview,
    Check,
    Versions,
}

const TABS: [(Tab, DataSetsWord); 3] = [
    (Tab::Overview, DataSetsWord::Overview),
    (Tab::Check, DataSetsWord::Check),
    (Tab::Versions, DataSetsWord::Versions),
];

/// Which sheet is open over the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sheet {
    Bring,
    Write(Option<u64>),
    Freeze,
}

/// What is typed and chosen on the page.
#[derive(Debug, Default)]
pub struct DataSetsState {
    tab: Tab,
    sheet: Option<Sheet>,
    empty_place: bool,
    style: LabelStyle,
    plain: bool,
    note: String,
    checked_only: bool,
    shares: usize,
    opened: Option<&'static str>,
}

/// Paints the page.
pub fn data_sets_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    area: Rect,
    view: &DataSetsView,
    state: &mut DataSetsState,
) {
    let full = ui.max_rect();
    let mut inner = area;
    bar_ui(ui, cx, take_top(&mut inner, TOUCH, space::L), state);
    if let Some(work) = view.work {
        work_ui(ui, cx, take_top(&mut inner, TOUCH, space::L), work);
    }
    if let Some(outcome) = &view.outcome {
        outcome_ui(ui, cx, take_top(&mut inner, TOUCH, space::L), outcome);
    }
    match state.tab {
        Tab::Overview => overview::overview_ui(ui, cx, inner, view),
        Tab::Check => check::check_ui(ui, cx, inner, view, state),
        Tab::Versions => versions::versions_ui(ui, cx, inner, view, state),
    }
    if let Some(incoming) = &view.incoming {
        bring::incoming_ui(ui, cx, incoming);
        return;
    }
    let _whole = full;
    match state.sheet {
        Some(Sheet::Bring) => bring::bring_ui(ui, cx, state),
        Some(Sheet::Write(version)) => bring::write_ui(ui, cx, state, version),
        Some(Sheet::Freeze) => versions::freeze_ui(ui, cx, state),
        None => {}
    }
}

fn bar_ui(ui: &Ui, cx: &Cx<'_>, mut place: Rect, state: &mut DataSetsState) {
    let narrow = place.width() < 1200.0;
    let write = cx.words.say(DataSetsWord::WriteOut);
    let width = if narrow { 220.0 } else { 260.0 };
    let button = take_right(&mut place, width, space::M);
    if Button::new(&write, Kind::Second)
        .icon(Icon::Save)
        .show(ui, cx.theme, button)
    {
        state.sheet = Some(Sheet::Write(None));
    }
    let bring = cx.words.say(DataSetsWord::BringIn);
    let button = take_right(&mut place, width, space::L);
    if Button::new(&bring, Kind::Second)
        .icon(Icon::Plus)
        .show(ui, cx.theme, button)
    {
        state.sheet = Some(Sheet::Bring);
    }
    let labels = TABS.map(|(_, word)| cx.words.say(word));
    let shown: Vec<&str> = labels.iter().map(String::as_str).collect();
    let chosen = TABS.iter().position(|(tab, _)| *tab == state.tab).unwrap_or(0);
    let width = place.width().min(640.0);
    let tabs = take_left(&mut place, width, 0.0);
    if let Some((tab, _)) = choice_ui(ui, cx, tabs, &shown, chosen).and_then(|at| TABS.get(at)) {
        state.tab = *tab;
    }
}

fn work_ui(ui: &Ui, cx: &mut Cx<'_>, mut place: Rect, work: WorkView) {
    let stop = cx.words.say(DataSetsWord::Stop);
    let button = take_right(&mut place, 160.0, space::M);
    if Button::new(&stop, Kind::Stop).show(ui, cx.theme, button) {
        cx.office(OfficeCommand::DataSets(DataSetsCommand::Stop));
    }
    let word = match work.kind {
        WorkKind::Looking => DataSetsWord::Looking,
        WorkKind::Importing => DataSetsWord::Importing,
        WorkKind::Exporting => DataSetsWord::Exporting,
        WorkKind::Checking => DataSetsWord::Checking,
        WorkKind::Counting => DataSetsWord::Counting,
    };
    let part = if work.total == 0 {
        0.0
    } else {
        work.done as f32 / work.total as f32
    };
    let words = cx.words.with(
        word,
        &[
            ("done", &work.done.to_string()),
            ("total", &work.total.to_string()),
        ],
    );
    progress_ui(ui, cx, place, part, &words);
}

fn outcome_ui(ui: &Ui, cx: &mut Cx<'_>, place: Rect, outcome: &str) {
    ui.painter()
        .rect_filled(place, CONTROL_RADIUS, cx.theme.accent_soft);
    let mut inner = place.shrink2(vec2(space::L, 0.0));
    let close = cx.words.say(DataSetsWord::CloseOutcome);
    let button = take_right(&mut inner, TOUCH, space::M);
    if Button::new(&close, Kind::Quiet)
        .icon_only(Icon::Cross)
        .show(ui, cx.theme, button.shrink(6.0))
    {
        cx.office(OfficeCommand::DataSets(DataSetsCommand::DismissOutcome));
    }
    Text::new(outcome, cx.theme.text)
        .align(Align2::LEFT_CENTER)
        .or_two_rows()
        .label(ui, inner);
}
