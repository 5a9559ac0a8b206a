//! How an import goes, and what came of it.

use eframe::egui::{Align2, Key, Rect, ScrollArea, Ui, UiBuilder, vec2};

use super::{
    send,
    view::{ImportReport, PhotosCommand},
};
use crate::ui::{
    theme::{CONTROL_RADIUS, TOUCH, size, space},
    widgets::{
        Cx,
        button::{Button, Kind},
        sheet::{heading, sheet},
        take_bottom, take_top,
        text::Text,
    },
    words::{PhotosWord, sentence},
};

/// Paints the sheet over the page.
pub(super) fn import_ui(ui: &mut Ui, cx: &mut Cx<'_>, report: &ImportReport) {
    let full = ui.ctx().content_rect();
    let mut over = ui.new_child(UiBuilder::new().max_rect(full));
    over.set_clip_rect(full);
    let mut inner = sheet(&over, cx, "photo import", vec2(840.0, 620.0));
    let (done, all) = report.done;
    let title = cx.words.say(if report.is_busy() {
        PhotosWord::Importing
    } else {
        PhotosWord::Imported
    });
    heading(&over, cx, &mut inner, &title, "");
    let foot = take_bottom(&mut inner, TOUCH + space::S, space::L);
    let word = if report.is_busy() {
        PhotosWord::StopImport
    } else {
        PhotosWord::CloseImport
    };
    let kind = if report.is_busy() {
        Kind::Stop
    } else {
        Kind::Primary
    };
    let label = cx.words.say(word);
    // What is under way is stopped by its button alone.
    let ends = |key| over.is_enabled() && over.input(|input| input.key_pressed(key));
    let by_key = !report.is_busy() && (ends(Key::Enter) || ends(Key::Escape));
    if Button::new(&label, kind).show(&over, cx.theme, foot) || by_key {
        send(cx, PhotosCommand::CloseImport);
    }
    let bar = take_top(&mut inner, 16.0, space::L);
    over.painter().rect_filled(bar, CONTROL_RADIUS, cx.theme.control);
    let mut filled = bar;
    filled.max.x = bar.min.x + bar.width() * done as f32 / all.max(1) as f32;
    over.painter()
        .rect_filled(filled, CONTROL_RADIUS, cx.theme.accent);
    let lines = [
        (PhotosWord::ImportAdded, report.added),
        (PhotosWord::ImportSame, report.same),
        (PhotosWord::ImportAlike, report.alike),
        (PhotosWord::ImportRefused, report.refused.len()),
    ];
    for (word, count) in lines {
        if count > 0 || word == PhotosWord::ImportAdded {
            let words = cx.words.count(word, count);
            Text::new(&words, cx.theme.text).label(&over, take_top(&mut inner, 32.0, space::XS));
        }
    }
    refused_ui(&mut over, cx, inner, report);
}

fn refused_ui(ui: &mut Ui, cx: &Cx<'_>, inner: Rect, report: &ImportReport) {
    let mut child = ui.new_child(UiBuilder::new().id_salt("refused photos").max_rect(inner));
    child.set_clip_rect(inner);
    ScrollArea::vertical()
        .auto_shrink([false, false])
        .show(&mut child, |ui| {
            for refused in report.refused.iter().take(200) {
                let said = sentence(refused);
                let text = Text::new(&said, cx.theme.muted)
                    .points(size::SMALL)
                    .rows(3)
                    .align(Align2::LEFT_TOP);
                let height = text.height(ui, inner.width());
                let (place, _) =
                    ui.allocate_exact_size(vec2(inner.width(), height + 6.0), eframe::egui::Sense::hover());
                text.label(ui, place);
            }
        });
}
