//! The one entry point: paints a [`LaneView`] and returns what was asked for.
//!
//! The kiosk keeps only what belongs to the surface itself: textures, the text being typed, the taps in
//! the hidden corner. It reads no clock but egui's, opens no file and starts no thread.

use std::collections::VecDeque;

use eframe::egui::{Color32, Context, Event, Key, Modifiers, Rect, Ui, UiBuilder, Vec2};

use crate::ui::{
    command::Command,
    office::{self, ask_path::ask_path_ui, confirm::confirm_ui, first_name::first_name_ui},
    panels,
    screens::{attract, help, paying, question::question_ui, receipt, review, scan},
    theme::{Theme, ThemeName, fonts, zoom_for},
    view::{LaneView, Notice, Panel, PinPurpose, Screen},
    widgets::{
        Cx,
        photo::{Stopwatch, Textures},
        sheet,
    },
    words::{Lang, Words},
};

/// How many taps open the PIN pad.
const CORNER_TAPS: usize = 5;
/// Within how many seconds.
const CORNER_SECONDS: f64 = 3.0;
/// Side of the hidden corner, in points.
const CORNER_SIDE: f32 = 96.0;

/// The hidden corner, top left.
#[must_use]
pub fn corner(full: Rect) -> Rect {
    Rect::from_min_size(full.min, Vec2::splat(CORNER_SIDE))
}

/// The painter of all screens.
#[derive(Debug)]
pub struct Kiosk {
    theme_name: ThemeName,
    theme: Theme,
    words: Words,
    textures: Textures,
    typed: String,
    typed_for: Typing,
    scanned: String,
    taps: VecDeque<f64>,
    office: office::OfficeState,
    was_office: bool,
    flight: scan::Flight,
    /// Whether the window is cleared with the ground's colour before each pass.
    is_cleared: bool,
}

/// What the typed text is for; when that changes, the text starts anew.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Typing {
    Nothing,
    Search,
    Number,
    Weight(String),
    Pin,
    Name,
    Reason,
}

/// What lies over the screen; one thing at a time.
enum Over<'a> {
    Nothing,
    Idle(u32),
    Panel(&'a Panel),
    Question(&'a crate::ui::view::QuestionView),
    Recovered(&'a crate::ui::view::RecoveredView),
    CameraMissing,
    Confirm(&'a office::confirm::ConfirmView),
    Path(&'a office::ask_path::PathView),
}

impl Over<'_> {
    /// The name of its sheet.
    const fn name(&self) -> Option<&'static str> {
        match self {
            Self::Nothing | Self::Panel(Panel::None) => None,
            Self::Idle(_) => Some("idle"),
            Self::Question(_) => Some("question"),
            Self::Recovered(_) => Some("recovered"),
            Self::CameraMissing => Some("camera"),
            Self::Confirm(_) => Some("confirm"),
            Self::Path(_) => Some("path"),
            Self::Panel(Panel::Search { .. }) => Some("search"),
            Self::Panel(Panel::Number { .. }) => Some("number"),
            Self::Panel(Panel::Weight { .. }) => Some("weight"),
            Self::Panel(Panel::Pin { .. }) => Some("pin"),
            Self::Panel(Panel::FirstName) => Some("name"),
        }
    }
}

impl Kiosk {
    /// Installs the fonts and starts with nothing typed.
    #[must_use]
    pub fn new(ctx: &Context) -> Self {
        ctx.set_fonts(fonts());
        Self {
            theme_name: ThemeName::default(),
            theme: Theme::of(ThemeName::default()),
            words: Words::new(Lang::default()),
            textures: Textures::default(),
            typed: String::new(),
            typed_for: Typing::Nothing,
            scanned: String::new(),
            taps: VecDeque::new(),
            office: office::OfficeState::default(),
            was_office: false,
            flight: scan::Flight::default(),
            is_cleared: false,
        }
    }

    /// The same for a window that is cleared with [`Kiosk::ground`] before each pass: painting it once more
    /// would cost a machine without a graphics card as much as the rest of a screen.
    #[must_use]
    pub const fn on_cleared_ground(mut self) -> Self {
        self.is_cleared = true;
        self
    }

    /// The colour behind everything.
    #[must_use]
    pub const fn ground(&self) -> Color32 {
        self.theme.ground
    }

    /// The same, timing with `stopwatch` what the live picture takes.
    #[must_use]
    pub fn measured_with(mut self, stopwatch: Stopwatch) -> Self {
        self.textures.measure_with(stopwatch);
        self
    }

    /// What making a texture of the newest live picture took; zero unless it is measured.
    #[must_use]
    pub const fn upload_time(&self) -> std::time::Duration {
        self.textures.upload_time()
    }

    /// Sets the zoom so that the window looks like the design, whatever its size. Call it before
    /// [`Self::ui`]; it takes effect in the next pass.
    pub fn fit_window(ctx: &Context) {
        let unzoomed = ctx.content_rect().size() * ctx.zoom_factor();
        let zoom = zoom_for(unzoomed);
        if (zoom - ctx.zoom_factor()).abs() > 0.005 {
            ctx.set_zoom_factor(zoom);
        }
    }

    /// Paints the view over the whole window and returns what was asked for, in order.
    pub fn ui(&mut self, ui: &mut Ui, view: &LaneView) -> Vec<Command> {
        if self.theme_name != view.theme {
            self.theme_name = view.theme;
            self.theme = Theme::of(view.theme);
        }
        if self.words.lang() != view.lang {
            self.words = Words::new(view.lang);
        }
        let is_office = matches!(view.screen, Screen::Office(_));
        if self.was_office && !is_office {
            // Whoever signs on next finds nothing that was typed, a PIN least of all.
            self.office = office::OfficeState::default();
        }
        self.was_office = is_office;
        self.start_typing(view);
        self.textures.begin_pass();
        let mut out = Vec::new();
        if was_touched(ui) {
            out.push(Command::Touched);
        }
        self.hidden_ways(ui, view, &mut out);

        let full = ui.ctx().content_rect();
        ui.set_clip_rect(full);
        if !self.is_cleared {
            ui.painter().rect_filled(full, 0.0, self.theme.ground);
        }
        let over = over(view);
        let covered = !matches!(over, Over::Nothing);
        let mut cx = Cx {
            theme: &self.theme,
            words: &self.words,
            motion: view.motion,
            textures: &mut self.textures,
            out: &mut out,
        };
        let mut base = ui.new_child(UiBuilder::new().id_salt("base").max_rect(full));
        cx.theme.apply(&mut base);
        if covered {
            base.disable();
        }
        let before = cx.out.len();
        screen_ui(
            &mut base,
            &mut cx,
            view,
            (&mut self.scanned, &mut self.office, &mut self.flight),
        );
        if covered {
            // What is covered hears no key either, except a hand scanner while a question is open.
            let scans = matches!(over, Over::Question(_) | Over::Idle(_) | Over::CameraMissing);
            let number = cx
                .out
                .drain(before..)
                .find(|wish| scans && matches!(wish, Command::NumberEntered(_)));
            cx.out.extend(number);
        }
        let mut top = ui.new_child(UiBuilder::new().id_salt("over").max_rect(full));
        cx.theme.apply(&mut top);
        sheet::begin_pass(&top, &cx, over.name());
        let before = self.typed.clone();
        over_ui(&mut top, &mut cx, &over, (&mut self.typed, &mut self.office));
        if self.typed != before {
            // Keys are painted after the field that shows them.
            ui.ctx().request_repaint();
        }
        out
    }

    fn start_typing(&mut self, view: &LaneView) {
        let typing = match &view.panel {
            Panel::None => match &view.screen {
                Screen::Office(office) if office.confirm.is_some() => Typing::Reason,
                Screen::Attract(_)
                | Screen::Scan(_)
                | Screen::Review(_)
                | Screen::Paying(_)
                | Screen::Receipt(_)
                | Screen::Help(_)
                | Screen::Office(_) => Typing::Nothing,
            },
            Panel::Search { .. } => Typing::Search,
            Panel::Number { .. } => Typing::Number,
            Panel::Weight { product, .. } => Typing::Weight(product.sku.as_str().to_owned()),
            Panel::Pin { .. } => Typing::Pin,
            Panel::FirstName => Typing::Name,
        };
        if typing != self.typed_for {
            self.typed_for = typing;
            self.typed.clear();
            self.scanned.clear();
        }
    }

    /// The corner taps and the key chords that open what a shopper does not see.
    fn hidden_ways(&mut self, ui: &Ui, view: &LaneView, out: &mut Vec<Command>) {
        let place = corner(ui.ctx().content_rect());
        let (now, taps, office_keys, staff_keys) = ui.input(|input| {
            let taps = input
                .events
                .iter()
                .filter(|event| matches!(event, Event::PointerButton { pos, pressed: true, .. } if place.contains(*pos)))
                .count();
            // The keys held when it was pressed, not those held at the end of a slow pass.
            let chord = |wanted: Key| {
                input.events.iter().any(|event| {
                    matches!(event, Event::Key { key, pressed: true, modifiers, .. }
                        if *key == wanted && modifiers.matches_logically(Modifiers::CTRL | Modifiers::SHIFT))
                })
            };
            let figures = chord(Key::D) || input.key_pressed(Key::F12);
            (input.time, taps, chord(Key::B), figures)
        });
        for _ in 0..taps {
            self.taps.push_back(now);
        }
        while self
            .taps
            .front()
            .is_some_and(|first| now - first > CORNER_SECONDS)
        {
            self.taps.pop_front();
        }
        let free = matches!(view.panel, Panel::None)
            && !matches!(view.screen, Screen::Office(_) | Screen::Paying(_));
        if free && (self.taps.len() >= CORNER_TAPS || office_keys) {
            self.taps.clear();
            out.push(Command::OpenPin(PinPurpose::Office));
        }
        if staff_keys {
            out.push(Command::ToggleStaff);
        }
    }
}

fn was_touched(ui: &Ui) -> bool {
    ui.input(|input| {
        input.events.iter().any(|event| {
            matches!(
                event,
                Event::PointerButton { pressed: true, .. }
                    | Event::Key { pressed: true, .. }
                    | Event::Touch { .. }
            )
        })
    })
}

fn over(view: &LaneView) -> Over<'_> {
    if let Some(seconds) = view.idle_seconds {
        return Over::Idle(seconds);
    }
    if !matches!(view.panel, Panel::None) {
        return Over::Panel(&view.panel);
    }
    match &view.screen {
        Screen::Scan(scan) => {
            if let Some(question) = &scan.question {
                return Over::Question(question);
            }
        }
        Screen::Attract(attract) => {
            if let Some(recovered) = &attract.recovered {
                return Over::Recovered(recovered);
            }
        }
        Screen::Office(office) => {
            if let Some(confirm) = &office.confirm {
                return Over::Confirm(confirm);
            }
            if let Some(path) = &office.path {
                return Over::Path(path);
            }
        }
        Screen::Review(_) | Screen::Paying(_) | Screen::Receipt(_) | Screen::Help(_) => {}
    }
    let selling = matches!(view.screen, Screen::Attract(_) | Screen::Scan(_));
    if selling && view.notice == Some(Notice::CameraMissing) {
        return Over::CameraMissing;
    }
    Over::Nothing
}

fn screen_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    view: &LaneView,
    (scanned, office, flight): (&mut String, &mut office::OfficeState, &mut scan::Flight),
) {
    let notice = view.notice.as_ref();
    match &view.screen {
        Screen::Attract(attract) => attract::attract_ui(ui, cx, attract, notice, scanned),
        Screen::Scan(scan) => {
            scan::scan_ui(ui, cx, scan, (notice, view.staff.as_ref()), flight);
            scan::keys(ui, cx, scan, scanned);
        }
        Screen::Review(review) => review::review_ui(ui, cx, review),
        Screen::Paying(paying) => paying::paying_ui(ui, cx, paying),
        Screen::Receipt(receipt) => receipt::receipt_ui(ui, cx, receipt),
        Screen::Help(help) => help::help_ui(ui, cx, help),
        Screen::Office(page) => office::office_ui(ui, cx, page, office),
    }
}

fn over_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    over: &Over<'_>,
    (typed, state): (&mut String, &mut office::OfficeState),
) {
    match over {
        Over::Nothing => {}
        Over::Idle(seconds) => panels::idle_ui(ui, cx, *seconds),
        Over::Question(question) => question_ui(ui, cx, question),
        Over::Recovered(recovered) => attract::recovered_ui(ui, cx, recovered),
        Over::CameraMissing => panels::camera_missing_ui(ui, cx),
        Over::Confirm(confirm) => confirm_ui(ui, cx, confirm, typed),
        Over::Path(path) => ask_path_ui(ui, cx, path, &mut state.path),
        Over::Panel(Panel::None) => {}
        Over::Panel(Panel::Search { results }) => panels::search_ui(ui, cx, typed, results),
        Over::Panel(Panel::Number { unknown }) => panels::number_ui(ui, cx, typed, unknown.as_deref()),
        Over::Panel(Panel::Weight { product, tare_grams }) => {
            panels::weight_ui(ui, cx, typed, product, *tare_grams);
        }
        Over::Panel(Panel::FirstName) => first_name_ui(ui, cx, typed),
        Over::Panel(Panel::Pin { purpose, refused }) => panels::pin_ui(ui, cx, typed, *purpose, *refused),
    }
}
