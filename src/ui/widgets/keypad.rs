//! Keys for fingers: a number pad and a letter board. Both also listen to the real keyboard.

use eframe::egui::{Event, Key, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use crate::ui::{
    theme::{CONTROL_RADIUS, size, space},
    widgets::{
        Cx,
        button::{Button, Kind},
        column, id, row,
        text::Text,
    },
    words::{Lang, Word},
};

/// Digits that were typed on the keyboard in this pass, in order.
#[must_use]
pub fn typed_text(ui: &Ui) -> String {
    ui.input(|input| {
        input
            .events
            .iter()
            .filter_map(|event| {
                if let Event::Text(text) = event {
                    Some(text.as_str())
                } else {
                    None
                }
            })
            .collect()
    })
}

/// Whether Enter was pressed while no control has the keyboard (a control in focus takes Enter itself).
#[must_use]
pub fn enter_is_free(ui: &Ui) -> bool {
    ui.memory(|memory| memory.focused().is_none()) && ui.input(|input| input.key_pressed(Key::Enter))
}

/// Adds what was typed on the real keyboard to `text`; backspace takes away.
pub fn edit_by_keyboard(ui: &Ui, text: &mut String, longest: usize, fits: impl Fn(char) -> bool) {
    for letter in typed_text(ui).chars().filter(|letter| fits(*letter)) {
        if text.chars().count() < longest {
            text.push(letter);
        }
    }
    if ui.input(|input| input.key_pressed(Key::Backspace)) {
        text.pop();
    }
}

/// A number pad of four rows; changes `text`.
pub fn number_pad(ui: &Ui, cx: &Cx<'_>, rect: Rect, text: &mut String, longest: usize) {
    edit_by_keyboard(ui, text, longest, |letter| letter.is_ascii_digit());
    let clear = cx.words.say(Word::KeyClear);
    let delete = cx.words.say(Word::KeyDelete);
    let keys = [
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
        clear.as_str(),
        "0",
        delete.as_str(),
    ];
    for (index, key) in keys.into_iter().enumerate() {
        let cell = column(row(rect, index / 3, 4, space::S), index % 3, 3, space::S);
        let kind = if key.len() == 1 { Kind::Key } else { Kind::Quiet };
        if !Button::new(key, kind).show(ui, cx.theme, cell) {
            continue;
        }
        if key == clear {
            text.clear();
        } else if key == delete {
            text.pop();
        } else if text.chars().count() < longest {
            text.push_str(key);
        }
    }
}

/// The letters of a language, as its keyboards have them.
const fn letters(lang: Lang) -> ([&'static str; 3], usize) {
    match lang {
        Lang::English => (["QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM"], 10),
        Lang::German => (["QWERTZUIOPÜ", "ASDFGHJKLÖÄ", "YXCVBNMß"], 11),
    }
}

/// A letter board; changes `text`.
pub fn letter_board(ui: &Ui, cx: &Cx<'_>, rect: Rect, text: &mut String) {
    edit_by_keyboard(ui, text, 40, |letter| !letter.is_control());
    let (rows, count) = letters(cx.words.lang());
    for (index, letters) in rows.into_iter().enumerate() {
        let line = row(rect, index, 4, space::S);
        for (place, letter) in letters.chars().enumerate() {
            // Shorter rows keep the width of the keys.
            let cell = column(line, place, count, space::S);
            let key = letter.to_string();
            if Button::new(&key, Kind::Key).show(ui, cx.theme, cell) {
                text.extend(letter.to_lowercase());
            }
        }
    }
    let third = row(rect, 2, 4, space::S);
    let used = rows.last().map_or(0, |letters| letters.chars().count());
    let place = column(third, used, count, space::S).union(column(third, count - 1, count, space::S));
    if Button::new(&cx.words.say(Word::KeyDelete), Kind::Quiet).show(ui, cx.theme, place) {
        text.pop();
    }
    let last = row(rect, 3, 4, space::S);
    let left = column(last, 0, count, space::S).union(column(last, 2, count, space::S));
    let right = column(last, 3, count, space::S).union(column(last, count - 1, count, space::S));
    if Button::new(&cx.words.say(Word::KeyClear), Kind::Quiet).show(ui, cx.theme, left) {
        text.clear();
    }
    if Button::new(&cx.words.say(Word::KeySpace), Kind::Quiet).show(ui, cx.theme, right) && !text.is_empty() {
        text.push(' ');
    }
}

/// The field above a pad: what was typed, large, with a cursor.
pub fn field(ui: &Ui, cx: &Cx<'_>, rect: Rect, name: &str, text: &str) {
    let painter = ui.painter();
    painter.rect(
        rect,
        CONTROL_RADIUS,
        cx.theme.card,
        Stroke::new(2.0, cx.theme.accent),
        StrokeKind::Inside,
    );
    let inner = rect.shrink2(vec2(space::L, 0.0));
    let shown = if text.is_empty() {
        Text::new(name, cx.theme.muted)
            .points(size::LARGE)
            .paint(ui, inner)
    } else {
        Text::new(text, cx.theme.text)
            .points(size::TITLE)
            .bold()
            .shrink()
            .paint(ui, inner)
    };
    let x = if text.is_empty() {
        inner.min.x - 6.0
    } else {
        shown.max.x + 4.0
    };
    painter.vline(
        x.min(rect.max.x - 8.0),
        rect.shrink(rect.height() * 0.22).y_range(),
        Stroke::new(2.5, cx.theme.accent),
    );
    let response = ui.interact(rect, id(("field", name)), Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::text_edit(true, text, text, "");
        info.label = Some(name.to_owned());
        info
    });
}
