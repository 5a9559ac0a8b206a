//! Above the table: the search, the filters, and what can be done with what is shown.

use eframe::egui::{Key, Rect, Ui};

use super::{ProductsCommand, ProductsState, ProductsView, send};
use crate::ui::{
    theme::{TOUCH, space},
    widgets::{
        Cx,
        button::{Button, Kind},
        field::{Field, choice_ui, field_ui},
        pick::bare_pick_ui,
        take_left, take_right, take_top,
        text::Text,
    },
    words::ProductsWord,
};

/// Paints it and takes it off the top of `area`.
pub(super) fn bar_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    area: &mut Rect,
    view: &ProductsView,
    state: &mut ProductsState,
) {
    let wide = area.width() > 1300.0;
    let mut first = take_top(area, TOUCH, space::S);
    actions_ui(ui, cx, &mut first, view, state);
    search_ui(ui, cx, first, view, state);
    let mut second = take_top(area, TOUCH, space::M);
    let count = cx.words.count(ProductsWord::Count, view.rows.len());
    let text = Text::new(&count, cx.theme.muted).align(eframe::egui::Align2::RIGHT_CENTER);
    // Where the filters need the whole line, the count stands below it.
    let place = if wide {
        take_right(&mut second, text.width(ui) + 2.0, space::L)
    } else {
        take_top(area, 28.0, space::S)
    };
    text.label(ui, place);
    let mut listing = view.listing.clone();
    let all = cx.words.say(ProductsWord::AllDepartments);
    let mut options = vec![all];
    options.extend(view.departments.iter().cloned());
    let now = listing.filter.department.as_ref();
    let chosen = now
        .and_then(|now| view.departments.iter().position(|name| name == now))
        .map_or(0, |at| at + 1);
    let label = cx.words.say(ProductsWord::Department);
    let width = if wide { 320.0 } else { 272.0 };
    let place = take_left(&mut second, width, space::M);
    if let Some(picked) = bare_pick_ui(ui, cx, place, ("departments", &label), (&options, chosen)) {
        listing.filter.department = picked
            .checked_sub(1)
            .and_then(|at| view.departments.get(at).cloned());
    }
    let sold = [
        ProductsWord::ShowAll,
        ProductsWord::ShowSold,
        ProductsWord::ShowNotSold,
    ];
    let width = if wide { 420.0 } else { 300.0 };
    let place = take_left(&mut second, width, space::M);
    listing.filter.active = three_ui(ui, cx, place, sold, listing.filter.active);
    let known = [
        ProductsWord::ShowAny,
        ProductsWord::ShowKnown,
        ProductsWord::ShowUnknown,
    ];
    let width = (if wide { 480.0_f32 } else { 420.0 }).min(second.width());
    let place = take_left(&mut second, width, space::M);
    listing.filter.recognised = three_ui(ui, cx, place, known, listing.filter.recognised);
    if listing != view.listing {
        send(cx, ProductsCommand::List(listing));
    }
}

/// All, only these, only the others.
fn three_ui(ui: &Ui, cx: &Cx<'_>, place: Rect, words: [ProductsWord; 3], now: Option<bool>) -> Option<bool> {
    let texts = words.map(|word| cx.words.say(word));
    let labels: Vec<&str> = texts.iter().map(String::as_str).collect();
    let chosen = match now {
        None => 0,
        Some(true) => 1,
        Some(false) => 2,
    };
    match choice_ui(ui, cx, place, &labels, chosen) {
        None => now,
        Some(1) => Some(true),
        Some(2) => Some(false),
        Some(_) => None,
    }
}

fn actions_ui(ui: &Ui, cx: &mut Cx<'_>, bar: &mut Rect, view: &ProductsView, state: &mut ProductsState) {
    let mut button = |cx: &Cx<'_>, word: ProductsWord, kind: Kind, enabled: bool| {
        let label = cx.words.say(word);
        let width = Text::new(&label, cx.theme.text).bold().width(ui) + 48.0;
        let place = take_right(bar, width, space::S);
        Button::new(&label, kind)
            .enabled(enabled)
            .show(ui, cx.theme, place)
    };
    if view.may_edit && button(cx, ProductsWord::New, Kind::Second, true) {
        state.new = Some(super::new::NewProduct::default());
        send(cx, ProductsCommand::Choose(None));
    }
    if view.may_edit && view.may_price && button(cx, ProductsWord::Import, Kind::Quiet, true) {
        send(cx, ProductsCommand::Import);
    }
    let some = !view.rows.is_empty();
    if button(cx, ProductsWord::Export, Kind::Quiet, some) {
        send(cx, ProductsCommand::Export);
    }
    if button(cx, ProductsWord::Labels, Kind::Quiet, some) {
        send(cx, ProductsCommand::Labels(None));
    }
}

fn search_ui(ui: &mut Ui, cx: &mut Cx<'_>, place: Rect, view: &ProductsView, state: &mut ProductsState) {
    let name = cx.words.say(ProductsWord::Search);
    let text = state
        .search
        .get_or_insert_with(|| view.listing.filter.text.clone());
    let field = Field::new("products search", &name).hint(&name).bare();
    let response = field_ui(ui, cx, place, field, text);
    let elsewhere = ui.memory(|memory| memory.focused().is_none());
    let slash = ui.input(|input| input.key_pressed(Key::Slash));
    if slash && elsewhere && ui.is_enabled() {
        response.request_focus();
        // The stroke that opens the search is not part of it.
        if text.ends_with('/') {
            text.pop();
        }
    }
    // The arrows belong to the table also while the search has the keyboard.
    let leaves = ui.input(|input| input.key_pressed(Key::ArrowDown) || input.key_pressed(Key::Enter));
    if response.has_focus() && leaves {
        response.surrender_focus();
    }
    if *text != view.listing.filter.text {
        let mut listing = view.listing.clone();
        listing.filter.text.clone_from(text);
        send(cx, ProductsCommand::List(listing));
    }
}
