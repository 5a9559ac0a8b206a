//! Frozen versions: what each model can say that it learned from.

use eframe::egui::{Align2, Rect, ScrollArea, Sense, Ui, UiBuilder, vec2};

use super::{
    DataSetsCommand, DataSetsState, Sheet,
    bring::{ask_for, line_at},
    view::{DataSetsView, VersionRow},
};
use crate::ui::{
    office::OfficeCommand,
    theme::{TOUCH, size, space},
    widgets::{
        Cx,
        button::{Button, Kind, card, rule},
        column,
        field::{FIELD, Field, choice_ui, field_ui, tick_ui},
        icon::Icon,
        sheet::{heading, sheet},
        take_bottom, take_left, take_right, take_top,
        text::Text,
    },
    words::{DataSetsWord, OfficeWord},
};

const ROW: f32 = 104.0;
/// Per cent to judge by and to test with.
const SHARES: [(u8, u8); 3] = [(10, 10), (15, 15), (20, 20)];

pub(super) fn versions_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    mut area: Rect,
    view: &DataSetsView,
    state: &mut DataSetsState,
) {
    let mut head = take_top(&mut area, TOUCH, space::L);
    let freeze = cx.words.say(DataSetsWord::Freeze);
    let button = take_right(&mut head, 240.0, space::M);
    let ready = view.counts.labelled + view.counts.checked > 0;
    if Button::new(&freeze, Kind::Primary)
        .icon(Icon::Lock)
        .enabled(ready)
        .show(ui, cx.theme, button)
    {
        state.sheet = Some(Sheet::Freeze);
    }
    let words = cx.words.say(DataSetsWord::FreezeHint);
    Text::new(&words, cx.theme.muted).or_two_rows().label(ui, head);
    card(ui, cx.theme, area);
    if view.versions.is_empty() {
        let words = cx.words.say(DataSetsWord::NoVersions);
        Text::new(&words, cx.theme.text)
            .points(24.0)
            .rows(2)
            .balance()
            .align(Align2::CENTER_CENTER)
            .label(ui, area.shrink(space::HUGE));
        return;
    }
    let inner = area.shrink2(vec2(1.0, 8.0));
    let mut child = ui.new_child(UiBuilder::new().id_salt("versions").max_rect(inner));
    child.set_clip_rect(inner.intersect(ui.clip_rect()));
    ScrollArea::vertical()
        .id_salt("version rows")
        .auto_shrink([false, false])
        .show(&mut child, |ui| {
            let size = vec2(inner.width(), ROW * view.versions.len() as f32);
            let (all, _) = ui.allocate_exact_size(size, Sense::hover());
            for (index, version) in view.versions.iter().enumerate() {
                let place = line_at(all, index, ROW);
                if place.intersects(ui.clip_rect()) {
                    version_ui(ui, cx, place, version, state);
                }
            }
        });
}

fn version_ui(ui: &Ui, cx: &mut Cx<'_>, place: Rect, version: &VersionRow, state: &mut DataSetsState) {
    let theme = cx.theme;
    rule(ui, theme, place, place.max.y);
    let mut inner = place.shrink2(vec2(space::L, space::M));
    let narrow = place.width() < 1200.0;
    let number = version.number.to_string();
    let write = cx.words.say(DataSetsWord::WriteOut);
    let name = cx.words.with(DataSetsWord::WriteVersion, &[("number", &number)]);
    let button = take_right(&mut inner, if narrow { 172.0 } else { 200.0 }, space::M);
    if Button::new(&write, Kind::Quiet).named(&name).show(
        ui,
        theme,
        Rect::from_center_size(button.center(), vec2(button.width(), TOUCH)),
    ) {
        ask_for(state, version.number);
    }
    let button = take_right(&mut inner, if narrow { 172.0 } else { 200.0 }, space::L);
    verify_ui(ui, cx, button, version);
    let mark = take_left(&mut inner, 96.0, space::L);
    let words = cx.words.with(DataSetsWord::Version, &[("number", &number)]);
    Text::new(&words, theme.text)
        .points(size::LARGE)
        .bold()
        .shrink()
        .label(ui, mark);
    let below = take_bottom(&mut inner, 28.0, 0.0);
    let [learn, judge, test] = version.photos;
    let counts = cx.words.with(
        DataSetsWord::VersionCounts,
        &[
            ("learn", &learn.to_string()),
            ("judge", &judge.to_string()),
            ("test", &test.to_string()),
            ("boxes", &version.boxes.to_string()),
        ],
    );
    Text::new(&counts, theme.text).or_two_rows().label(ui, inner);
    let mut told = format!("{} \u{b7} {}", version.at, version.by);
    if !version.note.is_empty() {
        told = format!("{told} \u{b7} {}", version.note);
    }
    if version.purged > 0 {
        let purged = cx.words.with(
            DataSetsWord::VersionPurged,
            &[("count", &version.purged.to_string())],
        );
        told = format!("{told} \u{b7} {purged}");
    }
    Text::new(&told, theme.muted).points(size::SMALL).label(ui, below);
}

fn verify_ui(ui: &Ui, cx: &mut Cx<'_>, place: Rect, version: &VersionRow) {
    let number = version.number.to_string();
    let place = Rect::from_center_size(place.center(), vec2(place.width(), TOUCH));
    match version.sound {
        Some(sound) => {
            let (word, color) = if sound {
                (DataSetsWord::Sound, cx.theme.text)
            } else {
                (DataSetsWord::NotSound, cx.theme.stop)
            };
            let words = cx.words.say(word);
            Text::new(&words, color)
                .bold()
                .align(Align2::CENTER_CENTER)
                .label(ui, place);
        }
        None => {
            let verify = cx.words.say(DataSetsWord::Verify);
            let name = cx.words.with(DataSetsWord::VerifyVersion, &[("number", &number)]);
            if Button::new(&verify, Kind::Quiet)
                .named(&name)
                .show(ui, cx.theme, place)
            {
                cx.office(OfficeCommand::DataSets(DataSetsCommand::Verify(version.number)));
            }
        }
    }
}

pub(super) fn freeze_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut DataSetsState) {
    let mut inner = sheet(ui, cx, "freeze", vec2(920.0, 600.0));
    let buttons = take_bottom(&mut inner, TOUCH + space::S, space::L);
    let title = cx.words.say(DataSetsWord::Freeze);
    let hint = cx.words.say(DataSetsWord::FreezeHint);
    heading(ui, cx, &mut inner, &title, &hint);
    let label = cx.words.say(DataSetsWord::Note);
    let example = cx.words.say(DataSetsWord::NoteHint);
    let place = take_top(&mut inner, FIELD, space::L);
    let field = Field::new("freeze note", &label).hint(&example);
    field_ui(ui, cx, place, field, &mut state.note);
    let label = cx.words.say(DataSetsWord::Shares);
    Text::new(&label, cx.theme.muted)
        .points(size::SMALL)
        .label(ui, take_top(&mut inner, 24.0, space::XS));
    let names = SHARES.map(|(judge, test)| {
        cx.words.with(
            DataSetsWord::Share,
            &[
                ("learn", &(100 - judge - test).to_string()),
                ("judge", &judge.to_string()),
                ("test", &test.to_string()),
            ],
        )
    });
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    // The middle one is usual.
    let chosen = if state.shares == 0 { 1 } else { state.shares - 1 };
    let place = take_top(&mut inner, TOUCH, space::L);
    if let Some(at) = choice_ui(ui, cx, place, &names, chosen) {
        state.shares = at + 1;
    }
    let tick = cx.words.say(DataSetsWord::CheckedOnly);
    let place = take_top(&mut inner, TOUCH, 0.0);
    if tick_ui(ui, cx, place, (&tick, state.checked_only), true) {
        state.checked_only = !state.checked_only;
    }
    let cancel = cx.words.say(OfficeWord::Cancel);
    let by_escape = ui.input(|input| input.key_pressed(eframe::egui::Key::Escape));
    if Button::new(&cancel, Kind::Quiet).show(ui, cx.theme, column(buttons, 0, 2, space::M)) || by_escape {
        state.sheet = None;
    }
    let yes = cx.words.say(DataSetsWord::FreezeNow);
    if Button::new(&yes, Kind::Primary)
        .icon(Icon::Lock)
        .show(ui, cx.theme, column(buttons, 1, 2, space::M))
    {
        state.sheet = None;
        let note = std::mem::take(&mut state.note);
        let shares = SHARES.get(chosen).copied().unwrap_or((15, 15));
        let checked_only = state.checked_only;
        cx.office(OfficeCommand::DataSets(DataSetsCommand::Freeze {
            note,
            checked_only,
            shares,
        }));
    }
}
