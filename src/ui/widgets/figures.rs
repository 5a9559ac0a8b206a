//! How long a picture takes on its way to the screen, for whoever looks after the machine.

use eframe::egui::{Align2, Color32, CornerRadius, Rect, Ui, Vec2, vec2};

use crate::ui::{
    theme::{size, space},
    view::{Stage, StageView},
    widgets::{Cx, take_right, take_top, text::Text},
    words::Word,
};

/// Height of a row.
const ROW: f32 = 26.0;
/// Width of a number.
const NUMBER: f32 = 72.0;
/// Width of all.
const WIDTH: f32 = 380.0;

/// Paints the table into the upper left corner of the picture; nothing if nothing was measured.
pub fn figures_ui(ui: &Ui, cx: &Cx<'_>, picture: Rect, stages: &[StageView]) {
    if stages.is_empty() {
        return;
    }
    let rows = stages.len() as f32 + 1.0;
    let size = vec2(WIDTH, rows * ROW) + Vec2::splat(2.0 * space::M);
    let place = Rect::from_min_size(picture.min + Vec2::splat(12.0), size);
    ui.painter()
        .rect_filled(place, CornerRadius::same(8), Color32::from_black_alpha(190));
    let mut rest = place.shrink(space::M);
    let head = cx.words.say(Word::FigureHead);
    let text = |text: &str, align: Align2, place: Rect| {
        Text::new(text, Color32::WHITE)
            .points(size::SMALL)
            .align(align)
            .label(ui, place);
    };
    text(&head, Align2::LEFT_CENTER, take_top(&mut rest, ROW, 0.0));
    for row in stages {
        let mut place = take_top(&mut rest, ROW, 0.0);
        for ms in [row.p95_ms, row.median_ms] {
            let number = format!("{ms:.1}");
            text(
                &number,
                Align2::RIGHT_CENTER,
                take_right(&mut place, NUMBER, space::S),
            );
        }
        text(&cx.words.say(name(row.stage)), Align2::LEFT_CENTER, place);
    }
}

const fn name(stage: Stage) -> Word {
    match stage {
        Stage::Decode => Word::FigureDecode,
        Stage::Look => Word::FigureLook,
        Stage::Resize => Word::FigureResize,
        Stage::Detect => Word::FigureDetect,
        Stage::Track => Word::FigureTrack,
        Stage::Upload => Word::FigureUpload,
        Stage::Paint => Word::FigurePaint,
        Stage::All => Word::FigureAll,
    }
}
