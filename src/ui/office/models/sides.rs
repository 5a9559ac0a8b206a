//! The model in use and a new one side by side, on the live picture or a demo picture.

use eframe::egui::{Align2, CornerRadius, Rect, Stroke, StrokeKind, Ui, vec2};

use super::{
    ModelsCommand, send,
    view::{SideView, SidesView},
};
use crate::{
    frame::Frame,
    ui::{
        screens::is_landscape,
        theme::{TOUCH, size, space},
        widgets::{
            Cx,
            boxes::{label_place, ui_from_picture},
            column,
            field::choice_ui,
            photo::{fit, paint_live},
            row, take_left, take_top,
            text::{Text, name_area},
        },
        words::ModelsWord,
    },
};

pub(super) fn sides_ui(ui: &Ui, cx: &mut Cx<'_>, mut area: Rect, view: &SidesView) {
    let mut line = take_top(&mut area, TOUCH, space::L);
    let labels = [
        cx.words.say(ModelsWord::LivePicture),
        cx.words.say(ModelsWord::DemoPicture),
    ];
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    let place = take_left(&mut line, 460.0, space::L);
    if let Some(at) = choice_ui(ui, cx, place, &labels, usize::from(!view.is_live)) {
        send(cx, ModelsCommand::UseLive(at == 0));
    }
    let hint = match &view.problem {
        Some(problem) => problem.clone(),
        None => cx.words.say(ModelsWord::SidesHint),
    };
    Text::new(&hint, cx.theme.muted).or_two_rows().label(ui, line);
    let Some(frame) = &view.frame else {
        let words = cx.words.say(ModelsWord::SidesWait);
        Text::new(&words, cx.theme.muted)
            .align(Align2::CENTER_CENTER)
            .label(ui, area);
        return;
    };
    let sides = [
        (ModelsWord::ColumnLive, &view.live),
        (ModelsWord::ColumnNew, &view.new),
    ];
    for (index, (word, side)) in sides.into_iter().enumerate() {
        let place = if is_landscape(ui.max_rect()) {
            column(area, index, 2, space::L)
        } else {
            row(area, index, 2, space::L)
        };
        side_ui(ui, cx, place, (word, frame, side));
    }
}

fn side_ui(ui: &Ui, cx: &mut Cx<'_>, mut place: Rect, (word, frame, side): (ModelsWord, &Frame, &SideView)) {
    let head = take_top(&mut place, 40.0, space::S);
    let title = cx.words.say(word);
    let mut words = format!("{title}: {}", side.model);
    if let Some(millis) = side.millis {
        words = format!("{words} \u{b7} {millis} ms");
    }
    Text::new(&words, cx.theme.text).bold().shrink().label(ui, head);
    let (width, height) = frame.size();
    let picture = fit(vec2(width as f32, height as f32), place);
    // Close below its name, with the room that is left over at the foot.
    let picture = picture.translate(vec2(0.0, place.min.y - picture.min.y));
    paint_live(ui, cx.textures, frame, picture, CornerRadius::same(12));
    let theme = cx.theme;
    let mut taken = Vec::new();
    for (bbox, name, score) in &side.boxes {
        let item = ui_from_picture(*bbox, picture);
        for (width, color) in [(6.0, theme.box_edge), (3.0, theme.box_found)] {
            ui.painter().rect_stroke(
                item,
                CornerRadius::same(10),
                Stroke::new(width, color),
                StrokeKind::Middle,
            );
        }
        let words = format!("{name} {score} %");
        let text = Text::new(&words, theme.box_edge).points(size::SMALL).bold();
        let room = vec2(text.width(ui) + 20.0, 30.0);
        let label = label_place(item, room, picture, &taken);
        taken.push(label);
        ui.painter()
            .rect_filled(label, CornerRadius::same(6), theme.box_found);
        text.align(Align2::CENTER_CENTER).paint(ui, label);
        name_area(ui, label, &format!("{title}: {words}"));
    }
    if side.boxes.is_empty() && side.millis.is_some() {
        let nothing = cx.words.say(ModelsWord::SeesNothing);
        name_area(ui, picture, &format!("{title}: {nothing}"));
    }
}
