//! A slider for whole numbers: by finger, mouse or arrow keys, with its value beside it.

use eframe::egui::{
    Align2, CornerRadius, EventFilter, Key, Rect, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2,
};

use crate::ui::{
    theme::size,
    widgets::{Cx, button::focus_ring, id, take_right, text::Text},
};

/// What a slider is called and how far it goes.
#[derive(Debug, Clone, Copy)]
pub struct Slider<'a> {
    /// Its name.
    pub name: &'a str,
    /// The least value.
    pub least: u16,
    /// The greatest.
    pub most: u16,
    /// What stands behind the number.
    pub unit: &'a str,
}

/// What came of a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moved {
    /// It is being dragged and stands here.
    To(u16),
    /// It was let go, or moved by a key, and stays here.
    Set(u16),
}

/// Paints it into `rect`; says when it was moved.
pub fn slider_ui(ui: &Ui, cx: &Cx<'_>, rect: Rect, slider: Slider<'_>, value: u16) -> Option<Moved> {
    let theme = cx.theme;
    let mut track = rect;
    let shown = format!("{value}{}", slider.unit);
    let place = take_right(&mut track, 72.0, 16.0);
    Text::new(&shown, theme.text)
        .bold()
        .points(size::BODY)
        .align(Align2::RIGHT_CENTER)
        .paint(ui, place);
    let response = ui.interact(track, id(("slider", slider.name)), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::slider(true, f64::from(value), slider.name));
    let knob = 14.0;
    let line = Rect::from_center_size(track.center(), Vec2::new(track.width() - 2.0 * knob, 8.0));
    let x = line.min.x + line.width() * share(slider, value);
    let painter = ui.painter();
    painter.rect_filled(line, CornerRadius::same(4), theme.line);
    let done = Rect::from_min_max(line.min, pos2(x, line.max.y));
    painter.rect_filled(done, CornerRadius::same(4), theme.accent);
    painter.circle(
        pos2(x, line.center().y),
        knob,
        theme.card,
        Stroke::new(3.0, theme.accent),
    );
    painter.rect_stroke(line, CornerRadius::same(4), Stroke::NONE, StrokeKind::Inside);
    focus_ring(ui, theme, rect.expand(2.0), CornerRadius::same(8), &response);
    let at_pointer = || {
        let x = response.interact_pointer_pos()?.x;
        Some(at(slider, (x - line.min.x) / line.width().max(1.0)))
    };
    if response.drag_stopped() || response.clicked() {
        return Some(Moved::Set(at_pointer().unwrap_or(value)));
    }
    if response.dragged() {
        response.request_focus();
        return at_pointer().map(Moved::To);
    }
    if response.has_focus() {
        // The arrows move the slider, not the focus.
        let filter = EventFilter {
            horizontal_arrows: true,
            ..EventFilter::default()
        };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        return by_keys(ui, slider, value).map(Moved::Set);
    }
    None
}

fn by_keys(ui: &Ui, slider: Slider<'_>, value: u16) -> Option<u16> {
    let (less, more) = ui.input(|input| {
        (
            input.num_presses(Key::ArrowLeft),
            input.num_presses(Key::ArrowRight),
        )
    });
    let (less, more) = (u16::try_from(less).ok()?, u16::try_from(more).ok()?);
    let moved = value
        .saturating_add(more)
        .saturating_sub(less)
        .clamp(slider.least, slider.most);
    (moved != value).then_some(moved)
}

fn share(slider: Slider<'_>, value: u16) -> f32 {
    let length = f32::from(slider.most.saturating_sub(slider.least)).max(1.0);
    f32::from(value.clamp(slider.least, slider.most) - slider.least) / length
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "held between two u16 before"
)]
fn at(slider: Slider<'_>, share: f32) -> u16 {
    let length = f32::from(slider.most.saturating_sub(slider.least));
    let value = f32::from(slider.least) + share.clamp(0.0, 1.0) * length;
    value.round() as u16
}

#[cfg(test)]
mod tests {
    use super::{Slider, at, share};

    #[test]
    fn places_and_values_are_each_others_inverse() {
        let slider = Slider {
            name: "",
            least: 10,
            most: 90,
            unit: "",
        };
        for value in 10..=90 {
            assert_eq!(at(slider, share(slider, value)), value);
        }
        assert_eq!(at(slider, -1.0), 10);
        assert_eq!(at(slider, 2.0), 90);
        // A quarter of 80 above 10.
        assert_eq!(at(slider, 0.25), 30);
    }
}
