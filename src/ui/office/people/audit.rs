//! The audit as a table: who changed what, when, what was there before and after, and why.

use std::sync::Arc;

use eframe::egui::{Rect, Ui};

use super::{PeopleCommand, send};
use crate::ui::{
    theme::{TOUCH, size, space},
    widgets::{
        Cx,
        button::{Button, Kind},
        column,
        field::{FIELD, Field, field_ui},
        form::{Picks, pick_ui},
        table::{Column, Table, Width, table_ui},
        take_bottom, take_right, take_top,
        text::Text,
    },
    words::PeopleWord,
};

/// The kinds of changes, as the store writes them, with their words.
const ACTS: [(&str, PeopleWord); 18] = [
    ("backup", PeopleWord::ActBackup),
    ("cash", PeopleWord::ActCash),
    ("data set", PeopleWord::ActDataSet),
    ("import", PeopleWord::ActImport),
    ("label", PeopleWord::ActLabel),
    ("login", PeopleWord::ActLogin),
    ("model", PeopleWord::ActModel),
    ("photo", PeopleWord::ActPhoto),
    ("price", PeopleWord::ActPrice),
    ("product", PeopleWord::ActProduct),
    ("purge", PeopleWord::ActPurge),
    ("refund", PeopleWord::ActRefund),
    ("setting", PeopleWord::ActSetting),
    ("staff", PeopleWord::ActStaff),
    ("training", PeopleWord::ActTraining),
    ("void", PeopleWord::ActVoid),
    ("x report", PeopleWord::ActXReport),
    ("z report", PeopleWord::ActZReport),
];

/// The words for a kind of change; one that has none stands as it was written.
fn act_word(cx: &Cx<'_>, act: &str) -> String {
    let found = ACTS.iter().find(|(known, _)| *known == act);
    found.map_or_else(|| act.to_owned(), |(_, word)| cx.words.say(*word))
}

/// Which rows are asked for; what is empty does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditQuery {
    /// By whom.
    pub actor: String,
    /// Which kind of change.
    pub action: String,
    /// About what.
    pub subject: String,
    /// How many pages have been passed over.
    pub page: u32,
}

/// A page of the audit.
#[derive(Debug, Clone, Default)]
pub struct AuditView {
    /// The rows, newest first.
    pub rows: Arc<Vec<AuditRow>>,
    /// Whether older ones follow.
    pub more: bool,
    /// What was asked for.
    pub query: AuditQuery,
}

/// One row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditRow {
    /// When, as the wall shows it.
    pub at: String,
    /// By whom.
    pub actor: String,
    /// What kind.
    pub action: String,
    /// About what.
    pub subject: String,
    /// What exactly, with what was there before and after.
    pub change: String,
    /// Why.
    pub reason: String,
}

/// Paints it.
pub(super) fn audit_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    mut area: Rect,
    view: &AuditView,
    query: &mut AuditQuery,
) {
    let bar = take_top(&mut area, FIELD, space::M);
    let fields = [
        (0, PeopleWord::Who, &mut query.actor),
        (2, PeopleWord::About, &mut query.subject),
    ];
    let mut changed = false;
    for (index, word, text) in fields {
        let label = cx.words.say(word);
        let salt = format!("audit {index}");
        let place = column(bar, index, 3, space::M);
        changed |= field_ui(ui, cx, place, Field::new(&salt, &label), text).changed();
    }
    changed |= act_ui(ui, cx, column(bar, 1, 3, space::M), query);
    if changed {
        query.page = 0;
    }
    let mut foot = take_bottom(&mut area, TOUCH, space::M);
    let older = cx.words.say(PeopleWord::Older);
    let newer = cx.words.say(PeopleWord::Newer);
    let place = take_right(&mut foot, 180.0, space::M);
    if Button::new(&older, Kind::Quiet)
        .enabled(view.more)
        .show(ui, cx.theme, place)
    {
        query.page += 1;
    }
    let place = take_right(&mut foot, 180.0, space::M);
    if Button::new(&newer, Kind::Quiet)
        .enabled(query.page > 0)
        .show(ui, cx.theme, place)
    {
        query.page -= 1;
    }
    if view.rows.is_empty() {
        let words = cx.words.say(PeopleWord::NoChanges);
        Text::new(&words, cx.theme.muted).label(ui, foot);
    }
    table(ui, cx, area, view);
    if view.query != *query {
        send(cx, PeopleCommand::Audit(query.clone()));
    }
}

/// Which kind of change; true when another was picked.
fn act_ui(ui: &Ui, cx: &Cx<'_>, place: Rect, query: &mut AuditQuery) -> bool {
    let label = |index: usize| match index.checked_sub(1).and_then(|at| ACTS.get(at)) {
        Some((_, word)) => cx.words.say(*word),
        None => cx.words.say(PeopleWord::Anything),
    };
    let now = ACTS.iter().position(|(act, _)| *act == query.action);
    let picks = Picks {
        count: ACTS.len() + 1,
        now: now.map_or(0, |at| at + 1),
        label: &label,
    };
    let name = cx.words.say(PeopleWord::What);
    let Some(picked) = pick_ui(ui, cx, place, &name, picks) else {
        return false;
    };
    let act = picked.checked_sub(1).and_then(|at| ACTS.get(at));
    query.action = act.map_or_else(String::new, |(act, _)| (*act).to_owned());
    true
}

fn table(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, view: &AuditView) {
    let narrow = area.width() < 1200.0;
    let titles = [
        PeopleWord::When,
        PeopleWord::Who,
        PeopleWord::What,
        PeopleWord::About,
        PeopleWord::Change,
        PeopleWord::Reason,
    ]
    .map(|word| cx.words.say(word));
    let [when, who, what, about, change, reason] = &titles;
    let columns = [
        Column::text(when, Width::Fixed(if narrow { 150.0 } else { 176.0 })),
        Column::text(who, Width::Fixed(if narrow { 90.0 } else { 140.0 })),
        Column::text(what, Width::Fixed(if narrow { 100.0 } else { 140.0 })),
        Column::text(about, Width::Share(0.8)),
        Column::text(change, Width::Share(1.4)),
        Column::text(reason, Width::Share(0.7)),
    ];
    let table = Table {
        salt: "audit",
        columns: &columns,
        rows: view.rows.len(),
        row_height: 48.0,
        chosen: None,
        sorted: None,
        keys: false,
    };
    let label = |index: usize| {
        view.rows.get(index).map_or_else(String::new, |row| {
            format!(
                "{} {} {} {} {}",
                row.at, row.actor, row.action, row.subject, row.change
            )
        })
    };
    table_ui(ui, cx, area, &table, label, |ui, cx, place| {
        let Some(row) = view.rows.get(place.index) else {
            return;
        };
        let act = act_word(cx, &row.action);
        let texts = [&row.at, &row.actor, &act, &row.subject, &row.change, &row.reason];
        for (text, cell) in texts.into_iter().zip(place.cells) {
            Text::new(text, cx.theme.text)
                .points(size::SMALL)
                .rows(2)
                .paint(ui, *cell);
        }
    });
}
