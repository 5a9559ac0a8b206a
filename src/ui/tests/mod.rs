//! Every screen, driven by accessible name: what is pressed must come back as the right command.

mod back_office;
mod day;
mod office;
mod panels;
mod sale;
mod teach;
mod trainings;

use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, Vec2, vec2};
use egui_kittest::{Harness, kittest::Queryable as _};

use crate::ui::{
    command::Command,
    kiosk::Kiosk,
    samples,
    theme::fonts,
    view::{LaneView, Screen},
    words::Lang,
};

const LANDSCAPE: Vec2 = vec2(1920.0, 1080.0);
const PORTRAIT: Vec2 = vec2(1080.0, 1920.0);

/// What a harness carries: the view to paint, and all that came back.
struct Bench {
    view: LaneView,
    out: Vec<Command>,
}

fn bench(view: LaneView, size: Vec2) -> Harness<'static, Bench> {
    let mut kiosk: Option<Kiosk> = None;
    let mut harness = Harness::builder()
        .with_size(size)
        .with_pixels_per_point(1.0)
        .with_context_setup(|ctx| ctx.set_fonts(fonts()))
        .build_ui_state(
            move |ui, bench: &mut Bench| {
                let kiosk = kiosk.get_or_insert_with(|| Kiosk::new(ui.ctx()));
                let out = kiosk.ui(ui, &bench.view);
                bench.out.extend(out);
            },
            Bench {
                view,
                out: Vec::new(),
            },
        );
    harness.run_steps(3);
    harness.state_mut().out.clear();
    harness
}

fn lane(screen: Screen) -> LaneView {
    samples::lane(Lang::English, screen)
}

fn scan_lane() -> LaneView {
    lane(Screen::Scan(samples::scan(Lang::English)))
}

/// Presses the control of this name, in a fresh harness of each orientation, and gives the commands.
fn press(view: &LaneView, label: &str) -> Vec<Command> {
    let mut results = [LANDSCAPE, PORTRAIT].map(|size| {
        let mut harness = bench(view.clone(), size);
        harness.get_by_label(label).click();
        harness.run_steps(3);
        let out = std::mem::take(&mut harness.state_mut().out);
        out.into_iter()
            .filter(|wish| *wish != Command::Touched)
            .collect::<Vec<_>>()
    });
    assert_eq!(results[0], results[1], "both orientations do the same on {label}");
    std::mem::take(&mut results[0])
}

fn key(view: &LaneView, key: Key) -> Vec<Command> {
    let mut harness = bench(view.clone(), LANDSCAPE);
    harness.key_press(key);
    harness.run_steps(3);
    let out = std::mem::take(&mut harness.state_mut().out);
    out.into_iter().filter(|wish| *wish != Command::Touched).collect()
}

fn type_text(harness: &mut Harness<'_, Bench>, text: &str) {
    for letter in text.chars() {
        harness.event(Event::Text(letter.to_string()));
        harness.run_steps(2);
    }
}

fn tap(harness: &mut Harness<'_, Bench>, pos: Pos2) {
    for pressed in [true, false] {
        harness.event(Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        harness.run_steps(1);
    }
}
