//! The pages of the day, the settings and of photographing and labelling.

use std::sync::Arc;

use crate::{
    Shot, day_samples,
    demo::{Demo, ITEMS, TRAY},
    frame::{self, RgbImage},
    geom::CornerBox,
    samples, shot, ui,
    ui::{
        office::{
            PageView,
            labels::LabelsView,
            photos::{Guidance, Mode},
            try_picture::TryView,
        },
        theme::ThemeName,
        view::Screen,
        words::Lang,
    },
};

/// The pages of the day.
pub(crate) fn day_shots(_demo: &Demo) -> Vec<Shot> {
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
pub(crate) fn settings_shots(demo: &Demo) -> Vec<Shot> {
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

/// The pages of teaching, over the demo picture.
pub(crate) fn teach_shots(lang: Lang, demo: &Demo, tag: &str) -> Vec<Shot> {
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
