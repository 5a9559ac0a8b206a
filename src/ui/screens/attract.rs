//! Nobody is here: one sentence, how it works in three pictures, the languages. Any touch starts.

use std::time::Duration;

use eframe::egui::{Align2, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::ui::{
    command::Command,
    screens::{is_landscape, notice_ui, scan::scanned_number},
    theme::{CARD_RADIUS, PRIMARY, size, space},
    view::{AttractView, Notice, RecoveredView},
    widgets::{
        Cx,
        button::{Button, Kind},
        column,
        icon::{self, Icon},
        id,
        photo::paint_photo,
        sheet::{heading, sheet},
        take_bottom, take_left, take_right, take_top,
        text::Text,
    },
    words::{Lang, Word},
};

/// How long each of the three pictures stays.
const STEP_SECONDS: f64 = 3.5;
const STEPS: [Word; 3] = [Word::StepPut, Word::StepCheck, Word::StepPay];

/// Paints the screen.
pub fn attract_ui(
    ui: &Ui,
    cx: &mut Cx<'_>,
    view: &AttractView,
    notice: Option<&Notice>,
    scanned: &mut String,
) {
    let full = ui.max_rect();
    let touch = cx.words.say(Word::AttractTouch);
    // The whole surface is the start button; what is painted later lies over it.
    let response = ui.interact(full, id("start"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &touch));
    let in_corner = response
        .interact_pointer_pos()
        .is_some_and(|pos| crate::ui::kiosk::corner(full).contains(pos));
    if response.clicked() && !in_corner {
        cx.send(Command::Start);
    }
    if let Some(number) = scanned_number(ui, scanned).filter(|_| ui.is_enabled()) {
        cx.send(Command::NumberEntered(number));
    }

    let mut area = full.shrink(space::XL);
    notice_ui(ui, cx, &mut area, notice);
    let step = step_now(ui, cx);
    if is_landscape(full) {
        let mut right = take_right(&mut area, full.width() * 0.385, space::XL);
        show_ui(ui, cx, area, view, step);
        let languages = take_bottom(&mut right, PRIMARY, space::XL);
        languages_ui(ui, cx, languages);
        sentence_ui(
            ui,
            cx,
            right.shrink2(vec2(space::L, 0.0)),
            &touch,
            Align2::LEFT_CENTER,
        );
    } else {
        let languages = take_bottom(&mut area, PRIMARY, space::XXL);
        languages_ui(ui, cx, languages);
        let show = take_top(&mut area, full.height() * 0.56, space::XL);
        show_ui(ui, cx, show, view, step);
        sentence_ui(ui, cx, area, &touch, Align2::CENTER_CENTER);
    }
}

fn step_now(ui: &Ui, cx: &Cx<'_>) -> usize {
    if !cx.motion {
        return 0;
    }
    let turns = ui.input(|input| input.time) / STEP_SECONDS;
    let left = (turns.floor() + 1.0 - turns) * STEP_SECONDS;
    ui.ctx()
        .request_repaint_after(Duration::from_secs_f64(left.clamp(0.05, STEP_SECONDS)));
    let place = turns.floor() % 3.0;
    if place < 0.5 {
        0
    } else if place < 1.5 {
        1
    } else {
        2
    }
}

/// The photo of the step and the strip of all three.
fn show_ui(ui: &Ui, cx: &mut Cx<'_>, mut area: Rect, view: &AttractView, step: usize) {
    let strip = take_bottom(&mut area, 72.0, space::L);
    let photo = view.photos.get(step);
    if photo.is_some() {
        paint_photo(ui, cx.theme, cx.textures, area, (photo, ""));
        ui.painter()
            .rect_stroke(area, CARD_RADIUS, cx.theme.card_stroke(), StrokeKind::Inside);
    } else {
        ui.painter().rect(
            area,
            CARD_RADIUS,
            cx.theme.card,
            cx.theme.card_stroke(),
            StrokeKind::Inside,
        );
        let sign = [Icon::Basket, Icon::Check, Icon::Card]
            .get(step)
            .copied()
            .unwrap_or(Icon::Basket);
        icon::paint(
            ui.painter(),
            Rect::from_center_size(area.center(), Vec2::splat(260.0)),
            sign,
            cx.theme.accent,
        );
    }
    for (index, word) in STEPS.into_iter().enumerate() {
        let mut cell = column(strip, index, 3, space::M);
        let now = index == step && cx.motion;
        let (fill, ink) = if now {
            (cx.theme.accent_soft, cx.theme.text)
        } else {
            (cx.theme.card, cx.theme.text)
        };
        let stroke = if now {
            Stroke::new(3.0, cx.theme.accent)
        } else {
            Stroke::new(1.0, cx.theme.line)
        };
        ui.painter()
            .rect(cell, CARD_RADIUS, fill, stroke, StrokeKind::Inside);
        cell = cell.shrink2(vec2(space::L, 0.0));
        let number = take_left(&mut cell, 40.0, space::M);
        ui.painter().circle_filled(number.center(), 20.0, cx.theme.accent);
        let digit = (index + 1).to_string();
        Text::new(&digit, cx.theme.on_accent)
            .points(size::BODY)
            .bold()
            .align(Align2::CENTER_CENTER)
            .paint(ui, number);
        let text = cx.words.say(word);
        Text::new(&text, ink).points(size::LARGE).shrink().label(ui, cell);
    }
}

fn sentence_ui(ui: &Ui, cx: &Cx<'_>, area: Rect, touch: &str, align: Align2) {
    let title = cx.words.say(Word::AttractTitle);
    let top = Align2([align.x(), eframe::egui::Align::TOP]);
    let title_text = Text::new(&title, cx.theme.text)
        .points(size::TOTAL)
        .bold()
        .rows(4)
        .balance()
        .align(top);
    let height = title_text.height(ui, area.width());
    let whole = height + space::L + 40.0;
    let mut place = Rect::from_min_max(pos2(area.min.x, area.center().y - whole / 2.0), area.max);
    title_text.label(ui, take_top(&mut place, height, space::L));
    let below = take_top(&mut place, 40.0, 0.0);
    Text::new(touch, cx.theme.muted)
        .points(size::LARGE)
        .align(align)
        .paint(ui, below);
}

fn languages_ui(ui: &Ui, cx: &mut Cx<'_>, rect: Rect) {
    for (index, lang) in Lang::ALL.into_iter().enumerate() {
        let cell = column(rect, index, Lang::ALL.len(), space::M);
        let chosen = lang == cx.words.lang();
        if Button::new(lang.own_name(), Kind::Second)
            .selected(chosen)
            .show(ui, cx.theme, cell)
        {
            cx.send(Command::ChooseLanguage(lang));
        }
    }
}

/// "There is a basket from before."
pub fn recovered_ui(ui: &Ui, cx: &mut Cx<'_>, view: &RecoveredView) {
    let mut inner = sheet(ui, cx, "recovered", vec2(840.0, 380.0));
    let items = cx.words.count(Word::Items, view.items as usize);
    let total = cx.words.money(view.total);
    let hint = cx
        .words
        .with(Word::RecoveredText, &[("items", &items), ("total", &total)]);
    let title = cx.words.say(Word::RecoveredTitle);
    two_ways(
        ui,
        cx,
        &mut inner,
        (&title, &hint),
        [
            (Word::RecoveredYes, Command::RestoreBasket),
            (Word::RecoveredNo, Command::DiscardRecovered),
        ],
    );
}

/// A sheet with a title, a sentence, a way forward and a quieter way below it.
pub fn two_ways(
    ui: &Ui,
    cx: &mut Cx<'_>,
    inner: &mut Rect,
    (title, hint): (&str, &str),
    ways: [(Word, Command); 2],
) {
    let [(first, on_first), (second, on_second)] = ways;
    let quiet = take_bottom(inner, 64.0, space::L);
    let primary = take_bottom(inner, PRIMARY, space::XL);
    heading(ui, cx, inner, title, hint);
    let label = cx.words.say(first);
    let enter = crate::ui::widgets::keypad::enter_is_free(ui);
    if Button::new(&label, Kind::Primary).show(ui, cx.theme, primary) || enter {
        cx.send(on_first);
    }
    let label = cx.words.say(second);
    if Button::new(&label, Kind::Quiet).show(ui, cx.theme, quiet) {
        cx.send(on_second);
    }
}
