//! The teaching pages of the back office, in every state that is worth a look.

use std::sync::Arc;

use crate::{
    Demo, Shot,
    frame::RgbImage,
    samples, samples_teach,
    ui::{
        office::{PageView, models::view::Said},
        view::Screen,
        words::Lang,
    },
};

/// The pages in both languages.
pub(crate) fn shots(demo: &Demo) -> Vec<Shot> {
    let tray = demo
        .trays
        .values()
        .nth(1)
        .cloned()
        .unwrap_or_else(|| Arc::new(samples::tray(1280, 960)));
    let mut shots = of(Lang::English, &tray, &["Check"], &["Versions"]);
    shots.extend(of(Lang::German, &tray, &["Prüfen"], &["Versionen"]));
    shots
}

fn shot(name: &'static str, lang: Lang, page: PageView, pressed: &'static [&'static str]) -> Shot {
    let mut view = samples::lane(lang, Screen::Office(samples::office_page(page)));
    view.lang = lang;
    Shot {
        name,
        view,
        typed: "",
        pressed,
    }
}

fn of(
    lang: Lang,
    tray: &Arc<RgbImage>,
    check: &'static [&'static str],
    versions: &'static [&'static str],
) -> Vec<Shot> {
    let english = lang == Lang::English;
    let name = |english_name, german_name| if english { english_name } else { german_name };
    let data_sets = || PageView::DataSets(samples_teach::data_sets(lang));
    let models = |said| PageView::Models(samples_teach::models(lang, tray, said));
    let mut shots = vec![
        shot(name("60-datasets", "70-de-datasets"), lang, data_sets(), &[]),
        shot(
            name("61-datasets-check", "71-de-datasets-check"),
            lang,
            data_sets(),
            check,
        ),
        shot(
            name("62-datasets-versions", "72-de-datasets-versions"),
            lang,
            data_sets(),
            versions,
        ),
        shot(
            name("63-training", "73-de-training"),
            lang,
            PageView::Training(samples_teach::training(lang)),
            &[],
        ),
        shot(
            name("64-training-at-work", "74-de-training-at-work"),
            lang,
            PageView::Training(samples_teach::training_at_work(lang)),
            &[],
        ),
        shot(name("65-models", "75-de-models"), lang, models(Said::Better), &[]),
    ];
    if english {
        shots.extend(english_only(tray));
    }
    shots
}

/// What is looked at in one language only.
fn english_only(tray: &Arc<RgbImage>) -> Vec<Shot> {
    let lang = Lang::English;
    let data_sets = || PageView::DataSets(samples_teach::data_sets(lang));
    let models = |said| PageView::Models(samples_teach::models(lang, tray, said));
    vec![
        shot(
            "60-datasets-incoming",
            lang,
            PageView::DataSets(samples_teach::incoming(lang)),
            &[],
        ),
        shot(
            "60-datasets-working",
            lang,
            PageView::DataSets(samples_teach::working(lang)),
            &[],
        ),
        shot("60-datasets-bring", lang, data_sets(), &["Bring photos in"]),
        shot(
            "60-datasets-write",
            lang,
            data_sets(),
            &["Write out", "Table (CSV)"],
        ),
        shot(
            "62-datasets-freeze",
            lang,
            data_sets(),
            &["Versions", "Freeze a version"],
        ),
        shot(
            "63-training-not-ready",
            lang,
            PageView::Training(samples_teach::training_not_ready(lang)),
            &[],
        ),
        shot(
            "63-training-settings",
            lang,
            PageView::Training(samples_teach::training(lang)),
            &["How to train"],
        ),
        shot("65-models-worse", lang, models(Said::Worse), &[]),
        shot("66-models-curves", lang, models(Said::Better), &["Curves"]),
        shot("66-models-confusion", lang, models(Said::Better), &["Mix-ups"]),
        shot(
            "66-models-mistakes",
            lang,
            models(Said::Better),
            &["Worst mistakes"],
        ),
        shot("67-models-sides", lang, models(Said::Better), &["Side by side"]),
    ]
}
