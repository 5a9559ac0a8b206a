//! The live picture or the photo that was taken, with the outline over it, and the brush.

use eframe::egui::{
    Align2, CornerRadius, PointerButton, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2,
    vec2,
};

use super::{
    PhotosState, send,
    view::{BrushStroke, Mode, Overlay, PhotosCommand, PhotosView},
};
use crate::ui::{
    theme::{CARD_RADIUS, CONTROL_RADIUS, size, space},
    widgets::{
        Cx, id,
        photo::{fit, paint_live, paint_photo, paint_texture},
        take_left,
        text::Text,
    },
    words::PhotosWord,
};

const WHOLE: Rect = Rect::from_min_max(Pos2::ZERO, pos2(1.0, 1.0));

/// Paints the picture and takes what the brush does.
pub(super) fn picture_ui(ui: &Ui, cx: &mut Cx<'_>, room: Rect, view: &PhotosView, state: &mut PhotosState) {
    ui.painter().rect_filled(room, CARD_RADIUS, cx.theme.control);
    let inner = room.shrink(space::XS);
    let place = match (&view.mode, &view.live) {
        (Mode::Shot { picture }, _) => {
            let texture = cx.textures.photo(ui.ctx(), picture).clone();
            let (w, h) = picture.pixels.dimensions();
            let place = fit(vec2(w as f32, h as f32), inner);
            paint_texture(ui, &texture, place, WHOLE, CornerRadius::same(8));
            place
        }
        (Mode::Live | Mode::Turning { .. }, Some(frame)) => {
            let (w, h) = frame.size();
            let place = fit(vec2(w as f32, h as f32), inner);
            paint_live(ui, cx.textures, frame, place, CornerRadius::same(8));
            place
        }
        (Mode::Live | Mode::Turning { .. }, None) => {
            let words = cx.words.say(PhotosWord::NoPicture);
            Text::new(&words, cx.theme.muted)
                .rows(3)
                .align(Align2::CENTER_CENTER)
                .label(ui, inner.shrink(space::XXL));
            return;
        }
    };
    if let Some(overlay) = &view.overlay {
        overlay_ui(ui, cx, place, overlay);
    }
    if matches!(view.mode, Mode::Shot { .. }) {
        brush_ui(ui, cx, place, state);
    } else {
        state.last = None;
    }
}

fn overlay_ui(ui: &Ui, cx: &mut Cx<'_>, place: Rect, overlay: &Overlay) {
    let tint = cx.theme.box_found.gamma_multiply(0.55);
    let texture = cx.textures.mask(ui.ctx(), overlay.stamp, (&overlay.mask, tint));
    paint_texture(ui, &texture, place, WHOLE, CornerRadius::ZERO);
    for bbox in &overlay.boxes {
        let rect = crate::ui::widgets::boxes::ui_from_picture(*bbox, place);
        let radius = CornerRadius::same(6);
        let (edge, colour) = (cx.theme.box_edge, cx.theme.box_found);
        ui.painter()
            .rect_stroke(rect, radius, Stroke::new(6.0, edge), StrokeKind::Middle);
        ui.painter()
            .rect_stroke(rect, radius, Stroke::new(3.0, colour), StrokeKind::Middle);
    }
    let Some(first) = overlay.boxes.first() else {
        return;
    };
    let rect = crate::ui::widgets::boxes::ui_from_picture(*first, place);
    let sure = format!("{:.0}", overlay.confidence * 100.0);
    let words = cx.words.with(PhotosWord::Sure, &[("share", &sure)]);
    let text = Text::new(&words, cx.theme.box_edge).points(size::SMALL).bold();
    let room = vec2(text.width(ui) + 16.0, 26.0);
    let tag = crate::ui::widgets::boxes::label_place(rect, room, place, &[]);
    ui.painter()
        .rect_filled(tag, CornerRadius::same(6), cx.theme.box_found);
    text.label(ui, tag.shrink2(vec2(8.0, 0.0)));
}

/// The brush: dragging adds or erases; the right button does the other.
fn brush_ui(ui: &Ui, cx: &mut Cx<'_>, place: Rect, state: &mut PhotosState) {
    let response = ui.interact(place, id("photo brush"), Sense::click_and_drag());
    let name = cx.words.say(PhotosWord::Brush);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
    if let Some(at) = response.hover_pos() {
        let radius = state.radius * place.width();
        let painter = ui.painter();
        painter.circle_stroke(at, radius, Stroke::new(4.0, cx.theme.box_edge));
        let colour = if state.erases {
            cx.theme.look
        } else {
            cx.theme.box_found
        };
        painter.circle_stroke(at, radius, Stroke::new(2.0, colour));
    }
    let held = response.dragged() || response.clicked();
    let Some(at) = response.interact_pointer_pos().filter(|_| held) else {
        if !response.dragged() {
            state.last = None;
        }
        return;
    };
    let other = response.dragged_by(PointerButton::Secondary);
    let here = pos2(
        (at.x - place.min.x) / place.width(),
        (at.y - place.min.y) / place.height(),
    );
    let from = state.last.unwrap_or(here);
    let first = state.last.is_none();
    if !first && from == here {
        return;
    }
    let stroke = BrushStroke {
        from: (from.x, from.y),
        to: (here.x, here.y),
        radius: state.radius,
        adds: state.erases == other,
    };
    state.last = response.dragged().then_some(here);
    send(cx, PhotosCommand::Brush { stroke, first });
}

/// The last photos.
pub(super) fn recent_ui(ui: &Ui, cx: &mut Cx<'_>, area: Rect, view: &PhotosView) {
    let mut rest = area;
    if view.recent.is_empty() {
        let words = cx.words.say(PhotosWord::NoRecent);
        Text::new(&words, cx.theme.muted)
            .points(size::SMALL)
            .rows(2)
            .label(ui, rest);
        return;
    }
    for photo in &view.recent {
        if rest.width() < 120.0 {
            break;
        }
        let place = take_left(&mut rest, 120.0, space::S);
        paint_photo(ui, cx.theme, cx.textures, place, (Some(photo), ""));
        let stroke = Stroke::new(1.0, cx.theme.line);
        ui.painter()
            .rect_stroke(place, CONTROL_RADIUS, stroke, StrokeKind::Inside);
    }
}
