//! The keys of the page.

use eframe::egui::{Event, Key, Modifiers, Ui, Vec2, vec2};

use super::{
    LabelsState, geometry, send,
    view::{LabelEdit, LabelsCommand, LabelsView, OpenPhoto, PhotoState},
};
use crate::ui::{widgets::Cx, words::LabelsWord};

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

/// What the sheet of keys shows: the keys, and what they do. No cap stands for the arrow keys.
pub(in crate::ui::office) const KEYS: [(&str, LabelsWord); 17] = [
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
    ("Esc", LabelsWord::KeyLeave),
];

/// Acts on the keys.
pub(super) fn keys_ui(ui: &Ui, cx: &mut Cx<'_>, view: &LabelsView, state: &mut LabelsState) {
    let typing = ui.memory(|memory| memory.focused().is_some()) && ui.ctx().egui_wants_keyboard_input();
    if typing || !ui.is_enabled() {
        return;
    }
    let hit: Vec<Key> = ui.input(|input| {
        let plain = |event: &Event| {
            if let Event::Key {
                key,
                pressed: true,
                modifiers,
                ..
            } = event
                && !modifiers.command
                && !modifiers.alt
            {
                return Some(*key);
            }
            None
        };
        input.events.iter().filter_map(plain).collect()
    });
    if hit.contains(&Key::Escape) {
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
