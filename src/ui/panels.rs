//! Panels that open over a screen: search, number pad, weight, PIN; and the questions of the machine.

use eframe::egui::{Align2, Key, Rect, Ui, vec2};

use crate::ui::{
    command::Command,
    screens::{attract::two_ways, is_landscape, question::tile_ui},
    theme::{PRIMARY, TOUCH, size, space},
    view::{PinPurpose, PinRefusal, TileView},
    widgets::{
        Cx,
        button::{Button, Kind},
        column,
        icon::Icon,
        keypad::{enter_is_free, field, letter_board, number_pad},
        row,
        sheet::sheet,
        take_bottom, take_left, take_right, take_top,
        text::Text,
    },
    words::{Word, kilograms},
};

const PAD: eframe::egui::Vec2 = vec2(640.0, 960.0);

/// The close button of a panel, top right; Escape does the same.
fn close_ui(ui: &Ui, cx: &mut Cx<'_>, head: &mut Rect) {
    let label = cx.words.say(Word::Close);
    let width = Text::new(&label, cx.theme.text).width(ui) + 88.0;
    let place = take_right(head, width, space::L);
    let place = Rect::from_min_size(place.min, vec2(width, TOUCH));
    let escape = ui.input(|input| input.key_pressed(Key::Escape));
    if Button::new(&label, Kind::Quiet)
        .icon(Icon::Cross)
        .show(ui, cx.theme, place)
        || escape
    {
        cx.send(Command::ClosePanel);
    }
}

/// Search by name: letters below, results above.
pub fn search_ui(ui: &Ui, cx: &mut Cx<'_>, text: &mut String, results: &[TileView]) {
    let full = ui.max_rect();
    let landscape = is_landscape(full);
    let size = full.size()
        - vec2(
            space::XL * 2.0,
            // In portrait nothing that must be touched lies higher than 60 %.
            if landscape {
                space::XL * 2.0
            } else {
                full.height() * 0.4 + space::XL
            },
        );
    let mut inner = sheet(ui, cx, "search", size);
    let before = text.clone();
    let keys = if landscape { 4.0 * 68.0 } else { 4.0 * 76.0 } + space::S * 3.0;
    let board = take_bottom(&mut inner, keys, space::L);
    letter_board(ui, cx, board, text);
    let mut head = take_top(&mut inner, TOUCH, space::L);
    close_ui(ui, cx, &mut head);
    if landscape {
        let place = take_right(&mut head, 760.0, space::L);
        field(ui, cx, place, &cx.words.say(Word::SearchField), text);
    }
    let title = cx.words.say(Word::SearchTitle);
    Text::new(&title, cx.theme.text)
        .points(size::TITLE)
        .bold()
        .shrink()
        .label(ui, head);
    if !landscape {
        let place = take_top(&mut inner, 64.0, space::L);
        field(ui, cx, place, &cx.words.say(Word::SearchField), text);
    }
    if *text != before {
        cx.send(Command::SearchTyped(text.clone()));
    }
    results_ui(
        ui,
        cx,
        inner,
        (text, results),
        if landscape { (6, 2) } else { (4, 2) },
    );
}

fn results_ui(
    ui: &Ui,
    cx: &mut Cx<'_>,
    mut area: Rect,
    (text, results): (&str, &[TileView]),
    (columns, rows): (usize, usize),
) {
    if results.is_empty() && !text.is_empty() {
        let words = cx.words.with(Word::SearchNone, &[("text", text)]);
        let place = take_top(&mut area, 120.0, 0.0);
        Text::new(&words, cx.theme.text)
            .points(size::LARGE)
            .rows(3)
            .align(Align2::LEFT_TOP)
            .label(ui, place);
        let label = cx.words.say(Word::CallHelp);
        let place = take_top(&mut area, 64.0, 0.0);
        let place = Rect::from_min_size(place.min, vec2(320.0, 64.0));
        if Button::new(&label, Kind::Second)
            .icon(Icon::Bell)
            .salt(1)
            .show(ui, cx.theme, place)
        {
            cx.send(Command::ClosePanel);
            cx.send(Command::CallHelp);
        }
        return;
    }
    let word = if text.is_empty() {
        Word::SearchOften
    } else {
        Word::SearchFound
    };
    let words = cx.words.say(word);
    Text::new(&words, cx.theme.muted).label(ui, take_top(&mut area, 28.0, space::S));
    for (index, tile) in results.iter().take(columns * rows).enumerate() {
        let cell = column(
            row(area, index / columns, rows, space::M),
            index % columns,
            columns,
            space::M,
        );
        if tile_ui(ui, cx, cell, tile) {
            cx.send(Command::ChooseProduct(tile.sku.clone()));
        }
    }
}

/// The number pad for PLU and barcode.
pub fn number_ui(ui: &Ui, cx: &mut Cx<'_>, text: &mut String, unknown: Option<&str>) {
    let mut inner = sheet(ui, cx, "number", PAD);
    let mut head = take_top(&mut inner, TOUCH, space::S);
    close_ui(ui, cx, &mut head);
    let below = take_top(&mut inner, 76.0, space::M);
    let title = cx.words.say(Word::NumberTitle);
    // The refusal stands until something else is typed.
    let refused = unknown.filter(|number| *number == text.as_str());
    let hint = match refused {
        Some(number) => cx.words.with(Word::NumberUnknown, &[("number", number)]),
        None => cx.words.say(Word::NumberHint),
    };
    titled(ui, cx, (head, below), (&title, &hint), refused.is_some());
    let name = cx.words.say(Word::NumberField);
    field(ui, cx, take_top(&mut inner, 80.0, space::L), &name, text);
    let primary = take_bottom(&mut inner, PRIMARY, space::L);
    number_pad(ui, cx, inner, text, 14);
    let label = cx.words.say(Word::AddItem);
    let ready = !text.is_empty();
    if Button::new(&label, Kind::Primary)
        .enabled(ready)
        .show(ui, cx.theme, primary)
        || ready && enter_is_free(ui)
    {
        cx.send(Command::NumberEntered(text.clone()));
    }
}

fn titled(ui: &Ui, cx: &Cx<'_>, (head, below): (Rect, Rect), (title, hint): (&str, &str), alarm: bool) {
    Text::new(title, cx.theme.text)
        .points(size::TITLE)
        .bold()
        .shrink()
        .label(ui, head);
    if alarm {
        ui.painter()
            .rect_filled(below, crate::ui::theme::CONTROL_RADIUS, cx.theme.look);
    }
    let ink = if alarm { cx.theme.on_look } else { cx.theme.muted };
    let align = if alarm {
        Align2::LEFT_CENTER
    } else {
        Align2::LEFT_TOP
    };
    let place = if alarm {
        below.shrink2(vec2(space::L, 0.0))
    } else {
        below
    };
    Text::new(hint, ink).rows(3).align(align).label(ui, place);
}

/// The weight of a product sold by the kilogram, with its tare shown.
pub fn weight_ui(ui: &Ui, cx: &mut Cx<'_>, text: &mut String, product: &TileView, tare_grams: u32) {
    let mut inner = sheet(ui, cx, "weight", PAD);
    let mut head = take_top(&mut inner, TOUCH, space::S);
    close_ui(ui, cx, &mut head);
    let below = take_top(&mut inner, 76.0, space::M);
    let title = cx.words.with(Word::WeightTitle, &[("name", &product.name)]);
    let gross: u32 = text.parse().unwrap_or(0);
    let too_small = !text.is_empty() && gross <= tare_grams;
    let hint = cx.words.say(if too_small {
        Word::WeightSmall
    } else {
        Word::WeightHint
    });
    titled(ui, cx, (head, below), (&title, &hint), too_small);
    let name = cx.words.say(Word::WeightGross);
    let shown = if text.is_empty() {
        String::new()
    } else {
        format!("{text}\u{a0}g")
    };
    field(ui, cx, take_top(&mut inner, 72.0, space::M), &name, &shown);
    let figures = take_top(&mut inner, 64.0, space::M);
    let lang = cx.words.lang();
    let net = gross.saturating_sub(tare_grams);
    let parts = [
        (Word::WeightTare, kilograms(tare_grams, lang)),
        (Word::WeightNet, kilograms(net, lang)),
    ];
    for (index, (word, value)) in parts.into_iter().enumerate() {
        let mut cell = column(figures, index, 3, space::S);
        let words = cx.words.say(word);
        Text::new(&words, cx.theme.muted).label(ui, take_top(&mut cell, 28.0, 0.0));
        Text::new(&value, cx.theme.text)
            .points(size::LARGE)
            .bold()
            .label(ui, cell);
    }
    let price = cx.words.unit_price(product.price, true);
    let cell = column(figures, 2, 3, space::S);
    Text::new(&price, cx.theme.muted)
        .rows(2)
        .align(Align2::RIGHT_TOP)
        .label(ui, cell);
    let primary = take_bottom(&mut inner, PRIMARY, space::L);
    number_pad(ui, cx, inner, text, 5);
    let label = cx.words.say(Word::AddItem);
    let ready = gross > tare_grams;
    if Button::new(&label, Kind::Primary)
        .enabled(ready)
        .show(ui, cx.theme, primary)
        || ready && enter_is_free(ui)
    {
        cx.send(Command::AddWeighed {
            sku: product.sku.clone(),
            gross_grams: gross,
        });
    }
}

/// The PIN pad. Digits show as dots.
pub fn pin_ui(ui: &Ui, cx: &mut Cx<'_>, text: &mut String, purpose: PinPurpose, refused: Option<PinRefusal>) {
    let mut inner = sheet(ui, cx, "pin", PAD);
    let mut head = take_top(&mut inner, TOUCH, space::S);
    close_ui(ui, cx, &mut head);
    let below = take_top(&mut inner, 76.0, space::M);
    let title = cx.words.say(match purpose {
        PinPurpose::Office | PinPurpose::Resume => Word::PinTitle,
        PinPurpose::Choose => Word::PinChoose,
        PinPurpose::Repeat => Word::PinRepeat,
    });
    let locked = matches!(refused, Some(PinRefusal::Locked(_)));
    let alarm = refused.filter(|_| locked || text.is_empty());
    let hint = match alarm {
        Some(PinRefusal::Wrong) => cx.words.say(match purpose {
            PinPurpose::Office | PinPurpose::Resume => Word::PinWrong,
            PinPurpose::Choose | PinPurpose::Repeat => Word::PinDifferent,
        }),
        Some(PinRefusal::FewLeft(left)) => cx.words.count(Word::PinFewLeft, left as usize),
        Some(PinRefusal::Locked(seconds)) if seconds > 120 => cx
            .words
            .count(Word::PinLockedMinutes, seconds.div_ceil(60) as usize),
        Some(PinRefusal::Locked(seconds)) => cx
            .words
            .with(Word::PinLocked, &[("seconds", &seconds.to_string())]),
        None => cx.words.say(match purpose {
            PinPurpose::Office => Word::PinOffice,
            PinPurpose::Resume => Word::PinResume,
            PinPurpose::Choose => Word::PinChooseHint,
            PinPurpose::Repeat => Word::PinRepeatHint,
        }),
    };
    titled(ui, cx, (head, below), (&title, &hint), alarm.is_some());
    let name = cx.words.say(Word::PinField);
    field(
        ui,
        cx,
        take_top(&mut inner, 80.0, space::L),
        &name,
        &"\u{2022}".repeat(text.chars().count()),
    );
    let primary = take_bottom(&mut inner, PRIMARY, space::L);
    number_pad(ui, cx, inner, text, 12);
    let label = cx.words.say(match purpose {
        PinPurpose::Office | PinPurpose::Resume | PinPurpose::Repeat => Word::PinOpen,
        PinPurpose::Choose => Word::PinNext,
    });
    let ready = text.len() >= 4 && !locked;
    if Button::new(&label, Kind::Primary)
        .enabled(ready)
        .show(ui, cx.theme, primary)
        || ready && enter_is_free(ui)
    {
        cx.send(Command::PinEntered {
            purpose,
            pin: std::mem::take(text),
        });
    }
}

/// "Are you still there?" with the seconds that are left, as a number and as a bar.
pub fn idle_ui(ui: &Ui, cx: &mut Cx<'_>, seconds: u32) {
    /// The length of the countdown that a full bar stands for.
    const WHOLE: f32 = 20.0;
    let mut inner = sheet(ui, cx, "idle", vec2(840.0, 436.0));
    let bar = take_bottom(&mut inner, 12.0, space::XL);
    let radius = eframe::egui::CornerRadius::same(6);
    ui.painter().rect_filled(bar, radius, cx.theme.pressed);
    let mut full = bar;
    let left = take_left(
        &mut full,
        bar.width() * (seconds as f32 / WHOLE).clamp(0.0, 1.0),
        0.0,
    );
    ui.painter().rect_filled(left, radius, cx.theme.look);
    ui.painter().rect_stroke(
        bar,
        radius,
        eframe::egui::Stroke::new(1.0, cx.theme.outline),
        eframe::egui::StrokeKind::Outside,
    );
    let title = cx.words.say(Word::IdleTitle);
    let hint = cx
        .words
        .with(Word::IdleText, &[("seconds", &seconds.to_string())]);
    two_ways(
        ui,
        cx,
        &mut inner,
        (&title, &hint),
        [
            (Word::IdleMore, Command::MoreTime),
            (Word::IdleStop, Command::AbandonBasket),
        ],
    );
}

/// No camera: say so, and offer the demo pictures.
pub fn camera_missing_ui(ui: &Ui, cx: &mut Cx<'_>) {
    let mut inner = sheet(ui, cx, "camera", vec2(840.0, 440.0));
    let (title, hint) = (
        cx.words.say(Word::CameraMissing),
        cx.words.say(Word::CameraMissingText),
    );
    two_ways(
        ui,
        cx,
        &mut inner,
        (&title, &hint),
        [
            (Word::UseDemo, Command::UseDemoPictures),
            (Word::GoOnWithout, Command::DismissNotice),
        ],
    );
}
