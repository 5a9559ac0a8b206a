//! The photo with its boxes: drawing, moving, resizing, zooming and panning.

use eframe::egui::{
    Align2, Color32, CornerRadius, CursorIcon, Key, PointerButton, Pos2, Rect, Response, Role, Sense, Stroke,
    StrokeKind, Ui, Vec2, WidgetInfo, vec2,
};

use super::{
    LabelsState,
    geometry::{Grip, box_at, dragged, drawn, from_screen, grip_at, to_screen},
    send,
    view::{BoxRow, LabelEdit, LabelsCommand, LabelsView, OpenPhoto, Proposal},
};
use crate::{
    geom::{ClassId, CornerBox},
    ui::{
        theme::{CARD_RADIUS, size},
        widgets::{Cx, id, photo::paint_texture, text::Text},
        words::LabelsWord,
    },
};

/// Colours of classes by their number, all bright enough for the dark edge and far from each other.
const COLOURS: [[u8; 3]; 10] = [
    [140, 187, 255],
    [255, 176, 32],
    [120, 220, 120],
    [255, 140, 170],
    [200, 160, 255],
    [90, 225, 215],
    [240, 230, 90],
    [255, 150, 90],
    [190, 210, 120],
    [225, 225, 235],
];

/// The colour of a class.
pub(super) fn colour_of(class: ClassId) -> Color32 {
    let [r, g, b] = COLOURS[usize::from(class.0.saturating_sub(1)) % COLOURS.len()];
    Color32::from_rgb(r, g, b)
}

/// What a pointer that is held down does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Drag {
    /// Draws a box from here.
    Draw { from: Pos2 },
    /// Changes a box: from here, what is held, and how the box was.
    Change {
        id: i64,
        from: Pos2,
        grip: Grip,
        bbox: CornerBox,
    },
    /// Moves the photo.
    Pan,
}

/// Paints the photo and takes what is done on it.
pub(super) fn canvas_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    room: Rect,
    (view, open): (&LabelsView, &OpenPhoto),
    state: &mut LabelsState,
) {
    ui.painter().rect_filled(room, CARD_RADIUS, cx.theme.control);
    let Some(picture) = &open.picture else {
        let words = match &open.missing {
            Some(sentence) => sentence.clone(),
            None => cx.words.say(LabelsWord::Reading),
        };
        Text::new(&words, cx.theme.text)
            .rows(4)
            .align(Align2::CENTER_CENTER)
            .label(ui, room.shrink(48.0));
        return;
    };
    let texture = cx.textures.photo(ui.ctx(), picture).clone();
    let pixels = vec2(open.size.0 as f32, open.size.1 as f32);
    let response = ui.interact(room, id("labels canvas"), Sense::click_and_drag());
    let name = cx.words.say(LabelsWord::Canvas);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    look_around(ui, &response, (room, pixels), state);
    let place = state.viewport.place(room, pixels);
    let painter = ui.painter().with_clip_rect(room);
    let mut child = ui.new_child(eframe::egui::UiBuilder::new().max_rect(room));
    child.set_clip_rect(room.intersect(ui.clip_rect()));
    let whole = Rect::from_min_max(Pos2::ZERO, Pos2::new(1.0, 1.0));
    paint_texture(&child, &texture, place, whole, CornerRadius::ZERO);
    drop(painter);
    let edits = pointer(&child, &response, place, (view, open), state);
    for (at, proposal) in open.proposals.iter().enumerate() {
        proposal_ui(&child, cx, place, (at, proposal), view);
    }
    for (at, row) in open.boxes.iter().enumerate() {
        let bbox = state.live_box(row.id).unwrap_or(row.bbox);
        let chosen = state.chosen == Some(row.id);
        box_ui(&child, cx, to_screen(place, bbox), (at, row, chosen), view);
    }
    if let (Some(Drag::Draw { from }), Some(to)) = (state.drag, response.interact_pointer_pos()) {
        let rect = Rect::from_two_pos(from, to).intersect(place);
        outline(&child, cx, rect, (colour_of(state.class(view)), true));
    } else if state.drag.is_none() {
        cross_hair(&child, cx, place, &response);
    }
    if open.nothing_here {
        note(&child, cx, room, LabelsWord::NothingIsHere);
    }
    if open.deleted {
        note(&child, cx, room, LabelsWord::IsDeleted);
    }
    if !edits.is_empty() {
        send(cx, LabelsCommand::Edit(edits));
    }
}

/// Wheel and fingers zoom; the middle button, or any while the space bar is held, moves the photo.
fn look_around(ui: &Ui, response: &Response, (room, pixels): (Rect, Vec2), state: &mut LabelsState) {
    let (scroll, pinch, pan) = ui.input(|input| {
        let touch = input.multi_touch();
        (
            input.smooth_scroll_delta().y,
            input.zoom_delta(),
            touch.map_or(Vec2::ZERO, |touch| touch.translation_delta),
        )
    });
    if let Some(at) = response.hover_pos() {
        let factor = pinch * (scroll / 240.0).exp2();
        if (factor - 1.0).abs() > 1e-4 {
            state.viewport.zoom_at((room, pixels), at, factor);
        }
    }
    let by = if state.drag == Some(Drag::Pan) {
        response.drag_delta() + pan
    } else {
        pan
    };
    if by != Vec2::ZERO {
        state.viewport.pan((room, pixels), by);
    }
}

/// What the pointer does to the boxes.
fn pointer(
    ui: &Ui,
    response: &Response,
    place: Rect,
    (view, open): (&LabelsView, &OpenPhoto),
    state: &mut LabelsState,
) -> Vec<LabelEdit> {
    let rects: Vec<Rect> = open.boxes.iter().map(|row| to_screen(place, row.bbox)).collect();
    let pressed_at = ui.input(|input| input.pointer.press_origin());
    if response.drag_started()
        && let Some(at) = pressed_at
    {
        state.drag = Some(begin(ui, at, (&rects, open), state));
    }
    if let Some(pos) = response.hover_pos().filter(|_| state.drag.is_none()) {
        hint_cursor(ui, pos, (&rects, open), state);
    }
    if response.clicked()
        && let Some(at) = response.interact_pointer_pos()
    {
        state.chosen = box_at(&rects, at)
            .and_then(|index| open.boxes.get(index))
            .map(|row| row.id);
        // A proposal is taken over by a click, where no box lies over it.
        if state.chosen.is_none() {
            let proposals: Vec<Rect> = open
                .proposals
                .iter()
                .map(|one| to_screen(place, one.bbox))
                .collect();
            let hit = box_at(&proposals, at).and_then(|index| open.proposals.get(index));
            return hit
                .map(|proposal| LabelEdit::Accept(*proposal))
                .into_iter()
                .collect();
        }
    }
    let now = response.interact_pointer_pos();
    match (state.drag, now) {
        (Some(Drag::Change { id, from, grip, bbox }), Some(at)) => {
            let by = from_screen(place, at) - from_screen(place, from);
            state.live = Some((id, dragged(bbox, grip, by)));
        }
        (Some(Drag::Draw { .. } | Drag::Pan) | None, _) | (Some(Drag::Change { .. }), None) => {}
    }
    if !response.drag_stopped() {
        return Vec::new();
    }
    let drag = state.drag.take();
    let live = state.live.take();
    match drag {
        Some(Drag::Draw { from }) => {
            let made = now.and_then(|to| drawn(place, from, to));
            let class = state.class(view);
            state.force_draw = false;
            made.map(|bbox| LabelEdit::Add { class, bbox })
                .into_iter()
                .collect()
        }
        Some(Drag::Change { id, bbox, .. }) => {
            let changed = live.filter(|(_, new)| *new != bbox);
            changed
                .map(|(_, bbox)| LabelEdit::Move { id, bbox })
                .into_iter()
                .collect()
        }
        Some(Drag::Pan) | None => Vec::new(),
    }
}

/// What a drag that begins here will do.
fn begin(ui: &Ui, at: Pos2, (rects, open): (&[Rect], &OpenPhoto), state: &mut LabelsState) -> Drag {
    let (middle, space) = ui.input(|input| {
        let middle = input.pointer.button_down(PointerButton::Middle)
            || input.pointer.button_down(PointerButton::Secondary);
        (middle, input.key_down(Key::Space))
    });
    if middle || space {
        return Drag::Pan;
    }
    if state.force_draw {
        return Drag::Draw { from: at };
    }
    let chosen = open.boxes.iter().position(|row| Some(row.id) == state.chosen);
    let held = chosen
        .and_then(|index| Some((index, grip_at(*rects.get(index)?, at)?)))
        .or_else(|| box_at(rects, at).map(|index| (index, Grip::default())));
    let Some((row, grip)) = held.and_then(|(index, grip)| Some((open.boxes.get(index)?, grip))) else {
        state.chosen = None;
        return Drag::Draw { from: at };
    };
    state.chosen = Some(row.id);
    Drag::Change {
        id: row.id,
        from: at,
        grip,
        bbox: row.bbox,
    }
}

fn hint_cursor(ui: &Ui, at: Pos2, (rects, open): (&[Rect], &OpenPhoto), state: &LabelsState) {
    let chosen = open.boxes.iter().position(|row| Some(row.id) == state.chosen);
    let grip = chosen.and_then(|index| grip_at(*rects.get(index)?, at));
    let icon = match grip.map(|grip| (grip.x, grip.y)) {
        _ if state.force_draw => CursorIcon::Crosshair,
        Some((0, 0)) => CursorIcon::Move,
        Some((0, _)) => CursorIcon::ResizeVertical,
        Some((_, 0)) => CursorIcon::ResizeHorizontal,
        Some((x, y)) if x == y => CursorIcon::ResizeNwSe,
        Some(_) => CursorIcon::ResizeNeSw,
        None if box_at(rects, at).is_some() => CursorIcon::PointingHand,
        None => CursorIcon::Crosshair,
    };
    ui.set_cursor_icon(icon);
}

/// Two thin lines through the pointer, to begin a box exactly.
fn cross_hair(ui: &Ui, cx: &Cx<'_>, place: Rect, response: &Response) {
    let Some(at) = response.hover_pos().filter(|at| place.contains(*at)) else {
        return;
    };
    let stroke = Stroke::new(1.0, cx.theme.box_unknown.gamma_multiply(0.6));
    ui.painter().hline(place.x_range(), at.y, stroke);
    ui.painter().vline(at.x, place.y_range(), stroke);
}

fn outline(ui: &Ui, cx: &Cx<'_>, rect: Rect, (colour, strong): (Color32, bool)) {
    let (outer, inner) = if strong { (6.0, 3.0) } else { (4.0, 2.0) };
    let radius = CornerRadius::same(2);
    ui.painter().rect_stroke(
        rect,
        radius,
        Stroke::new(outer, cx.theme.box_edge),
        StrokeKind::Middle,
    );
    ui.painter()
        .rect_stroke(rect, radius, Stroke::new(inner, colour), StrokeKind::Middle);
}

fn box_ui(ui: &Ui, cx: &Cx<'_>, rect: Rect, (at, row, chosen): (usize, &BoxRow, bool), view: &LabelsView) {
    let colour = colour_of(row.class);
    if chosen {
        ui.painter()
            .rect_filled(rect, CornerRadius::ZERO, colour.gamma_multiply(0.12));
    }
    outline(ui, cx, rect, (colour, chosen));
    let mut name = view.class_name(row.class).to_owned();
    if row.difficult {
        name.push_str(" ~");
    }
    let spoken = format!("{name} ({})", at + 1);
    tag(ui, cx, rect, (&name, &spoken), colour);
    if chosen {
        for x in [rect.min.x, rect.center().x, rect.max.x] {
            for y in [rect.min.y, rect.center().y, rect.max.y] {
                let handle = Pos2::new(x, y);
                if handle != rect.center() {
                    ui.painter().circle_filled(handle, 8.0, cx.theme.box_edge);
                    ui.painter().circle_filled(handle, 5.5, colour);
                }
            }
        }
    }
}

fn proposal_ui(ui: &Ui, cx: &Cx<'_>, place: Rect, (at, proposal): (usize, &Proposal), view: &LabelsView) {
    let rect = to_screen(place, proposal.bbox);
    let colour = cx.theme.box_unknown;
    let corners = [
        rect.left_top(),
        rect.right_top(),
        rect.right_bottom(),
        rect.left_bottom(),
        rect.left_top(),
    ];
    for (width, colour) in [(4.0, cx.theme.box_edge), (2.0, colour)] {
        let dashes = eframe::egui::Shape::dashed_line(&corners, Stroke::new(width, colour), 10.0, 8.0);
        ui.painter().extend(dashes);
    }
    let name = format!(
        "{} {:.0} %?",
        view.class_name(proposal.class),
        proposal.score * 100.0
    );
    let spoken = cx.words.with(
        LabelsWord::Proposed,
        &[("name", &name), ("number", &(at + 1).to_string())],
    );
    tag(ui, cx, rect, (&name, &spoken), colour);
}

/// The name of a box above it, or within where there is no room.
fn tag(ui: &Ui, cx: &Cx<'_>, rect: Rect, (name, spoken): (&str, &str), colour: Color32) {
    let text = Text::new(name, cx.theme.box_edge).points(size::SMALL).bold();
    let room = vec2(text.width(ui) + 12.0, 22.0);
    let mut top = rect.min - vec2(3.0, room.y + 2.0);
    if top.y < ui.clip_rect().min.y {
        top.y = rect.min.y + 3.0;
    }
    let place = Rect::from_min_size(top, room);
    ui.painter().rect_filled(place, CornerRadius::same(4), colour);
    text.paint(ui, place.shrink2(vec2(6.0, 0.0)));
    let response = ui.interact(
        place.intersect(ui.clip_rect()),
        id(("label tag", spoken)),
        Sense::empty(),
    );
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, spoken));
}

/// A sentence over the photo.
fn note(ui: &Ui, cx: &Cx<'_>, room: Rect, word: LabelsWord) {
    let words = cx.words.say(word);
    let text = Text::new(&words, cx.theme.on_look)
        .bold()
        .align(Align2::CENTER_CENTER);
    let place = Rect::from_center_size(
        Pos2::new(room.center().x, room.max.y - 44.0),
        vec2(text.width(ui) + 48.0, 48.0),
    );
    ui.painter()
        .rect_filled(place, CornerRadius::same(8), cx.theme.look);
    text.label(ui, place);
}
