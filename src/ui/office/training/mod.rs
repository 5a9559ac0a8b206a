//! The page of trainings: a recipe in four steps, one button, and what the training does while it works.

mod run;
mod settings;
pub mod view;

use eframe::egui::{Align2, CornerRadius, Rect, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};

pub use view::{TrainingCommand, TrainingView};

use crate::ui::{
    office::{OfficeCommand, Page},
    screens::is_landscape,
    theme::{CARD_RADIUS, CONTROL_RADIUS, PRIMARY, TOUCH, size, space},
    widgets::{
        Cx,
        button::{Button, Kind, card, focus_ring, press_area, rule},
        column,
        icon::{self, Icon},
        row, take_bottom, take_left, take_right, take_top,
        text::Text,
    },
    words::TrainingWord,
};
use view::{ComplaintView, RunRow, RunStage, WANTED, Wishes};

/// What is typed and chosen on the page.
#[derive(Debug, Default)]
pub struct TrainingState {
    wishes: Wishes,
    settings_open: bool,
}

/// Paints the page.
pub fn training_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    mut area: Rect,
    view: &TrainingView,
    state: &mut TrainingState,
) {
    let landscape = is_landscape(ui.max_rect());
    let height = if landscape { 140.0 } else { 2.0 * 132.0 + space::M };
    steps_ui(ui, cx, take_top(&mut area, height, space::L), (view, landscape));
    let rows = view.history.len().min(if landscape { 3 } else { 6 });
    if rows > 0 {
        let height = 52.0 + rows as f32 * 60.0;
        history_ui(ui, cx, take_bottom(&mut area, height, space::L), &view.history);
    }
    card(ui, cx.theme, area);
    let inner = area.shrink(space::XL);
    match &view.run {
        Some(run) => run::run_ui(ui, cx, inner, run),
        None => ready_ui(ui, cx, inner, (view, state)),
    }
    if state.settings_open {
        settings::settings_ui(ui, cx, view, state);
    }
}

/// How a step of the recipe stands.
struct Step {
    word: TrainingWord,
    count: String,
    done: bool,
    page: Page,
}

fn steps(cx: &Cx<'_>, view: &TrainingView) -> [Step; 4] {
    let words = cx.words;
    let steps = &view.steps;
    let (photos, taken) = match &steps.photos {
        Some((product, count)) => (
            words.with(
                TrainingWord::PhotosOf,
                &[
                    ("product", product),
                    ("count", &count.to_string()),
                    ("wanted", &WANTED.to_string()),
                ],
            ),
            *count >= WANTED,
        ),
        None => (words.say(TrainingWord::NoPhotos), false),
    };
    let boxes = if steps.unlabelled > 0 {
        words.count(
            TrainingWord::ToLabel,
            usize::try_from(steps.unlabelled).unwrap_or(usize::MAX),
        )
    } else {
        words.count(
            TrainingWord::Labelled,
            usize::try_from(steps.labelled).unwrap_or(usize::MAX),
        )
    };
    let train = view.run.as_ref().map_or_else(
        || {
            if view.candidate.is_some() {
                words.say(TrainingWord::Trained)
            } else {
                words.count(TrainingWord::ProductsToTeach, steps.products)
            }
        },
        |run| run::stage_words(cx.words, run.stage),
    );
    let candidate = match &view.candidate {
        Some(name) => words.with(TrainingWord::CandidateIs, &[("name", name)]),
        None => words.say(TrainingWord::NoCandidate),
    };
    [
        Step {
            word: TrainingWord::StepPhotos,
            count: photos,
            done: taken,
            page: Page::Photos,
        },
        Step {
            word: TrainingWord::StepBoxes,
            count: boxes,
            done: steps.labelled > 0 && steps.unlabelled == 0,
            page: Page::Labels,
        },
        Step {
            word: TrainingWord::StepTrain,
            count: train,
            done: view.candidate.is_some() && view.run.is_none(),
            page: Page::Training,
        },
        Step {
            word: TrainingWord::StepTry,
            count: candidate,
            done: false,
            page: Page::Models,
        },
    ]
}

fn steps_ui(ui: &Ui, cx: &mut Cx<'_>, area: Rect, (view, landscape): (&TrainingView, bool)) {
    let steps = steps(cx, view);
    let open = steps.iter().position(|step| !step.done).unwrap_or(3);
    // While a training is there, that is the step one is at.
    let next = if view.run.is_some() { 2 } else { open };
    for (index, step) in steps.iter().enumerate() {
        let place = if landscape {
            column(area, index, 4, space::M)
        } else {
            column(row(area, index / 2, 2, space::M), index % 2, 2, space::M)
        };
        step_ui(ui, cx, place, (step, index, index == next));
    }
}

fn step_ui(ui: &Ui, cx: &mut Cx<'_>, place: Rect, (step, index, is_next): (&Step, usize, bool)) {
    let theme = cx.theme;
    let title = cx.words.say(step.word);
    let name = format!("{}. {title}: {}", index + 1, step.count);
    let response = press_area(ui, place, ("step", &name), true);
    let stroke = if is_next {
        Stroke::new(3.0, theme.accent)
    } else {
        theme.card_stroke()
    };
    let fill = if response.hovered() {
        theme.control
    } else {
        theme.card
    };
    ui.painter()
        .rect(place, CARD_RADIUS, fill, stroke, StrokeKind::Inside);
    let mut inner = place.shrink(space::L);
    let head = take_top(&mut inner, 48.0, space::S);
    let mut line = head;
    let sign = take_left(&mut line, 44.0, space::M);
    let circle = Rect::from_center_size(sign.center(), Vec2::splat(40.0));
    let (ground, ink) = if step.done {
        (theme.control, theme.text)
    } else if is_next {
        (theme.accent, theme.on_accent)
    } else {
        (theme.control, theme.muted)
    };
    ui.painter().circle_filled(circle.center(), 20.0, ground);
    if step.done {
        icon::paint(ui.painter(), circle.shrink(9.0), Icon::Check, ink);
    } else {
        let number = (index + 1).to_string();
        Text::new(&number, ink)
            .bold()
            .align(Align2::CENTER_CENTER)
            .paint(ui, circle);
    }
    Text::new(&title, theme.text)
        .points(size::LARGE)
        .bold()
        .shrink()
        .paint(ui, line);
    Text::new(&step.count, theme.muted)
        .rows(2)
        .align(Align2::LEFT_TOP)
        .paint(ui, inner);
    focus_ring(ui, theme, place, CARD_RADIUS, &response);
    if response.clicked() && step.page != Page::Training {
        cx.office(OfficeCommand::Open(step.page));
    }
}

/// Nothing trains: what is missing, and the one button.
fn ready_ui(ui: &Ui, cx: &mut Cx<'_>, mut inner: Rect, (view, state): (&TrainingView, &mut TrainingState)) {
    let can_start = view.may_train && !view.complaints.iter().any(|found| found.stops);
    let mut foot = take_bottom(&mut inner, PRIMARY, space::L);
    let settings = cx.words.say(TrainingWord::Settings);
    let width = foot.width().min(260.0);
    let place = take_right(&mut foot, width, space::L);
    let quiet = Rect::from_center_size(place.center(), vec2(place.width(), TOUCH));
    if Button::new(&settings, Kind::Quiet).show(ui, cx.theme, quiet) {
        state.settings_open = true;
    }
    let start = cx.words.say(TrainingWord::Start);
    if Button::new(&start, Kind::Primary)
        .enabled(can_start)
        .show(ui, cx.theme, foot)
    {
        cx.office(OfficeCommand::Training(TrainingCommand::Start(state.wishes)));
    }
    let (title, hint) = if !can_start && !view.complaints.is_empty() {
        (TrainingWord::NotReady, TrainingWord::NotReadyHint)
    } else {
        (TrainingWord::Ready, TrainingWord::ReadyHint)
    };
    let title = cx.words.say(title);
    Text::new(&title, cx.theme.text)
        .points(size::TITLE)
        .bold()
        .shrink()
        .label(ui, take_top(&mut inner, 52.0, space::XS));
    let hint = cx.words.say(hint);
    let text = Text::new(&hint, cx.theme.muted).rows(3).align(Align2::LEFT_TOP);
    let height = text.height(ui, inner.width()) + 2.0;
    text.label(ui, take_top(&mut inner, height, space::L));
    for complaint in view.complaints.iter() {
        if inner.height() < TOUCH {
            break;
        }
        complaint_ui(
            ui,
            cx,
            take_top(&mut inner, TOUCH + space::S, space::S),
            complaint,
        );
    }
}

fn complaint_ui(ui: &Ui, cx: &mut Cx<'_>, place: Rect, complaint: &ComplaintView) {
    let theme = cx.theme;
    ui.painter().rect_filled(place, CONTROL_RADIUS, theme.control);
    let mut inner = place;
    let mark = take_left(&mut inner, 8.0, space::L);
    let color = if complaint.stops { theme.stop } else { theme.look };
    ui.painter().rect_filled(mark, CornerRadius::same(4), color);
    inner = inner.shrink2(vec2(0.0, 4.0));
    if let Some(page) = complaint.page {
        let label = cx.words.say(page.word());
        let name = format!("{label}: {}", complaint.words);
        let button = take_right(&mut inner, 208.0, space::L);
        let button = Rect::from_min_max(button.min, pos2(button.max.x - 6.0, button.max.y));
        if Button::new(&label, Kind::Second)
            .named(&name)
            .icon(Icon::Forward)
            .show(ui, theme, button)
        {
            cx.office(OfficeCommand::Open(page));
        }
    }
    Text::new(&complaint.words, theme.text)
        .or_two_rows()
        .label(ui, inner);
}

fn history_ui(ui: &Ui, cx: &mut Cx<'_>, area: Rect, rows: &[RunRow]) {
    card(ui, cx.theme, area);
    let mut inner = area;
    let head = take_top(&mut inner, 48.0, 0.0).shrink2(vec2(space::L, 0.0));
    let title = cx.words.say(TrainingWord::History);
    Text::new(&title, cx.theme.text).bold().label(ui, head);
    for run in rows {
        if inner.height() < 56.0 {
            break;
        }
        let place = take_top(&mut inner, 60.0, 0.0);
        rule(ui, cx.theme, place, place.min.y);
        history_row(ui, cx, place.shrink2(vec2(space::L, 2.0)), run);
    }
}

fn history_row(ui: &Ui, cx: &mut Cx<'_>, mut place: Rect, run: &RunRow) {
    let theme = cx.theme;
    if run.stage == RunStage::Failed {
        let again = cx.words.say(TrainingWord::Again);
        let name = cx.words.with(TrainingWord::AgainNamed, &[("name", &run.name)]);
        let button = take_right(&mut place, 180.0, space::L);
        if Button::new(&again, Kind::Quiet)
            .named(&name)
            .show(ui, theme, button)
        {
            cx.office(OfficeCommand::Training(TrainingCommand::Again(run.number)));
        }
    }
    let stage = run::stage_words(cx.words, run.stage);
    let width = (place.width() * 0.24).min(300.0);
    let end = take_right(&mut place, width, space::L);
    let ink = if run.stage == RunStage::Failed {
        theme.stop
    } else {
        theme.text
    };
    Text::new(&stage, ink).align(Align2::RIGHT_CENTER).label(ui, end);
    let top = row(place, 0, 2, 0.0);
    let below = row(place, 1, 2, 0.0);
    Text::new(&run.name, theme.text).bold().label(ui, top);
    let told = match &run.message {
        Some(message) => format!("{} \u{b7} {message}", run.told),
        None => run.told.clone(),
    };
    Text::new(&told, theme.muted).points(size::SMALL).label(ui, below);
}
