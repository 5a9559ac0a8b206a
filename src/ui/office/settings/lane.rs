//! What the lane shows and how it counts.

use eframe::egui::{Rect, Ui};

use crate::ui::{widgets::Cx, words::SettingsWord};

use super::{
    rows::{card_ui, choice_ui, halves, hint_ui},
    view::{Setting, SettingsView},
};

/// Paints it.
pub(super) fn lane_ui(ui: &Ui, cx: &mut Cx<'_>, area: Rect, view: &SettingsView) {
    let [left, right] = halves(area);
    screen_ui(ui, cx, left, view);
    counting_ui(ui, cx, right, view);
}

fn screen_ui(ui: &Ui, cx: &mut Cx<'_>, area: Rect, view: &SettingsView) {
    let mut inner = card_ui(ui, cx, area, SettingsWord::Screen);
    let languages = [("en", SettingsWord::English), ("de", SettingsWord::German)];
    let themes = [
        ("light", SettingsWord::Light),
        ("dark", SettingsWord::Dark),
        ("contrast", SettingsWord::Contrast),
    ];
    let motion = [("on", SettingsWord::On), ("off", SettingsWord::Off)];
    for (setting, label, options) in [
        (Setting::Language, SettingsWord::Language, languages.as_slice()),
        (Setting::Theme, SettingsWord::Theme, themes.as_slice()),
        (Setting::Motion, SettingsWord::Motion, motion.as_slice()),
    ] {
        choice_ui(ui, cx, &mut inner, (view, setting), (label, options));
    }
    let words = cx.words.say(SettingsWord::LanguageHint);
    hint_ui(ui, cx, &mut inner, &words);
    let minutes = [
        ("1", SettingsWord::OneMinute),
        ("5", SettingsWord::FiveMinutes),
        ("15", SettingsWord::QuarterHour),
        ("60", SettingsWord::OneHour),
    ];
    choice_ui(
        ui,
        cx,
        &mut inner,
        (view, Setting::LockMinutes),
        (SettingsWord::LockMinutes, &minutes),
    );
}

fn counting_ui(ui: &Ui, cx: &mut Cx<'_>, area: Rect, view: &SettingsView) {
    let mut inner = card_ui(ui, cx, area, SettingsWord::Counting);
    let modes = [
        ("auto", SettingsWord::ScanAuto),
        ("ask", SettingsWord::ScanAsk),
        ("off", SettingsWord::ScanOff),
    ];
    choice_ui(
        ui,
        cx,
        &mut inner,
        (view, Setting::Scan),
        (SettingsWord::Scan, &modes),
    );
    let hint = match view.value(Setting::Scan) {
        "ask" => SettingsWord::ScanAskHint,
        "off" => SettingsWord::ScanOffHint,
        _ => SettingsWord::ScanAutoHint,
    };
    let words = cx.words.say(hint);
    hint_ui(ui, cx, &mut inner, &words);
    let engines = [
        ("auto", SettingsWord::Automatic),
        ("cpu", SettingsWord::OnCpu),
        ("cpu-int8", SettingsWord::OnCpuInt8),
        ("gpu", SettingsWord::OnGpu),
    ];
    choice_ui(
        ui,
        cx,
        &mut inner,
        (view, Setting::Engine),
        (SettingsWord::ComputedBy, &engines),
    );
    let words = cx.words.say(SettingsWord::EngineHint);
    hint_ui(ui, cx, &mut inner, &words);
    let outcomes = [
        ("approve", SettingsWord::Approve),
        ("decline", SettingsWord::Decline),
        ("timeout", SettingsWord::TimeOut),
        ("amount", SettingsWord::ByAmount),
    ];
    choice_ui(
        ui,
        cx,
        &mut inner,
        (view, Setting::Terminal),
        (SettingsWord::Terminal, &outcomes),
    );
    let words = cx.words.say(SettingsWord::TerminalHint);
    hint_ui(ui, cx, &mut inner, &words);
}
