//! Renders every screen in both orientations into PNG files, to be looked at:
//! `cargo run --release --example screenshots -- [FOLDER]`.
//!
//! A software renderer is enough (Mesa's lavapipe). Pictures of `assets/demo` are used where they are,
//! a painted tray otherwise.

use std::{
    error::Error,
    path::{Path, PathBuf},
};

use eframe::egui::{Vec2, vec2};
use egui_kittest::{Harness, kittest::Queryable as _, wgpu::WgpuTestRenderer};
use tillsight::{domain, frame, geom, ui};

use crate::{
    demo::{Demo, scan_view},
    frame::{RgbImage, picture},
    lane::{german_shots, panel_shots, sale_shots, staff_shots, theme_shots},
    pages::{day_shots, settings_shots, teach_shots},
    ui::{
        kiosk::Kiosk,
        theme::fonts,
        view::{LaneView, Screen},
        words::Lang,
    },
};

mod back_office;
#[path = "../../src/ui/back_office_samples.rs"]
mod back_office_samples;
#[path = "../../src/ui/day_samples.rs"]
mod day_samples;
mod demo;
mod lane;
mod pages;
#[path = "../../src/ui/samples.rs"]
mod samples;
#[path = "../../src/ui/samples_teach.rs"]
mod samples_teach;
mod teach;

const LANDSCAPE: Vec2 = vec2(1920.0, 1080.0);
const PORTRAIT: Vec2 = vec2(1080.0, 1920.0);
const SMALL: Vec2 = vec2(1280.0, 720.0);

/// One picture to make.
struct Shot {
    name: &'static str,
    view: LaneView,
    typed: &'static str,
    /// What is pressed first, one after the other, by name.
    pressed: &'static [&'static str],
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let folder = PathBuf::from(args.next().unwrap_or_else(|| "target/screenshots".to_owned()));
    let only = args.next().unwrap_or_default();
    std::fs::create_dir_all(&folder)?;
    let demo = Demo::read(Path::new("assets"));
    let mut shots = sale_shots(Lang::English, &demo);
    shots.extend(panel_shots(Lang::English, &demo));
    shots.extend(staff_shots(Lang::English, &demo));
    shots.extend(theme_shots(&demo));
    shots.extend(teach::shots(&demo));
    shots.extend(day_shots(&demo));
    shots.extend(settings_shots(&demo));
    shots.extend(teach_shots(Lang::English, &demo, ""));
    let german = german_shots(&demo).into_iter();
    for mut shot in german.chain(teach_shots(Lang::German, &demo, "de-")) {
        shot.view.lang = Lang::German;
        shots.push(shot);
    }
    for shot in shots.iter().filter(|shot| shot.name.contains(&only)) {
        for (tag, size) in [("landscape", LANDSCAPE), ("portrait", PORTRAIT)] {
            save(
                shot,
                size,
                &folder.join(format!("{}-{tag}.png", shot.name)),
                &demo,
            )?;
        }
        if shot.name == "02-scan" {
            save(shot, SMALL, &folder.join("02-scan-small.png"), &demo)?;
        }
    }
    back_office::save_all(&folder, &only)
}

fn save(shot: &Shot, size: Vec2, path: &Path, demo: &Demo) -> Result<(), Box<dyn Error>> {
    let mut kiosk: Option<Kiosk> = None;
    let before = samples::lane(shot.view.lang, Screen::Scan(scan_view(shot.view.lang, demo)));
    let mut harness = Harness::builder()
        .with_size(size)
        .with_pixels_per_point(1.0)
        .with_context_setup(|ctx| ctx.set_fonts(fonts()))
        .renderer(WgpuTestRenderer::new())
        .build_ui_state(
            move |ui, view: &mut LaneView| {
                let kiosk = kiosk.get_or_insert_with(|| Kiosk::new(ui.ctx()));
                Kiosk::fit_window(ui.ctx());
                kiosk.ui(ui, view);
            },
            before,
        );
    // The scan screen comes before every other, and leaves its last picture behind.
    harness.run_steps(3);
    *harness.state_mut() = shot.view.clone();
    harness.run_steps(3);
    for name in shot.pressed {
        harness.get_by_label(name).click();
        harness.run_steps(3);
    }
    for letter in shot.typed.chars() {
        harness.event(eframe::egui::Event::Text(letter.to_string()));
        harness.run_steps(1);
    }
    harness.run_steps(3);
    let image = harness.render()?;
    let rgb = RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [r, g, b, _] = image.get_pixel(x, y).0;
        frame::Rgb([r, g, b])
    });
    picture::write(&rgb, path)?;
    Ok(())
}

fn shot(name: &'static str, view: LaneView) -> Shot {
    Shot {
        name,
        view,
        typed: "",
        pressed: &[],
    }
}
