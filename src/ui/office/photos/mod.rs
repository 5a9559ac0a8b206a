//! The page of photos: a product on the tray, one sentence that says what to do, and the outline that the
//! till has found by itself.
//!
//! Enter takes and confirms, T begins to turn, B mends, Escape throws away.

mod import;
mod picture;
mod subjects;
mod view;

use eframe::egui::{Align2, Key, Pos2, Rect, Ui, UiBuilder};

pub use view::{
    BrushStroke, Guidance, ImportReport, Mode, Overlay, PhotosCommand, PhotosView, ProductCount, Subject,
    TARGET, TrayStatus,
};

use crate::ui::{
    office::OfficeCommand,
    screens::is_landscape,
    theme::{CONTROL_RADIUS, PRIMARY, TOUCH, size, space},
    widgets::{
        Cx,
        button::{Button, Kind, card},
        column,
        field::choice_ui,
        icon::Icon,
        take_bottom, take_left, take_right, take_top,
        text::Text,
    },
    words::PhotosWord,
};

/// Half the width of the brush in parts of the photo's width: the least, and the most.
const BRUSH: (f32, f32) = (0.004, 0.08);

/// What is typed and chosen on the page.
#[derive(Debug)]
pub struct PhotosState {
    search: String,
    erases: bool,
    radius: f32,
    /// The last place of the brush, in parts of the photo.
    last: Option<Pos2>,
}

impl Default for PhotosState {
    fn default() -> Self {
        Self {
            search: String::new(),
            erases: false,
            radius: 0.02,
            last: None,
        }
    }
}

fn send(cx: &mut Cx<'_>, command: PhotosCommand) {
    cx.office(OfficeCommand::Photos(command));
}

/// Paints the page.
pub fn photos_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, view: &PhotosView, state: &mut PhotosState) {
    let dropped: Vec<std::path::PathBuf> = ui.input(|input| {
        let files = input.raw.dropped_files.iter();
        files.map(|file| file.path().to_owned()).collect()
    });
    if !dropped.is_empty() {
        send(cx, PhotosCommand::Import(dropped));
    }
    let mut page = ui.new_child(UiBuilder::new().id_salt("photos page"));
    if view.import.is_some() {
        page.disable();
    }
    page_ui(&mut page, cx, area, view, state);
    if let Some(report) = &view.import {
        import::import_ui(ui, cx, report);
    }
}

fn page_ui(ui: &mut Ui, cx: &mut Cx<'_>, mut area: Rect, view: &PhotosView, state: &mut PhotosState) {
    keys_ui(ui, cx, view, state);
    if is_landscape(area) {
        let list = take_left(&mut area, 300.0, space::M);
        subjects::subjects_ui(ui, cx, list, view, state);
        let panel = take_right(&mut area, 340.0, space::M);
        panel_ui(ui, cx, panel, view, state);
    } else {
        let height = (area.height() * 0.46).max(480.0);
        let mut low = take_bottom(&mut area, height, space::M);
        let panel = take_right(&mut low, 440.0, space::M);
        subjects::subjects_ui(ui, cx, low, view, state);
        panel_ui(ui, cx, panel, view, state);
    }
    let strip = take_top(&mut area, 72.0, space::M);
    guidance_ui(ui, cx, strip, view);
    let recent = take_bottom(&mut area, 96.0, space::M);
    picture::recent_ui(ui, cx, recent, view);
    picture::picture_ui(ui, cx, area, view, state);
}

fn keys_ui(ui: &Ui, cx: &mut Cx<'_>, view: &PhotosView, state: &mut PhotosState) {
    let typing = ui.memory(|memory| memory.focused().is_some());
    if typing || !ui.is_enabled() {
        return;
    }
    let hit = |key: Key| ui.input(|input| input.key_pressed(key) && !input.modifiers.command);
    let enter = hit(Key::Enter) || hit(Key::Space);
    match &view.mode {
        Mode::Live => {
            if enter && can_take(view) {
                send(cx, PhotosCommand::Take);
            } else if hit(Key::T) && can_turn(view) {
                send(cx, PhotosCommand::Turn(true));
            } else if hit(Key::E) {
                send(cx, PhotosCommand::EmptyTray);
            }
        }
        Mode::Shot { .. } => {
            if enter {
                send(cx, PhotosCommand::Confirm);
            } else if hit(Key::Escape) || hit(Key::Delete) {
                send(cx, PhotosCommand::Discard);
            } else if hit(Key::X) {
                state.erases = !state.erases;
            } else if hit(Key::OpenBracket) || hit(Key::Minus) {
                state.radius = (state.radius / 1.3).max(BRUSH.0);
            } else if hit(Key::CloseBracket) || hit(Key::Plus) {
                state.radius = (state.radius * 1.3).min(BRUSH.1);
            }
        }
        Mode::Turning { .. } => {
            if enter || hit(Key::Escape) || hit(Key::T) {
                send(cx, PhotosCommand::Turn(false));
            }
        }
    }
}

fn can_take(view: &PhotosView) -> bool {
    view.live.is_some() && view.subject != Subject::None
}

fn can_turn(view: &PhotosView) -> bool {
    can_take(view) && view.tray == TrayStatus::Ready && view.subject != Subject::Nothing
}

/// The one sentence.
fn guidance_ui(ui: &Ui, cx: &Cx<'_>, strip: Rect, view: &PhotosView) {
    let Some(guidance) = view.guidance else { return };
    let theme = cx.theme;
    let is_good = matches!(
        guidance,
        Guidance::Good | Guidance::CheckOutline | Guidance::Enough
    );
    let (ground, ink) = if is_good {
        (theme.accent_soft, theme.text)
    } else {
        (theme.look, theme.on_look)
    };
    ui.painter().rect_filled(strip, CONTROL_RADIUS, ground);
    let words = cx.words.say(sentence(guidance));
    Text::new(&words, ink)
        .points(size::LARGE)
        .bold()
        .or_two_rows()
        .label(ui, strip.shrink2(eframe::egui::vec2(space::L, 0.0)));
}

fn sentence(guidance: Guidance) -> PhotosWord {
    match guidance {
        Guidance::NoCamera => PhotosWord::NoCamera,
        Guidance::Choose => PhotosWord::ChooseFirst,
        Guidance::EmptyTray => PhotosWord::EmptyFirst,
        Guidance::KeepEmpty => PhotosWord::KeepEmpty,
        Guidance::CameraMoved => PhotosWord::CameraMoved,
        Guidance::TooDark => PhotosWord::TooDark,
        Guidance::TooBright => PhotosWord::TooBright,
        Guidance::PutDown => PhotosWord::PutDown,
        Guidance::HandAway => PhotosWord::HandAway,
        Guidance::Blurred => PhotosWord::Blurred,
        Guidance::Turn => PhotosWord::TurnIt,
        Guidance::Unclear => PhotosWord::Unclear,
        Guidance::Good => PhotosWord::Good,
        Guidance::CheckOutline => PhotosWord::CheckOutline,
        Guidance::NoOutline => PhotosWord::NoOutline,
        Guidance::Enough => PhotosWord::Enough,
    }
}

fn panel_ui(ui: &Ui, cx: &mut Cx<'_>, area: Rect, view: &PhotosView, state: &mut PhotosState) {
    card(ui, cx.theme, area);
    let mut inner = area.shrink(space::L);
    progress_ui(ui, cx, take_top(&mut inner, 150.0, space::M), view);
    let primary = take_bottom(&mut inner, PRIMARY, space::M);
    match &view.mode {
        Mode::Live => live_buttons(ui, cx, (primary, inner), view),
        Mode::Shot { .. } => shot_buttons(ui, cx, (primary, inner), state),
        Mode::Turning { seconds_left, taken } => {
            let stop = cx.words.say(PhotosWord::StopTurning);
            if Button::new(&stop, Kind::Primary).show(ui, cx.theme, primary) {
                send(cx, PhotosCommand::Turn(false));
            }
            let left = cx.words.with(
                PhotosWord::SecondsLeft,
                &[
                    ("seconds", &seconds_left.to_string()),
                    ("taken", &taken.to_string()),
                ],
            );
            Text::new(&left, cx.theme.text)
                .rows(4)
                .align(Align2::LEFT_TOP)
                .label(ui, inner);
        }
    }
}

/// What is photographed, and how many photos there are of the target.
fn progress_ui(ui: &Ui, cx: &Cx<'_>, mut place: Rect, view: &PhotosView) {
    let theme = cx.theme;
    let (name, count) = match &view.subject {
        Subject::None => (cx.words.say(PhotosWord::NoSubject), None),
        Subject::Nothing => (cx.words.say(PhotosWord::Negatives), Some(view.negatives)),
        Subject::Product(sku) => {
            let found = view.products.iter().find(|product| product.sku == *sku);
            found.map_or((sku.as_str().to_owned(), None), |product| {
                (product.name.clone(), Some(product.photos))
            })
        }
    };
    Text::new(&name, theme.text)
        .points(size::LARGE)
        .bold()
        .or_two_rows()
        .label(ui, take_top(&mut place, 56.0, space::XS));
    let Some(count) = count else { return };
    let words = cx.words.with(
        PhotosWord::CountOf,
        &[("count", &count.to_string()), ("target", &TARGET.to_string())],
    );
    Text::new(&words, theme.text).label(ui, take_top(&mut place, 32.0, space::S));
    let bar = take_top(&mut place, 16.0, 0.0);
    ui.painter().rect_filled(bar, CONTROL_RADIUS, theme.control);
    let share = (f32::from(u16::try_from(count.min(TARGET)).unwrap_or(0)) / 30.0).min(1.0);
    let mut done = bar;
    done.max.x = bar.min.x + bar.width() * share;
    ui.painter().rect_filled(done, CONTROL_RADIUS, theme.accent);
}

fn live_buttons(ui: &Ui, cx: &mut Cx<'_>, (primary, mut rest): (Rect, Rect), view: &PhotosView) {
    let take = cx.words.say(PhotosWord::Take);
    let button = Button::new(&take, Kind::Primary)
        .icon(Icon::Camera)
        .enabled(can_take(view));
    if button.show(ui, cx.theme, primary) {
        send(cx, PhotosCommand::Take);
    }
    let rows = [
        (PhotosWord::Turn, can_turn(view), PhotosCommand::Turn(true)),
        (
            PhotosWord::EmptyTray,
            view.live.is_some(),
            PhotosCommand::EmptyTray,
        ),
        (PhotosWord::Import, true, PhotosCommand::ChooseFiles),
    ];
    for (word, enabled, wish) in rows {
        let label = cx.words.say(word);
        let place = take_bottom(&mut rest, TOUCH + space::S, space::S);
        let kind = if word == PhotosWord::EmptyTray && view.tray == TrayStatus::Missing {
            Kind::Second
        } else {
            Kind::Quiet
        };
        if Button::new(&label, kind)
            .enabled(enabled)
            .show(ui, cx.theme, place)
        {
            send(cx, wish);
        }
    }
    let tray = match view.tray {
        TrayStatus::Missing => cx.words.say(PhotosWord::TrayMissing),
        TrayStatus::Ready => cx.words.say(PhotosWord::TrayReady),
        TrayStatus::Learning(done, all) => cx.words.with(
            PhotosWord::TrayLearning,
            &[("done", &done.to_string()), ("all", &all.to_string())],
        ),
    };
    Text::new(&tray, cx.theme.muted)
        .points(size::SMALL)
        .rows(3)
        .align(Align2::LEFT_BOTTOM)
        .label(ui, rest);
}

fn shot_buttons(ui: &Ui, cx: &mut Cx<'_>, (primary, mut rest): (Rect, Rect), state: &mut PhotosState) {
    let keep = cx.words.say(PhotosWord::Confirm);
    if Button::new(&keep, Kind::Primary)
        .icon(Icon::Check)
        .show(ui, cx.theme, primary)
    {
        send(cx, PhotosCommand::Confirm);
    }
    let discard = cx.words.say(PhotosWord::Discard);
    let place = take_bottom(&mut rest, TOUCH, space::L);
    if Button::new(&discard, Kind::Stop).show(ui, cx.theme, place) {
        send(cx, PhotosCommand::Discard);
    }
    let sizes = take_bottom(&mut rest, TOUCH, space::S);
    for (at, (word, factor)) in [(PhotosWord::Smaller, 1.0 / 1.3), (PhotosWord::Larger, 1.3)]
        .into_iter()
        .enumerate()
    {
        let label = cx.words.say(word);
        if Button::new(&label, Kind::Quiet).show(ui, cx.theme, column(sizes, at, 2, space::S)) {
            state.radius = (state.radius * factor).clamp(BRUSH.0, BRUSH.1);
        }
    }
    let labels = [PhotosWord::Add, PhotosWord::Erase].map(|word| cx.words.say(word));
    let names = [labels[0].as_str(), labels[1].as_str()];
    let place = take_bottom(&mut rest, TOUCH, space::S);
    if let Some(at) = choice_ui(ui, cx, place, &names, usize::from(state.erases)) {
        state.erases = at == 1;
    }
    let hint = cx.words.say(PhotosWord::BrushHint);
    Text::new(&hint, cx.theme.muted)
        .points(size::SMALL)
        .rows(3)
        .align(Align2::LEFT_BOTTOM)
        .label(ui, rest);
}
