//! Renders every screen in both orientations into PNG files, to be looked at:
//! `cargo run --release --example screenshots -- [FOLDER]`.
//!
//! A software renderer is enough (Mesa's lavapipe). Pictures of `assets/demo` are used where they are,
//! a painted tray otherwise.

use std::{
    collections::BTreeMap,
    error::Error,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use eframe::egui::{Vec2, vec2};
use egui_kittest::{Harness, kittest::Queryable as _, wgpu::WgpuTestRenderer};
use tillsight::{domain, frame, geom, ui};

use crate::{
    domain::quantity::Quantity,
    frame::{Frame, FrameId, RgbImage, picture},
    geom::CornerBox,
    ui::{
        kiosk::Kiosk,
        office::{
            PageView,
            labels::LabelsView,
            photos::{Guidance, Mode},
            try_picture::TryView,
        },
        theme::{ThemeName, fonts},
        view::{
            BoxState, BoxView, HelpReason, LaneView, Notice, Panel, PaymentStage, Photo, PinPurpose,
            PinRefusal, RecoveredView, Screen, StaffView, Stage, StageView,
        },
        words::Lang,
    },
};

mod back_office;
#[path = "../../src/ui/back_office_samples.rs"]
mod back_office_samples;
#[path = "../../src/ui/day_samples.rs"]
mod day_samples;
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

/// The bundled pictures, by the names of their files; empty where there are none.
struct Demo {
    trays: BTreeMap<String, Arc<RgbImage>>,
    products: BTreeMap<String, Arc<RgbImage>>,
}

impl Demo {
    fn read(assets: &Path) -> Self {
        Self {
            trays: pictures(&assets.join("demo")),
            products: pictures(&assets.join("products")),
        }
    }

    fn photo(&self, product: &str) -> Option<Photo> {
        let pixels = Arc::clone(self.products.get(product)?);
        Some(Photo {
            key: format!("product {product}"),
            pixels,
        })
    }
}

fn pictures(folder: &Path) -> BTreeMap<String, Arc<RgbImage>> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return BTreeMap::new();
    };
    let one = |path: PathBuf| {
        let name = path.file_stem()?.to_str()?.to_owned();
        Some((name, Arc::new(picture::read(&path).ok()?)))
    };
    entries.filter_map(|entry| one(entry.ok()?.path())).collect()
}

/// The picture behind most shots, and where its items lie: left, top, right and bottom in thousandths.
const TRAY: &str = "06-full-basket";
const ITEMS: [(&str, [u16; 4]); 5] = [
    ("apple", [400, 118, 541, 310]),
    ("apple", [280, 246, 435, 452]),
    ("banana", [398, 268, 715, 518]),
    ("milk", [287, 462, 770, 843]),
    ("apple", [118, 632, 285, 840]),
];

/// The class of a sample line or tile, by its English or German name.
fn class_of(name: &str) -> &'static str {
    match name {
        "Apple" | "Apfel" => "apple",
        "Banana" | "Banane" => "banana",
        "Whole milk 1 l" | "Vollmilch 3,5 % 1 l" => "milk",
        _ => "",
    }
}

/// The sample basket with the photos that the product has, and as many pieces as lie on the tray.
fn basket_view(lang: Lang, demo: &Demo) -> ui::view::BasketView {
    let mut lines = samples::lines(lang);
    for line in &mut lines {
        let class = class_of(&line.name);
        line.photo = demo.photo(class);
        let pieces = ITEMS.iter().filter(|(item, _)| *item == class).count();
        if let Some(pieces) = u32::try_from(pieces).ok().filter(|pieces| *pieces > 0) {
            line.quantity = Quantity::Count(pieces);
            line.amount = samples::eur(line.unit_price.minor() * i64::from(pieces));
        }
    }
    samples::basket(lang, lines)
}

fn boxes(lang: Lang, demo: &Demo) -> Vec<BoxView> {
    if !demo.trays.contains_key(TRAY) {
        return samples::boxes(lang);
    }
    let lines = samples::lines(lang);
    let state_of = |class: &str| {
        let line = lines.iter().find(|line| class_of(&line.name) == class);
        line.map_or(BoxState::Unknown, |line| BoxState::Found {
            name: line.name.clone(),
            price: line.unit_price,
        })
    };
    let at = |value: u16| f32::from(value) / 1000.0;
    let boxes = ITEMS
        .iter()
        .zip(1_u64..)
        .map(|((class, [x0, y0, x1, y1]), track)| BoxView {
            track,
            bbox: CornerBox {
                x0: at(*x0),
                y0: at(*y0),
                x1: at(*x1),
                y1: at(*y1),
            },
            state: state_of(class),
            confidence: 0.97 - f32::from(u8::try_from(track).unwrap_or(0)) * 0.02,
        });
    boxes.collect()
}

fn scan_view(lang: Lang, demo: &Demo) -> ui::view::ScanView {
    let mut scan = samples::scan(lang);
    scan.basket = basket_view(lang, demo);
    if let Some(last) = scan.basket.lines.last_mut() {
        last.fresh = true;
    }
    scan.picture.boxes = boxes(lang, demo);
    if let Some(picture) = demo.trays.get(TRAY) {
        scan.picture.frame = Some(Frame::new(picture.as_ref().clone(), FrameId(1), Duration::ZERO));
    }
    scan
}

/// The last apple is not clear.
fn unsure_view(lang: Lang, demo: &Demo) -> ui::view::ScanView {
    let mut scan = scan_view(lang, demo);
    if let Some(item) = scan.picture.boxes.last_mut() {
        item.state = BoxState::Unsure;
    }
    scan
}

fn question_view(lang: Lang, demo: &Demo) -> ui::view::ScanView {
    let mut scan = unsure_view(lang, demo);
    let mut question = samples::question(lang);
    question.bbox = scan.picture.boxes.last().map(|item| item.bbox);
    question.choices = tiles(lang, demo);
    scan.question = Some(question);
    scan
}

/// What is bought often: the products with photos, then the others.
fn tiles(lang: Lang, demo: &Demo) -> Vec<ui::view::TileView> {
    let pictured = samples::lines(lang).into_iter().rev().filter_map(|line| {
        let photo = demo.photo(class_of(&line.name))?;
        let sku = samples::sku(class_of(&line.name));
        Some(ui::view::TileView {
            sku,
            name: line.name,
            photo: Some(photo),
            price: line.unit_price,
            by_weight: false,
        })
    });
    let others = samples::tiles(lang).into_iter().map(|tile| ui::view::TileView {
        photo: tile.photo.filter(|_| demo.products.is_empty()),
        ..tile
    });
    pictured.chain(others).collect()
}

fn attract_view(demo: &Demo) -> ui::view::AttractView {
    let mut attract = samples::attract();
    let names = [TRAY, "02-apples-banana", "05-bunch-milk"];
    let photos = names.into_iter().filter_map(|name| {
        Some(Photo {
            key: name.to_owned(),
            pixels: Arc::clone(demo.trays.get(name)?),
        })
    });
    let photos: Vec<Photo> = photos.collect();
    if !photos.is_empty() {
        attract.photos = photos;
    }
    attract
}

fn review_view(lang: Lang, demo: &Demo) -> ui::view::ReviewView {
    ui::view::ReviewView {
        basket: basket_view(lang, demo),
        ..samples::review(lang)
    }
}

fn paying_view(lang: Lang, demo: &Demo, stage: PaymentStage) -> ui::view::PayingView {
    ui::view::PayingView {
        basket: basket_view(lang, demo),
        ..samples::paying(lang, stage)
    }
}

fn help_view(lang: Lang, demo: &Demo, reason: HelpReason) -> ui::view::HelpView {
    ui::view::HelpView {
        basket: Some(basket_view(lang, demo)),
        ..samples::help(lang, reason)
    }
}

fn receipt_view(demo: &Demo) -> ui::view::ReceiptView {
    ui::view::ReceiptView {
        total: basket_view(Lang::English, demo).total,
        ..samples::receipt()
    }
}

fn shot(name: &'static str, view: LaneView) -> Shot {
    Shot {
        name,
        view,
        typed: "",
        pressed: &[],
    }
}

fn sale_shots(lang: Lang, demo: &Demo) -> Vec<Shot> {
    let lane = |screen| samples::lane(lang, screen);
    let mut attract = lane(Screen::Attract(attract_view(demo)));
    attract.motion = true;
    let mut empty = scan_view(lang, demo);
    empty.basket = samples::basket(lang, Vec::new());
    empty.picture.boxes.clear();
    if let Some(tray) = demo.trays.get("07-empty-tray") {
        empty.picture.frame = Some(Frame::new(tray.as_ref().clone(), FrameId(2), Duration::ZERO));
    }
    let asked = question_view(lang, demo);
    let mut idle = lane(Screen::Scan(scan_view(lang, demo)));
    idle.idle_seconds = Some(14);
    let mut recovered = attract_view(demo);
    recovered.recovered = Some(RecoveredView {
        items: 7,
        total: basket_view(lang, demo).total,
    });
    let pay = |stage| lane(Screen::Paying(paying_view(lang, demo, stage)));
    vec![
        shot("01-attract", attract),
        shot("01-recovered", lane(Screen::Attract(recovered))),
        shot("02-scan-empty", lane(Screen::Scan(empty))),
        shot("02-scan", lane(Screen::Scan(scan_view(lang, demo)))),
        shot("02-scan-unsure", lane(Screen::Scan(unsure_view(lang, demo)))),
        shot("03-not-sure", lane(Screen::Scan(asked))),
        shot("04-idle", idle),
        shot("05-review", lane(Screen::Review(review_view(lang, demo)))),
        shot("06-pay-present", pay(PaymentStage::PresentCard)),
        shot("06-pay-asking", pay(PaymentStage::Authorising)),
        shot("06-pay-approved", pay(PaymentStage::Approved)),
        shot("06-pay-declined", pay(PaymentStage::Declined)),
        shot("06-pay-attendant", pay(PaymentStage::AtAttendant)),
        shot("07-receipt", lane(Screen::Receipt(receipt_view(demo)))),
        shot(
            "08-help",
            lane(Screen::Help(help_view(lang, demo, HelpReason::Asked))),
        ),
    ]
}

fn panel_shots(lang: Lang, demo: &Demo) -> Vec<Shot> {
    let with = |name, panel, typed| {
        let mut view = samples::lane(lang, Screen::Scan(scan_view(lang, demo)));
        view.panel = panel;
        Shot {
            name,
            view,
            typed,
            pressed: &[],
        }
    };
    let tomato = samples::tiles(lang).remove(3);
    vec![
        with(
            "10-search",
            Panel::Search {
                results: tiles(lang, demo),
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

fn staff_shots(lang: Lang, demo: &Demo) -> Vec<Shot> {
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
        stages: Stage::ALL
            .into_iter()
            .zip([2.9, 0.1, 0.3, 2.5, 0.0, 0.6, 7.8, 14.2])
            .map(|(stage, median_ms)| StageView {
                stage,
                median_ms,
                p95_ms: median_ms * 1.2,
            })
            .collect(),
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
        shot(
            "31-product",
            samples::lane(
                lang,
                Screen::Office(samples::office_page(ui::office::PageView::Products(
                    samples::product_details(lang),
                ))),
            ),
        ),
    ]
}

/// The pages of the day.
fn day_shots(_demo: &Demo) -> Vec<Shot> {
    use ui::office::{PageView, day::view::DayTab};
    let page = |view| {
        let office = samples::office_page(PageView::Day(view));
        samples::lane(Lang::English, Screen::Office(office))
    };
    let mut closed = day_samples::day(DayTab::Sales);
    closed.sales.open = None;
    let mut refund = day_samples::day(DayTab::Sales);
    if let Some(open) = &mut refund.sales.open {
        open.draft = Some(day_samples::draft());
    }
    let mut german = page(day_samples::day(DayTab::Sales));
    german.lang = Lang::German;
    let mut german_cash = page(day_samples::day(DayTab::Cash));
    german_cash.lang = Lang::German;
    let mut dark = page(day_samples::day(DayTab::Charts));
    dark.theme = ThemeName::Dark;
    vec![
        shot("60-day-sales", page(day_samples::day(DayTab::Sales))),
        shot("60-day-sales-list", page(closed)),
        shot("61-day-refund", page(refund)),
        shot("62-day-charts", page(day_samples::day(DayTab::Charts))),
        shot("62-day-charts-dark", dark),
        shot("63-day-cash", page(day_samples::day(DayTab::Cash))),
        shot("64-day-reports", page(day_samples::day(DayTab::Reports))),
        shot("65-de-day-sales", german),
        shot("65-de-day-cash", german_cash),
    ]
}

/// The parts of the settings.
fn settings_shots(demo: &Demo) -> Vec<Shot> {
    use ui::office::{PageView, settings::view::SettingsTab};
    let picture = demo.trays.get(TRAY).map(Arc::as_ref);
    let page = |tab| {
        let view = Box::new(day_samples::settings(tab, picture));
        let office = samples::office_page(PageView::Settings(view));
        samples::lane(Lang::English, Screen::Office(office))
    };
    let german = |tab| {
        let mut view = page(tab);
        view.lang = Lang::German;
        view
    };
    vec![
        shot("70-settings-shop", page(SettingsTab::Shop)),
        shot("71-settings-lane", page(SettingsTab::Lane)),
        shot("72-settings-sight", page(SettingsTab::Sight)),
        shot("73-settings-devices", page(SettingsTab::Devices)),
        shot("74-settings-keeping", page(SettingsTab::Keeping)),
        shot("75-settings-about", page(SettingsTab::About)),
        shot("76-de-settings-shop", german(SettingsTab::Shop)),
        shot("76-de-settings-lane", german(SettingsTab::Lane)),
        shot("76-de-settings-sight", german(SettingsTab::Sight)),
        shot("76-de-settings-devices", german(SettingsTab::Devices)),
        shot("76-de-settings-keeping", german(SettingsTab::Keeping)),
    ]
}

fn theme_shots(demo: &Demo) -> Vec<Shot> {
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
            Screen::Review(review_view(Lang::English, demo)),
        ),
        with(
            "41-scan-contrast",
            ThemeName::HighContrast,
            Screen::Scan(scan_view(Lang::English, demo)),
        ),
    ]
}

fn german_shots(demo: &Demo) -> Vec<Shot> {
    let lang = Lang::German;
    let lane = |screen| samples::lane(lang, screen);
    let mut number = lane(Screen::Scan(scan_view(lang, demo)));
    number.panel = Panel::Number {
        unknown: Some("4012".to_owned()),
    };
    let asked = question_view(lang, demo);
    vec![
        shot("50-de-attract", lane(Screen::Attract(attract_view(demo)))),
        shot("51-de-scan", lane(Screen::Scan(scan_view(lang, demo)))),
        shot("52-de-not-sure", lane(Screen::Scan(asked))),
        shot("53-de-review", lane(Screen::Review(review_view(lang, demo)))),
        shot(
            "54-de-pay",
            lane(Screen::Paying(paying_view(lang, demo, PaymentStage::PresentCard))),
        ),
        shot(
            "54-de-pay-declined",
            lane(Screen::Paying(paying_view(lang, demo, PaymentStage::Declined))),
        ),
        shot("55-de-receipt", lane(Screen::Receipt(receipt_view(demo)))),
        shot(
            "56-de-help",
            lane(Screen::Help(help_view(lang, demo, HelpReason::Machine))),
        ),
        Shot {
            name: "57-de-number",
            view: number,
            typed: "4012",
            pressed: &[],
        },
        shot("58-de-office", lane(Screen::Office(samples::office(lang)))),
    ]
}

/// The pages of teaching, over the demo picture.
fn teach_shots(lang: Lang, demo: &Demo, tag: &str) -> Vec<Shot> {
    let picture = demo
        .trays
        .get(TRAY)
        .cloned()
        .unwrap_or_else(|| Arc::new(RgbImage::from_pixel(1280, 960, frame::Rgb([190, 186, 180]))));
    let part = |thousandths: u16| f32::from(thousandths) / 1000.0;
    let boxes: Vec<(u16, CornerBox)> = ITEMS
        .iter()
        .map(|(class, [x0, y0, x1, y1])| {
            let number = match *class {
                "apple" => 1,
                "banana" => 2,
                _ => 3,
            };
            (number, CornerBox::new(part(*x0), part(*y0), part(*x1), part(*y1)))
        })
        .collect();
    let first = boxes.first().map_or_else(CornerBox::default, |(_, bbox)| *bbox);
    let teach = |name: &str, page: PageView| Shot {
        name: format!("{tag}{name}").leak(),
        view: samples::lane(lang, Screen::Office(samples::office_page(page))),
        typed: "",
        pressed: &[],
    };
    let mut turning = samples::teach::photos(lang, &picture, first);
    turning.guidance = Some(Guidance::Turn);
    turning.mode = Mode::Turning {
        seconds_left: 17,
        taken: 8,
    };
    let mut imported = samples::teach::photos(lang, &picture, first);
    imported.import = Some(Box::new(samples::teach::import_report()));
    let mut keys = teach(
        "64-labels-keys",
        PageView::Labels(samples::teach::labels(lang, &picture, &boxes)),
    );
    keys.typed = "?";
    vec![
        teach(
            "60-photos",
            PageView::Photos(samples::teach::photos(lang, &picture, first)),
        ),
        teach(
            "61-photos-shot",
            PageView::Photos(samples::teach::shot(lang, &picture, first)),
        ),
        teach("62-photos-turning", PageView::Photos(turning)),
        teach(
            "63-labels",
            PageView::Labels(samples::teach::labels(lang, &picture, &boxes)),
        ),
        keys,
        teach("65-photos-import", PageView::Photos(imported)),
        teach("66-labels-empty", PageView::Labels(LabelsView::default())),
        teach(
            "67-try",
            PageView::TryPicture(samples::teach::tried(lang, &picture, &boxes)),
        ),
        teach("68-try-empty", PageView::TryPicture(TryView::default())),
    ]
}
