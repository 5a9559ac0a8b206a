//! What the keyboard did in this pass: chords, fields that were left, the key that shows all keys.
//!
//! A slow pass may bring a whole chord, pressed and let go: what counts are the keys held when the other was
//! pressed, as the event says it, never those held at the end of the pass.

use eframe::egui::{Event, Key, Modifiers, Response, Ui};

use crate::ui::widgets::id;

/// Whether `key` was pressed in this pass while exactly `held` were.
#[must_use]
pub fn chord(ui: &Ui, held: Modifiers, key: Key) -> bool {
    ui.input(|input| {
        input.events.iter().any(|event| {
            matches!(event, Event::Key { key: hit, pressed: true, modifiers, .. }
                if *hit == key && modifiers.matches_exact(held))
        })
    })
}

/// Whether a key that shows all keys was pressed: `?` while nothing is typed, or F1.
#[must_use]
pub fn asks_for_keys(ui: &Ui) -> bool {
    let typing = ui.ctx().egui_wants_keyboard_input();
    ui.input(|input| {
        let typed = |event: &Event| !typing && matches!(event, Event::Text(text) if text == "?");
        input.key_pressed(Key::F1) || input.events.iter().any(typed)
    })
}

/// Whether the keyboard has just left a field: true once, in the first pass in which it is elsewhere.
///
/// [`Response::lost_focus`] holds for two passes, so that what is sent on it would be sent twice. Call it
/// once a pass for each field.
pub fn was_left(ui: &Ui, response: &Response) -> bool {
    let pass = ui.ctx().cumulative_pass_nr();
    let has = response.has_focus();
    let key = id(("had the keyboard", response.id));
    let last: Option<u64> = ui.data_mut(|data| {
        let last = data.get_temp(key);
        if has {
            data.insert_temp(key, pass);
        } else {
            data.remove_temp::<u64>(key);
        }
        last
    });
    // A field that went away with the keyboard and came back later was not left now.
    !has && last.is_some_and(|last| last + 1 >= pass)
}

#[cfg(test)]
mod tests {
    use eframe::egui::{Event, Key, Modifiers, TextEdit, Ui};
    use egui_kittest::{Harness, kittest::Queryable as _};

    use super::{asks_for_keys, chord, was_left};

    /// Two fields, and how often each was left.
    fn fields() -> Harness<'static, (String, String, [u32; 2])> {
        let ui = |ui: &mut Ui, state: &mut (String, String, [u32; 2])| {
            let first = ui
                .add(TextEdit::singleline(&mut state.0))
                .accessible_name("first");
            state.2[0] += u32::from(was_left(ui, &first));
            let second = ui
                .add(TextEdit::singleline(&mut state.1))
                .accessible_name("second");
            state.2[1] += u32::from(was_left(ui, &second));
        };
        Harness::builder().build_ui_state(ui, Default::default())
    }

    #[test]
    fn a_field_that_is_left_says_so_once() {
        let mut harness = fields();
        harness.get_by_label("first").focus();
        harness.run_steps(3);
        assert_eq!(harness.state().2, [0, 0]);
        harness.key_press(Key::Enter);
        harness.run_steps(5);
        assert_eq!(harness.state().2, [1, 0], "by Enter");
        harness.get_by_label("first").click();
        harness.run_steps(3);
        harness.get_by_label("second").click();
        harness.run_steps(5);
        assert_eq!(harness.state().2, [2, 0], "by a click into another");
        harness.key_press(Key::Escape);
        harness.run_steps(5);
        assert_eq!(harness.state().2, [2, 1], "by Escape");
    }

    /// How often the chord and the key were seen.
    fn ears() -> Harness<'static, (u32, u32)> {
        let ui = |ui: &mut Ui, heard: &mut (u32, u32)| {
            heard.0 += u32::from(chord(ui, Modifiers::CTRL, Key::Z));
            heard.1 += u32::from(asks_for_keys(ui));
        };
        Harness::builder().build_ui_state(ui, (0, 0))
    }

    #[test]
    fn a_chord_let_go_within_one_slow_pass_is_heard() {
        let mut harness = ears();
        // By the end of the pass nothing is held any more.
        for (pressed, modifiers) in [(true, Modifiers::CTRL), (false, Modifiers::NONE)] {
            harness.input_mut().events.push(Event::Key {
                key: Key::Z,
                physical_key: None,
                pressed,
                repeat: false,
                modifiers,
            });
        }
        harness.step();
        assert_eq!(harness.state().0, 1);
        harness.key_press_modifiers(Modifiers::CTRL | Modifiers::SHIFT, Key::Z);
        harness.run_steps(2);
        assert_eq!(harness.state().0, 1, "another chord");
    }

    #[test]
    fn the_keys_are_asked_for_by_two_ways() {
        let mut harness = ears();
        harness.event(Event::Text("?".to_owned()));
        harness.run_steps(2);
        harness.key_press(Key::F1);
        harness.run_steps(2);
        assert_eq!(harness.state().1, 2);
    }
}
