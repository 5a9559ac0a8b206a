//! Over the page: which photos are listed, in which order, and the way to the keys.

use eframe::egui::{ComboBox, Rect, Ui, UiBuilder};

use super::{
    LabelsState,
    list::state_word,
    send,
    view::{LabelFilter, LabelOrder, LabelsCommand, LabelsView, PhotoState},
};
use crate::ui::{
    screens::is_landscape,
    theme::{TOUCH, regular, size, space},
    widgets::{
        Cx,
        button::{Button, Kind},
        field::choice_ui,
        take_left, take_right, take_top,
    },
    words::LabelsWord,
};

/// Paints the filters; in portrait over two rows.
pub(super) fn filters_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    area: Rect,
    view: &LabelsView,
    state: &mut LabelsState,
) {
    let mut first = area;
    let wide = is_landscape(ui.ctx().content_rect());
    let mut second = if wide {
        take_right(&mut first, 660.0, space::M)
    } else {
        let top = take_top(&mut first, TOUCH, space::S);
        std::mem::replace(&mut first, top)
    };
    states_ui(ui, cx, first, view);
    let keys = cx.words.say(LabelsWord::Keys);
    let place = take_right(&mut second, TOUCH, space::S);
    if Button::new("?", Kind::Quiet)
        .named(&keys)
        .show(ui, cx.theme, place)
    {
        state.shows_keys = true;
    }
    let sure = cx.words.say(LabelsWord::LeastSure);
    let place = take_right(&mut second, 200.0, space::S);
    let on = view.filter.order == LabelOrder::MostUnsure;
    if Button::new(&sure, Kind::Quiet)
        .selected(on)
        .show(ui, cx.theme, place)
    {
        let order = if on {
            LabelOrder::Newest
        } else {
            LabelOrder::MostUnsure
        };
        let wanted = LabelFilter { order, ..view.filter };
        send(cx, LabelsCommand::SetFilter(wanted));
        if !on {
            send(cx, LabelsCommand::Rank);
        }
    }
    let deleted = cx.words.say(LabelsWord::Deleted);
    let place = take_right(&mut second, 130.0, space::S);
    if Button::new(&deleted, Kind::Quiet)
        .selected(view.filter.deleted)
        .show(ui, cx.theme, place)
    {
        let wanted = LabelFilter {
            deleted: !view.filter.deleted,
            ..view.filter
        };
        send(cx, LabelsCommand::SetFilter(wanted));
    }
    classes_ui(ui, cx, second, view);
}

/// All, or one state; each with how many there are.
fn states_ui(ui: &Ui, cx: &mut Cx<'_>, mut place: Rect, view: &LabelsView) {
    let all: u64 = view.counts.iter().sum();
    let mut labels = vec![format!("{} {all}", cx.words.say(LabelsWord::All))];
    for (state, count) in PhotoState::ALL.into_iter().zip(view.counts) {
        labels.push(format!("{} {count}", cx.words.say(state_word(state))));
    }
    let names: Vec<&str> = labels.iter().map(String::as_str).collect();
    let chosen = view
        .filter
        .state
        .and_then(|state| PhotoState::ALL.iter().position(|one| *one == state));
    let width = place.width().min(900.0);
    let row = take_left(&mut place, width, 0.0);
    if let Some(at) = choice_ui(ui, cx, row, &names, chosen.map_or(0, |at| at + 1)) {
        let state = at.checked_sub(1).and_then(|at| PhotoState::ALL.get(at).copied());
        let wanted = LabelFilter { state, ..view.filter };
        send(cx, LabelsCommand::SetFilter(wanted));
    }
}

fn classes_ui(ui: &mut Ui, cx: &mut Cx<'_>, place: Rect, view: &LabelsView) {
    let every = cx.words.say(LabelsWord::EveryClass);
    let shown = view
        .filter
        .class
        .map_or(every.as_str(), |class| view.class_name(class));
    let mut wanted = None;
    let mut child = ui.new_child(UiBuilder::new().id_salt("label class filter").max_rect(place));
    child.spacing_mut().interact_size.y = TOUCH;
    child.spacing_mut().button_padding.x = space::M;
    child.style_mut().override_font_id = Some(regular(size::BODY));
    let combo = ComboBox::from_id_salt("labels class")
        .width(place.width())
        .selected_text(shown)
        .show_ui(&mut child, |ui| {
            if ui.selectable_label(view.filter.class.is_none(), &every).clicked() {
                wanted = Some(None);
            }
            for choice in view.classes.iter() {
                let here = view.filter.class == Some(choice.class);
                if ui.selectable_label(here, &choice.name).clicked() {
                    wanted = Some(Some(choice.class));
                }
            }
        });
    let name = cx.words.say(LabelsWord::OnlyClass);
    let _named = combo.response.accessible_name(name);
    if let Some(class) = wanted {
        let wanted = LabelFilter { class, ..view.filter };
        send(cx, LabelsCommand::SetFilter(wanted));
    }
}
