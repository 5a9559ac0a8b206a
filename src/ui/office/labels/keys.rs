//! The keys of the page, and the sheet that shows them.

use eframe::egui::{Key, Modifiers, Rect, Ui, Vec2, vec2};

use super::{
    LabelsState, geometry, send,
    view::{LabelEdit, LabelsCommand, LabelsView, OpenPhoto, PhotoState},
};
use crate::ui::{
    theme::{TOUCH, size, space},
    widgets::{
        Cx,
        button::{Button, Kind},
        column, row,
        sheet::{heading, sheet},
        take_bottom, take_left, take_right,
        text::Text,
    },
    words::LabelsWord,
};

/// Keys of the classes, in their order.
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

/// What the sheet shows: the keys, and what they do.
const SHOWN: [(&str, LabelsWord); 16] = [
    ("1 \u{2026} 9, 0", LabelsWord::KeyClass),
    ("W", LabelsWord::KeyDraw),
    ("Enter", LabelsWord::KeyCheck),
    ("D  /  PgDn", LabelsWord::KeyNext),
    ("A  /  PgUp", LabelsWord::KeyPrevious),
    ("Y", LabelsWord::KeyAccept),
    ("P", LabelsWord::KeyPropose),
    ("C", LabelsWord::KeyCopy),
    ("N", LabelsWord::KeyNothing),
    ("X", LabelsWord::KeyIgnore),
    ("B", LabelsWord::KeyTab),
    ("Del", LabelsWord::KeyRemove),
    ("", LabelsWord::KeyNudge),
    ("H", LabelsWord::KeyDifficult),
    ("+  \u{2212}  F", LabelsWord::KeyZoom),
    ("Ctrl Z / Y", LabelsWord::KeyUndo),
];

/// Acts on the keys.
pub(super) fn keys_ui(ui: &Ui, cx: &mut Cx<'_>, view: &LabelsView, state: &mut LabelsState) {
    let typing = ui.memory(|memory| memory.focused().is_some()) && ui.ctx().egui_wants_keyboard_input();
    if typing || !ui.is_enabled() {
        return;
    }
    let (hit, typed_question) = ui.input(|input| {
        let plain = !input.modifiers.command && !input.modifiers.alt;
        let hit: Vec<Key> = Key::ALL
            .iter()
            .copied()
            .filter(|key| plain && input.key_pressed(*key))
            .collect();
        let question = input
            .events
            .iter()
            .any(|event| matches!(event, eframe::egui::Event::Text(text) if text == "?"));
        (hit, question)
    });
    if typed_question {
        state.shows_keys = !state.shows_keys;
    }
    if hit.contains(&Key::Escape) {
        state.shows_keys = false;
        state.chosen = None;
        state.force_draw = false;
    }
    let Some(open) = &view.open else { return };
    for key in hit {
        if let Some(at) = DIGITS.iter().position(|digit| *digit == key) {
            choose_class(cx, (view, open), state, at);
        } else {
            act(ui, cx, key, open, state);
        }
    }
}

/// A number key: the class of the chosen box, or of the next that is drawn.
fn choose_class(
    cx: &mut Cx<'_>,
    (view, open): (&LabelsView, &OpenPhoto),
    state: &mut LabelsState,
    at: usize,
) {
    let Some(choice) = view.classes.get(at) else {
        return;
    };
    state.drawing = Some(choice.class);
    let class = choice.class;
    if let Some(id) = state
        .chosen
        .filter(|id| open.boxes.iter().any(|row| row.id == *id))
    {
        send(cx, LabelsCommand::Edit(vec![LabelEdit::SetClass { id, class }]));
    }
}

fn act(ui: &Ui, cx: &mut Cx<'_>, key: Key, open: &OpenPhoto, state: &mut LabelsState) {
    let chosen = open.boxes.iter().find(|row| Some(row.id) == state.chosen);
    let edit = |edit: LabelEdit| Some(LabelsCommand::Edit(vec![edit]));
    let wish = if key == Key::Enter {
        Some(LabelsCommand::CheckAndStep)
    } else if key == Key::D || key == Key::PageDown {
        Some(LabelsCommand::Step(1))
    } else if key == Key::A || key == Key::PageUp {
        Some(LabelsCommand::Step(-1))
    } else if key == Key::C {
        Some(LabelsCommand::CopyToNext)
    } else if key == Key::P {
        Some(LabelsCommand::Propose)
    } else if key == Key::Y {
        accept_all(open)
    } else if key == Key::N {
        edit(LabelEdit::NothingHere(!open.nothing_here))
    } else if key == Key::X {
        edit(LabelEdit::SetState(PhotoState::Ignored))
    } else if key == Key::Delete || key == Key::Backspace {
        chosen.and_then(|row| edit(LabelEdit::Remove { id: row.id }))
    } else if key == Key::H {
        chosen.and_then(|row| {
            edit(LabelEdit::SetDifficult {
                id: row.id,
                difficult: !row.difficult,
            })
        })
    } else {
        state.look_key(key, open);
        nudge(ui, key).zip(chosen).and_then(|(by, row)| {
            let step = vec2(by.x / open.size.0.max(1) as f32, by.y / open.size.1.max(1) as f32);
            let bbox = geometry::moved(row.bbox, step);
            edit(LabelEdit::Move { id: row.id, bbox })
        })
    };
    if let Some(wish) = wish {
        send(cx, wish);
    }
}

/// Everything that the model proposes, as one step.
pub(super) fn accept_all(open: &OpenPhoto) -> Option<LabelsCommand> {
    let edits: Vec<LabelEdit> = open.proposals.iter().copied().map(LabelEdit::Accept).collect();
    (!edits.is_empty()).then_some(LabelsCommand::Edit(edits))
}

/// Pixels by which an arrow key moves a box: one, or ten with shift.
fn nudge(ui: &Ui, key: Key) -> Option<Vec2> {
    let far = if ui.input(|input| input.modifiers.contains(Modifiers::SHIFT)) {
        10.0
    } else {
        1.0
    };
    let arrows = [
        (Key::ArrowLeft, vec2(-far, 0.0)),
        (Key::ArrowRight, vec2(far, 0.0)),
        (Key::ArrowUp, vec2(0.0, -far)),
        (Key::ArrowDown, vec2(0.0, far)),
    ];
    arrows
        .into_iter()
        .find(|(arrow, _)| *arrow == key)
        .map(|(_, by)| by)
}

/// The sheet with all keys.
pub(super) fn sheet_ui(ui: &mut Ui, cx: &Cx<'_>, state: &mut LabelsState) {
    let full = ui.ctx().content_rect();
    let mut over = ui.new_child(eframe::egui::UiBuilder::new().max_rect(full));
    over.set_clip_rect(full);
    let mut inner = sheet(&over, cx, "label keys", vec2(960.0, 700.0));
    let title = cx.words.say(LabelsWord::KeysTitle);
    heading(&over, cx, &mut inner, &title, "");
    let close = cx.words.say(LabelsWord::KeysClose);
    let mut foot = take_bottom(&mut inner, TOUCH, space::L);
    let place = take_right(&mut foot, 220.0, 0.0);
    if Button::new(&close, Kind::Second).show(&over, cx.theme, place) {
        state.shows_keys = false;
    }
    let lines = SHOWN.len().div_ceil(2);
    for (index, (keys, word)) in SHOWN.into_iter().enumerate() {
        let side = column(inner, index / lines, 2, space::XL);
        let mut line: Rect = row(side, index % lines, lines, space::XS);
        let cap = take_left(&mut line, 130.0, space::M);
        // The arrows are the one cap that is called by a word.
        let arrows = cx.words.say(LabelsWord::KeyArrows);
        let keys = if keys.is_empty() { arrows.as_str() } else { keys };
        Text::new(keys, cx.theme.text)
            .points(size::BODY)
            .bold()
            .shrink()
            .label(&over, cap);
        let words = cx.words.say(word);
        Text::new(&words, cx.theme.text)
            .points(18.0)
            .rows(2)
            .label(&over, line);
    }
}
