//! View models of the page of models.

use std::{sync::Arc, time::Duration};

use super::{names, say};
use crate::{
    frame::{Frame, FrameId, RgbImage},
    geom::CornerBox,
    ui::{
        office::models::view::{
            ChosenView, ClassFigure, ConfusionView, Figure, FigureRow, HistoryRow, JudgedView, MistakeView,
            ModelRow, ModelsView, Said, SideView, SidesView, Standing,
        },
        view::Photo,
        words::Lang,
    },
};

fn model(name: &str, standing: Standing, told: &str, said: Option<Said>, sales: u64) -> ModelRow {
    ModelRow {
        name: name.to_owned(),
        standing,
        told: told.to_owned(),
        said,
        sales,
    }
}

/// The page of models; the tray stands in for photos.
pub(crate) fn models(lang: Lang, tray: &Arc<RgbImage>, said: Said) -> ModelsView {
    let step = |model: &str, told: &str, reason: String, back, overridden| HistoryRow {
        model: model.to_owned(),
        told: told.to_owned(),
        reason,
        back,
        overridden,
    };
    ModelsView {
        shipped: "checkout-3".to_owned(),
        models: vec![
            model(
                "shop-3",
                Standing::Live,
                "2026-11-05 09:40",
                Some(Said::Better),
                1284,
            ),
            model("shop-5", Standing::Candidate, "2026-11-21 12:01", Some(said), 0),
            model(
                "shop-2",
                Standing::Earlier,
                "2026-10-28 19:10",
                Some(Said::AsGood),
                402,
            ),
            model("checkout-4", Standing::Earlier, "2026-10-02 08:00", None, 5310),
        ]
        .into(),
        chosen: Some(Arc::new(ChosenView {
            name: "shop-5".to_owned(),
            standing: Standing::Candidate,
            judged: Some(judged(lang, tray, said)),
        })),
        history: vec![
            step(
                "shop-3",
                "2026-11-05 10:02 \u{b7} Kim",
                String::new(),
                false,
                false,
            ),
            step(
                "checkout-4",
                "2026-10-29 08:15 \u{b7} Kim",
                say(
                    lang,
                    "pears were charged as lemons",
                    "Birnen wurden als Zitronen berechnet",
                ),
                true,
                false,
            ),
            step(
                "shop-2",
                "2026-10-28 19:30 \u{b7} Kim",
                String::new(),
                false,
                true,
            ),
        ]
        .into(),
        earlier: Some("checkout-4".to_owned()),
        may_promote: true,
        sides: Box::new(sides(lang, tray)),
        busy: false,
    }
}

fn judged(lang: Lang, tray: &Arc<RgbImage>, said: Said) -> JudgedView {
    let [.., pear, lemon, plum] = names(lang);
    let reasons = if said == Said::Worse {
        vec![(
            true,
            say(
                lang,
                &format!("{pear} is recognised less well (71 % instead of 94 %)"),
                &format!("{pear} wird schlechter erkannt (71 % statt 94 %)"),
            ),
        )]
    } else {
        vec![
            (
                false,
                say(
                    lang,
                    &format!("{lemon} is recognised (96 %)"),
                    &format!("{lemon} wird erkannt (96 %)"),
                ),
            ),
            (
                false,
                say(
                    lang,
                    &format!("{plum} is recognised (89 %)"),
                    &format!("{plum} wird erkannt (89 %)"),
                ),
            ),
        ]
    };
    JudgedView {
        live: "shop-3".to_owned(),
        photos: 60,
        flatters: false,
        said,
        reasons,
        figures: figures(lang),
        classes: class_figures(lang),
        confusion: ConfusionView {
            names: names(lang).to_vec(),
            counts: vec![
                vec![34, 0, 0, 1, 0, 0, 1],
                vec![0, 31, 0, 0, 0, 0, 0],
                vec![0, 0, 22, 0, 0, 0, 1],
                vec![2, 0, 0, 17, 0, 0, 0],
                vec![0, 1, 0, 0, 9, 0, 0],
                vec![0, 0, 0, 0, 0, 4, 1],
                vec![0, 0, 0, 0, 1, 0, 0],
            ],
        },
        worst: worst(lang, tray),
    }
}

fn figures(lang: Lang) -> Vec<FigureRow> {
    let point = |text: &str| match lang {
        Lang::English => text.to_owned(),
        Lang::German => text.replace('.', ","),
    };
    let money = |cents: i64| crate::ui::words::money(super_eur(cents), lang);
    let row = |figure, live: String, new: String, better| FigureRow {
        figure,
        live,
        new,
        better,
    };
    vec![
        row(Figure::Found, point("64.2 %"), point("94.1 %"), Some(true)),
        row(Figure::Tight, point("41.7 %"), point("63.0 %"), Some(true)),
        row(Figure::Baskets, point("55.0 %"), point("88.3 %"), Some(true)),
        row(Figure::WrongCharge, money(61), money(14), Some(true)),
        row(Figure::ItemsOff, point("0.71"), point("0.13"), Some(true)),
        row(
            Figure::FalseAlarms,
            "0 / 12".to_owned(),
            "1 / 12".to_owned(),
            Some(false),
        ),
    ]
}

fn super_eur(cents: i64) -> crate::domain::money::Money {
    crate::domain::money::Money::new(cents, crate::domain::money::Currency::EUR)
}

fn class_figures(lang: Lang) -> Vec<ClassFigure> {
    let values = [
        (36, Some(97.0), 97.0),
        (31, Some(99.0), 98.0),
        (23, Some(94.0), 95.0),
        (19, Some(95.0), 92.0),
        (10, None, 96.0),
        (5, None, 89.0),
    ];
    let curve = |end: f64| -> Vec<[f64; 2]> {
        (0..=20)
            .map(|step| {
                let x = f64::from(step) / 20.0;
                [x * end, 100.0 - 22.0 * x.powi(6)]
            })
            .collect()
    };
    let rows = names(lang).into_iter().zip(values);
    rows.map(|(name, (objects, live, new))| ClassFigure {
        name,
        objects,
        live,
        new: Some(new),
        curve: curve(new),
        live_curve: live.map_or_else(Vec::new, |live| curve(live - 6.0)),
    })
    .collect()
}

fn worst(lang: Lang, tray: &Arc<RgbImage>) -> Vec<MistakeView> {
    let [apple, _, milk, pear, lemon, plum] = names(lang);
    let taken = |there: &str, said: &str| {
        say(
            lang,
            &format!("{there}, taken for {said}"),
            &format!("{there}, für {said} gehalten"),
        )
    };
    let missed = |there: &str| {
        say(
            lang,
            &format!("{there}, not seen"),
            &format!("{there}, nicht gesehen"),
        )
    };
    let cost = |cents: i64| {
        let amount = crate::ui::words::money(super_eur(cents), lang);
        say(
            lang,
            &format!("would cost {amount}"),
            &format!("würde {amount} kosten"),
        )
    };
    let rows = [
        (missed(&milk), 129),
        (taken(&pear, &apple), 64),
        (taken(&pear, &apple), 64),
        (missed(&plum), 49),
        (taken(&lemon, &say(lang, "Banana", "Banane")), 22),
        (missed(&apple), 35),
    ];
    let mistakes = rows.into_iter().enumerate().map(|(index, (words, cents))| {
        let left = 0.12 + 0.13 * index as f32;
        MistakeView {
            photo: Some(Photo {
                key: "mistake".to_owned(),
                pixels: Arc::clone(tray),
            }),
            bbox: CornerBox {
                x0: left,
                y0: 0.3,
                x1: left + 0.2,
                y1: 0.62,
            },
            words,
            cost: cost(cents),
        }
    });
    mistakes.collect()
}

fn sides(lang: Lang, tray: &Arc<RgbImage>) -> SidesView {
    let [apple, banana, _, _, lemon, _] = names(lang);
    let at = |x0, y0, x1, y1| CornerBox { x0, y0, x1, y1 };
    let frame = Frame::new((**tray).clone(), FrameId(77), Duration::from_millis(77));
    SidesView {
        frame: Some(frame),
        live: SideView {
            model: "shop-3".to_owned(),
            boxes: vec![
                (at(0.1, 0.3, 0.32, 0.7), apple.clone(), 97),
                (at(0.4, 0.3, 0.66, 0.66), banana.clone(), 41),
            ],
            millis: Some(38),
        },
        new: SideView {
            model: "shop-5".to_owned(),
            boxes: vec![
                (at(0.1, 0.3, 0.32, 0.7), apple, 96),
                (at(0.4, 0.3, 0.66, 0.66), lemon, 93),
            ],
            millis: Some(39),
        },
        is_live: true,
        problem: None,
    }
}
