//! Asks for a file or a folder: a field for its path, and a button for the file dialog of the system.
//!
//! The field is always there: a kiosk without a desktop has no file dialog.

use eframe::egui::{Key, Ui, vec2};

use crate::ui::{
    office::OfficeCommand,
    theme::{TOUCH, space},
    widgets::{
        Cx,
        button::{Button, Kind},
        column,
        field::{FIELD, Field, field_ui},
        sheet::{heading, sheet},
        take_bottom, take_right, take_top,
    },
    words::OfficeWord,
};

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PathView {
    /// What the file is for.
    pub title: String,
    /// The word for going on ("Import").
    pub yes: String,
    /// The path that is suggested, or that the dialog gave.
    pub path: String,
    /// Goes up when the dialog gives another path, which then replaces what is typed.
    pub version: u64,
    /// Whether the dialog of the system is open.
    pub browsing: bool,
    /// Whether it gave nothing: cancelled, or there is none.
    pub none_chosen: bool,
}

/// What is typed.
#[derive(Debug, Clone, Default)]
pub struct PathState {
    text: String,
    version: Option<u64>,
}

impl PathState {
    /// Nothing is asked for any more.
    pub fn clear(&mut self) {
        self.version = None;
    }
}

/// Paints the sheet.
pub fn ask_path_ui(ui: &mut Ui, cx: &mut Cx<'_>, view: &PathView, state: &mut PathState) {
    let begins = state.version.is_none();
    if state.version != Some(view.version) {
        state.version = Some(view.version);
        state.text.clone_from(&view.path);
    }
    let mut inner = sheet(ui, cx, "path", vec2(960.0, 460.0));
    let buttons = take_bottom(&mut inner, TOUCH + space::S, space::L);
    let hint = cx.words.say(if view.none_chosen {
        OfficeWord::PathNone
    } else {
        OfficeWord::PathHint
    });
    heading(ui, cx, &mut inner, &view.title, &hint);
    let mut line = take_top(&mut inner, FIELD, 0.0);
    let browse = cx.words.say(OfficeWord::Browse);
    let mut place = take_right(&mut line, 220.0, space::M);
    place.min.y = place.max.y - TOUCH;
    let label = cx.words.say(OfficeWord::Path);
    let response = field_ui(ui, cx, line, Field::new("path", &label), &mut state.text);
    if begins {
        response.request_focus();
    }
    if Button::new(&browse, Kind::Second)
        .enabled(!view.browsing)
        .show(ui, cx.theme, place)
    {
        cx.office(OfficeCommand::BrowsePath);
    }
    let cancel = cx.words.say(OfficeWord::Cancel);
    let by_escape = ui.input(|input| input.key_pressed(Key::Escape));
    let no = Button::new(&cancel, Kind::Quiet).show(ui, cx.theme, column(buttons, 0, 2, space::M));
    if no || by_escape {
        cx.office(OfficeCommand::CancelPath);
        return;
    }
    let ready = !state.text.trim().is_empty();
    let yes = Button::new(&view.yes, Kind::Primary).enabled(ready).show(
        ui,
        cx.theme,
        column(buttons, 1, 2, space::M),
    );
    let by_enter = ui.input(|input| input.key_pressed(Key::Enter));
    if ready && (yes || by_enter) {
        cx.office(OfficeCommand::PathChosen(state.text.trim().to_owned()));
    }
}
