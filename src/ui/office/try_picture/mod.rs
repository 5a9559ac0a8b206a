//! The page of a picture to try: any picture, a slider, and boxes that come and go at once.
//!
//! The model looks once, down to a tenth; the slider only chooses what of it is shown.

use std::path::PathBuf;

use eframe::egui::{Align2, CornerRadius, Pos2, Rect, Stroke, StrokeKind, Ui, pos2, vec2};

use crate::{
    geom::CornerBox,
    ui::{
        office::OfficeCommand,
        screens::is_landscape,
        theme::{CARD_RADIUS, PRIMARY, TOUCH, size, space},
        view::Photo,
        widgets::{
            Cx,
            boxes::{label_place, ui_from_picture},
            button::{Button, Kind, card, rule},
            icon::Icon,
            photo::{fit, paint_texture},
            slider::{Moved, Slider, slider_ui},
            take_bottom, take_right, take_top,
            text::Text,
        },
        words::TryWord,
    },
};

/// The slider's lower end, in per cent.
const LEAST: u16 = 10;

/// Something that the model sees.
#[derive(Debug, Clone, PartialEq)]
pub struct TryBox {
    /// Name of the product, or of the class where there is none.
    pub name: String,
    /// Where it is.
    pub bbox: CornerBox,
    /// How sure the model is, 0 to 1.
    pub score: f32,
}

/// How long each step took, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Timings {
    /// Opening the file.
    pub read_ms: f32,
    /// From pixels to boxes.
    pub detect_ms: f32,
}

/// A picture with what the model sees on it.
#[derive(Debug, Clone)]
pub struct Tried {
    /// Name of the file, or where the picture came from.
    pub name: String,
    /// The pixels.
    pub picture: Photo,
    /// Width and height of the original in pixels.
    pub size: (u32, u32),
    /// Everything above the slider's lowest, the surest first.
    pub boxes: Vec<TryBox>,
    /// Name of the model.
    pub model: String,
    /// How long it took.
    pub timings: Timings,
}

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct TryView {
    /// The picture.
    pub tried: Option<Box<Tried>>,
    /// Whether one is being looked at.
    pub busy: bool,
    /// Whether there is a camera to take one from.
    pub has_camera: bool,
}

/// What is asked for on the page.
#[derive(Debug, Clone, PartialEq)]
pub enum TryCommand {
    /// Choose a file.
    ChooseFile,
    /// Try this file.
    Open(PathBuf),
    /// Try the camera's picture.
    FromCamera,
    /// Try the next picture that came with the program.
    Demo,
}

/// What is typed and chosen on the page.
#[derive(Debug)]
pub struct TryState {
    /// How sure the model must be, in per cent.
    percent: u16,
}

impl TryState {
    fn threshold(&self) -> f32 {
        f32::from(self.percent) / 100.0
    }
}

impl Default for TryState {
    fn default() -> Self {
        Self { percent: 50 }
    }
}

fn send(cx: &mut Cx<'_>, command: TryCommand) {
    cx.office(OfficeCommand::TryPicture(command));
}

/// Paints the page.
pub fn try_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, view: &TryView, state: &mut TryState) {
    let dropped = ui.input(|input| input.raw.dropped_files.first().map(|file| file.path().to_owned()));
    if let Some(path) = dropped {
        send(cx, TryCommand::Open(path));
    }
    let mut area = area;
    let panel = if is_landscape(area) {
        take_right(&mut area, 400.0, space::M)
    } else {
        let height = (area.height() * 0.46).max(480.0);
        take_bottom(&mut area, height, space::M)
    };
    panel_ui(ui, cx, panel, view, state);
    picture_ui(ui, cx, area, view, state);
}

fn picture_ui(ui: &Ui, cx: &mut Cx<'_>, room: Rect, view: &TryView, state: &TryState) {
    ui.painter().rect_filled(room, CARD_RADIUS, cx.theme.control);
    let Some(tried) = &view.tried else {
        let word = if view.busy {
            TryWord::Looking
        } else {
            TryWord::Empty
        };
        let words = cx.words.say(word);
        Text::new(&words, cx.theme.text)
            .rows(4)
            .align(Align2::CENTER_CENTER)
            .label(ui, room.shrink(space::HUGE));
        return;
    };
    let texture = cx.textures.photo(ui.ctx(), &tried.picture).clone();
    let place = fit(
        vec2(tried.size.0 as f32, tried.size.1 as f32),
        room.shrink(space::XS),
    );
    let whole = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));
    paint_texture(ui, &texture, place, whole, CornerRadius::same(8));
    let mut taken: Vec<Rect> = Vec::new();
    let shown: Vec<&TryBox> = tried
        .boxes
        .iter()
        .filter(|one| one.score >= state.threshold())
        .collect();
    let rects: Vec<Rect> = shown.iter().map(|one| ui_from_picture(one.bbox, place)).collect();
    for rect in &rects {
        for (width, colour) in [(8.0, cx.theme.box_edge), (4.0, cx.theme.box_found)] {
            let stroke = Stroke::new(width, colour);
            ui.painter()
                .rect_stroke(*rect, CornerRadius::same(8), stroke, StrokeKind::Middle);
        }
    }
    for (one, rect) in shown.iter().zip(&rects) {
        let words = format!("{} {:.0} %", one.name, one.score * 100.0);
        let text = Text::new(&words, cx.theme.box_edge).points(18.0).bold();
        let room = vec2(text.width(ui) + 20.0, 34.0);
        let tag = label_place(*rect, room, place.shrink(4.0), &taken);
        taken.push(tag);
        ui.painter()
            .rect_filled(tag, CornerRadius::same(6), cx.theme.box_found);
        text.label(ui, tag.shrink2(vec2(10.0, 0.0)));
    }
}

fn panel_ui(ui: &Ui, cx: &mut Cx<'_>, area: Rect, view: &TryView, state: &mut TryState) {
    card(ui, cx.theme, area);
    let mut inner = area.shrink(space::L);
    let primary = take_bottom(&mut inner, PRIMARY, space::S);
    let choose = cx.words.say(TryWord::Choose);
    if Button::new(&choose, Kind::Primary)
        .enabled(!view.busy)
        .show(ui, cx.theme, primary)
    {
        send(cx, TryCommand::ChooseFile);
    }
    let rows = [
        (TryWord::Demo, true, TryCommand::Demo, None),
        (
            TryWord::Camera,
            view.has_camera,
            TryCommand::FromCamera,
            Some(Icon::Camera),
        ),
    ];
    for (word, enabled, wish, icon) in rows {
        let label = cx.words.say(word);
        let place = take_bottom(&mut inner, TOUCH, space::S);
        let mut button = Button::new(&label, Kind::Quiet).enabled(enabled && !view.busy);
        if let Some(icon) = icon {
            button = button.icon(icon);
        }
        if button.show(ui, cx.theme, place) {
            send(cx, wish);
        }
    }
    threshold_ui(ui, cx, take_top(&mut inner, 132.0, space::M), state);
    let Some(tried) = &view.tried else { return };
    timings_ui(ui, cx, take_top(&mut inner, 132.0, space::M), tried);
    list_ui(ui, cx, inner, (tried, state.threshold()));
}

/// How sure the model must be: what is asked, and a slider under it.
fn threshold_ui(ui: &Ui, cx: &Cx<'_>, mut place: Rect, state: &mut TryState) {
    let name = cx.words.say(TryWord::Threshold);
    let head = take_top(&mut place, 52.0, space::S);
    Text::new(&name, cx.theme.text).rows(2).label(ui, head);
    let slider = Slider {
        name: &name,
        least: LEAST,
        most: 100,
        unit: " %",
    };
    match slider_ui(ui, cx, take_top(&mut place, TOUCH, 0.0), slider, state.percent) {
        Some(Moved::To(percent) | Moved::Set(percent)) => state.percent = percent,
        None => {}
    }
}

fn timings_ui(ui: &Ui, cx: &Cx<'_>, mut place: Rect, tried: &Tried) {
    rule(ui, cx.theme, place, place.min.y);
    place.min.y += space::S;
    let (w, h) = tried.size;
    let rows = [
        (tried.name.clone(), format!("{w} \u{d7} {h}")),
        (
            cx.words.say(TryWord::Reading),
            format!("{:.0} ms", tried.timings.read_ms),
        ),
        (
            cx.words.say(TryWord::Detecting),
            format!("{:.0} ms", tried.timings.detect_ms),
        ),
        (cx.words.say(TryWord::Model), tried.model.clone()),
    ];
    for (name, value) in rows {
        let mut line = take_top(&mut place, 28.0, 2.0);
        let text = Text::new(&value, cx.theme.text)
            .points(size::SMALL)
            .align(Align2::RIGHT_CENTER);
        let width = text.width(ui).min(line.width() * 0.6) + 2.0;
        text.label(ui, take_right(&mut line, width, space::S));
        Text::new(&name, cx.theme.muted)
            .points(size::SMALL)
            .label(ui, line);
    }
}

/// Everything that the model sees; what the slider hides is faint.
fn list_ui(ui: &Ui, cx: &Cx<'_>, mut area: Rect, (tried, threshold): (&Tried, f32)) {
    let shown = tried.boxes.iter().filter(|one| one.score >= threshold).count();
    let words = cx.words.count(TryWord::Found, shown);
    let head = take_top(&mut area, 36.0, space::XS);
    rule(ui, cx.theme, head, head.min.y);
    Text::new(&words, cx.theme.text).bold().label(ui, head);
    for one in &tried.boxes {
        if area.height() < 28.0 {
            return;
        }
        let mut line = take_top(&mut area, 28.0, 2.0);
        let ink = if one.score >= threshold {
            cx.theme.text
        } else {
            cx.theme.outline
        };
        let share = format!("{:.0} %", one.score * 100.0);
        let value = take_right(&mut line, 70.0, space::S);
        Text::new(&share, ink)
            .points(size::SMALL)
            .align(Align2::RIGHT_CENTER)
            .paint(ui, value);
        Text::new(&one.name, ink).points(size::SMALL).paint(ui, line);
    }
}
