//! The photos as a list: only what is in sight is painted and asked for, so that ten thousand are as quick as
//! ten.

use eframe::egui::{
    Align2, CornerRadius, Rect, ScrollArea, Stroke, StrokeKind, Ui, UiBuilder, Vec2, pos2, vec2,
};

use super::{
    LabelsState, send,
    view::{LabelsCommand, LabelsView, PhotoRow, PhotoState},
};
use crate::ui::{
    theme::{CONTROL_RADIUS, size, space},
    widgets::{
        Cx,
        button::{card, focus_ring, press_area},
        icon::{self, Icon},
        photo::paint_photo,
        text::Text,
    },
    words::LabelsWord,
};

/// Side of a cell in the list.
const CELL: Vec2 = vec2(184.0, 148.0);

/// Paints the list; downwards in a tall area, to the right in a flat one.
pub(super) fn list_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, view: &LabelsView, state: &mut LabelsState) {
    card(ui, cx.theme, area);
    let inner = area.shrink(space::S);
    if view.photos.is_empty() {
        let words = cx.words.say(LabelsWord::NoneHere);
        Text::new(&words, cx.theme.muted)
            .rows(6)
            .align(Align2::CENTER_CENTER)
            .label(ui, inner.shrink(space::S));
        return;
    }
    let down = area.height() > area.width();
    let count = view.photos.len();
    let step = if down { CELL.y } else { CELL.x } + space::S;
    let across = if down { inner.width() } else { inner.height() };
    let all = step * count as f32;
    let mut child = ui.new_child(UiBuilder::new().id_salt("label list").max_rect(inner));
    child.set_clip_rect(inner.intersect(ui.clip_rect()));
    let scroll = if down {
        ScrollArea::vertical()
    } else {
        ScrollArea::horizontal()
    };
    let chosen = view.open.as_ref().map(|open| open.id);
    let moved = chosen != state.shown;
    let mut seen = Vec::new();
    scroll
        .id_salt("label rows")
        .auto_shrink([false, false])
        .show_viewport(&mut child, |ui, window| {
            let length = if down {
                vec2(across, all)
            } else {
                vec2(all, across)
            };
            ui.set_min_size(length);
            let origin = ui.min_rect().min;
            let (from, to) = if down {
                (window.min.y, window.max.y)
            } else {
                (window.min.x, window.max.x)
            };
            let first = crate::geom::cast::floor_index(from / step);
            let last = (crate::geom::cast::floor_index(to / step) + 1).min(count);
            for (index, row) in view.photos.iter().enumerate().take(last).skip(first) {
                let place = cell(origin, (index, step), (across, down));
                seen.push(row.id);
                cell_ui(ui, cx, place, (index, row, chosen == Some(row.id)), view);
            }
            if moved && let Some(index) = view.photos.iter().position(|row| Some(row.id) == chosen) {
                ui.scroll_to_rect(cell(origin, (index, step), (across, down)), None);
            }
        });
    state.shown = chosen;
    seen.retain(|photo| !view.thumbs.contains_key(photo));
    if !seen.is_empty() && seen != state.asked {
        state.asked.clone_from(&seen);
        send(cx, LabelsCommand::Look(seen));
    }
}

fn cell(origin: eframe::egui::Pos2, (index, step): (usize, f32), (across, down): (f32, bool)) -> Rect {
    let offset = step * index as f32;
    if down {
        Rect::from_min_size(pos2(origin.x, origin.y + offset), vec2(across, CELL.y))
    } else {
        Rect::from_min_size(pos2(origin.x + offset, origin.y), vec2(CELL.x, across))
    }
}

fn cell_ui(
    ui: &Ui,
    cx: &mut Cx<'_>,
    place: Rect,
    (index, row, here): (usize, &PhotoRow, bool),
    view: &LabelsView,
) {
    let theme = cx.theme;
    let number = (index + 1).to_string();
    let boxes = cx.words.count(
        LabelsWord::Boxes,
        usize::try_from(row.boxes).unwrap_or(usize::MAX),
    );
    let state = cx.words.say(state_word(row.state));
    let name = cx.words.with(
        LabelsWord::PhotoNumber,
        &[("number", &number), ("state", &state), ("boxes", &boxes)],
    );
    let response = press_area(ui, place, ("photo", &name), true);
    let ground = if here { theme.accent_soft } else { theme.control };
    ui.painter().rect_filled(place, CONTROL_RADIUS, ground);
    let mut picture = place.shrink(space::XS);
    picture.max.y -= 26.0;
    paint_photo(
        ui,
        theme,
        cx.textures,
        picture,
        (view.thumbs.get(&row.id), "\u{2026}"),
    );
    let foot = Rect::from_min_max(
        pos2(place.min.x + space::S, picture.max.y),
        place.max - vec2(space::S, 0.0),
    );
    let mark = Rect::from_center_size(pos2(foot.min.x + 8.0, foot.center().y), vec2(16.0, 16.0));
    state_mark(ui, cx, mark, row.state);
    let line = Rect::from_min_max(pos2(mark.max.x + space::S, foot.min.y), foot.max);
    Text::new(&boxes, theme.text).points(size::SMALL).paint(ui, line);
    let right = match row.uncertainty {
        Some(unsure) => format!("? {:.0} %", unsure * 100.0),
        None if row.is_correction => cx.words.say(LabelsWord::Corrected),
        None => String::new(),
    };
    Text::new(&right, theme.muted)
        .points(size::SMALL)
        .align(Align2::RIGHT_CENTER)
        .paint(ui, line);
    if here {
        let stroke = Stroke::new(3.0, theme.accent);
        ui.painter()
            .rect_stroke(place, CONTROL_RADIUS, stroke, StrokeKind::Inside);
    }
    focus_ring(ui, theme, place, CONTROL_RADIUS, &response);
    if response.clicked() {
        send(cx, LabelsCommand::Open(row.id));
    }
}

/// The word for a state.
pub(super) fn state_word(state: PhotoState) -> LabelsWord {
    match state {
        PhotoState::New => LabelsWord::StateNew,
        PhotoState::Labelled => LabelsWord::StateLabelled,
        PhotoState::Checked => LabelsWord::StateChecked,
        PhotoState::Ignored => LabelsWord::StateIgnored,
    }
}

/// A sign for a state, beside its word or the number of boxes.
pub(super) fn state_mark(ui: &Ui, cx: &Cx<'_>, place: Rect, state: PhotoState) {
    let theme = cx.theme;
    match state {
        PhotoState::New => {
            let stroke = Stroke::new(2.0, theme.outline);
            ui.painter().circle_stroke(place.center(), 6.0, stroke);
        }
        PhotoState::Labelled => {
            ui.painter().circle_filled(place.center(), 6.5, theme.accent);
        }
        PhotoState::Checked => {
            ui.painter()
                .rect_filled(place, CornerRadius::same(4), theme.accent);
            icon::paint(ui.painter(), place.shrink(2.0), Icon::Check, theme.on_accent);
        }
        PhotoState::Ignored => icon::paint(ui.painter(), place.shrink(1.0), Icon::Cross, theme.muted),
    }
}
