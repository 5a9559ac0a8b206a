//! Beside the photo: what a box can be, how far the photo is, and what can be done with it.

use eframe::egui::{Align2, CornerRadius, Rect, ScrollArea, Sense, Ui, UiBuilder, pos2, vec2};

use super::{
    LabelsState,
    canvas::colour_of,
    keys::accept_all,
    list::{state_mark, state_word},
    send,
    view::{ClassChoice, LabelEdit, LabelsCommand, LabelsView, OpenPhoto, PhotoState},
};
use crate::ui::{
    theme::{CONTROL_RADIUS, PRIMARY, TOUCH, size, space},
    widgets::{
        Cx,
        button::{Button, Kind, card, focus_ring, press_area},
        column,
        icon::Icon,
        take_bottom, take_left, take_right, take_top,
        text::Text,
    },
    words::LabelsWord,
};

/// A class in the list.
const ROW: f32 = TOUCH;

/// Paints the panel.
pub(super) fn panel_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    area: Rect,
    (view, open): (&LabelsView, &OpenPhoto),
    state: &mut LabelsState,
) {
    card(ui, cx.theme, area);
    let mut inner = area.shrink(space::M);
    let head = take_top(&mut inner, 28.0, space::XS);
    let mark = Rect::from_center_size(pos2(head.min.x + 10.0, head.center().y), vec2(18.0, 18.0));
    state_mark(ui, cx, mark, open.state);
    let words = cx.words.say(state_word(open.state));
    let mut line = Rect::from_min_max(pos2(mark.max.x + space::S, head.min.y), head.max);
    let taken = take_right(&mut line, 160.0, space::S);
    Text::new(&words, cx.theme.text).bold().label(ui, line);
    Text::new(&open.taken_at, cx.theme.muted)
        .points(size::SMALL)
        .align(Align2::RIGHT_CENTER)
        .label(ui, taken);
    let go_on = take_bottom(&mut inner, PRIMARY, space::M);
    let check = cx.words.say(LabelsWord::Check);
    if Button::new(&check, Kind::Primary)
        .icon(Icon::Check)
        .show(ui, cx.theme, go_on)
    {
        send(cx, LabelsCommand::CheckAndStep);
    }
    actions_ui(ui, cx, &mut inner, (view, open), state);
    classes_ui(ui, cx, inner, (view, open), state);
}

/// Two columns of what can be done with the photo, over the way forward.
fn actions_ui(
    ui: &Ui,
    cx: &mut Cx<'_>,
    inner: &mut Rect,
    (view, open): (&LabelsView, &OpenPhoto),
    state: &LabelsState,
) {
    let nothing = open.nothing_here;
    let ignored = open.state == PhotoState::Ignored;
    let accept = accept_all(open);
    let remove = state
        .chosen
        .filter(|id| open.boxes.iter().any(|row| row.id == *id))
        .map(|id| LabelsCommand::Edit(vec![LabelEdit::Remove { id }]));
    let back = if ignored {
        PhotoState::New
    } else {
        PhotoState::Ignored
    };
    let propose = (!view.asking).then_some(LabelsCommand::Propose);
    let propose_word = if view.asking {
        LabelsWord::Asking
    } else {
        LabelsWord::Propose
    };
    let accept_or_ask = if accept.is_some() {
        (LabelsWord::Accept, accept, false)
    } else {
        (propose_word, propose, false)
    };
    let delete = if open.deleted {
        (LabelsWord::Restore, Some(LabelsCommand::Restore), false)
    } else {
        (LabelsWord::Delete, Some(LabelsCommand::Delete), false)
    };
    let rows = [
        [
            accept_or_ask,
            (
                LabelsWord::NothingHere,
                open.boxes
                    .is_empty()
                    .then(|| LabelsCommand::Edit(vec![LabelEdit::NothingHere(!nothing)])),
                nothing,
            ),
        ],
        [
            (
                LabelsWord::Copy,
                (!open.boxes.is_empty()).then_some(LabelsCommand::CopyToNext),
                false,
            ),
            (LabelsWord::RemoveBox, remove, false),
        ],
        [
            (
                LabelsWord::Ignore,
                Some(LabelsCommand::Edit(vec![LabelEdit::SetState(back)])),
                ignored,
            ),
            delete,
        ],
    ];
    for pair in rows.into_iter().rev() {
        let line = take_bottom(inner, TOUCH, space::S);
        for (at, (word, wish, on)) in pair.into_iter().enumerate() {
            let label = cx.words.say(word);
            let kind = if word == LabelsWord::Delete {
                Kind::Stop
            } else {
                Kind::Quiet
            };
            let button = Button::new(&label, kind).enabled(wish.is_some()).selected(on);
            if button.show(ui, cx.theme, column(line, at, 2, space::S))
                && let Some(wish) = wish
            {
                send(cx, wish);
            }
        }
    }
}

/// The classes, each with its key; the one that is drawn is marked.
fn classes_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    mut area: Rect,
    (view, open): (&LabelsView, &OpenPhoto),
    state: &mut LabelsState,
) {
    let title = cx.words.say(LabelsWord::What);
    let head = take_top(&mut area, 32.0, space::XS);
    Text::new(&title, cx.theme.muted)
        .points(size::SMALL)
        .bold()
        .label(ui, head);
    if view.classes.is_empty() {
        let words = cx.words.say(LabelsWord::NoClasses);
        Text::new(&words, cx.theme.muted)
            .rows(4)
            .align(Align2::LEFT_TOP)
            .label(ui, area);
        return;
    }
    let mut child = ui.new_child(UiBuilder::new().id_salt("label classes").max_rect(area));
    child.set_clip_rect(area.intersect(ui.clip_rect()));
    ScrollArea::vertical()
        .id_salt("label class rows")
        .auto_shrink([false, false])
        .show(&mut child, |ui| {
            let height = (ROW + space::XS) * view.classes.len() as f32;
            let (all, _) = ui.allocate_exact_size(vec2(area.width(), height), Sense::hover());
            for (at, choice) in view.classes.iter().enumerate() {
                let top = all.min.y + (ROW + space::XS) * at as f32;
                let place = Rect::from_min_size(pos2(all.min.x, top), vec2(all.width(), ROW));
                if place.intersects(ui.clip_rect()) {
                    class_ui(ui, cx, place, (at, choice), (view, open, state));
                }
            }
        });
}

fn class_ui(
    ui: &Ui,
    cx: &mut Cx<'_>,
    place: Rect,
    (at, choice): (usize, &ClassChoice),
    (view, open, state): (&LabelsView, &OpenPhoto, &mut LabelsState),
) {
    let theme = cx.theme;
    let name = cx.words.with(LabelsWord::ClassNamed, &[("name", &choice.name)]);
    let response = press_area(ui, place, ("class", &name), true);
    let here = state.class(view) == choice.class;
    if here {
        ui.painter().rect_filled(place, CONTROL_RADIUS, theme.accent_soft);
    } else if response.hovered() {
        ui.painter().rect_filled(place, CONTROL_RADIUS, theme.control);
    }
    let mut line = place.shrink2(vec2(space::S, 0.0));
    let dot = take_left(&mut line, 24.0, space::S);
    let swatch = Rect::from_center_size(dot.center(), vec2(20.0, 20.0));
    ui.painter()
        .rect_filled(swatch, CornerRadius::same(5), theme.box_edge);
    ui.painter()
        .rect_filled(swatch.shrink(3.0), CornerRadius::same(3), colour_of(choice.class));
    let key = take_left(&mut line, 22.0, space::XS);
    if at < 10 {
        let digit = ((at + 1) % 10).to_string();
        Text::new(&digit, theme.muted)
            .points(size::SMALL)
            .bold()
            .paint(ui, key);
    }
    let count = choice.boxes.to_string();
    let number = Text::new(&count, theme.muted)
        .points(size::SMALL)
        .align(Align2::RIGHT_CENTER);
    let width = number.width(ui) + 2.0;
    number.paint(ui, take_right(&mut line, width, space::S));
    let text = Text::new(&choice.name, theme.text);
    if here { text.bold() } else { text }.paint(ui, line);
    focus_ring(ui, theme, place, CONTROL_RADIUS, &response);
    if response.clicked() {
        state.drawing = Some(choice.class);
        let class = choice.class;
        if let Some(id) = state
            .chosen
            .filter(|id| open.boxes.iter().any(|row| row.id == *id))
        {
            send(cx, LabelsCommand::Edit(vec![LabelEdit::SetClass { id, class }]));
        }
    }
}
