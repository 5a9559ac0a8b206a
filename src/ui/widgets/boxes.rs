//! Boxes around items: an outline of two colours per state, and a label outside the item.

use eframe::egui::{
    Align2, Color32, CornerRadius, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, pos2,
};

use crate::ui::{
    command::Command,
    theme::{size, space},
    view::{BoxState, BoxView},
    widgets::{
        Cx,
        button::focus_ring,
        icon::{self, Icon},
        id,
        text::Text,
    },
    words::Word,
};

const RADIUS: CornerRadius = CornerRadius::same(12);
const LABEL_HEIGHT: f32 = 40.0;

/// Where a normalised box lies on the screen, given where the picture lies.
#[must_use]
pub fn ui_from_picture(bbox: crate::geom::CornerBox, picture: Rect) -> Rect {
    let at = |x: f32, y: f32| picture.min + Vec2::new(x, y) * picture.size();
    Rect::from_min_max(at(bbox.x0, bbox.y0), at(bbox.x1, bbox.y1)).intersect(picture)
}

/// The place of a label of `size`: above the item, else below, else beside, always within the picture
/// and, where there is a choice, not over another label.
#[must_use]
pub fn label_place(item: Rect, size: Vec2, picture: Rect, taken: &[Rect]) -> Rect {
    let gap = space::S;
    let left = item.min.x.min(picture.max.x - size.x).max(picture.min.x);
    let top = item.min.y.min(picture.max.y - size.y).max(picture.min.y);
    let right_end = (item.max.x - size.x).max(picture.min.x);
    let candidates = [
        pos2(left, item.min.y - gap - size.y),
        pos2(right_end, item.min.y - gap - size.y),
        pos2(left, item.max.y + gap),
        pos2(right_end, item.max.y + gap),
        pos2(item.max.x + gap, top),
        pos2(item.min.x - gap - size.x, top),
    ];
    let rect_at = |min: Pos2| Rect::from_min_size(min, size);
    let inside = |rect: &Rect| picture.contains_rect(*rect);
    let free = |rect: &Rect| !taken.iter().any(|other| other.intersects(*rect));
    let places = candidates.map(rect_at);
    let found = places
        .iter()
        .find(|rect| inside(rect) && free(rect))
        .or_else(|| places.iter().find(|r| inside(r)));
    // An item that fills the picture leaves no room outside: then its label stands in its upper corner.
    found.copied().unwrap_or_else(|| rect_at(pos2(left, top)))
}

/// Paints all boxes over the picture and sends [`Command::AskAbout`] for those that can be touched.
pub fn boxes_ui(ui: &Ui, cx: &mut Cx<'_>, picture: Rect, boxes: &[BoxView], staff: bool) {
    let items: Vec<Rect> = boxes
        .iter()
        .map(|item| ui_from_picture(item.bbox, picture))
        .collect();
    for (item, rect) in boxes.iter().zip(&items) {
        outline_ui(ui, cx, *rect, &item.state);
    }
    // A label keeps clear of every item and of the labels before it.
    let mut taken: Vec<Rect> = items.iter().map(|rect| rect.expand(6.0)).collect();
    for (index, (item, rect)) in boxes.iter().zip(&items).enumerate() {
        label_ui(ui, cx, (picture, *rect), (index, item, staff), &mut taken);
    }
}

fn color_of(cx: &Cx<'_>, state: &BoxState) -> Color32 {
    match state {
        BoxState::Found { .. } => cx.theme.box_found,
        BoxState::Unsure => cx.theme.box_unsure,
        BoxState::Unknown => cx.theme.box_unknown,
    }
}

fn outline_ui(ui: &Ui, cx: &Cx<'_>, rect: Rect, state: &BoxState) {
    let painter = ui.painter();
    painter.rect_stroke(
        rect,
        RADIUS,
        Stroke::new(9.0, cx.theme.box_edge),
        StrokeKind::Middle,
    );
    painter.rect_stroke(
        rect,
        RADIUS,
        Stroke::new(5.0, color_of(cx, state)),
        StrokeKind::Middle,
    );
}

fn label_ui(
    ui: &Ui,
    cx: &mut Cx<'_>,
    (picture, rect): (Rect, Rect),
    (index, item, staff): (usize, &BoxView, bool),
    taken: &mut Vec<Rect>,
) {
    let theme = cx.theme;
    let color = color_of(cx, &item.state);
    let painter = ui.painter();

    let (name, price) = match &item.state {
        BoxState::Found { name, price } => (name.clone(), Some(cx.words.money(*price))),
        BoxState::Unsure => (cx.words.say(Word::BoxUnsure), None),
        BoxState::Unknown => (cx.words.say(Word::BoxUnknown), None),
    };
    let confidence = staff.then(|| format!("{:.0} %", item.confidence * 100.0));
    let extra = [price, confidence]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join("  ");
    let with_sign = !matches!(item.state, BoxState::Found { .. });

    let sign_width = if with_sign { 28.0 + space::S } else { 0.0 };
    let name_text = Text::new(&name, theme.box_edge).points(size::BODY).bold();
    let extra_text = Text::new(&extra, theme.box_edge).points(size::BODY);
    let gap = if extra.is_empty() { 0.0 } else { space::M };
    let width = space::M * 2.0 + sign_width + name_text.width(ui) + gap + extra_text.width(ui);
    let label = label_place(
        rect,
        Vec2::new(width.min(picture.width()), LABEL_HEIGHT),
        picture.shrink(6.0),
        taken,
    );
    taken.push(label);

    painter.rect(
        label,
        CornerRadius::same(8),
        color,
        Stroke::new(2.0, theme.box_edge),
        StrokeKind::Outside,
    );
    let mut inner = label.shrink2(Vec2::new(space::M, 0.0));
    if with_sign {
        let sign = super::take_left(&mut inner, 28.0, space::S);
        icon::paint(painter, sign.shrink(2.0), Icon::Question, theme.box_edge);
    }
    name_text.paint(ui, inner);
    extra_text.align(Align2::RIGHT_CENTER).paint(ui, inner);

    if with_sign {
        // The number makes two unclear items two controls.
        let response = ui.interact(rect.union(label), id(("box", item.track)), Sense::click());
        let spoken = format!("{name} ({})", index + 1);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &spoken));
        focus_ring(ui, theme, rect, RADIUS, &response);
        if response.clicked() {
            cx.send(Command::AskAbout { track: item.track });
        }
    } else {
        let response = ui.interact(label, id(("box", item.track)), Sense::empty());
        let spoken = format!("{name} {extra}");
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &spoken));
    }
}

#[cfg(test)]
mod tests {
    use super::{label_place, ui_from_picture};
    use crate::geom::CornerBox;
    use eframe::egui::{Rect, pos2, vec2};

    const PICTURE: Rect = Rect::from_min_max(pos2(100.0, 50.0), pos2(900.0, 650.0));

    #[test]
    fn boxes_are_scaled_into_the_picture() {
        let bbox = CornerBox {
            x0: 0.25,
            y0: 0.5,
            x1: 0.5,
            y1: 1.0,
        };
        let rect = ui_from_picture(bbox, PICTURE);
        assert_eq!(rect, Rect::from_min_max(pos2(300.0, 350.0), pos2(500.0, 650.0)));
    }

    #[test]
    fn a_label_stands_above_its_item() {
        let item = Rect::from_min_max(pos2(300.0, 300.0), pos2(400.0, 400.0));
        let label = label_place(item, vec2(120.0, 40.0), PICTURE, &[]);
        assert_eq!(label.min, pos2(300.0, 252.0));
    }

    #[test]
    fn at_the_top_it_goes_below() {
        let item = Rect::from_min_max(pos2(300.0, 60.0), pos2(400.0, 160.0));
        let label = label_place(item, vec2(120.0, 40.0), PICTURE, &[]);
        assert_eq!(label.min, pos2(300.0, 168.0));
    }

    #[test]
    fn two_labels_do_not_cover_each_other() {
        let item = Rect::from_min_max(pos2(300.0, 300.0), pos2(400.0, 400.0));
        let first = label_place(item, vec2(120.0, 40.0), PICTURE, &[]);
        let second = label_place(item, vec2(120.0, 40.0), PICTURE, &[first]);
        assert!(!first.intersects(second));
    }

    #[test]
    fn an_item_that_fills_the_picture_keeps_its_label_inside() {
        let label = label_place(PICTURE, vec2(120.0, 40.0), PICTURE, &[]);
        assert!(PICTURE.contains_rect(label));
    }
}
