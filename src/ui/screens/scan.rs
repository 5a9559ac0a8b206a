//! The scan screen: live picture, basket, one way forward, three quiet ways out.

use eframe::egui::{
    Align2, Color32, CornerRadius, Key, Rect, Stroke, StrokeKind, Ui, Vec2, emath, pos2, vec2,
};

use crate::{
    domain::line::LineId,
    frame::Frame,
    ui::{
        command::Command,
        screens::{Regions, instruction_ui, notice_ui, regions, till_ui},
        theme::{CARD_RADIUS, TOUCH, size, space},
        view::{BoxState, BoxView, Notice, PictureView, ScanView, StaffView},
        widgets::{
            Cx,
            boxes::{boxes_ui, ui_from_picture},
            button::{Button, Kind, card},
            figures::figures_ui,
            icon::{self, Icon},
            keypad::enter_is_free,
            line::{LINE_HEIGHT, edit_list_ui},
            photo::{fit, paint_live_over},
            take_bottom, take_left, take_top,
            text::Text,
        },
        words::Word,
    },
};

/// How long an item flies from its box to its line, in seconds.
const FLIGHT: f64 = 0.22;

/// The line that was added last, and when it was first seen; lives between passes.
#[derive(Debug, Default)]
pub struct Flight {
    of: Option<(LineId, i64)>,
    since: f64,
}

/// Paints the screen.
pub fn scan_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    view: &ScanView,
    (notice, staff): (Option<&Notice>, Option<&StaffView>),
    flight: &mut Flight,
) {
    let Regions { main, till } = regions(ui.max_rect());
    let (picture, said) = picture_side_ui(ui, cx, main, view, (notice, staff));
    let list = basket_side_ui(ui, cx, till, (view, said));
    flight_ui(ui, cx, (picture, list), view, flight);
}

/// Shows where an item went: its outline moves from the box to its line.
fn flight_ui(ui: &Ui, cx: &Cx<'_>, (picture, list): (Rect, Rect), view: &ScanView, flight: &mut Flight) {
    let Some((place, line)) = view
        .basket
        .lines
        .iter()
        .rev()
        .enumerate()
        .find(|(_, line)| line.fresh)
    else {
        return;
    };
    let now = ui.input(|input| input.time);
    let of = Some((line.id, line.amount.minor()));
    if flight.of != of {
        *flight = Flight { of, since: now };
    }
    let done = (now - flight.since) / FLIGHT;
    let is_it = |item: &&BoxView| matches!(&item.state, BoxState::Found { name, .. } if *name == line.name);
    let Some(item) = view
        .picture
        .boxes
        .iter()
        .rev()
        .find(is_it)
        .filter(|_| cx.motion && done < 1.0)
    else {
        return;
    };
    #[expect(clippy::cast_possible_truncation, reason = "a number between 0 and 1")]
    let t = emath::easing::cubic_out(done as f32);
    let from = ui_from_picture(item.bbox, picture);
    let top = list.min.y + LINE_HEIGHT * place as f32;
    let to = Rect::from_min_size(pos2(list.min.x, top), vec2(list.width(), LINE_HEIGHT)).intersect(list);
    let rect = from.lerp_towards(&to, t);
    let color = cx.theme.box_found.gamma_multiply(1.0 - t * 0.6);
    ui.painter()
        .rect_stroke(rect, CARD_RADIUS, Stroke::new(5.0, color), StrokeKind::Middle);
    ui.ctx().request_repaint();
}

fn picture_side_ui(
    ui: &Ui,
    cx: &mut Cx<'_>,
    mut area: Rect,
    view: &ScanView,
    (notice, staff): (Option<&Notice>, Option<&StaffView>),
) -> (Rect, bool) {
    notice_ui(ui, cx, &mut area, notice);
    // A notice says what to do; a second instruction beside it would contradict.
    if matches!(notice, None | Some(Notice::CameraMissing)) {
        let head = take_top(&mut area, 56.0, space::M);
        instruction_ui(ui, cx, head, &cx.words.say(instruction(view)));
    }
    let figures = staff.map(|_| take_bottom(&mut area, 32.0, space::S));
    let shape = view.picture.frame.as_ref().map_or(vec2(4.0, 3.0), picture_size);
    let picture = fit(shape, area);
    // The picture starts right under the instruction, so that the eye need not jump.
    let picture =
        picture.translate(vec2(area.min.x - picture.min.x, area.min.y - picture.min.y) * pull(area, picture));
    picture_ui(ui, cx, picture, &view.picture, staff.is_some());
    if let Some(staff) = staff {
        figures_ui(ui, cx, picture, &staff.stages);
    }
    let chip = chip_place(picture, area);
    if let Some(place) = chip {
        counted_ui(ui, cx, (place, Align2::CENTER_CENTER), view);
    }
    if let (Some(place), Some(staff)) = (figures, staff) {
        staff_ui(ui, cx, place, staff);
    }
    (picture, chip.is_some())
}

fn instruction(view: &ScanView) -> Word {
    if view
        .picture
        .boxes
        .iter()
        .any(|item| matches!(item.state, BoxState::Unsure))
    {
        Word::ScanLook
    } else if view.basket.lines.is_empty() {
        Word::ScanEmpty
    } else {
        Word::ScanNext
    }
}

/// In landscape the picture hangs on the left edge; in portrait it is centred.
fn pull(area: Rect, picture: Rect) -> Vec2 {
    if picture.width() < area.width() - 1.0 {
        vec2(0.0, 1.0)
    } else {
        vec2(1.0, 1.0)
    }
}

fn picture_size(frame: &Frame) -> Vec2 {
    let (width, height) = frame.size();
    vec2(width as f32, height as f32)
}

fn picture_ui(ui: &Ui, cx: &mut Cx<'_>, rect: Rect, picture: &PictureView, staff: bool) {
    match &picture.frame {
        Some(frame) => paint_live_over(ui, cx.textures, frame, (rect, cx.theme.ground)),
        None => {
            card(ui, cx.theme, rect);
            let sign = Rect::from_center_size(rect.center() - vec2(0.0, 40.0), Vec2::splat(72.0));
            icon::paint(ui.painter(), sign, Icon::Camera, cx.theme.outline);
            let below = Rect::from_min_max(pos2(rect.min.x, rect.center().y + 16.0), rect.max);
            let text = cx.words.say(Word::ScanWaiting);
            Text::new(&text, cx.theme.muted)
                .points(size::LARGE)
                .align(Align2::CENTER_TOP)
                .label(ui, below);
        }
    }
    ui.painter()
        .rect_stroke(rect, CARD_RADIUS, cx.theme.card_stroke(), StrokeKind::Inside);
    boxes_ui(ui, cx, rect, &picture.boxes, staff);
    if let Some(source) = &picture.source {
        let text = Text::new(source, Color32::WHITE).points(size::SMALL);
        let chip = Rect::from_min_size(
            rect.right_top() + vec2(-text.width(ui) - 36.0, 12.0),
            vec2(text.width(ui) + 24.0, 32.0),
        );
        ui.painter()
            .rect_filled(chip, CornerRadius::same(8), Color32::from_black_alpha(190));
        text.align(Align2::CENTER_CENTER).label(ui, chip);
    }
}

/// Where "Counted: Apple" stands: under the picture, where there is room.
fn chip_place(picture: Rect, area: Rect) -> Option<Rect> {
    let place = Rect::from_min_size(
        picture.left_bottom() + vec2(0.0, space::L),
        vec2(picture.width(), TOUCH),
    );
    (place.max.y <= area.max.y).then_some(place)
}

/// "Counted: Apple", for as long as the line is lit. It covers neither an item nor a label.
fn counted_ui(ui: &Ui, cx: &Cx<'_>, (place, align): (Rect, Align2), view: &ScanView) {
    let Some(line) = view.basket.lines.iter().rev().find(|line| line.fresh) else {
        return;
    };
    let words = cx.words.with(Word::Counted, &[("name", &line.name)]);
    let points = if place.height() < TOUCH {
        size::BODY
    } else {
        size::LARGE
    };
    let text = Text::new(&words, cx.theme.box_edge).points(points).bold();
    let width = (text.width(ui) + 30.0 + space::XL * 2.0 + space::M).min(place.width());
    let chip = align.align_size_within_rect(vec2(width, place.height()), place);
    ui.painter().rect(
        chip,
        CornerRadius::same(28),
        cx.theme.box_found,
        Stroke::new(2.0, cx.theme.box_edge),
        StrokeKind::Inside,
    );
    let mut inner = chip.shrink2(vec2(space::XL, 0.0));
    let sign = take_left(&mut inner, 30.0, space::M);
    let sign = Rect::from_center_size(sign.center(), Vec2::splat(points));
    icon::paint(ui.painter(), sign, Icon::Check, cx.theme.box_edge);
    text.label(ui, inner);
}

fn staff_ui(ui: &Ui, cx: &Cx<'_>, rect: Rect, staff: &StaffView) {
    let fps = format!("{:.1}", staff.frames_per_second);
    let detect = format!("{:.0}", staff.detect_ms);
    let count = staff
        .count_ms
        .map_or_else(|| "\u{2013}".to_owned(), |ms| format!("{ms:.0}"));
    let args = [
        ("fps", fps.as_str()),
        ("detect", &detect),
        ("count", &count),
        ("model", &staff.model),
    ];
    let text = cx.words.with(Word::StaffFigures, &args);
    Text::new(&text, cx.theme.muted)
        .points(size::SMALL)
        .label(ui, rect);
}

fn basket_side_ui(ui: &mut Ui, cx: &mut Cx<'_>, till: Rect, (view, said): (&ScanView, bool)) -> Rect {
    let place = till_ui(ui, cx, till, &view.basket);
    let mut body = place.body;
    let head = take_top(&mut body, 40.0, space::M);
    let title = cx.words.say(Word::BasketTitle);
    let title = Text::new(&title, cx.theme.text).points(size::LARGE).bold();
    let mut rest = head;
    title.label(ui, take_left(&mut rest, title.width(ui) + 1.0, space::XL));
    if !said {
        counted_ui(
            ui,
            cx,
            (rest.expand2(vec2(0.0, space::XS)), Align2::RIGHT_CENTER),
            view,
        );
    }
    let list = body.expand2(vec2(space::L, 0.0));
    edit_list_ui(ui, cx, list, &view.basket);

    let some = !view.basket.lines.is_empty();
    let pay = if some {
        cx.words
            .with(Word::Pay, &[("total", &cx.words.money(view.basket.total))])
    } else {
        cx.words.say(Word::PayEmpty)
    };
    let pressed = Button::new(&pay, Kind::Primary)
        .enabled(some)
        .show(ui, cx.theme, place.primary);
    if pressed {
        cx.send(Command::Review);
    }
    let ways = [
        (Word::Search, Icon::Search, Command::OpenSearch),
        (Word::EnterNumber, Icon::Keypad, Command::OpenNumber),
        (Word::CallHelp, Icon::Bell, Command::CallHelp),
    ];
    let ways = ways.map(|(word, icon, command)| (cx.words.say(word), icon, command));
    let labels: Vec<&str> = ways.iter().map(|(label, ..)| label.as_str()).collect();
    let cells = columns_by_text(ui, place.second, &labels);
    for ((label, icon, command), cell) in ways.iter().zip(cells) {
        if Button::new(label, Kind::Quiet)
            .icon(*icon)
            .show(ui, cx.theme, cell)
        {
            cx.send(command.clone());
        }
    }
    list
}

/// Columns as wide as their words need, with what is left shared out evenly.
fn columns_by_text(ui: &Ui, mut rect: Rect, labels: &[&str]) -> Vec<Rect> {
    let widths: Vec<f32> = labels
        .iter()
        .map(|label| Text::new(label, Color32::BLACK).width(ui))
        .collect();
    let gaps = space::S * labels.len().saturating_sub(1) as f32;
    let spare = (rect.width() - gaps - widths.iter().sum::<f32>()) / labels.len().max(1) as f32;
    widths
        .into_iter()
        .map(|width| take_left(&mut rect, width + spare, space::S))
        .collect()
}

/// What the keyboard and a hand scanner do on this screen. A scanner types digits and ends with Enter.
pub fn keys(ui: &Ui, cx: &mut Cx<'_>, view: &ScanView, scanned: &mut String) {
    let number = scanned_number(ui, scanned);
    if let Some(number) = number {
        cx.send(Command::NumberEntered(number));
    } else if enter_is_free(ui) && !view.basket.lines.is_empty() {
        cx.send(Command::Review);
    }
}

/// Collects the digits of a hand scanner; gives the number when Enter ends it.
pub fn scanned_number(ui: &Ui, scanned: &mut String) -> Option<String> {
    for letter in crate::ui::widgets::keypad::typed_text(ui).chars() {
        if letter.is_ascii_digit() && scanned.len() < 14 {
            scanned.push(letter);
        } else {
            scanned.clear();
        }
    }
    let ended = ui.input(|input| input.key_pressed(Key::Enter));
    if !ended {
        return None;
    }
    let number = std::mem::take(scanned);
    (number.len() >= 4).then_some(number)
}
