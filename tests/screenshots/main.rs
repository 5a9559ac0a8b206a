//! Renders every screen in both orientations into PNG files, to be looked at:
//! `cargo run --release --example screenshots -- [FOLDER]`.
//!
//! A software renderer is enough (Mesa's lavapipe). Pictures of `assets/demo` are used where they are,
//! a painted tray otherwise.

use std::{
    error::Error,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use eframe::egui::{Vec2, vec2};
use egui_kittest::{Harness, wgpu::WgpuTestRenderer};
use tillsight::{domain, frame, geom, ui};

use crate::{
    frame::{Frame, FrameId, RgbImage, picture},
    ui::{
        kiosk::Kiosk,
        theme::{ThemeName, fonts},
        view::{
            HelpReason, LaneView, Notice, Panel, PaymentStage, Photo, PinPurpose, PinRefusal, RecoveredView,
            Screen, StaffView,
        },
        words::Lang,
    },
};

#[path = "../../src/ui/samples.rs"]
mod samples;

const LANDSCAPE: Vec2 = vec2(1920.0, 1080.0);
const PORTRAIT: Vec2 = vec2(1080.0, 1920.0);
const SMALL: Vec2 = vec2(1280.0, 720.0);

/// One picture to make.
struct Shot {
    name: &'static str,
    view: LaneView,
    typed: &'static str,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let folder = PathBuf::from(args.next().unwrap_or_else(|| "target/screenshots".to_owned()));
    let only = args.next().unwrap_or_default();
    std::fs::create_dir_all(&folder)?;
    let demo = demo_pictures(Path::new("assets/demo"));
    let mut shots = sale_shots(Lang::English, &demo);
    shots.extend(panel_shots(Lang::English, &demo));
    shots.extend(staff_shots(Lang::English, &demo));
    shots.extend(theme_shots(&demo));
    for mut shot in german_shots(&demo) {
        shot.view.lang = Lang::German;
        shots.push(shot);
    }
    for shot in shots.iter().filter(|shot| shot.name.contains(&only)) {
        for (tag, size) in [("landscape", LANDSCAPE), ("portrait", PORTRAIT)] {
            save(shot, size, &folder.join(format!("{}-{tag}.png", shot.name)), &demo)?;
        }
        if shot.name == "02-scan" {
            save(shot, SMALL, &folder.join("02-scan-small.png"), &demo)?;
        }
    }
    Ok(())
}

fn save(shot: &Shot, size: Vec2, path: &Path, demo: &[Arc<RgbImage>]) -> Result<(), Box<dyn Error>> {
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

/// The bundled demo pictures, in order of their names.
fn demo_pictures(folder: &Path) -> Vec<Arc<RgbImage>> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    paths
        .iter()
        .filter_map(|path| picture::read(path).ok())
        .map(Arc::new)
        .collect()
}

fn scan_view(lang: Lang, demo: &[Arc<RgbImage>]) -> ui::view::ScanView {
    let mut scan = samples::scan(lang);
    if let Some(picture) = demo.first() {
        scan.picture.frame = Some(Frame::new(picture.as_ref().clone(), FrameId(1), Duration::ZERO));
    }
    scan
}

fn attract_view(demo: &[Arc<RgbImage>]) -> ui::view::AttractView {
    let mut attract = samples::attract();
    if !demo.is_empty() {
        let photo = |(index, pixels): (usize, &Arc<RgbImage>)| Photo {
            key: format!("demo {index}"),
            pixels: Arc::clone(pixels),
        };
        attract.photos = demo.iter().take(3).enumerate().map(photo).collect();
    }
    attract
}

fn shot(name: &'static str, view: LaneView) -> Shot {
    Shot {
        name,
        view,
        typed: "",
    }
}

fn sale_shots(lang: Lang, demo: &[Arc<RgbImage>]) -> Vec<Shot> {
    let lane = |screen| samples::lane(lang, screen);
    let mut attract = lane(Screen::Attract(attract_view(demo)));
    attract.motion = true;
    let mut empty = scan_view(lang, demo);
    empty.basket = samples::basket(lang, Vec::new());
    empty.picture.boxes.clear();
    let mut asked = scan_view(lang, demo);
    asked.question = Some(samples::question(lang));
    let mut idle = lane(Screen::Scan(scan_view(lang, demo)));
    idle.idle_seconds = Some(14);
    let mut recovered = attract_view(demo);
    recovered.recovered = Some(RecoveredView {
        items: 4,
        total: samples::eur(806),
    });
    let pay = |stage| lane(Screen::Paying(samples::paying(lang, stage)));
    vec![
        shot("01-attract", attract),
        shot("01-recovered", lane(Screen::Attract(recovered))),
        shot("02-scan-empty", lane(Screen::Scan(empty))),
        shot("02-scan", lane(Screen::Scan(scan_view(lang, demo)))),
        shot("03-not-sure", lane(Screen::Scan(asked))),
        shot("04-idle", idle),
        shot("05-review", lane(Screen::Review(samples::review(lang)))),
        shot("06-pay-present", pay(PaymentStage::PresentCard)),
        shot("06-pay-asking", pay(PaymentStage::Authorising)),
        shot("06-pay-approved", pay(PaymentStage::Approved)),
        shot("06-pay-declined", pay(PaymentStage::Declined)),
        shot("06-pay-attendant", pay(PaymentStage::AtAttendant)),
        shot("07-receipt", lane(Screen::Receipt(samples::receipt()))),
        shot(
            "08-help",
            lane(Screen::Help(samples::help(lang, HelpReason::Asked))),
        ),
    ]
}

fn panel_shots(lang: Lang, demo: &[Arc<RgbImage>]) -> Vec<Shot> {
    let with = |name, panel, typed| {
        let mut view = samples::lane(lang, Screen::Scan(scan_view(lang, demo)));
        view.panel = panel;
        Shot { name, view, typed }
    };
    let tomato = samples::tiles(lang).remove(3);
    vec![
        with(
            "10-search",
            Panel::Search {
                results: samples::tiles(lang),
            },
            "",
        ),
        with("10-search-none", Panel::Search { results: Vec::new() }, "xylo"),
        with("11-number", Panel::Number { unknown: None }, "4011"),
        with(
            "11-number-unknown",
            Panel::Number {
                unknown: Some("4012".to_owned()),
            },
            "4012",
        ),
        with(
            "12-weight",
            Panel::Weight {
                product: tomato,
                tare_grams: 8,
            },
            "460",
        ),
        with(
            "13-pin",
            Panel::Pin {
                purpose: PinPurpose::Office,
                refused: Some(PinRefusal::Wrong),
            },
            "",
        ),
    ]
}

fn staff_shots(lang: Lang, demo: &[Arc<RgbImage>]) -> Vec<Shot> {
    let mut missing = samples::lane(lang, Screen::Attract(attract_view(demo)));
    missing.notice = Some(Notice::CameraMissing);
    let mut blind = samples::lane(lang, Screen::Scan(scan_view(lang, demo)));
    blind.notice = Some(Notice::DetectorMissing {
        reason: "The model file is missing.".to_owned(),
    });
    if let Screen::Scan(scan) = &mut blind.screen {
        scan.picture.boxes.clear();
    }
    let mut staff = samples::lane(lang, Screen::Scan(scan_view(lang, demo)));
    staff.staff = Some(StaffView {
        frames_per_second: 29.7,
        detect_ms: 24.0,
        count_ms: Some(412.0),
        model: "checkout 1".to_owned(),
    });
    if let Screen::Scan(scan) = &mut staff.screen {
        scan.picture.source = Some("Demo pictures".to_owned());
    }
    vec![
        shot("20-camera-missing", missing),
        shot("21-detector-missing", blind),
        shot("22-staff", staff),
        shot(
            "30-office",
            samples::lane(lang, Screen::Office(samples::office(lang))),
        ),
    ]
}

fn theme_shots(demo: &[Arc<RgbImage>]) -> Vec<Shot> {
    let with = |name, theme, screen| {
        let mut view = samples::lane(Lang::English, screen);
        view.theme = theme;
        shot(name, view)
    };
    vec![
        with(
            "40-scan-dark",
            ThemeName::Dark,
            Screen::Scan(scan_view(Lang::English, demo)),
        ),
        with(
            "40-review-dark",
            ThemeName::Dark,
            Screen::Review(samples::review(Lang::English)),
        ),
        with(
            "41-scan-contrast",
            ThemeName::HighContrast,
            Screen::Scan(scan_view(Lang::English, demo)),
        ),
    ]
}

fn german_shots(demo: &[Arc<RgbImage>]) -> Vec<Shot> {
    let lang = Lang::German;
    let lane = |screen| samples::lane(lang, screen);
    let mut number = lane(Screen::Scan(scan_view(lang, demo)));
    number.panel = Panel::Number {
        unknown: Some("4012".to_owned()),
    };
    let mut asked = scan_view(lang, demo);
    asked.question = Some(samples::question(lang));
    vec![
        shot("50-de-attract", lane(Screen::Attract(attract_view(demo)))),
        shot("51-de-scan", lane(Screen::Scan(scan_view(lang, demo)))),
        shot("52-de-not-sure", lane(Screen::Scan(asked))),
        shot("53-de-review", lane(Screen::Review(samples::review(lang)))),
        shot(
            "54-de-pay",
            lane(Screen::Paying(samples::paying(lang, PaymentStage::PresentCard))),
        ),
        shot(
            "54-de-pay-declined",
            lane(Screen::Paying(samples::paying(lang, PaymentStage::Declined))),
        ),
        shot("55-de-receipt", lane(Screen::Receipt(samples::receipt()))),
        shot(
            "56-de-help",
            lane(Screen::Help(samples::help(lang, HelpReason::Machine))),
        ),
        Shot {
            name: "57-de-number",
            view: number,
            typed: "4012",
        },
        shot("58-de-office", lane(Screen::Office(samples::office(lang)))),
    ]
}
