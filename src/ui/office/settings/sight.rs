//! What the lane sees: camera, zone and thresholds, with the picture in view beside them.
//!
//! While a slider moves the boxes come and go at once; only where it is let go is kept.

use std::collections::BTreeMap;

use eframe::egui::{
    Align2, Color32, CornerRadius, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, UiBuilder, vec2,
};

use crate::{
    geom::CornerBox,
    ui::{
        theme::{CARD_RADIUS, TOUCH, size, space},
        widgets::{
            Cx,
            boxes::ui_from_picture,
            button::{Button, Kind, card},
            column,
            field::FIELD,
            form::{Picks, cells, pick_ui},
            photo::{fit, paint_live},
            slider::{Moved, Slider, slider_ui},
            take_bottom, take_right, take_top,
            text::Text,
        },
        words::SettingsWord,
    },
};

use super::{
    SettingsCommand, send,
    view::{ClassView, SeenBox, Setting, SettingsView, SightView},
};

const ROW: f32 = 64.0;
const SIDES: [SettingsWord; 4] = [
    SettingsWord::ZoneLeft,
    SettingsWord::ZoneTop,
    SettingsWord::ZoneRight,
    SettingsWord::ZoneBottom,
];

/// Where sliders stand that are being dragged.
#[derive(Debug, Default)]
pub(super) struct SightState {
    thresholds: BTreeMap<String, u16>,
    zone: Option<[u16; 4]>,
}

/// Paints it.
pub(super) fn sight_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    area: Rect,
    view: &SettingsView,
    state: &mut SightState,
) {
    let mut area = area;
    let wide = area.width() > area.height();
    let picture = if wide {
        let width = area.width() * 0.5;
        take_right(&mut area, width, space::L)
    } else {
        let height = area.height() * 0.42;
        take_top(&mut area, height, space::L)
    };
    controls_ui(ui, cx, area, view, state);
    picture_ui(ui, cx, picture, view, state);
}

fn controls_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, view: &SettingsView, state: &mut SightState) {
    card(ui, cx.theme, area);
    let mut inner = area.shrink(space::XL);
    let place = take_top(&mut inner, FIELD, space::L);
    source_ui(ui, cx, place, view);
    title_ui(ui, cx, &mut inner, SettingsWord::Zone);
    zone_ui(ui, cx, &mut inner, view, state);
    title_ui(ui, cx, &mut inner, SettingsWord::Thresholds);
    let hint = cx.words.say(SettingsWord::ThresholdHint);
    super::rows::hint_ui(ui, cx, &mut inner, &hint);
    if view.classes.is_empty() {
        let words = cx.words.say(SettingsWord::NoModel);
        super::rows::hint_ui(ui, cx, &mut inner, &words);
        return;
    }
    let mut child = ui.new_child(UiBuilder::new().id_salt("thresholds").max_rect(inner));
    child.set_clip_rect(inner.expand(space::XS).intersect(ui.clip_rect()));
    ScrollArea::vertical()
        .id_salt("threshold rows")
        .auto_shrink([false, false])
        .show(&mut child, |ui| {
            let all = vec2(inner.width() - space::M, ROW * view.classes.len() as f32);
            let (mut rest, _) = ui.allocate_exact_size(all, Sense::hover());
            for class in &view.classes {
                let place = take_top(&mut rest, ROW, 0.0);
                if place.intersects(ui.clip_rect()) {
                    class_ui(ui, cx, place, class, state);
                }
            }
        });
}

fn title_ui(ui: &Ui, cx: &Cx<'_>, inner: &mut Rect, word: SettingsWord) {
    let title = cx.words.say(word);
    Text::new(&title, cx.theme.text)
        .points(size::LARGE)
        .bold()
        .label(ui, take_top(inner, 40.0, space::S));
}

fn source_ui(ui: &Ui, cx: &mut Cx<'_>, place: Rect, view: &SettingsView) {
    let [pick, buttons] = cells(place, [0.0, 460.0], space::M);
    let name = cx.words.say(SettingsWord::Camera);
    let now = view
        .cameras
        .iter()
        .position(|(value, _)| value == view.value(Setting::Source))
        .unwrap_or(0);
    let picks = Picks {
        count: view.cameras.len(),
        now,
        label: &|place| {
            view.cameras
                .get(place)
                .map_or_else(String::new, |(_, name)| name.clone())
        },
    };
    let picked = pick_ui(ui, cx, pick, &name, picks);
    if let Some((value, _)) = picked.and_then(|index| view.cameras.get(index)) {
        send(
            cx,
            SettingsCommand::Set {
                setting: Setting::Source,
                value: value.clone(),
            },
        );
    }
    let mut buttons = buttons;
    let row = take_bottom(&mut buttons, TOUCH, 0.0);
    let live = cx.words.say(SettingsWord::ShowCamera);
    if Button::new(&live, Kind::Quiet).show(ui, cx.theme, column(row, 0, 2, space::S)) {
        send(cx, SettingsCommand::ShowSource);
    }
    let demo = cx.words.say(SettingsWord::ShowDemo);
    if Button::new(&demo, Kind::Quiet).show(ui, cx.theme, column(row, 1, 2, space::S)) {
        send(cx, SettingsCommand::ShowDemo);
    }
}

fn zone_ui(ui: &Ui, cx: &mut Cx<'_>, inner: &mut Rect, view: &SettingsView, state: &mut SightState) {
    let zone = state.zone.unwrap_or(view.zone);
    for pair in [[0, 2], [1, 3]] {
        let line = take_top(inner, TOUCH, 0.0);
        for (place, side) in pair.into_iter().enumerate() {
            let cell = column(line, place, 2, space::XL);
            let [label, track] = cells(cell, [90.0, 0.0], space::S);
            let name = cx.words.say(SIDES[side]);
            Text::new(&name, cx.theme.text).paint(ui, label);
            let said = cx.words.with(SettingsWord::ZoneSide, &[("side", &name)]);
            // Opposite sides keep a tenth of the picture between them.
            let (least, most) = match side {
                0 | 1 => (0, zone[side + 2].saturating_sub(10)),
                _ => (zone[side - 2] + 10, 100),
            };
            let slider = Slider {
                name: &said,
                least,
                most,
                unit: " %",
            };
            match slider_ui(ui, cx, track, slider, zone[side]) {
                Some(Moved::To(value)) => {
                    let mut moved = zone;
                    moved[side] = value;
                    state.zone = Some(moved);
                }
                Some(Moved::Set(value)) => {
                    let mut moved = zone;
                    moved[side] = value;
                    state.zone = None;
                    if moved != view.zone {
                        send(cx, SettingsCommand::SetZone(moved));
                    }
                }
                None => {}
            }
        }
    }
    take_top(inner, space::L, 0.0);
}

fn class_ui(ui: &Ui, cx: &mut Cx<'_>, place: Rect, class: &ClassView, state: &mut SightState) {
    let [name, track, usual] = cells(place, [170.0, 0.0, 130.0], space::M);
    Text::new(&class.name, cx.theme.text).label(ui, name);
    let said = cx.words.with(SettingsWord::ThresholdOf, &[("name", &class.name)]);
    let slider = Slider {
        name: &said,
        least: 5,
        most: 95,
        unit: " %",
    };
    let value = state
        .thresholds
        .get(&class.class)
        .copied()
        .unwrap_or(class.threshold);
    let track = track.shrink2(vec2(0.0, 4.0));
    match slider_ui(ui, cx, track, slider, value) {
        Some(Moved::To(value)) => {
            state.thresholds.insert(class.class.clone(), value);
        }
        Some(Moved::Set(value)) => {
            state.thresholds.remove(&class.class);
            if value != class.threshold {
                let class = class.class.clone();
                let percent = Some(value);
                send(cx, SettingsCommand::SetThreshold { class, percent });
            }
        }
        None => {}
    }
    let label = cx.words.say(SettingsWord::AsUsual);
    let said = cx.words.with(SettingsWord::UsualOf, &[("name", &class.name)]);
    let usual = usual.shrink2(vec2(0.0, 4.0));
    let button = Button::new(&label, Kind::Quiet)
        .named(&said)
        .enabled(class.threshold != class.usual);
    if button.show(ui, cx.theme, usual) {
        let class = class.class.clone();
        send(cx, SettingsCommand::SetThreshold { class, percent: None });
    }
}

fn picture_ui(ui: &Ui, cx: &mut Cx<'_>, area: Rect, view: &SettingsView, state: &SightState) {
    card(ui, cx.theme, area);
    let mut inner = area.shrink(space::L);
    let foot = take_bottom(&mut inner, 32.0, space::S);
    let Some(sight) = &view.sight else {
        let words = cx.words.say(SettingsWord::NoPicture);
        Text::new(&words, cx.theme.muted)
            .rows(4)
            .align(Align2::CENTER_CENTER)
            .label(ui, inner);
        return;
    };
    let (width, height) = sight.frame.size();
    let picture = fit(vec2(width as f32, height as f32), inner);
    paint_live(ui, cx.textures, &sight.frame, picture, CARD_RADIUS);
    let zone = state.zone.unwrap_or(view.zone);
    zone_frame_ui(ui, cx, picture, zone);
    let mut count = 0;
    for seen in &sight.boxes {
        let Some(class) = view.classes.get(seen.class) else {
            continue;
        };
        let threshold = state
            .thresholds
            .get(&class.class)
            .copied()
            .unwrap_or(class.threshold);
        let counts = seen.percent >= threshold && in_zone(seen.bbox, zone);
        count += usize::from(counts);
        box_ui(ui, cx, picture, (seen, class, counts));
    }
    let words = cx.words.with(
        SettingsWord::SeenCount,
        &[
            ("count", &count.to_string()),
            ("all", &seen_in(sight).to_string()),
        ],
    );
    Text::new(&words, cx.theme.text).label(ui, foot);
}

const fn seen_in(sight: &SightView) -> usize {
    sight.boxes.len()
}

/// Whether the middle of a box lies in the zone.
fn in_zone(bbox: CornerBox, zone: [u16; 4]) -> bool {
    let (x, y) = bbox.center();
    let [left, top, right, bottom] = zone.map(|side| f32::from(side) / 100.0);
    (left..=right).contains(&x) && (top..=bottom).contains(&y)
}

/// Dims what lies outside the zone.
fn zone_frame_ui(ui: &Ui, cx: &Cx<'_>, picture: Rect, zone: [u16; 4]) {
    if zone == [0, 0, 100, 100] {
        return;
    }
    let [x0, y0, x1, y1] = zone.map(|side| f32::from(side) / 100.0);
    let inside = ui_from_picture(CornerBox { x0, y0, x1, y1 }, picture);
    let dim = Color32::from_black_alpha(140);
    let painter = ui.painter();
    let mut upper = picture;
    upper.max.y = inside.min.y;
    let mut lower = picture;
    lower.min.y = inside.max.y;
    let mut left = inside;
    (left.min.x, left.max.x) = (picture.min.x, inside.min.x);
    let mut right = inside;
    (right.min.x, right.max.x) = (inside.max.x, picture.max.x);
    for part in [upper, lower, left, right] {
        painter.rect_filled(part, CornerRadius::ZERO, dim);
    }
    let line = Stroke::new(2.0, cx.theme.box_found);
    painter.rect_stroke(inside, CornerRadius::ZERO, line, StrokeKind::Middle);
}

/// What counts has a full outline; what does not is faint.
fn box_ui(ui: &Ui, cx: &Cx<'_>, picture: Rect, (seen, class, counts): (&SeenBox, &ClassView, bool)) {
    let place = ui_from_picture(seen.bbox, picture);
    let (wide, color) = if counts {
        (5.0, cx.theme.box_found)
    } else {
        (2.0, cx.theme.box_unknown.gamma_multiply(0.7))
    };
    let painter = ui.painter();
    let radius = CornerRadius::same(8);
    let edge = Stroke::new(
        wide + 3.0,
        cx.theme.box_edge.gamma_multiply(if counts { 1.0 } else { 0.5 }),
    );
    painter.rect_stroke(place, radius, edge, StrokeKind::Middle);
    painter.rect_stroke(place, radius, Stroke::new(wide, color), StrokeKind::Middle);
    let words = format!("{} {} %", class.name, seen.percent);
    let text = Text::new(&words, cx.theme.box_edge).points(size::SMALL).bold();
    let wide = text.width(ui) + 2.0 * space::S;
    let label = Rect::from_min_size(place.min, vec2(wide, 26.0));
    let label = label.translate(vec2(
        (picture.max.x - label.max.x).min(0.0),
        (picture.max.y - label.max.y).min(0.0),
    ));
    painter.rect_filled(label, CornerRadius::same(6), color);
    text.align(Align2::CENTER_CENTER).label(ui, label);
}

#[cfg(test)]
mod tests {
    use super::in_zone;
    use crate::geom::CornerBox;

    #[test]
    fn the_middle_of_a_box_decides() {
        let of = |x0, x1| CornerBox {
            x0,
            y0: 0.4,
            x1,
            y1: 0.6,
        };
        // Middles at 0.15 and 0.25 around a zone that begins at a fifth.
        assert!(!in_zone(of(0.1, 0.2), [20, 0, 100, 100]));
        assert!(in_zone(of(0.1, 0.4), [20, 0, 100, 100]));
        assert!(!in_zone(of(0.1, 0.4), [20, 60, 100, 100]));
    }
}
