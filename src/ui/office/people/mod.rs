//! The page of people: who works here and what each may do, one's own PIN, and the audit.
//!
//! Left a list, right the details of whoever is chosen. Only a manager sees others and the audit.

mod audit;
mod details;

use std::sync::Arc;

use eframe::egui::{Rect, Ui};

pub use audit::{AuditQuery, AuditRow, AuditView};

use crate::{
    domain::staff::Role,
    ui::{
        office::{OfficeCommand, frame::role_word, split},
        theme::{TOUCH, space},
        widgets::{
            Cx,
            button::{Button, Kind},
            field::choice_ui,
            table::{Column, Table, TableEvent, Width, table_ui},
            take_left, take_right, take_top,
            text::Text,
        },
        words::PeopleWord,
    },
};

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub struct PeopleView {
    /// Everybody; empty for those who do not manage staff.
    pub people: Arc<Vec<PersonRow>>,
    /// Whether the list may be seen and changed.
    pub manages: bool,
    /// The name of whoever is signed on.
    pub own: String,
    /// The audit, for those who may read it.
    pub audit: Option<AuditView>,
    /// Goes up with every change that was saved: typed PINs are forgotten then.
    pub saved: u64,
}

/// Somebody who works here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// Name.
    pub name: String,
    /// What they are.
    pub role: Role,
    /// Whether they may sign on.
    pub active: bool,
    /// Until when the name is locked, as the clock shows it.
    pub locked_until: Option<String>,
}

/// What is asked for on the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeopleCommand {
    /// Add somebody.
    Add {
        /// Name.
        name: String,
        /// What they are.
        role: Role,
        /// The first PIN.
        pin: String,
    },
    /// Give somebody another name.
    Rename {
        /// The old name.
        name: String,
        /// The new one.
        new_name: String,
    },
    /// Give somebody another role.
    SetRole {
        /// Who.
        name: String,
        /// What they become.
        role: Role,
    },
    /// Give somebody another PIN.
    SetPin {
        /// Who.
        name: String,
        /// The PIN.
        pin: String,
    },
    /// Let somebody sign on, or no longer.
    SetActive {
        /// Who.
        name: String,
        /// Whether they may.
        active: bool,
    },
    /// End a lock.
    Unlock {
        /// Who.
        name: String,
    },
    /// Change one's own PIN.
    ChangeOwnPin {
        /// The PIN so far.
        old: String,
        /// The new one.
        new: String,
    },
    /// Read the audit.
    Audit(AuditQuery),
}

/// What is typed and chosen on the page.
#[derive(Debug, Default)]
pub struct PeopleState {
    tab: usize,
    chosen: Option<String>,
    adds: bool,
    form: details::Form,
    query: AuditQuery,
    saved: u64,
}

/// Paints the page.
pub fn people_ui(ui: &mut Ui, cx: &mut Cx<'_>, mut area: Rect, view: &PeopleView, state: &mut PeopleState) {
    if view.saved != state.saved {
        state.saved = view.saved;
        state.adds = false;
        state.form = details::Form::default();
    }
    if !view.manages {
        details::own_pin_ui(ui, cx, area, state);
        return;
    }
    let mut bar = take_top(&mut area, TOUCH, space::L);
    let tabs = [PeopleWord::Staff, PeopleWord::Changes, PeopleWord::OwnPin].map(|word| cx.words.say(word));
    let labels: Vec<&str> = tabs.iter().map(String::as_str).collect();
    let width = bar.width().min(720.0);
    if let Some(tab) = choice_ui(ui, cx, take_left(&mut bar, width, space::L), &labels, state.tab) {
        state.tab = tab;
    }
    match (state.tab, &view.audit) {
        (1, Some(audit)) => audit::audit_ui(ui, cx, area, audit, &mut state.query),
        (2, _) => details::own_pin_ui(ui, cx, area, state),
        _ => {
            add_button(ui, cx, bar, state);
            staff_ui(ui, cx, area, view, state);
        }
    }
}

fn add_button(ui: &Ui, cx: &Cx<'_>, mut bar: Rect, state: &mut PeopleState) {
    let label = cx.words.say(PeopleWord::Add);
    let width = (Text::new(&label, cx.theme.text).bold().width(ui) + 72.0).min(bar.width());
    if Button::new(&label, Kind::Second).show(ui, cx.theme, take_right(&mut bar, width, 0.0)) {
        state.adds = true;
        state.chosen = None;
        state.form = details::Form::default();
    }
}

fn staff_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, view: &PeopleView, state: &mut PeopleState) {
    let (list, details) = split(area);
    let chosen = view
        .people
        .iter()
        .position(|person| Some(&person.name) == state.chosen.as_ref());
    let titles = [PeopleWord::Name, PeopleWord::Role, PeopleWord::SignsOn].map(|word| cx.words.say(word));
    let [name, role, state_title] = &titles;
    let columns = [
        Column::text(name, Width::Share(1.0)),
        Column::text(role, Width::Fixed(150.0)),
        Column::text(state_title, Width::Fixed(220.0)),
    ];
    let table = Table {
        salt: "people",
        columns: &columns,
        rows: view.people.len(),
        row_height: TOUCH,
        chosen,
        sorted: None,
        keys: true,
    };
    let label = |index: usize| {
        view.people
            .get(index)
            .map_or_else(String::new, |person| person.name.clone())
    };
    let event = table_ui(ui, cx, list, &table, label, |ui, cx, place| {
        let (Some(person), [name, role, signs]) = (view.people.get(place.index), place.cells) else {
            return;
        };
        let ink = if person.active {
            cx.theme.text
        } else {
            cx.theme.muted
        };
        Text::new(&person.name, ink).bold().paint(ui, *name);
        Text::new(&cx.words.say(role_word(person.role)), ink).paint(ui, *role);
        let words = match &person.locked_until {
            Some(time) => cx.words.with(PeopleWord::LockedUntil, &[("time", time)]),
            None if person.active => cx.words.say(PeopleWord::Active),
            None => cx.words.say(PeopleWord::Inactive),
        };
        Text::new(&words, ink).paint(ui, *signs);
    });
    match event {
        Some(TableEvent::Choose(index) | TableEvent::Open(index)) => {
            state.chosen = view.people.get(index).map(|person| person.name.clone());
            state.adds = false;
            state.form = details::Form::default();
        }
        Some(TableEvent::Sort(_)) | None => {}
    }
    let person = chosen.and_then(|index| view.people.get(index)).cloned();
    match person {
        _ if state.adds => details::add_ui(ui, cx, details, state),
        Some(person) => details::person_ui(ui, cx, details, &person, state),
        None => details::nobody_ui(ui, cx, details),
    }
}

fn send(cx: &mut Cx<'_>, command: PeopleCommand) {
    cx.office(OfficeCommand::People(command));
}
