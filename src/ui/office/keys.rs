//! The sheet with the keys of the open page, and the keys that open pages.
//!
//! It says what the page does, and does nothing of it: whoever adds a key to a page adds a row here.

use eframe::egui::{Key, Modifiers, Rect, Ui, UiBuilder, vec2};

use crate::ui::{
    office::{OfficeCommand, OfficeView, Page, labels},
    theme::{TOUCH, size, space},
    widgets::{
        Cx,
        button::{Button, Kind},
        column,
        keyboard::{asks_for_keys, chord},
        row,
        sheet::{heading, sheet},
        take_bottom, take_left, take_right,
        text::Text,
    },
    words::{OfficeWord, Words},
};

/// Keys of the first ten pages in the rail, with Ctrl.
const DIGITS: [Key; 10] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::Num5,
    Key::Num6,
    Key::Num7,
    Key::Num8,
    Key::Num9,
    Key::Num0,
];

/// The caps of the arrow keys, which are called by a word.
const ARROWS: &str = "";

const SEARCH: (&str, OfficeWord) = ("/", OfficeWord::KeySearch);
const ROWS: (&str, OfficeWord) = (ARROWS, OfficeWord::KeyRows);

/// What the keys of a page do, the page's own first.
fn own(page: Page) -> &'static [(&'static str, OfficeWord)] {
    match page {
        Page::Products => &[
            SEARCH,
            ROWS,
            ("Enter", OfficeWord::KeyPrice),
            ("F2", OfficeWord::KeyName),
            ("Esc", OfficeWord::KeyLeave),
        ],
        Page::Prices | Page::People | Page::Models => &[ROWS],
        Page::Day => &[SEARCH, ROWS],
        Page::Photos => &[
            ("Enter", OfficeWord::KeyTake),
            ("T", OfficeWord::KeyTurn),
            ("E", OfficeWord::KeyTray),
            ("X", OfficeWord::KeyBrush),
            ("[  ]", OfficeWord::KeyBrushSize),
            ("Esc", OfficeWord::KeyThrow),
        ],
        Page::TryPicture => &[(ARROWS, OfficeWord::KeySlider)],
        Page::Labels | Page::DataSets | Page::Training | Page::Settings => &[],
    }
}

/// What they do on every page.
const EVERYWHERE: [(&str, OfficeWord); 5] = [
    ("Ctrl 1 \u{2026} 9, 0", OfficeWord::KeyPages),
    ("Ctrl Z / Y", OfficeWord::KeyUndo),
    ("Tab", OfficeWord::KeyNext),
    ("Enter", OfficeWord::KeyPress),
    ("?  /  F1", OfficeWord::KeyKeys),
];

fn rows(page: Page, words: &Words) -> Vec<(String, String)> {
    let arrows = words.say(OfficeWord::KeyArrows);
    let shown = |caps: &str, does: String| {
        let caps = if caps == ARROWS { arrows.as_str() } else { caps };
        (caps.to_owned(), does)
    };
    if page == Page::Labels {
        let own = labels::KEYS.into_iter();
        return own.map(|(caps, word)| shown(caps, words.say(word))).collect();
    }
    let all = own(page).iter().chain(&EVERYWHERE);
    all.map(|(caps, word)| shown(caps, words.say(*word))).collect()
}

/// Opens a page by its number, and the sheet; gives whether the sheet is open now.
pub(super) fn keys_ui(ui: &Ui, cx: &mut Cx<'_>, view: &OfficeView, is_open: bool) -> bool {
    if !ui.is_enabled() {
        return false;
    }
    if is_open {
        let away = ui.input(|input| input.key_pressed(Key::Escape) || input.key_pressed(Key::Enter));
        return !away && !asks_for_keys(ui);
    }
    for (key, page) in DIGITS.into_iter().zip(&view.pages) {
        if chord(ui, Modifiers::CTRL, key) {
            cx.office(OfficeCommand::Open(*page));
        }
    }
    asks_for_keys(ui)
}

/// Paints the sheet; gives whether it stays open.
pub(super) fn sheet_ui(ui: &mut Ui, cx: &Cx<'_>, page: Page) -> bool {
    let full = ui.ctx().content_rect();
    let mut over = ui.new_child(UiBuilder::new().id_salt("keys").max_rect(full));
    over.set_clip_rect(full);
    let rows = rows(page, cx.words);
    let lines = rows.len().div_ceil(2);
    let height = 220.0 + 60.0 * lines as f32;
    let mut inner = sheet(&over, cx, "keys", vec2(1000.0, height));
    let title = cx.words.say(OfficeWord::KeysTitle);
    heading(&over, cx, &mut inner, &title, "");
    let close = cx.words.say(OfficeWord::KeysClose);
    let mut foot = take_bottom(&mut inner, TOUCH, space::L);
    let place = take_right(&mut foot, 220.0, 0.0);
    let closes = Button::new(&close, Kind::Second).show(&over, cx.theme, place);
    for (index, (caps, does)) in rows.iter().enumerate() {
        let side = column(inner, index / lines, 2, space::XL);
        let mut line: Rect = row(side, index % lines, lines, space::XS);
        let cap = take_left(&mut line, 140.0, space::M);
        Text::new(caps, cx.theme.text)
            .points(size::BODY)
            .bold()
            .shrink()
            .label(&over, cap);
        Text::new(does, cx.theme.text)
            .points(18.0)
            .rows(2)
            .label(&over, line);
    }
    !closes
}
