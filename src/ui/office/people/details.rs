//! The right side of the page of people: somebody's details, a new member of staff, one's own PIN.

use eframe::egui::{Align2, Rect, Ui, vec2};

use super::{PeopleCommand, PeopleState, PersonRow, send};
use crate::{
    domain::staff::Role,
    ui::{
        office::frame::role_word,
        theme::{TOUCH, size, space},
        widgets::{
            Cx,
            button::{Button, Kind, card},
            field::{FIELD, Field, choice_ui, field_ui},
            keyboard::was_left,
            take_top,
            text::Text,
        },
        words::PeopleWord,
    },
};

/// What is typed.
#[derive(Debug, Clone, Default)]
pub(super) struct Form {
    name: Option<String>,
    role: usize,
    pin: String,
    again: String,
    old: String,
}

fn title_ui(ui: &Ui, cx: &Cx<'_>, inner: &mut Rect, title: &str) {
    Text::new(title, cx.theme.text)
        .points(size::LARGE)
        .bold()
        .shrink()
        .label(ui, take_top(inner, 40.0, space::M));
}

fn role_ui(ui: &Ui, cx: &Cx<'_>, inner: &mut Rect, chosen: usize) -> Option<usize> {
    let label = cx.words.say(PeopleWord::Role);
    Text::new(&label, cx.theme.muted)
        .points(size::SMALL)
        .bold()
        .label(ui, take_top(inner, 24.0, space::XS));
    let names = Role::ALL.map(|role| cx.words.say(role_word(role)));
    let labels: Vec<&str> = names.iter().map(String::as_str).collect();
    let pressed = choice_ui(ui, cx, take_top(inner, TOUCH, space::XS), &labels, chosen);
    let what = Role::ALL
        .get(chosen)
        .map_or(PeopleWord::MayClerk, |role| match role {
            Role::Clerk => PeopleWord::MayClerk,
            Role::Teacher => PeopleWord::MayTeacher,
            Role::Manager => PeopleWord::MayManager,
        });
    let words = cx.words.say(what);
    Text::new(&words, cx.theme.muted)
        .points(size::SMALL)
        .rows(2)
        .align(Align2::LEFT_TOP)
        .label(ui, take_top(inner, 44.0, space::M));
    pressed
}

/// The PIN twice; the PIN when both are the same and long enough.
fn pins_ui(ui: &mut Ui, cx: &Cx<'_>, inner: &mut Rect, form: &mut Form) -> Option<String> {
    let (label, again) = (
        cx.words.say(PeopleWord::NewPin),
        cx.words.say(PeopleWord::PinAgain),
    );
    let bad = cx.words.say(PeopleWord::PinBad);
    let fits = form.pin.is_empty() || is_pin(&form.pin);
    let field = Field::new("new pin", &label).secret();
    field_ui(
        ui,
        cx,
        take_top(inner, FIELD, space::M),
        field.problem((!fits).then_some(bad.as_str())),
        &mut form.pin,
    );
    let differ = cx.words.say(PeopleWord::PinsDiffer);
    let same = form.again.is_empty() || form.pin.starts_with(&form.again);
    let field = Field::new("pin again", &again).secret();
    field_ui(
        ui,
        cx,
        take_top(inner, FIELD, space::M),
        field.problem((!same).then_some(differ.as_str())),
        &mut form.again,
    );
    (is_pin(&form.pin) && form.pin == form.again).then(|| form.pin.clone())
}

fn is_pin(text: &str) -> bool {
    (4..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Nobody is chosen.
pub(super) fn nobody_ui(ui: &Ui, cx: &Cx<'_>, area: Rect) {
    card(ui, cx.theme, area);
    let words = cx.words.say(PeopleWord::ChooseOne);
    Text::new(&words, cx.theme.muted)
        .rows(3)
        .align(Align2::CENTER_CENTER)
        .label(ui, area.shrink(space::XL));
}

/// A new member of staff.
pub(super) fn add_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, state: &mut PeopleState) {
    card(ui, cx.theme, area);
    let mut inner = area.shrink(space::XL);
    title_ui(ui, cx, &mut inner, &cx.words.say(PeopleWord::Add));
    let label = cx.words.say(PeopleWord::Name);
    let name = state.form.name.get_or_insert_default();
    field_ui(
        ui,
        cx,
        take_top(&mut inner, FIELD, space::M),
        Field::new("new name", &label),
        name,
    );
    let name = name.trim().to_owned();
    if let Some(role) = role_ui(ui, cx, &mut inner, state.form.role) {
        state.form.role = role;
    }
    let pin = pins_ui(ui, cx, &mut inner, &mut state.form);
    let label = cx.words.say(PeopleWord::AddNow);
    let place = take_top(&mut inner, TOUCH, 0.0);
    let ready = pin.is_some() && !name.is_empty();
    let pressed = Button::new(&label, Kind::Primary)
        .enabled(ready)
        .show(ui, cx.theme, place);
    let role = Role::ALL.get(state.form.role).copied();
    if let (true, Some(pin), Some(role)) = (pressed, pin, role) {
        send(cx, PeopleCommand::Add { name, role, pin });
    }
}

/// Somebody's details; each change is saved as it is made.
pub(super) fn person_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    area: Rect,
    person: &PersonRow,
    state: &mut PeopleState,
) {
    card(ui, cx.theme, area);
    let mut inner = area.shrink(space::XL);
    title_ui(ui, cx, &mut inner, &person.name);
    let label = cx.words.say(PeopleWord::Name);
    let name = state.form.name.get_or_insert_with(|| person.name.clone());
    let response = field_ui(
        ui,
        cx,
        take_top(&mut inner, FIELD, space::M),
        Field::new("name", &label),
        name,
    );
    let new_name = name.trim().to_owned();
    if was_left(ui, &response) && !new_name.is_empty() && new_name != person.name {
        state.chosen = Some(new_name.clone());
        let name = person.name.clone();
        send(cx, PeopleCommand::Rename { name, new_name });
    }
    let now = Role::ALL
        .iter()
        .position(|role| *role == person.role)
        .unwrap_or(0);
    let pressed = role_ui(ui, cx, &mut inner, now);
    if let Some(role) = pressed
        .and_then(|index| Role::ALL.get(index))
        .filter(|role| **role != person.role)
    {
        let name = person.name.clone();
        send(cx, PeopleCommand::SetRole { name, role: *role });
    }
    let pin = pins_ui(ui, cx, &mut inner, &mut state.form);
    let label = cx.words.say(PeopleWord::SetPin);
    let place = take_top(&mut inner, TOUCH, space::XL);
    let pressed = Button::new(&label, Kind::Second)
        .enabled(pin.is_some())
        .show(ui, cx.theme, place);
    if let (true, Some(pin)) = (pressed, pin) {
        let name = person.name.clone();
        send(cx, PeopleCommand::SetPin { name, pin });
    }
    let name = person.name.clone();
    if person.locked_until.is_some() {
        let label = cx.words.say(PeopleWord::Unlock);
        let place = take_top(&mut inner, TOUCH, space::M);
        if Button::new(&label, Kind::Second).show(ui, cx.theme, place) {
            send(cx, PeopleCommand::Unlock { name: name.clone() });
        }
    }
    let (word, kind) = if person.active {
        (PeopleWord::Deactivate, Kind::Stop)
    } else {
        (PeopleWord::Activate, Kind::Second)
    };
    let label = cx.words.say(word);
    let place = take_top(&mut inner, TOUCH, space::M);
    if Button::new(&label, kind).show(ui, cx.theme, place) {
        let active = !person.active;
        send(cx, PeopleCommand::SetActive { name, active });
    }
}

/// One's own PIN.
pub(super) fn own_pin_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, state: &mut PeopleState) {
    let size = vec2(area.width().min(520.0), area.height().min(520.0));
    let area = Rect::from_min_size(area.min, size);
    card(ui, cx.theme, area);
    let mut inner = area.shrink(space::XL);
    title_ui(ui, cx, &mut inner, &cx.words.say(PeopleWord::OwnPin));
    let label = cx.words.say(PeopleWord::OldPin);
    field_ui(
        ui,
        cx,
        take_top(&mut inner, FIELD, space::M),
        Field::new("old pin", &label).secret(),
        &mut state.form.old,
    );
    let pin = pins_ui(ui, cx, &mut inner, &mut state.form);
    let label = cx.words.say(PeopleWord::ChangePin);
    let ready = pin.is_some() && is_pin(&state.form.old);
    let pressed = Button::new(&label, Kind::Primary).enabled(ready).show(
        ui,
        cx.theme,
        take_top(&mut inner, TOUCH, 0.0),
    );
    if let (true, Some(new)) = (pressed && ready, pin) {
        let old = state.form.old.clone();
        send(cx, PeopleCommand::ChangeOwnPin { old, new });
    }
}
