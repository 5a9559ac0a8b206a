//! Over the page: which photos are listed, and in which order.

use eframe::egui::{Rect, Ui};

use super::{
    list::state_word,
    send,
    view::{LabelFilter, LabelOrder, LabelsCommand, LabelsView, PhotoState},
};
use crate::ui::{
    screens::is_landscape,
    theme::{TOUCH, space},
    widgets::{
        Cx,
        button::{Button, Kind},
        field::choice_ui,
        pick::bare_pick_ui,
        take_right, take_top,
    },
    words::LabelsWord,
};

/// Paints the filters; in portrait over two rows.
pub(super) fn filters_ui(ui: &Ui, cx: &mut Cx<'_>, area: Rect, view: &LabelsView) {
    let mut first = area;
    let wide = is_landscape(ui.ctx().content_rect());
    let mut second = if wide {
        take_right(&mut first, 690.0, space::M)
    } else {
        let top = take_top(&mut first, TOUCH, space::S);
        std::mem::replace(&mut first, top)
    };
    states_ui(ui, cx, first, view);
    let sure = cx.words.say(LabelsWord::LeastSure);
    let place = take_right(&mut second, 230.0, space::S);
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
fn states_ui(ui: &Ui, cx: &mut Cx<'_>, place: Rect, view: &LabelsView) {
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
    if let Some(at) = choice_ui(ui, cx, place, &names, chosen.map_or(0, |at| at + 1)) {
        let state = at.checked_sub(1).and_then(|at| PhotoState::ALL.get(at).copied());
        let wanted = LabelFilter { state, ..view.filter };
        send(cx, LabelsCommand::SetFilter(wanted));
    }
}

fn classes_ui(ui: &Ui, cx: &mut Cx<'_>, place: Rect, view: &LabelsView) {
    let every = cx.words.say(LabelsWord::EveryClass);
    let names = view.classes.iter().map(|choice| choice.name.clone());
    let options: Vec<String> = std::iter::once(every).chain(names).collect();
    let chosen = view.filter.class.and_then(|class| {
        let at = view.classes.iter().position(|choice| choice.class == class);
        at.map(|at| at + 1)
    });
    let name = cx.words.say(LabelsWord::OnlyClass);
    let picks = (options.as_slice(), chosen.unwrap_or(0));
    if let Some(picked) = bare_pick_ui(ui, cx, place, ("label class filter", &name), picks) {
        let choice = picked.checked_sub(1).and_then(|at| view.classes.get(at));
        let class = choice.map(|choice| choice.class);
        send(cx, LabelsCommand::SetFilter(LabelFilter { class, ..view.filter }));
    }
}
