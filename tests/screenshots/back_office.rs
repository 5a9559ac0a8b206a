//! The pages of products, prices and people, some after a few presses.

use std::{error::Error, path::Path};

use eframe::egui::Vec2;
use egui_kittest::{Harness, kittest::Queryable as _, wgpu::WgpuTestRenderer};

use crate::{
    LANDSCAPE, PORTRAIT, back_office_samples as pages,
    frame::{Rgb, RgbImage, picture},
    samples,
    ui::{
        kiosk::Kiosk,
        office::{OfficeView, PageView},
        theme::{ThemeName, fonts},
        view::{LaneView, Panel, Screen},
        words::Lang,
    },
};

/// A picture: its name, what shows, and what is pressed before it is taken.
type Pressed = (&'static str, LaneView, &'static [&'static str]);

fn shown(office: Box<OfficeView>) -> LaneView {
    samples::lane(Lang::English, Screen::Office(office))
}

fn page(page: PageView) -> LaneView {
    shown(samples::office_page(page))
}

fn shots() -> Vec<Pressed> {
    let lang = Lang::English;
    let products = || samples::products_view(lang);
    let with_import = |import| {
        let mut view = products();
        view.import = Some(import);
        page(PageView::Products(view))
    };
    let mut asks = samples::office(lang);
    asks.confirm = Some(pages::question());
    let mut files = samples::office(lang);
    files.path = Some(pages::path());
    let mut refused = samples::office(lang);
    refused.problem = Some("Tia may not do this: ask a manager.".to_owned());
    let mut name = samples::lane(lang, Screen::Attract(samples::attract()));
    name.panel = Panel::FirstName;
    let mut german = page(PageView::Products(samples::product_details(Lang::German)));
    german.lang = Lang::German;
    let mut german_people = page(PageView::People(pages::people()));
    german_people.lang = Lang::German;
    let mut dark = page(PageView::Products(samples::product_details(lang)));
    dark.theme = ThemeName::Dark;
    vec![
        (
            "70-products-new",
            page(PageView::Products(products())),
            &["New product"],
        ),
        ("70-products-dark", dark, &[]),
        ("71-import", with_import(pages::import()), &[]),
        ("71-import-wrong", with_import(pages::wrong_import()), &[]),
        ("72-question", shown(asks), &[]),
        ("72-path", shown(files), &[]),
        ("72-refused", shown(refused), &[]),
        ("73-planned", page(PageView::Prices(pages::planned())), &[]),
        (
            "73-many",
            page(PageView::Prices(pages::planned())),
            &["Change many"],
        ),
        ("73-preview", page(PageView::Prices(pages::price_preview())), &[]),
        (
            "74-people",
            page(PageView::People(pages::people())),
            &["Ada Brandt"],
        ),
        (
            "74-people-add",
            page(PageView::People(pages::people())),
            &["Add a person"],
        ),
        (
            "74-changes",
            page(PageView::People(pages::people())),
            &["Changes"],
        ),
        ("74-own-pin", page(PageView::People(pages::people())), &["My PIN"]),
        ("75-first-name", name, &[]),
        ("76-de-products", german, &[]),
        ("76-de-people", german_people, &["Ada Brandt"]),
    ]
}

/// Takes those whose name holds `only`.
pub(crate) fn save_all(folder: &Path, only: &str) -> Result<(), Box<dyn Error>> {
    for (name, view, presses) in shots().iter().filter(|(name, ..)| name.contains(only)) {
        for (tag, size) in [("landscape", LANDSCAPE), ("portrait", PORTRAIT)] {
            save(view, presses, size, &folder.join(format!("{name}-{tag}.png")))?;
        }
    }
    Ok(())
}

fn save(view: &LaneView, presses: &[&str], size: Vec2, path: &Path) -> Result<(), Box<dyn Error>> {
    let mut kiosk: Option<Kiosk> = None;
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
            view.clone(),
        );
    harness.run_steps(4);
    for label in presses {
        harness.get_by_label(label).click();
        harness.run_steps(4);
    }
    let image = harness.render()?;
    let rgb = RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [r, g, b, _] = image.get_pixel(x, y).0;
        Rgb([r, g, b])
    });
    picture::write(&rgb, path)?;
    Ok(())
}
