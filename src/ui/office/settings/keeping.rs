//! What is kept of shoppers' pictures and for how long, and backups.

use eframe::egui::{Align2, Rect, ScrollArea, Sense, Ui, UiBuilder, vec2};

use crate::ui::{
    theme::{TOUCH, size, space},
    widgets::{
        Cx,
        button::{Button, Kind, rule},
        field::FIELD,
        row, take_bottom, take_left, take_right, take_top,
        text::Text,
    },
    words::SettingsWord,
};

use super::{
    SettingsCommand, SettingsState,
    devices::folder_button,
    rows::{card_ui, choice_ui, halves, hint_ui, text_ui},
    send,
    view::{BackupRow, Setting, SettingsView},
};

const ROW: f32 = 60.0;

/// Paints it.
pub(super) fn keeping_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    area: Rect,
    view: &SettingsView,
    state: &mut SettingsState,
) {
    let [left, right] = halves(area);
    let mut inner = card_ui(ui, cx, left, SettingsWord::Privacy);
    let options = [("on", SettingsWord::Keep), ("off", SettingsWord::DoNotKeep)];
    choice_ui(
        ui,
        cx,
        &mut inner,
        (view, Setting::Corrections),
        (SettingsWord::Corrections, &options),
    );
    let words = cx.words.say(SettingsWord::CorrectionsHint);
    hint_ui(ui, cx, &mut inner, &words);
    let days = [
        ("7", SettingsWord::OneWeek),
        ("30", SettingsWord::OneMonth),
        ("90", SettingsWord::ThreeMonths),
        ("", SettingsWord::ForEver),
    ];
    choice_ui(
        ui,
        cx,
        &mut inner,
        (view, Setting::KeepDays),
        (SettingsWord::KeepDays, &days),
    );
    let kept = view.kept.map_or_else(String::new, |count| {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        cx.words.count(SettingsWord::KeptCount, count)
    });
    let mut place = take_top(&mut inner, TOUCH, space::L);
    let button = take_right(&mut place, 320.0, space::M);
    Text::new(&kept, cx.theme.text).rows(2).label(ui, place);
    let purge = cx.words.say(SettingsWord::Purge);
    let button_of = Button::new(&purge, Kind::Stop).enabled(view.kept.is_some_and(|count| count > 0));
    if button_of.show(ui, cx.theme, button) {
        send(cx, SettingsCommand::Purge);
    }
    let words = cx.words.say(SettingsWord::PurgeHint);
    hint_ui(ui, cx, &mut inner, &words);
    backup_ui(ui, cx, right, view, state);
}

fn backup_ui(ui: &mut Ui, cx: &mut Cx<'_>, area: Rect, view: &SettingsView, state: &mut SettingsState) {
    let mut inner = card_ui(ui, cx, area, SettingsWord::Backups);
    let mut place = take_top(&mut inner, FIELD, space::L);
    let mut choose = take_right(&mut place, 160.0, space::M);
    folder_button(
        ui,
        cx,
        take_bottom(&mut choose, TOUCH, 0.0),
        Setting::BackupFolder,
    );
    text_ui(
        ui,
        cx,
        place,
        (view, Setting::BackupFolder, 1),
        (SettingsWord::BackupFolder, &mut state.typed),
    );
    let hours = [
        ("", SettingsWord::Never),
        ("6", SettingsWord::SixHours),
        ("24", SettingsWord::Daily),
        ("168", SettingsWord::Weekly),
    ];
    choice_ui(
        ui,
        cx,
        &mut inner,
        (view, Setting::BackupHours),
        (SettingsWord::BackupHours, &hours),
    );
    let mut place = take_top(&mut inner, TOUCH, space::M);
    let button = take_left(&mut place, 320.0, space::M);
    let word = if view.is_backing_up {
        SettingsWord::BackingUp
    } else {
        SettingsWord::BackUpNow
    };
    let label = cx.words.say(word);
    let can = !view.is_backing_up && !view.value(Setting::BackupFolder).is_empty();
    if Button::new(&label, Kind::Primary)
        .enabled(can)
        .show(ui, cx.theme, button)
    {
        send(cx, SettingsCommand::BackUp);
    }
    if view.value(Setting::BackupFolder).is_empty() {
        let words = cx.words.say(SettingsWord::NoFolder);
        Text::new(&words, cx.theme.muted).rows(2).label(ui, place);
    }
    list_ui(ui, cx, inner, &view.backups);
}

fn list_ui(ui: &mut Ui, cx: &Cx<'_>, area: Rect, backups: &[BackupRow]) {
    if backups.is_empty() {
        let words = cx.words.say(SettingsWord::NoBackups);
        Text::new(&words, cx.theme.muted)
            .rows(3)
            .align(Align2::LEFT_TOP)
            .label(ui, area);
        return;
    }
    let mut child = ui.new_child(UiBuilder::new().id_salt("backups").max_rect(area));
    child.set_clip_rect(area.intersect(ui.clip_rect()));
    ScrollArea::vertical()
        .id_salt("backup rows")
        .auto_shrink([false, false])
        .show(&mut child, |ui| {
            let all = vec2(area.width() - space::M, ROW * backups.len() as f32);
            let (mut rest, _) = ui.allocate_exact_size(all, Sense::hover());
            for backup in backups {
                let place = take_top(&mut rest, ROW, 0.0);
                rule(ui, cx.theme, place, place.min.y);
                let mut above = row(place, 0, 2, 0.0);
                let outcome = take_right(&mut above, 260.0, space::M);
                Text::new(&backup.when, cx.theme.text).label(ui, above);
                let ink = if backup.is_made {
                    cx.theme.text
                } else {
                    cx.theme.stop
                };
                Text::new(&backup.outcome, ink)
                    .align(Align2::RIGHT_CENTER)
                    .paint(ui, outcome);
                Text::new(&backup.path, cx.theme.muted)
                    .points(size::SMALL)
                    .paint(ui, row(place, 1, 2, 0.0));
            }
        });
}
