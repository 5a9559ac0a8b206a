//! "Which item is this?", and products as tiles to choose from.

use eframe::egui::{CornerRadius, Key, Rect, Stroke, StrokeKind, Ui, Vec2, vec2};

use crate::ui::{
    command::Command,
    theme::{CARD_RADIUS, TOUCH, size, space},
    view::{QuestionView, TileView},
    widgets::{
        Cx,
        button::{Button, Kind, focus_ring, press_area},
        column,
        icon::{self, Icon},
        photo::{fit, paint_crop, paint_photo},
        row,
        sheet::{heading, sheet},
        take_bottom, take_left, take_top,
        text::Text,
    },
    words::Word,
};

/// "Which item is this?": three large tiles and a way to something else. One touch answers.
pub fn question_ui(ui: &Ui, cx: &mut Cx<'_>, question: &QuestionView) {
    let landscape = super::is_landscape(ui.max_rect());
    let size = if landscape {
        vec2(1320.0, 640.0)
    } else {
        vec2(1032.0, 900.0)
    };
    let mut inner = sheet(ui, cx, "question", size);
    let foot = take_bottom(&mut inner, TOUCH, space::XL);
    let (title, hint) = (cx.words.say(Word::AskTitle), cx.words.say(Word::AskHint));
    let mut head = take_top(&mut inner, 132.0, space::XL);
    if let (Some(bbox), Some(texture)) = (question.bbox, cx.textures.shown(ui.ctx())) {
        let place = take_left(&mut head, 132.0, space::XL);
        paint_crop(ui, &texture, bbox, place, CornerRadius::same(8));
        ui.painter().rect_stroke(
            place,
            CornerRadius::same(8),
            Stroke::new(4.0, cx.theme.box_unsure),
            StrokeKind::Outside,
        );
    }
    heading(ui, cx, &mut head, &title, &hint);
    for index in 0..4 {
        let cell = if landscape {
            column(inner, index, 4, space::L)
        } else {
            column(row(inner, index / 2, 2, space::L), index % 2, 2, space::L)
        };
        if index == 3 {
            if other_ui(ui, cx, cell) {
                cx.send(Command::SomethingElse {
                    track: question.track,
                });
            }
        } else if let Some(tile) = question.choices.get(index)
            && tile_ui(ui, cx, cell, tile)
        {
            cx.send(Command::AnswerItem {
                track: question.track,
                sku: tile.sku.clone(),
            });
        }
    }
    let later = cx.words.say(Word::NotNow);
    let place = Rect::from_center_size(foot.center(), vec2(280.0, TOUCH));
    let escape = ui.input(|input| input.key_pressed(Key::Escape));
    if Button::new(&later, Kind::Quiet).show(ui, cx.theme, place) || escape {
        cx.send(Command::DismissQuestion);
    }
}

/// A product as a large tile; true when it was touched.
pub fn tile_ui(ui: &Ui, cx: &mut Cx<'_>, rect: Rect, tile: &TileView) -> bool {
    let response = press_area(ui, rect, (tile.sku.as_str(), &tile.name), true);
    let fill = if response.is_pointer_button_down_on() {
        cx.theme.pressed
    } else {
        cx.theme.card
    };
    ui.painter().rect(
        rect,
        CARD_RADIUS,
        fill,
        Stroke::new(1.5, cx.theme.outline),
        StrokeKind::Inside,
    );
    let mut inner = rect.shrink(space::M);
    let price = take_bottom(&mut inner, 28.0, 0.0);
    let name = take_bottom(&mut inner, 48.0, space::XS);
    // A square shows all of a product, whatever the shape of the tile.
    let square = fit(Vec2::splat(1.0), inner);
    paint_photo(
        ui,
        cx.theme,
        cx.textures,
        square,
        (tile.photo.as_ref(), &tile.name),
    );
    Text::new(&tile.name, cx.theme.text)
        .points(size::LARGE)
        .bold()
        .or_two_rows()
        .paint(ui, name);
    let words = cx.words.unit_price(tile.price, tile.by_weight);
    Text::new(&words, cx.theme.muted).paint(ui, price);
    focus_ring(ui, cx.theme, rect, CARD_RADIUS, &response);
    response.clicked()
}

fn other_ui(ui: &Ui, cx: &Cx<'_>, rect: Rect) -> bool {
    let name = cx.words.say(Word::SomethingElse);
    let response = press_area(ui, rect, ("other", &name), true);
    let fill = if response.is_pointer_button_down_on() {
        cx.theme.pressed
    } else {
        cx.theme.control
    };
    ui.painter().rect(
        rect,
        CARD_RADIUS,
        fill,
        Stroke::new(1.5, cx.theme.outline),
        StrokeKind::Inside,
    );
    let mut inner = rect.shrink(space::M);
    let hint = take_bottom(&mut inner, 28.0, 0.0);
    let label = take_bottom(&mut inner, 48.0, space::XS);
    icon::paint(
        ui.painter(),
        Rect::from_center_size(inner.center(), Vec2::splat(72.0)),
        Icon::Search,
        cx.theme.text,
    );
    Text::new(&name, cx.theme.text)
        .points(size::LARGE)
        .bold()
        .shrink()
        .paint(ui, label);
    let words = cx.words.say(Word::SomethingElseHint);
    Text::new(&words, cx.theme.muted).paint(ui, hint);
    focus_ring(ui, cx.theme, rect, CARD_RADIUS, &response);
    response.clicked()
}
