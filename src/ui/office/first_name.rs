//! The first manager types a name: the last step of choosing the first PIN.

use eframe::egui::{Ui, vec2};

use crate::ui::{
    command::Command,
    screens::is_landscape,
    theme::{PRIMARY, TOUCH, size, space},
    widgets::{
        Cx,
        button::{Button, Kind},
        icon::Icon,
        keypad::{enter_is_free, field, letter_board},
        sheet::{heading, sheet},
        take_bottom, take_right, take_top,
        text::Text,
    },
    words::{PeopleWord, Word},
};

/// Paints the sheet; `text` is what is typed.
pub fn first_name_ui(ui: &Ui, cx: &mut Cx<'_>, text: &mut String) {
    let landscape = is_landscape(ui.max_rect());
    let mut inner = sheet(
        ui,
        cx,
        "name",
        vec2(if landscape { 1400.0 } else { 1032.0 }, 820.0),
    );
    let close = cx.words.say(Word::Close);
    let mut head = take_top(&mut inner, TOUCH, 0.0);
    let width = Text::new(&close, cx.theme.text).points(size::BODY).width(ui) + 88.0;
    let place = take_right(&mut head, width, space::L);
    let by_escape = ui.input(|input| input.key_pressed(eframe::egui::Key::Escape));
    if Button::new(&close, Kind::Quiet)
        .icon(Icon::Cross)
        .show(ui, cx.theme, place)
        || by_escape
    {
        cx.send(Command::ClosePanel);
    }
    inner.min.y -= TOUCH;
    let (title, hint) = (
        cx.words.say(PeopleWord::FirstName),
        cx.words.say(PeopleWord::FirstNameHint),
    );
    heading(ui, cx, &mut inner, &title, &hint);
    let name = cx.words.say(PeopleWord::Name);
    field(ui, cx, take_top(&mut inner, 72.0, space::L), &name, text);
    let primary = take_bottom(&mut inner, PRIMARY, space::L);
    letter_board(ui, cx, inner, text);
    *text = capitals(text);
    let label = cx.words.say(Word::PinOpen);
    let ready = !text.trim().is_empty();
    let pressed = Button::new(&label, Kind::Primary)
        .enabled(ready)
        .show(ui, cx.theme, primary);
    if ready && (pressed || enter_is_free(ui)) {
        cx.send(Command::NameEntered(std::mem::take(text)));
    }
}

/// Every word of a name begins with a capital letter.
fn capitals(text: &str) -> String {
    let mut begins = true;
    let mut out = String::new();
    for letter in text.chars() {
        if begins {
            out.extend(letter.to_uppercase());
        } else {
            out.push(letter);
        }
        begins = letter == ' ' || letter == '-';
    }
    out
}

#[cfg(test)]
mod tests {
    use super::capitals;

    #[test]
    fn names_begin_with_capitals() {
        assert_eq!(capitals("ana-lena mc\u{ef}"), "Ana-Lena Mc\u{ef}");
        assert_eq!(capitals("\u{e4}gidius"), "\u{c4}gidius");
    }
}
